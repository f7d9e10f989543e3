/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checks of data structures that print a line of their own before they WARN or BUG. */
#include "oops/family.h"

#define CHECK(text, kind, list)                                                               \
	{                                                                                     \
		text, kind, BLAME_PC, .is = CLASS_DATA, .follows = CLASS_WARN, .skip = (list) \
	}

static const struct oops_head heads[] = {
	CHECK("refcount_t: {detail}", KIND_REFCOUNT, "refcount"),
	CHECK("ODEBUG: {any} object type: {detail}", KIND_ODEBUG, "odebug"),
	CHECK("usercopy: Kernel memory {detail}", KIND_USERCOPY, "usercopy"),
	CHECK("usercopy: kernel memory {detail}", KIND_USERCOPY, "usercopy"),
	CHECK("Bad or missing usercopy whitelist? {detail}", KIND_USERCOPY, "usercopy"),
	{ "skbuff: skb_over_panic: {detail}", KIND_BUG_ON, BLAME_PC, .is = CLASS_DATA },
	{ "skbuff: skb_under_panic: {detail}", KIND_BUG_ON, BLAME_PC, .is = CLASS_DATA },
	{ "detected buffer overflow in {detail}", KIND_BUG_ON, BLAME_PC, .is = CLASS_DATA },
	CHECK("BUG: Dentry {any} still in use ({count}) [{detail}]", KIND_VFS_REFCOUNT, "umount"),
	CHECK("BUG: Dentry {any} still in use ({count})", KIND_VFS_REFCOUNT, "umount"),
	CHECK("VFS: Busy inodes after unmount of {detail}", KIND_VFS_REFCOUNT, "umount"),
	{ "VFS: Close: file count is {detail}", KIND_VFS_REFCOUNT, BLAME_NONE, .is = CLASS_DATA,
	  .flags = HEAD_ONCE },
	{ "unregister_netdevice: waiting for {comm} to become free. Usage count = {count}",
	  KIND_NETDEV_UNREGISTER, BLAME_NONE, .is = CLASS_CHECK, .flags = HEAD_ONCE },
	{ .pattern = NULL },
};

/* What they name is a device, and no task. */
static void
data_structure_understand(struct event *e, struct report *r)
{
	if (e->kind == KIND_NETDEV_UNREGISTER) {
		e->detail = e->comm;
		e->comm = (struct str){ NULL, 0 };
		e->count = 0;
	}
	/* A file system that leaves a dentry or inode behind says so and goes on. */
	if (e->kind == KIND_VFS_REFCOUNT)
		r->recipe = BLAME_NONE;
}

const struct oops_family family_data_structure = { "data_structure", heads,
						   data_structure_understand };
