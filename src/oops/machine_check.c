/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Machine checks: the processor reports itself, its caches or its memory broken. */
#include "oops/family.h"

#define PANIC(text)                                                                    \
	{                                                                              \
		"Kernel panic - not syncing: " text, KIND_MACHINE_CHECK, BLAME_NONE,   \
			.is = CLASS_PANIC, .follows = CLASS_HARDWARE, .trigger = "mce" \
	}

static const struct oops_head heads[] = {
	{ "CPU {cpu}: Machine Check Exception: {code} Bank {count}: {detail}", KIND_MACHINE_CHECK,
	  BLAME_NONE, .is = CLASS_HARDWARE, .follows = CLASS_HARDWARE },
	{ "CPU {cpu}: Machine Check Exception: {detail}", KIND_MACHINE_CHECK, BLAME_NONE,
	  .is = CLASS_HARDWARE, .follows = CLASS_HARDWARE },
	{ "CPU{cpu}: Machine Check Exception: {detail}", KIND_MACHINE_CHECK, BLAME_NONE,
	  .is = CLASS_HARDWARE, .follows = CLASS_HARDWARE },
	{ "Machine check: {detail}", KIND_MACHINE_CHECK, BLAME_NONE, .is = CLASS_HARDWARE,
	  .follows = CLASS_HARDWARE, .flags = HEAD_AT_START },
	{ "HARDWARE ERROR", KIND_MACHINE_CHECK, BLAME_NONE, .is = CLASS_HARDWARE,
	  .follows = CLASS_HARDWARE, .flags = HEAD_AT_START },
	PANIC("Fatal machine check{detail}"),
	PANIC("Fatal Machine check{detail}"),
	PANIC("Fatal local machine check{detail}"),
	PANIC("Local fatal machine check{detail}"),
	PANIC("Machine check{detail}"),
	PANIC("machine check{detail}"),
	PANIC("Unable to continue{detail}"),
	PANIC("Uncorrected{detail}"),
	PANIC("Failed kernel mode recovery{detail}"),
	PANIC("Too many consecutive machine checks{detail}"),
	PANIC("Consecutive machine checks{detail}"),
	PANIC("MCA architectural violation!{detail}"),
	PANIC("Timeout: Not all CPUs entered{detail}"),
	PANIC("Timeout synchronizing machine check over CPUs{detail}"),
	PANIC("mcck: {detail}"),
	{ .pattern = NULL },
};

/* The bank is no oops number. */
static void
machine_check_understand(struct event *e, struct report *r)
{
	(void)r;
	e->count = 0;
	e->has_error_code = false;
}

const struct oops_family family_machine_check = { "machine_check", heads,
						  machine_check_understand };
