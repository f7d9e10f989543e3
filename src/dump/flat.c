/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dump/flat.h"

#include "base/reader.h"
#include "dump/extents.h"

#include <inttypes.h>
#include <string.h>

enum {
	SIGNATURE_LEN = 13, /* of a field of 16, the rest of which some writers leave as it was */
	TYPE_OFF = 16,      /* where the type stands, and behind it the version */
	HEADER_LEN = 4096,
	RECORD_LEN = 16, /* what stands before the bytes of a record: offset, length */
	WINDOW_LEN = 64 << 10,
};

/* Records of one length in a row, in the stream and in the file it stands for; the last may
 * be shorter. */
struct run {
	struct piece piece; /* in the plain file */
	uint64_t at;        /* of the first record's bytes, in the stream */
	uint64_t step;      /* length of a record */
};

struct flat {
	struct run *run; /* the last one of the stream first */
	size_t count, cap;
	struct extents extents; /* their pieces are runs */
};

/* The stream while it is indexed. */
struct stream {
	struct source *source;
	struct arena *arena;
	struct flat *flat;
	uint64_t off; /* of the next record */
	uint8_t *window;
	uint64_t window_off;
	size_t window_len;
	bool small; /* the last record was short: read many at a time */
};

bool
flat_is_header(struct bytes head)
{
	return head.len >= TYPE_OFF + 16 && memcmp(head.p, "makedumpfile", SIGNATURE_LEN) == 0 &&
	       bytes_u64(head.p + TYPE_OFF, ORDER_BIG) == 1 &&
	       bytes_u64(head.p + TYPE_OFF + 8, ORDER_BIG) == 1;
}

/* The record at s->off; false at the end of the stream. */
static bool
take_record(struct stream *s, uint64_t *off, uint64_t *len)
{
	if (s->off < s->window_off || s->off - s->window_off + RECORD_LEN > s->window_len) {
		ssize_t got = source_pread(s->source, s->off, s->window,
					   s->small ? WINDOW_LEN : RECORD_LEN);

		s->window_off = s->off;
		s->window_len = got < 0 ? 0 : (size_t)got;
		if (s->window_len < RECORD_LEN)
			return false;
	}

	const uint8_t *p = s->window + (s->off - s->window_off);

	*off = bytes_u64(p, ORDER_BIG);
	*len = bytes_u64(p + 8, ORDER_BIG);
	return true;
}

/* Does the record follow the last run? */
static bool
extends_run(const struct run *r, uint64_t off, uint64_t at)
{
	uint64_t len = r->piece.to - r->piece.from;

	return off == r->piece.to && len % r->step == 0 &&
	       at == r->at + len / r->step * (r->step + RECORD_LEN);
}

static const struct error *
add_record(struct stream *s, uint64_t off, uint64_t at, uint64_t len)
{
	struct flat *f = s->flat;
	struct run *last = f->count == 0 ? NULL : &f->run[f->count - 1];

	if (last != NULL && len <= last->step && extends_run(last, off, at)) {
		last->piece.to += len;
		return NULL;
	}

	struct run *run = arena_try_grow(s->arena, f->run, f->count, &f->cap, sizeof(*run));

	if (run == NULL)
		return error_new(s->arena, ERROR_LIMIT,
				 "no memory for the index of a flattened stream");
	f->run = run;
	f->run[f->count++] = (struct run){ { off, off + len }, at, len };
	return NULL;
}

/* Indexes the record {off, len} at s->off; sets *more if another may follow it. */
static const struct error *
index_record(struct stream *s, uint64_t off, uint64_t len, bool *more)
{
	uint64_t at = s->off + RECORD_LEN;
	uint64_t left = s->source->file_len - at;

	if (len == 0 || off > INT64_MAX || len > INT64_MAX - off) {
		s->source->problem = error_new(
			s->arena, ERROR_CORRUPT,
			"damaged record at offset %" PRIu64 " of the flattened stream", s->off);
		return NULL;
	}
	if (budget_expired(arena_budget(s->arena)))
		return error_new(s->arena, ERROR_LIMIT,
				 "the time is up, with %" PRIu64 " of %" PRIu64
				 " bytes of the flattened stream indexed",
				 s->off, s->source->file_len);
	*more = len <= left;
	s->small = len < WINDOW_LEN / 8;
	s->off = at + len;
	return left == 0 ? NULL : add_record(s, off, at, len < left ? len : left);
}

