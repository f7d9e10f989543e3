/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "oops/family.h"

static const struct oops_head heads[] = {
	{ "INFO: task {comm}:{pid} blocked for more than {seconds} seconds", KIND_HUNG_TASK,
	  BLAME_HUNG, .is = CLASS_HANG, .skip = "hung" },
	{ "INFO: task {comm}:{pid} blocked in I/O wait for more than {seconds} seconds",
	  KIND_HUNG_TASK, BLAME_HUNG, .is = CLASS_HANG, .skip = "hung" },
	{ "INFO: task {comm}:{pid} can't die for more than {seconds} seconds", KIND_HUNG_TASK,
	  BLAME_HUNG, .is = CLASS_HANG, .skip = "hung" },
	/* a name with a line end in it: the first half is in the line before */
	{ "{comm}:{pid} blocked for more than {seconds} seconds.", KIND_HUNG_TASK, BLAME_HUNG,
	  .is = CLASS_HANG, .skip = "hung" },
	{ .pattern = NULL },
};

const struct oops_family family_hung_task = { "hung_task", heads, NULL };
