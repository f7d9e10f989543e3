/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/embedded.h"

bool
embedded_find(struct str name, struct str *content)
{
	for (const struct embedded_file *f = embedded_files; f->name != NULL; f++) {
		if (str_is_c(name, f->name)) {
			*content = (struct str){ f->start, (size_t)(f->end - f->start) };
			return true;
		}
	}
	return false;
}
