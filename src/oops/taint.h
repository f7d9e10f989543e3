/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * taint.h - the letters of "Tainted:", their bits and what they mean.
 */
#ifndef OOPS_TAINT_H
#define OOPS_TAINT_H

#include "base/str.h"

struct taint_flag {
	char letter;
	unsigned bit;
	const char *name;
	const char *meaning;
};

/* The flag of a bit, or NULL if the kernel gives that bit no letter. */
const struct taint_flag *taint_flag(unsigned bit);

/* The letters as bits. Letters that are not known, and G, which is "not P", are no bits. */
uint64_t taint_bits(struct str letters);

#endif
