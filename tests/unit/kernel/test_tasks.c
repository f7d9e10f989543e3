/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/tasks.h"

#include "kernel/fakemachine.h"
#include "unit.h"

static const struct error *
read_tasks(struct fake *f, struct cpus *c, struct tasks *t)
{
	cpus_read(&f->k, NULL, c);
	return tasks_read(&f->k, c, t);
}

static void
lists_every_thread_and_idle_task_once(void **state)
{
	struct fake *f = machine_new(*state);
	static const int32_t pids[] = { 0, 0, 1, 20, 21 };
	struct cpus c;
	struct tasks t;

	assert_null(read_tasks(f, &c, &t));
	assert_null(t.problem);
	assert_int_equal(t.count, 5);
	for (size_t i = 0; i < 5; i++)
		assert_int_equal(t.task[i].pid, pids[i]);
	assert_true(t.task[0].is_idle && t.task[1].is_idle && !t.task[2].is_idle);
	assert_int_equal(t.task[4].tgid, 20);
	assert_string_equal(t.task[4].comm, "server-worker");
	assert_ptr_equal(t.task[4].on, &c.cpu[1]);
	assert_null(t.task[3].on);
	assert_int_equal(t.newest_ns, 5000000000);
	assert_ptr_equal(tasks_at(&t, task_at(3)), &t.task[4]);
	assert_null(tasks_at(&t, 1));
	assert_ptr_equal(tasks_pid(&t, 21), &t.task[4]);
	assert_null(tasks_pid(&t, 0)); /* idle tasks have no number of their own */
}

static void
finds_the_task_that_panicked(void **state)
{
	struct fake *f = machine_new(*state);
	struct task panic;
	struct cpus c;
	struct tasks t;

	assert_null(read_tasks(f, &c, &t));
	assert_true(tasks_find_panic(&f->k, &c, &t, &panic));
	assert_int_equal(panic.pid, 21);
	c.panic = NULL;
	assert_false(tasks_find_panic(&f->k, &c, &t, &panic));
}

static void
keeps_a_running_task_that_left_the_lists(void **state)
{
	struct fake *f = machine_new(*state);
	struct cpus c;
	struct tasks t;

	link_nodes(f, task_at(2) + OFF_THREAD_NODE, SIGNALS + 2 * 0x40 + OFF_THREAD_HEAD);
	assert_null(read_tasks(f, &c, &t));
	assert_int_equal(t.count, 5);
	assert_int_equal(t.task[4].pid, 21);
	assert_non_null(t.task[4].on);
}

static void
follows_thread_groups_of_old_kernels(void **state)
{
	struct fake *f = machine_new(*state);
	struct cpus c;
	struct tasks t;

	f->k.layout = layout_new(NULL, NULL, f->a);
	fake_layout(f, LAYOUT_TASK_COMM, OFF_COMM, 16);
	fake_layout(f, LAYOUT_TASK_PID, OFF_PID, 4);
	fake_layout(f, LAYOUT_TASK_TASKS, OFF_TASKS, 16);
	fake_layout(f, LAYOUT_TASK_THREAD_GROUP, OFF_THREAD_NODE, 16);
	for (size_t i = 0; i < MACHINE_TASKS; i++)
		link_nodes(f, task_at(i) + OFF_THREAD_NODE, task_at(i) + OFF_THREAD_NODE);
	link_nodes(f, task_at(2) + OFF_THREAD_NODE, task_at(3) + OFF_THREAD_NODE);
	link_nodes(f, task_at(3) + OFF_THREAD_NODE, task_at(2) + OFF_THREAD_NODE);
	assert_null(read_tasks(f, &c, &t));
	assert_int_equal(t.count, 5);
	assert_int_equal(t.task[4].pid, 21);
	assert_int_equal(t.task[4].tgid, 21); /* not known */
	assert_false(t.task[4].has_cpu);
}

static void
says_when_a_list_is_broken_and_keeps_the_rest(void **state)
{
	struct fake *f = machine_new(*state);
	struct cpus c;
	struct tasks t;

	fake_put(f, task_at(1) + OFF_TASKS, 0xdead000000000100, 8);
	assert_null(read_tasks(f, &c, &t));
	assert_non_null(t.problem);
	assert_int_equal(t.count, 5); /* task 2 was found from the end */

	fake_put(f, task_at(1) + OFF_TASKS, task_at(1) + OFF_TASKS, 8);
	assert_null(read_tasks(f, &c, &t));
	assert_non_null(t.problem);
	assert_int_equal(t.count, 5);
}

