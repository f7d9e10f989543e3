/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "oops/family.h"

static const struct oops_head heads[] = {
	{ "BUG: memory leak", KIND_MEMORY_LEAK, BLAME_ANY_TRACE, .is = CLASS_CHECK,
	  .skip = "leak" },
	{ .pattern = NULL },
};

/* "  comm "syz-executor", pid 7068, jiffies 4294945700 (age 14.520s)": who allocated it */
static void
kmemleak_understand(struct event *e, struct report *r)
{
	struct captures c;

	if (report_find(r, r->head[0].line, "comm \"{comm}\", pid {pid}, jiffies ", &c) == STR_NONE)
		return;
	e->comm = c.field[FIELD_COMM];
}

const struct oops_family family_kmemleak = { "kmemleak", heads, kmemleak_understand };
