/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * learn.h - layouts of a kernel that was built without BTF, from what its structures hold.
 *
 * The first task is at a known address and is called swapper; from there the list of tasks is
 * the longest cycle on which everything has a name. What stands in the same place in all tasks
 * tells the rest: numbers that count from 1, addresses of stacks that are all different,
 * pointers into one's own stack, parents that are tasks themselves. An offset is learned only
 * if it fits every task that was looked at (or nearly so, where tasks may differ), and is
 * marked as learned. Randomised structures are no obstacle: nothing here counts on an order.
 */
#ifndef KERNEL_LEARN_H
#define KERNEL_LEARN_H

#include "kernel/kernel.h"

/* Learns task_struct and module for the kernel's layout, as far as they can be had. */
void learn_layouts(struct kernel *k);

#endif
