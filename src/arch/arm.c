/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "arch/arch.h"

#include <capstone/capstone.h>
#include <elf.h>

static const char *const machines[] = { "arm", "armv*", NULL };

static const struct arch_reg prstatus[] = {
	{ "r0", 0, 4 },   { "r1", 4, 4 },    { "r2", 8, 4 },       { "r3", 12, 4 }, { "r4", 16, 4 },
	{ "r5", 20, 4 },  { "r6", 24, 4 },   { "r7", 28, 4 },      { "r8", 32, 4 }, { "r9", 36, 4 },
	{ "r10", 40, 4 }, { "fp", 44, 4 },   { "ip", 48, 4 },      { "sp", 52, 4 }, { "lr", 56, 4 },
	{ "pc", 60, 4 },  { "cpsr", 64, 4 }, { "orig_r0", 68, 4 }, { NULL, 0, 0 },
};

const struct arch arch_arm = {
	.name = "arm",
	.machines = machines,
	.elf_machine = EM_ARM,
	.word_len = 4,
	.va_bits_default = 32,
	.big_endian = true,
	.little_endian = true,
	.ip = "pc",
	.sp = "sp",
	.fp = "fp",
	.prstatus_len = 148,
	.prstatus_pid_off = 24,
	.prstatus_reg_off = 72,
	.prstatus = prstatus,
	.capstone_arch = CS_ARCH_ARM,
	.capstone_mode = CS_MODE_ARM,
};
