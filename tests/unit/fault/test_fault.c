/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fault/arguments.h"
#include "fault/fault.h"

#include "unit.h"

#include <string.h>

static const struct origin from_log = { ORIGIN_LOG, "kernel log line 7" };

/* The oops of "echo c > /proc/sysrq-trigger" on 3.10.0-957.el7.x86_64. */
static struct fault_input
sysrq(const struct regs *r)
{
	return (struct fault_input){
		.arch = &arch_x86_64,
		.code = STR("eb 9b 45 01 f4 45 39 65 34 75 e5 4c 89 ef e8 e2 f7 ff ff eb db 0f 1f "
			    "44 00 00 55 48 89 e5 c7 05 21 57 7e 00 01 00 00 00 0f ae f8 <c6> 04 "
			    "25 00 00 00 00 01 5d c3 0f 1f 44 00 00 55 31 c0 c7 05 9e"),
		.regs = r,
		.function = STR("sysrq_handle_crash"),
		.function_off = 0x16,
		.function_len = 0x20,
		.ip = 0xffffffff9d461bf6,
		.error_code = 2,
		.has_function_off = true,
		.has_ip = true,
		.has_address = true,
		.has_error_code = true,
		.origin = from_log,
	};
}

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

static void
disassembles_the_function_round_the_fault_as_crash_does(void **state)
{
	static const struct {
		const char *address, *offset, *text;
	} want[] = {
		{ "0xffffffff9d461be0", "0x0", "nopl 0x0(%rax,%rax,1)" },
		{ "0xffffffff9d461be5", "0x5", "push %rbp" },
		{ "0xffffffff9d461be6", "0x6", "mov %rsp,%rbp" },
		{ "0xffffffff9d461be9", "0x9",
		  "movl $0x1,0x7e5721(%rip)        # 0xffffffff9dc47314" },
		{ "0xffffffff9d461bf3", "0x13", "sfence" },
		{ "0xffffffff9d461bf6", "0x16", "movb $0x1,0x0" },
		{ "0xffffffff9d461bfe", "0x1e", "pop %rbp" },
		{ "0xffffffff9d461bff", "0x1f", "ret" },
	};
	struct fault_input in = sysrq(NULL);
	const struct fact_row *root = explain(*state, &in);
	const struct fact *rows = facts_get(root, FACT_DISASSEMBLY);

	assert_int_equal(rows->count, ARRAY_LEN(want));
	for (size_t i = 0; i < ARRAY_LEN(want); i++) {
		const struct fact_row *row = rows->values[i].row;

		assert_string_equal(text_of(*state, row, INSTRUCTION_ADDRESS), want[i].address);
		assert_string_equal(text_of(*state, row, INSTRUCTION_OFFSET), want[i].offset);
		assert_string_equal(text_of(*state, row, INSTRUCTION_TEXT), want[i].text);
		assert_string_equal(text_of(*state, row, INSTRUCTION_FAULT),
				    i == 5 ? "true" : "false");
	}
	assert_string_equal(text_of(*state, root, FACT_FAULT_INSTRUCTION_TEXT), "movb $0x1,0x0");
	assert_string_equal(text_of(*state, root, FACT_FAULT_INSTRUCTION_BYTES),
			    "c6 04 25 00 00 00 00 01");
	assert_string_equal(text_of(*state, root, FACT_FAULT_INSTRUCTION_OFFSET), "0x16");
	assert_string_equal(text_of(*state, root, FACT_FAULT_INSTRUCTION_FUNCTION),
			    "sysrq_handle_crash");
}

