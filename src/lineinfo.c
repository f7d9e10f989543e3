/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lineinfo.h"

#include "base/limits.h"
#include "base/text.h"
#include "fault/entry.h"
#include "host/sourcetext.h"
#include "host/worker.h"
#include "kernel/codediff.h"
#include "model/names.h"
#include "symbols/dwarf.h"
#include "symbols/unpack.h"

#include <string.h>

/* A row that is to get a line: of a stack frame in a list, or an instruction. */
struct spot {
	struct fact_row *row;
	struct fact_row *backtrace; /* that has the frame, or NULL: an instruction */
	struct str module;          /* empty: vmlinux */
	struct lines_place place;
};

struct work {
	const struct debuginfo *d;
	const struct lineinfo_code *code;
	struct facts *facts;
	struct fact_row *root;
	struct arena *arena;
	struct sourcetext *source;
	struct spot *spot;
	size_t count, cap;
	uint64_t kaslr; /* with has_kaslr */
	bool has_kaslr;
	const struct error *problem;        /* the first */
	int64_t code_functions, code_bytes; /* that were compared */
	int64_t code_changed;               /* functions of those that were changed */

	/* The faulting function's frame and those that follow it. */
	struct entry entry;
	const struct spot *frame[ENTRY_LEVELS];
	const struct lines_parameter *parameter;
	size_t parameter_count;
	const char *parameter_path; /* of the file that has them */
};

static bool
is_fault(const struct work *w, const struct lines_place *p)
{
	struct str function = { NULL, 0 };
	uint64_t off = 0;

	return facts_get_text(w->root, FACT_FAULT_INSTRUCTION_FUNCTION, &function) &&
	       facts_get_address(w->root, FACT_FAULT_INSTRUCTION_OFFSET, &off) &&
	       str_is(function, p->function) && off == p->offset;
}

/* Logs do not say it, but that the place is the one of the fault. */
static bool
is_exact(struct work *w, const struct fact_row *row, const struct lines_place *p)
{
	const struct fact *exact = facts_get(row, FRAME_EXACT);

	return exact->count != 0 ? exact->values[0].flag : is_fault(w, p);
}

static void
add(struct work *w, const struct spot *s)
{
	if (w->count == LIMIT_PLACES)
		return;
	w->spot = arena_grow(w->arena, w->spot, w->count, &w->cap, sizeof(*w->spot));
	w->spot[w->count++] = *s;
}

/* Of vmlinux, addresses are those that it was linked for. */
static void
set_address(struct work *w, struct spot *s)
{
	if (!s->place.has_address || s->module.len != 0)
		return;
	s->place.has_address = w->has_kaslr;
	s->place.address -= w->kaslr;
}

static void
add_frame(struct work *w, struct fact_row *backtrace, struct fact_row *row)
{
	struct spot s = { .row = row, .backtrace = backtrace };
	uint64_t v = 0;

	(void)facts_get_text(row, FRAME_FUNCTION, &s.place.function);
	(void)facts_get_text(row, FRAME_MODULE, &s.module);
	(void)facts_get_address(row, FRAME_OFFSET, &s.place.offset);
	(void)facts_get_address(row, FRAME_SIZE, &s.place.len);
	if (s.place.function.len == 0)
		return;
	s.place.has_address = facts_get_address(row, FRAME_ADDRESS, &v);
	s.place.address = v;
	s.place.is_return = !is_exact(w, row, &s.place);
	set_address(w, &s);
	add(w, &s);
}

static void
add_backtrace(struct work *w, struct fact_row *backtrace, enum fact_id frames)
{
	struct fact *list = facts_edit(backtrace, frames);

	for (size_t i = 0; i < list->count; i++)
		add_frame(w, backtrace, list->values[i].row);
}

/* Backtraces below rows of a list. */
static void
add_backtraces_of(struct work *w, enum fact_id list, enum fact_id backtrace)
{
	struct fact *rows = facts_edit(w->root, list);

	for (size_t i = 0; i < rows->count; i++) {
		struct fact *b = facts_edit(rows->values[i].row, backtrace);

		if (b->count != 0)
			add_backtrace(w, b->values[0].row, BACKTRACE_FRAMES);
	}
}

