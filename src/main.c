/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * main.c - argv to options to the pipeline to an exit status.
 */
#include "base/limits.h"
#include "host/output.h"
#include "host/room.h"
#include "host/supervisor.h"
#include "inputs.h"
#include "options.h"
#include "pipeline.h"
#include "report/output.h"
#include "sweep.h"
#include "triage.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static enum pipeline_status
complain(struct arena *a, const struct error *e)
{
	fprintf(stderr, "kdtriage: %s\n", error_text(a, e));
	return e->code == ERROR_USAGE ? STATUS_USAGE : STATUS_NOTHING;
}

static const struct error *
load_builtin(const struct options *o, struct rules *rules)
{
	if (o->no_builtin_rules)
		return NULL;
	if (o->mode == MODE_CHECK_RULES || o->mode == MODE_LIST_RULES || o->explain != NULL)
		return rules_load_builtin_source(rules);
	return rules_load_builtin(rules);
}

static const struct error *
load_rules(const struct options *o, struct rules *rules)
{
	const struct error *e = load_builtin(o, rules);

	for (size_t i = 0; e == NULL && i < o->rules_count; i++) {
		e = rules_load_path(rules, o->rules[i]);
		/* What is wrong in a rule file is what --check-rules is there to print. */
		if (o->mode == MODE_CHECK_RULES && e != NULL && e->code == ERROR_USAGE)
			e = NULL;
	}
	return e;
}

static enum pipeline_status
worse(enum pipeline_status a, enum pipeline_status b)
{
	return a > b ? a : b;
}

static enum pipeline_status
report_inputs(struct triage *t, const struct inputs *in, FILE *stream)
{
	struct triage_output out = { .stream = stream, .count = in->count };
	enum pipeline_status status = STATUS_COMPLETE;

	for (; out.index < in->count && t->stopped_by == 0; out.index++) {
		enum pipeline_status got = triage_input(t, &in->dump[out.index], &out);

		if (got != STATUS_NOTHING)
			out.written++;
		status = worse(status, got);
	}
	return status;
}

static bool
wants_color(const struct options *o)
{
	const char *no_color = getenv("NO_COLOR");

	if (o->color != COLOR_AUTO)
		return o->color == COLOR_ALWAYS;
	return strcmp(o->output, "-") == 0 && isatty(STDOUT_FILENO) &&
	       (no_color == NULL || no_color[0] == '\0');
}

/* In a capture kernel nobody knows how long the machine lives: first what is found at once. */
static bool
wants_outline(const struct options *o, const struct inputs *in)
{
	return o->kdump_profile && o->mode == MODE_REPORT && o->explain == NULL &&
	       strcmp(o->output, "-") != 0 && in->count == 1;
}

/* Columns of the terminal that the report goes to; 0 if it goes nowhere like that. */
static unsigned int
terminal_width(const struct options *o)
{
	struct winsize w = { 0 };

	if (strcmp(o->output, "-") != 0 || ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) != 0)
		return 0;
	return w.ws_col;
}

static void
look_at_surroundings(struct options *o)
{
	const char *summary = getenv("GITHUB_STEP_SUMMARY");

	o->color = wants_color(o) ? COLOR_ALWAYS : COLOR_NEVER;
	o->width = terminal_width(o);
	if (summary != NULL && summary[0] != '\0')
		o->step_summary = summary;
}

/* If every worker was lost, the outline is the report. */
static enum pipeline_status
without_report(const struct triage *t, enum pipeline_status status)
{
	return t->gave_up && t->has_outline ? STATUS_DEGRADED : status;
}

/* The kernel's files that were named, among the inputs or by -x, which may be a System.map. */
static const struct error *
take_kernel(struct options *o, struct triage *t, const struct inputs *in)
{
	enum input_class class = INPUT_ALONE;

	o->system_map = in->system_map;
	if (o->vmlinux == NULL) {
		o->vmlinux = in->vmlinux;
		return NULL;
	}

	const struct error *e = triage_classify(t, &o->vmlinux, 1, &class);

	if (e == NULL && class == INPUT_SYMBOLS && in->system_map == NULL) {
		o->system_map = o->vmlinux;
		o->vmlinux = in->vmlinux;
	}
	return e;
}

