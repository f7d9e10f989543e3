/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/output.h"

#include "base/text.h"
#include "base/utf8.h"
#include "report/render.h"

#include "unit.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

static const char *
check(struct arena *a, const char *format, const char *template)
{
	struct output_options o = { .format = format, .template = template };
	const struct error *e = output_check(&o, a);

	return e == NULL ? "" : error_text(a, e);
}

static const char *
write_template(struct arena *a, const char *text)
{
	char path[] = "/tmp/kdtriage-template-XXXXXX";
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
	return arena_printf(a, "%s", path);
}

static void
every_format_is_found_and_others_are_refused(void **state)
{
	size_t count = 0;

	for (const char *const *f = output_formats(*state); *f != NULL; f++, count++)
		assert_string_equal(check(*state, *f, NULL), "");
	assert_true(count >= 3);
	assert_string_equal(check(*state, NULL, NULL), "");
	assert_non_null(strstr(check(*state, "xml", NULL),
			       "there is no format 'xml'; there are github, json, junit, tap,"));
	assert_non_null(strstr(check(*state, "report.schema.json", NULL), "there is no format"));
	assert_non_null(strstr(check(*state, "_frame", NULL), "there is no format"));
	assert_non_null(strstr(check(*state, "../rules/hang.yaml", NULL), "there is no format"));
	assert_non_null(strstr(check(*state, "", NULL), "there is no format"));
}

static void
a_template_of_ones_own_is_checked_with_its_place(void **state)
{
	const char *good = write_template(*state, "{{verdict.title}}");
	const char *bad = write_template(*state, "x\n{{verdict.titel}}");
	const char *setting = write_template(*state, "{{! escape: rtf }}\n");

	assert_string_equal(check(*state, "json", good), "");
	assert_non_null(strstr(check(*state, "text", bad),
			       ":2:1: no fact is called 'verdict.titel'; did you mean "
			       "'verdict.title'?"));
	assert_non_null(strstr(check(*state, "text", setting),
			       ":1: 'escape: rtf' is no setting of a template"));
	assert_non_null(strstr(check(*state, "text", "/nonexistent/x"),
			       "cannot open template '/nonexistent/x': No such file"));
	assert_non_null(strstr(check(*state, "text", "/tmp"), "Is a directory"));
	assert_non_null(strstr(check(*state, "text", "/dev/zero"), "longer than"));
	unlink(good);
	unlink(bad);
	unlink(setting);
}

static void
the_first_line_of_a_template_says_how_values_are_escaped(void **state)
{
	static const struct {
		const char *template;
		const char *expected;
	} examples[] = {
		{ "{{verdict.title}}|", "<b>*x*|" },
		{ "{{! only a comment }}\n{{verdict.title}}", "<b>*x*" },
		{ "{{! escape: html }}\n{{verdict.title}}", "&lt;b&gt;*x*" },
		{ "{{! escape: markdown; layout: columns }}\n{{verdict.title}}  \n\n\n",
		  "&lt;b&gt;\\*x\\*\n" },
		{ "{{! layout: wrap }}\n{{>wrap}}{{verdict.title}}", "<b>*x*\n" },
	};

	for (size_t i = 0; i < ARRAY_LEN(examples); i++) {
		const char *path = write_template(*state, examples[i].template);
		struct facts *f = facts_file_parse(*state, STR("verdict.title <b>*x*\n"));
		struct output_options o = { .template = path };

		assert_string_equal(render(*state, f, &o), examples[i].expected);
		unlink(path);
	}
}

static void
the_fence_is_longer_than_any_run_of_backticks(void **state)
{
	const char *path =
		write_template(*state, "{{>fence}}\n{{#log.tail}}\n{{.}}\n{{/log.tail}}\n"
				       "{{>fence}}\n");
	struct output_options o = { .template = path };

	assert_string_equal(render(*state, facts_file_parse(*state, STR("log.tail[] a\n")), &o),
			    "```\na\n```\n");
	assert_string_equal(
		render(*state, facts_file_parse(*state, STR("log.tail[] ````` x\n")), &o),
		"``````\n````` x\n``````\n");
	unlink(path);
}

static void
colours_only_where_they_are_wanted(void **state)
{
	struct facts *f = facts_file_read(*state, "tests/unit/report/null-write.facts");
	struct output_options plain = { .format = "text" };
	struct output_options color = { .format = "text", .color = true };

	assert_null(strchr(render(*state, f, &plain), '\033'));
	assert_non_null(strstr(render(*state, f, &color), "\033[1mNULL structure pointer"));
}

