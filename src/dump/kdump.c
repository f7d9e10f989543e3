/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kdump-compressed files of makedumpfile and QEMU, alone or as a split set.
 *
 * A file has two headers, notes, a bitmap of the memory that exists, one of the pages that
 * were dumped, a descriptor of 24 bytes for each of those, and the pages. Each file of a
 * split set has both whole bitmaps and the descriptors of its own range only.
 */
#include "dump/format.h"

#include "base/limits.h"
#include "dump/codec.h"
#include "dump/kdump_file.h"

#include <inttypes.h>
#include <stdlib.h>

enum {
	STATUS_CODECS = 0x27,
};

struct kdump {
	struct kdump_file *file; /* by first page frame */
	size_t count;
	struct bitmap *whole; /* dumped pages, counted from the first bit */
	uint32_t page_len;
	uint64_t base; /* page frame of the first bit: not 0 on arm */
	struct codec_set codecs;
	uint8_t *packed;               /* a compressed page */
	uint64_t zero_off;             /* where a raw page of zeros stands, that many pages share */
	const struct kdump_file *zero; /* in which file; NULL: not met yet */
};

/* The file that is to hold the page frame; NULL if it was not given. */
static struct kdump_file *
find_file(const struct kdump *k, uint64_t pfn)
{
	size_t low = 0, high = k->count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (k->file[mid].first <= pfn)
			low = mid + 1;
		else
			high = mid;
	}
	return low != 0 && pfn < k->file[low - 1].end ? &k->file[low - 1] : NULL;
}

/* A page of a file that was not given: the others at least say if it was dumped. */
static enum page_state
state_elsewhere(const struct kdump *k, uint64_t pfn)
{
	bool dumped = false;
	enum source_result got = bitmap_test(k->whole, pfn, &dumped);

	if (got != SOURCE_READ)
		return kdump_file_state(got);
	return dumped ? PAGE_LOST : kdump_file_absent(&k->file[0], pfn);
}

/* Where the page is; what is written to d counts only for PAGE_PRESENT, and only if *zero is
 * not set, which says that it is a page of zeros that is not in the file. */
static enum page_state
find_page(const struct kdump *k, uint64_t pfn, struct kdump_file **f, struct kdump_desc *d,
	  bool *zero)
{
	enum page_state s = PAGE_HOLE;

	*zero = false;
	if (pfn < k->base)
		return PAGE_HOLE;
	*f = find_file(k, pfn - k->base);
	if (*f == NULL)
		return state_elsewhere(k, pfn - k->base);
	s = kdump_file_find(*f, pfn - k->base, d);
	*zero = s == PAGE_EXCLUDED && (*f)->old_zeros;
	return *zero ? PAGE_PRESENT : s;
}

static enum page_state
kdump_state(void *self, uint64_t pfn)
{
	struct kdump_file *f = NULL;
	struct kdump_desc d = { 0 };
	bool zero = false;

	return find_page(self, pfn, &f, &d, &zero);
}

static enum page_state
fetch_raw(struct kdump *k, const struct kdump_file *f, const struct kdump_desc *d, uint8_t *page,
	  bool *zero)
{
	*zero = k->zero == f && k->zero_off == d->off;
	if (*zero)
		return PAGE_PRESENT;

	enum source_result got = source_read(f->source, d->off, page, k->page_len);

	if (got == SOURCE_READ && bytes_are_zero((struct bytes){ page, k->page_len })) {
		k->zero = f;
		k->zero_off = d->off;
	}
	return kdump_file_state(got);
}

static enum page_state
kdump_fetch(void *self, uint64_t pfn, uint8_t *page, bool *zero)
{
	struct kdump *k = self;
	struct kdump_file *f = NULL;
	struct kdump_desc d = { 0 };
	enum page_state s = find_page(k, pfn, &f, &d, zero);

	if (s != PAGE_PRESENT || *zero)
		return s;
	if (d.flags == 0)
		return fetch_raw(k, f, &d, page, zero);

	enum source_result got = source_read(f->source, d.off, k->packed, d.len);

	if (got != SOURCE_READ)
		return kdump_file_state(got);
	if (!codec_expand(&k->codecs, codec_find(d.flags), (struct bytes){ k->packed, d.len }, page,
			  k->page_len))
		return PAGE_CORRUPT;
	return PAGE_PRESENT;
}

