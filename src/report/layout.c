/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/layout.h"

enum {
	LAYOUT_COLUMNS = 8,     /* of one block */
	LAYOUT_COLUMN_MAX = 40, /* a longer cell pushes its own line only */
	LAYOUT_CELL_WIDTH = 80, /* packed to that without a terminal */
	LAYOUT_GAP = 2,         /* blanks between columns */
};

struct layout {
	unsigned int width;
	struct text *out;
	struct arena *scratch;
	bool any;     /* something was written */
	bool blank;   /* a blank line waits to be written */
	size_t fence; /* backticks of the fence we are in, or 0 */
};

/* Columns on the screen: characters, but for marks and for the escape sequences that only
 * templates can have. */
static size_t
columns_of(struct str s)
{
	size_t n = 0;
	bool sequence = false;

	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = (uint8_t)s.p[i];

		if (sequence)
			sequence = c != 'm';
		else if (c == '\033')
			sequence = true;
		else if (c >= 0x20 && (c & 0xc0) != 0x80)
			n++;
	}
	return n;
}

static void
put_blanks(struct text *t, size_t n)
{
	while (n-- > 0)
		text_char(t, ' ');
}

static struct str
trim_end(struct str s)
{
	while (s.len != 0 && (s.p[s.len - 1] == ' ' || s.p[s.len - 1] == '\t'))
		s.len--;
	return s;
}

static void
track_fence(struct layout *l, struct str line)
{
	size_t run = 0;

	while (run < line.len && line.p[run] == '`')
		run++;
	if (run < 3)
		return;
	if (l->fence == 0)
		l->fence = run;
	else if (run >= l->fence)
		l->fence = 0;
}

static bool
is_mark(char c)
{
	return c == LAYOUT_WRAP[0] || c == LAYOUT_COL[0] || c == LAYOUT_CELL[0];
}

/* Marks that mean nothing where they stand are not shown. */
static void
put_without_marks(struct text *out, struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (!is_mark(s.p[i]))
			text_char(out, s.p[i]);
	}
}

static void
put_line(struct layout *l, struct str line)
{
	line = trim_end(line);
	if (line.len == 0 && l->fence == 0) {
		l->blank = l->any;
		return;
	}
	track_fence(l, line);
	if (l->blank)
		text_char(l->out, '\n');
	put_without_marks(l->out, line);
	text_char(l->out, '\n');
	l->any = true;
	l->blank = false;
}

/* The words of s that fit into room columns, at least one. */
static struct str
take_fitting(struct str *s, size_t room)
{
	size_t end = 0;

	for (size_t i = 0; i <= s->len; i++) {
		if (i != s->len && s->p[i] != ' ')
			continue;
		if (end != 0 && columns_of(str_first(*s, i)) > room)
			break;
		end = i;
	}

	struct str fitting = str_first(*s, end);

	*s = str_trim(str_from(*s, end));
	return fitting;
}

/* A line without columns; at most one wrap mark. */
static void
put_wrapped(struct layout *l, struct str line)
{
	struct str head = { NULL, 0 };
	struct text t = text_new(l->scratch);

	if (!str_cut(&line, LAYOUT_WRAP[0], &head)) {
		put_line(l, line);
		return;
	}

	size_t indent = columns_of(head);

	text_put(&t, head);
	if (l->width <= indent + 10) {
		text_put(&t, line);
		put_line(l, text_str(&t));
		return;
	}
	line = str_trim(line);
	do {
		text_put(&t, take_fitting(&line, l->width - indent));
		put_line(l, text_str(&t));
		t.len = 0;
		put_blanks(&t, indent);
	} while (line.len != 0);
}

/* ---- columns ---- */

static void
measure(struct str line, size_t widths[LAYOUT_COLUMNS])
{
	struct str cell = { NULL, 0 };

	for (size_t i = 0; i < LAYOUT_COLUMNS && str_cut(&line, LAYOUT_COL[0], &cell); i++) {
		size_t n = columns_of(cell);

		if (n <= LAYOUT_COLUMN_MAX && n > widths[i])
			widths[i] = n;
	}
}

