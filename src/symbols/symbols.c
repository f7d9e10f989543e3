/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "symbols/symbols.h"

#include "base/limits.h"
#include "symbols/modsyms.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
	SOURCES = 4,
	LEARNED = 32,
	ASKED = 64, /* names outside of the table below, whose answers are kept */
};

/* Names that the triage of any dump asks for: they are answered in one pass. */
static const char *const known_names[] = {
	"_text",
	"_stext",
	"_etext",
	"_sinittext",
	"_einittext",
	"_end",
	"init_task",
	"init_stack",
	"init_thread_union",
	"__start_init_stack",
	"__end_init_stack",
	"__start_init_task",
	"__end_init_task",
	"modules",
	"__per_cpu_offset",
	"__per_cpu_start",
	"__per_cpu_end",
	"nr_cpu_ids",
	"__cpu_possible_mask",
	"__cpu_online_mask",
	"cpu_possible_bits",
	"cpu_online_bits",
	"current_task",
	"pcpu_hot",
	"idle_threads",
	"runqueues",
	"panic_cpu",
	"crashing_cpu",
	"crash_notes",
	"tainted_mask",
	"__start_BTF",
	"__stop_BTF",
	"_binary__btf_vmlinux_bin_start",
	"_binary__btf_vmlinux_bin_end",
	"__start_orc_unwind_ip",
	"__stop_orc_unwind_ip",
	"__start_orc_unwind",
	"__stop_orc_unwind",
	"__start_orc_header",
	"orc_lookup",
	"orc_lookup_end",
	"__entry_text_start",
	"ret_from_fork",
	"ret_from_fork_asm",
	"btf_modules",
	"bpf_kallsyms",
	"panic",
	"vpanic",
	"__crash_kexec",
	"crash_kexec",
	"machine_kexec",
	"__schedule",
	"jiffies",
	"jiffies_64",
	"tk_core",
	"timekeeper",
	"saved_command_line",
	"init_uts_ns",
	"avenrun",
	"_totalram_pages",
	"totalram_pages",
	"vm_stat",
	"vm_zone_stat",
	"vm_node_stat",
	"contig_page_data",
	"node_data",
	"slab_caches",
	"cpu_khz",
	"tsc_khz",
	"cpu_info",
	"dump_stack_arch_desc_str",
	"x86_hyper_type",
	"timekeeper_data",
	"nr_node_ids",
	"vmstat_text",
	"totalreserve_pages",
	"total_swap_pages",
	"nr_swap_pages",
	"hstates",
	"hugetlb_max_hstate",
	"super_blocks",
	"init_net",
	"blockdev_superblock",
	"init_nsproxy",
	"sys_call_table",
	"panic_on_oops",
	"panic_on_warn",
	"panic_timeout",
	"softlockup_panic",
	"hardlockup_panic",
	"sysctl_hung_task_panic",
	"sysctl_hung_task_timeout_secs",
	"sysctl_panic_on_oom",
	"sysctl_panic_on_rcu_stall",
	"unknown_nmi_panic",
	"panic_on_unrecovered_nmi",
	"panic_on_io_nmi",
	"panic_on_taint",
	"panic_print",
	"sysrq_enabled",
	"watchdog_thresh",
	"crash_kexec_post_notifiers",
	"kptr_restrict",
	"sysctl_overcommit_memory",
	"sysctl_sched_rt_runtime",
	"kprobes_all_disarmed",
	"klp_patches",
	"kprobe_table",
	"ftrace_ops_list",
	"ftrace_list_end",
	"max_pfn",
	"page_offset_base",
	"vmalloc_base",
	"vmemmap_base",
	"pcpu_unit_size",
	"init_pid_ns",
	"init_user_ns",
	"kernfs_root",
	"cgrp_dfl_root",
};

struct module {
	struct symbols_module public;
	struct modsyms *table;
	bool tried; /* to read the table */
};

struct range {
	uint64_t from, to;
	struct module *module;
	bool text;
};

/* An answer, or that there is none. */
struct asked {
	const char *name;
	uint64_t va;
	bool found;
};

