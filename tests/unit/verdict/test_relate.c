/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "verdict/case.h"
#include "verdict/relate.h"

#include "unit.h"

static const struct fact_row *
related(struct arena *a, const char *yaml)
{
	struct node *root = NULL;
	struct node_problem why = { 0 };

	assert_true(node_parse(str_of(yaml), a, &root, &why));

	struct facts *f = case_facts(root, a, &why);

	assert_non_null(f);
	relate_publish(f);
	return facts_root_const(f);
}

static int64_t
number(const struct fact_row *row, enum fact_id id)
{
	int64_t n = -1;

	assert_non_null(row);
	assert_true(facts_get_number(row, id, &n));
	return n;
}

#define TASKS                                                                                   \
	"tasks: { blocked: [ { pid: 1, seconds: 4 }, { pid: 2, seconds: 9 } ], wait_cycles: [ " \
	"{ members: [ { pid: 7 } ] }, { members: [ { pid: 1 }, { pid: 2 } ] } ] }"

static void
the_task_of_the_event_is_found_among_those_that_wait(void **state)
{
	const struct fact_row *root =
		related(*state, "{ event: { kind: gpf, pid: 2 }, " TASKS " }");

	assert_int_equal(number(facts_get_row(root, FACT_WAITER), BLOCKED_PID), 2);
	assert_int_equal(facts_get(facts_get_row(root, FACT_RING), WAIT_CYCLE_MEMBERS)->count, 2);
}

static void
another_task_is_not_taken_for_it(void **state)
{
	const struct fact_row *root =
		related(*state, "{ event: { kind: gpf, pid: 3 }, " TASKS " }");

	assert_null(facts_get_row(root, FACT_WAITER));
	assert_null(facts_get_row(root, FACT_RING));
	root = related(*state, "{ event: { kind: gpf }, " TASKS " }");
	assert_null(facts_get_row(root, FACT_WAITER));
	root = related(*state, "{ " TASKS " }");
	assert_null(facts_get_row(root, FACT_WAITER));
}

static void
only_a_cpu_that_spins_is_a_spinner(void **state)
{
	const char *cpus =
		"{ event: { kind: soft_lockup, cpu: 1 }, cpus: [ { cpu: 0, spins_on.address: "
		"0x10 }, { cpu: 1, spins_on.address: 0x20 } ] }";
	const struct fact_row *root = related(*state, cpus);

	assert_int_equal(number(facts_get_row(root, FACT_SPINNER), CPU_NUMBER), 1);
	root = related(*state, "{ event: { kind: soft_lockup, cpu: 1 }, cpus: [ { cpu: 1 } ] }");
	assert_null(facts_get_row(root, FACT_SPINNER));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(the_task_of_the_event_is_found_among_those_that_wait),
		UNIT_TEST(another_task_is_not_taken_for_it),
		UNIT_TEST(only_a_cpu_that_spins_is_a_spinner),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
