/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * supervisor.h - work on hostile input, in a process that may die.
 *
 * The caller forks and then only waits: for the end of the work, for the deadline, or for a
 * signal to itself. A worker that a bug, a limit or a dead disk brings down takes nothing
 * along, and the caller, which has not looked at the input, can still write a report.
 *
 * The caller does not wait for a worker that cannot die (reading from a dead NFS server, say)
 * for longer than a second; that one dies when its read returns.
 */
#ifndef HOST_SUPERVISOR_H
#define HOST_SUPERVISOR_H

#include "base/error.h"

#include <stdint.h>

struct supervisor_limits {
	uint64_t time_ns;      /* killed when so much has passed; 0: never */
	uint64_t memory_bytes; /* for all its private writable memory; 0: no limit */
	int oom_score_adj;     /* who is killed first when memory is gone: 1000 before all others */
	bool sandbox;          /* it may only read, see sandbox.h */
	bool network;          /* ... and talk to the network */
};

/* Written by the worker, shared with the caller, to whom it is a claim. */
struct supervisor_note {
	uint32_t step; /* what the worker is at, in numbers of the work's own */
};

enum supervisor_how {
	SUPERVISOR_FINISHED,    /* the work returned; status is what it returned */
	SUPERVISOR_DIED,        /* by a signal, or by an exit that was none of its own */
	SUPERVISOR_OUT_OF_TIME, /* killed at the deadline */
	SUPERVISOR_STOPPED,     /* the caller got a signal to end, which is in status */
};

struct supervisor_end {
	enum supervisor_how how;
	int status;
	const char *why; /* how it ended, as words behind "the worker"; NULL if it finished */
	uint32_t step;   /* of the note */
};

/* Returns an exit status, 0 to 127. */
typedef int supervisor_work(void *self, struct supervisor_note *note);

/* Runs work(self) in a child process, with standard streams and open files shared. An error
 * is that there can be no child. */
const struct error *supervisor_run(const struct supervisor_limits *limits, supervisor_work *work,
				   void *self, struct arena *a,
				   struct supervisor_end *out) MUST_CHECK;

/* Ends this process by the signal that supervisor_run() was told to stop with, so that the
 * shell sees what it would have seen without a supervisor. */
void supervisor_die_of(int signal);

#endif
