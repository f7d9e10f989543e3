/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/text.h"
#include "verdict/case.h"
#include "verdict/verdict.h"

#include "unit.h"

#include <string.h>

static struct facts *
facts_from(struct arena *a, const char *yaml)
{
	struct node *root = NULL;
	struct node_problem why = { 0 };

	assert_true(node_parse(str_of(yaml), a, &root, &why));

	struct facts *f = case_facts(root, a, &why);

	if (f == NULL)
		print_error("line %zu: %s\n", why.line, why.text);
	assert_non_null(f);
	return f;
}

/* The text of a fact of the root after judging, or "". */
static const char *
text(const struct facts *f, enum fact_id id)
{
	struct str s = STR("");

	(void)facts_get_text(facts_root_const(f), id, &s);
	return s.p;
}

static struct facts *
judged(struct arena *a, bool rules, const char *yaml)
{
	struct rules *r = rules_new(a);
	struct facts *f = facts_from(a, yaml);

	if (rules)
		assert_null(rules_load_builtin(r));
	verdict_publish(verdict_judge(r, f, a), f);
	return f;
}

static void
without_rules_the_event_itself_is_the_verdict(void **state)
{
	struct facts *f = judged(*state, false,
				 "event: { kind: gpf, function: f, module: m, access: read, "
				 "fatal: true, head: oops, corrupted: true }");
	const struct fact *corrupted = facts_get(facts_root_const(f), FACT_VERDICT_CORRUPTED);

	assert_string_equal(text(f, FACT_VERDICT_KIND), "gpf");
	assert_string_equal(text(f, FACT_VERDICT_FAMILY), "mem_fault");
	assert_string_equal(text(f, FACT_VERDICT_ORIGIN), "unknown");
	assert_string_equal(text(f, FACT_VERDICT_FUNCTION), "f");
	assert_string_equal(text(f, FACT_VERDICT_MODULE), "m");
	assert_string_equal(text(f, FACT_VERDICT_ACCESS), "read");
	assert_string_equal(text(f, FACT_VERDICT_SEVERITY), "critical");
	assert_string_equal(text(f, FACT_VERDICT_TITLE),
			    "General protection fault (read) in f [m]");
	assert_string_equal(text(f, FACT_VERDICT_RULE), "");
	assert_true(corrupted->values[0].flag);
}

static void
without_an_event_there_is_no_crash(void **state)
{
	struct facts *f = judged(*state, true, "system.release: 6.1.0");

	assert_string_equal(text(f, FACT_VERDICT_KIND), "none");
	assert_string_equal(text(f, FACT_VERDICT_ORIGIN), "none");
	assert_string_equal(text(f, FACT_VERDICT_SEVERITY), "info");
	assert_string_equal(text(f, FACT_VERDICT_TITLE), "No crash found");
}

static void
an_old_sysrq_crash_is_no_null_pointer(void **state)
{
	struct facts *f = judged(*state, true,
				 "event: { kind: null_deref, function: sysrq_handle_crash, "
				 "fatal: true, comm: bash, pid: 7 }");

	assert_string_equal(text(f, FACT_VERDICT_KIND), "panic_sysrq");
	assert_string_equal(text(f, FACT_VERDICT_FAMILY), "panic");
	assert_string_equal(text(f, FACT_VERDICT_ORIGIN), "deliberate");
	assert_string_equal(text(f, FACT_VERDICT_RULE), "sysrq-crash");
	assert_string_equal(text(f, FACT_VERDICT_TITLE),
			    "Crash requested through sysrq by bash (pid 7)");
}

static void
a_policy_panic_blames_the_blocked_task_not_khungtaskd(void **state)
{
	struct facts *f = judged(*state, true,
				 "event: { kind: hung_task, function: f, fatal: true, comm: mount, "
				 "pid: 733, seconds: 120, trace: [ { function: f } ] }\n"
				 "panic.policy: hung_task_panic\n"
				 "panic.task: { pid: 29, comm: khungtaskd }");
	const struct fact_row *stack = facts_get_row(facts_root_const(f), FACT_VERDICT_BACKTRACE);
	int64_t pid = 0;

	assert_string_equal(text(f, FACT_VERDICT_KIND), "hung_task");
	assert_string_equal(text(f, FACT_VERDICT_ORIGIN), "bug");
	assert_null(strstr(text(f, FACT_VERDICT_TITLE), "khungtaskd"));
	assert_non_null(stack);
	assert_true(facts_get_number(stack, BACKTRACE_TASK, &pid));
	assert_int_equal(pid, 733);
}

