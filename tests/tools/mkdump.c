/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mkdump TEXT OUT [KEY=VALUE]...: makes a dump file from a description that can be read.
 *
 * Knows the formats by their documentation alone and shares no code with src/dump, so that the
 * two do not share their mistakes. A line is a setting, a statement, or empty; '#' starts a
 * comment. Settings of the command line win, so that one text gives many files. Numbers are
 * those of C.
 *
 *   format = kdump | elf         what to write
 *   order = little | big
 *   word = 8 | 4                 bytes of a long (kdump) or of an address (elf: the class)
 *   block = 4096                 bytes of a page
 *
 * kdump only:
 *   version = 0 ... 6            of the header
 *   padded = yes | no            with word = 4: 64-bit fields at multiples of 8 (no: i386)
 *   sysname, nodename, release, osversion, machine, domainname = TEXT
 *   time, status, max_pfn, phys_base, dump_level, cpus = NUMBER
 *   codec = raw | zlib | lzo | snappy | zstd      of pages that do not name their own
 *   bitmaps = 2 | 1              1: no bitmap of the memory that exists
 *   split = FIRST,END            this file is to hold those page frames only
 *   signature = TEXT
 *
 *   page ADDR [CODEC] = BYTES    a page; what BYTES leave is zeros
 *   pages ADDR COUNT [CODEC] = BYTES
 *   zero ADDR COUNT              pages that share one raw page of zeros
 *   excluded ADDR COUNT          memory that was not dumped
 *   lost ADDR COUNT              dumped, but their descriptors are zeros
 *   desc ADDR FIELD=NUMBER...    a page that was named before gets another off, len or flags
 *
 * elf only:
 *   machine = 62, flags = 0      e_machine, e_flags
 *   type = 4                     e_type
 *   phentsize = NUMBER
 *   xnum = yes                   the number of segments stands in a section header
 *
 *   load FIELD=NUMBER... [= BYTES]   a PT_LOAD: pa, va, mem (default: as many bytes as there
 *                                are), file, off (default: at the next page), type
 *   newnote                      the notes that follow go into a PT_NOTE of their own
 *
 * both:
 *   note NAME TYPE = BYTES       an ELF note
 *   vmcoreinfo                   lines up to "end" are the text of a VMCOREINFO note (or, in a
 *   end                          kdump file of version 3, of the text that it points to)
 *   fill OFF LEN BYTE            of the finished file
 *   patch OFF LEN NUMBER         in the file's byte order
 *   truncate LEN                 negative: that many bytes less
 *
 *   flat = LEN                   flattened, in records of that many bytes (0: not)
 *   flat_order = up | down       records from the first or from the last
 *   flat_stale = yes             each record is preceded by one with wrong bytes
 *   flat_end = no                no end record
 *   gap OFF LEN                  no record for these bytes
 *
 * BYTES are a row of: two hexadecimal digits, "text" (with \n, \0 and \"), u16:NUMBER,
 * u32:NUMBER, u64:NUMBER, fill:BYTE (to the end of the page), count (one different byte after
 * the other), pfn (u64: the page frame), noise (bytes that do not compress), @OFF (go there),
 * each of them with *N behind it to repeat it.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <lzo/lzo1x.h>
#include <snappy-c.h>
#include <zlib.h>
#include <zstd.h>

enum {
	SETTINGS_MAX = 64,
	LINE_MAX_LEN = 64 << 10,
	NOTES_MAX = 1 << 20,
	DATA_MAX = 16 << 20, /* of one load */
};

struct setting {
	char *key;
	char *value;
	bool fixed; /* by the command line */
};

enum what {
	DUMPED,
	ZERO,
	EXCLUDED,
	LOST,
};

struct page {
	uint64_t pfn;
	enum what what;
	const char *codec;
	char *bytes;
	bool has_off, has_len, has_flags;
	uint64_t off, len, flags;
};

struct segment {
	uint32_t type;
	uint64_t off, va, pa, file, mem;
	bool has_off, has_file, has_mem;
	uint8_t *data;
	size_t data_len;
};

struct edit {
	char kind; /* 'f'ill, 'p'atch, 't'runcate, 'g'ap */
	uint64_t off, len, value;
};

static struct {
	struct setting setting[SETTINGS_MAX];
	size_t settings;
	struct page *page;
	size_t pages;
	struct segment *segment;
	size_t segments;
	struct edit *edit;
	size_t edits;
	uint8_t notes[NOTES_MAX];
	size_t notes_len;
	size_t info_off, info_len; /* VMCOREINFO's text in notes */
	size_t note_start[64];     /* of each PT_NOTE */
	size_t note_starts;
	size_t line;
	const char *name;
	int fd;
	uint64_t end; /* of the file so far */
} g;

__attribute__((noreturn, format(printf, 1, 2))) static void
die(const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "mkdump: %s:%zu: ", g.name == NULL ? "?" : g.name, g.line);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	exit(1);
}

