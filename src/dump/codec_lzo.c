/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dump/codec.h"

#include <lzo/lzo1x.h>

static bool
expand_lzo(void *state, struct bytes src, uint8_t *dst, size_t dst_len)
{
	lzo_uint got = dst_len;

	(void)state;
	return lzo1x_decompress_safe(src.p, src.len, dst, &got, NULL) == LZO_E_OK && got == dst_len;
}

const struct codec codec_lzo = { "lzo", 0x02, NULL, expand_lzo };
