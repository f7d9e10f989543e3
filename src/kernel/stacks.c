/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/stacks.h"

#include "base/limits.h"
#include "kernel/blocked.h"
#include "kernel/cpucontext.h"
#include "kernel/runnable.h"
#include "kernel/spinning.h"
#include "kernel/taskcontext.h"
#include "kernel/taskfacts.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
	GROUPS_MAX = 32,     /* in tasks.groups[] */
	GROUP_PIDS_MAX = 32, /* of one group */
	CPUS_IN_WORDS = 64,  /* enough for a person */
	GROUP_LARGE = 100,   /* worth a word; kernel threads of a kind are fewer */
	UNWOUND_MAX = 4096,  /* tasks whose stacks are followed unless all are asked for */
};

static const struct origin from_memory = { ORIGIN_MEMORY, "the kernel's tasks" };

/* The functions that a dying kernel is in. */
static bool
is_panicking(const struct stacks *s, const struct stack *stack)
{
	static const char *const names[] = { "panic", "vpanic", "__crash_kexec", "crash_kexec",
					     "machine_kexec" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		uint64_t va = 0;

		if (symbols_find(s->k->symbols, names[i], &va) &&
		    unwind_goes_through(s->unwind, stack, va))
			return true;
	}
	return false;
}

void
stacks_open(struct stacks *s)
{
	s->locks = locks_new(s->k, s->tasks, unwind_stack_len(s->unwind));
	s->waits = waits_new(s->unwind, s->locks, s->k->arena);
}

bool
stacks_find_panic(const struct stacks *s, int32_t pid, struct task *out)
{
	const struct task *named = pid == 0 ? NULL : tasks_pid(s->tasks, pid);

	if (tasks_find_panic(s->k, s->cpus, s->tasks, out))
		return true;
	for (size_t i = 0; i < s->cpus->count; i++) {
		const struct task *t = tasks_at(s->tasks, s->cpus->cpu[i].current);
		struct stack stack;

		if (t == NULL)
			continue;
		unwind_task(s->unwind, t, &stack);
		if (!is_panicking(s, &stack))
			continue;
		*out = *t;
		return true;
	}
	if (named == NULL || named->on == NULL)
		return false;
	*out = *named;
	return true;
}

static void
put_panic_cpu(const struct stacks *s, const struct task *panic, struct facts *f)
{
	struct origin o = { ORIGIN_MEMORY, "the CPU that the panic task is on" };
	const struct cpu *c = panic->on;

	if (s->cpus->panic != NULL) {
		c = s->cpus->panic;
		o.text = s->cpus->panic_source;
	}
	if (c != NULL)
		facts_put_number(facts_root(f), FACT_PANIC_CPU, c->number, o);
}

/* A log calls rflags eflags. What is saved in the place of orig_rax is no register's value. */
static bool
adds_to_log(const struct regs *log, const char *name)
{
	const char *logged = strcmp(name, "rflags") == 0 ? "eflags" : name;
	uint64_t v = 0;

	return !regs_get(log, logged, &v) && strncmp(name, "orig_", strlen("orig_")) != 0;
}

/* Does the stack bear the log out? What the log did not print of the registers is put, too. */
static const struct error *
check_with_log(const struct stacks *s, const struct task *panic, const struct stack *stack,
	       const struct crosscheck_log *log, struct fact_row *backtrace, struct facts *f)
{
	static const struct origin both = { ORIGIN_MEMORY, "the stack in memory, and the log" };
	static const struct origin saved = { ORIGIN_MEMORY, "the stack, where the fault saved it" };
	struct crosscheck c;

	if (log == NULL || !crosscheck_stack(s->unwind, panic, stack, log, &c))
		return NULL;
	facts_put_bool(backtrace, BACKTRACE_AGREES, c.differs == NULL, both);
	for (size_t i = 0; i < c.saved.count; i++) {
		if (adds_to_log(log->regs, c.saved.reg[i].name))
			facts_put_address_named(facts_root(f), FACT_REGISTERS, c.saved.reg[i].name,
						c.saved.reg[i].value, saved);
	}
	return c.differs;
}

