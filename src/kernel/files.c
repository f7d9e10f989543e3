/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/files.h"

#include "base/limits.h"

#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

static const struct origin from_memory = { ORIGIN_MEMORY, "the task's table of files" };

enum {
	NAME_MAX_LEN = 255,
	TYPE_NAME_MAX = 32,
	DEVICE_NAME_MAX = 32, /* super_block.s_id */
	SHARERS_MAX = 16,     /* named of those who have the same file open */
};

/* ---- names ---- */

/* A name that is written from its end. */
struct path {
	char *p;
	size_t at; /* where it begins */
	bool full;
};

static void
put_front(struct path *p, struct str s)
{
	if (s.len > p->at) {
		p->full = true;
		return;
	}
	p->at -= s.len;
	memcpy(p->p + p->at, s.p, s.len);
}

/* False if there is none; its bytes may be anything but zero and slash. */
static bool
read_name(const struct kernel *k, uint64_t dentry, char name[NAME_MAX_LEN + 1], struct str *out)
{
	uint64_t va = 0;
	uint32_t len = 0;

	if (!kernel_word(k, dentry, LAYOUT_DENTRY_NAME, &va) || !kernel_is_address(k, va) ||
	    !kernel_u32(k, dentry, LAYOUT_DENTRY_NAME_LEN, &len) || len > NAME_MAX_LEN ||
	    memory_read(k->mem, va, name, len) != NULL)
		return false;
	*out = (struct str){ name, strnlen(name, len) };
	return true;
}

/* Adds the names from dentry up to the root of the mount, or if root is 0 up to that of the file
 * system; false if that is not reached. */
static bool
climb(const struct kernel *k, uint64_t dentry, uint64_t root, struct path *p)
{
	for (size_t i = 0; i < LIMIT_PATH_NAMES && !p->full; i++) {
		char name[NAME_MAX_LEN + 1];
		struct str s = { NULL, 0 };
		uint64_t parent = 0;

		if (dentry == root)
			return true;
		if (!kernel_word(k, dentry, LAYOUT_DENTRY_PARENT, &parent) ||
		    !kernel_is_address(k, parent))
			return false;
		if (parent == dentry)
			return root == 0;
		if (!read_name(k, dentry, name, &s))
			return false;
		put_front(p, s);
		put_front(p, STR("/"));
		dentry = parent;
	}
	return false;
}

struct str
files_path(const struct kernel *k, uint64_t mnt, uint64_t dentry)
{
	char text[LIMIT_PATH_BYTES];
	struct path p = { text, sizeof(text), false };
	uint64_t off = 0;

	if (!layout_find(k->layout, LAYOUT_MOUNT_MNT, &off))
		return (struct str){ NULL, 0 };
	for (size_t i = 0; i < LIMIT_PATH_MOUNTS; i++) {
		uint64_t mount = mnt - off;
		uint64_t root = 0;
		uint64_t parent = 0;

		if (!kernel_is_address(k, mnt) || !kernel_is_address(k, dentry) ||
		    !kernel_word(k, mnt, LAYOUT_VFSMOUNT_ROOT, &root) ||
		    !climb(k, dentry, root, &p) ||
		    !kernel_word(k, mount, LAYOUT_MOUNT_PARENT, &parent))
			return (struct str){ NULL, 0 };
		if (parent == mount)
			break;
		if (!kernel_word(k, mount, LAYOUT_MOUNT_MOUNTPOINT, &dentry))
			return (struct str){ NULL, 0 };
		mnt = parent + off;
	}
	if (p.at == sizeof(text))
		put_front(&p, STR("/"));
	return str_copy(k->arena, (struct str){ text + p.at, sizeof(text) - p.at });
}

/* ---- files ---- */

struct file {
	uint64_t va;
	uint64_t inode;
	uint64_t ino;
	uint16_t mode;
	char fs[TYPE_NAME_MAX]; /* of the file system: "proc", "sockfs"; empty if not known */
};

