/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dwarf_text.c - the bytes of functions as they were linked, and which of them a running kernel may
 * have changed.
 *
 * A kernel patches itself by tables of places, which the file still has: alternatives for the CPU,
 * calls of ftrace, jump labels, static calls, indirect branches and returns, paravirtual calls,
 * lock prefixes, ENDBR. The loader of modules fills in relocations. Sources: Linux
 * arch/x86/kernel/alternative.c, kernel/module.c, arch/arm64/kernel/alternative.c,
 * include/linux/jump_label.h, static_call_types.h.
 */
#include "symbols/dwarf_impl.h"

#include "base/limits.h"

#include <elfutils/libdwelf.h>
#include <gelf.h>
#include <string.h>

enum {
	TABLE_ENTRIES_MAX = 1 << 21,
	RANGES_MAX = LIMIT_CODE_FUNCTIONS,
};

/* How an entry of a table says where it is about. */
enum site_form {
	SITE_RELATIVE, /* 32 bits, from the word itself */
	SITE_ADDRESS,  /* 64 bits */
};

/* What stands there. */
enum site_len {
	SITE_FIXED,
	SITE_JUMP,     /* x86: 2 bytes or 5 */
	SITE_INDIRECT, /* x86: a call or jump to a thunk, with a prefix or a condition or without */
	SITE_ALTERNATIVE, /* the entry has it */
	SITE_PARAVIRT,    /* the entry has it */
};

struct site_table {
	const char *section;     /* its name in modules, and in vmlinux if it is a section there */
	const char *start, *end; /* symbols round it in vmlinux, or NULL */
	enum site_form form;
	uint8_t entry_len; /* bytes; 0: see entry_len_of() */
	enum site_len site;
	uint8_t len; /* bytes of code; with SITE_FIXED */
	enum lines_mask mask;
};

static const struct site_table x86_tables[] = {
	{ ".altinstructions", NULL, NULL, SITE_RELATIVE, 0, SITE_ALTERNATIVE, 0, LINES_MAY_CHANGE },
	{ ".retpoline_sites", NULL, NULL, SITE_RELATIVE, 4, SITE_INDIRECT, 0, LINES_MAY_CHANGE },
	{ ".return_sites", NULL, NULL, SITE_RELATIVE, 4, SITE_FIXED, 5, LINES_MAY_CHANGE },
	{ ".call_sites", NULL, NULL, SITE_RELATIVE, 4, SITE_FIXED, 5, LINES_MAY_CHANGE },
	{ ".ibt_endbr_seal", NULL, NULL, SITE_RELATIVE, 4, SITE_FIXED, 4, LINES_MAY_CHANGE },
	{ ".smp_locks", NULL, NULL, SITE_RELATIVE, 4, SITE_FIXED, 1, LINES_MAY_CHANGE },
	{ ".parainstructions", NULL, NULL, SITE_ADDRESS, 16, SITE_PARAVIRT, 0, LINES_MAY_CHANGE },
	{ "__jump_table", "__start___jump_table", "__stop___jump_table", SITE_RELATIVE, 16,
	  SITE_JUMP, 0, LINES_MAY_CHANGE },
	{ ".static_call_sites", "__start_static_call_sites", "__stop_static_call_sites",
	  SITE_RELATIVE, 8, SITE_FIXED, 5, LINES_MAY_CHANGE },
	{ "__mcount_loc", "__start_mcount_loc", "__stop_mcount_loc", SITE_ADDRESS, 8, SITE_FIXED, 5,
	  LINES_OF_FTRACE },
	{ "runtime_ptr_", NULL, NULL, SITE_RELATIVE, 4, SITE_FIXED, 8, LINES_MAY_CHANGE },
	{ "runtime_shift_", NULL, NULL, SITE_RELATIVE, 4, SITE_FIXED, 1, LINES_MAY_CHANGE },
};

