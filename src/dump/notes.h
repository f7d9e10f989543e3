/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * notes.h - ELF notes: registers of CPUs, VMCOREINFO, and whatever else stands among them.
 *
 * Names and descriptions are padded to 4 bytes in both ELF classes. Large descriptions (a
 * driver's own dump may have many MiB, and stands first) are stepped over, not read.
 */
#ifndef DUMP_NOTES_H
#define DUMP_NOTES_H

#include "dump/dump.h"
#include "dump/source.h"

enum {
	NOTE_PRSTATUS = 1,      /* of "CORE": registers of one CPU */
	NOTE_HEADER_LEN = 12,   /* namesz, descsz, type */
	NOTE_MAX_LEN = 1 << 20, /* a longer description is stepped over */
};

/* The bytes that a name or description of that length takes. */
uint64_t note_padded(uint64_t len);

struct note {
	uint32_t type;
	struct str name; /* without its NUL */
	struct bytes desc;
};

struct notes {
	struct note *note;
	size_t count;
	size_t cap;
	uint64_t len; /* bytes of all names and descriptions */
};

/* Adds the notes of the file's bytes [off, off + len). Stops at damage, and says so. */
const struct error *notes_read(const struct source *s, uint64_t off, uint64_t len,
			       enum byte_order order, struct arena *a,
			       struct notes *notes) MUST_CHECK;

/* The description of the first note of that name and type; false if there is none. */
bool notes_find(const struct notes *n, const char *name, uint32_t type, struct bytes *desc);

/* Fills d->cpu and d->vmcoreinfo; d->arch and d->order are known. */
void notes_publish(const struct notes *n, struct arena *a, struct dump *d);

#endif
