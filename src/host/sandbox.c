/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/sandbox.h"

#include "base/compiler.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef __has_feature
#define __has_feature(x) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer) || \
	__has_feature(memory_sanitizer)
enum { IS_SANITIZED = 1 };
#else
enum { IS_SANITIZED = 0 };
#endif

enum {
	TMPFILE_BIT = 020000000, /* of O_TMPFILE, which also has O_DIRECTORY's */
	OPENS_TO_CHANGE = O_ACCMODE | O_CREAT | O_TRUNC | TMPFILE_BIT,
};

/* What reading files, computing, writing to open files, and a child process that does the same
 * take: by glibc and musl, on any kernel. A call that this build's libseccomp does not know is
 * negative and passed over. */
static const int allowed[] = {
	SCMP_SYS(read),
	SCMP_SYS(readv),
	SCMP_SYS(pread64),
	SCMP_SYS(preadv),
	SCMP_SYS(preadv2),
	SCMP_SYS(write),
	SCMP_SYS(writev),
	SCMP_SYS(pwrite64),
	SCMP_SYS(pwritev),
	SCMP_SYS(lseek),
	SCMP_SYS(_llseek),
	SCMP_SYS(close),
	SCMP_SYS(close_range),
	SCMP_SYS(dup),
	SCMP_SYS(dup2),
	SCMP_SYS(dup3),
	SCMP_SYS(fcntl),
	SCMP_SYS(fcntl64),
	SCMP_SYS(fsync),
	SCMP_SYS(fdatasync),
	SCMP_SYS(ftruncate),
	SCMP_SYS(ftruncate64),
	SCMP_SYS(fallocate),
	SCMP_SYS(pipe),
	SCMP_SYS(pipe2),
	SCMP_SYS(poll),
	SCMP_SYS(ppoll),
	SCMP_SYS(select),
	SCMP_SYS(pselect6),
	SCMP_SYS(memfd_create),
	SCMP_SYS(fadvise64),
	SCMP_SYS(fadvise64_64),
	SCMP_SYS(readahead),
	/* looking at the file system */
	SCMP_SYS(stat),
	SCMP_SYS(fstat),
	SCMP_SYS(lstat),
	SCMP_SYS(stat64),
	SCMP_SYS(fstat64),
	SCMP_SYS(lstat64),
	SCMP_SYS(newfstatat),
	SCMP_SYS(fstatat64),
	SCMP_SYS(statx),
	SCMP_SYS(statfs),
	SCMP_SYS(fstatfs),
	SCMP_SYS(statfs64),
	SCMP_SYS(fstatfs64),
	SCMP_SYS(access),
	SCMP_SYS(faccessat),
	SCMP_SYS(faccessat2),
	SCMP_SYS(readlink),
	SCMP_SYS(readlinkat),
	SCMP_SYS(getdents),
	SCMP_SYS(getdents64),
	SCMP_SYS(getcwd),
	/* memory */
	SCMP_SYS(brk),
	SCMP_SYS(mmap),
	SCMP_SYS(mmap2),
	SCMP_SYS(munmap),
	SCMP_SYS(mremap),
	SCMP_SYS(mprotect),
	SCMP_SYS(madvise),
	SCMP_SYS(membarrier),
	SCMP_SYS(msync),
	/* time, and who we are */
	SCMP_SYS(clock_gettime),
	SCMP_SYS(clock_gettime64),
	SCMP_SYS(clock_getres),
	SCMP_SYS(clock_nanosleep),
	SCMP_SYS(clock_nanosleep_time64),
	SCMP_SYS(nanosleep),
	SCMP_SYS(gettimeofday),
	SCMP_SYS(time),
	SCMP_SYS(getpid),
	SCMP_SYS(getppid),
	SCMP_SYS(gettid),
	SCMP_SYS(getpgrp),
	SCMP_SYS(getuid),
	SCMP_SYS(geteuid),
	SCMP_SYS(getgid),
	SCMP_SYS(getegid),
	SCMP_SYS(getuid32),
	SCMP_SYS(geteuid32),
	SCMP_SYS(getgid32),
	SCMP_SYS(getegid32),
	SCMP_SYS(uname),
	SCMP_SYS(sysinfo),
	SCMP_SYS(getrusage),
	SCMP_SYS(times),
	SCMP_SYS(getrlimit),
	SCMP_SYS(ugetrlimit),
	SCMP_SYS(setrlimit),
	SCMP_SYS(prlimit64),
	SCMP_SYS(getrandom),
	SCMP_SYS(sched_getaffinity),
	SCMP_SYS(sched_yield),
	SCMP_SYS(getcpu),
	/* signals, and children */
	SCMP_SYS(rt_sigaction),
	SCMP_SYS(rt_sigprocmask),
	SCMP_SYS(rt_sigreturn),
	SCMP_SYS(rt_sigtimedwait),
	SCMP_SYS(rt_sigtimedwait_time64),
	SCMP_SYS(sigaltstack),
	SCMP_SYS(sigreturn),
	SCMP_SYS(kill),
	SCMP_SYS(tgkill),
	SCMP_SYS(tkill),
	SCMP_SYS(restart_syscall),
	SCMP_SYS(clone),
	SCMP_SYS(fork),
	SCMP_SYS(vfork),
	SCMP_SYS(wait4),
	SCMP_SYS(waitid),
	SCMP_SYS(waitpid),
	SCMP_SYS(exit),
	SCMP_SYS(exit_group),
	SCMP_SYS(set_robust_list),
	SCMP_SYS(set_tid_address),
	SCMP_SYS(rseq),
	SCMP_SYS(futex),
	SCMP_SYS(futex_time64),
	SCMP_SYS(prctl),
	SCMP_SYS(arch_prctl),
	SCMP_SYS(set_tls),
};

