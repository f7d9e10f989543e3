/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * align.h - where instructions begin before a known place in code of variable length.
 *
 * A code line may start in the middle of an instruction. x86 code falls into step again
 * after a few instructions wherever decoding starts, so of all starts in reach of the first
 * byte those that arrive at the known place mostly agree on the last boundaries before it.
 * On the first ones they do not; there it counts how ordinary the instructions are that a
 * start gives. Boundaries that stay doubtful are not shown.
 */
#ifndef FAULT_ALIGN_H
#define FAULT_ALIGN_H

#include <stddef.h>
#include <stdint.h>

/* What stands at one offset. Costs are -log2 of likelihoods, in quarters of a bit. */
struct align_step {
	uint8_t len;        /* of the instruction that begins here; 0: none can */
	uint16_t cost;      /* of that instruction */
	uint16_t data_cost; /* of the byte, if it belongs to an instruction begun before */
};

enum {
	ALIGN_MAX = 256,       /* bytes before the known place, at most */
	ALIGN_STARTS_MAX = 16, /* bytes of the longest instruction */
};

/*
 * The first offset that is surely a boundary; decoding from there arrives exactly at target.
 * target itself if there is none before it. step[] has target entries. start is a known
 * boundary (the function's first byte), or SIZE_MAX.
 */
size_t align_start(const struct align_step *step, size_t target, size_t start);

#endif
