/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/ci.h"

#include "report/render.h"

#include "unit.h"

#include <string.h>

static const char crash[] = "@run this run\n"
			    "input.path vmcore\n"
			    "verdict.kind null_deref\n"
			    "verdict.severity critical\n"
			    "verdict.title NULL pointer, 100% in foo: a, b\n"
			    "verdict.summary It was NULL.\n"
			    "verdict.function foo\n"
			    "verdict.next_steps[] Look.\n"
			    "events[+].kind null_deref\n"
			    "events[].head BUG: at 0x18\n"
			    "events[].text[] [1.0] BUG: at 0x18\n"
			    "@event\n"
			    "events[+].kind warning\n"
			    "events[].head WARNING: at <here>\n"
			    "backtrace.frames[+].function bar\n"
			    "backtrace.frames[].file kernel/bar.c\n"
			    "backtrace.frames[].line 1\n"
			    "backtrace.frames[+].function foo\n"
			    "backtrace.frames[].file drivers/foo,x.c\n"
			    "backtrace.frames[].line 12\n";

static const char none[] = "input.path dmesg\nverdict.kind none\nverdict.title No crash\n";

static const char *
one_of(struct arena *a, const char *facts, const char *format, size_t index, size_t count)
{
	struct output_options o = { .format = format, .index = index, .count = count };

	return render(a, facts_file_parse(a, str_of(facts)), &o);
}

static const char *
missing(struct arena *a, const char *format, size_t index, size_t count)
{
	struct output_options o = { .format = format, .index = index, .count = count };
	struct output_missing m = { STR("x # SKIP"), STR("cannot open <it>\n::error::") };
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	assert_null(output_write_missing(&o, &m, a, out));
	fclose(out);

	const char *copy = arena_printf(a, "%s", text);

	free(text);
	return copy;
}

static void
annotations_are_one_line_each_and_name_the_place(void **state)
{
	assert_string_equal(
		one_of(*state, crash, "github", 0, 1),
		"::error file=drivers/foo%2Cx.c,line=12,title=NULL pointer%2C 100%25 in foo%3A "
		"a%2C "
		"b::vmcore: It was NULL.%0AThe kernel said: BUG: at 0x18%0AFunction: foo%0ANext: "
		"Look.\n"
		"::warning title=Also in the kernel log::WARNING: at <here>\n");
	assert_string_equal(one_of(*state, none, "github", 0, 1),
			    "::notice title=No crash::dmesg\n");
	assert_string_equal(missing(*state, "github", 0, 2),
			    "::error title=No report::x # SKIP: cannot open <it> ::error::\n");
}

static void
the_level_of_an_annotation_is_the_severity(void **state)
{
	static const struct {
		const char *severity;
		const char *level;
	} levels[] = { { "critical", "::error " },
		       { "high", "::error " },
		       { "medium", "::warning " },
		       { "low", "::notice " },
		       { "info", "::notice " } };

	for (size_t i = 0; i < ARRAY_LEN(levels); i++) {
		const char *facts = arena_printf(
			*state, "verdict.kind warning\nverdict.severity %s\n", levels[i].severity);

		assert_int_equal(strncmp(one_of(*state, facts, "github", 0, 1), levels[i].level,
					 strlen(levels[i].level)),
				 0);
	}
}

static void
an_absolute_path_is_no_place_of_a_repository(void **state)
{
	const char *report = one_of(*state,
				    "verdict.kind oops\nverdict.function f\n"
				    "backtrace.frames[+].function f\n"
				    "backtrace.frames[].file /build/x.c\n"
				    "backtrace.frames[].line 3\n",
				    "github", 0, 1);

	assert_null(strstr(report, "file="));
}

static void
several_dumps_are_tests_of_one_plan(void **state)
{
	const char *first = one_of(*state, crash, "tap", 0, 3);

	assert_int_equal(
		strncmp(first, "TAP version 13\n1..3\nnot ok 1 - vmcore: NULL pointer", 50), 0);
	assert_non_null(strstr(first, "\n  ---\n  message: \"It was NULL.\"\n"));
	assert_non_null(strstr(first, "\n  output:\n    - \"[1.0] BUG: at 0x18\"\n  ...\n"));
	assert_string_equal(one_of(*state, none, "tap", 1, 3), "ok 2 - dmesg: No crash\n");
	assert_string_equal(missing(*state, "tap", 2, 3),
			    "not ok 3 - x \\# SKIP: cannot open <it> ::error::\n");
}

static void
several_dumps_are_suites_of_one_document(void **state)
{
	const char *first = one_of(*state, crash, "junit", 0, 3);
	const char *second = one_of(*state, none, "junit", 1, 3);
	const char *third = missing(*state, "junit", 2, 3);

	assert_int_equal(
		strncmp(first, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n", 50),
		0);
	assert_null(strstr(first, "</testsuites>"));
	assert_non_null(strstr(first,
			       "<failure type=\"null_deref\" message=\"NULL pointer, 100% in "
			       "foo: a, b\">"));
	assert_non_null(strstr(first, "<system-out>[1.0] BUG: at 0x18\n</system-out>"));
	assert_non_null(strstr(first, "failures=\"1\" errors=\"0\""));
	assert_null(strstr(second, "<?xml"));
	assert_null(strstr(second, "<failure"));
	assert_non_null(strstr(second, "id=\"1\""));
	assert_non_null(strstr(third, "<error type=\"no_report\" message=\"cannot open &lt;it&gt; "
				      "::error::\"/>"));
	assert_non_null(strstr(third, "</testsuite>\n</testsuites>\n"));
}

static void
formats_without_a_place_for_it_say_nothing_of_a_missing_report(void **state)
{
	static const char *const formats[] = { "json", "text", "html", "markdown" };

	for (size_t i = 0; i < ARRAY_LEN(formats); i++)
		assert_string_equal(missing(*state, formats[i], 0, 2), "");
}

static void
several_reports_are_one_page(void **state)
{
	struct output_options o = { .format = "html", .index = 1, .count = 2, .written = 1 };

	assert_non_null(strstr(one_of(*state, crash, "html", 0, 2), "<!DOCTYPE html>"));
	assert_int_equal(
		strncmp(render(*state, facts_file_parse(*state, STR(crash)), &o), "<article>", 9),
		0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(annotations_are_one_line_each_and_name_the_place),
		UNIT_TEST(the_level_of_an_annotation_is_the_severity),
		UNIT_TEST(an_absolute_path_is_no_place_of_a_repository),
		UNIT_TEST(several_dumps_are_tests_of_one_plan),
		UNIT_TEST(several_dumps_are_suites_of_one_document),
		UNIT_TEST(formats_without_a_place_for_it_say_nothing_of_a_missing_report),
		UNIT_TEST(several_reports_are_one_page),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
