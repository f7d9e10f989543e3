/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "facts/mustache.h"

#include "unit.h"

#include <string.h>

static const struct origin from_log = { ORIGIN_LOG, "kernel log line 7" };

/* A NULL write with two frames, two findings and three registers. */
static struct facts *
some_facts(struct arena *a)
{
	static const char *const functions[] = { "foo_open", "do_sys_open" };
	struct facts *f = facts_new(a);
	struct fact_row *root = facts_root(f);
	struct fact_row *event = facts_put_row(root, FACT_EVENTS, from_log);
	struct fact_row *task = facts_put_row(root, FACT_PANIC_TASK, from_log);

	facts_put_text(root, FACT_FAULT_ACCESS, STR("write"), from_log);
	facts_put_address(root, FACT_FAULT_ADDRESS, 0x10, from_log);
	facts_put_number(root, FACT_SYSTEM_CPUS, 2, from_log);
	facts_put_bool(root, FACT_LOG_WRAPPED, false, from_log);
	facts_put_bool(root, FACT_INPUT_COMPLETE, true, from_log);
	facts_put_text(root, FACT_TOOL_FEATURES, STR("zlib"), from_log);
	facts_put_text(root, FACT_TOOL_FEATURES, STR("lzo"), from_log);
	facts_put_address_named(root, FACT_REGISTERS, "rax", 0, from_log);
	facts_put_address_named(root, FACT_REGISTERS, "rbx", 0x2a, from_log);
	facts_put_alias(root, FACT_EVENT, event, from_log);
	facts_put_text(event, EVENT_COMM, STR("tee"), from_log);
	facts_put_text(task, TASK_COMM, STR("bash"), from_log);
	facts_put_text(task, TASK_SYSCALL_NAME, STR("write"), from_log);
	facts_put_empty(root, FACT_FINDINGS, from_log);
	for (size_t i = 0; i < ARRAY_LEN(functions); i++) {
		struct fact_row *frame = facts_put_row(event, EVENT_TRACE, from_log);

		facts_put_text(frame, FRAME_FUNCTION, str_of(functions[i]), from_log);
		facts_put_bool(frame, FRAME_RELIABLE, i == 0, from_log);
	}
	return f;
}

static bool
find_partial(void *ctx, struct str name, struct str *text)
{
	(void)ctx;
	if (str_is(name, STR("frame")))
		*text = STR("* {{function}}\n{{^reliable}}\n  ?\n{{/reliable}}\n");
	else if (str_is(name, STR("self")))
		*text = STR("{{> self}}");
	else if (str_is(name, STR("word")))
		*text = STR("<{{fault.access}}>");
	else if (str_is(name, STR("lines")))
		*text = STR(">\n>");
	else if (str_is(name, STR("bar")))
		*text = STR("|\n{{fault.access}}\n|\n");
	else if (str_is(name, STR("empty")))
		*text = STR("");
	else if (str_is(name, STR("open")))
		*text = STR("{{#fault}}");
	else if (str_is(name, STR("close")))
		*text = STR("{{/fault}}");
	else
		return false;
	return true;
}

static const struct mustache_partials partials = { find_partial, NULL };

static const char *
fill(struct arena *a, const char *template)
{
	struct mustache *m = NULL;
	const struct error *e =
		mustache_parse_with(str_of(template), "t", SHAPE_ROOT, &partials, a, &m);
	struct facts *f = some_facts(a);

	if (e != NULL)
		return error_text(a, e);
	return mustache_render(m, facts_root_const(f), ESCAPE_TEXT, a).p;
}

struct example {
	const char *template;
	const char *expected;
};

static void
check_all(void **state, const struct example *e, size_t count)
{
	for (size_t i = 0; i < count; i++)
		assert_string_equal(fill(*state, e[i].template), e[i].expected);
}

