/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * regs.h - which note holds the registers of which CPU.
 *
 * The order of NT_PRSTATUS notes is no proof: a CPU that did not stop, or was offline, has
 * none, and all behind it move up. So a CPU is found by what is known of it and what its
 * note says: the stack it ran on, the thread, the registers that an oops printed. The number
 * of a note counts for as much as it can prove: for QEMU's notes, of which there is one for
 * every CPU, nearly all; for others, if there are as many as the kernel had CPUs, much; and
 * else next to nothing.
 */
#ifndef KERNEL_REGS_H
#define KERNEL_REGS_H

#include "dump/dump.h"

/* What is known, from the log mostly, of the CPU that is looked for. */
struct regs_hint {
	bool has_cpu;
	uint32_t cpu; /* its number */
	bool has_pid;
	uint32_t pid;            /* of the thread that ran there */
	const struct regs *regs; /* what it had in its registers a little earlier, or NULL */
	uint32_t cpus;           /* how many the kernel had; 0: not known */
};

struct regs_found {
	const struct dump_cpu *cpu;
	const char *why; /* "the same stack and thread" ... */
	bool is_certain; /* by more than the order of the notes */
};

/* False if no note can be told from the others to be that of the CPU. */
bool regs_find_cpu(const struct dump *d, const struct regs_hint *h, struct regs_found *out);

/* The number of the CPU that d->cpu[i] is of, as far as the notes alone can tell. */
bool regs_cpu_number(const struct dump *d, size_t i, uint32_t cpus, uint32_t *number);

#endif
