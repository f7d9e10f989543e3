/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "arch/arch.h"

#include <elf.h>

static const struct arch *const ports[] = {
	&arch_x86_64, &arch_i386, &arch_arm64, &arch_arm, &arch_ppc64, &arch_s390x, &arch_riscv64,
};

/* "armv*" stands for every machine that starts so. */
static bool
machine_is(struct str machine, struct str pattern)
{
	if (str_ends(pattern, STR("*")))
		return str_starts(machine, str_first(pattern, pattern.len - 1));
	return str_is(machine, pattern);
}

static bool
has_machine(const struct arch *arch, struct str machine)
{
	if (str_is_c(machine, arch->name))
		return true;
	for (const char *const *m = arch->machines; *m != NULL; m++) {
		if (machine_is(machine, str_of(*m)))
			return true;
	}
	return false;
}

const struct arch *
arch_find(struct str machine)
{
	for (size_t i = 0; i < ARRAY_LEN(ports); i++) {
		if (has_machine(ports[i], machine))
			return ports[i];
	}
	return NULL;
}

/* Machine numbers that the 32-bit and the 64-bit processor share. */
static bool
is_shared(uint16_t elf_machine)
{
	return elf_machine == EM_S390 || elf_machine == EM_RISCV;
}

const struct arch *
arch_find_elf(uint16_t elf_machine, uint8_t word_len)
{
	for (size_t i = 0; i < ARRAY_LEN(ports); i++) {
		if (ports[i]->elf_machine == elf_machine &&
		    (!is_shared(elf_machine) || ports[i]->word_len == word_len))
			return ports[i];
	}
	return NULL;
}

const struct arch *
arch_find_prstatus(size_t len, uint8_t word_len, enum byte_order order)
{
	for (size_t i = 0; i < ARRAY_LEN(ports); i++) {
		bool has_order =
			order == ORDER_BIG ? ports[i]->big_endian : ports[i]->little_endian;

		if (ports[i]->prstatus_len == len && ports[i]->word_len == word_len && has_order)
			return ports[i];
	}
	return NULL;
}

static uint64_t
number_at(struct bytes desc, size_t off, uint8_t len, enum byte_order order)
{
	return len == 4 ? bytes_u32(desc.p + off, order) : bytes_u64(desc.p + off, order);
}

bool
arch_prstatus(const struct arch *arch, struct bytes desc, enum byte_order order, uint32_t *pid,
	      struct regs *r)
{
	struct regs found = { .count = 0 };

	if (desc.len < arch->prstatus_pid_off + 4u)
		return false;
	for (const struct arch_reg *reg = arch->prstatus; reg->name != NULL; reg++) {
		size_t off = (size_t)arch->prstatus_reg_off + reg->off;

		if (off + reg->len <= desc.len)
			(void)regs_put(&found, reg->name, number_at(desc, off, reg->len, order));
	}
	if (found.count == 0)
		return false;
	*pid = bytes_u32(desc.p + arch->prstatus_pid_off, order);
	*r = found;
	return true;
}
