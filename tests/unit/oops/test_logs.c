/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whole logs of every family, processor and era. */
#include "base/compiler.h"
#include "read.h"

static const struct {
	const char *log;
	const char *arch;
	enum kind kind;
	const char *function;
	const char *module;
	enum event_access access;
	const char *comm;
	int64_t pid;
	const char *trigger;
	const char *policy;
	size_t events;
} cases[] = {
	{ "hard-lockup-6.1", "x86_64", KIND_HARD_LOCKUP, "netdrv_free_ring", "netdrv", 0,
	  "kworker/2:1", 4711, "policy", "hardlockup_panic", 1 },
	{ "hard-lockup-3.10", "x86_64", KIND_HARD_LOCKUP, "hba_queue_command", "examplehba", 0,
	  "java", 31337, "policy", "hardlockup_panic", 1 },
	{ "mce-fatal", NULL, KIND_MACHINE_CHECK, "", "", 0, "", 0, "mce", NULL, 1 },
	{ "apei-fatal", "x86_64", KIND_HARDWARE_ERROR, "", "", 0, "swapper/0", 0, "mce", NULL, 1 },
	{ "nmi-unknown", "x86_64", KIND_NMI, "", "", 0, "swapper/0", 0, "nmi", "unknown_nmi_panic",
	  1 },
	{ "oom-panic", "x86_64", KIND_PANIC_OOM, "", "", 0, "stress-ng-vm", 812, "policy",
	  "panic_on_oom", 1 },
	{ "s390x-fault", "s390x", KIND_NULL_DEREF, "zdrv_store", "zdrv", EVENT_ACCESS_WRITE, "tee",
	  2044, "oops", "panic_on_oops", 1 },
	{ "s390x-bug", "s390x", KIND_BUG_ON, "zblk_request", "zblk", 0, "kworker/3:1", 61, "oops",
	  NULL, 1 },
	{ "rhel6-null", "x86_64", KIND_NULL_DEREF, "fsdrv_put_super", "fsdrv", EVENT_ACCESS_READ,
	  "umount", 6172, "oops", NULL, 1 },
	{ "rhel7-sysrq", "x86_64", KIND_NULL_DEREF, "sysrq_handle_crash", "", EVENT_ACCESS_WRITE,
	  "bash", 5013, "sysrq", NULL, 1 },
	{ "pstore-parts", "x86_64", KIND_NULL_DEREF, "chrdev_store", "chrdev", EVENT_ACCESS_WRITE,
	  "cat", 700, "oops", "panic_on_oops", 1 },
	{ "ppc64le-fault", "ppc64", KIND_NULL_DEREF, "pdrv_show", "pdrv", EVENT_ACCESS_READ, "sh",
	  2210, "oops", NULL, 1 },
	{ "arm64-fault", "arm64", KIND_PAGE_FAULT, "adrv_init", "adrv", EVENT_ACCESS_WRITE,
	  "insmod", 612, "oops", NULL, 1 },
	{ "arm-fault", "arm", KIND_NULL_DEREF, "gpiodrv_probe", "gpiodrv", EVENT_ACCESS_WRITE,
	  "udevd", 402, "oops", NULL, 1 },
	{ "riscv-fault", "riscv64", KIND_NULL_DEREF, "rdrv_write", "rdrv", EVENT_ACCESS_WRITE, "sh",
	  311, "oops", NULL, 1 },
	{ "i386-fault", "i386", KIND_PAGE_FAULT, "olddrv_irq", "olddrv", EVENT_ACCESS_READ,
	  "swapper", 0, "oops", NULL, 1 },
	{ "hung-task-panic", "x86_64", KIND_HUNG_TASK, "stuckdrv_ioctl", "stuckdrv", 0,
	  "my task: 1", 901, "policy", "hung_task_panic", 2 },
	{ "soft-lockup-repeated", "x86_64", KIND_SOFT_LOCKUP, "spindrv_wait", "spindrv", 0, "spin",
	  1203, "policy", "softlockup_panic", 1 },
	{ "interleaved", "x86_64", KIND_NULL_DEREF, "first_fault", "", EVENT_ACCESS_READ, "first",
	  501, "oops", "panic_on_oops", 2 },
	{ "boots", "x86_64", KIND_PAGE_FAULT, "newer_crash", "", EVENT_ACCESS_EXEC, "new", 12,
	  "oops", NULL, 3 },
	{ "nested", "x86_64", KIND_NULL_DEREF, "root_cause", "", EVENT_ACCESS_WRITE, "victim", 900,
	  "oops", "panic_on_oops", 2 },
	{ "list-bug", "x86_64", KIND_LIST_CORRUPTION, "listdrv_exit", "listdrv", 0, "rmmod", 333,
	  "oops", NULL, 1 },
	{ "list-corruption", "x86_64", KIND_LIST_CORRUPTION, "listdrv_exit", "listdrv", 0, "rmmod",
	  333, "oops", NULL, 1 },
};

