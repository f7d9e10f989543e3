/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * shelf.h - the built-in rules, of which a run reads what it needs.
 *
 * Reading YAML is what rules cost, and of hundreds a crash is about ten. So the built-in
 * files are only cut into their items at first. An item is read when its first condition may
 * hold: if that asks for event.kind, when it fits the event, and otherwise when anything is
 * known of the fact; parameters when a condition names them; and
 * what a rule says when it is said (words.h). Only the layout of our own files is relied on,
 * and the tests of the program hold them to it; a site's files are read whole.
 */
#ifndef VERDICT_SHELF_H
#define VERDICT_SHELF_H

#include "verdict/catalogue.h"

/* Puts the items of a built-in file on the shelf. */
void shelf_add(struct catalogue *r, const struct rule_file *f);

/* Reads the rules that can hold for an event of that kind (empty: no event) and those facts. */
void shelf_take_for(struct catalogue *r, struct str kind, const struct facts *f);

void shelf_take_all(struct catalogue *r);

/* Reads a parameter if it is on the shelf. */
void shelf_take_param(struct catalogue *r, struct str name);

/* A site's rule of that id takes its place. */
void shelf_drop(struct catalogue *r, struct str id);

#endif
