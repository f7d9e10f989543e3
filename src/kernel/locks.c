/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/locks.h"

#include "base/limits.h"

#include <inttypes.h>
#include <string.h>

enum {
	WORD_MAX = 8,
	FRAME_BYTES_MAX = 2048, /* of a function that waits; they have some 200 */
	OWNER_FLAGS = 7,        /* in the low bits of an owner: kernel/locking/mutex.h, rwsem.c */
	MEMO_MAX = 1 << 16,     /* waiters whose list was followed */
};

struct locks {
	const struct kernel *k;
	const struct tasks *tasks;
	uint64_t stack_len;
	struct va_set nodes; /* of waiters that were met */
	uint64_t *head;      /* of each node's list */
	size_t head_cap;
	struct va_set mms;           /* address spaces of all tasks, with has_mms */
	const struct task **mm_task; /* of each, the first of its tasks */
	bool has_mms;
	uint64_t sb; /* the file system that one was part of last, or 0 */
};

struct locks *
locks_new(const struct kernel *k, const struct tasks *tasks, uint64_t stack_len)
{
	struct locks *l = ARENA_NEW(k->arena, struct locks);

	*l = (struct locks){ .k = k, .tasks = tasks, .stack_len = stack_len };
	return l;
}

/* ---- from a waiter to the head of its list ---- */

/*
 * Where a waiter names its task, relative to its node in the list, in words:
 *	mutex_waiter, rwsem_waiter, semaphore_waiter	{ list, task ... }
 *	swait_queue					{ task, list }
 *	wait_queue_entry				{ flags, task, function, list }
 */
static int
task_offset(enum lock_type type)
{
	switch (type) {
	case LOCK_COMPLETION:
		return -1;
	case LOCK_WAIT_QUEUE:
	case LOCK_PAGE:
		return -2;
	default:
		return 2;
	}
}

static uint64_t
plus_words(const struct locks *l, uint64_t va, int words)
{
	return va + (uint64_t)((int64_t)words * l->k->mem->word_len);
}

static bool
is_on_stack(const struct locks *l, const struct task *t, uint64_t va)
{
	return t->stack != 0 && va >= t->stack && va - t->stack < l->stack_len;
}

/* The node is part of a waiter on the stack of the task that it names. */
static bool
is_waiter(const struct locks *l, uint64_t node, int off)
{
	uint64_t va = 0;

	if (memory_word(l->k->mem, plus_words(l, node, off), &va) != NULL)
		return false;

	const struct task *t = tasks_at(l->tasks, va);

	return t != NULL && is_on_stack(l, t, node);
}

static void
remember(struct locks *l, uint64_t node, uint64_t head)
{
	size_t count = l->nodes.count;
	uint64_t *grown = NULL;

	if (count >= MEMO_MAX)
		return;
	grown = arena_try_grow(l->k->arena, l->head, count, &l->head_cap, sizeof(l->head[0]));
	if (grown == NULL)
		return;
	l->head = grown;
	if (va_set_add(&l->nodes, node, l->k->arena))
		l->head[count] = head;
}

/* Waiters queue up at the end, so the way back to the head passes those that came before. */
static uint64_t
find_head(struct locks *l, uint64_t node, int off)
{
	uint64_t first = node;
	uint64_t head = 0;
	size_t number = 0;

	for (size_t i = 0; i < LIMIT_WAITERS && head == 0; i++) {
		uint64_t before = 0;
		uint64_t back = 0;

		if (va_set_find(&l->nodes, node, &number)) {
			head = l->head[number];
			break;
		}
		if (memory_word(l->k->mem, plus_words(l, node, 1), &before) != NULL ||
		    !kernel_is_address(l->k, before) || before == first ||
		    memory_word(l->k->mem, before, &back) != NULL || back != node)
			return 0;
		if (!is_waiter(l, before, off))
			head = before;
		node = before;
	}
	if (head != 0)
		remember(l, first, head);
	return head;
}

/* ---- owners ---- */

static void
set_owner(const struct locks *l, uint64_t owner, struct lock *out)
{
	uint64_t va = owner & ~(uint64_t)OWNER_FLAGS;

	out->owner_known = true;
	out->owner = va == 0 ? NULL : tasks_at(l->tasks, va);
	out->owner_gone = va != 0 && out->owner == NULL;
}

/* Did it begin after t was put to sleep? Both clocks begin at boot, but not at once: no task ran
 * before it began, so the monotonic one is ahead by what it would be in these two at least. */