static bool
kdump_next(void *self, uint64_t *pfn)
{
	struct kdump *k = self;
	uint64_t at = *pfn < k->base ? 0 : *pfn - k->base;

	if (!bitmap_next(k->whole, &at))
		return false;
	*pfn = at + k->base;
	return true;
}

static void
kdump_count(void *self, struct dump_pages *out)
{
	struct kdump *k = self;
	struct kdump_file *f = &k->file[0];
	uint64_t exist = 0, dumped = 0, covered = 0;

	for (size_t i = 0; i < k->count; i++)
		covered += kdump_file_count(&k->file[i], out);
	if (bitmap_rank(k->whole, f->max_pfn, &dumped) == SOURCE_READ && dumped > covered)
		out->lost += dumped - covered; /* files of the set that were not given */
	if (f->exists != NULL && bitmap_rank(f->exists, f->max_pfn, &exist) == SOURCE_READ &&
	    exist > dumped)
		out->excluded = exist - dumped;
}

/* ---- opening */

/* Version 3 has the text of VMCOREINFO alone; later ones have notes, of which it is one. */
static void
read_text(const struct kdump_file *f, struct arena *a, struct dump *d)
{
	size_t len =
		f->sub.vmcoreinfo_len > LIMIT_VMCOREINFO_BYTES ? 0 : (size_t)f->sub.vmcoreinfo_len;
	char *text = len == 0 ? NULL : arena_try(a, len, 1);
	struct str release;

	if (text == NULL || source_read(f->source, f->sub.vmcoreinfo_off, text, len) != SOURCE_READ)
		return;

	struct vmcoreinfo *v = vmcoreinfo_parse(a, (struct str){ text, len });

	if (vmcoreinfo_find(v, "OSRELEASE", &release))
		d->vmcoreinfo = v;
}

/* QEMU names no machine but x86's in the header; its notes tell. A machine that has a name
 * and no port is one, whatever its notes look like. */
static void
find_arch_by_notes(const struct notes *n, struct dump *d)
{
	struct str machine = str_of(d->machine);
	struct bytes desc = { NULL, 0 };

	if (d->arch != NULL || (machine.len != 0 && !str_is_c(machine, "Unknown")) ||
	    !notes_find(n, "CORE", NOTE_PRSTATUS, &desc))
		return;
	d->arch = arch_find_prstatus(desc.len, d->word_len, d->order);
	if (d->arch != NULL)
		d->machine = d->arch->machines[0];
}

static void
read_notes(const struct kdump_file *f, struct arena *a, struct dump *d)
{
	struct notes *n = &d->impl->notes;

	if (f->sub.note_len != 0)
		format_problem(d, notes_read(f->source, f->sub.note_off, f->sub.note_len,
					     f->h.order, a, n));
	read_text(f, a, d);
	find_arch_by_notes(n, d);
	notes_publish(n, a, d);
}

/* The port for the machine that the header names, if its words and bytes are of that order:
 * a header that contradicts itself has none. */
static const struct arch *
find_arch(const struct kdump_header *h)
{
	const struct arch *arch = arch_find(h->machine);
	bool fits = arch != NULL && arch->word_len == h->word_len &&
		    (h->order == ORDER_LITTLE ? arch->little_endian : arch->big_endian);

	return fits ? arch : NULL;
}

static const char *
compression_name(uint32_t status)
{
	const struct codec *c = codec_find(status & STATUS_CODECS);

	if ((status & STATUS_CODECS) == 0)
		return "none";
	return c == NULL ? NULL : c->name;
}

static void
describe(const struct kdump_file *f, struct dump *d)
{
	const struct kdump_header *h = &f->h;

	d->compression = compression_name(h->status);
	d->arch = find_arch(h);
	d->machine = str_c(d->impl->arena, h->machine);
	d->order = h->order;
	d->word_len = h->word_len;
	d->page_len = h->block_len;
	d->header_version = h->version;
	d->release = h->release;
	d->version = h->os_version;
	d->nodename = h->nodename;
	d->domainname = h->domainname;
	d->crash_time = h->crash_time;
	d->has_phys_base = f->has_sub;
	d->phys_base = f->sub.phys_base;
	d->has_dump_level = f->has_sub && h->version >= 1;
	d->dump_level = f->sub.dump_level;
}

