/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dump/vmcoreinfo.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct arena *a = arena_new(NULL);
	struct vmcoreinfo *v = vmcoreinfo_parse(a, (struct str){ (const char *)data, len });
	struct str s;
	uint64_t n = 0;

	(void)vmcoreinfo_find(v, "OSRELEASE", &s);
	(void)vmcoreinfo_symbol(v, "prb", &n);
	(void)vmcoreinfo_number(v, "phys_base", &n);
	(void)vmcoreinfo_hex(v, "KERNELOFFSET", &n);
	(void)vmcoreinfo_offset(v, "a.b", &n);
	arena_free(a);
	return 0;
}
