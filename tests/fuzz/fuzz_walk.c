/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Page tables out of any memory: processor, page_shift, va_bits, levels, a mask and an
 * address; what follows is physical memory from 0 on, the root first.
 */
#include "arch/arch.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const struct arch *const archs[] = { &arch_x86_64,  &arch_i386,  &arch_arm64,
						    &arch_riscv64, &arch_s390x, &arch_arm };
	enum { HEAD = 20 };

	if (len < HEAD)
		return 0;

	const struct arch *arch = archs[data[0] % ARRAY_LEN(archs)];
	struct memory_fake fake = { 0, { data + HEAD, len - HEAD } };
	struct memory mem = memory_of_fake(&fake);
	struct arch_paging p = {
		.page_shift = data[1],
		.va_bits = data[2],
		.levels = data[3],
		.pte_mask = bytes_u64(data + 4, ORDER_LITTLE),
	};
	uint64_t va = bytes_u64(data + 12, ORDER_LITTLE);
	struct arch_mapping m = { 0 };

	mem.word_len = arch->word_len;
	if (arch->walk(&mem, &p, va, &m) == NULL && (va < m.va_from || va > m.va_to))
		abort(); /* a page that does not hold the address */
	return 0;
}
