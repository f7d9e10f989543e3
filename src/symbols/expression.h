/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * expression.h - an access to memory as C writes it, from the type of where it began.
 */
#ifndef SYMBOLS_EXPRESSION_H
#define SYMBOLS_EXPRESSION_H

#include "symbols/types.h"

struct expression {
	const char *text;   /* "dev->inner->value" */
	const char *base;   /* "dev->inner": the pointer that was followed last */
	const char *type;   /* of that pointer: "struct inner *" */
	const char *member; /* "value", or NULL: it does not point at a structure */
};

/* root is the type of a pointer called name. The word at disp[0] behind it is a pointer, the
 * word at disp[1] behind that ... and what is at the last of count is accessed. False if the
 * types do not lead there. */
bool expression_of(struct type root, const char *name, const int64_t *disp, size_t count,
		   struct arena *a, struct expression *out);

#endif
