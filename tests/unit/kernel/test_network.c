/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/network.h"

#include "kernel/fakekernel.h"
#include "unit.h"

#define NET 0xffffffff82000000ULL
#define DEVICES 0xffff888000100000ULL
#define PERCPU 0xffff888000200000ULL

enum {
	DEVICE_LEN = 0x200,
	OFF_HEAD = 0x20,
	OFF_LIST = 0x40,
	OFF_STATE = 0x60,
	OFF_FLAGS = 0x68,
	OFF_REG = 0x6c,
	OFF_RX_ERRORS = 0x70,
	OFF_TX_ERRORS = 0x78,
	OFF_RX = 0x80,
	OFF_TX = 0x88,
	OFF_CORE = 0x90,
	OFF_OLD_RX = 0x98,
	OFF_OLD_TX = 0xa0,
	CORE_AT = 0x40, /* in each CPU's part */
	PERCPU_LEN = 0x1000,
};

static uint64_t
device_at(size_t i)
{
	return DEVICES + i * DEVICE_LEN;
}

static void
put_link(struct fake *f, uint64_t a, uint64_t b)
{
	fake_put(f, a, b, 8);
	fake_put(f, b + 8, a, 8);
}

/* lo, eth0. */
static struct fake *
machine(struct arena *a)
{
	struct fake *f = fake_new(a);

	fake_region(f, NET, 0x1000);
	fake_region(f, DEVICES, 0x1000);
	fake_region(f, PERCPU, 2 * PERCPU_LEN);
	fake_symbol(f, "init_net", NET);
	fake_layout(f, LAYOUT_NET_DEVICES, OFF_HEAD, 16);
	fake_layout(f, LAYOUT_NETDEV_LIST, OFF_LIST, 16);
	fake_layout(f, LAYOUT_NETDEV_NAME, 0, 16);
	fake_layout(f, LAYOUT_NETDEV_FLAGS, OFF_FLAGS, 4);
	fake_layout(f, LAYOUT_NETDEV_STATE, OFF_STATE, 8);
	fake_layout(f, LAYOUT_NETDEV_REG_STATE, OFF_REG, 4);
	fake_layout(f, LAYOUT_NETDEV_RX_ERRORS, OFF_RX_ERRORS, 8);
	fake_layout(f, LAYOUT_NETDEV_TX_ERRORS, OFF_TX_ERRORS, 8);
	fake_layout(f, LAYOUT_NETDEV_RX_DROPPED, OFF_RX, 8);
	fake_layout(f, LAYOUT_NETDEV_TX_DROPPED, OFF_TX, 8);
	put_link(f, NET + OFF_HEAD, device_at(0) + OFF_LIST);
	put_link(f, device_at(0) + OFF_LIST, device_at(1) + OFF_LIST);
	put_link(f, device_at(1) + OFF_LIST, NET + OFF_HEAD);
	fake_text(f, device_at(0), "lo");
	fake_text(f, device_at(1), "eth0");
	fake_put(f, device_at(1) + OFF_FLAGS, 0x1003, 4);
	fake_put(f, device_at(0) + OFF_REG, 1, 4);
	fake_put(f, device_at(1) + OFF_REG, 1, 4);
	fake_put(f, device_at(1) + OFF_STATE, 4, 8);
	fake_put(f, device_at(1) + OFF_RX, 7, 8);
	fake_put(f, device_at(1) + OFF_TX, 3, 8);
	fake_put(f, device_at(1) + OFF_TX_ERRORS, 2, 8);
	return f;
}

/* Since 5.18. */
static void
count_by_cpu(struct fake *f)
{
	fake_layout(f, LAYOUT_NETDEV_CORE, OFF_CORE, 8);
	fake_layout(f, LAYOUT_NETDEV_CORE_RX_DROPPED, 0, 8);
	fake_layout(f, LAYOUT_NETDEV_CORE_TX_DROPPED, 8, 8);
	fake_put(f, device_at(1) + OFF_CORE, CORE_AT, 8);
	for (size_t cpu = 0; cpu < 2; cpu++) {
		fake_put(f, PERCPU + cpu * PERCPU_LEN + CORE_AT, 10 + cpu, 8);
		fake_put(f, PERCPU + cpu * PERCPU_LEN + CORE_AT + 8, 100, 8);
	}
}

static const struct fact *
publish(struct fake *f, const struct error **e)
{
	struct cpu cpu[] = { { .percpu = PERCPU }, { .percpu = PERCPU + PERCPU_LEN } };
	struct cpus cpus = { .cpu = cpu, .count = 2 };
	struct facts *facts = facts_new(f->a);

	*e = network_publish(&f->k, &cpus, facts);
	return facts_get(facts_root(facts), FACT_NET_DEVICES);
}

static int64_t
number_of(const struct fact_row *r, enum fact_id id)
{
	int64_t v = -1;

	return facts_get_number(r, id, &v) ? v : -1;
}

