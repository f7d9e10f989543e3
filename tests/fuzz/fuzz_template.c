/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A template of somebody's own, filled with facts: the input is the template and, behind a
 * NUL, the text of every fact.
 */
#include "facts/mustache.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static const struct origin from_log = { ORIGIN_LOG, "fuzz" };

static const enum fact_id texts[] = { FACT_SYSTEM_RELEASE, FACT_VERDICT_TITLE, FACT_TOOL_FEATURES,
				      FACT_VERDICT_NEXT_STEPS };

static struct facts *
facts_with(struct arena *a, struct str value)
{
	struct facts *f = facts_new(a);
	struct fact_row *root = facts_root(f);
	struct fact_row *event = facts_put_row(root, FACT_EVENTS, from_log);

	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		facts_put_text(root, texts[i], value, from_log);
	facts_put_alias(root, FACT_EVENT, event, from_log);
	facts_put_address(root, FACT_FAULT_ADDRESS, 0x10, from_log);
	facts_put_address_named(root, FACT_REGISTERS, "rax", 1, from_log);
	facts_put_bool(root, FACT_LOG_WRAPPED, true, from_log);
	for (int i = 0; i < 3; i++)
		facts_put_text(facts_put_row(event, EVENT_TRACE, from_log), FRAME_FUNCTION, value,
			       from_log);
	return f;
}

static bool
find_partial(void *ctx, struct str name, struct str *text)
{
	if (name.len != 1)
		return false;
	*text = *(struct str *)ctx;
	return true;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct arena *a = arena_new(NULL);
	struct str template = { (const char *)data, len };
	struct str value = STR("value");
	struct mustache *m = NULL;
	struct mustache_partials partials = { find_partial, &value };

	if (str_find_char(template, '\0') != STR_NONE) {
		value = str_from(template, str_find_char(template, '\0') + 1);
		template = str_first(template, template.len - value.len - 1);
	}
	if (len < 4096 &&
	    mustache_parse_with(template, "fuzz", SHAPE_ROOT, &partials, a, &m) == NULL) {
		const struct fact_row *root = facts_root_const(facts_with(a, value));

		for (enum escape how = ESCAPE_NONE; how <= ESCAPE_HTML; how++)
			(void)mustache_render(m, root, how, a);
		(void)mustache_is_whole(m, root);
	}
	arena_free(a);
	return 0;
}
