/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sourcetext.h - lines of source files, where the source is on this machine.
 *
 * Names of files come out of debuginfo, which may be an enemy's: only files that look like
 * source are opened, and a name that is relative stays below the folder it is put into.
 */
#ifndef HOST_SOURCETEXT_H
#define HOST_SOURCETEXT_H

#include "base/error.h"
#include "base/str.h"

struct sourcetext;

/* dirs: folders of source trees, the first first. */
struct sourcetext *sourcetext_new(const char *const *dirs, size_t count, struct arena *a);

/* Line number n, from 1, of a file that is relative to one of the trees, or else absolute; empty
 * if there is none. Blanks at its ends are cut off. Valid as long as the arena. */
struct str sourcetext_line(struct sourcetext *s, struct str file, uint32_t n);

#endif