static void *
more(void *p, size_t count, size_t len)
{
	/* One more than there are, at every power of two. */
	if ((count & (count - 1)) != 0)
		return p;
	p = realloc(p, (count == 0 ? 1 : 2 * count) * len);
	if (p == NULL)
		die("out of memory");
	return p;
}

static void *
take(size_t len)
{
	void *p = calloc(1, len);

	if (p == NULL)
		die("out of memory");
	return p;
}

static char *
copy(const char *s)
{
	return memcpy(take(strlen(s) + 1), s, strlen(s));
}

static const char *
get(const char *key, const char *otherwise)
{
	for (size_t i = 0; i < g.settings; i++) {
		if (strcmp(g.setting[i].key, key) == 0)
			return g.setting[i].value;
	}
	return otherwise;
}

static bool
is(const char *key, const char *value, const char *otherwise)
{
	return strcmp(get(key, otherwise), value) == 0;
}

static uint64_t
number(const char *s)
{
	char *end = NULL;
	uint64_t v = 0;

	errno = 0;
	v = strtoull(s, &end, 0);
	if (errno != 0 || end == s || (*end != '\0' && *end != ' ' && *end != '*' && *end != ','))
		die("'%s' is not a number", s);
	return v;
}

static uint64_t
get_number(const char *key, const char *otherwise)
{
	return number(get(key, otherwise));
}

static void
set(const char *key, const char *value, bool fixed)
{
	size_t i = 0;

	while (i < g.settings && strcmp(g.setting[i].key, key) != 0)
		i++;
	if (i < g.settings && g.setting[i].fixed)
		return;
	if (i == SETTINGS_MAX)
		die("too many settings");
	g.setting[i] = (struct setting){ copy(key), copy(value), fixed };
	if (i == g.settings)
		g.settings++;
}

static bool
big(void)
{
	return is("order", "big", "little");
}

static void
put(uint8_t *p, uint64_t v, size_t len)
{
	for (size_t i = 0; i < len; i++)
		p[big() ? len - 1 - i : i] = (uint8_t)(v >> 8 * i);
}

/* ---- bytes -------------------------------------------------------------------------- */

struct out {
	uint8_t *p;
	size_t len, cap;
	uint64_t pfn;
};

static void
put_byte(struct out *o, unsigned b)
{
	if (o->len == o->cap)
		die("more than %zu bytes", o->cap);
	o->p[o->len++] = (uint8_t)b;
}

static void
put_number(struct out *o, uint64_t v, size_t len)
{
	uint8_t b[8];

	put(b, v, len);
	for (size_t i = 0; i < len; i++)
		put_byte(o, b[i]);
}

static const char *
put_text(struct out *o, const char *s)
{
	for (s++; *s != '"'; s++) {
		if (*s == '\0')
			die("text without its end");
		if (*s != '\\') {
			put_byte(o, (unsigned char)*s);
			continue;
		}
		s++;
		put_byte(o, *s == 'n' ? '\n' : *s == '0' ? 0 : (unsigned char)*s);
	}
	return s + 1;
}

static bool
starts(const char *s, const char *with)
{
	return strncmp(s, with, strlen(with)) == 0;
}

static void
put_noise(struct out *o)
{
	uint64_t x = 0x9e3779b97f4a7c15u * (o->pfn + 1);

	while (o->len < o->cap) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		put_byte(o, (unsigned)(x >> 32));
	}
}

/* One word that is not text. */
static void
put_word(struct out *o, const char *s)
{
	char *end = NULL;

	if (starts(s, "u16:"))
		put_number(o, number(s + 4), 2);
	else if (starts(s, "u32:"))
		put_number(o, number(s + 4), 4);
	else if (starts(s, "u64:"))
		put_number(o, number(s + 4), 8);
	else if (starts(s, "pfn"))
		put_number(o, o->pfn, 8);
	else if (starts(s, "noise"))
		put_noise(o);
	else if (starts(s, "fill:"))
		for (uint64_t b = number(s + 5); o->len < o->cap;)
			put_byte(o, (unsigned)b);
	else if (starts(s, "count"))
		while (o->len < o->cap)
			put_byte(o, (unsigned)(o->len * 7 + o->len / 256 + o->pfn));
	else {
		unsigned long b = strtoul(s, &end, 16);

		if (end != s + 2)
			die("'%s' is not two hexadecimal digits", s);
		put_byte(o, (unsigned)b);
	}
}

static const char *
skip_word(const char *s)
{
	while (*s != '\0' && *s != ' ')
		s++;
	return s;
}

static const char *
skip_blanks(const char *s)
{
	while (*s == ' ' || *s == '\t')
		s++;
	return s;
}

/* Once, and as often as "*N" behind it says. */
static const char *
put_item(struct out *o, const char *s)
{
	const char *star = NULL, *end = NULL;
	uint64_t times = 1;

	if (*s == '@') {
		uint64_t to = number(s + 1);

		while (o->len < to)
			put_byte(o, 0);
		o->len = (size_t)to;
		return skip_word(s);
	}
	if (*s == '"')
		return put_text(o, s);
	end = skip_word(s);
	star = memchr(s, '*', (size_t)(end - s));
	if (star != NULL)
		times = number(star + 1);
	while (times-- != 0)
		put_word(o, s);
	return end;
}

