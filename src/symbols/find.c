/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "symbols/find.h"

#include "base/limits.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* One search. */
struct search {
	const struct find_input *in;
	struct arena *arena;
	struct find_result *out;
	size_t cap; /* of out->searched */
};

/* A release is put into paths: no slash, and not "..". */
static bool
is_plain(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] == '/' || s.p[i] < ' ' || s.p[i] > '~')
			return false;
	}
	return s.len != 0 && s.len < 200 && !str_is_c(s, ".") && !str_is_c(s, "..");
}

static bool
is_hex(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (strchr("0123456789abcdef", s.p[i]) == NULL)
			return false;
	}
	return s.len > 4;
}

static const struct error *
compare_banner(const struct find_input *in, const struct memory *file, const struct elfid *id,
	       struct arena *a)
{
	struct str banner = { NULL, 0 };
	struct str rest = { NULL, 0 };

	if (in->release.len == 0)
		return NULL; /* nothing is known to compare: it is taken at the user's word */

	const struct error *e = elfid_banner(file, id, a, &banner);

	if (e != NULL)
		return e;
	rest = banner;
	(void)str_take(&rest, STR("Linux version "));
	if (!str_take(&rest, in->release) || !str_starts(rest, STR(" ")) ||
	    !str_has(rest, in->version))
		return error_new(a, ERROR_USAGE,
				 "it is of another build: its banner is '%.*s', and the dump's "
				 "kernel is %.*s %.*s",
				 STR_ARG(str_first(banner, 200)), STR_ARG(in->release),
				 STR_ARG(in->version));
	return NULL;
}

/* Is it the kernel of the dump? */
static const struct error *
compare(const struct find_input *in, const struct memory *file, const struct elfid *id,
	struct arena *a)
{
	if (in->machine != 0 && id->machine != in->machine)
		return error_new(a, ERROR_USAGE,
				 "it is for another processor (ELF machine %u, not %u); its build "
				 "ID is %.*s, the dump's is %.*s",
				 id->machine, in->machine, STR_ARG(id->build_id),
				 STR_ARG(in->build_id));
	if (in->build_id.len == 0 || id->build_id.len == 0)
		return compare_banner(in, file, id, a);
	if (!str_is(in->build_id, id->build_id))
		return error_new(a, ERROR_USAGE,
				 "it is of another build: its build ID is %.*s, the dump's is %.*s",
				 STR_ARG(id->build_id), STR_ARG(in->build_id));
	return NULL;
}

/* Compressed files are expanded by who reads them, which tells their build ID then. */
static bool
is_packed(const struct memory *file, uint64_t len)
{
	static const struct str magics[] = {
		{ "\x1f\x8b", 2 },
		{ "\xfd"
		  "7zXZ\0",
		  6 },
		{ "\x28\xb5\x2f\xfd", 4 },
		{ "BZh", 3 },
	};
	uint8_t head[6] = { 0 };

	if (len < sizeof(head) || memory_read(file, 0, head, sizeof(head)) != NULL)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(magics); i++) {
		if (memcmp(head, magics[i].p, magics[i].len) == 0)
			return true;
	}
	return false;
}

static const struct error *
check(struct search *s, const char *path, struct arena *a)
{
	struct memory file = { 0 };
	struct elfid id = { 0 };
	uint64_t len = 0;
	const struct error *e = elfid_open(path, a, &file, &len);

	if (e != NULL)
		return e;

	bool packed = is_packed(&file, len);

	if (!packed)
		e = elfid_read(&file, len, a, &id);
	if (e == NULL && !packed) {
		e = compare(s->in, &file, &id, a);
		if (e != NULL && path == s->in->given)
			s->out->is_other = true;
	}
	if (e == NULL && !packed && !id.has_lines)
		e = error_new(a, ERROR_ABSENT, "it has no debuginfo: it was stripped");
	if (e != NULL)
		return e;
	s->out->path = path;
	s->out->is_packed = packed;
	s->out->has_lines = id.has_lines;
	s->out->build_id = str_copy(s->arena, id.build_id);
	return NULL;
}