static void
names_every_bit_of_a_page_fault_error_code(void **state)
{
	static const struct {
		uint64_t code;
		const char *access, *mode;
		const char *bits; /* in the order of the facts */
	} want[] = {
		{ 0x0, "read", "kernel",
		  "ffffffff"
		  "f" },
		{ 0x2, "write", "kernel",
		  "ftffffff"
		  "f" },
		{ 0x3, "write", "kernel",
		  "ttffffff"
		  "f" },
		{ 0x7, "write", "user",
		  "tttfffff"
		  "f" },
		{ 0x10, "exec", "kernel",
		  "fffftfff"
		  "f" },
		{ 0x11, "exec", "kernel",
		  "tffftfff"
		  "f" },
		{ 0x9, "read", "kernel",
		  "tfftffff"
		  "f" },
		{ 0x25, "read", "user",
		  "tftfftff"
		  "f" },
		{ 0x47, "write", "user",
		  "tttffftf"
		  "f" },
		{ 0x8007, "write", "user",
		  "tttfffft"
		  "f" },
		{ 0x80000003, "write", "kernel",
		  "ttffffff"
		  "t" },
	};

	for (size_t i = 0; i < ARRAY_LEN(want); i++) {
		struct fault_input in = sysrq(NULL);

		in.error_code = want[i].code;

		const struct fact_row *root = explain(*state, &in);

		assert_string_equal(text_of(*state, root, FACT_FAULT_ACCESS), want[i].access);
		assert_string_equal(text_of(*state, root, FACT_FAULT_MODE), want[i].mode);
		for (size_t b = 0; b < 9; b++)
			assert_string_equal(
				text_of(*state, root, (enum fact_id)(FACT_FAULT_BIT_PRESENT + b)),
				want[i].bits[b] == 't' ? "true" : "false");
	}
}

static void
takes_the_mode_from_cs_before_the_error_code(void **state)
{
	struct regs r = { .count = 0 };

	regs_put(&r, "cs", 0x33);

	struct fault_input in = sysrq(&r);

	assert_string_equal(text_of(*state, explain(*state, &in), FACT_FAULT_MODE), "user");
	r.count = 0;
	regs_put(&r, "cs", 0x10);
	in.error_code = 4;
	assert_string_equal(text_of(*state, explain(*state, &in), FACT_FAULT_MODE), "kernel");
}

static void
leaves_the_bits_alone_if_the_code_is_a_selector(void **state)
{
	struct fault_input in = sysrq(NULL);

	in.trap = FAULT_TRAP_PROTECTION;
	in.error_code = 0xbeec;

	const struct fact_row *root = explain(*state, &in);

	assert_string_equal(text_of(*state, root, FACT_FAULT_ERROR_CODE), "0xbeec");
	assert_string_equal(text_of(*state, root, FACT_FAULT_BIT_PRESENT), "(unknown)");
}

static void
prints_jumps_by_what_is_known_of_the_place(void **state)
{
	struct fault_input in = sysrq(NULL);

	in.code = STR("<75> 07 90");
	in.ip = 0xffffffff81000100;
	assert_string_equal(text_of(*state, explain(*state, &in), FACT_FAULT_INSTRUCTION_TEXT),
			    "jne 0xffffffff81000109");
	in.has_ip = false;
	assert_string_equal(text_of(*state, explain(*state, &in), FACT_FAULT_INSTRUCTION_TEXT),
			    "jne sysrq_handle_crash+0x1f");
	in.code = STR("<75> 17 90");
	assert_string_equal(text_of(*state, explain(*state, &in), FACT_FAULT_INSTRUCTION_TEXT),
			    "jne .+0x19");
	in.code = STR("<75> e7 90");
	assert_string_equal(text_of(*state, explain(*state, &in), FACT_FAULT_INSTRUCTION_TEXT),
			    "jne .-0x17");
	in.has_function_off = false;
	in.code = STR("90 90 <75> 07 90");
	assert_string_equal(text_of(*state, explain(*state, &in), FACT_FAULT_INSTRUCTION_TEXT),
			    "jne .+0x9");
}

