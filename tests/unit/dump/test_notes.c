/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dump/notes.h"

#include "base/limits.h"
#include "dump/image.h"
#include "unit.h"

#include <stdlib.h>

static struct source *
source_of(const struct image *i, struct arena *a)
{
	return source_of_bytes((struct bytes){ i->b, i->len }, a);
}

/* A note of three CPUs, of which the second saved nothing, and VMCOREINFO, and others. */
static struct image
make_notes(struct arena *a, enum byte_order order)
{
	struct image i = image_new(a, 8192, order);
	struct image cpu = image_new(a, 336, order);
	uint8_t nothing[336] = { 0 };
	size_t at = 0;

	image_put(&cpu, 32, 77, 4);
	image_put(&cpu, 112 + 16 * 8, 0xffffffff81000055, 8);
	at = image_note(&i, at, "CORE", NOTE_PRSTATUS, cpu.b, 336);
	at = image_note(&i, at, "CORE", NOTE_PRSTATUS, nothing, 336);
	at = image_note(&i, at, "LINUX", 0x406, "12345", 5);
	at = image_note(&i, at, "VMCOREINFO", 0, "A=1\nOSRELEASE=6.1\n", 18);
	image_put(&cpu, 32, 78, 4);
	at = image_note(&i, at, "CORE", NOTE_PRSTATUS, cpu.b, 336);
	image_fill(&i, at, 0, 100); /* room that was not used */
	return i;
}

static void
finds_cpus_and_vmcoreinfo(void **state)
{
	for (int big = 0; big < 2; big++) {
		enum byte_order order = big ? ORDER_BIG : ORDER_LITTLE;
		struct image i = make_notes(*state, order);
		struct notes n = { 0 };
		struct dump d = { .arch = &arch_x86_64, .order = order };
		uint64_t ip = 0;

		assert_null(notes_read(source_of(&i, *state), 0, i.len, order, *state, &n));
		assert_int_equal(n.count, 5);
		notes_publish(&n, *state, &d);
		assert_int_equal(d.cpu_count, 3);
		assert_int_equal(d.cpu[0].pid, 77);
		assert_true(regs_get(&d.cpu[0].regs, "rip", &ip));
		assert_int_equal(ip, 0xffffffff81000055);
		assert_false(d.cpu[0].blank);
		assert_true(d.cpu[1].blank);
		assert_int_equal(d.cpu[2].pid, 78);
		assert_int_equal(d.cpu[2].note, 2);
		assert_non_null(d.vmcoreinfo);
	}
}

static void
keeps_what_stands_before_a_cut(void **state)
{
	struct image i = make_notes(*state, ORDER_LITTLE);
	size_t most = 0;

	for (size_t len = 0; len <= i.len; len++) {
		/* Of its own, so that a tool that watches memory sees a read behind the end. */
		uint8_t *b = malloc(len + 1);
		struct source *s = source_of_bytes((struct bytes){ b, len }, *state);
		struct notes n = { 0 };

		assert_non_null(b);
		memcpy(b, i.b, len);
		(void)!notes_read(s, 0, i.len, ORDER_LITTLE, *state, &n);
		assert_true(n.count >= most);
		most = n.count;
		free(b);
	}
	assert_int_equal(most, 5);
}

static void
survives_every_flipped_byte(void **state)
{
	struct image i = make_notes(*state, ORDER_LITTLE);

	for (size_t at = 0; at < i.len; at++) {
		struct notes n = { 0 };
		struct dump d = { .arch = &arch_x86_64 };

		i.b[at] ^= 0xff;
		(void)!notes_read(source_of(&i, *state), 0, i.len, ORDER_LITTLE, *state, &n);
		notes_publish(&n, *state, &d);
		assert_true(n.count <= 5);
		i.b[at] ^= 0xff;
	}
}

