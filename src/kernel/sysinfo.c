/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/sysinfo.h"

#include "kernel/nodes.h"

#include <string.h>

enum {
	CMDLINE_MAX = 4096, /* COMMAND_LINE_SIZE of s390; others have 2048 */
	HARDWARE_MAX = 128,
	PAGES_MAX_BITS = 40,
};

/* ---- time ---- */

/* tk_core is a sequence count and then the timekeeper; both lie on words, and what lies between
 * depends on the configuration. Three of its words tell themselves: the time of day, seconds
 * since boot, and what is to be added to the one to have the other. */
enum {
	TIMEKEEPER_WORDS = 80,
	WORD = 8,
};

static bool
has_difference(const uint64_t *word, size_t count, uint64_t realtime, uint64_t monotonic)
{
	uint64_t difference = monotonic - realtime;

	/* Its nanoseconds are positive, and may carry. */
	for (size_t i = 0; i < count; i++) {
		if (word[i] == difference || word[i] == difference - 1)
			return true;
	}
	return false;
}

bool
sysinfo_clock(const struct kernel *k, struct sysinfo_clock *out)
{
	/* 3fdb14fd1df7 ("timekeeping: Cache optimize struct timekeeper"), v3.17;
	 * an array of them since 6.17 */
	static const char *const names[] = { "tk_core", "timekeeper_data", NULL };
	static const uint64_t year_2001 = 978307200;
	static const uint64_t year_2200 = 7258118400;
	uint8_t b[TIMEKEEPER_WORDS * WORD] = { 0 };
	uint64_t word[TIMEKEEPER_WORDS] = { 0 };
	uint64_t va = 0;

	if (k->mem->word_len != WORD || !symbols_find_any(k->symbols, names, &va) ||
	    memory_read(k->mem, va, b, sizeof(b)) != NULL)
		return false;
	for (size_t i = 0; i < TIMEKEEPER_WORDS; i++)
		word[i] = bytes_u64(b + i * WORD, k->mem->order);
	for (size_t i = 0; i + 1 < TIMEKEEPER_WORDS; i++) {
		uint64_t realtime = word[i];
		uint64_t monotonic = word[i + 1];

		if (realtime < year_2001 || realtime >= year_2200 || monotonic >= realtime ||
		    !has_difference(word, TIMEKEEPER_WORDS, realtime, monotonic))
			continue;
		*out = (struct sysinfo_clock){ realtime, monotonic };
		return true;
	}
	return false;
}

/* The last message of the log is more precise, but a machine may live on after it; and one that
 * dies prints when its clock does not tick any more. */
static bool
is_near(const struct fact_row *root, uint64_t monotonic)
{
	const struct fact *uptime = facts_get(root, FACT_SYSTEM_UPTIME);
	double away = 0;

	if (uptime->count == 0)
		return false;
	away = uptime->values[0].real - (double)monotonic;
	return away >= 0 && away < 2;
}

static void
put_time(const struct kernel *k, struct fact_row *root)
{
	static const struct origin o = { ORIGIN_MEMORY, "timekeeper" };
	const struct fact *noted = facts_get(root, FACT_SYSTEM_CRASH_TIME);
	struct sysinfo_clock c;

	if (!sysinfo_clock(k, &c))
		return;
	if (!is_near(root, c.monotonic)) {
		facts_clear(root, FACT_SYSTEM_UPTIME);
		facts_put_real(root, FACT_SYSTEM_UPTIME, (double)c.monotonic, o);
	}
	/* What the dying kernel noted is the very time; a dump's header has when it was written. */
	if (noted->count != 0 && noted->origin.rank == ORIGIN_NOTES)
		return;
	facts_clear(root, FACT_SYSTEM_CRASH_TIME);
	facts_put_time(root, FACT_SYSTEM_CRASH_TIME, (int64_t)c.realtime, o);
}

/* As /proc/loadavg has it: fixed point with 11 bits, rounded to hundredths. */
static void
put_load(const struct kernel *k, struct fact_row *root)
{
	static const struct origin o = { ORIGIN_MEMORY, "avenrun" };
	enum { FIXED_ONE = 1 << 11, HUNDRED = 100, AVERAGES = 3, TASKS_MAX = 1 << 22 };
	uint64_t load[AVERAGES] = { 0 };
	uint64_t va = 0;

	if (!symbols_find(k->symbols, "avenrun", &va))
		return;
	for (size_t i = 0; i < AVERAGES; i++) {
		if (memory_word(k->mem, va + i * k->mem->word_len, &load[i]) != NULL ||
		    load[i] >= (uint64_t)TASKS_MAX * FIXED_ONE)
			return;
	}
	facts_clear(root, FACT_SYSTEM_LOAD_AVERAGE);
	for (size_t i = 0; i < AVERAGES; i++) {
		uint64_t hundredths = (load[i] + FIXED_ONE / (2 * HUNDRED)) * HUNDRED / FIXED_ONE;

		facts_put_real(root, FACT_SYSTEM_LOAD_AVERAGE, (double)hundredths / HUNDRED, o);
	}
}

/* ---- memory ---- */

/* Pages that a node has, holes not counted. */
static bool
node_pages(const struct kernel *k, uint64_t node, uint64_t *pages)
{
	return kernel_word(k, node, LAYOUT_NODE_PRESENT_PAGES, pages) &&
	       *pages >> PAGES_MAX_BITS == 0;
}

static void
put_memory(const struct kernel *k, struct fact_row *root)
{
	static const struct origin o = { ORIGIN_MEMORY, "pglist_data" };
	struct nodes nodes = nodes_of(k);
	uint64_t node = 0;
	uint64_t all = 0;
	uint64_t pages = 0;

	while (nodes_next(&nodes, &node)) {
		if (node_pages(k, node, &pages))
			all += pages;
	}
	if (all != 0)
		facts_put_number(root, FACT_SYSTEM_MEMORY, (int64_t)(all * kernel_page_len(k)), o);
}

