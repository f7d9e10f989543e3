/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "verdict/node.h"

#include "base/limits.h"

#include <inttypes.h>
#include <string.h>
#include <yaml.h>

enum {
	POOL_NODES = 128,
};

struct open_node {
	struct node *node;
	struct node *last; /* of its children */
};

struct builder {
	struct arena *arena;
	yaml_parser_t *parser;
	struct node *pool;
	size_t pool_left;
	char *text; /* room for all scalars of the file */
	size_t text_left;
	struct open_node stack[LIMIT_RULE_DEPTH];
	size_t depth;
	struct node key; /* of the next value, if has_key */
	bool has_key;
	struct node *root;
	size_t documents;
	struct node_problem *why;
	bool done;
};

static bool
refuse(struct builder *b, yaml_mark_t at, const char *text)
{
	*b->why = (struct node_problem){ at.line + 1, at.column + 1, text };
	return false;
}

static struct node *
new_node(struct builder *b)
{
	if (b->pool_left == 0) {
		b->pool = ARENA_ARRAY(b->arena, struct node, POOL_NODES);
		b->pool_left = POOL_NODES;
	}
	return &b->pool[--b->pool_left];
}

/* Scalars are never longer than what they are written as, but for a few escapes. */
static struct str
keep_text(struct builder *b, const yaml_event_t *e)
{
	size_t len = e->data.scalar.length;
	struct str s = { (const char *)e->data.scalar.value, len };

	if (len >= b->text_left)
		return str_copy(b->arena, s);
	memcpy(b->text, s.p, len);
	b->text[len] = 0;
	s.p = b->text;
	b->text += len + 1;
	b->text_left -= len + 1;
	return s;
}

static struct open_node *
top(struct builder *b)
{
	return b->depth == 0 ? NULL : &b->stack[b->depth - 1];
}

static bool
is_known_key(const struct node *map, struct str key)
{
	for (const struct node *n = map->child; n != NULL; n = n->next) {
		if (str_is(n->key, key))
			return true;
	}
	return false;
}

static bool
take_key(struct builder *b, const yaml_event_t *e)
{
	struct open_node *o = top(b);

	if (e->type != YAML_SCALAR_EVENT)
		return refuse(b, e->start_mark, "a key must be one word");
	if (o->node->count >= LIMIT_RULE_KEYS)
		return refuse(b, e->start_mark, "this map has too many keys");
	b->key.key = keep_text(b, e);
	if (is_known_key(o->node, b->key.key))
		return refuse(b, e->start_mark,
			      arena_printf(b->arena, "'%s' stands here for the second time",
					   b->key.key.p));
	b->key.line = e->start_mark.line + 1;
	b->key.column = e->start_mark.column + 1;
	b->has_key = true;
	return true;
}

/* Hangs a new node below the innermost open one. */
static struct node *
add(struct builder *b, enum node_type type, yaml_mark_t at)
{
	struct node *n = new_node(b);
	struct open_node *o = top(b);

	n->type = type;
	n->line = at.line + 1;
	n->column = at.column + 1;
	n->key_line = b->has_key ? b->key.line : n->line;
	n->key_column = b->has_key ? b->key.column : n->column;
	n->key = b->has_key ? b->key.key : (struct str){ NULL, 0 };
	b->has_key = false;
	if (o == NULL) {
		b->root = n;
		return n;
	}
	if (o->last == NULL)
		o->node->child = n;
	else
		o->last->next = n;
	o->last = n;
	o->node->count++;
	return n;
}

static bool
open_one(struct builder *b, enum node_type type, yaml_mark_t at)
{
	if (b->depth == LIMIT_RULE_DEPTH)
		return refuse(b, at, "lists and maps nest too deeply here");

	struct node *n = add(b, type, at);

	b->stack[b->depth++] = (struct open_node){ n, NULL };
	return true;
}

static bool
has_anchor_or_tag(const yaml_event_t *e)
{
	switch (e->type) {
	case YAML_SCALAR_EVENT:
		return e->data.scalar.anchor != NULL || e->data.scalar.tag != NULL;
	case YAML_SEQUENCE_START_EVENT:
		return e->data.sequence_start.anchor != NULL || e->data.sequence_start.tag != NULL;
	case YAML_MAPPING_START_EVENT:
		return e->data.mapping_start.anchor != NULL || e->data.mapping_start.tag != NULL;
	default:
		return e->type == YAML_ALIAS_EVENT;
	}
}

static bool
wants_key(struct builder *b, const yaml_event_t *e)
{
	const struct open_node *o = top(b);

	return o != NULL && o->node != NULL && o->node->type == NODE_MAP && !b->has_key &&
	       e->type != YAML_MAPPING_END_EVENT;
}

static bool
take_value(struct builder *b, const yaml_event_t *e)
{
	switch (e->type) {
	case YAML_SCALAR_EVENT:
		add(b, NODE_TEXT, e->start_mark)->text = keep_text(b, e);
		return true;
	case YAML_SEQUENCE_START_EVENT:
		return open_one(b, NODE_LIST, e->start_mark);
	case YAML_MAPPING_START_EVENT:
		return open_one(b, NODE_MAP, e->start_mark);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		b->depth--;
		return true;
	default:
		return true;
	}
}

static bool
take(struct builder *b, const yaml_event_t *e)
{
	if (e->type == YAML_STREAM_END_EVENT) {
		b->done = true;
		return true;
	}
	if (e->type == YAML_DOCUMENT_START_EVENT && b->documents++ != 0)
		return refuse(b, e->start_mark,
			      "a second document begins here; one file is one list");
	if (has_anchor_or_tag(e))
		return refuse(b, e->start_mark, "anchors, aliases and tags are not read here");
	return wants_key(b, e) ? take_key(b, e) : take_value(b, e);
}

static bool
take_event(struct builder *b)
{
	yaml_event_t e;

	if (!yaml_parser_parse(b->parser, &e)) {
		yaml_mark_t at = b->parser->problem_mark;
		const char *text = b->parser->problem;

		if (b->parser->error == YAML_READER_ERROR)
			at = b->parser->mark;
		return refuse(b, at,
			      arena_printf(b->arena, "this is not YAML: %s",
					   text == NULL ? "it cannot be read" : text));
	}

	bool ok = take(b, &e);

	yaml_event_delete(&e);
	return ok;
}

bool
node_parse(struct str yaml, struct arena *a, struct node **root, struct node_problem *why)
{
	yaml_parser_t parser;
	struct builder b = { .arena = a, .parser = &parser, .why = why };
	bool ok = true;

	if (yaml.len > LIMIT_RULE_BYTES) {
		*why = (struct node_problem){ 0, 0, "the file is too long for a rule file" };
		return false;
	}
	if (!yaml_parser_initialize(&parser)) {
		*why = (struct node_problem){ 0, 0, "out of memory" };
		return false;
	}
	b.text_left = yaml.len + 1;
	b.text = ARENA_ARRAY(a, char, b.text_left);
	yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&parser, (const unsigned char *)yaml.p, yaml.len);
	while (ok && !b.done)
		ok = take_event(&b);
	yaml_parser_delete(&parser);
	if (ok)
		*root = b.root;
	return ok;
}

const struct node *
node_find(const struct node *map, const char *key)
{
	for (const struct node *n = map->child; n != NULL; n = n->next) {
		if (str_is_c(n->key, key))
			return n;
	}
	return NULL;
}
