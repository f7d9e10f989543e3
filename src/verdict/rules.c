/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rules.c - rule files: finding, reading and loading them.
 */
#include "base/embedded.h"
#include "base/limits.h"
#include "verdict/catalogue.h"
#include "verdict/pack.h"
#include "verdict/shelf.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct rules *
rules_new(struct arena *a)
{
	struct rules *r = ARENA_NEW(a, struct rules);

	r->all = ARENA_NEW(a, struct catalogue);
	r->all->arena = a;
	return r;
}

size_t
rules_count(const struct rules *r)
{
	size_t count = 0;

	for (size_t i = 0; i < r->all->rule_count; i++)
		count += !r->all->rule[i]->overridden;
	for (size_t i = 0; i < r->all->shelved_count; i++)
		count += !r->all->shelved[i].done && !r->all->shelved[i].item->is_param;
	return count;
}

const char *const *
rules_sources(const struct rules *r, size_t *count)
{
	*count = r->all->source_count;
	return r->all->source;
}

static void
add_source(struct catalogue *r, const char *name)
{
	r->source = arena_grow(r->arena, r->source, r->source_count, &r->source_cap,
			       sizeof(const char *));
	r->source[r->source_count++] = arena_printf(r->arena, "%s", name);
}

/* What people stumble over most: "[]" of a path inside YAML's own brackets. */
static const char *
with_hint(struct catalogue *r, const struct rule_file *f, const struct node_problem *why)
{
	struct str line = catalogue_line(f, why->line);
	bool flow = str_has(line, STR("{")) || str_has(line, STR("[ "));

	if (!flow || !str_has(line, STR("[]")))
		return why->text;
	return arena_printf(
		r->arena, "%s (inside { } or [ ] leave the '[]' of a path out, or quote the line)",
		why->text);
}

/* Parameters of all files first: a rule may use one that a later file has. */
static void
take_files(struct catalogue *r, size_t from)
{
	size_t count = r->file_count - from;
	struct node **root = ARENA_ARRAY(r->arena, struct node *, count + 1);

	for (size_t i = 0; i < count; i++) {
		struct rule_file *f = r->file[from + i];
		struct node_problem why = { 0 };

		if (node_parse(f->text, r->arena, &root[i], &why))
			catalogue_take_params(r, f, root[i]);
		else
			catalogue_complain(r, (struct complaint){ f, why.line, why.column,
								  with_hint(r, f, &why), false });
	}
	for (size_t i = 0; i < count; i++)
		catalogue_take_rules(r, r->file[from + i], root[i]);
}

/* The first thing that is wrong, as an error. */
static const struct error *
first_complaint(struct catalogue *r, size_t from)
{
	size_t more = r->complaint_count - from;

	if (more == 0)
		return NULL;

	const struct complaint *c = &r->complaint[from];
	const char *rest =
		more == 1 ? ""
			  : arena_printf(r->arena, " (and %zu more; --check-rules lists them)",
					 more - 1);

	return error_new(r->arena, ERROR_USAGE, "%s:%zu:%zu: %s%s", c->file->name, c->line,
			 c->column, c->text, rest);
}

static const struct error *
load(struct catalogue *r, size_t from)
{
	size_t complaints = r->complaint_count;

	take_files(r, from);
	return first_complaint(r, complaints);
}

static bool
is_rule_file(struct str name)
{
	return str_ends(name, STR(".yaml")) && !str_starts(name, STR("."));
}

const struct error *
rules_load_builtin(struct rules *rules)
{
	struct catalogue *r = rules->all;
	struct str pack = { NULL, 0 };

	r->batch++;
	add_source(r, "built in");
	(void)embedded_find(STR("rules.pack"), &pack);
	return shelf_fill(r, (struct bytes){ (const uint8_t *)pack.p, pack.len });
}

