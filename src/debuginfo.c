/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "debuginfo.h"

#include "base/text.h"
#include "host/download.h"
#include "publish.h"

#include <stdlib.h>
#include <string.h>

static const struct origin from_search = { ORIGIN_RUN, "search for debuginfo" };

/* How distributions name the package, by marks in release and version that only they leave, and
 * where it puts vmlinux. */
struct distribution {
	struct str release_mark; /* in uname -r; empty: any */
	struct str version_mark; /* in uname -v; empty: any */
	const char *install;     /* %s stands for the release */
	const char *vmlinux;
};

#define DEBIAN_VMLINUX "/usr/lib/debug/boot/vmlinux-%s"
#define FEDORA_VMLINUX "/usr/lib/debug/lib/modules/%s/vmlinux"

static const struct distribution distributions[] = {
	{ { NULL, 0 }, { "Debian", 6 }, "apt-get install linux-image-%s-dbg", DEBIAN_VMLINUX },
	{ { NULL, 0 }, { "Ubuntu", 6 }, "apt-get install linux-image-%s-dbgsym", DEBIAN_VMLINUX },
	{ { "-amd64", 6 }, { NULL, 0 }, "apt-get install linux-image-%s-dbg", DEBIAN_VMLINUX },
	{ { "-arm64", 6 }, { NULL, 0 }, "apt-get install linux-image-%s-dbg", DEBIAN_VMLINUX },
	{ { "-generic", 8 }, { NULL, 0 }, "apt-get install linux-image-%s-dbgsym", DEBIAN_VMLINUX },
	{ { ".fc", 3 }, { NULL, 0 }, "dnf debuginfo-install kernel-%s", FEDORA_VMLINUX },
	{ { ".el", 3 }, { NULL, 0 }, "dnf debuginfo-install kernel-%s", FEDORA_VMLINUX },
	{ { ".amzn", 5 }, { NULL, 0 }, "dnf debuginfo-install kernel-%s", FEDORA_VMLINUX },
	{ { "-default", 8 },
	  { NULL, 0 },
	  "zypper install kernel-default-debuginfo",
	  "/usr/lib/debug/lib/modules/%s/vmlinux.debug" },
};

static const struct distribution *
distribution_of(struct str release, struct str version)
{
	for (size_t i = 0; i < ARRAY_LEN(distributions); i++) {
		const struct distribution *d = &distributions[i];

		if (str_has(release, d->release_mark) && str_has(version, d->version_mark))
			return d;
	}
	return NULL;
}

static const char *
fill(struct arena *a, const char *pattern, struct str release)
{
	const char *hole = strstr(pattern, "%s");

	if (hole == NULL)
		return pattern;
	return arena_printf(a, "%.*s%.*s%s", (int)(hole - pattern), pattern, STR_ARG(release),
			    hole + 2);
}

/* What is printed into a command that a person may paste into a shell needs no quotes. */
static bool
is_plain(struct str s, const char *more)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];
		bool word =
			(c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');

		if (!word && strchr("._+-~", c) == NULL && strchr(more, c) == NULL)
			return false;
	}
	return s.len != 0;
}

static void
put_word(struct text *t, const char *word)
{
	text_char(t, ' ');
	if (is_plain(str_of(word), "/:,=@") && word[0] != '-') {
		text_put(t, str_of(word));
		return;
	}
	text_put(t, word[0] == '-' ? STR("./'") : STR("'"));
	for (const char *p = word; *p != '\0'; p++) {
		if (*p == '\'')
			text_put(t, STR("'\\''"));
		else
			text_char(t, *p);
	}
	text_char(t, '\'');
}

static void
put_drgn(const struct debuginfo *d, const char *vmlinux, struct fact_row *root, struct arena *a)
{
	struct text t = text_new(a);

	text_put(&t, STR("drgn -c DUMP -s"));
	put_word(&t, vmlinux);
	for (size_t i = 0; i < d->module_count; i++) {
		if (d->module[i].path == NULL)
			continue;
		text_put(&t, STR(" -s"));
		put_word(&t, d->module[i].path);
	}
	facts_put_text(root, FACT_DEBUGINFO_DRGN, text_str(&t), from_search);
}

void
debuginfo_put_commands(const struct debuginfo *d, const struct dump *dump, struct facts *f,
		       struct arena *a)
{
	static const struct origin by_name = { ORIGIN_GUESS, "name of the release" };
	struct fact_row *root = facts_root(f);
	struct str release = { NULL, 0 };
	struct str version = { NULL, 0 };
	const struct distribution *from = NULL;
	const char *vmlinux = d->vmlinux.path;
	struct text crash = text_new(a);

	(void)facts_get_text(root, FACT_SYSTEM_RELEASE, &release);
	(void)facts_get_text(root, FACT_SYSTEM_VERSION, &version);
	if (is_plain(release, ""))
		from = distribution_of(release, version);
	if (from != NULL)
		facts_put_text(root, FACT_DEBUGINFO_INSTALL,
			       str_of(fill(a, from->install, release)), by_name);
	if (dump == NULL)
		return; /* neither opens a log */
	if (vmlinux == NULL)
		vmlinux = from != NULL ? fill(a, from->vmlinux, release) : "vmlinux";
	text_put(&crash, STR("crash"));
	put_word(&crash, vmlinux);
	text_put(&crash, STR(" DUMP"));
	facts_put_text(root, FACT_DEBUGINFO_CRASH, text_str(&crash), from_search);
	put_drgn(d, vmlinux, root, a);
}

/* The folder that a file is in. */
static const char *
folder_of(struct arena *a, const char *path)
{
	const char *slash = strrchr(path, '/');

	if (slash == NULL)
		return ".";
	return slash == path ? "/" : arena_printf(a, "%.*s", (int)(slash - path), path);
}

