/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rules of the program itself. */
#include "base/embedded.h"
#include "verdict/case.h"
#include "verdict/catalogue.h"
#include "verdict/finding.h"
#include "verdict/pack.h"
#include "verdict/shelf.h"
#include "verdict/words.h"

#include "unit.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct rules *
tree(struct arena *a)
{
	struct rules *r = rules_new(a);
	const struct error *e = rules_load_path(r, "rules");

	if (e == NULL)
		e = rules_load_path(r, "tests/rules/cases");
	if (e != NULL)
		print_error("%s\n", error_text(a, e));
	assert_null(e);
	return r;
}

static void
the_linter_finds_nothing_wrong_with_the_rules_in_the_tree(void **state)
{
	struct rules *r = tree(*state);

	assert_true(rules_check(r, stderr));
}

static void
assert_same_text(struct str got, struct str want)
{
	assert_true(str_is(got, want));
}

static void
assert_same_texts(const struct str *got, size_t got_count, const struct str *want, size_t count)
{
	assert_int_equal(got_count, count);
	for (size_t i = 0; i < count; i++)
		assert_same_text(got[i], want[i]);
}

static void
assert_same_path(const struct fact_path *got, const struct fact_path *want)
{
	assert_int_equal(got->count, want->count);
	for (size_t i = 0; i < want->count; i++)
		assert_int_equal(got->step[i], want->step[i]);
	assert_same_text(got->key, want->key);
}

static void
assert_same_param(const struct param *got, const struct param *want)
{
	assert_int_equal(got == NULL, want == NULL);
	if (want == NULL)
		return;
	assert_same_text(got->name, want->name);
	assert_int_equal(got->is_number, want->is_number);
	assert_true(!want->is_number || fabsl(got->number - want->number) < 1e-30L);
	assert_same_text(str_of(got->why), str_of(want->why));
	assert_same_texts(got->word, got->word_count, want->word, want->word_count);
}

static void
assert_same_number(const struct number *got, const struct number *want)
{
	assert_true(fabsl(got->value - want->value) < 1e-30L);
	assert_same_param(got->param, want->param);
	assert_int_equal(got->has_fact, want->has_fact);
	assert_int_equal(got->fact_in_row, want->fact_in_row);
	assert_same_path(&got->fact, &want->fact);
}

static void
assert_same_operand(const struct operand *got, const struct operand *want)
{
	assert_same_text(got->text, want->text);
	assert_same_number(&got->number, &want->number);
	assert_int_equal(got->has_to, want->has_to);
	assert_same_number(&got->to, &want->to);
	assert_int_equal(got->has_fact, want->has_fact);
	assert_int_equal(got->fact_in_row, want->fact_in_row);
	assert_same_path(&got->fact, &want->fact);
	assert_int_equal(got->flag, want->flag);
	assert_int_equal(got->word_count, want->word_count);
	for (size_t i = 0; i < want->word_count; i++) {
		assert_same_text(got->word[i].text, want->word[i].text);
		assert_same_param(got->word[i].param, want->word[i].param);
	}
}

static void
assert_same_condition(const struct condition *got, const struct condition *want)
{
	assert_int_equal(got->op, want->op);
	assert_int_equal(got->end, want->end);
	assert_int_equal(got->scope, want->scope);
	assert_int_equal(got->kind, want->kind);
	assert_ptr_equal(got->test, want->test);
	assert_same_text(got->text, want->text);
	assert_same_path(&got->path, &want->path);
	assert_same_operand(&got->operand, &want->operand);
}

static void
assert_same_words(struct arena *a, const struct rule *got, const struct rule *want)
{
	struct rule_words g = words_read(got, a);
	struct rule_words w = words_read(want, a);

	assert_same_text(g.explain, w.explain);
	assert_same_texts(g.next, g.next_count, w.next, w.next_count);
	assert_same_texts(g.ref, g.ref_count, w.ref, w.ref_count);
}

