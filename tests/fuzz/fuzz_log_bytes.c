/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A log of bytes out of any memory from address 0x10000 on: log_buf, log_buf_len and log_end,
 * then anything.
 */
#include "kernel/log.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct budget budget = budget_of(0, 256 << 20);
	struct arena *a = arena_new(&budget);
	struct log log = { .count = 0 };
	struct memory_fake fake = { 0x10000, { data, len } };
	struct memory mem = memory_of_fake(&fake);
	struct str info = STR("OSRELEASE=2.6.32\nSYMBOL(log_buf)=10000\n"
			      "SYMBOL(log_buf_len)=10008\nSYMBOL(log_end)=1000c\n");

	(void)!log_read(&mem, vmcoreinfo_parse(a, info), a, &log);
	arena_free(a);
	return 0;
}
