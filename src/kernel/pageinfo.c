/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/pageinfo.h"

#include "symbols/btf.h"

#include <string.h>

enum {
	SECTION_FLAGS = 63, /* low bits of section_mem_map; at most six are used */
	SECTION_HAS_MEM_MAP = 2,
	ORDER_MAX = 20,       /* of a compound page: 1 GiB pages have 18 */
	BUDDY_ORDER_MAX = 10, /* of a free one */
	TYPE_SHIFT = 24,      /* of page types that are numbers */
};

const char *
pageinfo_use_name(enum page_use use)
{
	static const char *const names[] = {
		[PAGE_USE_FREE] = "free",         [PAGE_USE_SLAB] = "slab",
		[PAGE_USE_ANON] = "anon",         [PAGE_USE_FILE] = "file",
		[PAGE_USE_RESERVED] = "reserved", [PAGE_USE_TABLE] = "page_table",
		[PAGE_USE_HUGETLB] = "hugetlb",   [PAGE_USE_OFFLINE] = "offline",
		[PAGE_USE_HWPOISON] = "hwpoison", [PAGE_USE_UNUSED] = "unused",
		[PAGE_USE_KERNEL] = "kernel",
	};

	return names[use];
}

static unsigned int
page_shift(const struct kernel *k)
{
	return (unsigned int)__builtin_ctzll(kernel_page_len(k));
}

/* Kernels tell since v5.13 (4f5aecdff25f, "crash_core: Add SECTION_SIZE_BITS to vmcoreinfo"). */
static bool
section_bits(const struct kernel *k, uint64_t *bits)
{
	enum { X86_64_BITS = 27, BITS_MAX = 40 };

	if (vmcoreinfo_number(k->info, "SECTION_SIZE_BITS", bits))
		return *bits > page_shift(k) && *bits < BITS_MAX;
	*bits = X86_64_BITS;
	return strcmp(k->arch->name, "x86_64") == 0;
}

/* The section of memory that a page frame is in: of an array of pointers to arrays, or in an
 * array (SPARSEMEM_EXTREME or not). */
static bool
section_of(const struct kernel *k, uint64_t pfn, uint64_t *section)
{
	uint64_t root = 0;
	uint64_t count = 0;
	uint64_t each = 0;
	uint64_t bits = 0;
	uint64_t list = 0;

	if (k->info == NULL || !vmcoreinfo_symbol(k->info, "mem_section", &root) ||
	    !vmcoreinfo_count(k->info, "mem_section", &count) ||
	    !vmcoreinfo_len(k->info, "mem_section", &each) || each == 0 ||
	    each > kernel_page_len(k) || !section_bits(k, &bits))
		return false;

	uint64_t n = pfn >> (bits - page_shift(k));
	uint64_t per_root = kernel_page_len(k) / each;

	if (n / per_root < count &&
	    memory_word(k->mem, root + n / per_root * k->mem->word_len, &list) == NULL &&
	    kernel_is_address(k, list) && list % k->mem->word_len == 0) {
		*section = list + n % per_root * each;
		return true;
	}
	*section = root + n * each;
	return n < count;
}

/* The struct page of a page frame. */
static bool
page_of(const struct kernel *k, uint64_t pfn, uint64_t *page)
{
	uint64_t section = 0;
	uint64_t off = 0;
	uint64_t len = 0;
	uint64_t map = 0;

	if (!layout_find(k->layout, LAYOUT_PAGE, &len) || !section_of(k, pfn, &section) ||
	    !vmcoreinfo_offset(k->info, "mem_section.section_mem_map", &off) ||
	    memory_word(k->mem, section + off, &map) != NULL || (map & SECTION_HAS_MEM_MAP) == 0)
		return false;
	*page = (map & ~(uint64_t)SECTION_FLAGS) + pfn * len;
	return kernel_is_address(k, *page);
}

/* The first page of the compound one that this one is in. */
static void
find_head(const struct kernel *k, struct page_info *i)
{
	uint64_t len = 0;
	uint64_t link = 0;

	i->head = i->page;
	i->head_pfn = i->pfn;
	if (!layout_find(k->layout, LAYOUT_PAGE, &len) || len == 0 ||
	    !kernel_word(k, i->page, LAYOUT_PAGE_COMPOUND_HEAD, &link) || (link & 1) == 0)
		return;
	link--;
	if (link >= i->page || (i->page - link) % len != 0 ||
	    (i->page - link) / len >> ORDER_MAX != 0)
		return;
	i->head = link;
	i->head_pfn = i->pfn - (i->page - link) / len;
}

/* A flag of the page, by its number in VMCOREINFO or in the types. */
static bool
has_flag(const struct kernel *k, uint64_t flags, const char *name)
{
	uint64_t bit = 0;

	if (!vmcoreinfo_number(k->info, name, &bit) &&
	    (k->btf == NULL || !btf_enumerator(k->btf, "pageflags", name, &bit)))
		return false;
	return bit < 64 && (flags >> bit & 1) != 0;
}

/*
 * Flags that are cleared in a word of ones: low ones up to v6.10, in v6.11 high ones; since v6.12 a
 * number in the highest byte (4ffca5a96678, "mm: support only one page_type per page").
 */
static bool
is_type(uint32_t type, uint32_t wanted)
{
	const uint32_t low = (UINT32_C(1) << TYPE_SHIFT) - 1;
	uint32_t flag = ~wanted;
	uint32_t base = flag > low ? 0x80000000 : 0xf0000000;

	if ((wanted & low) == 0)
		return (type & ~low) == wanted;
	return (type & (base | flag)) == base;
}