static void
assert_same_rule(const struct rule *got, const struct rule *want)
{
	assert_string_equal(got->file->name, want->file->name);
	assert_same_text(got->title, want->title);
	assert_int_equal(got->role, want->role);
	assert_int_equal(got->origin, want->origin);
	assert_int_equal(got->confidence, want->confidence);
	assert_ptr_equal(got->severity, want->severity);
	assert_int_equal(got->has_kind, want->has_kind);
	assert_true(!want->has_kind || got->kind == want->kind);
	assert_int_equal(got->condition_count, want->condition_count);
	assert_int_equal(got->when_end, want->when_end);
	for (size_t i = 0; i < want->condition_count; i++)
		assert_same_condition(&got->condition[i], &want->condition[i]);
	assert_int_equal(got->modifier_count, want->modifier_count);
	for (size_t i = 0; i < want->modifier_count; i++) {
		assert_int_equal(got->modifier[i].first, want->modifier[i].first);
		assert_int_equal(got->modifier[i].end, want->modifier[i].end);
		assert_int_equal(got->modifier[i].by, want->modifier[i].by);
		assert_same_text(got->modifier[i].because, want->modifier[i].because);
	}
	assert_same_texts(got->supersedes, got->supersedes_count, want->supersedes,
			  want->supersedes_count);
	assert_memory_equal(got->weakens, want->weakens, sizeof(want->weakens));
}

/* A rule is judged by its packed form, and people see its YAML: both must be one. */
static void
every_packed_rule_is_what_the_tree_says(void **state)
{
	struct rules *packed = rules_new(*state);
	struct catalogue *all = tree(*state)->all;

	assert_null(rules_load_builtin(packed));
	assert_int_equal(rules_count(packed), all->rule_count);
	shelf_take_all(packed->all);
	assert_int_equal(packed->all->complaint_count, 0);
	assert_int_equal(packed->all->param_count, all->param_count);
	for (size_t i = 0; i < all->param_count; i++)
		assert_same_param(catalogue_param(packed->all, all->param[i]->name), all->param[i]);
	for (size_t i = 0; i < all->rule_count; i++) {
		const struct rule *want = all->rule[i];
		const struct rule *got = catalogue_rule(packed->all, want->id);

		assert_non_null(got);
		assert_same_rule(got, want);
		assert_same_words(*state, got, want);
	}
}

static void
every_rule_explains_advises_and_refers(void **state)
{
	struct catalogue *all = tree(*state)->all;

	for (size_t i = 0; i < all->rule_count; i++) {
		struct rule_words w = words_read(all->rule[i], *state);

		if (w.explain.len == 0 || w.next_count == 0 || w.ref_count == 0)
			print_error("%s\n", all->rule[i]->id.p);
		assert_true(w.explain.len != 0);
		assert_true(w.next_count != 0);
		assert_true(w.ref_count != 0);
	}
}

static void
the_yaml_inside_the_program_is_that_of_the_tree(void **state)
{
	struct rules *r = rules_new(*state);
	struct catalogue *all = tree(*state)->all;

	assert_null(rules_load_builtin_source(r));
	assert_int_equal(r->all->rule_count, all->rule_count);
	for (size_t i = 0; i < r->all->file_count; i++)
		assert_same_text(r->all->file[i]->text, all->file[i]->text);
	assert_true(rules_check(r, stderr));
}

static void
a_pack_that_is_cut_short_is_refused(void **state)
{
	struct str pack = { NULL, 0 };

	assert_true(embedded_find(STR("rules.pack"), &pack));
	for (size_t len = 0; len < pack.len; len += 1 + len / 64) {
		struct arena *a = arena_new(NULL);
		struct rules *r = rules_new(a);
		struct bytes cut = { (const uint8_t *)pack.p, len };

		assert_non_null(shelf_fill(r->all, cut));
		assert_int_equal(rules_count(r), 0);
		arena_free(a);
	}
	(void)state;
}

