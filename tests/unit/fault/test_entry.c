/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fault/entry.h"

#include "fault/port.h"
#include "unit.h"

#include <string.h>

#define STACK 0xffffc90000010000ULL
#define KASLR 0x1000000ULL

enum {
	RDX = 1, /* DWARF numbers */
	RBX = 3,
	RSI = 4,
	RDI = 5,
	RSP = 7,
	R12 = 12,
};

/*
 * leaf() faulted, which middle() called, which top() called. leaf() has pushed rbx, middle() r12.
 */
struct world {
	struct entry e;
	struct regs regs;
	uint8_t bytes[64];
	struct memory_fake fake;
	struct memory mem;
};

static struct lines_value
value(enum lines_base base, uint16_t dwarf, int64_t add)
{
	return (struct lines_value){ .base = base, .dwarf = dwarf, .add = add };
}

static void
set_cfa(struct lines_stack *s, int64_t off)
{
	s->cfa = value(LINES_REGISTER, RSP, off);
}

static void
save(struct lines_stack *s, uint16_t dwarf, int64_t off)
{
	struct lines_value v = value(LINES_CFA, 0, off);

	v.in_memory = true;
	s->saved[s->saved_count++] = (struct lines_register){ dwarf, v };
}

static void
pass(struct lines_stack *s, uint16_t dwarf, struct lines_value v)
{
	s->passed[s->passed_count++] = (struct lines_register){ dwarf, v };
}

static void
put_word(struct world *w, size_t off, uint64_t v)
{
	memcpy(w->bytes + off, &v,
	       sizeof(v)); /* tests of this file run on little endian machines */
}

static void
unwind(struct world *w)
{
	entry_unwind(&w->e, port_find(&arch_x86_64)->track, &w->regs);
}

static struct world *
world_new(struct arena *a)
{
	struct world *w = ARENA_NEW(a, struct world);
	struct entry_level *leaf = &w->e.level[0];
	struct entry_level *middle = &w->e.level[1];
	struct entry_level *top = &w->e.level[2];

	w->fake = (struct memory_fake){ STACK, { w->bytes, sizeof(w->bytes) } };
	w->mem = memory_of_fake(&w->fake);
	w->e.mem = &w->mem;
	w->e.count = 3;
	leaf->function = STR("leaf");
	middle->function = STR("middle");
	top->function = STR("top");
	/* leaf's frame ends at STACK + 16, middle's at STACK + 32. */
	set_cfa(&leaf->stack, 16);
	save(&leaf->stack, RBX, -16);
	set_cfa(&middle->stack, 16);
	save(&middle->stack, R12, -16);
	put_word(w, 0, 0xb0b);     /* middle's rbx */
	put_word(w, 16, 0x121212); /* top's r12 */
	put_word(w, 40, 4711);
	middle->stack.callee = STR("leaf");
	top->stack.callee = STR("middle");
	regs_put(&w->regs, "rsp", STACK);
	regs_put(&w->regs, "rbx", 1);
	regs_put(&w->regs, "r12", 0xc12);
	regs_put(&w->regs, "rdx", 2);
	for (size_t i = 0; i < w->e.count; i++) {
		w->e.level[i].has_moved = true;
		w->e.level[i].moved = KASLR;
	}
	return w;
}

static void
expect(struct world *w, uint16_t dwarf, uint64_t wanted)
{
	uint64_t v = 0;

	assert_true(entry_passed(&w->e, dwarf, &v));
	assert_int_equal(v, wanted);
}

static void
expect_nothing(struct world *w, uint16_t dwarf)
{
	uint64_t v = 0;

	assert_false(entry_passed(&w->e, dwarf, &v));
}

static void
knows_numbers_and_addresses_that_were_passed(void **state)
{
	struct world *w = world_new(*state);
	struct lines_stack *s = &w->e.level[1].stack;

	pass(s, RDI, value(LINES_NUMBER, 0, -5));
	pass(s, RSI, value(LINES_ADDRESS, 0, 0x4000));
	unwind(w);
	expect(w, RDI, (uint64_t)-5);
	expect(w, RSI, KASLR + 0x4000);
	expect_nothing(w, RDX);
	w->e.level[1].has_moved = false; /* of a module */
	expect_nothing(w, RSI);
}

