/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * junit.c - JUnit XML, as Jenkins, GitLab and others read it.
 *
 * There is no standard. What is written is valid by the schema of the Ant task's output
 * (windyroad/JUnit-Schema), the strictest in use, and by that of Jenkins' xunit plugin: no
 * attributes on <testsuites>, one <testsuite> a dump with all its attributes, and the output
 * of a test in its suite.
 */
#include "facts/escape.h"
#include "report/ci.h"

static void
put_attribute(struct text *out, const char *name, struct str value)
{
	struct escaper x = escaper_new(out, ESCAPE_HTML);

	text_printf(out, " %s=\"", name);
	escaper_value(&x, value);
	text_char(out, '"');
}

static void
put_line(struct text *out, struct str line)
{
	struct escaper x = escaper_new(out, ESCAPE_HTML);

	escaper_value(&x, line);
	text_char(out, '\n');
}

static void
put_lines(struct text *out, struct str lines)
{
	struct str line = { NULL, 0 };

	while (str_take_line(&lines, &line))
		put_line(out, line);
}

/* When it crashed, in the form that the schema wants: without a time zone. */
static struct str
timestamp(const struct fact_row *root, struct arena *a)
{
	const struct fact *time = facts_get(root, FACT_SYSTEM_CRASH_TIME);
	struct str s = STR("1970-01-01T00:00:00");

	if (time->count == 0)
		return s;
	s = str_of(facts_value_text(a, FACT_KIND_TIME, &time->values[0]));
	return str_ends(s, STR("Z")) ? str_first(s, s.len - 1) : s;
}

/* What <testsuite> begins with. */
struct suite {
	size_t id;
	struct str name;
	struct str timestamp;
	struct str host;
	bool failed;
	bool error;
};

static void
open_suite(struct text *out, const struct suite *s)
{
	text_put(out, STR("<testsuite"));
	put_attribute(out, "name", s->name);
	text_printf(out, " package=\"kdtriage\" id=\"%zu\"", s->id);
	put_attribute(out, "timestamp", s->timestamp);
	put_attribute(out, "hostname", s->host);
	text_printf(out, " tests=\"1\" failures=\"%d\" errors=\"%d\" time=\"0\">\n", s->failed,
		    s->error);
}

static void
open_case(struct text *out, struct str name)
{
	text_put(out, STR("<testcase classname=\"kdtriage\""));
	put_attribute(out, "name", name);
	text_put(out, STR(" time=\"0\">\n"));
}

static void
put_properties(struct text *out, const struct fact_row *root)
{
	static const struct {
		const char *name;
		enum fact_id id;
	} shown[] = {
		{ "kernel", FACT_SYSTEM_RELEASE },     { "arch", FACT_SYSTEM_ARCH },
		{ "kind", FACT_VERDICT_KIND },         { "origin", FACT_VERDICT_ORIGIN },
		{ "severity", FACT_VERDICT_SEVERITY }, { "function", FACT_VERDICT_FUNCTION },
		{ "module", FACT_VERDICT_MODULE },     { "rule", FACT_VERDICT_RULE },
		{ "signature", FACT_SIGNATURE_ID },
	};

	text_put(out, STR("<properties>\n"));
	for (size_t i = 0; i < ARRAY_LEN(shown); i++) {
		struct str value = { NULL, 0 };

		if (!facts_get_text(root, shown[i].id, &value) || value.len == 0)
			continue;
		text_printf(out, "<property name=\"%s\"", shown[i].name);
		put_attribute(out, "value", value);
		text_put(out, STR("/>\n"));
	}
	text_put(out, STR("</properties>\n"));
}

static void
put_failure(struct text *out, const struct ci_result *r, struct str report)
{
	text_put(out, STR("<failure"));
	put_attribute(out, "type", r->kind);
	put_attribute(out, "message", r->title);
	text_put(out, STR(">\n"));
	put_lines(out, report);
	text_put(out, STR("</failure>\n"));
}

/* What the kernel printed; where there was no crash, the report. */
static void
put_output(struct text *out, const struct ci_result *r, const struct fact_row *root,
	   struct str report)
{
	const struct fact_row *event = facts_get_row(root, FACT_EVENT);

	text_put(out, STR("<system-out>"));
	if (!r->failed)
		put_lines(out, report);
	if (r->failed && event != NULL) {
		const struct fact *lines = facts_get(event, EVENT_TEXT);

		for (size_t i = 0; i < lines->count; i++)
			put_line(out, lines->values[i].text);
	}
	text_put(out, STR("</system-out>\n<system-err/>\n"));
}

void
junit_begin(const struct output_options *o, struct text *out)
{
	(void)o;
	text_put(out, STR("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n"));
}

const struct error *
junit_render(const struct output_options *o, const struct facts *f, struct arena *a,
	     struct str *out)
{
	const struct fact_row *root = facts_root_const(f);
	struct ci_result r = ci_result_of(f);
	struct suite s = {
		o->index, r.name, timestamp(root, a), STR("localhost"), r.failed, false
	};
	struct text t = text_new(a);
	struct str report = { NULL, 0 };
	struct str host = { NULL, 0 };
	const struct error *e = ci_text_report(f, a, &report);

	if (e != NULL)
		return e;
	if (facts_get_text(root, FACT_SYSTEM_NODENAME, &host) && host.len != 0)
		s.host = host;
	open_suite(&t, &s);
	put_properties(&t, root);
	open_case(&t, r.name);
	if (r.failed)
		put_failure(&t, &r, report);
	text_put(&t, STR("</testcase>\n"));
	put_output(&t, &r, root, report);
	text_put(&t, STR("</testsuite>\n"));
	*out = text_str(&t);
	return NULL;
}

void
junit_missing(const struct output_options *o, const struct output_missing *m, struct text *out)
{
	struct suite s = { o->index,         m->name, STR("1970-01-01T00:00:00"),
			   STR("localhost"), false,   true };

	open_suite(out, &s);
	text_put(out, STR("<properties/>\n"));
	open_case(out, m->name);
	text_put(out, STR("<error type=\"no_report\""));
	put_attribute(out, "message", m->why);
	text_put(out, STR("/>\n</testcase>\n<system-out/>\n<system-err/>\n</testsuite>\n"));
}

void
junit_end(const struct output_options *o, struct text *out)
{
	(void)o;
	text_put(out, STR("</testsuites>\n"));
}
