/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fault.h - one faulting instruction, understood.
 */
#ifndef FAULT_FAULT_H
#define FAULT_FAULT_H

#include "arch/arch.h"
#include "facts/facts.h"

/* What is known of the fault. Borrowed. */
struct fault_input {
	const struct arch *arch;
	struct str code; /* bytes as the kernel's "Code:" line has them, the marker kept: "8b 04
			    <c7> 00"; or empty */
	const struct regs *regs; /* of the faulting context */
	struct str function;     /* that the instruction is in, or empty */
	uint64_t function_off;   /* bytes into it; with has_function_off */
	uint64_t ip;             /* with has_ip */
	uint64_t address;        /* that could not be accessed; with has_address */
	uint64_t error_code;     /* with has_error_code */
	bool has_function_off, has_ip, has_address, has_error_code;
	struct origin origin; /* of all this */
};

/* Puts fault.* and disassembly[]. What cannot be known gets its reason. */
void fault_explain(const struct fault_input *in, struct arena *a, struct facts *f);

#endif
