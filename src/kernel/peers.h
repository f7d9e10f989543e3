/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * peers.h - reads what drgn and crash, with the kernel's vmlinux, read of a dump when they list
 * tasks and modules, print the log and unwind stacks; so that a mini vmcore has it.
 *
 * drgn asks for little: tasks, their stacks, modules, the tree of process numbers. crash looks
 * at most of the kernel's data when it starts, and ends if a page of that is missing.
 */
#ifndef KERNEL_PEERS_H
#define KERNEL_PEERS_H

#include "kernel/unwind.h"

struct peers {
	struct kernel *k;
	const struct modules *modules;
	const struct cpus *cpus;
	const struct tasks *tasks;
	struct unwind *unwind;
};

/* Reads, and thereby has recorded. What is not there is passed over. */
void peers_read(const struct peers *p);

#endif
