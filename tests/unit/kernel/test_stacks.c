/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/stacks.h"

#include "kernel/fakemachine.h"
#include "unit.h"

/* Two CPUs: CPU 1 panicked in panic(), CPU 0 is idle. */
struct world {
	struct fake *f;
	struct cpus cpus;
	struct tasks tasks;
	struct stacks s;
	struct facts *facts;
};

static void
put_regs(struct fake *f, size_t cpu, uint64_t rip, uint64_t rsp)
{
	machine_note(f, cpu, 0, rip, 0x10);
	fake_put(f, percpu_at(cpu) + PERCPU_NOTES + 20 + 112 + 152, rsp, 8);
}

static void
switch_out(struct fake *f, size_t task, uint64_t stack_top, enum function in)
{
	uint64_t sp = stack_top;

	push(f, &sp, call(f, START, in));
	push(f, &sp, function_at(in) + 0x30);
	for (size_t i = 0; i < 6; i++)
		push(f, &sp, 0);
	fake_put(f, task_at(task) + OFF_SP, sp, 8);
}

static struct world *
world_new(struct arena *a)
{
	struct world *w = ARENA_NEW(a, struct world);
	uint64_t sp = STACK_END - 64;

	w->f = machine_new(a);
	fake_symbol(w->f, "panic", function_at(ODD));
	push(w->f, &sp, call(w->f, START, READ));
	push(w->f, &sp, call(w->f, READ, ODD));
	put_regs(w->f, 1, function_at(ODD) + 4, sp);
	sp -= 0x400;
	push(w->f, &sp, call(w->f, START, HELPER));
	put_regs(w->f, 0, function_at(HELPER) + 4, sp);
	switch_out(w->f, 1, STACK + 0x1000, THREAD);
	switch_out(w->f, 2, STACK + 0x1800, THREAD);
	cpus_read(&w->f->k, NULL, &w->cpus);
	assert_null(tasks_read(&w->f->k, &w->cpus, &w->tasks));
	w->s = (struct stacks){ .k = &w->f->k,
				.cpus = &w->cpus,
				.tasks = &w->tasks,
				.unwind = unwind_new(&w->f->k, NULL) };
	stacks_open(&w->s);
	w->facts = facts_new(a);
	return w;
}

static const struct fact_row *
row_of(const struct fact_row *r, enum fact_id id, size_t i)
{
	const struct fact *f = facts_get(r, id);

	assert_true(i < f->count);
	return f->values[i].row;
}

static void
check_text(const struct fact_row *r, enum fact_id id, const char *want)
{
	struct str s = { NULL, 0 };

	assert_true(facts_get_text(r, id, &s));
	assert_string_equal(s.p, want);
}

static int64_t
number_of(const struct fact_row *r, enum fact_id id)
{
	int64_t v = -1;

	assert_true(facts_get_number(r, id, &v));
	return v;
}

static void
publishes_the_panic_task_and_its_stack(void **state)
{
	struct world *w = world_new(*state);
	static const struct origin log = { ORIGIN_LOG, "kernel log" };
	const struct fact_row *root = facts_root_const(w->facts);
	const struct fact_row *task = NULL;
	const struct fact_row *stack = NULL;
	struct task panic;

	/* What the log had of the stack is less than what memory has. */
	facts_put_row(facts_root(w->facts), FACT_BACKTRACE, log);
	facts_put_row(facts_root(w->facts), FACT_BACKTRACE, log);
	assert_true(stacks_find_panic(&w->s, 0, &panic));
	assert_null(stacks_publish_panic(&w->s, &panic, NULL, w->facts));
	assert_int_equal(number_of(root, FACT_PANIC_CPU), 1);
	task = facts_get_row(root, FACT_PANIC_TASK);
	assert_int_equal(number_of(task, TASK_PID), 21);
	check_text(task, TASK_COMM, "server-worker");
	assert_int_equal(facts_get(task, TASK_PARENTS)->count, 1);
	stack = facts_get_row(root, FACT_BACKTRACE);
	check_text(stack, BACKTRACE_SOURCE, "orc");
	assert_int_equal(facts_get(stack, BACKTRACE_FRAMES)->count, 3);
	check_text(row_of(stack, BACKTRACE_FRAMES, 0), FRAME_FUNCTION, "odd");
	check_text(row_of(stack, BACKTRACE_FRAMES, 1), FRAME_FUNCTION, "read");
	check_text(row_of(stack, BACKTRACE_FRAMES, 0), FRAME_CONTEXT, "TASK");
}

static void
keeps_the_logs_stack_where_memory_has_none(void **state)
{
	struct world *w = world_new(*state);
	static const struct origin log = { ORIGIN_LOG, "kernel log" };
	struct task panic = { .va = task_at(1), .pid = 1 };

	facts_put_text(facts_put_row(facts_root(w->facts), FACT_BACKTRACE, log), BACKTRACE_SOURCE,
		       STR("log"), log);
	assert_null(stacks_publish_panic(&w->s, &panic, NULL, w->facts));
	check_text(facts_get_row(facts_root_const(w->facts), FACT_BACKTRACE), BACKTRACE_SOURCE,
		   "log");
}

static void
finds_the_panic_task_by_its_stack(void **state)
{
	struct world *w = world_new(*state);
	struct task panic;

	w->cpus.panic = NULL;
	assert_true(stacks_find_panic(&w->s, 0, &panic));
	assert_int_equal(panic.pid, 21);

	/* Nobody is in panic(): the log may know who was last. */
	put_regs(w->f, 1, function_at(LEAF), STACK_END - 64 - 8);
	cpus_read(&w->f->k, NULL, &w->cpus);
	w->cpus.panic = NULL;
	assert_null(tasks_read(&w->f->k, &w->cpus, &w->tasks));
	assert_false(stacks_find_panic(&w->s, 0, &panic));
	assert_false(stacks_find_panic(&w->s, 20, &panic)); /* was not running */
	assert_true(stacks_find_panic(&w->s, 21, &panic));
}

