/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * path.c - paths as rules and templates write them, followed through the schema and then
 * through the rows.
 */
#include "facts/facts.h"

#include <string.h>

/* "name[]" and "name{}" are "name". */
static struct str
without_form(struct str s)
{
	if (str_ends(s, STR("[]")) || str_ends(s, STR("{}")))
		s.len -= 2;
	return s;
}

/*
 * If path begins with the path of the fact, what follows it: empty, or behind a dot or "[].".
 */
static bool
take_fact(struct str path, enum fact_id id, struct str *rest)
{
	if (!str_take(&path, str_of(facts_info(id)->path)))
		return false;
	path = without_form(path);
	if (path.len != 0 && !str_take(&path, STR("[].")) && !str_take(&path, STR(".")))
		return false;
	*rest = path;
	return true;
}

/* The fact of the shape that the path leads into, and what the path says after it. */
static enum fact_id
first_fact(enum fact_shape shape, struct str path, struct str *rest)
{
	enum fact_id first = FACT_NONE;
	size_t count = 0;

	facts_of_shape(shape, &first, &count);
	for (enum fact_id id = first; id < first + count; id++) {
		const struct fact_info *info = facts_info(id);
		struct str left = { NULL, 0 };

		if (path.len == 0 || info->path[0] != path.p[0] || !take_fact(path, id, &left))
			continue;
		if (left.len == 0 || info->kind == FACT_KIND_ROW || info->form == FACT_FORM_MAP) {
			*rest = left;
			return id;
		}
	}
	return FACT_NONE;
}

bool
facts_find_path(enum fact_shape from, struct str path, struct fact_path *out)
{
	struct fact_path found = { .count = 0 };

	while (found.count < FACT_PATH_STEPS) {
		struct str rest = { NULL, 0 };
		enum fact_id id = first_fact(from, path, &rest);

		if (id == FACT_NONE)
			return false;
		found.step[found.count++] = id;
		if (rest.len == 0 || facts_info(id)->form == FACT_FORM_MAP) {
			found.key = rest;
			*out = found;
			return true;
		}
		from = facts_info(id)->of;
		path = rest;
	}
	return false;
}

bool
facts_is_prefix(enum fact_shape shape, struct str prefix)
{
	enum fact_id first = FACT_NONE;
	size_t count = 0;

	facts_of_shape(shape, &first, &count);
	for (enum fact_id id = first; id < first + count; id++) {
		struct str path = str_of(facts_info(id)->path);

		if (str_take(&path, prefix) && str_starts(path, STR(".")))
			return true;
	}
	return false;
}

struct nearest {
	struct arena *arena;
	struct str wanted;
	const char *path;
	size_t distance;
};

static void
consider(struct nearest *n, struct str path)
{
	size_t d = str_distance(n->wanted, path);

	if (d < n->distance) {
		n->distance = d;
		n->path = str_c(n->arena, path);
	}
}

/* All paths from a shape, two levels of rows deep: enough for what people mistype. */
static void
walk_paths(struct nearest *n, enum fact_shape shape, const char *prefix, int depth)
{
	enum fact_id first = FACT_NONE;
	size_t count = 0;

	facts_of_shape(shape, &first, &count);
	for (enum fact_id id = first; id < first + count; id++) {
		const struct fact_info *info = facts_info(id);
		bool list = info->form == FACT_FORM_LIST;
		const char *path =
			arena_printf(n->arena, "%s%s%s", prefix, info->path, list ? "[]" : "");

		consider(n, without_form(str_of(path)));
		consider(n, str_of(path));
		if (info->kind == FACT_KIND_ROW && depth > 0)
			walk_paths(n, info->of, arena_printf(n->arena, "%s.", path), depth - 1);
	}
}

const char *
facts_nearest_path(struct arena *a, enum fact_shape from, struct str path)
{
	/* A third of the letters may be wrong; beyond that a guess is no help. */
	struct nearest n = { a, path, NULL, path.len / 3 + 2 };

	walk_paths(&n, from, "", 2);
	return n.path;
}

struct visit {
	const struct fact_path *path;
	bool (*fn)(void *ctx, enum fact_id id, const struct fact_value *v, struct origin o);
	void *ctx;
};

/* The depth is that of schema.def, at most FACT_PATH_STEPS. */
static bool
visit(const struct visit *what, const struct fact_row *row, size_t step)
{
	enum fact_id id = what->path->step[step];
	const struct fact *fact = facts_get(row, id);

	for (size_t i = 0; i < fact->count; i++) {
		const struct fact_value *v = &fact->values[i];
		struct str key = what->path->key;

		if (step + 1 < what->path->count) {
			if (!visit(what, v->row, step + 1))
				return false;
			continue;
		}
		if (key.len != 0 && !str_is_c(key, v->name))
			continue;
		if (!what->fn(what->ctx, id, v, fact->origin))
			return false;
	}
	return true;
}

void
facts_each(const struct fact_row *from, const struct fact_path *path,
	   bool (*fn)(void *ctx, enum fact_id id, const struct fact_value *v, struct origin o),
	   void *ctx)
{
	struct visit what = { path, fn, ctx };

	visit(&what, from, 0);
}
