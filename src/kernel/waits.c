/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/waits.h"

#include "base/text.h"
#include "model/names.h"

#include <inttypes.h>
#include <string.h>

enum {
	LOOKED_AT = 24, /* frames, from the innermost */
	PLACE_BITS = 10,
	PLACES = 1 << PLACE_BITS, /* remembered */
};

/* What a function says of the task that is in it. */
enum role {
	ROLE_NONE,
	ROLE_PLUMBING, /* it leads to the scheduler */
	ROLE_WEAK,     /* it waits, but who called it may know better what for */
	ROLE_WAITS,
	ROLE_SLEEPS, /* it waits for the time to pass; of interest only if nobody says what for */
	ROLE_WHOSE,  /* what for */
	ROLE_SPINS,
};

struct known {
	const char *function; /* as names_plain() leaves it */
	enum role role;
	enum lock_type type;
	const char *words;
};

/* clang-format off */
static const struct known known[] = {
	{ "__schedule", ROLE_PLUMBING, LOCK_NONE, NULL },
	{ "schedule", ROLE_PLUMBING, LOCK_NONE, NULL },
	{ "schedule_preempt_disabled", ROLE_PLUMBING, LOCK_NONE, NULL },
	{ "schedule_rtlock", ROLE_PLUMBING, LOCK_NONE, NULL },
	{ "context_switch", ROLE_PLUMBING, LOCK_NONE, NULL },
	{ "__switch_to", ROLE_PLUMBING, LOCK_NONE, NULL },
	{ "__switch_to_asm", ROLE_PLUMBING, LOCK_NONE, NULL },

	{ "schedule_timeout", ROLE_WEAK, LOCK_NONE, "a timeout or an event" },
	{ "schedule_timeout_uninterruptible", ROLE_WEAK, LOCK_NONE, "a timeout" },
	{ "schedule_hrtimeout_range_clock", ROLE_WEAK, LOCK_NONE, "a timeout or an event" },
	{ "io_schedule", ROLE_WEAK, LOCK_NONE, "I/O" },
	{ "io_schedule_timeout", ROLE_WEAK, LOCK_NONE, "I/O" },
	{ "bit_wait", ROLE_WEAK, LOCK_NONE, "a bit" },
	{ "bit_wait_io", ROLE_WEAK, LOCK_NONE, "I/O" },
	{ "__wait_on_bit", ROLE_WEAK, LOCK_NONE, "a bit" },
	{ "__wait_on_bit_lock", ROLE_WEAK, LOCK_NONE, "a bit" },
	{ "out_of_line_wait_on_bit", ROLE_WEAK, LOCK_NONE, "a bit" },
	{ "prepare_to_wait_event", ROLE_WEAK, LOCK_NONE, "an event" },

	{ "__mutex_lock", ROLE_WAITS, LOCK_MUTEX, "a mutex" },
	{ "__mutex_lock_slowpath", ROLE_WAITS, LOCK_MUTEX, "a mutex" },
	{ "__mutex_lock_killable_slowpath", ROLE_WAITS, LOCK_MUTEX, "a mutex" },
	{ "__mutex_lock_interruptible_slowpath", ROLE_WAITS, LOCK_MUTEX, "a mutex" },
	{ "__ww_mutex_lock", ROLE_WAITS, LOCK_MUTEX, "a mutex" },
	{ "__ww_mutex_lock_slowpath", ROLE_WAITS, LOCK_MUTEX, "a mutex" },
	{ "mutex_lock", ROLE_WAITS, LOCK_MUTEX, "a mutex" },
	{ "rwsem_down_read_slowpath", ROLE_WAITS, LOCK_RWSEM_READ, "a read-write semaphore, to read" },
	{ "rwsem_down_read_failed", ROLE_WAITS, LOCK_RWSEM_READ, "a read-write semaphore, to read" },
	{ "rwsem_down_read_failed_killable", ROLE_WAITS, LOCK_RWSEM_READ, "a read-write semaphore, to read" },
	{ "rwsem_down_write_slowpath", ROLE_WAITS, LOCK_RWSEM_WRITE, "a read-write semaphore, to write" },
	{ "rwsem_down_write_failed", ROLE_WAITS, LOCK_RWSEM_WRITE, "a read-write semaphore, to write" },
	{ "rwsem_down_write_failed_killable", ROLE_WAITS, LOCK_RWSEM_WRITE, "a read-write semaphore, to write" },
	{ "percpu_rwsem_wait", ROLE_WAITS, LOCK_WAIT_QUEUE, "a per-CPU read-write semaphore" },
	{ "percpu_down_write", ROLE_WAITS, LOCK_NONE, "the readers of a per-CPU read-write semaphore" },
	{ "__down", ROLE_WAITS, LOCK_SEMAPHORE, "a semaphore" },
	{ "__down_common", ROLE_WAITS, LOCK_SEMAPHORE, "a semaphore" },
	{ "___down_common", ROLE_WAITS, LOCK_SEMAPHORE, "a semaphore" },
	{ "__down_killable", ROLE_WAITS, LOCK_SEMAPHORE, "a semaphore" },
	{ "__down_interruptible", ROLE_WAITS, LOCK_SEMAPHORE, "a semaphore" },
	{ "__down_timeout", ROLE_WAITS, LOCK_SEMAPHORE, "a semaphore" },
	{ "__rt_mutex_slowlock", ROLE_WAITS, LOCK_NONE, "an rt_mutex" },
	{ "rt_mutex_slowlock", ROLE_WAITS, LOCK_NONE, "an rt_mutex" },
	{ "rtlock_slowlock_locked", ROLE_WAITS, LOCK_NONE, "a sleeping spinlock (PREEMPT_RT)" },
	{ "__wait_for_common", ROLE_WAITS, LOCK_COMPLETION, "a completion" },
	{ "do_wait_for_common", ROLE_WAITS, LOCK_COMPLETION, "a completion" },
	{ "wait_for_completion", ROLE_WAITS, LOCK_COMPLETION, "a completion" },
	{ "wait_for_completion_io", ROLE_WAITS, LOCK_COMPLETION, "the completion of I/O" },
	{ "wait_for_completion_io_timeout", ROLE_WAITS, LOCK_COMPLETION, "the completion of I/O" },
	{ "wait_for_completion_timeout", ROLE_WAITS, LOCK_COMPLETION, "a completion" },
	{ "wait_for_completion_killable", ROLE_WAITS, LOCK_COMPLETION, "a completion" },
	{ "wait_for_completion_interruptible", ROLE_WAITS, LOCK_COMPLETION, "a completion" },
	{ "wait_for_completion_state", ROLE_WAITS, LOCK_COMPLETION, "a completion" },
	{ "folio_wait_bit_common", ROLE_WAITS, LOCK_PAGE, "a page (being read, written, or locked)" },
	{ "wait_on_page_bit_common", ROLE_WAITS, LOCK_PAGE, "a page (being read, written, or locked)" },
	{ "__lock_page", ROLE_WAITS, LOCK_PAGE, "a locked page" },
	{ "__wait_on_buffer", ROLE_WAITS, LOCK_NONE, "a block of a file system (I/O)" },
	{ "wait_on_buffer", ROLE_WAITS, LOCK_NONE, "a block of a file system (I/O)" },
	{ "__lock_buffer", ROLE_WAITS, LOCK_NONE, "a locked block of a file system" },
	{ "__inode_wait_for_writeback", ROLE_WAITS, LOCK_NONE, "an inode to be written" },
	{ "blkdev_issue_flush", ROLE_WHOSE, LOCK_NONE, "a flush of the disk" },
	{ "submit_bio_wait", ROLE_WHOSE, LOCK_NONE, "a request to a disk" },
	{ "blk_execute_rq", ROLE_WHOSE, LOCK_NONE, "a command to a device" },
	{ "__blkdev_direct_IO_simple", ROLE_WAITS, LOCK_NONE, "direct I/O to a disk" },
	{ "__iomap_dio_rw", ROLE_WAITS, LOCK_NONE, "direct I/O of a file" },
	{ "dio_await_one", ROLE_WAITS, LOCK_NONE, "direct I/O of a file" },
	{ "blk_mq_get_tag", ROLE_WAITS, LOCK_NONE, "a free tag of a block device: all its requests are in flight" },
	{ "blk_mq_freeze_queue_wait", ROLE_WAITS, LOCK_NONE, "the requests of a queue that is being frozen" },
	{ "blk_queue_enter", ROLE_WAITS, LOCK_NONE, "a frozen or suspended block queue" },
	{ "__bio_queue_enter", ROLE_WAITS, LOCK_NONE, "a frozen or suspended block queue" },
	{ "bio_queue_enter", ROLE_WAITS, LOCK_NONE, "a frozen or suspended block queue" },
	{ "rq_qos_wait", ROLE_WAITS, LOCK_NONE, "the throttling of writes (wbt, iolatency)" },
	{ "wbt_wait", ROLE_WAITS, LOCK_NONE, "the throttling of writes (wbt)" },
	{ "dm_wait_for_completion", ROLE_WAITS, LOCK_NONE, "I/O of a device-mapper device" },
	{ "md_write_start", ROLE_WAITS, LOCK_NONE, "an md array" },
	{ "wait_barrier", ROLE_WAITS, LOCK_NONE, "a resync of an md array" },
	{ "raid5_get_active_stripe", ROLE_WAITS, LOCK_NONE, "a stripe of an md array" },

	{ "synchronize_rcu", ROLE_WHOSE, LOCK_NONE, "a grace period of RCU" },
	{ "synchronize_rcu_normal", ROLE_WHOSE, LOCK_NONE, "a grace period of RCU" },
	{ "synchronize_rcu_expedited", ROLE_WAITS, LOCK_NONE, "a grace period of RCU" },
	{ "__wait_rcu_gp", ROLE_WHOSE, LOCK_NONE, "a grace period of RCU" },
	{ "rcu_barrier", ROLE_WHOSE, LOCK_NONE, "the callbacks of RCU" },
	{ "__synchronize_srcu", ROLE_WHOSE, LOCK_NONE, "a grace period of SRCU" },
	{ "rcu_gp_fqs_loop", ROLE_WAITS, LOCK_NONE, "its next round (RCU)" },

	{ "msleep", ROLE_SLEEPS, LOCK_NONE, "a sleep that it asked for" },
	{ "msleep_interruptible", ROLE_SLEEPS, LOCK_NONE, "a sleep that it asked for" },
	{ "usleep_range_state", ROLE_SLEEPS, LOCK_NONE, "a sleep that it asked for" },
	{ "do_nanosleep", ROLE_SLEEPS, LOCK_NONE, "a sleep that it asked for" },
	{ "do_wait", ROLE_WAITS, LOCK_NONE, "a child process" },
	{ "kernel_wait4", ROLE_WAITS, LOCK_NONE, "a child process" },
	{ "wait_for_vfork_done", ROLE_WHOSE, LOCK_NONE, "its vfork child to run a program or exit" },
	{ "kernel_clone", ROLE_WHOSE, LOCK_NONE, "its vfork child to run a program or exit" },
	{ "futex_wait_queue", ROLE_WAITS, LOCK_NONE, "a futex" },
	{ "futex_wait_queue_me", ROLE_WAITS, LOCK_NONE, "a futex" },
	{ "ep_poll", ROLE_WAITS, LOCK_NONE, "an event (epoll)" },
	{ "poll_schedule_timeout", ROLE_WAITS, LOCK_NONE, "an event (poll, select)" },
	{ "pipe_read", ROLE_WAITS, LOCK_NONE, "somebody to write into a pipe" },
	{ "pipe_write", ROLE_WAITS, LOCK_NONE, "somebody to read a full pipe" },
	{ "pipe_wait_readable", ROLE_WAITS, LOCK_NONE, "somebody to write into a pipe" },
	{ "pipe_wait_writable", ROLE_WAITS, LOCK_NONE, "somebody to read a full pipe" },
	{ "wait_for_partner", ROLE_WAITS, LOCK_NONE, "somebody to open the other end of a FIFO" },
	{ "n_tty_read", ROLE_WAITS, LOCK_NONE, "input of a terminal" },
	{ "n_tty_write", ROLE_WAITS, LOCK_NONE, "a terminal to take output" },
	{ "sk_wait_data", ROLE_WAITS, LOCK_NONE, "data of a socket" },
	{ "sk_stream_wait_memory", ROLE_WAITS, LOCK_NONE, "room in the buffer of a socket" },
	{ "__skb_wait_for_more_packets", ROLE_WAITS, LOCK_NONE, "a packet" },
	{ "inet_csk_wait_for_connect", ROLE_WAITS, LOCK_NONE, "a connection" },
	{ "inet_csk_accept", ROLE_WAITS, LOCK_NONE, "a connection" },
	{ "inet_wait_for_connect", ROLE_WAITS, LOCK_NONE, "an answer to a connection" },
	{ "unix_stream_data_wait", ROLE_WAITS, LOCK_NONE, "data of a local socket" },
	{ "unix_wait_for_peer", ROLE_WAITS, LOCK_NONE, "the peer of a local socket" },
	{ "worker_thread", ROLE_WAITS, LOCK_NONE, "work (a kworker without any)" },
	{ "kthreadd", ROLE_WAITS, LOCK_NONE, "a kernel thread to make" },
	{ "smpboot_thread_fn", ROLE_WAITS, LOCK_NONE, "work of its CPU" },
	{ "rescuer_thread", ROLE_WAITS, LOCK_NONE, "a work queue to rescue" },
	{ "kswapd", ROLE_WAITS, LOCK_NONE, "memory to become short" },
	{ "kjournald2", ROLE_WAITS, LOCK_NONE, "something to write into the journal" },
	{ "ptrace_stop", ROLE_WAITS, LOCK_NONE, "its tracer" },
	{ "do_signal_stop", ROLE_WAITS, LOCK_NONE, "SIGCONT" },
	{ "__refrigerator", ROLE_WAITS, LOCK_NONE, "the end of a freeze (suspend, freezer cgroup)" },
	{ "do_exit", ROLE_WAITS, LOCK_NONE, "nothing any more: it exits" },
	{ "coredump_task_exit", ROLE_WAITS, LOCK_NONE, "the core dump of its process" },
	{ "wait_for_dump_helpers", ROLE_WAITS, LOCK_NONE, "the program that takes its core dump" },
	{ "coredump_wait", ROLE_WHOSE, LOCK_NONE, "the other threads, for a core dump" },
	{ "balance_dirty_pages", ROLE_WAITS, LOCK_NONE, "dirty pages to be written" },
	{ "throttle_direct_reclaim", ROLE_WAITS, LOCK_NONE, "kswapd to free memory" },
	{ "reclaim_throttle", ROLE_WAITS, LOCK_NONE, "memory to be freed" },
	{ "congestion_wait", ROLE_WAITS, LOCK_NONE, "a congested device" },
	{ "wait_iff_congested", ROLE_WAITS, LOCK_NONE, "a congested device" },
	{ "mem_cgroup_oom_synchronize", ROLE_WAITS, LOCK_NONE, "the OOM killer of its cgroup" },
	{ "mem_cgroup_handle_over_high", ROLE_WAITS, LOCK_NONE, "the memory limit of its cgroup" },
	{ "do_swap_page", ROLE_WHOSE, LOCK_NONE, "a page to come from swap" },
	{ "virtblk_get_id", ROLE_WHOSE, LOCK_NONE, "an answer of a virtio disk" },

	{ "jbd2_log_wait_commit", ROLE_WAITS, LOCK_NONE, "a commit of the journal (ext4)" },
	{ "wait_transaction_locked", ROLE_WAITS, LOCK_NONE, "a transaction of the journal (ext4)" },
	{ "start_this_handle", ROLE_WHOSE, LOCK_NONE, "a transaction of the journal (ext4)" },
	{ "jbd2_journal_commit_transaction", ROLE_WHOSE, LOCK_NONE, "a commit of the journal (ext4)" },
	{ "xlog_grant_head_wait", ROLE_WAITS, LOCK_NONE, "room in the log (XFS)" },
	{ "xlog_wait_on_iclog", ROLE_WAITS, LOCK_NONE, "the log to be written (XFS)" },
	{ "xfs_log_force_seq", ROLE_WHOSE, LOCK_NONE, "the log to be written (XFS)" },
	{ "xfs_buf_lock", ROLE_WHOSE, LOCK_NONE, "a metadata buffer (XFS)" },
	{ "xfs_ilock", ROLE_WHOSE, LOCK_NONE, "an inode (XFS)" },
	{ "btrfs_tree_read_lock", ROLE_WHOSE, LOCK_NONE, "a block of a tree (btrfs)" },
	{ "btrfs_tree_lock", ROLE_WHOSE, LOCK_NONE, "a block of a tree (btrfs)" },
	{ "wait_current_trans", ROLE_WAITS, LOCK_NONE, "a transaction to be committed (btrfs)" },
	{ "rpc_wait_bit_killable", ROLE_WAITS, LOCK_NONE, "an answer of a server (SunRPC: NFS)" },
	{ "nfs_wait_bit_killable", ROLE_WAITS, LOCK_NONE, "an answer of an NFS server" },
	{ "nfs_wait_on_request", ROLE_WAITS, LOCK_NONE, "an answer of an NFS server" },
	{ "nfs4_wait_clnt_recover", ROLE_WAITS, LOCK_NONE, "the recovery of an NFS client" },
	{ "nfs_idmap_id", ROLE_WHOSE, LOCK_NONE, "idmapd" },
	{ "cifs_wait_for_server_reconnect", ROLE_WAITS, LOCK_NONE, "an SMB server" },
	{ "wait_for_response", ROLE_WAITS, LOCK_NONE, "an answer of an SMB server" },
	{ "request_wait_answer", ROLE_WAITS, LOCK_NONE, "an answer of a FUSE file system" },
	{ "fuse_simple_request", ROLE_WHOSE, LOCK_NONE, "an answer of a FUSE file system" },
	{ "autofs_wait", ROLE_WAITS, LOCK_NONE, "automount" },
	{ "ceph_mdsc_wait_request", ROLE_WAITS, LOCK_NONE, "an answer of Ceph" },

	{ "__flush_work", ROLE_WHOSE, LOCK_NONE, "a work item to end" },
	{ "__flush_workqueue", ROLE_WHOSE, LOCK_NONE, "a work queue to become empty" },
	{ "flush_workqueue", ROLE_WHOSE, LOCK_NONE, "a work queue to become empty" },
	{ "drain_workqueue", ROLE_WHOSE, LOCK_NONE, "a work queue to become empty" },
	{ "__cancel_work_timer", ROLE_WHOSE, LOCK_NONE, "a work item to end" },
	{ "kthread_stop", ROLE_WHOSE, LOCK_NONE, "a kernel thread to end" },
	{ "kthread_park", ROLE_WHOSE, LOCK_NONE, "a kernel thread to park" },
	{ "__kthread_create_on_node", ROLE_WHOSE, LOCK_NONE, "kthreadd to make a thread" },
	{ "call_usermodehelper_exec", ROLE_WHOSE, LOCK_NONE, "a program that the kernel started" },
	{ "__request_module", ROLE_WHOSE, LOCK_NONE, "modprobe" },
	{ "stop_one_cpu", ROLE_WHOSE, LOCK_NONE, "the stopper thread of a CPU" },
	{ "stop_machine_cpuslocked", ROLE_WHOSE, LOCK_NONE, "all CPUs to stop" },
	{ "cpuhp_kick_ap", ROLE_WHOSE, LOCK_NONE, "a CPU to come up or go down" },
	{ "console_lock", ROLE_WHOSE, LOCK_NONE, "the console" },
	{ "rtnl_lock", ROLE_WHOSE, LOCK_NONE, "the configuration of the network" },
	{ "rtnl_lock_killable", ROLE_WHOSE, LOCK_NONE, "the configuration of the network" },
	{ "netdev_run_todo", ROLE_WHOSE, LOCK_NONE, "references to a network device to be dropped" },
	{ "netdev_wait_allrefs_any", ROLE_WHOSE, LOCK_NONE, "references to a network device to be dropped" },
	{ "sb_start_write", ROLE_WHOSE, LOCK_NONE, "a frozen file system" },
	{ "mnt_want_write", ROLE_WHOSE, LOCK_NONE, "a frozen file system" },
	{ "mnt_want_write_file", ROLE_WHOSE, LOCK_NONE, "a frozen file system" },
	{ "freeze_super", ROLE_WHOSE, LOCK_NONE, "writers, to freeze a file system" },
	{ "cgroup_kn_lock_live", ROLE_WHOSE, LOCK_NONE, "the hierarchy of cgroups" },
	{ "audit_log_start", ROLE_WHOSE, LOCK_NONE, "auditd" },
	{ "kauditd_thread", ROLE_WAITS, LOCK_NONE, "something to log" },

	{ "native_queued_spin_lock_slowpath", ROLE_SPINS, LOCK_SPINLOCK, "a spinlock" },
	{ "queued_spin_lock_slowpath", ROLE_SPINS, LOCK_SPINLOCK, "a spinlock" },
	{ "__pv_queued_spin_lock_slowpath", ROLE_SPINS, LOCK_SPINLOCK, "a spinlock" },
};
/* clang-format on */

