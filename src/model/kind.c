/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/kind.h"

#include "base/compiler.h"

static const struct {
	const char *name;
	const char *family;
} kinds[] = {
	[KIND_NULL_DEREF] = { "null_deref", "mem_fault" },
	[KIND_PAGE_FAULT] = { "page_fault", "mem_fault" },
	[KIND_GPF] = { "gpf", "mem_fault" },
	[KIND_STACK_SEGMENT] = { "stack_segment", "mem_fault" },
	[KIND_UNHANDLED_FAULT] = { "unhandled_fault", "mem_fault" },
	[KIND_ARCH_INTERNAL_ERROR] = { "arch_internal_error", "mem_fault" },
	[KIND_ALIGNMENT] = { "alignment", "mem_fault" },
	[KIND_DOUBLE_FAULT] = { "double_fault", "mem_fault" },
	[KIND_STACK_OVERFLOW] = { "stack_overflow", "stack" },
	[KIND_STACK_CORRUPTION] = { "stack_corruption", "stack" },
	[KIND_UNWINDER_WARNING] = { "unwinder_warning", "stack" },
	[KIND_DIVIDE_ERROR] = { "divide_error", "trap" },
	[KIND_INVALID_OPCODE] = { "invalid_opcode", "trap" },
	[KIND_INT3] = { "int3", "trap" },
	[KIND_KASAN_UAF] = { "kasan_uaf", "kasan" },
	[KIND_KASAN_OOB] = { "kasan_oob", "kasan" },
	[KIND_KASAN_NULL] = { "kasan_null", "kasan" },
	[KIND_KASAN_WILD] = { "kasan_wild", "kasan" },
	[KIND_KASAN_INVALID_FREE] = { "kasan_invalid_free", "kasan" },
	[KIND_KASAN_OTHER] = { "kasan_other", "kasan" },
	[KIND_KMSAN_UNINIT] = { "kmsan_uninit", "kmsan" },
	[KIND_KMSAN_INFOLEAK] = { "kmsan_infoleak", "kmsan" },
	[KIND_KCSAN_RACE] = { "kcsan_race", "kcsan" },
	[KIND_KCSAN_ASSERT] = { "kcsan_assert", "kcsan" },
	[KIND_KFENCE_UAF] = { "kfence_uaf", "kfence" },
	[KIND_KFENCE_OOB] = { "kfence_oob", "kfence" },
	[KIND_KFENCE_INVALID] = { "kfence_invalid", "kfence" },
	[KIND_KFENCE_CORRUPTION] = { "kfence_corruption", "kfence" },
	[KIND_KFENCE_INVALID_FREE] = { "kfence_invalid_free", "kfence" },
	[KIND_UBSAN] = { "ubsan", "ubsan" },
	[KIND_MEMORY_LEAK] = { "memory_leak", "leak" },
	[KIND_BUG_ON] = { "bug_on", "assert" },
	[KIND_WARNING] = { "warning", "assert" },
	[KIND_LIST_CORRUPTION] = { "list_corruption", "datastruct" },
	[KIND_REFCOUNT] = { "refcount", "datastruct" },
	[KIND_USERCOPY] = { "usercopy", "datastruct" },
	[KIND_ODEBUG] = { "odebug", "datastruct" },
	[KIND_SLAB_CORRUPTION] = { "slab_corruption", "datastruct" },
	[KIND_BAD_PAGE] = { "bad_page", "datastruct" },
	[KIND_MM_COUNTER] = { "mm_counter", "datastruct" },
	[KIND_VFS_REFCOUNT] = { "vfs_refcount", "datastruct" },
	[KIND_LOCKDEP_DEADLOCK] = { "lockdep_deadlock", "lockdep" },
	[KIND_LOCKDEP_INCONSISTENT] = { "lockdep_inconsistent", "lockdep" },
	[KIND_LOCKDEP_RCU] = { "lockdep_rcu", "lockdep" },
	[KIND_LOCK_IMBALANCE] = { "lock_imbalance", "lockdep" },
	[KIND_LOCKDEP_OTHER] = { "lockdep_other", "lockdep" },
	[KIND_SPINLOCK_BUG] = { "spinlock_bug", "locking" },
	[KIND_SCHED_WHILE_ATOMIC] = { "sched_while_atomic", "atomic" },
	[KIND_SLEEP_IN_ATOMIC] = { "sleep_in_atomic", "atomic" },
	[KIND_PREEMPT_UNSAFE] = { "preempt_unsafe", "atomic" },
	[KIND_WQ_LEAKED_ATOMIC] = { "wq_leaked_atomic", "atomic" },
	[KIND_SOFT_LOCKUP] = { "soft_lockup", "hang" },
	[KIND_HARD_LOCKUP] = { "hard_lockup", "hang" },
	[KIND_RCU_STALL] = { "rcu_stall", "hang" },
	[KIND_HUNG_TASK] = { "hung_task", "hang" },
	[KIND_WQ_LOCKUP] = { "wq_lockup", "hang" },
	[KIND_PANIC_INIT_KILLED] = { "panic_init_killed", "panic" },
	[KIND_PANIC_NO_ROOT] = { "panic_no_root", "panic" },
	[KIND_PANIC_SYSRQ] = { "panic_sysrq", "panic" },
	[KIND_PANIC_OOM] = { "panic_oom", "panic" },
	[KIND_PANIC_FATAL_EXCEPTION] = { "panic_fatal_exception", "panic" },
	[KIND_PANIC_ON_WARN] = { "panic_on_warn", "panic" },
	[KIND_PANIC_HUNG_TASK] = { "panic_hung_task", "panic" },
	[KIND_PANIC_BAD_MODE] = { "panic_bad_mode", "panic" },
	[KIND_PANIC_OTHER] = { "panic_other", "panic" },
	[KIND_MACHINE_CHECK] = { "machine_check", "hardware" },
	[KIND_HARDWARE_ERROR] = { "hardware_error", "hardware" },
	[KIND_NMI] = { "nmi", "hardware" },
	[KIND_SERROR] = { "serror", "hardware" },
	[KIND_RUST_PANIC] = { "rust_panic", "rust" },
	[KIND_NETDEV_UNREGISTER] = { "netdev_unregister", "netdev" },
	[KIND_UNEXPECTED_REBOOT] = { "unexpected_reboot", "reboot" },
	[KIND_USERSPACE_FAILURE] = { "userspace_failure", "foreign" },
	[KIND_FIRMWARE_PANIC] = { "firmware_panic", "foreign" },
	[KIND_UNCLASSIFIED] = { "unclassified", "corrupt_head" },
	[KIND_NONE] = { "none", "none" },
};

const char *
kind_name(enum kind k)
{
	return kinds[k].name;
}

const char *
kind_family(enum kind k)
{
	return kinds[k].family;
}

bool
kind_find(struct str name, enum kind *out)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		if (str_is_c(name, kinds[i].name)) {
			*out = (enum kind)i;
			return true;
		}
	}
	return false;
}
