/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/learn.h"

#include "kernel/fakelearn.h"
#include "unit.h"

static void
check(struct fake *f, enum layout_id id, uint64_t want)
{
	uint64_t off = 0;

	assert_true(layout_find(f->k.layout, id, &off));
	assert_int_equal(off, want);
	assert_int_equal(layout_source(f->k.layout, id), LAYOUT_LEARNED);
}

static void
learns_tasks_and_modules(void **state)
{
	struct fake *f = learn_world(*state);

	learn_layouts(&f->k);
	check(f, LAYOUT_TASK_COMM, AT_COMM);
	check(f, LAYOUT_TASK_TASKS, AT_TASKS);
	check(f, LAYOUT_TASK_PID, AT_PID);
	check(f, LAYOUT_TASK_TGID, AT_PID + 4);
	check(f, LAYOUT_TASK_STACK, AT_STACK);
	check(f, LAYOUT_TASK_SP, AT_SP);
	check(f, LAYOUT_TASK_MM, AT_MM);
	check(f, LAYOUT_TASK_FLAGS, AT_FLAGS);
	check(f, LAYOUT_TASK_REAL_PARENT, AT_PARENT);
	check(f, LAYOUT_TASK_STATE, 0x18);
	check(f, LAYOUT_MODULE_NAME, 24);
	check(f, LAYOUT_MODULE_CORE, AT_CORE);
	check(f, LAYOUT_MODULE_KALLSYMS, AT_KALLSYMS);
	check(f, LAYOUT_MODULE_NUM_ORCS, AT_ORC);
}

/* What the list of tasks leads to must have names, and the list must lead back. */
static void
learns_no_list_that_is_broken(void **state)
{
	struct fake *f = learn_world(*state);
	uint64_t off = 0;

	fake_put(f, task(3) + AT_TASKS, task(2) + AT_TASKS, 8); /* round and round */
	learn_layouts(&f->k);
	assert_false(layout_find(f->k.layout, LAYOUT_TASK_TASKS, &off));
	assert_false(layout_find(f->k.layout, LAYOUT_TASK_PID, &off));
}

static void
does_not_learn_what_does_not_fit_all(void **state)
{
	struct fake *f = learn_world(*state);
	uint64_t off = 0;

	fake_put(f, task(4) + AT_PID + 4, 4711, 4);
	fake_put(f, task(5) + AT_PARENT, 0x4141414141414141ULL, 8);
	learn_layouts(&f->k);
	check(f, LAYOUT_TASK_TASKS, AT_TASKS);
	assert_false(layout_find(f->k.layout, LAYOUT_TASK_PID, &off));
	assert_false(layout_find(f->k.layout, LAYOUT_TASK_REAL_PARENT, &off));
}

/* arm64's thread_info has the CPU in front of the state, and a count of references follows; most
 * tasks may have 1 in both. */
static void
learns_the_state_and_nothing_like_it(void **state)
{
	struct fake *f = learn_world(*state);

	for (size_t i = 1; i < TASKS; i++) {
		fake_put(f, task(i) + 0x10, 1, 4);
		fake_put(f, task(i) + 0x28, 1, 4);
	}
	fake_put(f, task(0) + 0x28, 2, 4);
	fake_put(f, task(1) + 0x18, 0, 4);
	fake_put(f, task(3) + 0x18, 0x402, 4);
	learn_layouts(&f->k);
	check(f, LAYOUT_TASK_STATE, 0x18);
}

/* A module of 6.1: ro_size and the tree's node behind it look like a count and two tables, and
 * the tables are aligned to two bytes only. */
static void
learns_orc_by_all_of_its_addresses(void **state)
{
	struct fake *f = learn_world(*state);
	uint64_t base = MODULE - 0x2000;

	fake_put(f, MODULE + AT_CORE + 16, 3, 4);
	fake_put(f, MODULE + AT_CORE + 24, MODULE, 8);
	fake_put(f, MODULE + AT_CORE + 32, MODULE - 0x800, 8);
	fake_put(f, MODULE + AT_ORC, 3, 4);
	fake_put(f, MODULE + AT_ORC + 8, base + 0x1102, 8);
	fake_put(f, base + 0x1102, (uint32_t)-0x1000, 4);
	fake_put(f, base + 0x1106, (uint32_t)-0x0900, 4);
	fake_put(f, base + 0x110a, (uint32_t)-0x0800, 4);
	learn_layouts(&f->k);
	check(f, LAYOUT_MODULE_NUM_ORCS, AT_ORC);
	check(f, LAYOUT_MODULE_ORC_IP, AT_ORC + 8);
}

static void
learns_no_orc_that_is_not_sorted(void **state)
{
	struct fake *f = learn_world(*state);
	uint64_t off = 0;

	fake_put(f, MODULE - 0x2000 + 0x1004, (uint32_t)-0x1f00, 4);
	learn_layouts(&f->k);
	check(f, LAYOUT_MODULE_KALLSYMS, AT_KALLSYMS);
	assert_false(layout_find(f->k.layout, LAYOUT_MODULE_ORC, &off));
}

/* One that is being loaded has no symbols and no code yet. */
static void
learns_from_the_second_module_what_the_first_lacks(void **state)
{
	struct fake *f = learn_world(*state);
	uint64_t coming = OTHERS + 0x1000;

	fake_put(f, HEAD, coming + 8, 8);
	fake_put(f, coming + 8, MODULE + 8, 8);
	fake_put(f, MODULE + 16, coming + 8, 8);
	learn_layouts(&f->k);
	check(f, LAYOUT_MODULE_KALLSYMS, AT_KALLSYMS);
	check(f, LAYOUT_MODULE_CORE, AT_CORE);
	check(f, LAYOUT_MODULE_NUM_ORCS, AT_ORC);
}

static void
survives_every_flipped_byte(void **state)
{
	for (uint64_t at = 0; at < 0x1000; at += 3) {
		struct arena *a = arena_new_temporary(*state);
		struct fake *f = learn_world(a);

		fake_put(f, INIT + at, 0xff, 1);
		fake_put(f, task(2) + at, 0xff, 1);
		fake_put(f, MODULE + at % 0x600, 0xff, 1);
		learn_layouts(&f->k);
		arena_free(a);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(learns_tasks_and_modules),
		UNIT_TEST(learns_no_list_that_is_broken),
		UNIT_TEST(does_not_learn_what_does_not_fit_all),
		UNIT_TEST(learns_the_state_and_nothing_like_it),
		UNIT_TEST(learns_orc_by_all_of_its_addresses),
		UNIT_TEST(learns_no_orc_that_is_not_sorted),
		UNIT_TEST(learns_from_the_second_module_what_the_first_lacks),
		UNIT_TEST(survives_every_flipped_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
