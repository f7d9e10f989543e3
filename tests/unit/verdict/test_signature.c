/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "verdict/case.h"
#include "verdict/signature.h"

#include "unit.h"

#include <string.h>

static struct facts *
signed_facts(struct arena *a, const char *yaml)
{
	struct node *root = NULL;
	struct node_problem why = { 0 };

	assert_true(node_parse(str_of(yaml), a, &root, &why));

	struct facts *f = case_facts(root, a, &why);

	if (f == NULL)
		print_error("line %zu: %s\n", why.line, why.text);
	assert_non_null(f);
	signature_publish(f, a);
	return f;
}

static const char *
text(const struct facts *f, enum fact_id id)
{
	struct str s = STR("");

	(void)facts_get_text(facts_root_const(f), id, &s);
	return s.p;
}

static const char *
id(struct arena *a, const char *yaml)
{
	const char *found = text(signed_facts(a, yaml), FACT_SIGNATURE_ID);

	assert_int_equal(strlen(found), 16);
	return found;
}

static bool
shares_an_alternate(const struct facts *a, const struct facts *b)
{
	const struct fact *left = facts_get(facts_root_const(a), FACT_SIGNATURE_ALTERNATES);
	const struct fact *right = facts_get(facts_root_const(b), FACT_SIGNATURE_ALTERNATES);

	for (size_t i = 0; i < left->count; i++) {
		for (size_t k = 0; k < right->count; k++) {
			if (str_is(left->values[i].text, right->values[k].text))
				return true;
		}
	}
	return false;
}

#define FRAMES                                                                                \
	"trace: [ { function: f, offset: 0x10, module: m, reliable: true }, "                 \
	"{ function: stale, reliable: false }, { function: g.isra.0, reliable: true }, "      \
	"{ function: vfs_write, reliable: true }, { function: ksys_write, reliable: true }, " \
	"{ function: do_syscall_64, reliable: true } ]"

static void
says_what_it_hashed_in_words(void **state)
{
	struct facts *f = signed_facts(*state, "event: { kind: null_deref, family: mem_fault, "
					       "function: f, module: m, " FRAMES " }");

	assert_string_equal(text(f, FACT_SIGNATURE_TEXT),
			    "kind null_deref\nfunction f\nmodule m\ncaller g\ncaller vfs_write\n"
			    "caller write\n");
	/* FNV-1a of that text, as any other program would compute it. */
	assert_string_equal(text(f, FACT_SIGNATURE_ID), "035fc26f583f75d2");
}

static void
is_the_same_on_every_boot(void **state)
{
	const char *first = id(*state, "event: { kind: gpf, function: f, pid: 3, cpu: 1, comm: a, "
				       "address: 0x10, time: 3.5, " FRAMES " }");
	const char *second = id(*state, "event: { kind: gpf, function: f, pid: 77, cpu: 0, "
					"comm: b, address: 0x4410, time: 9, " FRAMES " }");

	assert_string_equal(first, second);
}

static void
tells_kinds_functions_and_callers_apart(void **state)
{
	static const char *const crash[] = {
		"event: { kind: gpf, function: f, trace: [ { function: f }, { function: g } ] }",
		"event: { kind: bug_on, function: f, trace: [ { function: f }, { function: g } ] }",
		"event: { kind: gpf, function: g, trace: [ { function: g } ] }",
		"event: { kind: gpf, function: f, trace: [ { function: f }, { function: h } ] }",
		"event: { kind: gpf, function: f, module: m, trace: [ { function: f } ] }",
	};

	for (size_t i = 0; i < ARRAY_LEN(crash); i++) {
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(id(*state, crash[i]), id(*state, crash[k]));
	}
}

static void
a_report_that_is_cut_short_shares_an_alternate_with_the_whole(void **state)
{
	struct facts *whole = signed_facts(*state, "event: { kind: gpf, function: f, " FRAMES " }");
	struct facts *cut =
		signed_facts(*state, "event: { kind: gpf, function: f, corrupted: true, "
				     "trace: [ { function: f }, { function: g } ] }");

	assert_string_not_equal(text(whole, FACT_SIGNATURE_ID), text(cut, FACT_SIGNATURE_ID));
	assert_true(shares_an_alternate(whole, cut));
}

static void
a_fault_and_what_kasan_makes_of_it_share_an_alternate(void **state)
{
	struct facts *fault = signed_facts(
		*state, "event: { kind: page_fault, family: mem_fault, function: f, " FRAMES " }");
	struct facts *kasan = signed_facts(
		*state, "event: { kind: kasan_uaf, family: kasan, function: f, " FRAMES " }");
	struct facts *hang = signed_facts(
		*state, "event: { kind: soft_lockup, family: hang, function: f, " FRAMES " }");

	assert_true(shares_an_alternate(fault, kasan));
	assert_false(shares_an_alternate(fault, hang));
}

static void
stops_at_what_an_interrupt_interrupted(void **state)
{
	const char *first = id(
		*state, "event: { kind: gpf, function: f, trace: [ { function: f, context: IRQ }, "
			"{ function: g, context: IRQ }, { function: cpuidle_enter } ] }");
	const char *second = id(
		*state, "event: { kind: gpf, function: f, trace: [ { function: f, context: IRQ }, "
			"{ function: g, context: IRQ }, { function: vfs_read } ] }");

	assert_string_equal(first, second);
}

static void
without_a_function_the_head_line_counts_less_its_numbers(void **state)
{
	const char *first =
		id(*state, "event: { kind: panic_other, head: 'a (sda1) ffff888012345678 "
			   "0x81234567 at 17' }");
	const char *second = id(*state, "event: { kind: panic_other, head: 'a (sda3) "
					"ffff888000000000 0x80000000 at 9' }");
	const char *died =
		id(*state, "event: { kind: panic_init_killed, head: 'exitcode=0x0000000b' }");
	const char *left =
		id(*state, "event: { kind: panic_init_killed, head: 'exitcode=0x00007f00' }");

	assert_string_equal(first, second);
	assert_string_not_equal(died, left);
}

static void
the_exact_one_adds_offsets_and_the_release(void **state)
{
	struct facts *f = signed_facts(*state, "event: { kind: gpf, function: f, trace: [ "
					       "{ function: f, offset: 0x10 }, "
					       "{ function: g, offset: 0x20 } ] }\n"
					       "system.release: 6.1.0");

	assert_string_equal(text(f, FACT_SIGNATURE_EXACT_TEXT),
			    "kind gpf\nfunction f\noffset 0x10\ncaller g+0x20\nrelease 6.1.0\n");
}

static void
without_a_crash_there_is_none_and_the_reason_is_kept(void **state)
{
	struct facts *f = signed_facts(*state, "system.release: 6.1.0");

	assert_false(facts_known(facts_root_const(f), FACT_SIGNATURE_ID));
	assert_non_null(facts_get(facts_root_const(f), FACT_SIGNATURE_ID)->why);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(says_what_it_hashed_in_words),
		UNIT_TEST(is_the_same_on_every_boot),
		UNIT_TEST(tells_kinds_functions_and_callers_apart),
		UNIT_TEST(a_report_that_is_cut_short_shares_an_alternate_with_the_whole),
		UNIT_TEST(a_fault_and_what_kasan_makes_of_it_share_an_alternate),
		UNIT_TEST(stops_at_what_an_interrupt_interrupted),
		UNIT_TEST(without_a_function_the_head_line_counts_less_its_numbers),
		UNIT_TEST(the_exact_one_adds_offsets_and_the_release),
		UNIT_TEST(without_a_crash_there_is_none_and_the_reason_is_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
