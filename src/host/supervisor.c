/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/supervisor.h"

#include "base/budget.h"
#include "host/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	NS_PER_SECOND = 1000000000,
	PATIENCE_NS = NS_PER_SECOND, /* for a killed worker to be gone */
	HEADROOM_BYTES = 16 << 20,   /* a worker is not stillborn, however low its limit */
};

/* Shared by the caller and the worker. The flag tells work that returned from a library or an
 * allocator that called exit(). */
struct shared {
	struct supervisor_note note;
	uint32_t finished;
};

static const int endings[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };

/* What the caller waits for: its child's end, or its own. */
static void
awaited_signals(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGCHLD);
	for (size_t i = 0; i < ARRAY_LEN(endings); i++) {
		struct sigaction now;

		/* nohup and background jobs ignore some, and that stays so. */
		if (sigaction(endings[i], NULL, &now) == 0 && now.sa_handler == SIG_DFL)
			sigaddset(set, endings[i]);
	}
}

/* Raising it needs no privilege. Where /proc is not there, nothing is lost. */
static void
offer_to_oom_killer(int adjustment)
{
	char text[16] = "";
	int len = snprintf(text, sizeof(text), "%d", adjustment);
	int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	if (write(fd, text, (size_t)len) != len)
		errno = 0; /* a kernel without it */
	close(fd);
}

/* Private writable memory in use, as RLIMIT_DATA counts it. */
static uint64_t
data_in_use(void)
{
	char text[128] = "";
	unsigned long long pages[6] = { 0 };
	int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return 0;
	if (read(fd, text, sizeof(text) - 1) > 0) {
		char *at = text;

		for (size_t i = 0; i < ARRAY_LEN(pages); i++)
			pages[i] = strtoull(at, &at, 10);
	}
	close(fd);
	return pages[5] * (uint64_t)sysconf(_SC_PAGESIZE);
}

/* RLIMIT_DATA and not RLIMIT_AS: mappings of debug files, which cost nothing that is not given
 * back, are no part of it. A sanitizer's shadow memory is. */
static void
limit_memory(uint64_t bytes)
{
	if (bytes == 0 || sandbox_is_sanitized())
		return;

	uint64_t least = data_in_use() + HEADROOM_BYTES;
	struct rlimit limit = { .rlim_cur = bytes > least ? bytes : least };

	limit.rlim_max = limit.rlim_cur;
	(void)setrlimit(RLIMIT_DATA, &limit);
}

/* The core file of a worker would be another dump on the disk that was to be looked after. */
static void
forbid_core(void)
{
	struct rlimit none = { 0, 0 };

	(void)setrlimit(RLIMIT_CORE, &none);
}

static _Noreturn void
be_worker(const struct supervisor_limits *limits, supervisor_work *work, void *self,
	  struct shared *shared, pid_t parent, const sigset_t *mask)
{
	/* If the parent was killed before this line, its death is not signalled any more. */
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(EXIT_FAILURE);
	(void)sigprocmask(SIG_SETMASK, mask, NULL);
	if (limits->oom_score_adj != 0)
		offer_to_oom_killer(limits->oom_score_adj);
	limit_memory(limits->memory_bytes);
	forbid_core();
	if (limits->sandbox && !sandbox_enter(limits->network))
		fputs("kdtriage: this kernel has neither seccomp nor Landlock: the analysis is "
		      "not confined\n",
		      stderr);

	int status = work(self, &shared->note);

	if (fflush(NULL) == 0)
		shared->finished = 1;
	exit(status);
}

/* One of the awaited signals, or 0 when the time is over. */
static int
wait_signal(const sigset_t *set, uint64_t deadline_ns)
{
	for (;;) {
		uint64_t now = budget_now_ns();
		uint64_t left = deadline_ns > now ? deadline_ns - now : 0;
		struct timespec t = { .tv_sec = (time_t)(left / NS_PER_SECOND),
				      .tv_nsec = (long)(left % NS_PER_SECOND) };
		int got = deadline_ns == 0 ? sigwaitinfo(set, NULL) : sigtimedwait(set, NULL, &t);

		if (got > 0)
			return got;
		if (errno != EINTR)
			return 0;
	}
}

