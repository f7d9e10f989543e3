/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "verdict/pack.h"

#include "base/reader.h"
#include "verdict/severity.h"
#include "verdict/test.h"

#include <stdlib.h>

struct reading {
	struct catalogue *rules;
	struct arena *arena;
	struct reader in;
};

static struct reading
reading_of(struct catalogue *r, struct arena *a, struct bytes in)
{
	return (struct reading){ r, a, reader_over(in, ORDER_LITTLE, "the built-in rules", a) };
}

/* Borrowed from the pack. */
static struct str
take_text(struct reading *r)
{
	size_t len = reader_u16(&r->in);
	struct bytes b = reader_bytes(&r->in, len + 1);

	return (struct str){ b.len == 0 ? "" : (const char *)b.p, b.len == 0 ? 0 : len };
}

static struct str *
take_texts(struct reading *r, size_t *count)
{
	*count = reader_count(&r->in, reader_u16(&r->in), 3);

	struct str *texts = ARENA_ARRAY(r->arena, struct str, *count + 1);

	for (size_t i = 0; i < *count; i++)
		texts[i] = take_text(r);
	return texts;
}

static struct fact_path
take_path(struct reading *r)
{
	struct fact_path p = { .count = reader_u16(&r->in) };

	if (p.count > FACT_PATH_STEPS)
		reader_reject(&r->in, "a path has %zu steps", p.count);
	for (size_t i = 0; reader_error(&r->in) == NULL && i < p.count; i++)
		p.step[i] = (enum fact_id)reader_u16(&r->in);
	p.key = take_text(r);
	return p;
}

static const struct param *
take_param(struct reading *r)
{
	struct str name = take_text(r);
	const struct param *p = name.len == 0 ? NULL : catalogue_param(r->rules, name);

	if (name.len != 0 && p == NULL)
		reader_reject(&r->in, "there is no parameter '%.*s'", STR_ARG(name));
	return p;
}

static struct number
take_number(struct reading *r)
{
	unsigned int flags = reader_u8(&r->in);
	struct number n = {
		.has_fact = (flags & PACK_HAS_FACT) != 0,
		.fact_in_row = (flags & PACK_FACT_IN_ROW) != 0,
	};

	n.value = strtold(take_text(r).p, NULL);
	n.param = take_param(r);
	if (n.has_fact)
		n.fact = take_path(r);
	return n;
}

static struct operand
take_operand(struct reading *r)
{
	unsigned int flags = reader_u8(&r->in);
	struct operand o = {
		.has_to = (flags & PACK_HAS_TO) != 0,
		.has_fact = (flags & PACK_HAS_FACT) != 0,
		.fact_in_row = (flags & PACK_FACT_IN_ROW) != 0,
		.flag = (flags & PACK_TRUE) != 0,
	};

	o.text = take_text(r);
	o.number = take_number(r);
	if (o.has_to)
		o.to = take_number(r);
	if (o.has_fact)
		o.fact = take_path(r);
	o.word_count = reader_count(&r->in, reader_u16(&r->in), 6);
	o.word = ARENA_ARRAY(r->arena, struct word, o.word_count + 1);
	for (size_t i = 0; i < o.word_count; i++) {
		o.word[i].text = take_text(r);
		o.word[i].param = take_param(r);
	}
	return o;
}

static struct condition
take_condition(struct reading *r)
{
	struct condition c = { .op = (enum condition_op)reader_u8(&r->in) };

	c.end = reader_u16(&r->in);
	c.scope = reader_u16(&r->in);
	if (c.scope == PACK_NOTHING16)
		c.scope = CONDITION_NO_SCOPE;
	c.text = take_text(r);
	c.path = take_path(r);
	if (c.path.count != 0)
		c.kind = facts_info(c.path.step[c.path.count - 1])->kind;
	if (c.op == CONDITION_TEST) {
		c.test = &rule_tests[reader_u8(&r->in)];
		c.operand = take_operand(r);
	}
	return c;
}

