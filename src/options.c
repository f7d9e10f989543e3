/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "options.h"

#include "base/limits.h"
#include "model/kind.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

/* Takes the value of one option; NULL, or what is wrong with it. */
typedef const char *option_take(struct options *o, struct arena *a, const char *value);

struct option_row {
	const char *name;
	char letter;     /* 0: none */
	const char *arg; /* how the help calls its argument; NULL: it takes none */
	option_take *take;
	const char *help;
};

static void
add(struct arena *a, const char ***list, size_t *count, const char *value)
{
	const char **longer = ARENA_ARRAY(a, const char *, *count + 1);

	if (*count != 0)
		memcpy(longer, *list, *count * sizeof(*longer));
	longer[(*count)++] = value;
	*list = longer;
}

static const char *
take_format(struct options *o, struct arena *a, const char *v)
{
	(void)a;
	o->format = v;
	return NULL;
}

static const char *
take_output(struct options *o, struct arena *a, const char *v)
{
	(void)a;
	/* A symbolic link, which would be replaced. */
	o->output = strcmp(v, "/dev/stdout") == 0 ? "-" : v;
	return v[0] == '\0' ? "needs a file name" : NULL;
}

static const char *
take_template(struct options *o, struct arena *a, const char *v)
{
	(void)a;
	o->template = v;
	return NULL;
}

static const char *
take_rules(struct options *o, struct arena *a, const char *v)
{
	add(a, &o->rules, &o->rules_count, v);
	return NULL;
}

static const char *
take_no_builtin_rules(struct options *o, struct arena *a, const char *v)
{
	(void)a;
	(void)v;
	o->no_builtin_rules = true;
	return NULL;
}

static const char *
take_check_rules(struct options *o, struct arena *a, const char *v)
{
	(void)a;
	(void)v;
	o->mode = MODE_CHECK_RULES;
	return NULL;
}

static const char *
take_list_rules(struct options *o, struct arena *a, const char *v)
{
	(void)a;
	(void)v;
	o->mode = MODE_LIST_RULES;
	return NULL;
}

static const char *
take_explain(struct options *o, struct arena *a, const char *v)
{
	(void)a;
	o->explain = v;
	return NULL;
}

static const char *
take_redact(struct options *o, struct arena *a, const char *v)
{
	(void)a;
	o->redact = v;
	if (strcmp(v, "none") == 0 || strcmp(v, "share") == 0 || strcmp(v, "public") == 0)
		return NULL;
	return "is none, share or public";
}

static const char *
take_fail_on(struct options *o, struct arena *a, const char *v)
{
	static const char *const words[] = {
		"critical",   "high",   "medium",   "low",      "info",    "bug",  "hardware",
		"deliberate", "policy", "external", "resource", "unknown", "none", "configuration",
	};
	struct str rest = str_of(v);

	(void)a;
	o->fail_on = v;
	while (rest.len != 0) {
		struct str word = rest;
		enum kind k = KIND_NONE;
		bool known = false;

		if (!str_cut(&rest, ',', &word))
			rest.len = 0;
		for (size_t i = 0; i < ARRAY_LEN(words); i++)
			known = known || str_is_c(word, words[i]);
		if (!known && !kind_find(word, &k))
			return "is a comma-separated list of severities, origins and kinds "
			       "(critical, hardware, soft_lockup ...)";
	}
	return NULL;
}

static const char *
take_vmlinux(struct options *o, struct arena *a, const char *v)
{
	(void)a;
	o->vmlinux = v;
	return NULL;
}

static const char *
take_no_debuginfo(struct options *o, struct arena *a, const char *v)
{
	(void)a;
	(void)v;
	o->no_debuginfo = true;
	return NULL;
}

static const char *
take_debug_dir(struct options *o, struct arena *a, const char *v)
{
	add(a, &o->debug_dir, &o->debug_dir_count, v);
	return v[0] == '\0' ? "needs a folder" : NULL;
}

static const char *
take_debuginfod(struct options *o, struct arena *a, const char *v)
{
	(void)a;
	(void)v;
	o->debuginfod = true;
	return NULL;
}

static const char *
take_source_dir(struct options *o, struct arena *a, const char *v)
{
	add(a, &o->source_dir, &o->source_dir_count, v);
	return v[0] == '\0' ? "needs a folder" : NULL;
}

static const char *
take_mini_vmcore(struct options *o, struct arena *a, const char *v)
{
	(void)a;
	o->mini_vmcore = v;
	return v[0] == '\0' ? "needs a file name" : NULL;
}

