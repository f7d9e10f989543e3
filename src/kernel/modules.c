/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/modules.h"

#include "base/limits.h"
#include "base/reader.h"
#include "base/text.h"
#include "kernel/list.h"

#include <stdlib.h>
#include <string.h>

enum {
	NAME_MAX_LEN = 64,     /* MODULE_NAME_LEN is 56 on 64-bit machines */
	VERSION_MAX_LEN = 128, /* free text of the author's */
	BUILD_ID_LEN = 20,
	NOTES_MAX = 16,       /* sections with notes, of a module */
	NOTES_MAX_LEN = 1024, /* bytes of one */
	SYMBOL_MAX_LEN = 512, /* KSYM_NAME_LEN */
};

/* Letters of taint bits that a module may have, in the order of the bits: taint_flags[] of
 * Linux's kernel/panic.c, the rows whose `module` is true. */
static const struct {
	uint8_t bit;
	char letter;
} taint_letters[] = {
	{ 0, 'P' },  { 1, 'F' },  { 10, 'C' }, { 12, 'O' }, { 13, 'E' },
	{ 15, 'K' }, { 16, 'X' }, { 17, 'T' }, { 18, 'N' }, { 19, 'J' },
};

static void
add_region(struct module *m, uint64_t base, uint64_t len, bool text)
{
	if (base == 0 || len == 0 || len > LIMIT_MODULE_BYTES || base > UINT64_MAX - len ||
	    m->region_count == SYMBOLS_REGIONS)
		return;
	m->region[m->region_count++] = (struct symbols_region){ base, base + len, text };
	if (text && m->text == 0)
		m->text = base;
}

/* Text is in front of everything else of such a region. */
static void
add_split_region(struct module *m, uint64_t base, uint32_t len, uint32_t text_len)
{
	if (text_len > len)
		text_len = len;
	add_region(m, base, text_len, true);
	add_region(m, base + text_len, len - text_len, false);
	m->bytes += len;
}

/* enum mod_mem_type since 6.4: text, data, rodata, ro after init; then the init sections:
 * text, data, rodata. */
static void
read_memories(const struct kernel *k, struct module *m, uint64_t mem)
{
	enum { TEXT = 0, INIT_TEXT = 4 };
	uint64_t each = 0;
	uint64_t all = layout_len(k->layout, LAYOUT_MODULE_MEM);

	if (!layout_find(k->layout, LAYOUT_MODULE_REGION, &each) || each == 0)
		return;
	for (uint64_t i = 0; (i + 1) * each <= all && i < SYMBOLS_REGIONS; i++) {
		uint64_t at = m->va + mem + i * each;
		uint64_t base = 0;
		uint32_t len = 0;

		if (!kernel_word(k, at, LAYOUT_MODULE_REGION_BASE, &base) ||
		    !kernel_u32(k, at, LAYOUT_MODULE_REGION_LEN, &len) || base == 0)
			continue;
		add_region(m, base, len, i == TEXT || i == INIT_TEXT);
		m->bytes += len;
	}
}

static void
read_layouts(const struct kernel *k, struct module *m)
{
	static const enum layout_id layouts[] = { LAYOUT_MODULE_CORE, LAYOUT_MODULE_INIT };

	for (size_t i = 0; i < ARRAY_LEN(layouts); i++) {
		uint64_t off = 0;
		uint64_t base = 0;
		uint32_t len = 0;
		uint32_t text_len = 0;

		if (!layout_find(k->layout, layouts[i], &off) ||
		    !kernel_word(k, m->va + off, LAYOUT_MODULE_LAYOUT_BASE, &base) ||
		    !kernel_u32(k, m->va + off, LAYOUT_MODULE_LAYOUT_LEN, &len) ||
		    !kernel_u32(k, m->va + off, LAYOUT_MODULE_LAYOUT_TEXT_LEN, &text_len))
			continue;
		if (base != 0)
			add_split_region(m, base, len, text_len);
	}
}

static void
read_old_regions(const struct kernel *k, struct module *m)
{
	uint64_t base = 0;
	uint32_t len = 0;
	uint32_t text_len = 0;

	if (kernel_word(k, m->va, LAYOUT_MODULE_OLD_CORE, &base) && base != 0 &&
	    kernel_u32(k, m->va, LAYOUT_MODULE_OLD_CORE_LEN, &len) &&
	    kernel_u32(k, m->va, LAYOUT_MODULE_OLD_CORE_TEXT_LEN, &text_len))
		add_split_region(m, base, len, text_len);
	if (kernel_word(k, m->va, LAYOUT_MODULE_OLD_INIT, &base) && base != 0 &&
	    kernel_u32(k, m->va, LAYOUT_MODULE_OLD_INIT_LEN, &len))
		add_split_region(m, base, len, len);
}

