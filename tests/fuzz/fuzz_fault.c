/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_fault.c - any bytes as code, any registers.
 *
 * Input: a byte that picks processor and flags, a byte that picks what is known, ip, address
 * and error code of eight bytes each, registers of eight bytes each up to a 0xff byte in front
 * of one, then the text of the "Code:" line; with bit 7 of the first byte the rest is bytes
 * that become such a line, so that the fuzzer need not learn hex.
 */
#include "fault/arguments.h"
#include "fault/fault.h"

#include <stdio.h>
#include <string.h>

enum {
	HEADER = 2 + 3 * 8,
	BYTES_MAX = 64,
	LINE_LEN = 3 * BYTES_MAX + 3,
};

static const struct arch *const archs[] = {
	&arch_x86_64, &arch_i386, &arch_arm64, &arch_arm, &arch_ppc64, &arch_s390x, &arch_riscv64,
};

static void
read_registers(const struct arch *arch, struct reader *in, struct regs *r)
{
	for (const struct arch_reg *reg = arch->prstatus; reg->name != NULL; reg++) {
		if (reader_left(in) < 9 || reader_u8(in) == 0xff)
			return;
		(void)regs_put(r, reg->name, reader_u64(in));
	}
}

static struct str
code_text(struct bytes rest, bool raw, char line[LINE_LEN])
{
	size_t len = 0;

	if (!raw)
		return (struct str){ (const char *)rest.p, rest.len };
	for (size_t i = 0; i < rest.len && i < BYTES_MAX; i++) {
		const char *marker = i == rest.p[0] % BYTES_MAX ? "<>" : "\0";

		len += (size_t)snprintf(line + len, LINE_LEN - len, "%.1s%02x%s ", marker,
					rest.p[i], marker + 1);
	}
	return (struct str){ line, len };
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	if (len < HEADER)
		return 0;

	struct budget budget = budget_of(0, 16 << 20);
	struct arena *a = arena_new(&budget);
	struct reader in = reader_over((struct bytes){ data, len }, ORDER_LITTLE, "input", a);
	uint8_t pick = reader_u8(&in);
	uint8_t known = reader_u8(&in);
	struct regs r = { .count = 0 };
	char line[LINE_LEN];
	struct fault_input f = {
		.arch = archs[(pick & 0x7f) % ARRAY_LEN(archs)],
		.regs = (known & 0x10) != 0 ? &r : NULL,
		.function = STR("function"),
		.ip = reader_u64(&in),
		.address = reader_u64(&in),
		.error_code = reader_u64(&in),
		.has_ip = (known & 1) != 0,
		.has_address = (known & 2) != 0,
		.has_error_code = (known & 4) != 0,
		.has_function_off = (known & 8) != 0,
		.trap = (known >> 5) % 3,
		.origin = { ORIGIN_LOG, "fuzz" },
	};

	f.function_off = f.ip & 0xff;
	f.function_len = f.error_code & 0xff;
	read_registers(f.arch, &in, &r);

	struct bytes rest = reader_bytes(&in, reader_left(&in));

	struct memory_fake fake = { f.ip - f.ip % 4096, rest };
	struct memory memory = memory_of_fake(&fake);

	if ((known & 0xe0) == 0xe0)
		f.memory = &memory;
	f.has_kasan = (known & 0xc0) == 0xc0;
	f.code = code_text(rest, (pick & 0x80) != 0 && rest.len != 0, line);
	struct fault_trail trail;

	fault_explain(&f, a, facts_new(a), &trail);
	arena_free(a);
	return 0;
}
