/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * condition.h - the lines of "when": reads them into a rule's flat array of conditions.
 */
#ifndef VERDICT_CONDITION_H
#define VERDICT_CONDITION_H

#include "verdict/catalogue.h"

struct condition_list {
	struct catalogue *rules;
	const struct rule_file *file;
	struct str rule; /* id, for complaints */
	struct condition *condition;
	size_t count;
	size_t cap;
	bool bad; /* something was wrong with one of them */
};

/* Appends what n holds: one line, or a list of lines and of any:, all:, not: and some:. What
 * is wrong is complained of, and the list is bad. */
void condition_take(struct condition_list *l, const struct node *n);

#endif
