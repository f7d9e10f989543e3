/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * explain.c - rules for people: the list of them, and one with what its conditions met.
 */
#include "base/text.h"
#include "verdict/catalogue.h"
#include "verdict/eval.h"
#include "verdict/evidence.h"
#include "verdict/finding.h"
#include "verdict/test.h"

#include <stdlib.h>
#include <string.h>

static int
by_id(const void *left, const void *right)
{
	const struct rule *const *a = left;
	const struct rule *const *b = right;

	if ((*a)->role != (*b)->role)
		return (*a)->role < (*b)->role ? -1 : 1;
	return str_compare((*a)->id, (*b)->id);
}

/* Cuts "{{...}}" off the front; false if none stands there. */
static bool
take_tag(struct str *s, struct str *tag)
{
	struct str rest = *s;
	size_t end = str_find(rest, STR("}}"));

	if (!str_take(&rest, STR("{{")) || end == STR_NONE)
		return false;
	*tag = str_first(rest, end - 2);
	*s = str_from(rest, end);
	return true;
}

/* A title without its templates: values as <path>, phrases and alternatives left out. */
static struct str
outline(struct str title, struct arena *a)
{
	struct text t = text_new(a);
	struct str tag = { NULL, 0 };

	while (title.len != 0) {
		if (!take_tag(&title, &tag)) {
			text_put(&t, str_first(title, 1));
			title = str_from(title, 1);
		} else if (str_starts(tag, STR("^"))) {
			size_t end = str_find(title, STR("{{/"));

			title = str_from(title, end == STR_NONE ? title.len : end);
		} else if (tag.len != 0 && strchr("#/>!&", tag.p[0]) == NULL) {
			text_printf(&t, "<%.*s>", STR_ARG(tag));
		}
	}
	return text_str(&t);
}

void
rules_list(const struct rules *rules, FILE *out)
{
	struct catalogue *r = rules->all;

	const struct rule **sorted = ARENA_ARRAY(r->arena, const struct rule *, r->rule_count + 1);
	size_t count = 0;

	for (size_t i = 0; i < r->rule_count; i++) {
		if (!r->rule[i]->overridden)
			sorted[count++] = r->rule[i];
	}
	if (count != 0)
		qsort(sorted, count, sizeof(const struct rule *), by_id);
	for (size_t i = 0; i < count; i++) {
		const struct rule *rule = sorted[i];

		fprintf(out, "%-30.*s %-7s %-13s %3d  %.*s\n", STR_ARG(rule->id),
			rule_role_name[rule->role],
			rule->role == ROLE_CAUSE ? rule_origin_name[rule->origin] : "-",
			rule->confidence, STR_ARG(outline(rule->title, r->arena)));
	}
}

struct explanation {
	const struct rule *rule;
	const struct facts *facts; /* or NULL */
	struct match *match;
	bool holds;
	struct findings all; /* if it holds: what holds beside it */
	struct arena *arena;
};

/* One that is being printed. */
struct explaining {
	const struct rule *rule;
	const struct facts *facts;
	const struct match *match;
	struct arena *arena;
	FILE *out;
};

static const char *
mark(const struct match *m)
{
	if (!m->looked)
		return "   ";
	return m->held ? "yes" : "no ";
}

struct shown {
	struct arena *arena;
	const char *text; /* values so far */
	size_t count;
	const char *origin;
};

enum {
	SHOWN_MAX = 4, /* values of one list */
};

static bool
show_value(void *ctx, enum fact_id id, const struct fact_value *v, struct origin o)
{
	struct shown *s = ctx;
	enum fact_kind kind = facts_info(id)->kind;
	const char *text = kind == FACT_KIND_ROW ? "{...}" : facts_value_text(s->arena, kind, v);

	if (s->count == 0)
		s->origin = o.text;
	if (s->count < SHOWN_MAX)
		s->text =
			arena_printf(s->arena, "%s%s%s", s->text, s->count == 0 ? "" : ", ", text);
	s->count++;
	return true;
}

static const char *
why_text(const struct explaining *x, const struct condition *c)
{
	const struct fact_row *row = facts_root_const(x->facts);
	const struct error *why = NULL;

	for (size_t i = 0; i < c->path.count && row != NULL; i++) {
		const struct fact *fact = facts_get(row, c->path.step[i]);

		why = fact->count == 0 ? fact->why : NULL;
		row = fact->count != 0 && facts_info(c->path.step[i])->kind == FACT_KIND_ROW
			      ? fact->values[0].row
			      : NULL;
	}
	return why == NULL ? "not known"
			   : arena_printf(x->arena, "not known: %s", error_text(x->arena, why));
}

