/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads a text log, a buffer at a time. */
#include "base/limits.h"
#include "oops/oops.h"
#include "oops/pstore.h"
#include "oops/transport.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

enum {
	BUFFER_LEN = 256 << 10,
	PSTORE_LEN = 4 << 20, /* of all parts; firmware keeps some 64 KiB */
};

struct text {
	struct transport transport;
	char buffer[BUFFER_LEN];
	size_t len;        /* bytes in it */
	bool in_long_line; /* the rest of a line too long to keep is being passed over */
};

static void
sink(void *ctx, const struct message *m)
{
	oops_feed(ctx, m);
}

static void
take_line(struct text *t, struct str line)
{
	uint64_t event = 0;
	uint64_t part = 0;

	if (t->in_long_line || pstore_is_ramoops_header(line) ||
	    pstore_is_header(line, &event, &part))
		t->transport.line++; /* it counts all the same */
	else
		transport_line(&t->transport, line);
}

/* All whole lines of the buffer; what is left moves to its front. */
static void
take_lines(struct text *t)
{
	char *at = t->buffer;
	char *end = t->buffer + t->len;
	char *newline = NULL;

	while ((newline = memchr(at, '\n', (size_t)(end - at))) != NULL) {
		take_line(t, (struct str){ at, (size_t)(newline - at) });
		t->in_long_line = false;
		at = newline + 1;
	}
	t->len = (size_t)(end - at);
	if (t->len >= LIMIT_LINE_BYTES) {
		if (!t->in_long_line)
			transport_line(&t->transport, (struct str){ at, LIMIT_LINE_BYTES });
		t->in_long_line = true;
		t->len = 0;
	}
	memmove(t->buffer, at, t->len);
}

/* Bytes that were read; 0 at the end of the file. */
static const struct error *
read_some(int fd, const char *path, char *to, size_t room, size_t *len, struct arena *a)
{
	struct pollfd input = { .fd = fd, .events = POLLIN };
	int left_ms = budget_left_ms(arena_budget(a));
	ssize_t n = 0;

	/* A pipe may stay silent for ever, and what was read before is worth a report. */
	if (left_ms >= 0 && poll(&input, 1, left_ms) == 0 && budget_expired(arena_budget(a)))
		return error_new(a, ERROR_LIMIT, "no time left to wait for the rest of '%s'", path);
	do
		n = read(fd, to, room);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return error_errno(a, errno, "cannot read '%s'", path);
	*len = (size_t)n;
	return NULL;
}

static bool
begins_with_pstore(const struct text *t)
{
	struct str head = { t->buffer, t->len };
	struct str line;
	uint64_t event = 0;
	uint64_t part = 0;

	return str_take_line(&head, &line) && pstore_is_header(line, &event, &part);
}

/* The file in the order it was written, or as much of it as such files hold; *done says that
 * it was all. */
static const struct error *
read_pstore(struct text *t, int fd, const char *path, struct arena *a, bool *done)
{
	char *all = ARENA_ARRAY(a, char, PSTORE_LEN);
	size_t len = t->len;
	size_t n = 1;

	memcpy(all, t->buffer, len);
	while (n != 0 && len < PSTORE_LEN) {
		const struct error *e = read_some(fd, path, all + len, PSTORE_LEN - len, &n, a);

		if (e != NULL)
			return e;
		len += n;
	}

	struct str text = pstore_in_order((struct str){ all, len }, a);
	struct str line;

	while (str_take_line(&text, &line))
		take_line(t, line);
	t->len = 0;
	*done = n == 0;
	return NULL;
}

const struct error *
oops_read_text(struct oops_reader *r, int fd, const char *path, struct arena *a)
{
	struct text *t = ARENA_NEW(a, struct text);
	struct budget *budget = arena_budget(a);
	bool first = true;
	bool done = false;

	transport_begin(&t->transport, sink, r);
	while (!done) {
		size_t n = 0;
		const struct error *e =
			read_some(fd, path, t->buffer + t->len, BUFFER_LEN - t->len, &n, a);

		if (e != NULL)
			return e;
		t->len += n;
		done = n == 0;
		if (first && begins_with_pstore(t))
			e = read_pstore(t, fd, path, a, &done);
		first = false;
		if (e != NULL)
			return e;
		take_lines(t);
		if (budget_expired(budget))
			return error_new(a, ERROR_LIMIT, "no time left to read the rest of '%s'",
					 path);
	}
	if (t->len != 0)
		take_line(t, (struct str){ t->buffer, t->len });
	return NULL;
}
