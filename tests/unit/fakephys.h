/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fakephys.h - memory for tests: one run of bytes at an address, in either byte order, that
 * a test fills, and of which it may take pages away.
 */
#ifndef TESTS_FAKEPHYS_H
#define TESTS_FAKEPHYS_H

#include "base/memory.h"

#include <string.h>

enum {
	FAKEPHYS_LEN = 512 << 10,
	FAKEPHYS_PAGE = 4096,
};

struct fakephys {
	uint64_t addr;
	uint8_t bytes[FAKEPHYS_LEN];
	bool is_lost[FAKEPHYS_LEN / FAKEPHYS_PAGE];
	struct memory mem;
	size_t reads; /* calls so far */
};

__attribute__((unused)) static const struct error *
fakephys_read(void *self, uint64_t addr, void *buf, size_t len)
{
	static const struct error outside = { ERROR_ABSENT, "no such memory", NULL };
	static const struct error lost = { ERROR_ABSENT, "that page is lost", NULL };
	struct fakephys *f = self;

	f->reads++;
	if (addr < f->addr || addr - f->addr > FAKEPHYS_LEN ||
	    len > FAKEPHYS_LEN - (addr - f->addr))
		return &outside;
	for (uint64_t i = addr - f->addr; i < addr - f->addr + len; i++) {
		if (f->is_lost[i / FAKEPHYS_PAGE])
			return &lost;
	}
	memcpy(buf, f->bytes + (addr - f->addr), len);
	return NULL;
}

/* Zeros from an address on. */
__attribute__((unused)) static struct fakephys *
fakephys_new(struct arena *a, uint64_t addr, enum byte_order order, uint8_t word_len)
{
	struct fakephys *f = ARENA_NEW(a, struct fakephys);

	f->addr = addr;
	f->mem = (struct memory){ fakephys_read, f, order, word_len };
	return f;
}

/* Writes an integer of len bytes. */
__attribute__((unused)) static void
fakephys_put(struct fakephys *f, uint64_t addr, uint64_t value, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		size_t at = f->mem.order == ORDER_LITTLE ? i : len - 1 - i;

		f->bytes[addr - f->addr + at] = (uint8_t)(value >> 8 * i);
	}
}

__attribute__((unused)) static void
fakephys_put64(struct fakephys *f, uint64_t addr, uint64_t value)
{
	fakephys_put(f, addr, value, 8);
}

__attribute__((unused)) static void
fakephys_put_text(struct fakephys *f, uint64_t addr, const char *text, size_t len)
{
	memcpy(f->bytes + (addr - f->addr), text, len);
}

/* Takes away the page that an address lies on. */
__attribute__((unused)) static void
fakephys_lose(struct fakephys *f, uint64_t addr)
{
	f->is_lost[(addr - f->addr) / FAKEPHYS_PAGE] = true;
}

#endif