/* As GNU objdump prints them. */
static void
prints_instructions_as_objdump_does(void **state)
{
	static const struct {
		const char *code, *text;
	} want[] = {
		{ "<8b> 40 30", "mov 0x30(%rax),%eax" },
		{ "<48> 8b 45 00", "mov 0x0(%rbp),%rax" },
		{ "<48> 83 c0 ff", "add $0xffffffffffffffff,%rax" },
		{ "<66> 83 c0 ff", "add $0xffff,%ax" },
		{ "<48> c7 00 ff ff ff ff", "movq $0xffffffffffffffff,(%rax)" },
		{ "<65> 48 8b 04 25 28 00 00 00", "mov %gs:0x28,%rax" },
		{ "<0f> b6 04 0a", "movzbl (%rdx,%rcx,1),%eax" },
		{ "<48> 8b 04 c5 00 00 00 82", "mov -0x7e000000(,%rax,8),%rax" },
		{ "<f0> 48 0f b1 11", "lock cmpxchg %rdx,(%rcx)" },
		{ "<f3> 48 ab", "rep stos %rax,%es:(%rdi)" },
		{ "<f3> a4", "rep movsb %ds:(%rsi),%es:(%rdi)" },
		{ "<f2> ae", "repnz scas %es:(%rdi),%al" },
		{ "<a6>", "cmpsb %es:(%rdi),%ds:(%rsi)" },
		{ "<66> f3 ab", "rep stos %ax,%es:(%rdi)" },
		{ "<6c>", "insb (%dx),%es:(%rdi)" },
		{ "<ee>", "out %al,(%dx)" },
		{ "<ff> 50 10", "call *0x10(%rax)" },
		{ "<3e> ff e0", "notrack jmp *%rax" },
		{ "<ff> 30", "push (%rax)" },
		{ "<d1> 20", "shll (%rax)" },
		{ "<d3> 20", "shll %cl,(%rax)" },
		{ "<66> 90", "xchg %ax,%ax" },
		{ "<66> 66 2e 0f 1f 84 00 00 00 00 00", "data16 cs nopw 0x0(%rax,%rax,1)" },
		{ "<0f> 0b", "ud2" },
		{ "<67> 0f b9 40 10", "ud1 0x10(%eax),%eax" },
		{ "<0f> 01 ef", "wrpkru" },
		{ "<66> 48 0f 38 f5 0a", "wrussq %rcx,(%rdx)" },
		{ "<66> 0f ae f1", "tpause %ecx" },
		{ "<f3> 0f 1e fa", "endbr64" },
		{ "<48> 0f ba 28 05", "btsq $0x5,(%rax)" },
		{ "<48> a1 00 00 00 00 00 80 ff ff", "movabs 0xffff800000000000,%rax" },
	};

	for (size_t i = 0; i < ARRAY_LEN(want); i++) {
		struct fault_input in = { .arch = &arch_x86_64, .origin = from_log };

		in.code = str_of(want[i].code);
		assert_string_equal(
			text_of(*state, explain(*state, &in), FACT_FAULT_INSTRUCTION_TEXT),
			want[i].text);
	}
}

static void
gives_the_reason_when_there_is_nothing_to_disassemble(void **state)
{
	struct fault_input in = sysrq(NULL);

	in.code = STR("Bad RIP value.");

	const struct fact *text = facts_get(explain(*state, &in), FACT_FAULT_INSTRUCTION_TEXT);

	assert_int_equal(text->count, 0);
	assert_string_equal(text->why->message,
			    "the kernel printed no code bytes: 'Bad RIP value.'");
	in.code = STR("48 8b 04");
	text = facts_get(explain(*state, &in), FACT_FAULT_INSTRUCTION_TEXT);
	assert_string_equal(text->why->message,
			    "the 'Code:' line does not mark the faulting instruction");
	in.code = STR("48 8b <06> 06");
	text = facts_get(explain(*state, &in), FACT_FAULT_INSTRUCTION_TEXT);
	assert_string_equal(text->why->message,
			    "no instruction begins with the bytes at the marker");
}