static size_t
make_bytes(const char *s, uint8_t *buf, size_t cap, uint64_t pfn)
{
	struct out o = { buf, 0, cap, pfn };
	size_t longest = 0;

	memset(buf, 0, cap);
	for (s = skip_blanks(s); *s != '\0'; s = skip_blanks(s)) {
		s = put_item(&o, s);
		longest = o.len > longest ? o.len : longest;
	}
	return longest;
}

/* ---- reading the text --------------------------------------------------------------- */

static void
add_page(uint64_t pfn, enum what what, const char *codec, const char *bytes)
{
	g.page = more(g.page, g.pages, sizeof(*g.page));
	g.page[g.pages++] = (struct page){ .pfn = pfn,
					   .what = what,
					   .codec = codec,
					   .bytes = bytes == NULL ? NULL : copy(bytes) };
}

static uint64_t
pfn_of(const char *addr)
{
	return number(addr) / get_number("block", "4096");
}

static void
read_pages(char **word, size_t words, const char *bytes, FILE *in)
{
	bool one = strcmp(word[0], "page") == 0;
	size_t at = one ? 2 : 3;
	uint64_t count = one ? 1 : number(word[2]);
	const char *codec = words > at ? copy(word[at]) : NULL;

	(void)in;
	if (bytes == NULL || words > at + 1)
		die("page ADDR [CODEC] = BYTES");
	for (uint64_t i = 0; i < count; i++)
		add_page(pfn_of(word[1]) + i, DUMPED, codec, bytes);
}

static void
read_run(char **word, size_t words, const char *bytes, FILE *in)
{
	enum what what = strcmp(word[0], "zero") == 0   ? ZERO
			 : strcmp(word[0], "lost") == 0 ? LOST
							: EXCLUDED;

	(void)bytes;
	(void)in;
	for (uint64_t i = 0, n = words > 2 ? number(word[2]) : 1; i < n; i++)
		add_page(pfn_of(word[1]) + i, what, NULL, NULL);
}

static void
read_desc(char **word, size_t words, const char *bytes, FILE *in)
{
	uint64_t pfn = pfn_of(word[1]);

	(void)bytes;
	(void)in;
	for (size_t i = 0; i < g.pages; i++) {
		struct page *p = &g.page[i];

		for (size_t k = 2; p->pfn == pfn && k < words; k++) {
			if (starts(word[k], "off="))
				p->has_off = true, p->off = number(word[k] + 4);
			else if (starts(word[k], "len="))
				p->has_len = true, p->len = number(word[k] + 4);
			else if (starts(word[k], "flags="))
				p->has_flags = true, p->flags = number(word[k] + 6);
			else
				die("no field '%s'", word[k]);
		}
	}
}

static void
read_load_field(struct segment *s, const char *word)
{
	if (starts(word, "pa="))
		s->pa = number(word + 3);
	else if (starts(word, "va="))
		s->va = number(word + 3);
	else if (starts(word, "type="))
		s->type = (uint32_t)number(word + 5);
	else if (starts(word, "mem="))
		s->has_mem = true, s->mem = number(word + 4);
	else if (starts(word, "file="))
		s->has_file = true, s->file = number(word + 5);
	else if (starts(word, "off="))
		s->has_off = true, s->off = number(word + 4);
	else
		die("no field '%s'", word);
}

static void
read_load(char **word, size_t words, const char *bytes, FILE *in)
{
	struct segment s = { .type = 1 };

	(void)in;
	for (size_t k = 1; k < words; k++)
		read_load_field(&s, word[k]);
	if (bytes != NULL) {
		size_t cap = s.has_file ? (size_t)s.file : s.has_mem ? (size_t)s.mem : DATA_MAX;

		if (cap > DATA_MAX)
			cap = DATA_MAX;
		s.data = take(cap + 1);
		s.data_len = make_bytes(bytes, s.data, cap, s.pa / 4096);
	}
	if (!s.has_file)
		s.file = s.data_len;
	if (!s.has_mem)
		s.mem = s.file;
	g.segment = more(g.segment, g.segments, sizeof(s));
	g.segment[g.segments++] = s;
}

static size_t
up(size_t n, size_t to)
{
	return (n + to - 1) / to * to;
}

static void
add_note(const char *name, uint32_t type, const uint8_t *desc, size_t len)
{
	size_t name_len = strlen(name) + 1;
	size_t all = 12 + up(name_len, 4) + up(len, 4);
	uint8_t *p = g.notes + g.notes_len;

	if (all > NOTES_MAX - g.notes_len)
		die("too many notes");
	put(p, name_len, 4);
	put(p + 4, len, 4);
	put(p + 8, type, 4);
	memcpy(p + 12, name, name_len);
	memcpy(p + 12 + up(name_len, 4), desc, len);
	if (strcmp(name, "VMCOREINFO") == 0) {
		g.info_off = g.notes_len + 12 + up(name_len, 4);
		g.info_len = len;
	}
	g.notes_len += all;
}

