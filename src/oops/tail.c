/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "oops/tail.h"

#include <string.h>

void
tail_put(struct tail *t, const struct message *m, struct arena *a)
{
	size_t at = t->next;
	size_t len = m->text.len < LIMIT_LINE_BYTES ? m->text.len : LIMIT_LINE_BYTES;

	if (t->room[at] < len) {
		/* Twice what is needed: a place is made larger a few times at most. */
		t->room[at] = len < 64 ? 128 : len * 2;
		t->text[at] = arena_alloc(a, t->room[at], 1);
	}
	if (len != 0)
		memcpy(t->text[at], m->text.p, len);
	t->message[at] = *m;
	t->message[at].text = (struct str){ t->text[at], len };
	t->next = (at + 1) % LIMIT_LOG_TAIL;
	if (t->count < LIMIT_LOG_TAIL)
		t->count++;
}

const struct message *
tail_get(const struct tail *t, size_t back)
{
	if (back >= t->count)
		return NULL;
	return &t->message[(t->next + LIMIT_LOG_TAIL - 1 - back) % LIMIT_LOG_TAIL];
}
