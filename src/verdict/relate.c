/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "verdict/relate.h"

/* The row of a list that has this number, or NULL. */
static struct fact_row *
row_with(const struct fact_row *root, enum fact_id list, enum fact_id id, int64_t number)
{
	const struct fact *rows = facts_get(root, list);
	int64_t n = 0;

	for (size_t i = 0; i < rows->count; i++) {
		if (facts_get_number(rows->values[i].row, id, &n) && n == number)
			return rows->values[i].row;
	}
	return NULL;
}

/* The ring of waiters that a task is in, or NULL. */
static struct fact_row *
ring_of(const struct fact_row *root, int64_t pid)
{
	const struct fact *rings = facts_get(root, FACT_TASKS_WAIT_CYCLES);

	for (size_t i = 0; i < rings->count; i++) {
		struct fact_row *ring = rings->values[i].row;

		if (row_with(ring, WAIT_CYCLE_MEMBERS, CYCLE_MEMBER_PID, pid) != NULL)
			return ring;
	}
	return NULL;
}

static void
put(struct fact_row *root, enum fact_id id, struct fact_row *row, enum fact_id list)
{
	if (row != NULL)
		facts_put_alias(root, id, row, facts_get(root, list)->origin);
}

void
relate_publish(struct facts *f)
{
	struct fact_row *root = facts_root(f);
	const struct fact_row *event = facts_get_row(root, FACT_EVENT);
	struct fact_row *spinner = NULL;
	int64_t pid = 0;
	int64_t cpu = 0;

	if (event == NULL)
		return;
	if (facts_get_number(event, EVENT_PID, &pid)) {
		put(root, FACT_WAITER, row_with(root, FACT_TASKS_BLOCKED, BLOCKED_PID, pid),
		    FACT_TASKS_BLOCKED);
		put(root, FACT_RING, ring_of(root, pid), FACT_TASKS_WAIT_CYCLES);
	}
	if (facts_get_number(event, EVENT_CPU, &cpu))
		spinner = row_with(root, FACT_CPUS, CPU_NUMBER, cpu);
	if (spinner != NULL && facts_known(spinner, CPU_SPINS_ADDRESS))
		put(root, FACT_SPINNER, spinner, FACT_CPUS);
}
