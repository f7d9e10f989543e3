/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/budget.h"

#include <limits.h>
#include <stddef.h>
#include <time.h>

static const uint64_t second_ns = 1000000000;

static uint64_t
clock_ns(clockid_t clock)
{
	struct timespec now = { 0 };

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * second_ns + (uint64_t)now.tv_nsec;
}

uint64_t
budget_now_ns(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

struct budget
budget_of(uint64_t time_ns, uint64_t memory_bytes)
{
	struct budget b = { 0 };

	b.deadline_ns = time_ns == 0 ? 0 : budget_now_ns() + time_ns;
	b.memory_bytes = memory_bytes;
	return b;
}

static bool
has_part_expired(struct budget *b)
{
	if (b->part_ns != 0 && !b->part_ran_out && clock_ns(CLOCK_PROCESS_CPUTIME_ID) >= b->part_ns)
		b->part_ran_out = true;
	return b->part_ran_out;
}

bool
budget_expired(struct budget *b)
{
	if (b == NULL)
		return false;
	if (b->deadline_ns != 0 && !b->time_ran_out && budget_now_ns() >= b->deadline_ns)
		b->time_ran_out = true;
	return b->time_ran_out || has_part_expired(b);
}

void
budget_begin_part(struct budget *b, unsigned int seconds)
{
	b->part_ns = clock_ns(CLOCK_PROCESS_CPUTIME_ID) + seconds * second_ns;
	b->part_ran_out = false;
}

bool
budget_end_part(struct budget *b)
{
	bool ran_out = b->part_ran_out;

	b->part_ns = 0;
	b->part_ran_out = false;
	return ran_out;
}

int
budget_left_ms(const struct budget *b)
{
	if (b == NULL || b->deadline_ns == 0)
		return -1;

	uint64_t now = budget_now_ns();
	uint64_t left_ms = now < b->deadline_ns ? (b->deadline_ns - now + 999999) / 1000000 : 0;

	return left_ms > INT_MAX ? INT_MAX : (int)left_ms;
}

bool
budget_take(struct budget *b, uint64_t len)
{
	if (b == NULL)
		return true;
	if (b->memory_bytes != 0 && len > b->memory_bytes - b->taken_bytes) {
		b->memory_ran_out = true;
		return false;
	}
	b->taken_bytes += len;
	return true;
}

void
budget_return(struct budget *b, uint64_t len)
{
	if (b != NULL)
		b->taken_bytes -= len < b->taken_bytes ? len : b->taken_bytes;
}

void
budget_refuse(struct budget *b, uint64_t len)
{
	budget_return(b, len);
	if (b != NULL)
		b->memory_ran_out = true;
}
