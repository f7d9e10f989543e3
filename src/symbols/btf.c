/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/limits.h"
#include "symbols/btf_impl.h"

#include <inttypes.h>
#include <string.h>

enum {
	HEADER_LEN = 24,
	MEMBER_LEN = 12,
	PARAMETER_LEN = 8,
	ENUMERATOR_LEN = 8,
	ARRAY_LEN_BYTES = 12,
	CHAIN_MAX = 32,       /* typedefs of typedefs; dimensions of arrays */
	NESTED_MAX = 64,      /* anonymous members that wait to be looked into */
	VISITS_MAX = 1 << 13, /* members looked at for one name; task_struct has 300 */
};

/* What follows the common part: so many bytes, and so many for each of its members. */
static const struct {
	uint8_t fixed, each;
} bodies[BTF_KIND_COUNT] = {
	[BTF_INT] = { 4, 0 },     [BTF_ARRAY] = { 12, 0 },   [BTF_STRUCT] = { 0, 12 },
	[BTF_UNION] = { 0, 12 },  [BTF_ENUM] = { 0, 8 },     [BTF_FUNC_PROTO] = { 0, 8 },
	[BTF_VAR] = { 4, 0 },     [BTF_DATASEC] = { 0, 12 }, [BTF_DECL_TAG] = { 4, 0 },
	[BTF_ENUM64] = { 0, 12 },
};

static const struct error *
check_sections(struct reader *r, uint64_t len, uint64_t section[4])
{
	uint16_t magic = reader_u16(r);
	uint8_t version = reader_u8(r);
	uint8_t flags = reader_u8(r);
	uint32_t header_len = reader_u32(r);

	if (magic != 0xeb9f || version != 1)
		reader_reject(r, "magic 0x%x, version %u", magic, version);
	if (flags != 0)
		reader_reject(r, "flags 0x%x", flags);
	for (size_t i = 0; i < 4; i += 2) {
		uint64_t off = header_len + (uint64_t)reader_u32(r);
		uint64_t bytes = reader_u32(r);

		if (header_len < HEADER_LEN || off > len || bytes > len - off || bytes == 0)
			reader_reject(r, "a section of %" PRIu64 " bytes at %" PRIu64, bytes, off);
		section[i] = off;
		section[i + 1] = bytes;
	}
	return reader_error(r);
}

static uint32_t
end_of_ids(struct btf *b)
{
	/* Every type must be met to know how many there are. */
	while (btf_walk(b, b->front.index))
		continue;
	return b->first + b->front.index;
}

const struct error *
btf_open(const struct memory *mem, uint64_t va, uint64_t len, const struct btf_split *split,
	 struct arena *a, struct btf **out)
{
	uint8_t header[HEADER_LEN] = { 0 };
	uint64_t section[4] = { 0 };

	if (len < HEADER_LEN || len > LIMIT_BTF_BYTES)
		return error_new(a, ERROR_CORRUPT, "BTF of %" PRIu64 " bytes", len);

	const struct error *e = memory_read(mem, va, header, sizeof(header));

	if (e != NULL)
		return error_wrap(a, e, "reading the header of BTF");

	struct reader r =
		reader_over((struct bytes){ header, sizeof(header) }, mem->order, "BTF", a);

	e = check_sections(&r, len, section);
	if (e != NULL)
		return e;

	struct btf *b = ARENA_NEW(a, struct btf);

	*b = (struct btf){ .arena = a,
			   .base = split == NULL ? NULL : split->base,
			   .order = mem->order,
			   .word_len = mem->word_len,
			   .first = 1 };
	b->cap = (uint32_t)(section[1] / BTF_TYPE_LEN);
	b->off = ARENA_TRY_ARRAY(a, uint32_t, (size_t)b->cap + 1);
	b->same = ARENA_TRY_ARRAY(a, uint32_t, (size_t)b->cap + 1);
	if (b->off == NULL || b->same == NULL ||
	    !window_open(&b->types, mem, va + section[0], section[1], a) ||
	    !window_open(&b->strings, mem, va + section[2], section[3], a))
		return error_new(a, ERROR_LIMIT, "no memory for BTF");
	if (split != NULL) {
		b->first = split->first != 0 ? split->first : end_of_ids(split->base);
		b->string_base = split->string_base != 0 ? split->string_base
							 : (uint32_t)split->base->strings.len;
	}
	*out = b;
	return NULL;
}

