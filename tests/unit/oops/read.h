/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * read.h - text, or a file of logs/, as a report of the log parser.
 */
#ifndef TESTS_OOPS_READ_H
#define TESTS_OOPS_READ_H

#include "oops/oops.h"
#include "oops/transport.h"
#include "unit.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

__attribute__((unused)) static void
read_sink(void *ctx, const struct message *m)
{
	oops_feed(ctx, m);
}

__attribute__((unused)) static const struct oops_report *
read_text(struct arena *a, struct str text)
{
	struct transport *t = ARENA_NEW(a, struct transport);
	struct oops_reader *r = oops_reader_new(a);
	struct str line;

	transport_begin(t, read_sink, r);
	while (str_take_line(&text, &line))
		transport_line(t, line);
	return oops_finish(r);
}

__attribute__((unused)) static const char *
log_path(struct arena *a, const char *name)
{
	return arena_printf(a, "tests/unit/oops/logs/%s.log", name);
}

__attribute__((unused)) static const struct oops_report *
read_log(struct arena *a, const char *name)
{
	const char *path = log_path(a, name);
	struct oops_reader *r = oops_reader_new(a);
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	assert_null(oops_read_text(r, fd, path, a));
	close(fd);
	return oops_finish(r);
}

__attribute__((unused)) static struct str
log_text(struct arena *a, const char *name)
{
	enum { ROOM = 64 << 10 };
	char *text = ARENA_ARRAY(a, char, ROOM);
	int fd = open(log_path(a, name), O_RDONLY | O_CLOEXEC);

	assert_true(fd >= 0);

	ssize_t n = read(fd, text, ROOM);

	assert_true(n > 0 && n < ROOM);
	close(fd);
	return (struct str){ text, (size_t)n };
}

__attribute__((unused)) static const struct event *
chosen(const struct oops_report *o)
{
	assert_true(o->chosen < o->event_count);
	return &o->event[o->chosen];
}

#endif
