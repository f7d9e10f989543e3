/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "symbols/dwarf.h"

#include "base/limits.h"
#include "symbols/dwarf_impl.h"
#include "symbols/expression.h"

#include <dwarf.h>
#include <string.h>
#include <unistd.h>

enum {
	BUFFER = 1 << 16,
	TEXT_MAX = 4096, /* of one text in an answer */
	PARAMETERS_MAX = 12,
};

/* The answer, as far as it is not written yet. */
struct answer {
	int fd;
	uint8_t buf[BUFFER];
	size_t len;
	bool broken; /* nobody reads it any more */
};

static void
flush(struct answer *a)
{
	size_t done = 0;

	while (!a->broken && done < a->len) {
		ssize_t n = write(a->fd, a->buf + done, a->len - done);

		if (n <= 0)
			a->broken = true;
		else
			done += (size_t)n;
	}
	a->len = 0;
}

static void
put_bytes(struct answer *a, const void *p, size_t len)
{
	if (a->len + len > BUFFER)
		flush(a);
	if (len != 0)
		memcpy(a->buf + a->len, p, len);
	a->len += len;
}

static void
put_number(struct answer *a, uint64_t v, size_t len)
{
	uint8_t b[8];

	for (size_t i = 0; i < len; i++)
		b[i] = (uint8_t)(v >> 8 * i);
	put_bytes(a, b, len);
}

static void
put_text(struct answer *a, struct str s)
{
	s = str_first(s, TEXT_MAX);
	put_number(a, s.len, 2);
	put_bytes(a, s.p, s.len);
}

/* Where something is in the source. */
struct spot {
	const char *file;
	uint32_t line;
};

static struct spot
spot_of(Dwarf_Die *unit, uint64_t address)
{
	Dwarf_Line *line = dwarf_getsrc_die(unit, address);
	struct spot s = { NULL, 0 };
	int n = 0;

	if (line == NULL)
		return s;
	s.file = dwarf_linesrc(line, NULL, NULL);
	if (dwarf_lineno(line, &n) == 0 && n > 0)
		s.line = (uint32_t)n;
	return s;
}

/* Where an inlined function was called. */
static struct spot
call_of(Dwarf_Die *unit, Dwarf_Die *inlined)
{
	struct spot s = { NULL, 0 };
	Dwarf_Attribute attr;
	Dwarf_Files *files = NULL;
	Dwarf_Word n = 0;
	size_t count = 0;

	if (dwarf_formudata(dwarf_attr(inlined, DW_AT_call_file, &attr), &n) == 0 &&
	    dwarf_getsrcfiles(unit, &files, &count) == 0 && n < count)
		s.file = dwarf_filesrc(files, n, NULL, NULL);
	if (dwarf_formudata(dwarf_attr(inlined, DW_AT_call_line, &attr), &n) == 0)
		s.line = (uint32_t)n;
	return s;
}

static void
put_frame(struct answer *a, const char *function, struct spot s)
{
	put_text(a, str_of(function));
	put_text(a, str_of(s.file));
	put_number(a, s.line, 4);
}

static bool
is_function(Dwarf_Die *die)
{
	int tag = dwarf_tag(die);

	return tag == DW_TAG_subprogram || tag == DW_TAG_inlined_subroutine;
}

static void
put_place(struct answer *a, struct dwarf_scopes *s, size_t index, uint64_t address)
{
	Dwarf_Attribute attr;
	struct spot spot = spot_of(&s->unit, address);
	size_t count = 0;

	for (size_t i = 0; i < s->count; i++)
		count += is_function(&s->die[i]);
	put_number(a, LINES_PLACE, 1);
	put_number(a, index, 4);
	put_text(a, str_of(dwarf_formstring(dwarf_attr(&s->unit, DW_AT_comp_dir, &attr))));
	put_number(a, count == 0 ? 1 : count, 2);
	/* Assembler has lines, but no functions. */
	if (count == 0)
		put_frame(a, NULL, spot);
	for (size_t i = s->count; i > 0; i--) {
		Dwarf_Die *die = &s->die[i - 1];

		if (!is_function(die))
			continue;
		put_frame(a, dwarf_diename(die), spot);
		if (dwarf_tag(die) == DW_TAG_inlined_subroutine)
			spot = call_of(&s->unit, die);
	}
}

/* The address that a place is about. */
static uint64_t
address_of(const struct dwarf_file *f, const struct lines_job *job, size_t i)
{
	return f->address[i] - (job->place[i].is_return ? 1 : 0);
}

static bool
find_root(struct dwarf_scopes *s, const struct lines_access *access, uint64_t address,
	  Dwarf_Die *out)
{
	return access->by_register ? dwarf_variable_in(s, address, access->dwarf, out)
				   : dwarf_parameter(s, access->parameter, out);
}