static void
read_note(char **word, size_t words, const char *bytes, FILE *in)
{
	uint8_t *buf = take(NOTES_MAX);

	(void)in;
	if (words != 3 || bytes == NULL)
		die("note NAME TYPE = BYTES");
	add_note(word[1], (uint32_t)number(word[2]), buf, make_bytes(bytes, buf, 64 << 10, 0));
	free(buf);
}

static void
read_vmcoreinfo(char **word, size_t words, const char *bytes, FILE *in)
{
	char *text = take(NOTES_MAX), line[4096];
	size_t len = 0;

	(void)word;
	(void)words;
	(void)bytes;
	while (fgets(line, sizeof(line), in) != NULL) {
		g.line++;
		if (strcmp(line, "end\n") == 0) {
			add_note("VMCOREINFO", 0, (uint8_t *)text, len);
			free(text);
			return;
		}
		len += (size_t)snprintf(text + len, NOTES_MAX - len, "%s", line);
	}
	die("vmcoreinfo without end");
}

static void
add_edit(char kind, char **word, size_t words, size_t need)
{
	struct edit e = { .kind = kind };

	if (words != need + 1)
		die("'%s' wants %zu numbers", word[0], need);
	e.off = number(word[1]);
	e.len = need > 1 ? number(word[2]) : 0;
	e.value = need > 2 ? number(word[3]) : 0;
	g.edit = more(g.edit, g.edits, sizeof(e));
	g.edit[g.edits++] = e;
}

static void
read_newnote(char **word, size_t words, const char *bytes, FILE *in)
{
	(void)word;
	(void)words;
	(void)bytes;
	(void)in;
	if (g.note_starts == sizeof(g.note_start) / sizeof(g.note_start[0]))
		die("too many PT_NOTEs");
	g.note_start[g.note_starts++] = g.notes_len;
}

static void
read_edit(char **word, size_t words, const char *bytes, FILE *in)
{
	size_t need = strcmp(word[0], "truncate") == 0 ? 1 : strcmp(word[0], "gap") == 0 ? 2 : 3;

	(void)bytes;
	(void)in;
	add_edit(word[0][0], word, words, need);
}

static void
read_statement(char **word, size_t words, const char *bytes, FILE *in)
{
	static const struct {
		const char *name;
		size_t words; /* at least */
		void (*read)(char **word, size_t words, const char *bytes, FILE *in);
	} statements[] = {
		{ "page", 2, read_pages },      { "pages", 3, read_pages },
		{ "zero", 2, read_run },        { "excluded", 2, read_run },
		{ "lost", 2, read_run },        { "desc", 3, read_desc },
		{ "load", 1, read_load },       { "note", 3, read_note },
		{ "newnote", 1, read_newnote }, { "vmcoreinfo", 1, read_vmcoreinfo },
		{ "fill", 4, read_edit },       { "patch", 4, read_edit },
		{ "truncate", 2, read_edit },   { "gap", 3, read_edit },
	};

	for (size_t i = 0; i < sizeof(statements) / sizeof(statements[0]); i++) {
		if (strcmp(word[0], statements[i].name) == 0 && words >= statements[i].words) {
			statements[i].read(word, words, bytes, in);
			return;
		}
	}
	die("'%s' is no statement, or lacks something", word[0]);
}

/* Words before " = ", and what stands behind it. */
static void
read_line(char *line, FILE *in)
{
	char *word[16] = { NULL }, *save = NULL;
	char *bytes = strstr(line, " =");
	size_t words = 0;

	if (bytes != NULL) {
		*bytes = '\0';
		bytes += 2 + strspn(bytes + 2, " \t");
	}
	for (char *w = strtok_r(line, " \t", &save); w != NULL; w = strtok_r(NULL, " \t", &save)) {
		if (words == 16)
			die("too many words");
		word[words++] = w;
	}
	if (words == 0)
		return;
	if (words == 1 && bytes != NULL && strcmp(word[0], "load") != 0)
		set(word[0], bytes, false);
	else
		read_statement(word, words, bytes, in);
}

/* Without a comment, a line end and blanks behind it. */
static void
trim(char *line)
{
	bool quoted = false;
	size_t len = 0;

	for (; line[len] != '\0' && line[len] != '\n'; len++) {
		quoted ^= line[len] == '"' && (len == 0 || line[len - 1] != '\\');
		if (line[len] == '#' && !quoted)
			break;
	}
	while (len != 0 && (line[len - 1] == ' ' || line[len - 1] == '\t'))
		len--;
	line[len] = '\0';
}