struct story {
	const char *code;
	uint64_t address;
	enum fault_trap trap;
	uint64_t error_code;
	const char *explanation, *class, *text, *access;
};

static struct regs
kernel_registers(void)
{
	struct regs r = { .count = 0 };

	regs_put(&r, "rax", 0);
	regs_put(&r, "rbx", 0xdead000000000100);
	regs_put(&r, "rcx", 6);
	regs_put(&r, "rdx", 0xdffffc0000000000);
	regs_put(&r, "rsi", 0xffffb23400a00ffc);
	regs_put(&r, "rdi", 0x6b6b6b6b6b6b6b6b);
	regs_put(&r, "r12", 0xfffffffffffffff4);
	regs_put(&r, "rsp", 0xffffb23400123e58);
	regs_put(&r, "gs_base", 0xffff92773fc00000);
	regs_put(&r, "cs", 0x10);
	return r;
}

static void
says_in_words_which_register_was_bad(void **state)
{
	static const struct story stories[] = {
		{ "<8b> 40 30", 0x30, FAULT_TRAP_PAGE_FAULT, 0,
		  "mov 0x30(%rax),%eax: rax is 0, so the read went to 0x30", "null_offset",
		  "0x30(%rax)", "read" },
		{ "<48> 89 43 08", 0xdead000000000108, FAULT_TRAP_PROTECTION, 0,
		  "mov %rax,0x8(%rbx): rbx is 0xdead000000000100 (LIST_POISON1), so the write went "
		  "to 0xdead000000000108, which is no possible address",
		  "list_poison", "0x8(%rbx)", "write" },
		{ "<8b> 04 88", 0x18, FAULT_TRAP_PAGE_FAULT, 0,
		  "mov (%rax,%rcx,4),%eax: rax is 0 and rcx is 0x6, so the read went to 0x18",
		  "null_offset", "(%rax,%rcx,4)", "read" },
		{ "<ff> 07", 0x6b6b6b6b6b6b6b6b, FAULT_TRAP_PROTECTION, 0,
		  "incl (%rdi): rdi is 0x6b6b6b6b6b6b6b6b (the poison of freed slab memory "
		  "(6b...)), so the access went to 0x6b6b6b6b6b6b6b6b, which is no possible "
		  "address",
		  "slab_poison", "(%rdi)", "write" },
		{ "<41> 8b 44 24 04", 0xfffffffffffffff8, FAULT_TRAP_PAGE_FAULT, 0,
		  "mov 0x4(%r12),%eax: r12 is 0xfffffffffffffff4 (-ENOMEM as a pointer, or 0xc "
		  "below NULL), so the read went to 0xfffffffffffffff8",
		  "err_ptr", "0x4(%r12)", "read" },
		{ "<80> 3c 11 00", 0xdffffc0000000006, FAULT_TRAP_PROTECTION, 0,
		  "cmpb $0x0,(%rcx,%rdx,1): rcx is 0x6 and rdx is KASAN's offset "
		  "0xdffffc0000000000, so the read went to 0xdffffc0000000006, the KASAN shadow "
		  "of 0x30",
		  "kasan_shadow", "(%rcx,%rdx,1)", "read" },
		{ "<48> 8b 06", 0xffffb23400a01000, FAULT_TRAP_PAGE_FAULT, 0,
		  "mov (%rsi),%rax: rsi is 0xffffb23400a00ffc, so the read went to "
		  "0xffffb23400a00ffc, 8 bytes, and reached 0xffffb23400a01000",
		  "vmalloc", "(%rsi)", "read" },
		{ "<55>", 0xffffb23400123e50, FAULT_TRAP_PAGE_FAULT, 2,
		  "push %rbp: rsp is 0xffffb23400123e58, so the write went to 0xffffb23400123e50",
		  "stack", "-0x8(%rsp)", "write" },
		{ "<65> 48 8b 04 25 28 00 00 00", 0xffff92773fc00028, FAULT_TRAP_PAGE_FAULT, 0,
		  "mov %gs:0x28,%rax: gs has its base at 0xffff92773fc00000, so the read went to "
		  "0xffff92773fc00028",
		  "per_cpu", "%gs:0x28", "read" },
		{ "<c6> 04 25 00 00 00 00 01", 0, FAULT_TRAP_PAGE_FAULT, 2,
		  "movb $0x1,0x0: the address is in the instruction itself; the write went to 0x0",
		  "null", "0x0", "write" },
		/* Of push's two accesses the one that was a read. */
		{ "<ff> 70 18", 0x18, FAULT_TRAP_PAGE_FAULT, 0,
		  "push 0x18(%rax): rax is 0, so the read went to 0x18", "null_offset",
		  "0x18(%rax)", "read" },
		/* What became a double fault; its error code is always 0. */
		{ "<ff> 30", 0x0, FAULT_TRAP_STACK, 0,
		  "push (%rax): rax is 0, so the read went to 0x0", "null", "(%rax)", "read" },
		{ "<c3>", 0, FAULT_TRAP_PROTECTION, 0,
		  "ret: rsp is 0xffffb23400123e58; the address that it read at "
		  "0xffffb23400123e58 and went to is no possible one",
		  "null", "(%rsp)", "read" },
	};
	struct regs r = kernel_registers();

	for (size_t i = 0; i < ARRAY_LEN(stories); i++) {
		const struct story *s = &stories[i];
		struct fault_input in = {
			.arch = &arch_x86_64,
			.code = str_of(s->code),
			.regs = &r,
			.address = s->address,
			.has_address = true,
			.trap = s->trap,
			.error_code = s->error_code,
			.has_error_code = true,
			.origin = from_log,
		};
		const struct fact_row *root = explain(*state, &in);

		assert_string_equal(text_of(*state, root, FACT_FAULT_OPERAND_EXPLANATION),
				    s->explanation);
		assert_string_equal(text_of(*state, root, FACT_FAULT_ADDRESS_CLASS), s->class);
		assert_string_equal(text_of(*state, root, FACT_FAULT_OPERAND_TEXT), s->text);
		assert_string_equal(text_of(*state, root, FACT_FAULT_ACCESS), s->access);
		assert_string_equal(text_of(*state, root, FACT_FAULT_OPERAND_MISMATCH), "false");
	}
}

