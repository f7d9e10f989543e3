/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dump/source.h"

#include "dump/flat.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

static void
close_source(void *ptr)
{
	close(((struct source *)ptr)->fd);
}

static const struct error *
find_len(struct source *s, struct arena *a)
{
	struct stat st;

	if (fstat(s->fd, &st) != 0)
		return error_errno(a, errno, "cannot look at '%s'", s->path);
	if (S_ISREG(st.st_mode)) {
		s->file_len = (uint64_t)st.st_size;
		return NULL;
	}
	if (S_ISBLK(st.st_mode)) {
		if (ioctl(s->fd, BLKGETSIZE64, &s->file_len) != 0)
			return error_errno(a, errno, "cannot tell the length of '%s'", s->path);
		return NULL;
	}
	if (S_ISDIR(st.st_mode))
		return error_new(a, ERROR_USAGE, "'%s' is a directory", s->path);
	return error_new(
		a, ERROR_USAGE,
		"'%s' is neither a file nor a block device: a dump is read here and there, "
		"so save it to a file first",
		s->path);
}

const struct error *
source_open(const char *path, struct arena *a, struct source **out)
{
	struct source *s = ARENA_NEW(a, struct source);

	s->path = path;
	/* O_NONBLOCK: a FIFO that nobody writes to must not hang us before find_len(). */
	s->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (s->fd < 0)
		return error_errno(a, errno, "cannot open '%s'", path);
	arena_defer(a, close_source, s);

	const struct error *e = find_len(s, a);

	if (e != NULL)
		return e;
	s->len = s->file_len;
	*out = s;
	return NULL;
}

struct source *
source_of_bytes(struct bytes b, struct arena *a)
{
	struct source *s = ARENA_NEW(a, struct source);

	*s = (struct source){
		.path = "bytes", .fd = -1, .mem = b, .file_len = b.len, .len = b.len
	};
	return s;
}

static ssize_t
copy_bytes(struct bytes from, uint64_t off, void *buf, size_t len)
{
	if (off >= from.len)
		return 0;
	if (len > from.len - off)
		len = from.len - (size_t)off;
	memcpy(buf, from.p + off, len);
	return (ssize_t)len;
}

ssize_t
source_pread(const struct source *s, uint64_t off, void *buf, size_t len)
{
	size_t got = 0;

	if (s->fd < 0)
		return copy_bytes(s->mem, off, buf, len);
	if (off > INT64_MAX - len)
		return 0;
	while (got < len) {
		ssize_t n = pread(s->fd, (char *)buf + got, len - got, (off_t)(off + got));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (n == 0)
			break;
		got += (size_t)n;
	}
	return (ssize_t)got;
}

enum source_result
source_read(const struct source *s, uint64_t off, void *buf, size_t len)
{
	if (off > s->len || len > s->len - off)
		return SOURCE_END;
	if (s->flat != NULL)
		return flat_read(s, off, buf, len);

	ssize_t got = source_pread(s, off, buf, len);

	if (got < 0)
		return SOURCE_FAILED;
	return (size_t)got == len ? SOURCE_READ : SOURCE_END;
}

size_t
source_read_some(const struct source *s, uint64_t off, void *buf, size_t len)
{
	if (off >= s->len)
		return 0;
	if (len > s->len - off)
		len = (size_t)(s->len - off);
	if (s->flat != NULL)
		return flat_read_some(s, off, buf, len);

	ssize_t got = source_pread(s, off, buf, len);

	return got < 0 ? 0 : (size_t)got;
}

uint64_t
source_next_data(const struct source *s, uint64_t off)
{
	if (s->flat != NULL || s->fd < 0 || off > INT64_MAX)
		return off;

	off_t at = lseek(s->fd, (off_t)off, SEEK_DATA);

	if (at >= 0)
		return (uint64_t)at;
	return errno == ENXIO ? s->len : off;
}
