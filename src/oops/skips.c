/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "oops/skips.h"

#include "base/compiler.h"
#include "base/embedded.h"

#include <string.h>

enum {
	SLOTS = 4096, /* of the table; lists hold about a thousand names in all */
};

struct name {
	struct str list;
	struct str text; /* without the star */
	bool prefix;
	struct name *next; /* in the same slot */
};

struct skips {
	struct arena *arena;
	struct name *slot[SLOTS];
};

/* Prefixes are found by their first bytes, so whole names and prefixes of a list need one
 * look each: prefixes are filed under their first PREFIX_KEY bytes. */
enum {
	PREFIX_KEY = 4,
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

static void
add_name(struct skips *s, struct str list, struct str text)
{
	struct name *n = ARENA_NEW(s->arena, struct name);

	n->list = list;
	n->prefix = str_ends(text, STR("*"));
	n->text = n->prefix ? str_first(text, text.len - 1) : text;

	size_t at = hash(list, n->prefix ? str_first(n->text, PREFIX_KEY) : n->text);

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
		if (str_ends(str_of(f->name), STR(".list")))
			skips_add(s, (struct str){ f->start, (size_t)(f->end - f->start) });
	}
}

static bool
slot_has(const struct skips *s, size_t at, struct str list, struct str name, bool prefix)
{
	for (const struct name *n = s->slot[at]; n != NULL; n = n->next) {
		if (n->prefix == prefix && str_is(n->list, list) &&
		    (prefix ? str_starts(name, n->text) : str_is(name, n->text)))
			return true;
	}
	return false;
}

bool
skips_has(const struct skips *s, const char *list, struct str name)
{
	struct str in = str_of(list);

	return slot_has(s, hash(in, name), in, name, false) ||
	       slot_has(s, hash(in, str_first(name, PREFIX_KEY)), in, name, true);
}
