/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * worker.h - work that may crash, hang or eat memory, done in a child process.
 *
 * The child inherits what it needs by fork(), writes its answer to a pipe and ends; it gets
 * no other way to change anything. The parent reads up to a limit and until a deadline, then
 * kills it. An answer may be cut short at any byte: whoever reads it has to bear that.
 */
#ifndef HOST_WORKER_H
#define HOST_WORKER_H

#include "base/error.h"
#include "base/str.h"

struct worker_limits {
	uint64_t deadline_ns; /* CLOCK_MONOTONIC */
	uint64_t data_bytes;  /* private memory beyond what the parent has */
	size_t answer_bytes;
	bool downloads; /* it may write files, of any length */
};

/* Runs fn(ctx, fd) in a child; what it wrote to fd is the answer, in the arena. The error says
 * that it could not be started, crashed, was killed for a limit, or said too much; *out is what
 * it wrote before. */
const struct error *worker_run(void (*fn)(void *ctx, int fd), void *ctx,
			       const struct worker_limits *limits, struct arena *a,
			       struct bytes *out) MUST_CHECK;

#endif
