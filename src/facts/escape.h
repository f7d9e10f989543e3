/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * escape.h - texts out of a dump, made inert for the place where they are shown.
 *
 * A dump is data from an enemy: a task may call itself "\033[2J", "<script>", "@everyone" or
 * "](http://evil)". Whatever the format, a value neither ends the place it stands in nor
 * does anything but be read: control characters (C1 and those that turn the direction of
 * text too) are shown as \x1b or \u202e, bytes that are no UTF-8 as U+FFFD, and a line feed
 * as a blank, so that no value forges a line of its own.
 *
 * Markdown has several such places (text, `code`, a fenced block, a table row), Jira's markup
 * two (text and {noformat}). The writer finds out which one it is in from the literal text of
 * the template.
 */
#ifndef FACTS_ESCAPE_H
#define FACTS_ESCAPE_H

#include "base/text.h"

enum escape {
	ESCAPE_NONE, /* bytes as they are: for values that become facts again */
	ESCAPE_TEXT, /* a terminal or a plain text file */
	ESCAPE_MARKDOWN,
	ESCAPE_HTML, /* and XML: text and quoted attributes */
	ESCAPE_JIRA, /* the wiki markup of Jira and Confluence */
};

/* Writes the literal text of a template, and values between it. */
struct escaper {
	struct text *out;
	enum escape how;
	size_t fence; /* Markdown: backticks of the fence that the text is in, or 0 */
	bool span;    /* Markdown: inside `code`; Jira: inside {noformat} */
};

struct escaper escaper_new(struct text *out, enum escape how);

/* Text of the template: as it is. */
void escaper_literal(struct escaper *e, struct str s);

/* A value, inert. */
void escaper_value(struct escaper *e, struct str s);

/* A value whose markup shall count. Control characters are inert all the same. */
void escaper_raw(struct escaper *e, struct str s);

/* The name of an escape ("text", "markdown" ...); false if there is none of that name. */
bool escape_find(struct str name, enum escape *out);

#endif
