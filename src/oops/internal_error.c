/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Die lines of arm64, arm and riscv, and what they say where nothing was said before them. */
#include "oops/family.h"

#define DIE(text, kind)                                                         \
	{                                                                       \
		text, kind, BLAME_PC, .is = CLASS_DIE, .follows = CLASSES_DYING \
	}

static const struct oops_head heads[] = {
	DIE("Internal error: Oops: {code} [#{count}]", KIND_PAGE_FAULT),
	DIE("Internal error: Oops - BUG: {code} [#{count}]", KIND_BUG_ON),
	DIE("Internal error: Oops - undefined instruction: {code} [#{count}]", KIND_INVALID_OPCODE),
	DIE("Internal error: Oops - Undefined instruction: {code} [#{count}]", KIND_INVALID_OPCODE),
	DIE("Internal error: {detail}: {code} [#{count}]", KIND_ARCH_INTERNAL_ERROR),
	DIE("Internal error: : {code} [#{count}]", KIND_UNHANDLED_FAULT),
	DIE("Internal error: {detail}", KIND_ARCH_INTERNAL_ERROR),
	/* riscv */
	DIE("Oops [#{count}]", KIND_PAGE_FAULT),
	DIE("Oops - illegal instruction [#{count}]", KIND_INVALID_OPCODE),
	DIE("Oops - load address misaligned [#{count}]", KIND_ALIGNMENT),
	DIE("Oops - store (or AMO) address misaligned [#{count}]", KIND_ALIGNMENT),
	DIE("Oops - {detail} [#{count}]", KIND_ARCH_INTERNAL_ERROR),
	{ .pattern = NULL },
};

const struct oops_family family_internal_error = { "internal_error", heads, NULL };
