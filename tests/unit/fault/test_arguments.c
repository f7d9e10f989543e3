/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fault/arguments.h"

#include "fault/port.h"
#include "kernel/fakekernel.h"
#include "unit.h"

#define DATA 0xffffffff82801000ULL
#define TEXT_FROM 0xffffffff81000000ULL

enum {
	RBX = 3,
	RSI = 4, /* DWARF numbers */
	RDI = 5,
	AT_STRING = 0x100,
	AT_BINARY = 0x200,
};

/* A function that still has its first argument in rdi, and its second one in rbx. */
struct trail {
	struct fault_trail t;
	struct regs regs;
	struct fake *f;
};

static void
open_trail(struct trail *w, uint64_t first, uint64_t second, struct arena *a)
{
	const struct port *port = port_find(&arch_x86_64);

	*w = (struct trail){ .f = fake_new(a) };
	fake_region(w->f, DATA, 0x1000);
	fake_text(w->f, DATA + AT_STRING, "eth0\nup");
	fake_text(w->f, DATA + AT_BINARY, "\001\002");
	fake_symbol(w->f, "_stext", TEXT_FROM);
	fake_symbol(w->f, "_etext", TEXT_FROM + 0x1000);
	fake_symbol(w->f, "_end", DATA + 0x1000);
	fake_symbol(w->f, "lab_lock", DATA + 0x40);
	regs_put(&w->regs, "rdi", first);
	regs_put(&w->regs, "rbx", second);
	w->t = (struct fault_trail){
		.known = true, .arch = &arch_x86_64, .port = port->track, .regs = &w->regs
	};
	for (size_t i = 0; i < TRACK_ARGUMENTS; i++)
		w->t.track.holder[i] = -1;
	w->t.track.holder[0] = RDI;
	w->t.track.holder[1] = RBX;
}

static const struct fact_row *
put(struct trail *w, size_t i, const struct argument *arg, struct arena *a)
{
	static const struct origin o = { ORIGIN_MEMORY, "test" };
	struct facts *f = facts_new(a);

	arguments_put(&w->t, &w->f->k, i, arg, o, facts_root(f), a);
	return facts_get(facts_root(f), FACT_FAULT_ARGUMENTS)->values[0].row;
}

static void
check(const struct fact_row *row, enum fact_id id, const char *want)
{
	struct str s = { NULL, 0 };

	if (want == NULL) {
		assert_int_equal(facts_get(row, id)->count, 0);
		return;
	}
	assert_true(facts_get_text(row, id, &s));
	assert_string_equal(s.p, want);
}

static void
says_values_in_the_words_of_their_type(void **state)
{
	static const struct {
		const char *type;
		uint64_t value;
		uint64_t narrowed;
		const char *text, *symbol;
	} cases[] = {
		/* The tutorial's RDI: 'c' of /proc/sysrq-trigger. */
		{ "int", 0x63, 0x63, "'c' (99)", NULL },
		{ "char", 0xffffff63, 0x63, "'c' (99)", NULL },
		{ "u8", 0x1234567, 0x67, "'g' (103)", NULL },
		{ "int", 0xfffffff4, 0xfffffff4, "-12", NULL },
		{ "const int", 0x1ffffffffULL, 0xffffffff, "-1", NULL },
		{ "short unsigned int", 0xabcd0007, 7, "7", NULL },
		{ "struct file *", 0, 0, "NULL", NULL },
		{ "struct mutex *", DATA + 0x40, DATA + 0x40, NULL, "lab_lock" },
		{ "struct mutex *", DATA + 0x48, DATA + 0x48, NULL, "lab_lock+0x8" },
		{ "const char *", DATA + AT_STRING, DATA + AT_STRING, "\"eth0\\nup\"", NULL },
		{ "char *", DATA + AT_BINARY, DATA + AT_BINARY, NULL, "lab_lock+0x1c0" },
		{ "char *", 0x1234, 0x1234, NULL, NULL },
		{ "long int", 99, 99, NULL, NULL },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct trail w;
		struct argument arg = { .name = STR("x"), .type = str_of(cases[i].type) };
		uint64_t value = 1;

		open_trail(&w, cases[i].value, 0, *state);

		const struct fact_row *row = put(&w, 0, &arg, *state);

		assert_true(facts_get_address(row, ARGUMENT_VALUE, &value));
		assert_int_equal(value, cases[i].narrowed);
		check(row, ARGUMENT_TEXT, cases[i].text);
		check(row, ARGUMENT_SYMBOL, cases[i].symbol);
		check(row, ARGUMENT_NAME, "x");
		check(row, ARGUMENT_REGISTER, "rdi");
		check(row, ARGUMENT_HOW, "passed");
	}
}