/* A place in the text, and what the table says of its function. */
struct place {
	uint64_t pc;
	const struct known *known; /* NULL: nothing */
};

struct waits {
	struct unwind *unwind;
	struct locks *locks;
	struct place *place; /* PLACES of them, by a hash of pc */
};

struct waits *
waits_new(struct unwind *u, struct locks *l, struct arena *a)
{
	struct waits *w = ARENA_NEW(a, struct waits);

	*w = (struct waits){ u, l, ARENA_ARRAY(a, struct place, PLACES) };
	return w;
}

static const struct known *
find_known(struct str function)
{
	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		if (str_is_c(function, known[i].function))
			return &known[i];
	}
	return NULL;
}

static const struct known *
known_at(struct waits *w, const struct stack *s, size_t level)
{
	uint64_t pc = s->frame[level].pc;
	struct place *p = &w->place[pc * 0x9e3779b97f4a7c15ULL >> (64 - PLACE_BITS)];

	if (p->pc != pc) {
		struct frame f = unwind_name(w->unwind, s, level, NULL);

		*p = (struct place){ pc, f.module.len == 0 ? find_known(names_plain(f.function))
							   : find_known(f.function) };
	}
	return p->known;
}

static enum role
role_of(const struct known *k)
{
	return k == NULL ? ROLE_NONE : k->role;
}

