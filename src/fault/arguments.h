/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * arguments.h - the arguments of the faulting function, and what its base pointer came from.
 *
 * Which register passed an argument the processor's calling convention says; whether some
 * register still has it at the fault, track.h. Names and types come from BTF here, or later from
 * debuginfo, by the same functions.
 */
#ifndef FAULT_ARGUMENTS_H
#define FAULT_ARGUMENTS_H

#include "facts/facts.h"
#include "fault/track.h"
#include "kernel/kernel.h"
#include "symbols/expression.h"

/* The faulting function at the fault. */
struct fault_trail {
	bool known; /* the rest is */
	const struct arch *arch;
	struct track track;
	const struct track_port *port;
	const struct regs *regs; /* or NULL */

	/* The operand that faulted, if it is a base register and a displacement. */
	bool has_base;
	int base; /* DWARF number */
	int64_t displacement;
};

struct argument {
	struct str name; /* or empty */
	struct str type; /* as C writes it, or empty */
	const char *how; /* "variable" or "entry": a debug file says what it is; else NULL */
	uint64_t value;  /* with how */
};

/* Puts argument number i: what it was, as far as that is still known. k may be NULL. */
void arguments_put(const struct fault_trail *t, const struct kernel *k, size_t i,
		   const struct argument *arg, struct origin o, struct fact_row *root,
		   struct arena *a);

/* Puts type, member and expression of the operand. */
void arguments_put_expression(const struct expression *e, struct origin o, struct fact_row *root);

/* Both by BTF, for a function of the kernel or of a module. False if it has none for it, or nothing
 * is left of what was passed. */
bool arguments_by_types(const struct fault_trail *t, const struct kernel *k, struct str module,
			struct str function, struct fact_row *root, struct arena *a);

/* The trail of the operand's address; false if nothing is known. */
bool arguments_trail(const struct fault_trail *t, struct track_trail *out);

#endif