static void
put_aligned(struct layout *l, struct str line, const size_t widths[LAYOUT_COLUMNS])
{
	struct text t = text_new(l->scratch);
	struct str cell = { NULL, 0 };

	for (size_t i = 0; str_cut(&line, LAYOUT_COL[0], &cell); i++) {
		size_t n = columns_of(cell);
		size_t want = i < LAYOUT_COLUMNS ? widths[i] : 0;

		text_put(&t, cell);
		/* A column that is empty in all lines takes no room. */
		if (want != 0)
			put_blanks(&t, (n < want ? want - n : 0) + LAYOUT_GAP);
	}
	text_put(&t, line);
	put_wrapped(l, text_str(&t));
}

static void
put_column_block(struct layout *l, const struct str *line, size_t count)
{
	size_t widths[LAYOUT_COLUMNS] = { 0 };

	for (size_t i = 0; i < count; i++)
		measure(line[i], widths);
	for (size_t i = 0; i < count; i++)
		put_aligned(l, line[i], widths);
}

/* ---- cells ---- */

static void
put_cell_block(struct layout *l, const struct str *line, size_t count)
{
	struct text t = text_new(l->scratch);
	size_t widest = 0;
	size_t room = l->width == 0 ? LAYOUT_CELL_WIDTH : l->width;
	struct str indent = { NULL, 0 };

	for (size_t i = 0; i < count; i++) {
		struct str cell = line[i];

		(void)str_cut(&cell, LAYOUT_CELL[0], &indent);
		widest = columns_of(cell) > widest ? columns_of(cell) : widest;
	}
	for (size_t i = 0; i < count; i++) {
		struct str cell = line[i];
		size_t used = columns_of(text_str(&t));

		(void)str_cut(&cell, LAYOUT_CELL[0], &indent);
		if (used != 0 && used + widest > room) {
			put_line(l, text_str(&t));
			t.len = 0;
		}
		if (t.len == 0)
			text_put(&t, indent);
		text_put(&t, cell);
		put_blanks(&t, widest - columns_of(cell) + LAYOUT_GAP);
	}
	put_line(l, text_str(&t));
}

/* ---- blocks ---- */

static size_t
column_lines(const struct str *line, size_t count)
{
	size_t n = 0;

	while (n < count && str_find_char(line[n], LAYOUT_COL[0]) != STR_NONE)
		n++;
	return n;
}

/* A cell is a line of its own, behind an indent. */
static size_t
cell_lines(const struct str *line, size_t count)
{
	size_t n = 0;

	for (; n < count; n++) {
		size_t at = str_find_char(line[n], LAYOUT_CELL[0]);

		if (at == STR_NONE || str_trim(str_first(line[n], at)).len != 0)
			break;
	}
	return n;
}

/* How many lines were written: those of a block, or one. */
static size_t
put_block(struct layout *l, const struct str *line, size_t count)
{
	size_t cells = cell_lines(line, count);
	size_t columns = column_lines(line, count);

	if (cells != 0) {
		put_cell_block(l, line, cells);
		return cells;
	}
	if (columns != 0) {
		put_column_block(l, line, columns);
		return columns;
	}
	put_wrapped(l, line[0]);
	return 1;
}

void
layout_write(struct str in, unsigned int width, struct text *out)
{
	struct arena *scratch = arena_new_temporary(out->arena);
	struct layout l = { .width = width, .out = out, .scratch = scratch };
	struct str *lines = NULL;
	struct str line = { NULL, 0 };
	size_t count = 0;
	size_t cap = 0;

	while (str_take_line(&in, &line)) {
		lines = arena_grow(scratch, lines, count, &cap, sizeof(*lines));
		lines[count++] = line;
	}
	for (size_t i = 0; i < count;)
		i += put_block(&l, lines + i, count - i);
	arena_free(scratch);
}
