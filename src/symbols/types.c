/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "symbols/types.h"

#include "base/text.h"

#include <inttypes.h>
#include <string.h>

enum {
	SOURCES = 4,
	DEPTH_MAX = 16,        /* structures in structures, for a path */
	MEMBERS_MAX = 1 << 16, /* of one structure: BTF counts them in 16 bits */
};

struct types {
	const struct type_source *source[SOURCES];
	size_t count;
};

struct types *
types_new(struct arena *a)
{
	return ARENA_NEW(a, struct types);
}

void
types_add(struct types *t, const struct type_source *source)
{
	if (t->count < SOURCES)
		t->source[t->count++] = source;
}

bool
types_find(struct types *t, const char *name, struct type *out)
{
	for (size_t i = 0; i < t->count; i++) {
		if (t->source[i]->find(t->source[i], name, out))
			return true;
	}
	return false;
}

bool
types_function(struct types *t, struct str module, const char *name, struct type *out)
{
	for (size_t i = 0; i < t->count; i++) {
		if (t->source[i]->function(t->source[i], module, name, out))
			return true;
	}
	return false;
}

bool
types_member(struct type structure, const char *path, struct type_member *out)
{
	struct str left = str_of(path);
	struct str name;
	struct type_member m = { .type = structure };
	uint64_t off = 0;

	while (left.len != 0) {
		if (!str_cut(&left, '.', &name)) {
			name = left;
			left.len = 0;
		}
		if (m.type.source == NULL || !m.type.source->member(m.type, name, &m) ||
		    __builtin_add_overflow(off, m.off, &off))
			return false;
	}
	m.off = off;
	*out = m;
	return true;
}

bool
types_member_of(struct types *t, const char *structure, const char *path, struct type_member *out)
{
	struct type type = { 0 };

	return types_find(t, structure, &type) && types_member(type, path, out);
}

bool
types_len(struct type t, uint64_t *len)
{
	return t.source != NULL && t.source->len(t, len);
}

bool
types_target(struct type t, struct type *out)
{
	return t.source != NULL && t.source->target(t, out);
}

bool
types_element(struct type t, struct type *out, uint64_t *count)
{
	return t.source != NULL && t.source->element(t, out, count);
}

bool
types_parameter(struct type function, uint32_t i, struct type_member *out)
{
	return function.source != NULL && function.source->parameter(function, i, out);
}

const char *
types_text(struct type t, struct arena *a)
{
	return t.source == NULL ? NULL : t.source->text(t, a);
}

/* The first member that holds the byte; of a union's, therefore, the first. */
static bool
member_around(struct type t, uint64_t off, struct type_member *out)
{
	for (uint32_t i = 0; i < MEMBERS_MAX && t.source->member_number(t, i, out); i++) {
		if (off >= out->off && off - out->off < out->len)
			return true;
	}
	return false;
}

/* Steps into an array: "[2]". False if it is none. */
static bool
step_into_array(struct type *t, uint64_t *off, struct text *path)
{
	struct type element = { 0 };
	uint64_t count = 0;
	uint64_t len = 0;

	if (!types_element(*t, &element, &count) || !types_len(element, &len) || len == 0 ||
	    *off / len >= count)
		return false;
	text_printf(path, "[%" PRIu64 "]", *off / len);
	*off %= len;
	*t = element;
	return true;
}

const char *
types_path_at(struct type structure, uint64_t off, struct arena *a, struct type *type)
{
	struct text path = text_new(a);
	struct type t = structure;

	for (size_t depth = 0; depth < DEPTH_MAX && t.source != NULL; depth++) {
		struct type_member m = { 0 };

		if (path.len != 0 && step_into_array(&t, &off, &path))
			continue;
		if (!member_around(t, off, &m))
			break;
		if (path.len != 0 && m.name.len != 0)
			text_char(&path, '.');
		text_put(&path, m.name);
		off -= m.off;
		t = m.type;
	}
	*type = t;
	return path.len == 0 ? NULL : text_str(&path).p;
}
