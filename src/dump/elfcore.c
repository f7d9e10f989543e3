/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ELF cores: /proc/vmcore and its copies, makedumpfile -E, QEMU's dump-guest-memory.
 *
 * PT_LOADs may stand in any order and overlap (the kernel's text is part of a bank of
 * memory too), need not be aligned to pages, and may lack a physical address.
 */
#include "dump/format.h"

#include "dump/elfcore_header.h"
#include "dump/extents.h"

#include <elf.h>
#include <inttypes.h>
#include <string.h>

enum {
	STEP = 1024, /* program headers read at a time */
	PAGE_LEN_DEFAULT = 4096,
};

/* PT_LOADs by one kind of address. Piece i < count is what segment i has in the file, and
 * piece count + i the memory that it says there was beyond that. */
struct space {
	struct extents extents;
	struct elfcore *core;
	bool virtual;
};

struct elfcore {
	const struct source *source;
	struct elfcore_header h;
	struct elfcore_segment *load;
	size_t count, cap;
	uint32_t page_len;
	struct dump *dump;
	bool no_physical; /* p_paddr is 0 in all segments */
	struct space physical, virtual;
};

static uint64_t
address_of(const struct space *s, const struct elfcore_segment *load)
{
	return s->virtual ? load->va : load->pa;
}

/* What a page is made of, as far as it is in [addr, end). */
struct share {
	uint64_t data;     /* bytes that are in the file */
	uint64_t reserved; /* bytes that the file only says there were */
	bool beyond;       /* some of them are beyond the end of the file */
	enum source_result result;
};

/* Copies what an extent has of the page at addr; buf may be NULL to only look. */
static void
take_extent(const struct space *s, const struct extent *x, uint64_t addr, uint8_t *buf,
	    struct share *share)
{
	const struct elfcore *c = s->core;
	uint64_t from = x->from > addr ? x->from : addr;
	uint64_t last = addr + (c->page_len - 1);
	/* An extent that ends at the very top of the space has no end to be written down. */
	uint64_t upto = x->to == UINT64_MAX || x->to - 1 > last ? last : x->to - 1;
	uint64_t len = upto - from + 1;

	if (x->piece >= c->count) {
		share->reserved += len;
		return;
	}

	const struct elfcore_segment *load = &c->load[x->piece];
	uint64_t off = load->off + (from - address_of(s, load));

	share->data += len;
	if (off > c->source->len || len > c->source->len - off)
		share->beyond = true;
	else if (buf != NULL && share->result == SOURCE_READ)
		share->result = source_read(c->source, off, buf + (from - addr), (size_t)len);
}

static struct share
take_page(const struct space *s, uint64_t pfn, uint8_t *buf)
{
	struct share share = { .result = SOURCE_READ };
	uint64_t len = s->core->page_len;
	uint64_t addr = pfn * len;
	const struct extent *end = s->extents.extent + s->extents.count;
	const struct extent *x = extents_find(&s->extents, addr);

	if (pfn > UINT64_MAX / len)
		return share;
	for (; x != NULL && x < end && x->from <= addr + (len - 1); x++)
		take_extent(s, x, addr, buf, &share);
	return share;
}

static enum page_state
state_of(const struct share *s)
{
	if (s->data == 0)
		return s->reserved == 0 ? PAGE_HOLE : PAGE_EXCLUDED;
	if (s->beyond || s->result == SOURCE_END)
		return PAGE_TRUNCATED;
	if (s->result == SOURCE_GAP)
		return PAGE_LOST;
	return s->result == SOURCE_READ ? PAGE_PRESENT : PAGE_UNREADABLE;
}

static enum page_state
space_state(void *self, uint64_t pfn)
{
	struct share share = take_page(self, pfn, NULL);

	return state_of(&share);
}

/* Where no segment has data, a page that has some is filled up with zeros. */
static enum page_state
space_fetch(void *self, uint64_t pfn, uint8_t *page, bool *zero)
{
	struct space *s = self;
	struct share share = take_page(s, pfn, NULL);

	(void)zero;
	if (state_of(&share) != PAGE_PRESENT)
		return state_of(&share);
	if (share.data != s->core->page_len) {
		memset(page, 0, s->core->page_len);
		s->core->dump->filled_pages++;
	}
	share = take_page(s, pfn, page);
	return state_of(&share);
}