static void
puts_the_parts_of_the_operand(void **state)
{
	struct regs r = kernel_registers();
	struct fault_input in = {
		.arch = &arch_x86_64,
		.code = STR("<8b> 44 8b f0"), /* mov -0x10(%rbx,%rcx,4),%eax */
		.regs = &r,
		.trap = FAULT_TRAP_PROTECTION,
		.origin = from_log,
	};
	const struct fact_row *root = explain(*state, &in);

	assert_string_equal(text_of(*state, root, FACT_FAULT_OPERAND_TEXT), "-0x10(%rbx,%rcx,4)");
	assert_string_equal(text_of(*state, root, FACT_FAULT_OPERAND_BASE), "rbx");
	assert_string_equal(text_of(*state, root, FACT_FAULT_OPERAND_BASE_VALUE),
			    "0xdead000000000100");
	assert_string_equal(text_of(*state, root, FACT_FAULT_OPERAND_BASE_CLASS), "list_poison");
	assert_string_equal(text_of(*state, root, FACT_FAULT_OPERAND_INDEX), "rcx");
	assert_string_equal(text_of(*state, root, FACT_FAULT_OPERAND_INDEX_VALUE), "0x6");
	assert_string_equal(text_of(*state, root, FACT_FAULT_OPERAND_SCALE), "4");
	assert_string_equal(text_of(*state, root, FACT_FAULT_OPERAND_DISPLACEMENT),
			    "0xfffffffffffffff0");
	assert_string_equal(text_of(*state, root, FACT_FAULT_OPERAND_EFFECTIVE),
			    "0xdead000000000108");
	assert_string_equal(text_of(*state, root, FACT_FAULT_OPERAND_BYTES), "4");
	/* The kernel gave no address: it is that of the operand, and only inferred. */
	assert_string_equal(text_of(*state, root, FACT_FAULT_ADDRESS), "0xdead000000000108");
	assert_int_equal(facts_get(root, FACT_FAULT_ADDRESS)->origin.rank, ORIGIN_GUESS);
}

