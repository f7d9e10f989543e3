/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * modules.h - "Modules linked in:".
 */
#ifndef OOPS_MODULES_H
#define OOPS_MODULES_H

#include "oops/report.h"

/* The text behind "Modules linked in:" and what was wrapped into the lines below it, joined.
 * False if the report has no such line. */
bool modules_find(const struct report *r, struct arena *a, struct str *text);

struct module_name {
	struct str name;
	struct str taint; /* "OE", "+" ... or empty */
};

/* Cuts the next module off such a text; false at its end, or at "[last unloaded: ...". */
bool modules_take(struct str *text, struct module_name *m);

#endif
