/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "verdict/condition.h"

#include "base/limits.h"
#include "verdict/operand.h"

#include <string.h>

/* A group whose children are being read. */
struct open_group {
	const struct node *next; /* child to read */
	bool one;                /* next stands alone: its sibling is none of the group's */
	size_t index;            /* of the group, or CONDITION_NO_SCOPE for the outermost */
};

struct reading {
	struct condition_list *list;
	struct open_group group[LIMIT_RULE_DEPTH * 2];
	size_t depth;
	size_t scope;          /* index of the some: block that is open */
	enum fact_shape shape; /* of its rows; SHAPE_ROOT outside */
};

static void
complain(struct reading *r, size_t line, size_t column, const char *text)
{
	catalogue_complain(r->list->rules,
			   (struct complaint){ r->list->file, line, column, text, false });
	r->list->bad = true;
}

static struct condition *
append(struct reading *r, enum condition_op op, const struct node *n)
{
	struct condition_list *l = r->list;

	l->condition =
		arena_grow(l->rules->arena, l->condition, l->count, &l->cap, sizeof(*l->condition));

	struct condition *c = &l->condition[l->count++];

	*c = (struct condition){
		.op = op,
		.end = l->count,
		.scope = r->scope,
		.text = n->text,
		.line = n->line,
		.column = n->column,
	};
	return c;
}

static const char *
no_such_fact(struct reading *r, struct str path)
{
	struct arena *a = r->list->rules->arena;
	const char *near = facts_nearest_path(a, r->shape, path);

	if (facts_is_prefix(r->shape, path))
		return arena_printf(a, "'%.*s' is not a fact: several begin with it",
				    STR_ARG(path));
	if (near == NULL)
		return arena_printf(a, "no fact is called '%.*s'", STR_ARG(path));
	return arena_printf(a, "no fact is called '%.*s'; did you mean '%s'?", STR_ARG(path), near);
}

static const char *
no_such_test(struct reading *r, struct str name)
{
	struct arena *a = r->list->rules->arena;
	struct str names[32];
	size_t count = 0;

	if (name.len == 0)
		return "a condition is written: fact test value";
	for (const struct rule_test *t = rule_tests; t->name != NULL; t++)
		names[count++] = str_of(t->name);
	return arena_printf(a, "no test is called '%.*s'%s", STR_ARG(name),
			    catalogue_hint(a, name, names, count));
}

static const char *
kind_words(enum fact_kind kind)
{
	switch (kind) {
	case FACT_KIND_TEXT:
		return "a text";
	case FACT_KIND_BOOL:
		return "true or false";
	case FACT_KIND_ROW:
		return "several facts";
	default:
		return "a number";
	}
}

static const char *
check_test(struct reading *r, const struct condition *c)
{
	if ((c->test->kinds & 1u << c->kind) != 0)
		return NULL;
	return arena_printf(r->list->rules->arena, "'%s' cannot be asked of it: this fact is %s",
			    c->test->name, kind_words(c->kind));
}

static size_t
column_of(const struct node *n, struct str part)
{
	return part.p == NULL ? n->column + n->text.len : n->column + (size_t)(part.p - n->text.p);
}

static void
take_test(struct reading *r, const struct node *n)
{
	struct condition_list *l = r->list;
	struct str rest = n->text;
	struct str path = { NULL, 0 };
	struct str test = { NULL, 0 };
	struct condition *c = append(r, CONDITION_TEST, n);
	const char *wrong = NULL;

	(void)str_take_word(&rest, &path);
	(void)str_take_word(&rest, &test);
	rest = str_trim(rest);
	if (!facts_find_path(r->shape, path, &c->path)) {
		complain(r, n->line, column_of(n, path), no_such_fact(r, path));
		return;
	}
	c->kind = facts_info(c->path.step[c->path.count - 1])->kind;
	c->test = test_find(test);
	if (c->test == NULL)
		wrong = no_such_test(r, test);
	else
		wrong = check_test(r, c);
	if (wrong != NULL) {
		complain(r, n->line, column_of(n, test), wrong);
		return;
	}
	wrong = operand_read(l->rules, c, r->scope == CONDITION_NO_SCOPE ? SHAPE_NONE : r->shape,
			     rest);
	if (wrong != NULL)
		complain(r, n->line, column_of(n, rest), wrong);
}