static void
text_keeps_to_the_width_of_the_terminal(void **state)
{
	static const unsigned int widths[] = { 0, 1, 40, 72, 100, 1000 };
	struct facts *f = facts_file_read(*state, "tests/unit/report/null-write.facts");

	for (size_t i = 0; i < ARRAY_LEN(widths); i++) {
		struct output_options o = { .format = "text", .width = widths[i] };
		struct str rest = str_of(render(*state, f, &o));
		struct str line = { NULL, 0 };
		size_t longest = 0;

		while (str_take_line(&rest, &line)) {
			assert_true(line.len == 0 || line.p[line.len - 1] != ' ');
			/* Prose; the log, code and traces stay as they are. */
			if (str_starts(line, STR("The kernel wrote")))
				longest = line.len;
		}
		assert_true(longest > 20 && longest <= 120);
		if (widths[i] == 72 || widths[i] == 100)
			assert_true(longest <= widths[i] && longest > widths[i] - 20);
	}
}

static void
no_format_shows_a_heading_without_content(void **state)
{
	for (const char *const *f = output_formats(*state); *f != NULL; f++) {
		const char *report = render_facts(*state, "verdict.title T\n", *f);

		assert_null(strstr(report, "Evidence"));
		assert_null(strstr(report, "Next steps"));
		assert_null(strstr(report, "Call trace"));
		assert_null(strstr(report, "Registers"));
	}
}

/* Facts in which every text is the same hostile one. */
static struct facts *
hostile_facts(struct arena *a, const char *text)
{
	struct facts *f = facts_file_read(a, "tests/unit/report/null-write.facts");
	struct str s = str_of(text);
	static const enum fact_id roots[] = { FACT_VERDICT_TITLE,
					      FACT_VERDICT_SUMMARY,
					      FACT_SYSTEM_RELEASE,
					      FACT_SYSTEM_CMDLINE,
					      FACT_PANIC_STRING,
					      FACT_LOG_TAIL,
					      FACT_VERDICT_NEXT_STEPS,
					      FACT_VERDICT_FUNCTION,
					      FACT_VERDICT_MODULE,
					      FACT_SYSTEM_HARDWARE,
					      FACT_VERDICT_KNOW_MORE,
					      FACT_SYSTEM_VERSION,
					      FACT_FAULT_OPERAND_EXPLANATION };
	struct fact_row *event = facts_edit(facts_root(f), FACT_EVENTS)->values[0].row;
	struct origin o = { ORIGIN_RUN, text };

	for (size_t i = 0; i < ARRAY_LEN(roots); i++) {
		facts_clear(facts_root(f), roots[i]);
		facts_put_text(facts_root(f), roots[i], s, o);
	}
	facts_put_text(facts_put_row(facts_root(f), FACT_PANIC_TASK, o), TASK_COMM, s, o);
	facts_edit(facts_put_row(facts_root(f), FACT_PANIC_TASK, o), TASK_COMM)->values[0].text = s;
	facts_put_text(event, EVENT_TEXT, s, o);
	facts_put_text(facts_put_row(event, EVENT_TRACE, o), FRAME_FUNCTION, s, o);
	facts_put_text(facts_put_row(facts_root(f), FACT_MODULES, o), MODULE_NAME, s, o);
	facts_put_text(facts_put_row(facts_root(f), FACT_FINDINGS, o), FINDING_TITLE, s, o);
	return f;
}

static void
hostile_text_is_inert_in_every_format(void **state)
{
	static const struct {
		const char *text;
		const char *formats; /* in which never_shown must not be; blank: in all */
		const char *never_shown;
	} examples[] = {
		{ "\033[31mred\033[0m", "", "\033" },
		{ "\xc2\x9b"
		  "31m",
		  "", "\xc2\x9b" },
		{ "bell\x07", "", "\x07" },
		{ "a\r\nVERDICT: none", "text markdown", "\nVERDICT: none" },
		{ "a\xe2\x80\xae"
		  "b",
		  "", "\xe2\x80\xae" },
		{ "<script>alert(1)</script>", "html", "<script>" },
		{ "<script>alert(1)</script>", "markdown", "# <script>" },
		{ "<b>", "markdown", "- <b>" },
		{ "\"><img src=x onerror=y>", "html", "<img" },
		{ "![x](http://evil/p.png)", "markdown", "- ![x]" },
		{ "[x](javascript:y)", "markdown", "- [x](" },
		{ "@everyone", "markdown", "- @everyone" },
		{ "]]></system-out>", "junit", "]]></system-out>" },
		{ "{{verdict.title}}", "", "{{{" },
	};

	for (size_t i = 0; i < ARRAY_LEN(examples); i++) {
		for (const char *const *f = output_formats(*state); *f != NULL; f++) {
			struct output_options o = { .format = *f };
			const char *report =
				render(*state, hostile_facts(*state, examples[i].text), &o);

			assert_true(utf8_valid(str_of(report)));
			if (examples[i].formats[0] != '\0' &&
			    strstr(examples[i].formats, *f) == NULL)
				continue;
			if (strstr(report, examples[i].never_shown) != NULL)
				fail_msg("%s shows %s: %.60s", *f, examples[i].text,
					 strstr(report, examples[i].never_shown));
		}
	}
}