struct symbols {
	const struct memory *mem;
	struct arena *arena;
	struct symbol_source source[SOURCES];
	size_t source_count;

	struct kallsyms_query known[ARRAY_LEN(known_names)];
	bool has_known;
	struct asked asked[ASKED];
	struct asked learned[LEARNED];
	size_t learned_count;

	struct range *range; /* sorted unless dirty */
	size_t range_count, range_cap;
	size_t module_count;
	bool dirty;

	bool text_only;                 /* functions have names, data have none */
	struct symbols_region named[2]; /* then: where names are */
	bool has_text;                  /* those below were looked up */
	uint64_t text_from, text_to, init_from, init_to, image_end;
};

struct symbols *
symbols_new(const struct memory *vmem, struct arena *a)
{
	struct symbols *s = ARENA_NEW(a, struct symbols);

	s->mem = vmem;
	s->arena = a;
	return s;
}

static void
find_in_kallsyms(void *self, struct kallsyms_query *query, size_t count)
{
	kallsyms_find(self, query, count);
}

static bool
at_in_kallsyms(void *self, uint64_t va, struct kallsyms_symbol *out)
{
	return kallsyms_at(self, va, out);
}

/* Where VMCOREINFO says, and by a search only if it says nothing. */
static const struct error *
find_kallsyms(struct symbols *s, const struct vmcoreinfo *info, uint64_t stext,
	      struct kallsyms_location *at)
{
	uint64_t va = 0;

	if (info != NULL && vmcoreinfo_symbol(info, "kallsyms_names", &va))
		return kallsyms_locate(s->mem, info, s->arena, at);
	return kallsyms_scan(s->mem, stext, s->arena, at);
}

const struct error *
symbols_add_kallsyms(struct symbols *s, const struct vmcoreinfo *info)
{
	struct kallsyms_location at = { 0 };
	struct kallsyms *k = NULL;
	uint64_t stext = 0;

	if (info != NULL && !vmcoreinfo_symbol(info, "_stext", &stext))
		stext = 0;

	const struct error *e = find_kallsyms(s, info, stext, &at);

	if (e == NULL)
		e = kallsyms_open(s->mem, &at, stext, s->arena, &k);
	if (e != NULL)
		return e;

	struct symbol_source source = { arena_printf(s->arena, "kallsyms (%s)",
						     kallsyms_encoding(k)),
					k, find_in_kallsyms, at_in_kallsyms };

	symbols_add_source(s, &source);
	return NULL;
}

void
symbols_add_source(struct symbols *s, const struct symbol_source *source)
{
	if (s->source_count == SOURCES)
		return;
	s->source[s->source_count++] = *source;
	s->has_known = false;
	s->has_text = false;
	memset(s->asked, 0, sizeof(s->asked));
}

const char *
symbols_source(const struct symbols *s)
{
	return s->source_count == 0 ? NULL : s->source[0].name;
}

void
symbols_find_all(struct symbols *s, struct kallsyms_query *query, size_t count)
{
	for (size_t i = 0; i < s->source_count; i++)
		s->source[i].find(s->source[i].self, query, count);
}

static const struct kallsyms_query *
known(struct symbols *s, const char *name)
{
	if (!s->has_known) {
		for (size_t i = 0; i < ARRAY_LEN(known_names); i++)
			s->known[i] = (struct kallsyms_query){ .name = known_names[i] };
		symbols_find_all(s, s->known, ARRAY_LEN(known_names));
		s->has_known = true;
	}
	for (size_t i = 0; i < ARRAY_LEN(known_names); i++) {
		if (strcmp(known_names[i], name) == 0)
			return &s->known[i];
	}
	return NULL;
}

static bool
has_name(const struct symbols *s, uint64_t va)
{
	return !s->text_only || (va >= s->named[0].from && va <= s->named[0].to) ||
	       (va >= s->named[1].from && va <= s->named[1].to);
}

