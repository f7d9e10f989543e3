/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * operand.h - which operand of an instruction faulted, and where its registers led.
 */
#ifndef FAULT_OPERAND_H
#define FAULT_OPERAND_H

#include "fault/insn.h"

enum {
	OPERAND_TEXT_LEN = 80,
	OPERANDS_MAX = 8, /* of one instruction, implicit ones included */

	/* How memory is used. */
	OPERAND_READ = 1,
	OPERAND_WRITE = 2,
	OPERAND_EXEC = 4, /* where a branch leads */
};

struct operand_reg {
	const char *name; /* NULL: the operand has none */
	uint64_t value;   /* with known */
	bool known;
};

/* One place in memory that an instruction uses. */
struct operand {
	char text[OPERAND_TEXT_LEN]; /* as disassemblies print it: "0x30(%rax)" */
	struct operand_reg base;
	struct operand_reg index;
	uint8_t scale; /* factor of the index; 0: it has none */
	int64_t displacement;
	struct operand_reg segment; /* value: its base address */
	uint64_t address;           /* effective, segment base included; with has_address */
	bool has_address;
	uint64_t len;   /* bytes accessed; 0 unknown */
	uint64_t span;  /* bytes that may be accessed at and behind address, at least len */
	uint8_t use;    /* OPERAND_READ ... */
	bool implicit;  /* the stack and the like: it does not stand in the instruction's text */
	bool is_target; /* what is read there is where a branch leads */
	const char *unknown; /* the register for lack of which there is no address, or NULL */
};

/* Whether memory can be accessed in ways that no operand shows (descriptor tables). */
struct operand_list {
	struct operand operand[OPERANDS_MAX];
	size_t count;
	bool hidden_access;
};

/* The machine at the fault. */
struct operand_context {
	const struct regs *regs; /* NULL: none are known */
	uint64_t ip;             /* with has_ip */
	bool has_ip;
};

/* One of its parts is what KASAN adds to an address to find its shadow. */
bool operand_is_shadow(const struct arch *arch, const struct operand *o);

/* Bytes from address up to its span, without the wrap at the end of memory. */
bool operand_covers(const struct operand *o, uint64_t address);

#endif
