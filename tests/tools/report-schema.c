/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * report-schema: the JSON Schema of the JSON report, from schema.def. templates/ has a copy
 * of what it prints (make schema writes it, tests/schema compares).
 */
#include "base/compiler.h"
#include "facts/facts.h"
#include "model/kind.h"

#include <ctype.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

/* A row for each fact: what schema.def calls its shape. */
static const struct {
	enum fact_shape shape;
	const char *name;
} shapes[] = {
#define FACT(shape, id, path, kind, of, doc) { SHAPE_##shape, #shape },
#define HIDDEN(shape, id, path, kind, of, doc) /* not in the report */
#include "facts/schema.def"
#undef FACT
};

/* In lower case; NULL for a shape that no report holds. */
static const char *
shape_name(struct arena *a, enum fact_shape shape)
{
	for (size_t i = 0; i < ARRAY_LEN(shapes); i++) {
		if (shapes[i].shape != shape)
			continue;

		char *name = arena_printf(a, "%s", shapes[i].name);

		for (char *p = name; *p != '\0'; p++)
			*p = (char)tolower((unsigned char)*p);
		return name;
	}
	return NULL;
}

/* Closed lists, words parted by blanks. "@kind" and "@family": those of model/kind. */
static const struct {
	enum fact_id id;
	const char *words;
} lists[] = {
	{ FACT_SCHEMA, "kdtriage/1" },
	{ FACT_SYSTEM_ARCH, "x86_64 i386 arm64 arm ppc64 s390x riscv64" },
	{ FACT_PANIC_TRIGGER, "oops panic policy sysrq nmi watchdog mce none" },
	{ FACT_FAULT_ADDRESS_CLASS,
	  "null null_offset err_ptr list_poison slab_poison slab_uninitialised redzone page_poison "
	  "kasan_shadow ascii small_integers bit_flip user non_canonical stack per_cpu direct_map "
	  "vmalloc module text fixmap unknown" },
	{ FACT_FAULT_ACCESS, "read write exec" },
	{ FACT_FAULT_MODE, "kernel user" },
	{ FACT_VERDICT_KIND, "@kind" },
	{ FACT_VERDICT_FAMILY, "@family" },
	{ FACT_VERDICT_ORIGIN,
	  "bug hardware deliberate policy external resource configuration unknown none" },
	{ FACT_VERDICT_ACCESS, "read write exec free" },
	{ FACT_VERDICT_SEVERITY, "critical high medium low info" },
	{ FACT_REDACTION_PROFILE, "none share public" },
	{ EVENT_KIND, "@kind" },
	{ EVENT_FAMILY, "@family" },
	{ EVENT_ACCESS, "read write exec free" },
	{ FINDING_ROLE, "cause context health" },
	{ DIAGNOSTIC_SEVERITY, "error warning note" },
};

static struct json_object *
text(const char *s)
{
	return json_object_new_string(s);
}

static struct json_object *
object_with(const char *key, struct json_object *value)
{
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, key, value);
	return o;
}

/* ---- closed lists ---- */

static bool
has_word(struct json_object *list, const char *word)
{
	for (size_t i = 0; i < json_object_array_length(list); i++) {
		if (strcmp(json_object_get_string(json_object_array_get_idx(list, i)), word) == 0)
			return true;
	}
	return false;
}

static struct json_object *
kind_words(bool family)
{
	struct json_object *list = json_object_new_array();

	for (enum kind k = KIND_NULL_DEREF; k <= KIND_NONE; k++) {
		const char *word = family ? kind_family(k) : kind_name(k);

		if (!has_word(list, word))
			json_object_array_add(list, text(word));
	}
	return list;
}

static struct json_object *
words_of(struct arena *a, const char *words)
{
	struct json_object *list = NULL;
	struct str rest = str_of(words);
	struct str word = { NULL, 0 };

	if (words[0] == '@')
		return kind_words(strcmp(words, "@family") == 0);
	list = json_object_new_array();
	while (str_take_word(&rest, &word))
		json_object_array_add(list, text(str_c(a, word)));
	return list;
}

static void
add_list(struct arena *a, struct json_object *type, enum fact_id id)
{
	for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
		if (lists[i].id == id)
			json_object_object_add(type, "enum", words_of(a, lists[i].words));
	}
}

/* ---- types ---- */

static struct json_object *
string_like(const char *key, const char *value)
{
	struct json_object *o = object_with("type", text("string"));

	json_object_object_add(o, key, text(value));
	return o;
}

