/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/json.h"

#include "report/quote.h"

#include <json-c/json.h>
#include <limits.h>
#include <math.h>
#include <string.h>

enum {
	PRETTY = JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED | JSON_C_TO_STRING_NOSLASHESCAPE,
	ONE_LINE = JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE,
};

struct json_writer {
	struct arena *arena; /* scratch */
	struct json_object *provenance;
	struct json_object *unknown;
};

/* Why nothing is known below a path, where no stage gave a reason. The first that fits. */
static const struct {
	const char *prefix;
	const char *why;
} default_reasons[] = {
	{ "fault.address_ascii", "the address is no text" },
	{ "fault.kasan_address", "the address is not in KASAN's shadow" },
	{ "fault.page_table", "the log shows no walk of the page tables" },
	{ "fault.error_code.bits", "the error code of this processor or fault has no such bit" },
	{ "fault.operand.index", "the operand has none" },
	{ "fault.operand.scale", "the operand has none" },
	{ "fault.operand.type", "the type of the base register's value is not known" },
	{ "fault.operand.member", "the type of the base register's value is not known" },
	{ "fault.operand.expression", "the type of the base register's value is not known" },
	{ "fault.operand", "no operand was found that explains the fault" },
	{ "fault.arguments",
	  "no register has one any more, or the function's types are not known" },
	{ "fault.object", "the kernel has nothing there, or there is no memory to look at" },
	{ "fault", "the log has no fault of the processor, or does not describe it" },
	{ "registers", "the log prints none, and no dump has them" },
	{ "register_classes", "no registers are known" },
	{ "code_check.changes", "no difference was found, or nothing was compared" },
	{ "code_check", "there is no debug file that has code, or no dump" },
	{ "disassembly", "the log has no readable Code: line for the crash" },
	{ "debuginfo.system_map", "none was named" },
	{ "debuginfo", "no debuginfo was used" },
	{ "input.pages", "does not apply to this kind of input, or was not counted" },
	{ "input", "does not apply to this kind of input" },
	{ "backtrace.agrees_with_log", "the log or the dump has no whole stack of this task" },
	{ "panic.policy", "no setting turned this report into a panic" },
	{ "panic.task.backtrace", "it is backtrace{}" },
	{ "panic.task.waits_for", "it was running" },
	{ "panic", "neither the log nor the dump tells" },
	{ "system", "neither the log nor the dump tells" },
	{ "verdict.function", "no function can be blamed for it" },
	{ "verdict.module", "the function is not in a module, or nothing tells which" },
	{ "verdict.access", "it is no wrong access to memory" },
	{ "verdict.backtrace", "the blamed task is the one that panicked, or has no stack here" },
	{ "verdict.owner", "the list of owners has no entry for it" },
	{ "verdict", "does not apply to this verdict" },
	{ "tasks.all", "--all-stacks asks for it" },
	{ "tasks.not_followed", "none was left out" },
	{ "tasks", "there is no dump, or it does not hold them" },
	{ "cpus", "there is no dump, or it does not hold them" },
	{ "memory.page_use", "--deep asks for it" },
	{ "memory.cached_files", "--deep asks for it" },
	{ "memory.eaten_by", "half of the memory or more was available, or how much is not known" },
	{ "memory", "there is no dump, or it does not hold it" },
	{ "block", "looked for only where tasks are blocked" },
	{ "filesystems", "there is no dump, or it does not hold them" },
	{ "network", "there is no dump, or it does not hold them" },
	{ "tracing", "there is no dump, or it does not hold them" },
	{ "taint", "the log does not tell" },
	{ "modules", "neither the log nor the dump lists them" },
	{ "events", "no crash report was found" },
	{ "log", "no kernel log was read, or it does not tell" },
};

static const char *
default_reason(const char *path)
{
	for (size_t i = 0; i < ARRAY_LEN(default_reasons); i++) {
		struct str rest = str_of(path);

		if (str_take(&rest, str_of(default_reasons[i].prefix)) &&
		    (rest.len == 0 || rest.p[0] == '.' || rest.p[0] == '_'))
			return default_reasons[i].why;
	}
	return "nothing in the input tells";
}

