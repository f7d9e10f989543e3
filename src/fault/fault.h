/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fault.h - one faulting instruction, understood.
 *
 * Needs only what an oops prints: the "Code:" bytes, the registers, the address and the error
 * code; so it works on a text log. With a dump's memory it needs no "Code:" line.
 */
#ifndef FAULT_FAULT_H
#define FAULT_FAULT_H

#include "facts/facts.h"
#include "fault/pointer.h"
#include "kernel/kernel.h"

/* What the processor complained about. */
enum fault_trap {
	FAULT_TRAP_PAGE_FAULT, /* the address could not be accessed; the error code says why */
	FAULT_TRAP_PROTECTION, /* x86 #GP, #SS: no address, or the kernel's own computation of it */
	FAULT_TRAP_STACK, /* x86 double fault, guard page: CR2 may be the address, and the error
			     code is not that of the access */
	FAULT_TRAP_OTHER, /* the instruction itself: invalid, breakpoint, division ... */
};

/* What is known of the fault. Borrowed. */
struct fault_input {
	const struct arch *arch;
	struct str code; /* bytes as the kernel's "Code:" line has them, the marker kept: "8b 04
			    <c7> 00"; or empty */
	const struct regs *regs; /* of the faulting context; NULL if none are known */
	struct str function;     /* that the instruction is in, or empty */
	uint64_t function_off;   /* bytes into it; with has_function_off */
	uint64_t function_len;   /* bytes of it; 0 unknown */
	uint64_t ip;             /* with has_ip */
	uint64_t address;        /* that could not be accessed; with has_address */
	uint64_t error_code;     /* with has_error_code */
	bool has_function_off, has_ip, has_address, has_error_code;
	enum fault_trap trap;
	const char *access; /* read write exec, as the kernel said it in words; or NULL */
	const struct pointer_range *range; /* of this very kernel, if its symbols are known */
	size_t range_count;
	struct str module;           /* that the function is in, or empty */
	const struct kernel *kernel; /* of the dump: symbols and types; or NULL */
	const struct memory *memory; /* kernel virtual memory of the dump, or NULL */
	uint8_t va_bits;             /* of its virtual addresses, or 0 */
	bool has_kasan;              /* it was built with KASAN: the log says so */
	bool only_place;      /* the CPU was there, and nothing was wrong with that: no arguments */
	struct origin origin; /* of all this */
};

struct fault_trail; /* arguments.h */

/* Puts fault.* and disassembly[]. What cannot be known gets its reason. *trail is for who knows
 * more types and names. */
void fault_explain(const struct fault_input *in, struct arena *a, struct facts *f,
		   struct fault_trail *trail);

#endif
