/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/error.h"

#include <string.h>

static const struct error *
make(struct arena *a, enum error_code code, const struct error *cause, const char *message)
{
	struct error *e = ARENA_NEW(a, struct error);

	e->code = code;
	e->message = message;
	e->cause = cause;
	return e;
}

const struct error *
error_new(struct arena *a, enum error_code code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);

	const char *message = arena_vprintf(a, fmt, ap);

	va_end(ap);
	return make(a, code, NULL, message);
}

const struct error *
error_wrap(struct arena *a, const struct error *cause, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);

	const char *message = arena_vprintf(a, fmt, ap);

	va_end(ap);
	return make(a, cause->code, cause, message);
}

const struct error *
error_errno(struct arena *a, int number, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);

	const char *message = arena_vprintf(a, fmt, ap);

	va_end(ap);
	return make(a, ERROR_IO, NULL, arena_printf(a, "%s: %s", message, strerror(number)));
}

const char *
error_text(struct arena *a, const struct error *e)
{
	const char *text = e->message;

	for (e = e->cause; e != NULL; e = e->cause)
		text = arena_printf(a, "%s: %s", text, e->message);
	return text;
}

const char *
error_code_name(enum error_code code)
{
	static const char *const names[] = {
		[ERROR_IO] = "io",
		[ERROR_CORRUPT] = "corrupt",
		[ERROR_UNSUPPORTED] = "unsupported",
		[ERROR_ABSENT] = "absent",
		[ERROR_LIMIT] = "limit",
		[ERROR_USAGE] = "usage",
	};

	return names[code];
}