static void
variables_are_values_and_nothing_if_unknown(void **state)
{
	static const struct example examples[] = {
		{ "", "" },
		{ "no tags", "no tags" },
		{ "{{fault.access}} at {{fault.address}}", "write at 0x10" },
		{ "{{ fault.access }}|{{\tsystem.cpus\n}}", "write|2" },
		{ "({{fault.mode}})", "()" },
		{ "{{log.wrapped}} {{input.complete}}", "false true" },
		{ "{{{fault.access}}} {{& fault.access }}", "write write" },
		{ "{{panic.task.comm}} {{event.comm}} {{panic.task.syscall.name}}",
		  "bash tee write" },
		{ "{{registers.rbx}} {{registers.rcx}}.", "0x2a ." },
		{ "{{tool.features}}", "zlib, lzo" },
		{ "{{event.trace.function}}", "foo_open, do_sys_open" },
		{ "{{event.trace[].function}}", "foo_open, do_sys_open" },
		{ "{{registers}}", "rax=0x0, rbx=0x2a" },
		{ "{ {fault.access} } }}", "{ {fault.access} } }}" },
	};

	check_all(state, examples, ARRAY_LEN(examples));
}

static void
sections_repeat_for_rows_and_values_and_skip_what_is_false_or_unknown(void **state)
{
	static const struct example examples[] = {
		{ "{{#event.trace}}[{{function}}]{{/event.trace}}", "[foo_open][do_sys_open]" },
		{ "{{#events}}{{#trace}}{{comm}}:{{function}} {{/trace}}{{/events}}",
		  "tee:foo_open tee:do_sys_open " },
		{ "{{#tool.features}}<{{.}}>{{/tool.features}}", "<zlib><lzo>" },
		{ "{{#fault.access}}<{{.}} {{fault.access}}>{{/fault.access}}", "<write write>" },
		{ "{{#fault.mode}}no{{/fault.mode}}", "" },
		{ "{{#log.wrapped}}no{{/log.wrapped}}", "" },
		{ "{{#input.complete}}yes {{.}}{{/input.complete}}", "yes true" },
		{ "{{#findings}}no{{/findings}}", "" },
		{ "{{#fault}}{{access}} {{address}} {{system.cpus}}{{/fault}}", "write 0x10 2" },
		{ "{{#debuginfo}}no{{/debuginfo}}", "" },
		{ "{{#panic.task}}{{comm}}{{/panic.task}}", "bash" },
		{ "{{#panic.task.syscall}}{{name}}{{/panic.task.syscall}}", "write" },
		{ "{{#panic.task.parents}}no{{/panic.task.parents}}", "" },
		{ "{{#panic}}{{#task}}{{comm}}{{/task}}{{/panic}}", "bash" },
		{ "{{#registers}}{{name}}={{value}};{{.}} {{/registers}}",
		  "rax=0x0;0x0 rbx=0x2a;0x2a " },
		{ "{{#registers.rbx}}{{.}}{{/registers.rbx}}", "0x2a" },
		{ "{{#event.trace.reliable}}x{{/event.trace.reliable}}", "x" },
		{ "{{#event}}{{#trace}}{{#reliable}}{{function}}{{/reliable}}{{/trace}}{{/event}}",
		  "foo_open" },
		{ "{{#system.cpus}}{{#event}}{{comm}}{{system.cpus}}{{/event}}{{/system.cpus}}",
		  "tee2" },
	};

	check_all(state, examples, ARRAY_LEN(examples));
}

static void
inverted_sections_are_shown_where_sections_are_not(void **state)
{
	static const struct example examples[] = {
		{ "{{^fault.mode}}unknown{{/fault.mode}}", "unknown" },
		{ "{{^fault.access}}no{{/fault.access}}", "" },
		{ "{{^findings}}none{{/findings}}", "none" },
		{ "{{^log.wrapped}}whole{{/log.wrapped}}", "whole" },
		{ "{{^debuginfo}}none{{/debuginfo}}", "none" },
		{ "{{^event.trace}}no{{/event.trace}}", "" },
		{ "{{#event.trace}}{{^reliable}}?{{/reliable}}{{function}} {{/event.trace}}",
		  "foo_open ?do_sys_open " },
	};

	check_all(state, examples, ARRAY_LEN(examples));
}

