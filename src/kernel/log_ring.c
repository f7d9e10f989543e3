/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The printk ring buffer of 5.10 and later (Linux commit 896fbe20b4e2, kernel/printk/
 * printk_ringbuffer.c): a ring of descriptors, an array of infos beside it, and a ring of
 * text. A descriptor's number, its id, counts for ever; its place is id modulo count.
 *
 * A block of text is given by two positions that count for ever too, its begin and the next
 * block's. One that does not fit before the end of the ring stands at its start, whole; it
 * is found out by the turn of the ring that its last byte lies in, which is right for blocks
 * that end exactly at the end, whether the kernel lets them (Linux commit 67e1b0052f6b,
 * v6.18) or not. Every block starts with the id of its descriptor: a block that does not is
 * somebody else's by now.
 */
#include "kernel/log_buffer.h"

#include "base/limits.h"

#include <stdlib.h>
#include <string.h>

/* Offsets and lengths of the kernel's structs, from VMCOREINFO. */
struct layout {
	uint64_t ring_len, desc_ring, text_ring;
	uint64_t count_bits, descs, infos, head_id, tail_id;
	uint64_t desc_len, state, lpos;
	uint64_t lpos_begin, lpos_next;
	uint64_t info_len, seq, ts, text_len, caller;
	uint64_t size_bits, data;
	uint64_t counter;
};

enum key_kind {
	KEY_SIZE,
	KEY_OFFSET,
};

struct key {
	enum key_kind kind;
	const char *name;
	size_t place; /* in struct layout */
};

#define KEY(kind, name, member)                             \
	{                                                   \
		kind, name, offsetof(struct layout, member) \
	}

static const struct key keys[] = {
	KEY(KEY_SIZE, "printk_ringbuffer", ring_len),
	KEY(KEY_OFFSET, "printk_ringbuffer.desc_ring", desc_ring),
	KEY(KEY_OFFSET, "printk_ringbuffer.text_data_ring", text_ring),
	KEY(KEY_OFFSET, "prb_desc_ring.count_bits", count_bits),
	KEY(KEY_OFFSET, "prb_desc_ring.descs", descs),
	KEY(KEY_OFFSET, "prb_desc_ring.infos", infos),
	KEY(KEY_OFFSET, "prb_desc_ring.head_id", head_id),
	KEY(KEY_OFFSET, "prb_desc_ring.tail_id", tail_id),
	KEY(KEY_SIZE, "prb_desc", desc_len),
	KEY(KEY_OFFSET, "prb_desc.state_var", state),
	KEY(KEY_OFFSET, "prb_desc.text_blk_lpos", lpos),
	KEY(KEY_OFFSET, "prb_data_blk_lpos.begin", lpos_begin),
	KEY(KEY_OFFSET, "prb_data_blk_lpos.next", lpos_next),
	KEY(KEY_SIZE, "printk_info", info_len),
	KEY(KEY_OFFSET, "printk_info.seq", seq),
	KEY(KEY_OFFSET, "printk_info.ts_nsec", ts),
	KEY(KEY_OFFSET, "printk_info.text_len", text_len),
	KEY(KEY_OFFSET, "printk_info.caller_id", caller),
	KEY(KEY_OFFSET, "prb_data_ring.size_bits", size_bits),
	KEY(KEY_OFFSET, "prb_data_ring.data", data),
	KEY(KEY_OFFSET, "atomic_long_t.counter", counter),
};

enum {
	STRUCT_MAX = 1024, /* bytes of any of these structs; the largest has 88 today */
	COUNT_BITS_MAX = 21,
	TEXT_BITS_MAX = 26, /* LIMIT_LOG_BYTES */
};

static const struct error bad_layout = {
	ERROR_CORRUPT, "VMCOREINFO gives the printk ring buffer's structs impossible lengths", NULL
};
static const struct error bad_desc = { ERROR_CORRUPT,
				       "a descriptor does not lead to text of its own", NULL };
static const struct error bad_ids = { ERROR_CORRUPT,
				      "the numbers of the first and last record are wrong", NULL };

