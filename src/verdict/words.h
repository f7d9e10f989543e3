/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * words.h - what a rule says: read when it is needed, since of hundreds of rules a report
 * shows five.
 */
#ifndef VERDICT_WORDS_H
#define VERDICT_WORDS_H

#include "verdict/node.h"
#include "verdict/rule.h"

struct rule_words {
	struct str explain; /* template; empty if it has none */
	struct str *next;   /* templates */
	size_t next_count;
	struct str *ref;
	size_t ref_count;
	const struct node *tests; /* or NULL; a packed rule has none */
};

/* A rule that loaded has words that can be read. */
struct rule_words words_read(const struct rule *rule, struct arena *a);

#endif