/* Instructions are all of one function. */
static void
add_disassembly(struct work *w)
{
	struct fact *list = facts_edit(w->root, FACT_DISASSEMBLY);

	for (size_t i = 0; w->code->function.len != 0 && i < list->count; i++) {
		struct fact_row *row = list->values[i].row;
		struct spot s = { .row = row, .module = w->code->module };
		uint64_t v = 0;

		s.place.function = w->code->function;
		s.place.len = w->code->len;
		s.place.has_address = facts_get_address(row, INSTRUCTION_ADDRESS, &v);
		s.place.address = v;
		if (!facts_get_address(row, INSTRUCTION_OFFSET, &s.place.offset))
			continue;
		set_address(w, &s);
		add(w, &s);
	}
}

static void
collect(struct work *w)
{
	static const enum fact_id backtraces[] = { FACT_BACKTRACE, FACT_VERDICT_BACKTRACE };

	for (size_t i = 0; i < ARRAY_LEN(backtraces); i++) {
		struct fact *b = facts_edit(w->root, backtraces[i]);

		if (b->count != 0)
			add_backtrace(w, b->values[0].row, BACKTRACE_FRAMES);
	}
	add_disassembly(w);
	add_backtraces_of(w, FACT_CPUS, CPU_BACKTRACE);
	add_backtraces_of(w, FACT_TASKS_BLOCKED, BLOCKED_BACKTRACE);
	add_backtraces_of(w, FACT_TASKS_GROUPS, STACK_GROUP_BACKTRACE);
}

/* Bytes of the folder that both are in; 0 if that is no more than "/" or "/x". */
static size_t
common_folder(struct str a, struct str b)
{
	size_t slashes = 0;
	size_t len = 0;

	for (size_t i = 0; i < a.len && i < b.len && a.p[i] == b.p[i]; i++) {
		if (a.p[i] != '/')
			continue;
		slashes++;
		len = i + 1;
	}
	return slashes > 2 ? len : 0;
}

/*
 * "/build/linux/fs/./read_write.c" in "/build/linux" -> "fs/read_write.c". A kernel may have been
 * built beside its source or below it, as Debian's are, which assembler files then show: so much
 * is cut off as both names have in common. Modules may have come from anywhere.
 */
static struct str
short_name(struct str file, struct str comp_dir, bool is_module)
{
	if (comp_dir.len != 0 && str_starts(file, comp_dir) && file.len > comp_dir.len &&
	    file.p[comp_dir.len] == '/')
		file = str_from(file, comp_dir.len + 1);
	else if (!is_module)
		file = str_from(file, common_folder(file, comp_dir));
	while (str_take(&file, STR("./")))
		continue;
	return file;
}

/* Source that is neither in a tree that was named nor at its short name may be where it was when
 * it was compiled. */
static struct str
source_of(struct work *w, const struct lines_frame *f, struct str name, struct str comp_dir)
{
	struct str text = sourcetext_line(w->source, name, f->line);

	if (text.len == 0 && f->file.len != 0 && f->file.p[0] == '/')
		text = sourcetext_line(w->source, f->file, f->line);
	else if (text.len == 0 && f->file.len != 0 && comp_dir.len != 0)
		text = sourcetext_line(w->source,
				       str_of(arena_printf(w->arena, "%.*s/%.*s", STR_ARG(comp_dir),
							   STR_ARG(f->file))),
				       f->line);
	return text;
}

static void
put_frame_line(struct fact_row *row, const struct lines_frame *f, struct str file, struct origin o)
{
	if (file.len != 0)
		facts_put_text(row, FRAME_FILE, file, o);
	if (f->line != 0)
		facts_put_number(row, FRAME_LINE, f->line, o);
}

static void
put_instruction_line(struct work *w, const struct spot *s, const struct lines_answer_place *p,
		     struct origin o)
{
	const struct lines_frame *f = &p->frame[0];
	struct str file = short_name(f->file, p->comp_dir, s->module.len != 0);
	struct str text = source_of(w, f, file, p->comp_dir);
	struct fact_row *row = s->row;

	if (file.len != 0)
		facts_put_text(row, INSTRUCTION_FILE, file, o);
	if (f->line != 0)
		facts_put_number(row, INSTRUCTION_LINE, f->line, o);
	if (text.len != 0)
		facts_put_text(row, INSTRUCTION_SOURCE, text, (struct origin){ o.rank, "source" });
}

