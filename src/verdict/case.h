/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * case.h - written facts, for trying rules:
 *
 *   event.kind: null_deref
 *   event.trace: [ { function: f, reliable: true }, { function: g } ]
 *   registers: { rax: 0x0 }
 *   fault.operand.member: { unknown: no debuginfo }
 *   fault: { address: 0x10, access: read }
 */
#ifndef VERDICT_CASE_H
#define VERDICT_CASE_H

#include "facts/facts.h"
#include "verdict/node.h"

/* NULL, and *why says so, if a path or a value is wrong. */
struct facts *case_facts(const struct node *map, struct arena *a,
			 struct node_problem *why) MUST_CHECK;

#endif
