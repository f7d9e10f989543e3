/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CPUs that do not even take interrupts. */
#include "oops/family.h"

static const struct oops_head heads[] = {
	{ "Watchdog detected hard LOCKUP on cpu {cpu}", KIND_HARD_LOCKUP, BLAME_PC,
	  .is = CLASS_HANG },
	{ "Kernel panic - not syncing: Watchdog detected hard LOCKUP on cpu {cpu}",
	  KIND_HARD_LOCKUP, BLAME_STALL, .is = CLASS_PANIC, .follows = CLASS_HANG,
	  .policy = "hardlockup_panic" },
	{ "Kernel panic - not syncing: Hard LOCKUP", KIND_HARD_LOCKUP, BLAME_STALL,
	  .is = CLASS_PANIC, .follows = CLASS_HANG | CLASS_WARN, .policy = "hardlockup_panic" },
	/* ppc64 */
	{ "CPU {cpu} detected hard LOCKUP on other CPUs", KIND_HARD_LOCKUP, BLAME_PC,
	  .is = CLASS_HANG },
	{ "CPU {cpu} self-detected hard LOCKUP @ {function}", KIND_HARD_LOCKUP, BLAME_HEAD,
	  .is = CLASS_HANG },
	{ "watchdog: CPU {cpu} Hard LOCKUP", KIND_HARD_LOCKUP, BLAME_PC, .is = CLASS_HANG,
	  .follows = CLASS_HANG },
	/* a CPU that does not answer another one */
	{ "csd: Detected non-responsive CSD lock (#{count}) on CPU#{pid}, waiting {any} for "
	  "CPU#{cpu}",
	  KIND_HARD_LOCKUP, BLAME_PC, .is = CLASS_HANG },
	{ .pattern = NULL },
};

static void
hard_lockup_understand(struct event *e, struct report *r)
{
	if (str_has(r->line[r->head[0].line].text, STR("CSD lock"))) {
		e->has_pid = false;
		e->count = 0;
	}
}

const struct oops_family family_hard_lockup = { "hard_lockup", heads, hard_lockup_understand };
