/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "oops/evidence.h"

#include "base/compiler.h"

static const struct {
	struct str word;
	const char *arch;
	int weight;
} words[] = {
	{ STR("RIP: 0010:"), "x86_64", 8 },
	{ STR("RIP: 0033:"), "x86_64", 8 },
	{ STR("RIP:"), "x86_64", 4 },
	{ STR("RAX: "), "x86_64", 8 },
	{ STR("entry_SYSCALL_64"), "x86_64", 8 },
	{ STR("do_syscall_64"), "x86_64", 4 },
	{ STR("__x64_sys_"), "x86_64", 8 },
	{ STR("ret_from_fork_asm"), "x86_64", 2 },
	{ STR("asm_sysvec_"), "x86_64", 2 },
	{ STR("asm_exc_"), "x86_64", 2 },
	{ STR("entry_SYSENTER_compat"), "x86_64", 8 },
	{ STR("invalid_op+"), "x86_64", 1 },
	{ STR("apic_timer_interrupt"), "x86_64", 1 },
	{ STR("[<ffffffff"), "x86_64", 2 },
	{ STR("addr ffff88"), "x86_64", 2 },
	{ STR(": ffff88"), "x86_64", 2 },
	{ STR("page:ffffea"), "x86_64", 2 },
	{ STR("Google Compute Engine, BIOS"), "x86_64", 1 },
	{ STR("QEMU Standard PC"), "x86_64", 1 },
	{ STR("EAX: "), "i386", 8 },
	{ STR("EIP: "), "i386", 6 },
	{ STR("EIP is at "), "i386", 8 },
	{ STR("entry_SYSENTER_32"), "i386", 8 },
	{ STR("entry_INT80_32"), "i386", 8 },
	{ STR("sysenter_do_call"), "i386", 4 },
	{ STR("pstate: "), "arm64", 8 },
	{ STR("x29: "), "arm64", 8 },
	{ STR("el0_svc"), "arm64", 8 },
	{ STR("el0t_64_sync"), "arm64", 8 },
	{ STR("el1h_64_"), "arm64", 8 },
	{ STR("__arm64_sys_"), "arm64", 8 },
	{ STR("ESR = 0x"), "arm64", 8 },
	{ STR("(DT)"), "arm64", 1 },
	{ STR("Call trace:"), "arm64", 1 },
	{ STR("ret_from_fork+0x10/0x20"), "arm64", 2 },
	{ STR("el1_sync+"), "arm64", 4 },
	{ STR("el0_sync+"), "arm64", 4 },
	{ STR("addr ffff0000"), "arm64", 2 },
	{ STR("psr: "), "arm", 8 },
	{ STR("8<--- cut here ---"), "arm", 8 },
	{ STR("ret_fast_syscall"), "arm", 8 },
	{ STR("__irq_svc"), "arm", 4 },
	{ STR("__dabt_svc"), "arm", 8 },
	{ STR("__pabt_svc"), "arm", 8 },
	{ STR(" (unwind_backtrace"), "arm", 8 },
	{ STR("SMP ARM"), "arm", 8 },
	{ STR(") from [<"), "arm", 6 },
	{ STR(" from ret_from_fork"), "arm", 4 },
	{ STR("GPR00: "), "ppc64", 8 },
	{ STR("NIP ["), "ppc64", 8 },
	{ STR("MSR: "), "ppc64", 4 },
	{ STR("system_call_exception"), "ppc64", 4 },
	{ STR("Instruction dump:"), "ppc64", 6 },
	{ STR("[c000000"), "ppc64", 4 },
	{ STR("[<c0"), "i386", 1 },
	{ STR("Krnl PSW"), "s390x", 8 },
	{ STR("Krnl GPRS"), "s390x", 8 },
	{ STR("Krnl Code"), "s390x", 8 },
	{ STR("Last Breaking-Event"), "s390x", 8 },
	{ STR("__s390x_sys_"), "s390x", 8 },
	{ STR("sysc_nr_ok"), "s390x", 4 },
	{ STR("epc : "), "riscv64", 8 },
	{ STR("epc: "), "riscv64", 8 },
	{ STR("badaddr: "), "riscv64", 8 },
	{ STR("ret_from_exception"), "riscv64", 3 },
	{ STR("[<ffffffff80"), "riscv64", 3 },
	{ STR("walk_stackframe"), "riscv64", 2 },
	{ STR("__riscv_sys_"), "riscv64", 8 },
	{ STR("do_trap_ecall_u"), "riscv64", 8 },
	{ STR("riscv-virtio"), "riscv64", 8 },
};

static const char *const archs[EVIDENCE_ARCHS] = { "x86_64", "i386",  "arm64",  "arm",
						   "ppc64",  "s390x", "riscv64" };

enum {
	ENOUGH = 24,   /* of one, and nothing of another can change it */
	LINES = 16384, /* that are looked at: reports that say nothing for so long never will */
};

static void
weigh(struct evidence *e, struct str text)
{
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (!str_has(text, words[i].word))
			continue;
		for (size_t k = 0; k < EVIDENCE_ARCHS; k++) {
			if (str_is_c(str_of(words[i].arch), archs[k]))
				e->weight[k] += words[i].weight;
		}
	}
}

static size_t
heaviest(const struct evidence *e)
{
	size_t best = 0;

	for (size_t k = 1; k < EVIDENCE_ARCHS; k++) {
		if (e->weight[k] > e->weight[best])
			best = k;
	}
	return best;
}

void
evidence_weigh(struct evidence *e, const struct report *r)
{
	for (size_t i = 0; i < r->line_count && e->lines < LINES && e->weight[heaviest(e)] < ENOUGH;
	     i++) {
		e->lines++;
		weigh(e, r->line[i].text);
	}
}

/* Distributions name the machine in the release: "5.14.0-70.el9.s390x", "6.1.0-18-amd64". */
static const char *
arch_of_release(struct str release)
{
	static const struct {
		struct str part;
		const char *arch;
	} parts[] = {
		{ STR("x86_64"), "x86_64" }, { STR("amd64"), "x86_64" },
		{ STR("aarch64"), "arm64" }, { STR("arm64"), "arm64" },
		{ STR("ppc64"), "ppc64" },   { STR("powerpc64"), "ppc64" },
		{ STR("s390x"), "s390x" },   { STR("riscv64"), "riscv64" },
		{ STR("armv7"), "arm" },     { STR("armmp"), "arm" },
		{ STR("i686"), "i386" },     { STR("i386"), "i386" },
		{ STR("-686"), "i386" },
	};

	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		if (str_has(release, parts[i].part))
			return parts[i].arch;
	}
	return NULL;
}

const char *
evidence_arch(const struct evidence *e, struct str release)
{
	size_t best = heaviest(e);

	return e->weight[best] != 0 ? archs[best] : arch_of_release(release);
}
