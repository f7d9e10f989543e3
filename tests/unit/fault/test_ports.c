/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_ports.c - processors other than x86_64. Instructions are GNU as's, texts objdump's;
 * addresses are worked out by hand: register number n holds (n + 1) * 0x1000, the stack pointer
 * 0xf000, the program counter 0x40000.
 */
#include "fault/arguments.h"
#include "fault/fault.h"

#include "unit.h"

#include <stdio.h>
#include <string.h>

static const struct origin from_log = { ORIGIN_LOG, "kernel log line 7" };

struct want {
	const char *code, *insn;
	const char *operand; /* NULL: no operand leads to the address */
	uint64_t address;
	const char *bytes; /* accessed; "(unknown)" */
};

static const char *
text_of(struct arena *a, const struct fact_row *row, enum fact_id id)
{
	const struct fact *fact = facts_get(row, id);

	if (fact->count == 0)
		return "(unknown)";
	return facts_value_text(a, facts_info(id)->kind, &fact->values[0]);
}

static const struct fact_row *
explain(struct arena *a, const struct fault_input *in)
{
	struct facts *f = facts_new(a);

	struct fault_trail trail;

	fault_explain(in, a, f, &trail);
	return facts_root_const(f);
}

static struct regs
numbered(struct arena *a, const char *prefix, unsigned count)
{
	struct regs r = { .count = 0 };

	for (unsigned i = 0; i < count; i++)
		regs_put(&r, arena_printf(a, "%s%u", prefix, i), (i + 1) * 0x1000ull);
	return r;
}

static void
check(struct arena *a, const struct arch *arch, const struct regs *r, const struct want *want,
      size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct want *w = &want[i];
		struct fault_input in = {
			.arch = arch,
			.code = str_of(w->code),
			.regs = r,
			.ip = 0x40000,
			.has_ip = true,
			.address = w->address,
			.has_address = true,
			.origin = from_log,
		};
		const struct fact_row *root = explain(a, &in);

		assert_string_equal(text_of(a, root, FACT_FAULT_INSTRUCTION_TEXT), w->insn);
		if (w->operand == NULL) {
			assert_string_equal(text_of(a, root, FACT_FAULT_OPERAND_TEXT), "(unknown)");
			continue;
		}
		assert_string_equal(text_of(a, root, FACT_FAULT_OPERAND_TEXT), w->operand);
		assert_string_equal(text_of(a, root, FACT_FAULT_OPERAND_EFFECTIVE),
				    arena_printf(a, "0x%llx", (unsigned long long)w->address));
		assert_string_equal(text_of(a, root, FACT_FAULT_OPERAND_BYTES), w->bytes);
	}
}

static void
explains_arm64(void **state)
{
	static const struct want want[] = {
		{ "(b9401801)", "ldr w1, [x0, #24]", "[x0, #24]", 0x1018, "4" },
		{ "(f8627820)", "ldr x0, [x1, x2, lsl #3]", "[x1, x2, lsl #3]", 0x1a000, "8" },
		{ "(f862d820)", "ldr x0, [x1, w2, sxtw #3]", "[x1, w2, sxtw #3]", 0x1a000, "8" },
		{ "(b8624820)", "ldr w0, [x1, w2, uxtw]", "[x1, w2, uxtw]", 0x5000, "4" },
		{ "(f8408420)", "ldr x0, [x1], #8", "[x1]", 0x2000, "8" },
		{ "(f8408c20)", "ldr x0, [x1, #8]!", "[x1, #8]", 0x2008, "8" },
		{ "(58000080)", "ldr x0, 0x40010", "pc + 0x10", 0x40010, "8" },
		{ "(39000c01)", "strb w1, [x0, #3]", "[x0, #3]", 0x1003, "1" },
		{ "(b9800420)", "ldrsw x0, [x1, #4]", "[x1, #4]", 0x2004, "4" },
		{ "(79400c20)", "ldrh w0, [x1, #6]", "[x1, #6]", 0x2006, "2" },
		{ "(a9be7bfd)", "stp x29, x30, [sp, #-32]!", "[sp, #-32]", 0xefe0, "16" },
		{ "(29410440)", "ldp w0, w1, [x2, #8]", "[x2, #8]", 0x3008, "8" },
		{ "(f85f8020)", "ldur x0, [x1, #-8]", "[x1, #-8]", 0x1ff8, "8" },
		{ "(88027c20)", "stxr w2, w0, [x1]", "[x1]", 0x2000, "4" },
		{ "(88e0fc41)", "casal w0, w1, [x2]", "[x2]", 0x3000, "4" },
		{ "(48207c82)", "casp x0, x1, x2, x3, [x4]", "[x4]", 0x5000, "16" },
		{ "(b820005f)", "stadd w0, [x2]", "[x2]", 0x3000, "4" },
		{ "(f8e00041)", "ldaddal x0, x1, [x2]", "[x2]", 0x3000, "8" },
		{ "(f8e08041)", "swpal x0, x1, [x2]", "[x2]", 0x3000, "8" },
		{ "(f8bfc020)", "ldapr x0, [x1]", "[x1]", 0x2000, "8" },
		{ "(3dc00420)", "ldr q0, [x1, #16]", "[x1, #16]", 0x2010, "16" },
		{ "(4c40a000)", "ld1 {v0.16b, v1.16b}, [x0]", "[x0]", 0x1000, "32" },
		{ "(d63f0020)", "blr x1", "x1", 0x2000, "4" },
		{ "(d503233f)", "paciasp", NULL, 0x2000, NULL },
		{ "(f9800000)", "prfm pldl1keep, [x0]", NULL, 0x1000, NULL },
		{ "(d2a00020)", "mov x0, #0x10000", NULL, 0x1000, NULL },
		{ "(7100041f)", "cmp w0, #0x1", NULL, 0x1000, NULL },
		{ "(54000041)", "b.ne 0x40008", NULL, 0x1000, NULL },
		{ "(00000000)", ".inst 0x00000000", NULL, 0x1000, NULL },
	};
	struct regs r = numbered(*state, "x", 30);

	regs_put(&r, "sp", 0xf000);
	check(*state, &arch_arm64, &r, want, ARRAY_LEN(want));
}

