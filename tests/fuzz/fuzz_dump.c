/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whole files of any format: opened, counted, searched, and their first pages read. */
#include "dump/format.h"

#include <stdint.h>

enum {
	PAGES = 256,
	MEMORY_MAX = 64 << 20,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void
read_pages(struct dump *d)
{
	uint8_t buf[64];

	for (uint64_t pfn = 0, n = 0; n < PAGES && d->impl->next(d->impl->from.self, &pfn);
	     pfn++, n++) {
		enum page_state why = PAGE_HOLE;

		if (dump_page(d, pfn, &why) == NULL && why == PAGE_PRESENT)
			__builtin_trap();
		(void)!memory_read(&d->phys, pfn * d->page_len - 8, buf, sizeof(buf));
		if (d->has_segments)
			(void)!memory_read(&d->segments, pfn * d->page_len, buf, sizeof(buf));
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct budget b = budget_of(0, MEMORY_MAX);
	struct arena *a = arena_new(&b);
	struct source *s = source_of_bytes((struct bytes){ data, len }, a);
	struct dump *d = NULL;

	if (dump_open_sources(&s, 1, a, &d) == NULL) {
		(void)dump_pages(d);
		(void)dump_scan_vmcoreinfo(d);
		read_pages(d);
	}
	arena_free(a);
	return 0;
}
