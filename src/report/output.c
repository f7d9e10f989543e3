/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/output.h"

#include "base/embedded.h"
#include "base/limits.h"
#include "report/ci.h"
#include "report/json.h"
#include "report/prepare.h"
#include "report/template.h"

#include <errno.h>
#include <string.h>

struct output_format {
	const char *name;
	const struct error *(*render)(const struct output_options *o, const struct facts *f,
				      struct arena *a, struct str *out);
	/* Of formats in which several reports are one document; or NULL. */
	void (*begin)(const struct output_options *o, struct text *out);
	void (*missing)(const struct output_options *o, const struct output_missing *m,
			struct text *out);
	void (*end)(const struct output_options *o, struct text *out);
};

/* Formats that are no templates. */
static const struct output_format structured[] = {
	{ "github", github_render, NULL, github_missing, NULL },
	{ "json", report_render_json, NULL, NULL, NULL },
	{ "junit", junit_render, junit_begin, junit_missing, junit_end },
	{ "tap", tap_render, tap_begin, tap_missing, NULL },
};

static const struct output_format *
find_structured(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(structured); i++) {
		if (strcmp(structured[i].name, name) == 0)
			return &structured[i];
	}
	return NULL;
}

/* The format that an embedded file makes, if it makes one. */
static bool
format_of_file(const char *path, struct str *name)
{
	struct str s = str_of(path);

	if (!str_take(&s, STR("templates/")) || s.len == 0 || s.p[0] == '_' ||
	    str_find_char(s, '.') != STR_NONE)
		return false;
	*name = s;
	return true;
}

const char *const *
output_formats(struct arena *a)
{
	const char **names = NULL;
	size_t count = 0;
	size_t cap = 0;

	for (size_t i = 0; i < ARRAY_LEN(structured); i++) {
		names = arena_grow(a, names, count, &cap, sizeof(*names));
		names[count++] = structured[i].name;
	}
	for (const struct embedded_file *f = embedded_files; f->name != NULL; f++) {
		struct str name = { NULL, 0 };

		if (!format_of_file(f->name, &name))
			continue;
		names = arena_grow(a, names, count, &cap, sizeof(*names));
		names[count++] = str_c(a, name);
	}
	names = arena_grow(a, names, count, &cap, sizeof(*names));
	names[count] = NULL;
	return names;
}

static const struct error *
unknown_format(const char *name, struct arena *a)
{
	const char *all = "";

	for (const char *const *n = output_formats(a); *n != NULL; n++)
		all = arena_printf(a, "%s%s%s", all, all[0] == '\0' ? "" : ", ", *n);
	return error_new(a, ERROR_USAGE, "there is no format '%s'; there are %s", name, all);
}

/* ---- templates ---- */

enum {
	OUTPUT_TEMPLATE_BYTES = 1 << 20, /* the largest of ours has 10,000 */
};

static void
close_file(void *file)
{
	fclose(file);
}

static const struct error *
read_file(const char *path, struct arena *a, struct str *out)
{
	FILE *file = fopen(path, "re");

	if (file == NULL)
		return error_errno(a, errno, "cannot open template '%s'", path);

	struct arena *opened = arena_new_temporary(a);
	char *buf = arena_alloc(a, OUTPUT_TEMPLATE_BYTES + 1, 1);
	const struct error *e = NULL;

	arena_defer(opened, close_file, file);

	size_t len = fread(buf, 1, OUTPUT_TEMPLATE_BYTES + 1, file);

	if (ferror(file))
		e = error_errno(a, errno, "cannot read template '%s'", path);
	else if (len > OUTPUT_TEMPLATE_BYTES)
		e = error_new(a, ERROR_LIMIT, "template '%s' is longer than %d bytes", path,
			      OUTPUT_TEMPLATE_BYTES);
	arena_free(opened);
	if (e == NULL)
		*out = (struct str){ buf, len };
	return e;
}

static const char *
format_name(const struct output_options *o)
{
	return o->format == NULL ? "text" : o->format;
}

