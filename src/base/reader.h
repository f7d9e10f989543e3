/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * reader.h - reads integers and slices out of untrusted bytes.
 *
 * A reader remembers its first failure. After that every read returns zero or an empty
 * slice, so a parser reads a whole header in a straight line and asks reader_error() once,
 * before it uses what it read. Zero is chosen because a zero count loops no times and a
 * zero length allocates nothing.
 */
#ifndef BASE_READER_H
#define BASE_READER_H

#include "base/error.h"
#include "base/str.h"

enum byte_order {
	ORDER_LITTLE,
	ORDER_BIG,
};

struct reader {
	struct bytes in;
	size_t off; /* of the next byte to read */
	enum byte_order order;
	const char *what; /* what the bytes are, in errors */
	struct arena *arena;
	const struct error *error; /* use reader_error() */
};

struct reader reader_over(struct bytes in, enum byte_order order, const char *what,
			  struct arena *a);

uint8_t reader_u8(struct reader *r);
uint16_t reader_u16(struct reader *r);
uint32_t reader_u32(struct reader *r);
uint64_t reader_u64(struct reader *r);

/* An unsigned long of the dumped machine: word_len is 4 or 8 bytes. */
uint64_t reader_word(struct reader *r, size_t word_len);

/* The next len bytes, borrowed from the input. */
struct bytes reader_bytes(struct reader *r, uint64_t len);

void reader_skip(struct reader *r, uint64_t len);
void reader_seek(struct reader *r, uint64_t off); /* from the start; the end itself is allowed */
size_t reader_left(const struct reader *r);

/* n if n records of record_len bytes are really left, else 0 and a failure. */
size_t reader_count(struct reader *r, uint64_t n, size_t record_len);

/* Fails the reader from outside: "page size 3 is not a power of two". */
void reader_reject(struct reader *r, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* The first failure, or NULL. */
const struct error *reader_error(const struct reader *r);

/* Integers at fixed places of a buffer whose length the caller has checked. */
uint16_t bytes_u16(const uint8_t *p, enum byte_order order);
uint32_t bytes_u32(const uint8_t *p, enum byte_order order);
uint64_t bytes_u64(const uint8_t *p, enum byte_order order);

bool bytes_are_zero(struct bytes b); /* none at all are, too */

#endif
