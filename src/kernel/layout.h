/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * layout.h - where in the kernel's structures the members are that this program needs.
 *
 * One table (layout.c) names every such member, its older names, and the commits that changed
 * them. A member's offset comes from the types of the kernel (BTF of the dump, debuginfo),
 * else from VMCOREINFO, else it may be learned from what the structures of the dump hold
 * (learn.h). Nothing here asks for the version of the kernel: what is there, is there.
 */
#ifndef KERNEL_LAYOUT_H
#define KERNEL_LAYOUT_H

#include "dump/vmcoreinfo.h"
#include "symbols/types.h"

enum layout_id {
	LAYOUT_TASK, /* of a whole structure: its length */
	LAYOUT_TASK_THREAD_INFO,
	LAYOUT_TASK_STATE,
	LAYOUT_TASK_EXIT_STATE,
	LAYOUT_TASK_STACK,
	LAYOUT_TASK_FLAGS,
	LAYOUT_TASK_ON_CPU,
	LAYOUT_TASK_CPU,
	LAYOUT_TASK_TASKS,
	LAYOUT_TASK_MM,
	LAYOUT_TASK_PID,
	LAYOUT_TASK_TGID,
	LAYOUT_TASK_REAL_PARENT,
	LAYOUT_TASK_GROUP_LEADER,
	LAYOUT_TASK_THREAD_NODE,
	LAYOUT_TASK_THREAD_GROUP,
	LAYOUT_TASK_SIGNAL,
	LAYOUT_TASK_COMM,
	LAYOUT_TASK_CRED,
	LAYOUT_TASK_FILES,
	LAYOUT_TASK_LAST_ARRIVAL,
	LAYOUT_TASK_EXEC_START,
	LAYOUT_TASK_START_TIME,
	LAYOUT_TASK_UTIME,
	LAYOUT_TASK_STIME,
	LAYOUT_TASK_RSS,
	LAYOUT_TASK_SP,
	LAYOUT_TASK_CPU_CONTEXT,
	LAYOUT_SIGNAL_THREAD_HEAD,
	LAYOUT_CRED_UID,
	LAYOUT_MM_TOTAL_VM,
	LAYOUT_MM_RSS,
	LAYOUT_PERCPU_COUNTER,
	LAYOUT_PERCPU_COUNTER_COUNT,
	LAYOUT_PERCPU_COUNTER_COUNTERS,
	LAYOUT_MODULE,
	LAYOUT_MODULE_STATE,
	LAYOUT_MODULE_LIST,
	LAYOUT_MODULE_NAME,
	LAYOUT_MODULE_MEM,
	LAYOUT_MODULE_CORE,
	LAYOUT_MODULE_INIT,
	LAYOUT_MODULE_OLD_CORE,
	LAYOUT_MODULE_OLD_CORE_LEN,
	LAYOUT_MODULE_OLD_CORE_TEXT_LEN,
	LAYOUT_MODULE_OLD_INIT,
	LAYOUT_MODULE_OLD_INIT_LEN,
	LAYOUT_MODULE_KALLSYMS,
	LAYOUT_MODULE_OLD_SYMTAB,
	LAYOUT_MODULE_OLD_NUM_SYMTAB,
	LAYOUT_MODULE_OLD_STRTAB,
	LAYOUT_MODULE_TAINTS,
	LAYOUT_MODULE_VERSION,
	LAYOUT_MODULE_SRCVERSION,
	LAYOUT_MODULE_BUILD_ID,
	LAYOUT_MODULE_NUM_ORCS,
	LAYOUT_MODULE_ORC_IP,
	LAYOUT_MODULE_ORC,
	LAYOUT_MODULE_REGION,
	LAYOUT_MODULE_REGION_BASE,
	LAYOUT_MODULE_REGION_LEN,
	LAYOUT_MODULE_LAYOUT_BASE,
	LAYOUT_MODULE_LAYOUT_LEN,
	LAYOUT_MODULE_LAYOUT_TEXT_LEN,
	LAYOUT_MOD_KALLSYMS_SYMTAB,
	LAYOUT_MOD_KALLSYMS_COUNT,
	LAYOUT_MOD_KALLSYMS_STRTAB,
	LAYOUT_INACTIVE_FRAME,
	LAYOUT_INACTIVE_FRAME_BP,
	LAYOUT_INACTIVE_FRAME_RET,
	LAYOUT_THREAD_UNION,
	LAYOUT_PT_REGS,
	LAYOUT_PT_REGS_STACKFRAME,
	LAYOUT_FRAME_META,
	LAYOUT_RQ_CURR,
	LAYOUT_RQ_IDLE,
	LAYOUT_HOT_CURRENT,
	LAYOUT_BPF_SYM_START,
	LAYOUT_BPF_SYM_END,
	LAYOUT_BPF_SYM_NAME,
	LAYOUT_BPF_SYM_LIST,
	LAYOUT_BTF_MODULE_LIST,
	LAYOUT_BTF_MODULE_BTF,
	LAYOUT_BTF_MODULE_MODULE,
	LAYOUT_BTF_DATA,
	LAYOUT_BTF_DATA_LEN,
	LAYOUT_BTF_FIRST,
	LAYOUT_BTF_STRING_BASE,
	LAYOUT_UTS_NAME,
	LAYOUT_COUNT,
};

enum layout_source {
	LAYOUT_UNKNOWN,
	LAYOUT_FROM_TYPES,
	LAYOUT_FROM_VMCOREINFO,
	LAYOUT_LEARNED,
};

struct layout;

/* types and info are asked when somebody asks; either may be NULL. */
struct layout *layout_new(struct types *types, const struct vmcoreinfo *info, struct arena *a);

/* The member's offset in bytes; of a structure, its length. */
bool layout_find(struct layout *l, enum layout_id id, uint64_t *off);

/* Bytes of the member itself; 0 if not known. */
uint64_t layout_len(struct layout *l, enum layout_id id);

enum layout_source layout_source(struct layout *l, enum layout_id id);

/* What an offset was found out to be; what the types say is not replaced. */
void layout_learn(struct layout *l, enum layout_id id, uint64_t off, uint64_t len);

/* How many were learned. */
size_t layout_learned(const struct layout *l);

/* "task_struct.comm", for messages. */
const char *layout_name(enum layout_id id, struct arena *a);

#endif