static bool
ask_once(struct symbols *s, const char *name, uint64_t *va)
{
	uint32_t hash = 0;

	for (const char *c = name; *c != '\0'; c++)
		hash = hash * 31 + (uint8_t)*c;

	struct asked *a = &s->asked[hash % ASKED];

	if (a->name == NULL || strcmp(a->name, name) != 0) {
		struct kallsyms_query q = { .name = name };

		symbols_find_all(s, &q, 1);
		*a = (struct asked){ arena_printf(s->arena, "%s", name), q.va, q.found };
	}
	if (!a->found || !has_name(s, a->va))
		return false;
	*va = a->va;
	return true;
}

bool
symbols_find(struct symbols *s, const char *name, uint64_t *va)
{
	for (size_t i = 0; i < s->learned_count; i++) {
		if (strcmp(s->learned[i].name, name) == 0) {
			*va = s->learned[i].va;
			return true;
		}
	}

	const struct kallsyms_query *q = known(s, name);

	if (q == NULL)
		return ask_once(s, name, va);
	if (!q->found || !has_name(s, q->va))
		return false;
	*va = q->va;
	return true;
}

bool
symbols_find_any(struct symbols *s, const char *const *names, uint64_t *va)
{
	for (size_t i = 0; names[i] != NULL; i++) {
		if (symbols_find(s, names[i], va))
			return true;
	}
	return false;
}

void
symbols_learn(struct symbols *s, const char *name, uint64_t va)
{
	if (s->learned_count == LEARNED)
		return;
	s->learned[s->learned_count++] =
		(struct asked){ arena_printf(s->arena, "%s", name), va, true };
	s->has_text = false;
}

static bool
regions_make_sense(const struct symbols_module *m)
{
	if (m->region_count == 0 || m->region_count > SYMBOLS_REGIONS)
		return false;
	for (size_t i = 0; i < m->region_count; i++) {
		if (m->region[i].from >= m->region[i].to ||
		    m->region[i].to - m->region[i].from > LIMIT_MODULE_BYTES)
			return false;
	}
	return true;
}

bool
symbols_add_module(struct symbols *s, const struct symbols_module *m)
{
	if (!regions_make_sense(m) || s->module_count >= LIMIT_MODULES)
		return false;

	struct module *kept = ARENA_NEW(s->arena, struct module);

	kept->public = *m;
	for (size_t i = 0; i < m->region_count; i++) {
		const struct symbols_region *r = &m->region[i];

		s->range = arena_grow(s->arena, s->range, s->range_count, &s->range_cap,
				      sizeof(s->range[0]));
		s->range[s->range_count++] = (struct range){ r->from, r->to, kept, r->text };
	}
	s->module_count++;
	s->dirty = true;
	return true;
}

static int
compare(const void *a, const void *b)
{
	const struct range *x = a;
	const struct range *y = b;

	return (x->from > y->from) - (x->from < y->from);
}

static const struct range *
range_at(struct symbols *s, uint64_t va)
{
	size_t low = 0;
	size_t high = s->range_count;

	if (s->dirty && s->range_count != 0)
		qsort(s->range, s->range_count, sizeof(s->range[0]), compare);
	s->dirty = false;
	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (s->range[mid].from <= va)
			low = mid + 1;
		else
			high = mid;
	}
	return low != 0 && va < s->range[low - 1].to ? &s->range[low - 1] : NULL;
}

const struct symbols_module *
symbols_module_at(struct symbols *s, uint64_t va)
{
	const struct range *r = range_at(s, va);

	return r == NULL ? NULL : &r->module->public;
}

static void
find_text(struct symbols *s)
{
	if (s->has_text)
		return;
	s->has_text = true;
	s->text_from = s->text_to = s->init_from = s->init_to = s->image_end = 0;
	if (!symbols_find(s, "_stext", &s->text_from) || !symbols_find(s, "_etext", &s->text_to))
		s->text_from = s->text_to = 0;
	if (!symbols_find(s, "_sinittext", &s->init_from) ||
	    !symbols_find(s, "_einittext", &s->init_to))
		s->init_from = s->init_to = 0;
	if (!symbols_find(s, "_end", &s->image_end))
		s->image_end = s->init_to > s->text_to ? s->init_to : s->text_to;
}

