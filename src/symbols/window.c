/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "symbols/window.h"

enum {
	STEP = 4096, /* divides every page length, so a step is present or absent as a whole */
};

enum {
	STATE_NEW,
	STATE_THERE,
	STATE_HOLE,
};

/* Steps are cut at multiples of STEP of the address, not of the offset. */
static size_t
step_of(const struct window *w, size_t off)
{
	return (size_t)((w->va % STEP + off) / STEP);
}

bool
window_open(struct window *w, const struct memory *mem, uint64_t va, size_t len, struct arena *a)
{
	if (len == 0 || len > UINT64_MAX - va)
		return false;

	struct window made = { .mem = mem, .va = va, .len = len };
	uint8_t *bytes = arena_try(a, len, 1);
	uint8_t *state = arena_try(a, step_of(&made, len - 1) + 1, 1);

	if (bytes == NULL || state == NULL)
		return false;
	made.bytes = bytes;
	made.state = state;
	*w = made;
	return true;
}

/* Where the step begins, or the window. */
static size_t
begin_of(const struct window *w, size_t step)
{
	return step == 0 ? 0 : step * STEP - (size_t)(w->va % STEP);
}

static bool
read_step(struct window *w, size_t step)
{
	size_t from = begin_of(w, step);
	size_t to = begin_of(w, step + 1);

	if (to > w->len)
		to = w->len;

	bool got = memory_read(w->mem, w->va + from, w->bytes + from, to - from) == NULL;

	w->state[step] = got ? STATE_THERE : STATE_HOLE;
	return got;
}

static bool
have_step(struct window *w, size_t step)
{
	return w->state[step] == STATE_THERE || (w->state[step] == STATE_NEW && read_step(w, step));
}

const uint8_t *
window_get(struct window *w, size_t off, size_t len)
{
	if (len == 0 || off >= w->len || len > w->len - off)
		return NULL;

	size_t last = step_of(w, off + len - 1);

	for (size_t i = step_of(w, off); i <= last; i++) {
		if (!have_step(w, i))
			return NULL;
	}
	return w->bytes + off;
}

size_t
window_reach(struct window *w, size_t off, size_t want)
{
	if (off >= w->len)
		return 0;
	if (want > w->len - off)
		want = w->len - off;
	if (want == 0)
		return 0;

	size_t last = step_of(w, off + want - 1);

	for (size_t i = step_of(w, off); i <= last; i++) {
		if (have_step(w, i))
			continue;

		size_t hole = i * STEP - (size_t)(w->va % STEP);

		return hole <= off || i == 0 ? 0 : hole - off;
	}
	return want;
}

size_t
window_met(const struct window *w, size_t *off)
{
	size_t count = step_of(w, w->len - 1) + 1;
	size_t first = *off < w->len ? step_of(w, *off) : count;
	size_t end = 0;

	if (first < count && w->state[first] != STATE_THERE) {
		while (first < count && w->state[first] != STATE_THERE)
			first++;
		*off = begin_of(w, first);
	}
	if (first >= count) {
		*off = w->len;
		return 0;
	}
	for (end = first; end < count && w->state[end] == STATE_THERE;)
		end++;
	return (end == count ? w->len : begin_of(w, end)) - *off;
}

size_t
window_pages(const struct window *w)
{
	size_t n = 0;

	for (size_t i = 0; i <= step_of(w, w->len - 1); i++)
		n += w->state[i] == STATE_THERE;
	return n;
}

bool
window_u16(struct window *w, size_t off, uint16_t *v)
{
	const uint8_t *p = window_get(w, off, 2);

	if (p != NULL)
		*v = bytes_u16(p, w->mem->order);
	return p != NULL;
}

bool
window_u32(struct window *w, size_t off, uint32_t *v)
{
	const uint8_t *p = window_get(w, off, 4);

	if (p != NULL)
		*v = bytes_u32(p, w->mem->order);
	return p != NULL;
}

bool
window_u64(struct window *w, size_t off, uint64_t *v)
{
	const uint8_t *p = window_get(w, off, 8);

	if (p != NULL)
		*v = bytes_u64(p, w->mem->order);
	return p != NULL;
}
