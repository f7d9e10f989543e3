/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_elfid.c - any bytes as a debug file, and any as what a worker says about one: with a
 * first byte below 0x10 the rest is an answer about so many places.
 */
#include "symbols/elfid.h"
#include "symbols/lines.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void
read_answer(const uint8_t *data, size_t len, struct arena *a)
{
	struct lines_place place[16] = { { .len = 0 } };
	struct lines_job job = { .place = place, .count = data[0] };
	struct lines out;

	(void)!lines_parse((struct bytes){ data + 1, len - 1 }, &job, a, &out);
	for (size_t i = 0; i < job.count; i++) {
		for (size_t f = 0; f < out.place[i].count; f++)
			(void)str_copy(a, out.place[i].frame[f].file);
	}
}

static void
read_file(const uint8_t *data, size_t len, struct arena *a)
{
	struct memory_fake fake = { 0, { data, len } };
	struct memory file = memory_of_fake(&fake);
	struct elfid id = { 0 };
	struct str banner = { NULL, 0 };

	if (elfid_read(&file, len, a, &id) == NULL)
		(void)!elfid_banner(&file, &id, a, &banner);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct budget budget = budget_of(0, 16 << 20);
	struct arena *a = arena_new(&budget);

	if (len != 0 && data[0] < 0x10)
		read_answer(data, len, a);
	else
		read_file(data, len, a);
	arena_free(a);
	return 0;
}
