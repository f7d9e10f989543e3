// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * kdlab_stuck - a kernel module after which others wait for a lock of theirs, for a CPU, or for
 * the end of what a CPU does, in the way it is told to:
 *
 *	echo rcu >/sys/module/kdlab_stuck/parameters/stuck
 */
#include <linux/delay.h>
#include <linux/fs.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/nmi.h>
#include <linux/rcupdate.h>
#include <linux/sched/mm.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <asm/apic.h>
#include <asm/nmi.h>

enum {
	WAITERS = 8,
	OTHER_CPU = 1,
};

static DEFINE_SPINLOCK(gate);

static void
sleep_for_ever(void)
{
	for (;;)
		msleep_interruptible(100000);
}

static void
run_on(int cpu, int (*what)(void *), const char *name)
{
	struct task_struct *t = kthread_create(what, NULL, "%s", name);

	if (IS_ERR(t))
		return;
	kthread_bind(t, cpu);
	wake_up_process(t);
}

static noinline int
kdlab_inode_holder(void *file)
{
	inode_lock(file_inode((struct file *)file));
	sleep_for_ever();
	return 0;
}

static noinline void
kdlab_inode(void)
{
	struct file *file = filp_open("/tmp/held", O_RDWR, 0);

	if (!IS_ERR(file))
		kthread_run(kdlab_inode_holder, file, "kdlab_holder");
}

static noinline int
kdlab_mmap_holder(void *mm)
{
	mmap_write_lock((struct mm_struct *)mm);
	sleep_for_ever();
	return 0;
}

static noinline int
kdlab_mmap_reader(void *mm)
{
	mmap_read_lock((struct mm_struct *)mm);
	return 0;
}

/* The process itself waits, too, but can be killed in that, which is not reported. */
static noinline void
kdlab_mmap(void)
{
	mmget(current->mm);
	kthread_run(kdlab_mmap_holder, current->mm, "kdlab_holder");
	msleep(500);
	kthread_run(kdlab_mmap_reader, current->mm, "kdlab_reader");
}

static noinline int
kdlab_never_quiet(void *unused)
{
	preempt_disable();
	for (;;)
		cpu_relax();
	return 0;
}

static noinline int
kdlab_grace(void *unused)
{
	synchronize_rcu();
	return 0;
}

static noinline void
kdlab_rcu(void)
{
	int i;

	run_on(OTHER_CPU, kdlab_never_quiet, "kdlab_loop");
	msleep(500);
	for (i = 0; i < WAITERS; i++)
		kthread_run(kdlab_grace, NULL, "kdlab_wait/%d", i);
}

/* It holds the lock, and tells the watchdog that all is well. */
static noinline int
kdlab_gate_holder(void *unused)
{
	spin_lock(&gate);
	for (;;) {
		touch_softlockup_watchdog();
		cpu_relax();
	}
	return 0;
}

static noinline int
kdlab_gate_waiter(void *unused)
{
	spin_lock(&gate);
	spin_unlock(&gate);
	return 0;
}

/* CPU 0 stays for everybody else until the lock is held. */
static noinline void
kdlab_gate(void)
{
	run_on(2, kdlab_gate_holder, "kdlab_holder");
	msleep(500);
	run_on(OTHER_CPU, kdlab_gate_waiter, "kdlab_waiter");
	run_on(0, kdlab_gate_waiter, "kdlab_other");
}

/* A function of the kernel is given a text, and nowhere to put it. */
static noinline void
kdlab_text(void)
{
	char *volatile nowhere = NULL;

	strscpy(nowhere, "kdlab: a text", PAGE_SIZE);
}

/* While it handles one NMI, a CPU gets no other. */
static noinline int
kdlab_deaf_nmi(unsigned int type, struct pt_regs *regs)
{
	if (raw_smp_processor_id() != OTHER_CPU)
		return NMI_DONE;
	for (;;)
		cpu_relax();
	return NMI_HANDLED;
}

static noinline int
kdlab_deafen(void *unused)
{
	if (register_nmi_handler(NMI_LOCAL, kdlab_deaf_nmi, NMI_FLAG_FIRST, "kdlab") != 0)
		return 0;
	apic->send_IPI_mask(cpumask_of(OTHER_CPU), NMI_VECTOR);
	mdelay(500);
	panic("kdlab: nobody hears");
	return 0;
}

/* At once, as anybody may need that CPU. */
static noinline void
kdlab_deaf(void)
{
	run_on(0, kdlab_deafen, "kdlab_deafen");
}

static const struct {
	const char *name;
	void (*start)(void);
} ways[] = {
	{ "inode", kdlab_inode }, { "mmap", kdlab_mmap }, { "rcu", kdlab_rcu },
	{ "gate", kdlab_gate },   { "text", kdlab_text }, { "deaf", kdlab_deaf },
};

static int
stuck_set(const char *text, const struct kernel_param *unused)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(ways); i++) {
		if (sysfs_streq(text, ways[i].name)) {
			ways[i].start();
			return 0;
		}
	}
	return -EINVAL;
}

static const struct kernel_param_ops stuck_ops = { .set = stuck_set };

module_param_cb(stuck, &stuck_ops, NULL, 0200);
MODULE_PARM_DESC(stuck, "what to wait for");
MODULE_LICENSE("GPL");