const struct error *
stacks_publish_panic(const struct stacks *s, const struct task *panic,
		     const struct crosscheck_log *log, struct facts *f)
{
	struct fact_row *root = facts_root(f);
	struct stack stack;

	unwind_task(s->unwind, panic, &stack);
	put_panic_cpu(s, panic, f);

	struct taskfacts of = { s->k, s->cpus, s->tasks, s->unwind, panic, &stack };

	taskfacts_publish_details(&of, facts_put_row(root, FACT_PANIC_TASK, from_memory));
	if (stack.count == 0 && facts_known(root, FACT_BACKTRACE))
		return NULL;
	facts_clear(root, FACT_BACKTRACE);

	struct fact_row *backtrace = facts_put_row(root, FACT_BACKTRACE, from_memory);

	unwind_publish(s->unwind, &stack, panic, backtrace);
	return check_with_log(s, panic, &stack, log, backtrace, f);
}

static const char *
mode_of(const struct cpu *c)
{
	if (c->regs == NULL)
		return "unknown";
	if (c->in_user)
		return "user";
	return c->current != 0 && c->current == c->idle ? "idle" : "kernel";
}

/* The first CPU before number i that was in the same place, or i. */
static size_t
same_as(const struct stack *stack, size_t i)
{
	size_t first = 0;

	while (first < i && !unwind_same(&stack[first], &stack[i]))
		first++;
	return first;
}

static void
put_doing(const struct stacks *s, const struct cpucontext *ctx, const struct stack *stack,
	  const struct task *t, struct fact_row *row)
{
	uint32_t policy = UINT32_MAX;

	(void)kernel_u32(s->k, t->va, LAYOUT_TASK_POLICY, &policy);
	facts_put_text(
		row, CPU_DOING,
		str_of(cpucontext_words(ctx, s->unwind, stack, t, taskcontext_policy(policy))),
		from_memory);
}

static void
put_cpu(const struct stacks *s, const struct stack *stack, size_t i, struct fact_row *row)
{
	const struct cpu *c = &s->cpus->cpu[i];
	const struct task *t = tasks_at(s->tasks, c->current);
	size_t same = same_as(stack, i);

	facts_put_number(row, CPU_NUMBER, c->number, from_memory);
	if (s->cpus->has_online)
		facts_put_bool(row, CPU_ONLINE, c->online, from_memory);
	facts_put_text(row, CPU_MODE, str_of(mode_of(c)), from_memory);
	if (t != NULL) {
		struct fact_row *task = facts_put_row(row, CPU_TASK, from_memory);

		taskfacts_publish(t, task, from_memory);
		taskcontext_publish_scheduling(s->k, t, task);
	}
	if (c->regs != NULL)
		facts_put_regs(row, CPU_REGISTERS, c->regs,
			       (struct origin){ ORIGIN_NOTES, c->regs_source });

	struct cpucontext ctx = cpucontext_of(s->unwind, c, &stack[i], c == s->cpus->panic);

	cpucontext_publish(&ctx, row);
	if (t != NULL && c != s->cpus->panic && c->current != c->idle && i < CPUS_IN_WORDS)
		put_doing(s, &ctx, &stack[i], t, row);
	if (same != i)
		facts_put_number(row, CPU_SAME_AS, s->cpus->cpu[same].number, from_memory);
	else if (t != NULL && stack[i].count != 0)
		unwind_publish(s->unwind, &stack[i], t,
			       facts_put_row(row, CPU_BACKTRACE, from_memory));
}

void
stacks_publish_cpus(const struct stacks *s, struct facts *f)
{
	struct fact_row *root = facts_root(f);
	struct stack *stack = ARENA_ARRAY(s->k->arena, struct stack, s->cpus->count);

	facts_put_number(root, FACT_SYSTEM_CPUS, (int64_t)s->cpus->count, from_memory);
	if (s->cpus->has_online)
		facts_put_number(root, FACT_SYSTEM_CPUS_ONLINE, (int64_t)s->cpus->online,
				 from_memory);
	for (size_t i = 0; i < s->cpus->count; i++) {
		const struct task *t = tasks_at(s->tasks, s->cpus->cpu[i].current);

		if (t != NULL)
			unwind_task(s->unwind, t, &stack[i]);
	}

	const struct runnable *runnable = runnable_find(s->k, s->tasks);
	struct spinning spinning = { s->unwind, s->waits, s->locks, s->tasks, s->cpus, stack };

	for (size_t i = 0; i < s->cpus->count; i++) {
		struct fact_row *row = facts_put_row(root, FACT_CPUS, from_memory);

		put_cpu(s, stack, i, row);
		runnable_publish(runnable, &s->cpus->cpu[i], row);
		spinning_publish(&spinning, i, row, f);
	}
}

