/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dump.h - an opened dump: physical memory, notes and VMCOREINFO, whatever the file format.
 *
 * Opening reads headers, notes and what is needed to find a page; pages are read on demand
 * and expanded once. Damage degrades: what can still be read is, and problems[] says the rest.
 */
#ifndef DUMP_DUMP_H
#define DUMP_DUMP_H

#include "arch/arch.h"
#include "base/memory.h"
#include "dump/vmcoreinfo.h"

/* What a dump knows about one page frame. */
enum page_state {
	PAGE_HOLE,     /* no memory there */
	PAGE_EXCLUDED, /* left out on purpose */
	PAGE_PRESENT,
	PAGE_LOST,       /* was to be written and was not: ENOSPC, killed writer */
	PAGE_TRUNCATED,  /* its data lie beyond the end of the file */
	PAGE_CORRUPT,    /* there, and does not expand to a page */
	PAGE_UNREADABLE, /* the operating system refused to read it */
};

/* "excluded" ... */
const char *page_state_name(enum page_state s);

/* The error of a read that meets such a page: always the same object, so that reads that
 * fail a million times cost nothing. NULL for PAGE_PRESENT. */
const struct error *page_state_error(enum page_state s);

enum {
	/* A page that dump_page() gave is valid until that many other pages were read. */
	DUMP_PAGES_HELD = 64,
};

/* Registers of one CPU, from a note. */
struct dump_cpu {
	struct regs regs;
	uint32_t pid;  /* pr_pid: the thread that ran there; with has_pid */
	uint32_t note; /* its place among the notes of its kind, from 0. Not a CPU number */
	bool has_pid;
	bool from_qemu; /* vCPU number = note */
	bool blank;     /* all zero: the CPU did not save anything */
};

struct dump_pages {
	uint64_t present, excluded, lost, truncated; /* from bitmaps and descriptors */
	uint64_t corrupt, read;                      /* met by this run */
	bool counted;                                /* the first four are known */
};

struct dump {
	const char *format;      /* "kdump-compressed", "elf" */
	const char *compression; /* "zlib" ..., "none", or NULL if not known */
	const struct arch *arch; /* NULL if there is no port for it */
	const char *machine;     /* uname -m, or the ELF machine number in words */
	enum byte_order order;
	uint8_t word_len;
	uint32_t page_len; /* bytes, a power of two */
	bool flattened;
	bool complete; /* nothing is known to be missing; dump_pages() finds out more */
	bool has_dump_level;
	uint32_t dump_level;
	uint64_t file_len;       /* bytes, of all files */
	uint32_t header_version; /* kdump-compressed */

	/* From the header; empty or 0 if it has none. */
	struct str release, version, nodename, domainname;
	int64_t crash_time; /* seconds since 1970; 0 unknown */
	bool has_phys_base;
	uint64_t phys_base; /* VMCOREINFO is to be preferred: QEMU writes a wrong one */

	struct memory phys; /* by physical address */

	/* By the virtual addresses that ELF segments give themselves, which need not be those
	 * of the kernel: QEMU writes physical ones, arm 0. For files without page tables. */
	struct memory segments;
	bool has_segments;
	uint64_t filled_pages; /* read so far of which only a part is in the file, the rest zeros */

	struct vmcoreinfo *vmcoreinfo; /* NULL if the dump has none */
	bool vmcoreinfo_scanned;       /* what there is of it was found in memory */
	struct dump_cpu *cpu;
	size_t cpu_count;

	/* What went wrong while opening; the dump is usable all the same. */
	const struct error **problem;
	size_t problem_count;

	struct dump_impl *impl;
};

/* True if the first bytes of a file are those of a dump of any format that is read here, or,
 * with *why set, of one that is known and not read, or of which the file has no whole header. */
bool dump_probe(struct bytes head, struct arena *a, const struct error **why);

/* True if the file is one of a split set (makedumpfile --split). */
bool dump_is_split_member(const char *path);

/* Opens a dump: one path, or all files of a split set in any order. */
const struct error *dump_open(const char *const *paths, size_t count, struct arena *a,
			      struct dump **out) MUST_CHECK;

/* The page_len bytes of a page frame, expanded, without a copy; NULL and why if they are not
 * there. They stay valid until DUMP_PAGES_HELD other pages of the dump were read, by this
 * function or through phys. */
const uint8_t *dump_page(struct dump *d, uint64_t pfn, enum page_state *why);

/* Looks for VMCOREINFO in memory, for a dump whose notes lack it (a hypervisor's without the
 * device for it), and sets d->vmcoreinfo. Linear in the pages of the dump, up to
 * LIMIT_SCAN_PAGES and the budget of the run; done once, however often it is called. */
bool dump_scan_vmcoreinfo(struct dump *d);

/* What is known about the page frame; may read its descriptor, not its data. */
enum page_state dump_page_state(struct dump *d, uint64_t pfn);

/* Counts so far; the states of the whole file are counted at the first call, which adds to
 * d->problem and d->complete what it finds. */
struct dump_pages dump_pages(struct dump *d);

/* Page frames that this run read, ascending; for --mini-vmcore. */
const uint64_t *dump_pages_read(struct dump *d, struct arena *a, size_t *count);

#endif