/* The frame of the function that waits; s->count if there is none. */
static size_t
find_waiter(struct waits *w, const struct stack *s, struct wait *out)
{
	enum { NEAR = 10 };
	size_t weak = s->count;
	size_t first = s->count;

	for (size_t i = 0; i < s->count && i < LOOKED_AT; i++) {
		const struct known *k = known_at(w, s, i);

		if (first == s->count && role_of(k) != ROLE_PLUMBING)
			first = i;
		if ((role_of(k) == ROLE_WAITS || role_of(k) == ROLE_SLEEPS) &&
		    (weak == s->count || i - weak < NEAR)) {
			out->what = k->words;
			out->type = k->type;
			return i;
		}
		if (role_of(k) == ROLE_WEAK && weak == s->count) {
			out->what = k->words;
			weak = i;
		}
	}
	return weak != s->count ? weak : first;
}

/* A lock may be taken by a function of one name that calls one of another. */
static bool
find_lock(struct waits *w, const struct task *t, const struct stack *s, size_t level,
	  struct wait *out)
{
	struct locks_frame frame = { .from = s->frame[level].sp };
	size_t outer = level;

	while (outer + 1 < s->count && known_at(w, s, outer + 1) != NULL &&
	       known_at(w, s, outer + 1)->type == out->type)
		outer++;
	/* Its frame ends where that of its caller begins. */
	if (outer + 1 < s->count)
		frame.to = s->frame[outer + 1].sp;
	return locks_find(w->locks, t, out->type, &frame, &out->lock);
}

