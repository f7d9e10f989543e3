/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_pages.c - what is at an address of a hostile kernel: sections of memory, struct page, slab
 * caches and their free lists.
 *
 * Records of six bytes {region, offset of 2 bytes, kind, value of 2 bytes} change a machine that
 * is in order.
 */
#include "kernel/fakepages.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void
change(struct fake *f, const uint8_t *record)
{
	struct fake_change c = fake_change_of(f, record, 4);

	switch (c.kind % 4) {
	case 0:
		fake_put(f, c.at, c.v, 4);
		break;
	case 1:
		fake_put(f, c.at, object_at(c.v % OBJECTS), 8);
		break;
	case 2:
		fake_put(f, c.at, page_at(c.v % PAGE_COUNT) | (c.v >> 8 & 1), 8);
		break;
	default:
		fake_put(f, c.at, c.v << 48 | c.v, 8);
		break;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct budget budget = budget_of(0, 8 << 20);
	struct arena *a = arena_new(&budget);
	struct facts *facts = facts_new(a);
	struct machine m;

	open_machine(&m, old_types, a);
	put_slab(&m, len % 2 != 0);
	fake_layout(m.f, LAYOUT_CACHE_RANDOM, OFF_RANDOM, 8);
	fake_put(m.f, page_at(SLAB_PAGE) + OFF_FREELIST, object_at(3), 8);
	for (size_t i = 0; i + FAKE_CHANGE_LEN <= len; i += FAKE_CHANGE_LEN)
		change(m.f, data + i);
	for (size_t i = 0; i < OBJECTS; i += 7)
		identify_put(&m.in, object_at(i) + i, facts_root(facts), FACT_FAULT_OBJECT);
	for (size_t i = 0; i < PAGE_COUNT; i += 5)
		identify_put(&m.in, DIRECT + i * PAGE_LEN + i, facts_root(facts),
			     FACT_FAULT_OBJECT);
	identify_put(&m.in, percpu_at(1) + 8, facts_root(facts), FACT_FAULT_OBJECT);
	arena_free(a);
	return 0;
}
