/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "arch/radix.h"

#include <capstone/capstone.h>
#include <elf.h>

static const char *const machines[] = { "aarch64", "aarch64_be", NULL };

static const struct arch_reg prstatus[] = {
	{ "x0", 0, 8 },    { "x1", 8, 8 },       { "x2", 16, 8 },   { "x3", 24, 8 },
	{ "x4", 32, 8 },   { "x5", 40, 8 },      { "x6", 48, 8 },   { "x7", 56, 8 },
	{ "x8", 64, 8 },   { "x9", 72, 8 },      { "x10", 80, 8 },  { "x11", 88, 8 },
	{ "x12", 96, 8 },  { "x13", 104, 8 },    { "x14", 112, 8 }, { "x15", 120, 8 },
	{ "x16", 128, 8 }, { "x17", 136, 8 },    { "x18", 144, 8 }, { "x19", 152, 8 },
	{ "x20", 160, 8 }, { "x21", 168, 8 },    { "x22", 176, 8 }, { "x23", 184, 8 },
	{ "x24", 192, 8 }, { "x25", 200, 8 },    { "x26", 208, 8 }, { "x27", 216, 8 },
	{ "x28", 224, 8 }, { "x29", 232, 8 },    { "x30", 240, 8 }, { "sp", 248, 8 },
	{ "pc", 256, 8 },  { "pstate", 264, 8 }, { NULL, 0, 0 },
};

enum {
	VALID = 1 << 0,
	TABLE = 1 << 1, /* in the last table: a page */
};

/*
 * The physical address in an entry. Bits 48 and up stand where older processors had
 * attributes: in bits 15:12 with 64 KiB pages (LPA), in 9:8 with others where virtual
 * addresses have more than 48 bits (LPA2).
 */
static uint64_t
address_of(const struct arch_paging *p, uint64_t entry)
{
	uint64_t low = ~UINT64_C(0) << p->page_shift;

	if (p->page_shift == 16)
		return (entry & UINT64_C(0x0000ffffffffffff) & low) | (entry >> 12 & 0xf) << 48;
	if (p->va_bits > 48)
		return (entry & UINT64_C(0x0003ffffffffffff) & low) | (entry >> 8 & 3) << 50;
	return entry & UINT64_C(0x0000ffffffffffff) & low;
}

static struct radix_entry
entry(const struct arch_paging *p, uint64_t e, unsigned level)
{
	unsigned index_bits = p->page_shift - 3u;
	struct radix_entry d = { .page_shift = (uint8_t)(p->page_shift + level * index_bits) };

	if ((e & VALID) == 0)
		return d;
	d.pa = address_of(p, e & ~p->pte_mask);
	if ((e & TABLE) != 0)
		d.kind = level == 0 ? RADIX_PAGE : RADIX_TABLE;
	else
		d.kind = level == 0 || d.page_shift > 42 ? RADIX_RESERVED : RADIX_PAGE;
	return d;
}

static const struct error unknown_layout = {
	ERROR_UNSUPPORTED, "page tables of this page and address length are not known", NULL
};

/* Kernel addresses, which have all bits above va_bits set. Bits 63 to 56 may hold a tag. */
static const struct error *
walk(const struct memory *phys, const struct arch_paging *p, uint64_t va, struct arch_mapping *out)
{
	uint64_t untagged = (uint64_t)((int64_t)(va << 8) >> 8);

	if (p->page_shift < 12 || p->page_shift > 16 || p->va_bits < 36 || p->va_bits > 52)
		return &unknown_layout;
	if ((int64_t)untagged >> p->va_bits != -1)
		return &arch_not_canonical;

	struct radix t = { .page_shift = p->page_shift, .entry_len = 8, .entry = entry };
	unsigned index_all = (unsigned)p->va_bits - p->page_shift; /* bits of all levels */

	t.index_bits = (uint8_t)(p->page_shift - 3);
	t.levels = (uint8_t)((index_all + t.index_bits - 1) / t.index_bits);
	t.top_bits = (uint8_t)(index_all - (t.levels - 1u) * t.index_bits);
	return radix_walk(phys, &t, p, va, out);
}

const struct arch arch_arm64 = {
	.name = "arm64",
	.machines = machines,
	.elf_machine = EM_AARCH64,
	.word_len = 8,
	.va_bits_default = 48,
	.big_endian = true,
	.little_endian = true,
	.ip = "pc",
	.sp = "sp",
	.fp = "x29",
	.prstatus_len = 392,
	.prstatus_pid_off = 32,
	.prstatus_reg_off = 112,
	.prstatus = prstatus,
	.walk = walk,
	.capstone_arch = CS_ARCH_ARM64,
	.capstone_mode = CS_MODE_LITTLE_ENDIAN,
};
