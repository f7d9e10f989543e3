/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/worker.h"

#include "unit.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#if defined(__has_feature)
#define HAS_FEATURE(f) __has_feature(f)
#else
#define HAS_FEATURE(f) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || HAS_FEATURE(address_sanitizer)
#define IS_SANITIZED true
#else
#define IS_SANITIZED false
#endif

enum {
	MS = 1000000,
};

static struct worker_limits
limits_of(uint64_t ms)
{
	return (struct worker_limits){ .deadline_ns = budget_now_ns() + ms * MS,
				       .data_bytes = 64 << 20,
				       .answer_bytes = 1 << 20 };
}

static void
say_hello(void *ctx, int fd)
{
	(void)!write(fd, ctx, strlen(ctx));
}

static void
brings_the_answer(void **state)
{
	struct worker_limits limits = limits_of(10000);
	char hello[] = "hello";
	struct bytes answer = { NULL, 0 };

	assert_null(worker_run(say_hello, hello, &limits, *state, &answer));
	assert_int_equal(answer.len, 5);
	assert_memory_equal(answer.p, "hello", 5);
}

static void
say_and_die(void *ctx, int fd)
{
	say_hello(ctx, fd);
	(void)raise(SIGKILL);
}

static void
a_crash_is_an_error_and_keeps_what_was_said(void **state)
{
	struct worker_limits limits = limits_of(10000);
	char hello[] = "hello";
	struct bytes answer = { NULL, 0 };
	const struct error *e = worker_run(say_and_die, hello, &limits, *state, &answer);

	assert_non_null(e);
	assert_int_equal(e->code, ERROR_CORRUPT);
	assert_int_equal(answer.len, 5);
}

static void
say_and_hang(void *ctx, int fd)
{
	say_hello(ctx, fd);
	for (;;)
		pause();
}

static void
a_child_that_hangs_is_killed(void **state)
{
	struct worker_limits limits = limits_of(100);
	uint64_t began = budget_now_ns();
	char hello[] = "hello";
	struct bytes answer = { NULL, 0 };
	const struct error *e = worker_run(say_and_hang, hello, &limits, *state, &answer);

	assert_non_null(e);
	assert_int_equal(e->code, ERROR_LIMIT);
	assert_int_equal(answer.len, 5);
	assert_true(budget_now_ns() - began < 5000ULL * MS);
}

static void
close_and_hang(void *ctx, int fd)
{
	(void)ctx;
	close(fd);
	for (;;)
		pause();
}

static void
a_child_that_stays_behind_its_answer_is_killed(void **state)
{
	struct worker_limits limits = limits_of(10000);
	struct bytes answer = { NULL, 0 };

	assert_non_null(worker_run(close_and_hang, NULL, &limits, *state, &answer));
	assert_int_equal(answer.len, 0);
}

static void
say_too_much(void *ctx, int fd)
{
	static const char page[4096];

	(void)ctx;
	while (write(fd, page, sizeof(page)) > 0)
		continue;
}

static void
an_endless_answer_is_cut(void **state)
{
	struct worker_limits limits = limits_of(10000);
	struct bytes answer = { NULL, 0 };
	const struct error *e = worker_run(say_too_much, NULL, &limits, *state, &answer);

	assert_non_null(e);
	assert_int_equal(e->code, ERROR_LIMIT);
	assert_true(answer.len < 2 << 20);
}

/* Answers whether more memory was to be had than is allowed. */
static void
eat_memory(void *ctx, int fd)
{
	enum { EACH = 1 << 20, MOST = 256 };
	size_t got = 0;

	(void)ctx;
	while (got < MOST && malloc(EACH) != NULL)
		got++;
	(void)!write(fd, got < MOST ? "n" : "y", 1);
}

static void
memory_is_limited(void **state)
{
	if (IS_SANITIZED)
		skip(); /* its allocator ends the program where malloc() would answer NULL */
	struct worker_limits limits = limits_of(10000);
	struct bytes answer = { NULL, 0 };

	assert_null(worker_run(eat_memory, NULL, &limits, *state, &answer));
	assert_int_equal(answer.len, 1);
	assert_int_equal(answer.p[0], 'n');
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(brings_the_answer),
		UNIT_TEST(a_crash_is_an_error_and_keeps_what_was_said),
		UNIT_TEST(a_child_that_hangs_is_killed),
		UNIT_TEST(a_child_that_stays_behind_its_answer_is_killed),
		UNIT_TEST(an_endless_answer_is_cut),
		UNIT_TEST(memory_is_limited),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