/* Takes the records as far as they go, and notes why they stop. */
static const struct error *
index_records(struct stream *s)
{
	uint64_t off = 0, len = 0;
	bool more = true;

	while (more && take_record(s, &off, &len)) {
		if (off == UINT64_MAX)
			return NULL;
		more = false;

		const struct error *e = index_record(s, off, len, &more);

		if (e != NULL)
			return e;
	}
	if (s->source->problem == NULL)
		s->source->problem = error_new(s->arena, ERROR_CORRUPT,
					       "the flattened stream has no end record: it was cut "
					       "short after %" PRIu64 " bytes",
					       s->source->file_len);
	return NULL;
}

/* Best first means: the last record first. */
static void
reverse(struct flat *f)
{
	for (size_t i = 0, j = f->count; i + 1 < j; i++) {
		struct run r = f->run[i];

		f->run[i] = f->run[--j];
		f->run[j] = r;
	}
}

static bool
resolve(struct flat *f, struct arena *a)
{
	struct arena *mine = arena_new_temporary(a);
	struct piece *piece = ARENA_TRY_ARRAY(mine, struct piece, f->count + 1);
	bool ok = piece != NULL;

	reverse(f);
	for (size_t i = 0; ok && i < f->count; i++)
		piece[i] = f->run[i].piece;
	ok = ok && extents_build(piece, f->count, a, &f->extents);
	arena_free(mine);
	return ok;
}

const struct error *
flat_open(struct source *source, struct arena *a)
{
	struct arena *mine = arena_new_temporary(a);
	struct stream s = { .source = source, .arena = a, .off = HEADER_LEN };

	s.flat = ARENA_NEW(a, struct flat);
	s.window = ARENA_ARRAY(mine, uint8_t, WINDOW_LEN);

	const struct error *e = index_records(&s);

	arena_free(mine);
	if (e == NULL && !resolve(s.flat, a))
		e = error_new(a, ERROR_LIMIT, "no memory for the index of a flattened stream");
	if (e != NULL)
		return e;

	const struct extents *x = &s.flat->extents;

	source->len = x->count == 0 ? 0 : x->extent[x->count - 1].to;
	source->flat = s.flat;
	return NULL;
}

/* Where the byte at off of a run stands in the stream, and how many follow it there. */
static uint64_t
place_in_run(const struct run *r, uint64_t off, uint64_t *left)
{
	uint64_t skip = off - r->piece.from;

	*left = r->step - skip % r->step;
	return r->at + skip / r->step * (r->step + RECORD_LEN) + skip % r->step;
}

/* As many of the len bytes at off as one record has, or the gap in front of it. */
static enum source_result
read_step(const struct source *s, uint64_t off, uint8_t *buf, size_t len, size_t *step)
{
	const struct extent *x = extents_find(&s->flat->extents, off);
	uint64_t left = 0;

	if (x == NULL || x->from > off) {
		left = x == NULL ? len : x->from - off;
		*step = left < len ? (size_t)left : len;
		return SOURCE_GAP;
	}

	uint64_t at = place_in_run(&s->flat->run[x->piece], off, &left);

	if (left > x->to - off)
		left = x->to - off;
	*step = left < len ? (size_t)left : len;

	ssize_t got = source_pread(s, at, buf, *step);

	if (got < 0)
		return SOURCE_FAILED;
	return (size_t)got == *step ? SOURCE_READ : SOURCE_END;
}

enum source_result
flat_read(const struct source *s, uint64_t off, void *buf, size_t len)
{
	uint8_t *to = buf;

	while (len != 0) {
		size_t step = 0;
		enum source_result got = read_step(s, off, to, len, &step);

		if (got != SOURCE_READ)
			return got;
		to += step;
		off += step;
		len -= step;
	}
	return SOURCE_READ;
}

size_t
flat_read_some(const struct source *s, uint64_t off, void *buf, size_t len)
{
	uint8_t *to = buf;
	size_t done = 0;

	while (done < len) {
		size_t step = 0;
		enum source_result got = read_step(s, off + done, to + done, len - done, &step);

		if (got == SOURCE_GAP)
			memset(to + done, 0, step);
		else if (got != SOURCE_READ)
			break;
		done += step;
	}
	return done;
}
