/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fakering.h - a printk ring buffer for tests, filled by what the kernel's writer does.
 *
 * After Linux kernel/printk/printk_ringbuffer.c, and independent of the reader: positions
 * and ids count for ever, the oldest are pushed out to make room. Whether a block may end
 * exactly at the end of the ring (v6.18 and later) is a switch.
 */
#ifndef TESTS_FAKERING_H
#define TESTS_FAKERING_H

#include "dump/vmcoreinfo.h"

#include "fakephys.h"

#include <inttypes.h>
#include <stdio.h>

enum {
	RING_MEMORY = 0x10000, /* addresses in the fake memory */
	RING_PRB = RING_MEMORY + 0x100,
	RING_STATIC = RING_MEMORY + 0x200,
	RING_STRUCT = RING_MEMORY + 0x1000,
	RING_DESCS = RING_MEMORY + 0x4000,
	RING_INFOS = RING_MEMORY + 0x10000,
	RING_TEXT = RING_MEMORY + 0x40000,

	RING_COUNT_MAX = 1024,

	RING_FAILED = 1,
	RING_EMPTY = 3,
};

struct ring_offsets {
	size_t ring_len, text_ring;
	size_t descs, infos, head_id, tail_id;
	size_t desc_len, begin, next;
	size_t info_len, text_len;
	size_t data, head_lpos, tail_lpos;
};

static const struct ring_offsets ring_offsets64 = { 88, 48, 8,  16, 24, 32, 24,
						    8,  16, 88, 16, 8,  16, 24 };
static const struct ring_offsets ring_offsets32 = {
	44, 24, 4, 8, 12, 16, 12, 4, 8, 88, 16, 4, 8, 12
};

/* What the writer remembers of a descriptor, for tests to compare with. */
struct fake_record {
	uint64_t id;
	int state; /* 0 to 3, as in the kernel */
	uint64_t seq;
	uint64_t begin, next;
	char text[256];
	size_t len;
};

struct fakering {
	struct fakephys *f;
	const struct ring_offsets *o;
	size_t word;
	uint64_t word_mask;
	uint64_t count, text_len;
	bool fits_exactly; /* v6.18 */
	uint64_t head_id, tail_id, head_lpos, tail_lpos;
	uint64_t seq;
	size_t exact_fits; /* blocks that ended at the end of the ring, or would have */
	struct fake_record record[RING_COUNT_MAX];
};

static inline uint64_t
fakering_index(const struct fakering *r, uint64_t id)
{
	return id & (r->count - 1);
}

static inline void
fakering_put_desc(struct fakering *r, const struct fake_record *d)
{
	uint64_t at = RING_DESCS + fakering_index(r, d->id) * r->o->desc_len;
	uint64_t state = (d->id & (r->word_mask >> 2)) | (uint64_t)d->state << (r->word * 8 - 2);

	fakephys_put(r->f, at, state, r->word);
	fakephys_put(r->f, at + r->o->begin, d->begin, r->word);
	fakephys_put(r->f, at + r->o->next, d->next, r->word);
}

static inline void
fakering_put_heads(struct fakering *r)
{
	fakephys_put(r->f, RING_STRUCT + r->o->head_id, r->head_id & (r->word_mask >> 2), r->word);
	fakephys_put(r->f, RING_STRUCT + r->o->tail_id, r->tail_id & (r->word_mask >> 2), r->word);
	fakephys_put(r->f, RING_STRUCT + r->o->text_ring + r->o->head_lpos, r->head_lpos, r->word);
	fakephys_put(r->f, RING_STRUCT + r->o->text_ring + r->o->tail_lpos, r->tail_lpos, r->word);
}