static void
knows_registers_that_functions_keep(void **state)
{
	struct world *w = world_new(*state);
	struct lines_stack *s = &w->e.level[1].stack;

	pass(s, RDI, value(LINES_REGISTER, RBX, 1)); /* which leaf() has saved */
	pass(s, RSI, value(LINES_REGISTER, R12, 0)); /* which it left alone */
	pass(s, RDX, value(LINES_REGISTER, RDX, 0)); /* which calls do not keep */
	unwind(w);
	expect(w, RDI, 0xb0c);
	expect(w, RSI, 0xc12);
	expect_nothing(w, RDX);
}

static void
reads_what_is_on_the_stack(void **state)
{
	struct world *w = world_new(*state);
	struct lines_stack *s = &w->e.level[1].stack;
	struct lines_value v = value(LINES_REGISTER, RSP, 24);
	struct lines_value outside = value(LINES_REGISTER, RSP, 4096);

	pass(s, RDX, v); /* the address itself */
	v.in_memory = outside.in_memory = true;
	pass(s, RDI, v);
	pass(s, RSI, outside);
	unwind(w);
	expect(w, RDX, STACK + 40);
	expect(w, RDI, 4711);
	expect_nothing(w, RSI);
	w->mem.order = ORDER_BIG;
	expect_nothing(w, RDI);
	w->e.mem = NULL;
	expect_nothing(w, RDI);
}

static void
asks_the_callers_caller(void **state)
{
	struct world *w = world_new(*state);

	pass(&w->e.level[1].stack, RDI, value(LINES_AT_ENTRY, RSI, 8));
	pass(&w->e.level[2].stack, RSI, value(LINES_REGISTER, R12, 0));
	unwind(w);
	expect(w, RDI, 0x12121a); /* top's r12, that middle() has saved, and 8 */
	w->e.count = 2;
	expect_nothing(w, RDI);
}

static void
does_not_trust_a_call_of_somebody_else(void **state)
{
	struct world *w = world_new(*state);

	pass(&w->e.level[1].stack, RDI, value(LINES_NUMBER, 0, 1));
	unwind(w);
	expect(w, RDI, 1);
	w->e.level[1].stack.callee = STR("leaflet"); /* which jumped to leaf() */
	expect_nothing(w, RDI);
	w->e.level[1].stack.callee.len = 0; /* through a pointer */
	expect_nothing(w, RDI);
	w->e.level[0].function.len = 0;
	expect_nothing(w, RDI);
}

static void
tells_variables_from_values_at_entry(void **state)
{
	struct world *w = world_new(*state);
	struct lines_value here = value(LINES_CFA, 0, 24);
	struct lines_value before = value(LINES_AT_ENTRY, RDI, 0);
	uint64_t v = 0;
	bool entry = true;

	here.in_memory = true;
	pass(&w->e.level[1].stack, RDI, value(LINES_NUMBER, 0, 9));
	unwind(w);
	assert_true(entry_value(&w->e, 0, &here, &v, &entry));
	assert_int_equal(v, 4711);
	assert_false(entry);
	assert_true(entry_value(&w->e, 0, &before, &v, &entry));
	assert_int_equal(v, 9);
	assert_true(entry);
	before.in_memory = true; /* makes no sense */
	assert_false(entry_value(&w->e, 0, &before, &v, &entry));
	assert_false(entry_value(&w->e, 0, &(struct lines_value){ LINES_UNKNOWN, 0, 0, false }, &v,
				 &entry));
}

static void
stands_a_file_that_lies(void **state)
{
	struct world *w = world_new(*state);
	struct lines_stack *s = &w->e.level[1].stack;

	save(&w->e.level[0].stack, 999, -16);
	pass(s, RDI, value(LINES_REGISTER, 999, 0));
	pass(s, RSI, value(LINES_AT_ENTRY, 999, 0));
	pass(s, RDX, value(LINES_REGISTER, RBX, 0));
	w->e.level[0].stack.cfa = value(LINES_AT_ENTRY, RSP, 0);
	unwind(w);
	expect_nothing(w, RDI);
	expect_nothing(w, RSI);
	expect_nothing(w, RDX); /* no frame, no registers of the caller's */
	w->e.count = 0;
	unwind(w);
	expect_nothing(w, RDI);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(knows_numbers_and_addresses_that_were_passed),
		UNIT_TEST(knows_registers_that_functions_keep),
		UNIT_TEST(reads_what_is_on_the_stack),
		UNIT_TEST(asks_the_callers_caller),
		UNIT_TEST(does_not_trust_a_call_of_somebody_else),
		UNIT_TEST(tells_variables_from_values_at_entry),
		UNIT_TEST(stands_a_file_that_lies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
