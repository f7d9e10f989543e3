// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * kdlab - a kernel module that crashes in the way it is told to:
 *
 *	echo null_read >/sys/module/kdlab/parameters/crash
 *
 * Each way is a function of its own, kdlab_NAME, that is never inlined, so that the
 * lab can say which function a report must name. Values that would let the compiler
 * see the bug (and delete it) go through hide().
 */
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/objtool.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/timer.h>
#include <linux/uaccess.h>
#include <linux/workqueue.h>

struct victim {
	char name[16];
	struct victim *next;
	int value;
	struct list_head node;
};

static unsigned long
hide(unsigned long value)
{
	OPTIMIZER_HIDE_VAR(value);
	return value;
}

static noinline void
kdlab_null_read(void)
{
	struct victim *v = (struct victim *)hide(0);

	pr_info("kdlab: value %d\n", READ_ONCE(v->value));
}

static noinline void
kdlab_null_write(void)
{
	struct victim *v = (struct victim *)hide(0);

	WRITE_ONCE(v->value, 42);
}

static noinline void
kdlab_null_call(void)
{
	void (*call)(void) = (void (*)(void))hide(0);

	call();
}

static noinline void
kdlab_wild(void)
{
	struct victim *v = (struct victim *)hide(0xffff8000deadb000ul);

	WRITE_ONCE(v->value, 42);
}

static noinline void
kdlab_non_canonical(void)
{
	struct victim *v = (struct victim *)hide(0x4141414141414141ul);

	WRITE_ONCE(v->value, 42);
}

static noinline void
kdlab_user_pointer(void)
{
	int *stack = (int *)hide(current->mm->start_stack);

	pr_info("kdlab: value %d\n", READ_ONCE(*stack)); /* mapped: it is SMAP that faults */
}

static noinline void
kdlab_rodata(void)
{
	static const int constant = 42;

	WRITE_ONCE(*(int *)hide((unsigned long)&constant), 1);
}

static noinline void
kdlab_data_call(void)
{
	static char data[64] = { 0x90 };
	void (*call)(void) = (void (*)(void))hide((unsigned long)data);

	call();
}

static noinline void
kdlab_bug(void)
{
	BUG_ON(hide(1));
}

static noinline void
kdlab_warn(void)
{
	WARN(hide(1), "kdlab: this warning is %s\n", "wanted");
}

static noinline void
kdlab_panic(void)
{
	panic("kdlab: asked to panic");
}

static noinline void
kdlab_divide(void)
{
	pr_info("kdlab: quotient %lu\n", 42 / hide(0));
}

static noinline void
kdlab_ud2(void)
{
	asm volatile("ud2");
}

static noinline void
kdlab_int3(void)
{
	asm volatile("int3");
}

static noinline void
kdlab_list(void)
{
	static struct victim a, b;
	static LIST_HEAD(head);

	list_add(&a.node, &head);
	list_add(&b.node, &head);
	list_del(&a.node);
	list_del(&a.node);
}

/* The frame is large, so that it is this function that meets the guard page. */
static noinline int
kdlab_recurse(int depth)
{
	volatile char frame[1024];

	frame[depth % sizeof(frame)] = (char)depth;
	if (hide(1))
		depth = kdlab_recurse(depth + 1);
	return depth + frame[depth % sizeof(frame)];
}

static noinline void
kdlab_recursion(void)
{
	pr_info("kdlab: depth %d\n", kdlab_recurse(0));
}

static noinline void
kdlab_smash_stack(void)
{
	char frame[16] = { 0 };

	memset((char *)hide((unsigned long)frame), 0x41, 48);
	OPTIMIZER_HIDE_VAR(*(long *)frame);
}

static noinline void
kdlab_double_free(void)
{
	void *p = kmalloc(192, GFP_KERNEL);

	kfree(p);
	kfree((void *)hide((unsigned long)p));
}

static noinline void
kdlab_redzone(void)
{
	char *p = kmalloc(192, GFP_KERNEL);

	memset((char *)hide((unsigned long)p) + 192, 0x41, 4);
	kfree(p);
}

/* With slub_debug=P the freed object is full of 0x6b. */
static noinline void
kdlab_use_after_free(void)
{
	struct victim *v = kzalloc(sizeof(*v), GFP_KERNEL);

	kfree(v);
	v = (struct victim *)hide((unsigned long)v);
	WRITE_ONCE(v->next->value, 42);
}

static noinline void
kdlab_refcount(void)
{
	static refcount_t count = REFCOUNT_INIT(0);

	refcount_inc(&count);
}

static noinline void
kdlab_usercopy(void)
{
	char *p = (char *)hide((unsigned long)kmalloc(192, GFP_KERNEL));

	if (copy_to_user((char __user *)current->mm->start_stack - 512, p, hide(300)))
		pr_info("kdlab: not copied\n");
	kfree(p);
}

