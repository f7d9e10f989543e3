/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * budget.h - how much time and memory a run may still use.
 *
 * Every arena carries one. Loops whose length the input chooses ask budget_expired();
 * allocations whose length the input chooses go through arena_try(), which asks
 * budget_take(). Nothing is interrupted: the loop that is told "expired" ends with
 * ERROR_LIMIT, and the report is written with what is known by then.
 */
#ifndef BASE_BUDGET_H
#define BASE_BUDGET_H

#include <stdbool.h>
#include <stdint.h>

struct budget {
	uint64_t deadline_ns;  /* CLOCK_MONOTONIC; 0: none */
	uint64_t memory_bytes; /* what arena_try() may hand out in all; 0: no limit */
	uint64_t taken_bytes;  /* of which are handed out now */
	uint64_t part_ns;    /* CPU time of the process at which a part of the run ends; 0: none */
	bool part_ran_out;   /* some loop of that part was told to stop */
	bool time_ran_out;   /* some loop was told to stop */
	bool memory_ran_out; /* some allocation was refused */
};

/* A budget of that many nanoseconds from now (0: no deadline) and bytes (0: no limit). */
struct budget budget_of(uint64_t time_ns, uint64_t memory_bytes);

/* True once the deadline has passed; remembers that it said so. NULL never expires. */
bool budget_expired(struct budget *b);

/* Milliseconds to the deadline, rounded up, as poll() takes them; -1: there is none. */
int budget_left_ms(const struct budget *b);

/* What follows may take that many seconds of the processor, until budget_end_part(), which says
 * whether it was told to stop. */
void budget_begin_part(struct budget *b, unsigned int seconds);
bool budget_end_part(struct budget *b);

/* Takes len bytes if they are left; on false nothing is taken. NULL always has some left. */
bool budget_take(struct budget *b, uint64_t len);

/* Gives back what budget_take() took. */
void budget_return(struct budget *b, uint64_t len);

/* The same, and remembers that the machine, or its limits, did not have it to give. */
void budget_refuse(struct budget *b, uint64_t len);

/* CLOCK_MONOTONIC in nanoseconds. */
uint64_t budget_now_ns(void);

#endif
