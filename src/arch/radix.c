/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "arch/radix.h"

const struct error arch_not_canonical = { ERROR_ABSENT, "not an address this processor could form",
					  NULL };

const struct error arch_not_mapped = { ERROR_ABSENT, "no page is mapped there", NULL };
const struct error arch_bad_entry = { ERROR_CORRUPT,
				      "a page table entry on the way has reserved bits set", NULL };

bool
radix_is_canonical(uint64_t va, uint8_t va_bits)
{
	uint64_t high = (uint64_t)((int64_t)va >> (va_bits - 1));

	return high == 0 || high == UINT64_MAX;
}

static const struct error *
read_entry(const struct memory *phys, const struct radix *t, uint64_t pa, uint64_t *entry)
{
	uint32_t half = 0;
	const struct error *e = NULL;

	if (t->entry_len == 8)
		return memory_u64(phys, pa, entry);
	e = memory_u32(phys, pa, &half);
	if (e == NULL)
		*entry = half;
	return e;
}

/* The address bits below the index of a level. */
static unsigned
shift_of(const struct radix *t, unsigned level)
{
	unsigned last_bits = t->last_bits != 0 ? t->last_bits : t->index_bits;

	return level == 0 ? t->page_shift : t->page_shift + last_bits + (level - 1) * t->index_bits;
}

static unsigned
bits_of(const struct radix *t, unsigned level)
{
	if (level + 1u == t->levels)
		return t->top_bits;
	return level == 0 && t->last_bits != 0 ? t->last_bits : t->index_bits;
}

static struct arch_mapping
map(uint64_t va, struct radix_entry page)
{
	uint64_t within = (UINT64_C(1) << page.page_shift) - 1;

	return (struct arch_mapping){
		.pa = (page.pa & ~within) | (va & within),
		.va_from = va & ~within,
		.va_to = va | within,
	};
}

const struct error *
radix_walk(const struct memory *phys, const struct radix *t, const struct arch_paging *p,
	   uint64_t va, struct arch_mapping *out)
{
	uint64_t table = p->root;

	for (unsigned level = t->levels; level-- > 0;) {
		uint64_t index =
			va >> shift_of(t, level) & ((UINT64_C(1) << bits_of(t, level)) - 1);
		uint64_t entry = 0;
		const struct error *e = read_entry(phys, t, table + index * t->entry_len, &entry);

		if (e != NULL)
			return e;

		struct radix_entry d = t->entry(p, entry, level);

		if (d.kind == RADIX_ABSENT)
			return &arch_not_mapped;
		if (d.kind == RADIX_RESERVED || (d.kind == RADIX_TABLE && level == 0))
			return &arch_bad_entry;
		if (d.kind == RADIX_PAGE) {
			*out = map(va, d);
			return NULL;
		}
		table = d.pa;
	}
	return &arch_not_mapped; /* a table without levels maps nothing */
}
