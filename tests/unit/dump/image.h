/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * image.h - files made in memory for tests of readers.
 */
#ifndef TESTS_UNIT_DUMP_IMAGE_H
#define TESTS_UNIT_DUMP_IMAGE_H

#include "base/reader.h"

#include <string.h>

struct image {
	uint8_t *b; /* cap bytes, zeroed */
	size_t cap;
	size_t len;
	enum byte_order order;
};

__attribute__((unused)) static struct image
image_new(struct arena *a, size_t cap, enum byte_order order)
{
	return (struct image){ ARENA_ARRAY(a, uint8_t, cap), cap, 0, order };
}

/* The lowest len bytes of v at off; the image reaches at least behind it. */
__attribute__((unused)) static void
image_put(struct image *i, size_t off, uint64_t v, size_t len)
{
	for (size_t k = 0; k < len; k++)
		i->b[off + (i->order == ORDER_LITTLE ? k : len - 1 - k)] = (uint8_t)(v >> 8 * k);
	if (off + len > i->len)
		i->len = off + len;
}

__attribute__((unused)) static void
image_copy(struct image *i, size_t off, const void *p, size_t len)
{
	memcpy(i->b + off, p, len);
	if (off + len > i->len)
		i->len = off + len;
}

__attribute__((unused)) static void
image_fill(struct image *i, size_t off, uint8_t byte, size_t len)
{
	memset(i->b + off, byte, len);
	if (off + len > i->len)
		i->len = off + len;
}

/* A note at off; returns the offset behind it. */
__attribute__((unused)) static size_t
image_note(struct image *i, size_t off, const char *name, uint32_t type, const void *desc,
	   size_t len)
{
	size_t name_len = strlen(name) + 1;

	image_put(i, off, name_len, 4);
	image_put(i, off + 4, len, 4);
	image_put(i, off + 8, type, 4);
	image_copy(i, off + 12, name, name_len);
	off += 12 + (name_len + 3) / 4 * 4;
	image_copy(i, off, desc, len);
	off += (len + 3) / 4 * 4;
	if (off > i->len)
		i->len = off;
	return off;
}

/* The header of an ELF64 core whose program headers follow it. */
__attribute__((unused)) static void
image_elf64(struct image *i, uint16_t machine, uint16_t segments)
{
	image_copy(i, 0, "\177ELF\2", 5);
	image_put(i, 5, i->order == ORDER_BIG ? 2 : 1, 1);
	image_put(i, 6, 1, 1);
	image_put(i, 16, 4, 2); /* ET_CORE */
	image_put(i, 18, machine, 2);
	image_put(i, 20, 1, 4);
	image_put(i, 32, 64, 8); /* e_phoff */
	image_put(i, 52, 64, 2);
	image_put(i, 54, 56, 2); /* e_phentsize */
	image_put(i, 56, segments, 2);
}

struct image_segment {
	uint32_t type;
	uint64_t off, va, pa, file_len, memory_len;
};

__attribute__((unused)) static void
image_segment64(struct image *i, size_t number, struct image_segment s)
{
	size_t at = 64 + number * 56;

	image_put(i, at, s.type, 4);
	image_put(i, at + 8, s.off, 8);
	image_put(i, at + 16, s.va, 8);
	image_put(i, at + 24, s.pa, 8);
	image_put(i, at + 32, s.file_len, 8);
	image_put(i, at + 40, s.memory_len, 8);
	image_put(i, at + 48, 0, 8);
}

#endif
