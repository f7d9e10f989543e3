/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/regs.h"

#include <string.h>

/*
 * What one sign counts. Each of the first three is enough by itself; none of them outweighs
 * two that say otherwise, and the order of the notes decides only where nothing else does.
 */
enum {
	SAME_REGS = 12,
	SAME_STACK = 8,
	SAME_THREAD = 6, /* and as much less for another thread */
	SAME_VCPU = 5,   /* and as much less for another one */
	SAME_OF_ALL = 4, /* its number among the notes, which are as many as there are CPUs */
	SAME_IDLE = 1,   /* each CPU has its idle thread, and all of them are pid 0 */
	SAME_NOTE = 1,   /* its number among notes that are fewer or more */
	CERTAIN = 4,

	AGREE_MIN = 8, /* registers that agree; a few do by chance */
	STACK_WORDS = 2048,
};

enum sign {
	SIGN_REGS = 1 << 0,
	SIGN_STACK = 1 << 1,
	SIGN_THREAD = 1 << 2,
	SIGN_VCPU = 1 << 3,
	SIGN_NUMBER = 1 << 4,
};

/* Registers that change without the code running on, or that are printed in other words. */
static bool
is_volatile(const char *name)
{
	static const char *const names[] = { "eflags", "rflags", "fs", "gs", "cs",
					     "ss",     "ds",     "es", "cr2" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (strcmp(name, names[i]) == 0)
			return true;
	}
	return false;
}

static bool
is_same(const struct regs *a, const struct regs *b)
{
	size_t same = 0;

	for (size_t i = 0; i < a->count; i++) {
		uint64_t v = 0;

		if (is_volatile(a->reg[i].name) || !regs_get(b, a->reg[i].name, &v))
			continue;
		if (v != a->reg[i].value)
			return false;
		same++;
	}
	return same >= AGREE_MIN;
}

/* A task's stack is aligned to its length: 16 KiB with words of 8 bytes, 8 KiB with 4. One
 * of user mode is on no kernel stack, though it would be aligned to something too. */
static bool
is_same_stack(const struct arch *arch, const struct regs *a, const struct regs *b)
{
	uint64_t len = (uint64_t)STACK_WORDS * arch->word_len;
	uint64_t x = 0;
	uint64_t y = 0;

	if (arch->sp == NULL || !regs_get(a, arch->sp, &x) || !regs_get(b, arch->sp, &y))
		return false;
	return x / len == y / len && x >> (arch->word_len * 8 - 1) != 0;
}

/* QEMU writes NT_PRSTATUS too, with a number of its own for the thread: its other notes say
 * more, and those are left out. */
static bool
has_qemu_notes(const struct dump *d)
{
	for (size_t i = 0; i < d->cpu_count; i++) {
		if (d->cpu[i].from_qemu)
			return true;
	}
	return false;
}

static int
weigh_thread(const struct dump_cpu *c, const struct regs_hint *h, unsigned *signs)
{
	if (!h->has_pid || !c->has_pid)
		return 0;
	if (c->pid != h->pid)
		return -SAME_THREAD;
	*signs |= h->pid == 0 ? 0 : SIGN_THREAD;
	return h->pid == 0 ? SAME_IDLE : SAME_THREAD;
}

static int
weigh_number(const struct dump *d, const struct dump_cpu *c, const struct regs_hint *h,
	     unsigned *signs)
{
	bool same = c->note == h->cpu;

	if (!h->has_cpu)
		return 0;
	if (c->from_qemu) {
		*signs |= same ? SIGN_VCPU : 0;
		return same ? SAME_VCPU : -SAME_VCPU;
	}
	if (!same)
		return 0;
	*signs |= SIGN_NUMBER;
	return h->cpus == d->cpu_count ? SAME_OF_ALL : SAME_NOTE;
}

static int
weigh(const struct dump *d, const struct dump_cpu *c, const struct regs_hint *h, unsigned *signs)
{
	int weight = weigh_thread(c, h, signs) + weigh_number(d, c, h, signs);

	if (h->regs == NULL || d->arch == NULL)
		return weight;
	if (is_same(h->regs, &c->regs)) {
		*signs |= SIGN_REGS;
		weight += SAME_REGS;
	}
	if (is_same_stack(d->arch, h->regs, &c->regs)) {
		*signs |= SIGN_STACK;
		weight += SAME_STACK;
	}
	return weight;
}

static const char *
words(unsigned signs)
{
	if ((signs & SIGN_REGS) != 0)
		return "the same registers";
	if ((signs & SIGN_STACK) != 0)
		return (signs & SIGN_THREAD) != 0 ? "the same stack and thread" : "the same stack";
	if ((signs & SIGN_THREAD) != 0)
		return "the same thread";
	if ((signs & SIGN_VCPU) != 0)
		return "the number of the vCPU";
	return (signs & SIGN_NUMBER) != 0 ? "the order of the notes" : "the only note left";
}

bool
regs_find_cpu(const struct dump *d, const struct regs_hint *h, struct regs_found *out)
{
	struct regs_found best = { .cpu = NULL };
	int most = 0;
	int second = 0;
	bool is_qemu = has_qemu_notes(d);

	for (size_t i = 0; i < d->cpu_count; i++) {
		bool counts = !d->cpu[i].blank && d->cpu[i].from_qemu == is_qemu;
		unsigned signs = 0;
		int weight = counts ? weigh(d, &d->cpu[i], h, &signs) : 0;

		if (weight > most) {
			second = most;
			most = weight;
			best.cpu = &d->cpu[i];
			best.why = words(signs);
		} else if (weight > second) {
			second = weight;
		}
	}
	if (most == second)
		return false;
	best.is_certain = most >= CERTAIN;
	*out = best;
	return true;
}

bool
regs_cpu_number(const struct dump *d, size_t i, uint32_t cpus, uint32_t *number)
{
	if (!has_qemu_notes(d) && cpus != d->cpu_count)
		return false;
	*number = d->cpu[i].note;
	return true;
}
