/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mustache_node.h - a parsed template, between mustache_parse.c that makes it and mustache.c
 * that fills it.
 *
 * It is a flat array: a section's node knows where its end is, so walking needs no tree.
 * Sections nest at most MUSTACHE_DEPTH deep, which bounds the walk's recursion too.
 */
#ifndef FACTS_MUSTACHE_NODE_H
#define FACTS_MUSTACHE_NODE_H

#include "facts/mustache.h"

enum {
	MUSTACHE_DEPTH = 24, /* sections in sections, and partials in partials */
};

enum node_type {
	NODE_TEXT,
	NODE_VALUE,
	NODE_RAW,
	NODE_SECTION,
	NODE_INVERTED,
	NODE_ANY, /* {{#path?}} */
	NODE_END,
};

enum ref_type {
	REF_PATH,   /* a fact, or the rows it leads through */
	REF_PREFIX, /* "fault": all facts whose path begins so; path leads to the rows */
	REF_VALUE,  /* the value of the section itself */
	REF_NAME,   /* its name in the map */
};

/* What a name in the template means. */
struct ref {
	enum ref_type type;
	size_t up; /* sections outwards from where it stands */
	struct fact_path path;
	struct str prefix; /* REF_PREFIX: without the dot */
};

struct node {
	enum node_type type;
	struct str text; /* NODE_TEXT; of a section its name */
	struct ref ref;
	size_t end; /* of a section: the index of its NODE_END */
};

struct mustache {
	struct node *node;
	size_t count;
	size_t cap;
};

#endif