static bool
is_younger(const struct locks *l, const struct task *owner, const struct task *t)
{
	const struct task *const both[] = { owner, t };
	uint64_t start[2] = { 0 };
	uint64_t ahead = 0;

	for (size_t i = 0; i < 2; i++) {
		if (both[i]->last_ns == 0 || !tasks_start(l->k, both[i], &start[i]))
			return false;
		if (start[i] > both[i]->last_ns && start[i] - both[i]->last_ns > ahead)
			ahead = start[i] - both[i]->last_ns;
	}
	return start[0] > t->last_ns + ahead;
}

/* Only the address of a task is noted, and a new task may get that of one that is gone. What idles,
 * and was not there when t began to wait, did not take the lock before. */
static void
check_owner(const struct locks *l, const struct task *t, struct lock *out)
{
	if (out->owner == NULL || out->by_readers || strcmp(tasks_state(out->owner), "I") != 0 ||
	    !is_younger(l, out->owner, t))
		return;
	out->owner = NULL;
	out->owner_gone = true;
}

/* False if what is there cannot be a mutex. */
static bool
read_mutex(const struct locks *l, struct lock *out)
{
	uint64_t owner = 0;

	if (!kernel_word(l->k, out->va, LAYOUT_MUTEX_OWNER, &owner) ||
	    (owner > OWNER_FLAGS && !kernel_is_address(l->k, owner)))
		return false;
	set_owner(l, owner, out);
	return true;
}

/* Since 5.3 (94a9717b3c40, "locking/rwsem: Make rwsem->owner an atomic_long_t") the owner has
 * flags, and the count is that of readers in front of eight bits of flags. */
static bool
read_rwsem(const struct locks *l, struct lock *out)
{
	enum { BY_READERS = 1, WRITER = 1, WAITERS = 2, READER_SHIFT = 8, READERS_MAX = 1 << 20 };
	uint64_t owner = 0;
	uint64_t count = 0;

	if (!kernel_word(l->k, out->va, LAYOUT_RWSEM_OWNER, &owner) ||
	    (owner > OWNER_FLAGS && !kernel_is_address(l->k, owner)) ||
	    !kernel_word(l->k, out->va, LAYOUT_RWSEM_COUNT, &count))
		return false;
	set_owner(l, owner, out);
	out->by_readers = (owner & BY_READERS) != 0;
	if (!out->by_readers)
		return true;
	out->owner_known = false; /* the last one that came may have gone, and others are there */
	if ((count & WAITERS) != 0 && (count & WRITER) == 0 && count >> READER_SHIFT < READERS_MAX)
		out->readers = count >> READER_SHIFT;
	return true;
}

/* ---- names ---- */

static void
name_by_symbol(const struct locks *l, struct lock *out)
{
	struct symbol s = { 0 };

	if (!symbols_at(l->k->symbols, out->va, &s) || s.len == 0 || out->va - s.va >= s.len)
		return;
	out->module = s.module;
	out->symbol = str_of(symbol_text(&s, out->va, l->k->arena));
}

static void
find_mms(struct locks *l)
{
	size_t cap = 0;

	l->has_mms = true;
	for (size_t i = 0; i < l->tasks->count; i++) {
		const struct task *t = &l->tasks->task[i];
		size_t count = l->mms.count;
		const struct task **grown = NULL;

		if (t->mm == 0 || va_set_has(&l->mms, t->mm))
			continue;
		grown = arena_try_grow(l->k->arena, l->mm_task, count, &cap,
				       sizeof(const struct task *));
		if (grown == NULL || !va_set_add(&l->mms, t->mm, l->k->arena))
			return;
		l->mm_task = grown;
		l->mm_task[count] = t;
	}
}

/* The lock of an address space, of which there is one for each process. */
static bool
name_mmap_lock(struct locks *l, struct lock *out)
{
	uint64_t off = 0;
	size_t number = 0;

	if (!layout_find(l->k->layout, LAYOUT_MM_MMAP_LOCK, &off))
		return false;
	if (!l->has_mms)
		find_mms(l);
	if (!va_set_find(&l->mms, out->va - off, &number))
		return false;
	out->object = str_of(arena_printf(l->k->arena, "mmap_lock of %s (%" PRId32 ")",
					  l->mm_task[number]->comm, l->mm_task[number]->tgid));
	return true;
}

