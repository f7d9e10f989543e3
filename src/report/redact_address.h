/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * redact_address.h - the public profile: where things lay in memory, without where that was.
 *
 * Kernel text loses the KASLR offset. Other addresses become heap#1+0x40: the page gets a
 * number, the place in it stays, so that equal and neighbouring addresses still show. Small
 * numbers, error pointers and poison values tell nothing and stay.
 */
#ifndef REPORT_REDACT_ADDRESS_H
#define REPORT_REDACT_ADDRESS_H

#include "report/redact_names.h"

/* False if the value may stay as it is. */
bool redact_address(struct redaction *r, uint64_t value, struct str *shown);

/* An address in a text (16 digits, or 0x and more than eight): its length, or 0. */
size_t redact_match_address(struct redaction *r, struct str s, struct str *shown);

#endif