/* Reports go to a file that appears whole or not at all, or to standard output. */
static enum pipeline_status
write_reports(struct options *o, struct triage *t, struct arena *a)
{
	struct output_options how = { .format = o->format, .template = o->template };
	struct inputs in = { 0 };
	struct outfile *file = NULL;
	const struct error *e = output_check(&how, a);

	look_at_surroundings(o);
	if (e == NULL && o->kdump_profile && strcmp(o->output, "-") != 0)
		e = room_check(o->output, LIMIT_KDUMP_ROOM_BYTES, a);
	if (e == NULL)
		e = triage_sort(t, &in);
	if (e == NULL)
		e = take_kernel(o, t, &in);
	if (e == NULL && wants_outline(o, &in))
		(void)triage_outline(t, &in.dump[0]); /* the whole report tells what was wrong */
	if (e == NULL)
		e = outfile_open(o->output, a, &file);
	if (e != NULL)
		return complain(a, e);

	enum pipeline_status status = report_inputs(t, &in, outfile_stream(file));

	if (t->stopped_by != 0 || (status == STATUS_NOTHING && in.count == 1)) {
		outfile_abandon(file);
		return without_report(t, status);
	}
	e = outfile_commit(file, a);
	return e != NULL ? complain(a, e) : status;
}

static enum pipeline_status
scan(struct options *o, struct triage *t, struct arena *a)
{
	struct output_options how = { .format = o->format, .template = o->template };
	const struct error *e = output_check(&how, a);

	o->color = COLOR_NEVER;
	return e != NULL ? complain(a, e) : sweep(t);
}

static enum pipeline_status
run_mode(struct options *o, int *stopped_by, struct arena *a)
{
	struct rules *rules = rules_new(a);
	struct triage t = { .o = o, .rules = rules, .a = a };
	struct explanation *explanation = NULL;
	uint64_t began_ns = budget_now_ns();
	const struct error *e = load_rules(o, rules);

	t.rules_ns = budget_now_ns() - began_ns;
	if (e != NULL)
		return complain(a, e);
	switch (o->mode) {
	case MODE_CHECK_RULES:
		return rules_check(rules, stdout) ? STATUS_COMPLETE : STATUS_NOTHING;
	case MODE_LIST_RULES:
		rules_list(rules, stdout);
		return STATUS_COMPLETE;
	default:
		break;
	}
	if (o->explain != NULL) {
		e = rules_explain(rules, o->explain, NULL, &explanation);
		if (e != NULL)
			return complain(a, e);
	}
	if (o->explain != NULL && o->input_count == 0) {
		rules_print_explanation(explanation, stdout);
		return STATUS_COMPLETE;
	}

	enum pipeline_status status = o->scan != NULL ? scan(o, &t, a) : write_reports(o, &t, a);

	*stopped_by = t.stopped_by;
	return status;
}

static enum pipeline_status
run(int argc, char **argv, int *stopped_by, struct arena *a)
{
	struct options o = { 0 };
	const struct error *e = options_parse(argc, argv, a, &o);

	if (e != NULL) {
		complain(a, e);
		return STATUS_USAGE;
	}
	switch (o.mode) {
	case MODE_HELP:
		options_help(stdout);
		return STATUS_COMPLETE;
	case MODE_VERSION:
		puts("kdtriage " KDTRIAGE_VERSION);
		return STATUS_COMPLETE;
	case MODE_LIST_FACTS:
		inputs_list_facts(stdout);
		return STATUS_COMPLETE;
	default:
		return run_mode(&o, stopped_by, a);
	}
}

int
main(int argc, char **argv)
{
	struct arena *a = arena_new(NULL);
	int stopped_by = 0;

	/* A reader that goes away, or a limit on files, is an error of writing, which has its
	 * exit status. */
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);

	enum pipeline_status status = run(argc, argv, &stopped_by, a);

	if (fflush(stdout) != 0 || ferror(stdout) != 0) {
		if (status != STATUS_NOTHING) /* otherwise it was said */
			fputs("kdtriage: cannot write to standard output\n", stderr);
		status = STATUS_NOTHING;
	}
	arena_free(a);
	if (stopped_by != 0)
		supervisor_die_of(stopped_by);
	return status;
}
