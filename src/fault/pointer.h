/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pointer.h - what kind of value an address is.
 *
 * A bad pointer mostly tells how it became bad: NULL plus the offset of a member, an error
 * number that nobody checked, the poison of freed memory, text that was copied over it. Only
 * the value is looked at, and what is known of the machine's layout; memory is not.
 */
#ifndef FAULT_POINTER_H
#define FAULT_POINTER_H

#include "arch/arch.h"

/* In the order of precedence: a value that fits several is the first. */
enum pointer_class {
	POINTER_NULL,
	POINTER_NULL_OFFSET,
	POINTER_ERR_PTR,
	POINTER_LIST_POISON,
	POINTER_SLAB_POISON,
	POINTER_SLAB_UNINITIALISED,
	POINTER_REDZONE,
	POINTER_PAGE_POISON,
	POINTER_KASAN_SHADOW,
	POINTER_ASCII,
	POINTER_SMALL_INTEGERS,
	POINTER_BIT_FLIP,
	POINTER_USER,
	POINTER_NON_CANONICAL,
	POINTER_STACK,
	POINTER_PER_CPU,
	POINTER_DIRECT_MAP,
	POINTER_VMALLOC,
	POINTER_MODULE,
	POINTER_TEXT,
	POINTER_FIXMAP,
	POINTER_UNKNOWN,
	POINTER_CLASS_COUNT,
};

/* A part of the address space. */
struct pointer_range {
	uint64_t first, last;
	enum pointer_class class; /* POINTER_STACK and later */
	const char *name;         /* in words: "the stack of the task"; NULL: the class says it */
};

/* What is known of the crashed machine. */
struct pointer_context {
	const struct arch *arch;
	const struct pointer_range *range; /* of this very kernel, the most special first */
	size_t range_count;
	uint8_t va_bits; /* of a virtual address: 48, 57 ...; 0: what is usual */
	bool has_kasan;  /* the kernel was built with KASAN: its shadow is a likely meaning */
	bool is_shadow;  /* the address was formed with KASAN's offset: it is of the shadow */
};

struct pointer {
	enum pointer_class class;
	const char *text;  /* the value in words: "-ENOMEM as a pointer"; arena or static. Never
			      the text that an ASCII value holds */
	const char *ascii; /* that text, dots for what is not printable, or NULL */
	uint64_t original; /* the address that a KASAN shadow address stands for; with
			      has_original */
	bool has_original;
};

/* "null_offset" */
const char *pointer_class_name(enum pointer_class class);

/* A class that tells how the pointer became bad, rather than where it points. */
bool pointer_is_bad(enum pointer_class class);

struct pointer pointer_classify(const struct pointer_context *c, uint64_t va, struct arena *a);

/* Whether no page table of such a machine can map it. */
bool pointer_is_canonical(const struct pointer_context *c, uint64_t va);

/* Bits of virtual addresses, if the registers tell: x86's cr4, or kernel addresses that need
 * more than the usual. 0 if they do not. */
uint8_t pointer_va_bits(const struct arch *arch, const struct regs *r);

enum {
	POINTER_RANGES_MAX = 12,
};

/* Ranges that the registers give away: the stack that sp is on, the per-CPU area of x86's
 * gs, and round them what the kernel puts beside them. Returns their count. Of c, arch,
 * va_bits and has_kasan are used. */
size_t pointer_ranges_of_registers(const struct pointer_context *c, const struct regs *r,
				   struct pointer_range range[POINTER_RANGES_MAX]);

/* Whether the value is what KASAN adds to an address to find its shadow. */
bool pointer_is_kasan_offset(const struct arch *arch, uint64_t value);

#endif
