/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "oops/trace.h"

#include "base/compiler.h"

#include <ctype.h>
#include <string.h>

static bool
is_name_char(char c)
{
	return isalnum((unsigned char)c) != 0 || (c != '\0' && strchr("_.$:<>*&-~,@", c) != NULL);
}

static void
skip_blanks(struct str *s)
{
	while (s->len != 0 && (s->p[0] == ' ' || s->p[0] == '\t'))
		*s = str_from(*s, 1);
}

/* ":radeon:f+0x90/0x302" of 2.6.27 */
static void
take_old_module(struct str *s, struct frame *f)
{
	struct str rest = *s;
	struct str name;

	if (!str_take(&rest, STR(":")) || !str_cut(&rest, ':', &name) || name.len == 0 ||
	    str_find_char(name, ' ') != STR_NONE)
		return;
	f->module = name;
	*s = rest;
}

static bool
is_build_id(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (isxdigit((unsigned char)s.p[i]) == 0)
			return false;
	}
	return s.len >= 16;
}

void
trace_take_module(struct str *s, struct frame *f)
{
	struct str rest = *s;
	struct str inside;
	struct str name;

	skip_blanks(&rest);
	if (!str_take(&rest, STR("[")) || !str_cut(&rest, ']', &inside))
		return;
	if (str_is(inside, STR("inline")) || !str_take_word(&inside, &name))
		return;
	inside = str_trim(inside);
	if (inside.len != 0) {
		if (!is_build_id(inside))
			return;
		f->build_id = inside;
	}

	size_t flags = str_find_char(name, '(');

	f->module = flags == STR_NONE ? name : str_first(name, flags);
	*s = rest;
}

bool
trace_take_symbol(struct str *s, struct frame *f)
{
	struct str rest = *s;
	struct frame found = *f;
	size_t n = 0;

	take_old_module(&rest, &found);
	while (n < rest.len && is_name_char(rest.p[n]))
		n++;

	struct str name = str_first(rest, n);

	rest = str_from(rest, n);
	if (n == 0 || !str_take(&rest, STR("+0x")) || !str_take_hex(&rest, &found.offset))
		return false;
	if (str_take(&rest, STR("/0x")) && !str_take_hex(&rest, &found.len))
		return false;
	found.function = name;
	found.has_offset = true;
	trace_take_module(&rest, &found);
	*f = found;
	*s = rest;
	return true;
}

bool
trace_take_address(struct str *s, uint64_t *address)
{
	struct str rest = *s;

	if (!str_take(&rest, STR("[")))
		return false;

	bool angle = str_take(&rest, STR("<"));
	size_t before = rest.len;

	if (!str_take_hex(&rest, address) || before - rest.len < 8)
		return false;
	if ((angle && !str_take(&rest, STR(">"))) || !str_take(&rest, STR("]")))
		return false;
	*s = rest;
	return true;
}

/* "<IRQ>", "</IRQ>", "<EOI>", "<<EOE>>", "<#DF>": contexts of x86 stacks */
static bool
take_mark(struct str *s, struct str *context)
{
	struct str rest = *s;
	struct str name;

	if (!str_take(&rest, STR("<")))
		return false;
	(void)str_take(&rest, STR("<"));

	bool closing = str_take(&rest, STR("/"));

	(void)str_take(&rest, STR("#"));
	if (!str_cut(&rest, '>', &name) || name.len < 2 || name.len > 20)
		return false;
	for (size_t i = 0; i < name.len; i++) {
		if (isupper((unsigned char)name.p[i]) == 0 && name.p[i] != '_' &&
		    isdigit((unsigned char)name.p[i]) == 0)
			return false;
	}
	(void)str_take(&rest, STR(">"));
	if (closing || str_is(name, STR("EOI")) || str_is(name, STR("EOE")))
		*context = (struct str){ NULL, 0 };
	else
		*context = name;
	*s = rest;
	return true;
}

static void
take_marks(struct str *s, struct str *context)
{
	skip_blanks(s);
	while (take_mark(s, context))
		skip_blanks(s);
}