static void
read_regions(const struct kernel *k, struct module *m)
{
	uint64_t off = 0;

	if (layout_find(k->layout, LAYOUT_MODULE_MEM, &off))
		read_memories(k, m, off);
	else if (layout_find(k->layout, LAYOUT_MODULE_CORE, &off))
		read_layouts(k, m);
	else
		read_old_regions(k, m);
}

/* Where the table is that the module keeps for kallsyms. */
static void
read_symbols(const struct kernel *k, const struct module *m, struct symbols_module *s)
{
	uint64_t table = 0;

	if (!kernel_word(k, m->va, LAYOUT_MODULE_KALLSYMS, &table) || table == 0) {
		(void)(kernel_word(k, m->va, LAYOUT_MODULE_OLD_SYMTAB, &s->symtab) &&
		       kernel_u32(k, m->va, LAYOUT_MODULE_OLD_NUM_SYMTAB, &s->count) &&
		       kernel_word(k, m->va, LAYOUT_MODULE_OLD_STRTAB, &s->strtab));
		return;
	}
	(void)(kernel_word(k, table, LAYOUT_MOD_KALLSYMS_SYMTAB, &s->symtab) &&
	       kernel_u32(k, table, LAYOUT_MOD_KALLSYMS_COUNT, &s->count) &&
	       kernel_word(k, table, LAYOUT_MOD_KALLSYMS_STRTAB, &s->strtab));
}

static struct str
read_string(const struct kernel *k, uint64_t object, enum layout_id pointer)
{
	struct str s = { NULL, 0 };
	uint64_t va = 0;

	if (kernel_word(k, object, pointer, &va) && va != 0 &&
	    memory_string(k->mem, va, VERSION_MAX_LEN, k->arena, &s) == NULL && str_is_word(s))
		return s;
	return (struct str){ NULL, 0 };
}

static struct str
hex(const uint8_t *id, size_t len, struct arena *a)
{
	struct text t = text_new(a);
	uint8_t any = 0;

	for (size_t i = 0; i < len; i++) {
		text_printf(&t, "%02x", id[i]);
		any |= id[i];
	}
	return any == 0 ? (struct str){ NULL, 0 } : text_str(&t);
}

/* The build ID among the ELF notes of a section. */
static struct str
build_id_in(const struct kernel *k, uint64_t va, uint64_t len)
{
	enum { HEADER_LEN = 12, TYPE_BUILD_ID = 3, ID_MIN = 4, ID_MAX = 64 };
	uint8_t b[NOTES_MAX_LEN];

	if (len < HEADER_LEN || len > sizeof(b) || memory_read(k->mem, va, b, (size_t)len) != NULL)
		return (struct str){ NULL, 0 };

	struct reader r =
		reader_over((struct bytes){ b, (size_t)len }, k->mem->order, "notes", k->arena);

	while (reader_left(&r) >= HEADER_LEN) {
		uint64_t name_len = reader_u32(&r);
		uint64_t id_len = reader_u32(&r);
		uint32_t type = reader_u32(&r);
		struct bytes name = reader_bytes(&r, (name_len + 3) & ~3ULL);
		struct bytes id = reader_bytes(&r, id_len);

		if (reader_error(&r) != NULL)
			break;
		if (type == TYPE_BUILD_ID && name_len == 4 && memcmp(name.p, "GNU", 4) == 0 &&
		    id_len >= ID_MIN && id_len <= ID_MAX)
			return hex(id.p, id.len, k->arena);
		reader_skip(&r, ((id_len + 3) & ~3ULL) - id_len);
	}
	return (struct str){ NULL, 0 };
}

