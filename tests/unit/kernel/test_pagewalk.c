/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/pagewalk.h"

#include "kernel/fakepages.h"
#include "unit.h"

#define MAPPING 0xffff888000300000ULL /* of a file, whose inode has number 12 */
#define OTHER (MAPPING + 0x100)

enum {
	OFF_INO = 0x40,
	BUDDY = 0xffffff7f, /* page type of old_types */
	TABLE = 0xfffffdff,
};

/* What a walk tells of a machine of one section. */
struct walked {
	struct machine m;
	struct facts *facts;
	const struct error *error;
};

static void
walk(struct walked *w, struct arena *a)
{
	w->facts = facts_new(a);
	w->error = pagewalk_publish(&w->m.f->k, w->facts);
}

static void
open_walked(struct walked *w, const char *types, struct arena *a)
{
	open_machine(&w->m, types, a);
	fake_layout(w->m.f, LAYOUT_MAPPING_HOST, 0, 8);
	fake_layout(w->m.f, LAYOUT_INODE_INO, OFF_INO, 8);
	fake_region(w->m.f, MAPPING, 0x1000);
	fake_put(w->m.f, MAPPING, MAPPING, 8);
	fake_put(w->m.f, MAPPING + OFF_INO, 12, 8);
	fake_put(w->m.f, OTHER, OTHER, 8);
	fake_put(w->m.f, OTHER + OFF_INO, 13, 8);
}

/* Pages of a use; 0 if there are none. */
static int64_t
pages_of(const struct walked *w, const char *use)
{
	const struct fact *f = facts_get(facts_root(w->facts), FACT_MEMORY_PAGE_USE);

	for (size_t i = 0; i < f->count; i++) {
		if (strcmp(f->values[i].name, use) == 0)
			return f->values[i].number / PAGE_LEN;
	}
	return 0;
}

static void
put_page(struct walked *w, size_t pfn, uint32_t type, uint32_t count)
{
	fake_put(w->m.f, page_at(pfn) + OFF_TYPE, type, 4);
	fake_put(w->m.f, page_at(pfn) + OFF_COUNT, count, 4);
}

static void
counts_every_page_once(void **state)
{
	struct walked w;

	open_walked(&w, old_types, *state);
	put_page(&w, 1, TABLE, 1);
	put_page(&w, 2, UINT32_MAX, 0);
	/* A free block of eight pages. */
	for (size_t i = 8; i < 16; i++)
		put_page(&w, i, UINT32_MAX, 0);
	put_page(&w, 8, BUDDY, 0);
	fake_put(w.m.f, page_at(8) + OFF_PRIVATE, 3, 8);
	/* A compound page of four, of which the first says whose it is. */
	fake_put(w.m.f, page_at(20) + OFF_MAPPING, DIRECT + 1, 8);
	for (size_t i = 21; i < 24; i++)
		fake_put(w.m.f, page_at(i) + OFF_HEAD, page_at(20) + 1, 8);
	walk(&w, *state);
	assert_int_equal(pages_of(&w, "page_table"), 1);
	assert_int_equal(pages_of(&w, "unused"), 1);
	assert_int_equal(pages_of(&w, "free"), 8);
	assert_int_equal(pages_of(&w, "anon"), 4);
	assert_int_equal(pages_of(&w, "kernel"), PAGE_COUNT - 14);
	assert_null(w.error);
	/* A second section, whose array the dump does not have. */
	fake_put(w.m.f, SECTIONS + SECTION_ROOT + 16, PAGES | 3, 8);
	walk(&w, *state);
	assert_int_equal(pages_of(&w, "kernel"), PAGE_COUNT - 14);
	assert_non_null(w.error);
	assert_non_null(strstr(error_text(*state, w.error), "of 64 pages"));
}

static void
names_the_largest_files_first(void **state)
{
	struct walked w;
	const struct fact *files = NULL;
	int64_t v = 0;

	open_walked(&w, old_types, *state);
	fake_put(w.m.f, page_at(3) + OFF_MAPPING, MAPPING, 8);
	for (size_t i = 30; i < 35; i++)
		fake_put(w.m.f, page_at(i) + OFF_MAPPING, OTHER, 8);
	walk(&w, *state);
	files = facts_get(facts_root(w.facts), FACT_MEMORY_CACHED_FILES);
	assert_int_equal(files->count, 2);
	assert_true(facts_get_number(files->values[0].row, CACHED_FILE_INODE, &v));
	assert_int_equal(v, 13);
	assert_true(facts_get_number(files->values[0].row, CACHED_FILE_BYTES, &v));
	assert_int_equal(v, 5 * PAGE_LEN);
	assert_true(facts_get_number(files->values[1].row, CACHED_FILE_INODE, &v));
	assert_int_equal(v, 12);
}

/* A list of sections in the place of its only one, and no pointers to others. */
static void
reads_sections_without_lists(void **state)
{
	struct walked w;

	open_walked(&w, old_types, *state);
	fake_put(w.m.f, SECTIONS, PAGES | 3, 8);
	walk(&w, *state);
	assert_int_equal(pages_of(&w, "kernel"), PAGE_COUNT);
}

static void
says_why_it_knows_nothing(void **state)
{
	struct walked w;

	open_walked(&w, old_types, *state);
	fake_put(w.m.f, SECTIONS + SECTION_ROOT, 0, 8); /* no section has a map */
	walk(&w, *state);
	assert_null(w.error);
	assert_non_null(facts_get(facts_root(w.facts), FACT_MEMORY_PAGE_USE)->why);
	w.m.f->k.info = NULL;
	walk(&w, *state);
	assert_non_null(facts_get(facts_root(w.facts), FACT_MEMORY_CACHED_FILES)->why);
}

/* Numbers that make no sense: no end, no fault, no page counted twice. */
static void
survives_an_array_of_any_bytes(void **state)
{
	for (unsigned int seed = 1; seed < 40; seed++) {
		struct walked w;
		uint64_t x = seed;
		int64_t sum = 0;

		open_walked(&w, seed % 2 ? old_types : new_types, *state);
		for (size_t i = 0; i < PAGE_COUNT * STRUCT_LEN; i += 8) {
			x = x * UINT64_C(6364136223846793005) + 1442695040888963407;
			fake_put(w.m.f, PAGES + i, x >> (x >> 62) * 16, 8);
		}
		walk(&w, *state);

		const struct fact *f = facts_get(facts_root(w.facts), FACT_MEMORY_PAGE_USE);

		for (size_t i = 0; i < f->count; i++)
			sum += f->values[i].number / PAGE_LEN;
		assert_true(sum <= PAGE_COUNT);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(counts_every_page_once),         UNIT_TEST(names_the_largest_files_first),
		UNIT_TEST(reads_sections_without_lists),   UNIT_TEST(says_why_it_knows_nothing),
		UNIT_TEST(survives_an_array_of_any_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
