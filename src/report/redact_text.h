/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * redact_text.h - redaction of what has no type but text: log lines, messages, a command line.
 */
#ifndef REPORT_REDACT_TEXT_H
#define REPORT_REDACT_TEXT_H

#include "report/redact_names.h"

/* What a line of a log means for those after it. */
enum line_state {
	LINE_PLAIN,
	LINE_STACK,  /* words of a stack follow */
	LINE_SHADOW, /* KASAN's shadow bytes follow: no data */
};

/* A message or a sentence. */
struct str redact_text(struct redaction *r, struct str s);

/* The same for names only: what was learnt, no forms. */
struct str redact_words(struct redaction *r, struct str s);

/* A line of the kernel log. */
struct str redact_log_line(struct redaction *r, struct str s, enum line_state *state);

/* The kernel command line: values of parameters that are not in rules/cmdline.list. */
struct str redact_cmdline(struct redaction *r, struct str s);

/* What a file is called where only that is shown. */
struct str redact_path(struct redaction *r, struct str s);

/* "text, 6 bytes" for what stands in quotes. */
struct str redact_quoted(struct redaction *r, struct str s);

/* "text, 6 bytes" for all of it. */
struct str redact_class(struct redaction *r, struct str s);

/* A name of rules/FILE.list; a * at a line's end stands for any rest. */
bool redact_is_listed(const char *file, struct str name);

/* Learns the parts of a host's name. */
void redact_learn_host(struct redaction *r, struct str name);

#endif
