/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mkdump.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void
add_page(uint64_t pfn, enum what what, const char *codec, const char *bytes)
{
	g.page = more(g.page, g.pages, sizeof(*g.page));
	g.page[g.pages++] = (struct page){ .pfn = pfn,
					   .what = what,
					   .codec = codec,
					   .bytes = bytes == NULL ? NULL : copy(bytes) };
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
		die("page PFN [CODEC] = BYTES");
	for (uint64_t i = 0; i < count; i++)
		add_page(number(word[1]) + i, DUMPED, codec, bytes);
}

/* A page that is in the file as those bytes, whatever they are. */
static void
read_packed(char **word, size_t words, const char *bytes, FILE *in)
{
	(void)words;
	(void)in;
	if (bytes == NULL)
		die("packed PFN FLAGS = BYTES");
	add_page(number(word[1]), PACKED, NULL, bytes);
	g.page[g.pages - 1].has_flags = true;
	g.page[g.pages - 1].flags = number(word[2]);
}

/* A page that expands to more than a page. */
static void
read_bomb(char **word, size_t words, const char *bytes, FILE *in)
{
	(void)words;
	(void)bytes;
	(void)in;
	add_page(number(word[1]), BOMB, copy(word[2]), NULL);
	g.page[g.pages - 1].bomb_len = number(word[3]);
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
		add_page(number(word[1]) + i, what, NULL, NULL);
}

static void
read_desc(char **word, size_t words, const char *bytes, FILE *in)
{
	uint64_t pfn = number(word[1]);

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

/* check [-z|-L] SPACE ADDR LEN = BYTES, or check ... fails = TEXT */
static void
read_check(char **word, size_t words, const char *bytes, FILE *in)
{
	size_t at = word[1][0] == '-' ? 2 : 1;
	struct check c = { .flags = at == 2 ? copy(word[1]) : "" };

	(void)in;
	if (words < at + 3 || bytes == NULL)
		die("check [-z] [-L] SPACE ADDR LEN [fails] = BYTES");
	c.addr = number(word[at + 1]);
	if (strcmp(word[at], "PAGE") == 0)
		c.addr *= get_number("block", "4096");
	c.space = strcmp(word[at], "KVADDR") == 0 ? "KVADDR" : "MACHPHYSADDR";
	c.len = number(word[at + 2]);
	if (words == at + 4) {
		c.fails = copy(bytes);
	} else {
		c.bytes = take(c.len + 1);
		if (make_bytes(bytes, c.bytes, c.len, 0) != c.len)
			die("not %zu bytes", c.len);
	}
	g.check = more(g.check, g.checks, sizeof(c));
	g.check[g.checks++] = c;
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

/* A patch of which settings say where and what. */
static void
read_change(char **word, size_t words, const char *bytes, FILE *in)
{
	struct edit e = { 'p', get_number(word[1], "0"), 4, get_number(word[2], "0") };

	(void)words;
	(void)bytes;
	(void)in;
	g.edit = more(g.edit, g.edits, sizeof(e));
	g.edit[g.edits++] = e;
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
		{ "packed", 3, read_packed },   { "bomb", 4, read_bomb },
		{ "truncate", 2, read_edit },   { "change", 3, read_change },
		{ "check", 4, read_check },     { "gap", 3, read_edit },
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

void
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
