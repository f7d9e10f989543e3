/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * btf_search.c - what stands in the middle of BTF, without reading all that is before it.
 *
 * BTF has neither an index nor marks where a type begins, and a type's number is how many stand
 * before it. But its records show what they are:
 *
 *  - Types can be followed from any place after a few that are nonsense, since what is no type
 *    is refused soon.
 *  - A prototype that is new stands right before the function, or the pointer to functions, that
 *    has its number. If nearly all such pairs in one place agree, they tell the number of every
 *    type there.
 *  - Strings stand in the order of their first use, so the offset of a name grows with the place
 *    of the type that brought it in.
 *  - Functions are sorted by name (pahole 1.25 and later), or stand compile unit by compile unit:
 *    in the order of the kernel's text, once, or once for each of pahole's threads.
 *
 * All of that only says where to look first. What is found is the name that was asked for; what is
 * not found is looked for from the front, by btf.c.
 */
#include "symbols/btf_impl.h"

#include <stdlib.h>
#include <string.h>

enum {
	REACH = 4096,      /* bytes of one look */
	SMALL = 8 * REACH, /* BTF that is not worth a search */
	LOOK_MAX = 4 * REACH / BTF_TYPE_LEN,
	SETTLE = 8,       /* types that may be nonsense before the first one that is not */
	TRIES_MAX = 4096, /* types that are read for one look, nonsense included */
	VOTES_MIN = 4,
	NEAR = 512, /* so many types are walked over rather than searched */
	PROBES_MAX = 24,
	MISSES_MAX = 128, /* of one BTF; a kernel's has some ten for a name */
};

/* Types one behind the other. */
struct look {
	struct btf_type type[LOOK_MAX];
	size_t count;
	size_t tries;
};

static size_t
begin_of(const struct btf_type *t)
{
	return t->body - BTF_TYPE_LEN;
}

/* No type of a kernel breaks these rules; bytes that are none seldom keep them. */
static bool
is_plausible(const struct btf *b, const struct btf_type *t, uint32_t info)
{
	enum {
		NO_NAME = 1 << BTF_PTR | 1 << BTF_VOLATILE | 1 << BTF_CONST | 1 << BTF_RESTRICT |
			  1 << BTF_FUNC_PROTO,
		HAS_NAME = 1 << BTF_FWD | 1 << BTF_TYPEDEF | 1 << BTF_FUNC | 1 << BTF_VAR,
		REFERS = 1 << BTF_PTR | 1 << BTF_TYPEDEF | 1 << BTF_VOLATILE | 1 << BTF_CONST |
			 1 << BTF_RESTRICT | 1 << BTF_FUNC | 1 << BTF_FUNC_PROTO | 1 << BTF_VAR |
			 1 << BTF_DECL_TAG | 1 << BTF_TYPE_TAG,
		IS_ONE = 1 << BTF_INT | 1 << BTF_PTR | 1 << BTF_TYPEDEF | 1 << BTF_VOLATILE |
			 1 << BTF_CONST | 1 << BTF_RESTRICT | 1 << BTF_FLOAT | 1 << BTF_VAR,
		RESERVED = 0x60ff0000,
		LINKAGES = 3, /* of functions, in place of a count */
	};
	uint32_t is = 1U << t->kind;

	return (info & RESERVED) == 0 && t->name < b->strings.len &&
	       ((is & NO_NAME) == 0 || t->name == 0) && ((is & HAS_NAME) == 0 || t->name != 0) &&
	       ((is & REFERS) == 0 || t->value <= b->cap) &&
	       ((is & IS_ONE) == 0 || t->count == 0) &&
	       (t->kind != BTF_FUNC || t->count < LINKAGES);
}

