/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dump/format.h"

#include "base/limits.h"

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
	const char *behind; /* the advice is a command: what follows the file's name in it */
};

#define TO_VMCORE " >vmcore"
#define CRASH_READS "crash(8) reads it", NULL
#define UNWRAP(command) "unwrap it first: " command, TO_VMCORE
#define MEMORY_ONLY                                                      \
	"take a memory-only dump instead: virsh dump --memory-only, or " \
	"dump-guest-memory of QEMU",                                     \
		NULL
#define VMWARE "the state of a VMware machine", "convert it: vmss2core -N", " ITS.vmem"
#define SADUMP "a sadump file (Fujitsu)", "convert it: makedumpfile -d 0", " vmcore"
#define XEN_SAVED                                      \
	"the state of a Xen domain saved by xm or xl", \
		"take a dump instead: xl dump-core DOMAIN FILE", NULL
#define NO_MEMORY "the dump is a file within it, or was written elsewhere", NULL
#define RAW_MEMORY "crash(8) reads raw memory, volatility this format", NULL

static const struct signature known[] = {
	{ 0, 2, "\x1f\x8b", "a gzip file", UNWRAP("gzip -dc") },
	{ 0, 6,
	  "\xfd"
	  "7zXZ\0",
	  "an xz file", UNWRAP("xz -dc") },
	{ 0, 4, "\x04\x22\x4d\x18", "an lz4 file", UNWRAP("lz4 -dc") },
	{ 0, 4, "\x02\x21\x4c\x18", "an lz4 file", UNWRAP("lz4 -dc") },
	{ 0, 3, "BZh", "a bzip2 file", UNWRAP("bzip2 -dc") },
	{ 0, 4, "\x28\xb5\x2f\xfd", "a zstd file", UNWRAP("zstd -dc") },
	{ 0, 9, "\x89LZO\0\r\n\x1a\n", "an lzop file", UNWRAP("lzop -dc") },
	{ 257, 5, "ustar", "a tar archive", "unpack it first: tar -xf", "" },
	{ 0, 4, "PK\3\4", "a zip archive", "unpack it first: unzip", "" },
	{ 0, 6, "7z\xbc\xaf\x27\x1c", "a 7-Zip archive", "unpack it first: 7z x", "" },
	{ 0, 4, "LZIP", "an lzip file", UNWRAP("lzip -dc") },
	{ 0, 2, "\x1f\x9d", "a file of compress(1)", UNWRAP("gzip -dc") },
	{ 0, 5, "\x5d\0\0\x80\0", "an lzma file", UNWRAP("xz --format=lzma -dc") },
	{ 0, 8, "DISKDUMP", "a diskdump file (RHEL 3 and 4)", CRASH_READS },
	{ 0, 8, "PAGEDU64", "a Windows crash dump", "WinDbg reads it", NULL },
	{ 0, 8, "PAGEDUMP", "a Windows crash dump", "WinDbg reads it", NULL },
	{ 0, 4, "MDMP", "a minidump of a process", "a debugger of its system reads it", NULL },
	{ 0, 4, "QEVM", "the state of a virtual machine saved by QEMU", MEMORY_ONLY },
	{ 0, 4, "Libv", "the state of a virtual machine saved by libvirt", MEMORY_ONLY },
	{ 0, 4, "QFI\xfb", "a disk image of QEMU", MEMORY_ONLY },
	{ 0, 23, "\x7fVirtualBox SavedState V", "the state of a virtual machine of VirtualBox",
	  "take a dump instead: VBoxManage debugvm VM dumpvmcore", NULL },
	{ 64, 4, "\x7f\x10\xda\xbe", "a disk image of VirtualBox", NO_MEMORY },
	{ 0, 4, "KDMV", "a disk image of VMware", NO_MEMORY },
	{ 0, 8, "vhdxfile", "a disk image of Hyper-V", NO_MEMORY },
	{ 0, 8, "conectix", "a disk image of Hyper-V", NO_MEMORY },
	{ 4086, 10, "S1SUSPEND\0", "a hibernation image", NO_MEMORY },
	{ 4086, 10, "SWAPSPACE2", "a swap area", NO_MEMORY },
	{ 514, 4, "HdrS", "a compressed kernel (bzImage)",
	  "name the dump, and the vmlinux of its debug package", NULL },
	{ 0, 8, "\xed\x23\x8f\x61\x73\x01\x19\xa8", "an LKCD dump", CRASH_READS },
	{ 0, 8, "\xa8\x19\x01\x73\x61\x8f\x23\xed", "an LKCD dump", CRASH_READS },
	{ 0, 8, "\xcd\x23\x8f\x61\x73\x01\x19\xa8", "an LKCD dump of a live system", CRASH_READS },
	{ 0, 8, "\xa8\x19\x01\x73\x61\x8f\x23\xcd", "an LKCD dump of a live system", CRASH_READS },
	{ 0, 8, "\xa8\x19\x01\x73\x61\x8f\x23\xfd", "a stand-alone dump of s390",
	  "convert it: zgetdump -f elf", TO_VMCORE },
	{ 0, 8, "\x61\x64\x75\x73\x70\x6d\0\0", SADUMP },
	{ 0, 8, "sadump\0\0", SADUMP },
	{ 4096, 8, "sadump\0\0", SADUMP }, /* a media backup: behind its own header */
	{ 0, 4, "\xd0\xbe\xd0\xbe", VMWARE },
	{ 0, 4, "\xd2\xbe\xd2\xbe", VMWARE },
	{ 0, 4, "\xd3\xbe\xd3\xbe", VMWARE },
	{ 0, 4, "EMiL", "a LiME memory image", RAW_MEMORY },
	{ 0, 4, "AVML", "an AVML memory image", RAW_MEMORY },
	/* XC_CORE_MAGIC 0xf00febed and XC_CORE_MAGIC_HVM 0xf00febee of Xen's xenctrl.h */
	{ 0, 4, "\xed\xeb\x0f\xf0", "a dump of a Xen domain in the old format", CRASH_READS },
	{ 0, 4, "\xee\xeb\x0f\xf0", "a dump of a Xen domain in the old format", CRASH_READS },
	{ 0, 4, "\xf0\x0f\xeb\xed", "a dump of a Xen domain in the old format", CRASH_READS },
	{ 0, 4, "\xf0\x0f\xeb\xee", "a dump of a Xen domain in the old format", CRASH_READS },
	{ 0, 16, "LinuxGuestRecord", XEN_SAVED },
	{ 0, 21, "Xen saved domain, xl ", XEN_SAVED },
	/* docs/specs/libxc-migration-stream.pandoc of Xen: a marker, then "XENF" */
	{ 0, 12, "\xff\xff\xff\xff\xff\xff\xff\xff\x58\x45\x4e\x46", XEN_SAVED },
	{ 0, 4, "\xdd\xcc\x8b\x9a", "an MCLX dump", CRASH_READS },
};

