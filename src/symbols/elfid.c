/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "symbols/elfid.h"

#include "base/limits.h"
#include "base/text.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	BUILD_ID_MIN = 4, /* bytes; the linker's --build-id=0x... takes any number */
	BUILD_ID_MAX = 64,
	BANNER_MAX = 1024, /* the kernel cuts its own at about 500 */
};

/* One file under examination. */
struct look {
	const struct memory *file;
	uint64_t len;
	struct arena *arena;
	bool wide; /* ELFCLASS64 */
	enum byte_order order;
	uint64_t sections; /* offset of the table */
	uint64_t section_count;
	uint32_t names_index;
	struct bytes names; /* of sections */
};

struct section {
	uint32_t name, type;
	uint64_t off, len;
};

/* len bytes of the file, in the arena. */
static const struct error *
load(struct look *l, uint64_t off, uint64_t len, const char *what, struct bytes *out)
{
	uint8_t *p = NULL;

	if (off > l->len || len > l->len - off)
		return error_new(l->arena, ERROR_CORRUPT,
				 "it is cut short: its %s would be beyond its end", what);
	p = arena_try(l->arena, 1, (size_t)len + 1);
	if (p == NULL)
		return error_new(l->arena, ERROR_LIMIT, "no memory for its %s", what);
	*out = (struct bytes){ p, (size_t)len };
	return memory_read(l->file, off, p, (size_t)len);
}

static const struct error *
read_ident(struct look *l)
{
	uint8_t ident[EI_NIDENT] = { 0 };

	if (l->len < sizeof(ident) || memory_read(l->file, 0, ident, sizeof(ident)) != NULL ||
	    memcmp(ident, ELFMAG, SELFMAG) != 0)
		return error_new(l->arena, ERROR_UNSUPPORTED, "it is not an ELF file");
	if ((ident[EI_CLASS] != ELFCLASS32 && ident[EI_CLASS] != ELFCLASS64) ||
	    (ident[EI_DATA] != ELFDATA2LSB && ident[EI_DATA] != ELFDATA2MSB))
		return error_new(l->arena, ERROR_CORRUPT, "its ELF header makes no sense");
	l->wide = ident[EI_CLASS] == ELFCLASS64;
	l->order = ident[EI_DATA] == ELFDATA2MSB ? ORDER_BIG : ORDER_LITTLE;
	return NULL;
}

static const struct error *
read_header(struct look *l, struct elfid *id)
{
	size_t word = l->wide ? 8 : 4;
	struct bytes b = { NULL, 0 };
	const struct error *e =
		load(l, 0, l->wide ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr), "header", &b);

	if (e != NULL)
		return e;

	struct reader r = reader_over(b, l->order, "ELF header", l->arena);

	reader_skip(&r, EI_NIDENT);
	id->type = reader_u16(&r);
	id->machine = reader_u16(&r);
	reader_skip(&r, 4 + 2 * word); /* version, entry, program headers */
	l->sections = reader_word(&r, word);
	reader_skip(&r, 4 + 2 + 2 + 2); /* flags, lengths of headers, program headers */
	if (reader_u16(&r) != (l->wide ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr)) &&
	    l->sections != 0)
		reader_reject(&r, "section headers have a strange length");
	l->section_count = reader_u16(&r);
	l->names_index = reader_u16(&r);
	return reader_error(&r);
}

static struct section
read_section(struct look *l, struct reader *r, uint32_t *link)
{
	size_t word = l->wide ? 8 : 4;
	struct section s = { .name = reader_u32(r), .type = reader_u32(r) };

	reader_skip(r, 2 * word); /* flags, address */
	s.off = reader_word(r, word);
	s.len = reader_word(r, word);
	*link = reader_u32(r);
	reader_skip(r, 4 + 2 * word);
	return s;
}

