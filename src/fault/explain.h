/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * explain.h - from the operands of an instruction to the one that faulted, in words.
 */
#ifndef FAULT_EXPLAIN_H
#define FAULT_EXPLAIN_H

#include "fault/fault.h"
#include "fault/operand.h"
#include "fault/pointer.h"

struct explain_input {
	const struct fault_input *fault;
	const struct pointer_context *pointers;
	const char *access;              /* read write exec by the error code, or NULL */
	const char *text;                /* of the instruction; NULL: not known */
	const struct operand_list *list; /* NULL: not known */
	bool has_tags;                   /* addresses may have tags: struct port */
	bool has_pages_only;
	struct arena *arena;
};

struct explanation {
	struct operand operand; /* with has_operand */
	bool has_operand;
	bool mismatch;           /* no operand leads to the address */
	const char *text;        /* in words, or NULL */
	const struct error *why; /* there is no operand */
};

/* A jump to a place without code needs no instruction: its text is about the pointer. */
void explain_fault(const struct explain_input *in, struct explanation *out);

#endif
