/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * faketables.h - page tables for tests, in fake physical memory, of any shape.
 */
#ifndef TESTS_FAKETABLES_H
#define TESTS_FAKETABLES_H

#include "fakephys.h"

struct faketables {
	struct fakephys *f;
	uint64_t root;
	uint64_t next; /* where the next table goes */
	unsigned page_shift, index_bits, levels, entry_len;
	uint64_t (*table)(uint64_t pa); /* an entry that leads to a table */
};

static inline uint64_t
faketables_entry(const struct faketables *t, uint64_t pa)
{
	const uint8_t *p = t->f->bytes + (pa - t->f->addr);

	return t->entry_len == 8 ? bytes_u64(p, t->f->mem.order) : bytes_u32(p, t->f->mem.order);
}

/* Where the entry for va stands in the table of that level (0: the last), all tables on the
 * way made. va_bits: the address bits that index the tables. */
static inline uint64_t
faketables_place(struct faketables *t, uint64_t va, unsigned va_bits, unsigned level)
{
	uint64_t table = t->root;
	uint64_t low = va_bits == 64 ? va : va & ((UINT64_C(1) << va_bits) - 1);

	for (unsigned i = t->levels; i-- > 0;) {
		unsigned shift = t->page_shift + i * t->index_bits;
		uint64_t index = low >> shift;
		uint64_t at = 0;

		if (i + 1 != t->levels)
			index &= (UINT64_C(1) << t->index_bits) - 1;
		at = table + index * t->entry_len;
		if (i == level)
			return at;
		if (faketables_entry(t, at) == 0) {
			fakephys_put(t->f, at, t->table(t->next), t->entry_len);
			table = t->next;
			t->next += UINT64_C(1) << t->page_shift;
		} else { /* tables of tests lie one after the other: find it by what was put */
			for (table = t->root; t->table(table) != faketables_entry(t, at);)
				table += UINT64_C(1) << t->page_shift;
		}
	}
	return 0;
}

static inline void
faketables_map(struct faketables *t, uint64_t va, unsigned va_bits, unsigned level, uint64_t entry)
{
	fakephys_put(t->f, faketables_place(t, va, va_bits, level), entry, t->entry_len);
}

#endif