static void
read_text(const char *name)
{
	FILE *in = fopen(name, "r");
	char *line = take(LINE_MAX_LEN);

	g.name = name;
	if (in == NULL)
		die("%s", strerror(errno));
	while (fgets(line, LINE_MAX_LEN, in) != NULL) {
		g.line++;
		trim(line);
		read_line(line, in);
	}
	free(line);
	fclose(in);
}

/* ---- writing ------------------------------------------------------------------------ */

static void
write_at(int fd, uint64_t off, const void *p, size_t len)
{
	const uint8_t *from = p;
	size_t done = 0;

	while (done < len) {
		ssize_t n = pwrite(fd, from + done, len - done, (off_t)(off + done));

		if (n <= 0)
			die("cannot write: %s", strerror(errno));
		done += (size_t)n;
	}
	if (fd == g.fd && off + len > g.end)
		g.end = off + len;
}

/* Fields one behind the other. */
struct fields {
	uint8_t b[512];
	size_t off;
	size_t word;
	bool padded;
};

static void
field(struct fields *f, uint64_t v, size_t len)
{
	put(f->b + f->off, v, len);
	f->off += len;
}

static void
field64(struct fields *f, uint64_t v)
{
	if (f->padded)
		f->off = up(f->off, 8);
	field(f, v, 8);
}

static void
field_text(struct fields *f, const char *key, const char *otherwise)
{
	size_t len = strlen(get(key, otherwise));

	memcpy(f->b + f->off, get(key, otherwise), len < 65 ? len : 65);
	f->off += 65;
}

static uint64_t
status(void)
{
	static const struct {
		const char *name;
		const char *flag;
	} codecs[] = { { "zlib", "1" }, { "lzo", "2" }, { "snappy", "4" }, { "zstd", "0x20" } };

	for (size_t i = 0; i < 4; i++) {
		if (is("codec", codecs[i].name, "raw"))
			return get_number("status", codecs[i].flag);
	}
	return get_number("status", "0");
}

/* Where the parts of a kdump file are. */
struct layout {
	uint64_t block, word;
	uint64_t version;
	uint64_t max_pfn;
	uint64_t sub_len, sub_blocks, bitmap_blocks;
	uint64_t notes, bitmap1, bitmap2, descs;
	uint64_t first, end; /* page frames of this file */
	bool split;
};

static size_t
sub_header_len(uint64_t version, uint64_t word, bool padded)
{
	static const size_t lp64[] = { 8, 12, 32, 48, 64, 80, 104 };
	static const size_t packed[] = { 4, 8, 20, 32, 44, 56, 80 };
	static const size_t aligned[] = { 4, 8, 20, 36, 52, 68, 96 };
	size_t v = version > 6 ? 6 : (size_t)version;

	return word == 8 ? lp64[v] : padded ? aligned[v] : packed[v];
}

static uint64_t
highest_pfn(void)
{
	uint64_t max = 0;

	for (size_t i = 0; i < g.pages; i++)
		max = g.page[i].pfn + 1 > max ? g.page[i].pfn + 1 : max;
	return max;
}

static struct layout
lay_out(void)
{
	struct layout l = { .block = get_number("block", "4096"), .word = get_number("word", "8") };
	uint64_t bitmaps = get_number("bitmaps", "2");
	const char *split = get("split", NULL);
	uint64_t bitmap = 0;

	l.version = get_number("version", "6");
	l.max_pfn = get("max_pfn", NULL) != NULL ? get_number("max_pfn", "0") : highest_pfn();
	l.sub_len = sub_header_len(l.version, l.word, !is("padded", "no", "yes"));
	l.sub_blocks = up(l.sub_len + g.notes_len, l.block) / l.block;
	l.notes = l.block + l.sub_len;
	bitmap = up(up(l.max_pfn, 8) / 8, l.block);
	l.bitmap_blocks = bitmaps * bitmap / l.block;
	l.bitmap1 = (1 + l.sub_blocks) * l.block;
	l.bitmap2 = bitmaps == 2 ? l.bitmap1 + bitmap : l.bitmap1;
	l.descs = l.bitmap1 + l.bitmap_blocks * l.block;
	l.split = split != NULL;
	l.end = UINT64_MAX;
	if (l.split) {
		l.first = number(split);
		if (strchr(split, ',') == NULL)
			die("split = FIRST,END");
		l.end = number(strchr(split, ',') + 1);
	}
	return l;
}

static void
write_header(const struct layout *l)
{
	struct fields f = { .word = l->word };

	memcpy(f.b, get("signature", "KDUMP   "), 8);
	f.off = 8;
	field(&f, l->version, 4);
	field_text(&f, "sysname", "Linux");
	field_text(&f, "nodename", "");
	field_text(&f, "release", "");
	field_text(&f, "osversion", "");
	field_text(&f, "machine", "x86_64");
	field_text(&f, "domainname", "(none)");
	f.off = up(f.off, l->word);
	field(&f, get_number("time", "0"), l->word);
	field(&f, 0, l->word);
	field(&f, status(), 4);
	field(&f, l->block, 4);
	field(&f, l->sub_blocks, 4);
	field(&f, l->bitmap_blocks, 4);
	field(&f, l->max_pfn > UINT32_MAX ? UINT32_MAX : l->max_pfn, 4);
	f.off += 16;
	field(&f, get_number("cpus", "1"), 4);
	write_at(g.fd, 0, f.b, f.off);
}

