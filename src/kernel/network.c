/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/network.h"

#include "base/limits.h"
#include "kernel/list.h"

#include <inttypes.h>

enum {
	NAME_MAX_LEN = 16, /* IFNAMSIZ */
	SHOWN = 64,
};

static const struct origin from_list = { ORIGIN_MEMORY, "init_net" };

/* What the kernel itself dropped; since 5.18 each CPU counts for itself, from the first drop on. */
static bool
dropped_by_kernel(const struct kernel *k, const struct cpus *cpus, uint64_t dev, enum layout_id old,
		  enum layout_id member, uint64_t *sum)
{
	uint64_t base = 0;

	if (kernel_word(k, dev, old, sum))
		return true;
	if (!kernel_word(k, dev, LAYOUT_NETDEV_CORE, &base))
		return false;
	*sum = 0;
	for (size_t i = 0; base != 0 && i < cpus->count; i++) {
		uint64_t n = 0;

		if (!kernel_word(k, base + cpus->cpu[i].percpu, member, &n))
			return false;
		*sum += n;
	}
	return true;
}

static void
put_counts(const struct kernel *k, const struct cpus *cpus, uint64_t dev, struct fact_row *row)
{
	enum { COUNT_BITS = 62 };
	static const struct {
		enum layout_id driver, old, core; /* LAYOUT_COUNT: the kernel counts none */
		enum fact_id fact;
	} counts[] = {
		{ LAYOUT_NETDEV_RX_ERRORS, LAYOUT_COUNT, LAYOUT_COUNT, NET_DEVICE_RX_ERRORS },
		{ LAYOUT_NETDEV_TX_ERRORS, LAYOUT_COUNT, LAYOUT_COUNT, NET_DEVICE_TX_ERRORS },
		{ LAYOUT_NETDEV_RX_DROPPED, LAYOUT_NETDEV_OLD_RX_DROPPED,
		  LAYOUT_NETDEV_CORE_RX_DROPPED, NET_DEVICE_RX_DROPPED },
		{ LAYOUT_NETDEV_TX_DROPPED, LAYOUT_NETDEV_OLD_TX_DROPPED,
		  LAYOUT_NETDEV_CORE_TX_DROPPED, NET_DEVICE_TX_DROPPED },
	};

	for (size_t i = 0; i < ARRAY_LEN(counts); i++) {
		uint64_t own = 0;
		uint64_t core = 0;

		if (!kernel_word(k, dev, counts[i].driver, &own) ||
		    (counts[i].core != LAYOUT_COUNT &&
		     !dropped_by_kernel(k, cpus, dev, counts[i].old, counts[i].core, &core)) ||
		    own >> COUNT_BITS != 0 || core >> COUNT_BITS != 0)
			continue;
		facts_put_number(row, counts[i].fact, (int64_t)(own + core), from_list);
	}
}

static void
put_state(const struct kernel *k, uint64_t dev, struct fact_row *row)
{
	enum {
		UP = 1,              /* IFF_UP */
		NO_CARRIER = 1 << 2, /* bit __LINK_STATE_NOCARRIER */
		REGISTERED = 1,      /* enum of net_device.reg_state; what follows is the way out */
		STATE_MASK = 0xff,
	};
	uint32_t flags = 0;
	uint32_t registered = 0;
	uint64_t state = 0;

	if (kernel_u32(k, dev, LAYOUT_NETDEV_FLAGS, &flags))
		facts_put_bool(row, NET_DEVICE_UP, (flags & UP) != 0, from_list);
	if (kernel_word(k, dev, LAYOUT_NETDEV_STATE, &state))
		facts_put_bool(row, NET_DEVICE_CARRIER, (state & NO_CARRIER) == 0, from_list);
	if (kernel_u32(k, dev, LAYOUT_NETDEV_REG_STATE, &registered))
		facts_put_bool(row, NET_DEVICE_GOING, (registered & STATE_MASK) > REGISTERED,
			       from_list);
}

static void
put_trouble(const struct kernel *k, struct fact_row *row)
{
	const struct fact *going = facts_get(row, NET_DEVICE_GOING);
	int64_t rx = 0;
	int64_t tx = 0;

	(void)facts_get_number(row, NET_DEVICE_RX_DROPPED, &rx);
	(void)facts_get_number(row, NET_DEVICE_TX_DROPPED, &tx);
	if (going->count != 0 && going->values[0].flag)
		facts_put_text(row, NET_DEVICE_TROUBLE, STR("on its way out, and still in use"),
			       from_list);
	else if (rx != 0 || tx != 0)
		facts_put_text(row, NET_DEVICE_TROUBLE,
			       str_of(arena_printf(k->arena,
						   "dropped %" PRId64 " received packets and "
						   "%" PRId64 " to be sent",
						   rx, tx)),
			       from_list);
}

const struct error *
network_publish(const struct kernel *k, const struct cpus *cpus, struct facts *f)
{
	struct fact_row *root = facts_root(f);
	uint64_t net = 0;
	uint64_t head = 0;
	uint64_t off = 0;
	uint64_t name_off = 0;
	uint64_t node = 0;
	int64_t count = 0;

	if (!symbols_find(k->symbols, "init_net", &net) ||
	    !layout_find(k->layout, LAYOUT_NET_DEVICES, &head) ||
	    !layout_find(k->layout, LAYOUT_NETDEV_LIST, &off) ||
	    !layout_find(k->layout, LAYOUT_NETDEV_NAME, &name_off))
		return NULL;

	struct list_walk w = list_walk_from(k->mem, net + head, LIMIT_NET_DEVICES,
					    "list of network devices", k->arena);

	while (list_next(&w, &node)) {
		uint64_t dev = node - off;
		struct str name = kernel_string(k, dev + name_off, NAME_MAX_LEN);

		if (!str_is_word(name) || count++ >= SHOWN)
			continue;

		struct fact_row *row = facts_put_row(root, FACT_NET_DEVICES, from_list);

		facts_put_text(row, NET_DEVICE_NAME, name, from_list);
		put_state(k, dev, row);
		put_counts(k, cpus, dev, row);
		put_trouble(k, row);
	}
	if (list_is_absent(&w))
		return NULL;
	if (count == 0)
		facts_put_empty(root, FACT_NET_DEVICES, from_list);
	facts_put_number(root, FACT_NET_DEVICES_MORE, count > SHOWN ? count - SHOWN : 0, from_list);
	return w.problem;
}
