/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "symbols/kallsyms.h"

#include "symbols/kallsyms_image.h"
#include "unit.h"

static struct image *
image_new(struct arena *a, const struct image_layout *l)
{
	struct image *m = ARENA_NEW(a, struct image);

	image_build(m, l);
	return m;
}

static void
check_symbols(struct kallsyms *k, const struct image_layout *l)
{
	assert_int_equal(kallsyms_count(k), IMAGE_SYMBOLS);
	for (uint32_t i = 0; i < IMAGE_SYMBOLS; i++) {
		struct kallsyms_symbol s = { 0 };
		char want[512];

		image_symbol(i, l->long_lengths, want, sizeof(want));
		assert_true(kallsyms_get(k, i, &s));
		assert_string_equal(s.name.p, want + 1);
		assert_int_equal(s.type, want[0]);
		if (i >= 3)
			assert_int_equal(s.va, image_address(i));
	}
}

static void
reads_every_encoding_and_order(void **state)
{
	for (size_t i = 0; i < ARRAY_LEN(image_layouts); i++) {
		const struct image_layout *l = &image_layouts[i];
		struct image *m = image_new(*state, l);
		struct kallsyms *k = NULL;

		/* VMCOREINFO does not say where markers are. */
		m->at.markers = 0;
		m->at.marker_len = 0;
		assert_null(kallsyms_open(&m->mem, &m->at, IMAGE_BASE, *state, &k));
		check_symbols(k, l);
	}
}

static void
finds_every_layout_by_its_looks(void **state)
{
	for (size_t i = 0; i < ARRAY_LEN(image_layouts); i++) {
		const struct image_layout *l = &image_layouts[i];
		struct image *m = image_new(*state, l);
		struct kallsyms_location at = { 0 };
		struct kallsyms *k = NULL;

		assert_null(kallsyms_scan(&m->mem, IMAGE_BASE, *state, &at));
		assert_memory_equal(&at, &m->at, sizeof(at));
		assert_null(kallsyms_open(&m->mem, &at, IMAGE_BASE, *state, &k));
		check_symbols(k, l);
	}
}

static void
finds_no_tables_where_there_are_none(void **state)
{
	struct image *m = image_new(*state, &image_layouts[0]);
	struct kallsyms_location at = { 0 };

	memset(m->bytes + (m->at.token_index - IMAGE_BASE), 1, 512);
	assert_non_null(kallsyms_scan(&m->mem, IMAGE_BASE, *state, &at));
	assert_int_equal(at.count, 0);
}

static void
answers_many_names_in_one_pass(void **state)
{
	struct image *m = image_new(*state, &image_layouts[4]);
	struct kallsyms_query q[] = {
		{ .name = "init_task" },      { .name = "fn_4499_handler" },
		{ .name = "fn_4499_handle" }, { .name = "" },
		{ .name = "other_hot" },      { .name = "_stext" },
	};
	struct kallsyms *k = NULL;

	assert_null(kallsyms_open(&m->mem, &m->at, IMAGE_BASE, *state, &k));
	for (int again = 0; again < 2; again++) {
		kallsyms_find(k, q, ARRAY_LEN(q));
		assert_int_equal(q[0].va, IMAGE_BASE + 0x10);
		assert_int_equal(q[1].va, image_address(4499));
		assert_false(q[2].found);
		assert_false(q[3].found);
		assert_int_equal(q[4].va, 0x80);
		assert_true(q[5].found);
	}
}

static void
finds_every_symbol_by_its_name(void **state)
{
	for (size_t n = 0; n < ARRAY_LEN(image_layouts); n++) {
		const struct image_layout *l = &image_layouts[n];
		struct image *m = image_new(*state, l);
		struct kallsyms_query *q =
			ARENA_ARRAY(*state, struct kallsyms_query, IMAGE_SYMBOLS);
		struct kallsyms *k = NULL;

		assert_null(kallsyms_open(&m->mem, &m->at, IMAGE_BASE, *state, &k));
		for (uint32_t i = 0; i < IMAGE_SYMBOLS; i++) {
			char letters[512];

			image_symbol(i, l->long_lengths, letters, sizeof(letters));
			q[i].name = arena_printf(*state, "%s", letters + 1);
		}
		kallsyms_find(k, q, IMAGE_SYMBOLS);
		for (uint32_t i = 0; i < IMAGE_SYMBOLS; i++) {
			assert_true(q[i].found);
			if (i >= 3)
				assert_int_equal(q[i].va, image_address(i));
		}
	}
}

static void
names_an_address_as_the_kernel_does(void **state)
{
	struct image *m = image_new(*state, &image_layouts[1]);
	struct kallsyms_symbol s = { 0 };
	struct kallsyms *k = NULL;

	assert_null(kallsyms_open(&m->mem, &m->at, IMAGE_BASE, *state, &k));

	/* __pfx_f has the same address and comes first, but is only padding. */
	assert_true(kallsyms_at(k, IMAGE_BASE + 0x13, &s));
	assert_string_equal(s.name.p, "init_task");
	assert_int_equal(s.va, IMAGE_BASE + 0x10);
	assert_int_equal(s.len, 0x20);
	assert_true(kallsyms_at(k, image_address(1000) + 15, &s));
	assert_string_equal(s.name.p, "fn_1000_handler");
	assert_int_equal(s.len, 16);
	assert_true(kallsyms_at(k, UINT64_MAX, &s));
	assert_string_equal(s.name.p, "fn_4499_handler");
	assert_int_equal(s.len, 0);
	assert_true(kallsyms_at(k, 0x41, &s));
	assert_string_equal(s.name.p, "hot");
}