static void
assert_text(struct str got, const char *want)
{
	if (!str_is_c(got, want))
		fail_msg("'%.*s', not '%s'", STR_ARG(got), want);
}

static void
names_the_crash(void **state)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct oops_report *o = read_log(*state, cases[i].log);
		const struct event *e = chosen(o);

		print_message("%s\n", cases[i].log);
		assert_text(str_of(kind_name(e->kind)), kind_name(cases[i].kind));
		assert_text(e->function, cases[i].function);
		assert_text(e->module, cases[i].module);
		assert_int_equal(e->access, cases[i].access);
		assert_text(e->comm, cases[i].comm);
		assert_int_equal(e->pid, cases[i].pid);
		assert_text(str_of(o->arch), cases[i].arch);
		assert_text(str_of(o->panic_trigger), cases[i].trigger);
		assert_text(str_of(o->panic_policy), cases[i].policy);
		assert_int_equal(o->event_count, cases[i].events);
		assert_true(e->fatal);
		assert_false(e->corrupted);
	}
}

static void
a_log_without_a_crash_has_no_events(void **state)
{
	static const char *const logs[] = { "quiet", "apei-corrected" };

	for (size_t i = 0; i < ARRAY_LEN(logs); i++) {
		const struct oops_report *o = read_log(*state, logs[i]);

		assert_int_equal(o->event_count, 0);
		assert_true(o->is_kernel_log);
		assert_string_equal(o->panic_trigger, "none");
	}
}

static void
boot_messages_tell_of_the_machine(void **state)
{
	const struct oops_report *o = read_log(*state, "quiet");

	assert_text(o->release, "6.1.0-18-amd64");
	assert_text(o->version, "#1 SMP PREEMPT_DYNAMIC Debian 6.1.76-1 (2024-02-01)");
	assert_text(o->cmdline, "BOOT_IMAGE=/vmlinuz root=UUID=1 ro crashkernel=256M");
	assert_text(o->hypervisor, "KVM");
	assert_text(o->nodename, "lab");
	assert_text(o->hardware, "QEMU Standard PC (Q35 + ICH9, 2009), "
				 "BIOS 1.16.2-debian-1.16.2-1 04/01/2014");
	assert_int_equal(o->cpus, 4);
	assert_int_equal(o->memory_bytes, 2096592ULL * 1024);
	assert_true(o->cpu_mhz > 2599.9 && o->cpu_mhz < 2600.1);
	assert_text(str_of(o->arch), "x86_64");
	assert_false(o->early_lines_missing);
	assert_int_equal(o->context_count, 2);
	assert_string_equal(o->context[0].class, "filesystem");
	assert_string_equal(o->context[1].class, "hardware");
}

static void
the_last_boot_that_died_is_judged(void **state)
{
	const struct oops_report *o = read_log(*state, "boots");

	assert_text(o->cmdline, "root=/dev/sda1 second");
	assert_text(o->event[2].function, "capture_only");
	assert_false(o->event[2].fatal);
}

