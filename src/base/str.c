/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/str.h"

#include <string.h>

struct str
str_of(const char *c_string)
{
	return (struct str){ c_string, c_string == NULL ? 0 : strlen(c_string) };
}

struct str
str_copy(struct arena *a, struct str s)
{
	char *p = arena_alloc(a, s.len + 1, 1);

	if (s.len != 0)
		memcpy(p, s.p, s.len);
	return (struct str){ p, s.len };
}

const char *
str_c(struct arena *a, struct str s)
{
	return str_copy(a, s).p;
}

bool
str_is(struct str a, struct str b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.p, b.p, a.len) == 0);
}

bool
str_is_c(struct str a, const char *c_string)
{
	return str_is(a, str_of(c_string));
}

bool
str_starts(struct str s, struct str prefix)
{
	return s.len >= prefix.len && str_is(str_first(s, prefix.len), prefix);
}

bool
str_ends(struct str s, struct str suffix)
{
	return s.len >= suffix.len && str_is(str_from(s, s.len - suffix.len), suffix);
}

size_t
str_find(struct str s, struct str needle)
{
	if (needle.len == 0)
		return 0;
	if (s.len == 0)
		return STR_NONE;

	const char *at = memmem(s.p, s.len, needle.p, needle.len);

	return at == NULL ? STR_NONE : (size_t)(at - s.p);
}

size_t
str_find_char(struct str s, char c)
{
	const char *at = s.len == 0 ? NULL : memchr(s.p, c, s.len);

	return at == NULL ? STR_NONE : (size_t)(at - s.p);
}

bool
str_is_word(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] <= ' ' || s.p[i] > '~')
			return false;
	}
	return s.len != 0;
}

bool
str_has(struct str s, struct str needle)
{
	return str_find(s, needle) != STR_NONE;
}

int
str_compare(struct str a, struct str b)
{
	size_t common = a.len < b.len ? a.len : b.len;
	int order = common == 0 ? 0 : memcmp(a.p, b.p, common);

	if (order != 0)
		return order;
	return (a.len > b.len) - (a.len < b.len);
}

enum {
	DISTANCE_MAX = 96, /* letters; longer texts are not compared */
};

size_t
str_distance(struct str a, struct str b)
{
	size_t row[DISTANCE_MAX + 1];

	if (a.len > DISTANCE_MAX || b.len > DISTANCE_MAX)
		return STR_NONE;
	for (size_t j = 0; j <= b.len; j++)
		row[j] = j;
	for (size_t i = 1; i <= a.len; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= b.len; j++) {
			size_t change = diagonal + (a.p[i - 1] != b.p[j - 1]);
			size_t best = row[j] < row[j - 1] ? row[j] + 1 : row[j - 1] + 1;

			diagonal = row[j];
			row[j] = change < best ? change : best;
		}
	}
	return row[b.len];
}

struct str
str_from(struct str s, size_t off)
{
	if (off >= s.len)
		return (struct str){ NULL, 0 };
	return (struct str){ s.p + off, s.len - off };
}

struct str
str_first(struct str s, size_t len)
{
	return (struct str){ s.p, len < s.len ? len : s.len };
}

static bool
is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

struct str
str_trim(struct str s)
{
	while (s.len != 0 && is_blank(s.p[0]))
		s = str_from(s, 1);
	while (s.len != 0 && is_blank(s.p[s.len - 1]))
		s.len--;
	return s;
}

bool
str_cut(struct str *s, char sep, struct str *head)
{
	size_t at = str_find_char(*s, sep);

	if (at == STR_NONE)
		return false;
	*head = str_first(*s, at);
	*s = str_from(*s, at + 1);
	return true;
}

bool
str_take_line(struct str *s, struct str *line)
{
	if (s->len == 0)
		return false;
	if (!str_cut(s, '\n', line)) {
		*line = *s;
		*s = (struct str){ NULL, 0 };
	}
	if (line->len != 0 && line->p[line->len - 1] == '\r')
		line->len--;
	return true;
}

bool
str_take_word(struct str *s, struct str *word)
{
	struct str rest = *s;

	while (rest.len != 0 && is_blank(rest.p[0]))
		rest = str_from(rest, 1);

	size_t len = 0;

	while (len < rest.len && !is_blank(rest.p[len]))
		len++;
	if (len == 0)
		return false;
	*word = str_first(rest, len);
	*s = str_from(rest, len);
	return true;
}

bool
str_take(struct str *s, struct str prefix)
{
	if (!str_starts(*s, prefix))
		return false;
	*s = str_from(*s, prefix.len);
	return true;
}

bool
str_take_decimal(struct str *s, uint64_t *value)
{
	uint64_t v = 0;
	size_t i = 0;

	for (; i < s->len && s->p[i] >= '0' && s->p[i] <= '9'; i++) {
		if (__builtin_mul_overflow(v, 10u, &v) ||
		    __builtin_add_overflow(v, (uint64_t)(s->p[i] - '0'), &v))
			return false;
	}
	if (i == 0)
		return false;
	*value = v;
	*s = str_from(*s, i);
	return true;
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool
str_take_hex(struct str *s, uint64_t *value)
{
	struct str rest = *s;

	if (rest.len > 2 && rest.p[0] == '0' && (rest.p[1] == 'x' || rest.p[1] == 'X') &&
	    hex_digit(rest.p[2]) >= 0)
		rest = str_from(rest, 2);

	uint64_t v = 0;
	size_t i = 0;

	for (; i < rest.len && hex_digit(rest.p[i]) >= 0; i++) {
		if (i == 16)
			return false;
		v = v << 4 | (uint64_t)hex_digit(rest.p[i]);
	}
	if (i == 0)
		return false;
	*value = v;
	*s = str_from(rest, i);
	return true;
}

static bool
take_octal(struct str *s, uint64_t *value)
{
	uint64_t v = 0;

	for (; s->len != 0 && s->p[0] >= '0' && s->p[0] <= '7'; *s = str_from(*s, 1)) {
		if (v >> 61 != 0)
			return false;
		v = v << 3 | (uint64_t)(s->p[0] - '0');
	}
	*value = v;
	return true;
}

bool
str_to_number(struct str s, uint64_t *value)
{
	bool negative = str_take(&s, STR("-"));
	uint64_t v = 0;
	bool ok = false;

	if (!negative)
		(void)str_take(&s, STR("+"));
	if (str_starts(s, STR("0x")) || str_starts(s, STR("0X")))
		ok = str_take_hex(&s, &v);
	else if (s.len > 1 && s.p[0] == '0')
		ok = take_octal(&s, &v);
	else
		ok = str_take_decimal(&s, &v);
	if (!ok || s.len != 0)
		return false;
	*value = negative ? -v : v;
	return true;
}