static const char *
take_mini_for(struct options *o, struct arena *a, const char *v)
{
	(void)a;
	o->mini_for_peers = strcmp(v, "peers") == 0;
	return o->mini_for_peers || strcmp(v, "kdtriage") == 0 ? NULL : "is kdtriage or peers";
}

static const char *
take_all_stacks(struct options *o, struct arena *a, const char *v)
{
	(void)a;
	(void)v;
	o->all_stacks = true;
	return NULL;
}

static const char *
take_deep(struct options *o, struct arena *a, const char *v)
{
	(void)a;
	(void)v;
	o->deep = true;
	return NULL;
}

struct unit {
	const char *name;
	uint64_t factor;
};

/* "10", "10s", "48M": a whole number and one of the units, which end in a NULL name. */
static bool
take_quantity(const char *v, const struct unit *units, uint64_t *out)
{
	struct str rest = str_of(v);
	uint64_t n = 0;

	if (!str_take_decimal(&rest, &n))
		return false;
	for (; units->name != NULL; units++) {
		if (str_is_c(rest, units->name))
			return !__builtin_mul_overflow(n, units->factor, out);
	}
	return false;
}

static const char *
take_timeout(struct options *o, struct arena *a, const char *v)
{
	static const struct unit units[] = {
		{ "ms", 1000000 },      { "s", 1000000000 },  { "sec", 1000000000 },
		{ "", 1000000000 },     { "m", 60000000000 }, { "min", 60000000000 },
		{ "h", 3600000000000 }, { NULL, 0 },
	};

	(void)a;
	if (take_quantity(v, units, &o->timeout_ns))
		return NULL;
	return "is a number with ms, s, min or h: 30s";
}

static const char *
take_max_memory(struct options *o, struct arena *a, const char *v)
{
	static const struct unit units[] = {
		{ "", 1 },           { "K", 1u << 10 },   { "M", 1u << 20 },   { "G", 1u << 30 },
		{ "KiB", 1u << 10 }, { "MiB", 1u << 20 }, { "GiB", 1u << 30 }, { NULL, 0 },
	};

	(void)a;
	if (take_quantity(v, units, &o->max_memory_bytes))
		return NULL;
	return "is a number of bytes, or with K, M or G: 48M";
}

static const char *
take_profile(struct options *o, struct arena *a, const char *v)
{
	(void)a;
	o->kdump_profile = strcmp(v, "kdump") == 0;
	if (o->kdump_profile || strcmp(v, "full") == 0)
		return NULL;
	return "is full or kdump";
}

static const char *
take_scan(struct options *o, struct arena *a, const char *v)
{
	(void)a;
	o->scan = v;
	return v[0] == '\0' ? "needs a folder" : NULL;
}

static const char *
take_no_sandbox(struct options *o, struct arena *a, const char *v)
{
	(void)a;
	(void)v;
	o->no_sandbox = true;
	return NULL;
}

static const char *
take_log(struct options *o, struct arena *a, const char *v)
{
	(void)a;
	(void)v;
	o->log = true;
	return NULL;
}

static const char *
take_identify(struct options *o, struct arena *a, const char *v)
{
	(void)a;
	(void)v;
	o->mode = MODE_IDENTIFY;
	return NULL;
}

static const char *
take_list_facts(struct options *o, struct arena *a, const char *v)
{
	(void)a;
	(void)v;
	o->mode = MODE_LIST_FACTS;
	return NULL;
}

static const char *
take_quiet(struct options *o, struct arena *a, const char *v)
{
	(void)a;
	(void)v;
	o->quiet = true;
	return NULL;
}

static const char *
take_verbose(struct options *o, struct arena *a, const char *v)
{
	(void)a;
	(void)v;
	o->verbose = true;
	return NULL;
}

static const char *
take_progress(struct options *o, struct arena *a, const char *v)
{
	(void)a;
	(void)v;
	o->progress = true;
	return NULL;
}

static const char *
take_color(struct options *o, struct arena *a, const char *v)
{
	static const char *const names[] = { "auto", "always", "never" };

	(void)a;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (strcmp(v, names[i]) == 0) {
			o->color = (enum options_color)i;
			return NULL;
		}
	}
	return "is auto, always or never";
}

static const char *
take_help(struct options *o, struct arena *a, const char *v)
{
	(void)a;
	(void)v;
	o->mode = MODE_HELP;
	return NULL;
}

static const char *
take_version(struct options *o, struct arena *a, const char *v)
{
	(void)a;
	(void)v;
	o->mode = MODE_VERSION;
	return NULL;
}

