/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The description of a note with a CPU's registers: NT_PRSTATUS of every processor, and
 * QEMU's own.
 */
#include "arch/arch.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const struct arch *const archs[] = { &arch_x86_64, &arch_i386,  &arch_arm64,
						    &arch_arm,    &arch_ppc64, &arch_s390x,
						    &arch_riscv64 };
	struct bytes desc = { data, len };

	for (size_t i = 0; i < ARRAY_LEN(archs); i++) {
		struct regs r = { .count = 0 };
		uint32_t pid = 0;

		(void)arch_prstatus(archs[i], desc, ORDER_LITTLE, &pid, &r);
		(void)arch_prstatus(archs[i], desc, ORDER_BIG, &pid, &r);
		if (archs[i]->qemu_note != NULL)
			(void)archs[i]->qemu_note(desc, ORDER_LITTLE, &r);
	}
	return 0;
}