static const struct site_table arm64_tables[] = {
	{ ".altinstructions", NULL, NULL, SITE_RELATIVE, 0, SITE_ALTERNATIVE, 0, LINES_MAY_CHANGE },
	{ "__jump_table", "__start___jump_table", "__stop___jump_table", SITE_RELATIVE, 16,
	  SITE_FIXED, 4, LINES_MAY_CHANGE },
	/* Two instructions, or two words in front of the function and three at its beginning. */
	{ "__mcount_loc", "__start_mcount_loc", "__stop_mcount_loc", SITE_ADDRESS, 8, SITE_FIXED,
	  20, LINES_OF_FTRACE },
	{ "__patchable_function_entries", NULL, NULL, SITE_ADDRESS, 8, SITE_FIXED, 20,
	  LINES_OF_FTRACE },
	{ "runtime_ptr_", NULL, NULL, SITE_RELATIVE, 4, SITE_FIXED, 16, LINES_MAY_CHANGE },
	{ "runtime_shift_", NULL, NULL, SITE_RELATIVE, 4, SITE_FIXED, 4, LINES_MAY_CHANGE },
};

_Static_assert(ARRAY_LEN(arm64_tables) <= ARRAY_LEN(x86_tables), "x86_64 has more tables");

/* A function that is asked for. */
struct range {
	uint64_t from; /* address, as the sections of the file have them */
	size_t len;
	const uint8_t *bytes;
	uint8_t *mask;
};

struct work {
	Elf *elf;       /* as it is in the file */
	Elf *layout;    /* the same, with the addresses that libdwfl gave its sections */
	bool is_module; /* not linked: sections have relocations */
	uint16_t machine;
	struct range range[RANGES_MAX];
	size_t ranges;
	const struct site_table *table;
	size_t tables;
};

/* Bytes of a table, and where it lies. */
struct table_data {
	const uint8_t *p;
	size_t len;
	uint64_t address;
};

/* ---- the bytes ---- */

static bool
section_bytes(Elf_Scn *scn, const GElf_Shdr *sh, const uint8_t **p, size_t *len)
{
	Elf_Data *d = sh->sh_type == SHT_NOBITS ? NULL : elf_rawdata(scn, NULL);

	if (d == NULL || d->d_buf == NULL)
		return false;
	*p = d->d_buf;
	*len = d->d_size;
	return true;
}

/* Where a section begins, as places of the job have it. */
static uint64_t
address_of(const struct work *w, Elf_Scn *scn, const GElf_Shdr *sh)
{
	GElf_Shdr laid;

	if (w->layout == w->elf)
		return sh->sh_addr;
	if (scn == NULL || gelf_getshdr(elf_getscn(w->layout, elf_ndxscn(scn)), &laid) == NULL)
		return 0;
	return laid.sh_addr;
}

/* What the kernel frees after booting is something else when it crashes. */
static bool
is_freed(const struct work *w, const GElf_Shdr *sh)
{
	size_t names = 0;
	const char *name = elf_getshdrstrndx(w->elf, &names) != 0
				   ? NULL
				   : elf_strptr(w->elf, names, sh->sh_name);

	return !w->is_module && name != NULL &&
	       (strcmp(name, ".init.text") == 0 || strcmp(name, ".exit.text") == 0);
}

/* The section with code that an address is in. */
static bool
find_bytes(struct work *w, struct range *r)
{
	Elf_Scn *scn = NULL;
	GElf_Shdr sh;

	while ((scn = elf_nextscn(w->elf, scn)) != NULL) {
		const uint8_t *p = NULL;
		size_t len = 0;

		if (gelf_getshdr(scn, &sh) == NULL || (sh.sh_flags & SHF_EXECINSTR) == 0)
			continue;

		uint64_t off = r->from - address_of(w, scn, &sh);

		if (off >= sh.sh_size)
			continue;
		if (is_freed(w, &sh) || !section_bytes(scn, &sh, &p, &len) || off >= len)
			return false;
		p += off;
		len -= (size_t)off;
		r->bytes = p;
		r->len = r->len < len ? r->len : len;
		return true;
	}
	return false;
}

/* ---- the mask ---- */

static void
mark(struct work *w, uint64_t address, size_t len, enum lines_mask mask)
{
	for (size_t i = 0; i < w->ranges; i++) {
		struct range *r = &w->range[i];

		if (address + len <= r->from || address >= r->from + r->len)
			continue;
		for (size_t b = 0; b < len; b++) {
			uint64_t at = address + b - r->from;

			if (at < r->len && r->mask[at] != LINES_OF_FTRACE)
				r->mask[at] = (uint8_t)mask;
		}
	}
}

/* The function that has that address, or NULL. */
static const struct range *
range_at(const struct work *w, uint64_t address)
{
	for (size_t i = 0; i < w->ranges; i++) {
		const struct range *r = &w->range[i];

		if (address >= r->from && address - r->from < r->len)
			return r;
	}
	return NULL;
}

