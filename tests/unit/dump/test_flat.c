/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dump/flat.h"

#include "unit.h"

#include <string.h>

struct stream {
	uint8_t b[16384];
	size_t len;
};

static void
put_be64(struct stream *s, uint64_t v)
{
	for (int shift = 56; shift >= 0; shift -= 8)
		s->b[s->len++] = (uint8_t)(v >> shift);
}

static void
begin(struct stream *s)
{
	memset(s, 0, sizeof(*s));
	/* What stands behind the name was not cleared: makedumpfile 1.7.2. */
	memcpy(s->b, "makedumpfile\0\x8d\xff\xff", 16);
	s->len = 16;
	put_be64(s, 1);
	put_be64(s, 1);
	s->len = 4096;
}

static void
put_record(struct stream *s, uint64_t off, const char *bytes)
{
	put_be64(s, off);
	put_be64(s, strlen(bytes));
	memcpy(s->b + s->len, bytes, strlen(bytes));
	s->len += strlen(bytes);
}

static void
put_end(struct stream *s)
{
	put_be64(s, UINT64_MAX);
	put_be64(s, UINT64_MAX);
}

static struct source *
open_stream(const struct stream *s, size_t len, struct arena *a)
{
	struct source *source = source_of_bytes((struct bytes){ s->b, len }, a);

	assert_true(flat_is_header((struct bytes){ s->b, len }));
	assert_null(flat_open(source, a));
	return source;
}

static void
assert_reads(const struct source *s, uint64_t off, const char *want)
{
	char got[64] = { 0 };

	assert_int_equal(source_read(s, off, got, strlen(want)), SOURCE_READ);
	assert_string_equal(got, want);
}

static void
joins_records_in_any_order(void **state)
{
	struct stream s;

	begin(&s);
	put_record(&s, 6, "world");
	put_record(&s, 0, "hello ");
	put_end(&s);

	struct source *source = open_stream(&s, s.len, *state);

	assert_null(source->problem);
	assert_int_equal(source->len, 11);
	assert_reads(source, 0, "hello world");
	assert_reads(source, 4, "o w");
}

static void
lets_the_last_writer_win(void **state)
{
	struct stream s;

	begin(&s);
	put_record(&s, 0, "aaaaaaaa");
	put_record(&s, 2, "bbbb");
	put_record(&s, 4, "c");
	put_record(&s, 0, "d");
	put_end(&s);
	assert_reads(open_stream(&s, s.len, *state), 0, "dabbcbaa");
}

/* Three records of four bytes and one of two are one run. */
static void
reads_across_the_records_of_a_run(void **state)
{
	struct stream s;

	begin(&s);
	put_record(&s, 100, "0123");
	put_record(&s, 104, "4567");
	put_record(&s, 108, "89ab");
	put_record(&s, 112, "cd");
	put_record(&s, 114, "efghij");
	put_end(&s);

	struct source *source = open_stream(&s, s.len, *state);

	for (uint64_t i = 0; i < 20; i++)
		assert_reads(source, 100 + i, &"0123456789abcdefghij"[i]);
}

static void
does_not_take_a_gap_for_zeros(void **state)
{
	struct stream s;
	char buf[16];

	begin(&s);
	put_record(&s, 0, "abc");
	put_record(&s, 5, "def");
	put_end(&s);

	struct source *source = open_stream(&s, s.len, *state);

	assert_int_equal(source_read(source, 0, buf, 4), SOURCE_GAP);
	assert_int_equal(source_read(source, 3, buf, 1), SOURCE_GAP);
	assert_int_equal(source_read(source, 5, buf, 4), SOURCE_END);
	assert_int_equal(source_read_some(source, 0, buf, 16), 8);
	assert_memory_equal(buf, "abc\0\0def", 8);
}

static void
uses_what_a_stream_without_its_end_has(void **state)
{
	struct stream s;
	char buf[16];

	begin(&s);
	put_record(&s, 0, "abcdef");
	put_record(&s, 6, "ghijkl");

	struct source *source = open_stream(&s, s.len - 4, *state);

	assert_non_null(source->problem);
	assert_reads(source, 0, "abcdefgh");
	assert_int_equal(source_read(source, 6, buf, 3), SOURCE_END);
}

static void
stops_at_a_record_that_cannot_be(void **state)
{
	const uint64_t bad[][2] = { { 3, 0 }, { UINT64_MAX - 1, 3 }, { 3, UINT64_MAX } };

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct stream s;

		begin(&s);
		put_record(&s, 0, "abc");
		put_be64(&s, bad[i][0]);
		put_be64(&s, bad[i][1]);
		s.len += 3;

		struct source *source = open_stream(&s, s.len, *state);

		assert_non_null(source->problem);
		assert_int_equal(source->len, 3);
		assert_reads(source, 0, "abc");
	}
}

static void
survives_every_truncation_and_flipped_byte(void **state)
{
	struct stream s;
	char buf[32];

	begin(&s);
	put_record(&s, 0, "abcdefgh");
	put_record(&s, 8, "ij");
	put_record(&s, 4, "xyz");
	put_end(&s);
	for (size_t len = 4096; len < s.len; len++) {
		struct source *source = open_stream(&s, len, *state);

		assert_true(len >= s.len - 16 + 8 || source->problem != NULL);
		(void)source_read(source, 0, buf, 10);
	}
	for (size_t i = 4096; i < s.len; i++) {
		s.b[i] ^= 0xff;
		(void)source_read_some(open_stream(&s, s.len, *state), 0, buf, sizeof(buf));
		s.b[i] ^= 0xff;
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(joins_records_in_any_order),
		UNIT_TEST(lets_the_last_writer_win),
		UNIT_TEST(reads_across_the_records_of_a_run),
		UNIT_TEST(does_not_take_a_gap_for_zeros),
		UNIT_TEST(uses_what_a_stream_without_its_end_has),
		UNIT_TEST(stops_at_a_record_that_cannot_be),
		UNIT_TEST(survives_every_truncation_and_flipped_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