static void
refuses_tables_that_lie(void **state)
{
	struct image *m = image_new(*state, &image_layouts[1]);
	struct kallsyms *k = NULL;
	struct kallsyms_location lie = m->at;

	assert_non_null(kallsyms_open(&m->mem, &lie, IMAGE_BASE + 8, *state, &k));
	lie.count = UINT32_MAX;
	assert_non_null(kallsyms_open(&m->mem, &lie, IMAGE_BASE, *state, &k));
	lie.count = 0;
	assert_non_null(kallsyms_open(&m->mem, &lie, IMAGE_BASE, *state, &k));
	lie = m->at;
	lie.token_index = lie.token_table;
	assert_non_null(kallsyms_open(&m->mem, &lie, IMAGE_BASE, *state, &k));
	lie = m->at;
	lie.markers += 8;
	assert_non_null(kallsyms_open(&m->mem, &lie, IMAGE_BASE, *state, &k));
	lie = m->at;
	lie.names = lie.token_table + 1;
	assert_non_null(kallsyms_open(&m->mem, &lie, IMAGE_BASE, *state, &k));
	assert_null(k);
}

/* Memory in which one page is missing. */
struct holed {
	struct memory whole;
	uint64_t hole;
};

static const struct error *
read_holed(void *self, uint64_t addr, void *buf, size_t len)
{
	static const struct error missing = { ERROR_ABSENT, "missing", NULL };
	const struct holed *h = self;

	if (addr < h->hole + 4096 && addr + len > h->hole)
		return &missing;
	return memory_read(&h->whole, addr, buf, len);
}

static void
stays_usable_around_a_missing_page(void **state)
{
	struct image *m = image_new(*state, &image_layouts[1]);

	for (uint64_t va = m->at.offsets & ~0xfffULL; va < m->at.names; va += 4096) {
		struct holed h = { m->mem, va };
		struct memory mem = { read_holed, &h, ORDER_LITTLE, 8 };
		struct kallsyms_query q[] = { { .name = "_stext" }, { .name = "fn_4499_handler" } };
		struct kallsyms_symbol s = { 0 };
		struct kallsyms *k = NULL;

		if (va < m->at.relative_base && va + 4096 > m->at.relative_base)
			continue;
		assert_null(kallsyms_open(&mem, &m->at, IMAGE_BASE, *state, &k));
		assert_string_equal(kallsyms_encoding(k), "absolute percpu");
		kallsyms_find(k, q, 2);
		assert_true(q[0].found || q[1].found);
		for (uint32_t i = 6; i < IMAGE_SYMBOLS; i += 100) {
			if (kallsyms_at(k, image_address(i), &s))
				assert_int_equal(s.va, image_address(i));
		}
	}
}

/* Whatever the bytes, every question ends, and without a fault. */
static void
ask_everything(const struct image *m, struct arena *parent)
{
	struct arena *a = arena_new_temporary(parent);
	struct kallsyms_query q[] = { { .name = "init_task" }, { .name = "nosuch" } };
	struct kallsyms_symbol s = { 0 };
	struct kallsyms *k = NULL;

	if (kallsyms_open(&m->mem, &m->at, IMAGE_BASE, a, &k) == NULL) {
		kallsyms_find(k, q, 2);
		kallsyms_at(k, IMAGE_BASE + 0x13, &s);
		kallsyms_at(k, image_address(4000), &s);
		kallsyms_get(k, IMAGE_SYMBOLS - 1, &s);
	}
	arena_free(a);
}

static void
survives_every_flipped_byte(void **state)
{
	for (size_t l = 0; l < ARRAY_LEN(image_layouts); l += 3) {
		struct image *m = image_new(*state, &image_layouts[l]);

		for (size_t i = IMAGE_TABLES; i < m->len; i += i % 7 == 0 ? 1 : 29) {
			m->bytes[i] ^= 0xff;
			ask_everything(m, *state);
			m->bytes[i] ^= 0xff;
		}
	}
}

static void
survives_every_truncation(void **state)
{
	struct image *m = image_new(*state, &image_layouts[5]);

	for (size_t len = m->len; len > 0; len -= len > 211 ? 211 : len) {
		struct kallsyms_location at = { 0 };

		m->fake.bytes.len = len;
		ask_everything(m, *state);
		if (len % 16 == 0 && kallsyms_scan(&m->mem, IMAGE_BASE, *state, &at) == NULL)
			assert_int_equal(at.names, m->at.names);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(reads_every_encoding_and_order),
		UNIT_TEST(finds_every_layout_by_its_looks),
		UNIT_TEST(finds_no_tables_where_there_are_none),
		UNIT_TEST(answers_many_names_in_one_pass),
		UNIT_TEST(finds_every_symbol_by_its_name),
		UNIT_TEST(names_an_address_as_the_kernel_does),
		UNIT_TEST(refuses_tables_that_lie),
		UNIT_TEST(stays_usable_around_a_missing_page),
		UNIT_TEST(survives_every_flipped_byte),
		UNIT_TEST(survives_every_truncation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
