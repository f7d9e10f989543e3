/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mkdump.h"

#include <stdlib.h>
#include <string.h>

struct out {
	uint8_t *p;
	size_t len, cap;
	uint64_t pfn;
};

static void
put_byte(struct out *o, unsigned b)
{
	if (o->len == o->cap)
		die("more than %zu bytes", o->cap);
	o->p[o->len++] = (uint8_t)b;
}

static void
put_number(struct out *o, uint64_t v, size_t len)
{
	uint8_t b[8];

	put(b, v, len);
	for (size_t i = 0; i < len; i++)
		put_byte(o, b[i]);
}

static const char *
put_text(struct out *o, const char *s)
{
	for (s++; *s != '"'; s++) {
		if (*s == '\0')
			die("text without its end");
		if (*s != '\\') {
			put_byte(o, (unsigned char)*s);
			continue;
		}
		s++;
		put_byte(o, *s == 'n' ? '\n' : *s == '0' ? 0 : (unsigned char)*s);
	}
	return s + 1;
}

static void
put_noise(struct out *o)
{
	uint64_t x = 0x9e3779b97f4a7c15u * (o->pfn + 1);

	while (o->len < o->cap) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		put_byte(o, (unsigned)(x >> 32));
	}
}

/* One word that is not text. */
static void
put_word(struct out *o, const char *s)
{
	char *end = NULL;

	if (starts(s, "u16:"))
		put_number(o, number(s + 4), 2);
	else if (starts(s, "u32:"))
		put_number(o, number(s + 4), 4);
	else if (starts(s, "u64:"))
		put_number(o, number(s + 4), 8);
	else if (starts(s, "pfn"))
		put_number(o, o->pfn, 8);
	else if (starts(s, "noise"))
		put_noise(o);
	else if (starts(s, "fill:"))
		for (uint64_t b = number(s + 5); o->len < o->cap;)
			put_byte(o, (unsigned)b);
	else if (starts(s, "count"))
		while (o->len < o->cap)
			put_byte(o, (unsigned)(o->len * 7 + o->len / 256 + o->pfn));
	else {
		unsigned long b = strtoul(s, &end, 16);

		if (end != s + 2)
			die("'%s' is not two hexadecimal digits", s);
		put_byte(o, (unsigned)b);
	}
}

static const char *
skip_word(const char *s)
{
	while (*s != '\0' && *s != ' ')
		s++;
	return s;
}

static const char *
skip_blanks(const char *s)
{
	while (*s == ' ' || *s == '\t')
		s++;
	return s;
}

/* Once, and as often as "*N" behind it says. */
static const char *
put_item(struct out *o, const char *s)
{
	const char *star = NULL, *end = NULL;
	uint64_t times = 1;

	if (*s == '@') {
		uint64_t to = number(s + 1);

		while (o->len < to)
			put_byte(o, 0);
		o->len = (size_t)to;
		return skip_word(s);
	}
	if (*s == '"')
		return put_text(o, s);
	end = skip_word(s);
	star = memchr(s, '*', (size_t)(end - s));
	if (star != NULL)
		times = number(star + 1);
	while (times-- != 0)
		put_word(o, s);
	return end;
}

size_t
make_bytes(const char *s, uint8_t *buf, size_t cap, uint64_t pfn)
{
	struct out o = { buf, 0, cap, pfn };
	size_t longest = 0;

	memset(buf, 0, cap);
	for (s = skip_blanks(s); *s != '\0'; s = skip_blanks(s)) {
		s = put_item(&o, s);
		longest = o.len > longest ? o.len : longest;
	}
	return longest;
}