/* Follows types from off until one is not before end. */
static bool
follow(struct btf *b, size_t off, size_t end, struct look *l)
{
	l->count = 0;
	while (off < end && l->count < LOOK_MAX && l->tries < TRIES_MAX) {
		struct btf_type *t = &l->type[l->count];
		const uint8_t *p = window_get(&b->types, off, BTF_TYPE_LEN);

		l->tries++;
		if (p == NULL || !btf_read(b, off, t) ||
		    !is_plausible(b, t, bytes_u32(p + 4, b->order)))
			return false;
		l->count++;
		off = btf_end(t);
		if (off == b->types.len)
			break;
	}
	return l->tries < TRIES_MAX;
}

/* The types in the page of bytes at off, but for some at its begin. */
static bool
look_at(struct btf *b, size_t off, struct look *l)
{
	size_t end = off + REACH;

	l->tries = 0;
	for (off &= ~(size_t)3; off < end && l->tries < TRIES_MAX; off += 4) {
		if (!follow(b, off, end, l) || l->count <= SETTLE)
			continue;
		l->count -= SETTLE;
		memmove(l->type, l->type + SETTLE, l->count * sizeof(*l->type));
		return true;
	}
	return false;
}

/* A number for the first type of a look from the prototype at i and what is behind it. */
static bool
vote_of(const struct look *l, size_t i, uint32_t *first)
{
	if (i + 1 >= l->count || l->type[i].kind != BTF_FUNC_PROTO)
		return false;

	const struct btf_type *t = &l->type[i + 1];

	if ((t->kind != BTF_FUNC && t->kind != BTF_PTR) || t->value < i)
		return false;
	*first = t->value - (uint32_t)i;
	return true;
}

/* Which number most of them vote for, if nearly all do. */
static bool
number_of(const struct btf *b, const struct look *l, uint32_t *index)
{
	uint32_t chosen = 0;
	uint32_t vote = 0;
	size_t lead = 0;
	size_t votes = 0;
	size_t agreed = 0;

	for (size_t i = 0; i < l->count; i++) {
		if (!vote_of(l, i, &vote))
			continue;
		if (lead == 0)
			chosen = vote;
		if (vote == chosen)
			lead++;
		else
			lead--;
	}
	for (size_t i = 0; i < l->count; i++) {
		if (!vote_of(l, i, &vote))
			continue;
		votes++;
		agreed += vote == chosen;
	}
	if (agreed < VOTES_MIN || agreed * 4 < votes * 3 || chosen < b->first ||
	    chosen - b->first > b->cap)
		return false;
	*index = chosen - b->first;
	return true;
}

/* A type near off whose number can be told. */
static bool
anchor_at(struct btf *b, size_t off, size_t end, struct look *l, struct btf_place *out)
{
	enum { LOOKS = 3 };

	for (size_t i = 0; i < LOOKS && off < end; i++, off += REACH) {
		if (!look_at(b, off, l) || !number_of(b, l, &out->index))
			continue;
		out->off = begin_of(&l->type[0]);
		if (b->anchors < BTF_ANCHORS)
			b->anchor[b->anchors++] = *out;
		return true;
	}
	b->misses++;
	return false;
}

/* Between which places a type is. */
struct span {
	struct btf_place low;
	struct btf_place high; /* index UINT32_MAX: not known */
};

static void
narrow(struct span *s, const struct btf_place *at, uint32_t index)
{
	if (at->index <= index && at->off > s->low.off)
		s->low = *at;
	else if (at->index > index && at->off < s->high.off)
		s->high = *at;
}

/* The begin of the page that off is in, so that a look reads one. */
static size_t
page_of(const struct window *w, size_t off)
{
	size_t skew = (size_t)(w->va % REACH);

	return off < REACH ? off : (skew + off) / REACH * REACH - skew;
}

