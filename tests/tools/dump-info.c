/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dump-info FILE...: what kdtriage --identify knows of a dump, and every register note, as JSON
 * on standard output; several FILEs are one split set. Paths are those of the report where it
 * has them. Exit status: 0, 1 the dump is damaged (see diagnostics), 2 it cannot be opened, 64
 * usage.
 */
#include "base/text.h"
#include "base/utf8.h"
#include "debuginfo.h"
#include "dump/format.h"
#include "kernel/utsname.h"
#include "kernel/vmem.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>
#include <time.h>

enum {
	EXIT_DAMAGED = 1,
	EXIT_UNOPENED = 2,
	EXIT_USAGE = 64,
	MEMORY_MAX = 48 << 20,
	NOTE_SHOWN = 2048, /* bytes of a note, which the vector registers of s390x have 512 of */
};

/* A dump's bytes are not always text: what is not becomes the replacement character. */
static struct json_object *
text_json(struct str s)
{
	struct arena *a = arena_new(NULL);
	struct text t = text_new(a);
	struct json_object *o = NULL;

	while (s.len != 0) {
		struct str rest = s;
		uint32_t code_point = 0;
		bool ok = utf8_take(&s, &code_point);

		text_put(&t, ok ? str_first(rest, rest.len - s.len) : STR("\xef\xbf\xbd"));
	}
	s = text_str(&t);
	o = json_object_new_string_len(s.len == 0 ? "" : s.p, (int)s.len);
	arena_free(a);
	return o;
}

static void
add_text(struct json_object *o, const char *key, struct str s)
{
	if (s.len != 0)
		json_object_object_add(o, key, text_json(s));
}

static void
add_string(struct json_object *o, const char *key, const char *s)
{
	add_text(o, key, str_of(s));
}

static void
add_count(struct json_object *o, const char *key, uint64_t n)
{
	json_object_object_add(o, key, json_object_new_uint64(n));
}

static void
add_flag(struct json_object *o, const char *key, bool v)
{
	json_object_object_add(o, key, json_object_new_boolean(v));
}

/* Addresses and registers are strings: JSON numbers lose bits above 2^53. */
static void
add_hex(struct json_object *o, const char *key, uint64_t v)
{
	char text[19];

	snprintf(text, sizeof(text), "0x%" PRIx64, v);
	add_string(o, key, text);
}

static void
add_time(struct json_object *o, const char *key, int64_t seconds)
{
	char text[64];
	time_t t = (time_t)seconds;
	struct tm tm;

	if (seconds != 0 && gmtime_r(&t, &tm) != NULL &&
	    strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm) != 0)
		add_string(o, key, text);
}

static struct json_object *
pages_json(struct dump *d)
{
	struct json_object *o = json_object_new_object();
	struct dump_pages p = dump_pages(d);

	add_count(o, "present", p.present);
	add_count(o, "excluded", p.excluded);
	add_count(o, "lost", p.lost);
	add_count(o, "truncated", p.truncated);
	add_count(o, "corrupt", p.corrupt);
	add_count(o, "read", p.read);
	return o;
}

static struct json_object *
input_json(struct dump *d, const char *path)
{
	struct json_object *o = json_object_new_object();
	struct json_object *pages = pages_json(d);

	add_string(o, "path", path);
	add_string(o, "format", d->format);
	add_flag(o, "flattened", d->flattened);
	add_string(o, "compression", d->compression);
	add_count(o, "bytes", d->file_len);
	add_flag(o, "complete", d->complete);
	if (d->has_dump_level)
		add_count(o, "dump_level", d->dump_level);
	if (d->header_version != 0)
		add_count(o, "header_version", d->header_version);
	json_object_object_add(o, "pages", pages);
	return o;
}

/* A value of the header, or else of VMCOREINFO. */
static void
add_text_or_info(struct json_object *o, const char *key, struct str s, const struct dump *d,
		 const char *info_key)
{
	if (s.len == 0 && d->vmcoreinfo != NULL)
		(void)vmcoreinfo_find(d->vmcoreinfo, info_key, &s);
	add_text(o, key, s);
}