/* What may stand behind a frame: " (unreliable)", " (P)", " file.c:123 [inline]". */
static bool
take_tail(struct str s, struct frame *f)
{
	uint64_t line = 0;

	s = str_trim(s);
	if (str_take(&s, STR("(unreliable)")))
		f->reliable = false;
	else if (s.len >= 3 && s.p[0] == '(' && str_find_char(str_first(s, 8), ')') != STR_NONE)
		s = str_from(s, str_find_char(s, ')') + 1);
	s = str_trim(s);
	if (s.len == 0)
		return true;

	size_t colon = str_find_char(s, ':');
	size_t blank = str_find_char(s, ' ');

	if (colon == STR_NONE || colon == 0 || blank < colon)
		return false;

	struct str file = str_first(s, colon);

	s = str_from(s, colon + 1);
	if (!str_take_decimal(&s, &line))
		return false;
	f->file = file;
	f->line = (uint32_t)line;
	s = str_trim(s);
	if (str_take(&s, STR("[inline]")))
		f->inlined = true;
	return s.len == 0 || s.p[0] == '(' || s.p[0] == '[';
}

/* " f file.c:123 [inline]": a frame that a symbolizer added */
static bool
inlined_frame(struct str s, struct frame *f)
{
	size_t n = 0;

	while (n < s.len && is_name_char(s.p[n]))
		n++;
	if (n == 0 || !str_has(s, STR(" [inline]")))
		return false;
	f->function = str_first(s, n);
	return take_tail(str_from(s, n), f) && f->inlined;
}

/* "[<addr>]", "([<addr>]" of s390, "[sp] [pc]" of ppc64 */
static void
take_frame_address(struct str *s, struct frame *f)
{
	struct str rest = *s;

	if (str_take(&rest, STR("(")))
		f->reliable = false;
	if (!trace_take_address(&rest, &f->address)) {
		f->reliable = true;
		return;
	}
	f->has_address = true;
	skip_blanks(&rest);
	if (trace_take_address(&rest, &f->address))
		skip_blanks(&rest);
	*s = rest;
}

/* " 0xffffffffc0123456": nobody's code */
static bool
bare_address(struct str s, struct frame *f)
{
	if (!str_starts(s, STR("0x")) || !str_take_hex(&s, &f->address))
		return false;
	f->has_address = true;
	return str_trim(s).len == 0;
}

bool
trace_frame(struct str text, struct str *context, struct frame *f)
{
	struct str s = text;

	take_marks(&s, context);
	*f = (struct frame){ .reliable = true };
	take_frame_address(&s, f);
	take_marks(&s, context);
	f->context = *context;
	if (str_take(&s, STR("? ")))
		f->reliable = false;
	if (bare_address(s, f))
		return true;
	if (!trace_take_symbol(&s, f))
		return !f->has_address && inlined_frame(s, f);
	if (str_starts(s, STR(")"))) /* closes the bracket of s390 */
		s = str_from(s, 1);
	return take_tail(s, f);
}

/* "(f)" or "(f+0x1/0x2)" or "f" */
static bool
take_arm_name(struct str *s, struct frame *f)
{
	bool bracket = str_take(s, STR("("));

	if (!trace_take_symbol(s, f)) {
		size_t n = 0;

		while (n < s->len && is_name_char(s->p[n]))
			n++;
		if (n == 0)
			return false;
		f->function = str_first(*s, n);
		*s = str_from(*s, n);
		trace_take_module(s, f);
	}
	return !bracket || str_take(s, STR(")"));
}

bool
trace_frame_from(struct str text, struct frame *callee, struct frame *caller)
{
	struct str s = text;
	struct frame from = { .reliable = true };
	struct frame to = { .reliable = true };

	skip_blanks(&s);
	to.has_address = trace_take_address(&s, &to.address);
	skip_blanks(&s);
	if (!take_arm_name(&s, &to) || !str_take(&s, STR(" from ")))
		return false;
	from.has_address = trace_take_address(&s, &from.address);
	skip_blanks(&s);
	if (!take_arm_name(&s, &from) || !from.has_offset || str_trim(s).len != 0)
		return false;
	*callee = to;
	*caller = from;
	return true;
}

bool
trace_begins(struct str text)
{
	static const struct str starts[] = {
		STR("Call Trace:"),  STR("Call trace:"), STR("Backtrace:"),       STR("backtrace:"),
		STR("Stack trace:"), STR("Trace:"),      STR("stack backtrace:"),
	};
	struct str s = str_trim(text);

	for (size_t i = 0; i < ARRAY_LEN(starts); i++) {
		if (str_starts(s, starts[i]))
			return true;
	}
	return str_starts(s, STR("backtrace (crc "));
}

