/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "arch/radix.h"

#include <capstone/capstone.h>
#include <elf.h>

static const char *const machines[] = { "arm", "armv*", NULL };

static const struct arch_reg prstatus[] = {
	{ "r0", 0, 4 },   { "r1", 4, 4 },    { "r2", 8, 4 },       { "r3", 12, 4 }, { "r4", 16, 4 },
	{ "r5", 20, 4 },  { "r6", 24, 4 },   { "r7", 28, 4 },      { "r8", 32, 4 }, { "r9", 36, 4 },
	{ "r10", 40, 4 }, { "fp", 44, 4 },   { "ip", 48, 4 },      { "sp", 52, 4 }, { "lr", 56, 4 },
	{ "pc", 60, 4 },  { "cpsr", 64, 4 }, { "orig_r0", 68, 4 }, { NULL, 0, 0 },
};

enum {
	SECTION = 1 << 1,      /* of the first table: it maps memory; with bit 0, not executable */
	SUPERSECTION = 1 << 18 /* 16 MiB instead of 1 */
};

/* The short descriptors of the ARM Architecture Reference Manual (ARMv7, B3.5). */
static struct radix_entry
short_entry(const struct arch_paging *p, uint64_t e, unsigned level)
{
	struct radix_entry d = { .kind = RADIX_PAGE, .pa = e };

	(void)p;
	if ((e & 3) == 0) {
		d.kind = RADIX_ABSENT;
	} else if (level == 0) {
		d.page_shift = (e & SECTION) != 0 ? 12 : 16;
	} else if ((e & SECTION) == 0) {
		d.kind = RADIX_TABLE;
		d.pa = e & ~UINT64_C(0x3ff);
	} else if ((e & SUPERSECTION) != 0) {
		d.page_shift = 24;
		d.pa = (e & 0xff000000) | (e >> 20 & 0xf) << 32 | (e >> 5 & 0xf) << 36;
	} else {
		d.page_shift = 20;
	}
	return d;
}

/* The long ones of LPAE (B3.6), which are those of arm64 with 40 bits of address. */
static struct radix_entry
long_entry(const struct arch_paging *p, uint64_t e, unsigned level)
{
	struct radix_entry d = { .page_shift = (uint8_t)(12 + 9 * level) };

	(void)p;
	if ((e & 1) == 0)
		return d;
	d.pa = e & UINT64_C(0xfffffff000);
	if ((e & 2) != 0)
		d.kind = level == 0 ? RADIX_PAGE : RADIX_TABLE;
	else
		d.kind = level == 0 ? RADIX_RESERVED : RADIX_PAGE;
	return d;
}

static const struct error *
walk(const struct memory *phys, const struct arch_paging *p, uint64_t va, struct arch_mapping *out)
{
	static const struct radix short_table = { 12, 8, 12, 2, 4, short_entry, 0 };
	static const struct radix long_table = { 12, 9, 2, 3, 8, long_entry, 0 };

	if (va > UINT32_MAX)
		return &arch_not_canonical;
	return radix_walk(phys, p->levels == 3 ? &long_table : &short_table, p, va, out);
}

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
	.walk = walk,
	.capstone_arch = CS_ARCH_ARM,
	.capstone_mode = CS_MODE_ARM,
};