/* The names that a header may lack (QEMU's, ELF), as far as the kernel's memory has them. */
static struct utsname_of_dump
names_of(const struct dump *d, const struct vmem *v, struct arena *a)
{
	struct utsname_of_dump u = { .nodename = d->nodename };

	if (d->vmcoreinfo != NULL && d->version.len == 0 && v != NULL &&
	    utsname_read(&v->mem, d->vmcoreinfo, a, &u) == NULL)
		return u;
	u.version = d->version;
	u.domainname = d->domainname;
	return u;
}

/* QEMU writes a wrong one into the header: it takes the decimal number for a hexadecimal one. */
static void
add_phys_base(struct json_object *o, const struct dump *d)
{
	uint64_t value = d->phys_base;
	bool has = d->vmcoreinfo != NULL && vmcoreinfo_number(d->vmcoreinfo, "phys_base", &value);

	if (has || d->has_phys_base)
		add_hex(o, "phys_base", has ? value : d->phys_base);
}

static struct json_object *
system_json(const struct dump *d, const struct vmem *v, struct arena *a)
{
	struct json_object *o = json_object_new_object();
	struct str none = { NULL, 0 }, text = none;
	uint64_t seconds = (uint64_t)d->crash_time;
	struct utsname_of_dump names = names_of(d, v, a);

	add_text_or_info(o, "release", d->release, d, "OSRELEASE");
	add_text(o, "version", names.version);
	add_string(o, "arch", d->arch == NULL ? NULL : d->arch->name);
	add_string(o, "machine", d->machine);
	add_string(o, "byte_order", d->order == ORDER_LITTLE ? "little" : "big");
	add_count(o, "word_bytes", d->word_len);
	add_count(o, "page_bytes", d->page_len);
	add_text(o, "nodename", names.nodename);
	add_text(o, "domainname", names.domainname);
	add_text_or_info(o, "build_id", none, d, "BUILD-ID");
	if (seconds == 0 && d->vmcoreinfo != NULL &&
	    vmcoreinfo_find(d->vmcoreinfo, "CRASHTIME", &text))
		(void)str_to_number(str_trim(text), &seconds);
	add_time(o, "crash_time", (int64_t)seconds);
	add_phys_base(o, d);
	if (v != NULL && v->has_kaslr)
		add_hex(o, "kaslr_offset", v->kaslr_offset);
	return o;
}

/* How to get the debuginfo of this kernel, and what to do with it, by its names. */
static struct json_object *
debuginfo_json(const struct dump *d, struct json_object *system, struct arena *a)
{
	static const struct {
		const char *key;
		enum fact_id fact;
	} rows[] = {
		{ "install_command", FACT_DEBUGINFO_INSTALL },
		{ "crash_command", FACT_DEBUGINFO_CRASH },
		{ "drgn_command", FACT_DEBUGINFO_DRGN },
	};
	static const struct origin origin = { ORIGIN_HEADER, NULL };
	struct json_object *o = json_object_new_object();
	struct facts *f = facts_new(a);
	struct debuginfo none = { .module_count = 0 };
	const char *release = json_object_get_string(json_object_object_get(system, "release"));
	const char *version = json_object_get_string(json_object_object_get(system, "version"));
	struct str text;

	facts_put_text(facts_root(f), FACT_SYSTEM_RELEASE, str_of(release), origin);
	facts_put_text(facts_root(f), FACT_SYSTEM_VERSION, str_of(version), origin);
	debuginfo_put_commands(&none, d, f, a);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (facts_get_text(facts_root(f), rows[i].fact, &text))
			add_text(o, rows[i].key, text);
	}
	return o;
}

static struct json_object *
cpu_json(const struct dump_cpu *c)
{
	struct json_object *o = json_object_new_object();
	struct json_object *regs = json_object_new_object();

	add_string(o, "note", c->from_qemu ? "QEMU" : "NT_PRSTATUS");
	add_count(o, "index", c->note);
	if (c->has_pid)
		add_count(o, "pid", c->pid);
	add_flag(o, "blank", c->blank);
	for (size_t i = 0; i < c->regs.count; i++)
		add_hex(regs, c->regs.reg[i].name, c->regs.reg[i].value);
	json_object_object_add(o, "registers", regs);
	return o;
}

/* What is in a note that is not text: registers of whatever kind, also those that no port knows. */
static void
add_bytes(struct json_object *o, struct bytes b)
{
	char text[2 * NOTE_SHOWN + 1] = "";

	for (size_t i = 0; i < b.len; i++)
		snprintf(text + 2 * i, 3, "%02x", b.p[i]);
	add_string(o, "hex", text);
}

