/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_btf.c - the types of a hostile kernel, and of a module that continues them.
 *
 * The first two bytes are the length of vmlinux's part; what follows that is the module's.
 */
#include "symbols/btf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void
ask(struct btf *b)
{
	static const char *const names[] = { "task_struct", "list_t", "wake_up_process", "x" };
	struct btf_type t;
	struct btf_member m;
	struct btf_parameter p;
	uint64_t bytes = 0;

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (!btf_find(b, ~0U, names[i], &t))
			continue;
		btf_member(b, t.id, STR("deep"), &m);
		btf_len(b, t.id, &bytes);
	}
	for (uint32_t id = 0; btf_type(b, id + 1, &t) && id < 300; id++) {
		btf_name(b, &t);
		btf_len(b, id, &bytes);
		btf_member(b, id, STR("pid"), &m);
		for (uint32_t i = 0; i < t.count && btf_parameter(b, &t, i, &p); i++)
			btf_plain(b, p.type, &t);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct budget budget = budget_of(0, 16 << 20);
	struct arena *a = arena_new(&budget);
	struct btf_split split = { .base = NULL };
	struct btf *b = NULL;

	if (len > 2) {
		size_t first = (size_t)data[0] | (size_t)data[1] << 8;
		struct memory_fake fake = { 0xffffffff82000000ULL, { data + 2, len - 2 } };
		struct memory mem = memory_of_fake(&fake);

		if (first > len - 2)
			first = len - 2;
		if (btf_open(&mem, fake.addr, first, NULL, a, &split.base) == NULL) {
			ask(split.base);
			if (btf_open(&mem, fake.addr + first, len - 2 - first, &split, a, &b) ==
			    NULL)
				ask(b);
		}
	}
	arena_free(a);
	return 0;
}