struct nth_row {
	size_t left; /* rows before it */
	const struct fact_row *row;
};

static bool
take_row(void *ctx, enum fact_id id, const struct fact_value *v, struct origin o)
{
	struct nth_row *n = ctx;

	(void)id;
	(void)o;
	n->row = v->row;
	return n->left-- != 0;
}

/* The row that a condition was asked of: of the some: block round it, or the root. */
static const struct fact_row *
row_of(const struct explaining *x, const struct condition *c)
{
	const struct fact_row *root = facts_root_const(x->facts);

	if (c->scope == CONDITION_NO_SCOPE)
		return root;

	struct nth_row n = { x->match[c->scope].row, NULL };

	facts_each(root, &x->rule->condition[c->scope].path, take_row, &n);
	return n.row;
}

/* What the fact is, as far as one line shows it. */
static const char *
met(const struct explaining *x, const struct condition *c)
{
	struct shown s = { x->arena, "", 0, NULL };
	const struct fact_row *row = row_of(x, c);

	if (row == NULL)
		return ""; /* the list is empty, as its own line says */
	facts_each(row, &c->path, show_value, &s);
	if (s.count == 0 && c->scope != CONDITION_NO_SCOPE)
		return "not known";
	if (s.count == 0)
		return why_text(x, c);
	if (s.count > SHOWN_MAX)
		s.text = arena_printf(x->arena, "%s and %zu more", s.text, s.count - SHOWN_MAX);
	return s.origin == NULL ? s.text : arena_printf(x->arena, "%s   (%s)", s.text, s.origin);
}

static bool
count_row(void *ctx, enum fact_id id, const struct fact_value *v, struct origin o)
{
	(void)id;
	(void)v;
	(void)o;
	++*(size_t *)ctx;
	return true;
}

static const char *
some_words(const struct explaining *x, const struct condition *c)
{
	const struct match *m = &x->match[c - x->rule->condition];
	const char *path = evidence_path(&c->path, x->arena);
	size_t rows = 0;

	if (x->facts == NULL)
		return arena_printf(x->arena, "some row of %s:", path);
	facts_each(facts_root_const(x->facts), &c->path, count_row, &rows);
	if (rows == 0)
		return arena_printf(x->arena, "some row of %s, which has none:", path);
	return arena_printf(x->arena, "some row of %s; number %zu of %zu %s:", path, m->row + 1,
			    rows, m->held ? "is one" : "comes nearest");
}

static const char *
group_words(const struct explaining *x, const struct condition *c)
{
	switch (c->op) {
	case CONDITION_ANY:
		return "any of:";
	case CONDITION_ALL:
		return "all of:";
	case CONDITION_NOT:
		return "none of:";
	case CONDITION_SOME:
		return some_words(x, c);
	case CONDITION_TEST:
		break;
	}
	return "";
}

static void
print_condition(const struct explaining *x, size_t i, size_t depth)
{
	const struct condition *c = &x->rule->condition[i];
	const char *text = c->op == CONDITION_TEST ? c->text.p : group_words(x, c);

	fprintf(x->out, "  %s  %*s%s\n", x->facts == NULL ? "-  " : mark(&x->match[i]),
		(int)(depth * 2), "", text);
	if (x->facts == NULL || c->op != CONDITION_TEST)
		return;

	const char *value = met(x, c);

	if (value[0] != 0)
		fprintf(x->out, "       %*s%s is %s\n", (int)(depth * 2), "",
			evidence_path(&c->path, x->arena), value);
}

static void
print_conditions(const struct explaining *x, size_t first, size_t end)
{
	size_t close[64];
	size_t depth = 0;

	for (size_t i = first; i < end; i++) {
		while (depth != 0 && i >= close[depth - 1])
			depth--;
		print_condition(x, i, depth);
		if (x->rule->condition[i].op != CONDITION_TEST &&
		    depth < sizeof(close) / sizeof(close[0]))
			close[depth++] = x->rule->condition[i].end;
	}
}

