/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The object checks of SLUB and SLAB. */
#include "oops/family.h"

static const struct oops_head heads[] = {
	{ "BUG {place} (Not tainted): {detail}", KIND_SLAB_CORRUPTION, BLAME_TRACE,
	  .is = CLASS_CHECK, .skip = "slab" },
	{ "BUG {place} (Tainted: {any}): {detail}", KIND_SLAB_CORRUPTION, BLAME_TRACE,
	  .is = CLASS_CHECK, .skip = "slab" },
	{ "Slab corruption{detail}", KIND_SLAB_CORRUPTION, BLAME_TRACE, .is = CLASS_CHECK,
	  .skip = "slab" },
	{ "slab error in {function}(): {detail}", KIND_SLAB_CORRUPTION, BLAME_TRACE,
	  .is = CLASS_CHECK, .skip = "slab" },
	{ "slab error in {function}: {detail}", KIND_SLAB_CORRUPTION, BLAME_TRACE,
	  .is = CLASS_CHECK, .skip = "slab" },
	/* details of a report, alone where its head was lost */
	{ "INFO: Allocated in {function} age={count}", KIND_SLAB_CORRUPTION, BLAME_HEAD,
	  .is = CLASS_CHECK, .follows = CLASS_CHECK, .flags = HEAD_DETAIL, .skip = "slab" },
	{ "INFO: Freed in {function} age={count}", KIND_SLAB_CORRUPTION, BLAME_HEAD,
	  .is = CLASS_CHECK, .follows = CLASS_CHECK, .flags = HEAD_DETAIL, .skip = "slab" },
	{ "INFO: Slab {address} objects=", KIND_SLAB_CORRUPTION, BLAME_TRACE, .is = CLASS_CHECK,
	  .follows = CLASS_CHECK, .flags = HEAD_DETAIL, .skip = "slab" },
	{ .pattern = NULL },
};

static void
slab_understand(struct event *e, struct report *r)
{
	(void)r;
	e->count = 0; /* the age of an object */
}

const struct oops_family family_slab = { "slab", heads, slab_understand };