static void
read_fs(const struct kernel *k, uint64_t inode, char name[TYPE_NAME_MAX])
{
	uint64_t sb = 0;
	uint64_t type = 0;
	uint64_t va = 0;

	if (!kernel_word(k, inode, LAYOUT_INODE_SB, &sb) || !kernel_is_address(k, sb) ||
	    !kernel_word(k, sb, LAYOUT_SB_TYPE, &type) || !kernel_is_address(k, type) ||
	    !kernel_word(k, type, LAYOUT_FS_TYPE_NAME, &va))
		return;

	struct str s = kernel_string(k, va, TYPE_NAME_MAX - 1);

	if (s.len != 0)
		memcpy(name, s.p, s.len);
}

/* It was unlinked: no longer in the hash, and not the root of something. */
static bool
is_deleted(const struct kernel *k, uint64_t dentry)
{
	uint64_t pprev = 1;
	uint64_t parent = 0;

	return kernel_word(k, dentry, LAYOUT_DENTRY_PPREV, &pprev) && pprev == 0 &&
	       kernel_word(k, dentry, LAYOUT_DENTRY_PARENT, &parent) && parent != dentry;
}

/* One of its names. */
static struct str
path_of_inode(const struct kernel *k, uint64_t inode)
{
	char text[LIMIT_PATH_BYTES];
	struct path p = { text, sizeof(text), false };
	uint64_t alias = 0;
	uint64_t off = 0;

	if (!kernel_word(k, inode, LAYOUT_INODE_DENTRY, &alias) || !kernel_is_address(k, alias) ||
	    !layout_find(k->layout, LAYOUT_DENTRY_ALIAS, &off))
		return (struct str){ NULL, 0 };

	uint64_t dentry = alias - off;
	struct str deleted = is_deleted(k, dentry) ? STR(" (deleted)") : STR("");

	if (!climb(k, dentry, 0, &p))
		return (struct str){ NULL, 0 };
	if (p.at == sizeof(text))
		put_front(&p, STR("/"));
	return str_of(arena_printf(k->arena, "%.*s%.*s", (int)(sizeof(text) - p.at), text + p.at,
				   STR_ARG(deleted)));
}

bool
files_at_inode(const struct kernel *k, uint64_t inode, struct inode_file *out)
{
	char fs[TYPE_NAME_MAX] = "";
	uint64_t sb = 0;
	uint64_t off = 0;

	*out = (struct inode_file){ .ino = 0 };
	if (!kernel_is_address(k, inode) || !kernel_word(k, inode, LAYOUT_INODE_INO, &out->ino))
		return false;
	read_fs(k, inode, fs);
	out->fs = str_copy(k->arena, str_of(fs));
	if (kernel_word(k, inode, LAYOUT_INODE_SB, &sb) && kernel_is_address(k, sb) &&
	    layout_find(k->layout, LAYOUT_SB_ID, &off))
		out->device = kernel_string(k, sb + off, DEVICE_NAME_MAX);
	out->path = path_of_inode(k, inode);
	return true;
}

static bool
read_file(const struct kernel *k, uint64_t va, struct file *f)
{
	uint64_t off = 0;

	*f = (struct file){ .va = va };
	if (!kernel_is_address(k, va) || !kernel_word(k, va, LAYOUT_FILE_INODE, &f->inode) ||
	    !kernel_is_address(k, f->inode) || !layout_find(k->layout, LAYOUT_INODE_MODE, &off) ||
	    memory_u16(k->mem, f->inode + off, &f->mode) != NULL)
		return false;
	(void)kernel_word(k, f->inode, LAYOUT_INODE_INO, &f->ino);
	read_fs(k, f->inode, f->fs);
	return true;
}

/* What stands for a name where there is none: pseudo file systems that nobody can mount. */
static struct str
nameless(const struct kernel *k, const struct file *f, uint64_t dentry)
{
	char name[NAME_MAX_LEN + 1];
	struct str s = { NULL, 0 };

	if (strcmp(f->fs, "sockfs") == 0)
		return str_of(arena_printf(k->arena, "socket:[%" PRIu64 "]", f->ino));
	if (strcmp(f->fs, "pipefs") == 0)
		return str_of(arena_printf(k->arena, "pipe:[%" PRIu64 "]", f->ino));
	if (strcmp(f->fs, "anon_inodefs") != 0)
		return s;
	if (!read_name(k, dentry, name, &s))
		return s;
	return str_of(arena_printf(k->arena, "anon_inode:%.*s", STR_ARG(s)));
}

