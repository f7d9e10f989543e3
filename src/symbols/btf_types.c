/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * btf_types.c - BTF as a provider of types. A handle's id is a type number of the module's BTF
 * or of vmlinux's; which of them is in its upper half, as the number of the module.
 */
#include "symbols/types.h"

#include "base/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
	MODULES = 64, /* whose BTF was asked for; a crash is about two or three */
	CHAIN_MAX = 16,
};

struct provider {
	struct type_source source;
	struct arena *arena;
	struct btf *btf[MODULES + 1]; /* the first is vmlinux's; NULL: that module has none */
	struct str name[MODULES + 1];
	size_t count;
	struct btf *(*module)(void *self, struct str name);
	void *self;
	struct btf_hint hint;
};

static struct type
handle(const struct provider *p, size_t which, uint32_t id)
{
	return (struct type){ &p->source, (uint64_t)which << 32 | id };
}

static struct btf *
btf_of(struct type t, uint32_t *id)
{
	const struct provider *p = t.source->self;

	*id = (uint32_t)t.id;
	return p->btf[t.id >> 32];
}

/* A type that the same BTF refers to. */
static struct type
referred(struct type from, uint32_t id)
{
	return (struct type){ from.source, (from.id & ~(uint64_t)UINT32_MAX) | id };
}

static bool
find(const struct type_source *s, const char *name, struct type *out)
{
	enum { KINDS = 1 << BTF_STRUCT | 1 << BTF_UNION };
	const struct provider *p = s->self;
	struct btf_type t;

	if (!btf_find(p->btf[0], KINDS, name, &t) &&
	    !btf_find(p->btf[0], 1 << BTF_TYPEDEF, name, &t))
		return false;
	*out = handle(p, 0, t.id);
	return true;
}

static size_t
module_number(struct provider *p, struct str name)
{
	size_t i = 1;

	if (name.len == 0 || p->module == NULL)
		return 0;
	while (i < p->count && !str_is(p->name[i], name))
		i++;
	if (i == p->count && i <= MODULES) {
		p->name[i] = str_copy(p->arena, name);
		p->btf[i] = p->module(p->self, name);
		p->count++;
	}
	return i <= MODULES && p->btf[i] != NULL ? i : 0;
}

static bool
function(const struct type_source *s, struct str module, const char *name, struct type *out)
{
	size_t which = module_number(s->self, module);
	const struct provider *p = s->self;
	uint32_t proto = 0;

	if (module.len != 0 && which == 0)
		return false;
	if (!btf_function(p->btf[which], name, p->hint.find == NULL ? NULL : &p->hint, &proto))
		return false;
	*out = handle(p, which, proto);
	return true;
}

static bool
len(struct type t, uint64_t *out)
{
	uint32_t id = 0;
	struct btf *b = btf_of(t, &id);

	return btf_len(b, id, out);
}

static struct type_member
member_from(struct type t, struct btf *b, struct str name, const struct btf_member *m)
{
	struct type_member out = { .name = name,
				   .off = m->bit_off / 8,
				   .bit_off = (uint32_t)(m->bit_off % 8),
				   .bit_len = m->bit_len,
				   .type = referred(t, m->type) };

	if (!btf_len(b, m->type, &out.len))
		out.len = 0;
	return out;
}

static bool
member(struct type t, struct str name, struct type_member *out)
{
	uint32_t id = 0;
	struct btf *b = btf_of(t, &id);
	struct btf_member m;

	if (!btf_member(b, id, name, &m))
		return false;
	*out = member_from(t, b, name, &m);
	return true;
}

static bool
member_number(struct type t, uint32_t i, struct type_member *out)
{
	uint32_t id = 0;
	struct btf *b = btf_of(t, &id);
	struct btf_type type;
	struct btf_member m;
	struct str name;

	if (!btf_plain(b, id, &type) || !btf_member_get(b, &type, i, &name, &m))
		return false;
	*out = member_from(t, b, name, &m);
	return true;
}

