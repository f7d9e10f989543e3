/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Page tables of riscv64 kernels. Since v5.13 (Linux commit 2bfc6cd81bd1) the image is mapped
 * at KERNEL_LINK_ADDR, apart from the rest of memory, which is mapped at PAGE_OFFSET; before,
 * it was a part of that.
 */
#include "kernel/vmem_find.h"

static bool
number(const struct dump *d, const char *name, uint64_t *value)
{
	return vmcoreinfo_number(d->vmcoreinfo, name, value);
}

static const uint64_t link_default = UINT64_C(0xffffffff80000000); /* its value so far */
static const uint64_t load_step = UINT64_C(2) << 20; /* a kernel starts at a multiple of it */

/* Where the image is mapped; false if it is a part of memory's mapping. */
static bool
find_link(const struct dump *d, uint64_t *link)
{
	uint64_t value = 0;

	if (number(d, "KERNEL_LINK_ADDR", link))
		return true;
	*link = link_default;
	return number(d, "va_kernel_pa_offset", &value);
}

/* Physical minus virtual address of the page that va is on, by either mapping. */
static bool
find_offset(const struct dump *d, uint64_t va, uint64_t *offset)
{
	uint64_t value = 0;
	uint64_t link = 0;
	uint64_t page_offset = 0;

	if (find_link(d, &link) && va >= link) {
		if (!number(d, "va_kernel_pa_offset", &value))
			return false;
		*offset = -value;
		return true;
	}
	if (!number(d, "PAGE_OFFSET", &page_offset) || !number(d, "phys_ram_base", &value))
		return false;
	*offset = value - page_offset;
	return true;
}

/* Not all kernels say where the image was loaded, which is at or near the start of memory:
 * the tables tell. */
static bool
search_image(struct dump *d, struct vmem_kernel *k, uint64_t root_va)
{
	enum { STEPS = 512 }; /* 1 GiB */
	uint64_t ram = 0;
	uint64_t link = 0;

	if (!number(d, "phys_ram_base", &ram) || !find_link(d, &link) || root_va < link)
		return false;
	for (uint64_t i = 0; i < STEPS; i++) {
		k->paging.root = root_va - link + ram + i * load_step;
		if (!vmem_leads_to(d, &k->paging, root_va, k->paging.root))
			continue;
		vmem_add_linear(k, link, UINT64_MAX, ram + i * load_step);
		return true;
	}
	return false;
}

static void
add_linear(const struct dump *d, struct vmem_kernel *k)
{
	uint64_t page_offset = 0;
	uint64_t ram = 0;
	uint64_t link = 0;
	uint64_t offset = 0;
	uint64_t vmemmap = 0;

	if (!find_link(d, &link))
		link = 0;
	if (link != 0 && find_offset(d, link, &offset))
		vmem_add_linear(k, link, UINT64_MAX, link + offset);
	if (!number(d, "PAGE_OFFSET", &page_offset) || !number(d, "phys_ram_base", &ram))
		return;
	/* what follows the mapping of memory: the image, or the end of all addresses */
	if (number(d, "VMEMMAP_START", &vmemmap) && vmemmap > page_offset)
		link = link == 0 || vmemmap < link ? vmemmap : link;
	vmem_add_linear(k, page_offset, link - 1, ram);
}

const struct error *
vmem_find_riscv64(struct dump *d, struct arena *a, struct vmem_kernel *k)
{
	uint64_t root_va = 0;
	uint64_t offset = 0;
	uint64_t va_bits = 0;

	if (d->vmcoreinfo == NULL)
		return error_new(a, ERROR_ABSENT,
				 "without VMCOREINFO nothing leads to the page tables");
	if (!vmcoreinfo_symbol(d->vmcoreinfo, "swapper_pg_dir", &root_va))
		return error_new(a, ERROR_ABSENT, "VMCOREINFO lacks SYMBOL(swapper_pg_dir)");
	if (!number(d, "VA_BITS", &va_bits))
		return error_new(a, ERROR_ABSENT, "VMCOREINFO lacks NUMBER(VA_BITS)");
	vmem_find_kaslr(d, k);
	k->source = "VMCOREINFO";
	k->paging.page_shift = 12;
	k->paging.va_bits = (uint8_t)(va_bits == 57 || va_bits == 48 ? va_bits : 39);
	if (find_offset(d, root_va, &offset))
		k->paging.root = root_va + offset;
	else if (!search_image(d, k, root_va))
		return error_new(a, ERROR_ABSENT, "VMCOREINFO lacks NUMBER(va_kernel_pa_offset)");
	k->has_tables = true;
	add_linear(d, k);
	vmem_confirm(d, a, k, root_va);
	return NULL;
}
