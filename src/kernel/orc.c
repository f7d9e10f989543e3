/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/orc.h"

#include "base/limits.h"
#include "symbols/window.h"

#include <string.h>

enum {
	ENTRY_LEN = 6,
	HASH_LEN = 20,
	BLOCK = 256,        /* bytes of text for one entry of the lookup table */
	MODULE_TABLES = 64, /* modules whose tables are kept open */
};

/* The first word of each, and the count of both. */
struct table {
	struct window ip;
	struct window entry;
	uint32_t count;
};

struct module_table {
	const struct module *module;
	struct table table;
	bool usable;
};

struct orc {
	struct kernel *k;
	const struct modules *modules;
	unsigned int version;
	struct table kernel;
	struct window lookup; /* len 0: none */
	uint64_t text_from;   /* that the lookup table begins with */
	struct module_table module[MODULE_TABLES];
	size_t module_count;
};

/* Until version 2 "unknown" and "end" have no types of their own: no register, and a bit. */
static enum orc_type
type_of(uint16_t flags, unsigned int version)
{
	unsigned int type = flags >> 8 & 7;

	if (version >= 3)
		return type >= ORC_TYPE_BAD ? ORC_TYPE_BAD : (enum orc_type)type;
	if ((flags & 0xf) == 0)
		return (flags & (version == 2 ? 0x800 : 0x400)) != 0 ? ORC_TYPE_END
								     : ORC_TYPE_UNDEFINED;
	type = (type & 3) + ORC_TYPE_CALL;
	return type >= ORC_TYPE_BAD ? ORC_TYPE_BAD : (enum orc_type)type;
}

static enum orc_reg
reg_of(unsigned int number, unsigned int version)
{
	/* Version 4 numbers its registers anew (Linux 7.1). */
	static const enum orc_reg renumbered[16] = {
		ORC_REG_UNDEFINED, ORC_REG_BAD,         ORC_REG_DX,          ORC_REG_SP,
		ORC_REG_BP,        ORC_REG_DI,          ORC_REG_R10,         ORC_REG_R13,
		ORC_REG_PREV_SP,   ORC_REG_SP_INDIRECT, ORC_REG_BP_INDIRECT, ORC_REG_BAD,
		ORC_REG_BAD,       ORC_REG_BAD,         ORC_REG_BAD,         ORC_REG_BAD,
	};

	if (version >= 4)
		return renumbered[number];
	return number >= ORC_REG_BAD ? ORC_REG_BAD : (enum orc_reg)number;
}

/* ffb1b4a41016 ("x86/unwind/orc: Add 'signal' field to ORC metadata"), v6.3; before, whatever
 * has registers was interrupted. */
static bool
is_signal(uint16_t flags, enum orc_type type, unsigned int version)
{
	if (version == 1)
		return type == ORC_TYPE_REGS || type == ORC_TYPE_REGS_PARTIAL;
	return (flags & (version == 2 ? 0x400 : 0x800)) != 0;
}

struct orc_entry
orc_decode(const uint8_t raw[6], unsigned int version, enum byte_order order)
{
	uint16_t flags = bytes_u16(raw + 4, order);
	struct orc_entry e = { .sp_off = (int16_t)bytes_u16(raw, order),
			       .bp_off = (int16_t)bytes_u16(raw + 2, order),
			       .sp_reg = reg_of(flags & 0xf, version),
			       .bp_reg = reg_of(flags >> 4 & 0xf, version),
			       .type = type_of(flags, version) };

	e.signal = is_signal(flags, e.type, version);
	return e;
}

/* The SHA-1 of the header that defines the format (b9f174c811e3, "x86/unwind/orc: Add ELF
 * section with ORC version identifier", v6.4 and v6.3.10). */