static struct str
name_of(const struct kernel *k, const struct file *f)
{
	uint64_t mnt = 0;
	uint64_t dentry = 0;

	if (!kernel_word(k, f->va, LAYOUT_FILE_MNT, &mnt) ||
	    !kernel_word(k, f->va, LAYOUT_FILE_DENTRY, &dentry))
		return (struct str){ NULL, 0 };

	struct str s = nameless(k, f, dentry);

	if (s.len != 0)
		return s;
	s = files_path(k, mnt, dentry);
	if (s.len != 0 && is_deleted(k, dentry))
		s = str_of(arena_printf(k->arena, "%.*s (deleted)", STR_ARG(s)));
	return s;
}

static const char *
type_of(const struct file *f)
{
	switch (f->mode & S_IFMT) {
	case S_IFREG:
		return "REG";
	case S_IFDIR:
		return "DIR";
	case S_IFCHR:
		return "CHR";
	case S_IFBLK:
		return "BLK";
	case S_IFLNK:
		return "LNK";
	case S_IFSOCK:
		return "SOCK";
	case S_IFIFO:
		return strcmp(f->fs, "pipefs") == 0 ? "PIPE" : "FIFO";
	default:
		return "UNKN";
	}
}

struct str
files_name(const struct kernel *k, uint64_t file)
{
	struct file f;

	return read_file(k, file, &f) ? name_of(k, &f) : (struct str){ NULL, 0 };
}

const char *
files_type(const struct kernel *k, uint64_t file)
{
	struct file f;

	return read_file(k, file, &f) ? type_of(&f) : "UNKN";
}

/* ---- tables of open files ---- */

struct table {
	uint64_t fd; /* the array of struct file pointers */
	uint32_t count;
};

static bool
read_table(const struct kernel *k, uint64_t files, struct table *t)
{
	uint64_t fdt = 0;

	return kernel_is_address(k, files) && kernel_word(k, files, LAYOUT_FILES_FDT, &fdt) &&
	       kernel_is_address(k, fdt) && kernel_u32(k, fdt, LAYOUT_FDT_MAX, &t->count) &&
	       kernel_word(k, fdt, LAYOUT_FDT_FD, &t->fd) && kernel_is_address(k, t->fd);
}

/* File number i of a table; 0 if that is not open. */
static uint64_t
file_number(const struct kernel *k, const struct table *t, uint32_t i)
{
	uint64_t file = 0;

	if (memory_word(k->mem, t->fd + (uint64_t)i * k->mem->word_len, &file) != NULL ||
	    !kernel_is_address(k, file))
		return 0;
	return file;
}

/* The files of the panic task, by their inodes, and who else has them. */
struct open_files {
	const struct kernel *k;
	struct va_set inodes;
	struct sharers {
		int32_t pid[SHARERS_MAX];
		size_t count;
		int32_t last; /* that was added: a process counts once */
	} * by_inode;
	size_t looked_at; /* files of all tasks */
};

static void
note_sharer(struct open_files *o, uint64_t inode, int32_t pid)
{
	size_t number = 0;

	if (!va_set_find(&o->inodes, inode, &number))
		return;

	struct sharers *s = &o->by_inode[number];

	if (s->count != 0 && s->last == pid)
		return;
	if (s->count < SHARERS_MAX)
		s->pid[s->count] = pid;
	s->count++;
	s->last = pid;
}

static void
look_through(struct open_files *o, uint64_t files, int32_t pid)
{
	struct table t;

	if (!read_table(o->k, files, &t))
		return;
	for (uint32_t i = 0; i < t.count && o->looked_at < LIMIT_OPEN_FILES; i++, o->looked_at++) {
		uint64_t file = file_number(o->k, &t, i);
		uint64_t inode = 0;

		if (file != 0 && kernel_word(o->k, file, LAYOUT_FILE_INODE, &inode))
			note_sharer(o, inode, pid);
	}
}