static bool
find_key(const struct vmcoreinfo *info, const struct key *key, uint64_t *value)
{
	if (key->kind == KEY_SIZE)
		return vmcoreinfo_len(info, key->name, value);
	return vmcoreinfo_offset(info, key->name, value);
}

static const struct error *
read_layout(const struct log_build *b, struct layout *l)
{
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		uint64_t value = 0;

		if (!find_key(b->info, &keys[i], &value))
			return error_new(b->arena, ERROR_ABSENT, "VMCOREINFO lacks %s(%s)",
					 keys[i].kind == KEY_SIZE ? "SIZE" : "OFFSET",
					 keys[i].name);
		if (value > STRUCT_MAX)
			return &bad_layout;
		memcpy((uint8_t *)l + keys[i].place, &value, sizeof(value));
	}
	return NULL;
}

/* Everything that is read later lies within the structs. */
static bool
layout_fits(const struct layout *l, size_t word_len)
{
	const struct {
		uint64_t end, len;
	} parts[] = {
		{ l->desc_ring + l->count_bits + 4, l->ring_len },
		{ l->desc_ring + l->descs + word_len, l->ring_len },
		{ l->desc_ring + l->infos + word_len, l->ring_len },
		{ l->desc_ring + l->head_id + l->counter + word_len, l->ring_len },
		{ l->desc_ring + l->tail_id + l->counter + word_len, l->ring_len },
		{ l->text_ring + l->size_bits + 4, l->ring_len },
		{ l->text_ring + l->data + word_len, l->ring_len },
		{ l->state + l->counter + word_len, l->desc_len },
		{ l->lpos + l->lpos_begin + word_len, l->desc_len },
		{ l->lpos + l->lpos_next + word_len, l->desc_len },
		{ l->seq + 8, l->info_len },
		{ l->ts + 8, l->info_len },
		{ l->text_len + 4, l->info_len }, /* and facility, flags, level */
		{ l->caller + 4, l->info_len },
	};

	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		if (parts[i].end > parts[i].len)
			return false;
	}
	return true;
}

struct ring {
	struct log_build *b;
	struct layout l;
	size_t word_len;
	uint64_t word_mask;
	uint64_t id_mask; /* of a state_var; the two bits above it are the state */
	uint64_t count;   /* of descriptors and infos */
	uint64_t descs, infos;
	uint64_t head_id, tail_id;
	uint64_t text_len;
	uint64_t text;
	bool has_first; /* the number of the first record is known */
	struct log_window desc_window, info_window;
};

static uint64_t
word_at(const struct ring *r, const uint8_t *buf, uint64_t off)
{
	enum byte_order order = r->b->mem->order;

	return r->word_len == 4 ? bytes_u32(buf + off, order) : bytes_u64(buf + off, order);
}

static const struct error *
parse_ring(struct ring *r, const uint8_t *buf)
{
	const uint8_t *desc_ring = buf + r->l.desc_ring;
	const uint8_t *text_ring = buf + r->l.text_ring;
	uint32_t count_bits = bytes_u32(desc_ring + r->l.count_bits, r->b->mem->order);
	uint32_t text_bits = bytes_u32(text_ring + r->l.size_bits, r->b->mem->order);

	if (count_bits == 0 || count_bits > COUNT_BITS_MAX || text_bits < count_bits ||
	    text_bits > TEXT_BITS_MAX) /* the kernel makes one descriptor for 32 bytes */
		return error_new(r->b->arena, ERROR_CORRUPT,
				 "a printk ring buffer of 2^%u records and 2^%u bytes cannot be",
				 count_bits, text_bits);
	r->count = UINT64_C(1) << count_bits;
	r->text_len = UINT64_C(1) << text_bits;
	r->descs = word_at(r, desc_ring, r->l.descs);
	r->infos = word_at(r, desc_ring, r->l.infos);
	r->head_id = word_at(r, desc_ring, r->l.head_id + r->l.counter) & r->id_mask;
	r->tail_id = word_at(r, desc_ring, r->l.tail_id + r->l.counter) & r->id_mask;
	r->text = word_at(r, text_ring, r->l.data);
	return NULL;
}

