/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/runnable.h"

#include "kernel/fakemachine.h"
#include "kernel/rss.h"
#include "kernel/taskcontext.h"
#include "unit.h"

#define MMS 0xffff888000500000ULL

enum {
	OFF_ON_RQ = 0x200,
	OFF_QUEUED = 0x208,
	OFF_PRIO = 0x210,
	OFF_POLICY = 0x214,
	OFF_TASK_RSS = 0x218,
	OFF_MM_RSS = 0x10,
};

static struct fake *
machine(struct arena *a)
{
	struct fake *f = machine_new(a);

	fake_region(f, MMS, 0x1000);
	fake_layout(f, LAYOUT_TASK_ON_RQ, OFF_ON_RQ, 4);
	fake_layout(f, LAYOUT_TASK_LAST_QUEUED, OFF_QUEUED, 8);
	fake_layout(f, LAYOUT_TASK_PRIO, OFF_PRIO, 4);
	fake_layout(f, LAYOUT_TASK_POLICY, OFF_POLICY, 4);
	fake_layout(f, LAYOUT_TASK_RSS, OFF_TASK_RSS, 16);
	fake_layout(f, LAYOUT_MM_RSS, OFF_MM_RSS, 32);
	return f;
}

static struct tasks
read_tasks(struct fake *f, struct cpus *cpus)
{
	struct tasks t;

	cpus_read(&f->k, NULL, cpus);
	assert_null(tasks_read(&f->k, cpus, &t));
	return t;
}

static void
lists_who_waits_for_a_cpu_longest_first(void **state)
{
	struct fake *f = machine(*state);
	struct facts *facts = facts_new(*state);
	struct fact_row *row =
		facts_put_row(facts_root(facts), FACT_CPUS, (struct origin){ ORIGIN_RUN, "test" });
	const struct fact *waiting = NULL;
	struct cpus cpus;
	struct tasks t;
	int64_t v = 0;

	fake_put(f, task_at(1) + OFF_ON_RQ, 1, 4);
	fake_put(f, task_at(1) + OFF_QUEUED, 4000000000, 8);
	fake_put(f, task_at(2) + OFF_ON_RQ, 1, 4);
	fake_put(f, task_at(2) + OFF_QUEUED, 3000000000, 8);
	fake_put(f, task_at(3) + OFF_ON_RQ, 1, 4); /* it runs, on CPU 1 */
	t = read_tasks(f, &cpus);
	runnable_publish(runnable_find(&f->k, &t), &(struct cpu){ .number = 0 }, row);
	assert_true(facts_get_number(row, CPU_RUNNABLE, &v));
	assert_int_equal(v, 2);
	waiting = facts_get(row, CPU_WAITING);
	assert_true(facts_get_number(waiting->values[0].row, RUNNABLE_PID, &v));
	assert_int_equal(v, 20);
	assert_float_equal(facts_get(waiting->values[0].row, RUNNABLE_SECONDS)->values[0].real, 2,
			   0.001);
	runnable_publish(runnable_find(&f->k, &t), &(struct cpu){ .number = 7 }, row);
}

static void
says_when_nobody_waits(void **state)
{
	struct fake *f = machine(*state);
	struct facts *facts = facts_new(*state);
	struct fact_row *row =
		facts_put_row(facts_root(facts), FACT_CPUS, (struct origin){ ORIGIN_RUN, "test" });
	struct cpus cpus;
	struct tasks t = read_tasks(f, &cpus);

	runnable_publish(runnable_find(&f->k, &t), &(struct cpu){ .number = 0 }, row);
	assert_true(facts_get(row, CPU_WAITING)->empty_list);
}

static void
names_the_policy_of_a_real_time_task(void **state)
{
	struct fake *f = machine(*state);
	struct facts *facts = facts_new(*state);
	struct fact_row *row = facts_put_row(facts_root(facts), FACT_PANIC_TASK,
					     (struct origin){ ORIGIN_RUN, "test" });
	struct task task = { .va = task_at(1) };
	struct str s = { NULL, 0 };
	int64_t v = 0;

	fake_put(f, task_at(1) + OFF_PRIO, 49, 4);
	fake_put(f, task_at(1) + OFF_POLICY, 1, 4);
	taskcontext_publish_scheduling(&f->k, &task, row);
	assert_true(facts_get_number(row, TASK_PRIORITY, &v));
	assert_int_equal(v, 49);
	assert_true(facts_get_text(row, TASK_POLICY, &s));
	assert_string_equal(s.p, "FIFO");
	assert_null(taskcontext_policy(4));
	assert_null(taskcontext_policy(UINT32_MAX));
}

static void
adds_what_threads_have_counted_to_their_process(void **state)
{
	struct fake *f = machine(*state);
	struct rss rss[4];
	size_t looked_at = 0;
	struct cpus cpus;
	struct tasks t;

	fake_put(f, task_at(1) + OFF_MM, MMS, 8);
	fake_put(f, MMS + OFF_MM_RSS, 100, 8); /* of files */
	fake_put(f, task_at(2) + OFF_MM, MMS + 0x100, 8);
	fake_put(f, task_at(3) + OFF_MM, MMS + 0x100, 8);
	fake_put(f, MMS + 0x100 + OFF_MM_RSS + 8, 200, 8);      /* anonymous */
	fake_put(f, MMS + 0x100 + OFF_MM_RSS + 16, 1000000, 8); /* swap does not count */
	fake_put(f, task_at(3) + OFF_TASK_RSS + 4, (uint32_t)-5, 4);
	t = read_tasks(f, &cpus);
	assert_int_equal(rss_largest(&f->k, &cpus, &t, rss, 4, &looked_at), 2);
	assert_int_equal(looked_at, 2);
	assert_int_equal(rss[0].task->tgid, 20);
	assert_int_equal(rss[0].pages, 195);
	assert_int_equal(rss[1].pages, 100);
}

static void
leaves_out_what_is_no_count(void **state)
{
	struct fake *f = machine(*state);
	struct rss rss[4];
	size_t looked_at = 0;
	struct cpus cpus;
	struct tasks t;

	fake_put(f, task_at(1) + OFF_MM, MMS, 8);
	fake_put(f, MMS + OFF_MM_RSS, UINT64_MAX / 2, 8);
	fake_put(f, task_at(2) + OFF_MM, 0xffff900000000000, 8); /* nowhere */
	t = read_tasks(f, &cpus);
	assert_int_equal(rss_largest(&f->k, &cpus, &t, rss, 4, &looked_at), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(lists_who_waits_for_a_cpu_longest_first),
		UNIT_TEST(says_when_nobody_waits),
		UNIT_TEST(names_the_policy_of_a_real_time_task),
		UNIT_TEST(adds_what_threads_have_counted_to_their_process),
		UNIT_TEST(leaves_out_what_is_no_count),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