static void
write_sub_header(const struct layout *l)
{
	struct fields f = { .word = l->word, .padded = l->word == 8 || !is("padded", "no", "yes") };
	uint64_t end = l->split ? l->end : 0;
	bool info = g.info_len != 0;

	field(&f, get_number("phys_base", "0"), l->word);
	field(&f, get_number("dump_level", "0"), 4);
	field(&f, l->split, 4);
	field(&f, l->first, l->word);
	field(&f, end, l->word);
	field64(&f, info ? l->notes + g.info_off : 0);
	field(&f, g.info_len, l->word);
	field64(&f, g.notes_len != 0 ? l->notes : 0);
	field(&f, g.notes_len, l->word);
	field64(&f, 0);
	field(&f, 0, l->word);
	field64(&f, l->first);
	field64(&f, end);
	field64(&f, l->max_pfn);
	write_at(g.fd, l->block, f.b, l->sub_len);
	if (l->version >= 3)
		write_at(g.fd, l->notes, g.notes, g.notes_len);
}

static int
compare_pages(const void *a, const void *b)
{
	const struct page *x = a, *y = b;

	return (x->pfn > y->pfn) - (x->pfn < y->pfn);
}

static void
set_bit(uint64_t bitmap, uint64_t pfn)
{
	uint8_t b = 0;

	if (pread(g.fd, &b, 1, (off_t)(bitmap + pfn / 8)) < 0)
		die("cannot read: %s", strerror(errno));
	b |= (uint8_t)(1u << pfn % 8);
	write_at(g.fd, bitmap + pfn / 8, &b, 1);
}

static size_t
pack_lzo(const uint8_t *in, size_t len, uint8_t *out)
{
	lzo_uint got = 0;
	void *work = take(LZO1X_1_MEM_COMPRESS);

	if (lzo1x_1_compress(in, len, out, &got, work) != LZO_E_OK)
		die("lzo failed");
	free(work);
	return got;
}

/* Packs a page; gives its length and sets the descriptor's flags. */
static size_t
pack(const char *codec, const uint8_t *in, size_t len, uint8_t *out, size_t cap, uint64_t *flags)
{
	uLongf got = cap;

	if (strcmp(codec, "zlib") == 0) {
		*flags = 1;
		if (compress2(out, &got, in, len, 6) != Z_OK)
			die("zlib failed");
		return got;
	}
	if (strcmp(codec, "lzo") == 0) {
		*flags = 2;
		return pack_lzo(in, len, out);
	}
	if (strcmp(codec, "snappy") == 0) {
		*flags = 4;
		got = cap;
		if (snappy_compress((const char *)in, len, (char *)out, &got) != SNAPPY_OK)
			die("snappy failed");
		return got;
	}
	if (strcmp(codec, "zstd") == 0) {
		*flags = 0x20;
		return ZSTD_compress(out, cap, in, len, 3);
	}
	if (strcmp(codec, "raw") != 0)
		die("no codec '%s'", codec);
	*flags = 0;
	memcpy(out, in, len);
	return len;
}

/* Writes the data of a page at *at and fills in what its descriptor says. */
static void
write_page(const struct layout *l, struct page *p, uint64_t *at, uint64_t *zeros)
{
	uint8_t *page = take(l->block), *packed = take(2 * l->block + 1024);
	const char *codec = p->codec == NULL ? get("codec", "raw") : p->codec;
	uint64_t flags = 0, off = *at;
	size_t len = 0;

	memset(page, 0, l->block);
	if (p->what == ZERO && *zeros != 0) {
		off = *zeros;
		len = l->block;
	} else {
		if (p->what == DUMPED)
			make_bytes(p->bytes, page, l->block, p->pfn);
		else
			*zeros = *at;
		len = pack(p->what == ZERO ? "raw" : codec, page, l->block, packed,
			   2 * l->block + 1024, &flags);
		if (len >= l->block && p->codec == NULL)
			len = pack("raw", page, l->block, packed, 2 * l->block + 1024, &flags);
		write_at(g.fd, *at, packed, len);
		*at += len;
	}
	p->off = p->has_off ? p->off : off;
	p->len = p->has_len ? p->len : len;
	p->flags = p->has_flags ? p->flags : flags;
	free(page);
	free(packed);
}

static void
write_desc(uint64_t at, const struct page *p)
{
	struct fields f = { 0 };

	if (p->what != LOST) {
		field(&f, p->off, 8);
		field(&f, p->len, 4);
		field(&f, p->flags, 4);
	}
	write_at(g.fd, at, f.b, 24);
}

static bool
is_here(const struct layout *l, const struct page *p)
{
	return p->what != EXCLUDED && p->pfn >= l->first && p->pfn < l->end;
}