static unsigned int
version_from_header(const struct kernel *k)
{
	static const struct {
		uint8_t hash[HASH_LEN];
		unsigned int version;
	} known[] = {
		{ { 0xdb, 0x84, 0xae, 0xd4, 0x10, 0x3b, 0x31, 0xdd, 0x51, 0xe0,
		    0x17, 0xf8, 0xf7, 0x97, 0x83, 0xca, 0x98, 0x5c, 0x2c, 0x51 },
		  2 },
		{ { 0xfe, 0x5d, 0x32, 0xbf, 0x58, 0x1b, 0xd6, 0x3b, 0x2c, 0xa9,
		    0xa5, 0xc6, 0x5b, 0xa5, 0xa6, 0x25, 0xea, 0xb3, 0xfe, 0x24 },
		  3 },
		{ { 0x13, 0x7c, 0x36, 0xad, 0x76, 0x27, 0xc4, 0xdd, 0x55, 0x93,
		    0x21, 0x76, 0xbb, 0x0e, 0xcd, 0xbd, 0x50, 0x41, 0xfc, 0x82 },
		  4 },
	};
	uint8_t hash[HASH_LEN] = { 0 };
	uint64_t va = 0;

	if (!symbols_find(k->symbols, "__start_orc_header", &va) ||
	    memory_read(k->mem, va, hash, sizeof(hash)) != NULL)
		return 0;
	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		if (memcmp(hash, known[i].hash, sizeof(hash)) == 0)
			return known[i].version;
	}
	return 0;
}

static bool
ip_of(struct table *t, uint32_t i, uint64_t *ip)
{
	uint32_t v = 0;

	if (!window_u32(&t->ip, (size_t)i * 4, &v))
		return false;
	*ip = t->ip.va + 4 * (uint64_t)i + (uint64_t)(int64_t)(int32_t)v;
	return true;
}

/* The last entry at or below pc, from low on and before high. */
static bool
find_index(struct table *t, uint64_t pc, uint32_t low, uint32_t high, uint32_t *index)
{
	uint32_t found = low;
	uint64_t ip = 0;

	while (low < high) {
		uint32_t mid = low + (high - low) / 2;

		if (!ip_of(t, mid, &ip))
			return false;
		if (ip <= pc) {
			found = mid;
			low = mid + 1;
		} else {
			high = mid;
		}
	}
	*index = found;
	return ip_of(t, found, &ip) && ip <= pc;
}

/* How many of the entries from first on have a register, and these bits of their flags. */
static size_t
count_entries(struct orc *o, uint32_t first, uint16_t mask, uint16_t want)
{
	enum { SAMPLES = 512 };
	size_t count = 0;

	for (uint32_t i = first; i < o->kernel.count && i - first < SAMPLES; i++) {
		uint16_t flags = 0;

		if (window_u16(&o->kernel.entry, (size_t)i * ENTRY_LEN + 4, &flags) &&
		    (flags & 0xf) != 0)
			count += (flags & mask) == want;
	}
	return count;
}

/* In ordinary text nearly all entries are of calls: type 0 until version 2, type 2 since. In
 * the entry code many are of interrupted frames: version 2 has a bit for them that 1 lacks. */
static unsigned int
version_from_entries(struct orc *o)
{
	enum { TYPE = 7 << 8, OLD_CALL = 0, NEW_CALL = ORC_TYPE_CALL << 8, SIGNAL = 0x400 };
	uint32_t ordinary = o->kernel.count / 2;
	uint32_t entry = ordinary;
	uint64_t entry_text = 0;

	if (count_entries(o, ordinary, TYPE, NEW_CALL) > count_entries(o, ordinary, TYPE, OLD_CALL))
		return 3;
	if (symbols_find(o->k->symbols, "__entry_text_start", &entry_text))
		(void)find_index(&o->kernel, entry_text, 0, o->kernel.count, &entry);
	return count_entries(o, entry, SIGNAL, SIGNAL) != 0 ? 2 : 1;
}

static bool
open_table(struct table *t, struct kernel *k, uint64_t ip, uint64_t entry, uint64_t count)
{
	if (ip == 0 || entry == 0 || count == 0 || count > LIMIT_ORC_ENTRIES)
		return false;
	t->count = (uint32_t)count;
	return window_open(&t->ip, k->mem, ip, count * 4, k->arena) &&
	       window_open(&t->entry, k->mem, entry, count * ENTRY_LEN, k->arena);
}

