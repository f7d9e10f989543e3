/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What must not be done in atomic context, done there. */
#include "oops/family.h"

#define ATOMIC(text, kind)                                                    \
	{                                                                     \
		text, kind, BLAME_TRACE, .is = CLASS_CHECK, .skip = "waiting" \
	}

static const struct oops_head heads[] = {
	ATOMIC("BUG: scheduling while atomic: {comm}/{pid}/{address}$", KIND_SCHED_WHILE_ATOMIC),
	ATOMIC("BUG: scheduling while atomic: {detail}", KIND_SCHED_WHILE_ATOMIC),
	ATOMIC("bad: scheduling from the idle thread!", KIND_SCHED_WHILE_ATOMIC),
	ATOMIC("BUG: sleeping function called from invalid context at {detail}",
	       KIND_SLEEP_IN_ATOMIC),
	ATOMIC("BUG: using {detail} in preemptible [{code}] code: {comm}/{pid}",
	       KIND_PREEMPT_UNSAFE),
	ATOMIC("BUG: using {detail} in preemptible", KIND_PREEMPT_UNSAFE),
	ATOMIC("BUG: workqueue leaked lock or atomic: {comm}/{address}/{pid}$",
	       KIND_WQ_LEAKED_ATOMIC),
	ATOMIC("BUG: workqueue leaked atomic, lock or RCU: {comm}[{pid}]", KIND_WQ_LEAKED_ATOMIC),
	{ .pattern = NULL },
};

/* Numbers of these heads that are no addresses or error codes; and who it was. */
static void
atomic_understand(struct event *e, struct report *r)
{
	struct captures c;

	e->has_address = false;
	e->has_error_code = false;
	if (e->kind == KIND_SLEEP_IN_ATOMIC && e->comm.len == 0 &&
	    report_find(r, 0, "in_atomic(): {any} pid: {pid}, name: {comm}", &c) != STR_NONE)
		e->comm = c.field[FIELD_COMM];
	if (e->kind == KIND_WQ_LEAKED_ATOMIC &&
	    (report_find(r, 0, "last function: {function}", &c) != STR_NONE ||
	     report_find(r, 0, "preempt={any} workfn={function}", &c) != STR_NONE)) {
		r->named = c.field[FIELD_FUNCTION];
		r->recipe = BLAME_NAMED;
	}
}

const struct oops_family family_atomic = { "atomic", heads, atomic_understand };
