/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * oops.h - the kernel's own words, read into events.
 *
 * Text in, no dump needed: messages are fed one by one in the order of the log, and memory
 * does not grow with its length. To add a family of reports: a file with its const struct
 * oops_family, an extern in family.h and a row in family.c.
 */
#ifndef OOPS_OOPS_H
#define OOPS_OOPS_H

#include "facts/facts.h"
#include "oops/event.h"

struct oops_module {
	struct str name;
	struct str taint; /* "OE", "+" ... or empty */
	struct str build_id;
	uint64_t address; /* 0 unknown */
};

struct oops_context {
	const char *class;      /* storage filesystem network hardware memory time */
	struct message message; /* text copied */
};

/* Everything that a log tells. */
struct oops_report {
	struct arena *arena; /* that it lives in */

	struct event *event;
	size_t event_count;     /* at most LIMIT_EVENTS */
	uint64_t event_dropped; /* beyond that */
	size_t chosen;          /* index of the fatal event, or of the most severe one; event_count
				   if there is none */

	/* The panic, if there was one. */
	struct str panic_string;   /* "Kernel panic - not syncing: ..." behind the colon */
	const char *panic_trigger; /* oops panic policy sysrq nmi watchdog mce none */
	const char *panic_policy;  /* "hung_task_panic" ..., or NULL */

	/* What boot messages and reports tell of the system; empty or has_... unset if nothing. */
	struct str release, version, nodename, cmdline, hardware, hypervisor;
	const char *arch; /* as in reports, or NULL */
	uint64_t memory_bytes;
	uint64_t cpus;
	double cpu_mhz;   /* 0 unknown */
	uint64_t last_ns; /* time of the last message of that boot: the uptime */
	bool has_last_ns;
	uint64_t taint; /* all letters of the last report, as bits; with has_taint */
	bool has_taint;
	struct str taint_text;

	struct oops_module *module; /* of the last "Modules linked in:" */
	size_t module_count;
	bool has_modules;

	struct oops_context *context;
	size_t context_count;
	struct str *tail; /* the last LIMIT_LOG_TAIL lines, oldest first, with their stamps */
	size_t tail_count;
	uint64_t line_count, text_len;
	bool is_kernel_log;       /* enough of it looks like printk's words to believe it is one */
	bool early_lines_missing; /* it does not begin with the boot */
};

struct oops_reader;

struct oops_reader *oops_reader_new(struct arena *a);

/* Adds to the lists of functions that do not name a crash (skips.h). The text is borrowed. */
void oops_reader_skip(struct oops_reader *r, struct str text);

/* The text is borrowed for the call only. */
void oops_feed(struct oops_reader *r, const struct message *m);

/* After the last message: events joined, the fatal one chosen. Lives in the arena. */
const struct oops_report *oops_finish(struct oops_reader *r);

/* The same report of a machine that a dump shows not to have panicked, so that the oops at the
 * end of its log killed a task and no more. In the arena of the first, which stays as it is. */
const struct oops_report *oops_of_survivor(const struct oops_report *o);

/* Reads a text log of any transport (syslog, journal, netconsole ...) from a descriptor, in
 * one pass; messages are fed to r. path is for errors. */
const struct error *oops_read_text(struct oops_reader *r, int fd, const char *path,
				   struct arena *a) MUST_CHECK;

/* Puts everything into the facts: events[], event, panic, system, modules, taint, log ... */
void oops_publish(const struct oops_report *o, struct facts *f);

#endif
