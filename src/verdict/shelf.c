/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "verdict/shelf.h"

#include "verdict/pack.h"
#include "verdict/test.h"

const struct error *
shelf_fill(struct catalogue *r, struct bytes pack)
{
	struct packed_item *item = NULL;
	size_t count = 0;
	const struct error *e = pack_open(r, pack, &item, &count);

	if (e != NULL)
		return e;
	r->shelved = ARENA_ARRAY(r->arena, struct shelved, count + 1);
	r->shelved_count = count;
	for (size_t i = 0; i < count; i++)
		r->shelved[i].item = &item[i];
	return NULL;
}

/* The pack is as right as the program: the tests compare each rule of it with its YAML. */
static void
take(struct catalogue *r, struct shelved *s)
{
	const struct error *e = NULL;

	s->done = true;
	if (s->item->is_param) {
		struct param *p = ARENA_NEW(r->arena, struct param);

		e = pack_read_param(r, s->item, p);
		if (e == NULL)
			catalogue_add_param(r, p);
	} else {
		struct rule *rule = ARENA_NEW(r->arena, struct rule);

		e = pack_read_rule(r, s->item, rule);
		if (e == NULL)
			catalogue_add_rule(r, rule);
	}
	if (e != NULL)
		catalogue_complain(
			r, (struct complaint){ r->file[0], 0, 0, error_text(r->arena, e), false });
}

static bool
fits(struct catalogue *r, struct str kinds, struct str kind)
{
	struct str word = { NULL, 0 };

	if (kinds.len == 0)
		return true;
	while (str_take_word(&kinds, &word)) {
		const struct param *p = str_take(&word, STR("$")) ? catalogue_param(r, word) : NULL;

		if (p == NULL && test_word_fits(kind, word))
			return true;
		for (size_t i = 0; p != NULL && i < p->word_count; i++) {
			if (test_word_fits(kind, p->word[i]))
				return true;
		}
	}
	return false;
}

void
shelf_take_for(struct catalogue *r, struct str kind, const struct facts *f)
{
	const struct fact_row *root = facts_root_const(f);

	for (size_t i = 0; i < r->shelved_count; i++) {
		struct shelved *s = &r->shelved[i];
		const struct packed_item *item = s->item;
		bool known = item->needs == FACT_NONE || facts_get(root, item->needs)->count != 0;

		if (!s->done && !item->is_param && known && fits(r, item->kinds, kind))
			take(r, s);
	}
}

void
shelf_take_all(struct catalogue *r)
{
	for (size_t i = 0; i < r->shelved_count; i++) {
		if (!r->shelved[i].done)
			take(r, &r->shelved[i]);
	}
}

void
shelf_take_param(struct catalogue *r, struct str name)
{
	for (size_t i = 0; i < r->shelved_count; i++) {
		struct shelved *s = &r->shelved[i];

		if (!s->done && s->item->is_param && str_is(s->item->name, name))
			take(r, s);
	}
}

void
shelf_drop(struct catalogue *r, struct str id)
{
	for (size_t i = 0; i < r->shelved_count; i++) {
		const struct packed_item *item = r->shelved[i].item;

		r->shelved[i].done |= !item->is_param && str_is(item->name, id);
	}
}
