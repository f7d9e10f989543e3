/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * severity.h - what severity, origin and confidence mean, in one place.
 *
 * Severity says what became of the machine, not whose fault it was:
 *   critical  the machine died of it
 *   high      it goes on, but without what died: an oops, a lockup, memory that is lost
 *   medium    damage is likely: a corrupted structure, a task that hangs
 *   low       a check of the kernel failed, and nothing came of it so far
 *   info      nothing is wrong
 *
 * Origin says who has to act:
 *   bug            code: the kernel's, or a module's
 *   hardware       memory, processor, device, firmware
 *   deliberate     somebody asked for it
 *   policy         a setting turned something unknown into a panic
 *   external       the hypervisor, a watchdog, the cluster, an NMI button
 *   resource       memory or the like ran out
 *   configuration  the system was set up so that it cannot run
 *   unknown        something crashed, and it is not known why
 *   none           nothing crashed
 *
 * Confidence is how often such a verdict is right, out of a hundred:
 *   90 and above   the kernel's own words leave no other reading
 *   70 to 89       the usual cause, with evidence for it
 *   50 to 69       likely, and to be checked
 *   below 50       a lead
 */
#ifndef VERDICT_SEVERITY_H
#define VERDICT_SEVERITY_H

#include "model/kind.h"

/* "critical", "high" ... NULL. */
extern const char *const severity_names[];

/* Of a crash report of that kind. */
const char *severity_of(enum kind k, bool fatal);

/* "NULL pointer dereference", "soft lockup" ... */
const char *severity_kind_words(enum kind k);

#endif
