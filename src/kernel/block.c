/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/block.h"

#include "base/limits.h"
#include "kernel/list.h"

#include <stdlib.h>
#include <string.h>

enum {
	NAME_MAX_LEN = 32, /* DISK_NAME_LEN, sizeof(super_block.s_id) */
	REQUESTS_SHOWN = 32,
	REQUESTS_FOR_PEOPLE = 8,
	FILESYSTEMS_SHOWN = 64,
	QUEUES_MAX = 1024, /* hardware queues of a disk; one for each CPU of large machines */
};

/* ---- file systems ---- */

static struct str
fs_type(const struct kernel *k, uint64_t sb)
{
	uint64_t type = 0;
	uint64_t name = 0;
	struct str s = { NULL, 0 };

	if (kernel_word(k, sb, LAYOUT_SB_TYPE, &type) && kernel_is_address(k, type) &&
	    kernel_word(k, type, LAYOUT_FS_TYPE_NAME, &name))
		s = kernel_string(k, name, NAME_MAX_LEN);
	return str_is_word(s) ? s : (struct str){ NULL, 0 };
}

/* What the kernel mounts for itself, and what holds no files of anybody: of no interest when
 * a disk or a server does not answer. */
static bool
is_of_interest(const struct kernel *k, uint64_t sb, struct str type)
{
	static const char *const internal[] = {
		"rootfs",     "ramfs",      "sysfs",   "proc",       "devtmpfs", "devpts",
		"securityfs", "debugfs",    "tracefs", "mqueue",     "configfs", "hugetlbfs",
		"cgroup",     "cgroup2",    "pstore",  "bpf",        "autofs",   "binfmt_misc",
		"efivarfs",   "selinuxfs",  "smackfs", "apparmorfs", "fusectl",  "rpc_pipefs",
		"nfsd",       "functionfs", "resctrl", "pidfs",
	};
	enum { KERNEL_MOUNT = 1 << 22 };
	static const uint64_t no_user = (uint64_t)1 << 31;
	uint64_t flags = 0;

	if (kernel_word(k, sb, LAYOUT_SB_FLAGS, &flags) && (flags & (KERNEL_MOUNT | no_user)) != 0)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(internal); i++) {
		if (str_is_c(type, internal[i]))
			return false;
	}
	return true;
}

/* It has been told, or has decided, to fail whatever it is asked. */
static bool
is_shut_down(const struct kernel *k, uint64_t sb, struct str type, bool *shut)
{
	static const struct {
		const char *type;
		enum layout_id flags;
		uint8_t bit;
	} kinds[] = {
		/* EXT4_FLAGS_SHUTDOWN; 783d94854499 ("ext4: add EXT4_IOC_GOINGDOWN ioctl"), v4.11
		 */
		{ "ext4", LAYOUT_EXT4_FLAGS, 1 },
		/* XFS_OPSTATE_SHUTDOWN, and XFS_MOUNT_FS_SHUTDOWN before */
		{ "xfs", LAYOUT_XFS_OPSTATE, 2 },
		{ "xfs", LAYOUT_XFS_OLD_FLAGS, 4 },
	};
	uint64_t info = 0;
	uint64_t v = 0;

	if (!kernel_word(k, sb, LAYOUT_SB_INFO, &info) || !kernel_is_address(k, info))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		if (!str_is_c(type, kinds[i].type) || !kernel_word(k, info, kinds[i].flags, &v))
			continue;
		*shut = (v >> kinds[i].bit & 1) != 0;
		return true;
	}
	return false;
}

static void
put_filesystem(const struct kernel *k, uint64_t sb, struct str type, struct fact_row *row)
{
	static const struct origin o = { ORIGIN_MEMORY, "super_blocks" };
	enum { READ_ONLY = 1 };
	/* enum of Linux's include/linux/fs.h: SB_UNFROZEN, SB_FREEZE_WRITE ... */
	static const char *const frozen[] = { "no", "write", "pagefault", "fs", "complete" };
	uint64_t off = 0;
	uint64_t flags = 0;
	uint16_t state = 0;
	bool shut = false;

	facts_put_text(row, FILESYSTEM_TYPE, type, o);
	if (layout_find(k->layout, LAYOUT_SB_ID, &off)) {
		struct str id = kernel_string(k, sb + off, NAME_MAX_LEN);

		if (str_is_word(id))
			facts_put_text(row, FILESYSTEM_DEVICE, id, o);
	}
	if (kernel_word(k, sb, LAYOUT_SB_FLAGS, &flags))
		facts_put_bool(row, FILESYSTEM_READ_ONLY, (flags & READ_ONLY) != 0, o);
	/* An int, or since 6.6 (880b9577855e) an unsigned short beside others. */
	if (layout_find(k->layout, LAYOUT_SB_FROZEN, &off) &&
	    memory_u16(k->mem, sb + off, &state) != NULL)
		state = 0;
	if (state != 0 && state < ARRAY_LEN(frozen))
		facts_put_text(row, FILESYSTEM_FROZEN, str_of(frozen[state]), o);
	if (is_shut_down(k, sb, type, &shut))
		facts_put_bool(row, FILESYSTEM_SHUTDOWN, shut, o);
	if (shut)
		facts_put_text(row, FILESYSTEM_TROUBLE,
			       STR("shut down: it fails whatever it is asked"), o);
	else if (state != 0 && state < ARRAY_LEN(frozen))
		facts_put_text(row, FILESYSTEM_TROUBLE, STR("frozen: whoever writes to it waits"),
			       o);
}

