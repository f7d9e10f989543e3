/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_operand.c - the memory that x86 instructions use. Bytes and texts are those of GNU as and
 * objdump; addresses are worked out by hand from the registers below.
 */
#include "fault/operand.h"

#include "fault/port.h"

#include "unit.h"

#include <string.h>

#define R OPERAND_READ
#define W OPERAND_WRITE
#define X OPERAND_EXEC

static struct regs
registers(void)
{
	struct regs r = { .count = 0 };

	regs_put(&r, "rax", 0xffff888000001000);
	regs_put(&r, "rbx", 0xffff888000002000);
	regs_put(&r, "rcx", 0x43);
	regs_put(&r, "rdx", 0xffff888000003000);
	regs_put(&r, "rsi", 0x10);
	regs_put(&r, "rdi", 0xffff888000004000);
	regs_put(&r, "rbp", 0xffffc90000007f80);
	regs_put(&r, "rsp", 0xffffc90000007f00);
	regs_put(&r, "r12", 0x100);
	regs_put(&r, "rip", 0xffffffff81000100);
	regs_put(&r, "fs_base", 0x7fbedb513740);
	regs_put(&r, "gs_base", 0xffff88803fc00000);
	regs_put(&r, "cs", 0x10);
	return r;
}

/* Bytes in hex, apart by blanks. */
static struct bytes
bytes_of(const char *hex, uint8_t buf[16])
{
	struct str s = str_of(hex);
	struct str word;
	size_t len = 0;
	uint64_t v = 0;

	while (str_take_word(&s, &word) && str_take_hex(&word, &v))
		buf[len++] = (uint8_t)v;
	return (struct bytes){ buf, len };
}

static void
operands_of(struct arena *a, const char *hex, const struct regs *r, struct operand_list *out)
{
	struct operand_context c = { r, 0xffffffff81000100, true };
	struct decoder *d = NULL;
	uint8_t buf[16];
	struct bytes b = bytes_of(hex, buf);

	assert_null(decoder_open(&arch_x86_64, a, &d));
	assert_int_equal(decoder_at(d, b, c.ip), b.len);
	d->port->operands(d, &c, out);
}

