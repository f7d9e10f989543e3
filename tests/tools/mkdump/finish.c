/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mkdump.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void
fill(const struct edit *e)
{
	uint8_t b = (uint8_t)e->value;

	for (uint64_t i = 0; i < e->len; i++)
		write_at(g.fd, e->off + i, &b, 1);
}

void
apply_edits(void)
{
	for (size_t i = 0; i < g.edits; i++) {
		const struct edit *e = &g.edit[i];
		uint8_t b[8];

		if (e->kind == 'f')
			fill(e);
		if (e->kind == 'p') {
			put(b, e->value, e->len);
			write_at(g.fd, e->off, b, e->len);
		}
		if (e->kind == 't') {
			g.end = (int64_t)e->off < 0 ? g.end + e->off : e->off;
			if (ftruncate(g.fd, (off_t)g.end) != 0)
				die("cannot truncate: %s", strerror(errno));
		}
	}
}

static void
put_be64(uint8_t *p, uint64_t v)
{
	for (int i = 0; i < 8; i++)
		p[i] = (uint8_t)(v >> (56 - 8 * i));
}

static void
write_record(int to, uint64_t *at, uint64_t off, const uint8_t *b, size_t len)
{
	uint8_t head[16];

	put_be64(head, off);
	put_be64(head + 8, len);
	write_at(to, *at, head, 16);
	write_at(to, *at + 16, b, len);
	*at += 16 + len;
}

/* The part of [off, off + len) before the next gap; *skip is how much of it is in one. */
static uint64_t
before_gap(uint64_t off, uint64_t len, uint64_t *skip)
{
	*skip = 0;
	for (size_t i = 0; i < g.edits; i++) {
		const struct edit *e = &g.edit[i];

		if (e->kind != 'g' || off + len <= e->off || off >= e->off + e->len)
			continue;
		if (off < e->off)
			len = e->off - off;
		else
			*skip = e->off + e->len - off < len ? e->off + e->len - off : len;
	}
	return len;
}

static void
flatten_range(int to, uint64_t *at, uint64_t off, uint64_t len, uint8_t *b)
{
	while (len != 0) {
		uint64_t skip = 0, part = before_gap(off, len, &skip);

		if (skip == 0) {
			if (is("flat_stale", "yes", "no")) {
				memset(b, 0xee, part);
				write_record(to, at, off, b, part);
			}
			if (pread(g.fd, b, part, (off_t)off) != (ssize_t)part)
				die("cannot read back");
			write_record(to, at, off, b, part);
		}
		off += skip != 0 ? skip : part;
		len -= skip != 0 ? skip : part;
	}
}

void
flatten(int to, uint64_t step)
{
	uint8_t head[4096] = "makedumpfile", *b = take(step);
	uint8_t end[16];
	uint64_t at = sizeof(head), count = (g.end + step - 1) / step;

	put_be64(head + 16, 1);
	put_be64(head + 24, 1);
	write_at(to, 0, head, sizeof(head));
	for (uint64_t i = 0; i < count; i++) {
		uint64_t off = (is("flat_order", "down", "up") ? count - 1 - i : i) * step;

		flatten_range(to, &at, off, g.end - off < step ? g.end - off : step, b);
	}
	memset(end, 0xff, sizeof(end));
	if (!is("flat_end", "no", "yes"))
		write_at(to, at, end, sizeof(end));
	free(b);
}