static void
says_so_when_no_operand_leads_to_the_address(void **state)
{
	struct regs r = kernel_registers();
	struct fault_input in = {
		.arch = &arch_x86_64,
		.code = STR("<8b> 40 30"),
		.regs = &r,
		.address = 0x1234,
		.has_address = true,
		.origin = from_log,
	};
	const struct fact_row *root = explain(*state, &in);

	assert_string_equal(text_of(*state, root, FACT_FAULT_OPERAND_MISMATCH), "true");
	assert_string_equal(text_of(*state, root, FACT_FAULT_OPERAND_EXPLANATION),
			    "mov 0x30(%rax),%eax: its operand leads to 0x30, not to 0x1234");
	assert_string_equal(text_of(*state, root, FACT_FAULT_OPERAND_TEXT), "(unknown)");
	in.code = STR("<0f> 0b");
	root = explain(*state, &in);
	assert_string_equal(text_of(*state, root, FACT_FAULT_OPERAND_EXPLANATION),
			    "ud2 accesses no memory, so it cannot have faulted at 0x1234");
	/* Not if a register that counts is unknown, or descriptor tables are read. */
	in.code = STR("<41> 8b 45 00");
	root = explain(*state, &in);
	assert_string_equal(text_of(*state, root, FACT_FAULT_OPERAND_MISMATCH), "(unknown)");
	assert_string_equal(facts_get(root, FACT_FAULT_OPERAND_TEXT)->why->message,
			    "the value of r13, which its address depends on, is not known");
	in.code = STR("<8e> d8");
	root = explain(*state, &in);
	assert_string_equal(text_of(*state, root, FACT_FAULT_OPERAND_MISMATCH), "(unknown)");
	/* Nor if the fault was not about memory. */
	in.trap = FAULT_TRAP_OTHER;
	in.code = STR("<0f> 0b");
	root = explain(*state, &in);
	assert_string_equal(text_of(*state, root, FACT_FAULT_OPERAND_MISMATCH), "(unknown)");
}

static void
takes_the_address_of_a_double_fault_from_cr2_if_an_operand_leads_there(void **state)
{
	struct regs r = { .count = 0 };
	struct fault_input in = {
		.arch = &arch_x86_64,
		.code = STR("<50>"), /* push %rax */
		.regs = &r,
		.trap = FAULT_TRAP_STACK,
		.has_error_code = true,
		.origin = from_log,
	};
	const struct fact_row *root;

	regs_put(&r, "rsp", 0x1000);
	regs_put(&r, "cr2", 0xff8);
	root = explain(*state, &in);
	assert_string_equal(text_of(*state, root, FACT_FAULT_OPERAND_EXPLANATION),
			    "push %rax: rsp is 0x1000, so the write went to 0xff8");
	assert_string_equal(text_of(*state, root, FACT_FAULT_ADDRESS), "0xff8");
	assert_string_equal(text_of(*state, root, FACT_FAULT_ACCESS), "write");
	/* Else it may be of an older fault. */
	regs_put(&r, "cr2", 0x5000);
	root = explain(*state, &in);
	assert_string_equal(text_of(*state, root, FACT_FAULT_ADDRESS), "(unknown)");
	assert_string_equal(text_of(*state, root, FACT_FAULT_OPERAND_MISMATCH), "(unknown)");
	assert_string_equal(facts_get(root, FACT_FAULT_OPERAND_TEXT)->why->message,
			    "no operand of 'push %rax' leads to where the first exception was");
}

