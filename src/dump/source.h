/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * source.h - one input file, read with bounds.
 *
 * Always pread, never a mapping: a dump on NFS or one that is still being written may be
 * cut short at any time, and a mapping then kills the reader with SIGBUS. What lies beyond
 * the end is said to be so; it is never zeros. A flattened stream looks like the file that
 * it stands for, with gaps where nothing was ever written.
 */
#ifndef DUMP_SOURCE_H
#define DUMP_SOURCE_H

#include "base/error.h"
#include "base/str.h"

#include <sys/types.h>

enum source_result {
	SOURCE_READ,   /* all bytes asked for */
	SOURCE_GAP,    /* some of them were never written to the flattened stream */
	SOURCE_END,    /* some of them lie beyond the end of the file */
	SOURCE_FAILED, /* the operating system refused */
};

struct flat;

struct source {
	const char *path;
	int fd; /* -1: the bytes of mem */
	struct bytes mem;
	uint64_t file_len; /* bytes of the file itself */
	uint64_t len;      /* bytes of what it stands for: the same unless it is flattened */
	struct flat *flat; /* NULL: not flattened */
	const struct error *problem; /* what is wrong with the flattened stream, or NULL */
};

/* Opens a regular file or a block device. Closed when the arena is freed. */
const struct error *source_open(const char *path, struct arena *a, struct source **out) MUST_CHECK;

/* The same over bytes in memory, for tests: borrowed. */
struct source *source_of_bytes(struct bytes b, struct arena *a);

/* All len bytes at off, or the reason why not; buf then holds nothing that may be used. */
enum source_result source_read(const struct source *s, uint64_t off, void *buf, size_t len);

/* For headers: as many of the len bytes as there are before the end, gaps as zeros, which
 * is what a program that rearranges the stream would have made of them. */
size_t source_read_some(const struct source *s, uint64_t off, void *buf, size_t len);

/* Up to len bytes of the file itself at off, as pread() but for EINTR and short reads:
 * -1 if the operating system refuses. For flat.c. */
ssize_t source_pread(const struct source *s, uint64_t off, void *buf, size_t len);

/* The first byte at or after off that is not in a hole of a sparse file; off itself if the
 * file system cannot tell, the length if there is none. */
uint64_t source_next_data(const struct source *s, uint64_t off);

#endif
