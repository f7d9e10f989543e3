/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rules.c - rule files: finding, reading and loading them.
 */
#include "base/embedded.h"
#include "base/limits.h"
#include "verdict/catalogue.h"

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

	r->arena = a;
	return r;
}

size_t
rules_count(const struct rules *r)
{
	size_t count = 0;

	for (size_t i = 0; i < r->rule_count; i++)
		count += !r->rule[i].overridden;
	return count;
}

const char *const *
rules_sources(const struct rules *r, size_t *count)
{
	*count = r->source_count;
	return r->source;
}

static void
add_source(struct rules *r, const char *name)
{
	r->source = arena_grow(r->arena, r->source, r->source_count, &r->source_cap,
			       sizeof(const char *));
	r->source[r->source_count++] = arena_printf(r->arena, "%s", name);
}

static void
find_lines(struct rule_file *f, struct arena *a)
{
	size_t count = 1;

	for (size_t i = 0; i < f->text.len; i++)
		count += f->text.p[i] == '\n';
	f->line = ARENA_ARRAY(a, size_t, count + 1);
	f->line_count = count;
	count = 1;
	for (size_t i = 0; i < f->text.len; i++) {
		if (f->text.p[i] == '\n')
			f->line[count++] = i + 1;
	}
	f->line[count] = f->text.len;
}

static struct rule_file *
add_file(struct rules *r, const char *name, struct str text)
{
	struct rule_file *f = ARENA_NEW(r->arena, struct rule_file);

	f->name = name;
	f->text = text;
	f->batch = r->batch;
	f->built_in = r->trusting;
	find_lines(f, r->arena);
	r->file = arena_grow(r->arena, r->file, r->file_count, &r->file_cap,
			     sizeof(struct rule_file *));
	r->file[r->file_count++] = f;
	return f;
}

static bool
begins_words(struct str line)
{
	static const struct str keys[] = {
		STR("  explain:"),
		STR("  next:"),
		STR("  refs:"),
		STR("  tests:"),
	};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (str_starts(line, keys[i]))
			return true;
	}
	return false;
}

/*
 * A copy of a rule file without what its rules say: two thirds of the text, which nobody
 * needs until a rule holds. Lines keep their numbers, so words_read() finds the rest.
 */
static struct str
without_words(struct str text, struct arena *a)
{
	char *copy = arena_alloc(a, text.len + 1, 1);
	size_t len = 0;
	bool words = false;
	struct str line = { NULL, 0 };

	while (str_take_line(&text, &line)) {
		if (line.len != 0 && line.p[0] != ' ')
			words = false;
		else if (begins_words(line))
			words = true;
		if (!words && line.len != 0 && line.p[0] != '#') {
			memcpy(copy + len, line.p, line.len);
			len += line.len;
		}
		if (line.p[line.len] == '\n')
			copy[len++] = '\n';
	}
	return (struct str){ copy, len };
}

/* What people stumble over most: "[]" of a path inside YAML's own brackets. */
static const char *
with_hint(struct rules *r, const struct rule_file *f, const struct node_problem *why)
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
take_files(struct rules *r, size_t from)
{
	size_t count = r->file_count - from;
	struct node **root = ARENA_ARRAY(r->arena, struct node *, count + 1);

	for (size_t i = 0; i < count; i++) {
		struct rule_file *f = r->file[from + i];
		struct str text = r->trusting ? without_words(f->text, r->arena) : f->text;
		struct node_problem why = { 0 };

		if (node_parse(text, r->arena, &root[i], &why))
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
first_complaint(struct rules *r, size_t from)
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
load(struct rules *r, size_t from)
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
rules_load_builtin(struct rules *r)
{
	size_t from = r->file_count;

	r->batch++;
	r->trusting = true;
	for (const struct embedded_file *e = embedded_files; e->name != NULL; e++) {
		if (str_starts(str_of(e->name), STR("rules/")) && is_rule_file(str_of(e->name)))
			add_file(r, e->name, (struct str){ e->start, (size_t)(e->end - e->start) });
	}
	add_source(r, "built in");

	const struct error *error = load(r, from);

	r->trusting = false;
	return error;
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
read_file(struct rules *r, const char *path)
{
	struct str text = { NULL, 0 };
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return error_errno(r->arena, errno, "cannot open rule file '%s'", path);

	const struct error *e = read_all(fd, r->arena, path, &text);

	close(fd);
	if (e == NULL)
		add_file(r, arena_printf(r->arena, "%s", path), text);
	return e;
}

static int
only_rule_files(const struct dirent *d)
{
	return is_rule_file(str_of(d->d_name));
}

static int
by_bytes(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static const struct error *
read_folder(struct rules *r, const char *path)
{
	struct dirent **names = NULL;
	int count = scandir(path, &names, only_rule_files, by_bytes);
	const struct error *e = NULL;

	if (count < 0)
		return error_errno(r->arena, errno, "cannot list '%s'", path);
	if (count == 0)
		e = error_new(r->arena, ERROR_ABSENT, "there is no *.yaml in '%s'", path);
	for (int i = 0; i < count; i++) {
		if (e == NULL)
			e = read_file(r, arena_printf(r->arena, "%s/%s", path, names[i]->d_name));
		free(names[i]);
	}
	free(names);
	return e;
}

const struct error *
rules_load_text(struct rules *r, const char *name, struct str text)
{
	size_t from = r->file_count;

	r->batch++;
	add_source(r, name);
	add_file(r, name, text);
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
rules_load_path(struct rules *r, const char *path)
{
	size_t from = r->file_count;

	r->batch++;
	add_source(r, path);

	const struct error *e = is_folder(path) ? read_folder(r, path) : read_file(r, path);

	return e != NULL ? e : load(r, from);
}
