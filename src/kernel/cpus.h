/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cpus.h - the CPUs of the dumped machine: which there are, what ran on each, which panicked,
 * and the registers of each.
 *
 * All possible CPUs count, not those online: panic() has taken the others off the mask by the
 * time of the dump. Registers come from the kernel's own notes (crash_notes, which know their
 * CPU), else from the notes of the dump file: QEMU numbers them by CPU, /proc/vmcore leaves
 * out CPUs that saved nothing, so there the thread that ran is matched.
 */
#ifndef KERNEL_CPUS_H
#define KERNEL_CPUS_H

#include "kernel/kernel.h"

struct cpu {
	uint32_t number;
	uint64_t percpu; /* what to add to the address of a per-CPU symbol */
	bool online;
	uint64_t current;        /* task_struct of the task that ran there; 0 not known */
	uint64_t idle;           /* of its idle task; 0 not known */
	const struct regs *regs; /* NULL: it saved none */
	const char *regs_source; /* "note 1 of the dump", "crash_notes of CPU 1" */
	bool in_user;            /* those are of user mode */
};

struct cpus {
	struct cpu *cpu; /* ascending numbers */
	size_t count;
	size_t online;
	bool has_online;             /* the mask of online CPUs could be read */
	const struct cpu *panic;     /* the one that panicked, or NULL */
	const char *panic_source;    /* how that is known */
	const struct error *problem; /* what is missing, or NULL */
};

/* Never fails: what cannot be read is missing. d may be NULL (no notes). */
void cpus_read(const struct kernel *k, const struct dump *d, struct cpus *out);

/* Does the kernel say that no CPU has panicked? False also if that is not known. */
bool cpus_nobody_panicked(const struct kernel *k);

/* The CPU with that number, or NULL. */
const struct cpu *cpus_find(const struct cpus *c, uint32_t number);

/* The CPU that the task ran on, or NULL. */
const struct cpu *cpus_running(const struct cpus *c, uint64_t task);

/* What somebody else knows of the panic CPU (the log); counts only if the dump does not. */
void cpus_hint_panic(struct cpus *c, uint32_t number, const char *source);

#endif
