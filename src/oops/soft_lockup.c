/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "oops/family.h"

static const struct oops_head heads[] = {
	{ "BUG: soft lockup - CPU#{cpu} stuck for {seconds}s! [{comm}:{pid}]", KIND_SOFT_LOCKUP,
	  BLAME_STALL, .is = CLASS_HANG },
	{ "BUG: soft lockup - CPU#{cpu} stuck for {seconds}s!", KIND_SOFT_LOCKUP, BLAME_STALL,
	  .is = CLASS_HANG },
	{ .pattern = NULL },
};

const struct oops_family family_soft_lockup = { "soft_lockup", heads, NULL };
