/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dwarf_file.c - a debug file: opening it, and where the places of a job are in it.
 *
 * A place of vmlinux in a dump has its link-time address. Everything else goes by symbol:
 * places in a log have none, and a module is laid out anew by every load, section by section.
 */
#include "base/text.h"
#include "symbols/dwarf_impl.h"

#include <elfutils/libdwelf.h>
#include <elfutils/libdwfl.h>
#include <fcntl.h>
#include <gelf.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	PADDING_MAX = 64, /* between functions, with the room in front of them for ftrace and CFI */
};

/* A function symbol of the file that a place may be in. */
struct candidate {
	size_t place;
	uint64_t value; /* DWARF address */
	uint64_t len;
	uint32_t section;
};

/* The symbol table of a file, however it was opened. */
struct table {
	Dwfl_Module *module; /* NULL: elf */
	Elf *elf;
	Elf_Data *data; /* of elf's symbols */
	size_t strings; /* index of the section with their names */
	size_t count;
	uint64_t bias; /* of the module's addresses against DWARF's */
};

struct opened {
	Elf *elf;
	Dwfl_Module *module;
	Dwarf *dwarf;
	uint64_t bias;
};

static const struct error *
failed(struct arena *a, const char *what)
{
	return error_new(a, ERROR_CORRUPT, "%s: %s", what, dwarf_errmsg(-1));
}

/* libdwfl asks for files that it misses; it gets none. Its own answer would be to look into the
 * system of this machine, and to start debuginfod. */
static int
no_elf(Dwfl_Module *m, void **user, const char *name, Dwarf_Addr base, char **file, Elf **elf)
{
	(void)m;
	(void)user;
	(void)name;
	(void)base;
	(void)file;
	(void)elf;
	return -1;
}

static int
no_debuginfo(Dwfl_Module *m, void **user, const char *name, Dwarf_Addr base, const char *file,
	     const char *link, GElf_Word crc, char **out)
{
	(void)m;
	(void)user;
	(void)name;
	(void)base;
	(void)file;
	(void)link;
	(void)crc;
	(void)out;
	return -1;
}

/* Lays the file out, and expands it if it is compressed. */
static const struct error *
open_by_dwfl(int fd, struct arena *a, struct opened *o)
{
	static const Dwfl_Callbacks callbacks = {
		.find_elf = no_elf,
		.find_debuginfo = no_debuginfo,
		.section_address = dwfl_offline_section_address,
	};
	Dwfl *dwfl = dwfl_begin(&callbacks);
	GElf_Addr bias = 0;

	if (dwfl == NULL)
		return error_new(a, ERROR_IO, "libdwfl cannot be used");
	o->module = dwfl_report_offline(dwfl, "file", "file", fd);
	dwfl_report_end(dwfl, NULL, NULL);
	if (o->module == NULL)
		return error_new(a, ERROR_CORRUPT, "it cannot be opened: %s", dwfl_errmsg(-1));
	o->elf = dwfl_module_getelf(o->module, &bias);
	o->dwarf = dwfl_module_getdwarf(o->module, &o->bias);
	if (o->elf == NULL)
		return error_new(a, ERROR_CORRUPT, "it is no ELF file: %s", dwfl_errmsg(-1));
	if (o->dwarf == NULL)
		return error_new(a, ERROR_ABSENT, "it has no debuginfo: %s", dwfl_errmsg(-1));
	return NULL;
}

/* Linked files need no copy of themselves. */
static const struct error *
open_linked(Elf *elf, struct arena *a, struct opened *o)
{
	o->elf = elf;
	o->dwarf = dwarf_begin_elf(elf, DWARF_C_READ, NULL);
	return o->dwarf == NULL ? failed(a, "it has no DWARF that can be read") : NULL;
}

static bool
is_linked(Elf *elf)
{
	GElf_Ehdr h;

	return elf != NULL && elf_kind(elf) == ELF_K_ELF && gelf_getehdr(elf, &h) != NULL &&
	       h.e_type != ET_REL;
}

