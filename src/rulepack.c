/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rulepack.c - a program for the build alone: a folder of rule files in, the pack of
 * verdict/pack.h out. A rule that does not load ends the build.
 */
#include "base/embedded.h"
#include "verdict/pack.h"
#include "verdict/severity.h"
#include "verdict/test.h"
#include "verdict/words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The parts of the program that are linked with this one ask for them; here there are none. */
const struct embedded_file embedded_files[] = { { NULL, NULL, NULL } };

static void
fail(const char *what, const char *why)
{
	fprintf(stderr, "rulepack: %s: %s\n", what, why);
	exit(EXIT_FAILURE);
}

static void
put_u8(FILE *out, size_t n)
{
	if (n > UINT8_MAX)
		fail("a number does not fit", "one byte");
	fputc((int)n, out);
}

static void
put_u16(FILE *out, size_t n)
{
	if (n > UINT16_MAX)
		fail("a number does not fit", "two bytes");
	put_u8(out, n & 0xff);
	put_u8(out, n >> 8);
}

static void
put_u32(FILE *out, size_t n)
{
	put_u16(out, n & 0xffff);
	put_u16(out, n >> 16);
}

static void
put_text(FILE *out, struct str s)
{
	put_u16(out, s.len);
	fwrite(s.p, 1, s.len, out);
	put_u8(out, 0);
}

static void
put_texts(FILE *out, const struct str *text, size_t count)
{
	put_u16(out, count);
	for (size_t i = 0; i < count; i++)
		put_text(out, text[i]);
}

static void
put_path(FILE *out, const struct fact_path *p)
{
	put_u16(out, p->count);
	for (size_t i = 0; i < p->count; i++)
		put_u16(out, p->step[i]);
	put_text(out, p->key);
}

static struct str
name_of(const struct param *p)
{
	return p == NULL ? STR("") : p->name;
}

static unsigned int
flags_of(bool has_fact, bool in_row)
{
	return (has_fact ? PACK_HAS_FACT : 0u) | (in_row ? PACK_FACT_IN_ROW : 0u);
}

static void
put_number(FILE *out, const struct number *n)
{
	char value[64] = "";

	snprintf(value, sizeof(value), "%La", n->value);
	put_u8(out, flags_of(n->has_fact, n->fact_in_row));
	put_text(out, str_of(value));
	put_text(out, name_of(n->param));
	if (n->has_fact)
		put_path(out, &n->fact);
}

static void
put_operand(FILE *out, const struct operand *o)
{
	put_u8(out, flags_of(o->has_fact, o->fact_in_row) | (o->has_to ? PACK_HAS_TO : 0u) |
			    (o->flag ? PACK_TRUE : 0u));
	put_text(out, o->text);
	put_number(out, &o->number);
	if (o->has_to)
		put_number(out, &o->to);
	if (o->has_fact)
		put_path(out, &o->fact);
	put_u16(out, o->word_count);
	for (size_t i = 0; i < o->word_count; i++) {
		put_text(out, o->word[i].text);
		put_text(out, name_of(o->word[i].param));
	}
}

static void
put_condition(FILE *out, const struct condition *c)
{
	put_u8(out, c->op);
	put_u16(out, c->end);
	put_u16(out, c->scope == CONDITION_NO_SCOPE ? PACK_NOTHING16 : c->scope);
	put_text(out, c->text);
	put_path(out, &c->path);
	if (c->op != CONDITION_TEST)
		return;
	put_u8(out, (size_t)(c->test - rule_tests));
	put_operand(out, &c->operand);
}

static void
put_modifiers(FILE *out, const struct rule *rule)
{
	put_u16(out, rule->modifier_count);
	for (size_t i = 0; i < rule->modifier_count; i++) {
		const struct modifier *m = &rule->modifier[i];

		put_u16(out, m->first);
		put_u16(out, m->end);
		put_u16(out, (size_t)m->by + 100);
		put_text(out, m->because);
	}
}

static size_t
severity_index(const char *name)
{
	for (size_t i = 0; name != NULL && severity_names[i] != NULL; i++) {
		if (strcmp(severity_names[i], name) == 0)
			return i;
	}
	return PACK_NOTHING;
}

static void
put_words(FILE *out, const struct rule *rule, struct arena *a)
{
	struct rule_words w = words_read(rule, a);

	put_text(out, w.explain);
	put_texts(out, w.next, w.next_count);
	put_texts(out, w.ref, w.ref_count);
}

