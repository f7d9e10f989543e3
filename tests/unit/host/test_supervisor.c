/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/supervisor.h"

#include "base/budget.h"
#include "host/sandbox.h"
#include "unit.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	NS_PER_MS = 1000000,
};

/* Every worker here first says that it is at step 7. */
static int
answer(void *self, struct supervisor_note *note)
{
	note->step = 7;
	return *(const int *)self;
}

static int
raise_signal(void *self, struct supervisor_note *note)
{
	note->step = 7;
	signal(*(const int *)self, SIG_DFL);
	raise(*(const int *)self);
	return 0;
}

static int
hang(void *self, struct supervisor_note *note)
{
	(void)self;
	note->step = 7;
	while (note->step == 7)
		pause();
	return 0;
}

static int
leave_quietly(void *self, struct supervisor_note *note)
{
	(void)self;
	note->step = 7;
	_exit(0);
}

static int
take_memory(void *self, struct supervisor_note *note)
{
	size_t len = *(const size_t *)self;
	char *p = malloc(len);

	note->step = 7;
	if (p == NULL)
		return 3;
	memset(p, 1, len);
	free(p);
	return 0;
}

static int
stop_parent(void *self, struct supervisor_note *note)
{
	(void)self;
	note->step = 7;
	kill(getppid(), SIGTERM);
	while (note->step == 7)
		pause();
	return 0;
}

static struct supervisor_end
run(struct arena *a, const struct supervisor_limits *limits, supervisor_work *work, void *self)
{
	struct supervisor_end end = { 0 };

	assert_null(supervisor_run(limits, work, self, a, &end));
	assert_int_equal(end.step, 7);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* no child is left */
	return end;
}

static const struct supervisor_limits none = { 0 };

static void
hands_back_what_the_work_returned(void **state)
{
	for (int status = 0; status < 4; status++) {
		struct supervisor_end end = run(*state, &none, answer, &status);

		assert_int_equal(end.how, SUPERVISOR_FINISHED);
		assert_int_equal(end.status, status);
		assert_null(end.why);
	}
}

static void
survives_a_worker_that_dies_of_any_signal(void **state)
{
	static const int signals[] = { SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGKILL, SIGXCPU };

	for (size_t i = 0; i < ARRAY_LEN(signals); i++) {
		int number = signals[i];
		struct supervisor_end end = run(*state, &none, raise_signal, &number);

		assert_int_equal(end.how, SUPERVISOR_DIED);
		assert_non_null(strstr(end.why, number == SIGKILL ? "killed" : "signal"));
	}
}

static void
tells_an_exit_from_an_end(void **state)
{
	struct supervisor_end end = run(*state, &none, leave_quietly, NULL);

	assert_int_equal(end.how, SUPERVISOR_DIED);
}

static void
kills_a_worker_whose_time_is_over(void **state)
{
	struct supervisor_limits limits = { .time_ns = 100 * NS_PER_MS };
	uint64_t began_ns = budget_now_ns();
	struct supervisor_end end = run(*state, &limits, hang, NULL);
	uint64_t took_ns = budget_now_ns() - began_ns;

	assert_int_equal(end.how, SUPERVISOR_OUT_OF_TIME);
	assert_true(took_ns >= 100u * NS_PER_MS);
	assert_true(took_ns < 1000u * NS_PER_MS);
}

static void
limits_the_memory_of_the_worker_and_not_its_own(void **state)
{
	struct supervisor_limits limits = { .memory_bytes = 64 << 20 };
	size_t little = 8 << 20;
	size_t much = 256 << 20;

	if (sandbox_is_sanitized())
		skip();
	assert_int_equal(run(*state, &limits, take_memory, &little).status, 0);
	assert_int_equal(run(*state, &limits, take_memory, &much).status, 3);
	assert_int_equal(run(*state, &none, take_memory, &much).status, 0);
}

static void
stops_when_it_is_told_to(void **state)
{
	struct supervisor_end end = run(*state, &none, stop_parent, NULL);

	assert_int_equal(end.how, SUPERVISOR_STOPPED);
	assert_int_equal(end.status, SIGTERM);
}

static void
takes_its_worker_along_when_it_is_killed(void **state)
{
	int pipes[2];
	char c = 0;

	(void)state;
	assert_int_equal(pipe(pipes), 0);

	pid_t supervisor = fork();

	if (supervisor == 0) { /* the worker holds the pipe's end as long as it lives */
		struct supervisor_end end = { 0 };

		close(pipes[0]);
		_exit(supervisor_run(&none, hang, NULL, arena_new(NULL), &end) == NULL);
	}
	close(pipes[1]);
	usleep(100000);
	kill(supervisor, SIGKILL);
	assert_int_equal(waitpid(supervisor, NULL, 0), supervisor);
	alarm(5);
	assert_int_equal(read(pipes[0], &c, 1), 0);
	alarm(0);
	close(pipes[0]);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		UNIT_TEST(hands_back_what_the_work_returned),
		UNIT_TEST(survives_a_worker_that_dies_of_any_signal),
		UNIT_TEST(tells_an_exit_from_an_end),
		UNIT_TEST(kills_a_worker_whose_time_is_over),
		UNIT_TEST(limits_the_memory_of_the_worker_and_not_its_own),
		UNIT_TEST(stops_when_it_is_told_to),
		UNIT_TEST(takes_its_worker_along_when_it_is_killed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
