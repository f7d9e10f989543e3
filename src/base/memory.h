/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * memory.h - "read len bytes at this address": an interface.
 *
 * It has three kinds of implementation: physical addresses of a dump (dump/pages),
 * kernel virtual addresses (kernel/vmem) and test fakes.
 */
#ifndef BASE_MEMORY_H
#define BASE_MEMORY_H

#include "base/reader.h"

struct memory {
	/* All len bytes or an error; on an error the buffer holds nothing that may be used.
	 * Errors that may come up a thousand times are constant objects, not allocations. */
	const struct error *(*read)(void *self, uint64_t addr, void *buf, size_t len);
	void *self;
	enum byte_order order;
	uint8_t word_len; /* bytes of an unsigned long: 4 or 8 */
};

const struct error *memory_read(const struct memory *m, uint64_t addr, void *buf,
				size_t len) MUST_CHECK;
const struct error *memory_u8(const struct memory *m, uint64_t addr, uint8_t *v) MUST_CHECK;
const struct error *memory_u16(const struct memory *m, uint64_t addr, uint16_t *v) MUST_CHECK;
const struct error *memory_u32(const struct memory *m, uint64_t addr, uint32_t *v) MUST_CHECK;
const struct error *memory_u64(const struct memory *m, uint64_t addr, uint64_t *v) MUST_CHECK;

/* An unsigned long or a pointer. */
const struct error *memory_word(const struct memory *m, uint64_t addr, uint64_t *v) MUST_CHECK;

/* A NUL-terminated string of at most max bytes; what was readable if no NUL was found. */
const struct error *memory_string(const struct memory *m, uint64_t addr, size_t max,
				  struct arena *a, struct str *out) MUST_CHECK;

/* A fake for tests: one run of bytes that starts at an address. */
struct memory_fake {
	uint64_t addr;
	struct bytes bytes;
};

struct memory memory_of_fake(struct memory_fake *fake);

#endif