static struct json_object *
note_json(const struct note *n)
{
	struct json_object *o = json_object_new_object();

	add_text(o, "name", n->name);
	add_count(o, "type", n->type);
	add_count(o, "bytes", n->desc.len);
	if (n->desc.len <= NOTE_SHOWN && !str_starts(n->name, STR("VMCOREINFO")))
		add_bytes(o, n->desc);
	return o;
}

static struct json_object *
vmcoreinfo_json(const struct dump *d)
{
	struct json_object *o = json_object_new_object();
	struct str text = vmcoreinfo_text(d->vmcoreinfo), line, key;

	while (str_take_line(&text, &line)) {
		char name[256];

		if (!str_cut(&line, '=', &key) || key.len == 0 || key.len >= sizeof(name) ||
		    !utf8_valid(key))
			continue;
		snprintf(name, sizeof(name), "%.*s", STR_ARG(key));
		json_object_object_add(o, name, text_json(line));
	}
	return o;
}

static struct json_object *
problem_json(const struct error *e, struct arena *a)
{
	struct json_object *o = json_object_new_object();

	add_string(o, "code", error_code_name(e->code));
	add_string(o, "message", error_text(a, e));
	return o;
}

static void
print_and_free(struct json_object *o)
{
	fputs(json_object_to_json_string_ext(o, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED |
							JSON_C_TO_STRING_NOSLASHESCAPE),
	      stdout);
	json_object_put(o);
}

static void
print_member(const char *key, struct json_object *o)
{
	printf("\"%s\": ", key);
	print_and_free(o);
	puts(",");
}

/* Lists are written row by row: a dump may have a million notes. */
static void
print_cpus(const struct dump *d)
{
	puts("\"cpus\": [");
	for (size_t i = 0; i < d->cpu_count; i++) {
		print_and_free(cpu_json(&d->cpu[i]));
		puts(i + 1 == d->cpu_count ? "" : ",");
	}
	puts("],");
}

static void
print_notes(const struct notes *n)
{
	puts("\"notes\": [");
	for (size_t i = 0; i < n->count; i++) {
		print_and_free(note_json(&n->note[i]));
		puts(i + 1 == n->count ? "" : ",");
	}
	puts("],");
}

static void
print_problems(const struct dump *d, struct arena *a)
{
	puts("\"diagnostics\": [");
	for (size_t i = 0; i < d->problem_count; i++) {
		print_and_free(problem_json(d->problem[i], a));
		puts(i + 1 == d->problem_count ? "" : ",");
	}
	puts("]");
}

static void
print_dump(struct dump *d, const char *path, struct arena *a)
{
	struct json_object *input = NULL;
	struct json_object *system = NULL;
	struct vmem *v = NULL;

	if (vmem_open(d, a, &v) != NULL)
		v = NULL; /* not known is no damage: a dump need not have a kernel's tables */
	system = system_json(d, v, a);
	input = input_json(d, path);
	puts("{");
	print_member("input", input);
	print_member("debuginfo", debuginfo_json(d, system, a));
	print_member("system", system);
	print_cpus(d);
	print_notes(&d->impl->notes);
	if (d->vmcoreinfo != NULL)
		print_member("vmcoreinfo", vmcoreinfo_json(d));
	print_problems(d, a);
	puts("}");
}

static int
run(const char *const *paths, size_t count, struct arena *a)
{
	struct dump *d = NULL;
	const struct error *e = dump_open(paths, count, a, &d);

	if (e != NULL) {
		fprintf(stderr, "dump-info: %s\n", error_text(a, e));
		return EXIT_UNOPENED;
	}
	print_dump(d, paths[0], a);
	if (fflush(stdout) != 0) {
		perror("dump-info");
		return EXIT_UNOPENED;
	}
	return d->problem_count == 0 ? 0 : EXIT_DAMAGED;
}

int
main(int argc, char **argv)
{
	struct budget b = budget_of(0, MEMORY_MAX);
	struct arena *a = NULL;
	int status = 0;

	if (argc < 2 || argv[1][0] == '-') {
		fputs("usage: dump-info FILE...\n", stderr);
		return EXIT_USAGE;
	}
	a = arena_new(&b);
	status = run((const char *const *)argv + 1, (size_t)argc - 1, a);
	arena_free(a);
	return status;
}