/* clang-format off */
static const struct option_row rows[] = {
	{ "format", 'f', "NAME", take_format, "text, markdown, json, html, junit, tap, github, or any template" },
	{ "output", 'o', "FILE", take_output, "write there, whole or not at all; - is standard output" },
	{ "log", 0, NULL, take_log, "the files are text logs, whatever they look like; -: standard input" },
	{ "identify", 0, NULL, take_identify, "only say what each file is: format, kernel, completeness" },
	{ "redact", 0, "PROFILE", take_redact, "none, share (default) or public: what to replace in the report" },
	{ "rules", 'r', "FILE|DIR", take_rules, "more rules; they override built-in ones of the same id" },
	{ "no-builtin-rules", 0, NULL, take_no_builtin_rules, "only the rules of --rules" },
	{ "check-rules", 0, NULL, take_check_rules, "check the rules and say what is wrong with them" },
	{ "list-rules", 0, NULL, take_list_rules, "list the rules" },
	{ "explain", 0, "RULE", take_explain, "print a rule; with DUMP, why it held or did not" },
	{ "list-facts", 0, NULL, take_list_facts, "list every fact that rules and templates may use" },
	{ "template", 't', "FILE", take_template, "write the report with a template of your own" },
	{ "mini-vmcore", 0, "FILE", take_mini_vmcore, "also write a small dump of the pages that the analysis read" },
	{ "mini-for", 0, "WHOM", take_mini_for, "kdtriage (default), or peers: also what crash and drgn read" },
	{ "all-stacks", 0, NULL, take_all_stacks, "the stack of every task, in tasks.all[]" },
	{ "deep", 0, NULL, take_deep, "slow looks too: what every page of memory was used for" },
	{ "vmlinux", 'x', "FILE", take_vmlinux, "vmlinux of the crashed kernel, or its System.map" },
	{ "debug-dir", 0, "DIR", take_debug_dir, "look for debuginfo there before /usr/lib/debug" },
	{ "source-dir", 0, "DIR", take_source_dir, "the kernel's source, for the text of lines" },
	{ "debuginfod", 0, NULL, take_debuginfod, "ask the servers of $DEBUGINFOD_URLS for what is not here" },
	{ "no-debuginfo", 0, NULL, take_no_debuginfo, "do not look for debuginfo" },
	{ "timeout", 0, "DURATION", take_timeout, "report what is known by then: 30s, 5min" },
	{ "max-memory", 0, "SIZE", take_max_memory, "memory that input may take: 48M" },
	{ "profile", 0, "NAME", take_profile, "full (default), or kdump: for capture kernels" },
	{ "scan", 0, "DIR", take_scan, "a report beside every new dump below DIR" },
	{ "no-sandbox", 0, NULL, take_no_sandbox, "do not confine the analysis; for profilers and debuggers" },
	{ "fail-on", 0, "LIST", take_fail_on, "severities, origins or kinds for which the exit status is 3" },
	{ "quiet", 'q', NULL, take_quiet, "no warnings on standard error" },
	{ "verbose", 'v', NULL, take_verbose, "timing of each stage in the report" },
	{ "progress", 0, NULL, take_progress, "name each stage on standard error" },
	{ "color", 0, "WHEN", take_color, "auto (default), always or never" },
	{ "help", 'h', NULL, take_help, "this text" },
	{ "version", 'V', NULL, take_version, "version of the program" },
};
/* clang-format on */

void
options_help(FILE *out)
{
	fputs("usage: kdtriage [OPTION]... DUMP [VMLINUX]\n"
	      "       kdtriage [OPTION]... --log FILE|-\n"
	      "       kdtriage --identify DUMP...\n"
	      "       kdtriage [OPTION]... --scan DIR\n"
	      "\n"
	      "Says what killed a Linux kernel, from its crash dump (vmcore) or its log.\n"
	      "Several files of one split set are one dump; several dumps give one report each.\n"
	      "\n",
	      out);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char name[48] = "";

		snprintf(name, sizeof(name), "--%s%s%s", rows[i].name,
			 rows[i].arg == NULL ? "" : "=", rows[i].arg == NULL ? "" : rows[i].arg);
		if (rows[i].letter != 0)
			fprintf(out, "  -%c, ", rows[i].letter);
		else
			fputs("      ", out);
		fprintf(out, "%-22s  %s\n", name, rows[i].help);
	}
	fputs("\n"
	      "exit status: 0 report written; 1 written, but the input is damaged or a limit was\n"
	      "reached; 2 no report; 3 written and --fail-on matched; 64 usage\n",
	      out);
}