/* Threads share their table, which is looked through once. */
static void
look_through_all(struct open_files *o, const struct tasks *all, uint64_t own)
{
	struct va_set seen = { 0 };

	(void)va_set_add(&seen, own, o->k->arena);
	for (size_t i = 0; i < all->count; i++) {
		const struct task *t = &all->task[i];
		uint64_t files = 0;

		if (o->looked_at >= LIMIT_OPEN_FILES || budget_expired(arena_budget(o->k->arena)))
			return;
		if (!tasks_is_kthread(t) && kernel_word(o->k, t->va, LAYOUT_TASK_FILES, &files) &&
		    files != 0 && va_set_add(&seen, files, o->k->arena))
			look_through(o, files, t->tgid);
	}
}

struct open_file {
	uint32_t fd;
	struct file file;
};

/* The first of them; *more counts those beyond. */
static struct open_file *
list_files(const struct kernel *k, uint64_t files, size_t *count, size_t *more)
{
	struct open_file *all = ARENA_TRY_ARRAY(k->arena, struct open_file, LIMIT_TASK_FILES);
	struct table t;

	if (all == NULL || !read_table(k, files, &t))
		return NULL;
	for (uint32_t i = 0; i < t.count && i < LIMIT_OPEN_FILES; i++) {
		uint64_t file = file_number(k, &t, i);
		struct file f;

		if (file == 0 || !read_file(k, file, &f))
			continue;
		if (*count == LIMIT_TASK_FILES)
			(*more)++;
		else
			all[(*count)++] = (struct open_file){ i, f };
	}
	return all;
}

static void
put_file(const struct open_files *o, const struct open_file *f, struct fact_row *row)
{
	struct str name = name_of(o->k, &f->file);
	size_t number = 0;

	facts_put_number(row, OPEN_FILE_FD, f->fd, from_memory);
	if (name.len != 0)
		facts_put_text(row, OPEN_FILE_PATH, name, from_memory);
	facts_put_text(row, OPEN_FILE_TYPE, str_of(type_of(&f->file)), from_memory);
	facts_put_address(row, OPEN_FILE_FILE, f->file.va, from_memory);
	if (!va_set_find(&o->inodes, f->file.inode, &number))
		return;

	const struct sharers *s = &o->by_inode[number];

	for (size_t i = 0; i < s->count && i < SHARERS_MAX; i++)
		facts_put_number(row, OPEN_FILE_ALSO, s->pid[i], from_memory);
	if (s->count == 0)
		facts_put_empty(row, OPEN_FILE_ALSO, from_memory);
	if (s->count > SHARERS_MAX)
		facts_put_number(row, OPEN_FILE_ALSO_MORE, (int64_t)(s->count - SHARERS_MAX),
				 from_memory);
}

void
files_publish(const struct kernel *k, const struct tasks *all, const struct task *t,
	      struct facts *f)
{
	struct fact_row *root = facts_root(f);
	struct open_files o = { .k = k };
	uint64_t files = 0;
	size_t count = 0;
	size_t more = 0;

	if (!kernel_word(k, t->va, LAYOUT_TASK_FILES, &files))
		return;

	const struct open_file *list = files == 0 ? NULL : list_files(k, files, &count, &more);

	if (count == 0) {
		if (files == 0 || list != NULL) {
			facts_put_empty(root, FACT_TASKS_PANIC_FILES, from_memory);
			facts_put_number(root, FACT_TASKS_PANIC_FILES_MORE, 0, from_memory);
		}
		return;
	}
	o.by_inode = ARENA_ARRAY(k->arena, struct sharers, count);
	for (size_t i = 0; i < count; i++)
		(void)va_set_add(&o.inodes, list[i].file.inode, k->arena);
	look_through_all(&o, all, files);
	for (size_t i = 0; i < count; i++)
		put_file(&o, &list[i], facts_put_row(root, FACT_TASKS_PANIC_FILES, from_memory));
	facts_put_number(root, FACT_TASKS_PANIC_FILES_MORE, (int64_t)more, from_memory);
}
