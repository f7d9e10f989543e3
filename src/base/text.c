/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/text.h"

#include "base/limits.h"

#include <stdio.h>
#include <string.h>

struct text
text_new(struct arena *a)
{
	return (struct text){ .arena = a };
}

/* Room for len more and a NUL. */
static bool
reserve(struct text *t, size_t len)
{
	if (len > LIMIT_TEXT_BYTES - t->len) {
		t->full = true;
		return false;
	}
	if (t->len + len + 1 <= t->cap)
		return true;

	size_t cap = t->cap < 256 ? 256 : t->cap;

	while (cap < t->len + len + 1)
		cap *= 2;

	char *grown = arena_alloc(t->arena, cap, 1);

	if (t->len != 0)
		memcpy(grown, t->p, t->len);
	t->p = grown;
	t->cap = cap;
	return true;
}

void
text_put(struct text *t, struct str s)
{
	if (s.len == 0 || !reserve(t, s.len))
		return;
	memcpy(t->p + t->len, s.p, s.len);
	t->len += s.len;
}

void
text_char(struct text *t, char c)
{
	text_put(t, (struct str){ &c, 1 });
}

void
text_printf(struct text *t, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);

	int len = vsnprintf(NULL, 0, fmt, ap);

	va_end(ap);
	if (len < 0 || !reserve(t, (size_t)len))
		return;
	va_start(ap, fmt);
	vsnprintf(t->p + t->len, (size_t)len + 1, fmt, ap);
	va_end(ap);
	t->len += (size_t)len;
}

struct str
text_str(struct text *t)
{
	if (t->cap == 0 && !reserve(t, 0))
		return (struct str){ "", 0 };
	t->p[t->len] = '\0';
	return (struct str){ t->p, t->len };
}
