/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * compiler.h - the few attributes and macros that a function cannot replace.
 */
#ifndef BASE_COMPILER_H
#define BASE_COMPILER_H

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

/* The result says whether the call worked; ignoring it is a bug. */
#define MUST_CHECK __attribute__((warn_unused_result))

/* printf-like: the format is argument fmt, its values start at argument first (0: a va_list). */
#define PRINTF_LIKE(fmt, first) __attribute__((format(printf, fmt, first)))

#endif
