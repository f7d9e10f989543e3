/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/reader.h"

#include <inttypes.h>
#include <string.h>

struct reader
reader_over(struct bytes in, enum byte_order order, const char *what, struct arena *a)
{
	return (struct reader){ .in = in, .order = order, .what = what, .arena = a };
}

static void
fail(struct reader *r, const char *message)
{
	if (r->error == NULL)
		r->error = error_new(r->arena, ERROR_CORRUPT, "%s: %s", r->what, message);
}

void
reader_reject(struct reader *r, const char *fmt, ...)
{
	va_list ap;

	if (r->error != NULL)
		return;
	va_start(ap, fmt);
	fail(r, arena_vprintf(r->arena, fmt, ap));
	va_end(ap);
}

struct bytes
reader_bytes(struct reader *r, uint64_t len)
{
	if (r->error != NULL)
		return (struct bytes){ NULL, 0 };
	if (len > r->in.len - r->off) {
		reader_reject(r, "cut short: %" PRIu64 " bytes wanted at offset %zu of %zu", len,
			      r->off, r->in.len);
		return (struct bytes){ NULL, 0 };
	}

	struct bytes b = { r->in.p + r->off, (size_t)len };

	r->off += (size_t)len;
	return b;
}

uint16_t
bytes_u16(const uint8_t *p, enum byte_order order)
{
	return (uint16_t)(order == ORDER_LITTLE ? p[0] | p[1] << 8 : p[1] | p[0] << 8);
}

uint32_t
bytes_u32(const uint8_t *p, enum byte_order order)
{
	uint32_t v = 0;

	__builtin_memcpy(&v, p, sizeof(v));
	return (order == ORDER_LITTLE) == (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__)
		       ? v
		       : __builtin_bswap32(v);
}

uint64_t
bytes_u64(const uint8_t *p, enum byte_order order)
{
	uint64_t v = 0;

	__builtin_memcpy(&v, p, sizeof(v));
	return (order == ORDER_LITTLE) == (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__)
		       ? v
		       : __builtin_bswap64(v);
}

bool
bytes_are_zero(struct bytes b)
{
	return b.len == 0 || (b.p[0] == 0 && memcmp(b.p, b.p + 1, b.len - 1) == 0);
}

uint8_t
reader_u8(struct reader *r)
{
	struct bytes b = reader_bytes(r, 1);

	return b.len == 0 ? 0 : b.p[0];
}

uint16_t
reader_u16(struct reader *r)
{
	struct bytes b = reader_bytes(r, 2);

	return b.len == 0 ? 0 : bytes_u16(b.p, r->order);
}

uint32_t
reader_u32(struct reader *r)
{
	struct bytes b = reader_bytes(r, 4);

	return b.len == 0 ? 0 : bytes_u32(b.p, r->order);
}

uint64_t
reader_u64(struct reader *r)
{
	struct bytes b = reader_bytes(r, 8);

	return b.len == 0 ? 0 : bytes_u64(b.p, r->order);
}

uint64_t
reader_word(struct reader *r, size_t word_len)
{
	return word_len == 4 ? reader_u32(r) : reader_u64(r);
}

void
reader_skip(struct reader *r, uint64_t len)
{
	(void)reader_bytes(r, len);
}

void
reader_seek(struct reader *r, uint64_t off)
{
	if (r->error != NULL)
		return;
	if (off > r->in.len)
		reader_reject(r, "offset %" PRIu64 " lies beyond its %zu bytes", off, r->in.len);
	else
		r->off = (size_t)off;
}

size_t
reader_left(const struct reader *r)
{
	return r->error != NULL ? 0 : r->in.len - r->off;
}

size_t
reader_count(struct reader *r, uint64_t n, size_t record_len)
{
	if (r->error != NULL)
		return 0;
	if (n > (r->in.len - r->off) / record_len) {
		reader_reject(r, "%" PRIu64 " records of %zu bytes do not fit into the %zu left", n,
			      record_len, r->in.len - r->off);
		return 0;
	}
	return (size_t)n;
}

const struct error *
reader_error(const struct reader *r)
{
	return r->error;
}