struct wait {
	pid_t pid;
	const sigset_t *set;
	int wait_status; /* of the child, if it ended */
	int ending;      /* the caller's own end was asked for */
};

/* Waits for the child's end; false if the deadline came first, or the caller's own end. */
static bool
wait_child(struct wait *w, uint64_t deadline_ns)
{
	for (;;) {
		if (waitpid(w->pid, &w->wait_status, WNOHANG) == w->pid)
			return true;

		int got = wait_signal(w->set, deadline_ns);

		if (got == 0)
			return waitpid(w->pid, &w->wait_status, WNOHANG) == w->pid;
		if (got != SIGCHLD) {
			w->ending = got;
			return false;
		}
	}
}

static void
describe_death(const struct shared *shared, int wait_status, struct arena *a,
	       struct supervisor_end *end)
{
	if (WIFEXITED(wait_status) && shared->finished == 1) {
		end->how = SUPERVISOR_FINISHED;
		end->status = WEXITSTATUS(wait_status);
		return;
	}
	end->how = SUPERVISOR_DIED;
	if (!WIFSIGNALED(wait_status))
		end->why = arena_printf(a, "gave up (exit status %d), as it does without memory",
					WEXITSTATUS(wait_status));
	else if (WTERMSIG(wait_status) == SIGKILL)
		end->why = "was killed from outside, as a kernel short of memory does";
	else
		end->why = arena_printf(a, "died of signal %d (%s)", WTERMSIG(wait_status),
					strsignal(WTERMSIG(wait_status)));
}

static void
supervise(struct wait *w, uint64_t time_ns, struct shared *shared, struct arena *a,
	  struct supervisor_end *end)
{
	uint64_t deadline_ns = time_ns == 0 ? 0 : budget_now_ns() + time_ns;

	if (wait_child(w, deadline_ns)) {
		describe_death(shared, w->wait_status, a, end);
		return;
	}

	struct wait killed = { .pid = w->pid, .set = w->set };

	kill(w->pid, SIGKILL);
	(void)wait_child(&killed, budget_now_ns() + PATIENCE_NS);
	if (w->ending != 0) {
		end->how = SUPERVISOR_STOPPED;
		end->status = w->ending;
		end->why = "was stopped";
		return;
	}
	end->how = SUPERVISOR_OUT_OF_TIME;
	end->why = "was still at it when its time was over";
}

static void
unmap(void *shared)
{
	munmap(shared, sizeof(struct shared));
}

const struct error *
supervisor_run(const struct supervisor_limits *limits, supervisor_work *work, void *self,
	       struct arena *a, struct supervisor_end *out)
{
	struct shared *shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
				     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	sigset_t set;
	sigset_t before;

	if (shared == MAP_FAILED)
		return error_errno(a, errno, "cannot share memory with a worker");
	arena_defer(a, unmap, shared);
	(void)signal(SIGCHLD, SIG_DFL); /* who ignores it gets no status of a child */
	awaited_signals(&set);
	(void)sigprocmask(SIG_BLOCK, &set, &before);
	fflush(NULL); /* or both processes write what is buffered */

	struct supervisor_end end = { 0 };
	struct wait w = { .set = &set };
	pid_t parent = getpid();

	w.pid = fork();
	if (w.pid == 0)
		be_worker(limits, work, self, shared, parent, &before);
	if (w.pid > 0)
		supervise(&w, limits->time_ns, shared, a, &end);

	int number = errno;

	(void)sigprocmask(SIG_SETMASK, &before, NULL);
	if (w.pid < 0)
		return error_errno(a, number, "cannot start a worker");
	end.step = shared->note.step;
	*out = end;
	return NULL;
}

void
supervisor_die_of(int signal_number)
{
	(void)signal(signal_number, SIG_DFL);
	(void)raise(signal_number);
}