static void
a_question_mark_shows_a_section_once_whatever_its_length(void **state)
{
	static const struct example examples[] = {
		{ "{{#event.trace?}}Trace:{{#event.trace}} {{function}}{{/event.trace}}"
		  "{{/event.trace?}}",
		  "Trace: foo_open do_sys_open" },
		{ "{{#findings?}}no{{/findings?}}", "" },
		{ "{{#event}}{{#trace?}}{{comm}}{{/trace?}}{{/event}}", "tee" },
		{ "{{#tool.features?}}{{fault.access}}{{/tool.features?}}", "write" },
	};

	check_all(state, examples, ARRAY_LEN(examples));
}

static void
tags_alone_on_a_line_take_the_line_with_them(void **state)
{
	static const struct example examples[] = {
		{ "a\n{{#fault}}\nb\n{{/fault}}\nc\n", "a\nb\nc\n" },
		{ "a\n  {{#fault}}  \nb\n\t{{/fault}}\nc", "a\nb\nc" },
		{ "a\r\n{{#fault}}\r\nb\r\n{{/fault}}\r\nc", "a\r\nb\r\nc" },
		{ "{{#fault}}\nb\n{{/fault}}", "b\n" },
		{ "a\n{{! one\n   two }}\nc", "a\nc" },
		{ "a {{! no }} b\n", "a  b\n" },
		{ "  {{fault.access}}\n", "  write\n" },
		{ "a {{#fault}}\nb{{/fault}}\n", "a \nb\n" },
		{ "{{#fault}} {{#system}}\nb{{/system}}{{/fault}}\n", " \nb\n" },
		{ "{{#event.trace}}\n- {{function}}\n{{/event.trace}}\nend\n",
		  "- foo_open\n- do_sys_open\nend\n" },
		{ "{{^fault}}\nno\n{{/fault}}\n", "" },
	};

	check_all(state, examples, ARRAY_LEN(examples));
}

static void
partials_stand_in_place_and_are_indented_as_their_tag(void **state)
{
	static const struct example examples[] = {
		{ "a {{> word }} b", "a <write> b" },
		{ "{{#event.trace}}\n  {{>frame}}\n{{/event.trace}}\n",
		  "  * foo_open\n  * do_sys_open\n    ?\n" },
		{ "x {{>word}}\n{{>word}}\ny", "x <write>\n<write>y" },
	};

	check_all(state, examples, ARRAY_LEN(examples));
}

static void
mistakes_are_refused_with_their_place(void **state)
{
	static const struct example examples[] = {
		{ "ab\n {{fault.adress}}", "t:2:2: no fact is called 'fault.adress'; did you mean "
					   "'fault.address'?" },
		{ "{{#event}}{{funktion}}{{/event}}",
		  "t:1:11: no fact is called 'funktion'; did you mean 'function'?" },
		{ "{{zzzzzzzz}}", "t:1:1: no fact is called 'zzzzzzzz'" },
		{ "{{}}", "t:1:1: no fact is called ''" },
		{ "{{#zzzzzzzzz}}{{/zzzzzzzzz}}", "t:1:1: no fact is called 'zzzzzzzzz'" },
		{ "{{.}}", "t:1:1: '.' stands for nothing here" },
		{ "{{#event}}{{.}}{{/event}}", "t:1:11: '.' stands for nothing here" },
		{ "{{fault}}", "t:1:1: 'fault' is not one fact but several; use a section" },
		{ "{{panic.task}}",
		  "t:1:1: 'panic.task' is not one fact but several; use a section" },
		{ "{{fault.address", "t:1:1: this tag has no end" },
		{ "{{{fault.address}}", "t:1:1: this tag has no end" },
		{ "x{{#fault}}", "t:1:2: 'fault' is not closed" },
		{ "x{{/fault}}", "t:1:2: 'fault' is closed but was not opened" },
		{ "{{#fault}}{{/system}}", "t:1:11: 'system' is closed where 'fault' is open" },
		{ "{{=<% %>=}}", "t:1:1: tags of the form {{= are not supported" },
		{ "{{<parent}}", "t:1:1: tags of the form {{< are not supported" },
		{ "{{>nothing}}", "t:1:1: there is no partial 'nothing'" },
		{ "{{>self}}", "self:1:1: partials are nested too deep" },
		{ "{{>open}}x{{/fault}}", "open:1:1: 'fault' is not closed" },
		{ "{{#fault}}{{>close}}", "close:1:1: 'fault' is closed but was not opened" },
	};

	check_all(state, examples, ARRAY_LEN(examples));
}

