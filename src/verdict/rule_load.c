/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rule_load.c - nodes of a rule file -> parameters, cases and rules.
 */
#include "base/limits.h"
#include "verdict/catalogue.h"
#include "verdict/condition.h"
#include "verdict/expand.h"
#include "verdict/operand.h"
#include "verdict/severity.h"
#include "verdict/shelf.h"

#include <string.h>

const char *const rule_role_name[] = {
	[ROLE_CAUSE] = "cause",
	[ROLE_CONTEXT] = "context",
	[ROLE_HEALTH] = "health",
	NULL,
};

const char *const rule_origin_name[] = {
	[RULE_BUG] = "bug",
	[RULE_HARDWARE] = "hardware",
	[RULE_DELIBERATE] = "deliberate",
	[RULE_POLICY] = "policy",
	[RULE_EXTERNAL] = "external",
	[RULE_RESOURCE] = "resource",
	[RULE_CONFIGURATION] = "configuration",
	[RULE_UNKNOWN] = "unknown",
	[RULE_NONE] = "none",
	NULL,
};

struct loading {
	struct catalogue *rules;
	struct arena *arena;
	const struct rule_file *file;
	struct rule rule;
	struct condition_list conditions;
	bool bad;
};

static void
complain(struct loading *l, size_t line, size_t column, const char *text)
{
	catalogue_complain(l->rules, (struct complaint){ l->file, line, column, text, false });
	l->bad = true;
}

static void
complain_of(struct loading *l, const struct node *n, const char *text)
{
	complain(l, n->line, n->column, text);
}

/* The index of a word in a NULL-terminated list; complains and gives false if it has no such. */
static bool
take_choice(struct loading *l, const struct node *n, const char *const *choice, size_t *out)
{
	struct str names[16];
	size_t count = 0;

	for (; choice[count] != NULL; count++) {
		names[count] = str_of(choice[count]);
		if (n->type == NODE_TEXT && str_is(n->text, names[count])) {
			*out = count;
			return true;
		}
	}
	complain_of(l, n,
		    arena_printf(l->arena, "%s cannot be '%.*s'%s", n->key.p, STR_ARG(n->text),
				 catalogue_hint(l->arena, n->text, names, count)));
	return false;
}

static bool
is_id_with(struct str s, const char *more)
{
	for (size_t i = 0; i < s.len; i++) {
		bool letter = s.p[i] >= 'a' && s.p[i] <= 'z';
		bool digit = s.p[i] >= '0' && s.p[i] <= '9';

		if (!letter && !digit && s.p[i] != '-' &&
		    (s.p[i] == 0 || strchr(more, s.p[i]) == NULL))
			return false;
	}
	return s.len != 0;
}

static bool
is_id(struct str s)
{
	return is_id_with(s, "");
}

static void
take_id(struct loading *l, const struct node *n)
{
	l->rule.id = n->text;
	if (!is_id(n->text))
		complain_of(l, n, "an id is lower-case letters, digits and dashes");
}

/* Complains where the text stands first behind the beginning of the node. */
static void
complain_at(struct loading *l, const struct node *n, struct str text, const char *wrong)
{
	const struct rule_file *f = l->file;
	size_t from = f->line[n->line - 1] + n->column - 1;
	size_t at = text.len == 0 ? STR_NONE : str_find(str_from(f->text, from), text);
	size_t line = n->line;

	if (at == STR_NONE) {
		complain_of(l, n, wrong);
		return;
	}
	while (line < f->line_count && f->line[line] <= from + at)
		line++;
	complain(l, line, from + at - f->line[line - 1] + 1, wrong);
}

static void
check_template(struct loading *l, const struct node *n, struct str text)
{
	struct expand_problem p = { NULL, { NULL, 0 } };

	if (!expand_check(text, l->arena, &p))
		complain_at(l, n, p.tag, p.text);
}

static void
take_title(struct loading *l, const struct node *n)
{
	if (n->type != NODE_TEXT) {
		complain_of(l, n, "title: is a text");
		return;
	}
	l->rule.title = n->text;
	check_template(l, n, n->text);
}

static void
take_role(struct loading *l, const struct node *n)
{
	size_t i = 0;

	if (take_choice(l, n, rule_role_name, &i))
		l->rule.role = (enum rule_role)i;
}

static void
take_origin(struct loading *l, const struct node *n)
{
	size_t i = 0;

	if (take_choice(l, n, rule_origin_name, &i))
		l->rule.origin = (enum rule_origin)i;
}

static void
take_severity(struct loading *l, const struct node *n)
{
	size_t i = 0;

	if (take_choice(l, n, severity_names, &i))
		l->rule.severity = severity_names[i];
}

