/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/wait_graph.h"

#include "base/text.h"
#include "facts_file.h"

#include "unit.h"

#include <string.h>

static const char *
draw(struct arena *a, const char *facts)
{
	struct facts *f = facts_file_parse(a, str_of(facts));
	struct str svg = { NULL, 0 };

	return wait_graph_draw(facts_root_const(f), a, &svg) ? str_c(a, svg) : "";
}

static size_t
count(const char *s, const char *what)
{
	size_t n = 0;

	for (s = strstr(s, what); s != NULL; s = strstr(s + 1, what))
		n++;
	return n;
}

#define WAITS(pid, comm, owner, name)                              \
	"tasks.blocked[+].pid " pid "\ntasks.blocked[].comm " comm \
	"\ntasks.blocked[].owner.pid " owner "\ntasks.blocked[].owner.comm " name "\n"

static void
nothing_is_drawn_where_nobody_is_known_to_wait_for_another(void **state)
{
	assert_string_equal(draw(*state, "system.release 6.1\n"), "");
	assert_string_equal(draw(*state, "tasks.blocked[+].pid 1\ntasks.blocked[].comm a\n"), "");
}

static void
a_chain_is_boxes_and_arrows_without_a_circle(void **state)
{
	const char *svg = draw(*state, WAITS("1", "a", "2", "b") WAITS("2", "b", "3", "c"));

	assert_int_equal(count(svg, "<rect"), 3);
	assert_int_equal(count(svg, "class=\"arrow\""), 2);
	assert_int_equal(count(svg, "task circle"), 0);
	/* What waits stands to the left of what it waits for. */
	assert_non_null(strstr(svg, "<rect x=\"14\" y=\"14\""));
	assert_non_null(strstr(svg, "<rect x=\"434\" y=\"14\""));
	assert_non_null(strstr(svg, "<rect x=\"854\" y=\"14\""));
}

static void
a_deadlock_is_a_circle_whoever_tells_of_it(void **state)
{
	static const char *const facts[] = {
		WAITS("1", "a", "2", "b") WAITS("2", "b", "1", "a") WAITS("3", "c", "1", "a"),
		"tasks.wait_cycles[+].members[+].pid 1\n"
		"tasks.wait_cycles[].members[].waits_for mutex x\n"
		"tasks.wait_cycles[].members[+].pid 2\n"
		"tasks.wait_cycles[].members[].waits_for mutex y\n" WAITS("1", "a", "2", "b")
			WAITS("3", "c", "1", "a"),
	};

	for (size_t i = 0; i < ARRAY_LEN(facts); i++) {
		const char *svg = draw(*state, facts[i]);

		assert_int_equal(count(svg, "<rect"), 3);
		assert_int_equal(count(svg, "class=\"arrow\""), 3);
		assert_int_equal(count(svg, "task circle"), 2);
	}
	assert_non_null(strstr(draw(*state, facts[1]), "<title>mutex x</title>mutex x<"));
}

static void
a_task_that_waits_for_itself_and_one_that_is_told_of_twice(void **state)
{
	const char *svg = draw(*state, WAITS("1", "a", "1", "a") WAITS("1", "a", "2", "b"));

	assert_int_equal(count(svg, "class=\"arrow\""), 1);
	assert_int_equal(count(svg, "task circle"), 1);
}

static void
texts_of_the_dump_are_no_markup(void **state)
{
	const char *svg =
		draw(*state, WAITS("1", "<script>\"&", "2", "]]>'\033") "tasks.blocked[].waits_for "
									"<b>\xff\n");

	assert_null(strstr(svg, "<script"));
	assert_null(strstr(svg, "<b>"));
	assert_null(strchr(svg, '\033'));
	assert_non_null(strstr(svg, "&lt;script&gt;&quot;&amp;"));
	assert_non_null(strstr(svg, "<title>&lt;b&gt;\xef\xbf\xbd</title>"));
}

static void
however_many_wait_the_drawing_stays_small(void **state)
{
	struct text t = text_new(*state);

	for (int i = 0; i < 5000; i++)
		text_printf(&t,
			    "tasks.blocked[+].pid %d\ntasks.blocked[].comm task%d\n"
			    "tasks.blocked[].owner.pid %d\n",
			    i, i, (i * 7 + 1) % 5000);

	const char *svg = draw(*state, text_str(&t).p);

	assert_true(count(svg, "<rect") <= 40 && count(svg, "<rect") > 10);
	assert_true(strlen(svg) < 20000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(nothing_is_drawn_where_nobody_is_known_to_wait_for_another),
		UNIT_TEST(a_chain_is_boxes_and_arrows_without_a_circle),
		UNIT_TEST(a_deadlock_is_a_circle_whoever_tells_of_it),
		UNIT_TEST(a_task_that_waits_for_itself_and_one_that_is_told_of_twice),
		UNIT_TEST(texts_of_the_dump_are_no_markup),
		UNIT_TEST(however_many_wait_the_drawing_stays_small),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
