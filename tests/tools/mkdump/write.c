/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mkdump.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

void
write_at(int fd, uint64_t off, const void *p, size_t len)
{
	const uint8_t *from = p;
	size_t done = 0;

	while (done < len) {
		ssize_t n = pwrite(fd, from + done, len - done, (off_t)(off + done));

		if (n <= 0)
			die("cannot write: %s", strerror(errno));
		done += (size_t)n;
	}
	if (fd == g.fd && off + len > g.end)
		g.end = off + len;
}

void
field(struct fields *f, uint64_t v, size_t len)
{
	put(f->b + f->off, v, len);
	f->off += len;
}

void
field64(struct fields *f, uint64_t v)
{
	if (f->padded)
		f->off = up(f->off, 8);
	field(f, v, 8);
}

void
field_text(struct fields *f, const char *key, const char *otherwise)
{
	size_t len = strlen(get(key, otherwise));

	memcpy(f->b + f->off, get(key, otherwise), len < 65 ? len : 65);
	f->off += 65;
}

int
create(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	if (fd < 0)
		die("cannot create '%s': %s", path, strerror(errno));
	return fd;
}
