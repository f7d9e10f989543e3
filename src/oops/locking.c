/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The checks of spinlocks themselves. */
#include "oops/family.h"

static const struct oops_head heads[] = {
	{ "BUG: spinlock {detail} on CPU#{cpu}, {comm}/{pid}", KIND_SPINLOCK_BUG, BLAME_TRACE,
	  .is = CLASS_CHECK, .skip = "locking" },
	{ "BUG: rwlock {detail} on CPU#{cpu}, {comm}/{pid}", KIND_SPINLOCK_BUG, BLAME_TRACE,
	  .is = CLASS_CHECK, .skip = "locking" },
	{ "BUG: rt_mutex {detail} on CPU#{cpu}, {comm}/{pid}", KIND_SPINLOCK_BUG, BLAME_TRACE,
	  .is = CLASS_CHECK, .skip = "locking" },
	{ .pattern = NULL },
};

const struct oops_family family_locking = { "locking", heads, NULL };
