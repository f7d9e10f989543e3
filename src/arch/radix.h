/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * radix.h - follows page tables that are a tree of tables indexed by slices of the address.
 *
 * Every port with such tables describes them by one struct radix; the walk is here, once.
 * A walk reads one entry a level and never more than RADIX_LEVELS.
 */
#ifndef ARCH_RADIX_H
#define ARCH_RADIX_H

#include "arch/arch.h"

enum {
	RADIX_LEVELS = 5,
};

/* What one entry says. */
enum radix_kind {
	RADIX_ABSENT,
	RADIX_TABLE,
	RADIX_PAGE,
	RADIX_RESERVED, /* the processor would refuse it */
};

struct radix_entry {
	enum radix_kind kind;
	uint64_t pa;        /* of the next table, or of the page */
	uint8_t page_shift; /* RADIX_PAGE: it is 1 << page_shift bytes long */
};

struct radix {
	uint8_t page_shift; /* of the smallest page: the address bits below the last index */
	uint8_t index_bits; /* of each level but the top, and the last if last_bits says so */
	uint8_t top_bits;
	uint8_t levels;
	uint8_t entry_len; /* bytes: 4 or 8 */

	/* level counts from the last table, which is 0. */
	struct radix_entry (*entry)(const struct arch_paging *p, uint64_t entry, unsigned level);

	uint8_t last_bits; /* of level 0; 0: index_bits */
};

/* An address of a 64-bit processor is valid if its bits from va_bits - 1 on are all equal. */
bool radix_is_canonical(uint64_t va, uint8_t va_bits);

const struct error *radix_walk(const struct memory *phys, const struct radix *t,
			       const struct arch_paging *p, uint64_t va,
			       struct arch_mapping *out) MUST_CHECK;

#endif