static void
the_first_oops_of_several_is_the_cause(void **state)
{
	const struct oops_report *o = read_log(*state, "nested");

	assert_int_equal(o->chosen, 0);
	assert_int_equal(o->event[0].count, 1);
	assert_int_equal(o->event[1].count, 2);
	assert_text(o->panic_string, "Fatal exception");
}

static void
a_detector_that_repeats_itself_is_one_event(void **state)
{
	const struct event *e = chosen(read_log(*state, "soft-lockup-repeated"));

	assert_int_equal(e->repeated, 1);
	assert_int_equal(e->seconds, 52);
	assert_text(e->panic, "softlockup: hung tasks");
}

static void
lines_of_callers_are_told_apart(void **state)
{
	const struct oops_report *o = read_log(*state, "interleaved");

	assert_int_equal(o->event[0].frame_count, 1);
	assert_text(o->event[0].frame[0].function, "first_caller");
	assert_int_equal(o->event[1].frame_count, 1);
	assert_text(o->event[1].frame[0].function, "second_caller");
	assert_int_equal(o->event[1].address, 0x6b6b6b6b6b6b6b83);
}

static void
reads_an_oops_of_2009_whole(void **state)
{
	const struct oops_report *o = read_log(*state, "rhel6-null");
	const struct event *e = chosen(o);
	uint64_t v = 0;

	assert_int_equal(e->address, 0x70);
	assert_int_equal(e->error_code, 0);
	assert_int_equal(e->ip, 0xffffffffa04b2c10);
	assert_text(e->ip_frame.function, "fsdrv_put_super");
	assert_int_equal(e->ip_frame.offset, 0x30);
	assert_true(regs_get(&e->regs, "rbx", &v));
	assert_int_equal(v, 0xffff880236bb2400);
	assert_true(regs_get(&e->regs, "cr2", &v));
	assert_int_equal(v, 0x70);
	assert_int_equal(e->page_table_count, 3);
	assert_string_equal(e->page_table[0].level, "PGD");
	assert_int_equal(e->page_table[0].value, 0x2352e3067);
	assert_true(str_has(e->code, STR("<48> 8b 40 70")));
	assert_text(e->taint, "P");
	assert_int_equal(o->taint, 1);
	assert_int_equal(o->module_count, 14);
	assert_text(o->module[0].name, "fsdrv");
	assert_text(o->module[0].taint, "U");
	assert_int_equal(e->frame_count, 6);
	assert_false(e->frame[1].reliable);
	assert_true(e->frame[2].reliable);
}

static void
modules_that_a_console_wrapped_are_all_there(void **state)
{
	const struct oops_report *o = read_log(*state, "rhel7-sysrq");

	assert_int_equal(o->module_count, 17);
	assert_text(o->module[16].name, "virtio_net");
	assert_text(o->module[16].taint, "O");
	assert_int_equal(o->taint, 1 << 12);
}

static void
reads_registers_of_every_processor(void **state)
{
	static const struct {
		const char *log;
		const char *reg;
		uint64_t value;
	} regs[] = {
		{ "s390x-fault", "gpr5", 0x84a8f000 },
		{ "s390x-fault", "gpr15", 0x37fe0a7bcb0 },
		{ "ppc64le-fault", "nip", 0xc008000000b20178 },
		{ "ppc64le-fault", "dar", 8 },
		{ "ppc64le-fault", "gpr9", 0 },
		{ "ppc64le-fault", "gpr13", 0xc000000007fdf300 },
		{ "ppc64le-fault", "trap", 0x300 },
		{ "arm64-fault", "x29", 0xffff80000a8cbb10 },
		{ "arm64-fault", "pstate", 0x60400005 },
		{ "arm64-fault", "x0", 0xffff80001234d000 },
		{ "arm-fault", "r4", 0xc2f3fc00 },
		{ "arm-fault", "psr", 0x60000013 },
		{ "riscv-fault", "epc", 0xffffffff02a1e010 },
		{ "riscv-fault", "cause", 0xf },
		{ "i386-fault", "eax", 0x6b6b6b6b },
		{ "rhel7-sysrq", "rdi", 0x63 },
	};

	for (size_t i = 0; i < ARRAY_LEN(regs); i++) {
		const struct event *e = chosen(read_log(*state, regs[i].log));
		uint64_t v = ~regs[i].value;

		print_message("%s %s\n", regs[i].log, regs[i].reg);
		assert_true(regs_get(&e->regs, regs[i].reg, &v));
		assert_int_equal(v, regs[i].value);
	}
}

