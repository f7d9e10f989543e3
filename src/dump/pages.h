/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pages.h - page cache over one address space of a dump; implements struct memory.
 *
 * Each page is read and expanded once. The cache holds up to PAGES_CACHE_BYTES, or what the
 * budget of the run allows, and then gives the place of the page that was used longest ago
 * to the next one; it never holds fewer than PAGES_HELD pages.
 */
#ifndef DUMP_PAGES_H
#define DUMP_PAGES_H

#include "dump/dump.h"

enum {
	PAGES_CACHE_BYTES = 32 << 20,
	PAGES_HELD = DUMP_PAGES_HELD,
};

/* Where pages come from: a file format. */
struct page_source {
	/* Expands page frame pfn into page; what page then holds counts only if the answer
	 * is PAGE_PRESENT. *zero may be set instead of writing a page of zeros. */
	enum page_state (*fetch)(void *self, uint64_t pfn, uint8_t *page, bool *zero);
	void *self;
	uint32_t page_len; /* a power of two */
	bool plain;        /* expanding costs nothing: whole pages that are asked for once are
			      not kept */
};

struct pages;

struct pages *pages_new(struct page_source from, struct arena *a);

/* The page, or NULL and why it is not there. See dump_page() for how long it is valid. */
const uint8_t *pages_get(struct pages *p, uint64_t pfn, enum page_state *why);

/* struct memory's read function; self is a struct pages. */
const struct error *pages_read(void *self, uint64_t addr, void *buf, size_t len) MUST_CHECK;

/* Page frames asked for so far, those not readable included; ascending. */
const uint64_t *pages_asked(const struct pages *p, struct arena *a, size_t *count);

uint64_t pages_read_count(const struct pages *p);    /* different pages that could be read */
uint64_t pages_corrupt_count(const struct pages *p); /* different pages that are corrupt */

#endif
