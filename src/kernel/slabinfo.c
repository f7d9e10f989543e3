/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * slabinfo.c - sources: Linux mm/slub.c, mm/slab.h; mm/slab.c up to v6.7.
 *
 * What SLUB keeps of a slab stands in struct page up to v5.16, in a struct slab over it since
 * (bb192ed9aa71, "mm/slub: Convert most struct page to struct slab by spatch").
 */
#include "kernel/slabinfo.h"

#include "base/limits.h"

enum {
	NAME_MAX_LEN = 64,
	OBJECT_MAX = 1 << 22,  /* bytes of one */
	OBJECTS_MAX = 1 << 15, /* of a slab; SLUB counts them in 15 bits */
};

struct slab {
	const struct kernel *k;
	const struct cpus *cpus;
	uint64_t page;  /* its struct page */
	uint64_t start; /* first byte of its memory */
	uint64_t cache;
	uint32_t size;   /* bytes from one object to the next */
	uint32_t left;   /* bytes of a red zone in front of each */
	uint32_t count;  /* objects */
	uint64_t random; /* with has_random: mixed into pointers of free lists */
	bool has_random;
	uint32_t link; /* where a free object has the address of the next one */
};

/* A member of struct slab, or of struct page where that was before. */
static bool
slab_word(const struct kernel *k, uint64_t page, enum layout_id now, enum layout_id before,
	  uint64_t *v)
{
	uint64_t off = 0;

	/* Types that do not exist are sought longest. */
	if (layout_find(k->layout, LAYOUT_PAGE_SLAB_CACHE, &off))
		return kernel_word(k, page, before, v);
	return kernel_word(k, page, now, v);
}

/* unsigned inuse:16, objects:15, frozen:1 */
static bool
read_count(struct slab *s)
{
	enum { OBJECTS_SHIFT = 16, OBJECTS_MASK = 0x7fff };
	uint64_t v = 0;

	if (s->k->mem->order == ORDER_BIG ||
	    !slab_word(s->k, s->page, LAYOUT_SLAB_COUNTERS, LAYOUT_PAGE_COUNTERS, &v))
		return false;
	s->count = (uint32_t)(v >> OBJECTS_SHIFT) & OBJECTS_MASK;
	return s->count != 0;
}

/* Where the first object begins, if that is not where the slab does: SLAB colours them. */
static void
set_start(struct slab *s, uint64_t page_va)
{
	uint64_t first = 0;

	s->start = page_va;
	if (slab_word(s->k, s->page, LAYOUT_SLAB_S_MEM, LAYOUT_PAGE_S_MEM, &first) &&
	    first >= page_va && first - page_va < kernel_page_len(s->k))
		s->start = first;
}

static bool
read_slab(struct slab *s)
{
	const struct kernel *k = s->k;

	if (!slab_word(k, s->page, LAYOUT_SLAB_CACHE, LAYOUT_PAGE_SLAB_CACHE, &s->cache) ||
	    !kernel_is_address(k, s->cache) ||
	    !kernel_u32(k, s->cache, LAYOUT_CACHE_SIZE, &s->size) || s->size == 0 ||
	    s->size > OBJECT_MAX)
		return false;
	(void)kernel_u32(k, s->cache, LAYOUT_CACHE_RED_LEFT, &s->left);
	if (s->left >= s->size)
		s->left = 0;
	return true;
}

/* Number of the object whose place begins at va, or count. */
static uint32_t
object_number(const struct slab *s, uint64_t va)
{
	uint64_t off = va - s->start - s->left;

	if (va < s->start + s->left || off % s->size != 0 || off / s->size >= s->count)
		return s->count;
	return (uint32_t)(off / s->size);
}

/* A pointer of a free list. CONFIG_SLAB_FREELIST_HARDENED mixes it (2482ddec670f, v4.14), and the
 * place where it stands swapped since v5.7 (1ad53d9fa3f6, "slub: improve bit diffusion for
 * freelist ptr obfuscation"): the one that leads to an object is right. */
