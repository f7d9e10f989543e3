/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mkdump TEXT OUT [KEY=VALUE]...: makes a dump file from a description that can be read.
 *
 * Knows the formats by their documentation alone and shares no code with src/dump, so that the
 * two do not share their mistakes. A line is a setting, a statement, or empty; '#' starts a
 * comment. Settings of the command line win, so that one text gives many files. Numbers are
 * those of C.
 *
 *   format = kdump | elf         what to write
 *   order = little | big
 *   word = 8 | 4                 bytes of a long (kdump) or of an address (elf: the class)
 *   block = 4096                 bytes of a page
 *
 * kdump only:
 *   version = 0 ... 6            of the header
 *   padded = yes | no            with word = 4: 64-bit fields at multiples of 8 (no: i386)
 *   sysname, nodename, release, osversion, machine, domainname = TEXT
 *   time, status, max_pfn, phys_base, dump_level, cpus = NUMBER
 *   codec = raw | zlib | lzo | snappy | zstd      of pages that do not name their own
 *   bitmaps = 2 | 1              1: no bitmap of the memory that exists
 *   split = FIRST,END            this file is to hold those page frames only
 *   signature = TEXT
 *   data = up | down             pages stand in the file from the first or from the last
 *   room = LEN                   bytes between the descriptors and the pages
 *
 *   arm_base = yes               page frame 0 is at phys_base
 *   expect = checks              only the checks below, none of every page
 *
 *   page PFN [CODEC] = BYTES     a page; what BYTES leave is zeros
 *   pages PFN COUNT [CODEC] = BYTES
 *   zero PFN COUNT               pages that share one raw page of zeros
 *   excluded PFN COUNT           memory that was not dumped
 *   lost PFN COUNT               dumped, but their descriptors are zeros
 *   packed PFN FLAGS = BYTES     a page that stands in the file as these bytes
 *   bomb PFN CODEC LEN           a page that expands to LEN zeros
 *   desc PFN FIELD=NUMBER...     a page that was named before gets another off, len or flags
 *
 * elf only:
 *   machine = 62, flags = 0      e_machine, e_flags
 *   type = 4                     e_type
 *   phentsize = NUMBER
 *   xnum = yes                   the number of segments stands in a section header
 *
 *   load FIELD=NUMBER... [= BYTES]   a PT_LOAD: pa, va, mem (default: as many bytes as there
 *                                are), file, off (default: at the next page), type
 *   newnote                      the notes that follow go into a PT_NOTE of their own
 *
 * both:
 *   note NAME TYPE = BYTES       an ELF note
 *   vmcoreinfo                   lines up to "end" are the text of a VMCOREINFO note (or, in a
 *   end                          kdump file of version 3, of the text that it points to)
 *   fill OFF LEN BYTE            of the finished file
 *   patch OFF LEN NUMBER         in the file's byte order
 *   change KEY KEY               four bytes: settings say where and what
 *   truncate LEN                 negative: that many bytes less
 *
 *   check [-z|-L] SPACE ADDR LEN = BYTES        what dump-read is to give,
 *   check [-z|-L] SPACE ADDR LEN fails = TEXT   or to complain of
 *                                with PAGE for SPACE and a page frame for ADDR too
 *   checks = FILE                write these there, and one of every page of a kdump file
 *
 *   flat = LEN                   flattened, in records of that many bytes (0: not)
 *   flat_order = up | down       records from the first or from the last
 *   flat_stale = yes             each record is preceded by one with wrong bytes
 *   flat_end = no                no end record
 *   gap OFF LEN                  no record for these bytes
 *
 * BYTES are a row of: two hexadecimal digits, "text" (with \n, \0 and \"), u16:NUMBER,
 * u32:NUMBER, u64:NUMBER, fill:BYTE (to the end of the page), count (one different byte after
 * the other), pfn (u64: the page frame), noise (bytes that do not compress), @OFF (go there),
 * each of them with *N behind it to repeat it.
 */
#include "mkdump/mkdump.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

struct description g;

void
die(const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "mkdump: %s:%zu: ", g.name == NULL ? "?" : g.name, g.line);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	exit(1);
}

static void
read_overrides(int argc, char **argv)
{
	for (int i = 3; i < argc; i++) {
		char *value = strchr(argv[i], '=');

		if (value == NULL)
			die("'%s' is not KEY=VALUE", argv[i]);
		*value = '\0';
		set(argv[i], value + 1, true);
	}
}

int
main(int argc, char **argv)
{
	FILE *plain = NULL;
	uint64_t step = 0;

	if (argc < 3) {
		fputs("usage: mkdump TEXT OUT [KEY=VALUE]...\n", stderr);
		return 64;
	}
	read_overrides(argc, argv);
	read_text(argv[1]);
	step = get_number("flat", "0");
	if (step != 0) {
		plain = tmpfile();
		if (plain == NULL)
			die("no temporary file: %s", strerror(errno));
		g.fd = fileno(plain);
	} else {
		g.fd = create(argv[2]);
	}
	if (is("format", "elf", "kdump")) {
		write_elf();
	} else {
		write_kdump();
		if (!is("expect", "checks", "pages"))
			add_page_checks();
	}
	apply_edits();
	if (plain != NULL)
		flatten(create(argv[2]), step);
	if (get("checks", NULL) != NULL)
		write_checks(get("checks", NULL));
	return 0;
}