static void
explains_arm_and_thumb(void **state)
{
	static const struct want want[] = {
		{ "(e5910018)", "ldr r0, [r1, #24]", "[r1, #24]", 0x2018, "4" },
		{ "(e7110002)", "ldr r0, [r1, -r2]", "[r1, -r2]", 0xfffff000, "4" },
		{ "(e7910102)", "ldr r0, [r1, r2, lsl #2]", "[r1, r2, lsl #2]", 0xe000, "4" },
		{ "(15803008)", "strne r3, [r0, #8]", "[r0, #8]", 0x1008, "4" },
		{ "(e1c210b2)", "strh r1, [r2, #2]", "[r2, #2]", 0x3002, "2" },
		{ "(e890000e)", "ldm r0, {r1, r2, r3}", "[r0, #0]", 0x1000, "12" },
		{ "(e92d4010)", "push {r4, lr}", "[sp, #-8]", 0xeff8, "8" },
		{ "(e8bd8010)", "pop {r4, pc}", "[sp, #0]", 0xf000, "8" },
		{ "(e91ba810)", "ldmdb fp, {r4, fp, sp, pc}", "[fp, #-16]", 0xaff0, "16" },
		{ "(e59f0010)", "ldr r0, [pc, #16]", "[pc, #16]", 0x40018, "4" },
		{ "(ed900b02)", "vldr d0, [r0, #8]", "[r0, #8]", 0x1008, "8" },
		{ "(e12fff33)", "blx r3", "r3", 0x4000, "1" },
		{ "(1afffffc)", "bne 0x3fff8", NULL, 0x1000, NULL },
	};
	static const struct want thumb[] = {
		{ "4605 (6988) b510", "ldr r0, [r1, #24]", "[r1, #24]", 0x2018, "4" },
		{ "4605 (b510)", "push {r4, lr}", "[sp, #-8]", 0xeff8, "8" },
	};
	struct regs r = numbered(*state, "r", 11);

	regs_put(&r, "fp", 0xb000);
	regs_put(&r, "sp", 0xf000);
	check(*state, &arch_arm, &r, want, ARRAY_LEN(want));
	check(*state, &arch_arm, &r, thumb, ARRAY_LEN(thumb));
	regs_put(&r, "psr", 0x60000033);

	struct fault_input in = {
		.arch = &arch_arm,
		.code = STR("4605 (f8d1) 0018"),
		.regs = &r,
		.address = 0x2018,
		.has_address = true,
		.origin = from_log,
	};
	const struct fact_row *root = explain(*state, &in);

	assert_string_equal(text_of(*state, root, FACT_FAULT_INSTRUCTION_TEXT),
			    "ldr.w r0, [r1, #24]");
	assert_string_equal(text_of(*state, root, FACT_FAULT_INSTRUCTION_BYTES), "f8d1 0018");
	assert_string_equal(text_of(*state, root, FACT_FAULT_OPERAND_EFFECTIVE), "0x2018");
}

