/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A flattened stream; its 4 KiB header is put in front. */
#include "dump/flat.h"

#include <string.h>

enum {
	HEADER_LEN = 4096,
	READ_MAX = 64 << 10,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct budget b = budget_of(0, 64 << 20);
	struct arena *a = arena_new(&b);
	uint8_t *stream = arena_alloc(a, HEADER_LEN + len, 1);
	uint8_t *buf = arena_alloc(a, READ_MAX, 1);
	struct source *s = source_of_bytes((struct bytes){ stream, HEADER_LEN + len }, a);

	if (len != 0)
		memcpy(stream + HEADER_LEN, data, len);
	if (flat_open(s, a) == NULL) {
		(void)source_read(s, 0, buf, READ_MAX);
		(void)source_read_some(s, 0, buf, READ_MAX);
		(void)source_read(s, s->len / 2, buf, 100);
	}
	arena_free(a);
	return 0;
}
