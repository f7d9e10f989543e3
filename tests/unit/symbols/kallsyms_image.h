/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kallsyms_image.h - writes a kernel image that holds nothing but kallsyms tables, in every
 * order and encoding that kernels have had.
 */
#ifndef TESTS_KALLSYMS_IMAGE_H
#define TESTS_KALLSYMS_IMAGE_H

#include "symbols/kallsyms.h"

#include <stdio.h>
#include <string.h>

enum {
	IMAGE_SYMBOLS = 4500, /* 18 groups: fewer than 16 are not found by scan */
	IMAGE_LEN = 160 << 10,
	IMAGE_TABLES = 0x2000, /* where they begin */
};

#define IMAGE_BASE 0xffffffff81000000ULL

struct image_layout {
	const char *name;
	bool absolute;      /* 8 bytes an address */
	bool percpu;        /* negative offsets */
	bool place;         /* relative to the entry */
	bool behind_tokens; /* offsets after the tokens: 6.4 */
	bool seqs_between;  /* a table between markers and tokens: 6.2 */
	bool long_lengths;  /* lengths of two bytes: 6.1 */
	uint8_t marker_len;
	uint8_t align;
};

static const struct image_layout image_layouts[] = {
	{ "4.4", .absolute = true, .marker_len = 8, .align = 8 },
	{ "5.10", .percpu = true, .marker_len = 4, .align = 8 },
	{ "5.10 arm64", .marker_len = 4, .align = 8 },
	{ "6.2", .percpu = true, .seqs_between = true, .long_lengths = true, .marker_len = 4,
	  .align = 8 },
	{ "6.12", .percpu = true, .behind_tokens = true, .long_lengths = true, .marker_len = 4,
	  .align = 8 },
	{ "6.18", .behind_tokens = true, .long_lengths = true, .marker_len = 4, .align = 8 },
	{ "7.0", .place = true, .behind_tokens = true, .long_lengths = true, .marker_len = 4,
	  .align = 4 },
};

struct image {
	uint8_t bytes[IMAGE_LEN];
	size_t len;
	struct kallsyms_location at;
	struct memory_fake fake;
	struct memory mem;
};

/* Three per-CPU symbols, _stext, and functions 16 bytes apart, some with two names. */
static inline uint64_t
image_address(size_t i)
{
	if (i < 3)
		return i * 0x40;
	if (i == 4 || i == 5)
		return IMAGE_BASE + 0x10;
	return IMAGE_BASE + (i - 3) * 16;
}

static inline void
image_symbol(size_t i, bool long_names, char *out, size_t len)
{
	static const char *const first[] = { "Afixed_percpu_data", "Ahot",
					     "Aother_hot",         "T_stext",
					     "t__pfx_f",           "Tinit_task" };

	if (i < 6)
		snprintf(out, len, "%s", first[i]);
	else if (i % 100 == 7)
		snprintf(out, len, "t%0*zu", long_names ? 300 : 200, i);
	else
		snprintf(out, len, "Tfn_%zu_handler", i);
}

static inline void
image_put(struct image *m, uint64_t v, size_t len)
{
	for (size_t i = 0; i < len; i++)
		m->bytes[m->len++] = (uint8_t)(v >> 8 * i);
}

static inline uint64_t
image_align(struct image *m, size_t to)
{
	while (m->len % to != 0)
		m->len++;
	return IMAGE_BASE + m->len;
}

static inline const char *
image_token(size_t code)
{
	static char one[2];

	if (code == 0x80)
		return "Tfn_";
	if (code == 0x81)
		return "_handler";
	if (code < 0x20 || code > 0x7e)
		return code % 2 == 0 ? "xq" : "";
	one[0] = (char)code;
	return one;
}

static inline size_t
image_compress(const char *name, uint8_t *out)
{
	size_t n = 0;

	while (*name != '\0') {
		if (strncmp(name, "Tfn_", 4) == 0) {
			out[n++] = 0x80;
			name += 4;
		} else if (strncmp(name, "_handler", 8) == 0) {
			out[n++] = 0x81;
			name += 8;
		} else {
			out[n++] = (uint8_t)*name++;
		}
	}
	return n;
}

