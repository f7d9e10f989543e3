/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "verdict/operand.h"

#include "verdict/shelf.h"

#include <stdlib.h>
#include <string.h>

struct reading {
	struct catalogue *rules;
	struct arena *arena;
	struct condition *condition;
	enum fact_shape row; /* of the some: block, or SHAPE_NONE */
};

static bool
take_unit(struct str *s, long double *unit)
{
	static const char letters[] = "KMGT";

	*unit = 1;
	if (s->len == 0)
		return true;

	const char *at = strchr(letters, s->p[s->len - 1]);

	if (at == NULL || s->p[s->len - 1] == 0)
		return true;
	for (const char *p = letters; p <= at; p++)
		*unit *= 1024;
	s->len--;
	return s->len != 0;
}

bool
operand_number(struct str s, long double *out)
{
	char text[48] = "";
	char *end = NULL;
	long double unit = 1;
	uint64_t n = 0;

	if (str_starts(s, STR("0x")) && str_to_number(s, &n)) {
		*out = (long double)n;
		return true;
	}
	if (!take_unit(&s, &unit) || s.len >= sizeof(text))
		return false;
	for (size_t i = 0; i < s.len; i++) {
		if (strchr("0123456789.-", s.p[i]) == NULL || s.p[i] == 0)
			return false;
		text[i] = s.p[i];
	}

	long double value = strtold(text, &end);

	if (end == text || *end != 0)
		return false;
	*out = value * unit;
	return true;
}

/* "{{path}}" gives the path. */
static bool
take_braces(struct str s, struct str *path)
{
	if (!str_take(&s, STR("{{")) || !str_ends(s, STR("}}")))
		return false;
	s.len -= 2;
	*path = str_trim(s);
	return true;
}

static const char *
find_fact(const struct reading *r, struct str path, struct fact_path *out, bool *in_row)
{
	if (r->row != SHAPE_NONE && facts_find_path(r->row, path, out)) {
		*in_row = true;
		return NULL;
	}
	if (facts_find_path(SHAPE_ROOT, path, out))
		return NULL;

	const char *near = facts_nearest_path(r->arena, SHAPE_ROOT, path);

	return near == NULL ? arena_printf(r->arena, "no fact is called '%.*s'", STR_ARG(path))
			    : arena_printf(r->arena, "no fact is called '%.*s'; did you mean '%s'?",
					   STR_ARG(path), near);
}

static const char *
find_param(const struct reading *r, struct str name, const struct param **out)
{
	*out = catalogue_param(r->rules, name);
	if (*out != NULL)
		return NULL;

	shelf_take_all(r->rules); /* all that it may have been meant to be */

	struct str *names = ARENA_ARRAY(r->arena, struct str, r->rules->param_count + 1);

	for (size_t i = 0; i < r->rules->param_count; i++)
		names[i] = r->rules->param[i]->name;
	return arena_printf(r->arena, "no parameter is called '%.*s'%s", STR_ARG(name),
			    catalogue_hint(r->arena, name, names, r->rules->param_count));
}

static const char *
read_plain_number(const struct reading *r, struct str s, struct number *out)
{
	if (str_take(&s, STR("$"))) {
		const char *wrong = find_param(r, s, &out->param);

		if (wrong != NULL || out->param->is_number)
			return wrong;
		return arena_printf(r->arena, "parameter '%.*s' is not a number", STR_ARG(s));
	}
	if (operand_number(s, &out->value))
		return NULL;
	return arena_printf(r->arena, "'%.*s' is not a number", STR_ARG(s));
}

static bool
is_numeric(enum fact_kind kind)
{
	return kind == FACT_KIND_NUMBER || kind == FACT_KIND_ADDRESS || kind == FACT_KIND_REAL ||
	       kind == FACT_KIND_TIME;
}

static const char *
need_numeric_fact(const struct reading *r, const struct fact_path *p, struct str path)
{
	if (is_numeric(facts_info(p->step[p->count - 1])->kind))
		return NULL;
	return arena_printf(r->arena, "'%.*s' is not a number", STR_ARG(path));
}

