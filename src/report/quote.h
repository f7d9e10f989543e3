/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * quote.h - any bytes as a string of JSON, which YAML reads too.
 */
#ifndef REPORT_QUOTE_H
#define REPORT_QUOTE_H

#include "base/text.h"

/* With the quotation marks. Bytes that are no UTF-8 become U+FFFD; what would do something in
 * a terminal is written as \u009b. */
void quote_put(struct text *out, struct str s);

#endif