static size_t
index_of(struct fact_row *backtrace, const struct fact_row *frame)
{
	const struct fact *list = facts_get(backtrace, BACKTRACE_FRAMES);
	size_t i = 0;

	while (i < list->count && list->values[i].row != frame)
		i++;
	return i;
}

/* An inlined function's frame, in front of the one that it is a part of. */
static void
insert_inlined(struct spot *s, size_t at, const struct lines_frame *f, struct str comp_dir,
	       struct origin o)
{
	struct fact_row *row = facts_insert_row(s->backtrace, BACKTRACE_FRAMES, at, o);
	const struct fact *reliable = facts_get(s->row, FRAME_RELIABLE);
	struct str text = { NULL, 0 };
	uint64_t address = 0;

	if (facts_get_address(s->row, FRAME_ADDRESS, &address))
		facts_put_address(row, FRAME_ADDRESS, address, o);
	facts_put_text(row, FRAME_FUNCTION, f->function, o);
	if (s->module.len != 0)
		facts_put_text(row, FRAME_MODULE, s->module, o);
	put_frame_line(row, f, short_name(f->file, comp_dir, s->module.len != 0), o);
	facts_put_bool(row, FRAME_INLINE, true, o);
	if (reliable->count != 0)
		facts_put_bool(row, FRAME_RELIABLE, reliable->values[0].flag, o);
	if (facts_get_text(s->row, FRAME_CONTEXT, &text))
		facts_put_text(row, FRAME_CONTEXT, text, o);
}

static void
put_frame(struct spot *s, const struct lines_answer_place *p, struct origin o)
{
	const struct lines_frame *own = &p->frame[p->count - 1];
	size_t at = index_of(s->backtrace, s->row);

	for (size_t i = 0; i + 1 < p->count; i++)
		insert_inlined(s, at + i, &p->frame[i], p->comp_dir, o);
	put_frame_line(s->row, own, short_name(own->file, p->comp_dir, s->module.len != 0), o);
}

/* Levels count every frame. */
static void
number_levels(struct fact_row *backtrace)
{
	struct fact *list = facts_edit(backtrace, BACKTRACE_FRAMES);

	for (size_t i = 0; i < list->count; i++) {
		struct fact_row *row = list->values[i].row;
		struct origin o = facts_get(row, FRAME_FUNCTION)->origin;

		facts_clear(row, FRAME_LEVEL);
		facts_put_number(row, FRAME_LEVEL, (int64_t)i, o);
	}
}

/* The spots of one file. */
struct part {
	size_t *index;
	struct lines_place *place; /* count of them, and some more of no spot */
	size_t count, extra;
};

static struct part
part_of(struct work *w, struct str module)
{
	struct part p = { ARENA_ARRAY(w->arena, size_t, w->count + 1),
			  ARENA_ARRAY(w->arena, struct lines_place, w->count + TRACK_STEPS), 0, 0 };

	for (size_t i = 0; i < w->count; i++) {
		if (!str_is(w->spot[i].module, module))
			continue;
		p.index[p.count] = i;
		p.place[p.count++] = w->spot[i].place;
	}
	return p;
}

static void
put_answers(struct work *w, const struct part *p, const struct lines *lines, const char *path)
{
	struct origin o = { ORIGIN_DEBUGINFO, path };

	for (size_t i = 0; i < p->count; i++) {
		struct spot *s = &w->spot[p->index[i]];

		if (lines->place[i].count == 0)
			continue;
		if (s->backtrace == NULL)
			put_instruction_line(w, s, &lines->place[i], o);
		else
			put_frame(s, &lines->place[i], o);
	}
}

/* The place of the fault among those of a file, or SIZE_MAX. */
static size_t
fault_place(const struct work *w, const struct part *p)
{
	for (size_t i = 0; i < p->count; i++) {
		const struct spot *s = &w->spot[p->index[i]];
		const struct fact *fault = NULL;

		if (s->backtrace != NULL)
			continue;
		fault = facts_get(s->row, INSTRUCTION_FAULT);
		if (fault->count != 0 && fault->values[0].flag)
			return i;
	}
	return SIZE_MAX;
}

static bool
is_reliable(const struct fact_row *row)
{
	const struct fact *f = facts_get(row, FRAME_RELIABLE);

	return f->count != 0 && f->values[0].flag;
}

