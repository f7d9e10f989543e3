/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * elfid.h - what an ELF file says of itself: which build it is, and whether it has debuginfo.
 *
 * It answers "is this the vmlinux of the dump?" before anything else looks at the file, so it
 * uses no library: headers, section names and notes are read with bounds. A file may be wrong,
 * stripped, cut short or made by an enemy.
 */
#ifndef SYMBOLS_ELFID_H
#define SYMBOLS_ELFID_H

#include "base/memory.h"

struct elfid {
	uint16_t type;       /* ET_EXEC, ET_DYN, ET_REL */
	uint16_t machine;    /* EM_X86_64 ... */
	struct str build_id; /* in hex, or empty */
	bool has_lines;      /* it has .debug_info and .debug_line, compressed or not */
	uint64_t rodata;     /* offset of .rodata in the file, with */
	uint64_t rodata_len; /* bytes; 0: it has none */
};

/* file is read by offset and has len bytes. ERROR_UNSUPPORTED if it is not ELF, ERROR_CORRUPT
 * if it contradicts itself or is cut short. */
const struct error *elfid_read(const struct memory *file, uint64_t len, struct arena *a,
			       struct elfid *out) MUST_CHECK;

/* "Linux version 6.1.0 (...) #1 SMP ...", from its .rodata; ERROR_ABSENT if it has none. */
const struct error *elfid_banner(const struct memory *file, const struct elfid *id, struct arena *a,
				 struct str *out) MUST_CHECK;

/* A regular file by offset. It stays open as long as the arena. */
const struct error *elfid_open(const char *path, struct arena *a, struct memory *file,
			       uint64_t *len) MUST_CHECK;

#endif