int
dwarf_open_fd(const struct lines_job *job)
{
	if (job->is_expanded)
		return dup(job->fd);
	return open(job->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
}

static const struct error *
open_file(const struct lines_job *job, struct arena *a, struct opened *o)
{
	Elf *elf = NULL;
	int fd = dwarf_open_fd(job);

	if (fd < 0)
		return error_new(a, ERROR_IO, "it cannot be opened");
	elf_version(EV_CURRENT);
	elf = elf_begin(fd, ELF_C_READ_MMAP, NULL);
	return is_linked(elf) ? open_linked(elf, a, o) : open_by_dwfl(fd, a, o);
}

static struct str
build_id_of(Elf *elf, struct arena *a)
{
	const void *bits = NULL;
	ssize_t len = dwelf_elf_gnu_build_id(elf, &bits);
	struct text t = text_new(a);

	for (ssize_t i = 0; i < len && i < 64; i++)
		text_printf(&t, "%02x", ((const uint8_t *)bits)[i]);
	return text_str(&t);
}

static bool
open_table(const struct opened *o, struct table *t)
{
	Elf_Scn *scn = NULL;
	GElf_Shdr sh;

	*t = (struct table){ .module = o->module, .elf = o->elf, .bias = o->bias };
	if (o->module != NULL) {
		int n = dwfl_module_getsymtab(o->module);

		t->count = n < 0 ? 0 : (size_t)n;
		return n > 0;
	}
	while ((scn = elf_nextscn(o->elf, scn)) != NULL) {
		if (gelf_getshdr(scn, &sh) == NULL || sh.sh_type != SHT_SYMTAB ||
		    sh.sh_entsize == 0)
			continue;
		t->data = elf_getdata(scn, NULL);
		t->strings = sh.sh_link;
		t->count = (size_t)(sh.sh_size / sh.sh_entsize);
		return t->data != NULL;
	}
	return false;
}

/* Symbol number i: its name, and its DWARF address in sym->st_value. NULL if it is no code. */
static const char *
symbol_at(const struct table *t, size_t i, GElf_Sym *sym, uint32_t *section)
{
	const char *name = NULL;

	if (t->module != NULL) {
		GElf_Word shndx = 0;
		GElf_Addr addr = 0;

		name = dwfl_module_getsym_info(t->module, (int)i, sym, &addr, &shndx, NULL, NULL);
		sym->st_value = addr - t->bias;
		*section = shndx;
	} else if (gelf_getsym(t->data, (int)i, sym) != NULL) {
		name = elf_strptr(t->elf, t->strings, sym->st_name);
		*section = sym->st_shndx;
	}
	if (name == NULL || GELF_ST_TYPE(sym->st_info) == STT_OBJECT ||
	    GELF_ST_TYPE(sym->st_info) == STT_SECTION || GELF_ST_TYPE(sym->st_info) == STT_FILE ||
	    *section == SHN_UNDEF)
		return NULL;
	return name;
}

/* Places by the name of their function, to be searched in. */
struct wanted {
	const struct lines_job *job;
	size_t *place; /* indices, sorted by name */
	size_t count;
};

static int
compare_wanted(const void *a, const void *b, void *job)
{
	const struct lines_place *place = ((const struct lines_job *)job)->place;

	return str_compare(place[*(const size_t *)a].function, place[*(const size_t *)b].function);
}

static struct wanted
wanted_of(const struct lines_job *job, const struct dwarf_file *f)
{
	struct wanted w = { .job = job, .place = ARENA_ARRAY(f->arena, size_t, job->count + 1) };
	union {
		const struct lines_job *in;
		void *out;
	} arg = { .in = job };

	for (size_t i = 0; i < job->count; i++) {
		if (f->address[i] == 0 && job->place[i].function.len != 0)
			w.place[w.count++] = i;
	}
	qsort_r(w.place, w.count, sizeof(w.place[0]), compare_wanted, arg.out);
	return w;
}

/* The first of the wanted places in a function of that name, or count. */
static size_t
first_wanted(const struct wanted *w, struct str name)
{
	size_t low = 0;
	size_t high = w->count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (str_compare(w->job->place[w->place[mid]].function, name) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* The kernel counts a function up to the next one. */
static bool
has_fitting_len(const struct lines_place *p, uint64_t len)
{
	return p->len == 0 || len == 0 || (p->len >= len && p->len - len < PADDING_MAX);
}

/* A call may be the last instruction of its function. */
static bool
is_behind(const struct lines_place *p, uint64_t len)
{
	return len != 0 && (p->is_return ? p->offset > len : p->offset >= len);
}

struct candidates {
	struct candidate *list;
	size_t count, cap;
};

static void
collect(const struct wanted *w, const struct table *t, size_t symbol, struct candidates *c,
	struct arena *a)
{
	GElf_Sym sym;
	uint32_t section = 0;
	const char *name = symbol_at(t, symbol, &sym, &section);

	if (name == NULL)
		return;
	for (size_t i = first_wanted(w, str_of(name)); i < w->count; i++) {
		const struct lines_place *p = &w->job->place[w->place[i]];

		if (!str_is_c(p->function, name))
			break;
		if (!has_fitting_len(p, sym.st_size) || is_behind(p, sym.st_size))
			continue;
		c->list = arena_grow(a, c->list, c->count, &c->cap, sizeof(c->list[0]));
		c->list[c->count++] =
			(struct candidate){ w->place[i], sym.st_value, sym.st_size, section };
	}
}

/* How many different functions a place could be in. */
static size_t
count_for(const struct candidates *c, size_t place, const struct candidate **one)
{
	size_t count = 0;

	for (size_t i = 0; i < c->count; i++) {
		if (c->list[i].place != place || (count != 0 && (*one)->value == c->list[i].value))
			continue;
		*one = &c->list[i];
		count++;
	}
	return count;
}

/* Where a module's section was loaded, told by a place that is in no doubt. */
static bool
section_base(const struct candidates *c, const struct lines_job *job, uint32_t section,
	     uint64_t *base)
{
	for (size_t i = 0; i < c->count; i++) {
		const struct candidate *one = NULL;
		const struct lines_place *p = &job->place[c->list[i].place];

		if (c->list[i].section != section || !p->has_address ||
		    count_for(c, c->list[i].place, &one) != 1)
			continue;
		*base = p->address - p->offset - one->value;
		return true;
	}
	return false;
}

/* Of several functions of one name, the one that lies where its section was loaded. */
static bool
choose(const struct candidates *c, const struct lines_job *job, size_t place,
       const struct candidate **out)
{
	const struct lines_place *p = &job->place[place];

	for (size_t i = 0; i < c->count; i++) {
		uint64_t base = 0;

		if (c->list[i].place != place || !p->has_address ||
		    !section_base(c, job, c->list[i].section, &base) ||
		    base + c->list[i].value != p->address - p->offset)
			continue;
		*out = &c->list[i];
		return true;
	}
	return false;
}

static void
find_by_name(const struct lines_job *job, const struct opened *o, struct dwarf_file *f)
{
	struct wanted w = wanted_of(job, f);
	struct candidates c = { 0 };
	struct table t;

	if (w.count == 0 || !open_table(o, &t))
		return;
	for (size_t i = 1; i < t.count; i++)
		collect(&w, &t, i, &c, f->arena);
	for (size_t i = 0; i < w.count; i++) {
		const struct candidate *one = NULL;
		size_t count = count_for(&c, w.place[i], &one);

		if (count == 1 || (count > 1 && choose(&c, job, w.place[i], &one)))
			f->address[w.place[i]] = one->value + job->place[w.place[i]].offset;
	}
}

const struct error *
dwarf_file_open(const struct lines_job *job, struct arena *a, struct dwarf_file *out)
{
	struct opened o = { 0 };
	struct dwarf_file f = { .arena = a, .address = ARENA_ARRAY(a, uint64_t, job->count + 1) };
	const struct error *e = open_file(job, a, &o);

	if (e != NULL)
		return e;
	f.dwarf = o.dwarf;
	f.elf = o.elf;
	f.build_id = build_id_of(o.elf, a);
	if (job->build_id.len != 0 && !str_is(job->build_id, f.build_id))
		return error_new(
			a, ERROR_USAGE,
			"it is of another build: its build ID is %.*s, that of the dump is "
			"%.*s",
			STR_ARG(f.build_id), STR_ARG(job->build_id));
	for (size_t i = 0; i < job->count; i++) {
		if (!job->is_module && job->place[i].has_address)
			f.address[i] = job->place[i].address;
	}
	find_by_name(job, &o, &f);
	*out = f;
	return NULL;
}
