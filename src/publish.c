/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "publish.h"

#include <string.h>
#include <sys/stat.h>

static const struct origin from_run = { ORIGIN_RUN, "this run" };
static const struct origin from_header = { ORIGIN_HEADER, "header of the dump" };
static const struct origin from_notes = { ORIGIN_NOTES, "VMCOREINFO" };

void
publish_run(struct facts *f, const char *path)
{
	static const char *const features[] = { "zlib",        "lzo",       "snappy", "zstd",
						"disassembly", "debuginfo", "sandbox" };
	struct fact_row *root = facts_root(f);

	facts_put_text(root, FACT_SCHEMA, STR("kdtriage/1"), from_run);
	facts_put_text(root, FACT_TOOL_NAME, STR("kdtriage"), from_run);
	facts_put_text(root, FACT_TOOL_VERSION, STR(KDTRIAGE_VERSION), from_run);
	for (size_t i = 0; i < ARRAY_LEN(features); i++)
		facts_put_text(root, FACT_TOOL_FEATURES, str_of(features[i]), from_run);
	facts_put_text(root, FACT_INPUT_PATH, str_of(path), from_run);
}

void
publish_rules(struct facts *f, const struct rules *rules)
{
	struct fact_row *root = facts_root(f);
	size_t count = 0;
	const char *const *sources = rules_sources(rules, &count);

	facts_put_number(root, FACT_TOOL_RULES_COUNT, (int64_t)rules_count(rules), from_run);
	for (size_t i = 0; i < count; i++)
		facts_put_text(root, FACT_TOOL_RULES_SOURCES, str_of(sources[i]), from_run);
}

static void
put_if_any(struct facts *f, enum fact_id id, struct str s, struct origin o)
{
	s = str_trim(s);
	if (s.len != 0)
		facts_put_text(facts_root(f), id, s, o);
}

void
publish_vmcoreinfo(struct facts *f, const struct vmcoreinfo *v, struct origin from)
{
	struct fact_row *root = facts_root(f);
	struct str s = { NULL, 0 };
	uint64_t seconds = 0;
	uint64_t offset = 0;

	if (vmcoreinfo_find(v, "OSRELEASE", &s))
		put_if_any(f, FACT_SYSTEM_RELEASE, s, from);
	if (vmcoreinfo_find(v, "BUILD-ID", &s))
		put_if_any(f, FACT_SYSTEM_BUILD_ID, s, from);
	if (vmcoreinfo_find(v, "CRASHTIME", &s) && str_to_number(s, &seconds))
		facts_put_time(root, FACT_SYSTEM_CRASH_TIME, (int64_t)seconds, from);
	if (vmcoreinfo_hex(v, "KERNELOFFSET", &offset))
		facts_put_address(root, FACT_SYSTEM_KASLR_OFFSET, offset, from);
}

void
publish_dump(struct facts *f, const struct dump *d, struct arena *a)
{
	struct fact_row *root = facts_root(f);

	facts_put_text(root, FACT_INPUT_FORMAT, str_of(d->format), from_header);
	facts_put_bool(root, FACT_INPUT_FLATTENED, d->flattened, from_header);
	if (d->compression != NULL)
		facts_put_text(root, FACT_INPUT_COMPRESSION, str_of(d->compression), from_header);
	facts_put_number(root, FACT_INPUT_BYTES, (int64_t)d->file_len, from_header);
	if (d->has_dump_level)
		facts_put_number(root, FACT_INPUT_DUMP_LEVEL, d->dump_level, from_header);
	if (d->vmcoreinfo != NULL)
		publish_vmcoreinfo(f, d->vmcoreinfo, from_notes);
	else
		facts_put_why(root, FACT_SYSTEM_KASLR_OFFSET,
			      error_new(a, ERROR_ABSENT, "the dump has no VMCOREINFO"));
	put_if_any(f, FACT_SYSTEM_RELEASE, d->release, from_header);
	put_if_any(f, FACT_SYSTEM_VERSION, d->version, from_header);
	put_if_any(f, FACT_SYSTEM_NODENAME, d->nodename, from_header);
	if (d->arch != NULL)
		facts_put_text(root, FACT_SYSTEM_ARCH, str_of(d->arch->name), from_header);
	if (d->crash_time != 0)
		facts_put_time(root, FACT_SYSTEM_CRASH_TIME, d->crash_time, from_header);
}

