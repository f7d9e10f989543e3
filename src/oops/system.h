/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * system.h - what boot messages tell of the machine.
 */
#ifndef OOPS_SYSTEM_H
#define OOPS_SYSTEM_H

#include "base/arena.h"
#include "model/message.h"

/* One boot of those in a log. Texts are in the arena. */
struct system {
	struct str release, version, nodename, cmdline, hardware, hypervisor;
	uint64_t memory_bytes; /* 0 unknown, as all numbers here */
	uint64_t cpus;
	double cpu_mhz;
	uint64_t last_ns; /* the time of its last message that has one, or 0 */
	uint64_t line;    /* of the log, that it begins in */
	bool is_capture;  /* it is the kernel that saves the dump of another one */
	bool has_ended;   /* it said that it restarts, halts or starts another kernel */
};

/* The literals, from 0, that system_line() wants to see the lines of; empty after the last. */
struct str system_literal(size_t which);

/* m holds that literal. */
void system_line(struct system *s, size_t which, const struct message *m, struct arena *a);

/* "Linux version 6.1.0 (...": a kernel boots. */
bool system_is_boot(const struct message *m);

#endif