void
waits_find(struct waits *w, const struct task *t, const struct stack *s, struct wait *out)
{
	*out = (struct wait){ .who = t };

	size_t level = find_waiter(w, s, out);

	if (level >= s->count)
		return;
	out->in = names_plain(unwind_name(w->unwind, s, level, NULL).function);
	for (size_t i = level + 1; i < s->count && i < LOOKED_AT && out->whose == NULL; i++) {
		const struct known *k = known_at(w, s, i);

		if (role_of(k) == ROLE_WHOSE)
			out->whose = k->words;
	}
	if (out->whose != NULL && role_of(known_at(w, s, level)) == ROLE_SLEEPS)
		out->what = NULL;
	if (out->type != LOCK_NONE)
		out->has_lock = find_lock(w, t, s, level, out);
}

bool
waits_is_spinning(struct waits *w, const struct stack *s, size_t level)
{
	return role_of(known_at(w, s, level)) == ROLE_SPINS;
}

static void
put_owner(struct text *t, const struct lock *l, const struct task *who)
{
	/* Only the address of a task is noted, and a new task may get that of one that is gone. */
	if (!l->by_readers && l->owner != NULL && l->owner == who)
		text_put(t, STR(", held by itself, or by a task that ended and whose place in "
				"memory it has"));
	else if (l->by_readers && l->owner != NULL)
		text_printf(t, ", held by readers, the last of them %s (%" PRId32 ")",
			    l->owner->comm, l->owner->pid);
	else if (l->by_readers)
		text_put(t, STR(", held by readers"));
	else if (l->owner != NULL)
		text_printf(t, ", held by %s (%" PRId32 ")", l->owner->comm, l->owner->pid);
	else if (l->owner_gone)
		text_put(t, STR(", held by a task that is gone"));
	else if (l->owner_known)
		text_put(t, STR(", which nobody holds"));
}

const char *
waits_text(const struct wait *w, struct arena *a)
{
	struct text t = text_new(a);

	if (w->what == NULL && w->whose == NULL && w->in.len == 0)
		return NULL;
	if (w->what != NULL)
		text_put(&t, str_of(w->what));
	else if (w->whose == NULL)
		text_printf(&t, "something in %.*s", STR_ARG(w->in));
	if (w->has_lock && w->lock.va != 0)
		text_printf(&t, ": %s", locks_name(&w->lock, a));
	if (w->whose != NULL)
		text_printf(&t, "%s%s", w->what != NULL ? ", for " : "", w->whose);
	if (w->has_lock)
		put_owner(&t, &w->lock, w->who);
	return text_str(&t).p;
}
