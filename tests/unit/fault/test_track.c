/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fault/track.h"

#include "arch/arch.h"
#include "unit.h"

#include <string.h>

#define VA 0xffffffff81000000ULL

enum {
	RAX = 0,
	RDX = 1,
	RCX = 2,
	RBP = 6,
};

static bool
run(const struct arch *arch, const uint8_t *code, size_t len, size_t off, struct arena *a,
    struct track *t)
{
	struct decoder *d = NULL;

	assert_null(decoder_open(arch, a, &d));
	return track_run(d, (struct bytes){ code, len }, VA, off, a, t);
}

static void
check(const struct track_trail *t, uint8_t argument, const int64_t *disp, size_t count)
{
	assert_int_equal(t->root, TRACK_FROM_ARGUMENT);
	assert_int_equal(t->argument, argument);
	assert_int_equal(t->count, count);
	assert_memory_equal(t->disp, disp, count * sizeof(*disp));
}

static void
follows_pointers_back_to_an_argument(void **state)
{
	/* push %rbx; mov %rdi,%rbx; mov 0x8(%rbx),%rax; add $0x10,%rax; mov 0x20(%rax),%rdx;
	 * mov 0x30(%rdx),%eax; ret */
	static const uint8_t code[] = {
		0x53, 0x48, 0x89, 0xfb, 0x48, 0x8b, 0x43, 0x08, 0x48, 0x83,
		0xc0, 0x10, 0x48, 0x8b, 0x50, 0x20, 0x8b, 0x42, 0x30, 0xc3
	};
	static const int64_t disp[] = { 8, 0x30, 0 };
	struct track t;

	assert_true(run(&arch_x86_64, code, sizeof(code), 0x10, *state, &t));
	check(&t.reg[RDX], 0, disp, 3);
	assert_int_equal(t.reg[RDX].load[0].off, 4);
	assert_int_equal(t.reg[RDX].load[0].src, 3);
	assert_int_equal(t.reg[RDX].load[1].off, 0xc);
	assert_int_equal(t.reg[RDX].load[1].disp, 0x20);
	assert_int_equal(t.holder[0], 3); /* rbx, or rdi, which is 5: the first */
	assert_int_equal(t.holder[1], 4);
}

static void
what_differs_between_two_ways_is_not_known(void **state)
{
	/* mov 0x8(%rdi),%rax; test %esi,%esi; je 1f; mov 0x18(%rdi),%rax; 1: mov 0x30(%rax),%ecx */
	static const uint8_t code[] = { 0x48, 0x8b, 0x47, 0x08, 0x85, 0xf6, 0x74, 0x04,
					0x48, 0x8b, 0x47, 0x18, 0x8b, 0x48, 0x30, 0xc3 };
	struct track t;

	assert_true(run(&arch_x86_64, code, sizeof(code), 0xc, *state, &t));
	assert_int_equal(t.reg[RAX].root, TRACK_FROM_NOTHING);
	assert_int_equal(t.reg[RAX].count, 1);
	assert_int_equal(t.holder[0], 5);
}

static void
loops_leave_known_what_they_do_not_change(void **state)
{
	/* mov %rdi,%rbx; mov %rsi,%rbp; 2: mov 0x8(%rbx),%rbx; test; jne 2b; mov 0x30(%rbp),%ecx */
	static const uint8_t code[] = { 0x48, 0x89, 0xfb, 0x48, 0x89, 0xf5, 0x48, 0x8b, 0x5b, 0x08,
					0x48, 0x85, 0xdb, 0x75, 0xf7, 0x8b, 0x4d, 0x30, 0xc3 };
	static const int64_t none[] = { 0 };
	struct track t;

	assert_true(run(&arch_x86_64, code, sizeof(code), 0xf, *state, &t));
	check(&t.reg[RBP], 1, none, 1);
	assert_int_equal(t.reg[3].root, TRACK_FROM_NOTHING);
	/* In front of the loop's own load, too. */
	assert_true(run(&arch_x86_64, code, sizeof(code), 6, *state, &t));
	assert_int_equal(t.reg[3].root, TRACK_FROM_NOTHING);
}

static void
calls_change_what_they_may_but_ftrace_does_not(void **state)
{
	/* call ftrace; mov %rdi,%r12; mov %rsi,%r10; nopl; nopl; call; mov 0x40(%rax),%rcx;
	 * mov 0x30(%rcx),%ecx; ret */
	static const uint8_t code[] = {
		0xe8, 0xfb, 0xff, 0xff, 0xff, 0x49, 0x89, 0xfc, 0x49, 0x89,
		0xf2, 0x0f, 0x1f, 0x00, 0x0f, 0x1f, 0x00, 0xe8, 0xb3, 0xff,
		0xff, 0xff, 0x48, 0x8b, 0x48, 0x40, 0x8b, 0x49, 0x30, 0xc3
	};
	struct track t;

	assert_true(run(&arch_x86_64, code, sizeof(code), 0x1a, *state, &t));
	assert_int_equal(t.holder[0], 12);
	assert_int_equal(t.holder[1], -1);
	/* The root is not known, but what read the pointer is. */
	assert_int_equal(t.reg[RCX].root, TRACK_FROM_NOTHING);
	assert_int_equal(t.reg[RCX].count, 2);
	assert_int_equal(t.reg[RCX].load[0].off, 0x16);
	assert_int_equal(t.reg[RCX].load[0].src, RAX);
	assert_int_equal(t.reg[RCX].load[0].disp, 0x40);
}

static void
reads_arm64(void **state)
{
	/* stp; mov x19, x0; ldr x1, [x19, #8]; add x1, x1, #16; cbz x2, 1f; mov x3, x2;
	 * 1: ldr x1, [x1, #32]; ldr w0, [x1, #48]; ret */
	static const uint8_t code[] = { 0xfd, 0x7b, 0xbe, 0xa9, 0xf3, 0x03, 0x00, 0xaa, 0x61,
					0x06, 0x40, 0xf9, 0x21, 0x40, 0x00, 0x91, 0x42, 0x00,
					0x00, 0xb4, 0xe3, 0x03, 0x02, 0xaa, 0x21, 0x10, 0x40,
					0xf9, 0x20, 0x30, 0x40, 0xb9, 0xc0, 0x03, 0x5f, 0xd6 };
	static const int64_t disp[] = { 8, 48, 0 };
	struct track t;

	assert_true(run(&arch_arm64, code, sizeof(code), 0x1c, *state, &t));
	check(&t.reg[1], 0, disp, 3);
	assert_int_equal(t.holder[0], 0);
	assert_int_equal(t.holder[2], 2);
}

static void
code_that_is_not_reached_is_not_known(void **state)
{
	static const uint8_t code[] = { 0xc3, 0x8b, 0x42, 0x30 };
	struct track t;

	assert_false(run(&arch_x86_64, code, sizeof(code), 1, *state, &t));
	assert_false(run(&arch_x86_64, code, 0, 0, *state, &t));
	assert_false(run(&arch_x86_64, code, sizeof(code), 2, *state, &t)); /* no boundary */
	assert_false(run(&arch_s390x, code, sizeof(code), 0, *state, &t));  /* no port */
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(follows_pointers_back_to_an_argument),
		UNIT_TEST(what_differs_between_two_ways_is_not_known),
		UNIT_TEST(loops_leave_known_what_they_do_not_change),
		UNIT_TEST(calls_change_what_they_may_but_ftrace_does_not),
		UNIT_TEST(reads_arm64),
		UNIT_TEST(code_that_is_not_reached_is_not_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
