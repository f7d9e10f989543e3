/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dump/codec.h"

#include "base/compiler.h"

static const struct codec *const codecs[CODEC_COUNT] = {
	&codec_zlib,
	&codec_lzo,
	&codec_snappy,
	&codec_zstd,
};

const struct codec *
codec_find(uint32_t flags)
{
	for (size_t i = 0; i < ARRAY_LEN(codecs); i++) {
		if (codecs[i]->flag == flags)
			return codecs[i];
	}
	return NULL;
}

static void *
state_of(struct codec_set *set, const struct codec *c)
{
	size_t i = 0;

	while (codecs[i] != c)
		i++;
	if (!set->started[i] && c->start != NULL)
		set->state[i] = c->start(set->arena);
	set->started[i] = true;
	return set->state[i];
}

bool
codec_expand(struct codec_set *set, const struct codec *c, struct bytes src, uint8_t *dst,
	     size_t dst_len)
{
	return c->expand != NULL && c->expand(state_of(set, c), src, dst, dst_len);
}