static void
write_pages(const struct layout *l)
{
	uint64_t count = 0, at = 0, zeros = 0, desc = l->descs;

	for (size_t i = 0; i < g.pages; i++) {
		if (l->bitmap1 != l->bitmap2)
			set_bit(l->bitmap1, g.page[i].pfn);
		if (g.page[i].what != EXCLUDED)
			set_bit(l->bitmap2, g.page[i].pfn);
		count += is_here(l, &g.page[i]);
	}
	at = l->descs + 24 * count;
	for (size_t i = 0; i < g.pages; i++) {
		if (!is_here(l, &g.page[i]))
			continue;
		if (g.page[i].what != LOST)
			write_page(l, &g.page[i], &at, &zeros);
		write_desc(desc, &g.page[i]);
		desc += 24;
	}
	if (g.end < l->descs && ftruncate(g.fd, (off_t)l->descs) == 0)
		g.end = l->descs;
}

static void
write_kdump(void)
{
	struct layout l = lay_out();

	qsort(g.page, g.pages, sizeof(*g.page), compare_pages);
	write_header(&l);
	if (l.sub_blocks != 0)
		write_sub_header(&l);
	write_pages(&l);
}

/* ---- ELF ---------------------------------------------------------------------------- */

static void
write_segment(uint64_t at, const struct segment *s, size_t word)
{
	struct fields f = { 0 };

	field(&f, s->type, 4);
	if (word == 8)
		field(&f, 7, 4);
	field(&f, s->off, word);
	field(&f, s->va, word);
	field(&f, s->pa, word);
	field(&f, s->file, word);
	field(&f, s->mem, word);
	if (word == 4)
		field(&f, 7, 4);
	field(&f, 0, word);
	write_at(g.fd, at, f.b, f.off);
}

static void
write_elf_header(size_t word, size_t count, uint64_t sections)
{
	struct fields f = { 0 };
	bool xnum = is("xnum", "yes", "no");

	memcpy(f.b, "\177ELF", 4);
	f.b[4] = word == 8 ? 2 : 1;
	f.b[5] = big() ? 2 : 1;
	f.b[6] = 1;
	f.off = 16;
	field(&f, get_number("type", "4"), 2);
	field(&f, get_number("machine", "62"), 2);
	field(&f, 1, 4);
	field(&f, 0, word);
	field(&f, word == 8 ? 64 : 52, word);
	field(&f, xnum ? sections : 0, word);
	field(&f, get_number("flags", "0"), 4);
	field(&f, word == 8 ? 64 : 52, 2);
	field(&f, get_number("phentsize", word == 8 ? "56" : "32"), 2);
	field(&f, xnum ? 0xffff : count, 2);
	field(&f, word == 8 ? 64 : 40, 2);
	field(&f, xnum ? 1 : 0, 2);
	field(&f, 0, 2);
	write_at(g.fd, 0, f.b, f.off);
}

/* The first section header, whose sh_info is the number of segments. */
static void
write_xnum(uint64_t at, size_t word, size_t count)
{
	struct fields f = { 0 };

	field(&f, 0, 8);
	field(&f, 0, word);
	field(&f, 0, word);
	field(&f, 0, word);
	field(&f, 0, word);
	field(&f, 0, 4);
	field(&f, count, 4);
	field(&f, 0, word);
	field(&f, 0, word);
	write_at(g.fd, at, f.b, f.off);
}

static void
write_note_segments(uint64_t table, size_t entry, uint64_t notes_at, size_t count, size_t word)
{
	for (size_t i = 0; i < count; i++) {
		size_t from = i == 0 ? 0 : g.note_start[i - 1];
		size_t to = i + 1 < count ? g.note_start[i] : g.notes_len;
		struct segment s = { .type = 4, .off = notes_at + from, .file = to - from };

		write_segment(table + i * entry, &s, word);
	}
}

/* The data of a segment; the file reaches as far as the segment says. */
static void
write_load(const struct segment *s)
{
	if (s->data == NULL)
		return;
	write_at(g.fd, s->off, s->data, s->data_len);
	if (s->file > s->data_len && s->off + s->file > g.end &&
	    ftruncate(g.fd, (off_t)(s->off + s->file)) == 0)
		g.end = s->off + s->file;
}

static void
write_elf(void)
{
	size_t word = get_number("word", "8"), header = word == 8 ? 64 : 52;
	size_t entry = get_number("phentsize", word == 8 ? "56" : "32");
	size_t notes = g.notes_len == 0 ? 0 : 1 + g.note_starts;
	size_t count = notes + g.segments;
	bool xnum = is("xnum", "yes", "no");
	uint64_t block = get_number("block", "4096");
	uint64_t sections = header + count * entry;
	uint64_t at = sections + (xnum ? 64 : 0);
	uint64_t data = up(at + g.notes_len, block);

	write_elf_header(word, count, sections);
	if (xnum)
		write_xnum(sections, word, count);
	write_at(g.fd, at, g.notes, g.notes_len);
	write_note_segments(header, entry, at, notes, word);
	for (size_t i = 0; i < g.segments; i++) {
		struct segment *s = &g.segment[i];

		s->off = s->has_off ? s->off : data;
		write_segment(header + (notes + i) * entry, s, word);
		write_load(s);
		if (s->data != NULL && s->off + s->file > data)
			data = up(s->off + s->file, block);
	}
}