bool
options_fail_on(const struct options *o, struct str word)
{
	struct str rest = str_of(o->fail_on);

	while (rest.len != 0) {
		struct str item = rest;

		if (!str_cut(&rest, ',', &item))
			rest.len = 0;
		if (str_is(item, word))
			return true;
	}
	return false;
}

/* getopt's own tables, made from rows[]. Letters stand for their rows by index + 256. */
static void
getopt_tables(struct arena *a, struct option **longs, char **shorts)
{
	struct option *l = ARENA_ARRAY(a, struct option, ARRAY_LEN(rows) + 1);
	char *s = ARENA_ARRAY(a, char, 2 * ARRAY_LEN(rows) + 2);

	*longs = l;
	*shorts = s;
	*s++ = ':'; /* tell a missing argument from an unknown option, and stay silent */
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		l[i].name = rows[i].name;
		l[i].has_arg = rows[i].arg == NULL ? no_argument : required_argument;
		l[i].val = 256 + (int)i;
		if (rows[i].letter == 0)
			continue;
		*s++ = rows[i].letter;
		if (rows[i].arg != NULL)
			*s++ = ':';
	}
}

static const struct option_row *
row_of(int c)
{
	if (c >= 256)
		return &rows[c - 256];
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (rows[i].letter == c)
			return &rows[i];
	}
	return NULL;
}

/* getopt leaves a letter in optopt, or 0 or a row, and the word it stopped at before optind. */
static const struct error *
bad_option(struct arena *a, int c, char **argv)
{
	const char *what = c == ':' ? "an argument is missing behind" : "there is no option";

	if (optopt > 0 && optopt < 256)
		return error_new(a, ERROR_USAGE, "%s '-%c'", what, optopt);
	return error_new(a, ERROR_USAGE, "%s '%s'", what, argv[optind - 1]);
}

/* --scan says by itself what is read and where reports go. */
static const struct error *
check_scan(const struct options *o, struct arena *a)
{
	if (o->input_count != 0)
		return error_new(a, ERROR_USAGE, "--scan takes no further file, not '%s'",
				 o->input[0]);
	if (o->mode != MODE_REPORT || o->explain != NULL || o->mini_vmcore != NULL || o->log ||
	    strcmp(o->output, "-") != 0)
		return error_new(a, ERROR_USAGE,
				 "--scan writes a report beside each dump, and nothing else");
	return NULL;
}

static const struct error *
check_inputs(const struct options *o, struct arena *a)
{
	if (o->scan != NULL)
		return check_scan(o, a);
	if (o->input_count == 0 && (o->mode == MODE_REPORT || o->mode == MODE_IDENTIFY) &&
	    o->explain == NULL)
		return error_new(a, ERROR_USAGE, "no dump is named; 'kdtriage --help' shows how");
	for (size_t i = 0; i < o->input_count; i++) {
		if (strcmp(o->input[i], "-") == 0 && !o->log)
			return error_new(a, ERROR_USAGE,
					 "'-' needs --log: only a log is read from standard input");
	}
	return NULL;
}

/* What a capture kernel can give, where nothing else was asked for. */
static void
apply_profile(struct options *o)
{
	if (o->kdump_profile && o->max_memory_bytes == 0)
		o->max_memory_bytes = LIMIT_KDUMP_MEMORY_BYTES;
	if (o->kdump_profile && o->timeout_ns == 0)
		o->timeout_ns = LIMIT_KDUMP_SECONDS * 1000000000ull;
}

const struct error *
options_parse(int argc, char **argv, struct arena *a, struct options *out)
{
	struct options o = { .format = "text", .output = "-", .redact = "share" };
	struct option *longs = NULL;
	char *shorts = NULL;

	getopt_tables(a, &longs, &shorts);
	optind = 0; /* glibc: start anew, so that it can be called twice */
	for (;;) {
		int c = getopt_long(argc, argv, shorts, longs, NULL);

		if (c == -1)
			break;
		if (c == '?' || c == ':')
			return bad_option(a, c, argv);

		const struct option_row *row = row_of(c);
		const char *wrong = row->take(&o, a, optarg);

		if (wrong != NULL)
			return error_new(a, ERROR_USAGE, "--%s %s, not '%s'", row->name, wrong,
					 optarg == NULL ? "" : optarg);
	}
	for (int i = optind; i < argc; i++)
		add(a, &o.input, &o.input_count, argv[i]);
	apply_profile(&o);
	*out = o;
	return check_inputs(out, a);
}