/* Files with more sections than 16 bits count keep both numbers in the first section. */
static const struct error *
read_extended(struct look *l, size_t each)
{
	struct bytes b = { NULL, 0 };
	uint32_t link = 0;
	const struct error *e = NULL;

	if (l->section_count != 0 && l->names_index != SHN_XINDEX)
		return NULL;
	e = load(l, l->sections, each, "section header", &b);
	if (e != NULL)
		return e;

	struct reader r = reader_over(b, l->order, "section header", l->arena);
	struct section first = read_section(l, &r, &link);

	if (l->section_count == 0)
		l->section_count = first.len;
	if (l->names_index == SHN_XINDEX)
		l->names_index = link;
	return reader_error(&r);
}

static const struct error *
read_table(struct look *l, struct reader *out)
{
	size_t each = l->wide ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr);
	struct bytes b = { NULL, 0 };
	struct reader names = { 0 };
	uint32_t link = 0;
	const struct error *e = read_extended(l, each);

	if (e != NULL)
		return e;
	if (l->section_count > LIMIT_ELF_SECTIONS || l->names_index >= l->section_count)
		return error_new(l->arena, ERROR_CORRUPT, "its section headers make no sense");
	e = load(l, l->sections, l->section_count * each, "section headers", &b);
	if (e != NULL)
		return e;
	*out = reader_over(b, l->order, "section headers", l->arena);
	names = *out;
	reader_seek(&names, l->names_index * each);

	struct section s = read_section(l, &names, &link);

	if (s.len > LIMIT_ELF_NAMES_BYTES)
		return error_new(l->arena, ERROR_CORRUPT, "its section names are %" PRIu64 " bytes",
				 s.len);
	return load(l, s.off, s.len, "section names", &l->names);
}

/* load() leaves a NUL behind the bytes. */
static const char *
name_of(const struct look *l, const struct section *s)
{
	return s->name < l->names.len ? (const char *)l->names.p + s->name : "";
}

static uint64_t
rounded(uint64_t n)
{
	return (n + 3) & ~(uint64_t)3;
}

static struct str
hex(struct bytes b, struct arena *a)
{
	struct text t = text_new(a);

	for (size_t i = 0; i < b.len; i++)
		text_printf(&t, "%02x", b.p[i]);
	return text_str(&t);
}

/* The build ID among the notes of one section. */
static void
look_at_notes(struct look *l, const struct section *s, struct elfid *id)
{
	struct bytes b = { NULL, 0 };

	if (s->len > LIMIT_ELF_NAMES_BYTES || load(l, s->off, s->len, "notes", &b) != NULL)
		return;

	struct reader r = reader_over(b, l->order, "notes", l->arena);

	while (reader_left(&r) >= 12 && id->build_id.len == 0) {
		uint64_t name_len = reader_u32(&r);
		uint64_t desc_len = reader_u32(&r);
		uint32_t type = reader_u32(&r);
		struct bytes name = reader_bytes(&r, rounded(name_len));
		struct bytes desc = reader_bytes(&r, desc_len);

		if (reader_error(&r) != NULL)
			return;
		if (type == NT_GNU_BUILD_ID && name_len == 4 && memcmp(name.p, "GNU", 4) == 0 &&
		    desc_len >= BUILD_ID_MIN && desc_len <= BUILD_ID_MAX)
			id->build_id = hex(desc, l->arena);
		reader_skip(&r, rounded(desc_len) - desc_len);
	}
}

enum { HAS_INFO = 1, HAS_LINE = 2 };

static unsigned int
debug_bit(const char *name)
{
	if (strcmp(name, ".debug_info") == 0 || strcmp(name, ".zdebug_info") == 0)
		return HAS_INFO;
	if (strcmp(name, ".debug_line") == 0 || strcmp(name, ".zdebug_line") == 0)
		return HAS_LINE;
	return 0;
}

