/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_btf.c - the types of a hostile kernel, and of a module that continues them.
 *
 * The first two bytes are the length of vmlinux's part; what follows that is the module's.
 */
#include "symbols/btf.h"

#include <string.h>

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

static void
find_functions(void *self, struct kallsyms_query *q, size_t count)
{
	const uint8_t *data = self;

	for (size_t i = 0; i < count; i++) {
		q[i].found = true;
		q[i].va = 0xffffffff81000000ULL + data[i % 4] * 4096ULL * strlen(q[i].name);
	}
}

/* BTF that is long enough to be searched in the middle: the same types and the same strings, over
 * and over. */
static void
search(const uint8_t *data, size_t len, struct arena *a)
{
	enum { LONG = 48 << 10, HEADER = 24 };
	uint8_t *p = arena_try(a, HEADER + 2 * LONG, 1);
	struct memory_fake fake = { 0xffffffff82000000ULL, { p, HEADER + 2 * LONG } };
	struct memory mem = memory_of_fake(&fake);
	struct btf_hint hint = { find_functions, (void *)(uintptr_t)data };
	struct btf *b = NULL;
	struct btf_type t;
	uint32_t proto = 0;

	if (p == NULL)
		return;
	for (size_t i = 0; i < 2 * LONG; i++)
		p[HEADER + i] = data[i % len];
	memcpy(p,
	       (const uint8_t[HEADER]){ 0x9f, 0xeb, 1, 0, HEADER, 0, 0,
					0, [13] = LONG >> 8, [17] = LONG >> 8, [21] = LONG >> 8 },
	       HEADER);
	if (btf_open(&mem, fake.addr, fake.bytes.len, NULL, a, &b) != NULL)
		return;
	if (btf_function(b, "wake_up_process", data[0] & 1 ? &hint : NULL, &proto))
		btf_type(b, proto, &t);
	for (uint32_t id = data[1] * 16U; id < LONG / 12; id += 977)
		btf_type(b, id, &t);
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
	if (len >= 4)
		search(data, len, a);
	arena_free(a);
	return 0;
}