static void
explains_powerpc(void **state)
{
	static const struct want want[] = {
		{ "<80640018>", "lwz r3,24(r4)", "24(r4)", 0x5018, "4" },
		{ "<e861fff8>", "ld r3,-8(r1)", "-8(r1)", 0x1ff8, "8" },
		{ "<7c64282e>", "lwzx r3,r4,r5", "r4,r5", 0xb000, "4" },
		{ "<f821ff91>", "stdu r1,-112(r1)", "-112(r1)", 0x1f90, "8" },
		{ "<98a30001>", "stb r5,1(r3)", "1(r3)", 0x4001, "1" },
		{ "<7c6020a8>", "ldarx r3,0,r4", "0,r4", 0x5000, "8" },
		{ "<7c60212d>", "stwcx. r3,0,r4", "0,r4", 0x5000, "4" },
		{ "<7c001fec>", "dcbz 0,r3", "0,r3", 0x4000, "128" },
		{ "<7c001e98>", "lxvd2x vs0,0,r3", "0,r3", 0x4000, "16" },
		{ "<c8030008>", "lfd f0,8(r3)", "8(r3)", 0x4008, "8" },
		{ "<4e800020>", "blr", NULL, 0x4000, NULL },
		{ "<38600000>", "li r3,0", NULL, 0x4000, NULL },
	};
	struct regs r = numbered(*state, "gpr", 32);

	check(*state, &arch_ppc64, &r, want, ARRAY_LEN(want));
}

static void
explains_s390x(void **state)
{
	static const struct want want[] = {
		{ ">0000000000040000: 58102018", "l %r1,24(%r2)", "24(%r2)", 0x3018, "4" },
		{ ">0000000000040000: e31230080004", "lg %r1,8(%r2,%r3)", "8(%r2,%r3)", 0x7008,
		  "8" },
		{ ">0000000000040000: e3102ff8ff04", "lg %r1,-8(%r2)", "-8(%r2)", 0x2ff8, "8" },
		{ ">0000000000040000: d20710002000", "mvc 0(8,%r1),0(%r2)", "0(%r1)", 0x2000, "8" },
		{ ">0000000000040000: d20710002000", "mvc 0(8,%r1),0(%r2)", "0(%r2)", 0x3000, "8" },
		{ ">0000000000040000: eb6ff0300024", "stmg %r6,%r15,48(%r15)", "48(%r15)", 0x10030,
		  "80" },
		{ ">0000000000040000: eb1230000030", "csg %r1,%r2,0(%r3)", "0(%r3)", 0x4000, "8" },
		{ ">0000000000040000: 41102008", "la %r1,8(%r2)", NULL, 0x3008, NULL },
		{ ">0000000000040000: a774fffc", "jne 0x3fff8", NULL, 0x3008, NULL },
		{ ">0000000000040000: a8240000", ".inst a8240000", NULL, 0x3008, NULL },
	};
	struct regs r = numbered(*state, "gpr", 16);

	check(*state, &arch_s390x, &r, want, ARRAY_LEN(want));

	/* The address of a fault is that of the page. */
	struct fault_input in = {
		.arch = &arch_s390x,
		.code = STR(">0000000000040000: 58102018"),
		.regs = &r,
		.address = 0x3000,
		.has_address = true,
		.error_code = 0x11,
		.has_error_code = true,
		.origin = from_log,
	};
	const struct fact_row *root = explain(*state, &in);

	assert_string_equal(text_of(*state, root, FACT_FAULT_OPERAND_EFFECTIVE), "0x3018");
	assert_string_equal(text_of(*state, root, FACT_FAULT_INSTRUCTION_ADDRESS), "0x40000");
	assert_string_equal(text_of(*state, root, FACT_FAULT_BIT_PRESENT), "false");
	assert_string_equal(text_of(*state, root, FACT_FAULT_BIT_WRITE), "(unknown)");
}

