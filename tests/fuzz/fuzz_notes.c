/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ELF notes of x86_64 and, by the first byte, of the other processors. */
#include "dump/notes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const struct arch *const archs[] = { &arch_x86_64, &arch_i386,  &arch_arm64,
						    &arch_arm,    &arch_ppc64, &arch_s390x,
						    &arch_riscv64 };
	struct budget b = budget_of(0, 64 << 20);
	struct arena *a = arena_new(&b);
	struct notes n = { 0 };
	struct dump d = { 0 };

	if (len != 0) {
		struct source *s = source_of_bytes((struct bytes){ data + 1, len - 1 }, a);

		d.arch = archs[data[0] % ARRAY_LEN(archs)];
		d.order = data[0] < 128 ? ORDER_LITTLE : ORDER_BIG;
		(void)!notes_read(s, 0, len - 1, d.order, a, &n);
		notes_publish(&n, a, &d);
	}
	arena_free(a);
	return 0;
}
