/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "verdict/test.h"

#include "base/compiler.h"
#include "model/names.h"

#include <math.h>
#include <stdlib.h>
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

enum {
	REGEX_BYTES = 1000,         /* of a pattern: a page of alternatives */
	REGEX_NESTING = 50,         /* of its parentheses */
	REGEX_MATCH_LIMIT = 200000, /* steps: 2 ms at the worst */
	REGEX_DEPTH_LIMIT = 1000,
	REGEX_HEAP_KIB = 2048,
};

/* Exact for all 64-bit values: long double has 64 bits of mantissa or more. */
static long double
number_in(enum fact_kind kind, const struct fact_value *v)
{
	switch (kind) {
	case FACT_KIND_ADDRESS:
		return (long double)v->address;
	case FACT_KIND_NUMBER:
		return (long double)v->number;
	case FACT_KIND_TIME:
		return (long double)v->time;
	case FACT_KIND_REAL:
		return (long double)v->real;
	default:
		return 0;
	}
}

struct visit_number {
	long double value;
	bool found;
};

static bool
take_number(void *ctx, enum fact_id id, const struct fact_value *v, struct origin o)
{
	struct visit_number *n = ctx;

	(void)o;
	n->value = number_in(facts_info(id)->kind, v);
	n->found = true;
	return false;
}

/* False if it rests on a fact that is not known. */
static bool
number_now(const struct number *n, const struct fact_row *root, const struct fact_row *row,
	   long double *out)
{
	long double value = n->param != NULL ? n->param->number : n->value;

	if (!n->has_fact) {
		*out = value;
		return true;
	}

	struct visit_number seen = { 0, false };
	const struct fact_row *from = n->fact_in_row ? row : root;

	if (from == NULL)
		return false;
	facts_each(from, &n->fact, take_number, &seen);
	*out = seen.value * value / 100;
	return seen.found;
}

static long double
input_number(const struct test_input *in)
{
	return number_in(in->condition->kind, in->value);
}

/* Goes back to the last star when what follows it does not fit: never further. */
bool
test_word_fits(struct str text, struct str word)
{
	size_t t = 0;
	size_t w = 0;
	size_t star = STR_NONE; /* behind the last star */
	size_t resume = 0;      /* where the text goes on if the star takes one more */

	while (t < text.len) {
		if (w < word.len && word.p[w] == '*') {
			star = ++w;
			resume = t;
		} else if (w < word.len && word.p[w] == text.p[t]) {
			t++;
			w++;
		} else if (star != STR_NONE) {
			w = star;
			t = ++resume;
		} else {
			return false;
		}
	}
	while (w < word.len && word.p[w] == '*')
		w++;
	return w == word.len;
}

/* Functions of a trace carry what the compiler added; people write them without. */
static bool
text_fits(const struct test_input *in, struct str word)
{
	struct str text = in->value->text;

	if (test_word_fits(text, word))
		return true;
	return in->id == FRAME_FUNCTION && test_word_fits(names_plain(text), word);
}

struct visit_same {
	const struct test_input *in;
	bool same;
};

static bool
compare_with(void *ctx, enum fact_id id, const struct fact_value *v, struct origin o)
{
	struct visit_same *s = ctx;
	enum fact_kind kind = facts_info(id)->kind;

	(void)o;
	if (kind == FACT_KIND_TEXT)
		s->same = str_is(s->in->value->text, v->text);
	else if (kind == FACT_KIND_BOOL)
		s->same = s->in->value->flag == v->flag;
	else
		s->same = !(input_number(s->in) < number_in(kind, v)) &&
			  !(input_number(s->in) > number_in(kind, v));
	return !s->same;
}

static bool
is_same_as_fact(const struct test_input *in)
{
	const struct operand *o = &in->condition->operand;
	struct visit_same s = { in, false };
	const struct fact_row *from = o->fact_in_row ? in->row : in->root;

	if (from != NULL)
		facts_each(from, &o->fact, compare_with, &s);
	return s.same;
}

static bool
holds_is(struct test_input *in)
{
	const struct operand *o = &in->condition->operand;

	if (o->has_fact)
		return is_same_as_fact(in);
	if (in->condition->kind == FACT_KIND_TEXT)
		return str_is(in->value->text, o->text) ||
		       (in->id == FRAME_FUNCTION && str_is(names_plain(in->value->text), o->text));
	if (in->condition->kind == FACT_KIND_BOOL)
		return in->value->flag == o->flag;

	long double n = 0;

	return number_now(&o->number, in->root, in->row, &n) && !(input_number(in) < n) &&
	       !(input_number(in) > n);
}

