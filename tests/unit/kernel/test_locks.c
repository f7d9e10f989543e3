/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/locks.h"

#include "kernel/fakemachine.h"
#include "unit.h"

#define LOCK (DATA + 0x800)
#define HEAP 0xffff888000300000ULL

enum {
	OFF_OWNER = 0,
	OFF_COUNT = 8,
	OFF_WAITERS = 16,
	OFF_START = 0x1a0,    /* in a task */
	STACK_BYTES = 0x1000, /* of each task here */
};

struct world {
	struct fake *f;
	struct cpus cpus;
	struct tasks tasks;
	struct locks *l;
};

/* Each task has a part of the stack to itself. */
static uint64_t
stack_of(size_t task)
{
	return STACK + STACK_BYTES * (task % 4);
}

static struct world *
world_new(struct arena *a)
{
	struct world *w = ARENA_NEW(a, struct world);
	struct fake *f = machine_new(a);

	w->f = f;
	fake_region(f, HEAP, 0x1000);
	fake_layout(f, LAYOUT_MUTEX_OWNER, OFF_OWNER, 8);
	fake_layout(f, LAYOUT_MUTEX_WAIT_LIST, OFF_WAITERS, 16);
	fake_layout(f, LAYOUT_RWSEM_OWNER, OFF_OWNER, 8);
	fake_layout(f, LAYOUT_RWSEM_COUNT, OFF_COUNT, 8);
	fake_layout(f, LAYOUT_RWSEM_WAIT_LIST, OFF_WAITERS, 16);
	fake_layout(f, LAYOUT_SWAIT_HEAD_LIST, 8, 16);
	fake_layout(f, LAYOUT_COMPLETION_WAIT, 8, 24);
	symbols_learn(f->k.symbols, "_end", DATA + 0x1000);
	fake_symbol(f, "the_lock", LOCK);
	fake_symbol(f, "behind_it", LOCK + 0x40);
	for (size_t i = 1; i <= 3; i++) {
		fake_put(f, task_at(i) + OFF_STACK, stack_of(i), 8);
		fake_put(f, task_at(i) + OFF_SP, stack_of(i) + 0x100, 8);
	}
	cpus_read(&f->k, NULL, &w->cpus);
	assert_null(tasks_read(&f->k, &w->cpus, &w->tasks));
	w->l = locks_new(&f->k, &w->tasks, STACK_BYTES);
	return w;
}

/* A waiter { list, task } of the task, in its frame. */
static uint64_t
waiter(struct world *w, size_t task)
{
	uint64_t node = stack_of(task) + 0x140;

	fake_put(w->f, node + 16, task_at(task), 8);
	return node;
}

static struct locks_frame
frame_of(size_t task)
{
	return (struct locks_frame){ stack_of(task) + 0x120, stack_of(task) + 0x200 };
}

static bool
find(struct world *w, size_t task, enum lock_type type, struct lock *l)
{
	struct locks_frame frame = frame_of(task);

	return locks_find(w->l, tasks_at(&w->tasks, task_at(task)), type, &frame, l);
}

static void
finds_a_mutex_its_name_and_its_owner(void **state)
{
	struct world *w = world_new(*state);
	uint64_t node = waiter(w, 1);
	struct lock l;

	link_nodes(w->f, LOCK + OFF_WAITERS, node);
	link_nodes(w->f, node, LOCK + OFF_WAITERS);
	fake_put(w->f, LOCK + OFF_OWNER, task_at(2) | 3, 8); /* waiters, handoff */
	assert_true(find(w, 1, LOCK_MUTEX, &l));
	assert_int_equal(l.va, LOCK);
	assert_true(str_is_c(l.symbol, "the_lock"));
	assert_true(l.owner_known && !l.owner_gone);
	assert_non_null(l.owner);
	assert_int_equal(l.owner->pid, 20);
	assert_string_equal(locks_name(&l, *state), "the_lock");
	assert_string_equal(locks_type(l.type), "mutex");
}

static void
finds_the_lock_from_every_place_in_the_queue(void **state)
{
	struct world *w = world_new(*state);
	uint64_t first = waiter(w, 1);
	uint64_t second = waiter(w, 2);
	struct lock l;

	link_nodes(w->f, LOCK + OFF_WAITERS, first);
	link_nodes(w->f, first, second);
	link_nodes(w->f, second, LOCK + OFF_WAITERS);
	assert_true(find(w, 2, LOCK_MUTEX, &l));
	assert_int_equal(l.va, LOCK);
	assert_true(find(w, 1, LOCK_MUTEX, &l));
	assert_int_equal(l.va, LOCK);
	assert_true(find(w, 2, LOCK_MUTEX, &l)); /* remembered */
	assert_int_equal(l.va, LOCK);
	assert_true(l.owner_known);
	assert_null(l.owner);
}

/* Is the owner of a mutex gone that began at that time, if the one that waits began at the other?
 * They ran last at 3 s and 2 s of the scheduler's clock. */
