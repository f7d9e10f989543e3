/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rule.h - one rule, resolved: what it tests, and what it says if that holds.
 *
 * Loading resolves every fact, test and parameter by name and type, so a rule that loads
 * cannot fail later. What a rule says (explain, next, refs) stays text until it is needed:
 * see words.h.
 */
#ifndef VERDICT_RULE_H
#define VERDICT_RULE_H

#include "facts/facts.h"
#include "model/kind.h"

/* Where rules came from. */
struct rule_file {
	const char *name; /* "rules/hang.yaml", as complaints print it */
	struct str text;  /* all of it; empty if its rules were packed */
	size_t *line;     /* offset of each line's start; line_count + 1 of them */
	size_t line_count;
	size_t batch; /* files with the same number were loaded at once */
	bool built_in;
};

/* A named number or list of words, which a site may set anew: "$name" in a condition. */
struct param {
	struct str name;
	struct str *word;
	size_t word_count;
	long double number;
	bool is_number; /* it is one word, a number */
	const char *why;
	const struct rule_file *file;
	size_t line;
};

/* One word of an operand: itself, or all words of a parameter. */
struct word {
	struct str text;
	const struct param *param; /* or NULL */
};

/* A number, a parameter, or a share of another fact: "4096", "$many", "30% of {{memory.total}}". */
struct number {
	long double value;
	const struct param *param; /* or NULL */
	bool has_fact;
	struct fact_path fact;
	bool fact_in_row; /* the path begins in the row of the some: block */
};

/* What stands behind the test's name. Which fields are set is the test's business. */
struct operand {
	struct str text;
	struct number number;
	struct number to; /* end of a range */
	bool has_to;
	struct word *word;
	size_t word_count;
	bool has_fact; /* is {{path}} */
	struct fact_path fact;
	bool fact_in_row;
	bool flag;
};

enum condition_op {
	CONDITION_TEST,
	CONDITION_ALL,
	CONDITION_ANY,
	CONDITION_NOT,  /* none of its children holds */
	CONDITION_SOME, /* all of its children hold for one row of the list at path */
};

struct rule_test;

/* Conditions of a rule stand in one array, a group before its children. */
struct condition {
	enum condition_op op;
	size_t end;            /* index behind its last child */
	size_t scope;          /* index of the some: block that it is in, or CONDITION_NO_SCOPE */
	struct fact_path path; /* of CONDITION_TEST and CONDITION_SOME */
	enum fact_kind kind;   /* of the fact there */
	const struct rule_test *test;
	struct operand operand;
	struct str text; /* as the file has it */
	size_t line;
	size_t column;
};

#define CONDITION_NO_SCOPE SIZE_MAX

enum rule_role {
	ROLE_CAUSE,
	ROLE_CONTEXT,
	ROLE_HEALTH,
};

enum rule_origin {
	RULE_BUG,
	RULE_HARDWARE,
	RULE_DELIBERATE,
	RULE_POLICY,
	RULE_EXTERNAL,
	RULE_RESOURCE,
	RULE_CONFIGURATION,
	RULE_UNKNOWN,
	RULE_NONE,
	RULE_ORIGINS,
};

/* Evidence that makes the same diagnosis stronger or weaker. */
struct modifier {
	size_t first; /* its conditions are first ... end - 1 of the rule's */
	size_t end;
	int by;
	struct str because; /* or empty */
};

struct rule {
	struct str id;
	struct str title;
	enum rule_role role;
	enum rule_origin origin;
	int confidence;       /* 0 to 100 */
	const char *severity; /* static; NULL: as verdict/severity.h has it */
	bool has_kind;
	enum kind kind; /* that the crash really is; with has_kind */
	struct condition *condition;
	size_t condition_count;
	size_t when_end; /* conditions 0 ... when_end - 1 are "when", the others modifiers' */
	struct modifier *modifier;
	size_t modifier_count;
	struct str *supersedes; /* ids; a star stands for anything */
	size_t supersedes_count;
	int weakens[RULE_ORIGINS]; /* taken from causes of that origin while this rule holds */
	const struct rule_file *file;
	size_t line;               /* of the file, from 1 */
	size_t end_line;           /* behind its last one */
	struct bytes packed_words; /* what it says, of a packed rule: see pack.h */
	bool overridden;           /* a later file has a rule with this id */
};

extern const char *const rule_role_name[];
extern const char *const rule_origin_name[];

#endif
