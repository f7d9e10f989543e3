/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "oops/family.h"

static const struct oops_head heads[] = {
	{ "BUG: workqueue lockup - pool {detail} stuck for {seconds}s!", KIND_WQ_LOCKUP, BLAME_NONE,
	  .is = CLASS_HANG },
	{ "BUG: workqueue lockup", KIND_WQ_LOCKUP, BLAME_NONE, .is = CLASS_HANG },
	{ .pattern = NULL },
};

const struct oops_family family_workqueue = { "workqueue", heads, NULL };
