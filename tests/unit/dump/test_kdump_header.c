/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dump/kdump_header.h"

#include "dump/image.h"
#include "unit.h"

/* What a header of that layout holds; the sub-header stands at 4096. */
static struct image
make_header(struct arena *a, uint8_t word, enum byte_order order, const char *machine,
	    uint32_t version)
{
	struct image i = image_new(a, 8192, order);
	size_t at = 402;

	image_copy(&i, 0, "KDUMP   ", 8);
	image_put(&i, 8, version, 4);
	image_copy(&i, 12, "Linux", 5);
	image_copy(&i, 77, "host", 4);
	image_copy(&i, 142, "6.1.0", 5);
	image_copy(&i, 272, machine, strlen(machine));
	at = (at + word - 1) / word * word;
	image_put(&i, at, 1700000000, word);
	at += 2 * (size_t)word;
	image_put(&i, at, 1, 4);          /* status: zlib */
	image_put(&i, at + 4, 4096, 4);   /* block_size */
	image_put(&i, at + 8, 2, 4);      /* sub_hdr_size */
	image_put(&i, at + 12, 4, 4);     /* bitmap_blocks */
	image_put(&i, at + 16, 50000, 4); /* max_mapnr */
	image_put(&i, at + 36, 8, 4);     /* nr_cpus */
	return i;
}

static struct kdump_header
parse(const struct image *i, struct arena *a)
{
	struct kdump_header h = { 0 };

	assert_null(kdump_header_parse((struct bytes){ i->b, i->len }, a, &h));
	return h;
}

static void
reads_every_layout(void **state)
{
	static const struct {
		const char *machine;
		uint8_t word;
		enum byte_order order;
	} layouts[] = {
		{ "x86_64", 8, ORDER_LITTLE }, { "s390x", 8, ORDER_BIG },
		{ "ppc64", 8, ORDER_BIG },     { "ppc64le", 8, ORDER_LITTLE },
		{ "i686", 4, ORDER_LITTLE },   { "armv7l", 4, ORDER_LITTLE },
		{ "mips", 4, ORDER_BIG },      { "", 8, ORDER_LITTLE },
		{ "", 8, ORDER_BIG },          { "", 4, ORDER_LITTLE },
		{ "", 4, ORDER_BIG },
	};

	for (size_t k = 0; k < ARRAY_LEN(layouts); k++) {
		struct image i = make_header(*state, layouts[k].word, layouts[k].order,
					     layouts[k].machine, 6);
		struct kdump_header h = parse(&i, *state);

		assert_int_equal(h.word_len, layouts[k].word);
		assert_int_equal(h.order, layouts[k].order);
		assert_int_equal(h.version, 6);
		assert_int_equal(h.block_len, 4096);
		assert_int_equal(h.sub_blocks, 2);
		assert_int_equal(h.bitmap_blocks, 4);
		assert_int_equal(h.max_pfn, 50000);
		assert_int_equal(h.crash_time, 1700000000);
		assert_true(str_is_c(h.release, "6.1.0"));
		assert_true(str_is_c(h.nodename, "host"));
	}
}

static void
rejects_every_truncation(void **state)
{
	struct image i = make_header(*state, 8, ORDER_LITTLE, "x86_64", 6);

	for (size_t len = 0; len < 444; len++) {
		struct kdump_header h = { 0 };

		assert_non_null(kdump_header_parse((struct bytes){ i.b, len }, *state, &h));
		assert_int_equal(h.word_len, 0); /* nothing leaks out of a failure */
	}
}

static void
survives_every_flipped_byte(void **state)
{
	struct image i = make_header(*state, 8, ORDER_LITTLE, "x86_64", 6);

	for (size_t at = 0; at < i.len; at++) {
		struct kdump_header h = { 0 };

		i.b[at] ^= 0xff;
		if (kdump_header_parse((struct bytes){ i.b, i.len }, *state, &h) == NULL)
			assert_true(h.block_len >= 4096 && h.block_len <= 256 << 10);
		i.b[at] ^= 0xff;
	}
}

static void
refuses_page_lengths_that_cannot_be(void **state)
{
	const uint32_t bad[] = { 0, 3, 2048, 4097, 512 << 10, 0x80000000 };

	for (size_t k = 0; k < ARRAY_LEN(bad); k++) {
		struct image i = make_header(*state, 8, ORDER_LITTLE, "x86_64", 6);
		struct kdump_header h = { 0 };

		image_put(&i, 428, bad[k], 4);
		assert_non_null(kdump_header_parse((struct bytes){ i.b, i.len }, *state, &h));
	}
}

