/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dump/codec.h"

#include <snappy-c.h>

/* The length that the page declares is a claim of the dump's: it is checked before the
 * library is given a buffer, because it writes as much as is declared. */
static bool
expand_snappy(void *state, struct bytes src, uint8_t *dst, size_t dst_len)
{
	const char *in = (const char *)src.p;
	size_t got = 0;

	(void)state;
	if (snappy_uncompressed_length(in, src.len, &got) != SNAPPY_OK || got != dst_len)
		return false;
	return snappy_uncompress(in, src.len, (char *)dst, &got) == SNAPPY_OK && got == dst_len;
}

const struct codec codec_snappy = { "snappy", 0x04, NULL, expand_snappy };
