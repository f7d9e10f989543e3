/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "options.h"

#include "base/compiler.h"
#include "unit.h"

#include <string.h>

/* Words end in NULL. */
static const struct error *
parse(struct arena *a, struct options *o, char **words)
{
	int argc = 0;

	while (words[argc] != NULL)
		argc++;
	return options_parse(argc, words, a, o);
}

#define PARSE(a, o, ...) parse(a, o, (char *[]){ (char[]){ "kdtriage" }, __VA_ARGS__, NULL })
#define WORD(s) ((char[]){ s })

static void
files_and_options_come_in_any_order(void **state)
{
	struct options o = { 0 };

	assert_null(PARSE(*state, &o, WORD("vmcore"), WORD("-f"), WORD("json"), WORD("vmlinux"),
			  WORD("--timeout=1500ms"), WORD("--max-memory=48M"), WORD("-o"),
			  WORD("out")));
	assert_int_equal(o.input_count, 2);
	assert_string_equal(o.input[1], "vmlinux");
	assert_string_equal(o.format, "json");
	assert_string_equal(o.output, "out");
	assert_int_equal(o.timeout_ns, 1500000000);
	assert_int_equal(o.max_memory_bytes, 48u << 20);
}

static void
says_what_is_wrong_with_a_word(void **state)
{
	struct options o = { 0 };

	assert_string_equal(PARSE(*state, &o, WORD("--formt=json"), WORD("x"))->message,
			    "there is no option '--formt=json'");
	assert_string_equal(PARSE(*state, &o, WORD("x"), WORD("--format"))->message,
			    "an argument is missing behind '--format'");
	assert_string_equal(PARSE(*state, &o, WORD("x"), WORD("--redact=all"))->message,
			    "--redact is none, share or public, not 'all'");
	assert_non_null(PARSE(*state, &o, WORD("x"), WORD("--timeout=soon")));
	assert_non_null(PARSE(*state, &o, WORD("x"), WORD("--timeout=99999999999999999h")));
	assert_non_null(PARSE(*state, &o, WORD("x"), WORD("--fail-on=nonsense")));
	assert_non_null(PARSE(*state, &o, WORD("-")));
	assert_non_null(PARSE(*state, &o, WORD("-q")));
	assert_int_equal(PARSE(*state, &o, WORD("-q"))->code, ERROR_USAGE);
}

static void
finds_words_of_the_fail_on_list(void **state)
{
	struct options o = { 0 };

	assert_null(PARSE(*state, &o, WORD("x"), WORD("--fail-on=critical,soft_lockup,bug")));
	assert_true(options_fail_on(&o, STR("soft_lockup")));
	assert_true(options_fail_on(&o, STR("critical")));
	assert_false(options_fail_on(&o, STR("soft")));
	assert_false(options_fail_on(&o, STR("policy")));
}

static void
the_kdump_profile_brings_its_memory_limit(void **state)
{
	struct options o = { 0 };

	assert_null(PARSE(*state, &o, WORD("x"), WORD("--profile=kdump")));
	assert_int_equal(o.max_memory_bytes, 48u << 20);
	assert_null(PARSE(*state, &o, WORD("x"), WORD("--profile=kdump"), WORD("--max-memory=1M")));
	assert_int_equal(o.max_memory_bytes, 1u << 20);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(files_and_options_come_in_any_order),
		UNIT_TEST(says_what_is_wrong_with_a_word),
		UNIT_TEST(finds_words_of_the_fail_on_list),
		UNIT_TEST(the_kdump_profile_brings_its_memory_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