static void
a_warning_keeps_what_it_says(void **state)
{
	const struct oops_report *o = read_log(*state, "warn-forms");

	assert_int_equal(o->event_count, 2);
	assert_text(o->event[0].detail,
		    "NETDEV WATCHDOG: eth0 (exnic): transmit queue 3 timed out");
	assert_text(o->event[0].function, "dev_watchdog");
	assert_text(o->event[1].detail, "x > y");
	assert_text(o->event[1].comm, "my task/3");
	assert_int_equal(o->event[1].pid, 77);
	assert_false(chosen(o)->fatal);
}

static void
every_log_may_be_cut_anywhere(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct arena *a = arena_new(NULL);
		struct str text = log_text(a, cases[i].log);

		for (size_t len = 0; len < text.len; len += 97) {
			struct arena *b = arena_new(NULL);
			/* A copy that ends where the text is cut: no read goes beyond. */
			struct str cut = str_copy(b, str_first(text, len));
			const struct oops_report *o = read_text(b, cut);

			assert_true(o->event_count <= cases[i].events + 1);
			oops_publish(o, facts_new(b));
			arena_free(b);
		}
		arena_free(a);
	}
}

static void
any_byte_may_be_wrong(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct arena *a = arena_new(NULL);
		struct str text = log_text(a, cases[i].log);

		for (size_t at = i; at < text.len; at += 61) {
			struct arena *b = arena_new(NULL);
			char *bytes = arena_alloc(b, text.len, 1);

			memcpy(bytes, text.p, text.len);
			bytes[at] = (char)(bytes[at] ^ (1 << (at % 8)));
			oops_publish(read_text(b, (struct str){ bytes, text.len }), facts_new(b));
			arena_free(b);
		}
		arena_free(a);
	}
}

static void
an_oops_that_the_machine_outlived_is_not_fatal(void **state)
{
	const struct oops_report *dead = read_log(*state, "rhel6-null");
	const struct oops_report *alive = oops_of_survivor(dead);

	assert_true(chosen(dead)->fatal);
	assert_string_equal(dead->panic_trigger, "oops");
	assert_false(chosen(alive)->fatal);
	assert_int_equal(chosen(alive)->kind, chosen(dead)->kind);
	assert_string_equal(alive->panic_trigger, "none");
	assert_true(chosen(dead)->fatal); /* the first is as it was */
}

static void
a_panic_in_the_log_is_believed(void **state)
{
	const struct oops_report *o = oops_of_survivor(read_log(*state, "nested"));

	assert_true(chosen(o)->fatal);
	assert_string_equal(o->panic_trigger, "oops");
	assert_string_equal(o->panic_policy, "panic_on_oops");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(an_oops_that_the_machine_outlived_is_not_fatal),
		UNIT_TEST(a_panic_in_the_log_is_believed),
		UNIT_TEST(names_the_crash),
		UNIT_TEST(a_log_without_a_crash_has_no_events),
		UNIT_TEST(boot_messages_tell_of_the_machine),
		UNIT_TEST(the_last_boot_that_died_is_judged),
		UNIT_TEST(the_first_oops_of_several_is_the_cause),
		UNIT_TEST(a_detector_that_repeats_itself_is_one_event),
		UNIT_TEST(lines_of_callers_are_told_apart),
		UNIT_TEST(reads_an_oops_of_2009_whole),
		UNIT_TEST(modules_that_a_console_wrapped_are_all_there),
		UNIT_TEST(reads_registers_of_every_processor),
		UNIT_TEST(a_warning_keeps_what_it_says),
		UNIT_TEST(every_log_may_be_cut_anywhere),
		UNIT_TEST(any_byte_may_be_wrong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
