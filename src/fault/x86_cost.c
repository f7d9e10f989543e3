/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * x86_cost.c - how likely instructions are in kernel code.
 *
 * Code that is decoded from the middle of an instruction soon holds opcodes that compilers
 * do not use: port I/O, segment loads, decimal arithmetic. The tables give what each opcode
 * costs, as -log2 of its share in quarters of a bit, counted over the 8.7 million instructions
 * in the text of three kernels (Debian's 5.10, 6.1 and 6.12 for x86_64) as objdump has them.
 * 80 is the cost of one that does not occur there; int3, of which the padding between
 * functions consists, was not counted.
 */
#include "fault/x86.h"

static const uint8_t one_byte[256] = {
	71, 29, 71, 34, 80, 48, 80, 80, 52, 35, 63, 47, 62, 51, 80, 80, 80, 63, 80, 62, 80, 63,
	80, 80, 74, 45, 80, 80, 59, 80, 80, 80, 58, 38, 63, 45, 64, 40, 80, 80, 74, 30, 67, 31,
	78, 51, 80, 80, 53, 22, 67, 46, 74, 65, 80, 80, 46, 24, 56, 36, 39, 35, 80, 80, 80, 80,
	80, 80, 80, 80, 80, 80, 80, 80, 80, 80, 80, 80, 80, 80, 43, 52, 49, 27, 29, 25, 33, 35,
	45, 49, 43, 25, 28, 24, 31, 33, 80, 80, 73, 31, 80, 80, 80, 80, 55, 45, 42, 56, 80, 80,
	80, 80, 70, 80, 37, 37, 21, 23, 39, 37, 39, 46, 80, 80, 50, 50, 40, 43, 30, 28, 80, 18,
	31, 19, 78, 51, 34, 11, 57, 13, 60, 21, 60, 79, 14, 80, 80, 80, 80, 80, 80, 80, 39, 55,
	80, 80, 69, 71, 80, 80, 80, 80, 80, 80, 66, 52, 59, 80, 35, 40, 67, 39, 80, 80, 80, 80,
	74, 80, 80, 80, 80, 80, 76, 80, 28, 32, 30, 40, 40, 38, 28, 34, 46, 27, 80, 68, 54, 64,
	35, 20, 80, 55, 80, 79, 12, 80, 80, 73, 56, 46, 80, 37, 80, 80, 80, 80, 80, 80, 80, 77,
	80, 80, 80, 80, 80, 80, 80, 80, 65, 80, 60, 80, 15, 18, 80, 25, 58, 65, 55, 61, 80, 80,
	80, 80, 74, 80, 30, 33, 80, 80, 79, 77, 65, 80, 78, 32,
};

/* Behind 0f. */
static const uint8_t two_byte[256] = {
	70, 58, 80, 80, 80, 80, 80, 80, 80, 75, 80, 34, 80, 80, 80, 80, 80, 80, 80, 80, 80, 80,
	80, 80, 54, 80, 80, 80, 80, 80, 31, 24, 64, 76, 63, 76, 80, 80, 80, 80, 80, 80, 80, 80,
	80, 80, 80, 80, 63, 61, 65, 80, 80, 80, 80, 80, 74, 80, 80, 80, 80, 80, 80, 80, 80, 80,
	47, 49, 39, 40, 45, 45, 48, 54, 80, 80, 55, 59, 52, 51, 80, 80, 80, 80, 80, 80, 80, 80,
	80, 80, 80, 80, 80, 80, 80, 80, 80, 80, 74, 80, 80, 80, 80, 80, 80, 80, 80, 80, 78, 80,
	70, 71, 76, 80, 74, 80, 80, 80, 80, 80, 80, 80, 80, 80, 80, 80, 80, 80, 65, 80, 38, 38,
	23, 25, 39, 36, 39, 47, 80, 80, 52, 53, 41, 44, 73, 80, 50, 56, 40, 42, 57, 53, 79, 80,
	80, 80, 65, 68, 64, 58, 80, 80, 68, 41, 68, 80, 80, 80, 80, 80, 80, 51, 65, 73, 57, 42,
	70, 46, 80, 54, 80, 80, 28, 31, 80, 44, 44, 79, 51, 50, 51, 50, 73, 41, 80, 70, 80, 80,
	80, 70, 53, 61, 58, 70, 69, 68, 63, 66, 80, 80, 80, 80, 80, 80, 80, 80, 80, 80, 80, 80,
	80, 80, 80, 80, 80, 80, 80, 80, 80, 80, 80, 80, 80, 80, 80, 78, 80, 80, 80, 71, 80, 80,
	80, 80, 80, 80, 80, 80, 80, 80, 80, 80, 80, 80, 72, 80,
};

enum {
	COST_MAX = 80,
	COST_NO_REX = 3,
	COST_DATA = 28, /* a byte of ModR/M, displacement or constant */
	COST_DATA_00 = 9,
	COST_DATA_FF = 14,
};

static uint16_t
prefix_cost(uint8_t b)
{
	static const struct {
		uint8_t byte, cost;
	} costs[] = {
		{ 0x48, 8 },  { 0x41, 15 }, { 0x4c, 18 }, { 0x49, 19 }, { 0x66, 22 }, { 0x44, 24 },
		{ 0x65, 26 }, { 0x45, 27 }, { 0x4d, 27 }, { 0x2e, 29 }, { 0xf3, 29 }, { 0xf0, 33 },
		{ 0x40, 37 }, { 0x4a, 42 }, { 0x42, 46 }, { 0x4b, 48 }, { 0x4e, 50 }, { 0x43, 51 },
		{ 0x46, 52 }, { 0x4f, 55 }, { 0x47, 59 },
	};

	for (size_t i = 0; i < ARRAY_LEN(costs); i++) {
		if (costs[i].byte == b)
			return costs[i].cost;
	}
	return COST_MAX;
}

/* Without 64-bit mode, 40 to 4f are inc and dec. */
static uint16_t
one_byte_cost(const struct decoder *d, uint8_t opcode)
{
	if (d->arch->word_len == 4 && (opcode & 0xf0) == 0x40)
		return COST_DATA;
	return one_byte[opcode];
}

uint16_t
x86_data_cost(uint8_t b)
{
	if (b == 0)
		return COST_DATA_00;
	if (b == 0xff)
		return COST_DATA_FF;
	return COST_DATA;
}

uint16_t
x86_cost(const struct decoder *d, struct bytes insn)
{
	uint16_t cost = COST_NO_REX;
	size_t mandatory = 0;
	size_t at = x86_opcode_off(insn, d->arch->word_len == 8, &mandatory);

	for (size_t i = 0; i < at; i++)
		cost = (uint16_t)(cost + prefix_cost(insn.p[i]));
	if (at + 1 < insn.len && insn.p[at] == 0x0f)
		cost = (uint16_t)(cost + two_byte[insn.p[++at]]);
	else if (at < insn.len)
		cost = (uint16_t)(cost + one_byte_cost(d, insn.p[at]));
	for (size_t i = at + 1; i < insn.len; i++)
		cost = (uint16_t)(cost + x86_data_cost(insn.p[i]));
	return cost;
}