static void
a_fence_of_markdown_cannot_be_left(void **state)
{
	struct facts *f = hostile_facts(*state, "```\n# VERDICT: none\n````");
	struct output_options o = { .format = "markdown" };
	const char *report = render(*state, f, &o);

	assert_null(strstr(report, "\n# VERDICT"));
	assert_null(strstr(report, "\n```\n"));
	assert_non_null(strstr(report, "\n`````\n"));
}

static void
a_full_disk_and_a_closed_pipe_are_errors(void **state)
{
	struct facts *f = facts_file_parse(*state, STR("verdict.title T\ninput.path x\n"));
	int ends[2] = { -1, -1 };

	for (const char *const *name = output_formats(*state); *name != NULL; name++) {
		struct output_options o = { .format = *name };
		FILE *full = fopen("/dev/full", "w");
		const struct error *e = output_write(&o, f, *state, full);

		assert_non_null(e);
		assert_non_null(strstr(error_text(*state, e), "No space left on device"));
		fclose(full);
	}
	signal(SIGPIPE, SIG_IGN);
	assert_int_equal(pipe(ends), 0);
	close(ends[0]);

	FILE *closed = fdopen(ends[1], "w");
	const struct error *e = output_write(&(struct output_options){ 0 }, f, *state, closed);

	assert_non_null(e);
	assert_non_null(strstr(error_text(*state, e), "Broken pipe"));
	fclose(closed);
}

static void
what_people_are_shown_is_in_units_and_not_too_long(void **state)
{
	struct text many = text_new(*state);

	for (int i = 0; i < 100; i++)
		text_printf(&many, "backtrace.frames[+].function f%d\n", i);
	text_put(&many, STR("system.memory_bytes 1073213440\n"
			    "system.uptime 93784.5\n"
			    "system.release 6.1\n"
			    "system.hardware H\n"
			    "system.crash_time 0\n"));

	const char *report = render_facts(*state, text_str(&many).p, "text");

	assert_non_null(strstr(report, "1023 MiB of memory"));
	assert_non_null(strstr(report, "1 d 2 h after boot"));
	assert_non_null(strstr(report, "f31\n"));
	assert_null(strstr(report, "f32\n"));
	assert_non_null(strstr(report, "... and 68 more"));
}

static void
facts_that_one_reason_hides_are_named_together(void **state)
{
	const char *report = render_facts(*state,
					  "fault.address !no log\nfault.access !no log\n"
					  "fault.mode !no log\nsystem.release !no VMCOREINFO\n"
					  "panic.string !no log\npanic.cpu !no log\n",
					  "text");

	assert_non_null(strstr(report, "panic.string, panic.cpu, fault.address, fault.access and 1 "
				       "more: no log"));
	assert_non_null(strstr(report, "system.release: no VMCOREINFO"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(every_format_is_found_and_others_are_refused),
		UNIT_TEST(a_template_of_ones_own_is_checked_with_its_place),
		UNIT_TEST(the_first_line_of_a_template_says_how_values_are_escaped),
		UNIT_TEST(the_fence_is_longer_than_any_run_of_backticks),
		UNIT_TEST(colours_only_where_they_are_wanted),
		UNIT_TEST(text_keeps_to_the_width_of_the_terminal),
		UNIT_TEST(no_format_shows_a_heading_without_content),
		UNIT_TEST(hostile_text_is_inert_in_every_format),
		UNIT_TEST(a_fence_of_markdown_cannot_be_left),
		UNIT_TEST(a_full_disk_and_a_closed_pipe_are_errors),
		UNIT_TEST(what_people_are_shown_is_in_units_and_not_too_long),
		UNIT_TEST(facts_that_one_reason_hides_are_named_together),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
