/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dump/notes.h"

#include "base/limits.h"

#include <inttypes.h>
#include <string.h>

enum {
	WINDOW_LEN = 64 << 10, /* read at a time */
	NAME_MAX_LEN = 256,
};

uint64_t
note_padded(uint64_t len)
{
	return (len + 3) & ~(uint64_t)3;
}

static struct str
note_name(struct bytes b)
{
	const char *p = (const char *)b.p;

	return (struct str){ p, b.len == 0 ? 0 : strnlen(p, b.len) };
}

/* A part of the file in memory. */
struct window {
	const struct source *source;
	uint8_t *buf;
	uint64_t off;
	size_t len;
};

/* The bytes from off on that are in the window: want of them if the region has as many. */
static struct bytes
window_at(struct window *w, uint64_t off, uint64_t end, size_t want)
{
	uint64_t left = end - off;

	if (left < want)
		want = (size_t)left;
	if (off < w->off || off - w->off > w->len || want > w->len - (off - w->off)) {
		w->off = off;
		w->len = source_read_some(w->source, off, w->buf,
					  left < WINDOW_LEN ? (size_t)left : WINDOW_LEN);
	}

	size_t skip = (size_t)(off - w->off);

	return (struct bytes){ w->buf + skip, w->len - skip };
}

/* Where the parts of one note stand in the file. */
struct place {
	struct str name;
	uint32_t type;
	uint32_t desc_len;
	uint64_t desc;
	uint64_t next; /* the note after it */
};

/* False if the note at off claims more than there is before end. */
static bool
find_place(struct window *w, uint64_t off, uint64_t end, enum byte_order order, struct arena *a,
	   struct place *p)
{
	struct reader r = reader_over(window_at(w, off, end, NOTE_HEADER_LEN + NAME_MAX_LEN), order,
				      "note", a);
	uint32_t name_len = reader_u32(&r);
	uint32_t desc_len = reader_u32(&r);
	uint32_t type = reader_u32(&r);
	uint64_t desc = off + NOTE_HEADER_LEN + note_padded(name_len);
	struct bytes name = reader_bytes(&r, name_len <= NAME_MAX_LEN ? name_len : 0);

	if (reader_error(&r) != NULL || desc > end || desc_len > end - desc)
		return false;

	/* The last description may end the region without its padding. */
	uint64_t next = desc + note_padded(desc_len);

	*p = (struct place){ str_copy(a, note_name(name)), type, desc_len, desc,
			     next < end ? next : end };
	return true;
}

static const struct error *
read_desc(struct window *w, const struct place *p, struct arena *a, struct bytes *out)
{
	uint8_t *desc = arena_try(a, (size_t)p->desc_len + 1, 1);

	if (desc == NULL)
		return error_new(a, ERROR_LIMIT, "no memory for a note of %u bytes", p->desc_len);

	struct bytes b = window_at(w, p->desc, p->desc + p->desc_len, p->desc_len);

	if (b.len >= p->desc_len)
		memcpy(desc, b.p, p->desc_len);
	else if (source_read(w->source, p->desc, desc, p->desc_len) != SOURCE_READ)
		return error_new(a, ERROR_CORRUPT, "the file ends within a note of %u bytes",
				 p->desc_len);
	*out = (struct bytes){ desc, p->desc_len };
	return NULL;
}

/* Adds the note at *off, which moves behind it. */
static const struct error *
read_note(struct window *w, uint64_t *off, uint64_t end, enum byte_order order, struct arena *a,
	  struct notes *notes)
{
	struct place p;
	struct bytes desc = { NULL, 0 };

	if (!find_place(w, *off, end, order, a, &p))
		return error_new(a, ERROR_CORRUPT,
				 "the note at offset %" PRIu64 " claims more than there is", *off);
	*off = p.next;
	if (p.desc_len > NOTE_MAX_LEN)
		return NULL;
	if (notes->count == LIMIT_NOTES || notes->len + p.desc_len > LIMIT_NOTE_BYTES)
		return error_new(a, ERROR_LIMIT,
				 "of the notes only the first %zu are read, of %" PRIu64 " bytes",
				 notes->count, notes->len);

	const struct error *e = read_desc(w, &p, a, &desc);

	if (e != NULL)
		return e;
	notes->note = arena_grow(a, notes->note, notes->count, &notes->cap, sizeof(struct note));
	notes->note[notes->count++] = (struct note){ p.type, p.name, desc };
	notes->len += NOTE_HEADER_LEN + note_padded(p.name.len + 1) + note_padded(p.desc_len);
	return NULL;
}

