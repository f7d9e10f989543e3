/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fault/arguments.h"

#include "base/text.h"
#include "model/names.h"

#include <inttypes.h>
#include <string.h>

enum {
	STRING_MAX = 64, /* letters of a string that are shown */
	PARAMETERS_MAX = 12,
};

/* What a register of that DWARF number held. */
static bool
register_value(const struct fault_trail *t, size_t number, uint64_t *value)
{
	for (size_t i = 0; t->port->regs[i] != NULL; i++) {
		if (i == number)
			return t->regs != NULL && regs_get(t->regs, t->port->regs[i], value);
	}
	return false;
}

/* The value of argument number i, and how it is known: a register still has what was passed, or a
 * debug file knows. */
static bool
value_of(const struct fault_trail *t, size_t i, const struct argument *arg, uint64_t *value,
	 const char **how)
{
	*how = "passed";
	if (t->known && i < TRACK_ARGUMENTS && t->track.holder[i] >= 0 &&
	    register_value(t, (size_t)t->track.holder[i], value))
		return true;
	*how = arg->how;
	*value = arg->value;
	return arg->how != NULL;
}

static bool
is_pointer(struct str type)
{
	return str_ends(type, STR("*"));
}

/* A string in memory, as far as it can be shown. */
static const char *
string_at(const struct kernel *k, uint64_t va, struct arena *a)
{
	struct str s = { NULL, 0 };
	struct text t = text_new(a);

	if (k == NULL || memory_string(k->mem, va, STRING_MAX, a, &s) != NULL || s.len == 0)
		return NULL;
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] != '\n' && (s.p[i] < ' ' || s.p[i] > '~'))
			return NULL;
		if (s.p[i] == '\n')
			text_put(&t, STR("\\n"));
		else
			text_char(&t, s.p[i]);
	}
	return arena_printf(a, "\"%s\"", text_str(&t).p);
}

/* Bytes of a number of that type; 0 if it is none of those. */
static unsigned int
integer_len(struct str type)
{
	static const struct {
		const char *name;
		unsigned int len;
	} types[] = {
		{ "char", 1 },        { "u8", 1 },      { "unsigned char", 1 },
		{ "signed char", 1 }, { "_Bool", 1 },   { "bool", 1 },
		{ "short int", 2 },   { "u16", 2 },     { "short unsigned int", 2 },
		{ "int", 4 },         { "u32", 4 },     { "unsigned int", 4 },
		{ "gfp_t", 4 },       { "umode_t", 2 },
	};

	(void)str_take(&type, STR("const "));
	for (size_t i = 0; i < ARRAY_LEN(types); i++) {
		if (str_is_c(type, types[i].name))
			return types[i].len;
	}
	return 0;
}

/* What is above the type's own bytes in the register means nothing. */
static uint64_t
narrowed(struct str type, uint64_t value)
{
	unsigned int len = integer_len(type);

	return len == 0 ? value : value & (UINT64_MAX >> (64 - 8 * len));
}

static const char *
value_text(const struct kernel *k, struct str type, uint64_t value, struct arena *a)
{
	unsigned int len = integer_len(type);

	if (is_pointer(type) && value == 0)
		return "NULL";
	if (str_ends(type, STR("char *")))
		return string_at(k, value, a);
	if ((len == 1 || len == 4) && value >= ' ' && value <= '~')
		return arena_printf(a, "'%c' (%" PRIu64 ")", (char)value, value);
	if (len == 4 && (int32_t)value < 0)
		return arena_printf(a, "%" PRId32, (int32_t)value);
	return len == 0 ? NULL : arena_printf(a, "%" PRIu64, value);
}

static const char *
symbol_of(const struct kernel *k, uint64_t value, struct arena *a)
{
	struct symbol s = { 0 };

	if (k == NULL || !kernel_is_address(k, value) || !symbols_within(k->symbols, value, &s))
		return NULL;
	return symbol_text(&s, value, a);
}

static void
put_value(const struct fault_trail *t, const struct kernel *k, size_t i, const struct argument *arg,
	  struct origin o, struct fact_row *row, struct arena *a)
{
	struct str type = arg->type;
	uint64_t value = 0;
	const char *how = NULL;
	const char *text = NULL;

