/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Page tables of x86_64 kernels. The image is mapped at 0xffffffff80000000 + phys_base, which
 * stands in VMCOREINFO since v4.10 (Linux commit 401721ecd1dc), else in the header of a
 * kdump-compressed file; without either, the register CR3 of QEMU's notes or a search finds
 * the root.
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

static void
set_levels(struct arch_paging *p, uint8_t levels)
{
	p->levels = levels;
	p->va_bits = levels == 5 ? 57 : 48;
}

/*
 * Do the tables lead to themselves, with as many levels and the mark of encrypted memory that
 * VMCOREINFO names? Before v4.17 it does not name the levels, before v5.1 not the mark: then
 * all that there can be are tried. The mark is bit 47 or, on later processors, 51.
 */
static bool
leads_to_itself(struct dump *d, struct arch_paging *p, uint64_t root_va)
{
	static const uint64_t marks[] = { 0, UINT64_C(1) << 47, UINT64_C(1) << 51 };
	const struct arch_paging named = *p;
	uint64_t value = 0;
	bool all_levels = !vmcoreinfo_number(d->vmcoreinfo, "pgtable_l5_enabled", &value);
	bool all_marks = !vmcoreinfo_number(d->vmcoreinfo, "sme_mask", &value);

	for (size_t i = 0; i < (all_levels ? 2 : 1) * ARRAY_LEN(marks); i++) {
		size_t mark = i % ARRAY_LEN(marks);

		if (mark != 0 && !all_marks)
			continue;
		set_levels(p, i < ARRAY_LEN(marks) ? named.levels : 5);
		p->pte_mask = named.pte_mask | marks[mark];
		if (vmem_leads_to(d, p, root_va, p->root))
			return true;
	}
	*p = named;
	return false;
}

/* The root by a phys_base, if it is one. */
static bool
take_phys_base(struct dump *d, struct vmem_kernel *k, uint64_t root_va, uint64_t phys_base)
{
	struct arch_paging p = k->paging;

	p.root = root_va - image_va + phys_base;
	if (!leads_to_itself(d, &p, root_va))
		return false;
	k->paging = p;
	k->has_tables = true;
	k->linear_count = 0;
	vmem_add_linear(k, image_va, image_va + (image_len - 1), phys_base);
	return true;
}

enum {
	CR4_LA57 = 1 << 12,
	CR3_FLAGS = 0xfff,        /* PCID and cache control */
	CR3_USER_TABLES = 1 << 12 /* with page table isolation: the tables of user mode */
};

/* True if these tables map what this CPU's kernel works with: its per-CPU data, which the
 * tables of user mode lack, though they have its entry code and its IDT. */
static bool
maps_cpu(struct dump *d, const struct arch_paging *p, const struct regs *r)
{
	static const char *const names[] = { "gs_base", "kernel_gs_base", "rsp", "rip" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		uint64_t va = vmem_register(r, names[i]);
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

	if (!vmem_x86_paging(r))
		return false;
	set_levels(&p, (vmem_register(r, "cr4") & CR4_LA57) != 0 ? 5 : 4);
	p.root = vmem_register(r, "cr3") & ~(uint64_t)CR3_FLAGS & UINT64_C(0x000fffffffffffff);
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
	set_levels(p, vmcoreinfo_number(info, "pgtable_l5_enabled", &value) && value != 0 ? 5 : 4);
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

/* Where all memory was mapped before kernels could move that (CONFIG_RANDOMIZE_MEMORY, v4.8;
 * those that others took it back to say their KASLR offset): Documentation/x86/x86_64/mm.txt. */
static bool
find_direct_map(const struct dump *d, uint64_t *va)
{
	struct str release = d->release;
	uint64_t part[3] = { 0 };
	uint64_t offset = 0;

	if (d->vmcoreinfo != NULL) {
		(void)vmcoreinfo_find(d->vmcoreinfo, "OSRELEASE", &release);
		if (vmcoreinfo_hex(d->vmcoreinfo, "KERNELOFFSET", &offset) && offset != 0)
			return false;
	}
	for (size_t i = 0; i < ARRAY_LEN(part) && str_take_decimal(&release, &part[i]); i++)
		(void)str_take(&release, STR("."));

	uint64_t version = part[0] * 1000000 + part[1] * 1000 + part[2];

	if (version < 2006011 || version >= 4008000)
		return false;
	*va = version < 2006027 ? UINT64_C(0xffff810000000000) : UINT64_C(0xffff880000000000);
	return true;
}

/* Without tables: only what is mapped linearly, if it is known where. The phys_base of a header
 * counts if makedumpfile wrote it, which writes a release too; QEMU does not know it. */
static const struct error *
take_linear(struct dump *d, struct arena *a, struct vmem_kernel *k, const char *why)
{
	const uint64_t direct_len = UINT64_C(1) << 46;
	uint64_t va = 0;
	uint64_t phys_base = d->phys_base;
	bool known = d->has_phys_base && d->release.len != 0;

	if (d->vmcoreinfo != NULL)
		known |= vmcoreinfo_number(d->vmcoreinfo, "phys_base", &phys_base);
	if (known)
		vmem_add_linear(k, image_va, image_va + (image_len - 1), phys_base);
	if (find_direct_map(d, &va))
		vmem_add_linear(k, va, va + (direct_len - 1), 0);
	if (k->linear_count == 0)
		return error_new(a, ERROR_ABSENT, "%s", why);
	k->source = "the linear mapping";
	k->problem =
		error_new(a, ERROR_ABSENT, "%s: only what is mapped linearly can be read", why);
	return NULL;
}

/* By CR3 alone. The first page of the image is mapped at its load address, which is 16 MiB
 * above image_va in every distribution's kernel that does not move itself. */
static const struct error *
from_cr3(struct dump *d, struct arena *a, struct vmem_kernel *k, const char *why)
{
	uint64_t linked = image_va + (UINT64_C(16) << 20);

	k->paging.page_shift = 12;
	if (!take_cr3(d, k))
		return take_linear(d, a, k, why);
	for (uint64_t va = image_va; va - image_va < image_len; va += load_step) {
		struct arch_mapping m = { 0 };

		if (d->arch->walk(&d->phys, &k->paging, va, &m) != NULL)
			continue;
		vmem_add_linear(k, va, image_va + (image_len - 1), m.pa);
		k->has_kaslr = va >= linked;
		k->kaslr_offset = va - linked;
		break;
	}
	return NULL;
}

static const struct error *
from_vmcoreinfo(struct dump *d, struct arena *a, struct vmem_kernel *k)
{
	uint64_t root_va = 0;
	uint64_t phys_base = 0;
	bool has_phys_base = vmcoreinfo_number(d->vmcoreinfo, "phys_base", &phys_base);

	if (!find_root_va(d->vmcoreinfo, &root_va))
		return from_cr3(d, a, k, "VMCOREINFO lacks SYMBOL(swapper_pg_dir)");
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
		return take_linear(d, a, k, "nothing says where the kernel was loaded");
	take_unconfirmed(d, a, k, root_va, has_phys_base ? phys_base : d->phys_base);
	return NULL;
}

const struct error *
vmem_find_x86_64(struct dump *d, struct arena *a, struct vmem_kernel *k)
{
	if (d->vmcoreinfo != NULL)
		return from_vmcoreinfo(d, a, k);
	return from_cr3(d, a, k, "neither VMCOREINFO nor a register CR3 leads to the page tables");
}
