/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dump/vmcoreinfo.h"

#include <stdlib.h>
#include <string.h>

struct line {
	struct str key; /* "OSRELEASE", "SYMBOL(prb)" */
	struct str value;
};

struct vmcoreinfo {
	struct str text;
	struct line *line; /* sorted by key, and by place in the text */
	size_t count;
};

static int
compare_lines(const void *a, const void *b)
{
	const struct line *x = a, *y = b;
	int order = str_compare(x->key, y->key);

	return order != 0 ? order : (x->key.p > y->key.p) - (x->key.p < y->key.p);
}

/* As many lines with a key as there are at most. */
static size_t
count_keys(struct str text)
{
	size_t n = 0;

	for (size_t i = 1; i < text.len; i++)
		n += text.p[i] == '=';
	return n;
}

struct vmcoreinfo *
vmcoreinfo_parse(struct arena *a, struct str text)
{
	struct vmcoreinfo *v = ARENA_NEW(a, struct vmcoreinfo);
	struct str line = { NULL, 0 };

	/* Notes are padded with NULs, and nothing says where the text ends. */
	text.len = text.len == 0 ? 0 : strnlen(text.p, text.len);
	v->text = text;
	v->line = ARENA_ARRAY(a, struct line, count_keys(text));
	while (str_take_line(&text, &line)) {
		struct str key;

		if (str_cut(&line, '=', &key) && key.len != 0)
			v->line[v->count++] = (struct line){ key, line };
	}
	qsort(v->line, v->count, sizeof(v->line[0]), compare_lines);
	return v;
}

struct str
vmcoreinfo_text(const struct vmcoreinfo *v)
{
	return v->text;
}

/* Is the key before (-1), after (1) or the same as "kind(name)", or name alone? */
static int
compare_key(struct str key, struct str kind, struct str name)
{
	const struct str part[] = {
		kind,
		{ "(", kind.len != 0 },
		name,
		{ ")", kind.len != 0 },
	};

	for (size_t i = 0; i < ARRAY_LEN(part); i++) {
		int order = str_compare(str_first(key, part[i].len), part[i]);

		if (order != 0)
			return order;
		key = str_from(key, part[i].len);
	}
	return key.len != 0;
}

/* The last line with that key. */
static bool
find(const struct vmcoreinfo *v, struct str kind, const char *name, struct str *value)
{
	size_t low = 0, high = v->count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (compare_key(v->line[mid].key, kind, str_of(name)) <= 0)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == 0 || compare_key(v->line[low - 1].key, kind, str_of(name)) != 0)
		return false;
	*value = v->line[low - 1].value;
	return true;
}

bool
vmcoreinfo_find(const struct vmcoreinfo *v, const char *key, struct str *value)
{
	return find(v, (struct str){ NULL, 0 }, key, value);
}

static bool
to_hex(struct str s, uint64_t *value)
{
	uint64_t n = 0;

	s = str_trim(s);
	if (!str_take_hex(&s, &n) || s.len != 0)
		return false;
	*value = n;
	return true;
}

/* Decimal by the kernel's format; never octal, whatever it starts with. */
static bool
to_decimal(struct str s, uint64_t *value)
{
	uint64_t n = 0;

	s = str_trim(s);
	if (!str_take_decimal(&s, &n) || s.len != 0)
		return false;
	*value = n;
	return true;
}

bool
vmcoreinfo_symbol(const struct vmcoreinfo *v, const char *name, uint64_t *va)
{
	struct str s;

	return find(v, STR("SYMBOL"), name, &s) && to_hex(s, va);
}

bool
vmcoreinfo_offset(const struct vmcoreinfo *v, const char *member, uint64_t *off)
{
	struct str s;

	return find(v, STR("OFFSET"), member, &s) && to_decimal(s, off);
}

bool
vmcoreinfo_len(const struct vmcoreinfo *v, const char *name, uint64_t *len)
{
	struct str s;

	return find(v, STR("SIZE"), name, &s) && to_decimal(s, len);
}

bool
vmcoreinfo_count(const struct vmcoreinfo *v, const char *name, uint64_t *count)
{
	struct str s;

	return find(v, STR("LENGTH"), name, &s) && to_decimal(s, count);
}

bool
vmcoreinfo_number(const struct vmcoreinfo *v, const char *name, uint64_t *value)
{
	struct str s;

	if (!find(v, STR("NUMBER"), name, &s))
		return false;
	s = str_trim(s);
	if (str_starts(s, STR("0x")) || str_starts(s, STR("0X")))
		return to_hex(s, value);

	bool negative = str_take(&s, STR("-"));
	uint64_t n = 0;

	if (!to_decimal(s, &n))
		return false;
	*value = negative ? -n : n;
	return true;
}

bool
vmcoreinfo_hex(const struct vmcoreinfo *v, const char *key, uint64_t *value)
{
	struct str s;

	return vmcoreinfo_find(v, key, &s) && to_hex(s, value);
}
