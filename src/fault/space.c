/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * layout.c - sources: Linux Documentation/arch/x86/x86_64/mm.rst and arm64/memory.rst, Kconfig of
 * each architecture (ILLEGAL_POINTER_VALUE, KASAN_SHADOW_OFFSET).
 *
 * x86_64 places direct map, vmalloc and vmemmap anew at each boot (CONFIG_RANDOMIZE_MEMORY),
 * so they are not here. Its modules begin 1 GiB behind the image where KASLR is configured
 * (v3.14 and later, every distribution), else 512 MiB; the former is taken.
 */
#include "fault/space.h"

#include <string.h>

static const struct pointer_range x86_64_ranges[] = {
	{ 0xffffffff80000000, 0xffffffffbfffffff, POINTER_TEXT, "the kernel image" },
	{ 0xffffffffc0000000, 0xfffffffffeffffff, POINTER_MODULE, "module space" },
	{ 0xffffffffff000000, 0xffffffffffdfffff, POINTER_FIXMAP, NULL },
	{ 0xfffffe0000000000, 0xfffffe7fffffffff, POINTER_FIXMAP,
	  "the CPU entry area: exception stacks and descriptor tables" },
	{ 0xffffff0000000000, 0xffffff7fffffffff, POINTER_UNKNOWN, "the stacks for iret (espfix)" },
	{ 0xffffffef00000000, 0xfffffffeffffffff, POINTER_UNKNOWN, "the EFI runtime mapping" },
	{ 0xffff880000000000, 0xffff887fffffffff, POINTER_UNKNOWN,
	  "the LDT mapping, or before v4.20 the direct map" },
	{ 0, 0, POINTER_UNKNOWN, NULL },
};

/* Of v6.5 and later with addresses of 48 bits; the lower half is the same since v5.4. Before,
 * the halves were the other way round, which the stack pointer tells. */
static const struct pointer_range arm64_ranges[] = {
	{ 0xfffffc0000000000, 0xfffffdffffffffff, POINTER_UNKNOWN, "the array of struct page" },
	{ 0, 0, POINTER_UNKNOWN, NULL },
};

static const struct pointer_range ppc64_ranges[] = {
	{ 0xc000000000000000, 0xc007ffffffffffff, POINTER_DIRECT_MAP, NULL },
	{ 0, 0, POINTER_UNKNOWN, NULL },
};

static const struct pointer_range i386_ranges[] = {
	{ 0xfffa0000, 0xffffefff, POINTER_FIXMAP, NULL },
	{ 0, 0, POINTER_UNKNOWN, NULL },
};

static const struct space spaces[] = {
	{
		.arch = "x86_64",
		.poison_delta = 0xdead000000000000,
		.user_end = 0x0000800000000000,
		.va_bits = 48,
		.sign_bits = 1,
		.stack_len = 16384,
		.kasan_offset = { 0xdffffc0000000000 },
		.range = x86_64_ranges,
	},
	{
		.arch = "i386",
		.user_end = 0xc0000000, /* VMSPLIT_3G, what distributions use */
		.stack_len = 8192,
		.range = i386_ranges,
	},
	{
		.arch = "arm64",
		.poison_delta = 0xdead000000000000,
		.user_end = 0x0001000000000000,
		.va_bits = 48,
		.stack_len = 16384,
		.kasan_offset = { 0xdfff800000000000, 0xdfff200000000000, 0xdfffffd000000000 },
		.range = arm64_ranges,
	},
	{
		.arch = "arm",
		.user_end = 0xbf000000, /* modules are below PAGE_OFFSET */
		.stack_len = 8192,
	},
	{
		.arch = "ppc64",
		.poison_delta = 0x5deadbeef0000000,
		.user_end = 0x0010000000000000,
		.stack_len = 16384,
		.kasan_offset = { 0xa80e000000000000 },
		.range = ppc64_ranges,
	},
	{
		.arch = "s390x", /* user space has an address space of its own */
		.poison_delta = 0xdead000000000000,
		.stack_len = 16384,
	},
	{
		.arch = "riscv64",
		.poison_delta = 0xdead000000000000,
		.user_end = 0x0000004000000000, /* sv39; with more levels it is farther up */
		.sign_bits = 1,
		.stack_len = 16384,
		.kasan_offset = { 0xdfffffff00000000 },
	},
};

const struct space *
space_find(const struct arch *arch)
{
	for (size_t i = 0; i < ARRAY_LEN(spaces); i++) {
		if (strcmp(spaces[i].arch, arch->name) == 0)
			return &spaces[i];
	}
	return NULL;
}
