/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/runnable.h"

#include <stdlib.h>

enum {
	SHOWN = 8, /* of each CPU */
};

static const struct origin from_task = { ORIGIN_MEMORY, "task_struct" };

struct waiting {
	const struct task *task;
	uint64_t since_ns; /* UINT64_MAX: not known */
};

struct runnable {
	const struct kernel *k;
	const struct tasks *all;
	struct waiting *waiting; /* by CPU, longest first */
	size_t count;
	bool known;
};

/* Ready, in a queue, and not running anywhere. */
static bool
is_waiting(const struct kernel *k, const struct task *t)
{
	uint32_t on_rq = 0;

	return t->state == 0 && t->exit_state == 0 && t->on == NULL && !t->is_idle && t->has_cpu &&
	       kernel_u32(k, t->va, LAYOUT_TASK_ON_RQ, &on_rq) && on_rq == 1;
}

/* When it was put into the queue; the kernel has 0 for one that has just run. */
static uint64_t
queued_at(const struct kernel *k, const struct task *t)
{
	uint64_t off = 0;
	uint64_t v = 0;

	if (!layout_find(k->layout, LAYOUT_TASK_LAST_QUEUED, &off) ||
	    memory_u64(k->mem, t->va + off, &v) != NULL || v == 0)
		return UINT64_MAX;
	return v;
}

static int
by_cpu_longest_first(const void *a, const void *b)
{
	const struct waiting *x = a;
	const struct waiting *y = b;

	if (x->task->cpu != y->task->cpu)
		return x->task->cpu < y->task->cpu ? -1 : 1;
	if (x->since_ns != y->since_ns)
		return x->since_ns < y->since_ns ? -1 : 1;
	return (x->task > y->task) - (x->task < y->task);
}

struct runnable *
runnable_find(const struct kernel *k, const struct tasks *all)
{
	struct runnable *r = ARENA_NEW(k->arena, struct runnable);
	size_t cap = 0;
	uint64_t off = 0;

	*r = (struct runnable){ .k = k, .all = all };
	r->known = layout_find(k->layout, LAYOUT_TASK_ON_RQ, &off);
	for (size_t i = 0; r->known && i < all->count; i++) {
		struct waiting *grown = NULL;

		if (!is_waiting(k, &all->task[i]))
			continue;
		grown = arena_try_grow(k->arena, r->waiting, r->count, &cap, sizeof(*grown));
		if (grown == NULL)
			break;
		r->waiting = grown;
		r->waiting[r->count++] =
			(struct waiting){ &all->task[i], queued_at(k, &all->task[i]) };
	}
	if (r->count != 0)
		qsort(r->waiting, r->count, sizeof(r->waiting[0]), by_cpu_longest_first);
	return r;
}

/* The first one in the queue of that CPU or of a later one. */
static size_t
first_of(const struct runnable *r, uint64_t cpu)
{
	size_t low = 0;
	size_t high = r->count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (r->waiting[mid].task->cpu < cpu)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static void
put_waiting(const struct runnable *r, const struct waiting *w, struct fact_row *row)
{
	static const double ns = 1e9;
	uint64_t newest = r->all->newest_ns;
	uint32_t prio = 0;

	facts_put_number(row, RUNNABLE_PID, w->task->pid, from_task);
	facts_put_text(row, RUNNABLE_COMM, str_of(w->task->comm), from_task);
	if (w->since_ns != UINT64_MAX)
		facts_put_real(row, RUNNABLE_SECONDS,
			       newest > w->since_ns ? (double)(newest - w->since_ns) / ns : 0,
			       from_task);
	if (kernel_u32(r->k, w->task->va, LAYOUT_TASK_PRIO, &prio))
		facts_put_number(row, RUNNABLE_PRIORITY, (int32_t)prio, from_task);
}

static bool
is_real_time(const struct kernel *k, const struct task *t)
{
	enum { RT_PRIOS = 100 };
	uint32_t prio = 0;

	return kernel_u32(k, t->va, LAYOUT_TASK_PRIO, &prio) && (int32_t)prio >= 0 &&
	       prio < RT_PRIOS;
}

/* The type of a run queue stands so far back in BTF that it is asked for only where real-time
 * tasks want the CPU. */
static void
put_throttled(const struct runnable *r, size_t from, size_t count, const struct cpu *c,
	      struct fact_row *row)
{
	static const struct origin o = { ORIGIN_MEMORY, "runqueues" };
	const struct task *current = tasks_at(r->all, c->current);
	bool wanted = current != NULL && is_real_time(r->k, current);
	uint64_t rq = 0;
	uint32_t throttled = 0;

	for (size_t i = 0; !wanted && i < count; i++)
		wanted = is_real_time(r->k, r->waiting[from + i].task);
	if (!wanted || !symbols_find(r->k->symbols, "runqueues", &rq) ||
	    !kernel_u32(r->k, rq + c->percpu, LAYOUT_RQ_RT_THROTTLED, &throttled) || throttled > 1)
		return;
	facts_put_bool(row, CPU_RT_THROTTLED, throttled != 0, o);
}

void
runnable_publish(const struct runnable *r, const struct cpu *c, struct fact_row *row)
{
	uint32_t cpu = c->number;
	size_t from = first_of(r, cpu);
	size_t count = first_of(r, (uint64_t)cpu + 1) - from;

	put_throttled(r, from, count, c, row);
	if (!r->known)
		return;
	facts_put_number(row, CPU_RUNNABLE, (int64_t)count, from_task);
	for (size_t i = 0; i < count && i < SHOWN; i++)
		put_waiting(r, &r->waiting[from + i], facts_put_row(row, CPU_WAITING, from_task));
	if (count == 0)
		facts_put_empty(row, CPU_WAITING, from_task);
}
