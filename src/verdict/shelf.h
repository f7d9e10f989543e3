/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * shelf.h - the built-in rules, of which a run reads what it needs.
 *
 * Of hundreds of rules a crash is about ten. A packed rule is read when its first condition
 * may hold: if that asks for event.kind, when it fits the event, and otherwise when anything
 * is known of the fact; a parameter when a condition names it; and what a rule says when it
 * is said (words.h).
 */
#ifndef VERDICT_SHELF_H
#define VERDICT_SHELF_H

#include "verdict/catalogue.h"

/* Puts the items of a pack on the shelf. */
const struct error *shelf_fill(struct catalogue *r, struct bytes pack) MUST_CHECK;

/* Reads the rules that can hold for an event of that kind (empty: no event) and those facts. */
void shelf_take_for(struct catalogue *r, struct str kind, const struct facts *f);

void shelf_take_all(struct catalogue *r);

/* Reads a parameter if it is on the shelf. */
void shelf_take_param(struct catalogue *r, struct str name);

/* A site's rule of that id takes its place. */
void shelf_drop(struct catalogue *r, struct str id);

#endif
