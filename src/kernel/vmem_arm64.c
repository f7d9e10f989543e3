/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Page tables of arm64 kernels. The image is mapped at its physical address plus
 * kimage_voffset; the tables at swapper_pg_dir are those of the upper half.
 *
 * How many address bits they cover is 64 - T1SZ, as the processor was told. A kernel of
 * CONFIG_ARM64_VA_BITS_52 on a processor without such addresses uses fewer; if that takes a
 * level away the table starts at that level, else (64 KiB pages) it is still indexed by all
 * 52 bits.
 */
#include "kernel/vmem_find.h"

static uint8_t
page_shift_of(const struct dump *d)
{
	uint64_t page_len = d->page_len;
	struct str text = { NULL, 0 };

	if (vmcoreinfo_find(d->vmcoreinfo, "PAGESIZE", &text))
		(void)str_to_number(text, &page_len);
	return (uint8_t)(page_len == 65536 ? 16 : page_len == 16384 ? 14 : 12);
}

static uint64_t
levels_of(uint64_t va_bits, uint8_t page_shift)
{
	return (va_bits - page_shift + page_shift - 4) / (page_shift - 3u);
}

/* CONFIG_ARM64_VA_BITS; 0 if nothing says. */
static uint8_t
bits_built(const struct vmcoreinfo *info)
{
	uint64_t built = 0;

	return vmcoreinfo_number(info, "VA_BITS", &built) && built >= 36 && built <= 52
		       ? (uint8_t)built
		       : 0;
}

/* What the processor was told; 0 if nothing says. */
static uint8_t
bits_used(const struct vmcoreinfo *info)
{
	uint64_t t1sz = 0;
	bool has_t1sz = vmcoreinfo_number(info, "TCR_EL1_T1SZ", &t1sz) ||
			vmcoreinfo_number(info, "tcr_el1_t1sz", &t1sz);

	return has_t1sz && t1sz >= 12 && t1sz <= 28 ? (uint8_t)(64 - t1sz) : 0;
}

/* The bits that index the tables; 0 if nothing says. */
static uint8_t
va_bits_of(const struct vmcoreinfo *info, uint8_t page_shift)
{
	uint8_t built = bits_built(info);
	uint8_t used = bits_used(info);

	return used == 0 || (built == 52 && page_shift == 16) ? built : used;
}

/* Is there an entry for va in the first table? */
static bool
has_first_entry(struct dump *d, const struct arch_paging *p, uint64_t va)
{
	unsigned index_bits = p->page_shift - 3u;
	unsigned shift =
		p->page_shift + ((unsigned)levels_of(p->va_bits, p->page_shift) - 1) * index_bits;
	uint64_t index = va >> shift & ((UINT64_C(1) << (p->va_bits - shift)) - 1);
	uint64_t entry = 0;

	return memory_u64(&d->phys, p->root + index * 8, &entry) == NULL && (entry & 1) != 0;
}

/* The root may be given as where the processor looked, behind what only more bits would reach:
 * then the tables are indexed by the bits that it used. */
static void
choose_bits(struct dump *d, struct vmem_kernel *k, uint64_t root_va)
{
	struct arch_paging p = k->paging;

	p.va_bits = bits_used(d->vmcoreinfo);
	if (p.va_bits == 0 || p.va_bits == k->paging.va_bits ||
	    vmem_leads_to(d, &k->paging, root_va, p.root))
		return;
	if (vmem_leads_to(d, &p, root_va, p.root) ||
	    (has_first_entry(d, &p, root_va) && !has_first_entry(d, &k->paging, root_va)))
		k->paging = p;
}

/*
 * All memory is mapped linearly too: since v5.4 (Linux commit 14c127c957c1) in the lower half
 * of the kernel's addresses, before in the upper one. A kernel built for 52 bits keeps the
 * halves where they are on processors with 48.
 */
static void
add_linear(const struct dump *d, struct vmem_kernel *k, uint64_t kimage_voffset)
{
	uint64_t phys_offset = 0;
	uint64_t text = 0;
	uint8_t built = bits_built(d->vmcoreinfo);

	if (built == 0)
		built = k->paging.va_bits;

	uint64_t lowest = ~UINT64_C(0) << built;
	uint64_t middle = ~UINT64_C(0) << (built > 48 ? 47 : built - 1);

	if (vmcoreinfo_symbol(d->vmcoreinfo, "_stext", &text)) {
		uint64_t from = text & ~UINT64_C(0x1fffff);

		vmem_add_linear(k, from, from + (UINT64_C(64) << 20) - 1, from - kimage_voffset);
	}
	if (!vmcoreinfo_number(d->vmcoreinfo, "PHYS_OFFSET", &phys_offset))
		return;
	if (text >= middle)
		vmem_add_linear(k, lowest, middle - 1, phys_offset);
	else
		vmem_add_linear(k, middle, UINT64_MAX, phys_offset);
}

/* Virtual minus physical address of the image: before v4.6 (Linux commit a7f8de168ace) it was
 * a part of memory, mapped as all of it was. */
static bool
find_voffset(const struct dump *d, const struct vmem_kernel *k, uint64_t *voffset)
{
	uint64_t phys_offset = 0;

	if (vmcoreinfo_number(d->vmcoreinfo, "kimage_voffset", voffset))
		return true;
	if (!vmcoreinfo_number(d->vmcoreinfo, "PHYS_OFFSET", &phys_offset))
		return false;
	*voffset = (~UINT64_C(0) << (k->paging.va_bits - 1)) - phys_offset;
	return true;
}

const struct error *
vmem_find_arm64(struct dump *d, struct arena *a, struct vmem_kernel *k)
{
	uint64_t root_va = 0;
	uint64_t voffset = 0;

	if (d->vmcoreinfo == NULL)
		return error_new(a, ERROR_ABSENT,
				 "without VMCOREINFO nothing leads to the page tables");
	if (!vmcoreinfo_symbol(d->vmcoreinfo, "swapper_pg_dir", &root_va))
		return error_new(a, ERROR_ABSENT, "VMCOREINFO lacks SYMBOL(swapper_pg_dir)");
	vmem_find_kaslr(d, k);
	k->source = "VMCOREINFO";
	k->paging.page_shift = page_shift_of(d);
	k->paging.va_bits = va_bits_of(d->vmcoreinfo, k->paging.page_shift);
	if (k->paging.va_bits == 0)
		return error_new(a, ERROR_ABSENT, "VMCOREINFO lacks NUMBER(VA_BITS)");
	if (!find_voffset(d, k, &voffset))
		return error_new(a, ERROR_ABSENT, "VMCOREINFO lacks NUMBER(kimage_voffset)");
	k->paging.root = root_va - voffset;
	k->has_tables = true;
	choose_bits(d, k, root_va);
	add_linear(d, k, voffset);
	vmem_confirm(d, a, k, root_va);
	return NULL;
}
