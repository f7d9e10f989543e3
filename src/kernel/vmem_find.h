/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vmem_find.h - where a kernel's page tables are; one function a processor.
 *
 * What a dump says is checked before it is believed: a root is right if the kernel's own
 * virtual address of the root, walked from it, gives the root itself.
 *
 * To add a processor: write vmem_NAME.c and give it a row in vmem.c.
 */
#ifndef KERNEL_VMEM_FIND_H
#define KERNEL_VMEM_FIND_H

#include "dump/dump.h"

/* Addresses that are mapped one after the other, whatever the page tables say. */
struct vmem_linear {
	uint64_t va_from, va_to; /* first and last */
	uint64_t pa;             /* of va_from */
};

enum {
	VMEM_LINEAR_MAX = 2,
};

struct vmem_kernel {
	struct arch_paging paging;
	bool has_tables;
	bool unconfirmed; /* they do not lead to themselves: what they lack may be linear */
	bool wrong;       /* they lead elsewhere: what is linear goes first */
	struct vmem_linear linear[VMEM_LINEAR_MAX];
	size_t linear_count;
	uint64_t kaslr_offset;
	bool has_kaslr;
	const char *source;
	const struct error *problem;
};

/* Fills k; an error if there is nothing to translate by. */
const struct error *vmem_find_x86_64(struct dump *d, struct arena *a, struct vmem_kernel *k);
const struct error *vmem_find_i386(struct dump *d, struct arena *a, struct vmem_kernel *k);
const struct error *vmem_find_arm64(struct dump *d, struct arena *a, struct vmem_kernel *k);
const struct error *vmem_find_riscv64(struct dump *d, struct arena *a, struct vmem_kernel *k);
const struct error *vmem_find_ppc64(struct dump *d, struct arena *a, struct vmem_kernel *k);
const struct error *vmem_find_s390x(struct dump *d, struct arena *a, struct vmem_kernel *k);
const struct error *vmem_find_arm(struct dump *d, struct arena *a, struct vmem_kernel *k);

/* The frame of the machine that dom0 in a dump of a Xen host takes for its frame pfn; false if
 * this is no such dump, or it does not say. */
bool vmem_xen_frame(struct dump *d, uint64_t pfn, uint64_t *frame);

/* True if va leads to pa by these tables. */
bool vmem_leads_to(struct dump *d, const struct arch_paging *p, uint64_t va, uint64_t pa);

/* Checks the tables of k by their own address; if they do not lead to themselves, k says so and
 * why. Some may be missing on that way and none on all others. */
void vmem_confirm(struct dump *d, struct arena *a, struct vmem_kernel *k, uint64_t root_va);

void vmem_add_linear(struct vmem_kernel *k, uint64_t va_from, uint64_t va_to, uint64_t pa);

/* The value of a register, 0 if it is not known. */
uint64_t vmem_register(const struct regs *r, const char *name);

/* Was paging on, by the registers of an x86 processor that QEMU noted? */
bool vmem_x86_paging(const struct regs *r);

/* KERNELOFFSET, if VMCOREINFO has it. */
void vmem_find_kaslr(const struct dump *d, struct vmem_kernel *k);

#endif