/* The frame of the fault, and its callers as far as the stack is sure of them. */
static void
find_frames(struct work *w)
{
	size_t first = 0;

	while (first < w->count &&
	       (w->spot[first].backtrace == NULL || w->spot[first].place.is_return ||
		!is_fault(w, &w->spot[first].place)))
		first++;
	for (size_t i = first; i < w->count && w->entry.count < ENTRY_LEVELS; i++) {
		struct spot *s = &w->spot[i];

		if (s->backtrace != w->spot[first].backtrace || !s->place.has_address ||
		    (i != first && !s->place.is_return) || !is_reliable(s->row))
			break;
		w->frame[w->entry.count] = s;
		w->entry.level[w->entry.count++].function = names_plain(s->place.function);
	}
}

/* The levels of a part: which of its places they are. */
struct levels {
	size_t place[ENTRY_LEVELS];
	size_t level[ENTRY_LEVELS];
	size_t count;
};

static void
want_frames(const struct work *w, const struct part *p, struct levels *l)
{
	for (size_t i = 0; i < w->entry.count; i++) {
		for (size_t k = 0; k < p->count; k++) {
			if (&w->spot[p->index[k]] != w->frame[i])
				continue;
			l->place[l->count] = k;
			l->level[l->count++] = i;
		}
	}
}

static void
take_frames(struct work *w, const struct levels *l, const struct lines *lines, bool is_vmlinux)
{
	for (size_t i = 0; i < l->count; i++) {
		struct entry_level *level = &w->entry.level[l->level[i]];

		level->stack = lines->stack[i];
		/* Sections of a module are laid out anew, each by itself. */
		level->has_moved = is_vmlinux && w->has_kaslr;
		level->moved = w->kaslr;
	}
}

/* Functions of a part whose code is to be compared, each once. */
struct texts {
	struct lines_text_wanted wanted[LIMIT_CODE_FUNCTIONS];
	size_t count;
};

static bool
has_text(const struct texts *t, const struct part *p, const struct lines_place *place)
{
	for (size_t i = 0; i < t->count; i++) {
		const struct lines_place *q = &p->place[t->wanted[i].place];

		if (q->address - q->offset == place->address - place->offset)
			return true;
	}
	return false;
}

static void
want_texts(const struct work *w, const struct part *p, struct texts *t)
{
	if (w->code->kernel == NULL)
		return;
	for (size_t i = 0; i < p->count && t->count < LIMIT_CODE_FUNCTIONS; i++) {
		const struct lines_place *place = &p->place[i];

		if (!place->has_address || place->len == 0 || place->len > LIMIT_CODE_BYTES ||
		    place->offset > place->len || has_text(t, p, place))
			continue;
		t->wanted[t->count++] = (struct lines_text_wanted){ i, (size_t)place->len };
	}
}

static void
put_hex(struct fact_row *row, enum fact_id id, const uint8_t *p, size_t len, struct origin o,
	struct arena *a)
{
	enum { SHOWN_MAX = 16 };
	struct text t = text_new(a);

	for (size_t i = 0; i < len && i < SHOWN_MAX; i++)
		text_printf(&t, i == 0 ? "%02x" : " %02x", p[i]);
	facts_put_text(row, id, text_str(&t), o);
}

static void
put_change(struct work *w, const struct lines_place *place, struct str module, uint64_t va,
	   const struct codediff_input *in, const struct codediff *d)
{
	static const struct origin o = { ORIGIN_DEBUGINFO, "memory beside the debug file" };
	struct fact_row *row = facts_put_row(w->root, FACT_CODE_CHANGES, o);

	facts_put_text(row, CODE_CHANGE_KIND, str_of(codediff_kind_name(d->kind)), o);
	facts_put_text(row, CODE_CHANGE_FUNCTION, place->function, o);
	if (module.len != 0)
		facts_put_text(row, CODE_CHANGE_MODULE, module, o);
	facts_put_address(row, CODE_CHANGE_ADDRESS, va + d->off, o);
	facts_put_address(row, CODE_CHANGE_OFFSET, d->off, o);
	put_hex(row, CODE_CHANGE_BUILT, in->file + d->off, d->len, o, w->arena);
	put_hex(row, CODE_CHANGE_FOUND, in->memory + d->off, d->len, o, w->arena);
	if (d->kind == CODEDIFF_BIT_FLIP)
		facts_put_number(row, CODE_CHANGE_BIT, d->bit, o);
}