/* "4096", "{{memory.total}}", "30% of {{memory.total}}". */
static const char *
read_number(const struct reading *r, struct str s, struct number *out)
{
	struct str path = { NULL, 0 };
	size_t percent = str_find(s, STR("% of {{"));

	if (percent == STR_NONE && !take_braces(s, &path))
		return read_plain_number(r, s, out);
	out->value = 100;
	if (percent != STR_NONE) {
		const char *wrong = read_plain_number(r, str_first(s, percent), out);

		if (wrong != NULL)
			return wrong;
		if (!take_braces(str_from(s, percent + 5), &path))
			return "a share is written '30% of {{fact}}'";
	}
	out->has_fact = true;

	const char *wrong = find_fact(r, path, &out->fact, &out->fact_in_row);

	return wrong != NULL ? wrong : need_numeric_fact(r, &out->fact, path);
}

static const char *
read_range(const struct reading *r, struct str s, struct operand *o)
{
	size_t dots = str_find(s, STR(".."));
	struct str to = s;

	o->has_to = true;
	if (dots != STR_NONE) {
		to = str_trim(str_from(s, dots + 2));
		s = str_trim(str_first(s, dots));
		o->has_to = to.len != 0;
	}
	if (s.len == 0 && to.len == 0)
		return "a range is written 1..5, 1.. or ..5";

	const char *wrong = NULL;

	if (s.len == 0)
		o->number.value = -1e30L;
	else
		wrong = read_number(r, s, &o->number);
	if (wrong == NULL && o->has_to)
		wrong = read_number(r, to, &o->to);
	return wrong;
}

/* Facts whose values come from a closed list, in one place for the linter's sake. */
static const struct {
	enum fact_id id;
	const char *words;
} closed[] = {
	{ EVENT_ACCESS, "read write exec free" },
	{ FACT_FAULT_ACCESS, "read write exec" },
	{ FACT_FAULT_MODE, "kernel user" },
	{ FACT_FAULT_ADDRESS_CLASS,
	  "null null_offset err_ptr list_poison slab_poison slab_uninitialised redzone page_poison "
	  "kasan_shadow ascii small_integers bit_flip user non_canonical stack per_cpu direct_map "
	  "vmalloc module text fixmap unknown" },
	{ FACT_PANIC_TRIGGER, "oops panic policy sysrq nmi watchdog mce none" },
	{ FACT_SYSTEM_ARCH, "x86_64 i386 arm64 arm ppc64 s390x riscv64" },
	{ CONTEXT_CLASS, "storage filesystem network hardware memory time" },
	{ BACKTRACE_SOURCE, "orc dwarf frame-pointer log scan" },
};

static const char *
check_listed(const struct reading *r, struct str word, const char *words)
{
	struct str list = str_of(words);
	struct str name[48];
	size_t count = 0;
	struct str w = { NULL, 0 };

	while (str_take_word(&list, &w)) {
		if (str_is(w, word))
			return NULL;
		name[count++] = w;
	}
	return arena_printf(r->arena, "this fact is never '%.*s'%s", STR_ARG(word),
			    catalogue_hint(r->arena, word, name, count));
}

static const char *
check_kind(const struct reading *r, struct str word, bool family)
{
	struct str name[KIND_NONE + 1];

	for (size_t i = 0; i <= KIND_NONE; i++) {
		name[i] = str_of(family ? kind_family((enum kind)i) : kind_name((enum kind)i));
		if (str_is(name[i], word))
			return NULL;
	}
	return arena_printf(r->arena, "no %s is called '%.*s'%s", family ? "family" : "kind",
			    STR_ARG(word), catalogue_hint(r->arena, word, name, KIND_NONE + 1));
}

/* A word that the fact can never be is a typing error. */
static const char *
check_word(const struct reading *r, struct str word)
{
	const struct fact_path *p = &r->condition->path;
	enum fact_id id = p->step[p->count - 1];

	if (str_find_char(word, '*') != STR_NONE)
		return NULL;
	if (id == EVENT_KIND || id == EVENT_FAMILY)
		return check_kind(r, word, id == EVENT_FAMILY);
	for (size_t i = 0; i < sizeof(closed) / sizeof(closed[0]); i++) {
		if (closed[i].id == id)
			return check_listed(r, word, closed[i].words);
	}
	return NULL;
}