static void
knows_a_jump_into_data_by_the_error_code_alone(void **state)
{
	struct regs r = kernel_registers();
	struct fault_input in = {
		.arch = &arch_x86_64,
		.code = STR("<90> 00"),
		.regs = &r,
		.address = 0xffffffffc03fa040,
		.has_address = true,
		.error_code = 0x11,
		.has_error_code = true,
		.origin = from_log,
	};
	const struct fact_row *root = explain(*state, &in);

	assert_string_equal(text_of(*state, root, FACT_FAULT_OPERAND_MISMATCH), "(unknown)");
	assert_string_equal(text_of(*state, root, FACT_FAULT_OPERAND_EXPLANATION),
			    "rip is 0xffffffffc03fa040, where there is no code to run: a function "
			    "pointer or a return address was wrong; the caller is the next frame "
			    "of the stack");
}

static void
blames_the_pointer_when_the_instruction_could_not_be_fetched(void **state)
{
	struct regs r = kernel_registers();
	struct fault_input in = {
		.arch = &arch_x86_64,
		.code = STR("Unable to access opcode bytes at 0xffffffffffffffd6."),
		.regs = &r,
		.has_ip = true,
		.has_address = true,
		.error_code = 0x10,
		.has_error_code = true,
		.origin = from_log,
	};
	const struct fact_row *root = explain(*state, &in);

	assert_string_equal(text_of(*state, root, FACT_FAULT_OPERAND_EXPLANATION),
			    "rip is 0: a function pointer that was called was NULL; the caller is "
			    "the next frame of the stack");
	assert_string_equal(text_of(*state, root, FACT_FAULT_ACCESS), "exec");
	in.ip = in.address = 0x7f1234567890;
	root = explain(*state, &in);
	assert_string_equal(text_of(*state, root, FACT_FAULT_OPERAND_EXPLANATION),
			    "rip is 0x7f1234567890, where there is no code to run: a function "
			    "pointer or a return address was wrong; the caller is the next frame "
			    "of the stack");
}

static void
takes_code_from_memory_unless_the_log_says_otherwise(void **state)
{
	static const uint8_t page[0x1000] = { 0x0f, 0x1f, 0x44, 0x00, 0x00, 0x31, 0xc0, 0xc7,
					      0x40, 0x18, 0x2a, 0x00, 0x00, 0x00, 0xc3, 0xcc };
	struct memory_fake fake = { 0xffffffffc028e000, { page, sizeof(page) } };
	struct memory m = memory_of_fake(&fake);
	struct regs r = kernel_registers();
	struct fault_input in = {
		.arch = &arch_x86_64,
		/* The page in front of the module is not mapped. */
		.code = STR("Unable to access opcode bytes at 0xffffffffc028dfdd."),
		.regs = &r,
		.memory = &m,
		.function = STR("kdlab_null_write"),
		.function_off = 7,
		.function_len = 0x10,
		.has_function_off = true,
		.address = 0x18,
		.has_address = true,
		.origin = from_log,
	};
	const struct fact_row *root = explain(*state, &in);

	assert_string_equal(text_of(*state, root, FACT_FAULT_OPERAND_EXPLANATION),
			    "movl $0x2a,0x18(%rax): rax is 0, so the write went to 0x18");
	assert_int_equal(facts_get(root, FACT_FAULT_INSTRUCTION_TEXT)->origin.rank, ORIGIN_MEMORY);
	assert_string_equal(text_of(*state, root, FACT_FAULT_INSTRUCTION_ADDRESS),
			    "0xffffffffc028e007");
	/* Padding behind the function is none of it. */
	assert_int_equal(facts_get(root, FACT_DISASSEMBLY)->count, 4);
	in.code = STR("<c7> 40 18 2a 00 00 00 c3");
	in.ip = 0xffffffffc028e007;
	in.has_ip = true;
	root = explain(*state, &in);
	assert_int_equal(facts_get(root, FACT_FAULT_INSTRUCTION_TEXT)->origin.rank, ORIGIN_MEMORY);
	in.code = STR("<c7> 40 20 2a 00 00 00 c3");
	root = explain(*state, &in);
	assert_int_equal(facts_get(root, FACT_FAULT_INSTRUCTION_TEXT)->origin.rank, ORIGIN_LOG);
	assert_string_equal(text_of(*state, root, FACT_FAULT_INSTRUCTION_TEXT),
			    "movl $0x2a,0x20(%rax)");
}

