/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "arch/arch.h"

#include <capstone/capstone.h>
#include <elf.h>

static const char *const machines[] = { "s390x", NULL };

static const struct arch_reg prstatus[] = {
	{ "psw_mask", 0, 8 }, { "psw_addr", 8, 8 }, { "gpr0", 16, 8 },       { "gpr1", 24, 8 },
	{ "gpr2", 32, 8 },    { "gpr3", 40, 8 },    { "gpr4", 48, 8 },       { "gpr5", 56, 8 },
	{ "gpr6", 64, 8 },    { "gpr7", 72, 8 },    { "gpr8", 80, 8 },       { "gpr9", 88, 8 },
	{ "gpr10", 96, 8 },   { "gpr11", 104, 8 },  { "gpr12", 112, 8 },     { "gpr13", 120, 8 },
	{ "gpr14", 128, 8 },  { "gpr15", 136, 8 },  { "acr0", 144, 4 },      { "acr1", 148, 4 },
	{ "acr2", 152, 4 },   { "acr3", 156, 4 },   { "acr4", 160, 4 },      { "acr5", 164, 4 },
	{ "acr6", 168, 4 },   { "acr7", 172, 4 },   { "acr8", 176, 4 },      { "acr9", 180, 4 },
	{ "acr10", 184, 4 },  { "acr11", 188, 4 },  { "acr12", 192, 4 },     { "acr13", 196, 4 },
	{ "acr14", 200, 4 },  { "acr15", 204, 4 },  { "orig_gpr2", 208, 8 }, { NULL, 0, 0 },
};

const struct arch arch_s390x = {
	.name = "s390x",
	.machines = machines,
	.elf_machine = EM_S390,
	.word_len = 8,
	.va_bits_default = 0,
	.big_endian = true,
	.ip = "psw_addr",
	.sp = "gpr15",
	.prstatus_len = 336,
	.prstatus_pid_off = 32,
	.prstatus_reg_off = 112,
	.prstatus = prstatus,
	.capstone_arch = CS_ARCH_SYSZ,
	.capstone_mode = CS_MODE_BIG_ENDIAN,
};