static bool
next_free(const struct slab *s, uint64_t object, uint64_t *next)
{
	uint64_t at = object + s->link;
	uint64_t raw = 0;

	if (memory_word(s->k->mem, at, &raw) != NULL)
		return false;

	uint64_t swapped =
		s->k->mem->word_len == 4 ? __builtin_bswap32((uint32_t)at) : __builtin_bswap64(at);
	const uint64_t meanings[] = { raw ^ s->random ^ swapped, raw ^ s->random ^ at };

	if (!s->has_random) {
		*next = raw;
		return true;
	}
	for (size_t i = 0; i < ARRAY_LEN(meanings); i++) {
		*next = meanings[i];
		if (*next == 0 || object_number(s, *next) < s->count)
			return true;
	}
	return false;
}

enum search {
	NOT_FOUND,
	FOUND,
	BROKEN, /* the list leads astray */
};

static enum search
search_list(const struct slab *s, uint64_t first, uint64_t object)
{
	uint64_t at = first;

	for (uint32_t i = 0; at != 0 && i <= s->count; i++) {
		if (object_number(s, at) == s->count)
			return BROKEN;
		if (at == object)
			return FOUND;
		if (!next_free(s, at, &at))
			return BROKEN;
	}
	return at == 0 ? NOT_FOUND : BROKEN;
}

/* What a CPU took for itself of this slab. */
static enum search
search_cpus(const struct slab *s, uint64_t object)
{
	const struct kernel *k = s->k;
	uint64_t cpu_slab = 0;
	enum search found = NOT_FOUND;

	if (!kernel_word(k, s->cache, LAYOUT_CACHE_CPU_SLAB, &cpu_slab))
		return NOT_FOUND;
	for (size_t i = 0; found == NOT_FOUND && i < s->cpus->count && i < LIMIT_CPUS; i++) {
		uint64_t own = cpu_slab + s->cpus->cpu[i].percpu;
		uint64_t page = 0;
		uint64_t first = 0;

		if (kernel_word(k, own, LAYOUT_CPU_SLAB_PAGE, &page) && page == s->page &&
		    kernel_word(k, own, LAYOUT_CPU_SLAB_FREELIST, &first))
			found = search_list(s, first, object);
	}
	return found;
}

static void
find_state(struct slab *s, struct slab_object *o)
{
	const struct kernel *k = s->k;
	uint64_t first = 0;
	enum search found;

	if (!kernel_u32(k, s->cache, LAYOUT_CACHE_OFFSET, &s->link) || s->link >= s->size ||
	    !slab_word(k, s->page, LAYOUT_SLAB_FREELIST, LAYOUT_PAGE_FREELIST, &first))
		return;
	s->has_random = kernel_word(k, s->cache, LAYOUT_CACHE_RANDOM, &s->random);
	found = search_list(s, first, o->va);
	if (found == NOT_FOUND)
		found = search_cpus(s, o->va);
	o->has_state = found != BROKEN;
	o->is_free = found == FOUND;
}

bool
slabinfo_at(const struct kernel *k, const struct cpus *cpus, const struct page_info *page,
	    uint64_t va, struct slab_object *out)
{
	struct slab s = { .k = k, .cpus = cpus, .page = page->head };
	struct slab_object o = { .is_free = false };
	uint64_t page_len = kernel_page_len(k);
	uint64_t name = 0;
	uint32_t len = 0;

	set_start(&s, (va & ~(page_len - 1)) - (page->pfn - page->head_pfn) * page_len);
	if (!read_slab(&s) || va < s.start || !kernel_word(k, s.cache, LAYOUT_CACHE_NAME, &name))
		return false;
	o.cache = s.cache;
	o.name = kernel_string(k, name, NAME_MAX_LEN);
	o.va = s.start + (va - s.start) / s.size * s.size + s.left;
	o.len = kernel_u32(k, s.cache, LAYOUT_CACHE_OBJECT_SIZE, &len) && len <= s.size ? len
											: s.size;
	o.off = (int64_t)(va - o.va);
	if (o.name.len == 0)
		return false;
	if (read_count(&s) && object_number(&s, o.va) < s.count)
		find_state(&s, &o);
	*out = o;
	return true;
}
