/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dump/format.h"

#include <string.h>

static const struct dump_format *const formats[] = {
	&format_kdump,
	&format_elfcore,
};

const struct dump_format *
format_find(struct bytes head)
{
	for (size_t i = 0; i < ARRAY_LEN(formats); i++) {
		if (formats[i]->probe(head))
			return formats[i];
	}
	return NULL;
}

/* What is known by its first bytes and not read. */
struct signature {
	uint16_t off;
	uint8_t len;
	const char *bytes;
	const char *name;
	const char *advice;
};

#define UNWRAP "unwrap it first: "
#define MEMORY_ONLY                                                      \
	"take a memory-only dump instead: virsh dump --memory-only, or " \
	"dump-guest-memory of QEMU"

static const struct signature known[] = {
	{ 0, 2, "\x1f\x8b", "a gzip file", UNWRAP "gzip -dc FILE >FILE.unwrapped" },
	{ 0, 6,
	  "\xfd"
	  "7zXZ\0",
	  "an xz file", UNWRAP "xz -dc FILE >FILE.unwrapped" },
	{ 0, 4, "\x04\x22\x4d\x18", "an lz4 file", UNWRAP "lz4 -dc FILE >FILE.unwrapped" },
	{ 0, 3, "BZh", "a bzip2 file", UNWRAP "bzip2 -dc FILE >FILE.unwrapped" },
	{ 0, 4, "\x28\xb5\x2f\xfd", "a zstd file", UNWRAP "zstd -dc FILE >FILE.unwrapped" },
	{ 0, 9, "\x89LZO\0\r\n\x1a\n", "an lzop file", UNWRAP "lzop -dc FILE >FILE.unwrapped" },
	{ 0, 8, "DISKDUMP", "a diskdump file (RHEL 3 and 4)", "crash(8) reads it" },
	{ 0, 8, "PAGEDU64", "a Windows crash dump", "WinDbg reads it" },
	{ 0, 8, "PAGEDUMP", "a Windows crash dump", "WinDbg reads it" },
	{ 0, 4, "QEVM", "the state of a virtual machine saved by QEMU", MEMORY_ONLY },
	{ 0, 4, "Libv", "the state of a virtual machine saved by libvirt", MEMORY_ONLY },
	{ 0, 8, "\xed\x23\x8f\x61\x73\x01\x19\xa8", "an LKCD dump", "crash(8) reads it" },
	{ 0, 8, "\xa8\x19\x01\x73\x61\x8f\x23\xed", "an LKCD dump", "crash(8) reads it" },
	{ 0, 8, "\xcd\x23\x8f\x61\x73\x01\x19\xa8", "an LKCD dump of a live system",
	  "crash(8) reads it" },
	{ 0, 8, "\xa8\x19\x01\x73\x61\x8f\x23\xcd", "an LKCD dump of a live system",
	  "crash(8) reads it" },
	{ 0, 8, "\xa8\x19\x01\x73\x61\x8f\x23\xfd", "a stand-alone dump of s390",
	  "convert it: zgetdump -f elf FILE >vmcore" },
	{ 0, 8, "\x61\x64\x75\x73\x70\x6d\0\0", "a sadump file (Fujitsu)",
	  "convert it: makedumpfile -d 0 FILE vmcore" },
	{ 0, 8, "sadump\0\0", "a sadump file (Fujitsu)",
	  "convert it: makedumpfile -d 0 FILE vmcore" },
	{ 0, 4, "\xd0\xbe\xd0\xbe", "the state of a VMware machine",
	  "convert it: vmss2core -N FILE.vmss FILE.vmem" },
	{ 0, 4, "\xd2\xbe\xd2\xbe", "the state of a VMware machine",
	  "convert it: vmss2core -N FILE.vmss FILE.vmem" },
	{ 0, 4, "\xd3\xbe\xd3\xbe", "the state of a VMware machine",
	  "convert it: vmss2core -N FILE.vmss FILE.vmem" },
	{ 0, 4, "\xeb\xfe\x0f\xf0", "a dump of a Xen domain in the old format",
	  "crash(8) reads it" },
	{ 0, 4, "\xee\xfe\x0f\xf0", "a dump of a Xen domain in the old format",
	  "crash(8) reads it" },
	{ 0, 16, "LinuxGuestRecord", "the state of a Xen domain saved by xm or xl",
	  "take a dump instead: xl dump-core DOMAIN FILE" },
	{ 0, 4, "\xdd\xcc\x8b\x9a", "an MCLX dump", "crash(8) reads it" },
};

const struct error *
format_known(struct bytes head, struct arena *a)
{
	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		const struct signature *s = &known[i];

		if (head.len >= (size_t)s->off + s->len &&
		    memcmp(head.p + s->off, s->bytes, s->len) == 0)
			return error_new(a, ERROR_UNSUPPORTED, "%s, which is not read here; %s",
					 s->name, s->advice);
	}
	return NULL;
}

void
format_problem(struct dump *d, const struct error *e)
{
	struct dump_impl *i = d->impl;

	if (e == NULL)
		return;
	d->problem = arena_grow(i->arena, d->problem, d->problem_count, &i->problem_cap,
				sizeof(d->problem[0]));
	d->problem[d->problem_count++] = e;
}

void
format_incomplete(struct dump *d)
{
	d->complete = false;
	format_problem(d, error_new(d->impl->arena, ERROR_CORRUPT,
				    "its writer marked it as incomplete: it ran out of space"));
}