static void
put_counts(const struct stacks *s, struct fact_row *root)
{
	static const char *const letters[] = { "R", "S", "D", "T", "t", "X", "Z", "P", "I" };
	int64_t count[ARRAY_LEN(letters)] = { 0 };

	facts_put_number(root, FACT_SYSTEM_TASKS, (int64_t)s->tasks->count, from_memory);
	facts_put_number(root, FACT_TASKS_TOTAL, (int64_t)s->tasks->count, from_memory);
	for (size_t i = 0; i < s->tasks->count; i++) {
		const char *state = tasks_state(&s->tasks->task[i]);

		for (size_t l = 0; l < ARRAY_LEN(letters); l++)
			count[l] += strcmp(state, letters[l]) == 0;
	}
	for (size_t l = 0; l < ARRAY_LEN(letters); l++) {
		if (count[l] != 0)
			facts_put_number_named(root, FACT_TASKS_BY_STATE, letters[l], count[l],
					       from_memory);
	}
}

static uint64_t
hash_of(const struct stack *s)
{
	uint64_t hash = s->count;

	for (size_t i = 0; i < s->count; i++)
		hash = (hash ^ s->frame[i].pc) * 0x9e3779b97f4a7c15ULL;
	return hash;
}

static void
look_at(const struct stacks *s, const struct task *t, struct unwound *u)
{
	*u = (struct unwound){ .task = t, .order = (size_t)(t - s->tasks->task) };
	unwind_task(s->unwind, t, &u->stack);
	u->hash = hash_of(&u->stack);
	if (t->last_ns != 0 && t->last_ns < s->tasks->newest_ns)
		u->seconds = (double)(s->tasks->newest_ns - t->last_ns) / 1e9;
	if (t->on == NULL && u->stack.count != 0)
		waits_find(s->waits, t, &u->stack, &u->wait);
}

/* Running tasks, then blocked ones, the longest first, then others. */
static int
most_telling_first(const void *a, const void *b)
{
	const struct task *x = *(const struct task *const *)a;
	const struct task *y = *(const struct task *const *)b;
	int rank_x = x->on != NULL ? 0 : 2 - blocked_is(x);
	int rank_y = y->on != NULL ? 0 : 2 - blocked_is(y);

	if (rank_x != rank_y)
		return rank_x - rank_y;
	if (x->last_ns != y->last_ns)
		return x->last_ns < y->last_ns ? -1 : 1;
	return (x > y) - (x < y);
}

/* The tasks whose stacks are looked at: all, or if there are many those that tell most. */
static const struct task **
choose(const struct stacks *s, struct arena *a, size_t *count)
{
	const struct task **chosen = ARENA_TRY_ARRAY(a, const struct task *, s->tasks->count);

	*count = chosen == NULL ? 0 : s->tasks->count;
	for (size_t i = 0; i < *count; i++)
		chosen[i] = &s->tasks->task[i];
	if (s->all || *count <= UNWOUND_MAX)
		return chosen;
	qsort(chosen, *count, sizeof(const struct task *), most_telling_first);
	*count = UNWOUND_MAX;
	return chosen;
}

static struct unwound *
unwind_all(const struct stacks *s, struct arena *a, size_t *count)
{
	size_t most = 0;
	const struct task **chosen = choose(s, a, &most);
	struct unwound *all = ARENA_TRY_ARRAY(a, struct unwound, most);

	*count = 0;
	while (all != NULL && *count < most && !budget_expired(arena_budget(a))) {
		look_at(s, chosen[*count], &all[*count]);
		(*count)++;
	}
	return all;
}

static void
put_backtrace(const struct stacks *s, const struct unwound *u, struct fact_row *row,
	      enum fact_id id)
{
	if (u->stack.count != 0)
		unwind_publish(s->unwind, &u->stack, u->task, facts_put_row(row, id, from_memory));
}

static void
put_waits(const struct unwound *u, struct fact_row *row, enum fact_id id, struct arena *a)
{
	const char *text = u->task->on == NULL ? waits_text(&u->wait, a) : NULL;

	if (text != NULL)
		facts_put_text(row, id, str_of(text), from_memory);
}

static int
same_together(const void *a, const void *b)
{
	const struct unwound *x = *(const struct unwound *const *)a;
	const struct unwound *y = *(const struct unwound *const *)b;

	if (x->hash != y->hash)
		return x->hash < y->hash ? -1 : 1;
	return (x->order > y->order) - (x->order < y->order);
}