static bool
holds_in(struct test_input *in)
{
	const struct operand *o = &in->condition->operand;

	for (size_t i = 0; i < o->word_count; i++) {
		const struct param *p = o->word[i].param;

		if (p == NULL && text_fits(in, o->word[i].text))
			return true;
		for (size_t k = 0; p != NULL && k < p->word_count; k++) {
			if (text_fits(in, p->word[k]))
				return true;
		}
	}
	return false;
}

static bool
holds_below(struct test_input *in)
{
	long double n = 0;

	return number_now(&in->condition->operand.number, in->root, in->row, &n) &&
	       input_number(in) < n;
}

static bool
holds_above(struct test_input *in)
{
	long double n = 0;

	return number_now(&in->condition->operand.number, in->root, in->row, &n) &&
	       input_number(in) > n;
}

static bool
holds_multiple(struct test_input *in)
{
	long double n = 0;

	if (!number_now(&in->condition->operand.number, in->root, in->row, &n) || !(n > 0))
		return false;
	return fmodl(input_number(in), n) == 0; /* exact: both are integers below 2^64 */
}

static bool
is_within(const struct operand *o, long double value, const struct fact_row *root,
	  const struct fact_row *row)
{
	long double from = 0;
	long double to = 0;

	if (!number_now(&o->number, root, row, &from) || value < from)
		return false;
	return !o->has_to || (number_now(&o->to, root, row, &to) && !(value > to));
}

static bool
holds_within(struct test_input *in)
{
	return is_within(&in->condition->operand, input_number(in), in->root, in->row);
}

static bool
holds_contains(struct test_input *in)
{
	return str_has(in->value->text, in->condition->operand.text);
}

static bool
holds_starts(struct test_input *in)
{
	return str_starts(in->value->text, in->condition->operand.text);
}

static bool
holds_ends(struct test_input *in)
{
	return str_ends(in->value->text, in->condition->operand.text);
}

static pcre2_code *
compile(struct str pattern, int *number)
{
	PCRE2_SIZE off = 0;
	pcre2_compile_context *c = pcre2_compile_context_create(NULL);

	if (c == NULL) {
		*number = PCRE2_ERROR_NOMEMORY;
		return NULL;
	}
	pcre2_set_max_pattern_length(c, REGEX_BYTES);
	pcre2_set_parens_nest_limit(c, REGEX_NESTING);

	pcre2_code *code = pcre2_compile(
		(PCRE2_SPTR)pattern.p, pattern.len,
		PCRE2_NEVER_UTF | PCRE2_NEVER_UCP | PCRE2_NEVER_BACKSLASH_C, number, &off, c);

	pcre2_compile_context_free(c);
	return code;
}

const char *
test_regex_problem(struct arena *a, struct str pattern)
{
	int number = 0;
	pcre2_code *code = compile(pattern, &number);
	PCRE2_UCHAR text[160] = "";

	if (code != NULL) {
		pcre2_code_free(code);
		return NULL;
	}
	pcre2_get_error_message(number, text, sizeof(text));
	return arena_printf(a, "%s", (const char *)text);
}

/* A pattern, and what matching it takes; for all values of a condition. */
struct regex {
	pcre2_code *code;
	pcre2_match_data *data;
	pcre2_match_context *limits;
};

static void
regex_free(struct regex *r)
{
	if (r == NULL)
		return;
	pcre2_match_context_free(r->limits);
	pcre2_match_data_free(r->data);
	pcre2_code_free(r->code);
	free(r);
}

/* NULL if there is no memory for it. */
static struct regex *
regex_new(struct str pattern)
{
	struct regex *r = calloc(1, sizeof(*r));
	int number = 0;

	if (r == NULL)
		return NULL;
	r->code = compile(pattern, &number);
	r->data = pcre2_match_data_create(1, NULL);
	r->limits = pcre2_match_context_create(NULL);
	if (r->code == NULL || r->data == NULL || r->limits == NULL) {
		regex_free(r);
		return NULL;
	}
	pcre2_set_match_limit(r->limits, REGEX_MATCH_LIMIT);
	pcre2_set_depth_limit(r->limits, REGEX_DEPTH_LIMIT);
	pcre2_set_heap_limit(r->limits, REGEX_HEAP_KIB);
	return r;
}