const struct error *
block_publish_filesystems(const struct kernel *k, struct facts *f)
{
	static const struct origin o = { ORIGIN_MEMORY, "super_blocks" };
	struct fact_row *root = facts_root(f);
	uint64_t head = 0;
	uint64_t off = 0;
	uint64_t node = 0;
	size_t shown = 0;
	int64_t more = 0;

	if (!symbols_find(k->symbols, "super_blocks", &head) ||
	    !layout_find(k->layout, LAYOUT_SB_LIST, &off))
		return NULL;

	struct list_walk w =
		list_walk_from(k->mem, head, LIMIT_FILESYSTEMS, "list of file systems", k->arena);

	while (list_next(&w, &node)) {
		struct str type = fs_type(k, node - off);

		if (type.len == 0 || !is_of_interest(k, node - off, type))
			continue;
		if (shown++ < FILESYSTEMS_SHOWN)
			put_filesystem(k, node - off, type,
				       facts_put_row(root, FACT_FILESYSTEMS, o));
		else
			more++;
	}
	if (shown == 0)
		facts_put_empty(root, FACT_FILESYSTEMS, o);
	facts_put_number(root, FACT_FILESYSTEMS_MORE, more, o);
	return w.problem;
}

/* ---- requests ---- */

struct request {
	struct str disk;
	uint64_t va;
	uint64_t start_ns;
	uint32_t op;
	uint32_t bytes;
};

struct search {
	const struct kernel *k;
	struct va_set tags; /* that were looked through: disks may share them */
	struct request oldest[REQUESTS_SHOWN];
	size_t count;
	size_t all;
	size_t looked_at;
};

static void
keep(struct search *s, const struct request *r)
{
	size_t i = s->count;

	s->all++;
	if (i == REQUESTS_SHOWN && s->oldest[i - 1].start_ns <= r->start_ns)
		return;
	if (i == REQUESTS_SHOWN)
		i--;
	else
		s->count++;
	for (; i > 0 && s->oldest[i - 1].start_ns > r->start_ns; i--)
		s->oldest[i] = s->oldest[i - 1];
	s->oldest[i] = *r;
}

/* In flight, of that queue, and with that tag: what stands under a tag may be long done. */
static bool
read_request(const struct kernel *k, uint64_t va, uint64_t queue, uint32_t tag, struct request *r)
{
	enum { IN_FLIGHT = 1, OP_MASK = 0xff }; /* enum mq_rq_state since 4.16 (1d9bd5161ba3) */
	uint64_t q = 0;
	uint32_t own_tag = 0;
	uint32_t state = 0;
	uint32_t flags = 0;
	uint64_t off = 0;

	*r = (struct request){ .va = va };
	if (!kernel_is_address(k, va) || !kernel_word(k, va, LAYOUT_REQUEST_QUEUE, &q) ||
	    q != queue || !kernel_u32(k, va, LAYOUT_REQUEST_TAG, &own_tag) || own_tag != tag ||
	    !kernel_u32(k, va, LAYOUT_REQUEST_STATE, &state) || state != IN_FLIGHT ||
	    !kernel_u32(k, va, LAYOUT_REQUEST_FLAGS, &flags) ||
	    !layout_find(k->layout, LAYOUT_REQUEST_START, &off) ||
	    memory_u64(k->mem, va + off, &r->start_ns) != NULL)
		return false;
	r->op = flags & OP_MASK;
	(void)kernel_u32(k, va, LAYOUT_REQUEST_BYTES, &r->bytes);
	return true;
}

static void
look_through_tags(struct search *s, uint64_t tags, uint64_t queue, struct str disk)
{
	const struct kernel *k = s->k;
	uint64_t requests = 0;
	uint32_t count = 0;

	if (!kernel_is_address(k, tags) || !kernel_u32(k, tags, LAYOUT_TAGS_COUNT, &count) ||
	    !kernel_word(k, tags, LAYOUT_TAGS_REQUESTS, &requests) ||
	    !kernel_is_address(k, requests))
		return;
	for (uint32_t i = 0; i < count && s->looked_at < LIMIT_REQUESTS; i++, s->looked_at++) {
		uint64_t va = 0;
		struct request r;

		if (memory_word(k->mem, requests + (uint64_t)i * k->mem->word_len, &va) != NULL)
			return;
		if (va == 0 || !read_request(k, va, queue, i, &r))
			continue;
		r.disk = disk;
		keep(s, &r);
	}
}

