/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "arch/radix.h"

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

enum {
	INVALID = 1 << 5, /* of a region or segment table entry */
	LARGE = 1 << 10,  /* of those: it maps a page of 2 GiB or 1 MiB; below: not valid */
};

/* z/Architecture Principles of Operation, "Dynamic Address Translation". */
static struct radix_entry
entry(const struct arch_paging *p, uint64_t e, unsigned level)
{
	static const uint8_t shift[] = { 12, 20, 31 };
	struct radix_entry d = { .pa = e & ~UINT64_C(0xfff) };

	(void)p;
	if ((e & (level == 0 ? LARGE : INVALID)) != 0)
		return d;
	d.kind = level == 0 || (level <= 2 && (e & LARGE) != 0) ? RADIX_PAGE : RADIX_TABLE;
	if (d.kind == RADIX_PAGE)
		d.page_shift = shift[level];
	else if (level == 1)
		d.pa = e & ~UINT64_C(0x7ff); /* page tables are half a page long */
	return d;
}

/* Two to five levels: segments, and the third to the first region. */
static const struct error *
walk(const struct memory *phys, const struct arch_paging *p, uint64_t va, struct arch_mapping *out)
{
	struct radix t = { .page_shift = 12, .index_bits = 11, .top_bits = 11, .last_bits = 8 };
	unsigned bits = 0;

	t.levels = p->levels;
	t.entry_len = 8;
	t.entry = entry;
	if (p->levels < 2 || p->levels > 5)
		return &arch_not_mapped;
	bits = 20 + 11u * (p->levels - 1u);
	if (bits < 64 && va >> bits != 0)
		return &arch_not_canonical;
	return radix_walk(phys, &t, p, va, out);
}

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
	.walk = walk,
	.capstone_arch = CS_ARCH_SYSZ,
	.capstone_mode = CS_MODE_BIG_ENDIAN,
};
