/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/json.h"

#include "report/render.h"

#include "base/utf8.h"

#include "unit.h"

#include <json-c/json.h>
#include <string.h>

static const char *
json_of(struct arena *a, const char *facts)
{
	struct facts *f = facts_file_parse(a, str_of(facts));
	struct output_options o = { .count = 2 };
	struct str out = { NULL, 0 };

	assert_null(report_render_json(&o, f, a, &out));
	return out.p;
}

/* The value at "a.b.0" as JSON, or NULL. */
static const char *
at(struct arena *a, const char *json, const char *path)
{
	struct json_object *root = json_tokener_parse(json);
	struct json_object *o = root;
	struct str rest = str_of(path);

	assert_non_null(root);
	while (o != NULL && rest.len != 0) {
		struct str name = rest;
		uint64_t index = 0;

		if (!str_cut(&rest, '/', &name))
			rest = (struct str){ NULL, 0 };
		if (json_object_is_type(o, json_type_array)) {
			assert_true(str_to_number(name, &index));
			o = json_object_array_get_idx(o, index);
		} else if (!json_object_object_get_ex(o, str_c(a, name), &o)) {
			o = NULL;
		}
	}

	const char *text = o == NULL ? NULL : arena_printf(a, "%s", json_object_to_json_string(o));

	json_object_put(root);
	return text;
}

static void
every_kind_of_fact_has_its_json_form(void **state)
{
	static const struct {
		const char *fact;
		const char *path;
		const char *value;
	} examples[] = {
		{ "system.release 6.1.0", "system/release", "\"6.1.0\"" },
		{ "system.cpus 2", "system/cpus", "2" },
		{ "input.bytes 9007199254740993", "input/bytes", "9007199254740993" },
		{ "fault.address 0xffffffff81000000", "fault/address", "\"0xffffffff81000000\"" },
		{ "system.uptime 4.6", "system/uptime", "4.6" },
		{ "system.uptime 123456.789012", "system/uptime", "123456.789012" },
		{ "system.uptime nan", "system/uptime", NULL },
		{ "input.complete false", "input/complete", "false" },
		{ "system.crash_time 1706659200", "system/crash_time", "\"2024-01-31T00:00:00Z\"" },
		{ "fault.error_code.bits.write true", "fault/error_code/bits/write", "true" },
		{ "registers.rax 0x10", "registers/rax", "\"0x10\"" },
		{ "redaction.counts.ip 3", "redaction/counts/ip", "3" },
		{ "findings[] -", "findings", "[ ]" },
		{ "tool.features[] lzo", "tool/features", "[ \"lzo\" ]" },
		{ "panic.task.syscall.name write", "panic/task/syscall/name", "\"write\"" },
	};

	for (size_t i = 0; i < ARRAY_LEN(examples); i++) {
		const char *got = at(*state, json_of(*state, examples[i].fact), examples[i].path);

		if (examples[i].value == NULL)
			assert_null(got);
		else
			assert_string_equal(got, examples[i].value);
	}
}

static void
rows_nest_and_hidden_facts_stay_out(void **state)
{
	const char *json = json_of(*state, "events[+].kind null_deref\n"
					   "events[].trace[+].function f\n"
					   "events[].trace[+].function g\n"
					   "events[+].kind warning\n"
					   "@event\n"
					   "findings[+].rule r\n"
					   "findings[].other true\n"
					   "system.uptime_text 4 s\n");

	assert_string_equal(at(*state, json, "events/0/trace/1/function"), "\"g\"");
	assert_string_equal(at(*state, json, "events/1/kind"), "\"warning\"");
	assert_null(at(*state, json, "event"));
	assert_null(at(*state, json, "findings/0/other"));
	assert_null(at(*state, json, "system"));
}

