/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/redact_match.h"

#include "base/compiler.h"

#include "unit.h"

struct example {
	const char *text;
	size_t len;
};

static void
check_all(size_t (*match)(struct str s), const struct example *e, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (match(str_of(e[i].text)) != e[i].len)
			fail_msg("'%s': %zu", e[i].text, match(str_of(e[i].text)));
	}
}

static void
finds_ipv4_addresses(void **state)
{
	static const struct example examples[] = {
		{ "192.0.2.1", 9 },
		{ "10.0.0.255/24 x", 10 },
		{ "1.2.3.4:80", 7 },
		{ "1.2.3.4.", 7 },
		{ "1.2.3.4.5", 0 },
		{ "256.1.1.1", 0 },
		{ "1.2.3", 0 },
		{ "1.2.3.4a", 0 },
		{ "0.0.0.0", 0 },
		{ "127.0.0.53", 0 },
		{ "255.255.255.255", 0 },
		{ "255.255.255.0", 13 },
		{ "6.1.0-56", 0 },
		{ "2.4.37.9-19.fc13", 0 },
		{ "10.0.0.1-10.0.0.9", 8 },
		{ "5.4.0.1-rc1", 0 },
		{ "10.0.0.1-eth0", 8 },
		{ "2.6.33.1 #1", 0 },
		{ "01234.1.1.1", 0 },
		{ "", 0 },
	};

	(void)state;
	check_all(match_ipv4, examples, ARRAY_LEN(examples));
}

static void
finds_ipv6_addresses_but_no_times_devices_or_rust_paths(void **state)
{
	static const struct example examples[] = {
		{ "fe80::21a:4aff:fe16:1", 21 },
		{ "2001:db8:1:2:3:4:5:6", 20 },
		{ "2001:db8::/32", 10 },
		{ "2001:db8::1%eth0", 11 },
		{ "::ffff:192.0.2.1", 16 },
		{ "::1", 0 },
		{ "12:34:56", 0 },
		{ "0000:00:1f.2", 0 },
		{ "0010:ffffffff81000000", 0 },
		{ "core::fmt", 0 },
		{ "a::b::c", 0 },
		{ "00:11:22:33:44:55", 0 },
		{ "c000:", 0 },
		{ "", 0 },
	};

	(void)state;
	check_all(match_ipv6, examples, ARRAY_LEN(examples));
}

static void
finds_hardware_addresses(void **state)
{
	static const struct example examples[] = {
		{ "52:54:00:12:34:56", 17 },
		{ "52-54-00-12-34-56 x", 17 },
		{ "52:54:00:12:34", 0 },
		{ "80:00:02:08:fe:80:00:00:00:00:00:00:f4:52:14:03:00:7b:cb:a1", 59 },
		{ "52:54:00:12:34:567", 0 },
		{ "00:00:00:00:00:00", 0 },
		{ "de ad be ef 00 11 22 33", 0 },
		{ "2024-01-31", 0 },
	};

	(void)state;
	check_all(match_mac, examples, ARRAY_LEN(examples));
}

static void
finds_identifiers_but_no_build_ids_and_registers(void **state)
{
	static const struct example examples[] = {
		{ "0bf1c8f2-4a3e-4c2b-9a51-1c9e4e5f6a7b", 36 },
		{ "0bf1c8f2-4a3e-4c2b-9a51-1c9e4e5f6a7", 0 },
		{ "0123456789abcdef0123456789abcdef", 32 },
		{ "0123456789abcdef0123456789abcdef01234567", 0 },
		{ "ffff888012345678", 0 },
		{ "naa.5000c500a1b2c3d4", 20 },
		{ "wwn-0x5000c500a1b2c3d4-part1", 22 },
	};

	(void)state;
	check_all(match_uuid, examples, ARRAY_LEN(examples));
}

static void
finds_mail_addresses_but_no_device_tree_nodes(void **state)
{
	static const struct example examples[] = {
		{ "alice@example.com.", 17 }, { "root@ci)", 7 },       { "cpu@0", 0 },
		{ "pcie@fd500000", 0 },       { "a b@c", 0 },          { "@home", 0 },
		{ "i2c@7e804000", 0 },        { "x.y+z@host-1 ", 12 },
	};

	(void)state;
	check_all(match_email, examples, ARRAY_LEN(examples));
}

static void
finds_hosts_with_domains_but_no_files_and_functions(void **state)
{
	static const struct example examples[] = {
		{ "db1.corp.example.com", 20 },
		{ "db1.lan:2049", 7 },
		{ "db1.local.", 9 },
		{ "vmlinux.bin", 0 },
		{ "foo.isra.0", 0 },
		{ "init.com+0x10", 0 },
		{ "slub.c", 0 },
		{ "systemd.service", 0 },
		{ "a..com", 0 },
		{ "com", 0 },
		{ "kernel.io_delay", 0 },
		{ "EXAMPLE.COM", 11 },
	};

	(void)state;
	check_all(match_fqdn, examples, ARRAY_LEN(examples));
}

static void
finds_paths_and_knows_those_of_every_machine(void **state)
{
	static const struct {
		const char *text;
		size_t len;
		bool keep;
		const char *tail;
	} examples[] = {
		{ "/home/alice/x.txt: gone", 17, false, "" },
		{ "/proc/sysrq-trigger", 19, true, "" },
		{ "/procfs/x", 9, false, "" },
		{ "/sys/../home/x", 14, false, "" },
		{ "/dev/sda1, x", 9, true, "" },
		{ "/sbin/init failed", 10, true, "" },
		{ "/usr/lib/debug/vmlinux", 22, true, "" },
		{ "/build/linux-6.1/mm/slub.c:379!", 30, false, "mm/slub.c:379" },
		{ "/w/drivers/net/foo.c", 20, false, "drivers/net/foo.c" },
		{ "/net/home/x", 11, false, "" },
		{ "\\\\fs1\\finance user", 13, false, "" },
		{ "//fs1/finance", 13, false, "" },
		{ "/caf\xc3\xa9/x y", 8, false, "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(examples); i++) {
		struct match_path m = { 0 };

		assert_true(match_path(str_of(examples[i].text), &m));
		assert_int_equal(m.len, examples[i].len);
		assert_int_equal(m.keep, examples[i].keep);
		assert_true(str_is_c(m.tail, examples[i].tail));
	}
	assert_false(match_path(STR("/ x"), &(struct match_path){ 0 }));
	assert_false(match_path(STR("/"), &(struct match_path){ 0 }));
	assert_false(match_path(STR("/* x */"), &(struct match_path){ 0 }));
	assert_false(match_path(STR(""), &(struct match_path){ 0 }));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(finds_ipv4_addresses),
		UNIT_TEST(finds_ipv6_addresses_but_no_times_devices_or_rust_paths),
		UNIT_TEST(finds_hardware_addresses),
		UNIT_TEST(finds_identifiers_but_no_build_ids_and_registers),
		UNIT_TEST(finds_mail_addresses_but_no_device_tree_nodes),
		UNIT_TEST(finds_hosts_with_domains_but_no_files_and_functions),
		UNIT_TEST(finds_paths_and_knows_those_of_every_machine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