static void
compare_text(struct work *w, const struct lines_place *place, struct str module,
	     const struct lines_text *t)
{
	const struct kernel *k = w->code->kernel;
	struct codediff found[CODEDIFF_MAX];
	uint64_t moved = module.len == 0 ? w->kaslr : 0;
	uint64_t va = place->address - place->offset + moved;
	uint8_t *memory = ARENA_ARRAY(w->arena, uint8_t, t->bytes.len + 1);
	struct codediff_input in = {
		memory,       t->bytes.p, t->mask.p,
		t->bytes.len, moved,      strcmp(k->arch->name, "x86_64") == 0
	};
	size_t count = 0;

	if (t->bytes.len == 0 || memory_read(k->mem, va, memory, in.len) != NULL)
		return;
	count = codediff_compare(&in, found);
	for (size_t i = 0; i < count; i++)
		put_change(w, place, module, va, &in, &found[i]);
	w->code_changed += count != 0 && found[0].kind != CODEDIFF_FTRACE;
	w->code_functions++;
	for (size_t i = 0; i < in.len; i++)
		w->code_bytes += in.mask[i] == LINES_COMPARE;
}

static void
compare_texts(struct work *w, const struct part *p, struct str module, const struct texts *t,
	      const struct lines *l)
{
	for (size_t i = 0; i < t->count; i++)
		compare_text(w, &p->place[t->wanted[i].place], module, &l->text[i]);
}

static void
put_code_check(struct work *w)
{
	static const struct origin o = { ORIGIN_DEBUGINFO, "memory beside the debug file" };

	if (w->code_functions == 0)
		return;
	if (!codediff_is_plausible(w->code_changed, w->code_functions)) {
		facts_clear(w->root, FACT_CODE_CHANGES);
		facts_put_why(w->root, FACT_CODE_CHANGES,
			      error_new(w->arena, ERROR_UNSUPPORTED,
					"%d of %d functions differ from the debug file, which is "
					"more than anybody would have changed",
					(int)w->code_changed, (int)w->code_functions));
	}
	facts_put_number(w->root, FACT_CODE_FUNCTIONS, w->code_functions, o);
	facts_put_number(w->root, FACT_CODE_BYTES, w->code_bytes, o);
}

enum {
	ACCESSES_MAX = TRACK_STEPS + 2,
};

/* What is asked about the operand that faulted, the best answer first. */
struct question {
	struct lines_access access[ACCESSES_MAX];
	size_t count;
};

/* The word that an instruction before the fault read through a variable. */
static void
add_load(struct question *q, struct part *p, size_t fault, const struct track_trail *t, size_t i)
{
	const struct track_load *l = &t->load[i];
	struct lines_place *place = &p->place[p->count + p->extra];
	struct lines_access *a = &q->access[q->count++];

	*place = p->place[fault];
	place->address += l->off - place->offset;
	place->offset = l->off;
	*a = (struct lines_access){ .place = p->count + p->extra++,
				    .by_register = true,
				    .dwarf = l->src,
				    .disp = { l->disp },
				    .count = t->count - i };
	memcpy(a->disp + 1, t->disp + i + 1, (t->count - i - 1) * sizeof(a->disp[0]));
}

/* The base register may hold a variable; else one of the pointers that led to it was one, or
 * an argument of the function. */
static void
set_question(const struct fault_trail *t, struct part *p, size_t fault, struct question *q)
{
	struct track_trail trail;

	if (fault == SIZE_MAX || !arguments_trail(t, &trail))
		return;
	q->access[q->count++] = (struct lines_access){ .place = fault,
						       .by_register = true,
						       .dwarf = (uint16_t)t->base,
						       .disp = { t->displacement },
						       .count = 1 };
	for (size_t i = trail.count - 1; i > 0; i--)
		add_load(q, p, fault, &trail, i - 1);
	if (trail.root != TRACK_FROM_ARGUMENT)
		return;

	struct lines_access *a = &q->access[q->count++];

	*a = (struct lines_access){ .place = fault,
				    .parameter = trail.argument,
				    .count = trail.count };
	memcpy(a->disp, trail.disp, sizeof(a->disp));
}

