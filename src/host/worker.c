/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
	CHUNK = 1 << 16,
	NS_PER_MS = 1000000,
	PATIENCE_MS = 1000,
};

/* Bytes of private writable memory that this process has, as RLIMIT_DATA counts them. */
static uint64_t
data_in_use(void)
{
	FILE *f = fopen("/proc/self/statm", "re");
	unsigned long long pages = 0;
	int got = f == NULL ? 0
			    : fscanf(f, "%*u %*u %*u %*u %*u %llu", &pages); // NOLINT(cert-err34-c)

	if (f != NULL)
		fclose(f);
	return got == 1 ? pages * (uint64_t)sysconf(_SC_PAGESIZE) : 0;
}

static void
set_limit(int what, uint64_t value)
{
	struct rlimit r = { value, value };

	(void)setrlimit(what, &r);
}

static void
be_a_child(const struct worker_limits *limits, pid_t parent)
{
	uint64_t used = data_in_use();

	/* Not to outlive a parent that was killed. */
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(EXIT_FAILURE);
	for (int s = 1; s < NSIG; s++) {
		if (s != SIGPIPE && s != SIGKILL && s != SIGSTOP)
			(void)signal(s, SIG_DFL);
	}
	set_limit(RLIMIT_CORE, 0);
	if (!limits->downloads)
		set_limit(RLIMIT_FSIZE, 0);
	if (used != 0 && limits->data_bytes != 0)
		set_limit(RLIMIT_DATA, used + limits->data_bytes);
}

/* Libraries that abort say so on standard error; the report says it in its own words. What can
 * only be read cannot be written to, and a sandbox lets nothing else be opened. */
static void
be_silent(void)
{
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

	if (null < 0)
		return;
	(void)dup2(null, STDIN_FILENO);
	(void)dup2(null, STDOUT_FILENO);
	(void)dup2(null, STDERR_FILENO);
}

static const struct error *
start(void (*fn)(void *ctx, int fd), void *ctx, const struct worker_limits *limits, struct arena *a,
      int *fd, pid_t *child)
{
	int pair[2] = { -1, -1 };
	pid_t parent = getpid();

	if (pipe2(pair, O_CLOEXEC) != 0)
		return error_errno(a, errno, "cannot make a pipe");
	*child = fork();
	if (*child < 0) {
		close(pair[0]);
		close(pair[1]);
		return error_errno(a, errno, "cannot start a child process");
	}
	if (*child == 0) {
		close(pair[0]);
		be_a_child(limits, parent);
		be_silent();
		fn(ctx, pair[1]);
		_exit(EXIT_SUCCESS);
	}
	close(pair[1]);
	*fd = pair[0];
	return NULL;
}

/* Waits for bytes; false once the deadline has passed. */
static bool
wait_for(int fd, uint64_t deadline_ns)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	for (;;) {
		uint64_t now = budget_now_ns();

		if (now >= deadline_ns)
			return false;

		uint64_t ms = (deadline_ns - now) / NS_PER_MS + 1;
		int got = poll(&p, 1, ms > 60000 ? 60000 : (int)ms);

		if (got > 0 || (got < 0 && errno != EINTR))
			return true;
	}
}

/* Room for one more chunk. */
static bool
make_room(struct arena *a, uint8_t **buf, size_t *cap, size_t len)
{
	uint8_t *longer = NULL;

	if (*cap - len >= CHUNK)
		return true;
	longer = arena_try(a, 1, 2 * *cap + CHUNK);
	if (longer == NULL)
		return false;
	if (len != 0)
		memcpy(longer, *buf, len);
	*cap = 2 * *cap + CHUNK;
	*buf = longer;
	return true;
}

static ssize_t
read_chunk(int fd, uint8_t *p)
{
	ssize_t got = 0;

	do
		got = read(fd, p, CHUNK);
	while (got < 0 && errno == EINTR);
	return got;
}

static const struct error *
receive(int fd, const struct worker_limits *limits, struct arena *a, struct bytes *out)
{
	uint8_t *buf = NULL;
	size_t cap = 0;

	while (out->len <= limits->answer_bytes) {
		if (!wait_for(fd, limits->deadline_ns))
			return error_new(a, ERROR_LIMIT, "it took too long");
		if (!make_room(a, &buf, &cap, out->len))
			return error_new(a, ERROR_LIMIT, "no memory for the answer");
		out->p = buf;

		ssize_t got = read_chunk(fd, buf + out->len);

		if (got < 0)
			return error_errno(a, errno, "cannot read the answer");
		if (got == 0)
			return NULL;
		out->len += (size_t)got;
	}
	return error_new(a, ERROR_LIMIT, "its answer is too long");
}

static const struct error *
judge_end(int status, struct arena *a)
{
	if (WIFSIGNALED(status))
		return error_new(a, ERROR_CORRUPT,
				 "the process that read it ended by signal %d (%s)",
				 WTERMSIG(status),
				 strsignal(WTERMSIG(status))); // NOLINT(concurrency-mt-unsafe)
	if (!WIFEXITED(status) || WEXITSTATUS(status) != EXIT_SUCCESS)
		return error_new(a, ERROR_CORRUPT, "the process that read it failed");
	return NULL;
}

/* A child that closed its pipe has ended, or is about to; if it is not, it is made to. */
static void
reap(pid_t child, int *status)
{
	static const struct timespec pause = { 0, NS_PER_MS };

	for (int i = 0; i < PATIENCE_MS; i++) {
		pid_t got = waitpid(child, status, WNOHANG);

		if (got == child || (got < 0 && errno != EINTR))
			return;
		(void)nanosleep(&pause, NULL);
	}
	(void)kill(child, SIGKILL);
	while (waitpid(child, status, 0) < 0 && errno == EINTR)
		continue;
}

const struct error *
worker_run(void (*fn)(void *ctx, int fd), void *ctx, const struct worker_limits *limits,
	   struct arena *a, struct bytes *out)
{
	struct bytes answer = { NULL, 0 };
	pid_t child = 0;
	int status = 0;
	int fd = -1;
	const struct error *e = start(fn, ctx, limits, a, &fd, &child);

	*out = answer;
	if (e != NULL)
		return e;
	e = receive(fd, limits, a, &answer);
	close(fd);
	*out = answer;
	if (e != NULL)
		(void)kill(child, SIGKILL);
	reap(child, &status);
	return e != NULL ? e : judge_end(status, a);
}
