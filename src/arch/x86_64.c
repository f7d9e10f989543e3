/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "arch/x86.h"

#include <capstone/capstone.h>
#include <elf.h>

static const char *const machines[] = { "x86_64", "amd64", NULL };

static const struct arch_reg prstatus[] = {
	{ "r15", 0, 8 },   { "r14", 8, 8 },       { "r13", 16, 8 },      { "r12", 24, 8 },
	{ "rbp", 32, 8 },  { "rbx", 40, 8 },      { "r11", 48, 8 },      { "r10", 56, 8 },
	{ "r9", 64, 8 },   { "r8", 72, 8 },       { "rax", 80, 8 },      { "rcx", 88, 8 },
	{ "rdx", 96, 8 },  { "rsi", 104, 8 },     { "rdi", 112, 8 },     { "orig_rax", 120, 8 },
	{ "rip", 128, 8 }, { "cs", 136, 8 },      { "rflags", 144, 8 },  { "rsp", 152, 8 },
	{ "ss", 160, 8 },  { "fs_base", 168, 8 }, { "gs_base", 176, 8 }, { "ds", 184, 8 },
	{ "es", 192, 8 },  { "fs", 200, 8 },      { "gs", 208, 8 },      { NULL, 0, 0 },
};

static bool
qemu_note(struct bytes desc, enum byte_order order, struct regs *r)
{
	return x86_qemu_note(desc, order, true, r);
}

static const struct error *
walk(const struct memory *phys, const struct arch_paging *p, uint64_t va, struct arch_mapping *out)
{
	static const struct radix levels4 = { 12, 9, 9, 4, 8, x86_entry, 0 };
	static const struct radix levels5 = { 12, 9, 9, 5, 8, x86_entry, 0 };
	bool is_five = p->levels == 5;

	if (!radix_is_canonical(va, is_five ? 57 : 48))
		return &arch_not_canonical;
	return radix_walk(phys, is_five ? &levels5 : &levels4, p, va, out);
}

const struct arch arch_x86_64 = {
	.name = "x86_64",
	.machines = machines,
	.elf_machine = EM_X86_64,
	.word_len = 8,
	.va_bits_default = 48,
	.little_endian = true,
	.ip = "rip",
	.sp = "rsp",
	.fp = "rbp",
	.prstatus_len = 336,
	.prstatus_pid_off = 32,
	.prstatus_reg_off = 112,
	.prstatus = prstatus,
	.qemu_note = qemu_note,
	.walk = walk,
	.capstone_arch = CS_ARCH_X86,
	.capstone_mode = CS_MODE_64,
};
