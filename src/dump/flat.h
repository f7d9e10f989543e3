/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * flat.h - makedumpfile's flattened stream, seen as the plain file that it stands for.
 *
 * The stream is a header and records {offset, length, bytes}, applied in order: the last
 * writer of a byte wins. A byte that nobody wrote is in a gap, and that is not a zero. A
 * stream without its end record was cut short: what it has is used.
 *
 * Writers send a large file as millions of records of one length each, one behind the
 * other, so records are kept as runs and the index of a regular stream is tiny.
 */
#ifndef DUMP_FLAT_H
#define DUMP_FLAT_H

#include "dump/source.h"

bool flat_is_header(struct bytes head);

/* Has s read as the plain file from now on; s->problem says what is wrong with the stream. */
const struct error *flat_open(struct source *s, struct arena *a) MUST_CHECK;

enum source_result flat_read(const struct source *s, uint64_t off, void *buf, size_t len);

/* Bytes of gaps become zeros. */
size_t flat_read_some(const struct source *s, uint64_t off, void *buf, size_t len);

#endif
