/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * output.h - an output file that appears whole or not at all.
 *
 * It is written under a temporary name in the same folder, mode 0600, and put in place by
 * rename() after fsync(). A symbolic link at its place is replaced, never followed; so are
 * hard links. "-" is standard output.
 */
#ifndef HOST_OUTPUT_H
#define HOST_OUTPUT_H

#include "base/error.h"

#include <stdio.h>

struct outfile;

const struct error *outfile_open(const char *path, struct arena *a,
				 struct outfile **out) MUST_CHECK;

FILE *outfile_stream(struct outfile *o);

/* Opens a file that belongs to somebody else and only grows: a CI system's summary. It is
 * closed with the arena. */
const struct error *outfile_append(const char *path, struct arena *a, FILE **out) MUST_CHECK;

/* Puts the file in place. On an error nothing has changed at its place. */
const struct error *outfile_commit(struct outfile *o, struct arena *a) MUST_CHECK;

/* Removes what was written. Standard output keeps what it got. */
void outfile_abandon(struct outfile *o);

#endif
