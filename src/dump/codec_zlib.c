/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * zlib pages, by libdeflate: it needs half the time of zlib's own inflate() for a page, which
 * is most of what reading one costs (src/README.md has figures).
 */
#include "dump/codec.h"

#include <libdeflate.h>

static void
free_decompressor(void *ptr)
{
	libdeflate_free_decompressor(ptr);
}

static void *
start_zlib(struct arena *a)
{
	struct libdeflate_decompressor *d = libdeflate_alloc_decompressor();

	if (d != NULL)
		arena_defer(a, free_decompressor, d);
	return d;
}

/* Without room for the length that came out, anything but dst_len is a failure. */
static bool
expand_zlib(void *state, struct bytes src, uint8_t *dst, size_t dst_len)
{
	return state != NULL && libdeflate_zlib_decompress(state, src.p, src.len, dst, dst_len,
							   NULL) == LIBDEFLATE_SUCCESS;
}

const struct codec codec_zlib = { "zlib", 0x01, start_zlib, expand_zlib };