static const struct error *
open_ring_at(struct ring *r, uint64_t va)
{
	uint8_t buf[STRUCT_MAX] = { 0 };
	const struct error *e = memory_read(r->b->mem, va, buf, (size_t)r->l.ring_len);

	return e != NULL ? e : parse_ring(r, buf);
}

/* The ring that prb points to. The one of early boot is a part of the kernel image; it has
 * the first messages, should the pointer or what it points to be damaged. */
static const struct error *
open_ring(struct ring *r)
{
	uint64_t va = 0;
	const struct error *e = log_variable_word(r->b, "prb", &va);

	if (e == NULL)
		e = open_ring_at(r, va);
	if (e != NULL && vmcoreinfo_symbol(r->b->info, "printk_rb_static", &va) &&
	    open_ring_at(r, va) == NULL) {
		log_lost(r->b, 0, e);
		return NULL;
	}
	return e;
}

enum state {
	STATE_RESERVED, /* somebody is writing */
	STATE_COMMITTED,
	STATE_FINALIZED,
	STATE_REUSABLE,
};

struct desc {
	uint64_t id;
	enum state state;
	uint64_t begin, next;
};

static const struct error *
read_desc(struct ring *r, uint64_t index, struct desc *d)
{
	uint8_t buf[STRUCT_MAX] = { 0 };
	uint64_t va = r->descs + index * r->l.desc_len;
	const struct error *e = log_window_read(&r->desc_window, va, buf, (size_t)r->l.desc_len);

	if (e != NULL)
		return e;

	uint64_t state = word_at(r, buf, r->l.state + r->l.counter);

	d->id = state & r->id_mask;
	d->state = (enum state)(state >> (r->word_len * 8 - 2));
	d->begin = word_at(r, buf, r->l.lpos + r->l.lpos_begin);
	d->next = word_at(r, buf, r->l.lpos + r->l.lpos_next);
	return NULL;
}

struct info {
	uint64_t seq;
	uint16_t text_len;
	struct log_record record; /* without its text */
};

static const struct error *
read_info(struct ring *r, uint64_t index, struct info *info)
{
	uint8_t buf[STRUCT_MAX] = { 0 };
	uint64_t va = r->infos + index * r->l.info_len;
	enum byte_order order = r->b->mem->order;
	const struct error *e = log_window_read(&r->info_window, va, buf, (size_t)r->l.info_len);

	if (e != NULL)
		return e;
	info->seq = bytes_u64(buf + r->l.seq, order);
	info->text_len = bytes_u16(buf + r->l.text_len, order);
	info->record = (struct log_record){
		.ns = bytes_u64(buf + r->l.ts, order),
		.has_time = true,
	};
	/* text_len is followed by facility, then flags and level; VMCOREINFO has no offsets */
	log_level_flags(&info->record, buf[r->l.text_len + 3], order);
	log_caller(&info->record, bytes_u32(buf + r->l.caller, order));
	if ((info->record.flags & LOG_CONT) == 0)
		info->record.flags |= LOG_PREFIX; /* as before 5.10: it is no continuation */
	return NULL;
}

enum block_kind {
	BLOCK_TEXT,
	BLOCK_EMPTY, /* a record without text */
	BLOCK_LOST,  /* there was no room for the text */
	BLOCK_BAD,
};

struct block {
	enum block_kind kind;
	uint64_t off;  /* of the id before the text, in the ring */
	uint64_t room; /* bytes of text */
};

/* Bit 0 of both positions says that there is no block: 1 failed, 3 nothing to store. */
static bool
is_dataless(const struct desc *d, struct block *k)
{
	if ((d->begin & d->next & 1) == 0)
		return false;
	k->kind = ((d->begin | d->next) & 2) != 0 ? BLOCK_EMPTY : BLOCK_LOST;
	return true;
}

