/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * utsname.h - what uname(2) said in the crashed kernel.
 *
 * VMCOREINFO has the address of init_uts_ns, and since 5.11 where in it the names are
 * (Linux commit ca4a9241cc5e); before that they stood behind a four-byte reference count.
 */
#ifndef KERNEL_UTSNAME_H
#define KERNEL_UTSNAME_H

#include "base/memory.h"
#include "dump/vmcoreinfo.h"

struct utsname_of_dump {
	struct str nodename, release, version, machine, domainname; /* in the arena */
};

/* ERROR_CORRUPT if what is there has another release than VMCOREINFO: then it is not it. */
const struct error *utsname_read(const struct memory *vmem, const struct vmcoreinfo *info,
				 struct arena *a, struct utsname_of_dump *out) MUST_CHECK;

#endif