/* Questions about a terminal, by number; TIOCSTI, which types into it, is none. */
static const unsigned int allowed_ioctls[] = { 0x5401 /* TCGETS */, 0x5413 /* TIOCGWINSZ */ };

/* Allows a call of which argument number arg, masked, has this value. */
static bool
allow_if(scmp_filter_ctx c, int call, unsigned int arg, uint64_t mask, uint64_t value)
{
	struct scmp_arg_cmp cmp = {
		.arg = arg, .op = SCMP_CMP_MASKED_EQ, .datum_a = mask, .datum_b = value
	};

	return seccomp_rule_add_array(c, SCMP_ACT_ALLOW, call, 1, &cmp) == 0;
}

static bool
fill_filter(scmp_filter_ctx c)
{
	/* Opening for reading: the flags have none of those that make, change or write. */
	bool ok = allow_if(c, SCMP_SYS(openat), 2, OPENS_TO_CHANGE, O_RDONLY) &&
		  allow_if(c, SCMP_SYS(open), 1, OPENS_TO_CHANGE, O_RDONLY);

	for (size_t i = 0; i < ARRAY_LEN(allowed); i++)
		ok = ok &&
		     (allowed[i] < 0 || seccomp_rule_add(c, SCMP_ACT_ALLOW, allowed[i], 0) == 0);
	for (size_t i = 0; i < ARRAY_LEN(allowed_ioctls); i++)
		ok = ok && allow_if(c, SCMP_SYS(ioctl), 1, UINT32_MAX, allowed_ioctls[i]);
	/* The C library falls back to clone(), whose flags it could be told by. */
	return ok && seccomp_rule_add(c, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0) == 0;
}

static bool
filter_calls(void)
{
	scmp_filter_ctx c = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	bool done = c != NULL && fill_filter(c) && seccomp_load(c) == 0;

	seccomp_release(c);
	return done;
}

/* struct landlock_ruleset_attr of a kernel newer than the header that this is built with. */
struct ruleset {
	uint64_t fs;
	uint64_t net;    /* since ABI 4 */
	uint64_t scoped; /* since ABI 6 */
};

enum {
	LANDLOCK_READS = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR,
};

/* What each version of Landlock can forbid: everything but to read. Newest first. */
static const struct {
	int abi;
	size_t len;
	struct ruleset forbids;
} rulesets[] = {
	{ 6, 24, { 0xffff & ~LANDLOCK_READS, 3, 3 } }, /* abstract sockets and signals */
	{ 5, 16, { 0xffff & ~LANDLOCK_READS, 3, 0 } }, /* ioctl() on devices */
	{ 4, 16, { 0x7fff & ~LANDLOCK_READS, 3, 0 } }, /* TCP */
	{ 3, 8, { 0x7fff & ~LANDLOCK_READS, 0, 0 } },  /* truncation */
	{ 2, 8, { 0x3fff & ~LANDLOCK_READS, 0, 0 } },  /* moving between folders */
	{ 1, 8, { 0x1fff & ~LANDLOCK_READS, 0, 0 } },
};

static bool
enter_ruleset(const struct ruleset *r, size_t len)
{
	long fd = syscall(SYS_landlock_create_ruleset, r, len, 0);

	if (fd < 0)
		return false;

	bool done = syscall(SYS_landlock_restrict_self, fd, 0) == 0;

	close((int)fd);
	return done;
}

/* A kernel may claim a version of which it lacks a part, so the next one is tried then. */
static bool
forbid_changes(bool network)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);

	if (network)
		return enter_ruleset(&(struct ruleset){ .fs = LANDLOCK_ACCESS_FS_EXECUTE }, 8);
	for (size_t i = 0; i < ARRAY_LEN(rulesets); i++) {
		if (rulesets[i].abi <= abi && enter_ruleset(&rulesets[i].forbids, rulesets[i].len))
			return true;
	}
	return false;
}

bool
sandbox_is_sanitized(void)
{
	return IS_SANITIZED;
}

bool
sandbox_enter(bool network)
{
	if (sandbox_is_sanitized())
		return true;
	/* Both ask for it, or for root; and a set-user-ID program must not be our way out. */
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return false;

	bool by_path = forbid_changes(network);
	bool by_call = network || filter_calls();

	return by_path || by_call;
}
