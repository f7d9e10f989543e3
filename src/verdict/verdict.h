/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * verdict.h - rules over facts: findings, best first, and the verdict.
 */
#ifndef VERDICT_VERDICT_H
#define VERDICT_VERDICT_H

#include "facts/facts.h"
#include "verdict/rules.h"

struct verdict;

/* Judges; pure but for the arena. Never fails: without any rule that holds the verdict is
 * taken from the event alone, or is "none". */
const struct verdict *verdict_judge(const struct rules *rules, const struct facts *f,
				    struct arena *a);

/* A rule that could not be judged to the end, or NULL. */
const struct error *verdict_trouble(const struct verdict *v);

/* Puts verdict.* and findings[]. */
void verdict_publish(const struct verdict *v, struct facts *f);

#endif
