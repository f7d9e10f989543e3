/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * decimal.h - capstone's texts of operands as GNU objdump has them: numbers decimal.
 */
#ifndef FAULT_DECIMAL_H
#define FAULT_DECIMAL_H

#include "base/str.h"
#include "fault/out.h"

/* Every "0x18" as 24; tight: without the blanks behind commas. */
void decimal_put(struct out *o, struct str operands, bool tight);

/* Cuts a number off the front: "0x18", "-0x8", "24". */
bool decimal_take_number(struct str *s, int64_t *v);

#endif
