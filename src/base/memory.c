/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/memory.h"

#include <string.h>

const struct error *
memory_read(const struct memory *m, uint64_t addr, void *buf, size_t len)
{
	return m->read(m->self, addr, buf, len);
}

const struct error *
memory_u8(const struct memory *m, uint64_t addr, uint8_t *v)
{
	uint8_t b = 0;
	const struct error *e = memory_read(m, addr, &b, sizeof(b));

	if (e == NULL)
		*v = b;
	return e;
}

const struct error *
memory_u16(const struct memory *m, uint64_t addr, uint16_t *v)
{
	uint8_t b[2] = { 0 };
	const struct error *e = memory_read(m, addr, b, sizeof(b));

	if (e == NULL)
		*v = bytes_u16(b, m->order);
	return e;
}

const struct error *
memory_u32(const struct memory *m, uint64_t addr, uint32_t *v)
{
	uint8_t b[4] = { 0 };
	const struct error *e = memory_read(m, addr, b, sizeof(b));

	if (e == NULL)
		*v = bytes_u32(b, m->order);
	return e;
}

const struct error *
memory_u64(const struct memory *m, uint64_t addr, uint64_t *v)
{
	uint8_t b[8] = { 0 };
	const struct error *e = memory_read(m, addr, b, sizeof(b));

	if (e == NULL)
		*v = bytes_u64(b, m->order);
	return e;
}

const struct error *
memory_word(const struct memory *m, uint64_t addr, uint64_t *v)
{
	uint32_t half = 0;

	if (m->word_len == 8)
		return memory_u64(m, addr, v);

	const struct error *e = memory_u32(m, addr, &half);

	if (e == NULL)
		*v = half;
	return e;
}

const struct error *
memory_string(const struct memory *m, uint64_t addr, size_t max, struct arena *a, struct str *out)
{
	enum { STEP = 64 }; /* divides every page length, so a step never crosses pages */
	char *text = arena_alloc(a, max + 1, 1);
	size_t len = 0;

	while (len < max) {
		size_t step = STEP - (size_t)((addr + len) % STEP);
		const struct error *e = NULL;

		if (step > max - len)
			step = max - len;
		e = memory_read(m, addr + len, text + len, step);
		if (e != NULL && len == 0)
			return e;
		if (e != NULL)
			break;

		size_t got = strnlen(text + len, step);

		len += got;
		if (got < step)
			break;
	}
	text[len] = '\0';
	*out = (struct str){ text, len };
	return NULL;
}

static const struct error *
read_fake(void *self, uint64_t addr, void *buf, size_t len)
{
	static const struct error outside = { ERROR_ABSENT, "no such memory", NULL };
	const struct memory_fake *fake = self;

	if (addr < fake->addr || addr - fake->addr > fake->bytes.len ||
	    len > fake->bytes.len - (addr - fake->addr))
		return &outside;
	if (len != 0)
		memcpy(buf, fake->bytes.p + (addr - fake->addr), len);
	return NULL;
}

struct memory
memory_of_fake(struct memory_fake *fake)
{
	return (struct memory){ read_fake, fake, ORDER_LITTLE, 8 };
}