static bool
take_integer(struct loading *l, const struct node *n, int from, int to, int *out)
{
	long double value = 0;

	if (n->type == NODE_TEXT && operand_number(n->text, &value) && value >= (long double)from &&
	    value <= (long double)to) {
		*out = (int)value;
		return true;
	}
	complain_of(l, n,
		    arena_printf(l->arena, "%s must be a number from %d to %d",
				 n->key.p == NULL ? "this" : n->key.p, from, to));
	return false;
}

static void
take_confidence(struct loading *l, const struct node *n)
{
	(void)take_integer(l, n, 0, 100, &l->rule.confidence);
}

static void
take_kind(struct loading *l, const struct node *n)
{
	struct str names[KIND_NONE + 1];

	l->rule.has_kind = kind_find(n->text, &l->rule.kind);
	if (l->rule.has_kind)
		return;
	for (size_t i = 0; i <= KIND_NONE; i++)
		names[i] = str_of(kind_name((enum kind)i));
	complain_of(l, n,
		    arena_printf(l->arena, "no kind is called '%.*s'%s", STR_ARG(n->text),
				 catalogue_hint(l->arena, n->text, names, KIND_NONE + 1)));
}

static void
take_when(struct loading *l, const struct node *n)
{
	condition_take(&l->conditions, n);
	l->rule.when_end = l->conditions.count;
}

static void
take_modifier(struct loading *l, const struct node *map)
{
	struct modifier *m = &l->rule.modifier[l->rule.modifier_count];
	const struct node *condition = map->type == NODE_MAP ? node_find(map, "if") : NULL;
	const struct node *by = map->type == NODE_MAP ? node_find(map, "by") : NULL;
	const struct node *because = map->type == NODE_MAP ? node_find(map, "because") : NULL;

	if (condition == NULL || by == NULL || map->count != 2u + (because != NULL)) {
		complain_of(l, map, "written: { if: CONDITION, by: NUMBER, because: WORDS }");
		return;
	}
	m->first = l->conditions.count;
	condition_take(&l->conditions, condition);
	m->end = l->conditions.count;
	if (because != NULL)
		m->because = because->text;
	if (take_integer(l, by, -100, 100, &m->by))
		l->rule.modifier_count++;
}

static void
take_raise(struct loading *l, const struct node *n)
{
	if (n->type != NODE_LIST) {
		complain_of(l, n, "raise: is a list");
		return;
	}
	l->rule.modifier = ARENA_ARRAY(l->arena, struct modifier, n->count);
	for (const struct node *m = n->child; m != NULL; m = m->next)
		take_modifier(l, m);
}

static void
take_weakens(struct loading *l, const struct node *n)
{
	if (n->type != NODE_MAP) {
		complain_of(l, n, "weakens: is a map of origins: { bug: 20 }");
		return;
	}
	for (const struct node *m = n->child; m != NULL; m = m->next) {
		struct node name = { .type = NODE_TEXT,
				     .text = m->key,
				     .key = n->key,
				     .line = m->key_line,
				     .column = m->key_column };
		size_t origin = 0;

		if (take_choice(l, &name, rule_origin_name, &origin))
			(void)take_integer(l, m, 1, 100, &l->rule.weakens[origin]);
	}
}

static void
take_supersedes(struct loading *l, const struct node *n)
{
	const struct node *first = n->type == NODE_TEXT ? n : n->child;

	l->rule.supersedes = ARENA_ARRAY(l->arena, struct str, n->count + 1);
	for (const struct node *m = first; m != NULL; m = n->type == NODE_TEXT ? NULL : m->next) {
		if (!is_id_with(m->text, "*"))
			complain_of(l, m, "supersedes: lists ids of rules");
		l->rule.supersedes[l->rule.supersedes_count++] = m->text;
	}
}

static void
take_explain(struct loading *l, const struct node *n)
{
	if (n->type != NODE_TEXT)
		complain_of(l, n, "explain: is a text");
	else
		check_template(l, n, n->text);
}

static void
check_texts(struct loading *l, const struct node *n, bool template)
{
	if (n->type == NODE_MAP) {
		complain_of(l, n, arena_printf(l->arena, "%s: is a list of texts", n->key.p));
		return;
	}
	bool one = n->type == NODE_TEXT;

	for (const struct node *m = one ? n : n->child; m != NULL; m = one ? NULL : m->next) {
		if (m->type != NODE_TEXT)
			complain_of(l, m, "a text is expected here; does it need quotes?");
		else if (template)
			check_template(l, m, m->text);
	}
}

static void
take_next(struct loading *l, const struct node *n)
{
	check_texts(l, n, true);
}

