/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * owner.h - whose code crashed: the subsystem, and the mailing list for reports about it.
 *
 * The answer comes out of rules/owners.list, by the module, the source file or the name of
 * the function that is blamed, or of the functions that called it.
 */
#ifndef VERDICT_OWNER_H
#define VERDICT_OWNER_H

#include "facts/facts.h"

struct owner {
	struct str subsystem;
	struct str list;     /* address of the mailing list */
	const char *because; /* "module ext4" */
	bool foreign;        /* nobody's: it is the code of a module from outside of the kernel */
};

/* NULL, or why nobody is known. The event and what it blames have to be in the facts. */
const struct error *owner_find(const struct facts *f, struct arena *a, struct owner *out);

#endif