static inline void
image_put_addresses(struct image *m, const struct image_layout *l)
{
	uint64_t at = image_align(m, l->absolute ? 8 : l->align);

	*(l->absolute ? &m->at.addresses : &m->at.offsets) = at;
	for (size_t i = 0; i < IMAGE_SYMBOLS; i++) {
		uint64_t va = image_address(i);

		/* Without absolute values per-CPU symbols stand inside the image. */
		if (!l->absolute && !l->percpu && i < 3)
			va = IMAGE_BASE;
		if (l->absolute)
			image_put(m, va, 8);
		else if (l->place)
			image_put(m, va - (at + 4 * i), 4);
		else if (l->percpu)
			image_put(m, i < 3 ? va : IMAGE_BASE - 1 - va, 4);
		else
			image_put(m, va - IMAGE_BASE, 4);
	}
	if (!l->absolute && !l->place) {
		m->at.relative_base = image_align(m, 8);
		image_put(m, IMAGE_BASE, 8);
	}
}

static inline void
image_put_names(struct image *m, const struct image_layout *l)
{
	uint64_t marker[IMAGE_SYMBOLS / 256 + 1];

	image_align(m, l->align);
	image_put(m, IMAGE_SYMBOLS, 4);
	m->at.names = image_align(m, l->align);
	for (size_t i = 0; i < IMAGE_SYMBOLS; i++) {
		char name[512];
		uint8_t tokens[512];

		image_symbol(i, l->long_lengths, name, sizeof(name));
		if (i % 256 == 0)
			marker[i / 256] = IMAGE_BASE + m->len - m->at.names;

		size_t len = image_compress(name, tokens);

		if (l->long_lengths && len >= 0x80) {
			image_put(m, (len & 0x7f) | 0x80, 1);
			image_put(m, len >> 7, 1);
		} else {
			image_put(m, len, 1);
		}
		for (size_t t = 0; t < len; t++)
			image_put(m, tokens[t], 1);
	}
	m->at.markers = image_align(m, l->align);
	m->at.marker_len = l->marker_len;
	for (size_t i = 0; i < sizeof(marker) / sizeof(marker[0]); i++)
		image_put(m, marker[i], l->marker_len);
}

static inline void
image_put_tokens(struct image *m, const struct image_layout *l)
{
	uint16_t index[256];

	if (l->seqs_between) {
		image_align(m, l->align);
		for (size_t i = 0; i < IMAGE_SYMBOLS; i++) {
			image_put(m, i >> 16, 1);
			image_put(m, i >> 8, 1);
			image_put(m, i, 1);
		}
	}
	m->at.token_table = image_align(m, l->align);
	for (size_t i = 0; i < 256; i++) {
		const char *token = image_token(i);

		index[i] = (uint16_t)(IMAGE_BASE + m->len - m->at.token_table);
		for (size_t c = 0; c <= strlen(token); c++)
			image_put(m, (uint8_t)token[c], 1);
	}
	m->at.token_index = image_align(m, l->align);
	for (size_t i = 0; i < 256; i++)
		image_put(m, index[i], 2);
}

static inline void
image_build(struct image *m, const struct image_layout *l)
{
	memset(m, 0, sizeof(*m));
	memset(m->bytes, 0xcc, IMAGE_TABLES);
	m->len = IMAGE_TABLES;
	if (!l->behind_tokens)
		image_put_addresses(m, l);
	image_put_names(m, l);
	image_put_tokens(m, l);
	if (l->behind_tokens)
		image_put_addresses(m, l);
	m->at.count = IMAGE_SYMBOLS;
	m->len = (m->len + 0x2fff) & ~(size_t)0xfff;
	m->fake = (struct memory_fake){ IMAGE_BASE, { m->bytes, m->len } };
	m->mem = memory_of_fake(&m->fake);
}

#endif
