/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/code.h"

#include "base/text.h"

#include <string.h>

enum {
	AGREE_MIN = 8, /* registers; a task's other frames share two or three by chance */
};

/* Registers that the kernel changes between the oops and its saving, or prints otherwise. */
static bool
is_volatile(const char *name)
{
	static const char *const names[] = { "eflags", "fs", "gs", "cs", "ss", "ds", "es" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (strcmp(name, names[i]) == 0)
			return true;
	}
	return false;
}

static bool
agree(const struct regs *a, const struct regs *b, const char *sp)
{
	uint64_t x = 0;
	uint64_t y = 0;
	size_t same = 0;

	if (!regs_get(a, sp, &x) || !regs_get(b, sp, &y) || x != y)
		return false;
	for (size_t i = 0; i < a->count; i++) {
		if (is_volatile(a->reg[i].name) || !regs_get(b, a->reg[i].name, &y))
			continue;
		if (a->reg[i].value != y)
			return false;
		same++;
	}
	return same >= AGREE_MIN;
}

const struct dump_cpu *
code_find_cpu(const struct dump *d, const struct regs *of_report)
{
	if (d->arch == NULL || d->arch->sp == NULL)
		return NULL;
	for (size_t i = 0; i < d->cpu_count; i++) {
		if (!d->cpu[i].blank && agree(of_report, &d->cpu[i].regs, d->arch->sp))
			return &d->cpu[i];
	}
	return NULL;
}

const struct error *
code_read(const struct memory *vmem, uint64_t ip, size_t before, size_t after, struct arena *a,
	  struct str *out)
{
	uint8_t byte = 0;
	const struct error *e = memory_u8(vmem, ip, &byte);
	struct text t = text_new(a);

	if (e != NULL)
		return e;
	while (before != 0 && memory_u8(vmem, ip - before, &byte) != NULL)
		before--;
	for (uint64_t at = ip - before; at != ip + after; at++) {
		if (memory_u8(vmem, at, &byte) != NULL)
			break;
		text_printf(&t, at == ip ? "<%02x> " : "%02x ", byte);
	}
	*out = str_trim(text_str(&t));
	return NULL;
}
