/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * regs.h - the registers of one context, by name, each known or not.
 *
 * Names are lower case and those of the processor's manual: rax, x0, pc, gpr1, psw.
 * A register that is not here is not known; there is no sentinel value.
 */
#ifndef MODEL_REGS_H
#define MODEL_REGS_H

#include "base/str.h"

enum {
	REGS_MAX = 80,
};

struct reg {
	const char *name; /* static or arena text */
	uint64_t value;
};

struct regs {
	struct reg reg[REGS_MAX];
	size_t count;
};

/* Sets a register, or sets it anew; false if there is no room for one more. */
bool regs_put(struct regs *r, const char *name, uint64_t value);

/* False if it is not known. */
bool regs_get(const struct regs *r, const char *name, uint64_t *value);

#endif
