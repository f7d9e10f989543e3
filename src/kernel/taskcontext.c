/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/taskcontext.h"

#include "base/limits.h"
#include "base/text.h"
#include "kernel/files.h"

#include <string.h>

static const struct origin from_task = { ORIGIN_MEMORY, "task_struct" };

static void
put_credentials(const struct kernel *k, const struct task *t, struct fact_row *row)
{
	static const struct origin o = { ORIGIN_MEMORY, "the task's credentials" };
	static const struct {
		enum layout_id member;
		enum fact_id fact;
	} ids[] = {
		{ LAYOUT_CRED_UID, TASK_UID },
		{ LAYOUT_CRED_EUID, TASK_EUID },
		{ LAYOUT_CRED_GID, TASK_GID },
	};
	uint64_t cred = 0;

	if (!kernel_word(k, t->va, LAYOUT_TASK_CRED, &cred) || !kernel_is_address(k, cred))
		return;
	for (size_t i = 0; i < ARRAY_LEN(ids); i++) {
		uint32_t v = 0;

		if (kernel_u32(k, cred, ids[i].member, &v))
			facts_put_number(row, ids[i].fact, v, o);
	}
}

const char *
taskcontext_policy(uint32_t policy)
{
	/* include/uapi/linux/sched.h; 4 was never used */
	static const char *const names[] = { "NORMAL", "FIFO", "RR",       "BATCH",
					     NULL,     "IDLE", "DEADLINE", "EXT" };

	return policy < ARRAY_LEN(names) ? names[policy] : NULL;
}

void
taskcontext_publish_scheduling(const struct kernel *k, const struct task *t, struct fact_row *row)
{
	enum { PRIORITIES = 140 }; /* MAX_PRIO */
	uint32_t v = 0;

	/* Deadline tasks have -1. */
	if (kernel_u32(k, t->va, LAYOUT_TASK_PRIO, &v) && (int32_t)v >= -1 &&
	    (int32_t)v <= PRIORITIES)
		facts_put_number(row, TASK_PRIORITY, (int32_t)v, from_task);
	if (kernel_u32(k, t->va, LAYOUT_TASK_POLICY, &v) && taskcontext_policy(v) != NULL)
		facts_put_text(row, TASK_POLICY, str_of(taskcontext_policy(v)), from_task);
}

static void
put_start(const struct kernel *k, const struct task *t, struct fact_row *row)
{
	static const double ns = 1e9;
	uint64_t v = 0;

	if (tasks_start(k, t, &v))
		facts_put_real(row, TASK_START_TIME, (double)v / ns, from_task);
}

static void
put_program(const struct kernel *k, const struct task *t, struct fact_row *row)
{
	static const struct origin o = { ORIGIN_MEMORY, "mm_struct" };
	uint64_t file = 0;

	if (t->mm == 0 || !kernel_word(k, t->mm, LAYOUT_MM_EXE_FILE, &file))
		return;

	struct str name = files_name(k, file);

	if (name.len != 0)
		facts_put_text(row, TASK_EXE, name, o);
}

static void
put_directory(const struct kernel *k, const struct task *t, struct fact_row *row)
{
	static const struct origin o = { ORIGIN_MEMORY, "fs_struct" };
	uint64_t fs = 0;
	uint64_t mnt = 0;
	uint64_t dentry = 0;

	if (!kernel_word(k, t->va, LAYOUT_TASK_FS, &fs) || !kernel_is_address(k, fs) ||
	    !kernel_word(k, fs, LAYOUT_FS_PWD_MNT, &mnt) ||
	    !kernel_word(k, fs, LAYOUT_FS_PWD_DENTRY, &dentry))
		return;

	struct str name = files_path(k, mnt, dentry);

	if (name.len != 0)
		facts_put_text(row, TASK_CWD, name, o);
}

/* ---- control group ---- */

