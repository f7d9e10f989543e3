/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fetch.h - code out of a dump's memory, where there is more of it than the log has, and as
 * it was run: with the patches of ftrace and alternatives.
 */
#ifndef FAULT_FETCH_H
#define FAULT_FETCH_H

#include "fault/fault.h"
#include "fault/insn.h"

/* Reads the code round in->ip; the marker stands at it. If the function's start is known, it
 * begins with an instruction of it. False if the instruction itself is not readable. */
bool fetch_code(struct decoder *d, const struct fault_input *in, struct code *out);

#endif
