/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * str.h - slices of text that somebody else owns; cutting lines and numbers off them.
 *
 * A slice is never NUL-terminated and may hold any byte. str_take_*() cut something off the
 * front and say whether it was there; on false the slice is as it was.
 */
#ifndef BASE_STR_H
#define BASE_STR_H

#include "base/arena.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct str {
	const char *p;
	size_t len; /* bytes */
};

/* The same for bytes that are not text. */
struct bytes {
	const uint8_t *p;
	size_t len;
};

#define STR(literal) ((struct str){ literal, sizeof(literal) - 1 })

/* For printf's %.*s. */
#define STR_ARG(s) (int)(s).len, (s).p

#define STR_NONE SIZE_MAX /* str_find*() did not find it */

struct str str_of(const char *c_string);            /* NULL gives an empty slice */
struct str str_copy(struct arena *a, struct str s); /* NUL-terminated behind its end */
const char *str_c(struct arena *a, struct str s);

bool str_is(struct str a, struct str b);
bool str_is_c(struct str a, const char *c_string);
bool str_starts(struct str s, struct str prefix);
bool str_ends(struct str s, struct str suffix);
size_t str_find(struct str s, struct str needle); /* offset or STR_NONE */
size_t str_find_char(struct str s, char c);
bool str_is_word(struct str s); /* printable ASCII without blanks, and not empty */
bool str_has(struct str s, struct str needle);
int str_compare(struct str a, struct str b); /* as memcmp, shorter first */

/* Letters to insert, remove or change to make one of the other; STR_NONE if one is longer than
 * anything that people type. */
size_t str_distance(struct str a, struct str b);

struct str str_from(struct str s, size_t off); /* what follows off; empty past the end */
struct str str_first(struct str s, size_t len);
struct str str_trim(struct str s); /* without blanks at both ends */

/* Cuts off the text before the first sep, and sep; false if there is no sep. */
bool str_cut(struct str *s, char sep, struct str *head);

/* Cuts off the next line, its end ('\n' or "\r\n") removed; false at the end of the text. */
bool str_take_line(struct str *s, struct str *line);

/* Cuts off the next word (blanks before it skipped); false if there is none. */
bool str_take_word(struct str *s, struct str *word);

bool str_take(struct str *s, struct str prefix);
bool str_take_decimal(struct str *s, uint64_t *value); /* false on overflow too */
bool str_take_hex(struct str *s, uint64_t *value);     /* "0x" optional; at most 16 digits */

/* The whole slice is a number: as strtoull base 0, with an optional sign. */
bool str_to_number(struct str s, uint64_t *value);

#endif