static void
sections_nest_only_so_deep(void **state)
{
	struct text t = text_new(*state);

	for (int i = 0; i < 1000; i++)
		text_put(&t, STR("{{#fault}}"));
	assert_non_null(strstr(fill(*state, text_str(&t).p), "nested too deep"));
}

static void
values_are_never_read_as_templates(void **state)
{
	struct facts *f = facts_new(*state);
	struct mustache *m = NULL;

	facts_put_text(facts_root(f), FACT_SYSTEM_RELEASE, STR("{{fault.access}}{{#"), from_log);
	assert_null(mustache_parse(STR("{{{system.release}}}"), "t", SHAPE_ROOT, *state, &m));
	assert_string_equal(mustache_render(m, facts_root(f), ESCAPE_NONE, *state).p,
			    "{{fault.access}}{{#");
}

static void
knows_whether_a_sentence_would_have_a_hole(void **state)
{
	static const struct {
		const char *template;
		bool whole;
	} examples[] = {
		{ "nothing", true },
		{ "{{fault.access}} {{log.wrapped}}", true },
		{ "{{fault.mode}}", false },
		{ "{{fault.access}}{{#fault.mode}} in {{fault.mode}} mode{{/fault.mode}}", true },
		{ "{{#fault}}{{mode}}{{/fault}}{{fault.mode}}", false },
	};

	for (size_t i = 0; i < ARRAY_LEN(examples); i++) {
		struct mustache *m = NULL;

		assert_null(
			mustache_parse(str_of(examples[i].template), "t", SHAPE_ROOT, *state, &m));
		assert_int_equal(mustache_is_whole(m, facts_root(some_facts(*state))),
				 examples[i].whole);
	}
}

static void
starts_from_any_shape(void **state)
{
	struct facts *f = some_facts(*state);
	struct mustache *m = NULL;

	assert_null(mustache_parse(STR("{{comm}}"), "t", SHAPE_EVENT, *state, &m));
	assert_string_equal(
		mustache_render(m, facts_get_row(facts_root(f), FACT_EVENT), ESCAPE_NONE, *state).p,
		"tee");
}

/* The rules of the specification's chapters on comments, interpolation, sections, inverted
 * sections and partials, in its order, each by an example of our own. */