static size_t
x86_jump_len(const uint8_t *code)
{
	/* jmp rel8, and the two-byte nop; else jmp rel32 or the nop of five. */
	return code[0] == 0xeb || code[0] == 0x66 ? 2 : 5;
}

static size_t
x86_indirect_len(const uint8_t *code)
{
	/* A prefix before it, or a conditional jump. */
	return code[0] == 0x2e || code[0] == 0x0f ? 6 : 5;
}

/* s32 place, s32 replacement, then 16 bits (32 since v6.6), and the length of the place. */
static size_t
alternative_len(const uint8_t *entry, size_t entry_len)
{
	enum { LEN_AT = 10, LEN_AT_NEW = 12, ENTRY_NEW = 14 };

	return entry[entry_len == ENTRY_NEW ? LEN_AT_NEW : LEN_AT];
}

static void
mark_site(struct work *w, const struct site_table *t, const uint8_t *entry, size_t entry_len,
	  uint64_t address)
{
	enum { PARAVIRT_LEN_AT = 9 };
	const struct range *r = range_at(w, address);
	size_t len = t->len;

	if (t->site == SITE_ALTERNATIVE)
		len = alternative_len(entry, entry_len);
	else if (t->site == SITE_PARAVIRT)
		len = entry[PARAVIRT_LEN_AT];
	else if (r != NULL && t->site == SITE_JUMP)
		len = x86_jump_len(r->bytes + (address - r->from));
	else if (r != NULL && t->site == SITE_INDIRECT)
		len = x86_indirect_len(r->bytes + (address - r->from));
	mark(w, address, len, t->mask);
}

static uint64_t
site_of(const struct site_table *t, const struct table_data *d, size_t off)
{
	if (t->form == SITE_ADDRESS)
		return bytes_u64(d->p + off, ORDER_LITTLE);
	return d->address + off + (uint64_t)(int64_t)(int32_t)bytes_u32(d->p + off, ORDER_LITTLE);
}

/* Whether the first entries lead to code if each is that long. */
static bool
leads_to_code(struct work *w, const struct site_table *t, const struct table_data *d,
	      size_t entry_len)
{
	enum { SAMPLE = 32 };
	Elf_Scn *scn = NULL;
	GElf_Shdr sh;
	size_t in = 0;
	size_t n = 0;

	for (size_t off = 0; n < SAMPLE && off + entry_len <= d->len; off += entry_len, n++) {
		uint64_t site = site_of(t, d, off);

		for (scn = NULL; (scn = elf_nextscn(w->elf, scn)) != NULL;) {
			if (gelf_getshdr(scn, &sh) != NULL && (sh.sh_flags & SHF_EXECINSTR) != 0 &&
			    site >= sh.sh_addr && site - sh.sh_addr < sh.sh_size)
				break;
		}
		in += scn != NULL;
	}
	return n != 0 && in == n;
}

/* An entry for an alternative had its padding up to v5.11, and has longer flags since v6.6. */
static size_t
entry_len_of(struct work *w, const struct site_table *t, const struct table_data *d)
{
	static const size_t lens[] = { 12, 13, 14 };

	if (t->entry_len != 0)
		return t->entry_len;
	for (size_t i = 0; i < ARRAY_LEN(lens); i++) {
		if (d->len % lens[i] == 0 && leads_to_code(w, t, d, lens[i]))
			return lens[i];
	}
	return 0;
}

/* Of a table that cannot be read nothing is known: then everything may have been changed. */
static void
mark_all(struct work *w)
{
	for (size_t i = 0; i < w->ranges; i++)
		memset(w->range[i].mask, LINES_MAY_CHANGE, w->range[i].len);
}

static void
mark_table(struct work *w, const struct site_table *t, const struct table_data *d)
{
	size_t each = d->len == 0 ? 1 : entry_len_of(w, t, d);

	if (each == 0) {
		mark_all(w);
		return;
	}
	for (size_t off = 0; off + each <= d->len && off / each < TABLE_ENTRIES_MAX; off += each)
		mark_site(w, t, d->p + off, each, site_of(t, d, off));
}

/* ---- tables of a linked file ---- */

