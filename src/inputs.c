/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "inputs.h"

#include "base/reader.h"
#include "dump/dump.h"
#include "facts/facts.h"

#include <elf.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	HEAD_BYTES = 24, /* up to e_version: enough to tell an executable */
};

static bool
is_vmlinux(const char *path)
{
	uint8_t head[HEAD_BYTES] = { 0 };
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return false;

	ssize_t got = pread(fd, head, sizeof(head), 0);

	close(fd);
	if (got != (ssize_t)sizeof(head) || memcmp(head, ELFMAG, SELFMAG) != 0)
		return false;

	enum byte_order order = head[EI_DATA] == ELFDATA2MSB ? ORDER_BIG : ORDER_LITTLE;
	uint16_t type = bytes_u16(head + EI_NIDENT, order);

	return type == ET_EXEC || type == ET_DYN;
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

	/* A pipe is read once. */
	if (stat(path, &st) == 0 && S_ISFIFO(st.st_mode))
		return INPUT_ALONE;
	if (is_vmlinux(path))
		return INPUT_KERNEL;
	return dump_is_split_member(path) ? INPUT_MEMBER : INPUT_ALONE;
}

const struct error *
inputs_sort(const char *const *paths, const enum input_class *classes, size_t count,
	    struct arena *a, struct inputs *out)
{
	struct inputs in = { .dump = ARENA_ARRAY(a, struct input, count) };
	struct split_set set = { .paths = ARENA_ARRAY(a, const char *, count) };

	for (size_t i = 0; i < count; i++) {
		if (classes[i] == INPUT_KERNEL) {
			if (in.vmlinux != NULL)
				return error_new(a, ERROR_USAGE,
						 "'%s' and '%s' are both kernels; name one",
						 in.vmlinux, paths[i]);
			in.vmlinux = paths[i];
		} else if (classes[i] == INPUT_MEMBER) {
			add_member(&in, &set, paths[i]);
		} else {
			in.dump[in.count++] = (struct input){ &paths[i], 1 };
		}
	}
	if (in.count == 0)
		return error_new(a, ERROR_USAGE, "'%s' is a kernel; name a dump too", in.vmlinux);
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
