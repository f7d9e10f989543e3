/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fakefiles.h - open files for the tasks of fakemachine.h: init and the server have
 * /proc/trigger open, the server also a socket and a file that was unlinked.
 */
#ifndef TESTS_FAKEFILES_H
#define TESTS_FAKEFILES_H

#include "kernel/fakemachine.h"

#define FILES 0xffff888000400000ULL
#define FILES_AT(what) (FILES + (uint64_t)FILES_##what * 0x80)

enum {
	FILES_LEN = 0x1000,
	FILES_OFF_TASK = 0x200,
	FILES_OFF_PARENT = 0x18,
	FILES_OFF_MNT = 0x20, /* of the vfsmount in its mount */
	/* Objects, 0x80 bytes each; the array of files takes eight. */
	FILES_TABLE = 0,
	FILES_TABLE_OF_INIT,
	FILES_FDT,
	FILES_FDT_OF_INIT,
	FILES_FDS_OF_INIT,
	FILES_FILE,
	FILES_FILE_OF_INIT,
	FILES_SOCKET,
	FILES_GONE,
	FILES_INODE,
	FILES_SOCKET_INODE,
	FILES_TRIGGER,
	FILES_PROC_ROOT,
	FILES_PROC_POINT,
	FILES_ROOT,
	FILES_LOG,
	FILES_PROC_MNT,
	FILES_ROOT_MNT,
	FILES_SB,
	FILES_SOCK_SB,
	FILES_TYPE,
	FILES_SOCK_TYPE,
	FILES_NAMES,
	FILES_FDS,
};

static inline void
files_dentry(struct fake *f, uint64_t va, uint64_t parent, uint64_t name, uint32_t len)
{
	fake_put(f, va + FILES_OFF_PARENT, parent, 8);
	fake_put(f, va + 0x20, name, 8);
	fake_put(f, va + 0x28, len, 4);
	fake_put(f, va + 0x30, va, 8); /* pprev: it is in the hash */
}

static inline void
files_file(struct fake *f, uint64_t va, uint64_t mnt, uint64_t dentry, uint64_t inode)
{
	fake_put(f, va, mnt, 8);
	fake_put(f, va + 8, dentry, 8);
	fake_put(f, va + 0x10, inode, 8);
}

static inline void
files_inode(struct fake *f, uint64_t va, uint16_t mode, uint64_t ino, uint64_t sb)
{
	fake_put(f, va, mode, 2);
	fake_put(f, va + 8, ino, 8);
	fake_put(f, va + 0x10, sb, 8);
}

static inline void
files_layouts(struct fake *f)
{
	static const struct {
		enum layout_id id;
		uint64_t off;
	} known[] = {
		{ LAYOUT_TASK_FILES, FILES_OFF_TASK },
		{ LAYOUT_FILES_FDT, 8 },
		{ LAYOUT_FDT_MAX, 0 },
		{ LAYOUT_FDT_FD, 8 },
		{ LAYOUT_FILE_MNT, 0 },
		{ LAYOUT_FILE_DENTRY, 8 },
		{ LAYOUT_FILE_INODE, 0x10 },
		{ LAYOUT_DENTRY_PARENT, FILES_OFF_PARENT },
		{ LAYOUT_DENTRY_NAME, 0x20 },
		{ LAYOUT_DENTRY_NAME_LEN, 0x28 },
		{ LAYOUT_DENTRY_PPREV, 0x30 },
		{ LAYOUT_VFSMOUNT_ROOT, 0 },
		{ LAYOUT_MOUNT_MNT, FILES_OFF_MNT },
		{ LAYOUT_MOUNT_PARENT, 0 },
		{ LAYOUT_MOUNT_MOUNTPOINT, 8 },
		{ LAYOUT_INODE_MODE, 0 },
		{ LAYOUT_INODE_INO, 8 },
		{ LAYOUT_INODE_SB, 0x10 },
		{ LAYOUT_SB_TYPE, 0 },
		{ LAYOUT_FS_TYPE_NAME, 0 },
	};

	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		fake_layout(f, known[i].id, known[i].off, 0);
}

