/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The checks of spinlocks themselves. */
#include "oops/family.h"

#define LOCK(text)                                                                         \
	{                                                                                  \
		text, KIND_SPINLOCK_BUG, BLAME_TRACE, .is = CLASS_CHECK, .skip = "locking" \
	}

static const struct oops_head heads[] = {
	LOCK("BUG: spinlock {detail} on CPU#{cpu}, {comm}/{pid}$"),
	LOCK("BUG: rwlock {detail} on CPU#{cpu}, {comm}/{pid}$"),
	LOCK("BUG: rt_mutex {detail} on CPU#{cpu}, {comm}/{pid}$"),
	LOCK("BUG: spinlock {detail} on CPU#{cpu}"),
	LOCK("BUG: rwlock {detail} on CPU#{cpu}"),
	{ .pattern = NULL },
};

const struct oops_family family_locking = { "locking", heads, NULL };
