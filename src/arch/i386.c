/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "arch/x86.h"

#include <capstone/capstone.h>
#include <elf.h>

static const char *const machines[] = { "i386", "i486", "i586", "i686", NULL };

static const struct arch_reg prstatus[] = {
	{ "ebx", 0, 4 },  { "ecx", 4, 4 },  { "edx", 8, 4 },     { "esi", 12, 4 },
	{ "edi", 16, 4 }, { "ebp", 20, 4 }, { "eax", 24, 4 },    { "ds", 28, 4 },
	{ "es", 32, 4 },  { "fs", 36, 4 },  { "gs", 40, 4 },     { "orig_eax", 44, 4 },
	{ "eip", 48, 4 }, { "cs", 52, 4 },  { "eflags", 56, 4 }, { "esp", 60, 4 },
	{ "ss", 64, 4 },  { NULL, 0, 0 },
};

static bool
qemu_note(struct bytes desc, enum byte_order order, struct regs *r)
{
	return x86_qemu_note(desc, order, false, r);
}

/* An entry of tables without PAE; a page of 4 MiB has address bits 32 to 39 in 13 to 20. */
static struct radix_entry
entry32(const struct arch_paging *p, uint64_t entry, unsigned level)
{
	enum { PRESENT = 1 << 0, LARGE = 1 << 7 };

	(void)p;
	if ((entry & PRESENT) == 0)
		return (struct radix_entry){ .kind = RADIX_ABSENT };
	if (level == 1 && (entry & LARGE) != 0)
		return (struct radix_entry){
			.kind = RADIX_PAGE,
			.pa = (entry & 0xffc00000u) | (entry >> 13 & 0xff) << 32,
			.page_shift = 22,
		};
	return (struct radix_entry){
		.kind = level == 0 ? RADIX_PAGE : RADIX_TABLE,
		.pa = entry & 0xfffff000u,
		.page_shift = 12,
	};
}

static const struct error *
walk(const struct memory *phys, const struct arch_paging *p, uint64_t va, struct arch_mapping *out)
{
	static const struct radix plain = { 12, 10, 10, 2, 4, entry32, 0 };
	static const struct radix pae = { 12, 9, 2, 3, 8, x86_entry, 0 };

	if (va >> 32 != 0)
		return &arch_not_canonical;
	return radix_walk(phys, p->levels == 3 ? &pae : &plain, p, va, out);
}

const struct arch arch_i386 = {
	.name = "i386",
	.machines = machines,
	.elf_machine = EM_386,
	.word_len = 4,
	.va_bits_default = 32,
	.little_endian = true,
	.ip = "eip",
	.sp = "esp",
	.fp = "ebp",
	.prstatus_len = 144,
	.prstatus_pid_off = 24,
	.prstatus_reg_off = 72,
	.prstatus = prstatus,
	.qemu_note = qemu_note,
	.walk = walk,
	.capstone_arch = CS_ARCH_X86,
	.capstone_mode = CS_MODE_32,
};
