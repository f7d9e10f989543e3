/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * error.h - the one error type.
 *
 * NULL is success; results are written only on success. Errors are immutable and live in
 * the arena, so a fact that could not be read keeps the error as its reason. Messages are
 * one line, lower case, without a full stop, the culprit in single quotes. A caller wraps
 * an error when it knows something the callee did not (which page, which CPU).
 */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include "base/arena.h"
#include "base/compiler.h"

/* What the error says about the input, not where in the program it came up. */
enum error_code {
	ERROR_IO,          /* the operating system refused; the message has errno's text */
	ERROR_CORRUPT,     /* the input contradicts itself or is cut short */
	ERROR_UNSUPPORTED, /* well-formed, as far as can be told, but not read by this build */
	ERROR_ABSENT,      /* normal in a dump: excluded, not configured, not recorded */
	ERROR_LIMIT,       /* a cap of limits.h or the budget of the run was reached */
	ERROR_USAGE,       /* the person or file that drives the program is wrong */
};

struct error {
	enum error_code code;
	const char *message;
	const struct error *cause; /* or NULL */
};

const struct error *error_new(struct arena *a, enum error_code code, const char *fmt, ...)
	PRINTF_LIKE(3, 4);

/* The same code as the cause, which it becomes the context of. */
const struct error *error_wrap(struct arena *a, const struct error *cause, const char *fmt, ...)
	PRINTF_LIKE(3, 4);

/* An ERROR_IO that ends in the text of an errno value. */
const struct error *error_errno(struct arena *a, int number, const char *fmt, ...)
	PRINTF_LIKE(3, 4);

/* "message: cause: its cause", in the arena. */
const char *error_text(struct arena *a, const struct error *e);

/* "io", "corrupt" ... as diagnostics print it. */
const char *error_code_name(enum error_code code);

#endif
