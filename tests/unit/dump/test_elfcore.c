/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dump/elfcore_header.h"
#include "dump/format.h"

#include "dump/image.h"
#include "unit.h"

#include <elf.h>

static const struct error *
try_open(const struct image *i, struct arena *a, struct dump **d)
{
	struct source *s = source_of_bytes((struct bytes){ i->b, i->len }, a);

	return dump_open_sources(&s, 1, a, d);
}

static struct dump *
open_image(const struct image *i, struct arena *a)
{
	struct dump *d = NULL;

	assert_null(try_open(i, a, &d));
	return d;
}

static struct image
make_core(struct arena *a, uint16_t machine)
{
	struct image i = image_new(a, 16384, ORDER_LITTLE);

	image_elf64(&i, machine, 1);
	image_segment64(&i, 0,
			(struct image_segment){ PT_LOAD, 4096, 0xc0001000, 0x1000, 4096, 4096 });
	image_fill(&i, 4096, 0x55, 4096);
	return i;
}

static void
rejects_every_truncated_header(void **state)
{
	struct image i = make_core(*state, EM_X86_64);

	for (size_t len = 0; len < 64; len++) {
		struct elfcore_header h = { 0 };

		assert_non_null(elfcore_header_parse((struct bytes){ i.b, len }, *state, &h));
		assert_int_equal(h.class_len, 0);
	}
}

/* A peer dies of e_phentsize 0. */
static void
refuses_program_headers_of_another_length(void **state)
{
	const uint16_t bad[] = { 0, 1, 32, 55, 57, 0xffff };

	for (size_t k = 0; k < ARRAY_LEN(bad); k++) {
		struct image i = make_core(*state, EM_X86_64);
		struct dump *d = NULL;

		image_put(&i, 54, bad[k], 2);
		assert_non_null(try_open(&i, *state, &d));
	}
}

/* i386 with PAE is dumped as ELF64. */
static void
takes_the_word_length_from_the_machine(void **state)
{
	struct image i = make_core(*state, EM_386);
	struct dump *d = open_image(&i, *state);

	assert_int_equal(d->word_len, 4);
	assert_string_equal(d->arch->name, "i386");
}

static void
reads_dumps_of_machines_without_a_port(void **state)
{
	struct image i = make_core(*state, EM_PARISC);
	struct dump *d = open_image(&i, *state);
	uint8_t b = 0;

	assert_null(d->arch);
	assert_string_equal(d->machine, "ELF machine 15");
	assert_null(memory_u8(&d->phys, 0x1234, &b));
	assert_int_equal(b, 0x55);
	assert_true(d->has_segments);
	assert_null(memory_u8(&d->segments, 0xc0001fff, &b));
	assert_int_equal(b, 0x55);
}

static void
tells_a_core_of_a_process_from_a_dump(void **state)
{
	struct image i = make_core(*state, EM_X86_64);
	struct dump *d = NULL;
	size_t end = image_note(&i, 0x800, "CORE", NT_AUXV, "12345678", 8);

	image_put(&i, 56, 2, 2);
	image_segment64(&i, 1, (struct image_segment){ PT_NOTE, 0x800, 0, 0, end - 0x800, 0 });

	const struct error *e = try_open(&i, *state, &d);

	assert_non_null(e);
	assert_int_equal(e->code, ERROR_UNSUPPORTED);
	assert_true(str_has(str_of(error_text(*state, e)), STR("core dump of a process")));
}

static void
takes_the_page_length_from_vmcoreinfo(void **state)
{
	struct image i = make_core(*state, EM_AARCH64);
	const char text[] = "OSRELEASE=6\nPAGESIZE=65536\n";
	size_t end = image_note(&i, 0x800, "VMCOREINFO", 0, text, sizeof(text) - 1);

	image_put(&i, 56, 2, 2);
	image_segment64(&i, 1, (struct image_segment){ PT_NOTE, 0x800, 0, 0, end - 0x800, 0 });
	assert_int_equal(open_image(&i, *state)->page_len, 65536);
}

/* Before 4.11 /proc/kcore had no physical addresses, which does not mean they are 0. */
static void
does_not_believe_that_all_segments_are_at_physical_0(void **state)
{
	struct image i = make_core(*state, EM_X86_64);
	struct dump *d = NULL;
	uint8_t b = 0;

	image_put(&i, 56, 2, 2);
	for (size_t k = 0; k < 2; k++)
		image_segment64(&i, k,
				(struct image_segment){ PT_LOAD, 4096, 0xc0001000 + k * 8192, 0,
							4096, 4096 });
	d = open_image(&i, *state);
	assert_ptr_equal(memory_u8(&d->phys, 0, &b), page_state_error(PAGE_HOLE));
	assert_null(memory_u8(&d->segments, 0xc0003000, &b));
}

/* As many segments as a file of that length can hold, one over the other. */
static void
opens_many_overlapping_segments_at_once(void **state)
{
	enum { COUNT = 60000 };
	struct image i = image_new(*state, 64 + COUNT * 56 + 8192, ORDER_LITTLE);
	uint8_t b = 0;

	image_elf64(&i, EM_X86_64, COUNT);
	for (size_t k = 0; k < COUNT; k++)
		image_segment64(&i, k,
				(struct image_segment){ PT_LOAD, 64, 0, k * 8, 4096 + (k % 7) * 100,
							1 << 20 });
	image_fill(&i, 64 + COUNT * 56, 1, 8192);

	uint64_t start = budget_now_ns();
	struct dump *d = open_image(&i, *state);

	assert_null(memory_u8(&d->phys, COUNT * 4, &b));
	assert_true(budget_now_ns() - start < 2000000000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(rejects_every_truncated_header),
		UNIT_TEST(refuses_program_headers_of_another_length),
		UNIT_TEST(takes_the_word_length_from_the_machine),
		UNIT_TEST(reads_dumps_of_machines_without_a_port),
		UNIT_TEST(tells_a_core_of_a_process_from_a_dump),
		UNIT_TEST(takes_the_page_length_from_vmcoreinfo),
		UNIT_TEST(does_not_believe_that_all_segments_are_at_physical_0),
		UNIT_TEST(opens_many_overlapping_segments_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
