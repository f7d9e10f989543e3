/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * scan.h - which files below a folder may be dumps and logs of crashes, and which of them have
 * been looked at.
 *
 * What is found there is acted upon by a privileged program later, so nothing is believed that
 * another user may have put there: symbolic links are not followed, and files and folders that
 * belong to others, or that others may write to, are refused. A sticky folder (/var/crash of
 * Ubuntu has mode 3777) may be written to by everybody, but what is in it stays its owner's.
 *
 * The state of a dump stands beside it, in a file of its own for each format of report, so it
 * goes where the dump goes and is deleted with it. It is written before a dump is looked at: a
 * dump that takes the machine down each time is given up after SCAN_ATTEMPTS.
 */
#ifndef HOST_SCAN_H
#define HOST_SCAN_H

#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

enum {
	SCAN_ATTEMPTS = 2,
};

struct scan_file {
	const char *path;
	const char *folder; /* the part before the last '/' */
	const char *name;   /* the part behind it */
	uint64_t len;
	int64_t mtime_ns;
	bool is_log; /* by its name, which is one that dump collectors and pstore give */
};

struct scan_list {
	struct scan_file *file; /* newest first */
	size_t count;
	const char **refused; /* path and reason, a sentence each */
	size_t refused_count;
	bool is_busy; /* another process scans this folder; then the list is empty */
};

/* Lists the regular files of a folder and the folders in it, and keeps the folder locked
 * against other scans for as long as the arena lives. */
const struct error *scan_folder(const char *path, struct arena *a,
				struct scan_list *out) MUST_CHECK;

/* Is this a name that collectors give to dumps? For formats that bytes do not tell. */
bool scan_is_dump_name(const char *name);

struct scan_state {
	unsigned int attempts; /* that were begun; 0: the dump is new */
	bool is_done;          /* the last one came to an end */
};

/* The state of a file for one format; a file that has changed since is new. */
struct scan_state scan_state_read(const struct scan_file *f, const char *format, struct arena *a);

const struct error *scan_state_write(const struct scan_file *f, const char *format,
				     struct scan_state state, struct arena *a) MUST_CHECK;

#endif