static void
look_through_queue(struct search *s, uint64_t queue, struct str disk)
{
	const struct kernel *k = s->k;
	uint64_t set = 0;
	uint64_t tags = 0;
	uint32_t count = 0;

	/* Drivers without requests (device mapper, loop over nothing) have no set of tags. */
	if (!kernel_is_address(k, queue) || !kernel_word(k, queue, LAYOUT_QUEUE_TAG_SET, &set) ||
	    !kernel_is_address(k, set) || !kernel_word(k, set, LAYOUT_TAG_SET_TAGS, &tags) ||
	    !kernel_is_address(k, tags) || !kernel_u32(k, set, LAYOUT_TAG_SET_QUEUES, &count))
		return;
	for (uint32_t i = 0; i < count && i < QUEUES_MAX; i++) {
		uint64_t one = 0;

		if (memory_word(k->mem, tags + (uint64_t)i * k->mem->word_len, &one) == NULL)
			look_through_tags(s, one, queue, disk);
	}
}

/* The inode of a block device stands behind the device, in one allocation (struct bdev_inode).
 * Of a whole disk and its partitions, which share a queue, the first counts. */
static void
look_at_device(struct search *s, uint64_t inode)
{
	const struct kernel *k = s->k;
	uint64_t len = 0;
	uint64_t disk = 0;
	uint64_t queue = 0;
	uint64_t off = 0;

	if (!layout_find(k->layout, LAYOUT_BDEV, &len) ||
	    !kernel_word(k, inode - len, LAYOUT_BDEV_DISK, &disk) || !kernel_is_address(k, disk) ||
	    !kernel_word(k, disk, LAYOUT_DISK_QUEUE, &queue) ||
	    !layout_find(k->layout, LAYOUT_DISK_NAME, &off) ||
	    !va_set_add(&s->tags, queue, k->arena))
		return;

	struct str name = kernel_string(k, disk + off, NAME_MAX_LEN);

	if (str_is_word(name))
		look_through_queue(s, queue, name);
}

static const char *
op_name(uint32_t op)
{
	/* enum req_op of Linux's include/linux/blk_types.h */
	static const char *const names[] = { "read", "write", "flush", "discard" };

	return op < ARRAY_LEN(names) ? names[op] : "other";
}

static void
put_request(const struct request *r, uint64_t now, bool shown, struct fact_row *row)
{
	static const struct origin o = { ORIGIN_MEMORY, "the tags of the disk's queues" };
	static const double ns = 1e9;
	double age = (double)now - (double)r->start_ns / ns;

	facts_put_text(row, REQUEST_DISK, r->disk, o);
	facts_put_text(row, REQUEST_OP, str_of(op_name(r->op)), o);
	facts_put_number(row, REQUEST_BYTES, r->bytes, o);
	/* The clock is read in whole seconds. */
	if (now != 0 && r->start_ns != 0 && age > -2)
		facts_put_real(row, REQUEST_SECONDS, age < 0 ? 0 : age, o);
	facts_put_address(row, REQUEST_ADDRESS, r->va, o);
	facts_put_bool(row, REQUEST_SHOWN, shown, o);
}

const struct error *
block_publish_requests(const struct kernel *k, uint64_t now, struct facts *f)
{
	static const struct origin o = { ORIGIN_MEMORY, "the tags of the disks' queues" };
	struct search *s = ARENA_NEW(k->arena, struct search);
	struct fact_row *root = facts_root(f);
	uint64_t sb = 0;
	uint64_t inodes = 0;
	uint64_t off = 0;
	uint64_t node = 0;

	s->k = k;
	if (!kernel_symbol_word(k, "blockdev_superblock", &sb) || !kernel_is_address(k, sb) ||
	    !layout_find(k->layout, LAYOUT_SB_INODES, &inodes) ||
	    !layout_find(k->layout, LAYOUT_INODE_SB_LIST, &off) ||
	    !layout_find(k->layout, LAYOUT_REQUEST_STATE, &node))
		return NULL;

	struct list_walk w =
		list_walk_from(k->mem, sb + inodes, LIMIT_DISKS, "list of block devices", k->arena);

	while (list_next(&w, &node))
		look_at_device(s, node - off);
	for (size_t i = 0; i < s->count; i++)
		put_request(&s->oldest[i], now, i < REQUESTS_FOR_PEOPLE,
			    facts_put_row(root, FACT_BLOCK_REQUESTS, o));
	if (s->count == 0)
		facts_put_empty(root, FACT_BLOCK_REQUESTS, o);
	facts_put_number(root, FACT_BLOCK_IN_FLIGHT, (int64_t)s->all, o);
	return w.problem;
}