static struct block
find_block(const struct ring *r, const struct desc *d)
{
	uint64_t within = r->text_len - 1;
	uint64_t last = (d->next - 1) & r->word_mask;
	uint64_t unaligned = (d->begin | d->next) & (r->word_len - 1);
	bool wraps = (d->begin & ~within) != (last & ~within);
	uint64_t len = wraps ? (last & within) + 1 : (d->next - d->begin) & r->word_mask;
	struct block k = { .kind = BLOCK_BAD };

	if (is_dataless(d, &k) || unaligned != 0 || len <= r->word_len || len > r->text_len)
		return k;
	k.kind = BLOCK_TEXT;
	k.off = wraps ? 0 : d->begin & within;
	k.room = len - r->word_len;
	return k;
}

/* Without a length, because its writer died before it said one: up to a NUL. */
static size_t
uncommitted_len(const uint8_t *text, size_t room)
{
	const uint8_t *nul = memchr(text, '\0', room);

	return nul == NULL ? room : (size_t)(nul - text);
}

/* Reads id and text in one go; what a missing page hides is cut off. */
static const struct error *
take_text(struct ring *r, const struct desc *d, const struct info *info, struct block k)
{
	struct log_record record = info->record;
	bool is_reserved = d->state == STATE_RESERVED;
	uint64_t want = is_reserved && info->text_len == 0 ? k.room : info->text_len;
	size_t len = (size_t)(want < k.room ? want : k.room);
	uint8_t *room = log_room(r->b, r->word_len + len);

	if (room == NULL)
		return NULL; /* the log is full and says why */

	size_t got = log_read_front(r->b->mem, r->text + k.off, room, r->word_len + len);

	if (got < r->word_len)
		return &bad_desc;
	if ((word_at(r, room, 0) & r->id_mask) != d->id)
		return &bad_desc;
	got -= r->word_len;
	room += r->word_len;
	if (is_reserved && info->text_len == 0)
		got = len = uncommitted_len(room, got);
	if (is_reserved && got == 0)
		return NULL;               /* it had not begun */
	if (is_reserved && record.ns == 0) /* nothing of it had been set */
		record = (struct log_record){ .level = MESSAGE_LEVEL_UNKNOWN };
	record.text = (struct str){ (const char *)room, got };
	record.damaged = got < len || want > k.room;
	record.uncommitted = is_reserved;
	log_add(r->b, &record);
	return NULL;
}

/* One record that its descriptor says is there. */
static const struct error *
take_record(struct ring *r, const struct desc *d, uint64_t index)
{
	struct block k = find_block(r, d);
	struct info info = { 0 };
	const struct error *e = read_info(r, index, &info);

	if (e != NULL)
		return e;
	if (d->state != STATE_RESERVED && !r->has_first) {
		r->has_first = true;
		r->b->log->overwritten = info.seq; /* they are counted from 0 */
	}
	if (k.kind == BLOCK_TEXT)
		return take_text(r, d, &info, k);
	if (d->state == STATE_RESERVED)
		return NULL; /* its text has no place yet */
	if (k.kind == BLOCK_EMPTY)
		log_add(r->b, &info.record);
	else
		log_lost(r->b, 1, k.kind == BLOCK_BAD ? &bad_desc : NULL);
	return NULL;
}

/*
 * The record of that id. One that is reusable was emptied to make room, or is the first of
 * all, which never held anything; neither is a loss.
 */
static const struct error *
take_id(struct ring *r, uint64_t id, const struct desc *d)
{
	if (d->id != id)
		return id == r->head_id ? NULL : &bad_desc; /* the head may not be set up yet */
	return d->state == STATE_REUSABLE ? NULL : take_record(r, d, id & (r->count - 1));
}

/* How many descriptors, of left, from that one on start on the page that it starts on: if it
 * cannot be read, nor can they. */
static uint64_t
descs_on_page(const struct ring *r, uint64_t index, uint64_t left)
{
	uint64_t at = (r->descs + index * r->l.desc_len) % LOG_WINDOW_LEN;
	uint64_t count = 1 + (LOG_WINDOW_LEN - 1 - at) / r->l.desc_len;

	if (count > r->count - index)
		count = r->count - index;
	return count < left ? count : left;
}

