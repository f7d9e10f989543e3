/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vmem.h - kernel virtual memory of a dump: implements struct memory over page tables.
 *
 * Where a table cannot be read (lost, truncated), what the kernel maps linearly is still
 * found without it: on every 64-bit processor the kernel image, on some all memory.
 */
#ifndef KERNEL_VMEM_H
#define KERNEL_VMEM_H

#include "dump/dump.h"

struct vmem {
	struct memory mem;         /* by kernel virtual address */
	struct arch_paging paging; /* what the walks use; without has_tables nothing of it */
	bool has_tables;
	uint64_t kaslr_offset; /* run-time minus link-time address; with has_kaslr */
	bool has_kaslr;
	const char *source;          /* where the page tables are known from */
	const struct error *problem; /* what makes it incomplete, or NULL */
	struct vmem_impl *impl;
};

/* Finds the page tables by VMCOREINFO, or by registers of QEMU's notes. If no note holds
 * VMCOREINFO, memory is searched for it first, and d->vmcoreinfo set. */
const struct error *vmem_open(struct dump *d, struct arena *a, struct vmem **out) MUST_CHECK;

/* The physical address of a virtual one. */
const struct error *vmem_translate(struct vmem *v, uint64_t va, uint64_t *pa) MUST_CHECK;

/* Where it leads, and from which address to which: the whole page, of whatever length. */
const struct error *vmem_map(struct vmem *v, uint64_t va, struct arch_mapping *out) MUST_CHECK;

#endif
