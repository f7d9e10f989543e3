/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * scan.c - finds VMCOREINFO in the memory of a dump whose notes lack it.
 *
 * The kernel keeps it twice, each at the start of a page: as a note, ready for the crash,
 * and as the text that the note is made of (Linux kernel/vmcore_info.c). A machine that was
 * restarted through kexec may hold the note of an older kernel too, so one that was
 * completed at the crash, or names the release of the dump's header, is taken at once, and
 * any other only after a further look.
 */
#include "dump/format.h"

#include "base/limits.h"

#include <string.h>

enum {
	NOTE_NAME_LEN = 11,
	NOTE_DESC_OFF = 24, /* header, and the name padded to 12 */
	KERNEL_PAGE = 4096, /* the kernel's may be smaller than the dump's: QEMU on arm64 */
	FURTHER_PAGES = 1 << 18,
};

struct scan {
	struct dump *dump;
	uint8_t *page; /* page_len bytes */
	struct vmcoreinfo *best;
	bool best_is_note;
	uint64_t left; /* pages that may still be looked at */
};

/* Expands a page without having it recorded as read. */
static bool
fetch(struct scan *s, uint64_t pfn, uint8_t *page)
{
	const struct page_source *from = &s->dump->impl->from;
	bool zero = false;

	if (from->fetch(from->self, pfn, page, &zero) != PAGE_PRESENT)
		return false;
	if (zero)
		memset(page, 0, from->page_len);
	return true;
}

/* The length of the text, or of the note with it, that starts at *off of s->page; 0 if none
 * does. Moves *off to the text. */
static size_t
text_len(const struct scan *s, size_t *off)
{
	enum byte_order order = s->dump->order;
	const uint8_t *p = s->page + *off;
	bool note = bytes_u32(p, order) == NOTE_NAME_LEN && bytes_u32(p + 8, order) == 0 &&
		    memcmp(p + 12, "VMCOREINFO", NOTE_NAME_LEN) == 0;
	uint32_t len = note ? bytes_u32(p + 4, order) : s->dump->page_len;

	p += note ? NOTE_DESC_OFF : 0;
	if (memcmp(p, "OSRELEASE=", 10) != 0 || len > LIMIT_VMCOREINFO_BYTES)
		return 0;
	*off += note ? NOTE_DESC_OFF : 0;
	return len;
}

/* The text at off of page frame pfn and of those behind it; as far as they are there. */
static struct vmcoreinfo *
read_text(struct scan *s, uint64_t pfn, size_t off, size_t len)
{
	size_t page_len = s->dump->page_len, have = 0;
	struct arena *a = s->dump->impl->arena;
	uint8_t *text = arena_try(a, (off + len) / page_len + 1, page_len);

	if (text == NULL)
		return NULL;
	while (have < off + len && fetch(s, pfn++, text + have))
		have += page_len;
	if (have <= off)
		return NULL;
	len = have - off < len ? have - off : len;
	len = strnlen((const char *)text + off, len); /* what follows is another page's */
	return vmcoreinfo_parse(a, (struct str){ (const char *)text + off, len });
}

/* Is it certain to be that of the kernel that was dumped? */
static bool
is_certain(const struct scan *s, const struct vmcoreinfo *v)
{
	struct str release, time;

	if (vmcoreinfo_find(v, "CRASHTIME", &time))
		return true;
	return s->dump->release.len != 0 && vmcoreinfo_find(v, "OSRELEASE", &release) &&
	       str_is(release, s->dump->release);
}

/* Looks at a page of the kernel's that was read; true if the search is over. */
static bool
look_at(struct scan *s, uint64_t pfn, size_t start)
{
	size_t off = start, len = text_len(s, &off);
	struct vmcoreinfo *v = len == 0 ? NULL : read_text(s, pfn, off, len);
	struct str symbol;

	if (v == NULL || !vmcoreinfo_find(v, "SYMBOL(_stext)", &symbol))
		return false;
	bool is_note = off != start;

	if (is_note && is_certain(s, v)) {
		s->best = v;
		return true;
	}
	if (s->best == NULL || (is_note && !s->best_is_note)) {
		s->best = v;
		s->best_is_note = is_note;
		s->left = s->left < FURTHER_PAGES ? s->left : FURTHER_PAGES;
	}
	return false;
}

static bool
look(struct scan *s, uint64_t pfn)
{
	for (size_t off = 0; off < s->dump->page_len; off += KERNEL_PAGE) {
		if (look_at(s, pfn, off))
			return true;
	}
	return false;
}

bool
dump_scan_vmcoreinfo(struct dump *d)
{
	struct dump_impl *i = d->impl;
	struct scan s = { .dump = d, .left = LIMIT_SCAN_PAGES };

	if (d->vmcoreinfo_scanned)
		return d->vmcoreinfo != NULL;
	d->vmcoreinfo_scanned = true;

	struct arena *mine = arena_new_temporary(i->arena);

	s.page = ARENA_ARRAY(mine, uint8_t, d->page_len);
	for (uint64_t pfn = 0; s.left != 0 && i->next(i->from.self, &pfn); pfn++, s.left--) {
		if (fetch(&s, pfn, s.page) && look(&s, pfn))
			break;
		if ((s.left & 0xff) == 0 && budget_expired(arena_budget(i->arena)))
			break;
	}
	arena_free(mine);
	if (s.best != NULL)
		d->vmcoreinfo = s.best;
	return s.best != NULL;
}