/* "ext4 vda1": the type of a file system and its device. */
static const char *
fs_text(const struct locks *l, uint64_t sb)
{
	enum { NAME_LEN = 32 }; /* sizeof(super_block.s_id) */
	uint64_t type = 0;
	uint64_t va = 0;
	uint64_t off = 0;

	if (!kernel_is_address(l->k, sb) || !kernel_word(l->k, sb, LAYOUT_SB_TYPE, &type) ||
	    !kernel_is_address(l->k, type) || !kernel_word(l->k, type, LAYOUT_FS_TYPE_NAME, &va) ||
	    !layout_find(l->k->layout, LAYOUT_SB_ID, &off))
		return NULL;

	struct str name = kernel_string(l->k, va, NAME_LEN - 1);
	struct str id = kernel_string(l->k, sb + off, NAME_LEN - 1);

	if (!str_is_word(name) || !str_is_word(id))
		return NULL;
	return str_is(name, id)
		       ? str_c(l->k->arena, name)
		       : arena_printf(l->k->arena, "%.*s %.*s", STR_ARG(name), STR_ARG(id));
}

static bool
name_inode_lock(const struct locks *l, struct lock *out)
{
	uint64_t off = 0;
	uint64_t sb = 0;
	uint64_t ino = 0;
	const char *fs = NULL;

	if (!layout_find(l->k->layout, LAYOUT_INODE_RWSEM, &off) ||
	    !kernel_word(l->k, out->va - off, LAYOUT_INODE_SB, &sb) ||
	    !kernel_word(l->k, out->va - off, LAYOUT_INODE_INO, &ino))
		return false;
	fs = fs_text(l, sb);
	if (fs == NULL)
		return false;
	out->object =
		str_of(arena_printf(l->k->arena, "i_rwsem of inode %" PRIu64 " of %s", ino, fs));
	return true;
}

static bool
name_umount_lock(const struct locks *l, struct lock *out)
{
	uint64_t off = 0;
	const char *fs = NULL;

	if (!layout_find(l->k->layout, LAYOUT_SB_UMOUNT, &off))
		return false;
	fs = fs_text(l, out->va - off);
	if (fs != NULL)
		out->object = str_of(arena_printf(l->k->arena, "s_umount of %s", fs));
	return fs != NULL;
}

/* One of the locks inside of a file system: what a freeze holds. */
static bool
name_freeze_lock(struct locks *l, struct lock *out)
{
	uint64_t head = 0;
	uint64_t len = 0;
	uint64_t off = 0;
	uint64_t node = 0;
	const char *fs = NULL;

	if (!layout_find(l->k->layout, LAYOUT_SB, &len) ||
	    !layout_find(l->k->layout, LAYOUT_SB_LIST, &off) ||
	    !symbols_find(l->k->symbols, "super_blocks", &head))
		return false;
	if (l->sb == 0 || out->va - l->sb >= len) {
		struct list_walk w = list_walk_from(l->k->mem, head, LIMIT_FILESYSTEMS,
						    "list of file systems", l->k->arena);

		l->sb = 0;
		while (l->sb == 0 && list_next(&w, &node)) {
			if (out->va - (node - off) < len)
				l->sb = node - off;
		}
	}
	fs = l->sb == 0 ? NULL : fs_text(l, l->sb);
	if (fs != NULL)
		out->object = str_of(arena_printf(l->k->arena, "s_writers of %s", fs));
	return fs != NULL;
}

/* What a block device holds belongs to an inode, too, in front of which the device stands. */
static struct str
disk_of_inode(const struct locks *l, uint64_t inode)
{
	enum { NAME_LEN = 32 }; /* DISK_NAME_LEN */
	uint64_t len = 0;
	uint64_t disk = 0;
	uint64_t off = 0;

	if (!layout_find(l->k->layout, LAYOUT_BDEV, &len) ||
	    !kernel_word(l->k, inode - len, LAYOUT_BDEV_DISK, &disk) ||
	    !kernel_is_address(l->k, disk) || !layout_find(l->k->layout, LAYOUT_DISK_NAME, &off))
		return (struct str){ NULL, 0 };

	struct str name = kernel_string(l->k, disk + off, NAME_LEN);

	return str_is_word(name) ? name : (struct str){ NULL, 0 };
}

static void
name_page_of(const struct locks *l, uint64_t inode, uint64_t ino, const char *fs, struct lock *out)
{
	struct str disk = { NULL, 0 };

	if (strcmp(fs, "bdev") == 0)
		disk = disk_of_inode(l, inode);
	out->object =
		str_of(disk.len != 0 ? arena_printf(l->k->arena, "page of disk %.*s", STR_ARG(disk))
				     : arena_printf(l->k->arena, "page of inode %" PRIu64 " of %s",
						    ino, fs));
}