static size_t
file_index(const struct catalogue *all, const struct rule_file *f)
{
	size_t i = 0;

	while (all->file[i] != f)
		i++;
	return i;
}

static void
put_rule(FILE *out, const struct catalogue *all, const struct rule *rule)
{
	put_u16(out, file_index(all, rule->file));
	put_text(out, rule->title);
	put_u8(out, rule->role);
	put_u8(out, rule->origin);
	put_u8(out, (size_t)rule->confidence);
	put_u8(out, severity_index(rule->severity));
	put_u16(out, rule->has_kind ? rule->kind : PACK_NOTHING16);
	put_u16(out, rule->condition_count);
	put_u16(out, rule->when_end);
	for (size_t i = 0; i < rule->condition_count; i++)
		put_condition(out, &rule->condition[i]);
	put_modifiers(out, rule);
	put_texts(out, rule->supersedes, rule->supersedes_count);
	for (size_t i = 0; i < RULE_ORIGINS; i++)
		put_u8(out, (size_t)rule->weakens[i]);
	put_words(out, rule, all->arena);
}

static void
put_param(FILE *out, const struct param *p)
{
	struct number n = { .value = p->number };

	put_u8(out, p->is_number);
	put_number(out, &n);
	put_text(out, str_of(p->why));
	put_texts(out, p->word, p->word_count);
}

/* Which kinds of event the rule is about, by its first condition. */
static struct str
kinds_of(const struct condition *c)
{
	bool is_kind = c->op == CONDITION_TEST && c->path.count == 2 &&
		       c->path.step[0] == FACT_EVENT && c->path.step[1] == EVENT_KIND;

	if (is_kind && (c->test->form == OPERAND_WORDS || c->test->form == OPERAND_VALUE))
		return c->operand.text;
	return STR("");
}

/* The fact of the root without which the first condition cannot hold. */
static enum fact_id
needs_of(const struct condition *c)
{
	bool asks_value = c->op == CONDITION_TEST &&
			  (c->test->holds != NULL || strcmp(c->test->name, "known") == 0);

	return asks_value || c->op == CONDITION_SOME ? c->path.step[0] : FACT_NONE;
}

static FILE *
body_open(char **body, size_t *len)
{
	FILE *b = open_memstream(body, len);

	if (b == NULL)
		fail("a rule cannot be packed", "out of memory");
	return b;
}

/* Ends the body, and puts the whole item. */
static void
put_item(FILE *out, const struct packed_item *i, FILE *b, char *const *body, const size_t *len)
{
	fclose(b);
	put_u8(out, i->is_param);
	put_text(out, i->name);
	put_text(out, i->kinds);
	put_u16(out, i->needs);
	put_u32(out, *len);
	fwrite(*body, 1, *len, out);
	free(*body);
}

static void
put_param_item(FILE *out, const struct param *p)
{
	struct packed_item i = { .name = p->name, .is_param = true };
	char *body = NULL;
	size_t len = 0;
	FILE *b = body_open(&body, &len);

	put_param(b, p);
	put_item(out, &i, b, &body, &len);
}

static void
put_rule_item(FILE *out, const struct catalogue *all, const struct rule *rule)
{
	struct packed_item i = {
		.name = rule->id,
		.kinds = kinds_of(rule->condition),
		.needs = needs_of(rule->condition),
	};
	char *body = NULL;
	size_t len = 0;
	FILE *b = body_open(&body, &len);

	put_rule(b, all, rule);
	put_item(out, &i, b, &body, &len);
}

static void
put_pack(FILE *out, const struct catalogue *all)
{
	put_u16(out, all->file_count);
	for (size_t i = 0; i < all->file_count; i++)
		put_text(out, str_of(all->file[i]->name));
	put_u16(out, all->param_count + all->rule_count);
	for (size_t i = 0; i < all->param_count; i++)
		put_param_item(out, all->param[i]);
	for (size_t i = 0; i < all->rule_count; i++)
		put_rule_item(out, all, all->rule[i]);
}

int
main(int argc, char **argv)
{
	struct arena *a = arena_new(NULL);
	struct rules *r = rules_new(a);
	const struct error *e = argc != 2 ? NULL : rules_load_path(r, argv[1]);

	if (argc != 2)
		fail("usage", "rulepack FOLDER >rules.pack");
	if (e != NULL)
		fail("the rules are not right", error_text(a, e));
	put_pack(stdout, r->all);
	arena_free(a);
	return fflush(stdout) == 0 && ferror(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
