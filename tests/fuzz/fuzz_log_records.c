/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A log of records out of any memory. The first byte says which kernel's: bit 0 with caller
 * ids, bit 1 big-endian, bits 2 and 3 the release. What follows is memory from address
 * 0x10000 on: log_buf, log_buf_len, log_first_idx and log_next_idx, then anything.
 */
#include "kernel/log.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const char *const releases[] = { "3.5.0", "3.10.0", "4.19.0", "5.4.0" };
	struct budget budget = budget_of(0, 256 << 20);
	struct arena *a = arena_new(&budget);
	struct log log = { .count = 0 };
	unsigned kind = len == 0 ? 0 : data[0];
	struct memory_fake fake = { 0x10000, { data + (len != 0), len - (len != 0) } };
	struct memory mem = memory_of_fake(&fake);
	const char *info = arena_printf(
		a,
		"OSRELEASE=%s\nSYMBOL(log_buf)=10000\nSYMBOL(log_buf_len)=10008\n"
		"SYMBOL(log_first_idx)=1000c\nSYMBOL(log_next_idx)=10010\nSIZE(printk_log)=%d\n"
		"OFFSET(printk_log.ts_nsec)=0\nOFFSET(printk_log.len)=8\n"
		"OFFSET(printk_log.text_len)=10\nOFFSET(printk_log.dict_len)=12\n",
		releases[kind >> 2 & 3], (kind & 1) != 0 ? 20 : 16);

	mem.order = (kind & 2) != 0 ? ORDER_BIG : ORDER_LITTLE;
	(void)!log_read(&mem, vmcoreinfo_parse(a, str_of(info)), a, &log);
	arena_free(a);
	return 0;
}