/* What the module shows as /sys/module/NAME/notes: one file for each section with notes. */
static struct str
read_build_id_note(const struct kernel *k, const struct module *m)
{
	uint64_t notes = 0;
	uint64_t attrs = 0;
	uint64_t each = 0;
	uint32_t count = NOTES_MAX;
	struct str found = { NULL, 0 };

	if (!kernel_word(k, m->va, LAYOUT_MODULE_NOTES, &notes) || !kernel_is_address(k, notes) ||
	    !layout_find(k->layout, LAYOUT_NOTES_ATTRS, &attrs) ||
	    !layout_find(k->layout, LAYOUT_BIN_ATTRIBUTE, &each))
		return found;
	(void)kernel_u32(k, notes, LAYOUT_NOTES_COUNT, &count); /* not all kernels count them */
	for (uint32_t i = 0; found.len == 0 && i < count && i < NOTES_MAX; i++) {
		uint64_t attr = notes + attrs + i * each;
		uint64_t va = 0;
		uint64_t len = 0;

		if (!kernel_word(k, attr, LAYOUT_BIN_ATTRIBUTE_PRIVATE, &va) ||
		    !kernel_word(k, attr, LAYOUT_BIN_ATTRIBUTE_SIZE, &len) ||
		    !kernel_is_address(k, va))
			break;
		found = build_id_in(k, va, len);
	}
	return found;
}

/* A member of its own is there if the kernel prints it in stack traces
 * (CONFIG_STACKTRACE_BUILD_ID), which distributions mostly do without. */
static struct str
read_build_id(const struct kernel *k, const struct module *m)
{
	uint8_t id[BUILD_ID_LEN] = { 0 };
	struct str found = { NULL, 0 };
	uint64_t off = 0;

	if (layout_find(k->layout, LAYOUT_MODULE_BUILD_ID, &off) &&
	    memory_read(k->mem, m->va + off, id, sizeof(id)) == NULL)
		found = hex(id, sizeof(id), k->arena);
	return found.len != 0 ? found : read_build_id_note(k, m);
}

static bool
read_name(const struct kernel *k, struct module *m)
{
	uint64_t off = 0;

	return layout_find(k->layout, LAYOUT_MODULE_NAME, &off) &&
	       memory_string(k->mem, m->va + off, NAME_MAX_LEN - 1, k->arena, &m->name) == NULL &&
	       str_is_word(m->name);
}

static void
read_taints(const struct kernel *k, struct module *m)
{
	uint32_t narrow = 0;

	/* An unsigned int until 4.9 (7fd8329ba502, "taint/module: Clean up global and module taint
	 * flags handling"). */
	if (layout_len(k->layout, LAYOUT_MODULE_TAINTS) == 4) {
		m->has_taints = kernel_u32(k, m->va, LAYOUT_MODULE_TAINTS, &narrow);
		m->taints = narrow;
	} else {
		m->has_taints = kernel_word(k, m->va, LAYOUT_MODULE_TAINTS, &m->taints);
	}
}

/* False if there is no module at va. */
static bool
read_module(const struct kernel *k, uint64_t va, struct module *m)
{
	*m = (struct module){ .va = va };
	if (!read_name(k, m))
		return false;
	if (!kernel_u32(k, va, LAYOUT_MODULE_STATE, &m->state))
		m->state = MODULE_STATE_LIVE;
	read_regions(k, m);
	read_taints(k, m);
	m->version = read_string(k, va, LAYOUT_MODULE_VERSION);
	m->srcversion = read_string(k, va, LAYOUT_MODULE_SRCVERSION);
	m->build_id = read_build_id(k, m);
	if (!kernel_u32(k, va, LAYOUT_MODULE_NUM_ORCS, &m->orc_count) ||
	    !kernel_word(k, va, LAYOUT_MODULE_ORC_IP, &m->orc_ip) ||
	    !kernel_word(k, va, LAYOUT_MODULE_ORC, &m->orc))
		m->orc_count = 0;
	return true;
}

static void
tell_symbols(const struct kernel *k, const struct module *m)
{
	struct symbols_module s = { .name = m->name, .region_count = m->region_count };

	memcpy(s.region, m->region, sizeof(s.region));
	read_symbols(k, m, &s);
	(void)symbols_add_module(k->symbols, &s);
}

const struct error *
modules_read(struct kernel *k, struct modules *out)
{
	struct modules all = { 0 };
	uint64_t head = 0;
	uint64_t node = 0;
	uint64_t off = 0;
	size_t cap = 0;

	if (!symbols_find(k->symbols, "modules", &head))
		return error_new(k->arena, ERROR_ABSENT, "the kernel has no list of modules");
	if (!layout_find(k->layout, LAYOUT_MODULE_LIST, &off))
		return error_new(k->arena, ERROR_ABSENT, "the layout of %s is not known",
				 layout_name(LAYOUT_MODULE_LIST, k->arena));

	struct list_walk w =
		list_walk_from(k->mem, head, LIMIT_MODULES, "list of modules", k->arena);

	while (list_next(&w, &node)) {
		struct module m;

		if (!read_module(k, node - off, &m)) {
			all.problem =
				error_new(k->arena, ERROR_CORRUPT,
					  "entry %zu of the list of modules is none", w.count);
			continue;
		}
		all.module =
			arena_grow(k->arena, all.module, all.count, &cap, sizeof(all.module[0]));
		all.module[all.count++] = m;
		tell_symbols(k, &m);
	}
	if (w.problem != NULL)
		all.problem = w.problem;
	*out = all;
	return NULL;
}

