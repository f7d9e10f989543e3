/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * unit.h - what every unit test needs: cmocka, and an arena of its own in *state.
 */
#ifndef TESTS_UNIT_H
#define TESTS_UNIT_H

#include "base/arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

__attribute__((unused)) static int
unit_begin(void **state)
{
	*state = arena_new(NULL);
	return 0;
}

__attribute__((unused)) static int
unit_end(void **state)
{
	arena_free(*state);
	return 0;
}

/* A test that finds an arena in *state. */
#define UNIT_TEST(fn) cmocka_unit_test_setup_teardown(fn, unit_begin, unit_end)

#endif
