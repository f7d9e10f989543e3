/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dump/mini.h"

#include "dump/fields.h"
#include "dump/format.h"
#include "dump/mini_peers.h"

#include <errno.h>
#include <string.h>
#include <zlib.h>

enum {
	VERSION = 6,
	STATUS_ZLIB = 1,
	LEVEL_ALL = 31, /* every kind of page that makedumpfile can leave out */
	HEADER_LEN = 464,
	SUB_LEN = 104,
	DESC_LEN = 24,
	BITMAP_STEP = 32768, /* page frames whose bits are written at a time */
};

/* What becomes of one page frame. */
struct entry {
	uint64_t pfn;
	enum page_state state;
	uint64_t off; /* of its data */
	uint32_t len;
	uint32_t flags;
};

struct mini {
	struct dump *dump;
	FILE *out;
	struct arena *arena;
	struct entry *entry; /* ascending */
	size_t count;
	size_t descs;  /* entries that get a descriptor */
	uint64_t base; /* page frame of the first bit */
	uint64_t max_pfn;
	uint64_t sub_blocks, bitmap_blocks;
	uint64_t note_len;
	uint64_t vmcoreinfo_off, vmcoreinfo_len; /* within the notes */
	uint64_t data;                           /* where the next page goes */
	uint64_t zero_off;                       /* the page of zeros, once there is one */
	uint8_t *packed;
	uLong packed_cap;
	uint64_t pos; /* of out */
};

static uint64_t
block_len(const struct mini *m)
{
	return m->dump->page_len;
}

static uint64_t
bitmap_at(const struct mini *m)
{
	return (1 + m->sub_blocks) * block_len(m);
}

static uint64_t
descs_at(const struct mini *m)
{
	return bitmap_at(m) + m->bitmap_blocks * block_len(m);
}

static const struct error *
write_at(struct mini *m, uint64_t off, const void *p, size_t len)
{
	bool there = off == m->pos || fseeko(m->out, (off_t)off, SEEK_SET) == 0;

	if (!there || fwrite(p, 1, len, m->out) != len)
		return error_errno(m->arena, errno, "cannot write the mini vmcore");
	m->pos = off + len;
	return NULL;
}

/* VMCOREINFO as a note, if it came from elsewhere: text alone, or found by a search. */
static void
add_vmcoreinfo_note(struct mini *m)
{
	struct notes *n = &m->dump->impl->notes;
	struct bytes desc;

	if (m->dump->vmcoreinfo == NULL || notes_find(n, "VMCOREINFO", 0, &desc))
		return;

	struct str text = vmcoreinfo_text(m->dump->vmcoreinfo);

	n->note = arena_grow(m->arena, n->note, n->count, &n->cap, sizeof(n->note[0]));
	n->note[n->count++] =
		(struct note){ 0, STR("VMCOREINFO"), { (const uint8_t *)text.p, text.len } };
}

static void
lay_out_notes(struct mini *m)
{
	const struct notes *n = &m->dump->impl->notes;

	for (size_t i = 0; i < n->count; i++) {
		m->note_len += NOTE_HEADER_LEN + note_padded(n->note[i].name.len + 1);
		if (m->vmcoreinfo_len == 0 && str_is_c(n->note[i].name, "VMCOREINFO")) {
			m->vmcoreinfo_off = m->note_len;
			m->vmcoreinfo_len = n->note[i].desc.len;
		}
		m->note_len += note_padded(n->note[i].desc.len);
	}
}

/* On arm the bitmaps start where memory does, which is what phys_base says there. */
static uint64_t
find_base(const struct mini *m)
{
	uint64_t first = m->count == 0 ? 0 : m->entry[0].pfn;

	if (m->dump->arch != &arch_arm)
		return 0;
	return m->dump->impl->base != 0 && m->dump->impl->base < first ? m->dump->impl->base
								       : first;
}

static void
lay_out(struct mini *m)
{
	uint64_t len = block_len(m);
	uint64_t bits = len * 8;

	add_vmcoreinfo_note(m);
	lay_out_notes(m);
	m->base = find_base(m);
	m->max_pfn = m->count == 0 ? 1 : m->entry[m->count - 1].pfn - m->base + 1;
	m->sub_blocks = (SUB_LEN + m->note_len + len - 1) / len;
	m->bitmap_blocks = 2 * ((m->max_pfn + bits - 1) / bits);
	m->data = descs_at(m) + (uint64_t)m->descs * DESC_LEN;
}

static struct str
machine_name(const struct dump *d)
{
	/* An ELF dump knows the processor, not what uname says. */
	return str_of(d->arch != NULL ? d->arch->machines[0] : d->machine);
}

