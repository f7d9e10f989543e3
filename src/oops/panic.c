/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * panic.c - "Kernel panic - not syncing: ...".
 *
 * Most panics are the last line of another report (an oops, a warning, a lockup), which is
 * what "follows" says. The kind given here is that of a panic whose report is not in the log.
 */
#include "oops/family.h"

#define PANIC(text) "Kernel panic - not syncing: " text

static const struct oops_head heads[] = {
	{ PANIC("Fatal exception{detail}"), KIND_PANIC_FATAL_EXCEPTION, BLAME_TRACE,
	  .is = CLASS_PANIC, .follows = CLASSES_OOPS },
	{ PANIC("panic_on_warn set{detail}"), KIND_PANIC_ON_WARN, BLAME_TRACE, .is = CLASS_PANIC,
	  .follows = CLASS_WARN | CLASS_CHECK | CLASS_DATA, .policy = "panic_on_warn" },
	{ PANIC("{place} panic_on_warn set{detail}"), KIND_PANIC_ON_WARN, BLAME_TRACE,
	  .is = CLASS_PANIC, .follows = CLASS_WARN | CLASS_CHECK | CLASS_DATA,
	  .policy = "panic_on_warn" },
	{ PANIC("softlockup: hung tasks"), KIND_SOFT_LOCKUP, BLAME_STALL, .is = CLASS_PANIC,
	  .follows = CLASS_HANG, .policy = "softlockup_panic" },
	{ PANIC("hung_task: blocked tasks"), KIND_PANIC_HUNG_TASK, BLAME_NONE, .is = CLASS_PANIC,
	  .follows = CLASS_HANG, .policy = "hung_task_panic" },
	{ PANIC("RCU Stall"), KIND_RCU_STALL, BLAME_STALL, .is = CLASS_PANIC, .follows = CLASS_HANG,
	  .policy = "panic_on_rcu_stall" },
	{ PANIC("Machine halted."), KIND_DOUBLE_FAULT, BLAME_PC, .is = CLASS_PANIC,
	  .follows = CLASSES_OOPS },
	{ PANIC("sysrq triggered crash"), KIND_PANIC_SYSRQ, BLAME_TRACE, .is = CLASS_PANIC,
	  .follows = CLASS_SYSRQ },
	{ PANIC("Attempted to kill init!{detail}"), KIND_PANIC_INIT_KILLED, BLAME_NONE,
	  .is = CLASS_PANIC },
	{ PANIC("Out of memory: {detail}"), KIND_PANIC_OOM, BLAME_NONE, .is = CLASS_PANIC,
	  .policy = "panic_on_oom" },
	{ PANIC("Out of memory and no killable processes{detail}"), KIND_PANIC_OOM, BLAME_NONE,
	  .is = CLASS_PANIC },
	{ PANIC("System is deadlocked on memory"), KIND_PANIC_OOM, BLAME_NONE, .is = CLASS_PANIC },
	{ PANIC("VFS: Unable to mount root fs on {detail}"), KIND_PANIC_NO_ROOT, BLAME_NONE,
	  .is = CLASS_PANIC },
	{ PANIC("No working init found."), KIND_PANIC_NO_ROOT, BLAME_NONE, .is = CLASS_PANIC },
	{ PANIC("{detail}"), KIND_PANIC_OTHER, BLAME_TRACE, .is = CLASS_PANIC },
	/* the last line of one */
	{ "---[ end Kernel panic", KIND_NONE, BLAME_NONE, .flags = HEAD_NOTHING },
	{ .pattern = NULL },
};

const struct oops_family family_panic = { "panic", heads, NULL };
