/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/scan.h"

#include "base/limits.h"
#include "host/output.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* makedumpfile's callers write under another name until they are done. */
static const char *const unfinished[] = { "*incomplete*", "*.new", "*.tmp", "*.part", ".*" };

static const char *const dump_names[] = {
	"vmcore",       /* kdump-utils, SUSE's kdump */
	"vmcore.*",     /* vmcore.flat, vmcore.DATE of kdump-tools, vmcore.compressed of SteamOS */
	"vmcore[0-9]*", /* split sets of SUSE */
	"dump.[0-9]*",  /* kdump-tools */
	"*.vmcore",     "*.kdump", "*.dump", "*.elf", /* virsh dump and people */
};

static const char *const log_names[] = {
	"vmcore-dmesg.txt", /* kdump-utils */
	"dmesg",            /* SUSE's kdump */
	"dmesg.txt",        /* SteamOS, systemd-pstore */
	"dmesg.[0-9]*",     /* kdump-tools */
	"dmesg-*",          /* pstore */
};

#define IS_ONE_OF(name, patterns) is_one_of(name, patterns, ARRAY_LEN(patterns))

static bool
is_one_of(const char *name, const char *const *patterns, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (fnmatch(patterns[i], name, 0) == 0)
			return true;
	}
	return false;
}

bool
scan_is_dump_name(const char *name)
{
	return IS_ONE_OF(name, dump_names);
}

struct walk {
	struct arena *a;
	struct scan_list *list;
	size_t file_cap;
	size_t refused_cap;
	size_t seen; /* directory entries, of any kind */
};

static void
refuse(struct walk *w, const char *path, const char *why)
{
	struct scan_list *l = w->list;

	if (l->refused_count == LIMIT_SCAN_REFUSED)
		return;
	l->refused = arena_grow(w->a, l->refused, l->refused_count, &w->refused_cap,
				sizeof(*l->refused));
	l->refused[l->refused_count++] = arena_printf(w->a, "'%s' %s", path, why);
}

/* Why nothing in it can be believed, or NULL. */
static const char *
distrust(const struct stat *st)
{
	bool by_group = (st->st_mode & S_IWGRP) != 0 && st->st_gid != 0 && st->st_gid != getegid();
	bool by_others = (st->st_mode & S_IWOTH) != 0;

	if (st->st_uid != 0 && st->st_uid != geteuid())
		return "belongs to another user";
	if ((by_group || by_others) && !(S_ISDIR(st->st_mode) && (st->st_mode & S_ISVTX) != 0))
		return "may be written to by other users";
	return NULL;
}

static void
add_file(struct walk *w, const char *folder, const char *name, const char *path,
	 const struct stat *st)
{
	struct scan_list *l = w->list;
	const char *why = distrust(st);

	if (why != NULL) {
		refuse(w, path, why);
		return;
	}
	l->file = arena_grow(w->a, l->file, l->count, &w->file_cap, sizeof(*l->file));
	l->file[l->count++] = (struct scan_file){
		.path = path,
		.folder = folder,
		.name = strrchr(path, '/') + 1,
		.len = (uint64_t)st->st_size,
		.mtime_ns = (int64_t)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec,
		.is_log = IS_ONE_OF(name, log_names),
	};
}

/* A folder that waits to be listed. */
struct level {
	DIR *dir;
	const char *path;
};

static bool
open_folder(struct walk *w, int fd, const char *path, struct level *out)
{
	out->path = path;
	out->dir = fd < 0 ? NULL : fdopendir(fd);
	if (out->dir != NULL)
		return true;
	refuse(w, path, strerror(errno));
	if (fd >= 0)
		close(fd);
	return false;
}

