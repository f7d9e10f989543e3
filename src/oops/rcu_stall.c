/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "oops/family.h"

static const struct oops_head heads[] = {
	{ "INFO: {function} self-detected stall on CPU", KIND_RCU_STALL, BLAME_INTERRUPTED,
	  .is = CLASS_HANG },
	{ "INFO: {function} detected stalls on CPUs/tasks:", KIND_RCU_STALL, BLAME_INTERRUPTED,
	  .is = CLASS_HANG },
	{ "INFO: {function} detected expedited stalls on CPUs/tasks:", KIND_RCU_STALL,
	  BLAME_INTERRUPTED, .is = CLASS_HANG },
	{ "INFO: {function} detected stalls on tasks:", KIND_RCU_STALL, BLAME_INTERRUPTED,
	  .is = CLASS_HANG },
	/* 2.6.29 to 3.0 */
	{ "INFO: {function} detected stall on CPU {cpu} (t=", KIND_RCU_STALL, BLAME_INTERRUPTED,
	  .is = CLASS_HANG },
	{ "INFO: RCU detected CPU {cpu} stall", KIND_RCU_STALL, BLAME_INTERRUPTED,
	  .is = CLASS_HANG },
	{ "INFO: RCU detected CPU stalls:", KIND_RCU_STALL, BLAME_INTERRUPTED, .is = CLASS_HANG },
	{ "INFO: Stall ended before state dump start", KIND_NONE, BLAME_NONE,
	  .flags = HEAD_NOTHING },
	{ .pattern = NULL },
};

const struct oops_family family_rcu_stall = { "rcu_stall", heads, NULL };