bool
btf_read(struct btf *b, size_t off, struct btf_type *t)
{
	const uint8_t *p = window_get(&b->types, off, BTF_TYPE_LEN);

	if (p == NULL)
		return false;

	uint32_t info = bytes_u32(p + 4, b->order);
	uint32_t kind = info >> 24 & 0x1f;

	if (kind == BTF_VOID || kind >= BTF_KIND_COUNT)
		return false;
	t->kind = (enum btf_kind)kind;
	t->name = bytes_u32(p, b->order);
	t->count = info & 0xffff;
	t->bit_fields = info >> 31;
	t->value = bytes_u32(p + 8, b->order);
	t->owner = b;
	t->body = off + BTF_TYPE_LEN;
	return true;
}

size_t
btf_end(const struct btf_type *t)
{
	return t->body + bodies[t->kind].fixed + (size_t)bodies[t->kind].each * t->count;
}

static uint32_t *
bucket_of(struct btf *b, uint32_t name)
{
	return &b->bucket[name * 2654435761U >> 20]; /* Knuth's, to BTF_BUCKETS */
}

bool
btf_walk(struct btf *b, uint32_t index)
{
	struct btf_place *front = &b->front;
	struct btf_type t;

	while (front->index <= index) {
		if (front->index >= b->cap || !btf_read(b, front->off, &t))
			return false;

		uint32_t *bucket = bucket_of(b, t.name);

		b->same[front->index] = *bucket;
		b->off[front->index++] = (uint32_t)front->off;
		*bucket = front->index;
		front->off = btf_end(&t);
	}
	return true;
}

static bool
is_placed(struct btf *b, uint32_t index)
{
	return index < b->front.index || (index < b->cap && b->off[index] != 0) ||
	       btf_locate(b, index) || btf_walk(b, index);
}

bool
btf_type(struct btf *b, uint32_t id, struct btf_type *out)
{
	while (b->base != NULL && id < b->first)
		b = b->base;
	if (id < b->first || !is_placed(b, id - b->first))
		return false;

	bool is_type = btf_read(b, b->off[id - b->first], out);

	out->id = id;
	return is_type;
}

bool
btf_plain(struct btf *b, uint32_t id, struct btf_type *out)
{
	enum {
		LOOKS_THROUGH = 1 << BTF_TYPEDEF | 1 << BTF_VOLATILE | 1 << BTF_CONST |
				1 << BTF_RESTRICT | 1 << BTF_TYPE_TAG
	};

	for (size_t i = 0; i < CHAIN_MAX; i++) {
		struct btf_type t;

		if (!btf_type(b, id, &t))
			return false;
		if ((LOOKS_THROUGH >> t.kind & 1) == 0) {
			*out = t;
			return true;
		}
		id = t.value;
	}
	return false;
}

/* The strings that an offset is in, and the offset in them. */
static struct window *
strings_of(struct btf *b, uint32_t *off)
{
	while (b->base != NULL && *off < b->string_base)
		b = b->base;
	*off -= b->string_base;
	return &b->strings;
}

static bool
string_is(struct btf *b, uint32_t off, struct str name)
{
	struct window *w = strings_of(b, &off);
	const uint8_t *p = window_get(w, off, name.len + 1);

	return p != NULL && memcmp(p, name.p, name.len) == 0 && p[name.len] == '\0';
}

static struct str
string_at(struct btf *b, uint32_t off)
{
	if (off == 0)
		return (struct str){ NULL, 0 };

	struct window *w = strings_of(b, &off);
	size_t reach = window_reach(w, off, BTF_NAME_MAX_LEN);

	if (reach == 0)
		return (struct str){ NULL, 0 };

	const char *p = (const char *)w->bytes + off;

	return (struct str){ p, strnlen(p, reach) };
}

struct str
btf_name(struct btf *b, const struct btf_type *t)
{
	return string_at(b, t->name);
}

bool
btf_string_within(struct btf *b, size_t from, size_t to, const char *name, uint32_t *off)
{
	enum { PIECE = 8 << 10 };
	char want[BTF_NAME_MAX_LEN + 2] = "";
	size_t len = strnlen(name, BTF_NAME_MAX_LEN);

	memcpy(want + 1, name, len);
	while (from < to) {
		/* Pieces overlap, so that no name is cut. */
		size_t piece = to - from < PIECE ? to - from : PIECE;
		size_t reach = window_reach(&b->strings, from, piece + len + 1);
		const uint8_t *p = b->strings.bytes + from;
		const uint8_t *hit = reach == 0 ? NULL : memmem(p, reach, want, len + 2);

		if (hit != NULL) {
			*off = b->string_base + (uint32_t)(hit + 1 - b->strings.bytes);
			return true;
		}
		from += reach > piece ? piece : reach + 1;
	}
	return false;
}

