/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/cpucontext.h"

#include "kernel/fakestack.h"
#include "unit.h"

#define REGS (STACK + 0x800)

enum {
	FLAGS_AT = 144, /* of struct pt_regs */
	IF = 1 << 9,
	LEVELS = 8,
};

/* A CPU with a stack of functions whose names the test gives. */
struct world {
	struct fake *f;
	struct unwind *unwind;
	struct unwind_frame frame[LEVELS];
	struct stack stack;
	struct regs regs;
	struct cpu cpu;
};

static void
set_flags(struct regs *r, const char *name, uint64_t v)
{
	r->count = 0;
	r->reg[r->count].name = name;
	r->reg[r->count++].value = v;
}

static struct world *
world_new(struct arena *a)
{
	struct world *w = ARENA_NEW(a, struct world);

	w->f = stack_fake_new(a);
	w->unwind = unwind_new(&w->f->k, NULL);
	w->stack = (struct stack){ .frame = w->frame, .whole = true };
	set_flags(&w->regs, "rflags", 0x46);
	w->cpu = (struct cpu){ .regs = &w->regs };
	return w;
}

static void
add(struct world *w, const char *function, bool interrupted)
{
	size_t n = w->stack.count++;
	uint64_t va = function_at(LEAF) + 1 + 8 * n;

	fake_symbol(w->f, function, va);
	w->frame[n] = (struct unwind_frame){ .pc = va + 4, .exact = n == 0 || interrupted };
	if (interrupted)
		w->frame[n].regs = REGS;
}

static void
check(struct world *w, bool panicked, const char *context, const char *interrupts)
{
	struct cpucontext c = cpucontext_of(w->unwind, &w->cpu, &w->stack, panicked);

	if (context == NULL)
		assert_null(c.context);
	else
		assert_string_equal(c.context, context);
	if (interrupts == NULL)
		assert_null(c.interrupts);
	else
		assert_string_equal(c.interrupts, interrupts);
}

static void
takes_the_flags_of_a_cpu_as_they_are(void **state)
{
	struct world *w = world_new(*state);

	add(w, "memcpy", false);
	add(w, "vfs_read", false);
	check(w, false, "task", "off");
	set_flags(&w->regs, "rflags", 0x46 | IF);
	check(w, false, "task", "on");
	set_flags(&w->regs, "pstate", 0x800000c5);
	check(w, false, "task", "off");
	set_flags(&w->regs, "pstate", 0x80000005);
	check(w, false, "task", "on");
}

static void
looks_behind_what_stopped_the_cpu(void **state)
{
	struct world *w = world_new(*state);
	struct cpucontext c;

	add(w, "stop_this_cpu", false);
	add(w, "__sysvec_reboot", false);
	add(w, "native_safe_halt", true);
	add(w, "do_idle", false);
	fake_put(w->f, REGS + FLAGS_AT, 0x46 | IF, 8);
	check(w, false, "task", "on");
	fake_put(w->f, REGS + FLAGS_AT, 0x46, 8);
	check(w, false, "task", "off");
	c = cpucontext_of(w->unwind, &w->cpu, &w->stack, false);
	assert_int_equal(c.level, 2);
}

static void
says_nothing_of_interrupts_where_panic_turned_them_off(void **state)
{
	struct world *w = world_new(*state);

	add(w, "panic", false);
	add(w, "sysrq_handle_crash", false);
	check(w, true, "task", NULL);
}

static void
tells_what_kind_of_interrupt_it_was_in(void **state)
{
	static const struct {
		const char *function, *context;
	} cases[] = {
		{ "handle_softirqs.isra.0", "softirq" },
		{ "__do_softirq", "softirq" },
		{ "__sysvec_x", "task" },
		{ "asm_sysvec_apic_timer_interrupt", "hardirq" },
		{ "exc_nmi", "nmi" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct world *w = world_new(*state);

		add(w, "rcu_core", false);
		add(w, cases[i].function, false);
		add(w, "asm_unknown", false);
		check(w, false, cases[i].context, "off");
	}
}

static void
claims_no_context_of_a_stack_that_ends_early(void **state)
{
	struct world *w = world_new(*state);

	check(w, false, NULL, NULL);
	add(w, "memcpy", false);
	w->stack.whole = false;
	check(w, false, NULL, "off");
	w->cpu.regs = NULL;
	check(w, false, NULL, NULL);
}

static void
a_stop_that_leads_nowhere_tells_nothing(void **state)
{
	struct world *w = world_new(*state);

	add(w, "stop_this_cpu", false);
	add(w, "__sysvec_reboot", false);
	check(w, false, NULL, NULL);
}

static void
says_in_words_what_a_task_does(void **state)
{
	struct world *w = world_new(*state);
	struct task t = { .comm = "hog", .pid = 7 };
	struct cpucontext c;

	add(w, "spin", false);
	c = cpucontext_of(w->unwind, &w->cpu, &w->stack, false);
	assert_string_equal(cpucontext_words(&c, w->unwind, &w->stack, &t, "FIFO"),
			    "hog (7), FIFO, in spin, with interrupts off");
	c.interrupts = "on";
	c.context = "softirq";
	assert_string_equal(cpucontext_words(&c, w->unwind, &w->stack, &t, "NORMAL"),
			    "hog (7), in spin, in a softirq");
	c.level = 1;
	assert_string_equal(cpucontext_words(&c, w->unwind, &w->stack, &t, NULL),
			    "hog (7), in a softirq");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(takes_the_flags_of_a_cpu_as_they_are),
		UNIT_TEST(looks_behind_what_stopped_the_cpu),
		UNIT_TEST(says_nothing_of_interrupts_where_panic_turned_them_off),
		UNIT_TEST(tells_what_kind_of_interrupt_it_was_in),
		UNIT_TEST(claims_no_context_of_a_stack_that_ends_early),
		UNIT_TEST(a_stop_that_leads_nowhere_tells_nothing),
		UNIT_TEST(says_in_words_what_a_task_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
