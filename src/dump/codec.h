/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * codec.h - page decompressors.
 *
 * A codec turns one compressed page into exactly dst_len bytes or fails; it never writes
 * past dst and never returns a short page. To add one: write codec_NAME.c and give it a
 * row in codecs[] in codec.c.
 */
#ifndef DUMP_CODEC_H
#define DUMP_CODEC_H

#include "base/arena.h"
#include "base/str.h"

#include <stdbool.h>

struct codec {
	const char *name;
	uint32_t flag; /* the bit of a page descriptor's flags */

	/* What expand() keeps from page to page, tied to the arena; NULL: nothing. */
	void *(*start)(struct arena *a);

	/* NULL if this build can name the codec but not read it. */
	bool (*expand)(void *state, struct bytes src, uint8_t *dst, size_t dst_len);
};

extern const struct codec codec_zlib;
extern const struct codec codec_lzo;
extern const struct codec codec_snappy;
extern const struct codec codec_zstd;

enum {
	CODEC_COUNT = 4,
};

/* The codecs with what they keep; one set a dump. */
struct codec_set {
	struct arena *arena;
	void *state[CODEC_COUNT];
	bool started[CODEC_COUNT];
};

/* The codec for a page descriptor's flags; NULL if there is none, or more than one. */
const struct codec *codec_find(uint32_t flags);

/* False if src is not a page of that codec which expands to exactly dst_len bytes. */
bool codec_expand(struct codec_set *set, const struct codec *c, struct bytes src, uint8_t *dst,
		  size_t dst_len);

#endif
