/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Page tables of i386 kernels: memory is mapped at PAGE_OFFSET, which is one of five addresses.
 */
#include "kernel/vmem_find.h"

enum {
	CR4_PAE = 1 << 5,
};

static bool
take_page_offset(struct dump *d, struct vmem_kernel *k, uint64_t root_va, uint64_t page_offset)
{
	struct arch_paging p = k->paging;

	if (root_va < page_offset)
		return false;
	p.root = root_va - page_offset;
	if (!vmem_leads_to(d, &p, root_va, p.root))
		return false;
	k->paging = p;
	k->has_tables = true;
	/* of 896 MiB of low memory, or less, the addresses above are vmalloc's */
	vmem_add_linear(k, page_offset, root_va, 0);
	return true;
}

static bool
take_cr3_i386(struct dump *d, struct vmem_kernel *k)
{
	for (size_t i = 0; i < d->cpu_count; i++) {
		const struct regs *r = &d->cpu[i].regs;
		struct arch_mapping m = { 0 };

		if (!d->cpu[i].from_qemu || !vmem_x86_paging(r))
			continue;
		k->paging.levels = (vmem_register(r, "cr4") & CR4_PAE) != 0 ? 3 : 2;
		k->paging.root = vmem_register(r, "cr3") &
				 (k->paging.levels == 3 ? ~UINT64_C(0x1f) : ~UINT64_C(0xfff));
		if (d->arch->walk(&d->phys, &k->paging, vmem_register(r, "idt_base"), &m) != NULL)
			continue;
		k->has_tables = true;
		k->source = "CR3 of a QEMU note";
		return true;
	}
	return false;
}

const struct error *
vmem_find_i386(struct dump *d, struct arena *a, struct vmem_kernel *k)
{
	/* CONFIG_VMSPLIT_3G, 3G_OPT, 2G, 2G_OPT, 1G */
	static const uint32_t page_offsets[] = { 0xc0000000, 0xb0000000, 0x80000000, 0x78000000,
						 0x40000000 };
	struct str value = { NULL, 0 };
	uint64_t root_va = 0;

	k->paging.page_shift = 12;
	k->paging.va_bits = 32;
	k->source = "VMCOREINFO";
	if (d->vmcoreinfo == NULL || !vmcoreinfo_symbol(d->vmcoreinfo, "swapper_pg_dir", &root_va))
		return take_cr3_i386(d, k)
			       ? NULL
			       : error_new(a, ERROR_ABSENT, "nothing leads to the page tables");
	vmem_find_kaslr(d, k);
	k->paging.levels = vmcoreinfo_find(d->vmcoreinfo, "CONFIG_X86_PAE", &value) ? 3 : 2;
	for (size_t i = 0; i < ARRAY_LEN(page_offsets); i++) {
		if (take_page_offset(d, k, root_va, page_offsets[i]))
			return NULL;
	}
	if (take_cr3_i386(d, k))
		return NULL;
	return error_new(a, ERROR_CORRUPT, "the kernel's page tables are not where they should be");
}