static bool
says(const struct fact_row *r, enum fact_id id)
{
	const struct fact *f = facts_get(r, id);

	assert_int_equal(f->count, 1);
	return f->values[0].flag;
}

static void
check_text(const struct fact_row *r, enum fact_id id, const char *want)
{
	struct str s = { NULL, 0 };

	assert_true(facts_get_text(r, id, &s));
	assert_string_equal(s.p, want);
}

static void
lists_devices_with_their_drops(void **state)
{
	struct fake *f = machine(*state);
	const struct error *e = NULL;
	const struct fact *devices = NULL;

	count_by_cpu(f);
	devices = publish(f, &e);
	assert_null(e);
	assert_int_equal(devices->count, 2);
	check_text(devices->values[0].row, NET_DEVICE_NAME, "lo");
	assert_false(says(devices->values[0].row, NET_DEVICE_UP));
	assert_true(says(devices->values[0].row, NET_DEVICE_CARRIER));
	assert_int_equal(number_of(devices->values[0].row, NET_DEVICE_RX_DROPPED), 0);
	check_text(devices->values[1].row, NET_DEVICE_NAME, "eth0");
	assert_true(says(devices->values[1].row, NET_DEVICE_UP));
	assert_false(says(devices->values[1].row, NET_DEVICE_CARRIER));
	assert_false(says(devices->values[1].row, NET_DEVICE_GOING));
	assert_int_equal(number_of(devices->values[1].row, NET_DEVICE_RX_DROPPED), 7 + 10 + 11);
	assert_int_equal(number_of(devices->values[1].row, NET_DEVICE_TX_DROPPED), 3 + 200);
	assert_int_equal(number_of(devices->values[1].row, NET_DEVICE_TX_ERRORS), 2);
	check_text(devices->values[1].row, NET_DEVICE_TROUBLE,
		   "dropped 28 received packets and 203 to be sent");
}

static void
adds_what_older_kernels_count_in_the_device(void **state)
{
	struct fake *f = machine(*state);
	const struct error *e = NULL;
	const struct fact *devices = NULL;

	fake_layout(f, LAYOUT_NETDEV_OLD_RX_DROPPED, OFF_OLD_RX, 8);
	fake_layout(f, LAYOUT_NETDEV_OLD_TX_DROPPED, OFF_OLD_TX, 8);
	fake_put(f, device_at(1) + OFF_OLD_RX, 5, 8);
	devices = publish(f, &e);
	assert_int_equal(number_of(devices->values[1].row, NET_DEVICE_RX_DROPPED), 12);
	assert_int_equal(number_of(devices->values[1].row, NET_DEVICE_TX_DROPPED), 3);
}

/* Half of a count is none. */
static void
leaves_out_a_count_of_which_a_part_is_missing(void **state)
{
	struct fake *f = machine(*state);
	const struct error *e = NULL;
	const struct fact *devices = NULL;

	count_by_cpu(f);
	fake_put(f, device_at(1) + OFF_CORE, 0x10000000, 8); /* nowhere */
	devices = publish(f, &e);
	assert_null(e);
	assert_int_equal(number_of(devices->values[1].row, NET_DEVICE_RX_DROPPED), -1);
	assert_int_equal(number_of(devices->values[1].row, NET_DEVICE_RX_ERRORS), 0);
	assert_int_equal(number_of(devices->values[0].row, NET_DEVICE_RX_DROPPED), 0);
}

static void
tells_of_a_device_that_cannot_go(void **state)
{
	struct fake *f = machine(*state);
	const struct error *e = NULL;

	fake_put(f, device_at(1) + OFF_REG, 2, 4);
	check_text(publish(f, &e)->values[1].row, NET_DEVICE_TROUBLE,
		   "on its way out, and still in use");
}

static void
ends_a_list_that_leads_astray(void **state)
{
	struct fake *f = machine(*state);
	const struct error *e = NULL;
	const struct fact *devices = NULL;

	fake_put(f, device_at(1) + OFF_LIST, device_at(0) + OFF_LIST, 8); /* round and round */
	devices = publish(f, &e);
	assert_non_null(e);
	assert_true(devices->count <= 2);
	fake_put(f, device_at(0), 0xff01, 2); /* no name */
	assert_true(publish(f, &e)->count <= 1);
}

static void
says_when_there_is_no_device(void **state)
{
	struct fake *f = machine(*state);
	const struct error *e = NULL;

	put_link(f, NET + OFF_HEAD, NET + OFF_HEAD);
	assert_true(publish(f, &e)->empty_list);
	assert_null(e);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(lists_devices_with_their_drops),
		UNIT_TEST(adds_what_older_kernels_count_in_the_device),
		UNIT_TEST(leaves_out_a_count_of_which_a_part_is_missing),
		UNIT_TEST(tells_of_a_device_that_cannot_go),
		UNIT_TEST(ends_a_list_that_leads_astray),
		UNIT_TEST(says_when_there_is_no_device),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
