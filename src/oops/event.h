/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * event.h - one crash report of the kernel log, understood.
 */
#ifndef OOPS_EVENT_H
#define OOPS_EVENT_H

#include "model/frame.h"
#include "model/kind.h"
#include "model/message.h"
#include "model/regs.h"

enum event_access {
	EVENT_ACCESS_UNKNOWN,
	EVENT_ACCESS_READ,
	EVENT_ACCESS_WRITE,
	EVENT_ACCESS_EXEC,
	EVENT_ACCESS_FREE,
};

/* Who panicked because of a report: the watchdog task of a hung task, the CPU that waited. */
struct event_panicker {
	int64_t pid;
	struct str comm;
	uint32_t cpu;
	bool has_pid, has_cpu;
	struct frame *frame; /* the stack of panic(), innermost first */
	size_t frame_count;
};

/* Texts live in the arena that the report was read with. */
struct event {
	enum kind kind;
	struct str head;     /* the head line */
	struct str function; /* that names the report, by names_canonical(); empty unknown */
	struct str module;   /* of it; empty: vmlinux or unknown */
	struct str detail;   /* what the head line adds to the kind, or empty */
	struct str comm;
	struct str taint;    /* letters as printed: "G        W  O"; empty: not printed */
	bool not_tainted;    /* printed "Not tainted" */
	struct str release;  /* of the kernel, as the report names it; or empty */
	struct str hardware; /* "Hardware name:" of the report */
	enum event_access access;
	uint64_t address;    /* accessed; with has_address */
	uint64_t error_code; /* with has_error_code */
	uint64_t ns;         /* since boot; with has_time */
	uint64_t line;       /* of the log, from 1 */
	uint64_t seconds;    /* a lockup, a stall, a blocked task had lasted; with has_seconds */
	int64_t pid;         /* with has_pid */
	uint32_t cpu;        /* with has_cpu */
	uint32_t repeated;   /* how often the same came again */
	uint32_t count;      /* "[#2]": which oops of this boot it was; 0: not printed */
	uint32_t boot;       /* of those in the log, from 0 */
	bool has_address, has_error_code, has_time, has_seconds, has_pid, has_cpu;
	bool fatal;
	bool corrupted;
	bool user_mode; /* CS, or the processor's like, says user mode; with has_mode */
	bool has_mode;

	struct frame *frame; /* call trace, innermost first, unreliable frames marked */
	size_t frame_count;
	struct regs regs;
	struct str code; /* text of the "Code:" line behind the colon; the marker kept */
	uint64_t ip;     /* address of the faulting instruction; with has_ip */
	bool has_ip;
	struct frame ip_frame; /* function and offset of the RIP line; function empty if none */
	struct {
		const char *level;
		uint64_t value;
	} page_table[5]; /* PGD ... PTE lines */
	size_t page_table_count;

	struct event_panicker panicker; /* the task that panicked, if the panic told */
	struct str panic;    /* the panic it ended in: behind "not syncing: "; empty if none */
	const char *policy;  /* the setting that made it a panic ("hung_task_panic"), or NULL */
	const char *trigger; /* what set the panic off, if its line says: sysrq nmi ..., or NULL */
	unsigned class;      /* enum head_class of its head line */
	struct str modules;  /* behind "Modules linked in:"; with has_modules */
	bool has_modules;

	struct str *text;  /* its lines, with printk's stamp and without other prefixes */
	size_t text_count; /* at most LIMIT_EVENT_LINES */
	size_t line_count; /* lines that it had, kept or not */
};

#endif
