/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * utf8.h - code points out of untrusted text.
 */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include "base/str.h"

enum {
	UTF8_REPLACEMENT = 0xfffd, /* stands for bytes that are no character */
};

/* Cuts the next character off the front. Bytes that do not form one (overlong forms,
 * surrogates and values above 0x10ffff among them) are cut off and give false. s is not
 * empty. */
bool utf8_take(struct str *s, uint32_t *code_point);

/* The whole slice is well-formed. */
bool utf8_valid(struct str s);

#endif
