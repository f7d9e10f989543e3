/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * unpack.h - debug files that are compressed with zstd, as modules of many distributions are.
 *
 * libdw expands gzip, bzip2 and xz itself; zstd only if it was built with it, which Debian's is
 * not.
 */
#ifndef SYMBOLS_UNPACK_H
#define SYMBOLS_UNPACK_H

#include "base/error.h"

/* The content of a file that is compressed with zstd, in memory behind a descriptor that stays open
 * as long as the arena. *is_packed is false if it is no such file. */
const struct error *unpack_zstd(const char *path, struct arena *a, int *fd,
				bool *is_packed) MUST_CHECK;

#endif