static noinline void
kdlab_double_fault(void)
{
	asm volatile("mov %0, %%rsp; push %0" : : "r"(hide(0x1000)) : "memory");
}
STACK_FRAME_NON_STANDARD(kdlab_double_fault); /* or 6.12's objtool gives no function an ORC entry */

static DEFINE_SPINLOCK(spin);

static noinline void
kdlab_sleep_atomic(void)
{
	spin_lock(&spin);
	msleep(100);
	spin_unlock(&spin);
}

/* With interrupts on, the other timers still run: a soft lockup. */
static noinline void
kdlab_spin_twice(void)
{
	spin_lock(&spin);
	spin_lock(&spin);
}

static noinline void
kdlab_spin_irq_off(void)
{
	local_irq_disable();
	for (;;)
		cpu_relax();
}

static noinline void
kdlab_spin_preempt_off(void)
{
	preempt_disable();
	for (;;)
		cpu_relax();
}

static noinline void
kdlab_spin_rcu(void)
{
	rcu_read_lock();
	for (;;)
		cpu_relax();
}

static DEFINE_MUTEX(first);
static DEFINE_MUTEX(second);

static noinline int
kdlab_first_second(void *unused)
{
	mutex_lock(&first);
	msleep(500);
	mutex_lock(&second);
	return 0;
}

static noinline int
kdlab_second_first(void *unused)
{
	mutex_lock(&second);
	msleep(500);
	mutex_lock(&first);
	return 0;
}

static noinline void
kdlab_ab_ba(void)
{
	kthread_run(kdlab_first_second, NULL, "kdlab_ab");
	kthread_run(kdlab_second_first, NULL, "kdlab_ba");
}

static noinline int
kdlab_hold(void *unused)
{
	mutex_lock(&first);
	for (;;)
		msleep_interruptible(1000);
	return 0;
}

static noinline void
kdlab_held_mutex(void)
{
	kthread_run(kdlab_hold, NULL, "kdlab_holder");
	msleep(500);
	mutex_lock(&first);
}

static noinline void
kdlab_in_timer(struct timer_list *unused)
{
	kdlab_null_write();
}

static DEFINE_TIMER(timer, kdlab_in_timer);

static noinline void
kdlab_timer(void)
{
	mod_timer(&timer, jiffies + 1);
	msleep(1000);
}

static noinline void
kdlab_in_work(struct work_struct *unused)
{
	kdlab_null_write();
}

static DECLARE_WORK(work, kdlab_in_work);

static noinline void
kdlab_work(void)
{
	schedule_work(&work);
	msleep(1000);
}

static const struct {
	const char *name;
	void (*crash)(void);
} crashes[] = {
	{ "null_read", kdlab_null_read },
	{ "null_write", kdlab_null_write },
	{ "null_call", kdlab_null_call },
	{ "wild", kdlab_wild },
	{ "non_canonical", kdlab_non_canonical },
	{ "user_pointer", kdlab_user_pointer },
	{ "rodata", kdlab_rodata },
	{ "data_call", kdlab_data_call },
	{ "bug", kdlab_bug },
	{ "warn", kdlab_warn },
	{ "panic", kdlab_panic },
	{ "divide", kdlab_divide },
	{ "ud2", kdlab_ud2 },
	{ "int3", kdlab_int3 },
	{ "list", kdlab_list },
	{ "recursion", kdlab_recursion },
	{ "smash_stack", kdlab_smash_stack },
	{ "double_free", kdlab_double_free },
	{ "redzone", kdlab_redzone },
	{ "use_after_free", kdlab_use_after_free },
	{ "refcount", kdlab_refcount },
	{ "usercopy", kdlab_usercopy },
	{ "double_fault", kdlab_double_fault },
	{ "sleep_atomic", kdlab_sleep_atomic },
	{ "spin_twice", kdlab_spin_twice },
	{ "spin_irq_off", kdlab_spin_irq_off },
	{ "spin_preempt_off", kdlab_spin_preempt_off },
	{ "spin_rcu", kdlab_spin_rcu },
	{ "ab_ba", kdlab_ab_ba },
	{ "held_mutex", kdlab_held_mutex },
	{ "timer", kdlab_timer },
	{ "work", kdlab_work },
};

/* Writes to a parameter hold a lock until set() returns; it may well never do so. */
static int
crash_set(const char *text, const struct kernel_param *unused)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(crashes); i++) {
		if (sysfs_streq(text, crashes[i].name)) {
			crashes[i].crash();
			return 0;
		}
	}
	return -EINVAL;
}

static const struct kernel_param_ops crash_ops = { .set = crash_set };

module_param_cb(crash, &crash_ops, NULL, 0200);
MODULE_PARM_DESC(crash, "the way to crash");
MODULE_LICENSE("GPL");