/* ---- texts ---- */

/* Much faster than printf, and made for every fact. */
static const char *
joined(const struct json_writer *w, const char *head, const char *tail)
{
	struct text t = text_new(w->arena);

	text_put(&t, str_of(head));
	text_put(&t, str_of(tail));
	return text_str(&t).p;
}

static bool
is_plain(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		if ((uint8_t)s.p[i] >= 0x7f)
			return false;
	}
	return true;
}

/* json-c's serialiser for a string that brings its JSON form with it. */
static int
print_quoted(struct json_object *o, struct printbuf *pb, int level, int flags)
{
	const char *s = json_object_get_userdata(o);

	(void)level;
	(void)flags;
	return printbuf_memappend(pb, s, (int)strlen(s));
}

static struct json_object *
text_object(const struct json_writer *w, struct str s)
{
	size_t len = s.len > INT_MAX / 8 ? INT_MAX / 8 : s.len;
	struct json_object *o = json_object_new_string_len(s.p == NULL ? "" : s.p, (int)len);

	if (!is_plain(s)) {
		struct text form = text_new(w->arena);

		quote_put(&form, str_first(s, len));
		text_char(&form, '\0');
		json_object_set_serializer(o, print_quoted, form.p, NULL);
	}
	return o;
}

/* ---- values ---- */

static struct json_object *row_object(const struct json_writer *w, const struct fact_row *r,
				      const char *prefix);

static struct json_object *
real_object(const struct json_writer *w, double d)
{
	return json_object_new_double_s(d, arena_printf(w->arena, "%.15g", d));
}

/* prefix is the path of a row's facts with a dot behind, or NULL inside lists. */
static struct json_object *
value_object(const struct json_writer *w, enum fact_kind kind, const struct fact_value *v,
	     const char *prefix)
{
	switch (kind) {
	case FACT_KIND_TEXT:
		return text_object(w, v->text);
	case FACT_KIND_NUMBER:
		return json_object_new_int64(v->number);
	case FACT_KIND_REAL:
		return isfinite(v->real) ? real_object(w, v->real) : NULL;
	case FACT_KIND_BOOL:
		return json_object_new_boolean(v->flag);
	case FACT_KIND_ROW:
		return row_object(w, v->row, prefix);
	case FACT_KIND_ADDRESS:
	case FACT_KIND_TIME:
		break;
	}
	return json_object_new_string(facts_value_text(w->arena, kind, v));
}

static struct json_object *
list_object(const struct json_writer *w, enum fact_kind kind, const struct fact *fact)
{
	struct json_object *list = json_object_new_array();

	for (size_t i = 0; i < fact->count; i++) {
		struct json_object *o = value_object(w, kind, &fact->values[i], NULL);

		if (o != NULL)
			json_object_array_add(list, o);
	}
	return list;
}

static struct json_object *
map_object(const struct json_writer *w, enum fact_kind kind, const struct fact *fact)
{
	struct json_object *map = json_object_new_object();

	for (size_t i = 0; i < fact->count; i++) {
		const struct fact_value *v = &fact->values[i];

		json_object_object_add(map, v->name, value_object(w, kind, v, NULL));
	}
	return map;
}

static struct json_object *
fact_object(const struct json_writer *w, const struct fact_info *info, const struct fact *fact,
	    const char *path)
{
	switch (info->form) {
	case FACT_FORM_LIST:
		return list_object(w, info->kind, fact);
	case FACT_FORM_MAP:
		return map_object(w, info->kind, fact);
	case FACT_FORM_ONE:
		break;
	}
	return value_object(w, info->kind, &fact->values[0],
			    path == NULL || info->kind != FACT_KIND_ROW ? NULL
									: joined(w, path, "."));
}

/* ---- rows ---- */