static const struct error *
copy_error(struct arena *a, const char *path, struct arena *temporary, const struct error *e,
	   enum error_code code)
{
	return error_new(a, code, "'%s' is not used: %s", path, error_text(temporary, e));
}

static void
note_searched(struct search *s, const char *path)
{
	s->out->searched = arena_grow(s->arena, s->out->searched, s->out->searched_count, &s->cap,
				      sizeof(*s->out->searched));
	s->out->searched[s->out->searched_count++] = path;
}

static bool
was_searched(const struct search *s, const char *path)
{
	for (size_t i = 0; i < s->out->searched_count; i++) {
		if (strcmp(s->out->searched[i], path) == 0)
			return true;
	}
	return false;
}

/* True if the search is over. shown is what the list says of the place. */
static bool
try_as(struct search *s, const char *path, const char *shown)
{
	struct arena *a = NULL;
	const struct error *e = NULL;

	if (was_searched(s, shown))
		return false;
	note_searched(s, shown);
	a = arena_new_temporary(s->arena);
	e = check(s, path, a);
	if (e != NULL && e->code == ERROR_CORRUPT && s->out->damaged == NULL)
		/* Nobody named it: it is as if it were not there. */
		s->out->damaged = copy_error(s->arena, path, a, e, ERROR_ABSENT);
	arena_free(a);
	return e == NULL;
}

static bool
try(struct search *s, const char *path)
{
	return try_as(s, path, path);
}

static bool
try_given(struct search *s)
{
	struct arena *a = NULL;
	const struct error *e = NULL;

	if (s->in->given == NULL)
		return false;
	note_searched(s, s->in->given);
	a = arena_new_temporary(s->arena);
	e = check(s, s->in->given, a);
	/* Whoever named it is wrong, whatever the file is; one without debuginfo is no error. */
	if (e != NULL)
		s->out->refused = copy_error(s->arena, s->in->given, a, e,
					     e->code == ERROR_ABSENT ? ERROR_ABSENT : ERROR_USAGE);
	arena_free(a);
	return e == NULL;
}

static bool
try_build_id(struct search *s, const char *dir)
{
	static const char *const ends[] = { ".debug", "" };
	struct str id = s->in->build_id;

	for (size_t i = 0; is_hex(id) && i < ARRAY_LEN(ends); i++) {
		if (try(s, arena_printf(s->arena, "%s/.build-id/%.2s/%.*s%s", dir, id.p,
					(int)id.len - 2, id.p + 2, ends[i])))
			return true;
	}
	return false;
}

/* "%" stands for the release. */
static const char *
fill(struct search *s, const char *dir, const char *pattern)
{
	const char *hole = strchr(pattern, '%');

	return arena_printf(s->arena, "%s%.*s%.*s%s", dir, (int)(hole - pattern), pattern,
			    STR_ARG(s->in->release), hole + 1);
}

/* Below a folder of debug files. */
static const char *const below[] = {
	"/lib/modules/%/vmlinux",       /* Fedora, RHEL, Oracle; a link on Debian */
	"/usr/lib/modules/%/vmlinux",   /* where /lib is /usr/lib */
	"/boot/vmlinux-%",              /* Debian, Ubuntu */
	"/lib/modules/%/vmlinux.debug", /* SUSE */
	"/usr/lib/modules/%/vmlinux.debug",
	"/boot/vmlinux-%.debug",
	"/vmlinux-%", /* Debian's compatibility link */
};

/* Of the system: kernels that people built, and SUSE's, which come compressed. */
static const char *const elsewhere[] = {
	"/boot/vmlinux-%",          "/lib/modules/%/build/vmlinux", "/lib/modules/%/vmlinux",
	"/usr/src/linux-%/vmlinux", "/usr/src/kernels/%/vmlinux",   "/boot/vmlinux-%.gz",
	"/boot/vmlinux-%.xz",       "/boot/vmlinux-%.zst",
};