/* A page of a file; of other memory the low bits of the mapping say so. */
static void
name_page(const struct locks *l, struct lock *out)
{
	enum { NOT_A_FILE = 3 };
	uint64_t mapping = 0;
	uint64_t inode = 0;
	uint64_t sb = 0;
	uint64_t ino = 0;
	const char *fs = NULL;

	if (!kernel_word(l->k, out->va, LAYOUT_PAGE_MAPPING, &mapping) ||
	    (mapping & NOT_A_FILE) != 0 || !kernel_is_address(l->k, mapping) ||
	    !kernel_word(l->k, mapping, LAYOUT_MAPPING_HOST, &inode) ||
	    !kernel_is_address(l->k, inode) || !kernel_word(l->k, inode, LAYOUT_INODE_SB, &sb) ||
	    !kernel_word(l->k, inode, LAYOUT_INODE_INO, &ino))
		return;
	fs = fs_text(l, sb);
	if (fs != NULL)
		name_page_of(l, inode, ino, fs, out);
}

static void
name_lock(struct locks *l, struct lock *out)
{
	if (out->type == LOCK_PAGE) {
		name_page(l, out);
		return;
	}
	name_by_symbol(l, out);
	if (out->symbol.len == 0 && (out->type == LOCK_RWSEM_READ || out->type == LOCK_RWSEM_WRITE))
		(void)(name_mmap_lock(l, out) || name_inode_lock(l, out) ||
		       name_umount_lock(l, out));
	if (out->symbol.len == 0 && out->type == LOCK_WAIT_QUEUE)
		(void)name_freeze_lock(l, out);
}

/* ---- from the head to the lock ---- */

static bool
minus_member(const struct locks *l, uint64_t *va, enum layout_id member)
{
	uint64_t off = 0;

	if (!layout_find(l->k->layout, member, &off))
		return false;
	*va -= off;
	return true;
}

/* The lock whose list of waiters begins at head. */
static bool
lock_of_head(const struct locks *l, uint64_t head, struct lock *out)
{
	out->va = head;
	switch (out->type) {
	case LOCK_MUTEX:
		return minus_member(l, &out->va, LAYOUT_MUTEX_WAIT_LIST) && read_mutex(l, out);
	case LOCK_RWSEM_READ:
	case LOCK_RWSEM_WRITE:
		return minus_member(l, &out->va, LAYOUT_RWSEM_WAIT_LIST) && read_rwsem(l, out);
	case LOCK_SEMAPHORE:
		return minus_member(l, &out->va, LAYOUT_SEMAPHORE_WAIT_LIST);
	case LOCK_COMPLETION:
		return minus_member(l, &out->va, LAYOUT_SWAIT_HEAD_LIST) &&
		       minus_member(l, &out->va, LAYOUT_COMPLETION_WAIT);
	case LOCK_WAIT_QUEUE:
		return minus_member(l, &out->va, LAYOUT_WAIT_HEAD_LIST);
	default:
		return false;
	}
}

/* A page is waited for in one of a few queues that all pages share; which page it is stands in
 * front of the entry: struct wait_page_queue { page, bit, entry }. */
static bool
page_of_waiter(const struct locks *l, uint64_t named, struct lock *out)
{
	enum { BACK = 3 }; /* words from the task that an entry names to the page */

	return memory_word(l->k->mem, plus_words(l, named, -BACK), &out->va) == NULL &&
	       kernel_is_address(l->k, out->va);
}

static bool
lock_of_waiter(struct locks *l, uint64_t named, struct lock *out)
{
	int off = task_offset(out->type);
	uint64_t node = plus_words(l, named, -off);
	uint64_t head = 0;

	if (out->type == LOCK_PAGE)
		return page_of_waiter(l, named, out);
	head = find_head(l, node, off);
	return head != 0 && lock_of_head(l, head, out);
}

/* Since 6.15 (with DETECT_HUNG_TASK_BLOCKER) the task says it itself. */
static bool
noted_in_task(const struct locks *l, const struct task *t, struct lock *out)
{
	static const enum lock_type types[] = { LOCK_MUTEX, LOCK_SEMAPHORE, LOCK_RWSEM_READ,
						LOCK_RWSEM_WRITE };
	enum { TYPE_MASK = 3 };
	uint64_t v = 0;

	if (kernel_word(l->k, t->va, LAYOUT_TASK_BLOCKER, &v) && kernel_is_address(l->k, v) &&
	    types[v & TYPE_MASK] == out->type) {
		out->va = v & ~(uint64_t)TYPE_MASK;
	} else if (out->type == LOCK_MUTEX &&
		   kernel_word(l->k, t->va, LAYOUT_TASK_BLOCKED_ON, &v) &&
		   kernel_is_address(l->k, v)) {
		out->va = v;
	} else {
		return false;
	}
	if (out->type == LOCK_MUTEX)
		return read_mutex(l, out);
	return out->type == LOCK_SEMAPHORE || read_rwsem(l, out);
}

