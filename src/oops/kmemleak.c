/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "oops/family.h"

static const struct oops_head heads[] = {
	{ "BUG: memory leak", KIND_MEMORY_LEAK, BLAME_ANY_TRACE, .is = CLASS_CHECK,
	  .skip = "leak" },
	{ .pattern = NULL },
};

const struct oops_family family_kmemleak = { "kmemleak", heads, NULL };
