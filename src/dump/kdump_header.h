/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kdump_header.h - the two headers of a kdump-compressed file.
 *
 * Integers are as the dumped machine had them: byte order, length of a long and alignment
 * are nowhere said, so every layout is tried and the best fit is taken. A field is read
 * only if the header's version has it.
 */
#ifndef DUMP_KDUMP_HEADER_H
#define DUMP_KDUMP_HEADER_H

#include "base/reader.h"

enum {
	KDUMP_HEADER_LEN = 464, /* of the longest layout */
	KDUMP_SUB_LEN = 104,

	KDUMP_STATUS_INCOMPLETE = 0x08,
};

struct kdump_header {
	uint32_t version;
	struct str sysname, nodename, release, os_version, machine, domainname; /* borrowed */
	int64_t crash_time;
	uint32_t status;
	uint32_t block_len;     /* bytes of a page */
	uint32_t sub_blocks;    /* blocks of the sub-header and what stands behind it */
	uint32_t bitmap_blocks; /* of both bitmaps */
	uint32_t max_pfn;       /* before version 6 */
	uint8_t word_len;
	enum byte_order order;
};

struct kdump_sub {
	uint64_t phys_base;
	uint32_t dump_level;
	bool split;
	uint64_t start_pfn, end_pfn; /* if split */
	uint64_t max_pfn;            /* from version 6 */
	uint64_t vmcoreinfo_off, vmcoreinfo_len;
	uint64_t note_off, note_len;
	uint64_t erase_off, erase_len;
};

/* True for the first bytes of a kdump-compressed file. */
bool kdump_is_header(struct bytes head);

/* The main header from the first KDUMP_HEADER_LEN bytes of the file (or all it has). */
const struct error *kdump_header_parse(struct bytes head, struct arena *a,
				       struct kdump_header *out) MUST_CHECK;

/* The sub-header, which starts at the second block. */
const struct error *kdump_sub_parse(struct bytes b, const struct kdump_header *h, struct arena *a,
				    struct kdump_sub *out) MUST_CHECK;

#endif