const struct error *
format_known(struct bytes head, const char *path, struct arena *a)
{
	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		const struct signature *s = &known[i];
		const char *behind = s->behind;

		if (head.len < (size_t)s->off + s->len ||
		    memcmp(head.p + s->off, s->bytes, s->len) != 0)
			continue;
		if (behind == NULL)
			return error_new(a, ERROR_UNSUPPORTED, "%s, which is not read here; %s",
					 s->name, s->advice);
		return error_new(a, ERROR_UNSUPPORTED, "%s, which is not read here; %s '%s'%s",
				 s->name, s->advice, path, behind);
	}
	return NULL;
}

bool
format_starts(struct bytes head)
{
	static const char *const starts[] = { "KDUMP   ", "\177ELF", "makedumpfile" };

	for (size_t i = 0; i < ARRAY_LEN(starts); i++) {
		size_t len = strlen(starts[i]);

		if (head.len < len)
			len = head.len;
		if (len >= 4 && memcmp(head.p, starts[i], len) == 0)
			return true;
	}
	return false;
}

void
format_problem(struct dump *d, const struct error *e)
{
	struct dump_impl *i = d->impl;

	if (e == NULL || d->problem_count == LIMIT_PROBLEMS)
		return;
	if (d->problem_count == LIMIT_PROBLEMS - 1)
		e = error_new(i->arena, e->code, "and more of that kind");
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