/* Strings are unique, so a name is its offset. They are searched a piece at a time, since
 * most names that are asked for stand near the front. */
static bool
find_string(struct btf *b, const char *name, uint32_t *off)
{
	size_t len = strnlen(name, BTF_NAME_MAX_LEN);

	/* Only strings that continue others begin without a NUL. */
	const uint8_t *first = window_get(&b->strings, 0, len + 1);

	if (b->base != NULL && first != NULL && memcmp(first, name, len + 1) == 0) {
		*off = b->string_base;
		return true;
	}
	return btf_string_within(b, 0, b->strings.len, name, off);
}

static bool
is_wanted(struct btf *b, uint32_t index, uint32_t kinds, uint32_t name, struct btf_type *out)
{
	struct btf_type t;

	if (!btf_read(b, b->off[index], &t) || t.name != name || (kinds >> t.kind & 1) == 0)
		return false;
	t.id = b->first + index;
	*out = t;
	return true;
}

/* The first one of those that were met. */
static bool
find_met(struct btf *b, uint32_t kinds, uint32_t name, struct btf_type *out)
{
	bool found = false;

	for (uint32_t i = *bucket_of(b, name); i != 0; i = b->same[i - 1])
		found |= is_wanted(b, i - 1, kinds, name, out);
	return found;
}

static bool
find_own(struct btf *b, uint32_t kinds, uint32_t name, struct btf_type *out)
{
	if (find_met(b, kinds, name, out))
		return true;
	for (uint32_t i = b->front.index; btf_walk(b, i); i++) {
		if (is_wanted(b, i, kinds, name, out))
			return true;
	}
	return false;
}

static bool
find_anew(struct btf *b, uint32_t kinds, const char *name, struct btf_type *out)
{
	uint32_t off = 0;

	/* A module's type may have a name that vmlinux has as well. */
	if (b->base != NULL && find_string(b->base, name, &off))
		return find_own(b, kinds, off, out) || find_own(b->base, kinds, off, out);
	return find_string(b, name, &off) && find_own(b, kinds, off, out);
}

static struct btf_memo *
memo_of(struct btf *b, uint32_t kinds, const char *name)
{
	uint32_t hash = kinds;

	for (const char *c = name; *c != '\0'; c++)
		hash = hash * 31 + (uint8_t)*c;
	return &b->memo[hash % BTF_MEMO];
}

bool
btf_find(struct btf *b, uint32_t kinds, const char *name, struct btf_type *out)
{
	struct btf_memo *m = memo_of(b, kinds, name);

	if (*name == '\0')
		return false;
	if (m->name == NULL || m->kinds != kinds || strcmp(m->name, name) != 0) {
		struct btf_type t = { 0 };
		uint32_t id = find_anew(b, kinds, name, &t) ? t.id : 0;

		*m = (struct btf_memo){ arena_printf(b->arena, "%s", name), kinds, id };
	}
	return m->id != 0 && btf_type(b, m->id, out);
}

bool
btf_array(struct btf *b, const struct btf_type *t, uint32_t *element, uint32_t *count)
{
	const uint8_t *p = window_get(&t->owner->types, t->body, ARRAY_LEN_BYTES);

	(void)b;
	if (t->kind != BTF_ARRAY || p == NULL)
		return false;
	*element = bytes_u32(p, t->owner->order);
	*count = bytes_u32(p + 8, t->owner->order);
	return true;
}

bool
btf_len(struct btf *b, uint32_t id, uint64_t *len)
{
	enum {
		HAS_LEN = 1 << BTF_INT | 1 << BTF_STRUCT | 1 << BTF_UNION | 1 << BTF_ENUM |
			  1 << BTF_DATASEC | 1 << BTF_FLOAT | 1 << BTF_ENUM64
	};
	uint64_t factor = 1;

	for (size_t i = 0; i < CHAIN_MAX; i++) {
		struct btf_type t;
		uint32_t count = 0;

		if (!btf_plain(b, id, &t))
			return false;
		if (t.kind == BTF_ARRAY) {
			if (!btf_array(b, &t, &id, &count) ||
			    __builtin_mul_overflow(factor, count, &factor))
				return false;
			continue;
		}
		if (t.kind != BTF_PTR && (HAS_LEN >> t.kind & 1) == 0)
			return false;
		return !__builtin_mul_overflow(factor, t.kind == BTF_PTR ? b->word_len : t.value,
					       len);
	}
	return false;
}

