/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * github.c - annotations of a GitHub Actions job.
 *
 * A line "::error title=...::message" becomes an annotation; the runner keeps ten of each
 * kind from a step. Values are inert before they are encoded, so none of them begins a line
 * and with it a command of its own. The encoding is that of actions/toolkit's command.ts.
 */
#include "facts/escape.h"
#include "report/ci.h"

enum {
	GITHUB_OTHERS = 9, /* annotations for other reports in the log */
};

static void
put_encoded(struct text *out, struct str s, const char *special)
{
	struct arena *scratch = arena_new_temporary(out->arena);
	struct text inert = text_new(scratch);
	struct escaper x = escaper_new(&inert, ESCAPE_TEXT);

	escaper_value(&x, s);
	for (size_t i = 0; i < inert.len; i++) {
		if (str_find_char(str_of(special), inert.p[i]) != STR_NONE)
			text_printf(out, "%%%02X", (unsigned int)inert.p[i]);
		else
			text_char(out, inert.p[i]);
	}
	arena_free(scratch);
}

static void
put_message(struct text *out, struct str s)
{
	put_encoded(out, s, "%");
}

static void
put_property(struct text *out, struct str s)
{
	put_encoded(out, s, "%:,");
}

static void
new_line(struct text *out)
{
	text_put(out, STR("%0A"));
}

/* The line of source of the blamed function, if debuginfo gave it one. A path that is
 * absolute is none of the repository. */
static void
put_place(struct text *out, const struct fact_row *root)
{
	const struct fact_row *stack = facts_get_row(root, FACT_VERDICT_BACKTRACE);
	const struct fact *frames = NULL;
	struct str blamed = { NULL, 0 };

	if (stack == NULL)
		stack = facts_get_row(root, FACT_BACKTRACE);
	if (stack == NULL || !facts_get_text(root, FACT_VERDICT_FUNCTION, &blamed))
		return;
	frames = facts_get(stack, BACKTRACE_FRAMES);
	for (size_t i = 0; i < frames->count; i++) {
		const struct fact_row *frame = frames->values[i].row;
		struct str function = { NULL, 0 };
		struct str file = { NULL, 0 };
		int64_t line = 0;

		if (!facts_get_text(frame, FRAME_FUNCTION, &function) ||
		    !str_is(function, blamed) || !facts_get_text(frame, FRAME_FILE, &file) ||
		    file.len == 0 || file.p[0] == '/' ||
		    !facts_get_number(frame, FRAME_LINE, &line))
			continue;
		text_put(out, STR("file="));
		put_property(out, file);
		text_printf(out, ",line=%lld,", (long long)line);
		return;
	}
}

static const char *
level_of(const struct ci_result *r, const struct fact_row *root)
{
	struct str severity = { NULL, 0 };

	(void)facts_get_text(root, FACT_VERDICT_SEVERITY, &severity);
	if (!r->failed || str_is(severity, STR("info")) || str_is(severity, STR("low")))
		return "notice";
	return str_is(severity, STR("medium")) ? "warning" : "error";
}

static void
put_detail(struct text *out, const char *name, struct str value)
{
	if (value.len == 0)
		return;
	new_line(out);
	text_printf(out, "%s: ", name);
	put_message(out, value);
}

static void
put_details(struct text *out, const struct fact_row *root)
{
	static const struct {
		const char *name;
		enum fact_id id;
	} shown[] = {
		{ "Function", FACT_VERDICT_FUNCTION },
		{ "Module", FACT_VERDICT_MODULE },
		{ "Kernel", FACT_SYSTEM_RELEASE },
		{ "Signature", FACT_SIGNATURE_ID },
	};
	const struct fact_row *event = facts_get_row(root, FACT_EVENT);
	struct str head = { NULL, 0 };
	const struct fact *steps = facts_get(root, FACT_VERDICT_NEXT_STEPS);

	if (event != NULL && facts_get_text(event, EVENT_HEAD, &head))
		put_detail(out, "The kernel said", head);
	for (size_t i = 0; i < ARRAY_LEN(shown); i++) {
		struct str value = { NULL, 0 };

		if (facts_get_text(root, shown[i].id, &value))
			put_detail(out, shown[i].name, value);
	}
	for (size_t i = 0; i < steps->count; i++)
		put_detail(out, "Next", steps->values[i].text);
}

static void
put_verdict(struct text *out, const struct ci_result *r, const struct fact_row *root)
{
	text_printf(out, "::%s ", level_of(r, root));
	put_place(out, root);
	text_put(out, STR("title="));
	put_property(out, r->title);
	text_put(out, STR("::"));
	put_message(out, r->name);
	if (r->summary.len != 0) {
		text_put(out, STR(": "));
		put_message(out, r->summary);
	}
	if (r->failed)
		put_details(out, root);
	text_char(out, '\n');
}

static void
put_others(struct text *out, const struct fact_row *root)
{
	const struct fact *events = facts_get(root, FACT_EVENTS);
	const struct fact_row *judged = facts_get_row(root, FACT_EVENT);
	size_t count = 0;

	for (size_t i = 0; i < events->count && count < GITHUB_OTHERS; i++) {
		struct fact_row *event = events->values[i].row;
		struct str head = { NULL, 0 };

		if (event == judged || !facts_get_text(event, EVENT_HEAD, &head))
			continue;
		text_put(out, STR("::warning title=Also in the kernel log::"));
		put_message(out, head);
		text_char(out, '\n');
		count++;
	}
}

const struct error *
github_render(const struct output_options *o, const struct facts *f, struct arena *a,
	      struct str *out)
{
	const struct fact_row *root = facts_root_const(f);
	struct ci_result r = ci_result_of(f);
	struct text t = text_new(a);

	(void)o;
	put_verdict(&t, &r, root);
	put_others(&t, root);
	*out = text_str(&t);
	return NULL;
}

void
github_missing(const struct output_options *o, const struct output_missing *m, struct text *out)
{
	(void)o;
	text_put(out, STR("::error title=No report::"));
	put_message(out, m->name);
	text_put(out, STR(": "));
	put_message(out, m->why);
	text_char(out, '\n');
}
