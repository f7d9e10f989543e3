/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "registers.h"

#include "unit.h"

struct world {
	struct dump dump;
	struct dump_cpu note[2];
	struct cpu cpu[2];
	struct cpus cpus;
	struct regs regs; /* of CPU 1, as its crash note has them */
	struct event event;
	struct facts *facts;
	struct arena *arena;
	const struct regs *shown; /* the last result */
};

static struct world *
world_new(struct arena *a)
{
	struct world *w = ARENA_NEW(a, struct world);
	struct origin o = { ORIGIN_LOG, "the log" };

	w->arena = a;
	w->facts = facts_new(a);
	w->dump.arch = &arch_x86_64;
	w->dump.cpu = w->note;
	w->dump.cpu_count = 2;
	for (uint32_t i = 0; i < 2; i++) {
		w->note[i].note = i;
		w->note[i].has_pid = true;
		w->note[i].pid = 100 + i;
		regs_put(&w->note[i].regs, "rip", 0x1000 + i);
		w->cpu[i].number = i;
	}
	regs_put(&w->regs, "rip", 0xffffffff81000000);
	w->cpu[1].regs = &w->regs;
	w->cpu[1].regs_source = "crash_notes of CPU 1";
	w->cpus.cpu = w->cpu;
	w->cpus.count = 2;
	regs_put(&w->event.regs, "rsp", 0xbeef);
	facts_put_address_named(facts_root(w->facts), FACT_REGISTERS, "rsp", 0xbeef, o);
	return w;
}

static void
panicked_on(struct world *w, int64_t cpu)
{
	facts_put_number(facts_root(w->facts), FACT_PANIC_CPU, cpu,
			 (struct origin){ ORIGIN_LOG, "the log" });
}

/* The only register in the report, and its value. */
static void
expect(struct world *w, enum kind k, const char *name, uint64_t value)
{
	struct registers_input in = { &w->event, &w->dump, &w->cpus };
	const struct fact *shown;

	w->event.kind = k;
	w->shown = registers_put(&in, w->facts, w->arena);
	shown = facts_get(facts_root(w->facts), FACT_REGISTERS);
	assert_int_equal(shown->count, 1);
	assert_string_equal(shown->values[0].name, name);
	assert_true(shown->values[0].address == value);
}

static void
a_fault_has_the_registers_that_were_printed(void **state)
{
	struct world *w = world_new(*state);

	panicked_on(w, 1);
	expect(w, KIND_NULL_DEREF, "rsp", 0xbeef);
	assert_ptr_equal(w->shown, &w->event.regs);
	expect(w, KIND_SOFT_LOCKUP, "rsp", 0xbeef);
}

static void
another_panic_has_those_of_the_panic_cpu(void **state)
{
	struct world *w = world_new(*state);

	panicked_on(w, 1);
	expect(w, KIND_PANIC_OOM, "rip", 0xffffffff81000000);
	assert_ptr_equal(w->shown, &w->regs);
}

/* A report that printed none, such as a sysrq's. */
static void
an_exception_without_registers_has_those_of_the_panic_cpu(void **state)
{
	struct world *w = world_new(*state);

	w->event.regs.count = 0;
	facts_clear(facts_root(w->facts), FACT_REGISTERS);
	panicked_on(w, 1);
	expect(w, KIND_PANIC_SYSRQ, "rip", 0xffffffff81000000);
}

static void
without_symbols_the_notes_tell(void **state)
{
	struct world *w = world_new(*state);

	w->cpus.count = 0;
	panicked_on(w, 1);
	expect(w, KIND_PANIC_OOM, "rip", 0x1001);
	w->event.has_pid = true;
	w->event.pid = 100; /* the thread counts for more than the order of the notes */
	expect(w, KIND_PANIC_OOM, "rip", 0x1000);
}

static void
nothing_is_better_than_the_log(void **state)
{
	struct world *w = world_new(*state);

	expect(w, KIND_PANIC_OOM, "rsp", 0xbeef); /* nobody knows which CPU panicked */
	panicked_on(w, 0);                        /* which saved none */
	expect(w, KIND_PANIC_OOM, "rsp", 0xbeef);
}

static void
says_why_there_are_none(void **state)
{
	struct world *w = world_new(*state);
	struct registers_input in = { NULL, &w->dump, &w->cpus };
	struct fact_row *root = facts_root(w->facts);

	facts_clear(root, FACT_REGISTERS);
	assert_null(registers_put(&in, w->facts, w->arena));
	assert_non_null(facts_get(root, FACT_REGISTERS)->why);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(a_fault_has_the_registers_that_were_printed),
		UNIT_TEST(another_panic_has_those_of_the_panic_cpu),
		UNIT_TEST(an_exception_without_registers_has_those_of_the_panic_cpu),
		UNIT_TEST(without_symbols_the_notes_tell),
		UNIT_TEST(nothing_is_better_than_the_log),
		UNIT_TEST(says_why_there_are_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
