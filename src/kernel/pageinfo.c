/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/pageinfo.h"

#include "symbols/btf.h"

#include <string.h>

enum {
	SECTION_FLAGS = 63, /* low bits of section_mem_map; at most six are used */
	SECTION_HAS_MEM_MAP = 2,
	ROOTS_MAX = 1 << 20,  /* elements of mem_section: 2^17 of pointers for 52 bits */
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

/* Kernels tell since v5.13 (4f5aecdff25f, "crash_core, vmcoreinfo: append 'SECTION_SIZE_BITS' to
 * vmcoreinfo"). */
static bool
section_bits(const struct kernel *k, uint64_t *bits)
{
	enum { X86_64_BITS = 27, BITS_MAX = 40 };

	if (vmcoreinfo_number(k->info, "SECTION_SIZE_BITS", bits))
		return *bits > page_shift(k) && *bits < BITS_MAX;
	*bits = X86_64_BITS;
	return strcmp(k->arch->name, "x86_64") == 0;
}

/* Sections of memory are in an array of pointers to arrays, or in an array (SPARSEMEM_EXTREME
 * or not). */
struct sections {
	uint64_t root;     /* va of the array */
	uint64_t count;    /* of its elements */
	uint64_t each;     /* bytes of a section's description */
	uint64_t per_root; /* sections of an element: 1 if it is no pointer */
	uint64_t pages;    /* of a section */
	uint64_t map_off;  /* in the description */
};

/* What the array holds, by its first element that is not empty: a pointer is aligned, and what
 * describes a section has flags in its low bits. */
static bool
is_of_pointers(const struct kernel *k, const struct sections *s)
{
	uint64_t word = 0;

	for (uint64_t i = 0; i < s->count && word == 0; i++) {
		if (memory_word(k->mem, s->root + i * k->mem->word_len, &word) != NULL)
			return false;
	}
	return kernel_is_address(k, word) && word % k->mem->word_len == 0;
}

static bool
find_sections(const struct kernel *k, struct sections *s)
{
	uint64_t bits = 0;

	if (k->info == NULL || !vmcoreinfo_symbol(k->info, "mem_section", &s->root) ||
	    !vmcoreinfo_count(k->info, "mem_section", &s->count) ||
	    !vmcoreinfo_len(k->info, "mem_section", &s->each) ||
	    !vmcoreinfo_offset(k->info, "mem_section.section_mem_map", &s->map_off) ||
	    s->each == 0 || s->each > kernel_page_len(k) || s->count > ROOTS_MAX ||
	    !section_bits(k, &bits))
		return false;
	s->per_root = is_of_pointers(k, s) ? kernel_page_len(k) / s->each : 1;
	s->pages = UINT64_C(1) << (bits - page_shift(k));
	return true;
}

/* The description of a section. */
static bool
section_of(const struct kernel *k, const struct sections *s, uint64_t n, uint64_t *section)
{
	uint64_t list = s->root;
	uint64_t at = n;

	if (n / s->per_root >= s->count)
		return false;
	if (s->per_root != 1) {
		if (memory_word(k->mem, s->root + n / s->per_root * k->mem->word_len, &list) !=
			    NULL ||
		    !kernel_is_address(k, list))
			return false;
		at = n % s->per_root;
	}
	*section = list + at * s->each;
	return true;
}

/* The address of a section's struct pages, less that of page frame 0 in them. */
static bool
has_map(const struct kernel *k, const struct sections *s, uint64_t section, uint64_t *map)
{
	if (memory_word(k->mem, section + s->map_off, map) != NULL ||
	    (*map & SECTION_HAS_MEM_MAP) == 0)
		return false;
	*map &= ~(uint64_t)SECTION_FLAGS;
	return true;
}

bool
pageinfo_next_section(const struct kernel *k, uint64_t *n, struct page_section *out)
{
	struct sections s;
	uint64_t len = 0;

	if (!layout_find(k->layout, LAYOUT_PAGE, &len) || !find_sections(k, &s))
		return false;
	while (*n < s.count * s.per_root) {
		uint64_t i = *n;
		uint64_t section = 0;
		uint64_t map = 0;

		/* Most lists are not there. */
		*n = i + 1;
		if (!section_of(k, &s, i, &section)) {
			*n = (i / s.per_root + 1) * s.per_root;
			continue;
		}
		if (!has_map(k, &s, section, &map))
			continue;
		*out = (struct page_section){ map + i * s.pages * len, i * s.pages, s.pages };
		if (kernel_is_address(k, out->pages))
			return true;
	}
	return false;
}

/* The struct page of a page frame. */
static bool
page_of(const struct kernel *k, uint64_t pfn, uint64_t *page)
{
	struct sections s;
	uint64_t len = 0;
	uint64_t section = 0;
	uint64_t map = 0;

	if (!layout_find(k->layout, LAYOUT_PAGE, &len) || !find_sections(k, &s) ||
	    !section_of(k, &s, pfn / s.pages, &section) || !has_map(k, &s, section, &map))
		return false;
	*page = map + pfn * len;
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

/* The mask of a flag, by its number in VMCOREINFO or in the types; 0 if that is not known. */
static uint64_t
flag_of(const struct kernel *k, const char *name)
{
	uint64_t bit = 0;

	if (!vmcoreinfo_number(k->info, name, &bit) &&
	    (k->btf == NULL || !btf_enumerator(k->btf, "pageflags", name, &bit)))
		return 0;
	return bit < 64 ? UINT64_C(1) << bit : 0;
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
static struct page_type
type_of(const struct kernel *k, const char *name)
{
	uint64_t v = 0;
	bool known = vmcoreinfo_number(k->info, name, &v);

	return (struct page_type){ (uint32_t)v, known };
}

static bool
has_type(uint32_t type, const struct page_type *wanted)
{
	return wanted->known && is_type(type, wanted->value);
}

/*
 * The type of page tables is the one behind that of offline pages, however they are written; up to
 * v5.10 the next but one, where struct page has mem_cgroup (18b2db3b0385, "mm: Convert page kmemcg
 * type to a page memcg flag").
 */
static struct page_type
table_type(const struct kernel *k, const struct page_type *offline)
{
	const uint32_t one = UINT32_C(1) << TYPE_SHIFT;
	uint32_t flag = ~offline->value;
	uint64_t off = 0;

	if ((offline->value & (one - 1)) == 0)
		return (struct page_type){ offline->value + one, offline->known };
	if (flag >= one)
		return (struct page_type){ ~(flag >> 1), offline->known };
	if (layout_find(k->layout, LAYOUT_PAGE_MEM_CGROUP, &off))
		return (struct page_type){ ~(flag << 2), offline->known };
	return (struct page_type){ ~(flag << 1), offline->known };
}

struct page_marks
pageinfo_marks(const struct kernel *k)
{
	struct page_marks m = { .hwpoison = 0 };

	if (k->info == NULL)
		return m;
	m.hwpoison = flag_of(k, "PG_hwpoison");
	m.slab = flag_of(k, "PG_slab");
	m.reserved = flag_of(k, "PG_reserved");
	m.buddy = type_of(k, "PAGE_BUDDY_MAPCOUNT_VALUE");
	m.slabs = type_of(k, "PAGE_SLAB_MAPCOUNT_VALUE");
	m.hugetlb = type_of(k, "PAGE_HUGETLB_MAPCOUNT_VALUE");
	m.offline = type_of(k, "PAGE_OFFLINE_MAPCOUNT_VALUE");
	m.table = table_type(k, &m.offline);
	return m;
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
is_in_free_block(const struct kernel *k, const struct page_marks *m, const struct page_info *i,
		 unsigned int *order)
{
	uint64_t len = 0;

	if (!layout_find(k->layout, LAYOUT_PAGE, &len))
		return false;
	for (unsigned int o = 0; o <= BUDDY_ORDER_MAX; o++) {
		uint64_t back = i->pfn & ((UINT64_C(1) << o) - 1);
		uint64_t page = i->page - back * len;
		uint64_t own = 0;
		uint32_t type = 0;

		if (kernel_u32(k, page, LAYOUT_PAGE_TYPE, &type) && has_type(type, &m->buddy) &&
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
owner_of(const struct kernel *k, uint64_t mapping)
{
	enum { MAPPING_ANON = 1, MAPPING_BITS = 3 };

	if ((mapping & MAPPING_ANON) != 0 && kernel_is_address(k, mapping))
		return PAGE_USE_ANON;
	if ((mapping & MAPPING_BITS) == 0 && kernel_is_address(k, mapping))
		return PAGE_USE_FILE;
	return PAGE_USE_KERNEL;
}

enum page_use
pageinfo_use(const struct kernel *k, const struct page_marks *m, const struct page_words *w)
{
	if ((w->flags & m->hwpoison) != 0)
		return PAGE_USE_HWPOISON;
	if ((w->flags & m->slab) != 0 || has_type(w->type, &m->slabs))
		return PAGE_USE_SLAB;
	if ((w->flags & m->reserved) != 0)
		return PAGE_USE_RESERVED;
	if (has_type(w->type, &m->table))
		return PAGE_USE_TABLE;
	if (has_type(w->type, &m->hugetlb))
		return PAGE_USE_HUGETLB;
	if (has_type(w->type, &m->offline))
		return PAGE_USE_OFFLINE;
	return w->count == 0 ? PAGE_USE_UNUSED : owner_of(k, w->mapping);
}

bool
pageinfo_is_buddy(const struct page_marks *m, const struct page_words *w)
{
	return has_type(w->type, &m->buddy);
}

bool
pageinfo_at(const struct pages *p, uint64_t va, struct page_info *out)
{
	const struct kernel *k = p->k;
	struct page_info i = { .use = PAGE_USE_KERNEL };
	struct page_words w = { .type = UINT32_MAX, .count = 1 };
	struct page_marks m = pageinfo_marks(k);
	uint64_t pa = 0;

	if (k->info == NULL || p->physical(p->self, va, &pa) != NULL)
		return false;
	i.pfn = pa >> page_shift(k);
	if (!page_of(k, i.pfn, &i.page))
		return false;
	find_head(k, &i);
	if (!kernel_word(k, i.head, LAYOUT_PAGE_FLAGS, &w.flags))
		return false;
	(void)kernel_u32(k, i.head, LAYOUT_PAGE_TYPE, &w.type);
	(void)kernel_u32(k, i.head, LAYOUT_PAGE_REFCOUNT, &w.count);
	(void)kernel_word(k, i.head, LAYOUT_PAGE_MAPPING, &w.mapping);
	i.use = pageinfo_use(k, &m, &w);
	i.order = order_of(k, &i, w.flags);
	if (i.use == PAGE_USE_UNUSED && is_in_free_block(k, &m, &i, &i.order))
		i.use = PAGE_USE_FREE;
	*out = i;
	return true;
}
