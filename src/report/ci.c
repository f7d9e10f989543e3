/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/ci.h"

#include "base/embedded.h"
#include "report/template.h"

struct ci_result
ci_result_of(const struct facts *f)
{
	const struct fact_row *root = facts_root_const(f);
	struct ci_result r = { .name = STR("kernel"), .title = STR("no crash was found") };

	(void)facts_get_text(root, FACT_INPUT_PATH, &r.name);
	(void)facts_get_text(root, FACT_VERDICT_KIND, &r.kind);
	(void)facts_get_text(root, FACT_VERDICT_SUMMARY, &r.summary);
	r.failed = r.kind.len != 0 && !str_is(r.kind, STR("none"));
	if (r.failed)
		r.title = STR("the kernel crashed");
	if (!facts_get_text(root, FACT_VERDICT_TITLE, &r.title) && r.failed)
		(void)facts_get_text(root, FACT_PANIC_STRING, &r.title);
	return r;
}

const struct error *
ci_text_report(const struct facts *f, struct arena *a, struct str *out)
{
	struct output_options plain = { .format = "text" };
	struct str template = { NULL, 0 };

	if (!embedded_find(STR("templates/text"), &template))
		return error_new(a, ERROR_UNSUPPORTED, "this build has no text format");
	return template_fill(template, "templates/text", &plain, f, a, out);
}
