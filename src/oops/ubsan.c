/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Undefined behaviour, and calls of the wrong type. */
#include "oops/family.h"

static const struct oops_head heads[] = {
	{ "UBSAN: Undefined behaviour in {detail}", KIND_UBSAN, BLAME_TRACE, .is = CLASS_CHECK },
	{ "UBSAN: {detail} in {place}", KIND_UBSAN, BLAME_TRACE, .is = CLASS_CHECK },
	/* trap mode: the kernel dies there */
	{ "Internal error: UBSAN: {detail}: {code} [#{count}]", KIND_UBSAN, BLAME_PC,
	  .is = CLASS_DIE, .follows = CLASSES_DYING },
	{ "CFI failure at {function} (target: {detail}", KIND_BUG_ON, BLAME_PC, .is = CLASS_DATA },
	{ "CFI failure (target: {detail}", KIND_BUG_ON, BLAME_PC, .is = CLASS_DATA },
	{ .pattern = NULL },
};

const struct oops_family family_ubsan = { "ubsan", heads, NULL };
