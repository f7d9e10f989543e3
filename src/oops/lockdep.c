/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reports of the lock validator: "[ INFO: ... ]" up to 4.11, "WARNING: ..." since. */
#include "oops/family.h"

#define LOCKDEP(text, kind, recipe)                                      \
	{                                                                \
		text, kind, recipe, .is = CLASS_CHECK, .skip = "locking" \
	}

static const struct oops_head heads[] = {
	LOCKDEP("possible circular locking dependency detected", KIND_LOCKDEP_DEADLOCK,
		BLAME_LOCKS),
	LOCKDEP("possible recursive locking detected", KIND_LOCKDEP_DEADLOCK, BLAME_LOCKS),
	LOCKDEP("possible irq lock inversion dependency detected", KIND_LOCKDEP_DEADLOCK,
		BLAME_LOCK),
	LOCKDEP("{any}-unsafe lock order detected", KIND_LOCKDEP_DEADLOCK, BLAME_ANY_TRACE),
	LOCKDEP("inconsistent lock state", KIND_LOCKDEP_INCONSISTENT, BLAME_LOCK),
	LOCKDEP("suspicious RCU usage", KIND_LOCKDEP_RCU, BLAME_TRACE),
	LOCKDEP("suspicious rcu_dereference_check() usage. ]", KIND_LOCKDEP_RCU, BLAME_TRACE),
	LOCKDEP("bad unlock balance detected!", KIND_LOCK_IMBALANCE, BLAME_LOCK),
	LOCKDEP("bad contention detected!", KIND_LOCK_IMBALANCE, BLAME_LOCK),
	LOCKDEP("held lock freed!", KIND_LOCK_IMBALANCE, BLAME_LOCK),
	LOCKDEP("still has locks held!", KIND_LOCK_IMBALANCE, BLAME_LOCK),
	LOCKDEP("lock held when returning to user space!", KIND_LOCK_IMBALANCE, BLAME_LOCK),
	LOCKDEP("lock held at task exit time!", KIND_LOCK_IMBALANCE, BLAME_LOCK),
	LOCKDEP("Nested lock was not taken", KIND_LOCK_IMBALANCE, BLAME_LOCK),
	LOCKDEP("[ BUG: Invalid wait context ]", KIND_LOCKDEP_OTHER, BLAME_LOCK),
	LOCKDEP("INFO: trying to register non-static key.", KIND_LOCKDEP_OTHER, BLAME_TRACE),
	LOCKDEP("BUG: MAX_LOCKDEP_{detail} too low!", KIND_LOCKDEP_OTHER, BLAME_NONE),
	LOCKDEP("BUG: MAX_LOCK_DEPTH too low!", KIND_LOCKDEP_OTHER, BLAME_NONE),
	LOCKDEP("BUG: looking up invalid subclass: {detail}", KIND_LOCKDEP_OTHER, BLAME_TRACE),
	LOCKDEP("BUG: MAX_STACK_TRACE_ENTRIES too low!", KIND_LOCKDEP_OTHER, BLAME_NONE),
	LOCKDEP("BUG: key {address} not in .data!", KIND_LOCKDEP_OTHER, BLAME_TRACE),
	LOCKDEP("chain_key collision", KIND_LOCKDEP_OTHER, BLAME_TRACE),
	{ "INFO: lockdep is turned off", KIND_NONE, BLAME_NONE, .flags = HEAD_NOTHING },
	{ .pattern = NULL },
};

/* "syz/12 is trying to acquire lock:" names the task; the line behind it the lock. */
static void
lockdep_understand(struct event *e, struct report *r)
{
	struct captures c;
	size_t at = report_find(r, r->head[0].line, "{comm}/{pid} is trying to acquire lock:", &c);

	if (at == STR_NONE || at + 1 == r->line_count)
		return;

	struct str lock = str_trim(r->line[at + 1].text);
	size_t open = str_find_char(lock, '(');
	size_t close = str_find(lock, STR("){"));

	if (open != STR_NONE && close != STR_NONE && close > open)
		e->detail = str_first(str_from(lock, open + 1), close - open - 1);
}

const struct oops_family family_lockdep = { "lockdep", heads, lockdep_understand };
