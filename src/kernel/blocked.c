/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/blocked.h"

#include "base/limits.h"
#include "base/text.h"
#include "kernel/cycles.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
	BLOCKED_MAX = 64, /* in tasks.blocked[] */
	CYCLES_MAX = 16,  /* in tasks.wait_cycles[] */
	MEMBERS_MAX = 64, /* of one of them */
};

static const struct origin from_tasks = { ORIGIN_MEMORY, "the kernel's tasks" };
static const struct origin from_stack = { ORIGIN_MEMORY, "stack of the task" };
static const struct origin from_lock = { ORIGIN_MEMORY, "the lock itself" };

struct work {
	struct unwind *unwind;
	struct unwound *all;
	size_t count;
	struct va_set by_task; /* numbers are those of all */
	struct arena *a;
	struct fact_row *root;
	size_t cycles;
};

bool
blocked_is(const struct task *t)
{
	return strcmp(tasks_state(t), "D") == 0;
}

/* ---- blocked tasks ---- */

static int
longest_first(const void *a, const void *b)
{
	const struct unwound *x = *(const struct unwound *const *)a;
	const struct unwound *y = *(const struct unwound *const *)b;

	if (x->seconds != y->seconds)
		return x->seconds > y->seconds ? -1 : 1;
	return (x->order > y->order) - (x->order < y->order);
}

static void
put_lock(const struct lock *l, struct fact_row *row)
{
	facts_put_text(row, BLOCKED_LOCK_TYPE, str_of(locks_type(l->type)), from_stack);
	if (l->type == LOCK_RWSEM_READ || l->type == LOCK_RWSEM_WRITE)
		facts_put_text(row, BLOCKED_LOCK_MODE,
			       str_of(l->type == LOCK_RWSEM_READ ? "read" : "write"), from_stack);
	if (l->va == 0)
		return;
	facts_put_address(row, BLOCKED_LOCK_ADDRESS, l->va, from_stack);
	if (l->symbol.len != 0)
		facts_put_text(row, BLOCKED_LOCK_SYMBOL, l->symbol, from_stack);
	if (l->module.len != 0)
		facts_put_text(row, BLOCKED_LOCK_MODULE, l->module, from_stack);
	if (l->object.len != 0)
		facts_put_text(row, BLOCKED_LOCK_OBJECT, l->object, from_stack);
	if (l->readers != 0)
		facts_put_number(row, BLOCKED_LOCK_READERS, (int64_t)l->readers, from_lock);
}

/* The owner's own stack is shown where it is not in the list of blocked tasks anyway. */
static void
put_owner(struct work *w, const struct lock *l, struct fact_row *row)
{
	static const struct origin guessed = {
		ORIGIN_GUESS, "the last reader that took it, which may have gone"
	};
	struct origin o = l->by_readers ? guessed : from_lock;
	size_t number = 0;

	if (l->owner == NULL) {
		if (l->owner_gone)
			facts_put_bool(row, BLOCKED_OWNER_GONE, true, from_lock);
		return;
	}
	facts_put_number(row, BLOCKED_OWNER_PID, l->owner->pid, o);
	facts_put_text(row, BLOCKED_OWNER_COMM, str_of(l->owner->comm), o);
	facts_put_address(row, BLOCKED_OWNER_TASK, l->owner->va, o);
	facts_put_text(row, BLOCKED_OWNER_STATE, str_of(tasks_state(l->owner)), o);
	if (!va_set_find(&w->by_task, l->owner->va, &number))
		return;

	const struct unwound *u = &w->all[number];
	const char *waits = u->task->on == NULL ? waits_text(&u->wait, w->a) : NULL;

	if (waits != NULL)
		facts_put_text(row, BLOCKED_OWNER_WAITS, str_of(waits), o);
	if (!blocked_is(l->owner) && u->stack.count != 0)
		unwind_publish(w->unwind, &u->stack, u->task,
			       facts_put_row(row, BLOCKED_OWNER_BACKTRACE, o));
}

static void
put_task(struct work *w, const struct unwound *u, struct fact_row *row)
{
	const struct task *t = u->task;
	const char *waits = waits_text(&u->wait, w->a);

	facts_put_address(row, BLOCKED_TASK, t->va, from_tasks);
	facts_put_number(row, BLOCKED_PID, t->pid, from_tasks);
	facts_put_text(row, BLOCKED_COMM, str_of(t->comm), from_tasks);
	facts_put_text(row, BLOCKED_STATE, str_of(tasks_state(t)), from_tasks);
	if (t->last_ns != 0)
		facts_put_real(row, BLOCKED_SECONDS, u->seconds, from_tasks);
	if (waits != NULL)
		facts_put_text(row, BLOCKED_WAITS_FOR, str_of(waits), from_stack);
	if (u->wait.type != LOCK_NONE)
		put_lock(&u->wait.lock, row);
	if (u->wait.has_lock)
		put_owner(w, &u->wait.lock, row);
	if (u->stack.count != 0)
		unwind_publish(w->unwind, &u->stack, t,
			       facts_put_row(row, BLOCKED_BACKTRACE, from_tasks));
}

