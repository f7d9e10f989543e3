/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The two headers of a kdump-compressed file, one behind the other. */
#include "dump/kdump_header.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct arena *a = arena_new(NULL);
	struct bytes b = { data, len };
	struct kdump_header h = { 0 };
	struct kdump_sub sub = { 0 };

	if (kdump_header_parse(b, a, &h) == NULL && len > KDUMP_HEADER_LEN) {
		b = (struct bytes){ data + KDUMP_HEADER_LEN, len - KDUMP_HEADER_LEN };
		(void)!kdump_sub_parse(b, &h, a, &sub);
	}
	arena_free(a);
	return 0;
}
