/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dump/codec.h"

#define ZLIB_CONST /* next_in is a const pointer */
#include <zlib.h>

static void
end_stream(void *ptr)
{
	inflateEnd(ptr);
}

/* One inflate state for all pages: uncompress() allocates and frees 40 KiB for each. */
static void *
start_zlib(struct arena *a)
{
	z_stream *z = ARENA_NEW(a, z_stream);

	if (inflateInit(z) != Z_OK)
		return NULL;
	arena_defer(a, end_stream, z);
	return z;
}

static bool
expand_zlib(void *state, struct bytes src, uint8_t *dst, size_t dst_len)
{
	z_stream *z = state;

	if (z == NULL || inflateReset(z) != Z_OK || src.len > UINT32_MAX || dst_len > UINT32_MAX)
		return false;
	z->next_in = src.p;
	z->avail_in = (uInt)src.len;
	z->next_out = dst;
	z->avail_out = (uInt)dst_len;
	return inflate(z, Z_FINISH) == Z_STREAM_END && z->avail_out == 0;
}

const struct codec codec_zlib = { "zlib", 0x01, start_zlib, expand_zlib };