static void
put_blocked(struct work *w, size_t total)
{
	const struct unwound **blocked = ARENA_TRY_ARRAY(w->a, const struct unwound *, w->count);
	size_t n = 0;

	for (size_t i = 0; blocked != NULL && i < w->count; i++) {
		if (blocked_is(w->all[i].task))
			blocked[n++] = &w->all[i];
	}
	if (n == 0)
		facts_put_empty(w->root, FACT_TASKS_BLOCKED, from_tasks);
	else
		qsort(blocked, n, sizeof(blocked[0]), longest_first);
	for (size_t i = 0; i < n && i < BLOCKED_MAX; i++)
		put_task(w, blocked[i], facts_put_row(w->root, FACT_TASKS_BLOCKED, from_tasks));
	if (n > BLOCKED_MAX)
		n = BLOCKED_MAX;
	facts_put_number(w->root, FACT_TASKS_BLOCKED_MORE, total > n ? (int64_t)(total - n) : 0,
			 from_tasks);
}

/* ---- cycles ---- */

static void
put_member(struct work *w, const struct unwound *before, const struct unwound *u,
	   struct fact_row *row, struct text *t)
{
	const char *holds = locks_name(&before->wait.lock, w->a);
	const char *waits = locks_name(&u->wait.lock, w->a);
	const struct lock *held = &before->wait.lock;
	const struct lock *wanted = &u->wait.lock;

	facts_put_number(row, CYCLE_MEMBER_PID, u->task->pid, from_lock);
	facts_put_text(row, CYCLE_MEMBER_COMM, str_of(u->task->comm), from_lock);
	facts_put_text(row, CYCLE_MEMBER_HOLDS,
		       held->symbol.len != 0 ? held->symbol : str_of(holds), from_lock);
	facts_put_text(row, CYCLE_MEMBER_WAITS,
		       wanted->symbol.len != 0 ? wanted->symbol : str_of(waits), from_lock);
	text_printf(t, "%s%s (%" PRId32 ") holds %s and waits for %s", t->len == 0 ? "" : "; ",
		    u->task->comm, u->task->pid, holds, waits);
}

static bool
put_cycle(void *ctx, const uint32_t *member, size_t count)
{
	struct work *w = ctx;
	struct text t = text_new(w->a);

	if (w->cycles++ >= CYCLES_MAX)
		return false;

	struct fact_row *row = facts_put_row(w->root, FACT_TASKS_WAIT_CYCLES, from_lock);

	for (size_t i = 0; i < count && i < MEMBERS_MAX; i++)
		put_member(w, &w->all[member[(i + count - 1) % count]], &w->all[member[i]],
			   facts_put_row(row, WAIT_CYCLE_MEMBERS, from_lock), &t);
	if (count > MEMBERS_MAX)
		facts_put_number(row, WAIT_CYCLE_MORE, (int64_t)(count - MEMBERS_MAX), from_lock);
	facts_put_text(row, WAIT_CYCLE_TEXT, text_str(&t), from_lock);
	return true;
}

/* Readers are no edges: which of them still holds a lock is not known. */
static void
put_cycles(struct work *w)
{
	struct cycles_edge *edge = ARENA_TRY_ARRAY(w->a, struct cycles_edge, w->count);
	size_t edges = 0;

	for (size_t i = 0; edge != NULL && i < w->count; i++) {
		const struct wait *wait = &w->all[i].wait;
		size_t number = 0;

		if (wait->has_lock && wait->lock.owner != NULL && !wait->lock.by_readers &&
		    va_set_find(&w->by_task, wait->lock.owner->va, &number))
			edge[edges++] = (struct cycles_edge){ (uint32_t)i, (uint32_t)number };
	}
	if (edge == NULL || !cycles_find(edge, edges, w->count, w->a, put_cycle, w))
		return;
	if (w->cycles == 0)
		facts_put_empty(w->root, FACT_TASKS_WAIT_CYCLES, from_lock);
}

void
blocked_publish(struct unwind *u, struct unwound *all, size_t count, size_t total, struct arena *a,
		struct facts *f)
{
	struct work w = { .unwind = u, .all = all, .count = count, .a = a, .root = facts_root(f) };

	for (size_t i = 0; i < count; i++) {
		if (!va_set_add(&w.by_task, all[i].task->va, a))
			w.count = i; /* no memory for more */
	}
	put_blocked(&w, total);
	put_cycles(&w);
}
