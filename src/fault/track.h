/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * track.h - where the value of a register came from.
 *
 * The code of a function is followed from its entry, all ways through it at once: what a
 * register holds at an instruction is known if it is the same on every way that leads there.
 * So the base register of a fault leads back to an argument of the function, over the members
 * that were read on the way: "argument 0, the word at 0x8 of it". That needs no debuginfo; with
 * types it has names.
 */
#ifndef FAULT_TRACK_H
#define FAULT_TRACK_H

#include "fault/insn.h"

enum {
	TRACK_REGS = 32,
	TRACK_STEPS = 8,     /* pointers followed on one trail */
	TRACK_ARGUMENTS = 8, /* passed in registers, at most */
	TRACK_CODE_MAX =
		8192, /* bytes of a function that is followed; a microsecond an instruction */
};

/* What an instruction does to registers. Numbers are those of DWARF: they serve to ask it. */
enum track_op {
	TRACK_NOTHING,
	TRACK_COPY,     /* dst = src */
	TRACK_ADD,      /* dst = src + imm */
	TRACK_LOAD,     /* dst = word at src + imm */
	TRACK_CONSTANT, /* dst = imm */
	TRACK_LOAD_AT,  /* dst = word at address imm */
};

struct track_effect {
	enum track_op op;
	uint8_t dst, src;
	int64_t imm;
	uint32_t writes; /* set of registers that change, dst included */
	bool is_call;
	bool is_end; /* what follows it is not reached from it */
	bool has_target;
	uint64_t target; /* of a jump */
};

/* What is different between processors; a part of struct port. */
struct track_port {
	const char *const *regs;  /* their names by DWARF number, NULL-terminated */
	const uint8_t *arguments; /* registers that pass arguments, in order */
	uint8_t argument_count;
	uint32_t kept; /* set of registers that calls keep */

	/* Of the instruction decoded last. */
	void (*effect)(struct decoder *d, struct track_effect *out);
};

enum track_root {
	TRACK_FROM_NOTHING, /* not known */
	TRACK_FROM_ARGUMENT,
	TRACK_FROM_ADDRESS,
};

/* A word that an instruction at off of the function read, disp behind the pointer in src. */
struct track_load {
	uint32_t off;
	uint8_t src;
	int64_t disp;
};

/* A value: a root, to which disp[0] is added; the word there, to which disp[1] is added ...
 * up to disp[count - 1], at which nothing more is read. Which instruction read each word is
 * known even if the root is not. */
struct track_trail {
	enum track_root root;
	uint8_t argument; /* number from 0 */
	uint64_t address;
	int64_t disp[TRACK_STEPS];
	struct track_load load[TRACK_STEPS]; /* count - 1 of them */
	size_t count;                        /* at least 1 */
};

struct track {
	struct track_trail reg[TRACK_REGS]; /* by DWARF number, in front of the instruction */

	/* The register that has an argument as it was passed, by its DWARF number, or -1. */
	int8_t holder[TRACK_ARGUMENTS];
};

/* Follows a function that stands at address up to the instruction at off, which is looked at
 * before it runs. False if the processor has no port for it, or the code is too long or too
 * twisted. */
bool track_run(struct decoder *d, struct bytes function, uint64_t address, size_t off,
	       struct arena *a, struct track *out);

/* The DWARF number of a register, or -1. */
int track_register(const struct decoder *d, const char *name);

#endif
