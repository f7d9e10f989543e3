/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fakephys.h - physical memory for tests of page walks: one run of bytes at an address, in
 * either byte order, that a test fills with tables.
 */
#ifndef TESTS_FAKEPHYS_H
#define TESTS_FAKEPHYS_H

#include "base/memory.h"

#include <string.h>

enum {
	FAKEPHYS_LEN = 512 << 10,
};

struct fakephys {
	uint8_t bytes[FAKEPHYS_LEN];
	struct memory_fake fake;
	struct memory mem;
};

/* Zeros from address base on. */
__attribute__((unused)) static struct fakephys *
fakephys_new(struct arena *a, uint64_t base, enum byte_order order, uint8_t word_len)
{
	struct fakephys *f = ARENA_NEW(a, struct fakephys);

	f->fake = (struct memory_fake){ base, { f->bytes, FAKEPHYS_LEN } };
	f->mem = memory_of_fake(&f->fake);
	f->mem.order = order;
	f->mem.word_len = word_len;
	return f;
}

/* Writes an integer of len bytes at a physical address. */
__attribute__((unused)) static void
fakephys_put(struct fakephys *f, uint64_t pa, uint64_t value, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		size_t at = f->mem.order == ORDER_LITTLE ? i : len - 1 - i;

		f->bytes[pa - f->fake.addr + at] = (uint8_t)(value >> 8 * i);
	}
}

__attribute__((unused)) static void
fakephys_put64(struct fakephys *f, uint64_t pa, uint64_t value)
{
	fakephys_put(f, pa, value, 8);
}

#endif