bool
btf_member_get(struct btf *b, const struct btf_type *t, uint32_t i, struct str *name,
	       struct btf_member *out)
{
	const uint8_t *p = NULL;

	if ((t->kind == BTF_STRUCT || t->kind == BTF_UNION) && i < t->count)
		p = window_get(&t->owner->types, t->body + (size_t)i * MEMBER_LEN, MEMBER_LEN);
	if (p == NULL)
		return false;

	uint32_t off = bytes_u32(p + 8, t->owner->order);

	if (name != NULL)
		*name = string_at(b, bytes_u32(p, t->owner->order));
	out->type = bytes_u32(p + 4, t->owner->order);
	out->bit_off = t->bit_fields ? off & 0xffffff : off;
	out->bit_len = t->bit_fields ? off >> 24 : 0;
	return true;
}

/* Structures without a name whose members count as the outer one's. */
struct nested {
	uint32_t id[NESTED_MAX];
	uint64_t bit_off[NESTED_MAX];
	size_t count;
};

static void
nested_add(struct nested *n, uint32_t id, uint64_t bit_off)
{
	if (n->count == NESTED_MAX)
		return;
	n->id[n->count] = id;
	n->bit_off[n->count] = bit_off;
	n->count++;
}

/* Looks at the members of one structure; those without a name are left in n. */
static bool
find_member(struct btf *b, const struct btf_type *t, uint64_t outer, struct str name,
	    struct nested *n, struct btf_member *out)
{
	for (uint32_t i = 0; i < t->count; i++) {
		const uint8_t *p =
			window_get(&t->owner->types, t->body + (size_t)i * MEMBER_LEN, MEMBER_LEN);
		uint32_t name_off = p == NULL ? 0 : bytes_u32(p, t->owner->order);
		struct btf_member m;

		if (p == NULL || (name_off != 0 && !string_is(b, name_off, name)) ||
		    !btf_member_get(b, t, i, NULL, &m))
			continue;
		m.bit_off += outer;
		if (name_off != 0) {
			*out = m;
			return true;
		}
		nested_add(n, m.type, m.bit_off);
	}
	return false;
}

bool
btf_member(struct btf *b, uint32_t structure, struct str name, struct btf_member *out)
{
	struct nested n = { .count = 0 };
	size_t visits = 0;

	nested_add(&n, structure, 0);
	while (n.count != 0 && visits < VISITS_MAX) {
		struct btf_type t;

		n.count--;
		if (!btf_plain(b, n.id[n.count], &t) ||
		    (t.kind != BTF_STRUCT && t.kind != BTF_UNION))
			continue;
		visits += t.count + 1;
		if (find_member(b, &t, n.bit_off[n.count], name, &n, out))
			return true;
	}
	return false;
}

bool
btf_parameter(struct btf *b, const struct btf_type *t, uint32_t i, struct btf_parameter *out)
{
	const uint8_t *p = NULL;

	if (t->kind == BTF_FUNC_PROTO && i < t->count)
		p = window_get(&t->owner->types, t->body + (size_t)i * PARAMETER_LEN,
			       PARAMETER_LEN);
	if (p == NULL)
		return false;
	out->name = string_at(b, bytes_u32(p, t->owner->order));
	out->type = bytes_u32(p + 4, t->owner->order);
	return true;
}

bool
btf_enumerator(struct btf *b, const char *type, const char *name, uint64_t *value)
{
	struct btf_type t;

	if (!btf_find(b, 1 << BTF_ENUM, type, &t))
		return false;
	for (uint32_t i = 0; i < t.count; i++) {
		const uint8_t *p = window_get(&t.owner->types, t.body + (size_t)i * ENUMERATOR_LEN,
					      ENUMERATOR_LEN);

		if (p == NULL || !string_is(b, bytes_u32(p, t.owner->order), str_of(name)))
			continue;
		*value = bytes_u32(p + 4, t.owner->order);
		return true;
	}
	return false;
}

size_t
btf_walked(const struct btf *b)
{
	return b->front.off;
}

size_t
btf_pages(const struct btf *b)
{
	return window_pages(&b->types) + window_pages(&b->strings);
}
