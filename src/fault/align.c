/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fault/align.h"

#include <math.h>
#include <stdbool.h>

/* Of the likelihood of all starts, what a boundary must have to be shown. */
static const double sure = 0.99;

/* What the first boundary's offset costs: -log2 of the share of instructions that are longer,
 * in quarters of a bit, over the text of three kernels (see x86_cost.c). */
static const uint8_t start_cost[ALIGN_STARTS_MAX] = { 0,  1,  2,  4,  6,  10, 13, 18,
						      21, 26, 28, 43, 80, 80, 80, 80 };

/* Decoding from one offset. */
struct way {
	bool arrives; /* at the target */
	double cost;
	double weight; /* of the starts that pass through here; the best start's is 1 */
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
		way[i].cost = way[next].cost + step[i].cost;
	}
}

/* Adds what the bytes in front of each start cost; the best start, or target. */
static size_t
best_start(const struct align_step *step, size_t target, size_t starts, double *cost,
	   const struct way *way)
{
	double skipped = 0;
	size_t best = target;

	for (size_t s = 0; s < starts; s++) {
		cost[s] = way[s].cost + skipped + start_cost[s];
		if (s < target)
			skipped += step[s].data_cost;
		if (way[s].arrives && (best == target || cost[s] < cost[best]))
			best = s;
	}
	return best;
}

size_t
align_start(const struct align_step *step, size_t target, size_t start)
{
	struct way way[ALIGN_MAX + 1];
	double cost[ALIGN_STARTS_MAX];
	double all = 0;

	if (target == 0 || target > ALIGN_MAX)
		return target;
	find_ways(step, target, way);
	if (start <= target && way[start].arrives)
		return start;

	/* The target itself too: one instruction may cover all the bytes before it. */
	size_t starts = target < ALIGN_STARTS_MAX ? target + 1 : ALIGN_STARTS_MAX;
	size_t best = best_start(step, target, starts, cost, way);

	if (best >= starts)
		return target; /* none of them arrives */
	for (size_t s = 0; s < starts; s++) {
		double weight = exp2((cost[best] - cost[s]) / 4);

		if (!way[s].arrives)
			continue;
		all += weight;
		for (size_t i = s; i < target; i += step[i].len)
			way[i].weight += weight;
	}
	while (best < target && way[best].weight < sure * all)
		best += step[best].len;
	return best;
}