static void
take_refs(struct loading *l, const struct node *n)
{
	check_texts(l, n, false);
}

static void
take_tests(struct loading *l, const struct node *n)
{
	if (n->type != NODE_MAP) {
		complain_of(l, n, "tests: is a map: { fires: [case], silent: [case] }");
		return;
	}
	for (const struct node *m = n->child; m != NULL; m = m->next) {
		if (!str_is_c(m->key, "fires") && !str_is_c(m->key, "silent"))
			complain(l, m->key_line, m->key_column,
				 "tests: has fires: and silent: alone");
		else if (m->type != NODE_LIST)
			complain_of(l, m, "a list of cases is expected here");
	}
}

/* In the order in which they are written. */
static const struct {
	const char *name;
	void (*take)(struct loading *l, const struct node *n);
	bool words; /* read when the rule speaks, not when it is judged */
} keys[] = {
	{ "id", take_id, false },
	{ "title", take_title, false },
	{ "origin", take_origin, false },
	{ "role", take_role, false },
	{ "confidence", take_confidence, false },
	{ "severity", take_severity, false },
	{ "kind", take_kind, false },
	{ "when", take_when, false },
	{ "raise", take_raise, false },
	{ "weakens", take_weakens, false },
	{ "supersedes", take_supersedes, false },
	{ "explain", take_explain, true },
	{ "next", take_next, true },
	{ "refs", take_refs, true },
	{ "tests", take_tests, true },
};

enum {
	KEY_COUNT = sizeof(keys) / sizeof(keys[0]),
};

static void
no_such_key(struct loading *l, const struct node *n)
{
	struct str names[KEY_COUNT];

	for (size_t i = 0; i < KEY_COUNT; i++)
		names[i] = str_of(keys[i].name);
	complain(l, n->key_line, n->key_column,
		 arena_printf(l->arena, "a rule has no '%.*s'%s", STR_ARG(n->key),
			      catalogue_hint(l->arena, n->key, names, KEY_COUNT)));
}

static size_t
find_key(struct str name)
{
	size_t i = 0;

	while (i < KEY_COUNT && !str_is_c(name, keys[i].name))
		i++;
	return i;
}

/* What a rule says comes last, behind what it is. */
static void
take_key(struct loading *l, const struct node *n, bool *in_words)
{
	size_t i = find_key(n->key);

	if (i == KEY_COUNT) {
		no_such_key(l, n);
		return;
	}
	if (*in_words && !keys[i].words)
		complain(l, n->key_line, n->key_column,
			 arena_printf(l->arena,
				      "%s: must stand before explain:, next:, refs: "
				      "and tests:",
				      keys[i].name));
	*in_words |= keys[i].words;
	keys[i].take(l, n);
}

static void
need(struct loading *l, const struct node *map, const char *key)
{
	if (node_find(map, key) == NULL)
		complain(l, map->line, map->column,
			 arena_printf(l->arena, "this rule has no %s:", key));
}

static void
check_whole(struct loading *l, const struct node *map)
{
	need(l, map, "title");
	need(l, map, "when");
	if (l->rule.role == ROLE_CAUSE) {
		need(l, map, "origin");
		need(l, map, "confidence");
	}
	if (l->rule.when_end == 0 && !l->bad && !l->conditions.bad)
		complain_of(l, map, "this rule would always hold: its when: is empty");
}

/* The rule takes the place of an earlier one of its name, unless both were loaded at once. */
static void
add_rule(struct loading *l)
{
	struct catalogue *r = l->rules;
	struct rule *old = catalogue_rule(r, l->rule.id);
	struct rule *rule = NULL;

	if (r->rule_count == LIMIT_RULES) {
		complain(l, l->rule.line, 3, "this is one rule too many");
		return;
	}
	if (old != NULL && old->file->batch == l->file->batch) {
		complain(l, l->rule.line, 3,
			 arena_printf(l->arena, "%s:%zu has a rule '%s' already", old->file->name,
				      old->line, old->id.p));
		return;
	}
	if (old != NULL)
		old->overridden = true;
	shelf_drop(r, l->rule.id);
	l->rule.condition = l->conditions.condition;
	l->rule.condition_count = l->conditions.count;
	rule = ARENA_NEW(r->arena, struct rule);
	*rule = l->rule;
	catalogue_add_rule(r, rule);
}