void
symbols_forget_data(struct symbols *s)
{
	find_text(s);
	s->named[0] = (struct symbols_region){ s->text_from, s->text_to, true };
	s->named[1] = (struct symbols_region){ s->init_from, s->init_to, true };
	s->text_only = true;
}

bool
symbols_is_kernel_text(struct symbols *s, uint64_t va)
{
	find_text(s);
	return (va >= s->text_from && va < s->text_to) || (va >= s->init_from && va < s->init_to);
}

bool
symbols_is_text(struct symbols *s, uint64_t va)
{
	if (symbols_is_kernel_text(s, va))
		return true;

	const struct range *r = range_at(s, va);

	return r != NULL && r->text;
}

static struct modsyms *
table_of(struct symbols *s, struct module *m)
{
	if (!m->tried)
		m->table = modsyms_open(s->mem, m->public.symtab, m->public.strtab, m->public.count,
					s->arena);
	m->tried = true;
	return m->table;
}

static bool
at_in_module(struct symbols *s, const struct range *r, uint64_t va, struct symbol *out)
{
	struct module *m = r->module;
	struct modsym sym = { 0 };

	if (m->public.function.len != 0) {
		*out = (struct symbol){ m->public.function, m->public.name, r->from,
					r->to - r->from, 0 };
		return true;
	}
	if (table_of(s, m) == NULL || !modsyms_at(m->table, va, r->from, &sym))
		return false;
	if (sym.len == 0 || sym.len > r->to - sym.va)
		sym.len = r->to - sym.va;
	*out = (struct symbol){ sym.name, m->public.name, sym.va, sym.len, sym.own_len };
	return true;
}

/* The one closest to va of what the providers know; of equals the first. */
static bool
nearest(struct symbols *s, uint64_t va, struct kallsyms_symbol *out)
{
	bool found = false;

	for (size_t i = 0; i < s->source_count; i++) {
		struct kallsyms_symbol k = { 0 };

		if (!s->source[i].at(s->source[i].self, va, &k) || (found && k.va <= out->va))
			continue;
		*out = k;
		found = true;
	}
	return found;
}

bool
symbols_at(struct symbols *s, uint64_t va, struct symbol *out)
{
	const struct range *r = range_at(s, va);
	struct kallsyms_symbol k = { 0 };

	if (r != NULL)
		return at_in_module(s, r, va, out);
	find_text(s);
	if (va < s->text_from || va >= s->image_end)
		return false;
	if (!nearest(s, va, &k) || k.va < s->text_from)
		return false;
	*out = (struct symbol){ k.name, { NULL, 0 }, k.va, k.len, 0 };
	return true;
}

bool
symbols_within(struct symbols *s, uint64_t va, struct symbol *out)
{
	struct symbol found = { 0 };

	if (!symbols_at(s, va, &found) || (found.len != 0 && va - found.va >= found.len) ||
	    (found.own_len != 0 && va - found.va >= found.own_len))
		return false;
	*out = found;
	return true;
}

const char *
symbol_text(const struct symbol *s, uint64_t va, struct arena *a)
{
	return arena_printf(a, va == s->va ? "%.*s" : "%.*s+0x%" PRIx64, STR_ARG(s->name),
			    va - s->va);
}

bool
symbols_at_percpu(struct symbols *s, uint64_t va, struct symbol *out)
{
	struct kallsyms_symbol k = { 0 };

	for (size_t i = 0; i < s->source_count; i++) {
		if (!s->source[i].at(s->source[i].self, va, &k))
			continue;
		*out = (struct symbol){ k.name, { NULL, 0 }, k.va, k.len, 0 };
		return true;
	}
	return false;
}

bool
symbols_of_module(struct symbols *s, const struct symbols_module *public, uint32_t i,
		  struct symbol *out, bool *skip)
{
	const struct range *r = range_at(s, public->region[0].from);
	struct modsym sym = { 0 };

	if (r == NULL || table_of(s, r->module) == NULL || i >= modsyms_count(r->module->table))
		return false;
	*skip = !modsyms_get(r->module->table, i, &sym);
	*out = (struct symbol){ sym.name, r->module->public.name, sym.va, sym.len, sym.own_len };
	return true;
}
