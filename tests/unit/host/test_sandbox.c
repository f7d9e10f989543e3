/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A worker in the sandbox tries what an attacker in its place would.
 */
#include "host/sandbox.h"

#include "host/supervisor.h"
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

struct playground {
	char folder[64];
	char victim[80]; /* a file with one line */
	char fresh[80];  /* none yet */
	int open_fd;     /* of the victim, for writing, from before */
};

/* Each returns true if it was done. */
typedef bool attempt(const struct playground *p);

static bool
opens(const char *path, int flags)
{
	int fd = open(path, flags, 0600);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static bool
write_only(const struct playground *p)
{
	return opens(p->victim, O_WRONLY);
}

static bool
read_and_write(const struct playground *p)
{
	return opens(p->victim, O_RDWR | O_APPEND);
}

static bool
truncate_by_open(const struct playground *p)
{
	return opens(p->victim, O_RDONLY | O_TRUNC);
}

static bool
truncate_by_name(const struct playground *p)
{
	return truncate(p->victim, 0) == 0;
}

static bool
make_file(const struct playground *p)
{
	return opens(p->fresh, O_RDONLY | O_CREAT);
}

static bool
make_nameless_file(const struct playground *p)
{
	return opens(p->folder, O_TMPFILE | O_WRONLY);
}

static bool
make_folder(const struct playground *p)
{
	return mkdir(p->fresh, 0700) == 0;
}

static bool
make_link(const struct playground *p)
{
	return symlink("/etc/passwd", p->fresh) == 0 || link(p->victim, p->fresh) == 0;
}

static bool
make_pipe(const struct playground *p)
{
	return mkfifo(p->fresh, 0600) == 0;
}

static bool
remove_file(const struct playground *p)
{
	return unlink(p->victim) == 0;
}

static bool
rename_file(const struct playground *p)
{
	return rename(p->victim, p->fresh) == 0;
}

static bool
change_mode(const struct playground *p)
{
	return chmod(p->victim, 0666) == 0 || fchmod(p->open_fd, 0666) == 0;
}

static bool
open_by_newer_call(const struct playground *p)
{
	uint64_t how[3] = { O_WRONLY, 0, 0 };

	return syscall(SYS_openat2, AT_FDCWD, p->victim, how, sizeof(how)) >= 0;
}

static bool
execute(const struct playground *p)
{
	char *const argv[] = { NULL };

	(void)p;
	execve("/bin/true", argv, argv);
	return false; /* having come back; /bin/true ends with 0, which no attempt does */
}

static bool
open_unix_socket(const struct playground *p)
{
	(void)p;
	return socket(AF_UNIX, SOCK_STREAM, 0) >= 0;
}

static bool
open_internet_socket(const struct playground *p)
{
	(void)p;
	return socket(AF_INET, SOCK_STREAM, 0) >= 0 || socket(AF_INET6, SOCK_DGRAM, 0) >= 0;
}

static bool
trace_parent(const struct playground *p)
{
	(void)p;
	return ptrace(PTRACE_SEIZE, getppid(), NULL, NULL) == 0;
}

static bool
mount_something(const struct playground *p)
{
	return mount("none", p->folder, "tmpfs", 0, NULL) == 0;
}

static bool
become_another(const struct playground *p)
{
	(void)p;
	return setuid(1) == 0 || chroot("/") == 0 || unshare(CLONE_NEWUSER) == 0;
}

static bool
type_into_terminal(const struct playground *p)
{
	return syscall(SYS_ioctl, p->open_fd, 0x5412 /* TIOCSTI */, "x") == 0 || errno != EPERM;
}

static const struct {
	const char *name;
	attempt *try;
} forbidden[] = {
	{ "open to write", write_only },
	{ "open to read and write", read_and_write },
	{ "truncate by open()", truncate_by_open },
	{ "truncate by name", truncate_by_name },
	{ "make a file", make_file },
	{ "make a file without a name", make_nameless_file },
	{ "make a folder", make_folder },
	{ "make a link", make_link },
	{ "make a pipe", make_pipe },
	{ "remove a file", remove_file },
	{ "rename a file", rename_file },
	{ "change a mode", change_mode },
	{ "open to write by openat2()", open_by_newer_call },
	{ "execute", execute },
	{ "open a UNIX socket", open_unix_socket },
	{ "open an internet socket", open_internet_socket },
	{ "trace the parent", trace_parent },
	{ "mount", mount_something },
	{ "become another user", become_another },
	{ "type into a terminal", type_into_terminal },
};

struct order {
	const struct playground *p;
	attempt *try;
};

static int
try_it(void *self, struct supervisor_note *note)
{
	const struct order *o = self;

	(void)note;
	return o->try(o->p) ? 2 : 1;
}

static struct supervisor_end
run(struct arena *a, const struct playground *p, attempt *try, bool sandbox)
{
	struct supervisor_limits limits = { .time_ns = 5000000000u, .sandbox = sandbox };
	struct order o = { p, try };
	struct supervisor_end end = { 0 };

	assert_null(supervisor_run(&limits, try_it, &o, a, &end));
	return end;
}

static struct playground
lay_out(void)
{
	struct playground p = { .folder = "/tmp/sandboxXXXXXX" };

	assert_non_null(mkdtemp(p.folder));
	snprintf(p.victim, sizeof(p.victim), "%s/victim", p.folder);
	snprintf(p.fresh, sizeof(p.fresh), "%s/fresh", p.folder);
	p.open_fd = open(p.victim, O_RDWR | O_CREAT, 0600);
	assert_int_equal(write(p.open_fd, "line\n", 5), 5);
	return p;
}

static void
clear_up(const struct playground *p)
{
	close(p->open_fd);
	(void)unlink(p->victim);
	(void)unlink(p->fresh);
	(void)rmdir(p->fresh);
	(void)rmdir(p->folder);
}

static void
forbids_what_does_harm(void **state)
{
	struct playground p = lay_out();
	struct stat st;

	if (sandbox_is_sanitized())
		skip();
	for (size_t i = 0; i < ARRAY_LEN(forbidden); i++) {
		struct supervisor_end end = run(*state, &p, forbidden[i].try, true);

		if (end.how != SUPERVISOR_FINISHED || end.status != 1)
			fail_msg("it could %s: %d %d %s", forbidden[i].name, end.how, end.status,
				 end.why == NULL ? "" : end.why);
	}
	assert_int_equal(stat(p.victim, &st), 0);
	assert_int_equal(st.st_size, 5);
	assert_int_equal(access(p.fresh, F_OK), -1);
	clear_up(&p);
}

/* The same attempts work without it, or the test above would prove nothing. */
static void
knows_that_the_attempts_are_real(void **state)
{
	static attempt *const harmless[] = { write_only,       read_and_write, make_nameless_file,
					     open_unix_socket, change_mode,    open_by_newer_call };
	struct playground p = lay_out();

	for (size_t i = 0; i < ARRAY_LEN(harmless); i++)
		assert_int_equal(run(*state, &p, harmless[i], false).status, 2);
	assert_int_equal(run(*state, &p, execute, false).how, SUPERVISOR_DIED);
	clear_up(&p);
}

static bool
do_the_work(const struct playground *p)
{
	char line[8] = "";
	int fd = open(p->victim, O_RDONLY | O_CLOEXEC);
	void *memory =
		mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	pid_t child = fork();
	int status = 0;

	if (child == 0)
		_exit(5);
	return fd >= 0 && read(fd, line, 5) == 5 && strcmp(line, "line\n") == 0 &&
	       memory != MAP_FAILED && waitpid(child, &status, 0) == child &&
	       WEXITSTATUS(status) == 5 && write(p->open_fd, "more\n", 5) == 5 &&
	       ftruncate(p->open_fd, 3) == 0 && isatty(p->open_fd) == 0 && errno == ENOTTY;
}

static void
allows_what_an_analysis_takes(void **state)
{
	struct playground p = lay_out();

	assert_int_equal(run(*state, &p, do_the_work, true).status, 2);
	clear_up(&p);
}

static bool
kill_outside(const struct playground *p)
{
	(void)p;
	return kill(getppid(), 0) == 0;
}

/* By Landlock, where it can (ABI 6): by number seccomp cannot tell whose process it is. */
static void
cannot_signal_others_where_landlock_can_forbid_it(void **state)
{
	struct playground p = lay_out();
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, 1);

	if (sandbox_is_sanitized() || abi < 6) {
		clear_up(&p);
		skip();
	}
	assert_int_equal(run(*state, &p, kill_outside, true).status, 1);
	assert_int_equal(run(*state, &p, kill_outside, false).status, 2);
	clear_up(&p);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		UNIT_TEST(forbids_what_does_harm),
		UNIT_TEST(knows_that_the_attempts_are_real),
		UNIT_TEST(allows_what_an_analysis_takes),
		UNIT_TEST(cannot_signal_others_where_landlock_can_forbid_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
