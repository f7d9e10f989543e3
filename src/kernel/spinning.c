/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/spinning.h"

#include <inttypes.h>
#include <string.h>

/* The registers that the CPU had in the frame, if it was interrupted there. */
static bool
registers_at(const struct spinning *s, size_t cpu, size_t level, struct regs *out)
{
	const struct unwind_frame *f = &s->stack[cpu].frame[level];

	if (level == 0 && s->cpus->cpu[cpu].regs != NULL) {
		*out = *s->cpus->cpu[cpu].regs;
		return true;
	}
	return f->regs != 0 && unwind_saved_regs(s->unwind, f->regs, out);
}

/* The spinlock that a CPU turns round at. */
static bool
find_spinning(const struct spinning *s, size_t cpu, struct lock *out)
{
	const struct stack *stack = &s->stack[cpu];
	struct regs *r = ARENA_NEW(unwind_arena(s->unwind), struct regs);

	for (size_t i = 0; i < stack->count; i++) {
		if (stack->frame[i].exact && waits_is_spinning(s->waits, stack, i) &&
		    registers_at(s, cpu, i, r))
			return locks_find_spinning(s->locks, r, out);
	}
	return false;
}

/* In the kernel, and not waiting for the same. */
static bool
may_hold(const struct spinning *s, size_t cpu, uint64_t lock)
{
	const struct cpu *c = &s->cpus->cpu[cpu];
	struct lock other;

	if (c->regs == NULL && c->current == 0)
		return false; /* it never came up */
	if (c->in_user || (c->current != 0 && c->current == c->idle))
		return false;
	return !find_spinning(s, cpu, &other) || other.va != lock;
}

static void
put_self(const struct spinning *s, const struct task *t, const struct lock *l, struct facts *f)
{
	static const struct origin o = { ORIGIN_GUESS, "no other CPU was where it could hold it" };
	struct arena *a = unwind_arena(s->unwind);
	struct str name = str_of(locks_name(l, a));
	struct str symbol = l->symbol.len != 0 ? l->symbol : name;
	struct fact_row *cycle = facts_put_row(facts_root(f), FACT_TASKS_WAIT_CYCLES, o);
	struct fact_row *row = facts_put_row(cycle, WAIT_CYCLE_MEMBERS, o);

	facts_put_number(row, CYCLE_MEMBER_PID, t->pid, o);
	facts_put_text(row, CYCLE_MEMBER_COMM, str_of(t->comm), o);
	facts_put_text(row, CYCLE_MEMBER_HOLDS, symbol, o);
	facts_put_text(row, CYCLE_MEMBER_WAITS, symbol, o);
	facts_put_text(cycle, WAIT_CYCLE_TEXT,
		       str_of(arena_printf(a,
					   "%s (%" PRId32 ") waits for %.*s, a spinlock that no "
					   "other CPU can hold",
					   t->comm, t->pid, STR_ARG(name))),
		       o);
}

static void
put_holder(const struct spinning *s, size_t cpu, const struct lock *l, struct fact_row *row,
	   struct facts *f)
{
	static const struct origin o = { ORIGIN_GUESS, "who is in the kernel on another CPU" };
	const struct task *own = tasks_at(s->tasks, s->cpus->cpu[cpu].current);
	const struct task *holder = own;
	size_t candidates = 0;

	for (size_t i = 0; i < s->cpus->count; i++) {
		if (i == cpu || !may_hold(s, i, l->va))
			continue;
		holder = tasks_at(s->tasks, s->cpus->cpu[i].current);
		candidates++;
	}
	if (candidates > 1 || holder == NULL)
		return;
	facts_put_number(row, CPU_SPINS_OWNER_PID, holder->pid, o);
	facts_put_text(row, CPU_SPINS_OWNER_COMM, str_of(holder->comm), o);
	if (candidates == 0)
		put_self(s, own, l, f);
}

void
spinning_publish(const struct spinning *s, size_t i, struct fact_row *row, struct facts *f)
{
	static const struct origin o = { ORIGIN_MEMORY, "registers of the CPU" };
	struct lock l;

	if (!find_spinning(s, i, &l))
		return;
	facts_put_address(row, CPU_SPINS_ADDRESS, l.va, o);
	if (l.symbol.len != 0)
		facts_put_text(row, CPU_SPINS_SYMBOL, l.symbol, o);
	if (l.module.len != 0)
		facts_put_text(row, CPU_SPINS_MODULE, l.module, o);
	put_holder(s, i, &l, row, f);
}