static bool
try_all(struct search *s, const char *dir, const char *const *patterns, size_t count)
{
	for (size_t i = 0; is_plain(s->in->release) && i < count; i++) {
		if (try(s, fill(s, dir, patterns[i])))
			return true;
	}
	return false;
}

static bool
try_debug_dirs(struct search *s)
{
	for (size_t i = 0; i < s->in->dir_count; i++) {
		const char *dir = s->in->dirs[i];

		if (try_build_id(s, dir) || try_all(s, dir, below, ARRAY_LEN(below)) ||
		    try(s, arena_printf(s->arena, "%s/vmlinux", dir)))
			return true;
	}
	return false;
}

/* Where the dump lies is about the input, and the rest of a report is not. */
static bool
try_name_beside_dump(struct search *s, const char *name)
{
	return try_as(s, arena_printf(s->arena, "%s/%s", s->in->dump_dir, name),
		      arena_printf(s->arena, "%s, beside the dump", name));
}

static bool
try_beside_dump(struct search *s)
{
	if (s->in->dump_dir == NULL)
		return false;
	return try_name_beside_dump(s, "vmlinux") || try_name_beside_dump(s, "vmlinux.debug") ||
	       (is_plain(s->in->release) && try_name_beside_dump(s, fill(s, "", "vmlinux-%")));
}

void
find_vmlinux(const struct find_input *in, struct arena *a, struct find_result *out)
{
	struct search s = { .in = in, .arena = a, .out = out };

	*out = (struct find_result){ .path = NULL };
	(void)(try_given(&s) || try_debug_dirs(&s) ||
	       try_all(&s, in->root, elsewhere, ARRAY_LEN(elsewhere)) || try_beside_dump(&s));
}

/* Modules by the names of their files. */
struct modules_search {
	const struct find_input *in;
	struct arena *arena;
	struct find_module *module;
	size_t count;
	size_t left;    /* of them without a file */
	size_t entries; /* of folders, seen so far */
};

/* "NAME.ko.debug" -> NAME; empty if it is no module's. */
static struct str
module_of_file(struct str file)
{
	static const struct str ends[] = {
		{ ".ko.debug", 9 }, { ".ko", 3 },     { ".ko.gz", 6 },
		{ ".ko.xz", 6 },    { ".ko.zst", 7 },
	};

	for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
		if (file.len > ends[i].len && str_ends(file, ends[i]))
			return str_first(file, file.len - ends[i].len);
	}
	return (struct str){ NULL, 0 };
}

/* '-' in file names is '_' in the kernel. */
static bool
is_dash(char c)
{
	return c == '-' || c == '_';
}

static bool
is_name(struct str file, struct str name)
{
	if (file.len != name.len || name.len == 0)
		return false;
	for (size_t i = 0; i < name.len; i++) {
		if (file.p[i] != name.p[i] && !(is_dash(file.p[i]) && is_dash(name.p[i])))
			return false;
	}
	return true;
}

/* What is not known is taken for the same. */
static bool
is_same_build(struct modules_search *s, struct find_module *m, const struct elfid *id,
	      const char *path)
{
	if (m->build_id.len == 0 || id->build_id.len == 0 || str_is(m->build_id, id->build_id))
		return true;
	if (m->refused == NULL)
		m->refused = error_new(s->arena, ERROR_ABSENT,
				       "'%s' is of another build of the module: its build ID is "
				       "%.*s, that of the dump is %.*s",
				       path, STR_ARG(id->build_id), STR_ARG(m->build_id));
	return false;
}

/* Takes the file for a module if it is that one and has debuginfo. */
static bool
take_module(struct modules_search *s, struct find_module *m, const char *path)
{
	struct arena *a = arena_new_temporary(s->arena);
	struct memory file = { 0 };
	struct elfid id = { 0 };
	uint64_t len = 0;
	bool good = elfid_open(path, a, &file, &len) == NULL;

	if (good && !is_packed(&file, len))
		good = elfid_read(&file, len, a, &id) == NULL && id.has_lines &&
		       is_same_build(s, m, &id, path);
	if (good) {
		m->path = str_c(s->arena, str_of(path));
		s->left--;
	}
	arena_free(a);
	return good;
}

