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

/* struct port's text(). */
void x86_text(struct decoder *d, const struct insn_place *place, size_t off,
	      char text[INSN_TEXT_LEN]);

#endif