static void
computes_addresses_from_the_registers(void **state)
{
	static const struct {
		const char *code;
		size_t count; /* of operands */
		size_t which; /* of them is looked at */
		const char *text;
		uint64_t address, len;
		uint8_t use;
	} want[] = {
		/* mov 0x30(%rax),%eax */
		{ "8b 40 30", 1, 0, "0x30(%rax)", 0xffff888000001030, 4, R },
		/* mov %rdx,0x8(%rbx) */
		{ "48 89 53 08", 1, 0, "0x8(%rbx)", 0xffff888000002008, 8, W },
		/* mov (%rdi,%rcx,8),%rax */
		{ "48 8b 04 cf", 1, 0, "(%rdi,%rcx,8)", 0xffff888000004218, 8, R },
		/* mov -0x8(%rbp),%rax */
		{ "48 8b 45 f8", 1, 0, "-0x8(%rbp)", 0xffffc90000007f78, 8, R },
		/* mov 0x1000(,%rsi,8),%rax */
		{ "48 8b 04 f5 00 10 00 00", 1, 0, "0x1000(,%rsi,8)", 0x1080, 8, R },
		/* movl $0x1,0x7e5721(%rip): ten bytes */
		{ "c7 05 21 57 7e 00 01 00 00 00", 1, 0, "0x7e5721(%rip)", 0xffffffff817e582b, 4,
		  W },
		/* movb $0x1,0x0 */
		{ "c6 04 25 00 00 00 00 01", 1, 0, "0x0", 0, 1, W },
		/* mov %gs:0x1fb40,%rax */
		{ "65 48 8b 04 25 40 fb 01 00", 1, 0, "%gs:0x1fb40", 0xffff88803fc1fb40, 8, R },
		/* mov %fs:0x10(%rax),%rcx wraps */
		{ "64 48 8b 48 10", 1, 0, "%fs:0x10(%rax)", 0x83edb514750, 8, R },
		/* mov 0x8(%eax),%ecx: 32-bit addresses */
		{ "67 8b 48 08", 1, 0, "0x8(%eax)", 0x1008, 4, R },
		/* mov 0xdead(%r12),%r13d */
		{ "45 8b ac 24 ad de 00 00", 1, 0, "0xdead(%r12)", 0xdfad, 4, R },
		/* rep movsb */
		{ "f3 a4", 2, 0, "%ds:(%rsi)", 0x10, 1, R },
		{ "f3 a4", 2, 1, "%es:(%rdi)", 0xffff888000004000, 1, W },
		/* rep stos %rax */
		{ "f3 48 ab", 1, 0, "%es:(%rdi)", 0xffff888000004000, 8, W },
		/* cmpsb: reads both */
		{ "a6", 2, 0, "%es:(%rdi)", 0xffff888000004000, 1, R },
		{ "a6", 2, 1, "%ds:(%rsi)", 0x10, 1, R },
		/* lods, scas */
		{ "48 ad", 1, 0, "%ds:(%rsi)", 0x10, 8, R },
		{ "ae", 1, 0, "%es:(%rdi)", 0xffff888000004000, 1, R },
		/* push %rbp */
		{ "55", 1, 0, "-0x8(%rsp)", 0xffffc90000007ef8, 8, W },
		/* push 0x18(%rax) */
		{ "ff 70 18", 2, 0, "0x18(%rax)", 0xffff888000001018, 8, R },
		{ "ff 70 18", 2, 1, "-0x8(%rsp)", 0xffffc90000007ef8, 8, W },
		/* pop %rbx; pop 0x8(%rax); pop 0x8(%rsp) adds 8 first */
		{ "5b", 1, 0, "(%rsp)", 0xffffc90000007f00, 8, R },
		{ "8f 40 08", 2, 0, "0x8(%rax)", 0xffff888000001008, 8, W },
		{ "8f 44 24 08", 2, 0, "0x8(%rsp)", 0xffffc90000007f10, 8, W },
		/* call *0x10(%rax); call *%rax; call .+5 */
		{ "ff 50 10", 2, 0, "0x10(%rax)", 0xffff888000001010, 8, R },
		{ "ff 50 10", 2, 1, "-0x8(%rsp)", 0xffffc90000007ef8, 8, W },
		{ "ff d0", 2, 1, "*%rax", 0xffff888000001000, 1, X },
		{ "e8 00 00 00 00", 1, 0, "-0x8(%rsp)", 0xffffc90000007ef8, 8, W },
		/* ret, leave, iretq */
		{ "c3", 1, 0, "(%rsp)", 0xffffc90000007f00, 8, R },
		{ "c9", 1, 0, "(%rbp)", 0xffffc90000007f80, 8, R },
		{ "48 cf", 1, 0, "(%rsp)", 0xffffc90000007f00, 40, R },
		/* jmp *0x8(%rdx,%rcx,8) */
		{ "ff 64 ca 08", 1, 0, "0x8(%rdx,%rcx,8)", 0xffff888000003220, 8, R },
		/* lock cmpxchg %rdx,(%rcx); lock cmpxchg16b (%rdi); xchg %rax,(%rdi) */
		{ "f0 48 0f b1 11", 1, 0, "(%rcx)", 0x43, 8, R | W },
		{ "f0 48 0f c7 0f", 1, 0, "(%rdi)", 0xffff888000004000, 16, R | W },
		{ "48 87 07", 1, 0, "(%rdi)", 0xffff888000004000, 8, R | W },
		/* lock bts %rcx,(%rdi): bit 0x43 is bit 3 of the second word */
		{ "f0 48 0f ab 0f", 1, 0, "(%rdi)", 0xffff888000004008, 8, R | W },
		/* lock btsq $0x5,(%rdi) */
		{ "f0 48 0f ba 2f 05", 1, 0, "(%rdi)", 0xffff888000004000, 8, R | W },
		/* movaps (%rax),%xmm0; vmovdqa %ymm0,(%rdi) */
		{ "0f 28 00", 1, 0, "(%rax)", 0xffff888000001000, 16, R },
		{ "c5 fd 7f 07", 1, 0, "(%rdi)", 0xffff888000004000, 32, W },
		/* vmovups %zmm0,0x40(%rdi){%k1} */
		{ "62 f1 7c 49 11 47 01", 1, 0, "0x40(%rdi)", 0xffff888000004040, 64, W },
		/* fxsave (%rdi); clflush (%rax) */
		{ "0f ae 07", 1, 0, "(%rdi)", 0xffff888000004000, 512, W },
		{ "0f ae 38", 1, 0, "(%rax)", 0xffff888000001000, 64, R },
		/* testb $0x1,0x20(%rdi); cmpq $0x0,(%rdi); incl (%rax); shlq %cl,(%rax) */
		{ "f6 47 20 01", 1, 0, "0x20(%rdi)", 0xffff888000004020, 1, R },
		{ "48 83 3f 00", 1, 0, "(%rdi)", 0xffff888000004000, 8, R },
		{ "ff 00", 1, 0, "(%rax)", 0xffff888000001000, 4, R | W },
		{ "48 d3 20", 1, 0, "(%rax)", 0xffff888000001000, 8, R | W },
		/* movzwl 0xe(%rax),%ecx; sete (%rax); divl 0x4(%rax) */
		{ "0f b7 48 0e", 1, 0, "0xe(%rax)", 0xffff88800000100e, 2, R },
		{ "0f 94 00", 1, 0, "(%rax)", 0xffff888000001000, 1, W },
		{ "f7 70 04", 1, 0, "0x4(%rax)", 0xffff888000001004, 4, R },
	};
	struct regs r = registers();

	for (size_t i = 0; i < ARRAY_LEN(want); i++) {
		struct operand_list list;
		const struct operand *o = &list.operand[want[i].which];

		operands_of(*state, want[i].code, &r, &list);
		assert_int_equal(list.count, want[i].count);
		assert_string_equal(o->text, want[i].text);
		assert_true(o->has_address);
		assert_int_equal(o->address, want[i].address);
		assert_int_equal(o->len, want[i].len);
		assert_int_equal(o->use, want[i].use);
	}
}