/* ---- program counters ---- */

/* What follows a program counter's name: addresses, then a symbol, or neither. */
static void
take_where(struct str s, struct frame *f)
{
	skip_blanks(&s);
	for (int i = 0; i < 2; i++) { /* 2.6 to 4.9 print the address twice */
		if (trace_take_address(&s, &f->address))
			f->has_address = true;
		skip_blanks(&s);
	}
	if (trace_take_symbol(&s, f)) {
		(void)take_tail(s, f);
		return;
	}
	(void)bare_address(s, f);
	if (!f->has_address && str_take_hex(&s, &f->address))
		f->has_address = true;
}

/* "0010:" of a segment, whose low two bits are the privilege */
static enum trace_pc
after_segment(struct str s, struct frame *f)
{
	uint64_t segment = 0;
	struct str rest = s;

	skip_blanks(&rest);
	if (str_take_hex(&rest, &segment) && str_take(&rest, STR(":"))) {
		take_where(rest, f);
		return (segment & 3) == 3 ? TRACE_PC_USER : TRACE_PC_KERNEL;
	}
	if (str_starts(rest, STR("!INEXACT!")))
		return TRACE_PC_NONE;
	take_where(rest, f);
	return TRACE_PC_KERNEL;
}

/* "Krnl PSW : 0704c00180000000 00000000001e4c5e (f+0x62/0x7c)" */
static enum trace_pc
after_psw(struct str s, struct frame *f)
{
	uint64_t mask = 0;

	skip_blanks(&s);
	if (!str_take_hex(&s, &mask))
		return TRACE_PC_NONE;
	skip_blanks(&s);
	f->has_address = str_take_hex(&s, &f->address);
	skip_blanks(&s);
	if (str_take(&s, STR("(")))
		take_where(s, f);
	return TRACE_PC_KERNEL;
}

static enum trace_pc
after_name(struct str s, struct frame *f)
{
	take_where(s, f);
	return TRACE_PC_KERNEL;
}

static enum trace_pc
after_link(struct str s, struct frame *f)
{
	take_where(s, f);
	return TRACE_PC_CALLER;
}

/* "--- interrupt: 700 at f+0x2c/0x70", where ppc64 was when it came */
static enum trace_pc
after_interrupt(struct str s, struct frame *f)
{
	uint64_t trap = 0;

	if (!str_take_hex(&s, &trap) || !str_take(&s, STR(" at ")))
		return TRACE_PC_NONE;
	take_where(s, f);
	return f->function.len != 0 ? TRACE_PC_KERNEL : TRACE_PC_NONE;
}

static const struct pc_line {
	struct str name;
	enum trace_pc (*read)(struct str rest, struct frame *f);
} pc_lines[] = {
	{ STR("RIP: "), after_segment },
	{ STR("RIP  "), after_segment },
	{ STR("EIP: "), after_segment },
	{ STR("EIP is at "), after_name },
	{ STR("IP: "), after_name },
	{ STR("pc : "), after_name },
	{ STR("PC is at "), after_name },
	{ STR("lr : "), after_link },
	{ STR("LR is at "), after_link },
	{ STR("NIP ["), after_name },
	{ STR("NIP: "), after_name },
	{ STR("LR ["), after_link },
	{ STR("Krnl PSW : "), after_psw },
	{ STR("epc : "), after_name },
	{ STR("epc: "), after_name },
	{ STR("ra : "), after_link },
	{ STR("--- interrupt: "), after_interrupt },
	{ STR("--- Exception: "), after_interrupt },
};

enum trace_pc
trace_pc(struct str text, struct frame *f)
{
	struct str s = str_trim(text);

	*f = (struct frame){ .reliable = true };
	for (size_t i = 0; i < ARRAY_LEN(pc_lines); i++) {
		struct str rest = s;

		if (s.len == 0 || s.p[0] != pc_lines[i].name.p[0] ||
		    !str_take(&rest, pc_lines[i].name))
			continue;
		if (str_ends(pc_lines[i].name, STR("[")))
			rest = str_from(s, pc_lines[i].name.len - 1);
		return pc_lines[i].read(rest, f);
	}
	return TRACE_PC_NONE;
}
