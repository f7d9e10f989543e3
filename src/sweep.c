/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sweep.h"

#include "host/output.h"
#include "host/scan.h"

#include <string.h>

/* A dump or a log to be looked at. */
struct find {
	struct input input;
	const struct scan_file *file; /* of a split set: the first */
	bool was_read;                /* there is a report, of now or of before */
	bool is_hopeless;             /* it was looked at, and there can be none */
};

struct finds {
	struct find *find;
	size_t count;
};

static const char *
suffix_of(const char *format)
{
	static const struct {
		const char *format;
		const char *suffix;
	} usual[] = { { "text", "txt" }, { "markdown", "md" } };

	for (size_t i = 0; i < ARRAY_LEN(usual); i++) {
		if (strcmp(format, usual[i].format) == 0)
			return usual[i].suffix;
	}
	return format;
}

static enum pipeline_status
complain(const struct triage *t, const struct error *e)
{
	fprintf(stderr, "kdtriage: %s\n", error_text(t->a, e));
	return STATUS_NOTHING;
}

/* Kernels and whatever else lies there is left alone; a program's core, too. */
static bool
is_dump(const struct scan_file *f, enum input_class class)
{
	if (f->is_log)
		return false;
	return class == INPUT_DUMP || class == INPUT_MEMBER ||
	       (class < INPUT_PROGRAM && scan_is_dump_name(f->name));
}

/* The split set in this folder that a file belongs to, or NULL. */
static struct find *
find_set(const struct finds *f, const struct scan_file *file, const enum input_class *class,
	 const struct scan_file *first)
{
	for (size_t i = 0; i < f->count; i++) {
		const struct scan_file *other = f->find[i].file;

		if (class[other - first] == INPUT_MEMBER &&
		    strcmp(other->folder, file->folder) == 0)
			return &f->find[i];
	}
	return NULL;
}

static void
add_find(struct finds *f, const struct scan_list *l, size_t at, const enum input_class *class,
	 struct arena *a)
{
	const struct scan_file *file = &l->file[at];
	struct find *set = class[at] == INPUT_MEMBER ? find_set(f, file, class, l->file) : NULL;
	const char **paths = ARENA_ARRAY(a, const char *, l->count);

	if (set == NULL) {
		paths[0] = file->path;
		f->find[f->count++] = (struct find){ .input = { paths, 1 }, .file = file };
		return;
	}
	memcpy(paths, set->input.paths, set->input.path_count * sizeof(*paths));
	paths[set->input.path_count++] = file->path;
	set->input.paths = paths;
}

/* Dumps, newest first, and then logs. */
static void
choose(const struct scan_list *l, const enum input_class *class, struct finds *dumps,
       struct finds *logs, struct arena *a)
{
	dumps->find = ARENA_ARRAY(a, struct find, l->count);
	logs->find = ARENA_ARRAY(a, struct find, l->count);
	for (size_t i = 0; i < l->count; i++) {
		if (is_dump(&l->file[i], class[i]))
			add_find(dumps, l, i, class, a);
		else if (l->file[i].is_log)
			add_find(logs, l, i, class, a);
	}
}

/* Writes the report beside the dump. */
static enum pipeline_status
report_beside(struct triage *t, struct find *f)
{
	const char *path =
		arena_printf(t->a, "%s.kdtriage.%s", f->file->path, suffix_of(t->o->format));
	struct outfile *file = NULL;
	const struct error *e = outfile_open(path, t->a, &file);

	if (e != NULL)
		return complain(t, e);

	struct triage_output out = { .stream = outfile_stream(file), .count = 1 };
	enum pipeline_status status = triage_input(t, &f->input, &out);

	if (status == STATUS_NOTHING || t->stopped_by != 0) {
		outfile_abandon(file);
		f->is_hopeless = true;
		return status;
	}
	e = outfile_commit(file, t->a);
	if (e != NULL)
		return complain(t, e);
	f->was_read = true;
	if (!t->o->quiet)
		printf("%s\n", path);
	return status;
}

