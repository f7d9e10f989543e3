/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/layout.h"

#include <stdio.h>
#include <string.h>

enum {
	NAMES = 3, /* a member has had, newest first */
};

/* The structure, and its member by path; without one, the structure's length. */
struct row {
	const char *structure;
	const char *member[NAMES];
};

/* clang-format off */
static const struct row rows[LAYOUT_COUNT] = {
	[LAYOUT_TASK] = { "task_struct", { NULL } },
	/* c65eacbe290b ("sched/core: Allow putting thread_info into task_struct"), v4.9 */
	[LAYOUT_TASK_THREAD_INFO] = { "task_struct", { "thread_info" } },
	/* 2f064a59a11f ("sched: Change task_struct::state"), v5.14 */
	[LAYOUT_TASK_STATE] = { "task_struct", { "__state", "state" } },
	[LAYOUT_TASK_EXIT_STATE] = { "task_struct", { "exit_state" } },
	[LAYOUT_TASK_STACK] = { "task_struct", { "stack" } },
	[LAYOUT_TASK_FLAGS] = { "task_struct", { "flags" } },
	[LAYOUT_TASK_ON_CPU] = { "task_struct", { "on_cpu" } },
	/* bcf9033e5449 ("sched: move CPU field back into thread_info"), v5.16 */
	[LAYOUT_TASK_CPU] = { "task_struct", { "thread_info.cpu", "cpu" } },
	[LAYOUT_TASK_TASKS] = { "task_struct", { "tasks" } },
	[LAYOUT_TASK_MM] = { "task_struct", { "mm" } },
	[LAYOUT_TASK_PID] = { "task_struct", { "pid" } },
	[LAYOUT_TASK_TGID] = { "task_struct", { "tgid" } },
	[LAYOUT_TASK_REAL_PARENT] = { "task_struct", { "real_parent" } },
	[LAYOUT_TASK_GROUP_LEADER] = { "task_struct", { "group_leader" } },
	/* 0c740d0afc3b ("introduce for_each_thread()"), v3.14 */
	[LAYOUT_TASK_THREAD_NODE] = { "task_struct", { "thread_node" } },
	/* gone with 8e1f385104ac ("kill task_struct->thread_group"), v6.7 */
	[LAYOUT_TASK_THREAD_GROUP] = { "task_struct", { "thread_group" } },
	[LAYOUT_TASK_SIGNAL] = { "task_struct", { "signal" } },
	[LAYOUT_TASK_COMM] = { "task_struct", { "comm" } },
	[LAYOUT_TASK_CRED] = { "task_struct", { "real_cred", "cred" } },
	[LAYOUT_TASK_FILES] = { "task_struct", { "files" } },
	[LAYOUT_TASK_LAST_ARRIVAL] = { "task_struct", { "sched_info.last_arrival" } },
	[LAYOUT_TASK_EXEC_START] = { "task_struct", { "se.exec_start" } },
	[LAYOUT_TASK_START_TIME] = { "task_struct", { "start_time" } },
	[LAYOUT_TASK_UTIME] = { "task_struct", { "utime" } },
	[LAYOUT_TASK_STIME] = { "task_struct", { "stime" } },
	/* what a thread has not yet added to its mm; gone with f1a7941243c1, v6.2 */
	[LAYOUT_TASK_RSS] = { "task_struct", { "rss_stat.count" } },
	[LAYOUT_TASK_SP] = { "task_struct", { "thread.sp" } },
	[LAYOUT_TASK_CPU_CONTEXT] = { "task_struct", { "thread.cpu_context" } },
	[LAYOUT_SIGNAL_THREAD_HEAD] = { "signal_struct", { "thread_head" } },
	[LAYOUT_CRED_UID] = { "cred", { "uid" } },
	[LAYOUT_MM_TOTAL_VM] = { "mm_struct", { "total_vm" } },
	/* an array of percpu_counter since f1a7941243c1 ("mm: convert mm's rss stats into
	 * percpu_counter"), v6.2; of longs before */
	[LAYOUT_MM_RSS] = { "mm_struct", { "rss_stat" } },
	[LAYOUT_PERCPU_COUNTER] = { "percpu_counter", { NULL } },
	[LAYOUT_PERCPU_COUNTER_COUNT] = { "percpu_counter", { "count" } },
	[LAYOUT_PERCPU_COUNTER_COUNTERS] = { "percpu_counter", { "counters" } },

	[LAYOUT_MODULE] = { "module", { NULL } },
	[LAYOUT_MODULE_STATE] = { "module", { "state" } },
	[LAYOUT_MODULE_LIST] = { "module", { "list" } },
	[LAYOUT_MODULE_NAME] = { "module", { "name" } },
	/* ac3b43283923 ("module: replace module_layout with module_memory"), v6.4 */
	[LAYOUT_MODULE_MEM] = { "module", { "mem" } },
	/* 7523e4dc5057 ("module: use a structure to encapsulate layout."), v4.5 */
	[LAYOUT_MODULE_CORE] = { "module", { "core_layout" } },
	[LAYOUT_MODULE_INIT] = { "module", { "init_layout" } },
	[LAYOUT_MODULE_OLD_CORE] = { "module", { "module_core" } },
	[LAYOUT_MODULE_OLD_CORE_LEN] = { "module", { "core_size" } },
	[LAYOUT_MODULE_OLD_CORE_TEXT_LEN] = { "module", { "core_text_size" } },
	[LAYOUT_MODULE_OLD_INIT] = { "module", { "module_init" } },
	[LAYOUT_MODULE_OLD_INIT_LEN] = { "module", { "init_size" } },
	/* 8244062ef1e5 ("modules: fix longstanding /proc/kallsyms vs module insertion race."),
	 * v4.5; during initialisation it has the init section's symbols too */
	[LAYOUT_MODULE_KALLSYMS] = { "module", { "kallsyms" } },
	[LAYOUT_MODULE_OLD_SYMTAB] = { "module", { "symtab" } },
	[LAYOUT_MODULE_OLD_NUM_SYMTAB] = { "module", { "num_symtab" } },
	[LAYOUT_MODULE_OLD_STRTAB] = { "module", { "strtab" } },
	[LAYOUT_MODULE_TAINTS] = { "module", { "taints" } },
	[LAYOUT_MODULE_VERSION] = { "module", { "version" } },
	[LAYOUT_MODULE_SRCVERSION] = { "module", { "srcversion" } },
	/* 9294523e3768 ("module: add printk formats to add module build ID to stacktraces"), v5.14 */
	[LAYOUT_MODULE_BUILD_ID] = { "module", { "build_id" } },
	/* /sys/module/NAME/notes */
	[LAYOUT_MODULE_NOTES] = { "module", { "notes_attrs" } },
	[LAYOUT_NOTES_COUNT] = { "module_notes_attrs", { "notes" } },
	[LAYOUT_NOTES_ATTRS] = { "module_notes_attrs", { "attrs" } },
	[LAYOUT_BIN_ATTRIBUTE] = { "bin_attribute", { NULL } },
	[LAYOUT_BIN_ATTRIBUTE_SIZE] = { "bin_attribute", { "size" } },
	[LAYOUT_BIN_ATTRIBUTE_PRIVATE] = { "bin_attribute", { "private" } },
	[LAYOUT_MODULE_NUM_ORCS] = { "module", { "arch.num_orcs" } },
	[LAYOUT_MODULE_ORC_IP] = { "module", { "arch.orc_unwind_ip" } },
	[LAYOUT_MODULE_ORC] = { "module", { "arch.orc_unwind" } },
	[LAYOUT_MODULE_REGION] = { "module_memory", { NULL } },
	[LAYOUT_MODULE_REGION_BASE] = { "module_memory", { "base" } },
	[LAYOUT_MODULE_REGION_LEN] = { "module_memory", { "size" } },
	[LAYOUT_MODULE_LAYOUT_BASE] = { "module_layout", { "base" } },
	[LAYOUT_MODULE_LAYOUT_LEN] = { "module_layout", { "size" } },
	[LAYOUT_MODULE_LAYOUT_TEXT_LEN] = { "module_layout", { "text_size" } },
	[LAYOUT_MOD_KALLSYMS_SYMTAB] = { "mod_kallsyms", { "symtab" } },
	[LAYOUT_MOD_KALLSYMS_COUNT] = { "mod_kallsyms", { "num_symtab" } },
	[LAYOUT_MOD_KALLSYMS_STRTAB] = { "mod_kallsyms", { "strtab" } },

	/* 0100301bfdf5 ("sched/x86: Rewrite the switch_to() code"), v4.9 */
	[LAYOUT_INACTIVE_FRAME] = { "inactive_task_frame", { NULL } },
	[LAYOUT_INACTIVE_FRAME_BP] = { "inactive_task_frame", { "bp" } },
	[LAYOUT_INACTIVE_FRAME_RET] = { "inactive_task_frame", { "ret_addr" } },
	[LAYOUT_THREAD_UNION] = { "thread_union", { NULL } },
	[LAYOUT_PT_REGS] = { "pt_regs", { NULL } },
	/* c2c6b27b5aa1 ("arm64: stacktrace: unwind exception boundaries"), v6.13: the record in
	 * pt_regs says what it is */
	[LAYOUT_PT_REGS_STACKFRAME] = { "pt_regs", { "stackframe" } },
	[LAYOUT_FRAME_META] = { "frame_record_meta", { NULL } },

	[LAYOUT_RQ_CURR] = { "rq", { "curr" } },
	[LAYOUT_RQ_IDLE] = { "rq", { "idle" } },
	[LAYOUT_RQ_CPU] = { "rq", { "cpu" } },
	[LAYOUT_TASK_CFS_RQ] = { "task_struct", { "se.cfs_rq" } }, /* FAIR_GROUP_SCHED */
	[LAYOUT_CFS_RQ_RQ] = { "cfs_rq", { "rq" } },
	/* from e57ef2ed97c1 ("x86: Put hot per CPU variables into a struct"), v6.2, to v6.14 */
	[LAYOUT_HOT_CURRENT] = { "pcpu_hot", { "current_task" } },

	[LAYOUT_BPF_SYM_START] = { "bpf_ksym", { "start" } },
	[LAYOUT_BPF_SYM_END] = { "bpf_ksym", { "end" } },
	[LAYOUT_BPF_SYM_NAME] = { "bpf_ksym", { "name" } },
	[LAYOUT_BPF_SYM_LIST] = { "bpf_ksym", { "lnode" } },
	/* 36e68442d1af ("bpf: Load and verify kernel module BTFs"), v5.11 */
	[LAYOUT_BTF_MODULE_LIST] = { "btf_module", { "list" } },
	[LAYOUT_BTF_MODULE_BTF] = { "btf_module", { "btf" } },
	[LAYOUT_BTF_MODULE_MODULE] = { "btf_module", { "module" } },
	[LAYOUT_BTF_DATA] = { "btf", { "data" } },
	[LAYOUT_BTF_DATA_LEN] = { "btf", { "data_size" } },
	[LAYOUT_BTF_FIRST] = { "btf", { "start_id" } },
	[LAYOUT_BTF_STRING_BASE] = { "btf", { "start_str_off" } },

	[LAYOUT_UTS_NAME] = { "uts_namespace", { "name" } },

	[LAYOUT_NODE_PRESENT_PAGES] = { "pglist_data", { "node_present_pages" } },

	[LAYOUT_FILES_FDT] = { "files_struct", { "fdt" } },
	[LAYOUT_FDT_MAX] = { "fdtable", { "max_fds" } },
	[LAYOUT_FDT_FD] = { "fdtable", { "fd" } },
	[LAYOUT_FILE_MNT] = { "file", { "f_path.mnt" } },
	[LAYOUT_FILE_DENTRY] = { "file", { "f_path.dentry" } },
	[LAYOUT_FILE_INODE] = { "file", { "f_inode" } },
	[LAYOUT_DENTRY_PARENT] = { "dentry", { "d_parent" } },
	[LAYOUT_DENTRY_NAME] = { "dentry", { "d_name.name" } },
	[LAYOUT_DENTRY_NAME_LEN] = { "dentry", { "d_name.len" } },
	[LAYOUT_DENTRY_PPREV] = { "dentry", { "d_hash.pprev" } },
	[LAYOUT_DENTRY_INODE] = { "dentry", { "d_inode" } },
	[LAYOUT_VFSMOUNT_ROOT] = { "vfsmount", { "mnt_root" } },
	[LAYOUT_MOUNT_MNT] = { "mount", { "mnt" } },
	[LAYOUT_MOUNT_PARENT] = { "mount", { "mnt_parent" } },
	[LAYOUT_MOUNT_MOUNTPOINT] = { "mount", { "mnt_mountpoint" } },
	[LAYOUT_INODE_MODE] = { "inode", { "i_mode" } },
	[LAYOUT_INODE_INO] = { "inode", { "i_ino" } },
	[LAYOUT_INODE_SB] = { "inode", { "i_sb" } },
	/* b3d9b7a3c752 ("vfs: switch i_dentry/d_alias to hlist"), v3.6; 946e51f2bf37 ("move d_rcu
	 * from overlapping d_child to overlapping d_alias"), v3.19 */
	[LAYOUT_INODE_DENTRY] = { "inode", { "i_dentry.first" } },
	[LAYOUT_DENTRY_ALIAS] = { "dentry", { "d_u.d_alias", "d_alias" } },
	[LAYOUT_SB_TYPE] = { "super_block", { "s_type" } },
	[LAYOUT_SB_LIST] = { "super_block", { "s_list" } },
	[LAYOUT_SB_ID] = { "super_block", { "s_id" } },
	[LAYOUT_SB_FLAGS] = { "super_block", { "s_flags" } },
	[LAYOUT_SB_FROZEN] = { "super_block", { "s_writers.frozen" } },
	[LAYOUT_FS_TYPE_NAME] = { "file_system_type", { "name" } },
	[LAYOUT_TASK_FS] = { "task_struct", { "fs" } },
	[LAYOUT_FS_PWD_MNT] = { "fs_struct", { "pwd.mnt" } },
	[LAYOUT_FS_PWD_DENTRY] = { "fs_struct", { "pwd.dentry" } },
	[LAYOUT_MM_EXE_FILE] = { "mm_struct", { "exe_file" } },
	[LAYOUT_CRED_GID] = { "cred", { "gid" } },
	[LAYOUT_CRED_EUID] = { "cred", { "euid" } },
	[LAYOUT_CRED_USER_NS] = { "cred", { "user_ns" } },
	[LAYOUT_TASK_NSPROXY] = { "task_struct", { "nsproxy" } },
	[LAYOUT_NS_UTS] = { "nsproxy", { "uts_ns" } },
	[LAYOUT_NS_IPC] = { "nsproxy", { "ipc_ns" } },
	[LAYOUT_NS_MNT] = { "nsproxy", { "mnt_ns" } },
	[LAYOUT_NS_PID] = { "nsproxy", { "pid_ns_for_children" } },
	[LAYOUT_NS_NET] = { "nsproxy", { "net_ns" } },
	[LAYOUT_NS_CGROUP] = { "nsproxy", { "cgroup_ns" } },
	[LAYOUT_TASK_CGROUPS] = { "task_struct", { "cgroups" } },
	[LAYOUT_CSS_SET_CGROUP] = { "css_set", { "dfl_cgrp" } },
	[LAYOUT_CGROUP_KN] = { "cgroup", { "kn" } },
	[LAYOUT_KERNFS_NAME] = { "kernfs_node", { "name" } },
	/* 633488947ef6 ("kernfs: Use RCU to access kernfs_node::parent."), v6.15 */
	[LAYOUT_KERNFS_PARENT] = { "kernfs_node", { "__parent", "parent" } },
	[LAYOUT_TASK_PRIO] = { "task_struct", { "prio" } },
	[LAYOUT_TASK_POLICY] = { "task_struct", { "policy" } },
	[LAYOUT_TASK_ON_RQ] = { "task_struct", { "on_rq" } },
	[LAYOUT_TASK_LAST_QUEUED] = { "task_struct", { "sched_info.last_queued" } },
	/* 3cffa065e5d4 ("hung_task: show the blocker task if the task is hung on mutex"), v6.15: the
	 * kind of lock in the low two bits */
	[LAYOUT_TASK_BLOCKER] = { "task_struct", { "blocker" } },
	[LAYOUT_TASK_BLOCKED_ON] = { "task_struct", { "blocked_on" } },
	[LAYOUT_MUTEX_OWNER] = { "mutex", { "owner" } },
	[LAYOUT_MUTEX_WAIT_LIST] = { "mutex", { "wait_list" } },
	[LAYOUT_RWSEM_COUNT] = { "rw_semaphore", { "count" } },
	[LAYOUT_RWSEM_OWNER] = { "rw_semaphore", { "owner" } },
	[LAYOUT_RWSEM_WAIT_LIST] = { "rw_semaphore", { "wait_list" } },
	[LAYOUT_SEMAPHORE_WAIT_LIST] = { "semaphore", { "wait_list" } },
	[LAYOUT_SWAIT_HEAD_LIST] = { "swait_queue_head", { "task_list" } },
	[LAYOUT_COMPLETION_WAIT] = { "completion", { "wait" } },
	/* 2055da97389a ("sched/wait: Disambiguate wq_entry->task_list and wq_head->task_list naming"),
	 * v4.13 */
	[LAYOUT_WAIT_HEAD_LIST] = { "wait_queue_head", { "head", "task_list" } },
	/* da1c55f1b272 ("mmap locking API: rename mmap_sem to mmap_lock"), v5.8 */
	[LAYOUT_MM_MMAP_LOCK] = { "mm_struct", { "mmap_lock", "mmap_sem" } },
	[LAYOUT_INODE_RWSEM] = { "inode", { "i_rwsem" } },
	[LAYOUT_SB_UMOUNT] = { "super_block", { "s_umount" } },
	[LAYOUT_PAGE] = { "page", { NULL } },
	[LAYOUT_PAGE_FLAGS] = { "page", { "flags" } },
	[LAYOUT_PAGE_COMPOUND_HEAD] = { "page", { "compound_head" } },
	[LAYOUT_PAGE_COMPOUND_ORDER] = { "page", { "compound_order" } },
	[LAYOUT_PAGE_TYPE] = { "page", { "page_type", "_mapcount" } },
	[LAYOUT_PAGE_REFCOUNT] = { "page", { "_refcount", "_count" } },
	[LAYOUT_PAGE_PRIVATE] = { "page", { "private" } },
	[LAYOUT_PAGE_MAPPING] = { "page", { "mapping" } },
	[LAYOUT_PAGE_MEM_CGROUP] = { "page", { "mem_cgroup" } },
	[LAYOUT_PAGE_SLAB_CACHE] = { "page", { "slab_cache" } },
	[LAYOUT_PAGE_FREELIST] = { "page", { "freelist" } },
	[LAYOUT_PAGE_COUNTERS] = { "page", { "counters" } },
	[LAYOUT_PAGE_S_MEM] = { "page", { "s_mem" } },
	/* d122019bf061 ("mm: Split slab into its own type"), v5.17 */
	[LAYOUT_SLAB_CACHE] = { "slab", { "slab_cache" } },
	[LAYOUT_SLAB_FREELIST] = { "slab", { "freelist" } },
	[LAYOUT_SLAB_COUNTERS] = { "slab", { "counters" } },
	[LAYOUT_SLAB_S_MEM] = { "slab", { "s_mem" } },
	[LAYOUT_MAPPING_HOST] = { "address_space", { "host" } },

	[LAYOUT_ZONES] = { "pglist_data", { "node_zones" } },
	[LAYOUT_ZONE] = { "zone", { NULL } },
	/* a9214443c080 ("mm: move zone watermark accesses behind an accessor"), v5.0 */
	[LAYOUT_ZONE_WATERMARK] = { "zone", { "_watermark", "watermark" } },
	[LAYOUT_HSTATE] = { "hstate", { NULL } },
	[LAYOUT_HSTATE_ORDER] = { "hstate", { "order" } },
	[LAYOUT_HSTATE_PAGES] = { "hstate", { "nr_huge_pages" } },
	[LAYOUT_HSTATE_FREE] = { "hstate", { "free_huge_pages" } },
	[LAYOUT_CACHE_LIST] = { "kmem_cache", { "list" } },
	[LAYOUT_CACHE_NAME] = { "kmem_cache", { "name" } },
	[LAYOUT_CACHE_SIZE] = { "kmem_cache", { "size" } },
	[LAYOUT_CACHE_OBJECT_SIZE] = { "kmem_cache", { "object_size" } },
	[LAYOUT_CACHE_RED_LEFT] = { "kmem_cache", { "red_left_pad" } },
	[LAYOUT_CACHE_OFFSET] = { "kmem_cache", { "offset" } },
	[LAYOUT_CACHE_RANDOM] = { "kmem_cache", { "random" } },
	[LAYOUT_CACHE_CPU_SLAB] = { "kmem_cache", { "cpu_slab" } },
	[LAYOUT_CPU_SLAB_FREELIST] = { "kmem_cache_cpu", { "freelist" } },
	[LAYOUT_CPU_SLAB_PAGE] = { "kmem_cache_cpu", { "slab", "page" } },
	[LAYOUT_CACHE_OO] = { "kmem_cache", { "oo" } },
	[LAYOUT_CACHE_NODE] = { "kmem_cache", { "node" } },
	[LAYOUT_CACHE_NODE_SLABS] = { "kmem_cache_node", { "nr_slabs" } },
	[LAYOUT_CACHE_NODE_OBJECTS] = { "kmem_cache_node", { "total_objects" } },

	[LAYOUT_SB_INODES] = { "super_block", { "s_inodes" } },
	[LAYOUT_INODE_SB_LIST] = { "inode", { "i_sb_list" } },
	[LAYOUT_BDEV] = { "block_device", { NULL } },
	[LAYOUT_BDEV_DISK] = { "block_device", { "bd_disk" } },
	[LAYOUT_DISK_NAME] = { "gendisk", { "disk_name" } },
	[LAYOUT_DISK_QUEUE] = { "gendisk", { "queue" } },
	[LAYOUT_QUEUE_TAG_SET] = { "request_queue", { "tag_set" } },
	[LAYOUT_TAG_SET_TAGS] = { "blk_mq_tag_set", { "tags" } },
	[LAYOUT_TAG_SET_QUEUES] = { "blk_mq_tag_set", { "nr_hw_queues" } },
	[LAYOUT_TAGS_COUNT] = { "blk_mq_tags", { "nr_tags" } },
	[LAYOUT_TAGS_REQUESTS] = { "blk_mq_tags", { "rqs" } },
	[LAYOUT_REQUEST_QUEUE] = { "request", { "q" } },
	[LAYOUT_REQUEST_TAG] = { "request", { "tag" } },
	[LAYOUT_REQUEST_STATE] = { "request", { "state" } },
	[LAYOUT_REQUEST_FLAGS] = { "request", { "cmd_flags" } },
	[LAYOUT_REQUEST_BYTES] = { "request", { "__data_len" } },
	[LAYOUT_REQUEST_START] = { "request", { "start_time_ns" } },

	[LAYOUT_NET_DEVICES] = { "net", { "dev_base_head" } },
	[LAYOUT_NETDEV_LIST] = { "net_device", { "dev_list" } },
	[LAYOUT_NETDEV_NAME] = { "net_device", { "name" } },
	[LAYOUT_NETDEV_FLAGS] = { "net_device", { "flags" } },
	[LAYOUT_NETDEV_STATE] = { "net_device", { "state" } },
	[LAYOUT_NETDEV_REG_STATE] = { "net_device", { "reg_state" } },
	[LAYOUT_NETDEV_RX_ERRORS] = { "net_device", { "stats.rx_errors" } },
	[LAYOUT_NETDEV_TX_ERRORS] = { "net_device", { "stats.tx_errors" } },
	[LAYOUT_NETDEV_RX_DROPPED] = { "net_device", { "stats.rx_dropped" } },
	[LAYOUT_NETDEV_TX_DROPPED] = { "net_device", { "stats.tx_dropped" } },
	/* what the kernel itself drops: in the device until 625788b58445 ("net: add per-cpu
	 * storage and net->core_stats"), v5.18 */
	[LAYOUT_NETDEV_OLD_RX_DROPPED] = { "net_device", { "rx_dropped" } },
	[LAYOUT_NETDEV_OLD_TX_DROPPED] = { "net_device", { "tx_dropped" } },
	[LAYOUT_NETDEV_CORE] = { "net_device", { "core_stats" } },
	[LAYOUT_NETDEV_CORE_RX_DROPPED] = { "net_device_core_stats", { "rx_dropped" } },
	[LAYOUT_NETDEV_CORE_TX_DROPPED] = { "net_device_core_stats", { "tx_dropped" } },

	/* only with RT_GROUP_SCHED since 5f6bd380c7bd ("sched/rt: Remove default bandwidth
	 * control"), v6.12 */
	[LAYOUT_RQ_RT_THROTTLED] = { "rq", { "rt.rt_throttled" } },
	[LAYOUT_KPROBE_HLIST] = { "kprobe", { "hlist" } },
	[LAYOUT_KPROBE_ADDR] = { "kprobe", { "addr" } },
	[LAYOUT_KPROBE_FLAGS] = { "kprobe", { "flags" } },
	[LAYOUT_FTRACE_NEXT] = { "ftrace_ops", { "next" } },
	[LAYOUT_FTRACE_FUNC] = { "ftrace_ops", { "func" } },
	/* 958ef1e39d24 ("livepatch: Simplify API by removing registration step"), v5.1 */
	[LAYOUT_KLP_LIST] = { "klp_patch", { "list" } },
	[LAYOUT_KLP_MOD] = { "klp_patch", { "mod" } },
	[LAYOUT_SB] = { "super_block", { NULL } },
	[LAYOUT_SB_INFO] = { "super_block", { "s_fs_info" } },
	[LAYOUT_EXT4_FLAGS] = { "ext4_sb_info", { "s_ext4_flags" } },
	/* 2e973b2cd4cd ("xfs: convert remaining mount flags to state flags"), v5.15 */
	[LAYOUT_XFS_OPSTATE] = { "xfs_mount", { "m_opstate" } },
	[LAYOUT_XFS_OLD_FLAGS] = { "xfs_mount", { "m_flags" } },
};
/* clang-format on */

