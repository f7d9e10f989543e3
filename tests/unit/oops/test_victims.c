/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "oops/victims.h"

#include "unit.h"

#include <string.h>

static bool
parse(const char *line, struct victim *v)
{
	return victims_parse(str_of(line), v);
}

static void
reads_the_lines_of_all_ages(void **state)
{
	static const char *const lines[] = {
		"Out of memory: Killed process 800 (java) total-vm:9000kB, anon-rss:4000kB, "
		"file-rss:8kB, shmem-rss:16kB, UID:0 pgtables:92kB oom_score_adj:0",
		"Killed process 800 (java) total-vm:9000kB, anon-rss:4000kB, file-rss:24kB",
		"Killed process 800 (java), UID 0, total-vm:9000kB, anon-rss:4000kB, file-rss:24kB",
		"[  12.3] Memory cgroup out of memory: Killed process 800 (java) total-vm:9kB, "
		"anon-rss:4024kB",
	};
	struct victim v;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		assert_true(parse(lines[i], &v));
		assert_int_equal(v.pid, 800);
		assert_true(str_is_c(v.comm, "java"));
		assert_true(v.has_rss);
		assert_int_equal(v.rss_bytes, 4024 * 1024);
		assert_int_equal(v.by_cgroup, i == 3);
	}
	assert_true(parse("Killed process 7 (a) b), UID 0", &v));
	assert_true(str_is_c(v.comm, "a) b"));
	assert_false(v.has_rss);
}

static void
passes_over_what_tells_of_none(void **state)
{
	static const char *const lines[] = {
		"",
		"Out of memory: Kill process 800 (java) score 900 or sacrifice child",
		"Killed process ",
		"Killed process 800",
		"Killed process 800 (",
		"Killed process 800 () total-vm:9kB",
		"Killed process 99999999999 (java) total-vm:9kB",
		"Killed process x (java) total-vm:9kB",
		"oom_reaper: reaped process 800 (java), now anon-rss:0kB",
	};
	struct victim v;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(lines); i++)
		assert_false(parse(lines[i], &v));
	assert_true(
		parse("Killed process 8 (a) total-vm:9kB, anon-rss:99999999999999999999kB", &v));
	assert_false(v.has_rss);
}

/* Of a line that is cut anywhere nothing is read beyond its end. */
static void
reads_no_further_than_the_line(void **state)
{
	static const char line[] = "Killed process 800 (java) total-vm:9kB, anon-rss:4000kB";
	struct victim v;

	for (size_t len = 0; len < sizeof(line) - 1; len++) {
		char *copy = arena_alloc(*state, len, 1);

		memcpy(copy, line, len);
		if (victims_parse((struct str){ copy, len }, &v))
			assert_true(v.comm.p + v.comm.len <= copy + len);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(reads_the_lines_of_all_ages),
		UNIT_TEST(passes_over_what_tells_of_none),
		UNIT_TEST(reads_no_further_than_the_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