static void
put_fault(struct work *w, const struct lines *l, size_t access_count, struct origin o)
{
	for (size_t i = 0; i < access_count; i++) {
		const struct lines_expression *e = &l->access[i];
		struct expression found = { .text = e->text.p,
					    .type = e->type.p,
					    .member = e->member.len == 0 ? NULL : e->member.p };

		if (e->text.len == 0)
			continue;
		/* It says more than what BTF says, which knows no variables. */
		for (enum fact_id id = FACT_FAULT_OPERAND_TYPE; id <= FACT_FAULT_OPERAND_EXPRESSION;
		     id++)
			facts_clear(w->root, id);
		arguments_put_expression(&found, o, w->root);
		break;
	}
}

/* Registers that pass arguments pass others to a function that the compiler made of another one
 * (.isra.0); what it only moved out of the way (.cold) has those of the whole. */
static bool
has_own_parameters(const struct work *w)
{
	struct str rest = w->frame[0]->place.function;

	return str_take(&rest, w->entry.level[0].function) &&
	       (rest.len == 0 || str_is(rest, STR(".cold")));
}

/* What a parameter was, by the variable at the fault, or by the call. */
static void
find_value(const struct work *w, size_t i, struct argument *arg)
{
	const struct fault_trail *t = w->code->trail;
	const struct lines_value *at = &w->parameter[i].at;
	bool entry = false;

	if (entry_value(&w->entry, 0, at, &arg->value, &entry))
		arg->how = entry ? "entry" : "variable";
	else if (w->entry.count != 0 && t->port != NULL && i < t->port->argument_count &&
		 has_own_parameters(w) &&
		 entry_passed(&w->entry, t->port->arguments[i], &arg->value))
		arg->how = "entry";
}

static void
put_parameters(struct work *w)
{
	const struct fault_trail *t = w->code->trail;
	struct origin o = { ORIGIN_DEBUGINFO, w->parameter_path };

	if (w->parameter_count == 0)
		return;
	facts_clear(w->root, FACT_FAULT_ARGUMENTS);
	w->entry.mem = w->code->kernel == NULL ? NULL : w->code->kernel->mem;
	if (t->port != NULL && t->regs != NULL)
		entry_unwind(&w->entry, t->port, t->regs);
	for (size_t i = 0; i < w->parameter_count; i++) {
		struct argument arg = { .name = w->parameter[i].name,
					.type = w->parameter[i].type };

		find_value(w, i, &arg);
		arguments_put(t, w->code->kernel, i, &arg, o, w->root, w->arena);
	}
}

static uint64_t
deadline_of(struct arena *a)
{
	const struct budget *b = arena_budget(a);
	uint64_t mine = budget_now_ns() + LIMIT_WORKER_SECONDS * 1000000000ULL;

	return b != NULL && b->deadline_ns != 0 && b->deadline_ns < mine ? b->deadline_ns : mine;
}

static uint64_t
memory_of(struct arena *a)
{
	const struct budget *b = arena_budget(a);

	return b != NULL && b->memory_bytes != 0 ? b->memory_bytes : LIMIT_WORKER_DATA;
}

/* Whoever named a file is wrong about it; one that was only found is as if it were not there. */
static void
note_problem(struct work *w, const char *path, const struct error *e)
{
	const char *given = w->d->where.given;
	enum error_code code = ERROR_ABSENT;

	if (e == NULL || w->problem != NULL)
		return;
	if (e->code == ERROR_LIMIT)
		code = ERROR_LIMIT;
	else if (given != NULL && strcmp(given, path) == 0 && e->code != ERROR_ABSENT)
		code = ERROR_USAGE;
	w->problem = error_new(w->arena, code, "'%s': %s", path, error_text(w->arena, e));
}

