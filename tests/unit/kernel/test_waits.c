/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/waits.h"

#include "kernel/fakemachine.h"
#include "unit.h"

enum {
	LEVELS = 8,
};

/* A task that is in functions whose names the test gives. */
struct world {
	struct fake *f;
	struct cpus cpus;
	struct tasks tasks;
	struct waits *waits;
	struct unwind_frame frame[LEVELS];
	struct stack stack;
};

static struct world *
world_new(struct arena *a)
{
	struct world *w = ARENA_NEW(a, struct world);
	struct unwind *u = NULL;

	w->f = machine_new(a);
	cpus_read(&w->f->k, NULL, &w->cpus);
	assert_null(tasks_read(&w->f->k, &w->cpus, &w->tasks));
	u = unwind_new(&w->f->k, NULL);
	w->waits = waits_new(u, locks_new(&w->f->k, &w->tasks, unwind_stack_len(u)), a);
	w->stack = (struct stack){ .frame = w->frame, .whole = true };
	return w;
}

static void
add(struct world *w, const char *function)
{
	size_t n = w->stack.count++;
	uint64_t va = function_at(LEAF) + 1 + 8 * n;

	fake_symbol(w->f, function, va);
	w->frame[n] = (struct unwind_frame){ .pc = va + 4, .sp = STACK_END - 0x400 + 64 * n };
}

static const char *
text_of(struct world *w)
{
	struct wait wait;

	waits_find(w->waits, &w->tasks.task[1], &w->stack, &wait);
	return waits_text(&wait, w->f->a);
}

static void
a_sleep_is_only_told_if_nobody_says_what_for(void **state)
{
	struct world *w = world_new(*state);

	add(w, "__schedule");
	add(w, "schedule");
	add(w, "schedule_timeout");
	add(w, "msleep");
	assert_string_equal(text_of(w), "a sleep that it asked for");
	w = world_new(*state);
	add(w, "__schedule");
	add(w, "schedule");
	add(w, "schedule_timeout");
	add(w, "msleep");
	add(w, "netdev_run_todo");
	assert_string_equal(text_of(w), "references to a network device to be dropped");
}

static void
names_the_function_where_the_tables_have_none(void **state)
{
	struct world *w = world_new(*state);

	add(w, "__schedule");
	add(w, "schedule");
	add(w, "foo_wait.isra.0");
	assert_string_equal(text_of(w), "something in foo_wait");
}

/* A new task may stand where one stood that ended with the lock. */
static void
does_not_say_for_sure_that_a_task_waits_for_itself(void **state)
{
	struct world *w = world_new(*state);
	struct wait wait = { .what = "a mutex",
			     .type = LOCK_MUTEX,
			     .has_lock = true,
			     .who = &w->tasks.task[1],
			     .lock = { .type = LOCK_MUTEX,
				       .va = DATA,
				       .symbol = STR("depot"),
				       .owner = &w->tasks.task[1],
				       .owner_known = true } };

	assert_string_equal(waits_text(&wait, w->f->a),
			    "a mutex: depot, held by itself, or by a task that ended and whose "
			    "place in memory it has");
	wait.lock.owner = &w->tasks.task[2];
	assert_non_null(strstr(waits_text(&wait, w->f->a), "depot, held by "));
	assert_null(strstr(waits_text(&wait, w->f->a), "itself"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(a_sleep_is_only_told_if_nobody_says_what_for),
		UNIT_TEST(names_the_function_where_the_tables_have_none),
		UNIT_TEST(does_not_say_for_sure_that_a_task_waits_for_itself),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
