/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "symbols/lines.h"

#include "base/limits.h"
#include "base/reader.h"

enum {
	FRAME_BYTES_MIN = 2 + 2 + 4,
	PARAMETERS_MAX = 64,
	LINE_TEXT_MAX = 1024, /* of a name or a path; longer ones are cut */
};

/* One answer. */
struct parse {
	const struct lines_job *job;
	struct arena *arena;
	struct reader in;
	struct lines *out;
	const struct error *failed;
};

/* A text may have been made by an enemy: without control characters. */
static struct str
read_text(struct parse *p)
{
	struct bytes b = reader_bytes(&p->in, reader_u16(&p->in));
	struct str raw = str_first((struct str){ (const char *)b.p, b.len }, LINE_TEXT_MAX);
	char *clean = arena_try(p->arena, 1, raw.len + 1);

	if (clean == NULL) {
		reader_reject(&p->in, "no memory for a text");
		return (struct str){ NULL, 0 };
	}
	for (size_t i = 0; i < raw.len; i++)
		clean[i] = raw.p[i];
	for (size_t i = 0; i < raw.len; i++) {
		if ((unsigned char)raw.p[i] < ' ' || raw.p[i] == 0x7f)
			clean[i] = '?';
	}
	return (struct str){ clean, raw.len };
}

static void
read_failure(struct parse *p)
{
	uint8_t code = reader_u8(&p->in);
	struct str why = read_text(p);

	if (code > ERROR_USAGE)
		reader_reject(&p->in, "there is no error %u", code);
	else if (reader_error(&p->in) == NULL)
		p->failed = error_new(p->arena, (enum error_code)code, "%.*s", STR_ARG(why));
}

static void
read_place(struct parse *p)
{
	uint32_t index = reader_u32(&p->in);
	struct str dir = read_text(p);
	size_t count = reader_count(&p->in, reader_u16(&p->in), FRAME_BYTES_MIN);
	struct lines_frame *frame = ARENA_TRY_ARRAY(p->arena, struct lines_frame, count + 1);

	if (index >= p->job->count || frame == NULL) {
		reader_reject(&p->in, "an answer is about place %u of %zu", index, p->job->count);
		return;
	}
	for (size_t i = 0; i < count; i++) {
		frame[i].function = read_text(p);
		frame[i].file = read_text(p);
		frame[i].line = reader_u32(&p->in);
	}
	if (reader_error(&p->in) == NULL)
		p->out->place[index] = (struct lines_answer_place){ frame, count, dir };
}

static void
read_access(struct parse *p)
{
	uint32_t index = reader_u32(&p->in);
	struct lines_expression e = { .text = read_text(p) };

	e.type = read_text(p);
	e.member = read_text(p);
	if (index >= p->job->access_count)
		reader_reject(&p->in, "an answer is about access %u of %zu", index,
			      p->job->access_count);
	if (reader_error(&p->in) == NULL)
		p->out->access[index] = e;
}

static void
read_code(struct parse *p)
{
	uint32_t index = reader_u32(&p->in);
	uint32_t len = reader_u32(&p->in);
	struct lines_text t = { .bytes = reader_bytes(&p->in, len) };

	t.mask = reader_bytes(&p->in, len);
	if (index >= p->job->text_count || len > p->job->text[index].len)
		reader_reject(&p->in, "an answer is about text %u of %zu, %u bytes", index,
			      p->job->text_count, len);
	if (reader_error(&p->in) == NULL)
		p->out->text[index] = t;
}

static struct lines_value
read_value(struct parse *p)
{
	uint8_t base = reader_u8(&p->in);
	uint8_t in_memory = reader_u8(&p->in);
	uint16_t dwarf = reader_u16(&p->in);
	uint64_t add = reader_u64(&p->in);

	if (base >= LINES_BASES)
		reader_reject(&p->in, "a value has no base %u", base);
	return (struct lines_value){ (enum lines_base)base, dwarf, (int64_t)add, in_memory != 0 };
}

static void
read_registers(struct parse *p, struct lines_register *r, size_t *count)
{
	*count = reader_u8(&p->in);
	if (*count > LINES_REGISTERS) {
		reader_reject(&p->in, "%zu registers", *count);
		*count = 0;
	}
	for (size_t i = 0; i < *count; i++) {
		r[i].dwarf = reader_u16(&p->in);
		r[i].value = read_value(p);
	}
	if (reader_error(&p->in) != NULL)
		*count = 0;
}

static struct lines_stack *
read_frame_index(struct parse *p)
{
	uint32_t index = reader_u32(&p->in);

	if (index < p->job->frame_count)
		return &p->out->stack[index];
	reader_reject(&p->in, "an answer is about frame %u of %zu", index, p->job->frame_count);
	return NULL;
}

static void
read_call(struct parse *p)
{
	struct lines_stack *s = read_frame_index(p);

	if (s == NULL)
		return;
	s->callee = read_text(p);
	read_registers(p, s->passed, &s->passed_count);
}

static void
read_unwind(struct parse *p)
{
	struct lines_stack *s = read_frame_index(p);

	if (s == NULL)
		return;
	s->cfa = read_value(p);
	read_registers(p, s->saved, &s->saved_count);
	if (reader_error(&p->in) != NULL)
		s->cfa.base = LINES_UNKNOWN;
}

static void
read_parameter(struct parse *p)
{
	struct lines_parameter v = { .name = read_text(p) };

	v.type = read_text(p);
	v.at = read_value(p);
	if (p->out->parameter_count == PARAMETERS_MAX)
		reader_reject(&p->in, "too many parameters");
	if (reader_error(&p->in) == NULL)
		p->out->parameter[p->out->parameter_count++] = v;
}

/* False at the end. */
static bool
read_record(struct parse *p)
{
	struct lines *out = p->out;

	switch (reader_u8(&p->in)) {
	case LINES_FAILED:
		read_failure(p);
		break;
	case LINES_FILE:
		out->build_id = read_text(p);
		break;
	case LINES_PLACE:
		read_place(p);
		break;
	case LINES_ACCESS:
		read_access(p);
		break;
	case LINES_TEXT:
		read_code(p);
		break;
	case LINES_PARAMETER:
		read_parameter(p);
		break;
	case LINES_CALL:
		read_call(p);
		break;
	case LINES_UNWIND:
		read_unwind(p);
		break;
	case LINES_END:
		out->whole = reader_error(&p->in) == NULL;
		return false;
	default:
		reader_reject(&p->in, "a record of the answer is of no known kind");
		break;
	}
	return reader_error(&p->in) == NULL;
}

const struct error *
lines_parse(struct bytes answer, const struct lines_job *job, struct arena *a, struct lines *out)
{
	struct parse p = { .job = job,
			   .arena = a,
			   .in = reader_over(answer, ORDER_LITTLE, "answer", a),
			   .out = out };

	*out = (struct lines){
		.place = ARENA_ARRAY(a, struct lines_answer_place, job->count + 1),
		.access = ARENA_ARRAY(a, struct lines_expression, job->access_count + 1),
		.text = ARENA_ARRAY(a, struct lines_text, job->text_count + 1),
		.stack = ARENA_ARRAY(a, struct lines_stack, job->frame_count + 1),
		.parameter = ARENA_ARRAY(a, struct lines_parameter, PARAMETERS_MAX),
	};
	while (p.failed == NULL && reader_left(&p.in) != 0 && read_record(&p))
		continue;
	if (p.failed != NULL)
		return p.failed;
	return out->whole ? NULL
			  : error_new(a, ERROR_CORRUPT, "the answer is cut short or damaged");
}
