/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tests and their nesting, on written facts. */
#include "verdict/case.h"
#include "verdict/catalogue.h"
#include "verdict/eval.h"

#include "unit.h"

#include <string.h>

static const char facts_text[] =
	"event: { kind: null_deref, function: f, head: 'BUG: x', seconds: 22, fatal: true,\n"
	"         trace: [ { function: f.isra.0, module: m, reliable: true },\n"
	"                  { function: g, reliable: false }, { function: vfs_write, reliable: true "
	"} ] }\n"
	"fault.address: 0xfffffffffffffff2\n"
	"registers: { rax: 0x0, rbx: 0xffff888000000000 }\n"
	"modules: [ { name: m, taint: OE, out_of_tree: true }, { name: ext4, out_of_tree: false } "
	"]\n"
	"system.release: 4.18.0-372.9.1.el8.x86_64\n"
	"system.memory_bytes: 1000\n"
	"system.uptime: 12.5\n"
	"log.bytes: 320\n"
	"log.tail: []\n"
	"taint.value: 4224\n";

static struct facts *
written(struct arena *a)
{
	struct node *root = NULL;
	struct node_problem why = { 0 };
	assert_true(node_parse(str_of(facts_text), a, &root, &why));

	struct facts *f = case_facts(root, a, &why);

	if (f == NULL)
		print_error("line %zu: %s\n", why.line, why.text);
	assert_non_null(f);
	return f;
}

static bool
holds(struct arena *a, const char *when)
{
	struct rules *r = rules_new(a);
	const char *yaml = arena_printf(a,
					"- param: names\n  value: [ vfs_*, zzz ]\n"
					"- param: much\n  value: 30\n"
					"- id: a\n  title: t\n  role: context\n  when: %s\n",
					when);
	const struct error *e = rules_load_text(r, "x", str_of(yaml));

	if (e != NULL)
		print_error("%s\n", error_text(a, e));
	assert_null(e);

	const struct rule *rule = r->all->rule[0];
	struct match *match = ARENA_ARRAY(a, struct match, rule->condition_count);
	struct eval eval = { .rule = rule, .facts = written(a), .match = match };

	return eval_holds(&eval, 0, rule->when_end, false);
}

static void
each_test_holds_where_it_should(void **state)
{
	static const char *const yes[] = {
		"event.kind is null_deref",
		"event.kind in gpf null_deref",
		"event.kind in null*",
		"event.trace[].function in $names",
		"event.trace.function is f",
		"event.seconds is 22",
		"event.seconds within 20..30",
		"event.seconds within 22",
		"event.seconds within 22..",
		"fault.address above 0xfffffffffffff000",
		"fault.address within 0xfffffffffffff001..0xffffffffffffffff",
		"'event.head contains UG: x'",
		"event.head starts BUG",
		"event.head ends x",
		"event.head matches ^B.G",
		"event.fatal is true",
		"system.release older 4.18.0-372.10",
		"system.release newer 4.18",
		"system.release newer 4.18.0-372.9.1",
		"system.uptime below 12.6",
		"log.bytes above 30% of {{system.memory_bytes}}",
		"log.bytes above $much% of {{system.memory_bytes}}",
		"log.bytes below {{system.memory_bytes}}",
		"event.trace count 3",
		"event.trace count 2..",
		"log.tail count 0",
		"registers.rax is 0",
		"registers count 2",
		"event.pid unknown",
		"modules known",
	};
	static const char *const no[] = {
		"event.kind is gpf",
		"event.kind in gpf bug_on",
		"event.function is ff",
		"event.seconds above 22",
		"event.seconds below 22",
		"event.pid above 0",
		"event.trace count ..2",
		"event.head matches ^x",
		"system.release newer 4.19",
		"system.release older 4.18.0-372.9.1",
		"log.bytes above 33% of {{system.memory_bytes}}",
		"event.pid below {{event.cpu}}",
		"log.tail count 1..",
		"system.tasks count 0",
		"event.pid known",
		"registers.rcx is 0",
	};

	for (size_t i = 0; i < ARRAY_LEN(yes); i++) {
		if (!holds(*state, yes[i]))
			print_error("%s\n", yes[i]);
		assert_true(holds(*state, yes[i]));
	}
	for (size_t i = 0; i < ARRAY_LEN(no); i++) {
		if (holds(*state, no[i]))
			print_error("%s\n", no[i]);
		assert_false(holds(*state, no[i]));
	}
}

static void
any_all_and_not_nest(void **state)
{
	assert_true(holds(*state, "[ { any: [ event.kind is gpf, event.kind is null_deref ] } ]"));
	assert_false(holds(*state, "[ { any: [ event.kind is gpf, event.kind is nmi ] } ]"));
	assert_true(holds(*state, "[ { not: event.kind is gpf }, event.kind known ]"));
	assert_false(holds(*state, "[ { not: [ event.kind is gpf, event.kind known ] } ]"));
	assert_true(holds(*state, "[ { not: { all: [ event.kind is gpf, event.kind known ] } } ]"));
	assert_true(holds(*state, "[ { any: [ { all: [ event.kind known, event.pid known ] }, "
				  "{ not: { any: [ event.pid known ] } } ] } ]"));
	assert_true(holds(*state, "[ { not: event.pid above 3 } ]"));
}

static void
some_holds_for_one_and_the_same_row(void **state)
{
	assert_true(
		holds(*state, "[ { some: modules, where: [ name is m, out_of_tree is true ] } ]"));
	assert_false(holds(*state,
			   "[ { some: modules, where: [ name is ext4, out_of_tree is true ] } ]"));
	assert_true(holds(*state, "[ modules.name is ext4, modules.out_of_tree is true ]"));
	assert_true(holds(*state,
			  "[ { some: event.trace, where: [ 'module is {{modules.name}}' ] } ]"));
	assert_true(holds(*state, "[ { some: event.trace, where: [ function is g, "
				  "{ not: reliable is true } ] } ]"));
	assert_false(holds(*state, "[ { not: { some: modules, where: taint contains O } } ]"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(each_test_holds_where_it_should),
		UNIT_TEST(any_all_and_not_nest),
		UNIT_TEST(some_holds_for_one_and_the_same_row),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