static void
explains_i386(void **state)
{
	static const struct want want[] = {
		{ "<8b> 40 30", "mov 0x30(%eax),%eax", "0x30(%eax)", 0x1030, "4" },
		{ "<55>", "push %ebp", "-0x4(%esp)", 0xeffc, "4" },
		{ "<a1> 00 50 00 00", "mov 0x5000,%eax", "0x5000", 0x5000, "4" },
		{ "<f3> a5", "rep movsl %ds:(%esi),%es:(%edi)", "%ds:(%esi)", 0x5000, "4" },
		{ "<8b> 44 88 fc", "mov -0x4(%eax,%ecx,4),%eax", "-0x4(%eax,%ecx,4)", 0x8ffc, "4" },
		{ "<40>", "inc %eax", NULL, 0x1000, NULL },
	};
	struct regs r = { .count = 0 };

	regs_put(&r, "eax", 0x1000);
	regs_put(&r, "ecx", 0x2000);
	regs_put(&r, "esi", 0x5000);
	regs_put(&r, "edi", 0x6000);
	regs_put(&r, "esp", 0xf000);
	check(*state, &arch_i386, &r, want, ARRAY_LEN(want));

	/* The base of fs stands in a descriptor table; the address gives it. */
	struct fault_input in = {
		.arch = &arch_i386,
		.code = STR("<64> a1 10 00 00 00"),
		.regs = &r,
		.address = 0xf7c00010,
		.has_address = true,
		.origin = from_log,
	};

	assert_string_equal(text_of(*state, explain(*state, &in), FACT_FAULT_OPERAND_EXPLANATION),
			    "mov %fs:0x10,%eax: fs has its base at 0xf7c00000, so the read went to "
			    "0xf7c00010");
}

static void
knows_no_instructions_of_riscv_but_what_its_registers_say(void **state)
{
	struct regs r = { .count = 0 };
	struct fault_input in = {
		.arch = &arch_riscv64,
		.regs = &r,
		.address = 8,
		.has_address = true,
		.origin = from_log,
	};
	const struct fact_row *root;

	regs_put(&r, "cause", 15);
	regs_put(&r, "status", 0x120);
	root = explain(*state, &in);
	assert_string_equal(text_of(*state, root, FACT_FAULT_ACCESS), "write");
	assert_string_equal(text_of(*state, root, FACT_FAULT_MODE), "kernel");
	assert_string_equal(text_of(*state, root, FACT_FAULT_BIT_WRITE), "true");
	assert_string_equal(text_of(*state, root, FACT_FAULT_ADDRESS_CLASS), "null_offset");
	regs_put(&r, "cause", 12);
	assert_string_equal(text_of(*state, explain(*state, &in), FACT_FAULT_ACCESS), "exec");
}

/* What an error code gives: access, mode, bits in the order of the facts, 't', 'f', or '-'. */
struct want_code {
	const struct arch *arch;
	uint64_t code;
	const char *access, *mode, *bits;
};

static void
reads_the_error_codes_of_each_processor(void **state)
{
	static const struct want_code want[] = {
		/* ESR: data abort from this level, translation fault level 1, read; write */
		{ &arch_arm64, 0x96000005, "read", "kernel", "fff-f----" },
		{ &arch_arm64, 0x96000045, "write", "kernel", "ftf-f----" },
		/* permission fault level 3, write; from a lower level */
		{ &arch_arm64, 0x9600004f, "write", "kernel", "ttf-f----" },
		{ &arch_arm64, 0x92000046, "write", "user", "ftt-f----" },
		/* cache maintenance counts as a read; instruction abort; external abort */
		{ &arch_arm64, 0x96000145, "read", "kernel", "fff-f----" },
		{ &arch_arm64, 0x86000005, "exec", "kernel", "fff-t----" },
		{ &arch_arm64, 0x96000010, "read", "kernel", "-ff-f----" },
		/* BRK is no abort */
		{ &arch_arm64, 0xf2000800, "(unknown)", "(unknown)", "---------" },
		/* FSR: section translation write, page translation read, permission, prefetch */
		{ &arch_arm, 0x805, "write", "(unknown)", "ft--f----" },
		{ &arch_arm, 0x17, "read", "(unknown)", "ff--f----" },
		{ &arch_arm, 0x80f, "write", "(unknown)", "tt--f----" },
		{ &arch_arm, 0x80000005, "exec", "(unknown)", "ff--t----" },
		/* long descriptors: translation fault of level 3 */
		{ &arch_arm, 0x207, "read", "(unknown)", "ff--f----" },
		{ &arch_ppc64, 0x40000000, "read", "(unknown)", "ff--f----" },
		{ &arch_ppc64, 0x42000000, "write", "(unknown)", "ft--f----" },
		{ &arch_ppc64, 0x0a000000, "write", "(unknown)", "tt--f----" },
		{ &arch_s390x, 0x04, "(unknown)", "(unknown)", "t--------" },
		{ &arch_s390x, 0x3b, "(unknown)", "(unknown)", "f--------" },
		{ &arch_i386, 0x2, "write", "kernel", "ftfffffff" },
	};

	for (size_t i = 0; i < ARRAY_LEN(want); i++) {
		struct fault_input in = {
			.arch = want[i].arch,
			.error_code = want[i].code,
			.has_error_code = true,
			.origin = from_log,
		};
		const struct fact_row *root = explain(*state, &in);

		assert_string_equal(text_of(*state, root, FACT_FAULT_ACCESS), want[i].access);
		assert_string_equal(text_of(*state, root, FACT_FAULT_MODE), want[i].mode);
		for (size_t b = 0; b < 9; b++) {
			const char *bit =
				text_of(*state, root, (enum fact_id)(FACT_FAULT_BIT_PRESENT + b));

			assert_int_equal(want[i].bits[b], bit[0] == '(' ? '-' : bit[0]);
		}
	}
}

