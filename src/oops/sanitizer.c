/* SPDX-License-Identifier: GPL-2.0-or-later */
/* KMSAN and KCSAN. */
#include "oops/family.h"

#define KMSAN(text, kind)                                                                  \
	{                                                                                  \
		"BUG: KMSAN: " text " in {function}", kind, BLAME_HEAD, .is = CLASS_CHECK, \
									.skip = "uninit"   \
	}

static const struct oops_head heads[] = {
	KMSAN("uninit-value", KIND_KMSAN_UNINIT),
	KMSAN("use-after-free", KIND_KMSAN_UNINIT),
	KMSAN("kernel-infoleak", KIND_KMSAN_INFOLEAK),
	KMSAN("kernel-infoleak-after-free", KIND_KMSAN_INFOLEAK),
	KMSAN("kernel-usb-infoleak", KIND_KMSAN_INFOLEAK),
	KMSAN("kernel-usb-infoleak-after-free", KIND_KMSAN_INFOLEAK),
	KMSAN("{detail}", KIND_KMSAN_UNINIT),
	/* The kernel has chosen the functions already, one of each side. */
	{ "BUG: KCSAN: data-race in {function}", KIND_KCSAN_RACE, BLAME_NAMED, .is = CLASS_CHECK },
	{ "BUG: KCSAN: assert: race in {function}", KIND_KCSAN_ASSERT, BLAME_NAMED,
	  .is = CLASS_CHECK },
	{ .pattern = NULL },
};

const struct oops_family family_sanitizer = { "sanitizer", heads, NULL };