static void
take_rule(struct catalogue *r, const struct rule_file *f, const struct node *map, size_t line,
	  size_t end_line)
{
	struct loading l = { .rules = r, .arena = r->arena, .file = f };
	bool in_words = false;

	l.rule.file = f;
	l.rule.line = line;
	l.rule.origin = RULE_UNKNOWN;
	l.rule.end_line = end_line;
	l.conditions = (struct condition_list){ .rules = r, .file = f };
	if (l.rule.end_line <= l.rule.line)
		complain_of(&l, map, "each rule begins on a line of its own");
	for (const struct node *n = map->child; n != NULL; n = n->next)
		take_key(&l, n, &in_words);
	check_whole(&l, map);
	if (!l.bad && !l.conditions.bad)
		add_rule(&l);
}

static void
take_case(struct catalogue *r, const struct rule_file *f, const struct node *map)
{
	struct loading l = { .rules = r, .arena = r->arena, .file = f };
	const struct node *name = node_find(map, "case");
	const struct node *facts = node_find(map, "facts");

	if (facts == NULL || map->count != 2 || name->type != NODE_TEXT ||
	    facts->type != NODE_MAP) {
		complain_of(&l, map, "written: { case: NAME, facts: { path: value } }");
		return;
	}
	if (catalogue_case(r, name->text) != NULL) {
		complain_of(&l, name, "there is a case of this name already");
		return;
	}
	r->test_case = arena_grow(r->arena, r->test_case, r->case_count, &r->case_cap,
				  sizeof(*r->test_case));
	r->test_case[r->case_count++] = (struct rule_case){ name->text, facts, f, map->line };
}

static void
set_words(struct loading *l, struct param *p, const struct node *value)
{
	const struct node *first = value->type == NODE_LIST ? value->child : value;

	p->word = ARENA_ARRAY(l->arena, struct str, value->count + 1);
	p->word_count = 0;
	for (const struct node *n = first; n != NULL;
	     n = value->type == NODE_LIST ? n->next : NULL) {
		if (n->type != NODE_TEXT || n->text.len == 0)
			complain_of(l, n, "a word is expected here");
		p->word[p->word_count++] = n->text;
	}
	p->is_number = value->type == NODE_TEXT && operand_number(value->text, &p->number);
}

static void
take_param(struct catalogue *r, const struct rule_file *f, const struct node *map)
{
	struct loading l = { .rules = r, .arena = r->arena, .file = f };
	const struct node *name = node_find(map, "param");
	const struct node *value = node_find(map, "value");
	const struct node *why = node_find(map, "why");

	if (value == NULL || value->type == NODE_MAP || name->type != NODE_TEXT ||
	    !is_id(name->text) || map->count != 2u + (why != NULL)) {
		complain_of(&l, map,
			    "written: { param: NAME, value: NUMBER or [WORDS], why: ... }");
		return;
	}

	struct param *p = catalogue_param(r, name->text);
	bool was_number = p != NULL && p->is_number;
	bool is_new = p == NULL;

	if (is_new) {
		p = ARENA_NEW(r->arena, struct param);
		p->name = name->text;
		catalogue_add_param(r, p);
	}
	set_words(&l, p, value);
	if (!is_new && was_number && !p->is_number)
		complain_of(&l, value, "this parameter is a number elsewhere");
	p->why = why == NULL ? NULL : why->text.p;
	p->file = f;
	p->line = map->line;
}

static bool
is_list_of_maps(struct catalogue *r, const struct rule_file *f, const struct node *root)
{
	struct loading l = { .rules = r, .arena = r->arena, .file = f };

	if (root == NULL)
		return false;
	if (root->type != NODE_LIST) {
		complain_of(&l, root, "a rule file is a list: each rule begins with '- id:'");
		return false;
	}
	return true;
}

void
catalogue_take_params(struct catalogue *r, const struct rule_file *f, const struct node *root)
{
	if (!is_list_of_maps(r, f, root))
		return;
	for (const struct node *n = root->child; n != NULL; n = n->next) {
		if (n->type == NODE_MAP && node_find(n, "param") != NULL)
			take_param(r, f, n);
		else if (n->type == NODE_MAP && node_find(n, "case") != NULL)
			take_case(r, f, n);
	}
}

void
catalogue_take_rules(struct catalogue *r, const struct rule_file *f, const struct node *root)
{
	struct loading l = { .rules = r, .arena = r->arena, .file = f };

	if (root == NULL || root->type != NODE_LIST)
		return;
	for (const struct node *n = root->child; n != NULL; n = n->next) {
		if (n->type != NODE_MAP)
			complain_of(&l, n, "a rule, a parameter or a case is expected here");
		else if (node_find(n, "id") != NULL)
			take_rule(r, f, n, n->line,
				  n->next == NULL ? f->line_count + 1 : n->next->line);
		else if (node_find(n, "param") == NULL && node_find(n, "case") == NULL)
			complain_of(&l, n, "this has no id:, param: or case:");
	}
}
