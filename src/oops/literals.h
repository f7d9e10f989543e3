/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * literals.h - which of some hundred literals occur in a line, in one look at it.
 *
 * The literal prefilter before any pattern: almost no line of a log holds one, so nearly
 * all cost of reading a log is this search (Wu and Manber's: three bytes at a time, skipping
 * ahead by as much as no literal could fit).
 */
#ifndef OOPS_LITERALS_H
#define OOPS_LITERALS_H

#include "base/str.h"

enum {
	LITERAL_MIN = 6, /* bytes; the longer the shortest literal, the wider the skips */
};

struct literals;

/* The literals are borrowed; each has at least LITERAL_MIN bytes. */
struct literals *literals_new(struct arena *a, const struct str *literal, size_t count);

struct literals_hit {
	size_t index; /* of the literal */
	size_t off;   /* in the text */
};

/* The hits in a text, by the place of their first LITERAL_MIN bytes; at most max of them.
 * Returns how many. */
size_t literals_find(const struct literals *l, struct str text, struct literals_hit *hit,
		     size_t max);

#endif