static void
take_range(struct ring *r, uint64_t first, uint64_t count)
{
	for (uint64_t i = 0; i < count && !r->b->full && !log_expired(r->b);) {
		uint64_t id = (first + i) & r->id_mask;
		uint64_t index = id & (r->count - 1);
		struct desc d = { 0 };
		uint64_t taken = 1;
		const struct error *e = read_desc(r, index, &d);

		if (e == NULL)
			e = take_id(r, id, &d);
		else
			taken = descs_on_page(r, index, count - i);
		if (e != NULL)
			log_lost(r->b, taken, e);
		i += taken;
	}
}

/* A descriptor that holds a record and stands where its id belongs. */
static bool
holds_record(const struct ring *r, uint64_t index, const struct desc *d)
{
	return (d->id & (r->count - 1)) == index &&
	       (d->state == STATE_COMMITTED || d->state == STATE_FINALIZED);
}

static bool
holds_id(struct ring *r, uint64_t id)
{
	uint64_t index = id & (r->count - 1);
	struct desc d = { 0 };

	return read_desc(r, index, &d) == NULL && holds_record(r, index, &d) &&
	       d.id == (id & r->id_mask);
}

/* The first and the last id are wrong if there are records beyond them. */
static bool
ids_are_wrong(struct ring *r)
{
	return ((r->head_id - r->tail_id) & r->id_mask) >= r->count ||
	       holds_id(r, r->head_id + 1) || holds_id(r, r->tail_id - 1);
}

struct slot {
	uint64_t seq;
	uint64_t index;
};

static int
by_seq(const void *a, const void *b)
{
	const struct slot *x = a;
	const struct slot *y = b;

	return (x->seq > y->seq) - (x->seq < y->seq);
}

static size_t
find_slots(struct ring *r, struct slot *slots)
{
	size_t count = 0;

	for (uint64_t i = 0; i < r->count && !log_expired(r->b);) {
		struct desc d = { 0 };
		struct info info = { 0 };

		if (read_desc(r, i, &d) != NULL) {
			i += descs_on_page(r, i, r->count - i);
			continue;
		}
		if (holds_record(r, i, &d) && read_info(r, i, &info) == NULL)
			slots[count++] = (struct slot){ info.seq, i };
		i++;
	}
	return count;
}

/* Without the help of first and last id: whatever descriptors hold, by sequence number. */
static void
take_all(struct ring *r)
{
	struct arena *a = arena_new_temporary(r->b->arena);
	struct slot *slots = ARENA_TRY_ARRAY(a, struct slot, r->count);
	size_t count = slots == NULL ? 0 : find_slots(r, slots);

	log_lost(r->b, 0, &bad_ids);
	if (count != 0)
		qsort(slots, count, sizeof(*slots), by_seq);
	for (size_t i = 0; i < count && !r->b->full; i++) {
		struct desc d = { 0 };
		const struct error *e = read_desc(r, slots[i].index, &d);

		if (e == NULL)
			e = take_record(r, &d, slots[i].index);
		if (e != NULL)
			log_lost(r->b, 1, e);
	}
	arena_free(a);
}

static const struct error *
read_ring(struct log_build *b)
{
	struct ring r = { .b = b, .word_len = b->mem->word_len };
	const struct error *e = read_layout(b, &r.l);

	r.desc_window.mem = b->mem;
	r.info_window.mem = b->mem;
	r.word_mask = UINT64_MAX >> (64 - r.word_len * 8);
	r.id_mask = r.word_mask >> 2;
	if (e == NULL && !layout_fits(&r.l, r.word_len))
		e = &bad_layout;
	if (e == NULL)
		e = open_ring(&r);
	if (e != NULL)
		return e;
	if (ids_are_wrong(&r))
		take_all(&r);
	else
		take_range(&r, r.tail_id, ((r.head_id - r.tail_id) & r.id_mask) + 1);
	b->log->wrapped = b->log->overwritten != 0;
	return NULL;
}

const struct log_buffer log_ring = { "printk ring buffer (5.10)", "prb", read_ring };
