/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vmem.h - kernel virtual memory of a dump: implements struct memory over page tables.
 */
#ifndef KERNEL_VMEM_H
#define KERNEL_VMEM_H

#include "dump/dump.h"

struct vmem {
	struct memory mem;         /* by kernel virtual address */
	struct arch_paging paging; /* what the walks use */
	uint64_t kaslr_offset;     /* run-time minus link-time address; with has_kaslr */
	bool has_kaslr;
	struct vmem_impl *impl;
};

/* Finds the page tables by VMCOREINFO, or by registers of QEMU's notes. */
const struct error *vmem_open(struct dump *d, struct arena *a, struct vmem **out) MUST_CHECK;

/* The physical address of a virtual one. */
const struct error *vmem_translate(struct vmem *v, uint64_t va, uint64_t *pa) MUST_CHECK;

#endif
