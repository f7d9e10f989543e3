/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dump/codec.h"

#include "unit.h"

#include <lzo/lzo1x.h>
#include <snappy-c.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

enum {
	PAGE_LEN = 4096,
	OUT_LEN = 128 << 10,
};

static size_t
pack_zlib(const uint8_t *in, size_t len, uint8_t *out)
{
	uLongf got = OUT_LEN;

	assert_int_equal(compress(out, &got, in, len), Z_OK);
	return got;
}

static size_t
pack_lzo(const uint8_t *in, size_t len, uint8_t *out)
{
	void *work = malloc(LZO1X_1_MEM_COMPRESS);
	lzo_uint got = 0;

	assert_int_equal(lzo1x_1_compress(in, len, out, &got, work), LZO_E_OK);
	free(work);
	return got;
}

static size_t
pack_snappy(const uint8_t *in, size_t len, uint8_t *out)
{
	size_t got = OUT_LEN;

	assert_int_equal(snappy_compress((const char *)in, len, (char *)out, &got), SNAPPY_OK);
	return got;
}

static size_t
pack_zstd(const uint8_t *in, size_t len, uint8_t *out)
{
	return ZSTD_compress(out, OUT_LEN, in, len, 3);
}

static const struct {
	const struct codec *codec;
	size_t (*pack)(const uint8_t *in, size_t len, uint8_t *out);
} rows[] = {
	{ &codec_zlib, pack_zlib },
	{ &codec_lzo, pack_lzo },
	{ &codec_snappy, pack_snappy },
	{ &codec_zstd, pack_zstd },
};

static uint8_t *
make_page(struct arena *a, size_t len)
{
	uint8_t *p = arena_alloc(a, len, 1);

	for (size_t i = 0; i < len; i++)
		p[i] = (uint8_t)(i * i >> 5);
	return p;
}

static void
expands_what_was_packed(void **state)
{
	struct codec_set set = { .arena = *state };
	const uint8_t *page = make_page(*state, PAGE_LEN);
	uint8_t out[OUT_LEN], got[PAGE_LEN];

	for (int round = 0; round < 3; round++) {
		for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
			size_t len = rows[i].pack(page, PAGE_LEN, out);

			memset(got, 0xee, sizeof(got));
			assert_true(codec_expand(&set, rows[i].codec, (struct bytes){ out, len },
						 got, PAGE_LEN));
			assert_memory_equal(got, page, PAGE_LEN);
		}
	}
}

/* The buffer is exactly a page, on the heap: a write behind it is seen by ASan. */
static void
refuses_pages_of_another_length(void **state)
{
	const size_t lens[] = { 0, 1, PAGE_LEN - 1, PAGE_LEN + 1, 16 * PAGE_LEN };
	struct codec_set set = { .arena = *state };
	uint8_t *got = malloc(PAGE_LEN);
	uint8_t *out = arena_alloc(*state, OUT_LEN, 1);
	const uint8_t *page = make_page(*state, 16 * PAGE_LEN);

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		for (size_t k = 0; k < ARRAY_LEN(lens); k++) {
			size_t len = rows[i].pack(page, lens[k], out);

			assert_false(codec_expand(&set, rows[i].codec, (struct bytes){ out, len },
						  got, PAGE_LEN));
		}
	}
	free(got);
}

static void
refuses_every_truncation(void **state)
{
	struct codec_set set = { .arena = *state };
	const uint8_t *page = make_page(*state, PAGE_LEN);
	uint8_t out[OUT_LEN], got[PAGE_LEN];

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		size_t len = rows[i].pack(page, PAGE_LEN, out);

		for (size_t cut = 0; cut < len; cut++) {
			/* Of its own, so that a read behind the cut is seen. */
			uint8_t *b = malloc(cut + 1);

			assert_non_null(b);
			memcpy(b, out, cut);
			assert_false(codec_expand(&set, rows[i].codec, (struct bytes){ b, cut },
						  got, PAGE_LEN));
			free(b);
		}
	}
}

static void
survives_every_flipped_byte(void **state)
{
	struct codec_set set = { .arena = *state };
	const uint8_t *page = make_page(*state, PAGE_LEN);
	uint8_t out[OUT_LEN], *got = malloc(PAGE_LEN);

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		size_t len = rows[i].pack(page, PAGE_LEN, out);

		for (size_t at = 0; at < len; at++) {
			out[at] ^= 0xff;
			(void)codec_expand(&set, rows[i].codec, (struct bytes){ out, len }, got,
					   PAGE_LEN);
			out[at] ^= 0xff;
		}
		assert_true(codec_expand(&set, rows[i].codec, (struct bytes){ out, len }, got,
					 PAGE_LEN));
	}
	free(got);
}

/* What a peer writes over its heap with: 64 KiB said, in less than a page. */
static void
does_not_believe_the_length_that_snappy_declares(void **state)
{
	struct codec_set set = { .arena = *state };
	const uint8_t bomb[] = { 0x80, 0x80, 0x04, 0x00, 'A', 0xfe, 0x01, 0x00, 0xfe, 0x01, 0x00 };
	uint8_t *got = malloc(PAGE_LEN);

	assert_false(codec_expand(&set, &codec_snappy, (struct bytes){ bomb, sizeof(bomb) }, got,
				  PAGE_LEN));
	free(got);
}

static void
finds_a_codec_by_exactly_one_flag(void **state)
{
	(void)state;
	assert_ptr_equal(codec_find(1), &codec_zlib);
	assert_ptr_equal(codec_find(2), &codec_lzo);
	assert_ptr_equal(codec_find(4), &codec_snappy);
	assert_ptr_equal(codec_find(0x20), &codec_zstd);
	assert_null(codec_find(0));
	assert_null(codec_find(3));
	assert_null(codec_find(8));
	assert_null(codec_find(0x21));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(expands_what_was_packed),
		UNIT_TEST(refuses_pages_of_another_length),
		UNIT_TEST(refuses_every_truncation),
		UNIT_TEST(survives_every_flipped_byte),
		UNIT_TEST(does_not_believe_the_length_that_snappy_declares),
		UNIT_TEST(finds_a_codec_by_exactly_one_flag),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
