/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * trace.h - the lines of call traces and the program-counter lines of every arch and era.
 *
 * Each function looks at the text of one message and says whether it is such a line. Texts
 * in the frames are slices of it.
 */
#ifndef OOPS_TRACE_H
#define OOPS_TRACE_H

#include "model/frame.h"

/*
 * " [<ffffffff81057adf>] ? f+0x7f/0xc0 [mod]", " f+0x7f/0xc0", "[c000..] [c000..] .f+0x98/0x110
 * (unreliable)", " 0xffffffffc0123456", with context marks before it. *context is the stack
 * that the line is on (IRQ, NMI, TASK ...): it is changed by marks ("<IRQ>", "</IRQ>"), and
 * given to the frame. A line of marks alone is no frame, but changes *context.
 */
bool trace_frame(struct str text, struct str *context, struct frame *f);

/* 32-bit arm: "[<c0333330>] (f) from [<c031c7a0>] (g+0xa8/0x1c0)", " f from g+0xa8/0x1c0":
 * f, which was called from g. */
bool trace_frame_from(struct str text, struct frame *callee, struct frame *caller);

/* "Call Trace:", "Call trace:", "Backtrace:", "Stack trace:" ... */
bool trace_begins(struct str text);

enum trace_pc {
	TRACE_PC_NONE,
	TRACE_PC_KERNEL, /* where the kernel was: RIP, EIP, pc, NIP, PSW, epc */
	TRACE_PC_USER,   /* the same of user mode: never to blame */
	TRACE_PC_CALLER, /* the return address register: LR, ra */
};

/* "RIP: 0010:f+0x1/0x2", "pc : f+0x4/0x30", "NIP [c000] .f+0x1/0x2" ... The frame holds what
 * the line tells: function, address or nothing. */
enum trace_pc trace_pc(struct str text, struct frame *f);

/* A symbol with its offset off the front: "f+0x1/0x2 [mod 1234abcd]". False if there is none. */
bool trace_take_symbol(struct str *s, struct frame *f);

/* " [mod]", " [mod(OE)]", " [mod 0123...]" off the front, if it is there. */
void trace_take_module(struct str *s, struct frame *f);

/* "[<ffffffff81057adf>]" or "[ffffffff81057adf]" off the front. */
bool trace_take_address(struct str *s, uint64_t *address);

#endif