static void
takes_no_garbage_for_a_task(void **state)
{
	struct fake *f = machine_new(*state);
	struct task one;
	struct cpus c;
	struct tasks t;

	for (size_t i = 0; i < 16; i++)
		fake_put(f, task_at(1) + OFF_COMM + i, 'x', 1);
	assert_null(read_tasks(f, &c, &t));
	assert_non_null(t.problem);
	assert_int_equal(t.count, 4);
	assert_false(tasks_read_one(&f->k, &c, task_at(1), &one));
	assert_false(tasks_read_one(&f->k, &c, task_at(2) + 1, &one));
	assert_false(tasks_read_one(&f->k, &c, 0x1000, &one));
	assert_true(tasks_read_one(&f->k, &c, task_at(2), &one));
}

static void
stops_at_the_budget(void **state)
{
	struct budget b = budget_of(0, 2048);
	struct fake *f = machine_new(*state);
	struct cpus c;
	struct tasks t;

	f->k.arena = arena_new(&b);
	assert_null(read_tasks(f, &c, &t));
	assert_true(t.count < 5 || t.problem == NULL);
	arena_free(f->k.arena);
}

static void
needs_a_list_to_follow(void **state)
{
	struct fake *f = fake_new(*state);
	struct cpus c = { .count = 0 };
	struct tasks t;

	assert_int_equal(tasks_read(&f->k, &c, &t)->code, ERROR_ABSENT);
	symbols_learn(f->k.symbols, "init_task", task_at(0));
	assert_int_equal(tasks_read(&f->k, &c, &t)->code, ERROR_ABSENT);
}

static void
prints_states_as_ps_does(void **state)
{
	static const struct {
		uint32_t state, exit_state;
		const char *letter;
	} cases[] = {
		{ 0, 0, "R" },       { 1, 0, "S" },       { 2, 0, "D" },
		{ 0x102, 0, "D" },   { 4, 0, "T" },       { 8, 0, "t" },
		{ 0x402, 0, "I" },   { 0x40, 0, "P" },    { 0x80, 0, "X" },
		{ 0x80, 0x10, "X" }, { 0x80, 0x20, "Z" }, { 0x200, 0, "R" },
		{ 0x1000, 0, "D" },  { 0x8001, 0, "S" },  { UINT32_MAX, UINT32_MAX, "I" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct task t = { .state = cases[i].state, .exit_state = cases[i].exit_state };

		assert_string_equal(tasks_state(&t), cases[i].letter);
	}
}

static void
tells_kernel_threads(void **state)
{
	struct task t = { .mm = 0 };

	(void)state;
	assert_true(tasks_is_kthread(&t));
	t.has_flags = true; /* a process on its way out has no memory either */
	assert_false(tasks_is_kthread(&t));
	t.flags = 0x00208040;
	assert_true(tasks_is_kthread(&t));
}

static void
survives_every_flipped_byte_of_a_task(void **state)
{
	for (size_t i = 0; i < 3 * TASK_LEN; i++) {
		struct arena *a = arena_new_temporary(*state);
		struct fake *f = machine_new(a);
		struct cpus c;
		struct tasks t;

		f->region[4].bytes[i] ^= 0xff;
		assert_null(read_tasks(f, &c, &t));
		assert_true(t.count <= 8);
		arena_free(a);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(lists_every_thread_and_idle_task_once),
		UNIT_TEST(finds_the_task_that_panicked),
		UNIT_TEST(keeps_a_running_task_that_left_the_lists),
		UNIT_TEST(follows_thread_groups_of_old_kernels),
		UNIT_TEST(says_when_a_list_is_broken_and_keeps_the_rest),
		UNIT_TEST(takes_no_garbage_for_a_task),
		UNIT_TEST(stops_at_the_budget),
		UNIT_TEST(needs_a_list_to_follow),
		UNIT_TEST(prints_states_as_ps_does),
		UNIT_TEST(tells_kernel_threads),
		UNIT_TEST(survives_every_flipped_byte_of_a_task),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
