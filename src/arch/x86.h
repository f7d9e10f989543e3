/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * x86.h - what the 32-bit and the 64-bit port share.
 */
#ifndef ARCH_X86_H
#define ARCH_X86_H

#include "arch/radix.h"

/* An 8-byte page table entry: 4-level, 5-level and PAE tables. */
struct radix_entry x86_entry(const struct arch_paging *p, uint64_t entry, unsigned level);

/* The registers of a QEMU note under the names of a 64-bit or a 32-bit processor. */
bool x86_qemu_note(struct bytes desc, enum byte_order order, bool is_64, struct regs *r);

#endif