/* A sub-header whose fields are 1, 2, 3 ..., as that version and layout has them. */
static struct image
make_sub(struct arena *a, uint8_t word, bool padded, uint32_t version, uint64_t notes)
{
	struct image i = image_new(a, 256, ORDER_LITTLE);
	size_t at = 0;

	image_put(&i, at, 1, word); /* phys_base */
	image_put(&i, at += word, 31, 4);
	image_put(&i, at += 4, 1, 4); /* split */
	image_put(&i, at += 4, 3, word);
	image_put(&i, at += word, 4, word);
	at += word;
	for (uint32_t k = 3; k <= 5 && k <= version; k++) {
		at = padded ? (at + 7) / 8 * 8 : at;
		image_put(&i, at, notes + k, 8);
		image_put(&i, at + 8, k, word);
		at += 8 + (size_t)word;
	}
	at = padded ? (at + 7) / 8 * 8 : at;
	if (version >= 6) {
		image_put(&i, at, 13, 8);
		image_put(&i, at + 8, 14, 8);
		image_put(&i, at + 16, 50000, 8);
	} else {
		image_fill(&i, at, 0xee, 40); /* notes stand where later versions have fields */
	}
	i.len = 256;
	return i;
}

static void
reads_only_the_fields_of_its_version(void **state)
{
	for (uint32_t version = 0; version <= 6; version++) {
		struct image head = make_header(*state, 8, ORDER_LITTLE, "x86_64", version);
		struct image i = make_sub(*state, 8, true, version, 4096);
		struct kdump_header h = parse(&head, *state);
		struct kdump_sub s = { 0 };

		assert_null(kdump_sub_parse((struct bytes){ i.b, i.len }, &h, *state, &s));
		assert_int_equal(s.phys_base, 1);
		assert_int_equal(s.dump_level, version >= 1 ? 31 : 0);
		assert_int_equal(s.split, version >= 2);
		assert_int_equal(s.start_pfn, version < 2 ? 0 : version < 6 ? 3 : 13);
		assert_int_equal(s.end_pfn, version < 2 ? 0 : version < 6 ? 4 : 14);
		assert_int_equal(s.vmcoreinfo_off, version >= 3 ? 4096 + 3 : 0);
		assert_int_equal(s.note_off, version >= 4 ? 4096 + 4 : 0);
		assert_int_equal(s.erase_off, version >= 5 ? 4096 + 5 : 0);
		assert_int_equal(s.erase_len, version >= 5 ? 5 : 0);
		assert_int_equal(s.max_pfn, version >= 6 ? 50000 : 0);
	}
}

/* The processor says which layout is likely; what the fields say counts more. */
static void
tells_packed_from_padded(void **state)
{
	static const char *const machines[] = { "i686", "armv7l", "" };

	for (size_t k = 0; k < ARRAY_LEN(machines) * 2; k++) {
		struct image head = make_header(*state, 4, ORDER_LITTLE, machines[k / 2], 6);
		struct image i = make_sub(*state, 4, k % 2 != 0, 6, 4096);
		struct kdump_header h = parse(&head, *state);
		struct kdump_sub s = { 0 };

		assert_null(kdump_sub_parse((struct bytes){ i.b, i.len }, &h, *state, &s));
		assert_int_equal(s.vmcoreinfo_off, 4096 + 3);
		assert_int_equal(s.note_len, 4);
		assert_int_equal(s.max_pfn, 50000);
	}
}

static void
rejects_every_truncated_sub_header(void **state)
{
	struct image head = make_header(*state, 8, ORDER_LITTLE, "x86_64", 6);
	struct image i = make_sub(*state, 8, true, 6, 4096);
	struct kdump_header h = parse(&head, *state);

	for (size_t len = 0; len < KDUMP_SUB_LEN; len++) {
		struct kdump_sub s = { 0 };

		assert_non_null(kdump_sub_parse((struct bytes){ i.b, len }, &h, *state, &s));
		assert_int_equal(s.phys_base, 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(reads_every_layout),
		UNIT_TEST(rejects_every_truncation),
		UNIT_TEST(survives_every_flipped_byte),
		UNIT_TEST(refuses_page_lengths_that_cannot_be),
		UNIT_TEST(reads_only_the_fields_of_its_version),
		UNIT_TEST(tells_packed_from_padded),
		UNIT_TEST(rejects_every_truncated_sub_header),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
