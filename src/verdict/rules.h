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

/* The rule files inside the program. */
const struct error *rules_load_builtin(struct rules *r) MUST_CHECK;

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

/* --list-rules, --check-rules, --explain=ID; the latter two say whether all is well. With
 * facts, --explain prints each condition with the value that it met. */
struct facts;
void rules_list(const struct rules *r, FILE *out);
bool rules_check(const struct rules *r, FILE *out);
const struct error *rules_explain(const struct rules *r, const char *id, const struct facts *f,
				  FILE *out) MUST_CHECK;

#endif