/* Tasks number from, from + 1 ... of a list in which the same stand together. */
struct group {
	size_t from, count;
	size_t order; /* of its first task */
};

static int
largest_first(const void *a, const void *b)
{
	const struct group *x = a;
	const struct group *y = b;

	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	return (x->order > y->order) - (x->order < y->order);
}

static size_t
make_groups(const struct unwound **sorted, size_t count, struct group *group)
{
	size_t groups = 0;

	for (size_t from = 0; from < count;) {
		size_t to = from + 1;

		while (to < count && unwind_same(&sorted[from]->stack, &sorted[to]->stack))
			to++;
		if (to - from > 1)
			group[groups++] = (struct group){ from, to - from, sorted[from]->order };
		from = to;
	}
	if (groups != 0)
		qsort(group, groups, sizeof(group[0]), largest_first);
	return groups;
}

static void
put_groups(const struct stacks *s, const struct unwound *all, size_t count, struct arena *a,
	   struct fact_row *root)
{
	const struct unwound **sorted = ARENA_TRY_ARRAY(a, const struct unwound *, count);
	struct group *group = ARENA_TRY_ARRAY(a, struct group, count);

	if (sorted == NULL || group == NULL)
		return;
	for (size_t i = 0; i < count; i++)
		sorted[i] = &all[i];
	qsort(sorted, count, sizeof(sorted[0]), same_together);

	size_t groups = make_groups(sorted, count, group);

	if (groups == 0)
		facts_put_empty(root, FACT_TASKS_GROUPS, from_memory);
	facts_put_number(root, FACT_TASKS_GROUPS_MORE,
			 groups > GROUPS_MAX ? (int64_t)(groups - GROUPS_MAX) : 0, from_memory);
	for (size_t g = 0; g < groups && g < GROUPS_MAX; g++) {
		struct fact_row *row = facts_put_row(root, FACT_TASKS_GROUPS, from_memory);

		facts_put_number(row, STACK_GROUP_COUNT, (int64_t)group[g].count, from_memory);
		for (size_t i = 0; i < group[g].count && i < GROUP_PIDS_MAX; i++)
			facts_put_number(row, STACK_GROUP_PIDS,
					 sorted[group[g].from + i]->task->pid, from_memory);
		put_waits(sorted[group[g].from], row, STACK_GROUP_WAITS_FOR, a);
		if (group[g].count >= GROUP_LARGE)
			facts_put_number(row, STACK_GROUP_SHOWN, (int64_t)group[g].count,
					 from_memory);
		put_backtrace(s, sorted[group[g].from], row, STACK_GROUP_BACKTRACE);
	}
}

static size_t
count_blocked(const struct stacks *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->tasks->count; i++)
		n += blocked_is(&s->tasks->task[i]);
	return n;
}

void
stacks_publish_tasks(const struct stacks *s, struct facts *f)
{
	struct fact_row *root = facts_root(f);
	struct arena *a = arena_new_temporary(s->k->arena);
	size_t count = 0;
	struct unwound *all = unwind_all(s, a, &count);

	put_counts(s, root);
	if (all != NULL && count != 0) {
		blocked_publish(s->unwind, all, count, count_blocked(s), a, f);
		put_groups(s, all, count, a, root);
	}
	if (count < s->tasks->count)
		facts_put_number(root, FACT_TASKS_NOT_FOLLOWED, (int64_t)(s->tasks->count - count),
				 from_memory);
	for (size_t i = 0; s->all && all != NULL && i < count; i++) {
		struct fact_row *row = facts_put_row(root, FACT_TASKS_ALL, from_memory);

		taskfacts_publish(all[i].task, row, from_memory);
		put_waits(&all[i], row, TASK_WAITS_FOR, a);
		put_backtrace(s, &all[i], row, TASK_BACKTRACE);
	}
	arena_free(a);
}

void
stacks_publish_blamed(const struct stacks *s, int32_t pid, const struct task *panic,
		      struct facts *f)
{
	const struct task *t = pid == 0 ? NULL : tasks_pid(s->tasks, pid);
	struct stack stack;

	if (t == NULL || (panic != NULL && panic->va == t->va))
		return;
	unwind_task(s->unwind, t, &stack);
	if (stack.count != 0)
		unwind_publish(s->unwind, &stack, t,
			       facts_put_row(facts_root(f), FACT_VERDICT_BACKTRACE, from_memory));
}