static void
shows_each_cpu_and_what_it_did(void **state)
{
	struct world *w = world_new(*state);
	const struct fact_row *root = facts_root_const(w->facts);
	const struct fact_row *cpu = NULL;

	stacks_publish_cpus(&w->s, w->facts);
	assert_int_equal(number_of(root, FACT_SYSTEM_CPUS), 2);
	assert_int_equal(facts_get(root, FACT_CPUS)->count, 2);
	cpu = row_of(root, FACT_CPUS, 0);
	check_text(cpu, CPU_MODE, "idle");
	check_text(facts_get_row(cpu, CPU_TASK), TASK_COMM, "swapper/0");
	assert_true(facts_known(cpu, CPU_BACKTRACE));
	cpu = row_of(root, FACT_CPUS, 1);
	check_text(cpu, CPU_MODE, "kernel");
	assert_non_null(facts_get_named(cpu, CPU_REGISTERS, STR("rip")));
	assert_false(facts_known(cpu, CPU_SAME_AS));
}

static void
shows_a_stack_that_two_cpus_share_once(void **state)
{
	struct world *w = world_new(*state);
	const struct fact_row *cpu = NULL;

	w->cpus.cpu[0].regs = w->cpus.cpu[1].regs;
	stacks_publish_cpus(&w->s, w->facts);
	cpu = row_of(facts_root_const(w->facts), FACT_CPUS, 1);
	assert_int_equal(number_of(cpu, CPU_SAME_AS), 0);
	assert_false(facts_known(cpu, CPU_BACKTRACE));
}

static void
counts_tasks_by_state_and_groups_them_by_stack(void **state)
{
	struct world *w = world_new(*state);
	const struct fact_row *root = facts_root_const(w->facts);
	const struct fact_row *group = NULL;

	w->tasks.task[2].state = 1;
	w->tasks.task[3].state = 2;
	stacks_publish_tasks(&w->s, w->facts);
	assert_int_equal(number_of(root, FACT_TASKS_TOTAL), 5);
	assert_int_equal(facts_get_named(root, FACT_TASKS_BY_STATE, STR("D"))->number, 1);
	assert_int_equal(facts_get_named(root, FACT_TASKS_BY_STATE, STR("R"))->number, 3);
	assert_null(facts_get_named(root, FACT_TASKS_BY_STATE, STR("Z")));
	assert_int_equal(facts_get(root, FACT_TASKS_GROUPS)->count, 1);
	group = row_of(root, FACT_TASKS_GROUPS, 0);
	assert_int_equal(number_of(group, STACK_GROUP_COUNT), 2);
	assert_int_equal(facts_get(group, STACK_GROUP_PIDS)->values[0].number, 1);
	assert_int_equal(facts_get(group, STACK_GROUP_PIDS)->values[1].number, 20);
	assert_false(facts_known(root, FACT_TASKS_ALL));
}

static void
puts_the_longest_wait_first(void **state)
{
	struct world *w = world_new(*state);
	const struct fact_row *root = facts_root_const(w->facts);

	w->tasks.task[2].state = 2;
	w->tasks.task[3].state = 2;
	stacks_publish_tasks(&w->s, w->facts);
	assert_int_equal(facts_get(root, FACT_TASKS_BLOCKED)->count, 2);
	assert_int_equal(number_of(row_of(root, FACT_TASKS_BLOCKED, 0), BLOCKED_PID), 1);
	assert_true(
		facts_get(row_of(root, FACT_TASKS_BLOCKED, 0), BLOCKED_SECONDS)->values[0].real >
		2.9);
	assert_true(facts_known(row_of(root, FACT_TASKS_BLOCKED, 0), BLOCKED_BACKTRACE));
}

static void
shows_all_tasks_when_asked(void **state)
{
	struct world *w = world_new(*state);
	const struct fact_row *root = facts_root_const(w->facts);

	w->s.all = true;
	stacks_publish_tasks(&w->s, w->facts);
	assert_int_equal(facts_get(root, FACT_TASKS_ALL)->count, 5);
	assert_true(facts_known(row_of(root, FACT_TASKS_ALL, 2), TASK_BACKTRACE));
}

static void
shows_the_blamed_task_if_it_is_another(void **state)
{
	struct world *w = world_new(*state);
	const struct fact_row *root = facts_root_const(w->facts);
	struct task panic;

	assert_true(stacks_find_panic(&w->s, 0, &panic));
	stacks_publish_blamed(&w->s, 21, &panic, w->facts);
	stacks_publish_blamed(&w->s, 999, &panic, w->facts);
	stacks_publish_blamed(&w->s, 0, &panic, w->facts);
	assert_false(facts_known(root, FACT_VERDICT_BACKTRACE));
	stacks_publish_blamed(&w->s, 20, &panic, w->facts);
	assert_int_equal(number_of(facts_get_row(root, FACT_VERDICT_BACKTRACE), BACKTRACE_TASK),
			 20);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(publishes_the_panic_task_and_its_stack),
		UNIT_TEST(keeps_the_logs_stack_where_memory_has_none),
		UNIT_TEST(finds_the_panic_task_by_its_stack),
		UNIT_TEST(shows_each_cpu_and_what_it_did),
		UNIT_TEST(shows_a_stack_that_two_cpus_share_once),
		UNIT_TEST(counts_tasks_by_state_and_groups_them_by_stack),
		UNIT_TEST(puts_the_longest_wait_first),
		UNIT_TEST(shows_all_tasks_when_asked),
		UNIT_TEST(shows_the_blamed_task_if_it_is_another),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
