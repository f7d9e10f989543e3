/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dump/vmcoreinfo.h"

#include "base/limits.h"

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

/* The next line that has a key, cut at it. */
static bool
take_pair(struct str *text, struct line *out)
{
	struct str line = { NULL, 0 };

	while (str_take_line(text, &line)) {
		if (str_cut(&line, '=', &out->key) && out->key.len != 0) {
			out->value = line;
			return true;
		}
	}
	return false;
}

struct vmcoreinfo *
vmcoreinfo_parse(struct arena *a, struct str text)
{
	struct vmcoreinfo *v = ARENA_NEW(a, struct vmcoreinfo);
	struct line line = { .key = { NULL, 0 } };
	struct str rest;
	size_t count = 0;

	/* Notes are padded with NULs, and nothing says where the text ends. */
	text.len = text.len == 0 ? 0 : strnlen(text.p, text.len);
	v->text = text;
	for (rest = text; count < LIMIT_VMCOREINFO_LINES && take_pair(&rest, &line);)
		count++;
	v->line = ARENA_ARRAY(a, struct line, count);
	for (rest = text; v->count < count && take_pair(&rest, &line);)
		v->line[v->count++] = line;
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
