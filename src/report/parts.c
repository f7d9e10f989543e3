/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/parts.h"

#include "report/layout.h"

/* A mark's line: the mark, a digit (0: never left out) or '!' (left-out), and the name. */

bool
parts_mark(struct str name, struct arena *a, struct str *line)
{
	struct str word = { NULL, 0 };

	if (str_is(name, STR("left-out"))) {
		*line = STR(PARTS_MARK "!\n");
		return true;
	}
	if (!str_take_word(&name, &word) || !str_is(word, STR("part")))
		return false;
	if (!str_take_word(&name, &word)) {
		*line = STR(PARTS_MARK "0\n");
		return true;
	}
	name = str_trim(name);
	if (word.len != 1 || word.p[0] < '1' || word.p[0] > '9' || name.len == 0)
		return false;
	*line = str_of(arena_printf(a, PARTS_MARK "%c%.*s\n", word.p[0], STR_ARG(name)));
	return true;
}

/* What a line means. */
struct mark {
	bool is_mark;
	bool left_out;
	int rank;
	struct str name;
};

static struct mark
read_mark(struct str line)
{
	struct mark m = { .is_mark = false };

	/* A partial is indented as its tag is. */
	line = str_trim(line);
	if (!str_take(&line, STR(PARTS_MARK)) || line.len == 0)
		return m;
	m.is_mark = true;
	m.left_out = line.p[0] == '!';
	m.rank = m.left_out ? 0 : line.p[0] - '0';
	m.name = str_from(line, 1);
	return m;
}

bool
parts_have(struct str in, int rank)
{
	struct str line = { NULL, 0 };

	while (str_take_line(&in, &line)) {
		struct mark m = read_mark(line);

		if (m.is_mark && m.rank == rank)
			return true;
	}
	return false;
}

enum {
	PARTS_NAMES = 32, /* of parts that were left out; more than any template has */
};

/* Names of parts of that rank and above that hold anything, each once. */
static size_t
names_left_out(struct str in, int rank, struct str names[PARTS_NAMES])
{
	struct mark part = { .is_mark = false };
	struct str line = { NULL, 0 };
	size_t count = 0;

	while (count < PARTS_NAMES && str_take_line(&in, &line)) {
		struct mark m = read_mark(line);
		bool known = m.is_mark || part.rank < rank || str_trim(line).len == 0;

		if (m.is_mark && !m.left_out)
			part = m;
		for (size_t i = 0; i < count; i++)
			known = known || str_is(names[i], part.name);
		if (!known)
			names[count++] = part.name;
	}
	return count;
}

/* "Left out ...: registers, modules." */
static void
put_left_out(struct str in, int rank, size_t limit, struct text *out)
{
	struct str names[PARTS_NAMES] = { { NULL, 0 } };
	size_t count = names_left_out(in, rank, names);

	if (count == 0)
		return;
	text_printf(out, LAYOUT_WRAP "Left out, to keep within the %zu characters that fit here:",
		    limit);
	for (size_t i = 0; i < count; i++)
		text_printf(out, "%s %.*s", i == 0 ? "" : ",", STR_ARG(names[i]));
	text_put(out, STR(".\n"));
}

void
parts_write(struct str in, int rank, size_t limit, struct text *out)
{
	struct str rest = in;
	struct str line = { NULL, 0 };
	bool shown = true;

	while (str_take_line(&rest, &line)) {
		struct mark m = read_mark(line);

		if (m.left_out)
			put_left_out(in, rank, limit, out);
		else if (m.is_mark)
			shown = m.rank < rank;
		if (m.is_mark || !shown)
			continue;
		text_put(out, line);
		text_char(out, '\n');
	}
}

void
parts_cut(struct str in, size_t limit, struct text *out)
{
	static const char note[] = "[cut here: more does not fit]\n";
	size_t room = limit < sizeof(note) ? 0 : limit - sizeof(note);
	struct str line = { NULL, 0 };

	while (str_take_line(&in, &line) && out->len + line.len + 1 <= room) {
		text_put(out, line);
		text_char(out, '\n');
	}
	text_put(out, str_of(note));
}