/* Where to look next: as far along as the number is, and in the middle now and then. */
static size_t
middle_of(const struct span *s, uint32_t index, size_t probe)
{
	size_t len = s->high.off - s->low.off;
	size_t off = len / 2;

	if (s->high.index != UINT32_MAX && probe % 3 != 2)
		off = (size_t)((double)len * (index - s->low.index) /
			       (s->high.index - s->low.index));
	off = off < REACH / 2 ? 0 : off - REACH / 2; /* rather before than behind it */
	if (off < 2 * REACH)
		off = 2 * REACH;
	if (off > len - REACH)
		off = len - REACH;
	return s->low.off + off;
}

static bool
walk_from(struct btf *b, struct btf_place at, uint32_t index)
{
	struct btf_type t;

	for (; at.index < b->cap && btf_read(b, at.off, &t); at.index++) {
		b->off[at.index] = (uint32_t)at.off;
		if (at.index == index)
			return true;
		at.off = btf_end(&t);
	}
	return false;
}

bool
btf_locate(struct btf *b, uint32_t index)
{
	struct span s = { b->front, { b->types.len, UINT32_MAX } };

	if (b->base != NULL || index >= b->cap || b->types.len < SMALL ||
	    index - b->front.index <= NEAR || b->misses >= MISSES_MAX)
		return false;

	struct arena *a = arena_new_temporary(b->arena);
	struct look *l = ARENA_NEW(a, struct look);
	struct btf_place at = { 0 };

	if (b->anchors == 0)
		(void)anchor_at(b, b->types.len - 2 * REACH, b->types.len, l, &at);
	for (size_t i = 0; i < b->anchors; i++)
		narrow(&s, &b->anchor[i], index);
	for (size_t i = 0; i < PROBES_MAX && index - s.low.index > NEAR &&
			   s.high.off - s.low.off > 3 * (size_t)REACH;
	     i++) {
		size_t off = middle_of(&s, index, i);

		if (anchor_at(b, off, s.high.off, l, &at))
			narrow(&s, &at, index);
		else
			s.high = (struct btf_place){ off, UINT32_MAX };
	}
	arena_free(a);
	return s.low.off != b->front.off && walk_from(b, s.low, index);
}

static const struct btf_type *
next_function(const struct look *l, size_t *i)
{
	while (*i < l->count && l->type[*i].kind != BTF_FUNC)
		++*i;
	return *i < l->count ? &l->type[(*i)++] : NULL;
}

/* Are the first functions of a look in the order of their names? */
static bool
is_sorted(struct btf *b, const struct look *l)
{
	enum { COMPARED = 8 };
	size_t i = 0;
	const struct btf_type *last = next_function(l, &i);

	for (size_t n = 1; n < COMPARED && last != NULL; n++) {
		const struct btf_type *t = next_function(l, &i);

		if (t != NULL && str_compare(btf_name(b, last), btf_name(b, t)) > 0)
			return false;
		last = t;
	}
	return true;
}