static void
sees_no_memory_where_none_is_accessed(void **state)
{
	static const char *const codes[] = {
		"48 8d 50 10",    /* lea 0x10(%rax),%rdx */
		"0f 1f 00",       /* nopl (%rax) */
		"0f 18 08",       /* prefetcht0 (%rax) */
		"0f 01 38",       /* invlpg (%rax) */
		"67 0f b9 40 10", /* ud1 0x10(%eax),%eax */
		"0f 0b",          /* ud2 */
		"48 01 d8",       /* add %rbx,%rax */
		"0f 01 ef",       /* wrpkru */
	};
	struct regs r = registers();

	for (size_t i = 0; i < ARRAY_LEN(codes); i++) {
		struct operand_list list;

		operands_of(*state, codes[i], &r, &list);
		assert_int_equal(list.count, 0);
	}
}

static void
reaches_as_far_as_a_repeated_instruction_has_to_go(void **state)
{
	struct regs r = registers();
	struct operand_list list;

	operands_of(*state, "f3 48 ab", &r, &list); /* rcx is 0x43 words of 8 */
	assert_int_equal(list.operand[0].span, 0x218);
	assert_true(operand_covers(&list.operand[0], 0xffff888000004217));
	assert_false(operand_covers(&list.operand[0], 0xffff888000004218));
	assert_false(operand_covers(&list.operand[0], 0xffff888000003fff));
	operands_of(*state, "48 ab", &r, &list);
	assert_int_equal(list.operand[0].span, 8);
}