struct slot {
	bool asked;
	enum layout_source source;
	uint64_t off;
	uint64_t len;
};

struct layout {
	struct types *types;
	const struct vmcoreinfo *info;
	struct slot slot[LAYOUT_COUNT];
	size_t learned;
};

struct layout *
layout_new(struct types *types, const struct vmcoreinfo *info, struct arena *a)
{
	struct layout *l = ARENA_NEW(a, struct layout);

	l->types = types;
	l->info = info;
	return l;
}

static bool
ask_types(struct layout *l, const struct row *row, struct slot *s)
{
	struct type type = { 0 };
	struct type_member m = { 0 };

	if (l->types == NULL || !types_find(l->types, row->structure, &type))
		return false;
	if (row->member[0] == NULL) {
		s->source = LAYOUT_FROM_TYPES;
		return types_len(type, &s->off);
	}
	for (size_t i = 0; i < NAMES && row->member[i] != NULL; i++) {
		if (!types_member(type, row->member[i], &m) || m.bit_len != 0)
			continue;
		*s = (struct slot){ true, LAYOUT_FROM_TYPES, m.off, m.len };
		return true;
	}
	return false;
}

static bool
ask_vmcoreinfo(struct layout *l, const struct row *row, struct slot *s)
{
	char key[128];
	bool found = false;

	if (l->info == NULL)
		return false;
	if (row->member[0] == NULL)
		return vmcoreinfo_len(l->info, row->structure, &s->off);
	for (size_t i = 0; i < NAMES && row->member[i] != NULL && !found; i++) {
		snprintf(key, sizeof(key), "%s.%s", row->structure, row->member[i]);
		found = vmcoreinfo_offset(l->info, key, &s->off);
	}
	return found;
}

