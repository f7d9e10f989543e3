/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * out.h - text under construction in a buffer of fixed length; what does not fit is cut.
 */
#ifndef FAULT_OUT_H
#define FAULT_OUT_H

#include "base/compiler.h"

#include <stddef.h>

struct out {
	char *p; /* NUL-terminated */
	size_t len, cap;
};

struct out out_over(char *p, size_t cap);

void out_put(struct out *o, const char *fmt, ...) PRINTF_LIKE(2, 3);

#endif
