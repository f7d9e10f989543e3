/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Exceptions of x86 that are not about memory. */
#include "oops/family.h"

#define TRAP(text, kind)                                                             \
	{                                                                            \
		text ": {code} [#{count}]", kind, BLAME_PC, .is = CLASS_DIE,         \
							    .follows = CLASSES_DYING \
	}

static const struct oops_head heads[] = {
	TRAP("divide error", KIND_DIVIDE_ERROR),
	TRAP("divide_error", KIND_DIVIDE_ERROR), /* 5.8 and 5.9 */
	TRAP("invalid opcode", KIND_INVALID_OPCODE),
	TRAP("int3", KIND_INT3),
	TRAP("overflow", KIND_ARCH_INTERNAL_ERROR),
	TRAP("bounds", KIND_ARCH_INTERNAL_ERROR),
	TRAP("coprocessor segment overrun", KIND_ARCH_INTERNAL_ERROR),
	TRAP("invalid TSS", KIND_ARCH_INTERNAL_ERROR),
	TRAP("segment not present", KIND_ARCH_INTERNAL_ERROR),
	TRAP("fpu exception", KIND_ARCH_INTERNAL_ERROR),
	TRAP("simd exception", KIND_ARCH_INTERNAL_ERROR),
	TRAP("iret exception", KIND_ARCH_INTERNAL_ERROR),
	TRAP("alignment check", KIND_ALIGNMENT),
	/* exc_alignment_check() gives die() a text that ends its line: ": 0000 [#1]" is the next */
	{ "Split lock detected", KIND_ALIGNMENT, BLAME_PC, .is = CLASS_FAULT },
	TRAP("unexpected #NM exception", KIND_ARCH_INTERNAL_ERROR),
	TRAP("control protection fault", KIND_ARCH_INTERNAL_ERROR),
	{ "Unexpected kernel mode #CP, error_code:", KIND_ARCH_INTERNAL_ERROR, BLAME_PC,
	  .is = CLASS_FAULT },
	{ "traps: Missing ENDBR: {function}", KIND_ARCH_INTERNAL_ERROR, BLAME_HEAD,
	  .is = CLASS_DATA },
	{ .pattern = NULL },
};

const struct oops_family family_trap = { "trap", heads, NULL };
