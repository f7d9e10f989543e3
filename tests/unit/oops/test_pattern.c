/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "oops/pattern.h"

#include "oops/family.h"
#include "oops/literals.h"
#include "unit.h"

#include <string.h>

static void
assert_field(const struct captures *c, enum field f, const char *want)
{
	assert_true(str_is_c(c->field[f], want));
}

static void
task_names_may_hold_the_separator(void **state)
{
	struct captures c;

	(void)state;
	assert_true(pattern_match(
		STR("INFO: task kworker/u8:2:77 blocked for more than 120 seconds."),
		"INFO: task {comm}:{pid} blocked for more than {seconds} seconds", &c));
	assert_field(&c, FIELD_COMM, "kworker/u8:2");
	assert_field(&c, FIELD_PID, "77");
	assert_field(&c, FIELD_SECONDS, "120");
}

static void
a_null_address_is_padded_and_in_brackets(void **state)
{
	struct captures c;

	(void)state;
	assert_true(pattern_match(STR("at           (null)"), "at {address}", &c));
	assert_field(&c, FIELD_ADDRESS, "(null)");
	assert_true(pattern_match(STR("at ffff8800deadbeef"), "at {address}$", &c));
	assert_field(&c, FIELD_ADDRESS, "ffff8800deadbeef");
	assert_false(pattern_match(STR("at nothing"), "at {address}", &c));
}

static void
a_free_hole_at_the_end_takes_the_rest(void **state)
{
	struct captures c;

	(void)state;
	assert_true(pattern_match(STR("not syncing: a: b"), "not syncing: {detail}", &c));
	assert_field(&c, FIELD_DETAIL, "a: b");
	assert_true(pattern_match(STR("not syncing: "), "not syncing: {detail}", &c));
	assert_field(&c, FIELD_DETAIL, "");
}

static void
a_dollar_means_all_of_it(void **state)
{
	struct captures c;

	(void)state;
	assert_true(pattern_match(STR("CPU#1: a/b/7"), "CPU#{cpu}: {comm}/{pid}$", &c));
	assert_field(&c, FIELD_COMM, "a/b");
	assert_false(pattern_match(STR("CPU#1: a/7 x"), "CPU#{cpu}: {comm}/{pid}$", &c));
}

static void
a_text_cut_anywhere_does_not_match(void **state)
{
	static const struct str text = STR("BUG: soft lockup - CPU#5 stuck for 22s! [a:b:12613]");
	static const char pattern[] =
		"BUG: soft lockup - CPU#{cpu} stuck for {seconds}s! [{comm}:{pid}]$";
	struct captures c;

	(void)state;
	assert_true(pattern_match(text, pattern, &c));
	for (size_t len = 0; len < text.len; len++)
		assert_false(pattern_match(str_first(text, len), pattern, &c));
}

/* Two free holes and a line that nearly fits at every byte: given up long before all ways were
 * tried, or this does not end in our time. */
static void
a_hostile_line_is_given_up(void **state)
{
	static const char piece[] = " still in use (1) [";
	char text[8192] = "BUG: Dentry ";
	struct captures c;

	(void)state;
	while (strlen(text) + sizeof(piece) < sizeof(text))
		strcat(text, piece);
	for (int i = 0; i < 1000; i++)
		assert_false(pattern_match(
			str_of(text), "BUG: Dentry {any} still in use ({count}) [{detail}]$", &c));
}

/* What literals.h and the cost of a match rely on. */
static void
every_head_line_has_a_literal_and_few_free_holes(void **state)
{
	(void)state;
	for (size_t f = 0; families[f] != NULL; f++) {
		for (const struct oops_head *h = families[f]->heads; h->pattern != NULL; h++) {
			bool anchored = false;
			size_t off = 0;

			assert_true(pattern_literal(h->pattern, &anchored, &off).len >=
				    LITERAL_MIN);
			assert_true(pattern_free_holes(h->pattern) <= 2);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(task_names_may_hold_the_separator),
		UNIT_TEST(a_null_address_is_padded_and_in_brackets),
		UNIT_TEST(a_free_hole_at_the_end_takes_the_rest),
		UNIT_TEST(a_dollar_means_all_of_it),
		UNIT_TEST(a_text_cut_anywhere_does_not_match),
		UNIT_TEST(a_hostile_line_is_given_up),
		UNIT_TEST(every_head_line_has_a_literal_and_few_free_holes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