static int
compare_files(const void *a, const void *b)
{
	const struct kdump_file *x = a, *y = b;

	return (x->first > y->first) - (x->first < y->first);
}

/* Headers of one set are the same but for the range and, if the disk ran full, the status. */
static const struct error *
check_set(const struct kdump *k, struct arena *a)
{
	const struct kdump_file *x = &k->file[0];

	for (size_t i = 1; i < k->count; i++) {
		const struct kdump_file *f = &k->file[i];

		if (f->h.block_len != x->h.block_len || f->h.word_len != x->h.word_len ||
		    f->h.order != x->h.order || f->max_pfn != x->max_pfn ||
		    !str_is(f->h.release, x->h.release) || !f->sub.split || !x->sub.split)
			return error_new(a, ERROR_USAGE,
					 "'%s' and '%s' are not files of one split set",
					 x->source->path, f->source->path);
	}
	return NULL;
}

static const struct error *
open_files(struct kdump *k, struct source **source, struct arena *a)
{
	struct kdump_file *f = k->file;

	for (size_t i = 0; i < k->count; i++) {
		const struct error *e = kdump_file_open(source[i], a, &f[i]);

		if (e != NULL)
			return error_wrap(a, e, "'%s'", source[i]->path);
	}
	qsort(f, k->count, sizeof(*f), compare_files);
	k->page_len = f->h.block_len;
	k->whole = f->first == 0 ? f->dumped : bitmap_new(f->source, f->bitmap2, f->max_pfn, 0, a);
	if (k->whole == NULL)
		return error_new(a, ERROR_LIMIT, "no memory for a bitmap of %" PRIu64 " bits",
				 f->max_pfn);
	return check_set(k, a);
}

static void
say_damaged(struct dump *d, const struct error *e)
{
	d->complete = false;
	format_problem(d, e);
}

/* What no file of the set is to hold: some were not given. */
static void
look_for_gaps(const struct kdump *k, struct arena *a, struct dump *d)
{
	uint64_t at = 0, end = k->file[0].max_pfn;

	for (size_t i = 0; i <= k->count; i++) {
		uint64_t first = i == k->count ? end : k->file[i].first;

		if (first > at)
			say_damaged(d,
				    error_new(a, ERROR_CORRUPT,
					      "page frames 0x%" PRIx64 " to 0x%" PRIx64
					      " are in a file of the split set that was not given",
					      at + k->base, first - 1 + k->base));
		if (i < k->count && k->file[i].end > at)
			at = k->file[i].end;
	}
}

static void
look_for_damage(const struct kdump *k, struct arena *a, struct dump *d)
{
	for (size_t i = 0; i < k->count; i++) {
		const struct kdump_file *f = &k->file[i];

		if ((f->h.status & KDUMP_STATUS_INCOMPLETE) != 0)
			format_incomplete(d);
		if (f->problem != NULL)
			say_damaged(d, f->problem);
	}
	look_for_gaps(k, a, d);
}

static const struct error *
kdump_open(struct source **source, size_t count, struct arena *a, struct dump *d)
{
	struct kdump *k = ARENA_NEW(a, struct kdump);

	k->file = ARENA_ARRAY(a, struct kdump_file, count);
	k->count = count;

	const struct error *e = open_files(k, source, a);

	if (e != NULL)
		return e;
	k->codecs.arena = a;
	k->packed = ARENA_ARRAY(a, uint8_t, KDUMP_PACKED_MAX(k->page_len));
	describe(&k->file[0], d);
	/* Memory of arm does not start at 0, and its bitmaps start where memory does. */
	if (d->arch == &arch_arm)
		k->base = d->phys_base / k->page_len;
	d->impl->base = k->base;
	look_for_damage(k, a, d);
	read_notes(&k->file[0], a, d);
	d->impl->from = (struct page_source){ kdump_fetch, k, k->page_len, false };
	d->impl->state = kdump_state;
	d->impl->count = kdump_count;
	d->impl->next = kdump_next;
	return NULL;
}

const struct dump_format format_kdump = { "kdump-compressed", kdump_is_header, kdump_open };