static const struct error *
write_header(struct mini *m)
{
	const struct dump *d = m->dump;
	uint8_t buf[HEADER_LEN] = "KDUMP   ";
	struct fields f = { buf, 8, d->order, d->word_len, false };

	fields_number(&f, VERSION, 4);
	fields_uts(&f, STR("Linux"));
	fields_uts(&f, d->nodename);
	fields_uts(&f, d->release);
	fields_uts(&f, d->version);
	fields_uts(&f, machine_name(d));
	fields_uts(&f, d->domainname);
	f.off = (f.off + d->word_len - 1) / d->word_len * d->word_len;
	fields_word(&f, (uint64_t)d->crash_time);
	fields_word(&f, 0);
	fields_number(&f, STATUS_ZLIB, 4);
	fields_number(&f, d->page_len, 4);
	fields_number(&f, m->sub_blocks, 4);
	fields_number(&f, m->bitmap_blocks, 4);
	fields_number(&f, m->max_pfn < UINT32_MAX ? m->max_pfn : UINT32_MAX, 4);
	f.off += 16;
	fields_number(&f, d->cpu_count, 4);
	return write_at(m, 0, buf, sizeof(buf));
}

static uint64_t
phys_base(const struct mini *m)
{
	const struct dump *d = m->dump;
	uint64_t v = d->phys_base;

	if (d->arch == &arch_arm)
		return m->base * d->page_len;
	if (d->vmcoreinfo != NULL)
		(void)vmcoreinfo_number(d->vmcoreinfo, "phys_base", &v);
	return v;
}

static const struct error *
write_sub_header(struct mini *m)
{
	const struct dump *d = m->dump;
	uint8_t buf[SUB_LEN] = { 0 };
	bool i386 = d->arch == &arch_i386;
	struct fields f = { buf, 0, d->order, d->word_len, d->word_len == 8 || !i386 };
	uint64_t notes = block_len(m) + SUB_LEN;

	fields_word(&f, phys_base(m));
	fields_number(&f, d->has_dump_level ? d->dump_level : LEVEL_ALL, 4);
	fields_number(&f, 0, 4); /* not split */
	fields_word(&f, 0);
	fields_word(&f, 0);
	fields_64(&f, m->vmcoreinfo_len == 0 ? 0 : notes + m->vmcoreinfo_off);
	fields_word(&f, m->vmcoreinfo_len);
	fields_64(&f, m->note_len == 0 ? 0 : notes);
	fields_word(&f, m->note_len);
	fields_64(&f, 0); /* no eraseinfo */
	fields_word(&f, 0);
	fields_64(&f, 0);
	fields_64(&f, 0);
	fields_64(&f, m->max_pfn);
	return write_at(m, block_len(m), buf, sizeof(buf));
}

static const struct error *
write_note(struct mini *m, const struct note *n, uint64_t off)
{
	uint8_t head[NOTE_HEADER_LEN];
	struct fields f = { head, 0, m->dump->order, 4, false };
	const struct error *e = NULL;

	fields_number(&f, n->name.len + 1, 4);
	fields_number(&f, n->desc.len, 4);
	fields_number(&f, n->type, 4);
	e = write_at(m, off, head, sizeof(head));
	if (e == NULL && n->name.len != 0)
		e = write_at(m, off + sizeof(head), n->name.p, n->name.len);
	if (e == NULL && n->desc.len != 0)
		e = write_at(m, off + sizeof(head) + note_padded(n->name.len + 1), n->desc.p,
			     n->desc.len);
	return e;
}

static const struct error *
write_notes(struct mini *m)
{
	const struct notes *n = &m->dump->impl->notes;
	uint64_t off = block_len(m) + SUB_LEN;
	const struct error *e = NULL;

	for (size_t i = 0; i < n->count && e == NULL; i++) {
		e = write_note(m, &n->note[i], off);
		off += NOTE_HEADER_LEN + note_padded(n->note[i].name.len + 1) +
		       note_padded(n->note[i].desc.len);
	}
	return e;
}

/* A page that has a descriptor, whatever that leads to. */
static bool
is_dumped(enum page_state s)
{
	return s != PAGE_HOLE && s != PAGE_EXCLUDED;
}

/* The bits of all entries in the bitmap at off; of the second one, if dumped. */
static const struct error *
write_bitmap(struct mini *m, uint64_t off, bool dumped)
{
	uint8_t *bits = ARENA_ARRAY(m->arena, uint8_t, BITMAP_STEP / 8);
	size_t i = 0;

	while (i < m->count) {
		uint64_t step = (m->entry[i].pfn - m->base) / BITMAP_STEP;

		memset(bits, 0, BITMAP_STEP / 8);
		for (; i < m->count && (m->entry[i].pfn - m->base) / BITMAP_STEP == step; i++) {
			uint64_t bit = (m->entry[i].pfn - m->base) % BITMAP_STEP;

			if (!dumped || is_dumped(m->entry[i].state))
				bits[bit / 8] |= (uint8_t)(1u << bit % 8);
		}

		/* Bitmaps are whole blocks, and a block is a whole number of steps or the
		 * other way round. */
		const struct error *e =
			write_at(m, off + step * (BITMAP_STEP / 8), bits, BITMAP_STEP / 8);

		if (e != NULL)
			return e;
	}
	return NULL;
}

