/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * operand.h - what stands behind a test's name, read by the form that the test wants.
 */
#ifndef VERDICT_OPERAND_H
#define VERDICT_OPERAND_H

#include "verdict/catalogue.h"
#include "verdict/test.h"

/* c has its path, kind and test. NULL, or what is wrong with the text. */
const char *operand_read(struct catalogue *r, struct condition *c, enum fact_shape row,
			 struct str text) MUST_CHECK;

/* "4096", "0x10", "4K", "-1", "0.5". */
bool operand_number(struct str s, long double *out);

#endif
