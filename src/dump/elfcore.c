/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ELF cores: /proc/vmcore and its copies, makedumpfile -E, QEMU's dump-guest-memory.
 */
#include "dump/format.h"

#include "dump/elfcore_space.h"

#include <elf.h>
#include <inttypes.h>
#include <string.h>

enum {
	STEP = 1024, /* program headers read at a time */
	PAGE_LEN_DEFAULT = 4096,
};

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

static bool
lacks_physical(const struct elfcore *c, const struct dump *d)
{
	size_t i = 0;

	while (i < c->count && c->load[i].pa == 0)
		i++;
	return i == c->count && c->count > 1 && d->vmcoreinfo == NULL;
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

	const struct error *e = elfcore_space_build(&c->physical, c, false, a);

	return e != NULL ? e : elfcore_space_build(&c->virtual, c, true, a);
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
	d->impl->from =
		(struct page_source){ elfcore_space_fetch, &c->physical, c->page_len, true };
	d->has_segments = c->virtual.extents.count != 0;
	d->segments = (struct memory){
		pages_read,
		pages_new(
			(struct page_source){ elfcore_space_fetch, &c->virtual, c->page_len, true },
			a),
		d->order,
		d->word_len,
	};
	d->impl->state = elfcore_space_state;
	d->impl->count = elfcore_space_count;
	d->impl->next = elfcore_space_next;
	return NULL;
}

const struct dump_format format_elfcore = { "elf", elfcore_is_header, elfcore_open };
