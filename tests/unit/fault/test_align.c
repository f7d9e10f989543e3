/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fault/align.h"

#include "unit.h"

/* Ordinary bytes cost 7 bits, as data. */
static void
fill(struct align_step *step, size_t count)
{
	for (size_t i = 0; i < count; i++)
		step[i] = (struct align_step){ .len = 0, .cost = 0, .data_cost = 28 };
}

static void
begins_at_a_known_boundary_if_that_leads_to_the_target(void **state)
{
	struct align_step step[10];

	(void)state;
	fill(step, 10);
	step[0] = (struct align_step){ 5, 4, 28 };
	step[5] = (struct align_step){ 5, 4, 28 };
	step[1] = (struct align_step){ 9, 4, 28 };
	assert_int_equal(align_start(step, 10, 1), 1);
	assert_int_equal(align_start(step, 10, 5), 5);
	assert_int_equal(align_start(step, 10, 10), 10);
	/* It does not lead there: as if it were not known. */
	assert_int_equal(align_start(step, 10, 2), align_start(step, 10, SIZE_MAX));
}

static void
prefers_the_start_whose_instructions_are_ordinary(void **state)
{
	struct align_step step[12];

	(void)state;
	fill(step, 12);
	step[0] = (struct align_step){ 4, 80, 28 };
	step[4] = (struct align_step){ 8, 400, 28 };
	step[1] = (struct align_step){ 5, 60, 28 };
	step[6] = (struct align_step){ 6, 60, 28 };
	assert_int_equal(align_start(step, 12, SIZE_MAX), 1);
}

static void
leaves_out_the_boundaries_on_which_starts_disagree(void **state)
{
	struct align_step step[20];

	(void)state;
	fill(step, 20);
	/* Two starts that are as likely as each other meet at 6. */
	step[0] = (struct align_step){ 6, 100, 28 };
	step[1] = (struct align_step){ 5, 71, 28 };
	step[6] = (struct align_step){ 7, 40, 28 };
	step[13] = (struct align_step){ 7, 40, 28 };
	assert_int_equal(align_start(step, 20, SIZE_MAX), 6);
}

static void
begins_at_the_target_if_nothing_leads_to_it(void **state)
{
	struct align_step step[ALIGN_MAX];

	(void)state;
	fill(step, ALIGN_MAX);
	assert_int_equal(align_start(step, 10, SIZE_MAX), 10);
	assert_int_equal(align_start(step, 0, SIZE_MAX), 0);
	step[3] = (struct align_step){ 200, 1, 28 }; /* past it */
	assert_int_equal(align_start(step, 10, 3), 10);
	/* Starts out of reach of one instruction do not count. */
	step[20] = (struct align_step){ 10, 1, 28 };
	assert_int_equal(align_start(step, 30, SIZE_MAX), 30);
	assert_int_equal(align_start(step, ALIGN_MAX, SIZE_MAX), ALIGN_MAX);
}

static void
takes_few_bytes_for_the_tail_of_one_instruction_when_in_doubt(void **state)
{
	struct align_step step[3];

	(void)state;
	fill(step, 3);
	for (size_t i = 0; i < 3; i++)
		step[i].data_cost = 9; /* zeroes: a displacement, rather than "add %al,(%rax)" */
	step[0] = (struct align_step){ 2, 60, 9 };
	step[2] = (struct align_step){ 1, 60, 9 };
	step[1] = (struct align_step){ 2, 60, 9 };
	assert_int_equal(align_start(step, 3, SIZE_MAX), 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(begins_at_a_known_boundary_if_that_leads_to_the_target),
		UNIT_TEST(prefers_the_start_whose_instructions_are_ordinary),
		UNIT_TEST(leaves_out_the_boundaries_on_which_starts_disagree),
		UNIT_TEST(begins_at_the_target_if_nothing_leads_to_it),
		UNIT_TEST(takes_few_bytes_for_the_tail_of_one_instruction_when_in_doubt),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