static void
finds_the_base_of_per_cpu_data_from_the_address(void **state)
{
	struct regs r = { .count = 0 };
	struct fault_input in = {
		.arch = &arch_x86_64,
		.code = STR("<65> 48 8b 04 25 28 00 00 00"),
		.regs = &r,
		.address = 0xffff92773fc00028,
		.has_address = true,
		.origin = from_log,
	};

	assert_string_equal(text_of(*state, explain(*state, &in), FACT_FAULT_OPERAND_EXPLANATION),
			    "mov %gs:0x28,%rax: gs has its base at 0xffff92773fc00000, so the read "
			    "went to 0xffff92773fc00028");
	in.address = 0xffff92773fc00030;
	assert_string_equal(facts_get(explain(*state, &in), FACT_FAULT_OPERAND_TEXT)->why->message,
			    "the value of gs, which its address depends on, is not known");
}

static void
classifies_every_general_register(void **state)
{
	struct regs r = kernel_registers();
	struct fault_input in = { .arch = &arch_x86_64, .regs = &r, .origin = from_log };
	const struct fact_row *root;
	const struct fact *rows;

	regs_put(&r, "r13", 0x2f746e6567612f63);
	root = explain(*state, &in);
	rows = facts_get(root, FACT_REGISTER_CLASSES);
	assert_int_equal(rows->count, 9); /* not gs_base and cs */

	const struct fact_row *last = rows->values[8].row;

	assert_string_equal(text_of(*state, last, REGISTER_CLASS_NAME), "r13");
	assert_string_equal(text_of(*state, last, REGISTER_CLASS_CLASS), "ascii");
	assert_string_equal(text_of(*state, last, REGISTER_CLASS_TEXT), "text, 8 bytes");
	assert_string_equal(text_of(*state, last, REGISTER_CLASS_ASCII), "c/agent/");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(disassembles_the_function_round_the_fault_as_crash_does),
		UNIT_TEST(names_every_bit_of_a_page_fault_error_code),
		UNIT_TEST(takes_the_mode_from_cs_before_the_error_code),
		UNIT_TEST(leaves_the_bits_alone_if_the_code_is_a_selector),
		UNIT_TEST(prints_jumps_by_what_is_known_of_the_place),
		UNIT_TEST(prints_instructions_as_objdump_does),
		UNIT_TEST(gives_the_reason_when_there_is_nothing_to_disassemble),
		UNIT_TEST(says_in_words_which_register_was_bad),
		UNIT_TEST(puts_the_parts_of_the_operand),
		UNIT_TEST(says_so_when_no_operand_leads_to_the_address),
		UNIT_TEST(takes_the_address_of_a_double_fault_from_cr2_if_an_operand_leads_there),
		UNIT_TEST(knows_a_jump_into_data_by_the_error_code_alone),
		UNIT_TEST(blames_the_pointer_when_the_instruction_could_not_be_fetched),
		UNIT_TEST(takes_code_from_memory_unless_the_log_says_otherwise),
		UNIT_TEST(finds_the_base_of_per_cpu_data_from_the_address),
		UNIT_TEST(classifies_every_general_register),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
