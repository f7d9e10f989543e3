/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * text.h - text that grows at its end.
 *
 * It grows up to LIMIT_TEXT_BYTES; what would go beyond that is left out and remembered in
 * full, so that a loop that writes needs no check of its own.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include "base/str.h"

struct text {
	struct arena *arena;
	char *p;
	size_t len; /* bytes */
	size_t cap;
	bool full; /* something was left out */
};

struct text text_new(struct arena *a);

void text_put(struct text *t, struct str s);
void text_char(struct text *t, char c);
void text_printf(struct text *t, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* What is in it, NUL-terminated behind its end; borrowed until the next put. */
struct str text_str(struct text *t);

#endif
