/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * align.h - where instructions begin before a known place in code of variable length.
 *
 * A code line may start in the middle of an instruction. x86 code falls into step again
 * after a few instructions wherever decoding starts, so of all starts in reach of the first
 * byte those that arrive at the known place mostly agree on the last boundaries before it.
 */
#ifndef FAULT_ALIGN_H
#define FAULT_ALIGN_H

#include <stddef.h>
#include <stdint.h>

/* What an instruction at one offset would be. */
struct align_step {
	uint8_t len;     /* bytes; 0: no instruction can begin here */
	uint8_t penalty; /* 0: such an instruction is ordinary in a kernel; more: rarer */
};

enum {
	ALIGN_MAX = 256, /* bytes before the known place, at most */
};

/*
 * The offset to begin decoding at, so that it arrives exactly at target; target itself if
 * no start does. step[] has target entries. start is a known boundary (the function's first
 * byte), or SIZE_MAX; max_len is that of the longest instruction.
 */
size_t align_start(const struct align_step *step, size_t target, size_t start, size_t max_len);

#endif