static void
open_children(struct reading *r, size_t index, const struct node *value)
{
	bool one = value->type != NODE_LIST;

	if (r->depth == LIMIT_RULE_DEPTH * 2) {
		complain(r, value->line, value->column, "conditions nest too deeply here");
		return;
	}
	r->group[r->depth++] = (struct open_group){ one ? value : value->child, one, index };
}

static void
take_some(struct reading *r, const struct node *map, const struct node *some)
{
	const struct node *where = node_find(map, "where");
	struct condition *c = append(r, CONDITION_SOME, some);
	size_t index = r->list->count - 1;

	if (r->scope != CONDITION_NO_SCOPE) {
		complain(r, some->key_line, some->key_column, "some: cannot stand in some:");
		return;
	}
	if (where == NULL || map->count != 2 || some->type != NODE_TEXT) {
		complain(r, some->key_line, some->key_column,
			 "written: { some: LIST, where: [conditions on one row] }");
		return;
	}
	if (!facts_find_path(SHAPE_ROOT, some->text, &c->path)) {
		complain(r, some->line, some->column, no_such_fact(r, some->text));
		return;
	}

	const struct fact_info *info = facts_info(c->path.step[c->path.count - 1]);

	c->kind = info->kind;
	if (info->kind != FACT_KIND_ROW) {
		complain(r, some->line, some->column, "some: needs a list of rows");
		return;
	}
	r->scope = index;
	r->shape = info->of;
	open_children(r, index, where);
}

static void
take_group(struct reading *r, const struct node *map)
{
	static const struct {
		const char *key;
		enum condition_op op;
	} groups[] = {
		{ "any", CONDITION_ANY },
		{ "all", CONDITION_ALL },
		{ "not", CONDITION_NOT },
	};
	const struct node *some = node_find(map, "some");

	if (some != NULL) {
		take_some(r, map, some);
		return;
	}
	for (size_t i = 0; map->count == 1 && i < sizeof(groups) / sizeof(groups[0]); i++) {
		if (str_is_c(map->child->key, groups[i].key)) {
			append(r, groups[i].op, map->child);
			open_children(r, r->list->count - 1, map->child);
			return;
		}
	}
	complain(r, map->line, map->column,
		 "conditions are lines, or one of any:, all:, not:, or some: with where:");
}

static void
close_group(struct reading *r)
{
	size_t index = r->group[--r->depth].index;

	if (index == CONDITION_NO_SCOPE)
		return;
	r->list->condition[index].end = r->list->count;
	if (index == r->scope) {
		r->scope = CONDITION_NO_SCOPE;
		r->shape = SHAPE_ROOT;
	}
}

static void
take_node(struct reading *r, const struct node *n)
{
	if (n->type == NODE_TEXT)
		take_test(r, n);
	else if (n->type == NODE_MAP)
		take_group(r, n);
	else
		complain(r, n->line, n->column, "a list in a list; say any: or all:");
}

void
condition_take(struct condition_list *l, const struct node *n)
{
	struct reading r = { .list = l, .scope = CONDITION_NO_SCOPE, .shape = SHAPE_ROOT };

	open_children(&r, CONDITION_NO_SCOPE, n);
	while (r.depth != 0) {
		struct open_group *g = &r.group[r.depth - 1];
		const struct node *child = g->next;

		if (child == NULL) {
			close_group(&r);
			continue;
		}
		g->next = g->one ? NULL : child->next;
		take_node(&r, child);
	}
}
