/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "verdict/eval.h"

#include "verdict/test.h"

struct scope {
	const struct fact_row *root;
	const struct fact_row *row; /* of the some: block, or NULL */
	size_t index;               /* of that block, or CONDITION_NO_SCOPE */
};

struct visit {
	struct test_input input;
	size_t count;
	size_t held_at;
	bool held;
};

static bool
visit_value(void *ctx, enum fact_id id, const struct fact_value *v, struct origin o)
{
	struct visit *visit = ctx;

	(void)o;
	visit->input.id = id;
	visit->input.value = v;
	if (visit->input.condition->test->holds != NULL &&
	    visit->input.condition->test->holds(&visit->input)) {
		visit->held = true;
		visit->held_at = visit->count;
		return false;
	}
	visit->count++;
	return true;
}

/* Has the fact itself, or a row on the way to it, been looked for and found to have nothing? */
static bool
is_known_empty(const struct fact_row *row, const struct fact_path *p)
{
	return p->count == 1 && facts_known(row, p->step[0]);
}

static struct match
test_one(const struct eval *e, const struct condition *c, const struct scope *s)
{
	const struct fact_row *from = s->row != NULL ? s->row : s->root;
	struct visit visit = {
		.input = { .condition = c,
			   .root = s->root,
			   .row = s->row,
			   .gave_up = e->hopeless && c->test->form == OPERAND_REGEX },
	};

	facts_each(from, &c->path, visit_value, &visit);
	test_done(&visit.input);
	if (c->test->holds == NULL) {
		bool known = visit.count != 0 || is_known_empty(from, &c->path);

		visit.held = test_count_holds(c, visit.count, known, s->root);
	}
	return (struct match){
		.looked = true,
		.held = visit.held,
		.unknown = visit.count == 0 && !visit.held,
		.gave_up = visit.input.gave_up,
		.value = visit.held_at,
	};
}

static bool
combine(const struct eval *e, size_t index)
{
	const struct condition *c = &e->rule->condition[index];
	size_t held = 0;
	size_t count = 0;

	for (size_t i = index + 1; i < c->end; i = e->rule->condition[i].end) {
		held += e->match[i].held;
		count++;
	}
	if (c->op == CONDITION_ANY)
		return held != 0;
	if (c->op == CONDITION_NOT)
		return held == 0;
	return held == count;
}

static void
eval_one(const struct eval *e, size_t index, const struct scope *s)
{
	const struct condition *c = &e->rule->condition[index];

	if (c->op == CONDITION_TEST)
		e->match[index] = test_one(e, c, s);
	else
		e->match[index] = (struct match){ .looked = true, .held = combine(e, index) };
}

/* Children stand behind their group, so from the back every child is ready before it. */
static bool
eval_in_row(const struct eval *e, size_t index, const struct scope *s)
{
	const struct condition *c = &e->rule->condition[index];

	for (size_t i = c->end; i-- > index + 1;)
		eval_one(e, i, s);
	return combine(e, index);
}

struct visit_rows {
	const struct eval *eval;
	const struct fact_row *root;
	size_t index;
	size_t count;
	bool held;
	size_t nearest;
	size_t nearest_held; /* conditions that hold in that row */
	size_t only;         /* the only row to look at, or STR_NONE */
};

static size_t
count_held(const struct eval *e, size_t index)
{
	size_t held = 0;

	for (size_t i = index + 1; i < e->rule->condition[index].end; i++)
		held += e->match[i].held;
	return held;
}

static bool
visit_row(void *ctx, enum fact_id id, const struct fact_value *v, struct origin o)
{
	struct visit_rows *rows = ctx;
	struct scope s = { rows->root, v->row, rows->index };

	(void)id;
	(void)o;
	if (rows->only != STR_NONE && rows->count != rows->only) {
		rows->count++;
		return true;
	}
	rows->held = eval_in_row(rows->eval, rows->index, &s);
	if (rows->eval->nearest && count_held(rows->eval, rows->index) > rows->nearest_held) {
		rows->nearest = rows->count;
		rows->nearest_held = count_held(rows->eval, rows->index);
	}
	rows->count++;
	return !rows->held && rows->only == STR_NONE;
}

static void
eval_some(const struct eval *e, size_t index)
{
	const struct fact_path *path = &e->rule->condition[index].path;
	struct visit_rows rows = {
		.eval = e, .root = facts_root_const(e->facts), .index = index, .only = STR_NONE
	};

	facts_each(rows.root, path, visit_row, &rows);
	e->match[index] = (struct match){
		.looked = true,
		.held = rows.held,
		.unknown = rows.count == 0,
		.row = rows.held ? rows.count - 1 : rows.nearest,
	};
	if (!e->nearest || rows.held || rows.count == 0)
		return;
	rows.only = rows.nearest;
	rows.count = 0;
	facts_each(rows.root, path, visit_row, &rows);
}

/* One condition of the outermost list, and all below it. */
static bool
eval_tree(const struct eval *e, size_t index)
{
	const struct condition *c = &e->rule->condition[index];
	struct scope root = { facts_root_const(e->facts), NULL, CONDITION_NO_SCOPE };

	for (size_t i = c->end; i-- > index;) {
		if (e->rule->condition[i].scope != CONDITION_NO_SCOPE)
			continue;
		if (e->rule->condition[i].op == CONDITION_SOME)
			eval_some(e, i);
		else
			eval_one(e, i, &root);
	}
	return e->match[index].held;
}

bool
eval_holds(const struct eval *e, size_t first, size_t end, bool all)
{
	bool held = true;

	for (size_t i = first; i < end; i = e->rule->condition[i].end) {
		if (!eval_tree(e, i))
			held = false;
		if (!held && !all)
			return false;
	}
	return held;
}
