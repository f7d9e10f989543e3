/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as a rule file: loaded, checked, listed, explained and judged. */
#include "facts/facts.h"
#include "verdict/verdict.h"

#include <stdint.h>
#include <stdio.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void
put_facts(struct facts *f)
{
	static const struct origin o = { ORIGIN_LOG, "log" };
	struct fact_row *root = facts_root(f);
	struct fact_row *event = facts_put_row(root, FACT_EVENTS, o);

	facts_put_alias(root, FACT_EVENT, event, o);
	facts_put_text(event, EVENT_KIND, STR("gpf"), o);
	facts_put_number(event, EVENT_PID, 7, o);
	for (int i = 0; i < 3; i++)
		facts_put_text(facts_put_row(event, EVENT_TRACE, o), FRAME_FUNCTION,
			       STR("f.constprop.0"), o);
	facts_put_address(root, FACT_FAULT_ADDRESS, 0x10, o);
	facts_put_text(root, FACT_SYSTEM_RELEASE, STR("6.1.0-56-cloud-amd64"), o);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct arena *a = arena_new(NULL);
	struct rules *r = rules_new(a);
	struct facts *f = facts_new(a);
	struct explanation *x = NULL;
	FILE *out = fopen("/dev/null", "w");
	const struct error *e =
		rules_load_text(r, "fuzz.yaml", (struct str){ (const char *)data, len });

	put_facts(f);
	if (out != NULL) {
		(void)rules_check(r, out);
		rules_list(r, out);
		if (rules_explain(r, "a", f, &x) == NULL)
			rules_print_explanation(x, out);
		fclose(out);
	}
	(void)e;
	verdict_publish(verdict_judge(r, f, a), f);
	arena_free(a);
	return 0;
}
