/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "oops/family.h"

static const struct oops_head heads[] = {
	{ "general protection fault: {code} [#{count}]", KIND_GPF, BLAME_PC, .is = CLASS_DIE,
	  .follows = CLASSES_TRAP },
	{ "general protection fault, probably for non-canonical address {address}: {code} [#",
	  KIND_GPF, BLAME_PC, .is = CLASS_DIE, .follows = CLASSES_TRAP },
	{ "general protection fault, maybe for address {address}: {code} [#", KIND_GPF, BLAME_PC,
	  .is = CLASS_DIE, .follows = CLASSES_TRAP },
	{ "general protection fault for non-canonical address {address}: {code} [#", KIND_GPF,
	  BLAME_PC, .is = CLASS_DIE, .follows = CLASSES_TRAP },
	{ "segment-related general protection fault: {code} [#", KIND_GPF, BLAME_PC,
	  .is = CLASS_DIE, .follows = CLASSES_TRAP },
	{ "stack segment: {code} [#{count}]", KIND_STACK_SEGMENT, BLAME_PC, .is = CLASS_DIE,
	  .follows = CLASSES_TRAP },
	{ .pattern = NULL },
};

const struct oops_family family_general_protection = { "general_protection", heads, NULL };
