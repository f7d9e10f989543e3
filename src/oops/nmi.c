/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Non-maskable interrupts that nobody expected: buttons, hypervisors, broken buses. */
#include "oops/family.h"

#define PANIC(text)                                                                    \
	{                                                                              \
		"Kernel panic - not syncing: " text, KIND_NMI, BLAME_NONE,             \
			.is = CLASS_PANIC, .follows = CLASS_HARDWARE, .trigger = "nmi" \
	}

static const struct oops_head heads[] = {
	{ "Uhhuh. NMI received for unknown reason {code} on CPU {cpu}.", KIND_NMI, BLAME_NONE,
	  .is = CLASS_HARDWARE },
	{ "Uhhuh. NMI received for unknown reason {code}", KIND_NMI, BLAME_NONE,
	  .is = CLASS_HARDWARE },
	{ "NMI: PCI system error (SERR) for reason {code} on CPU {cpu}.", KIND_NMI, BLAME_NONE,
	  .is = CLASS_HARDWARE },
	{ "NMI: IOCK error (debug interrupt?) for reason {code} on CPU {cpu}.", KIND_NMI,
	  BLAME_NONE, .is = CLASS_HARDWARE },
	{ "Kernel panic - not syncing: NMI: Not continuing", KIND_NMI, BLAME_NONE,
	  .is = CLASS_PANIC, .follows = CLASS_HARDWARE, .trigger = "nmi",
	  .policy = "unknown_nmi_panic" },
	PANIC("NMI IOCK error: Not continuing"),
	PANIC("An NMI occurred{detail}"),
	/* ppc64: the hypervisor's "virsh inject-nmi", "nmi" of the HMC */
	{ "Kernel panic - not syncing: System Reset", KIND_NMI, BLAME_NONE, .is = CLASS_PANIC,
	  .follows = CLASS_HARDWARE | CLASS_DIE, .trigger = "nmi" },
	PANIC("NMI{detail}"),
	{ "Kernel panic - not syncing: Asynchronous SError Interrupt", KIND_SERROR, BLAME_NONE,
	  .is = CLASS_PANIC, .follows = CLASS_HARDWARE, .trigger = "mce" },
	{ .pattern = NULL },
};

const struct oops_family family_nmi = { "nmi", heads, NULL };
