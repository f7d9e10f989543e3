/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nodes.h - the nodes that the memory of the machine belongs to (struct pglist_data).
 */
#ifndef KERNEL_NODES_H
#define KERNEL_NODES_H

#include "kernel/kernel.h"

struct nodes {
	const struct kernel *k;
	uint64_t only;  /* a kernel without NUMA has one; else 0 */
	uint64_t array; /* of pointers; 0: not found */
	uint32_t count;
	uint32_t next;
};

struct nodes nodes_of(const struct kernel *k);

/* The next one; false at the end. Numbers have gaps, which are passed over. */
bool nodes_next(struct nodes *n, uint64_t *node);

#endif
