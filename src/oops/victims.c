/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "oops/victims.h"

enum {
	KIB = 1024,
	SHOWN = 32, /* the last of them */
};

/* "anon-rss:4000kB" wherever it stands. */
static bool
find_kib(struct str line, const char *name, uint64_t *bytes)
{
	size_t at = str_find(line, str_of(name));
	struct str rest = str_from(line, at);
	uint64_t kib = 0;

	if (at == STR_NONE || !str_take(&rest, str_of(name)) || !str_take_decimal(&rest, &kib) ||
	    !str_starts(rest, STR("kB")) || kib > UINT64_MAX / KIB / 8)
		return false;
	*bytes += kib * KIB;
	return true;
}

/* "Out of memory: Killed process 800 (java) total-vm:9kB, anon-rss:4kB, file-rss:0kB,
 * shmem-rss:0kB"; older kernels have only what is behind the colon. A name may hold parentheses. */
bool
victims_parse(struct str line, struct victim *v)
{
	static const struct str killed = STR("Killed process ");
	size_t at = str_find(line, killed);
	struct str rest = str_from(line, at);
	size_t end = 0;

	*v = (struct victim){ .by_cgroup = str_has(line, STR("emory cgroup out of memory")) };
	if (at == STR_NONE || !str_take(&rest, killed) || !str_take_decimal(&rest, &v->pid) ||
	    v->pid > INT32_MAX || !str_take(&rest, STR(" (")))
		return false;
	end = str_find(rest, STR(") total-vm:"));
	if (end == STR_NONE)
		end = str_find(rest, STR("),"));
	if (end == STR_NONE || end == 0)
		return false;
	v->comm = str_first(rest, end);
	v->has_rss = find_kib(rest, "anon-rss:", &v->rss_bytes);
	(void)find_kib(rest, "file-rss:", &v->rss_bytes);
	(void)find_kib(rest, "shmem-rss:", &v->rss_bytes);
	return true;
}

void
victims_publish(const struct oops_report *o, struct fact_row *root)
{
	size_t found = 0;
	size_t skip = 0;
	struct victim v;

	for (size_t i = 0; i < o->context_count; i++)
		found += victims_parse(o->context[i].message.text, &v);
	skip = found > SHOWN ? found - SHOWN : 0;
	for (size_t i = 0; i < o->context_count; i++) {
		const struct message *m = &o->context[i].message;
		struct origin origin = { ORIGIN_LOG, arena_printf(o->arena, "kernel log line %llu",
								  (unsigned long long)m->line) };

		if (!victims_parse(m->text, &v) || (skip != 0 && skip-- != 0))
			continue;

		struct fact_row *row = facts_put_row(root, FACT_MEMORY_VICTIMS, origin);

		facts_put_number(row, VICTIM_PID, (int64_t)v.pid, origin);
		facts_put_text(row, VICTIM_COMM, v.comm, origin);
		if (v.has_rss)
			facts_put_number(row, VICTIM_RSS, (int64_t)v.rss_bytes, origin);
		facts_put_bool(row, VICTIM_CGROUP, v.by_cgroup, origin);
	}
	if (found == 0)
		facts_put_empty(root, FACT_MEMORY_VICTIMS,
				(struct origin){ ORIGIN_LOG, "kernel log" });
}