static void
set_dirs(struct find_input *in, const struct options *o, struct arena *a)
{
	const char *env = getenv("KDTRIAGE_DEBUG_DIR"); // NOLINT(concurrency-mt-unsafe)
	const char **dirs = ARENA_ARRAY(a, const char *, o->debug_dir_count + 2);
	size_t count = 0;

	for (size_t i = 0; i < o->debug_dir_count; i++)
		dirs[count++] = o->debug_dir[i];
	if (env != NULL && env[0] != '\0')
		dirs[count++] = env;
	dirs[count++] = "/usr/lib/debug";
	in->dirs = dirs;
	in->dir_count = count;
}

/* Of files that were only found, the first one that is another's stands for all. */
static void
tell_refused(const struct find_module *m, size_t count, struct facts *f, struct arena *a)
{
	const struct error *first = NULL;
	size_t more = 0;

	for (size_t i = 0; i < count; i++) {
		if (m[i].path != NULL || m[i].refused == NULL)
			continue;
		more += first != NULL;
		first = first != NULL ? first : m[i].refused;
	}
	if (more != 0)
		first = error_new(a, ERROR_ABSENT, "%s; so are those of %zu other modules",
				  error_text(a, first), more);
	if (first != NULL)
		publish_problem(f, "find debuginfo", first, a);
}

static void
find_module_files(struct debuginfo *d, struct facts *f, struct arena *a)
{
	struct fact *modules = facts_edit(facts_root(f), FACT_MODULES);
	struct find_module *m = ARENA_ARRAY(a, struct find_module, modules->count + 1);
	const char *path = d->vmlinux.path;

	for (size_t i = 0; i < modules->count; i++) {
		(void)facts_get_text(modules->values[i].row, MODULE_NAME, &m[i].name);
		(void)facts_get_text(modules->values[i].row, MODULE_BUILD_ID, &m[i].build_id);
	}
	find_modules(&d->where, path == NULL ? NULL : folder_of(a, path), a, m, modules->count);
	for (size_t i = 0; i < modules->count; i++) {
		if (m[i].path != NULL)
			facts_put_text(modules->values[i].row, MODULE_DEBUG_FILE, str_of(m[i].path),
				       from_search);
	}
	tell_refused(m, modules->count, f, a);
	d->module = m;
	d->module_count = modules->count;
}

static void
publish(const struct debuginfo *d, struct facts *f)
{
	struct fact_row *root = facts_root(f);
	const struct find_result *v = &d->vmlinux;

	for (size_t i = 0; i < v->searched_count; i++)
		facts_put_text(root, FACT_DEBUGINFO_SEARCHED, str_of(v->searched[i]), from_search);
	if (v->refused != NULL && v->is_other && v->path == NULL)
		facts_put_bool(root, FACT_DEBUGINFO_MATCHES, false, from_search);
	if (v->path == NULL) {
		if (v->refused != NULL)
			facts_put_why(root, FACT_DEBUGINFO_VMLINUX, v->refused);
		return;
	}
	facts_put_text(root, FACT_DEBUGINFO_VMLINUX, str_of(v->path), from_search);
	facts_put_bool(root, FACT_DEBUGINFO_MATCHES, true, from_search);
	if (v->build_id.len != 0)
		facts_put_text(root, FACT_DEBUGINFO_BUILD_ID, v->build_id, from_search);
}

/* What a server sends is checked like any file. The first error stays. */
static const struct error *
download(struct debuginfo *d, struct arena *a, const struct error *first)
{
	struct find_input in = d->where;
	struct find_result r = { .path = NULL };
	const char *path = NULL;
	const struct error *e = NULL;

	if (in.build_id.len == 0)
		e = error_new(a, ERROR_ABSENT,
			      "debuginfod: the build ID of the kernel is not known");
	else
		e = download_debuginfo(str_c(a, in.build_id), a, &path);
	if (e == NULL) {
		in.given = path;
		in.dir_count = 0;
		find_vmlinux(&in, a, &r);
		e = r.refused;
	}
	if (e == NULL) {
		d->vmlinux.path = r.path;
		d->vmlinux.build_id = r.build_id;
		d->vmlinux.has_lines = r.has_lines;
	}
	return first != NULL ? first : e;
}

const struct error *
debuginfo_find(const struct options *o, const struct dump *dump, const char *const *paths,
	       struct facts *f, struct arena *a, struct debuginfo *out)
{
	struct fact_row *root = facts_root(f);

	*out = (struct debuginfo){ .where = { .given = o->vmlinux, .root = "" } };
	if (o->no_debuginfo) {
		facts_put_why(root, FACT_DEBUGINFO_VMLINUX,
			      error_new(a, ERROR_ABSENT, "--no-debuginfo: it was not looked for"));
		return NULL;
	}
	set_dirs(&out->where, o, a);
	(void)facts_get_text(root, FACT_SYSTEM_RELEASE, &out->where.release);
	(void)facts_get_text(root, FACT_SYSTEM_VERSION, &out->where.version);
	(void)facts_get_text(root, FACT_SYSTEM_BUILD_ID, &out->where.build_id);
	if (dump != NULL && dump->arch != NULL)
		out->where.machine = dump->arch->elf_machine;
	if (strcmp(paths[0], "-") != 0)
		out->where.dump_dir = folder_of(a, paths[0]);
	find_vmlinux(&out->where, a, &out->vmlinux);

	const struct error *e =
		out->vmlinux.refused != NULL ? out->vmlinux.refused : out->vmlinux.damaged;

	if (o->debuginfod && out->vmlinux.path == NULL)
		e = download(out, a, e);
	find_module_files(out, f, a);
	publish(out, f);
	return e;
}