/* One dump or log, if it is new. That it was begun is on the disk before it is. */
static enum pipeline_status
visit(struct triage *t, struct find *f)
{
	const char *format = suffix_of(t->o->format);
	struct scan_state state = scan_state_read(f->file, format, t->a);
	const struct error *e = NULL;

	f->was_read = state.is_done;
	if (state.is_done || state.attempts >= SCAN_ATTEMPTS)
		return STATUS_COMPLETE;
	state.attempts++;
	e = scan_state_write(f->file, format, state, t->a);
	if (e != NULL)
		return complain(t, e);

	enum pipeline_status status = report_beside(t, f);

	if (t->stopped_by != 0)
		return status;
	/* What cannot be read now will not be readable later; a full disk may be emptied. */
	state.is_done = f->was_read;
	state.attempts = f->is_hopeless ? SCAN_ATTEMPTS : state.attempts;
	e = scan_state_write(f->file, format, state, t->a);
	return e == NULL ? status : complain(t, e);
}

static bool
has_read_dump(const struct finds *dumps, const char *folder)
{
	for (size_t i = 0; i < dumps->count; i++) {
		if (dumps->find[i].was_read && strcmp(dumps->find[i].file->folder, folder) == 0)
			return true;
	}
	return false;
}

/* pstore's own pieces of a log lie beside the whole of it. */
static bool
is_piece(const struct finds *logs, const struct scan_file *f)
{
	if (strncmp(f->name, "dmesg-", 6) != 0)
		return false;
	for (size_t i = 0; i < logs->count; i++) {
		const struct scan_file *other = logs->find[i].file;

		if (strcmp(other->name, "dmesg.txt") == 0 && strcmp(other->folder, f->folder) == 0)
			return true;
	}
	return false;
}

static enum pipeline_status
worse(enum pipeline_status a, enum pipeline_status b)
{
	return a > b ? a : b;
}

static enum pipeline_status
visit_all(struct triage *t, struct finds *dumps, struct finds *logs)
{
	enum pipeline_status status = STATUS_COMPLETE;

	for (size_t i = 0; i < dumps->count && t->stopped_by == 0; i++)
		status = worse(status, visit(t, &dumps->find[i]));
	for (size_t i = 0; i < logs->count && t->stopped_by == 0; i++) {
		struct find *log = &logs->find[i];

		if (!has_read_dump(dumps, log->file->folder) && !is_piece(logs, log->file))
			status = worse(status, visit(t, log));
	}
	return status;
}

static const struct error *
classify(struct triage *t, const struct scan_list *l, enum input_class *class)
{
	const char **paths = ARENA_ARRAY(t->a, const char *, l->count);

	for (size_t i = 0; i < l->count; i++)
		paths[i] = l->file[i].path;
	return triage_classify(t, paths, l->count, class);
}

enum pipeline_status
sweep(struct triage *t)
{
	struct scan_list l = { 0 };
	struct finds dumps = { 0 };
	struct finds logs = { 0 };
	const struct error *e = scan_folder(t->o->scan, t->a, &l);
	enum input_class *class = ARENA_ARRAY(t->a, enum input_class, l.count);

	if (e != NULL)
		return complain(t, e);
	for (size_t i = 0; i < l.refused_count && !t->o->quiet; i++)
		fprintf(stderr, "kdtriage: %s: left alone\n", l.refused[i]);
	if (l.is_busy && !t->o->quiet)
		fprintf(stderr, "kdtriage: '%s' is being scanned by another process\n", t->o->scan);
	e = classify(t, &l, class);
	if (e != NULL)
		return complain(t, e);
	choose(&l, class, &dumps, &logs, t->a);
	return t->stopped_by != 0 ? STATUS_NOTHING : visit_all(t, &dumps, &logs);
}
