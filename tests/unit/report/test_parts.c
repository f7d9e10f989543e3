/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/parts.h"

#include "base/limits.h"
#include "report/render.h"

#include "unit.h"

#include <string.h>
#include <unistd.h>

static const char *
mark(struct arena *a, const char *name)
{
	struct str line = STR("none");

	(void)parts_mark(str_of(name), a, &line);
	return str_c(a, line);
}

static void
names_of_partials_that_are_marks(void **state)
{
	assert_string_equal(mark(*state, "part 3 the registers"), PARTS_MARK "3the registers\n");
	assert_string_equal(mark(*state, "part"), PARTS_MARK "0\n");
	assert_string_equal(mark(*state, "left-out"), PARTS_MARK "!\n");
	assert_string_equal(mark(*state, "part 0 x"), "none");
	assert_string_equal(mark(*state, "part 12 x"), "none");
	assert_string_equal(mark(*state, "part 3"), "none");
	assert_string_equal(mark(*state, "party 3 x"), "none");
	assert_string_equal(mark(*state, "frame"), "none");
}

static const char document[] = "title\n" PARTS_MARK "!\n" PARTS_MARK "2code\nmov\n" PARTS_MARK
			       "9modules\nfoo\n  " PARTS_MARK "9empty\n\n" PARTS_MARK "0\nend\n";

static const char *
without(struct arena *a, int rank)
{
	struct text out = text_new(a);

	parts_write(str_of(document), rank, 4000, &out);
	return text_str(&out).p;
}

static void
parts_are_left_out_by_rank_and_named_if_they_held_anything(void **state)
{
	assert_string_equal(without(*state, PARTS_RANKS + 1), "title\nmov\nfoo\n\nend\n");
	assert_string_equal(without(*state, 9),
			    "title\n\x1eLeft out, to keep within the 4000 characters that fit "
			    "here: modules.\nmov\nend\n");
	assert_string_equal(without(*state, 1),
			    "title\n\x1eLeft out, to keep within the 4000 characters that fit "
			    "here: code, modules.\nend\n");
	assert_true(parts_have(str_of(document), 9));
	assert_false(parts_have(str_of(document), 3));
}

static void
what_cannot_be_left_out_is_cut_at_a_line(void **state)
{
	struct text out = text_new(*state);

	parts_cut(STR("0123456789\n0123456789\n0123456789\n0123456789\n0123456789\n"), 50, &out);
	assert_string_equal(text_str(&out).p, "0123456789\n[cut here: more does not fit]\n");
}

/* A crash whose report in the log has that many lines, on a machine with as many modules. */
static struct facts *
long_facts(struct arena *a, int lines)
{
	struct text t = text_new(a);

	text_put(&t, STR("verdict.title T\nverdict.kind oops\nevents[+].kind oops\n@event\n"));
	text_put(&t, STR("backtrace.frames[+].function foo\n"));
	for (int i = 0; i < lines; i++)
		text_printf(&t, "events[].text[] [    1.0] line %d of the report <&>{*_`\n", i);
	for (int i = 0; i < lines; i++)
		text_printf(&t, "modules[+].name module_%d\n", i);
	return facts_file_parse(a, text_str(&t));
}

/* What trackers take, in characters. */
static const struct {
	const char *format;
	size_t limit;
} trackers[] = {
	{ "github-issue", 65536 }, { "github-summary", 65536 }, { "gitlab", 1000000 },
	{ "jira", 32767 },         { "bugzilla", 65535 },       { "launchpad", 65535 },
	{ "lkml", 100000 },
};