static inline void
files_names(struct fake *f)
{
	uint64_t names = FILES_AT(NAMES);

	fake_text(f, names, "trigger");
	fake_text(f, names + 8, "proc");
	fake_text(f, names + 16, "log");
	fake_text(f, names + 24, "sockfs");
	files_dentry(f, FILES_AT(TRIGGER), FILES_AT(PROC_ROOT), names, 7);
	files_dentry(f, FILES_AT(PROC_ROOT), FILES_AT(PROC_ROOT), names, 0);
	files_dentry(f, FILES_AT(PROC_POINT), FILES_AT(ROOT), names + 8, 4);
	files_dentry(f, FILES_AT(ROOT), FILES_AT(ROOT), names, 0);
	files_dentry(f, FILES_AT(LOG), FILES_AT(ROOT), names + 16, 3);
	fake_put(f, FILES_AT(LOG) + 0x30, 0, 8);
	fake_put(f, FILES_AT(TYPE), names + 8, 8);
	fake_put(f, FILES_AT(SOCK_TYPE), names + 24, 8);
	fake_put(f, FILES_AT(SB), FILES_AT(TYPE), 8);
	fake_put(f, FILES_AT(SOCK_SB), FILES_AT(SOCK_TYPE), 8);
}

static inline void
files_mounts(struct fake *f)
{
	fake_put(f, FILES_AT(PROC_MNT), FILES_AT(PROC_ROOT), 8);
	fake_put(f, FILES_AT(PROC_MNT) - FILES_OFF_MNT, FILES_AT(ROOT_MNT) - FILES_OFF_MNT, 8);
	fake_put(f, FILES_AT(PROC_MNT) - FILES_OFF_MNT + 8, FILES_AT(PROC_POINT), 8);
	fake_put(f, FILES_AT(ROOT_MNT), FILES_AT(ROOT), 8);
	fake_put(f, FILES_AT(ROOT_MNT) - FILES_OFF_MNT, FILES_AT(ROOT_MNT) - FILES_OFF_MNT, 8);
}

static inline struct fake *
files_fake_new(struct arena *a)
{
	struct fake *f = machine_new(a);

	fake_region(f, FILES, FILES_LEN);
	files_layouts(f);
	files_names(f);
	files_mounts(f);
	files_inode(f, FILES_AT(INODE), 0100644, 5, FILES_AT(SB));
	files_inode(f, FILES_AT(SOCKET_INODE), 0140777, 77, FILES_AT(SOCK_SB));
	files_file(f, FILES_AT(FILE), FILES_AT(PROC_MNT), FILES_AT(TRIGGER), FILES_AT(INODE));
	files_file(f, FILES_AT(FILE_OF_INIT), FILES_AT(PROC_MNT), FILES_AT(TRIGGER),
		   FILES_AT(INODE));
	files_file(f, FILES_AT(SOCKET), FILES_AT(ROOT_MNT), FILES_AT(ROOT), FILES_AT(SOCKET_INODE));
	files_file(f, FILES_AT(GONE), FILES_AT(ROOT_MNT), FILES_AT(LOG), FILES_AT(INODE));
	fake_put(f, FILES_AT(TABLE) + 8, FILES_AT(FDT), 8);
	fake_put(f, FILES_AT(FDT), 8, 4);
	fake_put(f, FILES_AT(FDT) + 8, FILES_AT(FDS), 8);
	fake_put(f, FILES_AT(FDS), FILES_AT(FILE), 8);
	fake_put(f, FILES_AT(FDS) + 16, FILES_AT(SOCKET), 8);
	fake_put(f, FILES_AT(FDS) + 24, FILES_AT(GONE), 8);
	fake_put(f, FILES_AT(TABLE_OF_INIT) + 8, FILES_AT(FDT_OF_INIT), 8);
	fake_put(f, FILES_AT(FDT_OF_INIT), 4, 4);
	fake_put(f, FILES_AT(FDT_OF_INIT) + 8, FILES_AT(FDS_OF_INIT), 8);
	fake_put(f, FILES_AT(FDS_OF_INIT), FILES_AT(FILE_OF_INIT), 8);
	fake_put(f, task_at(1) + FILES_OFF_TASK, FILES_AT(TABLE_OF_INIT), 8);
	fake_put(f, task_at(2) + FILES_OFF_TASK, FILES_AT(TABLE), 8);
	fake_put(f, task_at(3) + FILES_OFF_TASK, FILES_AT(TABLE), 8);
	for (size_t i = 1; i <= 3; i++) /* a kernel thread has no files to look at */
		fake_put(f, task_at(i) + OFF_MM, FILES_AT(NAMES), 8);
	return f;
}

#endif
