/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "verdict/evidence.h"

#include "verdict/test.h"

struct visit_nth {
	size_t left; /* values before the wanted one */
	bool found;
	enum fact_id id;
	const struct fact_value *value;
	struct origin origin;
};

static bool
visit_nth(void *ctx, enum fact_id id, const struct fact_value *v, struct origin o)
{
	struct visit_nth *n = ctx;

	if (n->left-- != 0)
		return true;
	n->found = true;
	n->id = id;
	n->value = v;
	n->origin = o;
	return false;
}

static struct visit_nth
nth(const struct fact_row *from, const struct fact_path *path, size_t number)
{
	struct visit_nth n = { .left = number };

	facts_each(from, path, visit_nth, &n);
	return n;
}

const char *
evidence_path(const struct fact_path *p, struct arena *a)
{
	const char *text = "";

	for (size_t i = 0; i < p->count; i++) {
		const struct fact_info *info = facts_info(p->step[i]);

		text = arena_printf(a, "%s%s%s%s", text, i == 0 ? "" : ".", info->path,
				    info->form == FACT_FORM_LIST ? "[]" : "");
	}
	return p->key.len == 0 ? text : arena_printf(a, "%s.%.*s", text, STR_ARG(p->key));
}

struct writing {
	const struct finding *finding;
	const struct facts *facts;
	struct arena *arena;
	struct fact_row *to;
	enum fact_id list;
};

static bool
stands_already(const struct writing *w, const char *path, const char *value)
{
	const struct fact *list = facts_get(w->to, w->list);

	for (size_t i = 0; i < list->count; i++) {
		struct str p = { NULL, 0 };
		struct str v = { NULL, 0 };

		if (facts_get_text(list->values[i].row, EVIDENCE_FACT, &p) &&
		    facts_get_text(list->values[i].row, EVIDENCE_VALUE, &v) && str_is_c(p, path) &&
		    str_is_c(v, value))
			return true;
	}
	return false;
}

static void
put_row(const struct writing *w, const char *path, const char *value, struct origin o)
{
	if (stands_already(w, path, value))
		return;

	struct fact_row *row = facts_put_row(w->to, w->list, o);

	facts_put_text(row, EVIDENCE_FACT, str_of(path), o);
	facts_put_text(row, EVIDENCE_VALUE, str_of(value), o);
	facts_put_text(row, EVIDENCE_ORIGIN, str_of(o.text == NULL ? "" : o.text), o);
}

struct counting {
	size_t count;
};

static bool
count_value(void *ctx, enum fact_id id, const struct fact_value *v, struct origin o)
{
	(void)id;
	(void)v;
	(void)o;
	((struct counting *)ctx)->count++;
	return true;
}

static const char *
value_text(const struct writing *w, const struct condition *c, const struct fact_row *from,
	   const struct visit_nth *n)
{
	struct counting counting = { 0 };

	if (c->test->form == OPERAND_RANGE && c->test->holds == NULL) {
		facts_each(from, &c->path, count_value, &counting);
		return arena_printf(w->arena, "%zu", counting.count);
	}
	return facts_value_text(w->arena, facts_info(n->id)->kind, n->value);
}

/* The row that a some: block held for, or the root for a condition outside of one. */
static const struct fact_row *
row_of(const struct writing *w, const struct condition *c)
{
	const struct fact_row *root = facts_root_const(w->facts);

	if (c->scope == CONDITION_NO_SCOPE)
		return root;

	const struct condition *some = &w->finding->rule->condition[c->scope];
	struct visit_nth n = nth(root, &some->path, w->finding->match[c->scope].row);

	return n.found ? n.value->row : NULL;
}

static void
put_condition(const struct writing *w, size_t index)
{
	const struct condition *c = &w->finding->rule->condition[index];
	const struct fact_row *from = row_of(w, c);

	if (from == NULL)
		return;

	struct visit_nth n = nth(from, &c->path, w->finding->match[index].value);
	const char *path = evidence_path(&c->path, w->arena);

	if (c->scope != CONDITION_NO_SCOPE)
		path = arena_printf(
			w->arena, "%s.%s",
			evidence_path(&w->finding->rule->condition[c->scope].path, w->arena), path);
	if (n.found)
		put_row(w, path, value_text(w, c, from, &n), n.origin);
}

void
evidence_put(const struct finding *finding, const struct facts *f, struct arena *a,
	     struct fact_row *to, enum fact_id list)
{
	const struct rule *rule = finding->rule;
	struct writing w = { finding, f, a, to, list };

	for (size_t i = 0; i < rule->when_end; i++) {
		const struct condition *c = &rule->condition[i];

		if (c->op == CONDITION_NOT)
			i = c->end - 1; /* what is not so is no evidence that can be shown */
		else if (c->op == CONDITION_TEST && finding->match[i].held)
			put_condition(&w, i);
	}
}
