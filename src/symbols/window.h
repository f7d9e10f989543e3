/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * window.h - a long table in the dump's memory, copied in page by page as it is asked for.
 *
 * kallsyms, BTF and ORC tables are megabytes long and a triage looks at a part of each.
 * Every page of a window is read at most once, and a page that the dump does not hold is a
 * hole: the rest stays usable. Bytes that were handed out stay where they are.
 */
#ifndef SYMBOLS_WINDOW_H
#define SYMBOLS_WINDOW_H

#include "base/memory.h"

struct window {
	const struct memory *mem;
	uint64_t va;
	size_t len;
	uint8_t *bytes; /* len of them, valid where the page was read */
	uint8_t *state; /* of each page: not yet read, there, a hole */
};

/* False if the run's budget has no room for len bytes (untouched ones cost nothing real), or
 * if they would pass the end of the address space. */
bool window_open(struct window *w, const struct memory *mem, uint64_t va, size_t len,
		 struct arena *a) MUST_CHECK;

/* The len bytes at off, or NULL: out of the window, or in a hole. len 0 gives NULL. */
const uint8_t *window_get(struct window *w, size_t off, size_t len);

/* How many bytes from off on can be had without a gap, at most want; reads them. */
size_t window_reach(struct window *w, size_t off, size_t want);

/* The same of what was read already: reads nothing. Goes on to *off where there is a gap, which is
 * the length if nothing follows. */
size_t window_met(const struct window *w, size_t *off);

/* How many pages of 4 KiB were read. */
size_t window_pages(const struct window *w);

/* Integers at off; false where window_get() is NULL. */
bool window_u16(struct window *w, size_t off, uint16_t *v);
bool window_u32(struct window *w, size_t off, uint32_t *v);
bool window_u64(struct window *w, size_t off, uint64_t *v);

#endif
