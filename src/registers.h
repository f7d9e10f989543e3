/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * registers.h - whose registers stand in registers{} of a report.
 *
 * Those of the context that the report is about, where the kernel printed them: at the fault,
 * or where a watchdog found the CPU. A report of something else (a panic for want of memory, a
 * sysrq) says nothing by what it printed of them, if anything; then they are those that the CPU
 * that panicked saved for the dump.
 */
#ifndef REGISTERS_H
#define REGISTERS_H

#include "facts/facts.h"
#include "kernel/cpus.h"
#include "oops/event.h"

struct registers_input {
	const struct event *event; /* the chosen one, or NULL */
	const struct dump *dump;
	const struct cpus *cpus; /* none if the kernel has no symbols */
};

/* Does the report tell what the processor took exception to? False of one whose registers only
 * say where the CPU was. */
bool registers_are_of_fault(const struct event *e);

/* Puts registers{} of the panic CPU, if they are the ones to show, in the place of the log's,
 * or why they are not known. The registers that the report shows, or NULL if it has none. */
const struct regs *registers_put(const struct registers_input *in, struct facts *f,
				 struct arena *a);

#endif
