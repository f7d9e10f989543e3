/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/code.h"

#include "unit.h"

#include <string.h>

static const uint8_t page[] = { 0x0f, 0x1f, 0x31, 0xc0, 0xc7, 0x40, 0x18, 0x2a };

static void
writes_code_as_the_kernel_does_with_the_instruction_marked(void **state)
{
	struct memory_fake fake = { 0x1000, { page, sizeof(page) } };
	struct memory m = memory_of_fake(&fake);
	struct str code = { 0 };

	assert_null(code_read(&m, 0x1004, 2, 3, *state, &code));
	assert_true(str_is_c(code, "31 c0 <c7> 40 18"));
}

static void
gives_what_is_there_where_memory_is_missing(void **state)
{
	struct memory_fake fake = { 0x1000, { page, sizeof(page) } };
	struct memory m = memory_of_fake(&fake);
	struct str code = { 0 };

	assert_null(code_read(&m, 0x1004, 64, 64, *state, &code));
	assert_true(str_is_c(code, "0f 1f 31 c0 <c7> 40 18 2a"));
	assert_non_null(code_read(&m, 0x1008, 4, 4, *state, &code));
	assert_non_null(code_read(&m, 0, 4, 4, *state, &code));
	assert_non_null(code_read(&m, UINT64_MAX, 4, 4, *state, &code));
}

static void
fill(struct regs *r, uint64_t seed)
{
	static const char *const names[] = { "rax", "rbx", "rcx", "rdx", "rsi",
					     "rdi", "rbp", "rsp", "r8",  "r9" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		regs_put(r, names[i], seed + i);
}

static void
finds_the_cpu_by_all_registers_that_both_have(void **state)
{
	struct dump_cpu *cpu = ARENA_ARRAY(*state, struct dump_cpu, 3);
	struct dump d = { .arch = &arch_x86_64, .cpu = cpu, .cpu_count = 3 };
	struct regs *of_report = ARENA_NEW(*state, struct regs);

	fill(&cpu[0].regs, 100);
	fill(&cpu[1].regs, 200);
	fill(&cpu[2].regs, 200);
	cpu[2].blank = true;
	fill(of_report, 200);
	regs_put(of_report, "eflags", 1);
	regs_put(&cpu[1].regs, "eflags", 2);
	assert_ptr_equal(code_find_cpu(&d, of_report), &cpu[1]);
	regs_put(of_report, "rdx", 7);
	assert_null(code_find_cpu(&d, of_report));
}

static void
a_stack_pointer_alone_is_not_enough(void **state)
{
	struct dump_cpu *cpu = ARENA_ARRAY(*state, struct dump_cpu, 1);
	struct dump d = { .arch = &arch_x86_64, .cpu = cpu, .cpu_count = 1 };
	struct regs *of_report = ARENA_NEW(*state, struct regs);

	regs_put(of_report, "rsp", 5);
	regs_put(&cpu[0].regs, "rsp", 5);
	assert_null(code_find_cpu(&d, of_report));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(writes_code_as_the_kernel_does_with_the_instruction_marked),
		UNIT_TEST(gives_what_is_there_where_memory_is_missing),
		UNIT_TEST(finds_the_cpu_by_all_registers_that_both_have),
		UNIT_TEST(a_stack_pointer_alone_is_not_enough),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
