/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/wait_graph.h"

#include "base/utf8.h"
#include "facts/escape.h"

enum {
	GRAPH_NODES = 40, /* more cannot be taken in at a glance */
	GRAPH_LABEL = 30, /* characters of a lock's name; all of it is in its title */
	GRAPH_NONE = -1,

	/* In the units of the drawing, which are pixels where it is not scaled. */
	BOX_WIDTH = 190,
	BOX_HEIGHT = 46,
	COLUMN_STEP = BOX_WIDTH + 230, /* room for a lock's name on the arrow */
	ROW_STEP = BOX_HEIGHT + 50,
	MARGIN = 14,
	ARROW_DOWN = 24,    /* from a box's left edge to the arrow to the next in a circle */
	ARROW_BACK = 120,   /* where the arrow that closes a circle is drawn to */
	RETURN_WIDTH = 290, /* of that arrow and its name */
};

struct node {
	int64_t pid;
	struct str comm;
	struct str waits_for; /* or empty */
	int owner;            /* index of another node, or GRAPH_NONE */
	bool circle;
	int depth; /* arrows to the root or circle; GRAPH_NONE: not placed yet */
	int row;
};

struct graph {
	struct node node[GRAPH_NODES];
	int count;
	int columns;
	int rows;
	bool circles;
};

/* ---- nodes and arrows ---- */

static int
find_node(struct graph *g, int64_t pid, struct str comm)
{
	for (int i = 0; i < g->count; i++) {
		if (g->node[i].pid == pid)
			return i;
	}
	if (g->count == GRAPH_NODES)
		return GRAPH_NONE;
	g->node[g->count] =
		(struct node){ .pid = pid, .comm = comm, .owner = GRAPH_NONE, .depth = GRAPH_NONE };
	return g->count++;
}

/* What is known of a lock: the variable or the object that it is part of, or its address. */
static struct str
lock_name(const struct fact_row *row, struct arena *a)
{
	const struct fact *address = facts_get(row, BLOCKED_LOCK_ADDRESS);
	struct str name = { NULL, 0 };
	struct str type = { NULL, 0 };

	(void)facts_get_text(row, BLOCKED_LOCK_TYPE, &type);
	if (!facts_get_text(row, BLOCKED_LOCK_SYMBOL, &name) &&
	    !facts_get_text(row, BLOCKED_LOCK_OBJECT, &name) && address->count != 0)
		name = str_of(facts_value_text(a, FACT_KIND_ADDRESS, &address->values[0]));
	if (name.len == 0 && type.len == 0)
		(void)facts_get_text(row, BLOCKED_WAITS_FOR, &name);
	return str_of(arena_printf(a, "%.*s%s%.*s", STR_ARG(type),
				   type.len == 0 || name.len == 0 ? "" : " ", STR_ARG(name)));
}

static void
add_arrow(struct graph *g, int from, int to, struct str label)
{
	if (from == GRAPH_NONE || to == GRAPH_NONE || g->node[from].owner != GRAPH_NONE)
		return;
	g->node[from].owner = to;
	g->node[from].waits_for = label;
}

static void
add_blocked(struct graph *g, const struct fact_row *row, struct arena *a)
{
	int64_t pid = 0;
	int64_t owner_pid = 0;
	struct str comm = { NULL, 0 };
	struct str owner = { NULL, 0 };

	(void)facts_get_text(row, BLOCKED_COMM, &comm);
	(void)facts_get_text(row, BLOCKED_OWNER_COMM, &owner);
	if (!facts_get_number(row, BLOCKED_PID, &pid) ||
	    !facts_get_number(row, BLOCKED_OWNER_PID, &owner_pid))
		return;
	add_arrow(g, find_node(g, pid, comm), find_node(g, owner_pid, owner), lock_name(row, a));
}