static void
finds_an_argument_that_was_moved(void **state)
{
	static const struct argument arg = { .name = { "n", 1 }, .type = { "int", 3 } };
	struct trail w;
	uint64_t value = 0;

	open_trail(&w, 1, 42, *state);

	const struct fact_row *row = put(&w, 1, &arg, *state);

	assert_true(facts_get_address(row, ARGUMENT_VALUE, &value));
	assert_int_equal(value, 42);
	check(row, ARGUMENT_REGISTER, "rsi"); /* that passed it */
}

static void
takes_the_debug_files_word_where_the_code_does_not_tell(void **state)
{
	struct argument arg = { .name = STR("n"), .type = STR("int"), .how = "entry", .value = 77 };
	struct trail w;
	uint64_t value = 0;

	open_trail(&w, 1, 2, *state);
	check(put(&w, 0, &arg, *state), ARGUMENT_HOW, "passed");
	for (int known = 0; known < 2; known++) {
		w.t.known = known != 0;

		const struct fact_row *row = put(&w, 2, &arg, *state);

		assert_true(facts_get_address(row, ARGUMENT_VALUE, &value));
		assert_int_equal(value, 77);
		check(row, ARGUMENT_HOW, "entry");
		check(row, ARGUMENT_REGISTER, "rdx");
	}
	arg.how = NULL;
	check(put(&w, 2, &arg, *state), ARGUMENT_HOW, NULL);
}

static void
names_what_has_no_value(void **state)
{
	static const struct argument arg = { .name = { "n", 1 }, .type = { "int", 3 } };
	static const struct argument nameless = { .type = { "int", 3 } };
	struct trail w;

	open_trail(&w, 1, 2, *state);

	const struct fact_row *row = put(&w, 3, &arg, *state);

	check(row, ARGUMENT_NAME, "n");
	check(row, ARGUMENT_REGISTER, "rcx");
	assert_int_equal(facts_get(row, ARGUMENT_VALUE)->count, 0);
	row = put(&w, 9, &arg, *state); /* on the stack */
	check(row, ARGUMENT_REGISTER, NULL);
	check(row, ARGUMENT_NAME, "n");
	check(put(&w, 0, &nameless, *state), ARGUMENT_NAME, NULL);
	w.t.regs = NULL;
	assert_int_equal(facts_get(put(&w, 0, &arg, *state), ARGUMENT_VALUE)->count, 0);
	w.t = (struct fault_trail){ .known = false };
	check(put(&w, 0, &arg, *state), ARGUMENT_REGISTER, NULL);
}

static void
the_operands_trail_ends_in_its_displacement(void **state)
{
	struct track_trail out;
	struct trail w;

	open_trail(&w, 1, 2, *state);
	assert_false(arguments_trail(&w.t, &out));
	w.t.has_base = true;
	w.t.base = RSI;
	w.t.displacement = 0x30;
	w.t.track.reg[RSI] = (struct track_trail){
		.root = TRACK_FROM_ARGUMENT, .argument = 1, .disp = { 8, 0x10 }, .count = 2
	};
	assert_true(arguments_trail(&w.t, &out));
	assert_int_equal(out.disp[0], 8);
	assert_int_equal(out.disp[1], 0x40);
	assert_int_equal(out.argument, 1);
	w.t.known = false;
	assert_false(arguments_trail(&w.t, &out));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(says_values_in_the_words_of_their_type),
		UNIT_TEST(finds_an_argument_that_was_moved),
		UNIT_TEST(takes_the_debug_files_word_where_the_code_does_not_tell),
		UNIT_TEST(names_what_has_no_value),
		UNIT_TEST(the_operands_trail_ends_in_its_displacement),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