static inline struct fakering *
fakering_new(struct arena *a, enum byte_order order, uint8_t word_len, unsigned count_bits,
	     unsigned text_bits)
{
	struct fakering *r = ARENA_NEW(a, struct fakering);

	r->f = fakephys_new(a, RING_MEMORY, order, word_len);
	r->o = word_len == 8 ? &ring_offsets64 : &ring_offsets32;
	r->word = word_len;
	r->word_mask = UINT64_MAX >> (64 - word_len * 8);
	r->count = UINT64_C(1) << count_bits;
	r->text_len = UINT64_C(1) << text_bits;
	r->fits_exactly = true;
	fakephys_put(r->f, RING_PRB, RING_STRUCT, word_len);
	fakephys_put(r->f, RING_STRUCT, count_bits, 4);
	fakephys_put(r->f, RING_STRUCT + r->o->descs, RING_DESCS, word_len);
	fakephys_put(r->f, RING_STRUCT + r->o->infos, RING_INFOS, word_len);
	fakephys_put(r->f, RING_STRUCT + r->o->text_ring, text_bits, 4);
	fakephys_put(r->f, RING_STRUCT + r->o->text_ring + r->o->data, RING_TEXT, word_len);
	/* the first descriptor of all never held a record: DESC0_ID, BLK0_LPOS */
	r->head_id = r->tail_id = -(r->count + 1) & (r->word_mask >> 2);
	r->head_lpos = r->tail_lpos = -r->text_len & r->word_mask;

	struct fake_record *first = &r->record[fakering_index(r, r->head_id)];

	*first = (struct fake_record){ .id = r->head_id, .state = 3 };
	first->begin = first->next = RING_FAILED;
	fakering_put_desc(r, first);
	fakering_put_heads(r);
	return r;
}

/* Pushes out the record whose block is the oldest. */
static inline void
fakering_push_text_tail(struct fakering *r)
{
	for (uint64_t id = r->tail_id;; id++) {
		struct fake_record *d = &r->record[fakering_index(r, id)];

		if (d->state == 3 || (d->begin & 1) != 0 || d->begin != r->tail_lpos)
			continue;
		d->state = 3;
		r->tail_lpos = d->next;
		fakering_put_desc(r, d);
		return;
	}
}

static inline uint64_t
fakering_next_lpos(struct fakering *r, uint64_t begin, uint64_t len)
{
	uint64_t within = r->text_len - 1;
	uint64_t next = (begin + len) & r->word_mask;
	uint64_t last = r->fits_exactly ? (next - 1) & r->word_mask : next;

	r->exact_fits += (next & within) == 0;
	if ((begin & ~within) == (last & ~within))
		return next;
	return ((next & ~within) + len) & r->word_mask;
}

/* Makes room for a block, writes its id and returns where its text goes. */
static inline uint64_t
fakering_alloc(struct fakering *r, struct fake_record *d, uint64_t text_len)
{
	uint64_t within = r->text_len - 1;
	uint64_t len = (text_len + r->word + r->word - 1) & ~(uint64_t)(r->word - 1);
	uint64_t begin = r->head_lpos;
	uint64_t next = fakering_next_lpos(r, begin, len);
	uint64_t last = r->fits_exactly ? (next - 1) & r->word_mask : next;
	uint64_t at = RING_TEXT + (begin & within);

	while (((next - r->tail_lpos) & r->word_mask) > r->text_len)
		fakering_push_text_tail(r);
	r->head_lpos = next;
	d->begin = begin;
	d->next = next;
	fakephys_put(r->f, at, d->id, r->word);
	if ((begin & ~within) != (last & ~within)) {
		at = RING_TEXT;
		fakephys_put(r->f, at, d->id, r->word);
	}
	return at + r->word;
}

static inline struct fake_record *
fakering_reserve_desc(struct fakering *r)
{
	uint64_t id = (r->head_id + 1) & (r->word_mask >> 2);
	struct fake_record *d = &r->record[fakering_index(r, id)];

	if (((id - r->tail_id) & (r->word_mask >> 2)) == r->count) {
		struct fake_record *tail = &r->record[fakering_index(r, r->tail_id)];

		while (tail->state != 3 && (tail->begin & 1) == 0)
			fakering_push_text_tail(r);
		r->tail_id = (r->tail_id + 1) & (r->word_mask >> 2);
	}
	*d = (struct fake_record){ .id = id, .seq = r->seq++ };
	d->begin = d->next = RING_FAILED;
	r->head_id = id;
	return d;
}

struct fake_print {
	const char *text;
	size_t len; /* 0: strlen(text) */
	uint64_t ns;
	uint8_t level, flags;
	uint32_t caller;
	uint64_t no_block; /* RING_FAILED or RING_EMPTY instead of a block */
	int state;         /* 0 reserved; 1 committed; 2 finalized */
};

