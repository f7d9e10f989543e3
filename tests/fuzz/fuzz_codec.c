/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A compressed page of each codec; the buffer is as long as the page, not a byte more. */
#include "dump/codec.h"

#include <stdlib.h>

enum {
	PAGE_LEN = 4096,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const uint32_t flags[] = { 1, 2, 4, 0x20 };
	struct arena *a = arena_new(NULL);
	struct codec_set set = { .arena = a };
	uint8_t *page = malloc(PAGE_LEN);

	if (len != 0 && page != NULL)
		(void)codec_expand(&set, codec_find(flags[data[0] % 4]),
				   (struct bytes){ data + 1, len - 1 }, page, PAGE_LEN);
	free(page);
	arena_free(a);
	return 0;
}