static void
a_damaged_report_lowers_confidence(void **state)
{
	int64_t whole = 0;
	int64_t damaged = 0;
	struct facts *f = judged(*state, true, "event: { kind: null_deref, fatal: true }");

	assert_true(facts_get_number(facts_root_const(f), FACT_VERDICT_CONFIDENCE, &whole));
	f = judged(*state, true, "event: { kind: null_deref, fatal: true, corrupted: true }");
	assert_true(facts_get_number(facts_root_const(f), FACT_VERDICT_CONFIDENCE, &damaged));
	assert_true(damaged < whole);
}

static void
evidence_names_the_facts_and_where_they_came_from(void **state)
{
	struct facts *f = judged(*state, true, "event: { kind: soft_lockup, fatal: true }");
	const struct fact *evidence = facts_get(facts_root_const(f), FACT_VERDICT_EVIDENCE);
	struct str s = STR("");

	assert_int_equal(evidence->count, 1);
	assert_true(facts_get_text(evidence->values[0].row, EVIDENCE_FACT, &s));
	assert_string_equal(s.p, "event.kind");
	assert_true(facts_get_text(evidence->values[0].row, EVIDENCE_VALUE, &s));
	assert_string_equal(s.p, "soft_lockup");
	assert_true(facts_get_text(evidence->values[0].row, EVIDENCE_ORIGIN, &s));
	assert_string_equal(s.p, "written case");
}

/* The ids of the findings, with what supersedes them, in their order. */
static const char *
order(struct arena *a, const char *yaml)
{
	struct rules *r = rules_new(a);
	struct facts *f = facts_from(a, "event: { kind: gpf, pid: 1 }");
	const char *all = "";

	assert_null(rules_load_text(r, "x.yaml", str_of(yaml)));
	verdict_publish(verdict_judge(r, f, a), f);

	const struct fact *findings = facts_get(facts_root_const(f), FACT_FINDINGS);

	for (size_t i = 0; i < findings->count; i++) {
		struct str rule = STR("");
		struct str by = STR("-");

		(void)facts_get_text(findings->values[i].row, FINDING_RULE, &rule);
		(void)facts_get_text(findings->values[i].row, FINDING_SUPERSEDED_BY, &by);
		all = arena_printf(a, "%s%.*s(%.*s) ", all, STR_ARG(rule), STR_ARG(by));
	}
	return all;
}

#define CAUSE(id, more) "- id: " id "\n  title: t\n  origin: bug\n  confidence: " more "\n"

static void
the_order_of_rules_in_files_never_matters(void **state)
{
#define LOW CAUSE("d-old", "90\n  when: [ event.kind is gpf ]")
#define ONE CAUSE("b-one", "60\n  when: [ event.kind is gpf ]\n  supersedes: d-old")
#define TWO CAUSE("a-two", "60\n  when: [ event.kind is gpf ]\n  supersedes: d-old")
#define MORE CAUSE("c-more", "60\n  when: [ event.kind is gpf, event.pid is 1 ]")
	const char *want = "c-more(-) a-two(-) b-one(-) d-old(a-two) ";

	assert_string_equal(order(*state, LOW ONE TWO MORE), want);
	assert_string_equal(order(*state, MORE TWO ONE LOW), want);
	assert_string_equal(order(*state, ONE MORE LOW TWO), want);
}

static void
a_star_supersedes_all_rules_of_a_name_but_the_rule_itself(void **state)
{
	assert_string_equal(order(*state, CAUSE("hung-a", "90\n  when: [ event.kind is gpf ]")
						  CAUSE("hung-b", "50\n  when: [ event.kind is gpf "
								  "]\n  supersedes: [ 'hung-*' ]")),
			    "hung-b(-) hung-a(hung-b) ");
}

static void
context_and_health_never_win(void **state)
{
	assert_string_equal(
		order(*state, "- id: a\n  title: t\n  role: context\n  confidence: 99\n  when: [ "
			      "event.kind is gpf ]\n- id: b\n  title: t\n  role: health\n  "
			      "confidence: 99\n  when: [ event.kind is gpf ]\n" CAUSE(
				      "z", "1\n  when: [ event.kind is gpf ]")),
		"z(-) a(-) b(-) ");
}

