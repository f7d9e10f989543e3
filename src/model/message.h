/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * message.h - one message of the kernel log, whatever it came through.
 *
 * The text is one line: a record that holds several lines becomes several messages with
 * the same time and caller. It is borrowed from whoever made the message.
 */
#ifndef MODEL_MESSAGE_H
#define MODEL_MESSAGE_H

#include "base/str.h"

/* Who printed it: printk's caller id (Linux commit 15ff2069cb7f, v5.1). */
enum message_caller {
	MESSAGE_CALLER_UNKNOWN,
	MESSAGE_CALLER_TASK, /* caller is a thread id */
	MESSAGE_CALLER_CPU,  /* caller is a CPU number: no task context */
};

enum {
	MESSAGE_LEVEL_UNKNOWN = 255,
};

struct message {
	struct str text; /* without any prefix and line end */
	uint64_t line;   /* its number in the log, from 1 */
	uint64_t ns;     /* since boot; with has_time only */
	bool has_time;
	uint8_t level; /* 0 (emerg) to 7 (debug), or MESSAGE_LEVEL_UNKNOWN */
	enum message_caller caller_kind;
	uint32_t caller;
	bool inherited;   /* time, level and caller are those of the message before it */
	bool damaged;     /* some of its bytes are known to be lost or overwritten */
	bool forwarded;   /* a program stored it, which dies before the kernel does */
	bool uncommitted; /* its writer died before it was finished */
};

#endif
