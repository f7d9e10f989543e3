/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lineinfo.h - lines of source, inlined functions and variables for what the facts say of code.
 */
#ifndef LINEINFO_H
#define LINEINFO_H

#include "debuginfo.h"
#include "fault/arguments.h"

/* The function that disassembly[] is of. */
struct lineinfo_code {
	struct str function; /* empty: not known */
	struct str module;
	uint64_t len;                    /* bytes; 0 not known */
	bool is_fault;                   /* it is about a fault, not only where the CPU was */
	const struct fault_trail *trail; /* of the fault in it */
	const struct kernel *kernel;     /* or NULL */
};

/* Puts names and types of the faulting operand and of the function's arguments, and file, line and
 * source of every stack frame and instruction, and the frames of inlined functions, as far as debug
 * files are known. The error says which file could not be read. */
const struct error *lineinfo_put(const struct options *o, const struct debuginfo *d,
				 const struct lineinfo_code *code, struct facts *f,
				 struct arena *a) MUST_CHECK;

#endif
