/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/tasks.h"

#include "base/limits.h"

#include <inttypes.h>
#include <string.h>

enum {
	FLAG_KTHREAD = 0x00200000, /* PF_KTHREAD */
};

/* Reads the members that are known; only a task without name and number is none. */
static bool
read_task(const struct kernel *k, uint64_t va, struct task *t)
{
	uint64_t off = 0;
	uint32_t pid = 0;
	uint32_t tgid = 0;

	*t = (struct task){ .va = va };
	if (!layout_find(k->layout, LAYOUT_TASK_COMM, &off) ||
	    memory_read(k->mem, va + off, t->comm, TASK_COMM_LEN) != NULL ||
	    strnlen(t->comm, TASK_COMM_LEN) == TASK_COMM_LEN ||
	    !kernel_u32(k, va, LAYOUT_TASK_PID, &pid))
		return false;
	if (!kernel_u32(k, va, LAYOUT_TASK_TGID, &tgid))
		tgid = pid;
	t->pid = (int32_t)pid;
	t->tgid = (int32_t)tgid;
	(void)kernel_u32(k, va, LAYOUT_TASK_STATE, &t->state);
	(void)kernel_u32(k, va, LAYOUT_TASK_EXIT_STATE, &t->exit_state);
	t->has_flags = kernel_u32(k, va, LAYOUT_TASK_FLAGS, &t->flags);
	t->has_cpu = kernel_u32(k, va, LAYOUT_TASK_CPU, &t->cpu);
	(void)kernel_word(k, va, LAYOUT_TASK_STACK, &t->stack);
	(void)kernel_word(k, va, LAYOUT_TASK_SP, &t->sp);
	(void)kernel_word(k, va, LAYOUT_TASK_MM, &t->mm);
	(void)kernel_word(k, va, LAYOUT_TASK_REAL_PARENT, &t->parent);
	(void)kernel_word(k, va, LAYOUT_TASK_SIGNAL, &t->signal);
	(void)kernel_word(k, va, LAYOUT_TASK_LAST_ARRIVAL, &t->last_ns);
	return true;
}

static bool
could_be_task(const struct kernel *k, uint64_t va)
{
	return kernel_is_address(k, va) && va % k->mem->word_len == 0;
}

bool
tasks_read_one(const struct kernel *k, const struct cpus *cpus, uint64_t va, struct task *out)
{
	if (!could_be_task(k, va) || !read_task(k, va, out))
		return false;
	out->on = cpus_running(cpus, va);
	for (size_t i = 0; i < cpus->count; i++)
		out->is_idle |= cpus->cpu[i].idle == va;
	return true;
}

/* What a walk through all tasks has so far. */
struct walk {
	const struct kernel *k;
	const struct cpus *cpus;
	struct tasks all;
	size_t cap;
	bool full;
	struct arena
		*temporary; /* what only the walk needs: lists that were seen, arrays outgrown */
};

/* Adds the task once; NULL if there is none at va, or no room. */
static const struct task *
add(struct walk *w, uint64_t va)
{
	struct task t;

	if (va_set_has(&w->all.by_va, va) || !could_be_task(w->k, va) || !read_task(w->k, va, &t))
		return NULL;

	struct task *grown = arena_try_grow(w->temporary, w->all.task, w->all.count, &w->cap,
					    sizeof(w->all.task[0]));

	if (grown == NULL || w->all.count >= LIMIT_TASKS ||
	    !va_set_add(&w->all.by_va, va, w->k->arena)) {
		w->full = true;
		return NULL;
	}
	w->all.task = grown;
	if (t.last_ns > w->all.newest_ns)
		w->all.newest_ns = t.last_ns;
	w->all.task[w->all.count++] = t;
	return &w->all.task[w->all.count - 1];
}

static void
note_problem(struct walk *w, const struct error *e)
{
	if (w->all.problem == NULL && e != NULL)
		w->all.problem = error_new(w->k->arena, e->code, "%s", error_text(w->k->arena, e));
}

static void
add_list(struct walk *w, uint64_t head, uint64_t off, const char *what)
{
	struct list_walk l = list_walk_from(w->k->mem, head, LIMIT_TASKS, what, w->temporary);
	uint64_t node = 0;

	while (!w->full && list_next(&l, &node)) {
		if (!va_set_has(&w->all.by_va, node - off) && add(w, node - off) == NULL &&
		    !w->full)
			note_problem(w, error_new(w->temporary, ERROR_CORRUPT,
						  "entry 0x%" PRIx64 " of the %s is no task", node,
						  what));
	}
	note_problem(w, l.problem);
}

/* The other threads of a process: a list whose head is in signal_struct; before 3.14 one that
 * goes round through the threads themselves. */
static void
add_threads(struct walk *w, uint64_t leader, uint64_t signal)
{
	uint64_t head = 0;
	uint64_t node = 0;

	if (signal != 0 && layout_find(w->k->layout, LAYOUT_SIGNAL_THREAD_HEAD, &head) &&
	    layout_find(w->k->layout, LAYOUT_TASK_THREAD_NODE, &node))
		add_list(w, signal + head, node, "list of threads");
	else if (layout_find(w->k->layout, LAYOUT_TASK_THREAD_GROUP, &node))
		add_list(w, leader + node, node, "list of threads");
}

