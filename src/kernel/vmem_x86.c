/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Page tables of x86 kernels.
 *
 * x86_64: the image is mapped at 0xffffffff80000000 + phys_base. phys_base stands in
 * VMCOREINFO since v4.10 (Linux commit 401721ecd1dc), else in the header of a
 * kdump-compressed file; without either, the register CR3 of QEMU's notes or a search finds
 * the root. i386: memory is mapped at PAGE_OFFSET, which is one of five addresses.
 */
#include "kernel/vmem_find.h"

#include "base/limits.h"

static const uint64_t image_va = UINT64_C(0xffffffff80000000);
static const uint64_t image_len = UINT64_C(1) << 30; /* the largest KERNEL_IMAGE_SIZE */
static const uint64_t load_step = UINT64_C(2) << 20; /* a kernel starts at a multiple of it */

/* The names of the top-level table: since v4.13, before, and what both also have. */
static bool
find_root_va(const struct vmcoreinfo *info, uint64_t *va)
{
	return vmcoreinfo_symbol(info, "init_top_pgt", va) ||
	       vmcoreinfo_symbol(info, "init_level4_pgt", va) ||
	       vmcoreinfo_symbol(info, "swapper_pg_dir", va);
}

/* The root by a phys_base, if it is one. */
static bool
take_phys_base(struct dump *d, struct vmem_kernel *k, uint64_t root_va, uint64_t phys_base)
{
	struct arch_paging p = k->paging;

	p.root = root_va - image_va + phys_base;
	if (!vmem_leads_to(d, &p, root_va, p.root))
		return false;
	k->paging = p;
	k->has_tables = true;
	k->linear_count = 0;
	vmem_add_linear(k, image_va, image_va + (image_len - 1), phys_base);
	return true;
}

enum {
	CR4_PAE = 1 << 5,
	CR4_LA57 = 1 << 12,
	CR3_FLAGS = 0xfff,        /* PCID and cache control */
	CR3_USER_TABLES = 1 << 12 /* with page table isolation: the tables of user mode */
};

static const uint64_t cr0_paging = UINT64_C(1) << 31;

static uint64_t
get(const struct regs *r, const char *name)
{
	uint64_t v = 0;

	return regs_get(r, name, &v) ? v : 0;
}

/* True if these tables map what this CPU's kernel works with: its per-CPU data, which the
 * tables of user mode lack, though they have its entry code and its IDT. */
static bool
maps_cpu(struct dump *d, const struct arch_paging *p, const struct regs *r)
{
	static const char *const names[] = { "gs_base", "kernel_gs_base", "rsp", "rip" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		uint64_t va = get(r, names[i]);
		struct arch_mapping m = { 0 };

		if (va >> 63 != 0) /* the upper half is the kernel's */
			return d->arch->walk(&d->phys, p, va, &m) == NULL;
	}
	return false;
}

static bool
take_cr3_of(struct dump *d, struct vmem_kernel *k, const struct regs *r)
{
	struct arch_paging p = k->paging;

	if ((get(r, "cr0") & cr0_paging) == 0)
		return false;
	p.levels = (get(r, "cr4") & CR4_LA57) != 0 ? 5 : 4;
	p.va_bits = p.levels == 5 ? 57 : 48;
	p.root = get(r, "cr3") & ~(uint64_t)CR3_FLAGS & UINT64_C(0x000fffffffffffff);
	if (!maps_cpu(d, &p, r)) {
		p.root &= ~(uint64_t)CR3_USER_TABLES;
		if (!maps_cpu(d, &p, r))
			return false;
	}
	k->paging = p;
	return true;
}

/* The tables that some CPU used; all of them have the same kernel half. */
static bool
take_cr3(struct dump *d, struct vmem_kernel *k)
{
	for (size_t i = 0; i < d->cpu_count; i++) {
		if (d->cpu[i].from_qemu && take_cr3_of(d, k, &d->cpu[i].regs)) {
			k->has_tables = true;
			k->source = "CR3 of a QEMU note";
			return true;
		}
	}
	return false;
}

/* Tries every place where a kernel may have been loaded below 64 GiB. */
static bool
search_phys_base(struct dump *d, struct arena *a, struct vmem_kernel *k, uint64_t root_va)
{
	enum { STEPS = 32768, BELOW = 8 }; /* phys_base is negative if loaded below 16 MiB */

	for (uint64_t i = 0; i < STEPS; i++) {
		uint64_t phys_base = i * load_step - BELOW * load_step;

		if (take_phys_base(d, k, root_va, phys_base)) {
			k->source = "search";
			return true;
		}
		if (i % 64 == 63 && budget_expired(arena_budget(a)))
			return false;
	}
	return false;
}

/*
 * The kernel's own root by tables that some CPU used: both map the image by the same entry.
 * If they do not, the VMCOREINFO is that of another kernel.
 */