static void
has_no_address_without_the_registers_it_needs(void **state)
{
	struct regs r = { .count = 0 };
	struct operand_list list;

	regs_put(&r, "rax", 1);
	operands_of(*state, "48 8b 04 08", &r, &list); /* mov (%rax,%rcx,1),%rax */
	assert_false(list.operand[0].has_address);
	assert_string_equal(list.operand[0].unknown, "rcx");
	assert_string_equal(list.operand[0].base.name, "rax");
	assert_int_equal(list.operand[0].base.value, 1);
	/* vpgatherqq %ymm1,(%rax,%ymm2,8),%ymm3: eight addresses, from a register that no log
	 * has */
	operands_of(*state, "c4 e2 f5 91 1c d0", &r, &list);
	assert_false(list.operand[0].has_address);
	assert_string_equal(list.operand[0].unknown, "ymm2");
	assert_string_equal(list.operand[0].text, "(%rax,%ymm2,8)");
	/* bt %eax,(%rdi) */
	regs_put(&r, "rdi", 0x1000);
	operands_of(*state, "0f a3 0f", &r, &list); /* bt %ecx,(%rdi) */
	assert_false(list.operand[0].has_address);
	operands_of(*state, "8b 40 30", NULL, &list);
	assert_false(list.operand[0].has_address);
	assert_string_equal(list.operand[0].unknown, "rax");
}

static void
moves_down_for_a_negative_bit_number(void **state)
{
	struct regs r = registers();
	struct operand_list list;

	regs_put(&r, "rcx", (uint64_t)-1);
	operands_of(*state, "f0 48 0f ab 0f", &r, &list); /* lock bts %rcx,(%rdi) */
	assert_int_equal(list.operand[0].address, 0xffff888000003ff8);
	regs_put(&r, "rax", 0x00000000ffffffe0);    /* -32 as 32 bits */
	operands_of(*state, "0f a3 07", &r, &list); /* bt %eax,(%rdi) */
	assert_int_equal(list.operand[0].address, 0xffff888000003ffc);
}

static void
does_not_believe_a_user_gs_in_kernel_mode(void **state)
{
	struct regs r = registers();
	struct operand_list list;

	regs_put(&r, "gs_base", 0x7f0000000000);
	operands_of(*state, "65 48 8b 04 25 28 00 00 00", &r, &list);
	assert_false(list.operand[0].has_address);
	assert_string_equal(list.operand[0].unknown, "gs");
	regs_put(&r, "cs", 0x33);
	operands_of(*state, "65 48 8b 04 25 28 00 00 00", &r, &list);
	assert_int_equal(list.operand[0].address, 0x7f0000000028);
}

static void
knows_the_instructions_that_read_descriptor_tables(void **state)
{
	struct regs r = registers();
	struct operand_list list;

	operands_of(*state, "8e d8", &r, &list); /* mov %eax,%ds */
	assert_true(list.hidden_access);
	operands_of(*state, "48 cf", &r, &list); /* iretq */
	assert_true(list.hidden_access);
	operands_of(*state, "48 89 d8", &r, &list); /* mov %rbx,%rax */
	assert_false(list.hidden_access);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(computes_addresses_from_the_registers),
		UNIT_TEST(sees_no_memory_where_none_is_accessed),
		UNIT_TEST(reaches_as_far_as_a_repeated_instruction_has_to_go),
		UNIT_TEST(has_no_address_without_the_registers_it_needs),
		UNIT_TEST(moves_down_for_a_negative_bit_number),
		UNIT_TEST(does_not_believe_a_user_gs_in_kernel_mode),
		UNIT_TEST(knows_the_instructions_that_read_descriptor_tables),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
