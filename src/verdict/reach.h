/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * reach.h - can a rule hold at all, and can it ever be the verdict? For the linter.
 *
 * Only what conditions say is compared, never facts: a rule that passes may still be silent
 * for ever, a rule that does not pass certainly is.
 */
#ifndef VERDICT_REACH_H
#define VERDICT_REACH_H

#include "verdict/rule.h"

/* A condition that cannot hold beside the others of its rule, and why; false if there is none. */
bool reach_find_dead(const struct rule *r, struct arena *a, size_t *condition, const char **why);

/* Does the one rule hold whenever the other does? */
bool reach_implies(const struct rule *special, const struct rule *general);

/* How sure a rule is at the least and at the most, with its modifiers. */
int reach_least(const struct rule *r);
int reach_most(const struct rule *r);

#endif
