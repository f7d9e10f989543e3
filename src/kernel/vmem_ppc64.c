/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ppc64: all memory, and the kernel image in it, is mapped at 0xc000000000000000. That is
 * where the kernel log is; what is mapped elsewhere (vmalloc) is not followed.
 */
#include "kernel/vmem_find.h"

const struct error *
vmem_find_ppc64(struct dump *d, struct arena *a, struct vmem_kernel *k)
{
	(void)a;
	if (d->vmcoreinfo != NULL)
		vmem_find_kaslr(d, k);
	k->source = "the linear mapping";
	vmem_add_linear(k, UINT64_C(0xc000000000000000), UINT64_C(0xcfffffffffffffff), 0);
	return NULL;
}