static const struct error *
look_at_sections(struct look *l, struct elfid *id)
{
	struct reader table = { 0 };
	unsigned int has = 0;
	const struct error *e = read_table(l, &table);

	for (uint64_t i = 0; e == NULL && i < l->section_count; i++) {
		uint32_t link = 0;
		struct section s = read_section(l, &table, &link);
		const char *name = name_of(l, &s);

		if (s.type == SHT_NOBITS || s.type == SHT_NULL)
			continue;
		if (s.off > l->len || s.len > l->len - s.off)
			return error_new(l->arena, ERROR_CORRUPT,
					 "it is cut short: section '%.40s' lies beyond its end",
					 name);
		has |= debug_bit(name);
		if (s.type == SHT_NOTE)
			look_at_notes(l, &s, id);
		if (strcmp(name, ".rodata") == 0) {
			id->rodata = s.off;
			id->rodata_len = s.len;
		}
	}
	id->has_lines = has == (HAS_INFO | HAS_LINE);
	return e;
}

const struct error *
elfid_read(const struct memory *file, uint64_t len, struct arena *a, struct elfid *out)
{
	struct look l = { .file = file, .len = len, .arena = a };
	struct elfid id = { 0 };
	const struct error *e = read_ident(&l);

	if (e == NULL)
		e = read_header(&l, &id);
	if (e == NULL && l.sections != 0)
		e = look_at_sections(&l, &id);
	if (e == NULL)
		*out = id;
	return e;
}

const struct error *
elfid_banner(const struct memory *file, const struct elfid *id, struct arena *a, struct str *out)
{
	static const struct str mark = { "Linux version ", 14 };
	enum { CHUNK = 1 << 16 };
	uint8_t *chunk = ARENA_ARRAY(a, uint8_t, CHUNK);
	uint64_t end = id->rodata_len < LIMIT_RODATA_BYTES ? id->rodata_len : LIMIT_RODATA_BYTES;

	/* Chunks overlap by the longest banner. */
	for (uint64_t at = 0; at < end; at += CHUNK - BANNER_MAX) {
		size_t len = end - at < CHUNK ? (size_t)(end - at) : CHUNK;
		struct str rest = { (const char *)chunk, len };

		if (memory_read(file, id->rodata + at, chunk, len) != NULL)
			break;

		size_t found = str_find(rest, mark);

		if (found == STR_NONE)
			continue;
		rest = str_first(str_from(rest, found), BANNER_MAX);
		*out = str_copy(a, str_trim(str_first(rest, strnlen(rest.p, rest.len))));
		return NULL;
	}
	return error_new(a, ERROR_ABSENT, "it has no 'Linux version' in its .rodata");
}

static const struct error *
read_file(void *self, uint64_t off, void *buf, size_t len)
{
	static const struct error cannot = { ERROR_IO, "the file cannot be read", NULL };
	int fd = (int)(intptr_t)self;
	uint8_t *p = buf;

	while (len != 0) {
		ssize_t got = pread(fd, p, len, (off_t)off);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return &cannot;
		p += got;
		off += (uint64_t)got;
		len -= (size_t)got;
	}
	return NULL;
}

static void
close_fd(void *fd)
{
	close((int)(intptr_t)fd);
}

const struct error *
elfid_open(const char *path, struct arena *a, struct memory *file, uint64_t *len)
{
	struct stat st = { 0 };
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (fd < 0)
		return error_errno(a, errno, "cannot open '%s'", path);

	void *self = (void *)(intptr_t)fd; // NOLINT(performance-no-int-to-ptr)

	arena_defer(a, close_fd, self);
	if (fstat(fd, &st) != 0)
		return error_errno(a, errno, "cannot look at '%s'", path);
	if (!S_ISREG(st.st_mode))
		return error_new(a, ERROR_USAGE, "'%s' is not a file", path);
	*file = (struct memory){ .read = read_file, .self = self, .word_len = 8 };
	*len = (uint64_t)st.st_size;
	return NULL;
}
