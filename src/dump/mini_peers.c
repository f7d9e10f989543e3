/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * makedumpfile --dump-dmesg refuses a dump in which it cannot read the release from
 * init_uts_ns or validate mem_section, and prints nothing if any page of the log's arrays is
 * missing (seen with version 1.7.2).
 */
#include "dump/mini_peers.h"

#include "base/limits.h"

enum {
	STEP = 4096,      /* no page is shorter */
	UTS_LEN = 6 * 65, /* struct new_utsname */
	ROOTS_MAX = 1024, /* 32 TiB of sections of 128 MiB */
	COUNT_BITS_MAX = 32,
};

struct peers {
	struct dump *dump;
	const struct vmcoreinfo *info;
	const struct memory *virt;
};

/* Has every page of [va, va + len) read. */
static void
touch(const struct peers *p, uint64_t va, uint64_t len)
{
	uint8_t byte = 0;

	if (len > LIMIT_LOG_BYTES)
		len = LIMIT_LOG_BYTES;
	for (uint64_t off = 0; off < len; off += STEP - (va + off) % STEP) {
		if (memory_u8(p->virt, va + off, &byte) != NULL && off == 0)
			return;
	}
}

/* The pages that hold the value of a symbol. */
static void
touch_symbol(const struct peers *p, const char *name, uint64_t len)
{
	uint64_t va = 0;

	if (vmcoreinfo_symbol(p->info, name, &va))
		touch(p, va, len);
}

static uint64_t
offset_of(const struct peers *p, const char *member)
{
	uint64_t off = 0;

	(void)vmcoreinfo_offset(p->info, member, &off);
	return off;
}

static uint64_t
len_of(const struct peers *p, const char *name, uint64_t otherwise)
{
	uint64_t len = otherwise;

	(void)vmcoreinfo_len(p->info, name, &len);
	return len;
}

static bool
read_word(const struct peers *p, uint64_t va, uint64_t *v)
{
	return memory_word(p->virt, va, v) == NULL && *v != 0;
}

/* An array of pointers to arrays of struct mem_section, a page each. */
static void
touch_roots(const struct peers *p, uint64_t array)
{
	uint64_t count = ROOTS_MAX;

	(void)vmcoreinfo_count(p->info, "mem_section", &count);
	if (count > ROOTS_MAX)
		count = ROOTS_MAX;
	for (uint64_t i = 0; i < count; i++) {
		uint64_t root = 0;

		if (memory_word(p->virt, array + i * p->virt->word_len, &root) != NULL)
			return;
		if (root != 0)
			touch(p, root, p->dump->page_len);
	}
}

/* The symbol is the array, or (4.15) a pointer to it. */
static void
touch_sections(const struct peers *p)
{
	uint64_t va = 0, array = 0;

	if (!vmcoreinfo_symbol(p->info, "mem_section", &va))
		return;
	touch_roots(p, va);
	if (read_word(p, va, &array))
		touch_roots(p, array);
}

/* The ring buffer since 5.10. */
static void
touch_ring(const struct peers *p)
{
	uint64_t va = 0, prb = 0, at = 0;
	uint32_t bits = 0;

	if (!vmcoreinfo_symbol(p->info, "prb", &va) || !read_word(p, va, &prb))
		return;
	touch(p, prb, len_of(p, "printk_ringbuffer", 0));

	uint64_t ring = prb + offset_of(p, "printk_ringbuffer.desc_ring");

	if (memory_u32(p->virt, ring + offset_of(p, "prb_desc_ring.count_bits"), &bits) == NULL &&
	    bits < COUNT_BITS_MAX) {
		uint64_t count = (uint64_t)1 << bits;

		if (read_word(p, ring + offset_of(p, "prb_desc_ring.descs"), &at))
			touch(p, at, count * len_of(p, "prb_desc", 0));
		if (read_word(p, ring + offset_of(p, "prb_desc_ring.infos"), &at))
			touch(p, at, count * len_of(p, "printk_info", 0));
	}
	ring = prb + offset_of(p, "printk_ringbuffer.text_data_ring");
	if (memory_u32(p->virt, ring + offset_of(p, "prb_data_ring.size_bits"), &bits) == NULL &&
	    bits < COUNT_BITS_MAX && read_word(p, ring + offset_of(p, "prb_data_ring.data"), &at))
		touch(p, at, (uint64_t)1 << bits);
}

/* The buffer of bytes or records before 5.10. */
static void
touch_buffer(const struct peers *p)
{
	static const char *const words[] = { "log_end", "logged_chars", "log_first_idx",
					     "log_next_idx" };
	uint64_t va = 0, buf = 0;
	uint32_t len = 0;

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		touch_symbol(p, words[i], p->virt->word_len);
	if (vmcoreinfo_symbol(p->info, "log_buf_len", &va) &&
	    memory_u32(p->virt, va, &len) == NULL && vmcoreinfo_symbol(p->info, "log_buf", &va) &&
	    read_word(p, va, &buf))
		touch(p, buf, len);
}

void
mini_peers_read(struct dump *d, const struct memory *virt)
{
	const struct peers p = { d, d->vmcoreinfo, virt };

	if (d->vmcoreinfo == NULL || virt == NULL)
		return;
	touch_symbol(&p, "init_uts_ns", offset_of(&p, "uts_namespace.name") + UTS_LEN);
	touch_symbol(&p, "node_online_map", len_of(&p, "nodemask_t", 0));
	touch_sections(&p);
	touch_ring(&p);
	touch_buffer(&p);
}
