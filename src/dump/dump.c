/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dump/dump.h"

#include "dump/flat.h"
#include "dump/format.h"

#include <inttypes.h>
#include <string.h>

enum {
	HEADER_LEN_LEAST = 64, /* no format can be read by fewer bytes */
};

static const struct {
	const char *name;
	struct error error;
} states[] = {
	[PAGE_HOLE] = { "hole", { ERROR_ABSENT, "no memory there", NULL } },
	[PAGE_EXCLUDED] = { "excluded", { ERROR_ABSENT, "excluded page", NULL } },
	[PAGE_PRESENT] = { "present", { ERROR_USAGE, "present page", NULL } },
	[PAGE_LOST] = { "lost", { ERROR_CORRUPT, "lost page", NULL } },
	[PAGE_TRUNCATED] = { "truncated", { ERROR_CORRUPT, "truncated page", NULL } },
	[PAGE_CORRUPT] = { "corrupt", { ERROR_CORRUPT, "corrupt page", NULL } },
	[PAGE_UNREADABLE] = { "unreadable", { ERROR_IO, "unreadable page", NULL } },
};

const char *
page_state_name(enum page_state s)
{
	return states[s].name;
}

const struct error *
page_state_error(enum page_state s)
{
	return s == PAGE_PRESENT ? NULL : &states[s].error;
}

/* What is left of a header that no format can be told by; NULL if head is not that. */
static const struct error *
find_stump(struct bytes head, struct arena *a)
{
	if (head.len >= HEADER_LEN_LEAST || !format_starts(head))
		return NULL;
	return error_new(a, ERROR_CORRUPT,
			 "cut short: the file ends within its header, after %zu bytes", head.len);
}

bool
dump_probe(struct bytes head, struct arena *a, const struct error **why)
{
	*why = NULL;
	if (format_find(head) != NULL || flat_is_header(head))
		return true;
	*why = format_known(head, "FILE", a);
	if (*why == NULL)
		*why = find_stump(head, a);
	return *why != NULL;
}

static struct bytes
read_head(const struct source *s, uint8_t *head)
{
	return (struct bytes){ head, source_read_some(s, 0, head, FORMAT_HEAD_LEN) };
}

/* A file that no signature fits. */
static const struct error *
not_a_dump(const struct source *s, struct bytes head, struct arena *a)
{
	const char *start = (const char *)head.p;
	const struct error *e = find_stump(head, a);

	if (s->file_len == 0)
		return error_new(a, ERROR_CORRUPT, "'%s' is empty", s->path);
	if (e != NULL)
		return error_wrap(a, e, "'%s'", s->path);
	if (head.len > 4 && memcmp(start, "\177ELF", 4) == 0)
		return error_new(a, ERROR_UNSUPPORTED,
				 "'%s' is an ELF file, but not a core dump: a program or a "
				 "kernel with its debuginfo, perhaps",
				 s->path);
	return error_new(a, ERROR_UNSUPPORTED, "'%s' is not a dump of any format known here",
			 s->path);
}

/* The format of a file, or why it is not read. From then on a flattened stream reads as the
 * file that it stands for. */
static const struct error *
find_format(struct source *s, struct arena *a, const struct dump_format **out)
{
	uint8_t *head = ARENA_ARRAY(a, uint8_t, FORMAT_HEAD_LEN);
	struct bytes b = read_head(s, head);
	const struct error *e = NULL;

	if (flat_is_header(b)) {
		e = flat_open(s, a);
		if (e != NULL)
			return error_wrap(a, e, "'%s'", s->path);
		b = read_head(s, head);
	}
	*out = format_find(b);
	if (*out != NULL)
		return NULL;
	if (s->problem != NULL)
		return error_wrap(a, s->problem, "'%s'", s->path);
	e = format_known(b, s->path, a);
	if (e != NULL)
		return error_wrap(a, e, "'%s'", s->path);
	return not_a_dump(s, b, a);
}

static const struct error *
find_one_format(struct source **source, size_t count, struct arena *a,
		const struct dump_format **out)
{
	for (size_t i = 0; i < count; i++) {
		const struct dump_format *f = NULL;
		const struct error *e = find_format(source[i], a, &f);

		if (e != NULL)
			return e;
		if (i != 0 && f != *out)
			return error_new(a, ERROR_USAGE, "'%s' and '%s' are not of one split set",
					 source[0]->path, source[i]->path);
		*out = f;
	}
	return NULL;
}

static const struct error *
open_format(const struct dump_format *f, struct source **source, size_t count, struct arena *a,
	    struct dump **out)
{
	struct dump *d = ARENA_NEW(a, struct dump);

	d->impl = ARENA_NEW(a, struct dump_impl);
	d->impl->arena = a;
	d->format = f->name;
	d->complete = true;
	for (size_t i = 0; i < count; i++) {
		d->file_len += source[i]->file_len;
		d->flattened |= source[i]->flat != NULL;
		d->complete &= source[i]->problem == NULL;
		format_problem(d, source[i]->problem);
	}

	const struct error *e = f->open(source, count, a, d);

	if (e != NULL)
		return e;
	d->impl->from.page_len = d->page_len;
	d->impl->pages = pages_new(d->impl->from, a);
	d->phys = (struct memory){ pages_read, d->impl->pages, d->order, d->word_len };
	*out = d;
	return NULL;
}

const struct error *
dump_open_sources(struct source **source, size_t count, struct arena *a, struct dump **out)
{
	const struct dump_format *f = NULL;
	const struct error *e = find_one_format(source, count, a, &f);

	if (e != NULL)
		return e;
	if (f == NULL)
		return error_new(a, ERROR_USAGE, "no dump was given");
	return open_format(f, source, count, a, out);
}

const struct error *
dump_open(const char *const *paths, size_t count, struct arena *a, struct dump **out)
{
	struct source **source = ARENA_ARRAY(a, struct source *, count);

	for (size_t i = 0; i < count; i++) {
		const struct error *e = source_open(paths[i], a, &source[i]);

		if (e != NULL)
			return e;
	}
	return dump_open_sources(source, count, a, out);
}

const uint8_t *
dump_page(struct dump *d, uint64_t pfn, enum page_state *why)
{
	return pages_get(d->impl->pages, pfn, why);
}

enum page_state
dump_page_state(struct dump *d, uint64_t pfn)
{
	return d->impl->state(d->impl->from.self, pfn);
}

/* Counts what is there, and says what is not. */
static void
count_pages(struct dump *d)
{
	struct dump_impl *i = d->impl;
	struct dump_pages *p = &i->counts;

	i->count(i->from.self, p);
	p->counted = true;
	if (p->lost != 0)
		format_problem(d, error_new(i->arena, ERROR_CORRUPT,
					    "%" PRIu64 " pages were to be dumped and were not",
					    p->lost));
	if (p->truncated != 0)
		format_problem(d, error_new(i->arena, ERROR_CORRUPT,
					    "the file ends before %" PRIu64 " of its pages",
					    p->truncated));
	if (p->lost != 0 || p->truncated != 0)
		d->complete = false;
}

struct dump_pages
dump_pages(struct dump *d)
{
	struct dump_impl *i = d->impl;

	if (!i->counts.counted)
		count_pages(d);
	i->counts.read = pages_read_count(i->pages);
	i->counts.corrupt = pages_corrupt_count(i->pages);
	return i->counts;
}

const uint64_t *
dump_pages_read(struct dump *d, struct arena *a, size_t *count)
{
	return pages_asked(d->impl->pages, a, count);
}