static void
every_fact_outside_lists_has_an_origin_or_a_reason(void **state)
{
	const char *json = json_of(*state, "@log kernel log line 7\n"
					   "fault.address 0x10\n"
					   "panic.task.pid 5\n"
					   "modules[+].name foo\n"
					   "system.release !no VMCOREINFO\n"
					   "panic.task.uid !excluded page\n");

	assert_string_equal(at(*state, json, "provenance/fault.address"), "\"kernel log line 7\"");
	assert_string_equal(at(*state, json, "provenance/panic.task.pid"), "\"kernel log line 7\"");
	assert_string_equal(at(*state, json, "provenance/modules"), "\"kernel log line 7\"");
	assert_string_equal(at(*state, json, "unknown/system.release"), "\"no VMCOREINFO\"");
	assert_string_equal(at(*state, json, "unknown/panic.task.uid"), "\"excluded page\"");
	assert_non_null(at(*state, json, "unknown/fault.access"));
	assert_null(at(*state, json, "unknown/fault.address"));
	assert_null(at(*state, json, "provenance/fault.access"));
	assert_null(at(*state, json, "unknown/timing"));
}

/* Each visible fact of the report is either in the tree or in unknown{}. */
static void
nothing_is_left_unsaid(void **state)
{
	const char *json = json_of(*state, "");
	enum fact_id first = FACT_NONE;
	size_t count = 0;
	size_t silent = 0;

	facts_of_shape(SHAPE_ROOT, &first, &count);
	for (enum fact_id id = first; id < first + count; id++) {
		if (!facts_info(id)->hidden &&
		    at(*state, json, arena_printf(*state, "unknown/%s", facts_info(id)->path)) ==
			    NULL)
			silent++;
	}
	assert_int_equal(silent, 3); /* timing, events_dropped, redaction.residual */
}

static void
any_bytes_become_valid_json_that_does_nothing_to_a_terminal(void **state)
{
	static const char hostile[] =
		"\033[2J\x07\xff\xc2\x9b\xe2\x80\xae\"\\\x7f\n\xc3\xa9</script>";
	struct facts *f = facts_new(*state);
	struct output_options o = { .count = 2 };
	struct str out = { NULL, 0 };

	facts_put_text(facts_root(f), FACT_VERDICT_TITLE,
		       (struct str){ hostile, sizeof(hostile) - 1 },
		       (struct origin){ ORIGIN_LOG, hostile });
	assert_null(report_render_json(&o, f, *state, &out));
	assert_true(utf8_valid(out));
	for (size_t i = 0; i + 1 < out.len; i++)
		assert_true((uint8_t)out.p[i] >= 0x20 && out.p[i] != 0x7f);
	assert_null(strstr(out.p, "\xc2\x9b"));
	assert_null(strstr(out.p, "\xe2\x80\xae"));
	assert_non_null(at(*state, out.p, "verdict/title"));
	assert_non_null(
		strstr(out.p, "\\u001b[2J\\u0007\xef\xbf\xbd\\u009b\\u202e\\\"\\\\\\u007f\\n"));
}

static void
the_same_facts_give_the_same_bytes_pretty_or_in_a_line(void **state)
{
	struct facts *f = facts_file_read(*state, "tests/unit/report/null-write.facts");
	struct output_options line = { .format = "json", .count = 2 };
	struct output_options pretty = { .format = "json" };
	const char *one = render(*state, f, &line);
	const char *two = render(*state, f, &line);
	const char *three = render(*state, f, &pretty);

	assert_string_equal(one, two);
	assert_ptr_equal(strchr(one, '\n'), one + strlen(one) - 1);
	assert_string_equal(at(*state, one, "verdict"), at(*state, three, "verdict"));
	assert_non_null(strstr(three, "\n  \"system\": {\n    \"release\": "));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(every_kind_of_fact_has_its_json_form),
		UNIT_TEST(rows_nest_and_hidden_facts_stay_out),
		UNIT_TEST(every_fact_outside_lists_has_an_origin_or_a_reason),
		UNIT_TEST(nothing_is_left_unsaid),
		UNIT_TEST(any_bytes_become_valid_json_that_does_nothing_to_a_terminal),
		UNIT_TEST(the_same_facts_give_the_same_bytes_pretty_or_in_a_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
