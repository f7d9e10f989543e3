/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * family.h - what families of crash reports there are, one const struct and one file each.
 *
 * A family is a table of head lines, and a function for what a table cannot say. To add
 * one: write NAME.c, declare its struct here, give it a row in family.c.
 */
#ifndef OOPS_FAMILY_H
#define OOPS_FAMILY_H

#include "oops/blame.h"

/* What a head line is to the lines around it, as a set. */
enum head_class {
	CLASS_FAULT = 1 << 0,    /* says what could not be accessed; a die line follows */
	CLASS_DIE = 1 << 1,      /* the die line: "Oops: 0002 [#1]" */
	CLASS_BUG = 1 << 2,      /* "kernel BUG at": a trap follows */
	CLASS_WARN = 1 << 3,     /* "WARNING:" of warn_slowpath */
	CLASS_DATA = 1 << 4,     /* a check of a data structure: a BUG or WARN follows */
	CLASS_CHECK = 1 << 5,    /* a report that stands alone: lockdep, sanitizers, atomic ... */
	CLASS_HANG = 1 << 6,     /* lockups, stalls, blocked tasks */
	CLASS_PANIC = 1 << 7,    /* "Kernel panic - not syncing" */
	CLASS_HARDWARE = 1 << 8, /* machine checks, NMI */
	CLASS_STACK = 1 << 9,    /* stack overflows */
	CLASS_SYSRQ = 1 << 10,

	CLASSES_OOPS = CLASS_FAULT | CLASS_DIE | CLASS_BUG,   /* what an oops is called by */
	CLASSES_DYING = CLASS_FAULT | CLASS_BUG | CLASS_DATA, /* what a die line belongs to */
};

enum head_flag {
	HEAD_AT_START = 1 << 0, /* only at the start of a line */
	HEAD_NOTHING = 1 << 1,  /* looks like a head line and is none */
	HEAD_DETAIL = 1 << 2,   /* follows at any time, not just before the trace begins */
	HEAD_DOUBTFUL = 1 << 3, /* a crash only if something that follows says so */
	HEAD_ONCE = 1 << 4,     /* complete in itself: nothing that follows belongs to it */
};

struct oops_head {
	const char *pattern;
	enum kind kind;
	enum blame_recipe recipe;
	unsigned is;      /* one head_class */
	unsigned follows; /* if one of these is open it belongs to that, else stands alone */
	unsigned flags;
	enum event_access access;
	const char *skip;    /* list of names to pass over besides the plumbing, or NULL */
	const char *policy;  /* of a panic: the setting that asked for it, or NULL */
	const char *trigger; /* of a panic: sysrq nmi watchdog mce, or NULL */
};

struct oops_family {
	const char *name;
	const struct oops_head *heads; /* up to one without a pattern */

	/* Adds what the table cannot say; NULL if it says all. Called after report_read(). */
	void (*understand)(struct event *e, struct report *r);
};

extern const struct oops_family family_page_fault;
extern const struct oops_family family_general_protection;
extern const struct oops_family family_trap;
extern const struct oops_family family_double_fault;
extern const struct oops_family family_stack;
extern const struct oops_family family_bug_on;
extern const struct oops_family family_warning;
extern const struct oops_family family_unable_to_handle;
extern const struct oops_family family_internal_error;
extern const struct oops_family family_unhandled_fault;
extern const struct oops_family family_program_check;
extern const struct oops_family family_list_corruption;
extern const struct oops_family family_data_structure;
extern const struct oops_family family_slab;
extern const struct oops_family family_page_state;
extern const struct oops_family family_lockdep;
extern const struct oops_family family_locking;
extern const struct oops_family family_atomic;
extern const struct oops_family family_soft_lockup;
extern const struct oops_family family_hard_lockup;
extern const struct oops_family family_hung_task;
extern const struct oops_family family_rcu_stall;
extern const struct oops_family family_workqueue;
extern const struct oops_family family_kasan;
extern const struct oops_family family_sanitizer;
extern const struct oops_family family_kfence;
extern const struct oops_family family_ubsan;
extern const struct oops_family family_kmemleak;
extern const struct oops_family family_rust;
extern const struct oops_family family_machine_check;
extern const struct oops_family family_hardware_error;
extern const struct oops_family family_nmi;
extern const struct oops_family family_panic;

/* All of them, up to NULL. */
extern const struct oops_family *const families[];

#endif