/* What vprintk_store() does; the record it made. */
static inline struct fake_record *
fakering_print(struct fakering *r, struct fake_print p)
{
	struct fake_record *d = fakering_reserve_desc(r);
	uint64_t info = RING_INFOS + fakering_index(r, d->id) * r->o->info_len;
	size_t len = p.len != 0 ? p.len : strlen(p.text);
	bool little = r->f->mem.order == ORDER_LITTLE;

	memset(r->f->bytes + (info - r->f->addr), 0, r->o->info_len);
	fakephys_put(r->f, info, d->seq, 8);
	if (p.no_block != 0)
		d->begin = d->next = p.no_block;
	else
		fakephys_put_text(r->f, fakering_alloc(r, d, len), p.text, len);
	if (p.state != 0 || p.ns != 0) {
		fakephys_put(r->f, info + 8, p.ns, 8);
		fakephys_put(r->f, info + r->o->text_len, len, 2);
		fakephys_put(r->f, info + r->o->text_len + 3,
			     (uint64_t)(little ? p.flags | p.level << 5 : p.flags << 3 | p.level),
			     1);
		fakephys_put(r->f, info + r->o->text_len + 4, p.caller, 4);
	}
	d->state = p.state;
	d->len = len < sizeof(d->text) ? len : sizeof(d->text) - 1;
	memcpy(d->text, p.text, d->len);
	fakering_put_desc(r, d);
	fakering_put_heads(r);
	return d;
}

/* A finished record of one line. */
static inline struct fake_record *
fakering_printk(struct fakering *r, const char *text)
{
	return fakering_print(r, (struct fake_print){ .text = text,
						      .ns = (r->seq + 1) * 1000,
						      .level = 6,
						      .flags = 2,
						      .caller = 1,
						      .state = 2 });
}

/* The VMCOREINFO of such a kernel; without the line that holds omit, if it is not NULL. */
static inline struct vmcoreinfo *
fakering_info(struct arena *a, const struct fakering *r, const char *omit)
{
	const struct ring_offsets *o = r->o;
	const char *text = arena_printf(
		a,
		"OSRELEASE=6.1.0\nPAGESIZE=4096\nSYMBOL(prb)=%x\nSYMBOL(printk_rb_static)=%x\n"
		"SIZE(printk_ringbuffer)=%zu\nOFFSET(printk_ringbuffer.desc_ring)=0\n"
		"OFFSET(printk_ringbuffer.text_data_ring)=%zu\nOFFSET(prb_desc_ring.count_bits)=0\n"
		"OFFSET(prb_desc_ring.descs)=%zu\nOFFSET(prb_desc_ring.infos)=%zu\n"
		"OFFSET(prb_desc_ring.head_id)=%zu\nOFFSET(prb_desc_ring.tail_id)=%zu\n"
		"SIZE(prb_desc)=%zu\nOFFSET(prb_desc.state_var)=0\n"
		"OFFSET(prb_desc.text_blk_lpos)=%zu\nSIZE(prb_data_blk_lpos)=%zu\n"
		"OFFSET(prb_data_blk_lpos.begin)=0\nOFFSET(prb_data_blk_lpos.next)=%zu\n"
		"SIZE(printk_info)=%zu\nOFFSET(printk_info.seq)=0\nOFFSET(printk_info.ts_nsec)=8\n"
		"OFFSET(printk_info.text_len)=%zu\nOFFSET(printk_info.caller_id)=%zu\n"
		"OFFSET(prb_data_ring.size_bits)=0\nOFFSET(prb_data_ring.data)=%zu\n"
		"OFFSET(atomic_long_t.counter)=0\n",
		RING_PRB, RING_STATIC, o->ring_len, o->text_ring, o->descs, o->infos, o->head_id,
		o->tail_id, o->desc_len, o->begin, 2 * r->word, o->next - o->begin, o->info_len,
		o->text_len, o->text_len + 4, o->data);
	char *kept = arena_alloc(a, strlen(text) + 1, 1);
	struct str rest = str_of(text);
	struct str line = { NULL, 0 };
	size_t len = 0;

	while (str_take_line(&rest, &line)) {
		if (omit != NULL && str_has(line, str_of(omit)))
			continue;
		memcpy(kept + len, line.p, line.len);
		kept[len + line.len] = '\n';
		len += line.len + 1;
	}
	return vmcoreinfo_parse(a, (struct str){ kept, len });
}

#endif
