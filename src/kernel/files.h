/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * files.h - which files are open, under which names.
 *
 * A name is put together as the kernel does it: from the entry of a directory up to the root
 * of its file system, then on from where that is mounted. It is the name in the mount
 * namespace of the file, as /proc/PID/fd shows it from inside. Files without a name get what
 * /proc shows for them: socket:[INODE], pipe:[INODE], anon_inode:[KIND].
 */
#ifndef KERNEL_FILES_H
#define KERNEL_FILES_H

#include "facts/facts.h"
#include "kernel/tasks.h"

/* The name of a place: an entry of a directory, on a mount (struct vfsmount). Empty if it
 * cannot be told. In the kernel's arena. */
struct str files_path(const struct kernel *k, uint64_t mnt, uint64_t dentry);

/* The same of a struct file. */
struct str files_name(const struct kernel *k, uint64_t file);

/* REG DIR CHR BLK FIFO PIPE LNK SOCK, or UNKN for what is none of them. */
const char *files_type(const struct kernel *k, uint64_t file);

/* A file of a file system, by its struct inode. */
struct inode_file {
	struct str fs;     /* type of the file system: "ext4" */
	struct str device; /* that it is on, as super_block.s_id has it; may be empty */
	struct str path;   /* in that file system; empty if no name of it is in memory */
	uint64_t ino;
};

/* False if there is no inode there. Texts are in the kernel's arena. */
bool files_at_inode(const struct kernel *k, uint64_t inode, struct inode_file *out);

/* Puts tasks.panic_task_files[]: the files that t has open, and who else has them open. */
void files_publish(const struct kernel *k, const struct tasks *all, const struct task *t,
		   struct facts *f);

#endif
