/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * orc.h - the kernel's ORC tables: for every instruction, where its caller's frame is.
 *
 * x86_64 kernels built with UNWINDER_ORC have them (4.14 and later): two parallel arrays in
 * read-only data, one of sorted addresses relative to their own places, one of entries of six
 * bytes; modules bring their own. Four formats exist, which this reads as one. Which it is
 * stands in a header since 6.3.10; before, the entries themselves tell.
 */
#ifndef KERNEL_ORC_H
#define KERNEL_ORC_H

#include "kernel/modules.h"

enum orc_reg {
	ORC_REG_UNDEFINED,
	ORC_REG_PREV_SP, /* the caller's stack pointer, once it is known */
	ORC_REG_DX,
	ORC_REG_DI,
	ORC_REG_BP,
	ORC_REG_SP,
	ORC_REG_R10,
	ORC_REG_R13,
	ORC_REG_BP_INDIRECT, /* what memory holds at bp + offset */
	ORC_REG_SP_INDIRECT, /* what memory holds at sp, plus offset */
	ORC_REG_BAD,
};

enum orc_type {
	ORC_TYPE_UNDEFINED, /* the compiler or the programmer could not tell */
	ORC_TYPE_END,       /* there is no caller */
	ORC_TYPE_CALL,
	ORC_TYPE_REGS,         /* a whole pt_regs is on the stack */
	ORC_TYPE_REGS_PARTIAL, /* the five words that an exception pushes */
	ORC_TYPE_BAD,
};

struct orc_entry {
	int16_t sp_off;
	int16_t bp_off;
	enum orc_reg sp_reg;
	enum orc_reg bp_reg;
	enum orc_type type;
	bool signal; /* the frame it leads to was interrupted: its pc is no return address */
};

struct orc;

/* ERROR_ABSENT if the kernel has none. modules may be NULL; it is borrowed. */
const struct error *orc_open(struct kernel *k, const struct modules *modules,
			     struct orc **out) MUST_CHECK;

/* The entry for the instruction that pc is in; false if there is none. */
bool orc_find(struct orc *o, uint64_t pc, struct orc_entry *out);

/* 1 to 4. */
unsigned int orc_version(const struct orc *o);

/* An entry as the tables of that version have it. */
struct orc_entry orc_decode(const uint8_t raw[6], unsigned int version, enum byte_order order);

#endif