static const struct error *
write_bitmaps(struct mini *m)
{
	uint64_t half = m->bitmap_blocks / 2 * block_len(m);
	const struct error *e = write_bitmap(m, bitmap_at(m), false);

	return e != NULL ? e : write_bitmap(m, bitmap_at(m) + half, true);
}

/* Writes a page and says in x where; all pages of zeros share one. */
static const struct error *
write_page(struct mini *m, struct entry *x, const uint8_t *page)
{
	uint32_t len = m->dump->page_len;
	uLongf got = m->packed_cap;
	bool zero = bytes_are_zero((struct bytes){ page, len });
	const struct error *e = NULL;

	*x = (struct entry){ x->pfn, x->state, m->data, len, 0 };
	if (zero && m->zero_off != 0) {
		x->off = m->zero_off;
		return NULL;
	}
	if (zero) {
		m->zero_off = m->data;
	} else if (compress2(m->packed, &got, page, len, Z_BEST_COMPRESSION) == Z_OK && got < len) {
		x->len = (uint32_t)got;
		x->flags = STATUS_ZLIB;
		page = m->packed;
	}
	e = write_at(m, m->data, page, x->len);
	m->data += x->len;
	return e;
}

/* A page that could not be read gets a descriptor that leads to the same answer. */
static const struct error *
write_entry(struct mini *m, struct entry *x)
{
	enum page_state why = PAGE_HOLE;
	const uint8_t *page = x->state == PAGE_PRESENT || x->state == PAGE_CORRUPT
				      ? dump_page(m->dump, x->pfn, &why)
				      : NULL;

	if (page != NULL)
		return write_page(m, x, page);
	if (x->state == PAGE_TRUNCATED)
		*x = (struct entry){ x->pfn, x->state, INT64_MAX - 1, 1, STATUS_ZLIB };
	else if (x->state != PAGE_LOST)
		*x = (struct entry){ x->pfn, x->state, m->data, 0, STATUS_ZLIB };
	return NULL;
}

static const struct error *
write_pages(struct mini *m)
{
	const struct error *e = NULL;

	m->packed_cap = compressBound(m->dump->page_len);
	m->packed = ARENA_ARRAY(m->arena, uint8_t, m->packed_cap);
	for (size_t i = 0; i < m->count && e == NULL; i++) {
		if (is_dumped(m->entry[i].state))
			e = write_entry(m, &m->entry[i]);
	}
	return e;
}

static const struct error *
write_descs(struct mini *m)
{
	uint64_t at = descs_at(m);
	/* the file reaches up to there, even if no page follows */
	const struct error *e = write_at(m, at - 1, "", 1);

	for (size_t i = 0; i < m->count && e == NULL; i++) {
		const struct entry *x = &m->entry[i];
		uint8_t desc[DESC_LEN] = { 0 };
		struct fields f = { desc, 0, m->dump->order, m->dump->word_len, false };

		if (!is_dumped(x->state))
			continue;
		fields_number(&f, x->off, 8);
		fields_number(&f, x->len, 4);
		fields_number(&f, x->flags, 4);
		e = write_at(m, at, desc, sizeof(desc));
		at += DESC_LEN;
	}
	return e;
}

static const struct error *
list_pages(struct mini *m)
{
	const uint64_t *pfn = dump_pages_read(m->dump, m->arena, &m->count);

	if (pfn != NULL)
		m->entry = ARENA_TRY_ARRAY(m->arena, struct entry, m->count + 1);
	if (pfn == NULL || m->entry == NULL)
		return error_new(m->arena, ERROR_LIMIT, "no memory for the list of %zu pages",
				 m->count);
	for (size_t i = 0; i < m->count; i++) {
		m->entry[i].pfn = pfn[i];
		m->entry[i].state = dump_page_state(m->dump, pfn[i]);
		m->descs += is_dumped(m->entry[i].state);
	}
	return NULL;
}

const struct error *
mini_write(struct dump *d, const struct memory *virt, FILE *out, struct arena *a)
{
	struct mini m = { .dump = d, .out = out, .arena = a };
	const struct error *e = NULL;

	mini_peers_read(d, virt);
	e = list_pages(&m);

	if (e != NULL)
		return e;
	lay_out(&m);
	e = write_header(&m);
	if (e == NULL)
		e = write_sub_header(&m);
	if (e == NULL)
		e = write_notes(&m);
	if (e == NULL)
		e = write_pages(&m);
	if (e == NULL)
		e = write_descs(&m);
	if (e == NULL)
		e = write_bitmaps(&m);
	if (e == NULL && fflush(out) != 0)
		e = error_errno(a, errno, "cannot write the mini vmcore");
	return e;
}
