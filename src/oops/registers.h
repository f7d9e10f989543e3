/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * registers.h - register lines of every arch: "RAX: 0000 RBX: 0000", "x29: ffff x28: ffff",
 * "GPR00: c000 c000 c000 c000", "Krnl GPRS: ...".
 */
#ifndef OOPS_REGISTERS_H
#define OOPS_REGISTERS_H

#include "model/regs.h"

/* Puts what the line holds into r, and says whether it is such a line. *gpr is the number
 * that an unnamed line of four goes on with (s390), or -1; it starts as -1. */
bool registers_line(struct str text, struct regs *r, int *gpr);

#endif