/* Goes into a folder if nobody else can have laid it out. */
static bool
enter(struct walk *w, const struct level *from, const char *name, const char *path,
      struct level *out)
{
	struct stat st;
	int fd = openat(dirfd(from->dir), name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	const char *why = fd >= 0 && fstat(fd, &st) == 0 ? distrust(&st) : NULL;

	if (why != NULL) {
		refuse(w, path, why);
		close(fd);
		return false;
	}
	return open_folder(w, fd, path, out);
}

/* One entry: a file is listed; true if it is a folder that was entered. */
static bool
take_entry(struct walk *w, const struct level *at, const char *name, struct level *below)
{
	struct stat st;

	if (IS_ONE_OF(name, unfinished) || strstr(name, ".kdtriage.") != NULL ||
	    fstatat(dirfd(at->dir), name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return false;

	const char *path = arena_printf(w->a, "%s/%s", at->path, name);

	if (S_ISREG(st.st_mode) && st.st_size != 0)
		add_file(w, at->path, name, path, &st);
	return S_ISDIR(st.st_mode) && below != NULL && enter(w, at, name, path, below);
}

/* Depth first, as deep as collectors nest; no recursion. */
static void
walk_from(struct walk *w, struct level top)
{
	struct level level[LIMIT_SCAN_DEPTH] = { top };
	size_t depth = 1;

	while (depth != 0) {
		struct level *below = depth < LIMIT_SCAN_DEPTH ? &level[depth] : NULL;
		const struct dirent *d =
			readdir(level[depth - 1].dir); // NOLINT(concurrency-mt-unsafe)

		if (d == NULL || w->seen++ == LIMIT_SCAN_ENTRIES) {
			depth--;
			closedir(level[depth].dir);
		} else if (take_entry(w, &level[depth - 1], d->d_name, below)) {
			depth++;
		}
	}
}

/* Newest first; of the same moment by name, so that the order is always the same. */
static int
compare_files(const void *left, const void *right)
{
	const struct scan_file *l = left;
	const struct scan_file *r = right;

	if (l->mtime_ns != r->mtime_ns)
		return l->mtime_ns < r->mtime_ns ? 1 : -1;
	return strcmp(l->path, r->path);
}

static void
close_fd(void *fd)
{
	close((int)(intptr_t)fd);
}

/* A second descriptor, since reading the folder closes the first. */
static bool
lock_folder(int fd, struct arena *a)
{
	int lock = fcntl(fd, F_DUPFD_CLOEXEC, 0);

	if (lock < 0)
		return true;
	arena_defer(a, close_fd, (void *)(intptr_t)lock); // NOLINT(performance-no-int-to-ptr)
	return flock(lock, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK;
}

/* Without slashes at its end. */
static const char *
trimmed(const char *path, struct arena *a)
{
	size_t len = strlen(path);

	while (len > 1 && path[len - 1] == '/')
		len--;
	return arena_printf(a, "%.*s", (int)len, path);
}

const struct error *
scan_folder(const char *path, struct arena *a, struct scan_list *out)
{
	struct walk w = { .a = a, .list = out };
	struct level top = { NULL, NULL };
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	*out = (struct scan_list){ 0 };
	if (fd < 0)
		return error_errno(a, errno, "cannot scan '%s'", path);
	if (!lock_folder(fd, a)) {
		out->is_busy = true;
		close(fd);
		return NULL;
	}
	if (open_folder(&w, fd, trimmed(path, a), &top))
		walk_from(&w, top);
	if (out->count != 0)
		qsort(out->file, out->count, sizeof(*out->file), compare_files);
	if (w.seen > LIMIT_SCAN_ENTRIES)
		return error_new(a, ERROR_LIMIT, "'%s' has more than %d files", path,
				 LIMIT_SCAN_ENTRIES);
	return NULL;
}

static const char *
state_path(const struct scan_file *f, const char *format, struct arena *a)
{
	return arena_printf(a, "%s/.%s.kdtriage.%s.state", f->folder, f->name, format);
}

static const char form[] = "kdtriage-state 1 %" SCNu64 " %" SCNd64 " %u %u";

struct scan_state
scan_state_read(const struct scan_file *f, const char *format, struct arena *a)
{
	struct scan_state state = { 0, false };
	char text[128] = "";
	uint64_t len = 0;
	int64_t mtime_ns = 0;
	unsigned int attempts = 0;
	unsigned int done = 0;
	struct stat st;
	int fd = open(state_path(f, format, a), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return state;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && distrust(&st) == NULL &&
	    read(fd, text, sizeof(text) - 1) > 0 &&
	    sscanf(text, form, &len, &mtime_ns, &attempts, &done) == 4 && // NOLINT(cert-err34-c)
	    len == f->len && mtime_ns == f->mtime_ns)
		state = (struct scan_state){ attempts, done != 0 };
	close(fd);
	return state;
}

const struct error *
scan_state_write(const struct scan_file *f, const char *format, struct scan_state state,
		 struct arena *a)
{
	struct outfile *file = NULL;
	const struct error *e = outfile_open(state_path(f, format, a), a, &file);

	if (e != NULL)
		return e;
	fprintf(outfile_stream(file), "kdtriage-state 1 %" PRIu64 " %" PRId64 " %u %u\n", f->len,
		f->mtime_ns, state.attempts, state.is_done ? 1 : 0);
	return outfile_commit(file, a);
}
