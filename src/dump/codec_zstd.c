/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dump/codec.h"

#include <zstd.h>

static void
free_context(void *ptr)
{
	ZSTD_freeDCtx(ptr);
}

static void *
start_zstd(struct arena *a)
{
	ZSTD_DCtx *ctx = ZSTD_createDCtx();

	if (ctx != NULL)
		arena_defer(a, free_context, ctx);
	return ctx;
}

static bool
expand_zstd(void *state, struct bytes src, uint8_t *dst, size_t dst_len)
{
	if (state == NULL)
		return false;

	size_t got = ZSTD_decompressDCtx(state, dst, dst_len, src.p, src.len);

	return !ZSTD_isError(got) && got == dst_len;
}

const struct codec codec_zstd = { "zstd", 0x20, start_zstd, expand_zstd };