/* ---- what is done to the finished file ---------------------------------------------- */

static void
fill(const struct edit *e)
{
	uint8_t b = (uint8_t)e->value;

	for (uint64_t i = 0; i < e->len; i++)
		write_at(g.fd, e->off + i, &b, 1);
}

static void
apply_edits(void)
{
	for (size_t i = 0; i < g.edits; i++) {
		const struct edit *e = &g.edit[i];
		uint8_t b[8];

		if (e->kind == 'f')
			fill(e);
		if (e->kind == 'p') {
			put(b, e->value, e->len);
			write_at(g.fd, e->off, b, e->len);
		}
		if (e->kind == 't') {
			g.end = (int64_t)e->off < 0 ? g.end + e->off : e->off;
			if (ftruncate(g.fd, (off_t)g.end) != 0)
				die("cannot truncate: %s", strerror(errno));
		}
	}
}

static void
put_be64(uint8_t *p, uint64_t v)
{
	for (int i = 0; i < 8; i++)
		p[i] = (uint8_t)(v >> (56 - 8 * i));
}

static void
write_record(int to, uint64_t *at, uint64_t off, const uint8_t *b, size_t len)
{
	uint8_t head[16];

	put_be64(head, off);
	put_be64(head + 8, len);
	write_at(to, *at, head, 16);
	write_at(to, *at + 16, b, len);
	*at += 16 + len;
}

/* The part of [off, off + len) before the next gap; *skip is how much of it is in one. */
static uint64_t
before_gap(uint64_t off, uint64_t len, uint64_t *skip)
{
	*skip = 0;
	for (size_t i = 0; i < g.edits; i++) {
		const struct edit *e = &g.edit[i];

		if (e->kind != 'g' || off + len <= e->off || off >= e->off + e->len)
			continue;
		if (off < e->off)
			len = e->off - off;
		else
			*skip = e->off + e->len - off < len ? e->off + e->len - off : len;
	}
	return len;
}

static void
flatten_range(int to, uint64_t *at, uint64_t off, uint64_t len, uint8_t *b)
{
	while (len != 0) {
		uint64_t skip = 0, part = before_gap(off, len, &skip);

		if (skip == 0) {
			if (is("flat_stale", "yes", "no")) {
				memset(b, 0xee, part);
				write_record(to, at, off, b, part);
			}
			if (pread(g.fd, b, part, (off_t)off) != (ssize_t)part)
				die("cannot read back");
			write_record(to, at, off, b, part);
		}
		off += skip != 0 ? skip : part;
		len -= skip != 0 ? skip : part;
	}
}

static void
flatten(int to, uint64_t step)
{
	uint8_t head[4096] = "makedumpfile", *b = take(step);
	uint8_t end[16];
	uint64_t at = sizeof(head), count = (g.end + step - 1) / step;

	put_be64(head + 16, 1);
	put_be64(head + 24, 1);
	write_at(to, 0, head, sizeof(head));
	for (uint64_t i = 0; i < count; i++) {
		uint64_t off = (is("flat_order", "down", "up") ? count - 1 - i : i) * step;

		flatten_range(to, &at, off, g.end - off < step ? g.end - off : step, b);
	}
	memset(end, 0xff, sizeof(end));
	if (!is("flat_end", "no", "yes"))
		write_at(to, at, end, sizeof(end));
	free(b);
}

static int
create(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	if (fd < 0)
		die("cannot create '%s': %s", path, strerror(errno));
	return fd;
}

static void
read_overrides(int argc, char **argv)
{
	for (int i = 3; i < argc; i++) {
		char *value = strchr(argv[i], '=');

		if (value == NULL)
			die("'%s' is not KEY=VALUE", argv[i]);
		*value = '\0';
		set(argv[i], value + 1, true);
	}
}

int
main(int argc, char **argv)
{
	FILE *plain = NULL;
	uint64_t step = 0;

	if (argc < 3) {
		fputs("usage: mkdump TEXT OUT [KEY=VALUE]...\n", stderr);
		return 64;
	}
	read_overrides(argc, argv);
	read_text(argv[1]);
	step = get_number("flat", "0");
	if (step != 0) {
		plain = tmpfile();
		if (plain == NULL)
			die("no temporary file: %s", strerror(errno));
		g.fd = fileno(plain);
	} else {
		g.fd = create(argv[2]);
	}
	if (is("format", "elf", "kdump"))
		write_elf();
	else
		write_kdump();
	apply_edits();
	if (plain != NULL)
		flatten(create(argv[2]), step);
	return 0;
}
