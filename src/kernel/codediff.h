/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * codediff.h - code as it ran, compared with the code that was built.
 *
 * One bit that is different in kernel text is the mark of bad memory: nothing in a kernel changes
 * one bit of itself. More is somebody's patch: a breakpoint, a hook, a rootkit, a wild write.
 */
#ifndef KERNEL_CODEDIFF_H
#define KERNEL_CODEDIFF_H

#include "base/str.h"

/* What may be different in a byte: enum lines_mask of symbols/lines.h. */
struct codediff_input {
	const uint8_t *memory, *file, *mask;
	size_t len;
	uint64_t moved; /* run-time minus link-time address: words with addresses differ by it */
	bool is_x86;
};

enum codediff_kind {
	CODEDIFF_BIT_FLIP,
	CODEDIFF_BREAKPOINT,
	CODEDIFF_CHANGED,
	CODEDIFF_FTRACE, /* its call of ftrace is switched on: a tracer, or a livepatch */
};

struct codediff {
	enum codediff_kind kind;
	size_t off, len;  /* bytes */
	unsigned int bit; /* of a flipped one: 0 is the lowest */
};

enum {
	CODEDIFF_MAX = 16, /* of one function that are told; further ones are in none */
};

/* "bit_flip" */
const char *codediff_kind_name(enum codediff_kind kind);

/* How many differences there are, and which. */
size_t codediff_compare(const struct codediff_input *in, struct codediff out[CODEDIFF_MAX]);

/* Whether so many of the functions of a stack may have been changed by somebody. Else the kernel
 * has patched itself in ways that are not known here, or the file is not what it seems. */
bool codediff_is_plausible(int64_t changed, int64_t functions);

#endif
