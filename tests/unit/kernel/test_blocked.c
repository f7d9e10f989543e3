/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/blocked.h"

#include "kernel/fakemachine.h"
#include "kernel/stacks.h"
#include "unit.h"

#define FIRST_LOCK (DATA + 0x800)
#define SECOND_LOCK (DATA + 0x840)

enum {
	OFF_OWNER = 0,
	OFF_WAITERS = 16,
	STACK_PART = 0x1000, /* of the stack, for each task */
	FRAME_LEN = 0x88,    /* of the function that waits */
	BLOCKED = 2,
};

struct world {
	struct fake *f;
	struct cpus cpus;
	struct tasks tasks;
	struct stacks s;
	struct facts *facts;
};

/* Task is switched out in __mutex_lock() and has a waiter in its frame. */
static uint64_t
block(struct fake *f, size_t task)
{
	uint64_t stack = STACK + STACK_PART * task;
	uint64_t sp = stack + 0x800;
	uint64_t waiter = 0;

	push(f, &sp, call(f, START, THREAD));
	waiter = sp - FRAME_LEN + 0x40;
	sp -= FRAME_LEN - 8;
	push(f, &sp, function_at(THREAD) + 0x90);
	for (size_t i = 0; i < 6; i++)
		push(f, &sp, 0);
	fake_put(f, task_at(task) + OFF_SP, sp, 8);
	fake_put(f, task_at(task) + OFF_STACK, stack, 8);
	fake_put(f, task_at(task) + OFF_STATE, BLOCKED, 4);
	fake_put(f, waiter + 16, task_at(task), 8);
	return waiter;
}

static void
queue(struct fake *f, uint64_t lock, uint64_t waiter, size_t owner)
{
	link_nodes(f, lock + OFF_WAITERS, waiter);
	link_nodes(f, waiter, lock + OFF_WAITERS);
	fake_put(f, lock + OFF_OWNER, owner == 0 ? 0 : task_at(owner), 8);
}

static struct world *
world_new(struct arena *a)
{
	struct world *w = ARENA_NEW(a, struct world);
	struct fake *f = machine_new(a);

	w->f = f;
	symbols_learn(f->k.symbols, "_end", DATA + 0x1000);
	fake_symbol(f, "__mutex_lock", function_at(THREAD) + 0x80);
	fake_symbol(f, "first_lock", FIRST_LOCK);
	fake_symbol(f, "second_lock", SECOND_LOCK);
	fake_symbol(f, "behind_them", SECOND_LOCK + 0x40);
	fake_layout(f, LAYOUT_MUTEX_OWNER, OFF_OWNER, 8);
	fake_layout(f, LAYOUT_MUTEX_WAIT_LIST, OFF_WAITERS, 16);
	orc(f, THREAD, FRAME_LEN, 0, V1_SP | V1_CALL);
	return w;
}