static void
takes_the_mode_from_the_status_register(void **state)
{
	static const struct {
		const struct arch *arch;
		const char *name;
		uint64_t value;
		const char *mode;
	} want[] = {
		{ &arch_arm64, "pstate", 0x80400009, "kernel" },
		{ &arch_arm64, "pstate", 0x80000000, "user" },
		{ &arch_arm, "psr", 0x60000013, "kernel" },
		{ &arch_arm, "cpsr", 0x60000010, "user" },
		{ &arch_ppc64, "msr", 0x8000000000009032, "kernel" },
		{ &arch_ppc64, "msr", 0x800000000280f032, "user" },
		{ &arch_s390x, "psw_mask", 0x0404c00180000000, "kernel" },
		{ &arch_s390x, "psw_mask", 0x0705c00180000000, "user" },
		{ &arch_riscv64, "status", 0x120, "kernel" },
		{ &arch_riscv64, "status", 0x20, "user" },
		{ &arch_i386, "cs", 0x60, "kernel" },
		{ &arch_i386, "cs", 0x73, "user" },
	};

	for (size_t i = 0; i < ARRAY_LEN(want); i++) {
		struct regs r = { .count = 0 };
		struct fault_input in = { .arch = want[i].arch, .regs = &r, .origin = from_log };

		regs_put(&r, want[i].name, want[i].value);
		assert_string_equal(text_of(*state, explain(*state, &in), FACT_FAULT_MODE),
				    want[i].mode);
	}
}

static void
ignores_the_tag_of_an_arm64_address(void **state)
{
	struct regs r = { .count = 0 };
	struct fault_input in = {
		.arch = &arch_arm64,
		.code = STR("(f9400020)"), /* ldr x0, [x1] */
		.regs = &r,
		.address = 0xf4ff000012345678,
		.has_address = true,
		.origin = from_log,
	};

	regs_put(&r, "x1", 0xffff000012345678);
	assert_string_equal(text_of(*state, explain(*state, &in), FACT_FAULT_OPERAND_MISMATCH),
			    "false");
	in.address = 0xf4ff000012345680;
	assert_string_equal(text_of(*state, explain(*state, &in), FACT_FAULT_OPERAND_MISMATCH),
			    "true");
}

static void
shows_words_as_the_kernel_prints_them(void **state)
{
	struct fault_input in = {
		.arch = &arch_arm64,
		.code = STR("a90efbfd d2800441 143a3ed3 9344dc10 (38706930)"),
		.origin = from_log,
	};
	const struct fact_row *root = explain(*state, &in);
	const struct fact *rows = facts_get(root, FACT_DISASSEMBLY);

	assert_int_equal(rows->count, 5);
	assert_string_equal(text_of(*state, rows->values[0].row, INSTRUCTION_BYTES), "a90efbfd");
	assert_string_equal(text_of(*state, rows->values[0].row, INSTRUCTION_TEXT),
			    "stp x29, x30, [sp, #232]");
	assert_string_equal(text_of(*state, rows->values[2].row, INSTRUCTION_TEXT), "b .+0xe8fb4c");
	assert_string_equal(text_of(*state, root, FACT_FAULT_INSTRUCTION_TEXT),
			    "ldrb w16, [x9, x16]");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(explains_arm64),
		UNIT_TEST(explains_arm_and_thumb),
		UNIT_TEST(explains_powerpc),
		UNIT_TEST(explains_s390x),
		UNIT_TEST(explains_i386),
		UNIT_TEST(knows_no_instructions_of_riscv_but_what_its_registers_say),
		UNIT_TEST(reads_the_error_codes_of_each_processor),
		UNIT_TEST(takes_the_mode_from_the_status_register),
		UNIT_TEST(ignores_the_tag_of_an_arm64_address),
		UNIT_TEST(shows_words_as_the_kernel_prints_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
