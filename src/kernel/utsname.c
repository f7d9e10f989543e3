/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/utsname.h"

#include <string.h>

enum {
	FIELD_LEN = 65, /* __NEW_UTS_LEN + 1 */
	FIELDS = 6,
	OFFSET_BEFORE_5_11 = 4,
};

static struct str
field(struct arena *a, const char *names, size_t number)
{
	const char *p = names + number * FIELD_LEN;

	return str_copy(a, (struct str){ p, strnlen(p, FIELD_LEN) });
}

const struct error *
utsname_read(const struct memory *vmem, const struct vmcoreinfo *info, struct arena *a,
	     struct utsname_of_dump *out)
{
	char names[FIELDS * FIELD_LEN] = "";
	struct str release = { NULL, 0 };
	uint64_t at = 0;
	uint64_t off = OFFSET_BEFORE_5_11;

	if (!vmcoreinfo_symbol(info, "init_uts_ns", &at) ||
	    !vmcoreinfo_find(info, "OSRELEASE", &release))
		return error_new(a, ERROR_ABSENT, "VMCOREINFO does not say where init_uts_ns is");
	(void)vmcoreinfo_offset(info, "uts_namespace.name", &off);

	const struct error *e = memory_read(vmem, at + off, names, sizeof(names));

	if (e != NULL)
		return error_wrap(a, e, "reading init_uts_ns");

	struct utsname_of_dump u = {
		.nodename = field(a, names, 1),
		.release = field(a, names, 2),
		.version = field(a, names, 3),
		.machine = field(a, names, 4),
		.domainname = field(a, names, 5),
	};

	if (!str_is(u.release, str_trim(release)))
		return error_new(a, ERROR_CORRUPT, "init_uts_ns is not that of kernel %.*s",
				 STR_ARG(release));
	*out = u;
	return NULL;
}
