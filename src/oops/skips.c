/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "oops/skips.h"

#include "base/compiler.h"
#include "base/embedded.h"

#include <string.h>

enum {
	SLOTS = 4096, /* of the table; lists hold about a thousand names in all */
	ENDS = SLOTS, /* the slot behind them: all that begin with a star, which are few */
};

enum part {
	WHOLE,
	PREFIX, /* "name*" */
	SUFFIX, /* "*name" */
	INSIDE, /* "*name*" */
};

struct name {
	struct str list;
	struct str text; /* without the stars */
	enum part part;
	struct name *next; /* in the same slot */
};

enum {
	BLOCK = 256, /* names that are allocated at a time */
};

struct skips {
	struct arena *arena;
	struct name *block;
	size_t left; /* in the block */
	struct name *slot[SLOTS + 1];
};

enum {
	PREFIX_KEY = 4, /* bytes that a prefix is filed under; all of them, if it is shorter */
};

static size_t
hash(struct str list, struct str s)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < list.len; i++)
		h = (h ^ (uint8_t)list.p[i]) * 16777619u;
	for (size_t i = 0; i < s.len; i++)
		h = (h ^ (uint8_t)s.p[i]) * 16777619u;
	return h % SLOTS;
}

struct skips *
skips_new(struct arena *a)
{
	struct skips *s = ARENA_NEW(a, struct skips);

	s->arena = a;
	return s;
}

/* Takes the stars off a name; what they say. */
static enum part
part_of(struct str *text)
{
	bool begins = str_ends(*text, STR("*"));
	bool ends = str_starts(*text, STR("*"));

	if (begins)
		text->len--;
	if (ends)
		(void)str_take(text, STR("*"));
	if (begins && ends)
		return INSIDE;
	if (begins)
		return PREFIX;
	return ends ? SUFFIX : WHOLE;
}

static void
add_name(struct skips *s, struct str list, struct str text)
{
	if (s->left == 0) {
		s->block = ARENA_ARRAY(s->arena, struct name, BLOCK);
		s->left = BLOCK;
	}

	struct name *n = &s->block[--s->left];

	n->list = list;
	n->text = text;
	n->part = part_of(&n->text);

	size_t at =
		n->part == SUFFIX || n->part == INSIDE
			? ENDS
			: hash(list, n->part == PREFIX ? str_first(n->text, PREFIX_KEY) : n->text);

	n->next = s->slot[at];
	s->slot[at] = n;
}

void
skips_add(struct skips *s, struct str text)
{
	struct str list = STR("plumbing");
	struct str line;

	while (str_take_line(&text, &line)) {
		size_t comment = str_find_char(line, '#');
		struct str name;

		if (comment != STR_NONE)
			line = str_first(line, comment);
		line = str_trim(line);
		if (line.len > 2 && line.p[0] == '[' && str_ends(line, STR("]")))
			list = str_first(str_from(line, 1), line.len - 2);
		else
			while (str_take_word(&line, &name))
				add_name(s, list, name);
	}
}

void
skips_add_built_in(struct skips *s)
{
	for (const struct embedded_file *f = embedded_files; f->name != NULL; f++) {
		if (str_is(str_of(f->name), STR("rules/skip.list")))
			skips_add(s, (struct str){ f->start, (size_t)(f->end - f->start) });
	}
}

static bool
fits(const struct name *n, struct str name)
{
	switch (n->part) {
	case PREFIX:
		return str_starts(name, n->text);
	case SUFFIX:
		return str_ends(name, n->text);
	case INSIDE:
		return str_has(name, n->text);
	default:
		return str_is(name, n->text);
	}
}

static bool
slot_has(const struct skips *s, size_t at, struct str list, struct str name)
{
	for (const struct name *n = s->slot[at]; n != NULL; n = n->next) {
		if (str_is(n->list, list) && fits(n, name))
			return true;
	}
	return false;
}

bool
skips_has(const struct skips *s, const char *list, struct str name)
{
	struct str in = str_of(list);
	bool found = slot_has(s, hash(in, name), in, name) || slot_has(s, ENDS, in, name);

	for (size_t n = 1; n <= PREFIX_KEY && n <= name.len && !found; n++)
		found = slot_has(s, hash(in, str_first(name, n)), in, name);
	return found;
}