static void
ask(struct work *w, const char *path, struct str build_id, struct str module)
{
	struct part p = part_of(w, module);
	size_t fault = fault_place(w, &p);
	struct question q = { .count = 0 };
	struct texts texts = { .count = 0 };
	struct levels levels = { .count = 0 };
	struct lines_job job = { .path = path,
				 .is_module = module.len != 0,
				 .build_id = build_id,
				 .place = p.place,
				 .access = q.access,
				 .text = texts.wanted,
				 .frame = levels.place,
				 .function = w->code->is_fault ? fault : SIZE_MAX };
	struct worker_limits limits = { .deadline_ns = deadline_of(w->arena),
					.data_bytes = memory_of(w->arena),
					.answer_bytes = LIMIT_WORKER_BYTES };
	struct bytes answer = { NULL, 0 };
	struct lines lines = { 0 };

	if (p.count == 0)
		return;
	if (w->code->is_fault)
		set_question(w->code->trail, &p, fault, &q);
	job.count = p.count + p.extra;
	job.access_count = q.count;
	want_texts(w, &p, &texts);
	job.text_count = texts.count;
	want_frames(w, &p, &levels);
	job.frame_count = levels.count;

	const struct error *e = unpack_zstd(path, w->arena, &job.fd, &job.is_expanded);

	if (e == NULL)
		e = worker_run(dwarf_work, &job, &limits, w->arena, &answer);

	const struct error *of_answer = lines_parse(answer, &job, w->arena, &lines);

	put_answers(w, &p, &lines, path);
	compare_texts(w, &p, module, &texts, &lines);
	take_frames(w, &levels, &lines, module.len == 0);
	if (w->code->is_fault)
		put_fault(w, &lines, job.access_count, (struct origin){ ORIGIN_DEBUGINFO, path });
	if (w->code->is_fault && lines.parameter_count != 0) {
		w->parameter = lines.parameter;
		w->parameter_count = lines.parameter_count;
		w->parameter_path = path;
	}
	note_problem(w, path, e == NULL ? of_answer : e);
}

/* The debug file of a module by name. */
static const struct find_module *
module_file(const struct debuginfo *d, struct str name)
{
	for (size_t i = 0; i < d->module_count; i++) {
		if (d->module[i].path != NULL && str_is(d->module[i].name, name))
			return &d->module[i];
	}
	return NULL;
}

/* Every file once: for the first spot that is in it. */
static void
ask_modules(struct work *w)
{
	for (size_t i = 0; i < w->count; i++) {
		struct str name = w->spot[i].module;
		const struct find_module *m = name.len == 0 ? NULL : module_file(w->d, name);
		bool is_first = true;

		for (size_t k = 0; k < i; k++)
			is_first = is_first && !str_is(w->spot[k].module, name);
		if (m != NULL && is_first)
			ask(w, m->path, m->build_id, name);
	}
}

static const char *const *
source_dirs(const struct options *o, struct facts *f, struct arena *a, size_t *count)
{
	const char **dirs = ARENA_ARRAY(a, const char *, o->source_dir_count + 4);
	struct str release = { NULL, 0 };
	size_t n = 0;
	size_t len = 0;

	for (size_t i = 0; i < o->source_dir_count; i++)
		dirs[n++] = o->source_dir[i];
	(void)facts_get_text(facts_root(f), FACT_SYSTEM_RELEASE, &release);
	/* "6.1" of "6.1.0-56-cloud-amd64": Debian's package is called by that. */
	for (size_t dots = 0; len < release.len; len++) {
		char c = release.p[len];

		dots += c == '.';
		if ((c != '.' && (c < '0' || c > '9')) || dots == 2)
			break;
	}
	if (len != 0) {
		dirs[n++] = arena_printf(a, "/usr/src/linux-source-%.*s", (int)len, release.p);
		if (str_find_char(release, '/') == STR_NONE)
			dirs[n++] = arena_printf(a, "/usr/src/linux-%.*s", STR_ARG(release));
	}
	*count = n;
	return dirs;
}

const struct error *
lineinfo_put(const struct options *o, const struct debuginfo *d, const struct lineinfo_code *code,
	     struct facts *f, struct arena *a)
{
	struct work w = { .d = d, .code = code, .facts = f, .root = facts_root(f), .arena = a };
	size_t dir_count = 0;
	const char *const *dirs = source_dirs(o, f, a, &dir_count);

	w.source = sourcetext_new(dirs, dir_count, a);
	w.has_kaslr = facts_get_address(w.root, FACT_SYSTEM_KASLR_OFFSET, &w.kaslr);
	collect(&w);
	if (code->is_fault)
		find_frames(&w);
	if (d->vmlinux.path != NULL)
		ask(&w, d->vmlinux.path, d->where.build_id, (struct str){ NULL, 0 });
	ask_modules(&w);
	put_parameters(&w);
	put_code_check(&w);
	for (size_t i = 0; i < w.count; i++) {
		struct fact_row *backtrace = w.spot[i].backtrace;

		if (backtrace != NULL && (i == 0 || backtrace != w.spot[i - 1].backtrace))
			number_levels(w.spot[i].backtrace);
	}
	return w.problem;
}