static bool
is_gone(struct world *w, uint32_t owner_state, uint64_t owner_start, uint64_t waiter_start)
{
	struct lock l;

	for (size_t i = 0; i < w->tasks.count; i++) {
		if (w->tasks.task[i].va == task_at(2))
			w->tasks.task[i].state = owner_state;
	}
	fake_put(w->f, task_at(2) + OFF_START, owner_start, 8);
	fake_put(w->f, task_at(1) + OFF_START, waiter_start, 8);
	assert_true(find(w, 1, LOCK_MUTEX, &l));
	assert_true(l.owner_gone == (l.owner == NULL));
	return l.owner_gone;
}

static void
knows_a_task_that_took_the_place_of_the_owner(void **state)
{
	enum { IDLE = 0x402, SLEEPING = 1, BLOCKED = 2 };
	struct world *w = world_new(*state);
	uint64_t node = waiter(w, 1);

	link_nodes(w->f, LOCK + OFF_WAITERS, node);
	link_nodes(w->f, node, LOCK + OFF_WAITERS);
	fake_put(w->f, LOCK + OFF_OWNER, task_at(2), 8);
	assert_false(is_gone(w, IDLE, 2500000000, 1500000000)); /* when it began is not known */
	fake_layout(w->f, LAYOUT_TASK_START_TIME, OFF_START, 8);
	assert_true(is_gone(w, IDLE, 2500000000, 1500000000));
	assert_false(is_gone(w, SLEEPING, 2500000000, 1500000000));
	assert_false(is_gone(w, BLOCKED, 2500000000, 1500000000));
	assert_false(is_gone(w, IDLE, 1900000000, 1500000000));
	assert_false(is_gone(w, IDLE, 2500000000, 2600000000)); /* clocks 0.6 s apart */
	assert_true(is_gone(w, IDLE, 2700000000, 2600000000));
}

static void
says_that_an_owner_is_gone(void **state)
{
	struct world *w = world_new(*state);
	uint64_t node = waiter(w, 1);
	struct lock l;

	link_nodes(w->f, LOCK + OFF_WAITERS, node);
	link_nodes(w->f, node, LOCK + OFF_WAITERS);
	fake_put(w->f, LOCK + OFF_OWNER, HEAP + 0x40, 8);
	assert_true(find(w, 1, LOCK_MUTEX, &l));
	assert_true(l.owner_gone);
	assert_null(l.owner);
	fake_put(w->f, LOCK + OFF_OWNER, 0x1234567, 8); /* no mutex at all */
	assert_false(find(w, 1, LOCK_MUTEX, &l));
	assert_int_equal(l.va, 0);
}

static void
counts_the_readers_of_a_semaphore(void **state)
{
	struct world *w = world_new(*state);
	uint64_t node = waiter(w, 1);
	struct lock l;

	link_nodes(w->f, LOCK + OFF_WAITERS, node);
	link_nodes(w->f, node, LOCK + OFF_WAITERS);
	fake_put(w->f, LOCK + OFF_OWNER, task_at(2) | 1, 8);
	fake_put(w->f, LOCK + OFF_COUNT, 3 << 8 | 2, 8);
	assert_true(find(w, 1, LOCK_RWSEM_WRITE, &l));
	assert_true(l.by_readers && !l.owner_known);
	assert_int_equal(l.readers, 3);
	assert_int_equal(l.owner->pid, 20);
	fake_put(w->f, LOCK + OFF_OWNER, task_at(2), 8);
	fake_put(w->f, LOCK + OFF_COUNT, 3, 8);
	assert_true(find(w, 1, LOCK_RWSEM_READ, &l));
	assert_true(!l.by_readers && l.owner_known);
	assert_int_equal(l.readers, 0);
}

static void
finds_a_completion(void **state)
{
	struct world *w = world_new(*state);
	uint64_t node = stack_of(1) + 0x148;
	uint64_t head = LOCK + 0x10;
	struct lock l;

	fake_put(w->f, node - 8, task_at(1), 8);
	link_nodes(w->f, head, node);
	link_nodes(w->f, node, head);
	assert_true(find(w, 1, LOCK_COMPLETION, &l));
	assert_int_equal(l.va, LOCK);
	assert_false(l.owner_known);
}

static void
finds_the_page_in_front_of_its_entry(void **state)
{
	struct world *w = world_new(*state);
	struct lock l;

	fake_put(w->f, stack_of(1) + 0x140, HEAP + 0x80, 8);
	fake_put(w->f, stack_of(1) + 0x158, task_at(1), 8);
	assert_true(find(w, 1, LOCK_PAGE, &l));
	assert_int_equal(l.va, HEAP + 0x80);
	assert_string_equal(locks_name(&l, *state), "0xffff888000300080");
}

static void
believes_what_the_task_notes(void **state)
{
	struct world *w = world_new(*state);
	struct lock l;

	fake_layout(w->f, LAYOUT_TASK_BLOCKER, 0x200, 8);
	fake_put(w->f, task_at(1) + 0x200, LOCK | 3, 8);
	fake_put(w->f, LOCK + OFF_OWNER, task_at(2), 8);
	assert_true(find(w, 1, LOCK_RWSEM_WRITE, &l));
	assert_int_equal(l.va, LOCK);
	assert_false(find(w, 1, LOCK_MUTEX, &l)); /* that is not what it notes */
}

