/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_kallsyms.c - the symbol table of a hostile kernel.
 *
 * The input says which layout to build and what to change in it: one byte of layout, one of
 * flags, then records of five bytes, {what, offset of 3 bytes, value}.
 */
#include "symbols/kallsyms.h"

#include "symbols/kallsyms_image.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void
change(struct image *m, const uint8_t *record)
{
	uint64_t *field[] = { &m->at.names,        &m->at.markers,   &m->at.token_table,
			      &m->at.token_index,  &m->at.addresses, &m->at.offsets,
			      &m->at.relative_base };
	size_t off = (size_t)record[1] | (size_t)record[2] << 8 | (size_t)record[3] << 16;

	if (record[0] < 128)
		m->bytes[IMAGE_TABLES + off % (sizeof(m->bytes) - IMAGE_TABLES)] = record[4];
	else if (record[0] < 192)
		*field[record[0] % ARRAY_LEN(field)] += off - (1 << 23);
	else if (record[0] < 224)
		m->at.count = record[4] == 0xff ? (uint32_t)off << 8 : (uint32_t)off;
	else
		m->fake.bytes.len = off % m->len;
}

/* Building takes longer than reading, so each layout is built once. */
static void
image_copy(struct image *m, size_t layout)
{
	static struct image built[ARRAY_LEN(image_layouts)];

	if (built[layout].len == 0)
		image_build(&built[layout], &image_layouts[layout]);
	*m = built[layout];
	m->fake.bytes.p = m->bytes;
	m->mem = memory_of_fake(&m->fake);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct budget budget = budget_of(0, 16 << 20);
	struct arena *a = arena_new(&budget);
	struct image *m = ARENA_NEW(a, struct image);
	struct kallsyms_query q[] = { { .name = "init_task" }, { .name = "fn_4000_handler" } };
	struct kallsyms_symbol s = { 0 };
	struct kallsyms_location at = { 0 };
	struct kallsyms *k = NULL;

	if (len < 2) {
		arena_free(a);
		return 0;
	}
	image_copy(m, data[0] % ARRAY_LEN(image_layouts));
	for (size_t i = 2; i + 5 <= len; i += 5)
		change(m, data + i);
	at = m->at;
	if (data[1] % 2 == 0)
		at.markers = 0;
	if (data[1] % 8 < 6 || kallsyms_scan(&m->mem, IMAGE_BASE, a, &at) == NULL) {
		if (kallsyms_open(&m->mem, &at, data[1] % 3 == 0 ? 0 : IMAGE_BASE, a, &k) == NULL) {
			kallsyms_find(k, q, ARRAY_LEN(q));
			for (uint64_t va = 0; va < 0x12000; va += 0x777)
				kallsyms_at(k, IMAGE_BASE + va, &s);
			kallsyms_get(k, kallsyms_count(k) - 1, &s);
		}
	}
	arena_free(a);
	return 0;
}
