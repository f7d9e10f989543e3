/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fault/align.h"

#include <stdbool.h>

enum {
	/* Penalty of a start at offset n: the bytes in front of it belong to no instruction. */
	COST_SKIPPED_BYTE = 1,
};

/* Whether decoding from here arrives at the target, and what that costs. */
struct way {
	bool arrives;
	uint32_t cost;
	uint32_t votes;
};

/* From the back, so that each offset's successor is known. */
static void
find_ways(const struct align_step *step, size_t target, struct way *way)
{
	way[target] = (struct way){ .arrives = true };
	for (size_t i = target; i-- > 0;) {
		size_t next = i + step[i].len;

		way[i] = (struct way){ .arrives = false };
		if (step[i].len == 0 || next > target || !way[next].arrives)
			continue;
		way[i].arrives = true;
		way[i].cost = way[next].cost + step[i].penalty;
	}
}

/* Each start that arrives votes for every boundary it passes. */
static void
count_votes(const struct align_step *step, size_t target, size_t starts, struct way *way)
{
	for (size_t s = 0; s < starts; s++) {
		if (!way[s].arrives)
			continue;
		for (size_t i = s; i < target; i += step[i].len)
			way[i].votes++;
	}
}

size_t
align_start(const struct align_step *step, size_t target, size_t start, size_t max_len)
{
	struct way way[ALIGN_MAX + 1];
	size_t best = target;
	size_t starts = target < max_len ? target : max_len;

	if (target > ALIGN_MAX)
		return target;
	find_ways(step, target, way);
	if (start <= target && way[start].arrives)
		return start;
	count_votes(step, target, starts, way);
	for (size_t s = 0; s < starts; s++) {
		if (way[s].arrives && (best == target || way[s].cost + s < way[best].cost + best))
			best = s;
	}
	return best;
}