/* ---- the machine ---- */

static bool
is_plain(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] < ' ' || s.p[i] > '~')
			return false;
	}
	return s.len != 0;
}

static void
put_hardware(const struct kernel *k, struct fact_row *root)
{
	static const struct origin o = { ORIGIN_MEMORY, "dump_stack_arch_desc_str" };
	uint64_t va = 0;
	struct str s = { NULL, 0 };

	/* What "Hardware name:" of every oops prints; all architectures fill it. */
	if (symbols_find(k->symbols, "dump_stack_arch_desc_str", &va))
		s = str_trim(kernel_string(k, va, HARDWARE_MAX));
	if (is_plain(s))
		facts_put_text(root, FACT_SYSTEM_HARDWARE, s, o);
}

static void
put_hypervisor(const struct kernel *k, struct fact_row *root)
{
	/* enum x86_hypervisor_type: 03b2a320b19f ("x86/virt: Add enum for hypervisors to replace
	 * x86_hyper"), v4.15. The names are those that the kernel itself prints. */
	static const char *const names[] = { NULL,        "VMware",  "Microsoft Hyper-V",
					     "Xen PV",    "Xen HVM", "KVM",
					     "Jailhouse", "ACRN",    "Bhyve" };
	static const struct origin o = { ORIGIN_MEMORY, "x86_hyper_type" };
	uint32_t type = 0;

	if (!kernel_symbol_u32(k, "x86_hyper_type", &type) || type >= ARRAY_LEN(names))
		return;
	if (names[type] !=
	    NULL) /* else it runs on bare hardware, or on one that it does not know */
		facts_put_text(root, FACT_SYSTEM_HYPERVISOR, str_of(names[type]), o);
}

static void
put_cmdline(const struct kernel *k, struct fact_row *root)
{
	static const struct origin o = { ORIGIN_MEMORY, "saved_command_line" };
	uint64_t va = 0;
	struct str s = { NULL, 0 };

	if (kernel_symbol_word(k, "saved_command_line", &va))
		s = str_trim(kernel_string(k, va, CMDLINE_MAX));
	if (is_plain(s))
		facts_put_text(root, FACT_SYSTEM_CMDLINE, s, o);
}

static void
put_mhz(const struct kernel *k, struct fact_row *root)
{
	static const struct origin o = { ORIGIN_MEMORY, "cpu_khz" };
	enum { KHZ_MAX = 100000000, THOUSAND = 1000 };
	uint32_t khz = 0;

	if (k->arch == &arch_x86_64 && kernel_symbol_u32(k, "cpu_khz", &khz) && khz != 0 &&
	    khz < KHZ_MAX)
		facts_put_real(root, FACT_SYSTEM_CPU_MHZ, (double)khz / THOUSAND, o);
}

/* ---- settings ---- */

/* Settings that decide what is a panic, what a dump holds, and how to read a hang. */
static const struct {
	const char *sysctl;
	const char *symbol;
	bool is_long;
} settings[] = {
	{ "kernel.panic", "panic_timeout", false },
	{ "kernel.panic_on_oops", "panic_on_oops", false },
	{ "kernel.panic_on_warn", "panic_on_warn", false },
	{ "kernel.panic_on_io_nmi", "panic_on_io_nmi", false },
	{ "kernel.panic_on_unrecovered_nmi", "panic_on_unrecovered_nmi", false },
	{ "kernel.panic_on_rcu_stall", "sysctl_panic_on_rcu_stall", false },
	{ "kernel.panic_print", "panic_print", true },
	{ "kernel.unknown_nmi_panic", "unknown_nmi_panic", false },
	{ "kernel.softlockup_panic", "softlockup_panic", false },
	{ "kernel.hardlockup_panic", "hardlockup_panic", false },
	{ "kernel.hung_task_panic", "sysctl_hung_task_panic", false },
	{ "kernel.hung_task_timeout_secs", "sysctl_hung_task_timeout_secs", true },
	{ "kernel.watchdog_thresh", "watchdog_thresh", false },
	{ "kernel.sysrq", "sysrq_enabled", false },
	{ "kernel.kptr_restrict", "kptr_restrict", false },
	{ "kernel.sched_rt_runtime_us", "sysctl_sched_rt_runtime", false },
	{ "vm.panic_on_oom", "sysctl_panic_on_oom", false },
	{ "vm.overcommit_memory", "sysctl_overcommit_memory", false },
};

static void
put_settings(const struct kernel *k, struct fact_row *root)
{
	for (size_t i = 0; i < ARRAY_LEN(settings); i++) {
		struct origin o = { ORIGIN_MEMORY, settings[i].symbol };
		uint64_t word = 0;
		uint32_t narrow = 0;
		bool got = settings[i].is_long ? kernel_symbol_word(k, settings[i].symbol, &word)
					       : kernel_symbol_u32(k, settings[i].symbol, &narrow);
		int64_t v = settings[i].is_long ? (int64_t)word : (int64_t)(int32_t)narrow;

		if (got)
			facts_put_number_named(root, FACT_SYSTEM_SYSCTL, settings[i].sysctl, v, o);
	}
}

void
sysinfo_publish(const struct kernel *k, struct facts *f)
{
	struct fact_row *root = facts_root(f);

	put_time(k, root);
	put_load(k, root);
	put_memory(k, root);
	put_mhz(k, root);
	put_cmdline(k, root);
	put_hardware(k, root);
	put_hypervisor(k, root);
	put_settings(k, root);
}
