/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_lines.c - the answer of the process that reads debug files, which a hostile file may have
 * taken over.
 */
#include "symbols/lines.h"

#include "base/arena.h"
#include "kernel/codediff.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum {
	PLACES = 4,
	CODE_LEN = 64,
};

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const struct lines_place places[PLACES];
	static const struct lines_access accesses[PLACES];
	static const struct lines_text_wanted texts[PLACES] = {
		{ 0, CODE_LEN }, { 1, CODE_LEN }, { 2, CODE_LEN }, { 3, CODE_LEN }
	};
	static const struct lines_job job = { .place = places,
					      .count = PLACES,
					      .access = accesses,
					      .access_count = PLACES,
					      .text = texts,
					      .text_count = PLACES };
	struct budget budget = budget_of(0, 8 << 20);
	struct arena *a = arena_new(&budget);
	uint8_t memory[CODE_LEN];
	struct codediff found[CODEDIFF_MAX];
	struct lines l;

	(void)(lines_parse((struct bytes){ data, len }, &job, a, &l) == NULL);
	for (size_t i = 0; i < PLACES; i++) {
		const struct lines_text *t = &l.text[i];

		memset(memory, 0xe8, sizeof(memory));
		for (size_t x86 = 0; x86 < 2; x86++) {
			struct codediff_input in = { memory,       t->bytes.p, t->mask.p,
						     t->bytes.len, i << 21,    x86 != 0 };

			(void)codediff_compare(&in, found);
		}
	}
	arena_free(a);
	return 0;
}
