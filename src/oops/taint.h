/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * taint.h - the letters of "Tainted:", their bits and what they mean.
 */
#ifndef OOPS_TAINT_H
#define OOPS_TAINT_H

#include "facts/facts.h"

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

/* The letters as the kernel prints them, in the order of the bits: "G           OE". */
struct str taint_letters(uint64_t bits, struct arena *a);

/* Puts taint{}. text is what the kernel printed. */
void taint_publish(struct fact_row *root, uint64_t bits, struct str text, struct origin o);

#endif
