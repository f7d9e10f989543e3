/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fault/fetch.h"

#include "fault/port.h"

#include <string.h>

enum {
	FETCH_BEFORE = 128, /* bytes shown before the instruction */
	FETCH_AFTER = 96,
	/* Bytes decoded from the start of the function, to find where instructions begin. At a
	 * microsecond each; behind it boundaries are found by likelihood. */
	FETCH_WALK_MAX = 4096,
	FETCH_PAGE = 4096, /* what is missing is missing by pages of no less */
};

/* All of it, or what is on the page of the first byte. */
static size_t
read_forward(const struct memory *m, uint64_t va, uint8_t *buf, size_t len)
{
	size_t on_page = FETCH_PAGE - va % FETCH_PAGE;

	if (memory_read(m, va, buf, len) == NULL)
		return len;
	if (on_page < len && memory_read(m, va, buf, on_page) == NULL)
		return on_page;
	return 0;
}

/* The same towards lower addresses: bytes before va, which end at the end of buf. */
static size_t
read_backward(const struct memory *m, uint64_t va, uint8_t *end, size_t len)
{
	size_t on_page = va % FETCH_PAGE;

	if (memory_read(m, va - len, end - len, len) == NULL)
		return len;
	if (on_page < len && on_page != 0 &&
	    memory_read(m, va - on_page, end - on_page, on_page) == NULL)
		return on_page;
	return 0;
}

/* Decodes from the function's start; the first boundary that is at most FETCH_BEFORE from
 * the instruction, or len if decoding does not arrive there. */
static size_t
walk(struct decoder *d, const uint8_t *p, size_t len, uint64_t address)
{
	size_t start = len;
	size_t off = 0;

	while (off < len) {
		/* What follows the instruction is needed to decode the one before it. */
		struct bytes b = { p + off, len - off + FETCH_AFTER };
		size_t n = decoder_at(d, b, address + off);

		if (n == 0)
			return len;
		if (start == len && len - off <= FETCH_BEFORE)
			start = off;
		off += n;
	}
	return off == len ? start : len;
}

static size_t
bytes_before(const struct decoder *d, const struct fault_input *in, bool *from_start)
{
	uint64_t before = FETCH_BEFORE;

	*from_start = in->has_function_off && in->function_off <= FETCH_WALK_MAX;
	if (*from_start)
		before = in->function_off;
	if (before > in->ip)
		before = in->ip;
	return (size_t)(before - before % d->step);
}

bool
fetch_code(struct decoder *d, const struct fault_input *in, struct code *out)
{
	uint8_t buf[FETCH_WALK_MAX + FETCH_AFTER] = { 0 };
	bool from_start = false;
	size_t wanted = bytes_before(d, in, &from_start);
	uint8_t *at = buf + wanted;
	size_t after = read_forward(in->memory, in->ip, at, FETCH_AFTER);
	size_t before = 0;
	size_t start = 0;

	if (after == 0)
		return false;
	if (wanted != 0)
		before = read_backward(in->memory, in->ip, at, wanted);
	from_start = from_start && before == wanted;
	if (from_start && before != 0)
		start = walk(d, buf, before, in->ip - before);
	from_start = from_start && (start < before || before == 0);
	if (!from_start)
		start = wanted - (before < FETCH_BEFORE ? before : FETCH_BEFORE);
	*out = (struct code){
		.len = wanted - start + after,
		.marker = wanted - start,
		.unit = 1,
		.has_marker = true,
		.is_aligned = from_start,
	};
	memcpy(out->byte, buf + start, out->len);
	return true;
}
