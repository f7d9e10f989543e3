/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tap.c - the Test Anything Protocol, version 13: a line a dump, and what is to be known of a
 * failure in a block of YAML.
 */
#include "facts/escape.h"
#include "report/ci.h"
#include "report/quote.h"

/* A description: inert, and with no "#", behind which a harness looks for SKIP and TODO. */
static void
put_description(struct text *out, struct str s)
{
	struct arena *scratch = arena_new_temporary(out->arena);
	struct text inert = text_new(scratch);
	struct escaper x = escaper_new(&inert, ESCAPE_TEXT);

	escaper_value(&x, s);
	for (size_t i = 0; i < inert.len; i++) {
		if (inert.p[i] == '#')
			text_char(out, '\\');
		text_char(out, inert.p[i]);
	}
	arena_free(scratch);
}

static void
put_test(struct text *out, const struct output_options *o, bool failed, struct str name,
	 struct str what)
{
	text_printf(out, "%s %zu - ", failed ? "not ok" : "ok", o->index + 1);
	put_description(out, name);
	text_put(out, STR(": "));
	put_description(out, what);
	text_char(out, '\n');
}

static void
put_text(struct text *out, const char *key, struct str value)
{
	if (value.len == 0)
		return;
	text_printf(out, "  %s: ", key);
	quote_put(out, value);
	text_char(out, '\n');
}

static void
put_list(struct text *out, const char *key, const struct fact *list)
{
	if (list->count == 0)
		return;
	text_printf(out, "  %s:\n", key);
	for (size_t i = 0; i < list->count; i++) {
		text_put(out, STR("    - "));
		quote_put(out, list->values[i].text);
		text_char(out, '\n');
	}
}

static void
put_facts(struct text *out, const struct fact_row *root)
{
	static const struct {
		const char *key;
		enum fact_id id;
	} shown[] = {
		{ "kind", FACT_VERDICT_KIND },         { "origin", FACT_VERDICT_ORIGIN },
		{ "function", FACT_VERDICT_FUNCTION }, { "module", FACT_VERDICT_MODULE },
		{ "rule", FACT_VERDICT_RULE },         { "kernel", FACT_SYSTEM_RELEASE },
		{ "signature", FACT_SIGNATURE_ID },
	};

	for (size_t i = 0; i < ARRAY_LEN(shown); i++) {
		struct str value = { NULL, 0 };

		if (facts_get_text(root, shown[i].id, &value))
			put_text(out, shown[i].key, value);
	}
}

static void
put_diagnostics(struct text *out, const struct ci_result *r, const struct fact_row *root)
{
	const struct fact_row *event = facts_get_row(root, FACT_EVENT);
	int64_t confidence = 0;

	struct str head = { NULL, 0 };

	text_put(out, STR("  ---\n"));
	put_text(out, "message", r->summary);
	/* The harness's own word for how bad a result is. */
	put_text(out, "severity", STR("fail"));
	put_facts(out, root);
	if (event != NULL && facts_get_text(event, EVENT_HEAD, &head))
		put_text(out, "head", head);
	if (facts_get_number(root, FACT_VERDICT_CONFIDENCE, &confidence))
		text_printf(out, "  confidence: %lld\n", (long long)confidence);
	put_list(out, "next_steps", facts_get(root, FACT_VERDICT_NEXT_STEPS));
	if (event != NULL)
		put_list(out, "output", facts_get(event, EVENT_TEXT));
	text_put(out, STR("  ...\n"));
}

void
tap_begin(const struct output_options *o, struct text *out)
{
	text_printf(out, "TAP version 13\n1..%zu\n", o->count == 0 ? 1 : o->count);
}

const struct error *
tap_render(const struct output_options *o, const struct facts *f, struct arena *a, struct str *out)
{
	struct ci_result r = ci_result_of(f);
	struct text t = text_new(a);

	put_test(&t, o, r.failed, r.name, r.title);
	if (r.failed)
		put_diagnostics(&t, &r, facts_root_const(f));
	*out = text_str(&t);
	return NULL;
}

void
tap_missing(const struct output_options *o, const struct output_missing *m, struct text *out)
{
	put_test(out, o, true, m->name, m->why);
}
