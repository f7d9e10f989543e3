/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/sourcetext.h"

#include "base/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	FILES_MAX = 256, /* kept; a stack has 30 frames */
};

struct file {
	struct str name;
	struct str text; /* empty: there is none */
};

struct sourcetext {
	struct arena *arena;
	const char *const *dirs;
	size_t dir_count;
	struct file file[FILES_MAX];
	size_t count;
};

struct sourcetext *
sourcetext_new(const char *const *dirs, size_t count, struct arena *a)
{
	struct sourcetext *s = ARENA_NEW(a, struct sourcetext);

	s->arena = a;
	s->dirs = dirs;
	s->dir_count = count;
	return s;
}

static bool
is_source_name(struct str name)
{
	static const struct str ends[] = { { ".c", 2 },  { ".h", 2 },   { ".S", 2 },
					   { ".rs", 3 }, { ".inc", 4 }, { ".tbl", 4 } };
	bool known = false;

	for (size_t i = 0; i < ARRAY_LEN(ends); i++)
		known = known || str_ends(name, ends[i]);
	return known && memchr(name.p, '\0', name.len) == NULL;
}

/* No step up, that a folder cannot be left. */
static bool
stays_below(struct str name)
{
	struct str rest = name;
	struct str step = { NULL, 0 };

	while (str_cut(&rest, '/', &step)) {
		if (str_is_c(step, ".."))
			return false;
	}
	return true;
}

static bool
read_all(struct sourcetext *s, int fd, struct str *out)
{
	struct stat st = { 0 };
	char *p = NULL;
	size_t len = 0;

	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size > LIMIT_SOURCE_BYTES)
		return false;
	p = arena_try(s->arena, 1, (size_t)st.st_size + 1);
	while (p != NULL && len < (size_t)st.st_size) {
		ssize_t got = pread(fd, p + len, (size_t)st.st_size - len, (off_t)len);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		len += (size_t)got;
	}
	*out = (struct str){ p, len };
	return len != 0;
}

static bool
read_path(struct sourcetext *s, const char *path, struct str *out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	bool good = fd >= 0 && read_all(s, fd, out);

	if (fd >= 0)
		close(fd);
	return good;
}

static void
find_text(struct sourcetext *s, struct file *f)
{
	if (!is_source_name(f->name) || !stays_below(f->name))
		return;
	if (f->name.p[0] == '/') {
		(void)read_path(s, str_c(s->arena, f->name), &f->text);
		return;
	}
	for (size_t i = 0; i < s->dir_count && f->text.len == 0; i++)
		(void)read_path(s, arena_printf(s->arena, "%s/%.*s", s->dirs[i], STR_ARG(f->name)),
				&f->text);
}

static struct file *
file_of(struct sourcetext *s, struct str name)
{
	for (size_t i = 0; i < s->count; i++) {
		if (str_is(s->file[i].name, name))
			return &s->file[i];
	}
	if (s->count == FILES_MAX)
		return NULL;

	struct file *f = &s->file[s->count++];

	f->name = str_copy(s->arena, name);
	find_text(s, f);
	return f;
}

struct str
sourcetext_line(struct sourcetext *s, struct str file, uint32_t n)
{
	struct file *f = file.len == 0 || n == 0 ? NULL : file_of(s, file);
	struct str rest = f == NULL ? (struct str){ NULL, 0 } : f->text;
	struct str line = { NULL, 0 };

	for (uint32_t i = 0; i < n; i++) {
		if (!str_take_line(&rest, &line))
			return (struct str){ NULL, 0 };
	}
	return str_first(str_trim(line), LIMIT_SOURCE_LINE);
}
