/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * format.h - the dump formats that are read, those that are only known by name, and what an
 * opened dump keeps behind struct dump.
 *
 * To add a format: write NAME.c with a const struct dump_format, and give it a row in
 * formats[] in format.c.
 */
#ifndef DUMP_FORMAT_H
#define DUMP_FORMAT_H

#include "dump/notes.h"
#include "dump/pages.h"

struct dump_format {
	const char *name; /* as reports say it */

	/* By the first bytes; pure. */
	bool (*probe)(struct bytes head);

	/* Fills d and d->impl from one file, or the files of a split set. */
	const struct error *(*open)(struct source **source, size_t count, struct arena *a,
				    struct dump *d);
};

extern const struct dump_format format_kdump;
extern const struct dump_format format_elfcore;

struct dump_impl {
	struct arena *arena;
	struct pages *pages; /* by physical address */
	struct notes notes;

	/* Set by the format. */
	uint64_t base; /* the first page frame there can be */
	struct page_source from;
	enum page_state (*state)(void *self, uint64_t pfn);
	void (*count)(void *self, struct dump_pages *out); /* the first four */

	/* Moves *pfn to the first page at or after it that is in the file; false if none is. */
	bool (*next)(void *self, uint64_t *pfn);

	size_t problem_cap;
	struct dump_pages counts; /* once they are known */
};

/* The format of a file that starts with head; NULL if it is none that is read. */
const struct dump_format *format_find(struct bytes head);

/* A format or wrapping that is known by its first bytes but not read: ERROR_UNSUPPORTED
 * with its name and what to do with the file at path; NULL if head is not known at all. */
const struct error *format_known(struct bytes head, const char *path, struct arena *a);

/* Does the file start as those that are read here do, as far as it goes? */
bool format_starts(struct bytes head);

/* dump_open() for files that are open. */
const struct error *dump_open_sources(struct source **source, size_t count, struct arena *a,
				      struct dump **out) MUST_CHECK;

/* Notes what is wrong with a dump that is usable all the same. */
void format_problem(struct dump *d, const struct error *e);

/* Notes that the writer itself marked the dump as incomplete. */
void format_incomplete(struct dump *d);

enum {
	FORMAT_HEAD_LEN = 8192, /* what probe and format_known want to see */
};

#endif