static void
add_processes(struct walk *w, uint64_t init, uint64_t off)
{
	struct list_walk l =
		list_walk_from(w->k->mem, init + off, LIMIT_TASKS, "list of tasks", w->temporary);
	uint64_t node = 0;

	while (!w->full && list_next(&l, &node)) {
		const struct task *t = add(w, node - off);

		if (t != NULL)
			add_threads(w, t->va, t->signal);
		else if (!w->full && !va_set_has(&w->all.by_va, node - off))
			note_problem(w,
				     error_new(w->temporary, ERROR_CORRUPT,
					       "entry 0x%" PRIx64 " of the list of tasks is none",
					       node));
	}
	note_problem(w, l.problem);
}

static void
mark_running(struct walk *w)
{
	for (size_t i = 0; i < w->cpus->count; i++) {
		const struct cpu *c = &w->cpus->cpu[i];
		size_t number = 0;

		if (va_set_find(&w->all.by_va, c->current, &number) && number < w->all.count)
			w->all.task[number].on = c;
		if (va_set_find(&w->all.by_va, c->idle, &number) && number < w->all.count)
			w->all.task[number].is_idle = true;
	}
}

/* An array of just that length. */
static void
keep_tasks(struct walk *w)
{
	struct task *kept = ARENA_TRY_ARRAY(w->k->arena, struct task, w->all.count);

	if (kept == NULL) {
		w->full = true;
		w->all.count = 0;
	}
	if (w->all.count != 0)
		memcpy(kept, w->all.task, w->all.count * sizeof(*kept));
	w->all.task = kept;
	arena_free(w->temporary);
}

bool
tasks_start(const struct kernel *k, const struct task *t, uint64_t *ns)
{
	enum { LEN = 8 }; /* a struct timespec until 3.17 (ccbf62d8a284) */
	uint64_t off = 0;

	return layout_find(k->layout, LAYOUT_TASK_START_TIME, &off) &&
	       layout_len(k->layout, LAYOUT_TASK_START_TIME) == LEN &&
	       memory_u64(k->mem, t->va + off, ns) == NULL && *ns < (uint64_t)INT64_MAX;
}

const struct error *
tasks_read(const struct kernel *k, const struct cpus *cpus, struct tasks *out)
{
	struct walk w = { .k = k, .cpus = cpus };
	uint64_t init = 0;
	uint64_t off = 0;

	if (!symbols_find(k->symbols, "init_task", &init))
		return error_new(k->arena, ERROR_ABSENT, "the kernel's first task was not found");
	if (!layout_find(k->layout, LAYOUT_TASK_TASKS, &off))
		return error_new(k->arena, ERROR_ABSENT, "the layout of %s is not known",
				 layout_name(LAYOUT_TASK_TASKS, k->arena));
	w.temporary = arena_new_temporary(k->arena);
	for (size_t i = 0; i < cpus->count; i++)
		(void)add(&w, cpus->cpu[i].idle);
	(void)add(&w, init);
	add_processes(&w, init, off);

	/* A task may have left its lists and still be running, on its way out. */
	for (size_t i = 0; i < cpus->count; i++)
		(void)add(&w, cpus->cpu[i].current);
	keep_tasks(&w);
	mark_running(&w);
	if (w.full)
		note_problem(&w, error_new(k->arena, ERROR_LIMIT, "only %zu tasks were read",
					   w.all.count));
	*out = w.all;
	return NULL;
}

const struct task *
tasks_at(const struct tasks *t, uint64_t va)
{
	size_t number = 0;

	return va_set_find(&t->by_va, va, &number) && number < t->count ? &t->task[number] : NULL;
}

const struct task *
tasks_pid(const struct tasks *t, int32_t pid)
{
	for (size_t i = 0; i < t->count; i++) {
		if (t->task[i].pid == pid && !t->task[i].is_idle)
			return &t->task[i];
	}
	return NULL;
}

const char *
tasks_state(const struct task *t)
{
	/* By the highest bit that is set: fs/proc/array.c. */
	static const char *const letters[] = { "R", "S", "D", "T", "t", "X", "Z", "P" };
	enum {
		REPORTED = 0x7f,
		UNINTERRUPTIBLE = 0x2,
		DEAD = 0x80,
		NOLOAD = 0x400,
		RTLOCK = 0x1000, /* 85019c167d0d ("sched/wakeup: Split out the wakeup ->__state
				    check"), v5.15: a spinlock on PREEMPT_RT */
	};
	uint32_t v = t->state | t->exit_state;
	uint32_t shown = v & REPORTED;
	size_t i = 0;

	if ((v & (UNINTERRUPTIBLE | NOLOAD)) == (UNINTERRUPTIBLE | NOLOAD))
		return "I";
	if ((v & RTLOCK) != 0)
		return "D";
	if (shown == 0 && (v & DEAD) != 0)
		return "X";
	for (; shown != 0; shown >>= 1)
		i++;
	return letters[i];
}

bool
tasks_is_kthread(const struct task *t)
{
	return t->has_flags ? (t->flags & FLAG_KTHREAD) != 0 : t->mm == 0;
}

bool
tasks_find_panic(const struct kernel *k, const struct cpus *cpus, const struct tasks *t,
		 struct task *out)
{
	if (cpus->panic == NULL || cpus->panic->current == 0)
		return false;

	const struct task *known = tasks_at(t, cpus->panic->current);

	if (known == NULL)
		return tasks_read_one(k, cpus, cpus->panic->current, out);
	*out = *known;
	return true;
}