/* The object that the last name of a path belongs into; dots make objects. */
static struct json_object *
parent_of(const struct json_writer *w, struct json_object *o, struct str *path)
{
	struct str head = { NULL, 0 };

	while (str_cut(path, '.', &head)) {
		const char *name = str_c(w->arena, head);
		struct json_object *child = NULL;

		if (!json_object_object_get_ex(o, name, &child)) {
			child = json_object_new_object();
			json_object_object_add(o, name, child);
		}
		o = child;
	}
	return o;
}

static void
add_at_path(const struct json_writer *w, struct json_object *o, const char *path,
	    struct json_object *value)
{
	struct str rest = str_of(path);
	struct json_object *parent = parent_of(w, o, &rest);

	json_object_object_add(parent, str_c(w->arena, rest), value);
}

static void
note_origin(const struct json_writer *w, const char *path, const struct fact *fact)
{
	if (path != NULL && fact->origin.text != NULL && fact->origin.text[0] != '\0')
		json_object_object_add(w->provenance, path,
				       text_object(w, str_of(fact->origin.text)));
}

/* Facts that are there only if asked for, or whose absence says that there is nothing. */
static bool
is_optional(enum fact_id id)
{
	return id == FACT_TIMING || id == FACT_EVENTS_DROPPED || id == FACT_REDACTION_RESIDUAL;
}

static void
note_unknown(const struct json_writer *w, const char *path, enum fact_id id,
	     const struct fact *fact)
{
	const char *why = NULL;

	if (is_optional(id))
		return;
	why = fact->why == NULL ? default_reason(path) : error_text(w->arena, fact->why);
	json_object_object_add(w->unknown, path, text_object(w, str_of(why)));
}

static void
add_fact(const struct json_writer *w, struct json_object *o, const struct fact_row *r,
	 enum fact_id id, const char *prefix)
{
	const struct fact_info *info = facts_info(id);
	const struct fact *fact = facts_get(r, id);
	const char *path = NULL;

	if (prefix != NULL)
		path = joined(w, prefix, info->path);
	if (!facts_known(r, id)) {
		if (path != NULL)
			note_unknown(w, path, id, fact);
		return;
	}

	struct json_object *value = fact_object(w, info, fact, path);

	if (value == NULL)
		return;
	add_at_path(w, o, info->path, value);
	/* A row's facts have their own. */
	if (info->kind != FACT_KIND_ROW || info->form != FACT_FORM_ONE)
		note_origin(w, path, fact);
}

/* The depth is that of schema.def. */
static struct json_object *
row_object(const struct json_writer *w, const struct fact_row *r, const char *prefix)
{
	struct json_object *o = json_object_new_object();
	enum fact_id first = FACT_NONE;
	size_t count = 0;

	facts_of_shape(r->shape, &first, &count);
	for (enum fact_id id = first; id < first + count; id++) {
		if (!facts_info(id)->hidden)
			add_fact(w, o, r, id, prefix);
	}
	return o;
}

/* ---- the report ---- */

static void
release(void *o)
{
	json_object_put(o);
}

const struct error *
report_render_json(const struct output_options *o, const struct facts *f, struct arena *a,
		   struct str *out)
{
	struct arena *scratch = arena_new_temporary(a);
	struct json_writer w = {
		.arena = scratch,
		.provenance = json_object_new_object(),
		.unknown = json_object_new_object(),
	};
	struct json_object *root = row_object(&w, facts_root_const(f), "");
	size_t len = 0;

	arena_defer(scratch, release, root);
	json_object_object_add(root, "provenance", w.provenance);
	json_object_object_add(root, "unknown", w.unknown);

	const char *text =
		json_object_to_json_string_length(root, o->count > 1 ? ONE_LINE : PRETTY, &len);

	if (text != NULL) {
		char *line = arena_alloc(a, len + 2, 1);

		memcpy(line, text, len + 1);
		line[len] = '\n';
		line[len + 1] = '\0';
		*out = (struct str){ line, len + 1 };
	}
	arena_free(scratch);
	return text != NULL ? NULL : error_new(a, ERROR_LIMIT, "the report is too long");
}