static void
add_cycle(struct graph *g, const struct fact_row *row)
{
	const struct fact *members = facts_get(row, WAIT_CYCLE_MEMBERS);
	int first = GRAPH_NONE;
	int last = GRAPH_NONE;
	struct str last_waits = { NULL, 0 };

	for (size_t i = 0; i < members->count; i++) {
		const struct fact_row *m = members->values[i].row;
		int64_t pid = 0;
		struct str comm = { NULL, 0 };

		(void)facts_get_text(m, CYCLE_MEMBER_COMM, &comm);
		if (!facts_get_number(m, CYCLE_MEMBER_PID, &pid))
			return;

		int at = find_node(g, pid, comm);

		add_arrow(g, last, at, last_waits);
		first = first == GRAPH_NONE ? at : first;
		last = at;
		last_waits = (struct str){ NULL, 0 };
		(void)facts_get_text(m, CYCLE_MEMBER_WAITS, &last_waits);
	}
	add_arrow(g, last, first, last_waits);
}

/* ---- where they stand ---- */

/* Walking along the arrows for as many steps as there are nodes ends at a root or in a circle. */
static void
mark_circles(struct graph *g)
{
	for (int i = 0; i < g->count; i++) {
		int at = i;

		for (int steps = 0; steps < g->count && at != GRAPH_NONE; steps++)
			at = g->node[at].owner;
		if (at == GRAPH_NONE)
			continue;
		g->circles = true;
		while (!g->node[at].circle) {
			g->node[at].circle = true;
			at = g->node[at].owner;
		}
	}
}

static void
place(struct graph *g, int i, int depth, int row)
{
	g->node[i].depth = depth;
	g->node[i].row = row;
	if (depth + 1 > g->columns)
		g->columns = depth + 1;
	if (row + 1 > g->rows)
		g->rows = row + 1;
}

/* Everything that leads to what stands in the first column, a column at a time. */
static void
place_waiters(struct graph *g, int top)
{
	for (int depth = 1; depth < g->count; depth++) {
		int row = top;

		for (int i = 0; i < g->count; i++) {
			const struct node *n = &g->node[i];

			if (n->depth != GRAPH_NONE || n->owner == GRAPH_NONE ||
			    g->node[n->owner].depth != depth - 1)
				continue;
			if (row < g->node[n->owner].row)
				row = g->node[n->owner].row;
			place(g, i, depth, row++);
		}
	}
}

static bool
is_waited_for(const struct graph *g, int i)
{
	for (int j = 0; j < g->count; j++) {
		if (g->node[j].owner == i)
			return true;
	}
	return false;
}

static void
place_all(struct graph *g)
{
	for (int i = 0; i < g->count; i++) {
		int top = g->rows;
		int at = i;

		if (g->node[i].depth != GRAPH_NONE)
			continue;
		/* A circle, all of it, in the order of its arrows. */
		for (int row = top; g->node[i].circle && g->node[at].depth == GRAPH_NONE; row++) {
			place(g, at, 0, row);
			at = g->node[at].owner;
		}
		if (!g->node[i].circle && (g->node[i].owner != GRAPH_NONE || !is_waited_for(g, i)))
			continue;
		if (!g->node[i].circle)
			place(g, i, 0, top);
		place_waiters(g, top);
	}
}

/* ---- the drawing ---- */

static int
x_of(const struct graph *g, const struct node *n)
{
	return MARGIN + (g->columns - 1 - n->depth) * COLUMN_STEP;
}

static int
y_of(const struct node *n)
{
	return MARGIN + n->row * ROW_STEP;
}

static void
put_escaped(struct text *out, struct str s)
{
	struct escaper x = escaper_new(out, ESCAPE_HTML);

	escaper_value(&x, s);
}

/* The first characters, and dots if there are more. */
static void
put_short(struct text *out, struct str s)
{
	struct str rest = s;
	uint32_t c = 0;

	for (int i = 0; i < GRAPH_LABEL && rest.len != 0; i++)
		(void)utf8_take(&rest, &c);
	put_escaped(out, str_first(s, s.len - rest.len));
	if (rest.len != 0)
		text_put(out, STR("\xe2\x80\xa6"));
}

static void
put_label(struct text *out, int x, int y, const char *anchor, struct str s)
{
	text_printf(out, "<text class=\"lock\" x=\"%d\" y=\"%d\" text-anchor=\"%s\"><title>", x, y,
		    anchor);
	put_escaped(out, s);
	text_put(out, STR("</title>"));
	put_short(out, s);
	text_put(out, STR("</text>"));
}

