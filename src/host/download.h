/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * download.h - debuginfo from the servers of debuginfod, for who asked for that.
 *
 * Its client library is loaded only then, since it brings twenty others. It runs in a worker
 * (worker.h): which servers there are, and where files are kept, is in its own environment
 * variables.
 */
#ifndef HOST_DOWNLOAD_H
#define HOST_DOWNLOAD_H

#include "base/error.h"

/* The path of the debug file with that build ID, in hex; in the arena. ERROR_ABSENT if no
 * server has it. */
const struct error *download_debuginfo(const char *build_id, struct arena *a,
				       const char **path) MUST_CHECK;

#endif
