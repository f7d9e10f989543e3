/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ranges.c - sources: Linux arch/x86/mm/kaslr.c, Documentation/arch/x86/x86_64/mm.rst and
 * arm64/memory.rst, arch_crash_save_vmcoreinfo() of arm64 and riscv.
 */
#include "fault/ranges.h"

#include <string.h>

static const char direct_map_text[] = "the direct map of all memory";
static const char vmalloc_text[] = "vmalloc space";
static const char pages_text[] = "the array of struct page";

/* Ranges being collected. */
struct list {
	const struct kernel *k;
	struct pointer_range *range;
	size_t count, cap;
	struct arena *arena;
};

static void
add(struct list *l, uint64_t from, uint64_t len, enum pointer_class class, const char *name)
{
	if (len == 0 || from + (len - 1) < from)
		return;
	l->range = arena_grow(l->arena, l->range, l->count, &l->cap, sizeof(l->range[0]));
	l->range[l->count++] = (struct pointer_range){ from, from + (len - 1), class, name };
}

static void
add_stacks(struct list *l, const struct identify *i, const uint64_t *value, size_t value_count)
{
	for (size_t n = 0; n < value_count; n++) {
		const struct task *t = identify_stack(i, value[n]);

		if (t != NULL)
			add(l, t->stack, i->stack_len, POINTER_STACK,
			    arena_printf(l->arena, "the kernel stack of pid %d", (int)t->pid));
	}
}

static void
add_percpu(struct list *l, const struct cpus *cpus)
{
	for (size_t n = 0; n < cpus->count; n++) {
		uint64_t from = 0;
		uint64_t to = 0;

		if (identify_percpu(l->k, &cpus->cpu[n], &from, &to))
			add(l, from, to - from, POINTER_PER_CPU,
			    arena_printf(l->arena, "the per-CPU area of CPU %u",
					 (unsigned int)cpus->cpu[n].number));
	}
}

/* Since v4.8 x86_64 keeps the addresses of its regions in variables where KASLR moves them. */
static void
add_x86_64(struct list *l)
{
	enum { TIB_SHIFT = 40, VMALLOC_TIB = 32, VMALLOC_TIB_LA57 = 12800, PFN_BITS = 40 };
	const struct kernel *k = l->k;
	uint64_t base = 0;
	uint64_t max_pfn = 0;
	uint64_t page_len = 0;
	uint64_t levels = 0;
	bool is_wide = k->info != NULL &&
		       vmcoreinfo_number(k->info, "pgtable_l5_enabled", &levels) && levels != 0;

	if (!kernel_symbol_word(k, "max_pfn", &max_pfn) || max_pfn >> PFN_BITS != 0)
		return;
	if (kernel_symbol_word(k, "page_offset_base", &base))
		add(l, base, max_pfn * kernel_page_len(k), POINTER_DIRECT_MAP, direct_map_text);
	if (kernel_symbol_word(k, "vmalloc_base", &base))
		add(l, base, (uint64_t)(is_wide ? VMALLOC_TIB_LA57 : VMALLOC_TIB) << TIB_SHIFT,
		    POINTER_VMALLOC, vmalloc_text);
	if (kernel_symbol_word(k, "vmemmap_base", &base) &&
	    layout_find(k->layout, LAYOUT_PAGE, &page_len))
		add(l, base, max_pfn * page_len, POINTER_UNKNOWN, pages_text);
}

/* The image, which on some processors lies in what is otherwise vmalloc space. */
static bool
find_image(const struct kernel *k, uint64_t *from, uint64_t *to)
{
	return symbols_find(k->symbols, "_text", from) && symbols_find(k->symbols, "_end", to) &&
	       *to > *from;
}

/* Two numbers of VMCOREINFO: the first address, and the one behind the last. */
static void
add_numbers(struct list *l, const char *from, const char *to, enum pointer_class class,
	    const char *name)
{
	uint64_t image = 0;
	uint64_t image_end = 0;
	uint64_t first = 0;
	uint64_t end = 0;

	if (!vmcoreinfo_number(l->k->info, from, &first) ||
	    !vmcoreinfo_number(l->k->info, to, &end) || end <= first)
		return;
	if (find_image(l->k, &image, &image_end) && image >= first && image_end <= end) {
		add(l, first, image - first, class, name);
		first = image_end;
	}
	add(l, first, end - first, class, name);
}

/* arm64 and riscv tell (2369f171d5c5, "arm64: crash_core: Export MODULES, VMALLOC, and VMEMMAP
 * ranges", v5.18). */
static void
add_of_vmcoreinfo(struct list *l)
{
	if (l->k->info == NULL)
		return;
	add_numbers(l, "MODULES_VADDR", "MODULES_END", POINTER_MODULE, "module space");
	add_numbers(l, "VMALLOC_START", "VMALLOC_END", POINTER_VMALLOC, vmalloc_text);
	add_numbers(l, "VMEMMAP_START", "VMEMMAP_END", POINTER_UNKNOWN, pages_text);
}

/* Half of arm64's kernel addresses are the direct map: since v5.4 (14c127c957c1, "arm64: mm: Flip
 * kernel VA space") the lower half, before the upper one. The image is in the other. */
static void
add_arm64(struct list *l)
{
	enum { BITS_MIN = 36, BITS_MAX = 52 };
	uint64_t bits = 0;
	uint64_t text = 0;

	if (l->k->info == NULL || !vmcoreinfo_number(l->k->info, "VA_BITS", &bits) ||
	    bits < BITS_MIN || bits > BITS_MAX || !symbols_find(l->k->symbols, "_text", &text))
		return;

	uint64_t half = UINT64_C(1) << (bits - 1);
	bool is_upper = (text & half) != 0;

	add(l, is_upper ? -(half << 1) : -half, half, POINTER_DIRECT_MAP, direct_map_text);
}

static void
add_image(struct list *l)
{
	uint64_t from = 0;
	uint64_t to = 0;

	if (find_image(l->k, &from, &to))
		add(l, from, to - from, POINTER_TEXT, "the kernel image");
}

struct pointer_range *
ranges_of_kernel(const struct identify *i, const uint64_t *value, size_t value_count,
		 struct arena *a, size_t *count)
{
	struct list l = { .k = i->pages.k, .arena = a };

	add_stacks(&l, i, value, value_count);
	add_percpu(&l, i->cpus);
	if (strcmp(l.k->arch->name, "x86_64") == 0)
		add_x86_64(&l);
	if (strcmp(l.k->arch->name, "arm64") == 0)
		add_arm64(&l);
	add_of_vmcoreinfo(&l);
	add_image(&l);
	*count = l.count;
	return l.range;
}
