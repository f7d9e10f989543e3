/* SPDX-License-Identifier: GPL-2.0-or-later */
/* WARN() and WARN_ON(), whose head line changed often. */
#include "oops/family.h"

static const struct oops_head heads[] = {
	/* 3.12 to 6.18 */
	{ "WARNING: CPU: {cpu} PID: {pid} at {place} {function}", KIND_WARNING, BLAME_HEAD,
	  .is = CLASS_WARN, .follows = CLASS_DATA },
	{ "WARNING: CPU: {cpu} PID: {pid} at {function}", KIND_WARNING, BLAME_HEAD,
	  .is = CLASS_WARN, .follows = CLASS_DATA },
	/* 2.6 to 3.11 */
	{ "WARNING: at {place} {function}", KIND_WARNING, BLAME_HEAD, .is = CLASS_WARN,
	  .follows = CLASS_DATA },
	/* since 6.19, with the condition in brackets or without */
	{ "WARNING: [{detail}] {place} at {function}, CPU#{cpu}: {comm}/{pid}$", KIND_WARNING,
	  BLAME_HEAD, .is = CLASS_WARN, .follows = CLASS_DATA },
	{ "WARNING: {place} at {function}, CPU#{cpu}: {comm}/{pid}$", KIND_WARNING, BLAME_HEAD,
	  .is = CLASS_WARN, .follows = CLASS_DATA },
	{ .pattern = NULL },
};

const struct oops_family family_warning = { "warning", heads, NULL };