static const struct site_table *
table_named(const struct work *w, const char *name)
{
	for (size_t i = 0; i < w->tables; i++) {
		const char *mine = w->table[i].section;
		size_t len = strlen(mine);

		if (strcmp(mine, name) == 0 ||
		    (mine[len - 1] == '_' && strncmp(mine, name, len) == 0))
			return &w->table[i];
	}
	return NULL;
}

static void
note_bound(struct work *w, const char *name, uint64_t value, uint64_t (*bound)[2])
{
	if (strncmp(name, "__st", 4) != 0)
		return;
	for (size_t t = 0; t < w->tables; t++) {
		if (w->table[t].start == NULL)
			continue;
		if (strcmp(name, w->table[t].start) == 0)
			bound[t][0] = value;
		if (strcmp(name, w->table[t].end) == 0)
			bound[t][1] = value;
	}
}

/* The kernel counts the room behind a function to it, which it may fill with code of its own. */
static void
trim(struct work *w, const GElf_Sym *sym, uint64_t value)
{
	if (GELF_ST_TYPE(sym->st_info) != STT_FUNC || sym->st_size == 0)
		return;
	for (size_t i = 0; i < w->ranges; i++) {
		struct range *r = &w->range[i];

		if (r->from == value && sym->st_size < r->len)
			r->len = (size_t)sym->st_size;
	}
}

static void
look_at_symbol(struct work *w, Elf_Data *d, size_t strings, size_t i, uint64_t (*bound)[2])
{
	GElf_Sym sym;
	GElf_Shdr sh;
	const char *name = NULL;

	if (gelf_getsym(d, (int)i, &sym) == NULL)
		return;
	if (w->is_module) {
		Elf_Scn *scn =
			sym.st_shndx >= SHN_LORESERVE ? NULL : elf_getscn(w->elf, sym.st_shndx);

		if (scn != NULL && gelf_getshdr(scn, &sh) != NULL)
			trim(w, &sym, address_of(w, scn, &sh) + sym.st_value);
		return;
	}
	trim(w, &sym, sym.st_value);
	name = elf_strptr(w->elf, strings, sym.st_name);
	if (name != NULL)
		note_bound(w, name, sym.st_value, bound);
}

/* Where tables are that have no section of their own, and how long the functions are. */
static void
look_at_symbols(struct work *w, uint64_t (*bound)[2])
{
	Elf_Scn *scn = NULL;
	GElf_Shdr sh;

	while ((scn = elf_nextscn(w->elf, scn)) != NULL) {
		Elf_Data *d = NULL;

		if (gelf_getshdr(scn, &sh) == NULL || sh.sh_type != SHT_SYMTAB ||
		    sh.sh_entsize == 0 || (d = elf_getdata(scn, NULL)) == NULL)
			continue;
		for (size_t i = 1; i < sh.sh_size / sh.sh_entsize; i++)
			look_at_symbol(w, d, sh.sh_link, i, bound);
	}
}

/* A part of a section by address. */
static bool
data_between(struct work *w, uint64_t from, uint64_t to, struct table_data *out)
{
	Elf_Scn *scn = NULL;
	GElf_Shdr sh;

	while (from < to && (scn = elf_nextscn(w->elf, scn)) != NULL) {
		const uint8_t *p = NULL;
		size_t len = 0;

		if (gelf_getshdr(scn, &sh) == NULL || (sh.sh_flags & SHF_ALLOC) == 0 ||
		    from < sh.sh_addr || from - sh.sh_addr >= sh.sh_size ||
		    !section_bytes(scn, &sh, &p, &len) || to - sh.sh_addr > len)
			continue;
		*out = (struct table_data){ p + (from - sh.sh_addr), (size_t)(to - from), from };
		return true;
	}
	return false;
}

/* The relocations of one section. */
struct relocations {
	Elf_Data *data;
	Elf_Data *symbols;
	size_t count;
	size_t target; /* index of the section that they are of */
};

static bool
open_relocations(struct work *w, Elf_Scn *scn, struct relocations *r)
{
	GElf_Shdr sh;
	Elf_Scn *symbols = NULL;

	if (gelf_getshdr(scn, &sh) == NULL || sh.sh_type != SHT_RELA || sh.sh_entsize == 0)
		return false;
	symbols = elf_getscn(w->elf, sh.sh_link);
	r->data = elf_getdata(scn, NULL);
	r->symbols = symbols == NULL ? NULL : elf_getdata(symbols, NULL);
	r->count = (size_t)(sh.sh_size / sh.sh_entsize);
	r->target = sh.sh_info;
	return r->data != NULL && r->symbols != NULL && r->count < TABLE_ENTRIES_MAX;
}