static void
answer_accesses(struct dwarf_file *f, const struct lines_job *job, struct dwarf_scopes *s,
		struct answer *a)
{
	for (size_t i = 0; i < job->access_count; i++) {
		const struct lines_access *access = &job->access[i];
		uint64_t address = f->address[access->place];
		struct expression e = { .text = NULL };
		Dwarf_Die root;
		Dwarf_Die type;

		if (address == 0 || !dwarf_scopes_at(f, address, s) ||
		    !find_root(s, access, address, &root) || dwarf_diename(&root) == NULL ||
		    !dwarf_type_of(&root, &type) ||
		    !expression_of(dwarf_type(f, &type), dwarf_diename(&root), access->disp,
				   access->count, f->arena, &e))
			continue;
		put_number(a, LINES_ACCESS, 1);
		put_number(a, i, 4);
		put_text(a, str_of(e.text));
		put_text(a, str_of(e.type));
		put_text(a, str_of(e.member));
	}
}

static void
put_value(struct answer *a, const struct lines_value *v)
{
	put_number(a, v->base, 1);
	put_number(a, v->in_memory, 1);
	put_number(a, v->dwarf, 2);
	put_number(a, (uint64_t)v->add, 8);
}

static void
put_registers(struct answer *a, const struct lines_register *r, size_t count)
{
	put_number(a, count, 1);
	for (size_t i = 0; i < count; i++) {
		put_number(a, r[i].dwarf, 2);
		put_value(a, &r[i].value);
	}
}

static void
answer_frames(struct dwarf_file *f, const struct lines_job *job, struct dwarf_scopes *s,
	      struct answer *a)
{
	for (size_t i = 0; i < job->frame_count; i++) {
		size_t place = job->frame[i];
		struct lines_stack stack = { .passed_count = 0 };

		if (f->address[place] == 0)
			continue;
		if (job->place[place].is_return &&
		    dwarf_scopes_at(f, address_of(f, job, place), s) &&
		    dwarf_call(s, f->address[place], &stack)) {
			put_number(a, LINES_CALL, 1);
			put_number(a, i, 4);
			put_text(a, stack.callee);
			put_registers(a, stack.passed, stack.passed_count);
		}
		if (dwarf_unwind(f, address_of(f, job, place), &stack)) {
			put_number(a, LINES_UNWIND, 1);
			put_number(a, i, 4);
			put_value(a, &stack.cfa);
			put_registers(a, stack.saved, stack.saved_count);
		}
	}
}

static void
answer_parameters(struct dwarf_file *f, const struct lines_job *job, struct dwarf_scopes *s,
		  struct answer *a)
{
	size_t i = job->function;
	Dwarf_Die die;
	Dwarf_Die type;

	if (i >= job->count || f->address[i] == 0 || !dwarf_scopes_at(f, f->address[i], s))
		return;
	for (size_t n = 0; n < PARAMETERS_MAX && dwarf_parameter(s, n, &die); n++) {
		struct lines_value at = dwarf_location(s, &die, f->address[i]);

		put_number(a, LINES_PARAMETER, 1);
		put_text(a, str_of(dwarf_diename(&die)));
		put_text(a,
			 dwarf_type_of(&die, &type) ? dwarf_spell(&type, f->arena) : STR("void"));
		put_value(a, &at);
	}
}

static void
answer_texts(struct dwarf_file *f, const struct lines_job *job, struct answer *a)
{
	struct dwarf_text text[LIMIT_CODE_FUNCTIONS];
	size_t count = dwarf_texts(f, job, text);

	for (size_t i = 0; i < count; i++) {
		put_number(a, LINES_TEXT, 1);
		put_number(a, text[i].index, 4);
		put_number(a, text[i].bytes.len, 4);
		put_bytes(a, text[i].bytes.p, text[i].bytes.len);
		put_bytes(a, text[i].mask.p, text[i].mask.len);
	}
}

static void
answer_job(struct dwarf_file *f, const struct lines_job *job, struct answer *a)
{
	struct dwarf_scopes *s = ARENA_NEW(f->arena, struct dwarf_scopes);

	for (size_t i = 0; i < job->count && !a->broken; i++) {
		if (f->address[i] != 0 && dwarf_scopes_at(f, address_of(f, job, i), s))
			put_place(a, s, i, address_of(f, job, i));
	}
	answer_accesses(f, job, s, a);
	answer_parameters(f, job, s, a);
	answer_frames(f, job, s, a);
	answer_texts(f, job, a);
	put_number(a, LINES_END, 1);
}

void
dwarf_work(void *ctx, int fd)
{
	const struct lines_job *job = ctx;
	struct arena *arena = arena_new(NULL);
	struct answer *a = ARENA_NEW(arena, struct answer);
	struct dwarf_file f = { 0 };
	const struct error *e = dwarf_file_open(job, arena, &f);

	a->fd = fd;
	if (e != NULL) {
		put_number(a, LINES_FAILED, 1);
		put_number(a, e->code, 1);
		put_text(a, str_of(error_text(arena, e)));
	} else {
		put_number(a, LINES_FILE, 1);
		put_text(a, f.build_id);
		answer_job(&f, job, a);
	}
	flush(a);
	arena_free(arena);
}
