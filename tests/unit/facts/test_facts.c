/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "facts/facts.h"

#include "unit.h"

#include <string.h>

static const struct origin from_log = { ORIGIN_LOG, "kernel log line 7" };
static const struct origin from_memory = { ORIGIN_MEMORY, "memory" };

static void
the_most_trusted_writer_wins_and_the_other_is_kept_as_a_conflict(void **state)
{
	struct facts *f = facts_new(*state);
	struct fact_row *root = facts_root(f);
	struct str release = { 0 };
	size_t count = 0;

	facts_put_text(root, FACT_SYSTEM_RELEASE, STR("6.1.0"), from_memory);
	facts_put_text(root, FACT_SYSTEM_RELEASE, STR("6.1.0"), from_log);
	facts_conflicts(f, &count);
	assert_int_equal(count, 0);
	facts_put_text(root, FACT_SYSTEM_RELEASE, STR("5.10"), from_log);
	assert_true(facts_get_text(root, FACT_SYSTEM_RELEASE, &release));
	assert_true(str_is(release, STR("6.1.0")));

	const struct fact_conflict *c = facts_conflicts(f, &count);

	assert_int_equal(count, 1);
	assert_string_equal(c[0].dropped, "5.10");
	facts_put_number(root, FACT_SYSTEM_CPUS, 2, from_log);
	facts_put_number(root, FACT_SYSTEM_CPUS, 4, from_memory);
	c = facts_conflicts(f, &count);
	assert_int_equal(count, 2);
	assert_string_equal(c[1].kept, "4");
}

static void
unknown_facts_keep_their_first_reason_until_they_are_known(void **state)
{
	struct facts *f = facts_new(*state);
	struct fact_row *root = facts_root(f);
	const struct error *why = error_new(*state, ERROR_ABSENT, "no log");
	uint64_t address = 5;

	facts_put_why(root, FACT_FAULT_ADDRESS, why);
	facts_put_why(root, FACT_FAULT_ADDRESS, error_new(*state, ERROR_IO, "later"));
	assert_false(facts_get_address(root, FACT_FAULT_ADDRESS, &address));
	assert_int_equal(address, 5);
	assert_ptr_equal(facts_get(root, FACT_FAULT_ADDRESS)->why, why);
	facts_put_address(root, FACT_FAULT_ADDRESS, 0x10, from_log);
	assert_null(facts_get(root, FACT_FAULT_ADDRESS)->why);
}

static void
finds_paths_through_rows_lists_and_maps(void **state)
{
	struct fact_path p = { 0 };

	(void)state;
	assert_true(facts_find_path(SHAPE_ROOT, STR("fault.address"), &p));
	assert_int_equal(p.count, 1);
	assert_int_equal(p.step[0], FACT_FAULT_ADDRESS);
	assert_true(facts_find_path(SHAPE_ROOT, STR("fault.address_class"), &p));
	assert_int_equal(p.step[0], FACT_FAULT_ADDRESS_CLASS);
	assert_true(facts_find_path(SHAPE_ROOT, STR("event.trace[].function"), &p));
	assert_int_equal(p.count, 3);
	assert_int_equal(p.step[2], FRAME_FUNCTION);
	assert_true(facts_find_path(SHAPE_ROOT, STR("backtrace.frames.function"), &p));
	assert_true(facts_find_path(SHAPE_ROOT, STR("panic.task.syscall.name"), &p));
	assert_true(facts_find_path(SHAPE_ROOT, STR("registers.rax"), &p));
	assert_true(str_is(p.key, STR("rax")));
	assert_false(facts_find_path(SHAPE_ROOT, STR("fault"), &p));
	assert_false(facts_find_path(SHAPE_ROOT, STR("fault.adress"), &p));
	assert_false(facts_find_path(SHAPE_ROOT, STR("fault.address.x"), &p));
	assert_false(facts_find_path(SHAPE_ROOT, STR(""), &p));
	assert_true(facts_is_prefix(SHAPE_ROOT, STR("fault")));
	assert_false(facts_is_prefix(SHAPE_ROOT, STR("faul")));
	assert_string_equal(facts_nearest_path(*state, SHAPE_ROOT, STR("fault.adress")),
			    "fault.address");
	assert_null(facts_nearest_path(*state, SHAPE_ROOT, STR("zzzzzzzzzzzz")));
}

static bool
count_them(void *ctx, enum fact_id id, const struct fact_value *v, struct origin o)
{
	(void)id;
	(void)v;
	(void)o;
	++*(size_t *)ctx;
	return true;
}

static void
visits_every_value_that_a_path_leads_to(void **state)
{
	struct facts *f = facts_new(*state);
	struct fact_row *root = facts_root(f);
	struct fact_path p = { 0 };
	size_t count = 0;

	for (int event = 0; event < 3; event++) {
		struct fact_row *row = facts_put_row(root, FACT_EVENTS, from_log);

		for (int line = 0; line < 4; line++)
			facts_put_text(row, EVENT_TEXT, STR("x"), from_log);
	}
	assert_true(facts_find_path(SHAPE_ROOT, STR("events[].text[]"), &p));
	facts_each(root, &p, count_them, &count);
	assert_int_equal(count, 12);

	facts_put_address_named(root, FACT_REGISTERS, "rax", 1, from_log);
	facts_put_address_named(root, FACT_REGISTERS, "rbx", 2, from_log);
	facts_put_address_named(root, FACT_REGISTERS, "rbx", 3, from_log);
	assert_int_equal(facts_get_named(root, FACT_REGISTERS, STR("rbx"))->address, 2);
	assert_true(facts_find_path(SHAPE_ROOT, STR("registers.rbx"), &p));
	count = 0;
	facts_each(root, &p, count_them, &count);
	assert_int_equal(count, 1);
}

static void
every_fact_has_a_path_and_a_meaning_and_no_path_stands_twice(void **state)
{
	(void)state;
	for (enum fact_id id = 1; id < FACT_COUNT; id++) {
		const struct fact_info *info = facts_info(id);

		assert_true(strlen(info->path) > 0);
		assert_true(strlen(info->doc) > 0);
		assert_true((info->kind == FACT_KIND_ROW) == (info->of != SHAPE_NONE));
		for (enum fact_id other = 1; other < id; other++) {
			const struct fact_info *o = facts_info(other);

			assert_false(o->shape == info->shape && strcmp(o->path, info->path) == 0);
		}
	}
}

static void
prints_values_as_reports_do(void **state)
{
	struct fact_value address = { .address = 0xffffffff81000000 };
	struct fact_value when = { .time = 1706659200 };

	assert_string_equal(facts_value_text(*state, FACT_KIND_ADDRESS, &address),
			    "0xffffffff81000000");
	assert_string_equal(facts_value_text(*state, FACT_KIND_TIME, &when),
			    "2024-01-31T00:00:00Z");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(the_most_trusted_writer_wins_and_the_other_is_kept_as_a_conflict),
		UNIT_TEST(unknown_facts_keep_their_first_reason_until_they_are_known),
		UNIT_TEST(finds_paths_through_rows_lists_and_maps),
		UNIT_TEST(visits_every_value_that_a_path_leads_to),
		UNIT_TEST(every_fact_has_a_path_and_a_meaning_and_no_path_stands_twice),
		UNIT_TEST(prints_values_as_reports_do),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