static void
every_rule_of_the_specification_that_is_supported(void **state)
{
	static const struct example comments[] = {
		{ "12345{{! a comment }}67890", "1234567890" },           /* inline */
		{ "12345{{!\n  of two\n  lines\n}}67890", "1234567890" }, /* multiline */
		{ "a\n{{! alone }}\nb\n", "a\nb\n" },                     /* standalone */
		{ "a\n  {{! indented }}\nb\n", "a\nb\n" },
		{ "|\r\n{{! alone }}\r\n|", "|\r\n|" },     /* line endings */
		{ "  {{! first }}\n|", "|" },               /* without a line before */
		{ "|\n  {{! last }}", "|\n" },              /* without a newline behind */
		{ "a\n{{!\ntwo lines\n}}\nb\n", "a\nb\n" }, /* multiline standalone */
		{ "a\n  {{!\n  two lines\n  }}\nb\n", "a\nb\n" },
		{ "  12 {{! 34 }}\n", "  12 \n" },                  /* indented inline */
		{ "12345 {{! a comment }} 67890", "12345  67890" }, /* blanks round it stay */
		{ "{{! fault.access }}{{!fault.access}}", "" },     /* no name is looked up */
	};
	static const struct example interpolation[] = {
		{ "Hello from {Mustache}!\n", "Hello from {Mustache}!\n" }, /* none */
		{ "{{fault.access}}, {{system.cpus}}", "write, 2" },        /* text, numbers */
		{ "{{{fault.access}}}|{{&fault.access}}", "write|write" },
		{ "I ({{fault.mode}}) be", "I () be" }, /* a missing value */
		{ "({{{fault.mode}}}) ({{&fault.mode}})", "() ()" },
		{ "{{panic.task.comm}}={{#panic}}{{#task}}{{comm}}{{/task}}{{/panic}}",
		  "bash=bash" }, /* dotted names are shorthand for sections */
		{ "({{panic.task.syscall.number}})", "()" }, /* a broken chain is nothing */
		{ "{{#tool.features}}{{.}};{{/tool.features}}",
		  "zlib;lzo;" },                         /* implicit iterator */
		{ "| {{fault.access}} |", "| write |" }, /* blanks round it stay */
		{ "| {{{fault.access}}} | {{&fault.access}} |", "| write | write |" },
		{ "  {{fault.access}}\n", "  write\n" }, /* alone on a line it stays there */
		{ "  {{{fault.access}}}\n  {{&fault.access}}\n", "  write\n  write\n" },
		{ "|{{ fault.access }}|{{{ fault.access }}}|{{& fault.access }}|",
		  "|write|write|write|" }, /* padding */
	};
	static const struct example sections[] = {
		{ "\"{{#input.complete}}shown{{/input.complete}}\"", "\"shown\"" },   /* truthy */
		{ "\"{{#log.wrapped}}hidden{{/log.wrapped}}\"", "\"\"" },             /* falsey */
		{ "\"{{#fault.mode}}hidden{{/fault.mode}}\"", "\"\"" },               /* null */
		{ "\"{{#panic.task}}Hi {{comm}}.{{/panic.task}}\"", "\"Hi bash.\"" }, /* context */
		{ "{{#event}}{{comm}} {{fault.access}}{{/event}}", "tee write" },     /* parents' */
		{ "{{#panic.task}}{{#event}}{{comm}}{{/event}}{{comm}}{{/panic.task}}",
		  "teebash" }, /* the innermost one's first */
		{ "{{#event.trace}}{{function}}{{/event.trace}}",
		  "foo_opendo_sys_open" },                          /* list */
		{ "\"{{#findings}}hidden{{/findings}}\"", "\"\"" }, /* empty */
		{ "{{#input.complete}}a\n{{/input.complete}}b {{#input.complete}}c"
		  "{{/input.complete}}",
		  "a\nb c" }, /* doubled */
		{ "|{{#input.complete}}b {{#fault}}c{{/fault}} d{{/input.complete}}|",
		  "|b c d|" }, /* nested */
		{ "|{{#input.complete}}b {{#log.wrapped}}c{{/log.wrapped}} d{{/input.complete}}|",
		  "|b  d|" },
		{ "{{#panic.task.syscall}}{{name}}{{/panic.task.syscall}}", "write" }, /* dotted */
		{ " | {{#input.complete}}\t|\t{{/input.complete}} | \n", " | \t|\t | \n" },
		{ " | {{#input.complete}} {{! }}\n {{/input.complete}} | \n", " |  \n  | \n" },
		{ " {{#input.complete}}YES{{/input.complete}}\n {{#fault}}GOOD{{/fault}}\n",
		  " YES\n GOOD\n" }, /* indented inline */
		{ "| This\n{{#input.complete}}\n|\n{{/input.complete}}\n| Line\n",
		  "| This\n|\n| Line\n" }, /* standalone */
		{ "| This\n  {{#input.complete}}\n|\n  {{/input.complete}}\n| Line\n",
		  "| This\n|\n| Line\n" },
		{ "|\r\n{{#input.complete}}\r\n{{/input.complete}}\r\n|", "|\r\n|" },
		{ "  {{#input.complete}}\n#{{/input.complete}}\n/", "#\n/" },
		{ "#{{#input.complete}}\n/\n  {{/input.complete}}", "#\n/\n" },
		{ "|{{# input.complete }}={{/ input.complete }}|", "|=|" }, /* padding */
	};
	static const struct example inverted[] = {
		{ "\"{{^log.wrapped}}shown{{/log.wrapped}}\"", "\"shown\"" }, /* falsey */
		{ "\"{{^input.complete}}hidden{{/input.complete}}\"", "\"\"" },
		{ "\"{{^fault.mode}}shown{{/fault.mode}}\"", "\"shown\"" }, /* null */
		{ "\"{{^panic.task}}hidden{{/panic.task}}\"", "\"\"" },     /* context */
		{ "\"{{^event.trace}}hidden{{/event.trace}}\"", "\"\"" },   /* list */
		{ "\"{{^findings}}shown{{/findings}}\"", "\"shown\"" },     /* empty list */
		{ "|A {{^log.wrapped}}B {{^findings}}C{{/findings}} D{{/log.wrapped}} E|",
		  "|A B C D E|" },
		{ "|A {{^input.complete}}B {{^findings}}C{{/findings}} D{{/input.complete}} E|",
		  "|A  E|" },
		{ "|\n  {{^log.wrapped}}\n|\n  {{/log.wrapped}}\n|\n", "|\n|\n|\n" },
		{ " | {{^log.wrapped}}\t|\t{{/log.wrapped}} | \n", " | \t|\t | \n" },
		{ "|\r\n{{^log.wrapped}}\r\n{{/log.wrapped}}\r\n|", "|\r\n|" },
		{ "  {{^log.wrapped}}\n^{{/log.wrapped}}\n/", "^\n/" },
		{ "^{{^log.wrapped}}\n/\n  {{/log.wrapped}}", "^\n/\n" },
		{ "|{{^ log.wrapped }}={{/ log.wrapped }}|", "|=|" },
	};
	static const struct example partial[] = {
		{ "\"{{>word}}\"", "\"<write>\"" },   /* basic, in its context */
		{ "\"{{>empty}}\"", "\"\"" },         /* empty */
		{ "| {{> word }} |", "| <write> |" }, /* blanks round it stay */
		{ "  {{fault.access}}  {{>lines}}\n", "  write  >\n>\n" }, /* inline */
		{ "|\r\n{{>lines}}\r\n|", "|\r\n>\n>|" },                  /* line endings */
		{ "  {{>lines}}\n>", "  >\n  >>" },                /* without a line before */
		{ ">\n  {{>lines}}", ">\n  >\n  >" },              /* without a newline behind */
		{ "a\n {{>bar}}\nb\n", "a\n |\n write\n |\nb\n" }, /* each line is indented */
		{ "|{{> word }}|{{>\tword\n}}|", "|<write>|<write>|" }, /* padding */
	};

	check_all(state, comments, ARRAY_LEN(comments));
	check_all(state, interpolation, ARRAY_LEN(interpolation));
	check_all(state, sections, ARRAY_LEN(sections));
	check_all(state, inverted, ARRAY_LEN(inverted));
	check_all(state, partial, ARRAY_LEN(partial));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(variables_are_values_and_nothing_if_unknown),
		UNIT_TEST(sections_repeat_for_rows_and_values_and_skip_what_is_false_or_unknown),
		UNIT_TEST(inverted_sections_are_shown_where_sections_are_not),
		UNIT_TEST(a_question_mark_shows_a_section_once_whatever_its_length),
		UNIT_TEST(tags_alone_on_a_line_take_the_line_with_them),
		UNIT_TEST(partials_stand_in_place_and_are_indented_as_their_tag),
		UNIT_TEST(mistakes_are_refused_with_their_place),
		UNIT_TEST(sections_nest_only_so_deep),
		UNIT_TEST(values_are_never_read_as_templates),
		UNIT_TEST(knows_whether_a_sentence_would_have_a_hole),
		UNIT_TEST(starts_from_any_shape),
		UNIT_TEST(every_rule_of_the_specification_that_is_supported),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
