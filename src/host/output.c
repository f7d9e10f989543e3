/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/output.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct outfile {
	FILE *stream;
	const char *path;   /* NULL: standard output */
	const char *folder; /* of the path */
	char *temporary;    /* in the same folder */
	bool open;          /* neither committed nor abandoned */
};

static const char *
folder_of(struct arena *a, const char *path)
{
	return dirname(arena_printf(a, "%s", path));
}

static const char *
name_of(struct arena *a, const char *path)
{
	return basename(arena_printf(a, "%s", path));
}

static void
abandon(void *outfile)
{
	outfile_abandon(outfile);
}

static const struct error *
check_place(const char *path, struct arena *a)
{
	struct stat st = { 0 };

	if (lstat(path, &st) != 0)
		return NULL;
	if (S_ISDIR(st.st_mode))
		return error_new(a, ERROR_IO, "cannot write '%s': it is a directory", path);
	/* A link to a device (/dev/stderr, /dev/fd/3) is part of the system. */
	if (S_ISLNK(st.st_mode) && (stat(path, &st) != 0 || S_ISREG(st.st_mode)))
		return NULL;
	if (S_ISREG(st.st_mode))
		return NULL;
	return error_new(a, ERROR_IO, "cannot write '%s': it is not a regular file", path);
}

const struct error *
outfile_open(const char *path, struct arena *a, struct outfile **out)
{
	struct outfile *o = ARENA_NEW(a, struct outfile);

	if (strcmp(path, "-") == 0) {
		o->stream = stdout;
		*out = o;
		return NULL;
	}

	const struct error *e = check_place(path, a);

	if (e != NULL)
		return e;
	o->path = path;
	o->folder = folder_of(a, path);
	o->temporary = arena_printf(a, "%s/.%s.XXXXXX", o->folder, name_of(a, path));

	int fd = mkostemp(o->temporary, O_CLOEXEC); /* O_EXCL, mode 0600 */

	if (fd < 0)
		return error_errno(a, errno, "cannot write '%s'", path);
	o->stream = fdopen(fd, "w");
	if (o->stream == NULL) {
		int number = errno;

		close(fd);
		unlink(o->temporary);
		return error_errno(a, number, "cannot write '%s'", path);
	}
	o->open = true;
	arena_defer(a, abandon, o);
	*out = o;
	return NULL;
}

static void
close_stream(void *stream)
{
	fclose(stream);
}

const struct error *
outfile_append(const char *path, struct arena *a, FILE **out)
{
	struct stat st = { 0 };
	int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC,
		      0600);

	if (fd < 0)
		return error_errno(a, errno, "cannot write '%s'", path);
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		close(fd);
		return error_new(a, ERROR_IO, "cannot write '%s': it is not a regular file", path);
	}

	FILE *stream = fdopen(fd, "a");

	if (stream == NULL) {
		const struct error *e = error_errno(a, errno, "cannot write '%s'", path);

		close(fd);
		return e;
	}
	arena_defer(a, close_stream, stream);
	*out = stream;
	return NULL;
}

FILE *
outfile_stream(struct outfile *o)
{
	return o->stream;
}

/* So that the new name survives a crash too. Some file systems cannot; that is no failure. */
static void
sync_folder(const char *folder)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return;
	(void)fsync(fd);
	close(fd);
}

/* Flushes; on an error errno says why. */
static bool
finish_stream(struct outfile *o)
{
	errno = EIO; /* for a failure that an earlier write met and did not keep */
	if (ferror(o->stream) != 0 || fflush(o->stream) != 0)
		return false;
	/* A pipe or a terminal cannot be synced and need not be. */
	return fsync(fileno(o->stream)) == 0 || errno == EINVAL || errno == EROFS;
}

const struct error *
outfile_commit(struct outfile *o, struct arena *a)
{
	const char *name = o->path == NULL ? "standard output" : o->path;

	if (!finish_stream(o)) {
		const struct error *e = error_errno(a, errno, "cannot write '%s'", name);

		outfile_abandon(o);
		return e;
	}
	if (o->path == NULL)
		return NULL;

	const struct error *e = check_place(o->path, a);

	if (e == NULL && rename(o->temporary, o->path) != 0)
		e = error_errno(a, errno, "cannot write '%s'", name);
	if (e != NULL) {
		outfile_abandon(o);
		return e;
	}
	o->open = false;
	fclose(o->stream);
	sync_folder(o->folder);
	return NULL;
}

void
outfile_abandon(struct outfile *o)
{
	if (!o->open)
		return;
	o->open = false;
	fclose(o->stream);
	unlink(o->temporary);
}
