/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "arch/x86.h"

enum {
	PRESENT = 1 << 0,
	LARGE = 1 << 7,  /* in the tables above the last: the entry maps a page */
	GLOBAL = 1 << 8, /* without PRESENT, Linux means "mapped, but nobody may touch it" */
};

static const uint64_t address_bits = UINT64_C(0x000ffffffffff000);

/*
 * Since v4.19 (Linux commit 6b28baca9b1f, L1TF) the address in an entry that is not present
 * is inverted. No machine has memory at the top of the 52-bit space, so the upper bits tell
 * which kernel wrote it.
 */
static uint64_t
not_present_address(uint64_t entry)
{
	uint64_t top = UINT64_C(0x000fc00000000000);

	return (entry & top) == top ? ~entry & address_bits : entry & address_bits;
}

struct radix_entry
x86_entry(const struct arch_paging *p, uint64_t entry, unsigned level)
{
	bool maps_page = level == 0 || (entry & LARGE) != 0;
	struct radix_entry d = { .page_shift = (uint8_t)(12 + 9 * level) };

	if ((entry & PRESENT) != 0)
		d.pa = entry & address_bits;
	else if (maps_page && (entry & GLOBAL) != 0)
		d.pa = not_present_address(entry);
	else
		return d;
	d.pa &= ~p->pte_mask;
	if (!maps_page)
		d.kind = RADIX_TABLE;
	else
		d.kind = level <= 2 ? RADIX_PAGE : RADIX_RESERVED;
	return d;
}

/*
 * QEMU's target/i386/arch_dump.c, struct QEMUX86CPUState; the same for both processors:
 * version, length, 18 registers, 10 segments of 24 bytes, cr0 to cr4, and since version 1 of
 * the longer form kernel_gs_base.
 */
enum {
	NOTE_VERSION = 1,
	NOTE_REGS = 8,
	NOTE_SEGMENTS = NOTE_REGS + 18 * 8,
	NOTE_CR = NOTE_SEGMENTS + 10 * 24,
	NOTE_KERNEL_GS = NOTE_CR + 5 * 8,
};

struct note_reg {
	uint16_t off;
	uint8_t len;
	const char *name64;
	const char *name32; /* NULL: not a register of the 32-bit processor */
};

#define SEGMENT(n) (NOTE_SEGMENTS + (n)*24)
#define BASE(n) (SEGMENT(n) + 16)

static const struct note_reg note_regs[] = {
	{ NOTE_REGS + 0 * 8, 8, "rax", "eax" },
	{ NOTE_REGS + 1 * 8, 8, "rbx", "ebx" },
	{ NOTE_REGS + 2 * 8, 8, "rcx", "ecx" },
	{ NOTE_REGS + 3 * 8, 8, "rdx", "edx" },
	{ NOTE_REGS + 4 * 8, 8, "rsi", "esi" },
	{ NOTE_REGS + 5 * 8, 8, "rdi", "edi" },
	{ NOTE_REGS + 6 * 8, 8, "rsp", "esp" },
	{ NOTE_REGS + 7 * 8, 8, "rbp", "ebp" },
	{ NOTE_REGS + 8 * 8, 8, "r8", NULL },
	{ NOTE_REGS + 9 * 8, 8, "r9", NULL },
	{ NOTE_REGS + 10 * 8, 8, "r10", NULL },
	{ NOTE_REGS + 11 * 8, 8, "r11", NULL },
	{ NOTE_REGS + 12 * 8, 8, "r12", NULL },
	{ NOTE_REGS + 13 * 8, 8, "r13", NULL },
	{ NOTE_REGS + 14 * 8, 8, "r14", NULL },
	{ NOTE_REGS + 15 * 8, 8, "r15", NULL },
	{ NOTE_REGS + 16 * 8, 8, "rip", "eip" },
	{ NOTE_REGS + 17 * 8, 8, "rflags", "eflags" },
	{ SEGMENT(0), 4, "cs", "cs" },
	{ SEGMENT(1), 4, "ds", "ds" },
	{ SEGMENT(2), 4, "es", "es" },
	{ SEGMENT(3), 4, "fs", "fs" },
	{ SEGMENT(4), 4, "gs", "gs" },
	{ SEGMENT(5), 4, "ss", "ss" },
	{ SEGMENT(6), 4, "ldtr", "ldtr" },
	{ SEGMENT(7), 4, "tr", "tr" },
	{ BASE(3), 8, "fs_base", "fs_base" },
	{ BASE(4), 8, "gs_base", "gs_base" },
	{ BASE(6), 8, "ldt_base", "ldt_base" },
	{ BASE(7), 8, "tr_base", "tr_base" },
	{ BASE(8), 8, "gdt_base", "gdt_base" },
	{ BASE(9), 8, "idt_base", "idt_base" },
	{ NOTE_CR + 0 * 8, 8, "cr0", "cr0" },
	{ NOTE_CR + 2 * 8, 8, "cr2", "cr2" },
	{ NOTE_CR + 3 * 8, 8, "cr3", "cr3" },
	{ NOTE_CR + 4 * 8, 8, "cr4", "cr4" },
	{ NOTE_KERNEL_GS, 8, "kernel_gs_base", NULL },
};

static bool
is_note(struct bytes desc, enum byte_order order)
{
	return desc.len >= NOTE_KERNEL_GS && bytes_u32(desc.p, order) == NOTE_VERSION &&
	       bytes_u32(desc.p + 4, order) >= NOTE_KERNEL_GS &&
	       bytes_u32(desc.p + 4, order) <= desc.len;
}

static uint64_t
note_value(struct bytes desc, enum byte_order order, const struct note_reg *reg)
{
	return reg->len == 4 ? bytes_u32(desc.p + reg->off, order)
			     : bytes_u64(desc.p + reg->off, order);
}

bool
x86_qemu_note(struct bytes desc, enum byte_order order, bool is_64, struct regs *r)
{
	if (!is_note(desc, order))
		return false;
	r->count = 0;
	for (size_t i = 0; i < ARRAY_LEN(note_regs); i++) {
		const struct note_reg *reg = &note_regs[i];
		const char *name = is_64 ? reg->name64 : reg->name32;

		if (name != NULL && (size_t)reg->off + reg->len <= desc.len)
			(void)regs_put(r, name, note_value(desc, order, reg));
	}
	return true;
}