void
publish_names(struct facts *f, const struct utsname_of_dump *u)
{
	static const struct origin o = { ORIGIN_MEMORY, "init_uts_ns" };

	put_if_any(f, FACT_SYSTEM_RELEASE, u->release, o);
	put_if_any(f, FACT_SYSTEM_VERSION, u->version, o);
	put_if_any(f, FACT_SYSTEM_NODENAME, u->nodename, o);
}

void
publish_log_file(struct facts *f, int fd)
{
	struct fact_row *root = facts_root(f);
	struct stat st = { 0 };

	facts_put_text(root, FACT_INPUT_FORMAT, STR("log"), from_run);
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		facts_put_number(root, FACT_INPUT_BYTES, st.st_size, from_run);
}

void
publish_vmem(struct facts *f, const struct vmem *v)
{
	static const struct origin o = { ORIGIN_NOTES, "VMCOREINFO and page tables" };

	if (v->has_kaslr)
		facts_put_address(facts_root(f), FACT_SYSTEM_KASLR_OFFSET, v->kaslr_offset, o);
}

void
publish_log(struct facts *f, const struct log *log)
{
	static const struct origin o = { ORIGIN_MEMORY, "the dump's printk buffer" };
	struct fact_row *root = facts_root(f);

	facts_put_number(root, FACT_LOG_DROPPED, (int64_t)log->dropped, o);
	facts_put_bool(root, FACT_LOG_WRAPPED, log->wrapped, o);
}

/* A file that ends too soon is not what its writer meant it to be, whatever its header says. */
static bool
is_complete(const struct dump *d)
{
	for (size_t i = 0; i < d->problem_count; i++) {
		if (d->problem[i]->code == ERROR_CORRUPT || d->problem[i]->code == ERROR_IO)
			return false;
	}
	return d->complete;
}

void
publish_pages(struct facts *f, struct dump *d)
{
	struct fact_row *root = facts_root(f);
	struct dump_pages n = dump_pages(d);

	facts_put_bool(root, FACT_INPUT_COMPLETE, is_complete(d), from_header);
	facts_put_number(root, FACT_INPUT_PAGES_READ, (int64_t)n.read, from_run);
	facts_put_number(root, FACT_INPUT_PAGES_CORRUPT, (int64_t)n.corrupt, from_run);
	if (!n.counted)
		return;
	facts_put_number(root, FACT_INPUT_PAGES_PRESENT, (int64_t)n.present, from_header);
	facts_put_number(root, FACT_INPUT_PAGES_EXCLUDED, (int64_t)n.excluded, from_header);
	facts_put_number(root, FACT_INPUT_PAGES_LOST, (int64_t)n.lost, from_header);
	facts_put_number(root, FACT_INPUT_PAGES_TRUNCATED, (int64_t)n.truncated, from_header);
}

void
publish_problem(struct facts *f, const char *stage, const struct error *e, struct arena *a)
{
	static const char *const severities[] = {
		[ERROR_IO] = "error",         [ERROR_CORRUPT] = "error", [ERROR_LIMIT] = "warning",
		[ERROR_UNSUPPORTED] = "note", [ERROR_ABSENT] = "note",   [ERROR_USAGE] = "warning",
	};
	struct fact_row *row = facts_put_row(facts_root(f), FACT_DIAGNOSTICS, from_run);

	facts_put_text(row, DIAGNOSTIC_SEVERITY, str_of(severities[e->code]), from_run);
	facts_put_text(row, DIAGNOSTIC_STAGE, str_of(stage), from_run);
	facts_put_text(row, DIAGNOSTIC_MESSAGE, str_of(error_text(a, e)), from_run);
}
