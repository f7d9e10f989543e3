/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A printk ring buffer out of any memory. The first byte says which kernel's: bit 0 32-bit,
 * bit 1 big-endian. What follows is memory from address 0x10000 on; prb stands first.
 */
#include "kernel/log.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static const char info64[] =
	"OSRELEASE=6.1.0\nSYMBOL(prb)=10000\nSYMBOL(printk_rb_static)=10008\n"
	"SIZE(printk_ringbuffer)=88\nOFFSET(printk_ringbuffer.desc_ring)=0\n"
	"OFFSET(printk_ringbuffer.text_data_ring)=48\nOFFSET(prb_desc_ring.count_bits)=0\n"
	"OFFSET(prb_desc_ring.descs)=8\nOFFSET(prb_desc_ring.infos)=16\n"
	"OFFSET(prb_desc_ring.head_id)=24\nOFFSET(prb_desc_ring.tail_id)=32\n"
	"SIZE(prb_desc)=24\nOFFSET(prb_desc.state_var)=0\nOFFSET(prb_desc.text_blk_lpos)=8\n"
	"OFFSET(prb_data_blk_lpos.begin)=0\nOFFSET(prb_data_blk_lpos.next)=8\n"
	"SIZE(printk_info)=88\nOFFSET(printk_info.seq)=0\nOFFSET(printk_info.ts_nsec)=8\n"
	"OFFSET(printk_info.text_len)=16\nOFFSET(printk_info.caller_id)=20\n"
	"OFFSET(prb_data_ring.size_bits)=0\nOFFSET(prb_data_ring.data)=8\n"
	"OFFSET(atomic_long_t.counter)=0\n";

static const char info32[] =
	"OSRELEASE=6.1.0\nSYMBOL(prb)=10000\nSYMBOL(printk_rb_static)=10004\n"
	"SIZE(printk_ringbuffer)=44\nOFFSET(printk_ringbuffer.desc_ring)=0\n"
	"OFFSET(printk_ringbuffer.text_data_ring)=24\nOFFSET(prb_desc_ring.count_bits)=0\n"
	"OFFSET(prb_desc_ring.descs)=4\nOFFSET(prb_desc_ring.infos)=8\n"
	"OFFSET(prb_desc_ring.head_id)=12\nOFFSET(prb_desc_ring.tail_id)=16\n"
	"SIZE(prb_desc)=12\nOFFSET(prb_desc.state_var)=0\nOFFSET(prb_desc.text_blk_lpos)=4\n"
	"OFFSET(prb_data_blk_lpos.begin)=0\nOFFSET(prb_data_blk_lpos.next)=4\n"
	"SIZE(printk_info)=88\nOFFSET(printk_info.seq)=0\nOFFSET(printk_info.ts_nsec)=8\n"
	"OFFSET(printk_info.text_len)=16\nOFFSET(printk_info.caller_id)=20\n"
	"OFFSET(prb_data_ring.size_bits)=0\nOFFSET(prb_data_ring.data)=4\n"
	"OFFSET(atomic_long_t.counter)=0\n";

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct budget budget = budget_of(0, 256 << 20);
	struct arena *a = arena_new(&budget);
	struct log log = { .count = 0 };
	unsigned kind = len == 0 ? 0 : data[0];
	struct memory_fake fake = { 0x10000, { data + (len != 0), len - (len != 0) } };
	struct memory mem = memory_of_fake(&fake);

	mem.word_len = (kind & 1) != 0 ? 4 : 8;
	mem.order = (kind & 2) != 0 ? ORDER_BIG : ORDER_LITTLE;
	(void)!log_read(&mem, vmcoreinfo_parse(a, str_of((kind & 1) != 0 ? info32 : info64)), a,
			&log);
	arena_free(a);
	return 0;
}