static void
a_rule_that_is_cut_short_is_not_taken(void **state)
{
	struct rules *r = rules_new(*state);

	assert_null(rules_load_builtin(r));
	for (size_t i = 0; i < r->all->shelved_count; i++) {
		struct packed_item item = *r->all->shelved[i].item;
		struct rule rule = { .confidence = 0 };
		struct param param = { .is_number = false };

		item.body.len = item.body.len / 2;
		if (item.is_param)
			assert_non_null(pack_read_param(r->all, &item, &param));
		else if (pack_read_rule(r->all, &item, &rule) == NULL)
			assert_true(rule.packed_words.len < item.body.len); /* its words were cut */
	}
}

static void
assert_same_findings(struct arena *a, struct rules *whole, const struct node *map)
{
	struct rules *built_in = rules_new(a);
	struct node_problem why = { 0 };
	struct facts *f = case_facts(map, a, &why);

	assert_null(rules_load_builtin(built_in));

	struct findings want = finding_all(whole, f, a);
	struct findings got = finding_all(built_in, f, a);

	assert_int_equal(got.count, want.count);
	for (size_t k = 0; k < want.count; k++)
		assert_string_equal(got.finding[k].rule->id.p, want.finding[k].rule->id.p);
}

/* What stays on the shelf for some facts would not have held. */
static void
a_rule_that_is_left_on_the_shelf_does_not_hold(void **state)
{
	struct rules *whole = tree(*state);

	for (size_t i = 0; i < whole->all->case_count; i++)
		assert_same_findings(*state, whole, whole->all->test_case[i].facts);
}

static void
nor_for_the_facts_that_any_rule_fires_on(void **state)
{
	struct rules *whole = tree(*state);

	for (size_t i = 0; i < whole->all->rule_count; i++) {
		struct arena *a = arena_new(NULL);
		struct rule_words w = words_read(whole->all->rule[i], a);
		const struct node *fires = node_find(w.tests, "fires");

		for (const struct node *n = fires->child; n != NULL; n = n->next) {
			if (n->type == NODE_MAP)
				assert_same_findings(a, whole, n);
		}
		arena_free(a);
	}
}

static void
a_site_overrides_a_rule_that_is_on_the_shelf(void **state)
{
	struct rules *r = rules_new(*state);
	size_t count = 0;

	assert_null(rules_load_builtin(r));
	count = rules_count(r);
	assert_null(rules_load_text(r, "site.yaml",
				    STR("- id: null-pointer\n  title: mine\n  origin: bug\n"
					"  confidence: 1\n  when: event.kind known\n")));
	assert_int_equal(rules_count(r), count);
	shelf_take_all(r->all);
	assert_int_equal(rules_count(r), count);
	assert_string_equal(catalogue_rule(r->all, STR("null-pointer"))->title.p, "mine");
}

/* What is still on the shelf counts among the names that may have been meant. */
static void
a_misspelt_parameter_gets_the_nearest_built_in_one(void **state)
{
	struct rules *r = rules_new(*state);
	const struct error *e = NULL;

	assert_null(rules_load_builtin(r));
	e = rules_load_text(r, "site.yaml",
			    STR("- id: a\n  title: t\n  role: context\n"
				"  when: event.pid above $many-bloked\n"));
	assert_non_null(e);
	assert_string_equal(error_text(*state, e),
			    "site.yaml:4:25: no parameter is called 'many-bloked'; did you mean "
			    "'many-blocked'?");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(the_linter_finds_nothing_wrong_with_the_rules_in_the_tree),
		UNIT_TEST(every_packed_rule_is_what_the_tree_says),
		UNIT_TEST(every_rule_explains_advises_and_refers),
		UNIT_TEST(the_yaml_inside_the_program_is_that_of_the_tree),
		UNIT_TEST(a_pack_that_is_cut_short_is_refused),
		UNIT_TEST(a_rule_that_is_cut_short_is_not_taken),
		UNIT_TEST(a_rule_that_is_left_on_the_shelf_does_not_hold),
		UNIT_TEST(nor_for_the_facts_that_any_rule_fires_on),
		UNIT_TEST(a_site_overrides_a_rule_that_is_on_the_shelf),
		UNIT_TEST(a_misspelt_parameter_gets_the_nearest_built_in_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