static void
print_modifiers(const struct explaining *x)
{
	for (size_t i = 0; i < x->rule->modifier_count; i++) {
		const struct modifier *m = &x->rule->modifier[i];

		fprintf(x->out, "confidence %+d if\n", m->by);
		print_conditions(x, m->first, m->end);
	}
}

static void
print_source(const struct explaining *x)
{
	const struct rule_file *f = x->rule->file;

	fprintf(x->out, "%s:%zu\n\n", f->name, x->rule->line);

	size_t end = x->rule->end_line;

	while (end > x->rule->line && str_trim(catalogue_line(f, end - 1)).len == 0)
		end--;
	for (size_t i = x->rule->line; i < end; i++)
		fprintf(x->out, "%.*s\n", STR_ARG(catalogue_line(f, i)));
	fputc('\n', x->out);
}

static const char *
hint(const struct catalogue *r, struct str id)
{
	struct str *names = ARENA_ARRAY(r->arena, struct str, r->rule_count + 1);

	for (size_t i = 0; i < r->rule_count; i++)
		names[i] = r->rule[i]->id;
	return catalogue_hint(r->arena, id, names, r->rule_count);
}

static const struct finding *
finding_of(const struct findings *all, const struct rule *rule)
{
	for (size_t i = 0; i < all->count; i++) {
		if (all->finding[i].rule == rule)
			return &all->finding[i];
	}
	return NULL;
}

/* "confidence 90: 82, +4 (the address is small), +4 (the base register is 0)" */
static void
print_confidence(const struct explaining *x, const struct finding *f)
{
	fprintf(x->out, "confidence %d", f->confidence);
	for (size_t i = 0; i < f->adjustment_count; i++)
		fprintf(x->out, "%s%+d (%s)",
			i == 0 ? arena_printf(x->arena, ": %d, ", x->rule->confidence) : ", ",
			f->adjustment[i].by, f->adjustment[i].because);
	fputc('\n', x->out);
}

/* What became of a rule that holds. */
static void
print_outcome(const struct explaining *x, const struct findings *all)
{
	const struct finding *f = finding_of(all, x->rule);
	const struct finding *best = all->count == 0 ? NULL : &all->finding[0];

	if (f == NULL || best == NULL)
		return;
	fputc('\n', x->out);
	print_confidence(x, f);
	if (x->rule->role != ROLE_CAUSE)
		fprintf(x->out, "It is %s, which never becomes the verdict.\n",
			rule_role_name[x->rule->role]);
	else if (f == best)
		fprintf(x->out, "It is the verdict.\n");
	else if (f->superseded_by != NULL)
		fprintf(x->out, "It is superseded by '%.*s', which holds as well.\n",
			STR_ARG(f->superseded_by->id));
	if (f != best && best->rule->role == ROLE_CAUSE)
		fprintf(x->out, "The verdict is '%.*s', confidence %d.\n", STR_ARG(best->rule->id),
			best->confidence);
}

const struct error *
rules_explain(const struct rules *rules, const char *id, const struct facts *f,
	      struct explanation **out)
{
	struct catalogue *r = rules->all;
	const struct rule *rule = catalogue_rule(r, str_of(id));

	if (rule == NULL)
		return error_new(r->arena, ERROR_USAGE, "no rule is called '%s'%s", id,
				 hint(r, str_of(id)));

	struct explanation *x = ARENA_NEW(r->arena, struct explanation);

	*x = (struct explanation){ .rule = rule, .facts = f, .arena = r->arena };
	x->match = ARENA_ARRAY(r->arena, struct match, rule->condition_count);

	struct eval e = { .rule = rule, .facts = f, .match = x->match, .nearest = true };

	x->holds = f != NULL && eval_holds(&e, 0, rule->when_end, true);
	for (size_t i = 0; f != NULL && i < rule->modifier_count; i++)
		(void)eval_holds(&e, rule->modifier[i].first, rule->modifier[i].end, true);
	if (x->holds)
		x->all = finding_all(rules, f, r->arena);
	*out = x;
	return NULL;
}

void
rules_print_explanation(const struct explanation *e, FILE *out)
{
	struct explaining x = { e->rule, e->facts, e->match, e->arena, out };

	print_source(&x);
	if (e->facts != NULL)
		fprintf(out, "%s\n", e->holds ? "It holds:" : "It does not hold:");
	print_conditions(&x, 0, e->rule->when_end);
	print_modifiers(&x);
	if (e->holds)
		print_outcome(&x, &e->all);
}