const struct error *
rules_load_builtin_source(struct rules *rules)
{
	struct catalogue *r = rules->all;
	size_t from = r->file_count;

	r->batch++;
	add_source(r, "built in");
	for (const struct embedded_file *e = embedded_files; e->name != NULL; e++) {
		struct str text = { e->start, (size_t)(e->end - e->start) };

		if (str_starts(str_of(e->name), STR("rules/")) && is_rule_file(str_of(e->name)))
			catalogue_add_file(r, e->name, text, true);
	}
	return load(r, from);
}

static bool
is_skip_file(struct str name)
{
	return str_is(name, STR("skip.list")) || str_ends(name, STR("/skip.list"));
}

static void
add_skip_text(struct catalogue *r, struct str text)
{
	r->skip = arena_grow(r->arena, r->skip, r->skip_count, &r->skip_cap, sizeof(*r->skip));
	r->skip[r->skip_count++] = text;
}

const struct str *
rules_skip_texts(const struct rules *rules, size_t *count)
{
	*count = rules->all->skip_count;
	return rules->all->skip;
}

static const struct error *
read_all(int fd, struct arena *a, const char *path, struct str *out)
{
	size_t cap = 0;
	size_t len = 0;
	char *p = NULL;

	while (len <= LIMIT_RULE_BYTES) {
		p = arena_grow(a, p, len, &cap, 1);

		ssize_t got = read(fd, p + len, cap - len);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return error_errno(a, errno, "cannot read rule file '%s'", path);
		if (got == 0)
			break;
		len += (size_t)got;
	}
	if (len > LIMIT_RULE_BYTES)
		return error_new(a, ERROR_LIMIT, "rule file '%s' is longer than %d bytes", path,
				 LIMIT_RULE_BYTES);
	*out = str_copy(a, (struct str){ p, len });
	return NULL;
}

static const struct error *
read_file(struct catalogue *r, const char *path)
{
	struct str text = { NULL, 0 };
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return error_errno(r->arena, errno, "cannot open rule file '%s'", path);

	const struct error *e = read_all(fd, r->arena, path, &text);

	close(fd);
	if (e == NULL && is_skip_file(str_of(path)))
		add_skip_text(r, text);
	else if (e == NULL)
		catalogue_add_file(r, arena_printf(r->arena, "%s", path), text, false);
	return e;
}

static int
only_rule_files(const struct dirent *d)
{
	struct str name = str_of(d->d_name);

	return is_rule_file(name) || is_skip_file(name);
}

static int
by_bytes(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static const struct error *
read_folder(struct catalogue *r, const char *path)
{
	struct dirent **names = NULL;
	int count = scandir(path, &names, only_rule_files, by_bytes);
	const struct error *e = NULL;

	if (count < 0)
		return error_errno(r->arena, errno, "cannot list '%s'", path);
	if (count == 0)
		e = error_new(r->arena, ERROR_ABSENT, "there is no *.yaml and no skip.list in '%s'",
			      path);
	for (int i = 0; i < count; i++) {
		if (e == NULL)
			e = read_file(r, arena_printf(r->arena, "%s/%s", path, names[i]->d_name));
		free(names[i]);
	}
	free(names);
	return e;
}

const struct error *
rules_load_text(struct rules *rules, const char *name, struct str text)
{
	struct catalogue *r = rules->all;
	size_t from = r->file_count;

	r->batch++;
	add_source(r, name);
	catalogue_add_file(r, name, text, false);
	return load(r, from);
}

static bool
is_folder(const char *path)
{
	DIR *d = opendir(path);

	if (d != NULL)
		closedir(d);
	return d != NULL;
}

const struct error *
rules_load_path(struct rules *rules, const char *path)
{
	struct catalogue *r = rules->all;
	size_t from = r->file_count;

	r->batch++;
	add_source(r, path);

	const struct error *e = is_folder(path) ? read_folder(r, path) : read_file(r, path);

	return e != NULL ? e : load(r, from);
}