const struct module *
modules_at(const struct modules *m, uint64_t va)
{
	for (size_t i = 0; i < m->count; i++) {
		const struct module *one = &m->module[i];

		for (size_t r = 0; r < one->region_count; r++) {
			if (va >= one->region[r].from && va < one->region[r].to)
				return one;
		}
	}
	return NULL;
}

const char *
modules_taint_text(const struct module *m, struct arena *a)
{
	struct text t = text_new(a);

	for (size_t i = 0; i < ARRAY_LEN(taint_letters); i++) {
		if (m->taints >> taint_letters[i].bit & 1)
			text_char(&t, taint_letters[i].letter);
	}
	if (m->state == MODULE_STATE_GOING)
		text_char(&t, '-');
	if (m->state == MODULE_STATE_COMING)
		text_char(&t, '+');
	return text_str(&t).p;
}

static bool
read_bpf_symbol(struct kernel *k, uint64_t va)
{
	struct symbols_module f = { .region_count = 1 };
	uint64_t off = 0;

	if (!kernel_word(k, va, LAYOUT_BPF_SYM_START, &f.region[0].from) ||
	    !kernel_word(k, va, LAYOUT_BPF_SYM_END, &f.region[0].to) ||
	    !layout_find(k->layout, LAYOUT_BPF_SYM_NAME, &off) ||
	    memory_string(k->mem, va + off, SYMBOL_MAX_LEN - 1, k->arena, &f.function) != NULL ||
	    !str_is_word(f.function))
		return false;
	f.region[0].text = true;
	return symbols_add_module(k->symbols, &f);
}

size_t
modules_read_bpf(struct kernel *k)
{
	uint64_t head = 0;
	uint64_t node = 0;
	uint64_t off = 0;
	size_t count = 0;

	if (!symbols_find(k->symbols, "bpf_kallsyms", &head) ||
	    !layout_find(k->layout, LAYOUT_BPF_SYM_LIST, &off))
		return 0;

	struct list_walk w =
		list_walk_from(k->mem, head, LIMIT_MODULES, "list of BPF programs", k->arena);

	while (list_next(&w, &node))
		count += read_bpf_symbol(k, node - off);
	return count;
}

static void
publish_module(struct fact_row *row, const struct module *m, struct origin o, struct arena *a)
{
	static const char *const states[] = { "live", "coming", "going", "unformed" };
	enum { OUT_OF_TREE = 12 };
	const char *taint = modules_taint_text(m, a);

	facts_put_text(row, MODULE_NAME, m->name, o);
	if (m->text != 0)
		facts_put_address(row, MODULE_ADDRESS, m->text, o);
	if (m->bytes != 0)
		facts_put_number(row, MODULE_BYTES, (int64_t)m->bytes, o);
	if (*taint != '\0')
		facts_put_text(row, MODULE_TAINT, str_of(taint), o);
	if (m->has_taints)
		facts_put_bool(row, MODULE_OUT_OF_TREE, m->taints >> OUT_OF_TREE & 1, o);
	if (m->build_id.len != 0)
		facts_put_text(row, MODULE_BUILD_ID, m->build_id, o);
	if (m->version.len != 0)
		facts_put_text(row, MODULE_VERSION, m->version, o);
	if (m->srcversion.len != 0)
		facts_put_text(row, MODULE_SRCVERSION, m->srcversion, o);
	if (m->state < ARRAY_LEN(states))
		facts_put_text(row, MODULE_STATE, str_of(states[m->state]), o);
}

void
modules_publish(const struct modules *m, struct facts *f)
{
	static const struct origin o = { ORIGIN_MEMORY, "the kernel's list of modules" };
	struct arena *a = arena_new(NULL);

	facts_clear(facts_root(f), FACT_MODULES);
	for (size_t i = 0; i < m->count; i++)
		publish_module(facts_put_row(facts_root(f), FACT_MODULES, o), &m->module[i], o, a);
	if (m->count == 0)
		facts_put_empty(facts_root(f), FACT_MODULES, o);
	arena_free(a);
}
