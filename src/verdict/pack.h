/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pack.h - the built-in rules in the form in which they are judged by: bytes that
 * src/rulepack.c makes of the files in rules/ when the program is built.
 *
 * Reading and resolving YAML costs fifty times what judging does. The packed form has facts
 * and tests by number, so it belongs to the program that it was built with, and is trusted
 * as the program itself is. It has no test cases and no places in files: what is for people
 * (--explain, --check-rules) reads the YAML.
 *
 *   pack       u16 files, their names; u16 items, each: u8 is a parameter?, text name,
 *              text kinds, u16 needs, u32 length, so many bytes of rule or parameter
 *   parameter  u8 is a number?, number, text why, texts words
 *   rule       u16 file, text title, u8 role, u8 origin, u8 confidence, u8 severity (index or
 *              NOTHING), u16 kind (or NOTHING), u16 conditions, u16 end of "when",
 *              the conditions, u16 modifiers, each: u16 first, u16 end, u16 by + 100, text
 *              because; texts supersedes; u8 weakens, one an origin; text explain, texts next,
 *              texts refs
 *   condition  u8 op, u16 end, u16 scope (or NOTHING), text, path; of a test also its u8 index
 *              and the operand
 *   operand    u8 flags, text, number, the end of the range if it has one, the fact if it has
 *              one, u16 words, each: text, text parameter
 *   number     u8 flags, text value (as %La), text parameter, the fact if it has one
 *   path       u16 steps, each u16; text key
 *   text       u16 length, the bytes, NUL;  texts: u16 count, each
 *
 * All integers are little-endian.
 */
#ifndef VERDICT_PACK_H
#define VERDICT_PACK_H

#include "verdict/catalogue.h"
#include "verdict/words.h"

enum {
	PACK_NOTHING = 0xff,
	PACK_NOTHING16 = 0xffff,
};

enum pack_flag {
	PACK_HAS_FACT = 1,
	PACK_FACT_IN_ROW = 2,
	PACK_HAS_TO = 4,
	PACK_TRUE = 8,
};

/* What stands before each item: enough to leave it where it is. */
struct packed_item {
	struct str name;
	bool is_param;
	struct str kinds; /* the words of a first condition on event.kind; empty: there is none */
	enum fact_id
		needs; /* of the root: unless it is known, the rule cannot hold; or FACT_NONE */
	struct bytes body;
};

/* Cuts the pack into its items. */
const struct error *pack_open(struct catalogue *r, struct bytes pack, struct packed_item **item,
			      size_t *count) MUST_CHECK;

/* The rule or parameter itself; parameters that it names are looked up in the catalogue. */
const struct error *pack_read_rule(struct catalogue *r, const struct packed_item *i,
				   struct rule *out) MUST_CHECK;
const struct error *pack_read_param(struct catalogue *r, const struct packed_item *i,
				    struct param *out) MUST_CHECK;

/* What a packed rule says, from where pack_read_rule() found it. */
struct rule_words pack_read_words(struct bytes words, struct arena *a);

#endif