/* A driver's own dump stands in front of the CPUs, and may be larger than memory. */
static void
steps_over_a_long_note(void **state)
{
	enum { LONG = NOTE_MAX_LEN + 4 };
	struct image i = image_new(*state, LONG + 8192, ORDER_LITTLE);
	struct notes n = { 0 };
	uint8_t *big = arena_alloc(*state, LONG, 1);
	struct bytes desc;
	size_t at = image_note(&i, 0, "LINUX", 0x700, big, LONG);

	at = image_note(&i, at, "CORE", NOTE_PRSTATUS, "abc", 3);
	assert_null(notes_read(source_of(&i, *state), 0, at, ORDER_LITTLE, *state, &n));
	assert_int_equal(n.count, 1);
	assert_true(notes_find(&n, "CORE", NOTE_PRSTATUS, &desc));
	assert_int_equal(desc.len, 3);
	assert_true(n.len < 100);
}

static void
takes_the_vmcoreinfo_that_names_a_kernel(void **state)
{
	struct image i = image_new(*state, 4096, ORDER_LITTLE);
	struct notes n = { 0 };
	struct dump d = { 0 };
	struct str s;
	size_t at = image_note(&i, 0, "VMCOREINFO_XEN", 0, "OSRELEASE=xen\n", 14);

	at = image_note(&i, at, "VMCOREINFO", 0, "CRASHTIME=1\n", 12);
	at = image_note(&i, at, "VMCOREINFO", 0, "OSRELEASE=6.1\n", 14);
	at = image_note(&i, at, "VMCOREINFO", 0, "OSRELEASE=6.2\n", 14);
	assert_null(notes_read(source_of(&i, *state), 0, at, ORDER_LITTLE, *state, &n));
	notes_publish(&n, *state, &d);
	assert_true(vmcoreinfo_find(d.vmcoreinfo, "OSRELEASE", &s));
	assert_true(str_is_c(s, "6.1"));
}

/* Memory is bounded by what a machine could have, not by the length of a file. */
static void
does_not_read_notes_without_end(void **state)
{
	enum { COUNT = LIMIT_NOTES + 10 };
	struct image i = image_new(*state, COUNT * 20, ORDER_LITTLE);
	struct notes n = { 0 };
	const struct error *e = NULL;
	size_t at = 0;

	for (size_t k = 0; k < COUNT; k++)
		at = image_note(&i, at, "abc", 1, "", 0);
	e = notes_read(source_of(&i, *state), 0, at, ORDER_LITTLE, *state, &n);
	assert_non_null(e);
	assert_int_equal(e->code, ERROR_LIMIT);
	assert_int_equal(n.count, LIMIT_NOTES);
}

static void
reads_a_last_note_without_its_padding(void **state)
{
	struct image i = image_new(*state, 4096, ORDER_LITTLE);
	struct notes n = { 0 };

	(void)image_note(&i, 0, "X", 1, "abcde", 5);
	i.len = 12 + 4 + 5;
	assert_null(notes_read(source_of(&i, *state), 0, i.len, ORDER_LITTLE, *state, &n));
	assert_int_equal(n.count, 1);
	assert_memory_equal(n.note[0].desc.p, "abcde", 5);
}

static void
knows_no_registers_without_a_port(void **state)
{
	struct image i = make_notes(*state, ORDER_LITTLE);
	struct notes n = { 0 };
	struct dump d = { .arch = NULL };

	assert_null(notes_read(source_of(&i, *state), 0, i.len, ORDER_LITTLE, *state, &n));
	notes_publish(&n, *state, &d);
	assert_int_equal(d.cpu_count, 0);
	assert_non_null(d.vmcoreinfo);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(finds_cpus_and_vmcoreinfo),
		UNIT_TEST(keeps_what_stands_before_a_cut),
		UNIT_TEST(survives_every_flipped_byte),
		UNIT_TEST(steps_over_a_long_note),
		UNIT_TEST(takes_the_vmcoreinfo_that_names_a_kernel),
		UNIT_TEST(does_not_read_notes_without_end),
		UNIT_TEST(reads_a_last_note_without_its_padding),
		UNIT_TEST(knows_no_registers_without_a_port),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
