/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "arch/radix.h"

#include <capstone/capstone.h>
#include <elf.h>

static const char *const machines[] = { "riscv64", NULL };

static const struct arch_reg prstatus[] = {
	{ "pc", 0, 8 },   { "ra", 8, 8 },    { "sp", 16, 8 },   { "gp", 24, 8 },  { "tp", 32, 8 },
	{ "t0", 40, 8 },  { "t1", 48, 8 },   { "t2", 56, 8 },   { "s0", 64, 8 },  { "s1", 72, 8 },
	{ "a0", 80, 8 },  { "a1", 88, 8 },   { "a2", 96, 8 },   { "a3", 104, 8 }, { "a4", 112, 8 },
	{ "a5", 120, 8 }, { "a6", 128, 8 },  { "a7", 136, 8 },  { "s2", 144, 8 }, { "s3", 152, 8 },
	{ "s4", 160, 8 }, { "s5", 168, 8 },  { "s6", 176, 8 },  { "s7", 184, 8 }, { "s8", 192, 8 },
	{ "s9", 200, 8 }, { "s10", 208, 8 }, { "s11", 216, 8 }, { "t3", 224, 8 }, { "t4", 232, 8 },
	{ "t5", 240, 8 }, { "t6", 248, 8 },  { NULL, 0, 0 },
};

/* Of capstone 5, under names of our own because the headers of capstone 4 lack them; its
 * library answers that it cannot. */
enum {
	CAPSTONE_RISCV = 15,
	CAPSTONE_RISCV64 = 1 << 1 | 1 << 2, /* with compressed instructions */
};

enum {
	VALID = 1 << 0,
	RWX = 7 << 1, /* any of them: the entry maps a page */
};

/* Svnapot: 16 entries with this bit and 8 in the low address bits map 64 KiB together. */
static const uint64_t napot = UINT64_C(1) << 63;

static struct radix_entry
entry(const struct arch_paging *p, uint64_t e, unsigned level)
{
	uint64_t pfn = (e & ~p->pte_mask) >> 10 & UINT64_C(0xfffffffffff);
	struct radix_entry d = { .pa = pfn << 12, .page_shift = (uint8_t)(12 + 9 * level) };

	if ((e & VALID) == 0)
		return d;
	d.kind = (e & RWX) != 0 ? RADIX_PAGE : RADIX_TABLE;
	if (d.kind == RADIX_PAGE && level == 0 && (e & napot) != 0 && (pfn & 0xf) == 8)
		d.page_shift = 16;
	return d;
}

/* Sv39, Sv48, Sv57. */
static const struct error *
walk(const struct memory *phys, const struct arch_paging *p, uint64_t va, struct arch_mapping *out)
{
	static const struct radix sv39 = { 12, 9, 9, 3, 8, entry, 0 };
	static const struct radix sv48 = { 12, 9, 9, 4, 8, entry, 0 };
	static const struct radix sv57 = { 12, 9, 9, 5, 8, entry, 0 };
	const struct radix *t = p->va_bits == 57 ? &sv57 : p->va_bits == 48 ? &sv48 : &sv39;

	if (!radix_is_canonical(va, (uint8_t)(t->page_shift + t->levels * t->index_bits)))
		return &arch_not_canonical;
	return radix_walk(phys, t, p, va, out);
}

const struct arch arch_riscv64 = {
	.name = "riscv64",
	.machines = machines,
	.elf_machine = EM_RISCV,
	.word_len = 8,
	.va_bits_default = 39,
	.little_endian = true,
	.ip = "pc",
	.sp = "sp",
	.fp = "s0",
	.prstatus_len = 376,
	.prstatus_pid_off = 32,
	.prstatus_reg_off = 112,
	.prstatus = prstatus,
	.walk = walk,
	.capstone_arch = CAPSTONE_RISCV,
	.capstone_mode = CAPSTONE_RISCV64,
};