static void
put_box(struct text *out, const struct graph *g, const struct node *n)
{
	int x = x_of(g, n);
	int y = y_of(n);

	text_printf(out,
		    "<g class=\"task%s\"><rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" "
		    "rx=\"6\"/>",
		    n->circle ? " circle" : "", x, y, BOX_WIDTH, BOX_HEIGHT);
	text_printf(out, "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">", x + BOX_WIDTH / 2,
		    y + 20);
	put_short(out, n->comm);
	text_printf(out,
		    "</text><text class=\"pid\" x=\"%d\" y=\"%d\" text-anchor=\"middle\">"
		    "pid %lld</text></g>",
		    x + BOX_WIDTH / 2, y + 37, (long long)n->pid);
}

static void
put_arrow(struct text *out, const struct graph *g, const struct node *n)
{
	const struct node *to = &g->node[n->owner];
	int x = x_of(g, n);
	int y = y_of(n);
	int to_x = x_of(g, to);
	int to_y = y_of(to);
	int middle = BOX_HEIGHT / 2;

	text_put(out, STR("<path class=\"arrow\" marker-end=\"url(#wait-end)\" d=\""));
	if (!n->circle) {
		text_printf(out, "M%d %dL%d %d\"/>", x + BOX_WIDTH, y + middle, to_x - 3,
			    to_y + middle);
		/* Beside its beginning, on the side that the arrow does not turn to. */
		put_label(out, x + BOX_WIDTH + 8, y + middle + (to_y < y ? 15 : -7), "start",
			  n->waits_for);
	} else if (to_y > y) {
		text_printf(out, "M%d %dL%d %d\"/>", x + ARROW_DOWN, y + BOX_HEIGHT, x + ARROW_DOWN,
			    to_y - 3);
		put_label(out, x + ARROW_DOWN + 8, (y + BOX_HEIGHT + to_y) / 2 + 4, "start",
			  n->waits_for);
	} else {
		int right = x + BOX_WIDTH;

		text_printf(out, "M%d %dC%d %d %d %d %d %d\"/>", right, y + middle,
			    right + ARROW_BACK, y + middle, right + ARROW_BACK, to_y + middle,
			    right + 3, to_y + middle);
		/* A curve of that form goes three quarters of the way out. */
		put_label(out, right + ARROW_BACK * 3 / 4 + 8, (y + to_y) / 2 + middle + 4, "start",
			  n->waits_for);
	}
}

bool
wait_graph_draw(const struct fact_row *root, struct arena *a, struct str *out)
{
	const struct fact *cycles = facts_get(root, FACT_TASKS_WAIT_CYCLES);
	const struct fact *blocked = facts_get(root, FACT_TASKS_BLOCKED);
	struct graph g = { .count = 0 };
	struct text t = text_new(a);

	for (size_t i = 0; i < cycles->count; i++)
		add_cycle(&g, cycles->values[i].row);
	for (size_t i = 0; i < blocked->count; i++)
		add_blocked(&g, blocked->values[i].row, a);
	if (g.count == 0)
		return false;
	mark_circles(&g);
	place_all(&g);

	int width = 2 * MARGIN + (g.columns - 1) * COLUMN_STEP + BOX_WIDTH +
		    (g.circles ? RETURN_WIDTH : 0);
	int height = 2 * MARGIN + (g.rows - 1) * ROW_STEP + BOX_HEIGHT;

	text_printf(&t,
		    "<svg class=\"wait-graph\" role=\"img\" aria-label=\"who waits for whom\" "
		    "viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\">",
		    width, height, width, height);
	text_put(&t, STR("<defs><marker id=\"wait-end\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" "
			 "markerWidth=\"8\" markerHeight=\"8\" orient=\"auto\">"
			 "<path d=\"M0 0L8 4L0 8z\"/></marker></defs>"));
	for (int i = 0; i < g.count; i++) {
		if (g.node[i].depth == GRAPH_NONE)
			continue;
		if (g.node[i].owner != GRAPH_NONE)
			put_arrow(&t, &g, &g.node[i]);
		put_box(&t, &g, &g.node[i]);
	}
	text_put(&t, STR("</svg>"));
	*out = text_str(&t);
	return true;
}