/* The addresses in the tables of a kernel that is linked to be moved, as arm64's are, may be zero
 * in the file: they are what its relocations add. */
static void
mark_moved_table(struct work *w, const struct site_table *t, const uint64_t bound[2])
{
	Elf_Scn *scn = NULL;
	GElf_Rela rel;

	while (bound[0] < bound[1] && (scn = elf_nextscn(w->elf, scn)) != NULL) {
		struct relocations r = { .count = 0 };

		if (!open_relocations(w, scn, &r))
			continue;
		for (size_t i = 0; i < r.count; i++) {
			if (gelf_getrela(r.data, (int)i, &rel) != NULL &&
			    GELF_R_TYPE(rel.r_info) == R_AARCH64_RELATIVE &&
			    rel.r_offset >= bound[0] && rel.r_offset < bound[1])
				mark(w, (uint64_t)rel.r_addend, t->len, t->mask);
		}
	}
}

static void
mark_linked(struct work *w, const uint64_t (*bound)[2])
{
	size_t names = 0;
	Elf_Scn *scn = NULL;
	GElf_Shdr sh;

	for (size_t t = 0; t < w->tables; t++) {
		struct table_data d;

		if (data_between(w, bound[t][0], bound[t][1], &d))
			mark_table(w, &w->table[t], &d);
		if (w->machine == EM_AARCH64 && w->table[t].form == SITE_ADDRESS)
			mark_moved_table(w, &w->table[t], bound[t]);
	}
	if (elf_getshdrstrndx(w->elf, &names) != 0)
		return;
	while ((scn = elf_nextscn(w->elf, scn)) != NULL) {
		struct table_data d = { .p = NULL };
		const struct site_table *t = NULL;

		if (gelf_getshdr(scn, &sh) == NULL || (sh.sh_flags & SHF_ALLOC) == 0 ||
		    sh.sh_type == SHT_RELA)
			continue;
		t = table_named(w, elf_strptr(w->elf, names, sh.sh_name));
		d.address = sh.sh_addr;
		if (t != NULL && section_bytes(scn, &sh, &d.p, &d.len))
			mark_table(w, t, &d);
	}
}

/* ---- a module's ---- */

/* Bytes that the loader writes for a relocation. */
static size_t
relocated_len(const struct work *w, uint64_t type)
{
	if (w->machine == EM_X86_64)
		return type == R_X86_64_64 || type == R_X86_64_PC64 ? 8 : 4;
	return type == R_AARCH64_ABS64 || type == R_AARCH64_PREL64 ? 8 : 4;
}

/* Where a relocation leads, as an address of the file's sections. */
static bool
target_of(struct work *w, const struct relocations *r, const GElf_Rela *rel, uint64_t *address)
{
	GElf_Sym sym;
	GElf_Shdr sh;

	if (gelf_getsym(r->symbols, (int)GELF_R_SYM(rel->r_info), &sym) == NULL ||
	    sym.st_shndx == SHN_UNDEF || sym.st_shndx >= SHN_LORESERVE ||
	    gelf_getshdr(elf_getscn(w->elf, sym.st_shndx), &sh) == NULL)
		return false;
	*address = address_of(w, elf_getscn(w->elf, sym.st_shndx), &sh) + sym.st_value +
		   (uint64_t)rel->r_addend;
	return true;
}

/* An entry of alternatives has two relocations, and nothing stands between entries. */
static size_t
module_entry_len(const struct site_table *t, const struct table_data *d,
		 const struct relocations *r)
{
	if (t->entry_len != 0)
		return t->entry_len;
	return r->count < 2 ? 0 : d->len / (r->count / 2);
}

static void
mark_module_table(struct work *w, const struct site_table *t, const struct table_data *d,
		  const struct relocations *r)
{
	enum { ALTERNATIVE_MIN = 12 };
	size_t each = module_entry_len(t, d, r);
	GElf_Rela rel;

	if (each == 0 || (t->entry_len == 0 && each < ALTERNATIVE_MIN)) {
		mark_all(w);
		return;
	}
	for (size_t i = 0; i < r->count; i++) {
		uint64_t address = 0;

		if (gelf_getrela(r->data, (int)i, &rel) == NULL || rel.r_offset % each != 0 ||
		    rel.r_offset + each > d->len || !target_of(w, r, &rel, &address))
			continue;
		mark_site(w, t, d->p + rel.r_offset, each, address);
	}
}