/* The names up to the root, whose own is empty. */
static size_t
climb_cgroups(const struct kernel *k, uint64_t node, struct str *names, size_t max)
{
	enum { NAME_MAX_LEN = 255 };
	size_t count = 0;

	while (count < max && kernel_is_address(k, node)) {
		uint64_t va = 0;
		uint64_t parent = 0;

		if (!kernel_word(k, node, LAYOUT_KERNFS_PARENT, &parent) || parent == 0)
			return count;
		if (!kernel_word(k, node, LAYOUT_KERNFS_NAME, &va))
			break;
		names[count] = kernel_string(k, va, NAME_MAX_LEN);
		if (names[count].len == 0)
			break;
		count++;
		node = parent;
	}
	return SIZE_MAX;
}

static void
put_cgroup(const struct kernel *k, const struct task *t, struct fact_row *row)
{
	static const struct origin o = { ORIGIN_MEMORY, "css_set" };
	enum { DEPTH = 32 };
	struct str names[DEPTH];
	struct text path = text_new(k->arena);
	uint64_t set = 0;
	uint64_t group = 0;
	uint64_t node = 0;

	if (!kernel_word(k, t->va, LAYOUT_TASK_CGROUPS, &set) || !kernel_is_address(k, set) ||
	    !kernel_word(k, set, LAYOUT_CSS_SET_CGROUP, &group) || !kernel_is_address(k, group) ||
	    !kernel_word(k, group, LAYOUT_CGROUP_KN, &node))
		return;

	size_t count = climb_cgroups(k, node, names, DEPTH);

	if (count == SIZE_MAX)
		return;
	if (count == 0)
		text_char(&path, '/');
	while (count-- > 0) {
		text_char(&path, '/');
		text_put(&path, names[count]);
	}
	facts_put_text(row, TASK_CGROUP, text_str(&path), o);
}

/* ---- namespaces ---- */

static bool
has_own_user_namespace(const struct kernel *k, const struct task *t)
{
	uint64_t cred = 0;
	uint64_t own = 0;
	uint64_t init = 0;

	return kernel_word(k, t->va, LAYOUT_TASK_CRED, &cred) && kernel_is_address(k, cred) &&
	       kernel_word(k, cred, LAYOUT_CRED_USER_NS, &own) && kernel_is_address(k, own) &&
	       symbols_find(k->symbols, "init_user_ns", &init) && own != init;
}

static void
put_namespaces(const struct kernel *k, const struct task *t, struct fact_row *row)
{
	static const struct origin o = { ORIGIN_MEMORY, "nsproxy" };
	static const struct {
		enum layout_id member;
		const char *name;
	} kinds[] = {
		{ LAYOUT_NS_MNT, "mnt" }, { LAYOUT_NS_PID, "pid" }, { LAYOUT_NS_NET, "net" },
		{ LAYOUT_NS_UTS, "uts" }, { LAYOUT_NS_IPC, "ipc" }, { LAYOUT_NS_CGROUP, "cgroup" },
	};
	uint64_t proxy = 0;
	uint64_t init = 0;
	bool known = false;

	/* A task that has exited has none. */
	if (!kernel_word(k, t->va, LAYOUT_TASK_NSPROXY, &proxy) || !kernel_is_address(k, proxy) ||
	    !symbols_find(k->symbols, "init_nsproxy", &init))
		return;
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		uint64_t own = 0;
		uint64_t first = 0;

		if (!kernel_word(k, proxy, kinds[i].member, &own) ||
		    !kernel_word(k, init, kinds[i].member, &first))
			continue;
		known = true;
		if (own != first)
			facts_put_text(row, TASK_NAMESPACES, str_of(kinds[i].name), o);
	}
	if (has_own_user_namespace(k, t))
		facts_put_text(row, TASK_NAMESPACES, STR("user"), o);
	if (known && !facts_known(row, TASK_NAMESPACES))
		facts_put_empty(row, TASK_NAMESPACES, o);
}

void
taskcontext_publish(const struct kernel *k, const struct task *t, struct fact_row *row)
{
	put_credentials(k, t, row);
	taskcontext_publish_scheduling(k, t, row);
	put_start(k, t, row);
	put_program(k, t, row);
	put_directory(k, t, row);
	put_cgroup(k, t, row);
	put_namespaces(k, t, row);
}
