/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * entry.h - what a function was called with, by what debug files say of the calls.
 *
 * A function may have lost an argument that its caller still knows: the call passed a number, the
 * address of a variable, or the value of a register that functions keep, which is on the stack.
 * The debug file tells how (DWARF 5, 3.4.1 "Call Site Entries", and 6.4 for saved registers); here
 * it is worked out with the registers of the fault and the stack in the dump.
 *
 * Levels are frames: 0 the faulting function, 1 its caller, and so on. What a debug file says is
 * untrusted: nothing is followed further than there are levels.
 */
#ifndef FAULT_ENTRY_H
#define FAULT_ENTRY_H

#include "base/memory.h"
#include "fault/track.h"
#include "model/regs.h"
#include "symbols/lines.h"

enum {
	ENTRY_LEVELS = 4,
};

struct entry_level {
	struct lines_stack stack; /* as the debug file has it */
	struct str function;      /* as the source has it, without suffixes */
	bool has_moved;
	uint64_t moved; /* the kernel's addresses less the file's; with has_moved */

	/* Made by entry_unwind(). */
	uint64_t reg[LINES_REGISTERS];
	uint32_t known; /* set of registers */
	uint64_t cfa;
	bool has_cfa;
};

struct entry {
	const struct memory *mem;
	struct entry_level level[ENTRY_LEVELS];
	size_t count;
};

/* Works out the registers of every level from those at the fault. */
void entry_unwind(struct entry *e, const struct track_port *port, const struct regs *regs);

/* A value at a level; false if it cannot be told. *entry is set if it was one at entry, for which a
 * caller had to be asked. */
bool entry_value(const struct entry *e, size_t level, const struct lines_value *v, uint64_t *out,
		 bool *entry);

/* What that register held when the faulting function was entered. */
bool entry_passed(const struct entry *e, uint16_t dwarf, uint64_t *out);

#endif
