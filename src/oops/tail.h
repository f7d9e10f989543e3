/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tail.h - the last messages of a log, copied.
 */
#ifndef OOPS_TAIL_H
#define OOPS_TAIL_H

#include "base/limits.h"
#include "model/message.h"

struct tail {
	struct message message[LIMIT_LOG_TAIL]; /* use tail_get() */
	char *text[LIMIT_LOG_TAIL];
	size_t room[LIMIT_LOG_TAIL];
	size_t next;  /* place of the next message */
	size_t count; /* at most LIMIT_LOG_TAIL */
};

void tail_put(struct tail *t, const struct message *m, struct arena *a);

/* The message that came back messages before the newest one, which is 0; NULL if none. */
const struct message *tail_get(const struct tail *t, size_t back);

#endif