static const struct error *
check_root(struct dump *d, struct arena *a, struct vmem_kernel *k, uint64_t root_va)
{
	enum { IMAGE_ENTRY = 511 * 8 };
	struct arch_mapping m = { 0 };
	uint64_t mine = 0;
	uint64_t its = 0;

	if (d->arch->walk(&d->phys, &k->paging, root_va, &m) != NULL ||
	    memory_u64(&d->phys, m.pa + IMAGE_ENTRY, &mine) != NULL ||
	    memory_u64(&d->phys, k->paging.root + IMAGE_ENTRY, &its) != NULL || mine != its)
		return error_new(a, ERROR_CORRUPT,
				 "VMCOREINFO does not fit the page tables that CR3 points to");
	k->paging.root = m.pa;
	vmem_add_linear(k, image_va, image_va + (image_len - 1), m.pa - (root_va - image_va));
	return NULL;
}

static void
read_paging(const struct vmcoreinfo *info, struct arch_paging *p)
{
	uint64_t value = 0;

	p->page_shift = 12;
	p->levels = vmcoreinfo_number(info, "pgtable_l5_enabled", &value) && value != 0 ? 5 : 4;
	p->va_bits = p->levels == 5 ? 57 : 48;
	p->pte_mask = vmcoreinfo_number(info, "sme_mask", &value) ? value : 0;
}

/* The root of a kernel on Xen, whose physical addresses are not those of the machine. */
static bool
take_xen(struct dump *d, struct vmem_kernel *k, uint64_t root_va, uint64_t phys_base)
{
	struct arch_paging p = k->paging;
	uint64_t frame = 0;

	if (!vmem_xen_frame(d, (root_va - image_va + phys_base) >> p.page_shift, &frame))
		return false;
	p.root = frame << p.page_shift;
	if (!vmem_leads_to(d, &p, root_va, p.root))
		return false;
	k->paging = p;
	k->has_tables = true;
	return true;
}

/* The root by a phys_base that is known and by which it does not lead to itself. */
static void
take_unconfirmed(struct dump *d, struct arena *a, struct vmem_kernel *k, uint64_t root_va,
		 uint64_t phys_base)
{
	uint64_t entry = 0;

	k->paging.root = root_va - image_va + phys_base;
	k->has_tables = memory_u64(&d->phys, k->paging.root, &entry) == NULL;
	vmem_add_linear(k, image_va, image_va + (image_len - 1), phys_base);
	vmem_confirm(d, a, k, root_va);
}

static const struct error *
from_vmcoreinfo(struct dump *d, struct arena *a, struct vmem_kernel *k)
{
	uint64_t root_va = 0;
	uint64_t phys_base = 0;
	bool has_phys_base = vmcoreinfo_number(d->vmcoreinfo, "phys_base", &phys_base);

	if (!find_root_va(d->vmcoreinfo, &root_va))
		return error_new(a, ERROR_ABSENT, "VMCOREINFO lacks SYMBOL(swapper_pg_dir)");
	read_paging(d->vmcoreinfo, &k->paging);
	vmem_find_kaslr(d, k);
	k->source = "VMCOREINFO";
	if (take_xen(d, k, root_va, phys_base))
		return NULL;
	if (has_phys_base && take_phys_base(d, k, root_va, phys_base))
		return NULL;
	if (d->has_phys_base && take_phys_base(d, k, root_va, d->phys_base))
		return NULL;
	if (take_cr3(d, k)) {
		k->problem = check_root(d, a, k, root_va);
		return NULL;
	}
	if (!has_phys_base && search_phys_base(d, a, k, root_va))
		return NULL;
	if (!has_phys_base && !d->has_phys_base)
		return error_new(a, ERROR_ABSENT, "nothing says where the kernel was loaded");
	take_unconfirmed(d, a, k, root_va, has_phys_base ? phys_base : d->phys_base);
	return NULL;
}

/* Without VMCOREINFO: the first page of the image is mapped at its load address, which
 * is 16 MiB above image_va in every distribution's kernel that does not move itself. */
static void
find_kaslr_by_image(struct dump *d, struct vmem_kernel *k)
{
	uint64_t linked = image_va + (UINT64_C(16) << 20);

	for (uint64_t va = image_va; va - image_va < image_len; va += load_step) {
		struct arch_mapping m = { 0 };

		if (d->arch->walk(&d->phys, &k->paging, va, &m) != NULL)
			continue;
		vmem_add_linear(k, va, image_va + (image_len - 1), m.pa);
		k->has_kaslr = va >= linked;
		k->kaslr_offset = va - linked;
		return;
	}
}

const struct error *
vmem_find_x86_64(struct dump *d, struct arena *a, struct vmem_kernel *k)
{
	if (d->vmcoreinfo != NULL)
		return from_vmcoreinfo(d, a, k);
	k->paging.page_shift = 12;
	if (!take_cr3(d, k))
		return error_new(a, ERROR_ABSENT,
				 "neither VMCOREINFO nor a register CR3 leads to the page tables");
	find_kaslr_by_image(d, k);
	return NULL;
}

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
		uint64_t cr0 = get(r, "cr0");

		if (!d->cpu[i].from_qemu || (cr0 & cr0_paging) == 0)
			continue;
		k->paging.levels = (get(r, "cr4") & CR4_PAE) != 0 ? 3 : 2;
		k->paging.root = get(r, "cr3") &
				 (k->paging.levels == 3 ? ~UINT64_C(0x1f) : ~UINT64_C(0xfff));
		if (d->arch->walk(&d->phys, &k->paging, get(r, "idt_base"), &m) != NULL)
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