/* Does the file have the byte at addr of an extent, which holds it? */
static bool
is_in_file(const struct space *s, const struct extent *x, uint64_t addr)
{
	const struct elfcore *c = s->core;

	if (x->piece >= c->count)
		return false;
	return c->load[x->piece].off + (addr - address_of(s, &c->load[x->piece])) < c->source->len;
}

static bool
space_next(void *self, uint64_t *pfn)
{
	struct space *s = self;
	uint64_t len = s->core->page_len;
	const struct extent *end = s->extents.extent + s->extents.count;

	if (*pfn > UINT64_MAX / len)
		return false;
	for (const struct extent *x = extents_find(&s->extents, *pfn * len); x != NULL && x < end;
	     x++) {
		uint64_t from = x->from > *pfn * len ? x->from : *pfn * len;

		if (is_in_file(s, x, from)) {
			*pfn = from / len;
			return true;
		}
	}
	return false;
}

static const struct error *
add_segment(struct elfcore *c, struct elfcore_segment s, struct arena *a, struct dump *d)
{
	if (s.type == ELFCORE_NOTE) {
		format_problem(d, notes_read(c->source, s.off, s.file_len, c->h.order, a,
					     &d->impl->notes));
	} else if (s.type == ELFCORE_LOAD) {
		struct elfcore_segment *more =
			arena_try_grow(a, c->load, c->count, &c->cap, sizeof(*more));

		if (more == NULL)
			return error_new(a, ERROR_LIMIT, "no memory for %zu segments", c->count);
		c->load = more;
		c->load[c->count++] = s;
	}
	return NULL;
}

/* e_phnum has 16 bits; if they are not enough, the first section header has the number. */
static const struct error *
count_segments(const struct elfcore *c, struct arena *a, uint64_t *count)
{
	uint8_t section[64];
	uint32_t info = 0;

	*count = c->h.segment_count;
	if (c->h.segment_count != PN_XNUM)
		return NULL;

	struct bytes b = { section, source_read_some(c->source, c->h.sections_off, section,
						     sizeof(section)) };
	const struct error *e = elfcore_section_info(b, &c->h, a, &info);

	if (e == NULL && info != 0)
		*count = info;
	return e;
}

static const struct error *
read_segments(struct elfcore *c, uint64_t count, struct arena *a, struct dump *d)
{
	size_t len = c->h.segment_len;
	uint8_t *buf = arena_try(a, STEP, len);

	if (buf == NULL)
		return error_new(a, ERROR_LIMIT, "no memory for program headers");
	for (uint64_t i = 0; i < count;) {
		size_t want = count - i < STEP ? (size_t)(count - i) : STEP;
		uint64_t off = c->h.segments_off + i * len;
		size_t got = off < c->h.segments_off
				     ? 0
				     : source_read_some(c->source, off, buf, want * len) / len;
		struct reader r = reader_over((struct bytes){ buf, got * len }, c->h.order,
					      "program header", a);

		for (size_t j = 0; j < got; j++) {
			const struct error *e =
				add_segment(c, elfcore_take_segment(&r, &c->h), a, d);

			if (e != NULL)
				return e;
		}
		i += got;
		if (got < want) {
			format_problem(d, error_new(a, ERROR_CORRUPT,
						    "the file ends after %" PRIu64 " of %" PRIu64
						    " program headers",
						    i, count));
			d->complete = false;
			break;
		}
	}
	return NULL;
}

static struct piece
piece_of(uint64_t from, uint64_t len)
{
	return (struct piece){ from, len > UINT64_MAX - from ? UINT64_MAX : from + len };
}

/* Is the address of a segment one that can be used? What the kernel maps and is not memory
 * has no physical address in /proc/kcore; before Linux commit 464920104bf7 (v4.11) nothing
 * had one there. */