/* Members lie in structures: an offset beyond this is a lie that would only lead astray. */
static bool
is_sane(const struct slot *s)
{
	enum { STRUCTURE_MAX = 1 << 22 }; /* pglist_data has 170 KiB */

	return s->off < STRUCTURE_MAX && s->len < STRUCTURE_MAX;
}

static struct slot *
slot_of(struct layout *l, enum layout_id id)
{
	struct slot *s = &l->slot[id];

	if (s->asked)
		return s;
	*s = (struct slot){ .asked = true };
	if (ask_types(l, &rows[id], s))
		s->source = LAYOUT_FROM_TYPES;
	else if (ask_vmcoreinfo(l, &rows[id], s))
		s->source = LAYOUT_FROM_VMCOREINFO;
	if (!is_sane(s))
		*s = (struct slot){ .asked = true };
	return s;
}

bool
layout_find(struct layout *l, enum layout_id id, uint64_t *off)
{
	const struct slot *s = slot_of(l, id);

	if (s->source == LAYOUT_UNKNOWN)
		return false;
	*off = s->off;
	return true;
}

uint64_t
layout_len(struct layout *l, enum layout_id id)
{
	const struct slot *s = slot_of(l, id);

	return s->source == LAYOUT_UNKNOWN ? 0 : s->len;
}

enum layout_source
layout_source(struct layout *l, enum layout_id id)
{
	return slot_of(l, id)->source;
}

void
layout_learn(struct layout *l, enum layout_id id, uint64_t off, uint64_t len)
{
	struct slot *s = slot_of(l, id);

	if (s->source != LAYOUT_UNKNOWN)
		return;
	*s = (struct slot){ true, LAYOUT_LEARNED, off, len };
	l->learned++;
}

size_t
layout_learned(const struct layout *l)
{
	return l->learned;
}

const char *
layout_name(enum layout_id id, struct arena *a)
{
	const struct row *row = &rows[id];

	if (row->member[0] == NULL)
		return row->structure;
	return arena_printf(a, "%s.%s", row->structure, row->member[0]);
}
