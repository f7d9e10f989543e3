// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * kdlab_hang - a kernel module that gets tasks stuck, and memory lost, in the way it is told to:
 *
 *	echo convoy >/sys/module/kdlab_hang/parameters/hang
 *
 * Nothing crashes by that: the lab asks for a dump once everybody waits.
 */
#include <linux/delay.h>
#include <linux/gfp.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/etherdevice.h>
#include <linux/netdevice.h>
#include <linux/completion.h>
#include <linux/rwsem.h>
#include <linux/sched.h>
#include <linux/slab.h>

enum {
	CONVOY = 20,      /* tasks behind one mutex */
	CROWD = 2000,     /* tasks that sleep */
	LOST_BYTES = 110, /* MiB */
	OBJECT_LEN = 2048,
	RX_DROPPED = 7, /* packets of the network device */
	TX_DROPPED = 3,
};

static DEFINE_MUTEX(depot);
static DECLARE_RWSEM(archive);
static DECLARE_COMPLETION(delivery);

static void
sleep_for_ever(void)
{
	for (;;)
		msleep_interruptible(100000);
}

static noinline int
kdlab_holder(void *unused)
{
	mutex_lock(&depot);
	sleep_for_ever();
	return 0;
}

static noinline int
kdlab_waiter(void *unused)
{
	mutex_lock(&depot);
	return 0;
}

static noinline void
kdlab_convoy(void)
{
	int i;

	kthread_run(kdlab_holder, NULL, "kdlab_holder");
	msleep(200);
	for (i = 0; i < CONVOY; i++)
		kthread_run(kdlab_waiter, NULL, "kdlab_wait/%d", i);
}

static noinline int
kdlab_reader(void *unused)
{
	down_read(&archive);
	sleep_for_ever();
	return 0;
}

static noinline int
kdlab_writer(void *unused)
{
	down_write(&archive);
	return 0;
}

/* Readers that come after a waiting writer wait behind it. */
static noinline void
kdlab_rwsem(void)
{
	kthread_run(kdlab_reader, NULL, "kdlab_reader");
	msleep(200);
	kthread_run(kdlab_writer, NULL, "kdlab_writer");
	msleep(200);
	kthread_run(kdlab_reader, NULL, "kdlab_late");
}

static noinline int
kdlab_customer(void *unused)
{
	wait_for_completion(&delivery);
	return 0;
}

static noinline void
kdlab_completion(void)
{
	kthread_run(kdlab_customer, NULL, "kdlab_customer");
}

/* It takes the lock again that it holds. */
static noinline int
kdlab_again(void *unused)
{
	mutex_lock(&depot);
	mutex_lock(&depot);
	return 0;
}

static noinline void
kdlab_self(void)
{
	kthread_run(kdlab_again, NULL, "kdlab_again");
}

static noinline int
kdlab_leaver(void *unused)
{
	mutex_lock(&depot);
	return 0;
}

/* The owner is gone, and another task may have its memory by now. */
static noinline void
kdlab_orphan(void)
{
	kthread_run(kdlab_leaver, NULL, "kdlab_leaver");
	msleep(500);
	kthread_run(kdlab_waiter, NULL, "kdlab_heir");
}

static noinline int
kdlab_sleeper(void *unused)
{
	sleep_for_ever();
	return 0;
}

static noinline void
kdlab_crowd(void)
{
	int i;

	for (i = 0; i < CROWD; i++)
		kthread_run(kdlab_sleeper, NULL, "kdlab_crowd/%d", i);
}

static noinline int
kdlab_spin_fifo(void *unused)
{
	sched_set_fifo(current);
	for (;;)
		cpu_relax();
	return 0;
}

static noinline void
kdlab_hog(void)
{
	kthread_run(kdlab_spin_fifo, NULL, "kdlab_hog");
}

/* A cache with a constructor is merged with no other. */
static void
construct(void *object)
{
	memset(object, 0, OBJECT_LEN);
}

/* Each object points to the one before, and nobody to the last. */
static noinline void
kdlab_slab_leak(void)
{
	struct kmem_cache *cache = kmem_cache_create("kdlab_leak", OBJECT_LEN, 0, 0,
						     construct);
	void *last = NULL;
	long i;

	for (i = 0; cache != NULL && i < ((long)LOST_BYTES << 20) / OBJECT_LEN; i++) {
		void **p = kmem_cache_alloc(cache, GFP_KERNEL | __GFP_NORETRY | __GFP_NOWARN);

		if (p == NULL)
			break;
		*p = last;
		last = p;
	}
}

static noinline void
kdlab_page_leak(void)
{
	long i;

	for (i = 0; i < ((long)LOST_BYTES << 20) / PAGE_SIZE; i++) {
		if (alloc_page(GFP_KERNEL | __GFP_NORETRY | __GFP_NOWARN) == NULL)
			break;
	}
}

static netdev_tx_t
kdlab_xmit(struct sk_buff *skb, struct net_device *dev)
{
	dev_kfree_skb(skb);
	dev->stats.tx_dropped++;
	return NETDEV_TX_OK;
}

static const struct net_device_ops net_ops = { .ndo_start_xmit = kdlab_xmit };

static struct net_device *
make_device(const char *name)
{
	struct net_device *dev = alloc_netdev(0, name, NET_NAME_UNKNOWN, ether_setup);

	if (dev == NULL)
		return NULL;
	dev->netdev_ops = &net_ops;
	eth_hw_addr_random(dev);
	dev->stats.rx_dropped = RX_DROPPED;
	dev->stats.tx_dropped = TX_DROPPED;
	if (register_netdev(dev) == 0)
		return dev;
	free_netdev(dev);
	return NULL;
}

static noinline int
kdlab_unplug(void *dev)
{
	unregister_netdev(dev);
	return 0;
}

/* One stays; somebody uses the other one, which therefore cannot go. */
static noinline void
kdlab_net(void)
{
	struct net_device *used;

	make_device("kdlab0");
	used = make_device("kdlab1");
	if (used == NULL)
		return;
	dev_hold(used);
	kthread_run(kdlab_unplug, used, "kdlab_unplug");
}

static const struct {
	const char *name;
	void (*hang)(void);
} hangs[] = {
	{ "convoy", kdlab_convoy },
	{ "rwsem", kdlab_rwsem },
	{ "completion", kdlab_completion },
	{ "self", kdlab_self },
	{ "orphan", kdlab_orphan },
	{ "crowd", kdlab_crowd },
	{ "hog", kdlab_hog },
	{ "slab_leak", kdlab_slab_leak },
	{ "page_leak", kdlab_page_leak },
	{ "net", kdlab_net },
};

static int
hang_set(const char *text, const struct kernel_param *unused)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(hangs); i++) {
		if (sysfs_streq(text, hangs[i].name)) {
			hangs[i].hang();
			return 0;
		}
	}
	return -EINVAL;
}

static const struct kernel_param_ops hang_ops = { .set = hang_set };

module_param_cb(hang, &hang_ops, NULL, 0200);
MODULE_PARM_DESC(hang, "what to get stuck in");
MODULE_LICENSE("GPL");