static bool
parameter(struct type t, uint32_t i, struct type_member *out)
{
	uint32_t id = 0;
	struct btf *b = btf_of(t, &id);
	struct btf_type type;
	struct btf_parameter p;

	if (!btf_type(b, id, &type) || !btf_parameter(b, &type, i, &p))
		return false;
	*out = (struct type_member){ .name = p.name, .type = referred(t, p.type) };
	if (!btf_len(b, p.type, &out->len))
		out->len = 0;
	return true;
}

static bool
target(struct type t, struct type *out)
{
	uint32_t id = 0;
	struct btf *b = btf_of(t, &id);
	struct btf_type type;

	if (!btf_plain(b, id, &type) || type.kind != BTF_PTR)
		return false;
	*out = referred(t, type.value);
	return true;
}

static bool
element(struct type t, struct type *out, uint64_t *count)
{
	uint32_t id = 0;
	struct btf *b = btf_of(t, &id);
	struct btf_type type;
	uint32_t n = 0;

	if (!btf_plain(b, id, &type) || !btf_array(b, &type, &id, &n))
		return false;
	*out = referred(t, id);
	*count = n;
	return true;
}

static const char *
keyword(const struct btf_type *t)
{
	switch (t->kind) {
	case BTF_STRUCT:
		return "struct ";
	case BTF_UNION:
		return "union ";
	case BTF_ENUM:
	case BTF_ENUM64:
		return "enum ";
	case BTF_FWD:
		return t->bit_fields ? "union " : "struct ";
	default:
		return "";
	}
}

/* What stands in front of and behind the name of the innermost type. */
struct spelling {
	struct text before;
	char after[64];
	size_t stars;
};

/* One step from the outside to the inside; false at the innermost type. */
static bool
spell_step(struct btf *b, struct btf_type *t, struct spelling *s)
{
	uint32_t element_type = t->value;
	uint32_t count = 0;
	size_t used = strlen(s->after);

	switch (t->kind) {
	case BTF_PTR:
		s->stars++;
		break;
	case BTF_CONST:
		text_put(&s->before, STR("const "));
		break;
	case BTF_VOLATILE:
		text_put(&s->before, STR("volatile "));
		break;
	case BTF_RESTRICT:
	case BTF_TYPE_TAG:
		break;
	case BTF_ARRAY:
		if (!btf_array(b, t, &element_type, &count))
			return false;
		snprintf(s->after + used, sizeof(s->after) - used, "[%" PRIu32 "]", count);
		break;
	default:
		return false;
	}
	if (element_type != 0 && btf_type(b, element_type, t))
		return true;
	t->kind = BTF_VOID;
	return false;
}

static const char *
text(struct type type, struct arena *a)
{
	uint32_t id = 0;
	struct btf *b = btf_of(type, &id);
	struct spelling s = { .before = text_new(a) };
	struct btf_type t;

	if (!btf_type(b, id, &t))
		return NULL;
	for (size_t i = 0; i < CHAIN_MAX && spell_step(b, &t, &s); i++)
		continue;
	if (t.kind == BTF_FUNC_PROTO)
		text_put(&s.before, STR("function"));
	else if (t.kind == BTF_VOID)
		text_put(&s.before, STR("void"));
	else if (t.name == 0)
		text_printf(&s.before, "%s{...}", keyword(&t));
	else
		text_printf(&s.before, "%s%.*s", keyword(&t), STR_ARG(btf_name(b, &t)));
	if (s.stars != 0)
		text_char(&s.before, ' ');
	for (size_t i = 0; i < s.stars; i++)
		text_char(&s.before, '*');
	text_put(&s.before, str_of(s.after));
	return text_str(&s.before).p;
}

const struct type_source *
btf_source(struct btf *vmlinux, struct arena *a, struct btf *(*module)(void *self, struct str name),
	   void *self, const struct btf_hint *hint)
{
	struct provider *p = ARENA_NEW(a, struct provider);

	p->source = (struct type_source){ .name = "BTF",
					  .self = p,
					  .find = find,
					  .function = function,
					  .len = len,
					  .member = member,
					  .member_number = member_number,
					  .parameter = parameter,
					  .target = target,
					  .element = element,
					  .text = text };
	p->arena = a;
	p->btf[0] = vmlinux;
	p->count = 1;
	p->module = module;
	p->self = self;
	if (hint != NULL)
		p->hint = *hint;
	return &p->source;
}
