/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * elfcore_space.h - the pages of an ELF core by physical, or by virtual, address.
 *
 * PT_LOADs may stand in any order and overlap (the kernel's text is part of a bank of memory
 * too) and need not be aligned to pages. Where two hold a byte, one that has it in the file
 * wins over one that only says that it was there, and then the first.
 */
#ifndef DUMP_ELFCORE_SPACE_H
#define DUMP_ELFCORE_SPACE_H

#include "dump/dump.h"
#include "dump/elfcore_header.h"
#include "dump/extents.h"
#include "dump/source.h"

struct elfcore;

/* PT_LOADs by one kind of address. Piece i < count is what segment i has in the file, and
 * piece count + i the memory that it says there was beyond that. */
struct elfcore_space {
	struct extents extents;
	struct elfcore *core;
	bool virtual;
};

struct elfcore {
	const struct source *source;
	struct elfcore_header h;
	struct elfcore_segment *load;
	size_t count, cap;
	uint32_t page_len;
	struct dump *dump;
	bool no_physical; /* p_paddr is 0 in all segments */
	struct elfcore_space physical, virtual;
};

/* Of all segments that have such an address. */
const struct error *elfcore_space_build(struct elfcore_space *s, struct elfcore *c, bool virtual,
					struct arena *a) MUST_CHECK;

/* What a format gives to struct dump_impl; self is a struct elfcore_space. */
enum page_state elfcore_space_state(void *self, uint64_t pfn);
enum page_state elfcore_space_fetch(void *self, uint64_t pfn, uint8_t *page, bool *zero);
bool elfcore_space_next(void *self, uint64_t *pfn);
void elfcore_space_count(void *self, struct dump_pages *out);

#endif
