/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fault/out.h"

#include <stdarg.h>
#include <stdio.h>

struct out
out_over(char *p, size_t cap)
{
	p[0] = '\0';
	return (struct out){ p, 0, cap };
}

void
out_put(struct out *o, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	int n = vsnprintf(o->p + o->len, o->cap - o->len, fmt, ap);
	va_end(ap);
	if (n > 0)
		o->len += (size_t)n;
	if (o->len >= o->cap)
		o->len = o->cap - 1;
}