static bool
has_address(const struct space *s, const struct elfcore_segment *load)
{
	uint64_t none = s->core->h.class_len == 4 ? UINT32_MAX : UINT64_MAX;

	return address_of(s, load) != none && (s->virtual || !s->core->no_physical);
}

static bool
lacks_physical(const struct elfcore *c, const struct dump *d)
{
	size_t i = 0;

	while (i < c->count && c->load[i].pa == 0)
		i++;
	return i == c->count && c->count > 1 && d->vmcoreinfo == NULL;
}

static const struct error *
build_space(struct space *s, struct elfcore *c, bool virtual, struct arena *a)
{
	struct arena *mine = arena_new_temporary(a);
	struct piece *piece = ARENA_TRY_ARRAY(mine, struct piece, 2 * c->count + 1);
	bool ok = piece != NULL;

	s->core = c;
	s->virtual = virtual;
	for (size_t i = 0; ok && i < c->count; i++) {
		const struct elfcore_segment *l = &c->load[i];
		uint64_t from = address_of(s, l);
		uint64_t in_file = l->file_len;

		if (!has_address(s, l))
			continue;
		if (in_file > UINT64_MAX - l->off)
			in_file = UINT64_MAX - l->off;
		piece[i] = piece_of(from, in_file);
		if (l->memory_len > in_file && in_file <= UINT64_MAX - from)
			piece[c->count + i] = piece_of(from + in_file, l->memory_len - in_file);
	}
	ok = ok && extents_build(piece, 2 * c->count, a, &s->extents);
	arena_free(mine);
	return ok ? NULL : error_new(a, ERROR_LIMIT, "no memory for %zu segments", c->count);
}

static void
describe(const struct elfcore *c, struct dump *d)
{
	uint16_t machine = c->h.machine;

	/* i386 with PAE is dumped as ELF64: the machine counts, not the class. */
	d->word_len = machine == EM_386 || machine == EM_ARM ? 4 : c->h.class_len;
	d->arch = arch_find_elf(machine, d->word_len);
	d->machine = d->arch != NULL ? d->arch->name
				     : arena_printf(d->impl->arena, "ELF machine %u", machine);
	d->order = c->h.order;
	d->compression = "none";
	d->page_len = PAGE_LEN_DEFAULT;
}

static bool
is_page_len(uint64_t len)
{
	return len >= 4096 && len <= 256 << 10 && (len & (len - 1)) == 0;
}

/* Of the kernel, if its notes say. */
static uint32_t
find_page_len(struct dump *d)
{
	struct str s;
	uint64_t len = 0;

	notes_publish(&d->impl->notes, d->impl->arena, d);
	if (d->vmcoreinfo != NULL && vmcoreinfo_find(d->vmcoreinfo, "PAGESIZE", &s) &&
	    str_to_number(str_trim(s), &len) && is_page_len(len))
		return (uint32_t)len;
	return PAGE_LEN_DEFAULT;
}

/* By extents: two that share a page count it twice, which changes figures of millions by
 * one or two. */
static void
elfcore_count(void *self, struct dump_pages *out)
{
	const struct space *s = self;
	const struct elfcore *c = s->core;

	for (size_t i = 0; i < s->extents.count; i++) {
		const struct extent *x = &s->extents.extent[i];
		uint64_t pages = (x->to - 1) / c->page_len - x->from / c->page_len + 1;
		uint64_t there = 0;

		if (x->piece >= c->count) {
			out->excluded += pages;
			continue;
		}

		const struct elfcore_segment *l = &c->load[x->piece];
		uint64_t off = l->off + (x->from - address_of(s, l));

		if (off < c->source->len)
			there = (c->source->len - off) / c->page_len;
		out->present += there < pages ? there : pages;
		out->truncated += there < pages ? pages - there : 0;
	}
}

static bool
has_note(const struct notes *n, const char *name, uint32_t type)
{
	struct bytes desc;

	return notes_find(n, name, type, &desc);
}

