/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fields.h - writes integers as a machine had them, one behind the other: what base/reader.h
 * reads. The caller's buffer is long enough; it was zero.
 */
#ifndef DUMP_FIELDS_H
#define DUMP_FIELDS_H

#include "base/reader.h"

struct fields {
	uint8_t *p;
	size_t off; /* of the next one */
	enum byte_order order;
	uint8_t word_len; /* bytes of an unsigned long: 4 or 8 */
	bool padded;      /* 64-bit values stand at multiples of 8 */
};

void fields_number(struct fields *f, uint64_t v, size_t len);
void fields_word(struct fields *f, uint64_t v);
void fields_64(struct fields *f, uint64_t v);

/* A name of struct new_utsname: 65 bytes, of which the last is a NUL. */
void fields_uts(struct fields *f, struct str s);

#endif
