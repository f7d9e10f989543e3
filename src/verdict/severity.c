/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "verdict/severity.h"

const char *const severity_names[] = { "critical", "high", "medium", "low", "info", NULL };

/* What a kind is called in titles, and how bad it is where the machine lived on. */
static const struct {
	const char *words;
	const char *severity;
} kinds[] = {
	[KIND_NULL_DEREF] = { "NULL pointer dereference", "high" },
	[KIND_PAGE_FAULT] = { "Invalid memory access", "high" },
	[KIND_GPF] = { "General protection fault", "high" },
	[KIND_STACK_SEGMENT] = { "Stack segment fault", "high" },
	[KIND_UNHANDLED_FAULT] = { "Unhandled memory fault", "high" },
	[KIND_ARCH_INTERNAL_ERROR] = { "Internal error", "high" },
	[KIND_ALIGNMENT] = { "Misaligned access", "high" },
	[KIND_DOUBLE_FAULT] = { "Double fault", "high" },
	[KIND_STACK_OVERFLOW] = { "Kernel stack overflow", "high" },
	[KIND_STACK_CORRUPTION] = { "Kernel stack corruption", "high" },
	[KIND_UNWINDER_WARNING] = { "Stack unwinder warning", "low" },
	[KIND_DIVIDE_ERROR] = { "Division by zero", "high" },
	[KIND_INVALID_OPCODE] = { "Invalid instruction", "high" },
	[KIND_INT3] = { "Unexpected breakpoint", "high" },
	[KIND_KASAN_UAF] = { "Use after free", "medium" },
	[KIND_KASAN_OOB] = { "Out-of-bounds access", "medium" },
	[KIND_KASAN_NULL] = { "NULL pointer dereference", "high" },
	[KIND_KASAN_WILD] = { "Wild memory access", "high" },
	[KIND_KASAN_INVALID_FREE] = { "Invalid or double free", "medium" },
	[KIND_KASAN_OTHER] = { "Invalid memory access (KASAN)", "medium" },
	[KIND_KMSAN_UNINIT] = { "Use of uninitialised memory", "medium" },
	[KIND_KMSAN_INFOLEAK] = { "Kernel memory leaked to user space", "medium" },
	[KIND_KCSAN_RACE] = { "Data race", "low" },
	[KIND_KCSAN_ASSERT] = { "Data race against an assertion", "low" },
	[KIND_KFENCE_UAF] = { "Use after free", "medium" },
	[KIND_KFENCE_OOB] = { "Out-of-bounds access", "medium" },
	[KIND_KFENCE_INVALID] = { "Invalid memory access", "medium" },
	[KIND_KFENCE_CORRUPTION] = { "Memory corruption", "medium" },
	[KIND_KFENCE_INVALID_FREE] = { "Invalid free", "medium" },
	[KIND_UBSAN] = { "Undefined behaviour", "low" },
	[KIND_MEMORY_LEAK] = { "Memory leak", "low" },
	[KIND_BUG_ON] = { "Kernel assertion failed (BUG)", "high" },
	[KIND_WARNING] = { "Kernel warning", "low" },
	[KIND_LIST_CORRUPTION] = { "Linked list corruption", "medium" },
	[KIND_REFCOUNT] = { "Reference count error", "medium" },
	[KIND_USERCOPY] = { "Bad copy to or from user space", "medium" },
	[KIND_ODEBUG] = { "Object used against its life cycle", "medium" },
	[KIND_SLAB_CORRUPTION] = { "Slab corruption", "medium" },
	[KIND_BAD_PAGE] = { "Bad page state", "medium" },
	[KIND_MM_COUNTER] = { "Memory accounting error", "medium" },
	[KIND_VFS_REFCOUNT] = { "Filesystem object still in use", "medium" },
	[KIND_LOCKDEP_DEADLOCK] = { "Possible deadlock", "low" },
	[KIND_LOCKDEP_INCONSISTENT] = { "Inconsistent lock state", "low" },
	[KIND_LOCKDEP_RCU] = { "Suspicious RCU usage", "low" },
	[KIND_LOCK_IMBALANCE] = { "Unbalanced lock", "low" },
	[KIND_LOCKDEP_OTHER] = { "Lock misuse", "low" },
	[KIND_SPINLOCK_BUG] = { "Spinlock misuse", "medium" },
	[KIND_SCHED_WHILE_ATOMIC] = { "Scheduling while atomic", "medium" },
	[KIND_SLEEP_IN_ATOMIC] = { "Sleeping in atomic context", "low" },
	[KIND_PREEMPT_UNSAFE] = { "Per-CPU data used while preemptible", "low" },
	[KIND_WQ_LEAKED_ATOMIC] = { "Work function left with a lock held", "medium" },
	[KIND_SOFT_LOCKUP] = { "Soft lockup", "high" },
	[KIND_HARD_LOCKUP] = { "Hard lockup", "high" },
	[KIND_RCU_STALL] = { "RCU stall", "high" },
	[KIND_HUNG_TASK] = { "Hung task", "medium" },
	[KIND_WQ_LOCKUP] = { "Workqueue lockup", "medium" },
	[KIND_PANIC_INIT_KILLED] = { "init died", "critical" },
	[KIND_PANIC_NO_ROOT] = { "No root filesystem", "critical" },
	[KIND_PANIC_SYSRQ] = { "Crash requested by sysrq", "critical" },
	[KIND_PANIC_OOM] = { "Out of memory", "critical" },
	[KIND_PANIC_FATAL_EXCEPTION] = { "Fatal exception", "critical" },
	[KIND_PANIC_ON_WARN] = { "Panic on a warning", "critical" },
	[KIND_PANIC_HUNG_TASK] = { "Panic on a hung task", "critical" },
	[KIND_PANIC_BAD_MODE] = { "Exception in a bad mode", "critical" },
	[KIND_PANIC_OTHER] = { "Kernel panic", "critical" },
	[KIND_MACHINE_CHECK] = { "Machine check", "high" },
	[KIND_HARDWARE_ERROR] = { "Hardware error", "high" },
	[KIND_NMI] = { "NMI", "medium" },
	[KIND_SERROR] = { "SError interrupt", "high" },
	[KIND_RUST_PANIC] = { "Rust panic", "high" },
	[KIND_NETDEV_UNREGISTER] = { "Network device cannot be unregistered", "medium" },
	[KIND_UNEXPECTED_REBOOT] = { "Unexpected reboot", "critical" },
	[KIND_USERSPACE_FAILURE] = { "User-space failure", "info" },
	[KIND_FIRMWARE_PANIC] = { "Firmware panic", "critical" },
	[KIND_UNCLASSIFIED] = { "Crash of unknown kind", "high" },
	[KIND_NONE] = { "No crash", "info" },
};

const char *
severity_of(enum kind k, bool fatal)
{
	return fatal && k != KIND_NONE ? severity_names[0] : kinds[k].severity;
}

const char *
severity_kind_words(enum kind k)
{
	return kinds[k].words;
}