static void
every_tracker_gets_what_it_takes_and_is_told_what_is_missing(void **state)
{
	static const int lines[] = { 1, 300, 900, 2000, 20000 };

	for (size_t i = 0; i < ARRAY_LEN(trackers); i++) {
		for (size_t n = 0; n < ARRAY_LEN(lines); n++) {
			struct output_options o = { .format = trackers[i].format };
			struct facts *f = long_facts(*state, lines[n]);
			const char *report = render(*state, f, &o);

			assert_true(strlen(report) <= trackers[i].limit);
			assert_non_null(strstr(report, "T\n"));
			assert_null(strstr(report, PARTS_MARK));
			if (lines[n] == 1) {
				assert_null(strstr(report, "Left out"));
				assert_non_null(strstr(report, "module_0"));
				assert_non_null(strstr(report, "line 0 of the report"));
			}
			if (lines[n] == 20000) {
				assert_non_null(strstr(report, "Left out, to keep within"));
				assert_null(strstr(report, "module_0"));
			}
			/* The list of modules goes before the report of the kernel does. */
			if (strstr(report, "line 0 of the report") == NULL)
				assert_null(strstr(report, "module_0"));
		}
	}
}

static void
a_template_of_ones_own_has_limits_and_parts(void **state)
{
	static const struct {
		const char *template;
		const char *expected;
	} examples[] = {
		{ "{{! escape: text; limit: 1000 }}\n{{>part 1 x}}\na\n{{>part}}\nb\n", "a\nb\n" },
		{ "{{>part 1 x}}\na\n", "a\n" },
		{ "{{! escape: text; limit: 10 }}\n", ":1: 'limit: 10' is no setting" },
		{ "{{! escape: text; limit: 1e6 }}\n", ":1: 'limit: 1e6' is no setting" },
		{ "{{! escape: text; width: 5 }}\n", ":1: 'width: 5' is no setting" },
		{ "{{! escape: none }}\n", ":1: 'escape: none' is no setting" },
		{ "{{>part 10 x}}\n", ":1:1: there is no partial 'part 10 x'" },
		{ "{{! escape: text; layout: wrap; width: 40 }}\n"
		  "{{>wrap}}aaaaaaaaa bbbbbbbbb ccccccccc ddddddddd eeeeeeeee\n",
		  "aaaaaaaaa bbbbbbbbb ccccccccc ddddddddd\neeeeeeeee\n" },
	};

	for (size_t i = 0; i < ARRAY_LEN(examples); i++) {
		char path[] = "/tmp/kdtriage-parts-XXXXXX";
		int fd = mkstemp(path);
		struct output_options o = { .template = path, .width = 100 };
		struct facts *f = facts_file_parse(*state, STR("verdict.title T\n"));

		assert_int_equal(write(fd, examples[i].template, strlen(examples[i].template)),
				 strlen(examples[i].template));
		close(fd);

		const char *got = render(*state, f, &o);

		unlink(path);
		if (strstr(got, examples[i].expected) == NULL)
			fail_msg("'%s' gives '%s'", examples[i].template, got);
	}
}

static void
what_goes_to_a_tracker_has_no_colours(void **state)
{
	for (size_t i = 0; i < ARRAY_LEN(trackers); i++) {
		struct output_options o = { .format = trackers[i].format, .color = true };

		assert_null(strchr(render(*state, long_facts(*state, 3), &o), '\033'));
	}
}

static void
mails_to_the_lists_have_72_columns_but_for_what_the_kernel_printed(void **state)
{
	struct facts *f = facts_file_read(*state, "tests/unit/report/null-write.facts");
	struct output_options o = { .format = "lkml", .width = 200 };
	struct str rest = str_of(render(*state, f, &o));
	struct str line = { NULL, 0 };
	size_t prose = 0;

	while (str_take_line(&rest, &line)) {
		if (str_starts(line, STR("[ ")))
			continue;
		if (line.len > 72 && !str_starts(line, STR("  ")))
			fail_msg("%.*s", STR_ARG(line));
		prose += line.len > 60;
	}
	assert_true(prose > 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(names_of_partials_that_are_marks),
		UNIT_TEST(parts_are_left_out_by_rank_and_named_if_they_held_anything),
		UNIT_TEST(what_cannot_be_left_out_is_cut_at_a_line),
		UNIT_TEST(every_tracker_gets_what_it_takes_and_is_told_what_is_missing),
		UNIT_TEST(a_template_of_ones_own_has_limits_and_parts),
		UNIT_TEST(what_goes_to_a_tracker_has_no_colours),
		UNIT_TEST(mails_to_the_lists_have_72_columns_but_for_what_the_kernel_printed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
