/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Page tables of 32-bit arm kernels. Memory starts where the machine has it and is mapped at
 * PAGE_OFFSET; neither stands in VMCOREINFO. The header of a kdump-compressed file has the
 * first, else the first page of the dump is near it. The tables confirm a guess.
 */
#include "kernel/vmem_find.h"

#include "dump/format.h"

static const uint64_t section_len = UINT64_C(2) << 20; /* PHYS_OFFSET is a multiple of it */
static const uint64_t linear_len = UINT64_C(64) << 20; /* of low memory, of which there is more */

static uint64_t
first_memory(const struct dump *d)
{
	uint64_t pfn = 0;

	if (!d->impl->next(d->impl->from.self, &pfn))
		return 0;
	return pfn * d->page_len & ~(section_len - 1);
}

static bool
take(struct dump *d, struct vmem_kernel *k, uint64_t root_va, uint64_t page_offset,
     uint64_t phys_offset)
{
	struct arch_paging p = k->paging;

	if (root_va < page_offset)
		return false;
	p.root = root_va - page_offset + phys_offset;
	if (!vmem_leads_to(d, &p, root_va, p.root))
		return false;
	k->paging = p;
	k->has_tables = true;
	vmem_add_linear(k, page_offset, page_offset + (linear_len - 1), phys_offset);
	return true;
}

const struct error *
vmem_find_arm(struct dump *d, struct arena *a, struct vmem_kernel *k)
{
	/* CONFIG_VMSPLIT_3G, 3G_OPT, 2G, 1G */
	static const uint32_t page_offsets[] = { 0xc0000000, 0xb0000000, 0x80000000, 0x40000000 };
	const uint64_t phys[] = { d->has_phys_base ? d->phys_base : first_memory(d),
				  first_memory(d), 0 };
	struct str value = { NULL, 0 };
	uint64_t root_va = 0;

	k->source = "VMCOREINFO";
	k->paging.page_shift = 12;
	k->paging.va_bits = 32;
	if (d->vmcoreinfo == NULL)
		return error_new(a, ERROR_ABSENT,
				 "without VMCOREINFO nothing leads to the page tables");
	if (!vmcoreinfo_symbol(d->vmcoreinfo, "swapper_pg_dir", &root_va))
		return error_new(a, ERROR_ABSENT, "VMCOREINFO lacks SYMBOL(swapper_pg_dir)");
	k->paging.levels = vmcoreinfo_find(d->vmcoreinfo, "CONFIG_ARM_LPAE", &value) ? 3 : 2;
	for (size_t i = 0; i < ARRAY_LEN(page_offsets) * ARRAY_LEN(phys); i++) {
		if (take(d, k, root_va, page_offsets[i / ARRAY_LEN(phys)],
			 phys[i % ARRAY_LEN(phys)]))
			return NULL;
	}
	k->paging.root = root_va - page_offsets[0] + phys[0];
	vmem_add_linear(k, page_offsets[0], page_offsets[0] + (linear_len - 1), phys[0]);
	vmem_confirm(d, a, k, root_va);
	return NULL;
}
