/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * node.h - a YAML file as a tree of nodes that know where they stand.
 *
 * Refuses what a rule file has no use for and a hostile one lives on: anchors and aliases,
 * tags, deep nesting, several documents, a key that stands twice.
 */
#ifndef VERDICT_NODE_H
#define VERDICT_NODE_H

#include "base/arena.h"
#include "base/str.h"

enum node_type {
	NODE_TEXT,
	NODE_LIST,
	NODE_MAP,
};

struct node {
	enum node_type type;
	struct str text; /* of NODE_TEXT; NUL-terminated */
	struct str key;  /* if it is in a map; NUL-terminated */
	size_t line;     /* of the value, from 1 */
	size_t column;   /* from 1 */
	size_t key_line; /* of the key; of the value if it has none */
	size_t key_column;
	struct node *child;
	struct node *next;
	size_t count; /* of children */
};

struct node_problem {
	size_t line; /* from 1; 0: the file as a whole */
	size_t column;
	const char *text;
};

/* False, and *why says so, if it is not such a file. The root of an empty file is NULL. */
bool node_parse(struct str yaml, struct arena *a, struct node **root,
		struct node_problem *why) MUST_CHECK;

/* The child of a map with that key, or NULL. */
const struct node *node_find(const struct node *map, const char *key);

#endif
