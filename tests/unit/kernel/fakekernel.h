/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fakekernel.h - a kernel of a few pages, for tests: memory in pieces, symbols by name, and
 * layouts that the test chooses.
 */
#ifndef TESTS_FAKEKERNEL_H
#define TESTS_FAKEKERNEL_H

#include "kernel/kernel.h"

#include <string.h>

enum {
	FAKE_REGIONS = 16,
	FAKE_SYMBOLS = 64,
};

struct fake {
	struct arena *a;
	struct {
		uint64_t va;
		uint8_t *bytes;
		size_t len;
	} region[FAKE_REGIONS];
	size_t regions;
	struct {
		const char *name;
		uint64_t va;
	} symbol[FAKE_SYMBOLS];
	size_t symbols;
	struct memory mem;
	struct kernel k;
};

static inline const struct error *
fake_read(void *self, uint64_t va, void *buf, size_t len)
{
	static const struct error absent = { ERROR_ABSENT, "no memory there", NULL };
	const struct fake *f = self;

	for (size_t i = 0; i < f->regions; i++) {
		if (va < f->region[i].va || va - f->region[i].va > f->region[i].len ||
		    len > f->region[i].len - (va - f->region[i].va))
			continue;
		memcpy(buf, f->region[i].bytes + (va - f->region[i].va), len);
		return NULL;
	}
	return &absent;
}

static inline void
fake_find(void *self, struct kallsyms_query *q, size_t count)
{
	const struct fake *f = self;

	for (size_t i = 0; i < count; i++) {
		for (size_t s = 0; s < f->symbols && !q[i].found; s++) {
			q[i].found = strcmp(q[i].name, f->symbol[s].name) == 0;
			q[i].va = f->symbol[s].va;
		}
	}
}

/* The closest symbol at or below va. */
static inline bool
fake_at(void *self, uint64_t va, struct kallsyms_symbol *out)
{
	const struct fake *f = self;
	bool found = false;

	for (size_t s = 0; s < f->symbols; s++) {
		if (f->symbol[s].va > va || (found && f->symbol[s].va <= out->va))
			continue;
		*out = (struct kallsyms_symbol){ .name = str_of(f->symbol[s].name),
						 .va = f->symbol[s].va };
		found = true;
	}
	for (size_t s = 0; s < f->symbols && found; s++) {
		uint64_t away = f->symbol[s].va - out->va;

		if (f->symbol[s].va > out->va && (out->len == 0 || away < out->len))
			out->len = away;
	}
	return found;
}

static inline uint8_t *
fake_region(struct fake *f, uint64_t va, size_t len)
{
	uint8_t *bytes = arena_alloc(f->a, len, 1);

	f->region[f->regions].va = va;
	f->region[f->regions].bytes = bytes;
	f->region[f->regions++].len = len;
	return bytes;
}

static inline void
fake_symbol(struct fake *f, const char *name, uint64_t va)
{
	f->symbol[f->symbols].name = name;
	f->symbol[f->symbols++].va = va;
}

static inline void
fake_put(struct fake *f, uint64_t va, uint64_t v, size_t len)
{
	for (size_t i = 0; i < f->regions; i++) {
		if (va < f->region[i].va || va - f->region[i].va >= f->region[i].len)
			continue;
		for (size_t b = 0; b < len && va - f->region[i].va + b < f->region[i].len; b++)
			f->region[i].bytes[va - f->region[i].va + b] = (uint8_t)(v >> 8 * b);
	}
}

/*
 * A change that bytes describe, for fuzzing: {region, offset of 2 bytes, kind, value of 2 bytes}.
 * Offsets are in units of `unit` bytes. What kinds there are is the target's.
 */
enum {
	FAKE_CHANGE_LEN = 6,
};

struct fake_change {
	uint64_t at;
	uint64_t v;
	uint8_t kind;
};

static inline struct fake_change
fake_change_of(const struct fake *f, const uint8_t record[FAKE_CHANGE_LEN], uint64_t unit)
{
	size_t region = record[0] % f->regions;
	uint64_t off = (uint64_t)record[1] | (uint64_t)record[2] << 8;

	return (struct fake_change){
		.at = f->region[region].va + (off * unit) % f->region[region].len,
		.v = (uint64_t)record[4] | (uint64_t)record[5] << 8,
		.kind = record[3],
	};
}

static inline void
fake_text(struct fake *f, uint64_t va, const char *s)
{
	for (size_t i = 0; i <= strlen(s); i++)
		fake_put(f, va + i, (uint8_t)s[i], 1);
}

static inline void
fake_layout(struct fake *f, enum layout_id id, uint64_t off, uint64_t len)
{
	layout_learn(f->k.layout, id, off, len);
}

/* An x86_64 kernel with no memory, no layouts, and these symbols to come. */
static inline struct fake *
fake_new(struct arena *a)
{
	struct fake *f = ARENA_NEW(a, struct fake);
	struct symbol_source source = { "fake", f, fake_find, fake_at };

	f->a = a;
	f->mem = (struct memory){ fake_read, f, ORDER_LITTLE, 8 };
	f->k = (struct kernel){ .mem = &f->mem,
				.arch = &arch_x86_64,
				.symbols = symbols_new(&f->mem, a),
				.types = types_new(a),
				.layout = layout_new(NULL, NULL, a),
				.arena = a };
	symbols_add_source(f->k.symbols, &source);
	return f;
}

#endif
