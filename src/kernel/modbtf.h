/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * modbtf.h - the types that modules bring along: BTF that continues vmlinux's ("split BTF").
 *
 * module.btf_data is freed once the module is loaded; what stays is on the list btf_modules
 * (Linux commit 36e68442d1af, "bpf: Load and verify kernel module BTFs", v5.11).
 */
#ifndef KERNEL_MODBTF_H
#define KERNEL_MODBTF_H

#include "kernel/kernel.h"

/* The BTF of the module of that name, or NULL if it has none. self is the struct kernel. */
struct btf *modbtf_find(void *self, struct str name);

#endif