/* The loader writes into the code itself. */
static void
mark_relocated(struct work *w, uint64_t start, const struct relocations *r)
{
	GElf_Rela rel;

	for (size_t i = 0; i < r->count; i++) {
		if (gelf_getrela(r->data, (int)i, &rel) != NULL)
			mark(w, start + rel.r_offset, relocated_len(w, GELF_R_TYPE(rel.r_info)),
			     LINES_MAY_CHANGE);
	}
}

static void
mark_module(struct work *w)
{
	size_t names = 0;
	Elf_Scn *scn = NULL;
	GElf_Shdr sh;

	if (elf_getshdrstrndx(w->elf, &names) != 0)
		return;
	while ((scn = elf_nextscn(w->elf, scn)) != NULL) {
		struct relocations r = { .count = 0 };
		struct table_data d = { .p = NULL };
		const struct site_table *t = NULL;
		Elf_Scn *of = NULL;

		if (!open_relocations(w, scn, &r))
			continue;
		of = elf_getscn(w->elf, r.target);
		if (of == NULL || gelf_getshdr(of, &sh) == NULL || (sh.sh_flags & SHF_ALLOC) == 0)
			continue;
		if ((sh.sh_flags & SHF_EXECINSTR) != 0)
			mark_relocated(w, address_of(w, of, &sh), &r);
		t = table_named(w, elf_strptr(w->elf, names, sh.sh_name));
		if (t != NULL && section_bytes(of, &sh, &d.p, &d.len))
			mark_module_table(w, t, &d, &r);
	}
}

/* ---- all of it ---- */

/* libdwfl has changed what it gives out: it relocates. */
static Elf *
open_again(const struct lines_job *job)
{
	int fd = dwarf_open_fd(job);

	return fd < 0 ? NULL : dwelf_elf_begin(fd);
}

static bool
set_tables(struct work *w, const struct lines_job *job)
{
	GElf_Ehdr h;

	if (gelf_getehdr(w->elf, &h) == NULL || h.e_ident[EI_DATA] != ELFDATA2LSB)
		return false;
	w->machine = h.e_machine;
	w->is_module = h.e_type == ET_REL;
	if (w->is_module)
		w->elf = open_again(job);
	if (w->elf == NULL)
		return false;
	w->table = h.e_machine == EM_X86_64 ? x86_tables : arm64_tables;
	w->tables = h.e_machine == EM_X86_64 ? ARRAY_LEN(x86_tables) : ARRAY_LEN(arm64_tables);
	return h.e_machine == EM_X86_64 || h.e_machine == EM_AARCH64;
}

size_t
dwarf_texts(struct dwarf_file *f, const struct lines_job *job, struct dwarf_text *out)
{
	struct work w = { .elf = f->elf, .layout = f->elf };
	uint64_t bound[ARRAY_LEN(x86_tables)][2] = { { 0 } }; /* the longer list */
	size_t count = 0;

	if (job->text_count == 0 || !set_tables(&w, job))
		return 0;
	for (size_t i = 0; i < job->text_count && w.ranges < RANGES_MAX; i++) {
		const struct lines_text_wanted *want = &job->text[i];
		struct range r = { .len = want->len };

		if (want->place >= job->count || f->address[want->place] == 0 ||
		    want->len > LIMIT_CODE_BYTES)
			continue;
		r.from = f->address[want->place] - job->place[want->place].offset;
		if (!find_bytes(&w, &r))
			continue;
		r.mask = ARENA_ARRAY(f->arena, uint8_t, r.len + 1);
		out[count++] = (struct dwarf_text){ i, { r.bytes, r.len }, { r.mask, r.len } };
		w.range[w.ranges++] = r;
	}
	look_at_symbols(&w, bound);
	if (w.is_module)
		mark_module(&w);
	else
		mark_linked(&w, bound);
	for (size_t i = 0; i < count; i++)
		out[i].bytes.len = out[i].mask.len = w.range[i].len;
	return count;
}
