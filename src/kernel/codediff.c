/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/codediff.h"

#include "base/reader.h"

#include "base/compiler.h"
#include "symbols/lines.h"

#include <string.h>

enum {
	INT3 = 0xcc,
	CALL = 0xe8,
	WORD = 4,
	GAP_MAX = 2,   /* bytes that happen to be the same within one change */
	FLIPS_MAX = 2, /* of one function: more is no accident */
};

const char *
codediff_kind_name(enum codediff_kind kind)
{
	static const char *const names[] = {
		[CODEDIFF_BIT_FLIP] = "bit_flip",
		[CODEDIFF_BREAKPOINT] = "breakpoint",
		[CODEDIFF_CHANGED] = "changed",
		[CODEDIFF_FTRACE] = "ftrace",
	};

	return names[kind];
}

static uint64_t
word_at(const uint8_t *p, size_t len)
{
	return len == WORD ? bytes_u32(p, ORDER_LITTLE) : bytes_u64(p, ORDER_LITTLE);
}

/* A word of that many bytes over the byte at i that was moved with the kernel, up or, if it is an
 * offset to something that was not, down. */
static bool
is_in_moved_word(const struct codediff_input *in, size_t i, size_t len)
{
	uint64_t mask = len == WORD ? UINT32_MAX : UINT64_MAX;

	for (size_t from = i < len ? 0 : i - len + 1; from <= i && from + len <= in->len; from++) {
		uint64_t by =
			(word_at(in->memory + from, len) - word_at(in->file + from, len)) & mask;

		if (by == (in->moved & mask) || by == (-in->moved & mask))
			return true;
	}
	return false;
}

static bool
differs(const struct codediff_input *in, size_t i)
{
	return in->mask[i] == LINES_COMPARE && in->memory[i] != in->file[i] &&
	       (in->moved == 0 ||
		(!is_in_moved_word(in, i, WORD) && !is_in_moved_word(in, i, 2 * (size_t)WORD)));
}

/* Bytes from `from` on that were changed together. */
static size_t
length_of_change(const struct codediff_input *in, size_t from)
{
	size_t len = 1;

	for (size_t i = from + 1; i < in->len && i - from - len <= GAP_MAX; i++) {
		if (differs(in, i))
			len = i - from + 1;
	}
	return len;
}

static void
classify(const struct codediff_input *in, struct codediff *d)
{
	unsigned int bits = in->memory[d->off] ^ in->file[d->off];

	d->kind = CODEDIFF_CHANGED;
	if (d->len != 1)
		return;
	/* It is one bit away from a prefix that many instructions begin with. */
	if (in->is_x86 && in->memory[d->off] == INT3) {
		d->kind = CODEDIFF_BREAKPOINT;
	} else if ((bits & (bits - 1)) == 0) {
		d->kind = CODEDIFF_BIT_FLIP;
		d->bit = (unsigned int)__builtin_ctz(bits);
	}
}

/* A call where the built code has one of ftrace, which is a nop while nobody traces. */
static bool
is_traced(const struct codediff_input *in, size_t i)
{
	enum { BL_SHIFT = 26, BL = 0x25 };
	bool begins = in->mask[i] == LINES_OF_FTRACE && (i == 0 || in->mask[i - 1] != in->mask[i]);

	if (in->is_x86)
		return begins && in->memory[i] == CALL;
	return in->mask[i] == LINES_OF_FTRACE && i % WORD == 0 && i + WORD <= in->len &&
	       bytes_u32(in->memory + i, ORDER_LITTLE) >> BL_SHIFT == BL;
}

static void
demote_flips(struct codediff *d, size_t count)
{
	size_t flips = 0;

	for (size_t i = 0; i < count; i++)
		flips += d[i].kind == CODEDIFF_BIT_FLIP;
	for (size_t i = 0; i < count && flips > FLIPS_MAX; i++) {
		if (d[i].kind == CODEDIFF_BIT_FLIP)
			d[i].kind = CODEDIFF_CHANGED;
	}
}

size_t
codediff_compare(const struct codediff_input *in, struct codediff out[CODEDIFF_MAX])
{
	size_t count = 0;

	for (size_t i = 0; i < in->len && count < CODEDIFF_MAX; i++) {
		if (is_traced(in, i)) {
			out[count++] = (struct codediff){ CODEDIFF_FTRACE, i, 1, 0 };
			continue;
		}
		if (!differs(in, i))
			continue;
		out[count] = (struct codediff){ .off = i, .len = length_of_change(in, i) };
		classify(in, &out[count]);
		i += out[count++].len - 1;
	}
	demote_flips(out, count);
	return count;
}

bool
codediff_is_plausible(int64_t changed, int64_t functions)
{
	enum { FEW = 4 };

	return changed <= FEW || changed * 4 <= functions;
}
