/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rules.h - the rule files: loading, checking and listing them.
 *
 * The built-in files are embedded in the program; a site's own may add to them and override
 * by id. Every complaint names file, line and column.
 */
#ifndef VERDICT_RULES_H
#define VERDICT_RULES_H

#include "base/error.h"
#include "base/str.h"

#include <stdio.h>

struct rules;

struct rules *rules_new(struct arena *a);

/* The rules inside the program, to judge by: packed, each read when it may hold. */
const struct error *rules_load_builtin(struct rules *r) MUST_CHECK;

/* The same as people wrote them, which rules_list(), rules_check() and rules_explain() show. */
const struct error *rules_load_builtin_source(struct rules *r) MUST_CHECK;

/* A file, or every *.yaml and skip.list of a folder in the order of their names. What is wrong in a
 * file is an error that tells the first complaint; rules_check() prints them all, so --check-rules
 * asks it in spite of that error. Rules that are right are loaded all the same. */
const struct error *rules_load_path(struct rules *r, const char *path) MUST_CHECK;

/* Rules that are in memory; name stands for them in complaints. Text is borrowed. */
const struct error *rules_load_text(struct rules *r, const char *name, struct str text) MUST_CHECK;

/* The skip.list files of a site: functions that do not name a crash, for oops_reader_skip(). */
const struct str *rules_skip_texts(const struct rules *r, size_t *count);

size_t rules_count(const struct rules *r);
/* Where they came from: "built in", paths. */
const char *const *rules_sources(const struct rules *r, size_t *count);

/* --list-rules and --check-rules; the latter says whether all is well. */
void rules_list(const struct rules *r, FILE *out);
bool rules_check(const struct rules *r, FILE *out);

/* --explain=ID: with facts (or NULL) each condition is tried on them, and printed with the value
 * that the fact has by then: between the two, redaction may change it. */
struct facts;
struct explanation;
const struct error *rules_explain(const struct rules *r, const char *id, const struct facts *f,
				  struct explanation **out) MUST_CHECK;
void rules_print_explanation(const struct explanation *e, FILE *out);

#endif