static void
take_conditions(struct reading *r, struct rule *rule)
{
	rule->condition_count = reader_count(&r->in, reader_u16(&r->in), 12);
	rule->when_end = reader_u16(&r->in);
	rule->condition = ARENA_ARRAY(r->arena, struct condition, rule->condition_count + 1);
	for (size_t i = 0; i < rule->condition_count; i++)
		rule->condition[i] = take_condition(r);
}

static void
take_modifiers(struct reading *r, struct rule *rule)
{
	rule->modifier_count = reader_count(&r->in, reader_u16(&r->in), 9);
	rule->modifier = ARENA_ARRAY(r->arena, struct modifier, rule->modifier_count + 1);
	for (size_t i = 0; i < rule->modifier_count; i++) {
		struct modifier *m = &rule->modifier[i];

		m->first = reader_u16(&r->in);
		m->end = reader_u16(&r->in);
		m->by = (int)reader_u16(&r->in) - 100;
		m->because = take_text(r);
	}
}

const struct error *
pack_read_rule(struct catalogue *all, const struct packed_item *item, struct rule *out)
{
	struct reading r = reading_of(all, all->arena, item->body);
	struct rule rule = { .id = item->name };
	size_t file = reader_u16(&r.in);

	rule.file = file < all->file_count ? all->file[file] : NULL;
	rule.title = take_text(&r);
	rule.role = (enum rule_role)reader_u8(&r.in);
	rule.origin = (enum rule_origin)reader_u8(&r.in);
	rule.confidence = reader_u8(&r.in);

	size_t severity = reader_u8(&r.in);
	size_t kind = reader_u16(&r.in);

	rule.severity = severity == PACK_NOTHING ? NULL : severity_names[severity];
	rule.has_kind = kind != PACK_NOTHING16;
	rule.kind = rule.has_kind ? (enum kind)kind : KIND_NONE;
	take_conditions(&r, &rule);
	take_modifiers(&r, &rule);
	rule.supersedes = take_texts(&r, &rule.supersedes_count);
	for (size_t i = 0; i < RULE_ORIGINS; i++)
		rule.weakens[i] = reader_u8(&r.in);
	rule.packed_words = reader_bytes(&r.in, reader_left(&r.in));
	if (reader_error(&r.in) == NULL)
		*out = rule;
	return reader_error(&r.in);
}

struct rule_words
pack_read_words(struct bytes words, struct arena *a)
{
	struct reading r = reading_of(NULL, a, words);
	struct rule_words w = { .explain = take_text(&r) };

	w.next = take_texts(&r, &w.next_count);
	w.ref = take_texts(&r, &w.ref_count);
	return w;
}

const struct error *
pack_read_param(struct catalogue *all, const struct packed_item *item, struct param *out)
{
	struct reading r = reading_of(all, all->arena, item->body);
	struct param p = { .name = item->name, .is_number = reader_u8(&r.in) != 0 };

	p.number = take_number(&r).value;
	p.why = take_text(&r).p;
	p.word = take_texts(&r, &p.word_count);
	if (reader_error(&r.in) == NULL)
		*out = p;
	return reader_error(&r.in);
}

static struct packed_item
take_item(struct reading *r)
{
	struct packed_item i = { .is_param = reader_u8(&r->in) != 0 };

	i.name = take_text(r);
	i.kinds = take_text(r);
	i.needs = (enum fact_id)reader_u16(&r->in);
	i.body = reader_bytes(&r->in, reader_u32(&r->in));
	return i;
}

const struct error *
pack_open(struct catalogue *all, struct bytes pack, struct packed_item **out, size_t *out_count)
{
	struct reading r = reading_of(all, all->arena, pack);
	size_t file_count = 0;
	struct str *files = take_texts(&r, &file_count);
	size_t count = reader_count(&r.in, reader_u16(&r.in), 13);
	struct packed_item *item = ARENA_ARRAY(r.arena, struct packed_item, count + 1);

	for (size_t i = 0; i < count; i++)
		item[i] = take_item(&r);
	if (reader_error(&r.in) != NULL)
		return reader_error(&r.in);
	for (size_t i = 0; i < file_count; i++)
		catalogue_add_file(all, files[i].p, (struct str){ NULL, 0 }, true);
	*out = item;
	*out_count = count;
	return NULL;
}