static void
look_at_file(struct modules_search *s, const char *dir, const char *file)
{
	struct str name = module_of_file(str_of(file));

	for (size_t i = 0; name.len != 0 && i < s->count; i++) {
		struct find_module *m = &s->module[i];

		if (m->path == NULL && is_name(name, m->name))
			(void)take_module(s, m, arena_printf(s->arena, "%s/%s", dir, file));
	}
}

/* Folders still to be walked. */
struct folders {
	const char **path;
	size_t count, cap;
};

enum {
	FOLDERS_MAX = 1 << 14, /* Fedora's kernel has 1,500 */
};

static bool
is_dir(int at, const struct dirent *d)
{
	struct stat st = { 0 };

	if (d->d_type != DT_UNKNOWN)
		return d->d_type == DT_DIR;
	return fstatat(at, d->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode);
}

static void
walk_folder(struct modules_search *s, struct folders *f, const char *path, bool deep)
{
	DIR *dir = opendir(path);

	while (dir != NULL && s->left != 0 && s->entries < LIMIT_DIR_ENTRIES) {
		const struct dirent *d = readdir(dir); // NOLINT(concurrency-mt-unsafe)

		if (d == NULL)
			break;
		s->entries++;
		if (d->d_name[0] == '.')
			continue;
		if (!is_dir(dirfd(dir), d)) {
			look_at_file(s, path, d->d_name);
		} else if (deep && f->count < FOLDERS_MAX) {
			f->path =
				arena_grow(s->arena, f->path, f->count, &f->cap, sizeof(*f->path));
			f->path[f->count++] = arena_printf(s->arena, "%s/%s", path, d->d_name);
		}
	}
	if (dir != NULL)
		closedir(dir);
}

/* A folder and, if deep, what is below it; links are not followed. */
static void
walk(struct modules_search *s, const char *path, bool deep)
{
	struct folders f = { 0 };

	walk_folder(s, &f, path, deep);
	for (size_t i = 0; i < f.count && s->left != 0; i++)
		walk_folder(s, &f, f.path[i], deep);
}

static void
find_modules_by_id(struct modules_search *s, const char *dir)
{
	for (size_t i = 0; i < s->count; i++) {
		struct find_module *m = &s->module[i];
		struct str id = m->build_id;

		if (m->path == NULL && is_hex(id))
			(void)take_module(s, m,
					  arena_printf(s->arena, "%s/.build-id/%.2s/%.*s.debug",
						       dir, id.p, (int)id.len - 2, id.p + 2));
	}
}

void
find_modules(const struct find_input *in, const char *vmlinux_dir, struct arena *a,
	     struct find_module *module, size_t count)
{
	static const char *const trees[] = { "/lib/modules", "/usr/lib/modules" };
	struct modules_search s = { in, a, module, count, count, 0 };
	const char *const beside[] = { in->dump_dir, vmlinux_dir };

	for (size_t i = 0; i < in->dir_count; i++) {
		find_modules_by_id(&s, in->dirs[i]);
		walk(&s, in->dirs[i], false);
		for (size_t t = 0; is_plain(in->release) && t < ARRAY_LEN(trees); t++)
			walk(&s,
			     arena_printf(a, "%s%s/%.*s", in->dirs[i], trees[t],
					  STR_ARG(in->release)),
			     true);
	}
	for (size_t i = 0; i < ARRAY_LEN(beside); i++) {
		if (beside[i] != NULL)
			walk(&s, beside[i], false);
	}
	if (is_plain(in->release))
		walk(&s, arena_printf(a, "%s/lib/modules/%.*s", in->root, STR_ARG(in->release)),
		     true);
}
