// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * tables - a process that has page tables and nothing else: it reads one byte in every two
 * megabytes, which maps the one page of zeros each time, in a table of its own.
 *
 * It needs no library: gcc -static -nostdlib.
 */
enum {
	SYS_MMAP = 9,
	SYS_PAUSE = 34,
	SYS_MADVISE = 28,
	PROT_READ_ONLY = 1,
	PRIVATE_ANONYMOUS_NORESERVE = 0x4022,
	NO_HUGE_PAGES = 15,
	TABLES = 26000, /* 100 MiB of them */
};

#define REACH (2UL << 20) /* of one table */

static long
call(long number, long a, long b, long c, long d)
{
	register long r10 asm("r10") = d;
	register long r8 asm("r8") = -1;
	register long r9 asm("r9") = 0;
	long result;

	asm volatile("syscall"
		     : "=a"(result)
		     : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
		     : "rcx", "r11", "memory");
	return result;
}

void
_start(void)
{
	volatile char *p = (volatile char *)call(SYS_MMAP, 0, TABLES * REACH, PROT_READ_ONLY,
						 PRIVATE_ANONYMOUS_NORESERVE);
	long i;

	call(SYS_MADVISE, (long)p, TABLES * REACH, NO_HUGE_PAGES, 0);
	for (i = 0; i < TABLES; i++)
		(void)p[i * REACH];
	for (;;)
		call(SYS_PAUSE, 0, 0, 0, 0);
}