static bool
is_found(const struct facts *f, const char *rule)
{
	const struct fact *findings = facts_get(facts_root_const(f), FACT_FINDINGS);

	for (size_t i = 0; i < findings->count; i++) {
		struct str id = { NULL, 0 };

		if (facts_get_text(findings->values[i].row, FINDING_RULE, &id) &&
		    str_is_c(id, rule))
			return true;
	}
	return false;
}

/* Also in a rule that is read later than the site's file. */
static void
a_site_sets_a_number_of_a_built_in_rule_anew(void **state)
{
	static const char facts[] = "{ event: { kind: hung_task, repeated: 7 } }";
	static const char *const site[] = { "- param: many-blocked\n  value: 7\n",
					    "- param: many-blocked\n  value: 8\n" };

	for (size_t i = 0; i < 2; i++) {
		struct rules *r = rules_new(*state);
		struct facts *f = facts_from(*state, facts);

		assert_null(rules_load_builtin(r));
		assert_null(rules_load_text(r, "site.yaml", str_of(site[i])));
		verdict_publish(verdict_judge(r, f, *state), f);
		assert_int_equal(is_found(f, "hung-many-tasks"), i == 0);
	}
}

static void
an_expression_that_takes_too_long_is_told_of(void **state)
{
	static const char rules[] =
		CAUSE("slow", "9\n  when: event.head matches ^((((B*)*U*)*G*)*)*[XY]$")
			CAUSE("quick", "9\n  when: event.head matches G$");
	struct rules *r = rules_new(*state);
	struct facts *f = facts_from(*state, "event: { kind: gpf, head: "
					     "BUGBUGBUGBUGBUGBUGBUGBUGBUGBUGBUGBUG }");

	assert_null(rules_load_text(r, "x.yaml", STR(rules)));

	const struct verdict *v = verdict_judge(r, f, *state);

	assert_non_null(verdict_trouble(v));
	assert_string_equal(error_text(*state, verdict_trouble(v)),
			    "rule 'slow' was not judged to the end: "
			    "'event.head matches ^((((B*)*U*)*G*)*)*[XY]$' takes too many steps");
	verdict_publish(v, f);
	assert_string_equal(text(f, FACT_VERDICT_RULE), "quick");
	r = rules_new(*state);
	assert_null(rules_load_builtin(r));
	assert_null(verdict_trouble(verdict_judge(r, f, *state)));
}

static void
many_expressions_that_take_too_long_end_the_trying(void **state)
{
	struct rules *r = rules_new(*state);
	struct facts *f = facts_from(*state, "event: { kind: gpf, head: "
					     "BUGBUGBUGBUGBUGBUGBUGBUGBUGBUGBUGBUG }");
	struct text t = text_new(*state);

	for (size_t i = 0; i < 16; i++)
		text_printf(
			&t,
			CAUSE("slow%zu", "9\n  when: event.head matches ^((((B*)*U*)*G*)*)*[XY]$"),
			i);
	text_put(&t, STR(CAUSE("tried-no-more", "9\n  when: event.head matches G$")
				 CAUSE("quick", "9\n  when: event.head ends G")));
	assert_null(rules_load_builtin(r));
	assert_null(rules_load_text(r, "x.yaml", text_str(&t)));

	const struct verdict *v = verdict_judge(r, f, *state);

	verdict_publish(v, f);
	assert_non_null(verdict_trouble(v));
	assert_true(is_found(f, "quick"));
	assert_false(is_found(f, "tried-no-more"));
	assert_true(is_found(f, "general-protection"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(without_rules_the_event_itself_is_the_verdict),
		UNIT_TEST(without_an_event_there_is_no_crash),
		UNIT_TEST(an_old_sysrq_crash_is_no_null_pointer),
		UNIT_TEST(a_policy_panic_blames_the_blocked_task_not_khungtaskd),
		UNIT_TEST(a_damaged_report_lowers_confidence),
		UNIT_TEST(the_order_of_rules_in_files_never_matters),
		UNIT_TEST(a_star_supersedes_all_rules_of_a_name_but_the_rule_itself),
		UNIT_TEST(context_and_health_never_win),
		UNIT_TEST(evidence_names_the_facts_and_where_they_came_from),
		UNIT_TEST(a_site_sets_a_number_of_a_built_in_rule_anew),
		UNIT_TEST(an_expression_that_takes_too_long_is_told_of),
		UNIT_TEST(many_expressions_that_take_too_long_end_the_trying),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
