/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "oops/family.h"

static const struct oops_head heads[] = {
	{ "kernel BUG at {detail}!", KIND_BUG_ON, BLAME_PC, .is = CLASS_BUG,
	  .follows = CLASS_DATA },
	{ "Kernel BUG at {function} [verbose debug info unavailable]", KIND_BUG_ON, BLAME_PC,
	  .is = CLASS_BUG, .follows = CLASS_DATA },
	{ .pattern = NULL },
};

const struct oops_family family_bug_on = { "bug_on", heads, NULL };
