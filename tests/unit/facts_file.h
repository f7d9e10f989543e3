/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * facts_file.h - facts out of a text, for tests that need many: one a line, "path value".
 *
 *   system.release        6.1.0
 *   events[+].kind        null_deref       a new row
 *   events[].trace[+].function  f          a new row in the newest row
 *   registers.rax         0x10
 *   fault.mode            !no log          unknown, and why
 *   findings[]            -                known to be empty
 *
 * Blank lines and those that begin with # are skipped. An "@rank text" line is the origin of
 * what follows it, "@event" makes the newest event the fatal one.
 */
#ifndef TESTS_FACTS_FILE_H
#define TESTS_FACTS_FILE_H

#include "facts/facts.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

struct facts_file {
	struct arena *arena;
	struct facts *facts;
	struct origin origin;
};

static inline void
facts_file_fail(struct str line)
{
	fprintf(stderr, "facts: cannot put '%.*s'\n", STR_ARG(line));
	abort();
}

static inline void
facts_file_put_value(struct facts_file *ff, struct fact_row *r, enum fact_id id, struct str key,
		     struct str v)
{
	const struct fact_info *info = facts_info(id);
	const char *text = str_c(ff->arena, v);
	uint64_t n = 0;

	if (info->kind != FACT_KIND_TEXT)
		(void)str_to_number(v, &n);
	if (v.p[0] == '!') {
		facts_put_why(r, id, error_new(ff->arena, ERROR_ABSENT, "%s", text + 1));
	} else if (info->form != FACT_FORM_ONE && str_is(v, STR("-"))) {
		facts_put_empty(r, id, ff->origin);
	} else if (info->form == FACT_FORM_MAP) {
		if (info->kind == FACT_KIND_NUMBER)
			facts_put_number_named(r, id, str_c(ff->arena, key), (int64_t)n,
					       ff->origin);
		else
			facts_put_address_named(r, id, str_c(ff->arena, key), n, ff->origin);
	} else if (info->kind == FACT_KIND_TEXT) {
		facts_put_text(r, id, v, ff->origin);
	} else if (info->kind == FACT_KIND_NUMBER) {
		facts_put_number(r, id, (int64_t)n, ff->origin);
	} else if (info->kind == FACT_KIND_ADDRESS) {
		facts_put_address(r, id, n, ff->origin);
	} else if (info->kind == FACT_KIND_REAL) {
		facts_put_real(r, id, strtod(text, NULL), ff->origin);
	} else if (info->kind == FACT_KIND_BOOL) {
		facts_put_bool(r, id, str_is(v, STR("true")), ff->origin);
	} else if (info->kind == FACT_KIND_TIME) {
		facts_put_time(r, id, (int64_t)n, ff->origin);
	}
}

/* The row that a step of a path leads into; *path is cut to what follows. */
static inline struct fact_row *
facts_file_enter(struct facts_file *ff, struct fact_row *r, enum fact_id id, struct str *path)
{
	const struct fact *fact = facts_get(r, id);

	if (str_take(path, STR("[+].")))
		return facts_put_row(r, id, ff->origin);
	if (str_take(path, STR("[].")))
		return fact->count == 0 ? NULL : fact->values[fact->count - 1].row;
	(void)str_take(path, STR("."));
	return facts_put_row(r, id, ff->origin);
}

static inline void
facts_file_put(struct facts_file *ff, struct str line)
{
	struct fact_row *r = facts_root(ff->facts);
	struct str rest = line;
	struct str path = { NULL, 0 };

	if (!str_take_word(&rest, &path))
		return;
	rest = str_trim(rest);
	while (r != NULL) {
		enum fact_id first = FACT_NONE;
		enum fact_id found = FACT_NONE;
		struct str after = { NULL, 0 };
		size_t count = 0;

		facts_of_shape(r->shape, &first, &count);
		for (enum fact_id id = first; id < first + count; id++) {
			struct str p = path;

			if (str_take(&p, str_of(facts_info(id)->path)) &&
			    (p.len == 0 || p.p[0] == '.' || p.p[0] == '[')) {
				found = id;
				after = p;
			}
		}
		if (found == FACT_NONE)
			break;
		if (facts_info(found)->kind == FACT_KIND_ROW && after.len > 2) {
			r = facts_file_enter(ff, r, found, &after);
			path = after;
			continue;
		}
		(void)(str_take(&after, STR("[+]")) || str_take(&after, STR("[]")) ||
		       str_take(&after, STR(".")));
		facts_file_put_value(ff, r, found, after, rest);
		return;
	}
	facts_file_fail(line);
}

static inline void
facts_file_command(struct facts_file *ff, struct str line)
{
	static const char *const ranks[] = { "@guess",     "@log",    "@header", "@notes",
					     "@debuginfo", "@memory", "@run" };
	const struct fact *events = facts_get(facts_root(ff->facts), FACT_EVENTS);
	struct str word = { NULL, 0 };

	(void)str_take_word(&line, &word);
	if (str_is(word, STR("@event")))
		facts_put_alias(facts_root(ff->facts), FACT_EVENT,
				events->values[events->count - 1].row, ff->origin);
	for (size_t i = 0; i < ARRAY_LEN(ranks); i++) {
		if (str_is_c(word, ranks[i]))
			ff->origin = (struct origin){ (enum origin_rank)i,
						      str_c(ff->arena, str_trim(line)) };
	}
}

static inline struct facts *
facts_file_parse(struct arena *a, struct str text)
{
	struct facts_file ff = { a, facts_new(a), { ORIGIN_LOG, "the kernel log" } };
	struct str line = { NULL, 0 };

	while (str_take_line(&text, &line)) {
		if (line.len == 0 || line.p[0] == '#')
			continue;
		if (line.p[0] == '@')
			facts_file_command(&ff, line);
		else
			facts_file_put(&ff, line);
	}
	return ff.facts;
}

static inline struct facts *
facts_file_read(struct arena *a, const char *path)
{
	FILE *f = fopen(path, "re");
	char *buf = arena_alloc(a, 1 << 20, 1);

	if (f == NULL) {
		perror(path);
		abort();
	}

	size_t len = fread(buf, 1, 1 << 20, f);

	fclose(f);
	return facts_file_parse(a, (struct str){ buf, len });
}

#endif
