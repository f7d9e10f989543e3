/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * panic.c - "Kernel panic - not syncing: ...".
 *
 * Most panics are the last line of another report (an oops, a warning, a lockup), which is
 * what "follows" says. The kind given here is that of a panic whose report is not in the log.
 */
#include "oops/family.h"

#define PANIC "Kernel panic - not syncing: "

/* What a setting turned into a panic. */
#define WRAPPER(text, kind, how, of, setting)                                      \
	{                                                                          \
		PANIC text, kind, BLAME_TRACE, .is = CLASS_PANIC, .follows = (of), \
					       .policy = (setting)                 \
	}

/* Nothing but the panic itself is to be found. */
#define REASON(text, kind)                                      \
	{                                                       \
		PANIC text, kind, BLAME_NONE, .is = CLASS_PANIC \
	}

enum {
	WARNED = CLASS_WARN | CLASS_CHECK | CLASS_DATA | CLASS_HANG,

	/* What ends in an oops: a check of a data structure does by the BUG that it joined. */
	DIED = CLASSES_OOPS | CLASS_DATA | CLASS_STACK,
};

static const struct oops_head heads[] = {
	WRAPPER("Fatal exception", KIND_PANIC_FATAL_EXCEPTION, BLAME_NONE, DIED, "panic_on_oops"),
	WRAPPER("Fatal exception in interrupt", KIND_PANIC_FATAL_EXCEPTION, BLAME_NONE, DIED, NULL),
	WRAPPER("{detail}: Fatal exception", KIND_PANIC_FATAL_EXCEPTION, BLAME_NONE, DIED,
		"panic_on_oops"),
	WRAPPER("{detail}: Fatal exception in interrupt", KIND_PANIC_FATAL_EXCEPTION, BLAME_NONE,
		DIED, NULL),
	WRAPPER("Oopsed too often{detail}", KIND_PANIC_FATAL_EXCEPTION, BLAME_NONE, DIED,
		"oops_limit"),
	WRAPPER("Machine halted.", KIND_DOUBLE_FAULT, BLAME_TRACE, DIED, NULL),
	WRAPPER("bad mode", KIND_PANIC_BAD_MODE, BLAME_TRACE, DIED, NULL),
	WRAPPER("Unhandled exception", KIND_PANIC_BAD_MODE, BLAME_TRACE, DIED, NULL),
	WRAPPER("stack guard hit", KIND_STACK_OVERFLOW, BLAME_TRACE, DIED, NULL),
	WRAPPER("panic_on_warn set", KIND_PANIC_ON_WARN, BLAME_NONE, WARNED, "panic_on_warn"),
	WRAPPER("scheduling while atomic", KIND_SCHED_WHILE_ATOMIC, BLAME_TRACE, WARNED,
		"panic_on_warn"),
	WRAPPER("{detail}: panic_on_warn set", KIND_PANIC_ON_WARN, BLAME_NONE, WARNED,
		"panic_on_warn"),
	WRAPPER("{detail}system warned too often", KIND_PANIC_ON_WARN, BLAME_NONE, WARNED,
		"warn_limit"),
	WRAPPER("kasan.fault=panic set", KIND_PANIC_ON_WARN, BLAME_NONE, WARNED, "kasan.fault"),
	WRAPPER("kasan.fault=panic_on_write set", KIND_PANIC_ON_WARN, BLAME_NONE, WARNED,
		"kasan.fault"),
	WRAPPER("kmsan.panic set", KIND_PANIC_ON_WARN, BLAME_NONE, WARNED, "kmsan.panic"),
	WRAPPER("panic_on_kmsan set", KIND_PANIC_ON_WARN, BLAME_NONE, WARNED, "panic_on_kmsan"),
	WRAPPER("panic_on_taint set", KIND_PANIC_ON_WARN, BLAME_NONE, WARNED, "panic_on_taint"),
	WRAPPER("softlockup: hung tasks", KIND_SOFT_LOCKUP, BLAME_INTERRUPTED, CLASS_HANG,
		"softlockup_panic"),
	WRAPPER("hung_task: blocked tasks", KIND_PANIC_HUNG_TASK, BLAME_NONE, CLASS_HANG,
		"hung_task_panic"),
	WRAPPER("RCU Stall", KIND_RCU_STALL, BLAME_INTERRUPTED, CLASS_HANG, "panic_on_rcu_stall"),
	WRAPPER("workqueue: {detail}", KIND_WQ_LOCKUP, BLAME_NONE, CLASS_HANG,
		"workqueue.panic_on_stall"),

	/* somebody asked for it */
	{ PANIC "sysrq triggered crash", KIND_PANIC_SYSRQ, BLAME_TRACE, .is = CLASS_PANIC,
	  .trigger = "sysrq" },
	{ PANIC "SysRq : Trigger a crash", KIND_PANIC_SYSRQ, BLAME_TRACE, .is = CLASS_PANIC,
	  .trigger = "sysrq" },

	/* init, and what else cannot be missed */
	REASON("Attempted to kill init!{detail}", KIND_PANIC_INIT_KILLED),
	REASON("Attempted to kill the idle task!", KIND_PANIC_OTHER),
	REASON("Aiee, killing interrupt handler!", KIND_PANIC_OTHER),
	REASON("No working init found.{detail}", KIND_PANIC_NO_ROOT),
	REASON("No init found.{detail}", KIND_PANIC_NO_ROOT),
	REASON("Requested init {detail}", KIND_PANIC_NO_ROOT),
	REASON("VFS: Unable to mount root fs{detail}", KIND_PANIC_NO_ROOT),
	REASON("Could not decompress initial ramdisk image.", KIND_PANIC_NO_ROOT),

	/* memory */
	{ PANIC "Out of memory: {detail}", KIND_PANIC_OOM, BLAME_NONE, .is = CLASS_PANIC,
	  .policy = "panic_on_oom" },
	{ PANIC "out of memory. {detail}", KIND_PANIC_OOM, BLAME_NONE, .is = CLASS_PANIC,
	  .policy = "panic_on_oom" },
	REASON("Out of memory and no killable processes{detail}", KIND_PANIC_OOM),
	REASON("System is deadlocked on memory{detail}", KIND_PANIC_OOM),

	/* watchdogs that are not the lockup detectors */
	{ PANIC "Software Watchdog Timer expired", KIND_PANIC_OTHER, BLAME_NONE, .is = CLASS_PANIC,
	  .trigger = "watchdog" },
	{ PANIC "watchdog pretimeout event", KIND_PANIC_OTHER, BLAME_NONE, .is = CLASS_PANIC,
	  .trigger = "watchdog" },
	{ PANIC "Kernel Watchdog", KIND_PANIC_OTHER, BLAME_NONE, .is = CLASS_PANIC,
	  .trigger = "watchdog" },

	{ PANIC "{detail}", KIND_PANIC_OTHER, BLAME_TRACE, .is = CLASS_PANIC },
	{ "Kernel panic: {detail}", KIND_PANIC_OTHER, BLAME_TRACE, .is = CLASS_PANIC,
	  .flags = HEAD_AT_START },
	/* the last line of one */
	{ "---[ end Kernel panic", KIND_NONE, BLAME_NONE, .flags = HEAD_NOTHING },
	{ .pattern = NULL },
};

/* What is printed behind the reason may be any text. */
static void
panic_understand(struct event *e, struct report *r)
{
	(void)r;
	if (e->detail.len == 0)
		e->detail = e->panic;
}

const struct oops_family family_panic = { "panic", heads, panic_understand };
