/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The header of an ELF core and the program headers behind it. */
#include "dump/elfcore_header.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct arena *a = arena_new(NULL);
	struct elfcore_header h = { 0 };
	uint32_t count = 0;

	(void)elfcore_is_header((struct bytes){ data, len });
	if (elfcore_header_parse((struct bytes){ data, len }, a, &h) == NULL) {
		struct reader r = reader_over((struct bytes){ data, len }, h.order, "segments", a);

		(void)!elfcore_section_info((struct bytes){ data, len }, &h, a, &count);
		while (reader_left(&r) != 0)
			(void)elfcore_take_segment(&r, &h);
	}
	arena_free(a);
	return 0;
}