static struct json_object *
value_type(struct arena *a, enum fact_id id)
{
	const struct fact_info *info = facts_info(id);
	struct json_object *o = NULL;

	switch (info->kind) {
	case FACT_KIND_TEXT:
		o = object_with("type", text("string"));
		add_list(a, o, id);
		return o;
	case FACT_KIND_NUMBER:
		return object_with("type", text("integer"));
	case FACT_KIND_ADDRESS:
		return object_with("$ref", text("#/$defs/address"));
	case FACT_KIND_REAL:
		return object_with("type", text("number"));
	case FACT_KIND_BOOL:
		return object_with("type", text("boolean"));
	case FACT_KIND_TIME:
		return string_like("format", "date-time");
	case FACT_KIND_ROW:
		break;
	}
	return object_with("$ref", text(arena_printf(a, "#/$defs/%s", shape_name(a, info->of))));
}

static struct json_object *
fact_type(struct arena *a, enum fact_id id)
{
	const struct fact_info *info = facts_info(id);
	struct json_object *o = value_type(a, id);

	if (info->form == FACT_FORM_LIST) {
		struct json_object *list = object_with("type", text("array"));

		json_object_object_add(list, "items", o);
		o = list;
	} else if (info->form == FACT_FORM_MAP) {
		struct json_object *map = object_with("type", text("object"));

		json_object_object_add(map, "additionalProperties", o);
		o = map;
	}
	json_object_object_add(o, "description", text(info->doc));
	return o;
}

/* The "properties" that the last name of a path belongs into; dots make objects. */
static struct json_object *
properties_for(struct arena *a, struct json_object *properties, struct str *path)
{
	struct str head = { NULL, 0 };

	while (str_cut(path, '.', &head)) {
		const char *name = str_c(a, head);
		struct json_object *child = NULL;

		if (!json_object_object_get_ex(properties, name, &child)) {
			child = object_with("type", text("object"));
			json_object_object_add(child, "properties", json_object_new_object());
			json_object_object_add(properties, name, child);
		}
		json_object_object_get_ex(child, "properties", &properties);
	}
	return properties;
}

static struct json_object *
shape_properties(struct arena *a, enum fact_shape shape)
{
	struct json_object *properties = json_object_new_object();
	enum fact_id first = FACT_NONE;
	size_t count = 0;

	facts_of_shape(shape, &first, &count);
	for (enum fact_id id = first; id < first + count; id++) {
		struct str path = str_of(facts_info(id)->path);

		if (facts_info(id)->hidden)
			continue;

		struct json_object *into = properties_for(a, properties, &path);

		json_object_object_add(into, str_c(a, path), fact_type(a, id));
	}
	return properties;
}

static struct json_object *
text_map(const char *doc)
{
	struct json_object *o = object_with("type", text("object"));

	json_object_object_add(o, "additionalProperties", object_with("type", text("string")));
	json_object_object_add(o, "description", text(doc));
	return o;
}

/* Only shapes that some report can hold: those of hidden facts are left out. */
static struct json_object *
definitions(struct arena *a)
{
	struct json_object *defs = object_with(
		"address",
		string_like("pattern", "^(0x[0-9a-f]{1,16}|[a-z]+(#[0-9]+\\+0x[0-9a-f]+)?)$"));
	struct json_object *address = NULL;

	json_object_object_get_ex(defs, "address", &address);
	json_object_object_add(
		address, "description",
		text("64 bits in hex; in the profile 'public' the name of a page and "
		     "an offset, or the kind of value"));
	for (enum fact_shape s = SHAPE_ROOT + 1; s < SHAPE_COUNT; s++) {
		const char *name = shape_name(a, s);
		struct json_object *o = NULL;

		if (name == NULL || s == SHAPE_NOT_KNOWN)
			continue;
		o = object_with("type", text("object"));

		json_object_object_add(o, "properties", shape_properties(a, s));
		json_object_object_add(defs, name, o);
	}
	return defs;
}

int
main(void)
{
	static const char *const required[] = { "schema", "tool", "provenance", "unknown" };
	struct arena *a = arena_new(NULL);
	struct json_object *schema =
		object_with("$schema", text("https://json-schema.org/draft/2020-12/schema"));
	struct json_object *properties = shape_properties(a, SHAPE_ROOT);
	struct json_object *always = json_object_new_array();

	json_object_object_add(properties, "provenance",
			       text_map("path of a fact -> where it came from"));
	json_object_object_add(properties, "unknown",
			       text_map("path of a fact -> why it is not known"));
	for (size_t i = 0; i < ARRAY_LEN(required); i++)
		json_object_array_add(always, text(required[i]));
	json_object_object_add(schema, "$id", text("urn:kdtriage:report:1"));
	json_object_object_add(schema, "title", text("kdtriage report, version 1"));
	json_object_object_add(schema, "type", text("object"));
	json_object_object_add(schema, "required", always);
	json_object_object_add(schema, "properties", properties);
	json_object_object_add(schema, "$defs", definitions(a));
	puts(json_object_to_json_string_ext(schema, JSON_C_TO_STRING_PRETTY |
							    JSON_C_TO_STRING_SPACED |
							    JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(schema);
	arena_free(a);
	return 0;
}
