/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * space.h - where each architecture puts things in its address space, as far as that is the
 * same in every kernel, and its poison values.
 */
#ifndef FAULT_SPACE_H
#define FAULT_SPACE_H

#include "fault/pointer.h"

struct space {
	const char *arch;         /* name in struct arch */
	uint64_t poison_delta;    /* CONFIG_ILLEGAL_POINTER_VALUE: list poisons are above it */
	uint64_t user_end;        /* user addresses are below this; 0: not known */
	uint8_t va_bits;          /* of an address, mostly; 0: every value is an address */
	uint8_t sign_bits;        /* of those that the bits above repeat: 1, or 0 if each half of
				     the address space has all va_bits for itself */
	uint32_t stack_len;       /* of a task's stack, which is aligned to it; 0: not known */
	uint64_t kasan_offset[4]; /* shadow = (address >> 3) + offset; 0 ends */
	const struct pointer_range *range; /* certain ones; first == last == 0 ends */
};

/* NULL if nothing is certain. */
const struct space *space_find(const struct arch *arch);

#endif