	if (!value_of(t, i, arg, &value, &how))
		return;
	value = narrowed(type, value);
	facts_put_address(row, ARGUMENT_VALUE, value, o);
	facts_put_text(row, ARGUMENT_HOW, str_of(how), o);
	text = value_text(k, type, value, a);
	if (text != NULL)
		facts_put_text(row, ARGUMENT_TEXT, str_of(text), o);
	/* Strings are behind labels of the compiler's (.LC102). */
	if (integer_len(type) != 0 || text != NULL)
		return;
	text = symbol_of(k, value, a);
	if (text != NULL)
		facts_put_text(row, ARGUMENT_SYMBOL, str_of(text), o);
}

void
arguments_put(const struct fault_trail *t, const struct kernel *k, size_t i,
	      const struct argument *arg, struct origin o, struct fact_row *root, struct arena *a)
{
	struct fact_row *row = facts_put_row(root, FACT_FAULT_ARGUMENTS, o);

	if (arg->name.len != 0)
		facts_put_text(row, ARGUMENT_NAME, arg->name, o);
	if (arg->type.len != 0)
		facts_put_text(row, ARGUMENT_TYPE, arg->type, o);
	if (t->port == NULL || i >= t->port->argument_count)
		return;
	facts_put_text(row, ARGUMENT_REGISTER, str_of(t->port->regs[t->port->arguments[i]]), o);
	put_value(t, k, i, arg, o, row, a);
}

void
arguments_put_expression(const struct expression *e, struct origin o, struct fact_row *root)
{
	facts_put_text(root, FACT_FAULT_OPERAND_TYPE, str_of(e->type), o);
	if (e->member != NULL)
		facts_put_text(root, FACT_FAULT_OPERAND_MEMBER, str_of(e->member), o);
	facts_put_text(root, FACT_FAULT_OPERAND_EXPRESSION, str_of(e->text), o);
}

bool
arguments_trail(const struct fault_trail *t, struct track_trail *out)
{
	if (!t->known || !t->has_base)
		return false;
	*out = t->track.reg[t->base];
	out->disp[out->count - 1] =
		(int64_t)((uint64_t)out->disp[out->count - 1] + (uint64_t)t->displacement);
	return true;
}

static void
put_expression(const struct fault_trail *t, struct type function, struct origin o,
	       struct fact_row *root, struct arena *a)
{
	struct track_trail trail;
	struct type_member p = { .name = { NULL, 0 } };
	struct expression e;

	if (!arguments_trail(t, &trail) || trail.root != TRACK_FROM_ARGUMENT ||
	    !types_parameter(function, trail.argument, &p) || p.name.len == 0)
		return;
	if (expression_of(p.type, str_c(a, p.name), trail.disp, trail.count, a, &e))
		arguments_put_expression(&e, o, root);
}

/* Is it worth to know what the function takes? Names alone are no news, and where they stand in BTF
 * may cost more than all the rest. */
static bool
knows_any(const struct fault_trail *t)
{
	struct track_trail trail;

	if (!t->known || t->port == NULL)
		return false;
	for (size_t i = 0; i < t->port->argument_count && i < TRACK_ARGUMENTS; i++) {
		if (t->track.holder[i] >= 0)
			return true;
	}
	return arguments_trail(t, &trail) && trail.root == TRACK_FROM_ARGUMENT;
}

bool
arguments_by_types(const struct fault_trail *t, const struct kernel *k, struct str module,
		   struct str function, struct fact_row *root, struct arena *a)
{
	static const struct origin o = { ORIGIN_MEMORY, "BTF of the dump" };
	struct type type = { 0 };
	struct type_member p = { .name = { NULL, 0 } };
	struct str whole = names_plain(function);

	/* Parameters of a function that the compiler changed (.isra, .constprop) are others. */
	if (!knows_any(t) || (whole.len != function.len && !str_has(function, STR(".cold"))))
		return false;
	if (!types_function(k->types, module, str_c(a, whole), &type))
		return false;
	for (uint32_t i = 0; i < PARAMETERS_MAX && types_parameter(type, i, &p); i++) {
		struct argument arg = { .name = p.name, .type = str_of(types_text(p.type, a)) };

		arguments_put(t, k, i, &arg, o, root, a);
	}
	/* The cold part of a function is entered in its middle. */
	if (whole.len == function.len)
		put_expression(t, type, o, root, a);
	return true;
}