static bool
holds_matches(struct test_input *in)
{
	struct str text = in->value->text;

	if (in->regex == NULL)
		in->regex = regex_new(in->condition->operand.text);
	if (in->regex == NULL || text.p == NULL || in->gave_up)
		return false;

	int found = pcre2_match(in->regex->code, (PCRE2_SPTR)text.p, text.len, 0, 0,
				in->regex->data, in->regex->limits);

	in->gave_up = found < 0 && found != PCRE2_ERROR_NOMATCH;
	return found >= 0;
}

void
test_done(struct test_input *in)
{
	regex_free(in->regex);
	in->regex = NULL;
}

/* Cuts the next number off "6.1.0-56-cloud"; false at what is none. */
static bool
take_release_number(struct str *s, uint64_t *n)
{
	while (str_take(s, STR(".")) || str_take(s, STR("-")))
		;
	return str_take_decimal(s, n);
}

int
test_compare_releases(struct str release, struct str wanted)
{
	uint64_t have = 0;
	uint64_t want = 0;

	while (take_release_number(&wanted, &want)) {
		if (!take_release_number(&release, &have))
			have = 0;
		if (have != want)
			return have < want ? -1 : 1;
	}
	return 0;
}

static bool
is_release(struct str s)
{
	uint64_t n = 0;

	return str_take_decimal(&s, &n) && str_starts(s, STR("."));
}

static bool
holds_older(struct test_input *in)
{
	return is_release(in->value->text) &&
	       test_compare_releases(in->value->text, in->condition->operand.text) < 0;
}

static bool
holds_newer(struct test_input *in)
{
	return is_release(in->value->text) &&
	       test_compare_releases(in->value->text, in->condition->operand.text) >= 0;
}

enum {
	TEXT = 1u << FACT_KIND_TEXT,
	NUMERIC = 1u << FACT_KIND_NUMBER | 1u << FACT_KIND_ADDRESS | 1u << FACT_KIND_REAL |
		  1u << FACT_KIND_TIME,
	SINGLE = TEXT | NUMERIC | 1u << FACT_KIND_BOOL,
	ANYTHING = SINGLE | 1u << FACT_KIND_ROW,
};

const struct rule_test rule_tests[] = {
	{ "is", OPERAND_VALUE, SINGLE, holds_is,
	  "it is exactly that, or equal to {{another fact}}" },
	{ "in", OPERAND_WORDS, TEXT, holds_in,
	  "it is one of these words; * stands for anything, $name for a list" },
	{ "below", OPERAND_NUMBER, NUMERIC, holds_below, "it is less" },
	{ "above", OPERAND_NUMBER, NUMERIC, holds_above, "it is more" },
	{ "multiple", OPERAND_NUMBER, NUMERIC, holds_multiple, "it can be divided by that" },
	{ "within", OPERAND_RANGE, NUMERIC, holds_within, "it is in a range, both ends included" },
	{ "contains", OPERAND_TEXT, TEXT, holds_contains, "that text is somewhere in it" },
	{ "starts", OPERAND_TEXT, TEXT, holds_starts, "it begins with that text" },
	{ "ends", OPERAND_TEXT, TEXT, holds_ends, "it ends in that text" },
	{ "matches", OPERAND_REGEX, TEXT, holds_matches,
	  "a regular expression (PCRE2) fits in it" },
	{ "older", OPERAND_RELEASE, TEXT, holds_older, "a kernel release before that one" },
	{ "newer", OPERAND_RELEASE, TEXT, holds_newer, "a kernel release not before that one" },
	{ "count", OPERAND_RANGE, ANYTHING, NULL, "it has so many values" },
	{ "known", OPERAND_NONE, ANYTHING, NULL, "it has a value" },
	{ "unknown", OPERAND_NONE, ANYTHING, NULL, "it has none" },
	{ NULL, OPERAND_NONE, 0, NULL, NULL },
};

const struct rule_test *
test_find(struct str name)
{
	for (const struct rule_test *t = rule_tests; t->name != NULL; t++) {
		if (str_is_c(name, t->name))
			return t;
	}
	return NULL;
}

bool
test_count_holds(const struct condition *c, size_t count, bool known, const struct fact_row *root)
{
	if (c->test->form == OPERAND_RANGE)
		return known && is_within(&c->operand, (long double)count, root, NULL);
	return (count != 0) == str_is_c(STR("known"), c->test->name);
}
