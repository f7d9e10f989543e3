/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fault/track.h"

#include "fault/port.h"

#include <string.h>

enum {
	NODES_MAX = 512,
	PASSES_MAX = 32, /* each makes something less known; code needs three or four */
	NOT_REACHED = 0xffff,
	UNKNOWN = 0,
	ENTRY_CALL_MAX = 16, /* bytes before ftrace's call: endbr64, or patched room */
};

/* A value. Two that are equal are the same node. */
struct node {
	uint8_t kind;
	uint8_t src; /* of a load: the register that had parent */
	uint16_t parent;
	uint32_t off; /* of a load: its instruction */
	int64_t imm;
};

enum node_kind {
	NODE_UNKNOWN,
	NODE_ARGUMENT, /* imm: its number */
	NODE_ADDRESS,  /* imm */
	NODE_ADD,      /* parent + imm */
	NODE_LOAD,     /* the word at parent + imm; parent may be unknown */
};

struct instruction {
	uint32_t off;
	struct track_effect effect;
};

struct walk {
	const struct track_port *port;
	struct node *node;
	size_t node_count;
	struct instruction *insn;
	size_t count;
	uint16_t (*in)[TRACK_REGS]; /* values in front of each instruction */
	uint64_t address;
	size_t len;
	bool changed;
};

static uint16_t
node_for(struct walk *w, struct node wanted)
{
	for (size_t i = 1; i < w->node_count; i++) {
		const struct node *n = &w->node[i];

		if (n->kind == wanted.kind && n->parent == wanted.parent && n->imm == wanted.imm &&
		    n->off == wanted.off && n->src == wanted.src)
			return (uint16_t)i;
	}
	if (w->node_count == NODES_MAX)
		return UNKNOWN;
	w->node[w->node_count] = wanted;
	return (uint16_t)w->node_count++;
}

static uint16_t
node_of(struct walk *w, enum node_kind kind, uint16_t parent, int64_t imm)
{
	return node_for(w, (struct node){ .kind = (uint8_t)kind, .parent = parent, .imm = imm });
}

static uint16_t
sum_of(struct walk *w, uint16_t value, int64_t imm)
{
	const struct node *n = &w->node[value];

	if (value == UNKNOWN || imm == 0)
		return value;
	imm = (int64_t)((uint64_t)imm +
			(n->kind == NODE_ADD || n->kind == NODE_ADDRESS ? (uint64_t)n->imm : 0));
	if (n->kind == NODE_ADDRESS)
		return node_of(w, NODE_ADDRESS, 0, imm);
	if (n->kind != NODE_ADD)
		return node_of(w, NODE_ADD, value, imm);
	return imm == 0 ? n->parent : node_of(w, NODE_ADD, n->parent, imm);
}

static uint16_t
load_of(struct walk *w, const struct instruction *i, uint16_t pointer)
{
	return node_for(w, (struct node){ .kind = NODE_LOAD,
					  .src = i->effect.src,
					  .parent = pointer,
					  .off = i->off,
					  .imm = i->effect.imm });
}

static uint16_t
value_of(struct walk *w, const uint16_t *regs, const struct instruction *i)
{
	const struct track_effect *e = &i->effect;

	switch (e->op) {
	case TRACK_COPY:
		return regs[e->src];
	case TRACK_ADD:
		return sum_of(w, regs[e->src], e->imm);
	case TRACK_LOAD:
		return load_of(w, i, regs[e->src]);
	case TRACK_CONSTANT:
		return node_of(w, NODE_ADDRESS, 0, e->imm);
	case TRACK_LOAD_AT: /* of a variable of the kernel's: what is there has no pointer */
	case TRACK_NOTHING:
		break;
	}
	return UNKNOWN;
}

/* ftrace's call at the entry keeps everything. */
static bool
is_entry_call(const struct instruction *i)
{
	return i->effect.is_call && i->off < ENTRY_CALL_MAX;
}

static void
run_one(struct walk *w, const struct instruction *i, uint16_t regs[TRACK_REGS])
{
	const struct track_effect *e = &i->effect;
	uint16_t value = value_of(w, regs, i);
	uint32_t writes = e->writes;

	if (is_entry_call(i))
		return;
	if (e->is_call)
		writes |= ~w->port->kept;
	for (size_t r = 0; r < TRACK_REGS; r++) {
		if ((writes >> r & 1) != 0)
			regs[r] = UNKNOWN;
	}
	if (e->op != TRACK_NOTHING)
		regs[e->dst] = value;
}

/* One more way leads to instruction number i. */
static void
arrive(struct walk *w, size_t i, const uint16_t regs[TRACK_REGS])
{
	if (i >= w->count)
		return;
	for (size_t r = 0; r < TRACK_REGS; r++) {
		uint16_t *at = &w->in[i][r];

		if (*at == regs[r] || *at == UNKNOWN)
			continue;
		*at = *at == NOT_REACHED ? regs[r] : UNKNOWN;
		w->changed = true;
	}
}

/* The instruction that begins there, or count. */
static size_t
index_at(const struct walk *w, uint64_t off)
{
	size_t low = 0;
	size_t high = w->count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (w->insn[mid].off < off)
			low = mid + 1;
		else
			high = mid;
	}
	return low < w->count && w->insn[low].off == off ? low : w->count;
}

