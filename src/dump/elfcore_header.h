/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * elfcore_header.h - header and program headers of an ELF core, of both classes.
 */
#ifndef DUMP_ELFCORE_HEADER_H
#define DUMP_ELFCORE_HEADER_H

#include "base/reader.h"

enum {
	ELFCORE_HEADER_LEN = 64, /* of the longer class */
	ELFCORE_INCOMPLETE = 1,  /* a flag of makedumpfile's: it ran out of space */

	ELFCORE_LOAD = 1, /* segment types */
	ELFCORE_NOTE = 4,
};

struct elfcore_header {
	uint8_t class_len; /* 4 or 8: bytes of an address in the file */
	enum byte_order order;
	uint16_t machine;
	uint32_t flags;
	uint64_t segments_off;
	uint64_t sections_off;
	uint16_t segment_len; /* bytes of one program header */
	uint16_t section_len;
	uint16_t segment_count; /* 0xffff: the first section header has it */
	uint16_t section_count;
	uint16_t names_index; /* of the section with section names */
};

struct elfcore_segment {
	uint32_t type;
	uint64_t off; /* in the file */
	uint64_t va, pa;
	uint64_t file_len, memory_len;
};

/* True for the first bytes of an ELF core file. */
bool elfcore_is_header(struct bytes head);

const struct error *elfcore_header_parse(struct bytes head, struct arena *a,
					 struct elfcore_header *out) MUST_CHECK;

/* One program header, from the next segment_len bytes of r. */
struct elfcore_segment elfcore_take_segment(struct reader *r, const struct elfcore_header *h);

/* The number of program headers where there are 0xffff or more: sh_info of the first
 * section header. */
const struct error *elfcore_section_info(struct bytes section, const struct elfcore_header *h,
					 struct arena *a, uint32_t *out) MUST_CHECK;

#endif