/* Of functions that are sorted, the one of that name. */
static bool
choose_by_name(struct btf *b, struct look *l, struct str name, struct btf_type *out)
{
	size_t low = 0;
	size_t high = 0;

	/* Only functions, in their order. */
	for (size_t i = 0; i < l->count; i++) {
		if (l->type[i].kind == BTF_FUNC)
			l->type[high++] = l->type[i];
	}
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int c = str_compare(btf_name(b, &l->type[mid]), name);

		if (c == 0) {
			*out = l->type[mid];
			return true;
		}
		if (c < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return false;
}

static size_t
middle(const struct btf *b, size_t low, size_t high)
{
	return page_of(&b->types, low + (high - low) / 2);
}

/* Functions that are sorted by name come after all other types. */
static bool
find_sorted(struct btf *b, struct str name, struct look *l, struct btf_type *out)
{
	size_t low = 0;
	size_t high = b->types.len;
	bool sorted = false;

	for (size_t i = 0; i < PROBES_MAX && high - low > 2 * REACH; i++) {
		size_t mid = middle(b, low, high);
		size_t first = 0;
		const struct btf_type *t = look_at(b, mid, l) ? next_function(l, &first) : NULL;

		if (t == NULL) {
			low = mid;
			continue;
		}
		if (!sorted && !is_sorted(b, l))
			return false;
		sorted = true;
		if (str_compare(btf_name(b, t), name) <= 0)
			low = begin_of(t);
		else
			high = begin_of(t);
	}
	l->tries = 0;
	return sorted && follow(b, low, high, l) && choose_by_name(b, l, name, out);
}

/* The largest offset of a name among the first types of a look. */
static uint32_t
newest_name(const struct look *l)
{
	enum { ASKED = 32 };
	uint32_t newest = 0;

	for (size_t i = 0; i < l->count && i < ASKED; i++) {
		if (l->type[i].name > newest)
			newest = l->type[i].name;
	}
	return newest;
}

static bool
choose_by_offset(const struct look *l, uint32_t name, struct btf_type *out)
{
	size_t i = 0;
	const struct btf_type *t = NULL;

	while ((t = next_function(l, &i)) != NULL) {
		if (t->name == name) {
			*out = *t;
			return true;
		}
	}
	return false;
}

/* A name that nothing before the function had. */
static bool
find_by_offset(struct btf *b, uint32_t name, struct look *l, struct btf_type *out)
{
	size_t low = 0;
	size_t high = b->types.len;

	for (size_t i = 0; i < PROBES_MAX && high - low > 2 * REACH; i++) {
		size_t mid = middle(b, low, high);

		if (!look_at(b, mid, l))
			return false;
		if (newest_name(l) < name)
			low = mid;
		else
			high = mid;
	}
	/* One look settles behind its begin, and the next one may have begun behind it, too. */
	for (size_t off = low < REACH ? 0 : low - REACH; off < high + REACH && off < b->types.len;
	     off += REACH / 2) {
		if (look_at(b, off, l) && choose_by_offset(l, name, out))
			return true;
	}
	return false;
}

enum {
	SAMPLES = 24, /* places in the strings */
	NAMES = 3,    /* of each */
};

/* Where functions stand in the kernel's text whose names stand near each other. */
struct sample {
	size_t off;
	uint64_t place; /* a symbol's number in the order of addresses; 0: not known */
};

static int
compare_places(const void *x, const void *y)
{
	uint64_t a = *(const uint64_t *)x;
	uint64_t b = *(const uint64_t *)y;

	return (a > b) - (a < b);
}

static uint64_t
median_of(const struct kallsyms_query *q, size_t count)
{
	uint64_t place[NAMES] = { 0 };
	size_t n = 0;

	for (size_t i = 0; i < count; i++) {
		if (q[i].found)
			place[n++] = q[i].va;
	}
	qsort(place, n, sizeof(*place), compare_places);
	return n == 0 ? 0 : place[n / 2];
}

/* The longest name that is whole within the len bytes at p; "" if there is none. Long ones are
 * those of functions more often than of parameters. */
static const char *
longest_name(const uint8_t *p, size_t len)
{
	const char *name = "";
	size_t longest = 0;

	if (p == NULL)
		return name;

	const uint8_t *end = p + len;
	const uint8_t *nul = memchr(p, '\0', len);

	while (nul != NULL) {
		const uint8_t *from = nul + 1;

		nul = memchr(from, '\0', (size_t)(end - from));
		if (nul != NULL && (size_t)(nul - from) > longest) {
			longest = (size_t)(nul - from);
			name = (const char *)from;
		}
	}
	return name;
}

static void
pick_names(struct btf *b, size_t off, struct kallsyms_query *q)
{
	enum { PART = REACH / NAMES };

	for (size_t i = 0; i < NAMES; i++) {
		const uint8_t *p = window_get(&b->strings, off + i * PART, PART);

		q[i] = (struct kallsyms_query){ .name = longest_name(p, PART), .by_number = true };
	}
}

/* Could the function at that place have its name between these two? slack is in symbols. */
static bool
is_between(const struct sample *low, const struct sample *high, uint64_t place, uint64_t slack)
{
	bool behind = low->place == 0 || place + slack >= low->place;
	bool before = high->place == 0 || place <= high->place + slack;

	/* Where the places go back, one thread's units end and another's begin. */
	return low->place > high->place ? slack != 0 && (behind || before) : behind && before;
}

/* Where its name would be if they were spread evenly from one sample to the next. */
static bool
search_near(struct btf *b, const struct sample *at, uint64_t place, const char *name, uint32_t *off)
{
	enum { AROUND = 2 * REACH }; /* on both sides */
	uint64_t all = at[1].place - at->place;
	size_t len = at[1].off - at->off;

	if (at->place == 0 || at[1].place == 0 || !is_between(at, at + 1, place, 0) || all == 0)
		return false;

	size_t along = (size_t)((double)len * (double)(place - at->place) / (double)all);
	size_t from = at->off + (along < AROUND ? 0 : along - AROUND);

	return btf_string_within(b, from, at->off + along + AROUND, name, off);
}

static bool
find_string_by_hint(struct btf *b, const char *name, const struct btf_hint *hint, uint32_t *off)
{
	struct kallsyms_query q[SAMPLES * NAMES + 1] = { { .name = name, .by_number = true } };
	struct sample sample[SAMPLES + 1] = { { 0 } };
	enum { SLACK = 1500 }; /* symbols; compile units are not that long */

	for (size_t i = 0; i < SAMPLES; i++) {
		sample[i].off = page_of(&b->strings, b->strings.len / SAMPLES * i);
		pick_names(b, sample[i].off, q + 1 + i * NAMES);
	}
	sample[SAMPLES].off = b->strings.len;
	hint->find(hint->self, q, ARRAY_LEN(q));
	if (!q[0].found)
		return false;
	for (size_t i = 0; i < SAMPLES; i++)
		sample[i].place = median_of(q + 1 + i * NAMES, NAMES);
	for (size_t i = 0; i < SAMPLES; i++) {
		if (search_near(b, &sample[i], q[0].va, name, off))
			return true;
	}
	for (size_t i = 0; i < 2 * SAMPLES; i++) {
		const struct sample *at = &sample[i % SAMPLES];

		if (is_between(at, at + 1, q[0].va, i < SAMPLES ? 0 : SLACK) &&
		    btf_string_within(b, at->off, at[1].off, name, off))
			return true;
	}
	return false;
}

/* In the pages of strings that were read for other names. */
static bool
find_met_string(struct btf *b, const char *name, uint32_t *off)
{
	size_t from = 0;
	size_t len = 0;

	while ((len = window_met(&b->strings, &from)) != 0) {
		/* What goes on behind it would be read. */
		size_t to = len < REACH ? from : from + len - BTF_NAME_MAX_LEN;

		if (btf_string_within(b, from, to, name, off))
			return true;
		from += len;
	}
	return false;
}

static bool
search(struct btf *b, const char *name, const struct btf_hint *hint, struct look *l,
       struct btf_type *out)
{
	uint32_t off = 0;

	if (find_sorted(b, str_of(name), l, out))
		return true;
	if (!find_met_string(b, name, &off) &&
	    (hint == NULL || !find_string_by_hint(b, name, hint, &off)) &&
	    !btf_string_within(b, 0, b->strings.len, name, &off))
		return false;
	return find_by_offset(b, off, l, out);
}

bool
btf_function(struct btf *b, const char *name, const struct btf_hint *hint, uint32_t *proto)
{
	struct arena *a = arena_new_temporary(b->arena);
	struct btf_type t = { .value = 0 };
	bool found = b->base == NULL && b->types.len >= SMALL && *name != '\0' &&
		     search(b, name, hint, ARENA_NEW(a, struct look), &t);

	arena_free(a);
	if (!found && !btf_find(b, 1 << BTF_FUNC, name, &t))
		return false;
	*proto = t.value;
	return true;
}
