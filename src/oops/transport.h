/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * transport.h - a raw line of some text log -> the messages that the kernel wrote.
 *
 * Takes off, in any order and as often as they come: levels ("<4>", "kern  :warn  : "),
 * syslog, ISO and dmesg -T dates with host and tag, /dev/kmsg and netconsole headers,
 * printk's stamp and caller id. ANSI sequences, control bytes and textual escapes go too.
 * A line with another stamp in its middle is two messages that a console ran together.
 *
 * The state is what a line may inherit from the one before it: continuation lines carry
 * neither stamp nor caller.
 */
#ifndef OOPS_TRANSPORT_H
#define OOPS_TRANSPORT_H

#include "base/limits.h"
#include "model/message.h"

typedef void (*transport_sink)(void *ctx, const struct message *m);

struct transport {
	transport_sink sink;
	void *ctx;
	struct message last; /* the newest one that had a stamp of its own */
	uint64_t line;       /* lines so far */
	uint64_t stamped;    /* messages that carried a stamp, a level or a kernel tag */
	bool tagged;         /* some line was said to be the kernel's: "host kernel: " */
	uint64_t foreign;    /* lines of other programs, which were passed over */
	char clean[LIMIT_LINE_BYTES];
	char pieces[LIMIT_LINE_BYTES]; /* of a message that netconsole had to cut */
	size_t pieces_len;
};

void transport_begin(struct transport *t, transport_sink sink, void *ctx);

/* raw is without its line end, and borrowed for the call. */
void transport_line(struct transport *t, struct str raw);

#endif