/* The template that the options ask for, and what it is called in errors. */
static const struct error *
find_template(const struct output_options *o, struct arena *a, struct str *text, const char **name)
{
	*name = o->template;
	if (o->template != NULL)
		return read_file(o->template, a, text);

	const char *path = arena_printf(a, "templates/%s", format_name(o));
	struct str ignored = { NULL, 0 };

	*name = path;
	if (format_of_file(path, &ignored) && embedded_find(str_of(path), text))
		return NULL;
	return unknown_format(format_name(o), a);
}

const struct error *
output_check(const struct output_options *o, struct arena *a)
{
	struct str text = { NULL, 0 };
	const char *name = NULL;
	const struct error *e = NULL;

	if (o->template == NULL && find_structured(format_name(o)) != NULL)
		return NULL;
	e = find_template(o, a, &text, &name);
	return e != NULL ? e : template_check(text, name, o, a);
}

static const struct error *
render_template(const struct output_options *o, const struct facts *f, struct arena *a,
		struct str *out)
{
	struct str text = { NULL, 0 };
	const char *name = NULL;
	const struct error *e = find_template(o, a, &text, &name);

	return e != NULL ? e : template_fill(text, name, o, f, a, out);
}

/* The format that the options ask for, if it is none of the templates. */
static const struct output_format *
structured_format(const struct output_options *o)
{
	return o->template == NULL ? find_structured(format_name(o)) : NULL;
}

static const struct error *
render(const struct output_options *o, const struct facts *f, struct arena *a, struct str *out)
{
	const struct output_format *structure = structured_format(o);

	if (structure != NULL)
		return structure->render(o, f, a, out);
	return render_template(o, f, a, out);
}

static const struct error *
write_all(struct str s, struct arena *a, FILE *out)
{
	if (fwrite(s.p, 1, s.len, out) != s.len || fflush(out) != 0)
		return error_errno(a, errno, "cannot write the report");
	return NULL;
}

/* What stands before the first report of a document, and behind the last. */
static void
put_begin(const struct output_options *o, struct text *t)
{
	const struct output_format *structure = structured_format(o);

	if (o->index == 0 && structure != NULL && structure->begin != NULL)
		structure->begin(o, t);
}

static void
put_end(const struct output_options *o, struct text *t)
{
	const struct output_format *structure = structured_format(o);

	if (o->index + 1 >= o->count && structure != NULL && structure->end != NULL)
		structure->end(o, t);
}

const struct error *
output_write(const struct output_options *o, struct facts *f, struct arena *a, FILE *out)
{
	struct text whole = text_new(a);
	struct str report = { NULL, 0 };
	const struct error *e = NULL;

	if (o->redaction != NULL)
		redact_facts(o->redaction, f);
	prepare_facts(f, o->written == 0, a);
	e = render(o, f, a, &report);
	/* What the search finds stands in the report: it is made once more. */
	if (e == NULL && o->redaction != NULL && redact_audit(o->redaction, report, f) != 0)
		e = render(o, f, a, &report);
	if (e != NULL)
		return e;
	put_begin(o, &whole);
	text_put(&whole, report);
	put_end(o, &whole);
	if (whole.full)
		return error_new(a, ERROR_LIMIT, "the report is longer than %d MiB",
				 LIMIT_TEXT_BYTES >> 20);
	return write_all(text_str(&whole), a, out);
}

const struct error *
output_write_missing(const struct output_options *o, const struct output_missing *m,
		     struct arena *a, FILE *out)
{
	const struct output_format *structure = structured_format(o);
	struct text t = text_new(a);
	struct output_missing shown = *m;

	if (structure == NULL || structure->missing == NULL)
		return NULL;
	if (o->redaction != NULL) {
		shown.name = redact_input(o->redaction, m->name);
		shown.why = redact_message(o->redaction, m->why);
	}
	put_begin(o, &t);
	structure->missing(o, &shown, &t);
	put_end(o, &t);
	return write_all(text_str(&t), a, out);
}