static void
names_the_lock_of_an_address_space(void **state)
{
	struct world *w = world_new(*state);
	uint64_t node = waiter(w, 1);
	uint64_t sem = HEAP + 0x100;
	struct lock l;

	fake_layout(w->f, LAYOUT_MM_MMAP_LOCK, 0x60, 40);
	fake_put(w->f, task_at(2) + OFF_MM, HEAP + 0xa0, 8);
	assert_null(tasks_read(&w->f->k, &w->cpus, &w->tasks));
	link_nodes(w->f, sem + OFF_WAITERS, node);
	link_nodes(w->f, node, sem + OFF_WAITERS);
	assert_true(find(w, 1, LOCK_RWSEM_READ, &l));
	assert_string_equal(locks_name(&l, *state), "mmap_lock of server (20)");
}

static void
finds_what_a_cpu_turns_round_at(void **state)
{
	struct world *w = world_new(*state);
	struct regs r = { .count = 0 };
	struct lock l;

	(void)regs_put(&r, "rax", LOCK + 4);
	(void)regs_put(&r, "rdi", LOCK);
	assert_false(locks_find_spinning(w->l, &r, &l)); /* nobody holds it */
	fake_put(w->f, LOCK, 1, 4);
	assert_true(locks_find_spinning(w->l, &r, &l));
	assert_int_equal(l.va, LOCK);
	fake_put(w->f, LOCK, 0, 4);
	fake_put(w->f, LOCK + 4, 1, 4); /* in another register it may be any 1 */
	assert_false(locks_find_spinning(w->l, &r, &l));
	fake_put(w->f, LOCK + 4, 0x40001, 4); /* CPU 0 queues */
	assert_true(locks_find_spinning(w->l, &r, &l));
	assert_string_equal(locks_name(&l, *state), "the_lock+0x4");
}

static void
finds_nothing_outside_of_the_stack(void **state)
{
	struct world *w = world_new(*state);
	const struct task *t = tasks_at(&w->tasks, task_at(1));
	static const struct locks_frame frames[] = {
		{ 0, 0 },
		{ UINT64_MAX - 7, UINT64_MAX },
		{ DATA, DATA + 0x100 },
		{ STACK + STACK_BYTES + 3, STACK + STACK_BYTES + 0x100 },
		{ STACK + 2 * STACK_BYTES - 8, 0 },
	};
	struct lock l;

	for (size_t i = 0; i < ARRAY_LEN(frames); i++)
		assert_false(locks_find(w->l, t, LOCK_MUTEX, &frames[i], &l));
}

static void
survives_every_flipped_byte(void **state)
{
	for (size_t i = 0; i < 0x80; i++) {
		struct arena *a = arena_new_temporary(*state);
		struct world *w = world_new(a);
		uint64_t first = waiter(w, 1);
		uint64_t second = waiter(w, 2);
		uint64_t at = i < 0x40 ? first + i : LOCK + i - 0x40;
		uint8_t byte = 0;
		struct lock l;

		link_nodes(w->f, LOCK + OFF_WAITERS, first);
		link_nodes(w->f, first, second);
		link_nodes(w->f, second, LOCK + OFF_WAITERS);
		fake_put(w->f, LOCK + OFF_OWNER, task_at(3), 8);
		assert_null(memory_u8(&w->f->mem, at, &byte));
		fake_put(w->f, at, byte ^ 0xff, 1);
		(void)find(w, 1, LOCK_MUTEX, &l);
		(void)find(w, 2, LOCK_MUTEX, &l);
		arena_free(a);
	}
}

static void
gives_up_on_a_queue_without_a_head(void **state)
{
	struct world *w = world_new(*state);
	uint64_t first = waiter(w, 1);
	uint64_t second = waiter(w, 2);
	struct lock l;

	link_nodes(w->f, first, second);
	link_nodes(w->f, second, first);
	assert_false(find(w, 1, LOCK_MUTEX, &l));
	assert_false(find(w, 2, LOCK_MUTEX, &l));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(finds_a_mutex_its_name_and_its_owner),
		UNIT_TEST(finds_the_lock_from_every_place_in_the_queue),
		UNIT_TEST(knows_a_task_that_took_the_place_of_the_owner),
		UNIT_TEST(says_that_an_owner_is_gone),
		UNIT_TEST(counts_the_readers_of_a_semaphore),
		UNIT_TEST(finds_a_completion),
		UNIT_TEST(finds_the_page_in_front_of_its_entry),
		UNIT_TEST(believes_what_the_task_notes),
		UNIT_TEST(names_the_lock_of_an_address_space),
		UNIT_TEST(finds_what_a_cpu_turns_round_at),
		UNIT_TEST(finds_nothing_outside_of_the_stack),
		UNIT_TEST(survives_every_flipped_byte),
		UNIT_TEST(gives_up_on_a_queue_without_a_head),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
