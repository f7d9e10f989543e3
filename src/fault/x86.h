/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * x86.h - what the files about x86 share.
 */
#ifndef FAULT_X86_H
#define FAULT_X86_H

#include "fault/port.h"

/* A jump, call or loop. */
bool x86_is_branch(const cs_insn *i);

/* movs, stos, cmps, scas, lods, ins, outs. */
bool x86_is_string(const cs_insn *i);

/* Offset of the opcode behind all prefixes; *mandatory is that of the last prefix that can be
 * part of the opcode, or SIZE_MAX. */
size_t x86_opcode_off(struct bytes b, bool long_mode, size_t *mandatory);

/* struct port's cost() and data_cost(). */
uint16_t x86_cost(const struct decoder *d, struct bytes insn);
uint16_t x86_data_cost(uint8_t b);

/* A memory operand as disassemblies print it. */
void x86_memory_text(struct decoder *d, const x86_op_mem *m, char *text, size_t cap);

/* struct port's operands(). */
void x86_operands(struct decoder *d, const struct operand_context *c, struct operand_list *out);

/* struct port's text(). */
void x86_text(struct decoder *d, const struct insn_place *place, size_t off,
	      char text[INSN_TEXT_LEN]);

#endif