static uint64_t
past_zeros(struct window *w, uint64_t off, uint64_t end)
{
	while (end - off >= NOTE_HEADER_LEN) {
		struct bytes b = window_at(w, off, end, NOTE_HEADER_LEN);

		if (b.len < 4)
			return end;
		if (bytes_u32(b.p, ORDER_LITTLE) != 0)
			return off;
		off += 4;
	}
	return end;
}

const struct error *
notes_read(const struct source *s, uint64_t off, uint64_t len, enum byte_order order,
	   struct arena *a, struct notes *notes)
{
	struct arena *mine = arena_new_temporary(a);
	struct window w = { s, ARENA_ARRAY(mine, uint8_t, WINDOW_LEN), 0, 0 };
	const struct error *e = NULL;
	uint64_t end = len > s->len || off > s->len - len ? s->len : off + len;

	if (off > end || end - off != len)
		e = error_new(a, ERROR_CORRUPT,
			      "the file ends within its notes (%" PRIu64 " bytes at %" PRIu64 ")",
			      len, off);
	while (off < end && (off = past_zeros(&w, off, end)) < end) {
		const struct error *bad = read_note(&w, &off, end, order, a, notes);

		if (bad != NULL) {
			e = bad;
			break;
		}
	}
	arena_free(mine);
	return e;
}

bool
notes_find(const struct notes *n, const char *name, uint32_t type, struct bytes *desc)
{
	for (size_t i = 0; i < n->count; i++) {
		if (n->note[i].type == type && str_is_c(n->note[i].name, name)) {
			*desc = n->note[i].desc;
			return true;
		}
	}
	return false;
}

static bool
read_prstatus(const struct arch *arch, struct bytes desc, enum byte_order order,
	      struct dump_cpu *cpu)
{
	cpu->has_pid = arch != NULL && arch->prstatus != NULL &&
		       arch_prstatus(arch, desc, order, &cpu->pid, &cpu->regs);
	return cpu->has_pid;
}

/* Fills cpu from n; false if n is not about a CPU, or not one that can be read. */
static bool
read_cpu(const struct note *n, const struct dump *d, struct dump_cpu *cpu)
{
	cpu->blank = bytes_are_zero(n->desc);
	if (n->type == NOTE_PRSTATUS && str_is_c(n->name, "CORE"))
		return read_prstatus(d->arch, n->desc, d->order, cpu);
	if (n->type != 0 || !str_is_c(n->name, "QEMU") || d->arch == NULL ||
	    d->arch->qemu_note == NULL)
		return false;
	cpu->from_qemu = true;
	return d->arch->qemu_note(n->desc, d->order, &cpu->regs);
}

static void
publish_cpus(const struct notes *n, struct arena *a, struct dump *d)
{
	uint32_t place[2] = { 0, 0 };
	size_t cap = 0;

	for (size_t i = 0; i < n->count && d->cpu_count < LIMIT_CPUS; i++) {
		struct dump_cpu cpu = { 0 };

		if (!read_cpu(&n->note[i], d, &cpu))
			continue;
		cpu.note = place[cpu.from_qemu]++;
		d->cpu = arena_grow(a, d->cpu, d->cpu_count, &cap, sizeof(cpu));
		d->cpu[d->cpu_count++] = cpu;
	}
}

static bool
is_vmcoreinfo(const struct note *n)
{
	return str_is_c(n->name, "VMCOREINFO") && n->desc.len <= LIMIT_VMCOREINFO_BYTES;
}

/* The first note named exactly VMCOREINFO that names a kernel, else the first: a capture
 * kernel's own and VMCOREINFO_XEN may stand beside it. */
static void
publish_vmcoreinfo(const struct notes *n, struct arena *a, struct dump *d)
{
	enum { TRIED = 8 };
	size_t tried = 0;

	for (size_t i = 0; i < n->count && tried < TRIED; i++) {
		struct str text = { (const char *)n->note[i].desc.p, n->note[i].desc.len };
		struct vmcoreinfo *v = NULL;
		struct str release;

		if (!is_vmcoreinfo(&n->note[i]))
			continue;
		v = vmcoreinfo_parse(a, text);
		tried++;
		if (d->vmcoreinfo == NULL)
			d->vmcoreinfo = v;
		if (vmcoreinfo_find(v, "OSRELEASE", &release)) {
			d->vmcoreinfo = v;
			return;
		}
	}
}

void
notes_publish(const struct notes *n, struct arena *a, struct dump *d)
{
	publish_cpus(n, a, d);
	if (d->vmcoreinfo == NULL)
		publish_vmcoreinfo(n, a, d);
}