static void
run_pass(struct walk *w)
{
	for (size_t i = 0; i < w->count; i++) {
		const struct track_effect *e = &w->insn[i].effect;
		uint16_t regs[TRACK_REGS];

		if (w->in[i][0] == NOT_REACHED)
			continue;
		memcpy(regs, w->in[i], sizeof(regs));
		run_one(w, &w->insn[i], regs);
		if (!e->is_end)
			arrive(w, i + 1, regs);
		if (e->has_target && e->target - w->address < w->len)
			arrive(w, index_at(w, e->target - w->address), regs);
	}
}

static bool
decode(struct walk *w, struct decoder *d, struct bytes function, struct arena *a)
{
	size_t cap = function.len / d->step + 1;
	size_t off = 0;

	w->insn = ARENA_TRY_ARRAY(a, struct instruction, cap);
	while (w->insn != NULL && off < function.len && w->count < cap) {
		struct bytes b = { function.p + off, function.len - off };
		struct instruction *i = &w->insn[w->count];
		size_t n = decoder_at(d, b, w->address + off);

		if (n == 0)
			break;
		i->off = (uint32_t)off;
		w->port->effect(d, &i->effect);
		w->count++;
		off += n;
	}
	return w->count != 0;
}

static void
enter(struct walk *w)
{
	uint16_t regs[TRACK_REGS] = { UNKNOWN };

	for (uint8_t i = 0; i < w->port->argument_count; i++)
		regs[w->port->arguments[i]] = node_of(w, NODE_ARGUMENT, 0, i);
	arrive(w, 0, regs);
}

/* Until nothing changes any more. */
static bool
settle(struct walk *w)
{
	for (size_t pass = 0; pass < PASSES_MAX; pass++) {
		w->changed = false;
		run_pass(w);
		if (!w->changed)
			return true;
	}
	return false;
}

static void
reverse(struct track_trail *t)
{
	for (size_t i = 0; i < t->count / 2; i++) {
		int64_t swap = t->disp[i];

		t->disp[i] = t->disp[t->count - 1 - i];
		t->disp[t->count - 1 - i] = swap;
	}
	for (size_t i = 0; i < (t->count - 1) / 2; i++) {
		struct track_load swap = t->load[i];

		t->load[i] = t->load[t->count - 2 - i];
		t->load[t->count - 2 - i] = swap;
	}
}

/* One step back; false at the root, or where it is too far. */
static bool
step_back(const struct node *n, struct track_trail *t)
{
	int64_t *disp = &t->disp[t->count - 1];

	if (n->kind == NODE_ADD) {
		*disp = (int64_t)((uint64_t)*disp + (uint64_t)n->imm);
		return true;
	}
	if (n->kind != NODE_LOAD || t->count == TRACK_STEPS)
		return false;
	t->load[t->count - 1] = (struct track_load){ n->off, n->src, n->imm };
	t->disp[t->count++] = n->imm;
	return true;
}

/* From the value back to its root; steps come out last first. */
static struct track_trail
trail_of(const struct walk *w, uint16_t value)
{
	struct track_trail t = { .count = 1 };

	while (step_back(&w->node[value], &t))
		value = w->node[value].parent;

	const struct node *root = &w->node[value];

	if (root->kind == NODE_ARGUMENT)
		t.root = TRACK_FROM_ARGUMENT;
	else if (root->kind == NODE_ADDRESS)
		t.root = TRACK_FROM_ADDRESS;
	t.argument = (uint8_t)root->imm;
	t.address = (uint64_t)root->imm;
	reverse(&t);
	return t;
}

static void
tell(const struct walk *w, size_t at, struct track *out)
{
	memset(out->holder, -1, sizeof(out->holder));
	for (size_t r = 0; r < TRACK_REGS; r++) {
		uint16_t value = w->in[at][r];
		const struct node *n = &w->node[value];

		out->reg[r] = trail_of(w, value);
		if (n->kind == NODE_ARGUMENT && n->imm < TRACK_ARGUMENTS && out->holder[n->imm] < 0)
			out->holder[n->imm] = (int8_t)r;
	}
}

bool
track_run(struct decoder *d, struct bytes function, uint64_t address, size_t off, struct arena *a,
	  struct track *out)
{
	struct arena *mine = NULL;
	struct walk w = { .port = d->port->track, .address = address, .len = function.len };
	bool done = false;

	if (w.port == NULL || function.len == 0 || function.len > TRACK_CODE_MAX)
		return false;
	mine = arena_new_temporary(a);
	w.node = ARENA_ARRAY(mine, struct node, NODES_MAX);
	w.node_count = 1; /* the first is UNKNOWN */
	if (decode(&w, d, function, mine))
		w.in = arena_try(mine, w.count, sizeof(w.in[0]));
	if (w.in != NULL) {
		size_t at = index_at(&w, off);

		memset(w.in, 0xff, w.count * sizeof(w.in[0]));
		enter(&w);
		done = settle(&w) && at < w.count && w.in[at][0] != NOT_REACHED;
		if (done)
			tell(&w, at, out);
	}
	arena_free(mine);
	return done;
}

int
track_register(const struct decoder *d, const char *name)
{
	const struct track_port *p = d->port->track;

	for (int i = 0; p != NULL && name != NULL && p->regs[i] != NULL; i++) {
		if (strcmp(p->regs[i], name) == 0)
			return i;
	}
	return -1;
}