/* Searches the words of a frame for the waiter. */
static bool
find_in_frame(struct locks *l, const struct task *t, uint64_t from, struct bytes b,
	      struct lock *out)
{
	size_t word_len = l->k->mem->word_len;
	enum lock_type type = out->type;

	for (size_t i = 0; i + word_len <= b.len; i += word_len) {
		uint64_t v = word_len == WORD_MAX ? bytes_u64(b.p + i, l->k->mem->order)
						  : bytes_u32(b.p + i, l->k->mem->order);

		*out = (struct lock){ .type = type };
		if (v == t->va && lock_of_waiter(l, from + i, out))
			return true;
	}
	*out = (struct lock){ .type = type };
	return false;
}

bool
locks_find(struct locks *l, const struct task *t, enum lock_type type,
	   const struct locks_frame *frame, struct lock *out)
{
	uint8_t b[FRAME_BYTES_MAX] = { 0 };
	size_t len = sizeof(b);
	bool found = false;

	*out = (struct lock){ .type = type };
	if (noted_in_task(l, t, out)) {
		check_owner(l, t, out);
		name_lock(l, out);
		return true;
	}
	if (!is_on_stack(l, t, frame->from) || frame->from % l->k->mem->word_len != 0)
		return false;
	if (frame->to > frame->from && frame->to - frame->from < len)
		len = (size_t)(frame->to - frame->from);
	if (t->stack + l->stack_len - frame->from < len)
		len = (size_t)(t->stack + l->stack_len - frame->from);
	if (memory_read(l->k->mem, frame->from, b, len) == NULL)
		found = find_in_frame(l, t, frame->from, (struct bytes){ b, len }, out);
	if (found) {
		check_owner(l, t, out);
		name_lock(l, out);
	}
	return found;
}

/* ---- spinlocks ---- */

/* A queued spinlock that somebody holds: its low byte is 1, the next one at most 1; the rest is
 * the last CPU in the queue, plus 1, and which of its four places. Guests of a hypervisor may
 * turn round without queueing (virt_spin_lock()). */
static bool
is_held_spinlock(const struct locks *l, uint64_t va, bool queued)
{
	enum { LOCKED = 0xff, PENDING = 0xff00, CPU_SHIFT = 18, ALIGN = 4 };
	uint32_t v = 0;

	return kernel_is_address(l->k, va) && va % ALIGN == 0 &&
	       memory_u32(l->k->mem, va, &v) == NULL && (v & LOCKED) == 1 &&
	       (v & PENDING) <= (PENDING & -PENDING) && v >> CPU_SHIFT <= LIMIT_CPUS &&
	       (!queued || v != 1);
}

bool
locks_find_spinning(struct locks *l, const struct regs *r, struct lock *out)
{
	/* The one that is its first argument before others. */
	static const char *const first[] = { "rdi", "x0" };
	uint64_t v = 0;

	*out = (struct lock){ .type = LOCK_SPINLOCK };
	for (size_t i = 0; i < ARRAY_LEN(first) && out->va == 0; i++) {
		if (regs_get(r, first[i], &v) && is_held_spinlock(l, v, false))
			out->va = v;
	}
	for (size_t i = 0; i < r->count && out->va == 0; i++) {
		if (is_held_spinlock(l, r->reg[i].value, true))
			out->va = r->reg[i].value;
	}
	if (out->va == 0)
		return false;
	name_lock(l, out);
	return true;
}

/* ---- words ---- */

const char *
locks_type(enum lock_type type)
{
	static const char *const names[LOCK_TYPES] = {
		[LOCK_MUTEX] = "mutex",
		[LOCK_RWSEM_READ] = "rwsem",
		[LOCK_RWSEM_WRITE] = "rwsem",
		[LOCK_SEMAPHORE] = "semaphore",
		[LOCK_COMPLETION] = "completion",
		[LOCK_WAIT_QUEUE] = "wait queue",
		[LOCK_PAGE] = "page",
		[LOCK_SPINLOCK] = "spinlock",
	};

	return names[type];
}

const char *
locks_name(const struct lock *l, struct arena *a)
{
	if (l->symbol.len != 0 && l->module.len != 0)
		return arena_printf(a, "%.*s [%.*s]", STR_ARG(l->symbol), STR_ARG(l->module));
	if (l->symbol.len != 0)
		return str_c(a, l->symbol);
	if (l->object.len != 0)
		return str_c(a, l->object);
	return arena_printf(a, "0x%" PRIx64, l->va);
}
