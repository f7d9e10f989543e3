/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * recover.h - what a kernel without data symbols (CONFIG_KALLSYMS_ALL=n) keeps where.
 *
 * Its kallsyms name functions only, so the places of BTF, of the first task and of the list of
 * modules are searched for in the kernel image by what they look like, and told to the symbols.
 * Each must hold together: a task that is called swapper has number 0 and is on a list that
 * leads back to it; an entry of the list of modules has a name.
 */
#ifndef KERNEL_RECOVER_H
#define KERNEL_RECOVER_H

#include "kernel/kernel.h"

/* Finds BTF: its place becomes __start_BTF and __stop_BTF. False if there is none. */
bool recover_btf(struct kernel *k);

/* Finds init_task and modules, with the help of the layouts, and x86_64's tables of ORC: the
 * longest run of sorted addresses. */
void recover_objects(struct kernel *k);

#endif
