/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kdump_file.h - one kdump-compressed file: where its bitmaps, descriptors and pages are.
 *
 * The page of the n-th bit that is set in the bitmap of dumped pages has the n-th
 * descriptor, so a wrong number anywhere in the headers silently leads to wrong pages.
 * What can be checked is: the first page stands right behind the last descriptor. A layout
 * in which it does not is not believed; others that the headers allow are tried, and if
 * none fits, no page of the file can be trusted. And no page is dumped that does not exist:
 * where one is, its neighbours are not believed either.
 */
#ifndef DUMP_KDUMP_FILE_H
#define DUMP_KDUMP_FILE_H

#include "dump/bitmap.h"
#include "dump/dump.h"
#include "dump/kdump_header.h"

/* Where a page is. */
struct kdump_desc {
	uint64_t off;
	uint32_t len;
	uint32_t flags;
};

struct kdump_desc_block;

struct kdump_file {
	const struct source *source;
	struct kdump_header h;
	struct kdump_sub sub;
	bool has_sub;

	uint64_t first, end;   /* the page frames that it is to hold */
	uint64_t max_pfn;      /* of the machine; no more than the bitmaps have bits */
	uint64_t bitmap2;      /* where the bitmap of dumped pages starts */
	uint64_t descs;        /* where the descriptors start */
	struct bitmap *exists; /* memory that exists; NULL if there is no such bitmap */
	struct bitmap *dumped; /* counted from first */
	struct kdump_desc_block *kept;

	bool old_zeros;              /* version 0: what was left out are zeros */
	bool untrusted;              /* no layout fits */
	bool contradicted;           /* some pages are dumped that do not exist */
	const struct error *problem; /* what is wrong with the headers, or NULL */
};

const struct error *kdump_file_open(const struct source *s, struct arena *a,
				    struct kdump_file *out) MUST_CHECK;

/* Where the page of pfn is, which is in [first, end); d counts only for PAGE_PRESENT. */
enum page_state kdump_file_find(struct kdump_file *f, uint64_t pfn, struct kdump_desc *d);

/* A page that this file's bitmap says is not dumped: left out, or is there no memory? */
enum page_state kdump_file_absent(struct kdump_file *f, uint64_t pfn);

/* Adds the pages of [first, end) to present, lost and truncated; returns their number. */
uint64_t kdump_file_count(struct kdump_file *f, struct dump_pages *out);

/* What a failure to read a part of the file makes of a page. */
enum page_state kdump_file_state(enum source_result r);

/* Writers leave a page raw that compression does not make shorter. One that does not is
 * tolerated as far as a codec can make a page longer. */
#define KDUMP_PACKED_MAX(block_len) (2 * (block_len))

#endif
