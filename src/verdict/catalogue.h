/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * catalogue.h - everything that was loaded from rule files, and what is wrong with it.
 */
#ifndef VERDICT_CATALOGUE_H
#define VERDICT_CATALOGUE_H

#include "verdict/node.h"
#include "verdict/rule.h"
#include "verdict/rules.h"

struct complaint {
	const struct rule_file *file;
	size_t line; /* from 1; 0: the file as a whole */
	size_t column;
	const char *text;
	bool warning; /* the rule works all the same */
};

/* Facts written down, that rules are tried on. */
struct rule_case {
	struct str name;
	const struct node *facts;
	const struct rule_file *file;
	size_t line;
};

struct packed_item;

/* A built-in rule or parameter, read when it is needed: see shelf.h. */
struct shelved {
	const struct packed_item *item;
	bool done; /* read, or overridden */
};

struct catalogue {
	struct arena *arena;
	struct rule **rule;
	size_t rule_count;
	size_t rule_cap;
	struct param **param;
	size_t param_count;
	size_t param_cap;
	struct rule_case *test_case;
	size_t case_count;
	size_t case_cap;
	struct complaint *complaint;
	size_t complaint_count;
	size_t complaint_cap;
	struct rule_file **file;
	size_t file_count;
	size_t file_cap;
	struct str *skip; /* lists of functions that do not name a crash: text of skip.list files */
	size_t skip_count;
	size_t skip_cap;
	const char **source;
	size_t source_count;
	size_t source_cap;
	struct shelved *shelved;
	size_t shelved_count;
	size_t batch; /* number of the load that is going on */
};

/* What the program holds: the rules grow while they are used. */
struct rules {
	struct catalogue *all;
};

void catalogue_complain(struct catalogue *r, struct complaint c);

/* By name; NULL if there is none. */
struct param *catalogue_param(struct catalogue *r, struct str name);
const struct rule_case *catalogue_case(const struct catalogue *r, struct str name);
struct rule *catalogue_rule(const struct catalogue *r, struct str id); /* the one in force */

void catalogue_add_rule(struct catalogue *r, struct rule *rule);
void catalogue_add_param(struct catalogue *r, struct param *p);
/* Name and text are borrowed. */
void catalogue_add_file(struct catalogue *r, const char *name, struct str text, bool built_in);

/* "; did you mean 'x'?" for the name of count names that comes near, or "". */
const char *catalogue_hint(struct arena *a, struct str wanted, const struct str *name,
			   size_t count);

/* Line number n (from 1) of a file, without its end. */
struct str catalogue_line(const struct rule_file *f, size_t n);

/* Takes the items of a file: rules, parameters, cases. Complaints tell what is wrong. */
void catalogue_take_params(struct catalogue *r, const struct rule_file *f, const struct node *root);
void catalogue_take_rules(struct catalogue *r, const struct rule_file *f, const struct node *root);

#endif