static size_t
count_words(struct str s)
{
	struct str w = { NULL, 0 };
	size_t count = 0;

	while (str_take_word(&s, &w))
		count++;
	return count;
}

static const char *
read_param_words(const struct reading *r, struct str name, struct word *out)
{
	const char *wrong = find_param(r, name, &out->param);

	for (size_t i = 0; wrong == NULL && i < out->param->word_count; i++)
		wrong = check_word(r, out->param->word[i]);
	return wrong;
}

static const char *
read_words(const struct reading *r, struct str s, struct operand *o)
{
	struct str w = { NULL, 0 };

	o->word = ARENA_ARRAY(r->arena, struct word, count_words(s));
	while (str_take_word(&s, &w)) {
		struct word *word = &o->word[o->word_count++];
		const char *wrong = NULL;

		if (str_ends(w, STR(",")))
			w.len--;
		word->text = w;
		if (str_take(&w, STR("$")))
			wrong = read_param_words(r, w, word);
		else
			wrong = check_word(r, w);
		if (wrong != NULL)
			return wrong;
	}
	return NULL;
}

/* Texts with texts, numbers with numbers. */
static const char *
need_same_kind(const struct reading *r, const struct fact_path *other, struct str path)
{
	enum fact_kind a = r->condition->kind;
	enum fact_kind b = facts_info(other->step[other->count - 1])->kind;

	if (a == b || (is_numeric(a) && is_numeric(b)))
		return NULL;
	return arena_printf(r->arena, "'%.*s' can never be the same: it is of another kind",
			    STR_ARG(path));
}

static const char *
read_value(const struct reading *r, struct str s, struct operand *o)
{
	struct str path = { NULL, 0 };

	if (take_braces(s, &path)) {
		const char *wrong = find_fact(r, path, &o->fact, &o->fact_in_row);

		o->has_fact = true;
		return wrong != NULL ? wrong : need_same_kind(r, &o->fact, path);
	}
	if (is_numeric(r->condition->kind))
		return read_number(r, s, &o->number);
	if (r->condition->kind == FACT_KIND_TEXT)
		return check_word(r, s);
	o->flag = str_is_c(s, "true");
	if (o->flag || str_is_c(s, "false"))
		return NULL;
	return "this fact is true or false";
}

static const char *
read_release(const struct reading *r, struct str s)
{
	uint64_t n = 0;

	if (str_take_decimal(&s, &n) && str_starts(s, STR(".")))
		return NULL;
	return arena_printf(r->arena, "a kernel release begins like 5.18");
}

static const char *
read_form(const struct reading *r, struct str text)
{
	struct operand *o = &r->condition->operand;

	switch (r->condition->test->form) {
	case OPERAND_NONE:
		return NULL;
	case OPERAND_VALUE:
		return read_value(r, text, o);
	case OPERAND_WORDS:
		return read_words(r, text, o);
	case OPERAND_NUMBER:
		return read_number(r, text, &o->number);
	case OPERAND_RANGE:
		return read_range(r, text, o);
	case OPERAND_RELEASE:
		return read_release(r, text);
	case OPERAND_REGEX:
		return test_regex_problem(r->arena, text);
	case OPERAND_TEXT:
		break;
	}
	return NULL;
}

static bool
is_quoted(struct str s)
{
	return s.len > 1 && (s.p[0] == '"' || s.p[0] == '\'') && s.p[s.len - 1] == s.p[0];
}

const char *
operand_read(struct catalogue *r, struct condition *c, enum fact_shape row, struct str text)
{
	struct reading reading = { r, r->arena, c, row };

	c->operand.text = text;
	if (c->test->form == OPERAND_NONE && text.len != 0)
		return arena_printf(r->arena, "nothing may follow '%s'", c->test->name);
	if (c->test->form != OPERAND_NONE && text.len == 0)
		return arena_printf(r->arena, "'%s' needs something to compare with",
				    c->test->name);
	if (is_quoted(text))
		return "these quotes would be part of the text; quote the whole line, or nothing";
	return read_form(&reading, text);
}
