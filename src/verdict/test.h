/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test.h - the tests that a rule's condition may use, and what each expects behind its name.
 *
 * To add one: a function and a row in test.c.
 */
#ifndef VERDICT_TEST_H
#define VERDICT_TEST_H

#include "verdict/rule.h"

enum operand_form {
	OPERAND_NONE,
	OPERAND_VALUE,   /* what the fact itself may be, or {{path}} */
	OPERAND_WORDS,   /* a b $param c */
	OPERAND_NUMBER,  /* 4096, 0x10, 4K, 2G, $param, {{path}}, 30% of {{path}} */
	OPERAND_RANGE,   /* 1..5, 1.., ..5, 3 */
	OPERAND_TEXT,    /* the rest of the line */
	OPERAND_REGEX,   /* PCRE2 */
	OPERAND_RELEASE, /* 5.18, 4.18.0-372 */
};

struct regex;

/* One value, and what to compare it with. */
struct test_input {
	const struct condition *condition;
	enum fact_id id; /* the fact that it is a value of */
	const struct fact_value *value;
	const struct fact_row *root;
	const struct fact_row *row; /* of the some: block, or NULL */
	struct regex *regex;        /* that of the condition, once it was needed; or NULL */
	bool gave_up;               /* matching took too long; the other values are not looked at */
};

struct rule_test {
	const char *name;
	enum operand_form form;
	unsigned int kinds; /* bits 1 << enum fact_kind that it can be asked of */
	/* NULL: it asks how many values there are, not which. */
	bool (*holds)(struct test_input *in);
	const char *doc; /* for people: "{fact} is VALUE" */
};

/* All of them, the last one without a name. */
extern const struct rule_test rule_tests[];

/* After the last value of a condition. */
void test_done(struct test_input *in);

/* NULL if there is none. */
const struct rule_test *test_find(struct str name);

/* Does it hold for a fact that has that many values? For tests without holds(). */
bool test_count_holds(const struct condition *c, size_t count, bool known,
		      const struct fact_row *root);

/* Why a regular expression is none, or NULL. */
const char *test_regex_problem(struct arena *a, struct str pattern);

/* Numbers of a kernel release, compared as far as wanted has them: -1, 0, 1. */
int test_compare_releases(struct str release, struct str wanted);

/* "word", "pre*", "*post", "a*b": a star stands for anything. */
bool test_word_fits(struct str text, struct str word);

#endif
