/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads a text log, a buffer at a time. */
#include "base/limits.h"
#include "oops/oops.h"
#include "oops/transport.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum {
	BUFFER_LEN = 256 << 10,
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

/* All whole lines of the buffer; what is left moves to its front. */
static void
take_lines(struct text *t)
{
	char *at = t->buffer;
	char *end = t->buffer + t->len;
	char *newline = NULL;

	while ((newline = memchr(at, '\n', (size_t)(end - at))) != NULL) {
		if (!t->in_long_line)
			transport_line(&t->transport, (struct str){ at, (size_t)(newline - at) });
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

const struct error *
oops_read_text(struct oops_reader *r, int fd, const char *path, struct arena *a)
{
	struct text *t = ARENA_NEW(a, struct text);
	struct budget *budget = arena_budget(a);

	transport_begin(&t->transport, sink, r);
	for (;;) {
		ssize_t n = read(fd, t->buffer + t->len, BUFFER_LEN - t->len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_errno(a, errno, "cannot read '%s'", path);
		if (n == 0)
			break;
		t->len += (size_t)n;
		take_lines(t);
		if (budget_expired(budget))
			return error_new(a, ERROR_LIMIT, "no time left to read the rest of '%s'",
					 path);
	}
	if (t->len != 0 && !t->in_long_line)
		transport_line(&t->transport, (struct str){ t->buffer, t->len });
	return NULL;
}
