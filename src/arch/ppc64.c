/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "arch/arch.h"

#include <capstone/capstone.h>
#include <elf.h>

static const char *const machines[] = { "ppc64", "ppc64le", NULL };

static const struct arch_reg prstatus[] = {
	{ "gpr0", 0, 8 },    { "gpr1", 8, 8 },    { "gpr2", 16, 8 },       { "gpr3", 24, 8 },
	{ "gpr4", 32, 8 },   { "gpr5", 40, 8 },   { "gpr6", 48, 8 },       { "gpr7", 56, 8 },
	{ "gpr8", 64, 8 },   { "gpr9", 72, 8 },   { "gpr10", 80, 8 },      { "gpr11", 88, 8 },
	{ "gpr12", 96, 8 },  { "gpr13", 104, 8 }, { "gpr14", 112, 8 },     { "gpr15", 120, 8 },
	{ "gpr16", 128, 8 }, { "gpr17", 136, 8 }, { "gpr18", 144, 8 },     { "gpr19", 152, 8 },
	{ "gpr20", 160, 8 }, { "gpr21", 168, 8 }, { "gpr22", 176, 8 },     { "gpr23", 184, 8 },
	{ "gpr24", 192, 8 }, { "gpr25", 200, 8 }, { "gpr26", 208, 8 },     { "gpr27", 216, 8 },
	{ "gpr28", 224, 8 }, { "gpr29", 232, 8 }, { "gpr30", 240, 8 },     { "gpr31", 248, 8 },
	{ "nip", 256, 8 },   { "msr", 264, 8 },   { "orig_gpr3", 272, 8 }, { "ctr", 280, 8 },
	{ "lr", 288, 8 },    { "xer", 296, 8 },   { "ccr", 304, 8 },       { "softe", 312, 8 },
	{ "trap", 320, 8 },  { "dar", 328, 8 },   { "dsisr", 336, 8 },     { "result", 344, 8 },
	{ NULL, 0, 0 },
};

const struct arch arch_ppc64 = {
	.name = "ppc64",
	.machines = machines,
	.elf_machine = EM_PPC64,
	.word_len = 8,
	.va_bits_default = 0,
	.big_endian = true,
	.little_endian = true,
	.ip = "nip",
	.sp = "gpr1",
	.prstatus_len = 504,
	.prstatus_pid_off = 32,
	.prstatus_reg_off = 112,
	.prstatus = prstatus,
	.capstone_arch = CS_ARCH_PPC,
	.capstone_mode = CS_MODE_64,
};
