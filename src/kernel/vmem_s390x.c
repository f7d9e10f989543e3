/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Page tables of s390x kernels. Memory is mapped at IDENTITYBASE, which is 0 before v6.10, and
 * the image is a part of that; since then (Linux commit c98d2ecae08f) it is mapped apart, at
 * KERNELOFFSET for what is at KERNELOFFPHYS.
 */
#include "kernel/vmem_find.h"

static const uint64_t identity_len = UINT64_C(1) << 41; /* the shortest a kernel leaves for it */
static const uint64_t image_len = UINT64_C(64) << 20;   /* an image is 30 MiB with its data */

struct layout {
	uint64_t identity;
	uint64_t image;
	uint64_t image_pa;
	bool apart; /* the image is not a part of memory's mapping */
};

static struct layout
read_layout(const struct vmcoreinfo *info)
{
	struct layout l = { .identity = 0 };

	if (!vmcoreinfo_hex(info, "IDENTITYBASE", &l.identity))
		l.identity = 0;
	l.apart = vmcoreinfo_hex(info, "KERNELOFFSET", &l.image) &&
		  vmcoreinfo_hex(info, "KERNELOFFPHYS", &l.image_pa);
	return l;
}

static uint64_t
to_physical(const struct layout *l, uint64_t va)
{
	return l->apart && va >= l->image ? va - l->image + l->image_pa : va - l->identity;
}

/* Every entry of a region or segment table, valid or not, says in which kind of table it is. */
static bool
find_levels(struct dump *d, struct arch_paging *p)
{
	uint64_t entry = 0;

	if (memory_u64(&d->phys, p->root, &entry) != NULL)
		return false;
	p->levels = (uint8_t)(2 + (entry >> 2 & 3));
	return true;
}

const struct error *
vmem_find_s390x(struct dump *d, struct arena *a, struct vmem_kernel *k)
{
	uint64_t root_va = 0;
	struct layout l = { .identity = 0 };

	if (d->vmcoreinfo != NULL) {
		l = read_layout(d->vmcoreinfo);
		vmem_find_kaslr(d, k);
	}
	k->source = "the linear mapping";
	k->paging.page_shift = 12;
	vmem_add_linear(k, l.identity, l.identity + (identity_len - 1), 0);
	if (l.apart)
		vmem_add_linear(k, l.image, l.image + (image_len - 1), l.image_pa);
	if (d->vmcoreinfo == NULL || !vmcoreinfo_symbol(d->vmcoreinfo, "swapper_pg_dir", &root_va))
		return NULL;
	k->paging.root = to_physical(&l, root_va);
	k->has_tables = find_levels(d, &k->paging);
	k->source = "VMCOREINFO";
	vmem_confirm(d, a, k, root_va);
	return NULL;
}
