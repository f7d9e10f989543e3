/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Exceptions of x86 that are not about memory. */
#include "oops/family.h"

static const struct oops_head heads[] = {
	{ "divide error: {code} [#{count}]", KIND_DIVIDE_ERROR, BLAME_PC, .is = CLASS_DIE,
	  .follows = CLASSES_TRAP },
	/* 5.8 and 5.9 */
	{ "divide_error: {code} [#{count}]", KIND_DIVIDE_ERROR, BLAME_PC, .is = CLASS_DIE,
	  .follows = CLASSES_TRAP },
	{ "invalid opcode: {code} [#{count}]", KIND_INVALID_OPCODE, BLAME_PC, .is = CLASS_DIE,
	  .follows = CLASSES_TRAP },
	{ "int3: {code} [#{count}]", KIND_INT3, BLAME_PC, .is = CLASS_DIE,
	  .follows = CLASSES_TRAP },
	{ .pattern = NULL },
};

const struct oops_family family_trap = { "trap", heads, NULL };
