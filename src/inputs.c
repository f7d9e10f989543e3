/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "inputs.h"

#include "base/reader.h"
#include "dump/dump.h"
#include "facts/facts.h"
#include "symbols/sysmap.h"

#include <elf.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	HEAD_BYTES = 65536, /* enough for every signature */
	ELF_BYTES = 24,     /* up to e_version */
};

/* A program that another one loads and starts is no kernel. */
static bool
has_interpreter(const uint8_t *head, size_t len, enum byte_order order)
{
	if (len < sizeof(Elf64_Ehdr))
		return false;

	bool is_long = head[EI_CLASS] == ELFCLASS64;
	uint64_t at = is_long ? bytes_u64(head + offsetof(Elf64_Ehdr, e_phoff), order)
			      : bytes_u32(head + offsetof(Elf32_Ehdr, e_phoff), order);
	size_t step = is_long ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr);
	uint16_t count = bytes_u16(
		head + (is_long ? offsetof(Elf64_Ehdr, e_phnum) : offsetof(Elf32_Ehdr, e_phnum)),
		order);

	for (; count-- > 0 && at < len && len - at >= step; at += step) {
		if (bytes_u32(head + at, order) == PT_INTERP)
			return true;
	}
	return false;
}

static enum input_class
classify_elf(const uint8_t *head, size_t len)
{
	enum byte_order order = head[EI_DATA] == ELFDATA2MSB ? ORDER_BIG : ORDER_LITTLE;
	size_t header_len = head[EI_CLASS] == ELFCLASS64 ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr);

	switch (bytes_u16(head + EI_NIDENT, order)) {
	case ET_EXEC:
	case ET_DYN:
		if (len < header_len)
			return INPUT_PROGRAM; /* no kernel that anything could be done with */
		return has_interpreter(head, len, order) ? INPUT_PROGRAM : INPUT_KERNEL;
	case ET_CORE:
		return INPUT_CORE;
	default:
		return INPUT_ALONE;
	}
}

static enum input_class
classify_head(const uint8_t *head, size_t len, struct arena *a)
{
	const struct error *why = NULL;

	if (len >= ELF_BYTES && memcmp(head, ELFMAG, SELFMAG) == 0)
		return classify_elf(head, len);
	if (dump_probe((struct bytes){ head, len }, a, &why))
		return INPUT_DUMP;
	return sysmap_is((struct bytes){ head, len }) ? INPUT_SYMBOLS : INPUT_ALONE;
}

/* The files of a split set so far; they become one dump at the place of the first. */
struct split_set {
	const char **paths;
	struct input *input; /* NULL: none met yet */
};

static void
add_member(struct inputs *in, struct split_set *set, const char *path)
{
	if (set->input == NULL) {
		set->input = &in->dump[in->count++];
		set->input->paths = set->paths;
	}
	set->paths[set->input->path_count++] = path;
}

enum input_class
inputs_classify(const char *path)
{
	struct stat st = { 0 };
	int fd = -1;

	/* A pipe is read once. */
	if (stat(path, &st) != 0 || S_ISFIFO(st.st_mode))
		return INPUT_ALONE;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return INPUT_ALONE;

	struct arena *a = arena_new(NULL);
	uint8_t *head = ARENA_ARRAY(a, uint8_t, HEAD_BYTES);
	ssize_t got = pread(fd, head, HEAD_BYTES, 0);
	enum input_class class = got <= 0 ? INPUT_ALONE : classify_head(head, (size_t)got, a);

	close(fd);
	arena_free(a);
	if ((class == INPUT_DUMP || class == INPUT_CORE) && dump_is_split_member(path))
		return INPUT_MEMBER;
	return class;
}

/* Of what there may be one only. */
static const struct error *
take_one(const char **slot, const char *path, const char *what, struct arena *a)
{
	if (*slot != NULL)
		return error_new(a, ERROR_USAGE, "'%s' and '%s' are both %s; name one", *slot, path,
				 what);
	*slot = path;
	return NULL;
}

static const struct error *
no_dump(const struct inputs *in, struct arena *a)
{
	if (in->vmlinux != NULL)
		return error_new(a, ERROR_USAGE, "'%s' is a kernel; name a dump too", in->vmlinux);
	return error_new(a, ERROR_USAGE, "'%s' is a System.map; name a dump too", in->system_map);
}

const struct error *
inputs_sort(const char *const *paths, const enum input_class *classes, size_t count,
	    struct arena *a, struct inputs *out)
{
	struct inputs in = { .dump = ARENA_ARRAY(a, struct input, count) };
	struct split_set set = { .paths = ARENA_ARRAY(a, const char *, count) };

	for (size_t i = 0; i < count; i++) {
		const struct error *e = NULL;

		if (classes[i] == INPUT_KERNEL || classes[i] == INPUT_PROGRAM) {
			e = take_one(&in.vmlinux, paths[i], "kernels", a);
		} else if (classes[i] == INPUT_SYMBOLS && count > 1) {
			e = take_one(&in.system_map, paths[i], "System.maps", a);
		} else if (classes[i] == INPUT_MEMBER) {
			add_member(&in, &set, paths[i]);
		} else {
			in.dump[in.count++] = (struct input){ &paths[i], 1 };
		}
		if (e != NULL)
			return e;
	}
	if (in.count == 0 && count == 1 && classes[0] == INPUT_PROGRAM) {
		in.dump[in.count++] = (struct input){ paths, 1 }; /* to be refused as one */
		in.vmlinux = NULL;
	}
	if (in.count == 0)
		return no_dump(&in, a);
	*out = in;
	return NULL;
}

static void
list_shape(FILE *out, enum fact_shape shape, const char *prefix, int depth)
{
	static const char *const kinds[] = {
		[FACT_KIND_TEXT] = "text",       [FACT_KIND_NUMBER] = "number",
		[FACT_KIND_ADDRESS] = "address", [FACT_KIND_REAL] = "real",
		[FACT_KIND_BOOL] = "boolean",    [FACT_KIND_TIME] = "time",
		[FACT_KIND_ROW] = "rows",
	};
	static const char *const forms[] = { "", "[]", "{}" };
	enum fact_id first = FACT_NONE;
	size_t count = 0;

	facts_of_shape(shape, &first, &count);
	for (enum fact_id id = first; id < first + count; id++) {
		const struct fact_info *info = facts_info(id);
		char path[160] = "";

		snprintf(path, sizeof(path), "%s%s%s", prefix, info->path, forms[info->form]);
		fprintf(out, "%-44s %-8s %s\n", path, kinds[info->kind], info->doc);
		if (info->kind != FACT_KIND_ROW || depth == 0)
			continue;
		snprintf(path + strlen(path), sizeof(path) - strlen(path), ".");
		list_shape(out, info->of, path, depth - 1);
	}
}

void
inputs_list_facts(FILE *out)
{
	list_shape(out, SHAPE_ROOT, "", 4);
}