/* A core of a process is an ELF core too; of its notes a kernel's dump has no such ones. */
static const struct error *
refuse_process(const struct dump *d, struct arena *a)
{
	const struct notes *n = &d->impl->notes;
	bool process = has_note(n, "CORE", NT_AUXV) || has_note(n, "CORE", NT_FILE) ||
		       has_note(n, "CORE", NT_SIGINFO);

	if (d->vmcoreinfo != NULL || !process)
		return NULL;
	return error_new(a, ERROR_UNSUPPORTED,
			 "a core dump of a process, not of a kernel; gdb and "
			 "coredumpctl read it");
}

/* A dump of a Xen domain has no segments, but sections with names of its own. */
static const struct error *
refuse_xen_domain(const struct elfcore *c, struct arena *a)
{
	enum { LEN = 64 << 10 };
	struct arena *mine = arena_new_temporary(a);
	char *b = ARENA_ARRAY(mine, char, LEN);
	bool xen = false;

	if (c->h.segment_count == 0 && c->h.section_count != 0) {
		/* The names stand behind the headers, in a section of a few hundred bytes. */
		struct str s = { b, source_read_some(c->source, c->h.sections_off, b, LEN) };

		xen = str_has(s, STR(".xen_p2m")) || str_has(s, STR(".xen_pfn"));
	}
	arena_free(mine);
	return xen ? error_new(a, ERROR_UNSUPPORTED,
			       "a dump of a Xen domain, which is not read here; crash(8) reads it")
		   : NULL;
}

static void
look_at_notes(struct dump *d, struct arena *a)
{
	if (has_note(&d->impl->notes, "VMCOREINFO_XEN", 0))
		format_problem(d,
			       error_new(a, ERROR_UNSUPPORTED,
					 "a dump of a Xen host: the addresses of its kernels are "
					 "not those of the machine"));
}

static const struct error *
read_headers(struct elfcore *c, struct arena *a, struct dump *d)
{
	uint8_t *head = ARENA_ARRAY(a, uint8_t, ELFCORE_HEADER_LEN);
	struct bytes b = { head, source_read_some(c->source, 0, head, ELFCORE_HEADER_LEN) };
	uint64_t segments = 0;
	const struct error *e = elfcore_header_parse(b, a, &c->h);

	if (e == NULL)
		e = refuse_xen_domain(c, a);
	if (e == NULL)
		e = count_segments(c, a, &segments);
	if (e != NULL)
		return e;
	describe(c, d);
	e = read_segments(c, segments, a, d);
	if (e != NULL)
		return e;
	d->page_len = c->page_len = find_page_len(d);
	return refuse_process(d, a);
}

static const struct error *
build_spaces(struct elfcore *c, struct arena *a, struct dump *d)
{
	c->no_physical = lacks_physical(c, d);

	const struct error *e = build_space(&c->physical, c, false, a);

	return e != NULL ? e : build_space(&c->virtual, c, true, a);
}

static const struct error *
elfcore_open(struct source **source, size_t count, struct arena *a, struct dump *d)
{
	struct elfcore *c = ARENA_NEW(a, struct elfcore);

	if (count != 1)
		return error_new(a, ERROR_USAGE, "an ELF dump has one file, and %zu were given",
				 count);
	c->source = source[0];
	c->dump = d;

	const struct error *e = read_headers(c, a, d);

	if (e == NULL)
		e = build_spaces(c, a, d);
	if (e != NULL)
		return error_wrap(a, e, "'%s'", source[0]->path);
	if ((c->h.flags & ELFCORE_INCOMPLETE) != 0)
		format_incomplete(d);
	look_at_notes(d, a);
	d->impl->from = (struct page_source){ space_fetch, &c->physical, c->page_len, true };
	d->has_segments = c->virtual.extents.count != 0;
	d->segments = (struct memory){
		pages_read,
		pages_new((struct page_source){ space_fetch, &c->virtual, c->page_len, true }, a),
		d->order,
		d->word_len,
	};
	d->impl->state = space_state;
	d->impl->count = elfcore_count;
	d->impl->next = space_next;
	return NULL;
}

const struct dump_format format_elfcore = { "elf", elfcore_is_header, elfcore_open };
