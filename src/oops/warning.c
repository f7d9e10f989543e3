/* SPDX-License-Identifier: GPL-2.0-or-later */
/* WARN() and WARN_ON(), whose head line changed often. */
#include "base/compiler.h"
#include "oops/family.h"

#define WARNING(text)                                                             \
	{                                                                         \
		"WARNING: " text, KIND_WARNING, BLAME_HEAD, .is = CLASS_WARN,     \
							    .follows = CLASS_DATA \
	}

static const struct oops_head heads[] = {
	/* 3.12 to 6.18 */
	WARNING("CPU: {cpu} PID: {pid} at {place} {function}"),
	WARNING("CPU: {cpu} PID: {pid} at {function}"),
	/* 2.6 to 3.11 */
	WARNING("at {place} {function}"),
	/* up to 4.6, where a trap makes the WARN(): arm64, ppc64, s390x (Linux lib/bug.c) */
	WARNING("at {place}$"),
	WARNING("at {place} [verbose debug info unavailable]"),
	{ "Badness at {place}$", KIND_WARNING, BLAME_HEAD, .is = CLASS_WARN, .follows = CLASS_DATA,
	  .flags = HEAD_AT_START },
	/* since 6.19, with the condition in brackets or without */
	WARNING("[{detail}] {place} at {function}{module}, CPU#{cpu}: {comm}/{pid}$"),
	WARNING("{place} at {function}{module}, CPU#{cpu}: {comm}/{pid}$"),
	WARNING("at {function}{module}, CPU#{cpu}: {comm}/{pid}$"),
	WARNING("[{detail}] {place} at {function}{module}, CPU#{cpu}: {comm}/{pid}"),
	WARNING("{place} at {function}{module}, CPU#{cpu}: {comm}/{pid}"),
	/* cut off on the way */
	WARNING("CPU: {cpu} PID: {pid} at "),
	{ .pattern = NULL },
};

/* Files that warn on behalf of their callers: the names there are passed over, and some are
 * a kind of their own. */
static const struct {
	struct str file;
	enum kind kind;
	const char *skip;
} files[] = {
	{ STR("lib/refcount.c:"), KIND_REFCOUNT, "refcount" },
	{ STR("include/linux/kref.h:"), KIND_WARNING, "refcount" },
	{ STR("lib/debugobjects.c:"), KIND_ODEBUG, "odebug" },
	{ STR("lib/list_debug.c:"), KIND_LIST_CORRUPTION, "list" },
	{ STR("mm/usercopy.c:"), KIND_USERCOPY, "usercopy" },
	{ STR("kernel/locking/lockdep.c:"), KIND_LOCKDEP_OTHER, "locking" },
	{ STR("kernel/lockdep.c:"), KIND_LOCKDEP_OTHER, "locking" },
	{ STR("arch/x86/kernel/unwind"), KIND_UNWINDER_WARNING, NULL },
	{ STR("kernel/watchdog.c:"), KIND_WARNING, NULL },
	{ STR("lib/kobject.c:"), KIND_WARNING, "kobject" },
	{ STR("fs/sysfs/"), KIND_WARNING, "kobject" },
	{ STR("fs/kernfs/"), KIND_WARNING, "kobject" },
	{ STR("fs/proc/generic.c:"), KIND_WARNING, "proc" },
	{ STR("mm/slab_common.c:"), KIND_WARNING, "alloc" },
	{ STR("mm/page_alloc.c:"), KIND_WARNING, "alloc" },
	{ STR("mm/util.c:"), KIND_WARNING, "alloc" },
	{ STR("mm/vmalloc.c:"), KIND_WARNING, "alloc" },
};

/* The hard lockup detector of 2.6.38 to 3.x could only warn. */
static void
hard_lockup_warning(struct event *e, struct report *r)
{
	struct captures c;

	if (report_find(r, 0, "Watchdog detected hard LOCKUP on cpu {cpu}", &c) == STR_NONE)
		return;
	e->kind = KIND_HARD_LOCKUP;
	r->recipe = BLAME_STALL;
}

/* Between "cut here" and the head line stands what the WARN() says. */
static bool
is_cut_here(const struct report *r, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++) {
		if (str_has(r->line[i].text, STR("[ cut here ]")))
			return true;
	}
	return false;
}

/* What the WARN() says: right before the head line, below "cut here"; up to 3.x behind it,
 * before the modules. */
static void
put_message(struct event *e, const struct report *r)
{
	size_t head = r->head[0].line;

	if (e->detail.len == 0 && head > 1 && is_cut_here(r, 0, head - 1))
		e->detail = str_trim(r->line[head - 1].text);
	for (size_t i = head + 1; i < r->line_count && i <= head + 2 && e->detail.len == 0; i++) {
		struct str text = str_trim(r->line[i].text);

		if (str_starts(text, STR("Modules linked in")) ||
		    str_starts(text, STR("Kernel panic")))
			return;
		if (text.len != 0 && !report_is_body(text))
			e->detail = text;
	}
}

static void
warning_understand(struct event *e, struct report *r)
{
	struct str file = r->head[0].captures.field[FIELD_PLACE];

	if (file.len != 0 && str_find_char(file, ':') == STR_NONE) {
		e->kind = KIND_NONE; /* "WARNING: at least" is English */
		return;
	}
	put_message(e, r);
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		if (str_has(file, files[i].file)) {
			e->kind = files[i].kind;
			r->skip = files[i].skip;
			break;
		}
	}
	if (str_has(file, STR("kernel/watchdog")))
		hard_lockup_warning(e, r);
	if (e->detail.len == 0)
		e->detail = file;
}

const struct oops_family family_warning = { "warning", heads, warning_understand };