static void
open_lookup(struct orc *o)
{
	uint64_t from = 0;
	uint64_t to = 0;

	if (!symbols_find(o->k->symbols, "orc_lookup", &from) ||
	    !symbols_find(o->k->symbols, "orc_lookup_end", &to) ||
	    !symbols_find(o->k->symbols, "_stext", &o->text_from) || to <= from ||
	    (to - from) / 4 > LIMIT_ORC_ENTRIES ||
	    !window_open(&o->lookup, o->k->mem, from, (size_t)(to - from), o->k->arena))
		o->lookup.len = 0;
}

const struct error *
orc_open(struct kernel *k, const struct modules *modules, struct orc **out)
{
	struct orc *o = ARENA_NEW(k->arena, struct orc);
	uint64_t ip = 0;
	uint64_t ip_end = 0;
	uint64_t entry = 0;

	o->k = k;
	o->modules = modules;
	if (!symbols_find(k->symbols, "__start_orc_unwind_ip", &ip) ||
	    !symbols_find(k->symbols, "__stop_orc_unwind_ip", &ip_end) ||
	    !symbols_find(k->symbols, "__start_orc_unwind", &entry) || ip_end <= ip)
		return error_new(k->arena, ERROR_ABSENT, "the kernel has no ORC tables");
	if (!open_table(&o->kernel, k, ip, entry, (ip_end - ip) / 4))
		return error_new(k->arena, ERROR_CORRUPT, "ORC tables of %llu bytes",
				 (unsigned long long)(ip_end - ip));
	open_lookup(o);
	o->version = version_from_header(k);
	if (o->version == 0)
		o->version = version_from_entries(o);
	*out = o;
	return NULL;
}

unsigned int
orc_version(const struct orc *o)
{
	return o->version;
}

static bool
find_in(struct orc *o, struct table *t, uint64_t pc, uint32_t low, uint32_t high,
	struct orc_entry *out)
{
	uint32_t i = 0;
	const uint8_t *raw = find_index(t, pc, low, high, &i)
				     ? window_get(&t->entry, (size_t)i * ENTRY_LEN, ENTRY_LEN)
				     : NULL;

	if (raw != NULL)
		*out = orc_decode(raw, o->version, o->k->mem->order);
	return raw != NULL;
}

/* The lookup table says which entries may be about a block of text. */
static bool
find_in_kernel(struct orc *o, uint64_t pc, struct orc_entry *out)
{
	uint64_t block = (pc - o->text_from) / BLOCK;
	uint32_t low = 0;
	uint32_t high = 0;

	if (o->lookup.len != 0 && pc >= o->text_from && block < o->lookup.len / 4 - 1 &&
	    window_u32(&o->lookup, (size_t)block * 4, &low) &&
	    window_u32(&o->lookup, (size_t)block * 4 + 4, &high) && low <= high &&
	    high < o->kernel.count && find_in(o, &o->kernel, pc, low, high + 1, out))
		return true;
	return find_in(o, &o->kernel, pc, 0, o->kernel.count, out);
}

static struct module_table *
table_of(struct orc *o, const struct module *m)
{
	for (size_t i = 0; i < o->module_count; i++) {
		if (o->module[i].module == m)
			return &o->module[i];
	}
	if (o->module_count == MODULE_TABLES)
		return NULL;

	struct module_table *t = &o->module[o->module_count++];

	t->module = m;
	t->usable = open_table(&t->table, o->k, m->orc_ip, m->orc, m->orc_count);
	return t;
}

bool
orc_find(struct orc *o, uint64_t pc, struct orc_entry *out)
{
	/* A call through a null pointer: the return address is all that there is. */
	static const struct orc_entry null_call = { .sp_off = 8,
						    .sp_reg = ORC_REG_SP,
						    .type = ORC_TYPE_CALL };

	if (pc == 0) {
		*out = null_call;
		return true;
	}
	if (symbols_is_kernel_text(o->k->symbols, pc))
		return find_in_kernel(o, pc, out);

	const struct module *m = o->modules == NULL ? NULL : modules_at(o->modules, pc);
	struct module_table *t = m == NULL ? NULL : table_of(o, m);

	return t != NULL && t->usable && find_in(o, &t->table, pc, 0, t->table.count, out);
}