/* A type that VMCOREINFO knows. */
static bool
has_type(const struct kernel *k, uint32_t type, const char *name)
{
	uint64_t v = 0;

	return vmcoreinfo_number(k->info, name, &v) && is_type(type, (uint32_t)v);
}

/* The type of page tables is the one behind that of offline pages, however they are written. */
static bool
is_table(const struct kernel *k, uint32_t type)
{
	const uint32_t one = UINT32_C(1) << TYPE_SHIFT;
	uint64_t v = 0;

	if (!vmcoreinfo_number(k->info, "PAGE_OFFLINE_MAPCOUNT_VALUE", &v))
		return false;

	uint32_t offline = (uint32_t)v;

	if ((offline & (one - 1)) == 0)
		return is_type(type, offline + one);
	return is_type(type, ~(~offline >= one ? ~offline >> 1 : ~offline << 1));
}

static unsigned int
order_of(const struct kernel *k, const struct page_info *i, uint64_t flags)
{
	uint64_t len = 0;
	uint64_t head = 0;
	uint64_t off = 0;
	uint8_t order = 0;

	if (!vmcoreinfo_number(k->info, "PG_head_mask", &head) || (flags & head) == 0 ||
	    !layout_find(k->layout, LAYOUT_PAGE, &len))
		return 0;
	/* In the second page: a member of its own; since v6.6 (ebc1baf5c9b4, "mm: free up a word in
	 * the first tail page") the lowest byte of its flags. */
	if (!layout_find(k->layout, LAYOUT_PAGE_COMPOUND_ORDER, &off) &&
	    (!layout_find(k->layout, LAYOUT_PAGE_FLAGS, &off) || k->mem->order == ORDER_BIG))
		return 0;
	if (memory_u8(k->mem, i->head + len + off, &order) != NULL || order > ORDER_MAX)
		return 0;
	return order;
}

/* Free pages lie in blocks; only the first one of a block says so, and how large it is. */
static bool
is_in_free_block(const struct kernel *k, const struct page_info *i, unsigned int *order)
{
	uint64_t len = 0;

	if (!layout_find(k->layout, LAYOUT_PAGE, &len))
		return false;
	for (unsigned int o = 0; o <= BUDDY_ORDER_MAX; o++) {
		uint64_t back = i->pfn & ((UINT64_C(1) << o) - 1);
		uint64_t page = i->page - back * len;
		uint64_t own = 0;
		uint32_t type = 0;

		if (kernel_u32(k, page, LAYOUT_PAGE_TYPE, &type) &&
		    has_type(k, type, "PAGE_BUDDY_MAPCOUNT_VALUE") &&
		    kernel_word(k, page, LAYOUT_PAGE_PRIVATE, &own) && own >= o &&
		    own <= BUDDY_ORDER_MAX) {
			*order = (unsigned int)own;
			return true;
		}
	}
	return false;
}

/* Whose memory a page is that is in use. */
static enum page_use
owner_of(const struct kernel *k, uint64_t head)
{
	enum { MAPPING_ANON = 1, MAPPING_BITS = 3 };
	uint64_t mapping = 0;

	if (!kernel_word(k, head, LAYOUT_PAGE_MAPPING, &mapping))
		return PAGE_USE_KERNEL;
	if ((mapping & MAPPING_ANON) != 0 && kernel_is_address(k, mapping))
		return PAGE_USE_ANON;
	if ((mapping & MAPPING_BITS) == 0 && kernel_is_address(k, mapping))
		return PAGE_USE_FILE;
	return PAGE_USE_KERNEL;
}

static enum page_use
state_of(const struct kernel *k, uint64_t head, uint64_t flags, uint32_t type)
{
	uint32_t count = 0;

	if (has_flag(k, flags, "PG_hwpoison"))
		return PAGE_USE_HWPOISON;
	if (has_flag(k, flags, "PG_slab") || has_type(k, type, "PAGE_SLAB_MAPCOUNT_VALUE"))
		return PAGE_USE_SLAB;
	if (has_flag(k, flags, "PG_reserved"))
		return PAGE_USE_RESERVED;
	if (is_table(k, type))
		return PAGE_USE_TABLE;
	if (has_type(k, type, "PAGE_HUGETLB_MAPCOUNT_VALUE"))
		return PAGE_USE_HUGETLB;
	if (has_type(k, type, "PAGE_OFFLINE_MAPCOUNT_VALUE"))
		return PAGE_USE_OFFLINE;
	if (kernel_u32(k, head, LAYOUT_PAGE_REFCOUNT, &count) && count == 0)
		return PAGE_USE_UNUSED;
	return owner_of(k, head);
}

bool
pageinfo_at(const struct pages *p, uint64_t va, struct page_info *out)
{
	const struct kernel *k = p->k;
	struct page_info i = { .use = PAGE_USE_KERNEL };
	uint64_t pa = 0;
	uint64_t flags = 0;
	uint32_t type = UINT32_MAX;

	if (k->info == NULL || p->physical(p->self, va, &pa) != NULL)
		return false;
	i.pfn = pa >> page_shift(k);
	if (!page_of(k, i.pfn, &i.page))
		return false;
	find_head(k, &i);
	if (!kernel_word(k, i.head, LAYOUT_PAGE_FLAGS, &flags))
		return false;
	(void)kernel_u32(k, i.head, LAYOUT_PAGE_TYPE, &type);
	i.use = state_of(k, i.head, flags, type);
	i.order = order_of(k, &i, flags);
	if (i.use == PAGE_USE_UNUSED && is_in_free_block(k, &i, &i.order))
		i.use = PAGE_USE_FREE;
	*out = i;
	return true;
}