static void
publish(struct world *w, struct arena *a)
{
	cpus_read(&w->f->k, NULL, &w->cpus);
	assert_null(tasks_read(&w->f->k, &w->cpus, &w->tasks));
	w->s = (struct stacks){ .k = &w->f->k,
				.cpus = &w->cpus,
				.tasks = &w->tasks,
				.unwind = unwind_new(&w->f->k, NULL) };
	stacks_open(&w->s);
	w->facts = facts_new(a);
	stacks_publish_tasks(&w->s, w->facts);
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

static void
says_what_a_task_waits_for_and_who_has_it(void **state)
{
	struct world *w = world_new(*state);
	const struct fact_row *root = NULL;
	const struct fact_row *row = NULL;

	queue(w->f, FIRST_LOCK, block(w->f, 1), 2);
	publish(w, *state);
	root = facts_root_const(w->facts);
	row = row_of(root, FACT_TASKS_BLOCKED, 0);
	check_text(row, BLOCKED_WAITS_FOR, "a mutex: first_lock, held by server (20)");
	check_text(row, BLOCKED_LOCK_SYMBOL, "first_lock");
	check_text(row, BLOCKED_LOCK_TYPE, "mutex");
	check_text(row, BLOCKED_OWNER_COMM, "server");
	check_text(row, BLOCKED_OWNER_STATE, "R");
	assert_true(facts_get(root, FACT_TASKS_WAIT_CYCLES)->empty_list);
}

static void
finds_two_tasks_that_wait_for_each_other(void **state)
{
	struct world *w = world_new(*state);
	const struct fact_row *cycle = NULL;
	const struct fact_row *member = NULL;

	queue(w->f, FIRST_LOCK, block(w->f, 1), 2);
	queue(w->f, SECOND_LOCK, block(w->f, 2), 1);
	publish(w, *state);
	cycle = row_of(facts_root_const(w->facts), FACT_TASKS_WAIT_CYCLES, 0);
	assert_int_equal(facts_get(facts_root_const(w->facts), FACT_TASKS_WAIT_CYCLES)->count, 1);
	assert_int_equal(facts_get(cycle, WAIT_CYCLE_MEMBERS)->count, 2);
	member = row_of(cycle, WAIT_CYCLE_MEMBERS, 0);
	check_text(member, CYCLE_MEMBER_COMM, "init");
	check_text(member, CYCLE_MEMBER_HOLDS, "second_lock");
	check_text(member, CYCLE_MEMBER_WAITS, "first_lock");
	check_text(cycle, WAIT_CYCLE_TEXT,
		   "init (1) holds second_lock and waits for first_lock; server (20) holds "
		   "first_lock and waits for second_lock");
	check_text(row_of(facts_root_const(w->facts), FACT_TASKS_BLOCKED, 0), BLOCKED_OWNER_WAITS,
		   "a mutex: second_lock, held by init (1)");
}

static void
finds_a_task_that_waits_for_itself(void **state)
{
	struct world *w = world_new(*state);
	const struct fact_row *cycle = NULL;

	queue(w->f, FIRST_LOCK, block(w->f, 1), 1);
	publish(w, *state);
	cycle = row_of(facts_root_const(w->facts), FACT_TASKS_WAIT_CYCLES, 0);
	assert_int_equal(facts_get(cycle, WAIT_CYCLE_MEMBERS)->count, 1);
}

static void
takes_two_waiters_behind_one_owner_for_no_deadlock(void **state)
{
	struct world *w = world_new(*state);
	uint64_t a = block(w->f, 1);
	uint64_t b = block(w->f, 2);

	link_nodes(w->f, FIRST_LOCK + OFF_WAITERS, a);
	link_nodes(w->f, a, b);
	link_nodes(w->f, b, FIRST_LOCK + OFF_WAITERS);
	fake_put(w->f, FIRST_LOCK + OFF_OWNER, task_at(3), 8);
	publish(w, *state);
	assert_int_equal(facts_get(facts_root_const(w->facts), FACT_TASKS_BLOCKED)->count, 2);
	assert_true(facts_get(facts_root_const(w->facts), FACT_TASKS_WAIT_CYCLES)->empty_list);
}

static void
says_what_it_can_where_there_is_no_lock_to_be_found(void **state)
{
	struct world *w = world_new(*state);
	const struct fact_row *row = NULL;

	(void)block(w->f, 1); /* its waiter is in no list */
	publish(w, *state);
	row = row_of(facts_root_const(w->facts), FACT_TASKS_BLOCKED, 0);
	check_text(row, BLOCKED_WAITS_FOR, "a mutex");
	check_text(row, BLOCKED_LOCK_TYPE, "mutex");
	assert_false(facts_known(row, BLOCKED_LOCK_ADDRESS));
	assert_false(facts_known(row, BLOCKED_OWNER_PID));
}

static void
names_a_function_that_no_table_knows(void **state)
{
	struct world *w = world_new(*state);
	uint64_t sp = STACK + STACK_PART + 0x800;

	push(w->f, &sp, call(w->f, START, DRIVER));
	push(w->f, &sp, function_at(DRIVER) + 0x30);
	for (size_t i = 0; i < 6; i++)
		push(w->f, &sp, 0);
	fake_put(w->f, task_at(1) + OFF_SP, sp, 8);
	fake_put(w->f, task_at(1) + OFF_STATE, BLOCKED, 4);
	publish(w, *state);
	check_text(row_of(facts_root_const(w->facts), FACT_TASKS_BLOCKED, 0), BLOCKED_WAITS_FOR,
		   "something in driver");
}

static void
survives_every_flipped_byte_of_a_stack(void **state)
{
	for (size_t i = 0x700; i < 0x820; i++) {
		struct arena *a = arena_new_temporary(*state);
		struct world *w = world_new(a);
		uint64_t at = STACK + STACK_PART + i;
		uint8_t byte = 0;

		queue(w->f, FIRST_LOCK, block(w->f, 1), 2);
		queue(w->f, SECOND_LOCK, block(w->f, 2), 1);
		assert_null(memory_u8(&w->f->mem, at, &byte));
		fake_put(w->f, at, byte ^ 0xff, 1);
		publish(w, a);
		assert_int_equal(facts_get(facts_root_const(w->facts), FACT_TASKS_BLOCKED)->count,
				 2);
		arena_free(a);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(says_what_a_task_waits_for_and_who_has_it),
		UNIT_TEST(finds_two_tasks_that_wait_for_each_other),
		UNIT_TEST(finds_a_task_that_waits_for_itself),
		UNIT_TEST(takes_two_waiters_behind_one_owner_for_no_deadlock),
		UNIT_TEST(says_what_it_can_where_there_is_no_lock_to_be_found),
		UNIT_TEST(names_a_function_that_no_table_knows),
		UNIT_TEST(survives_every_flipped_byte_of_a_stack),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
