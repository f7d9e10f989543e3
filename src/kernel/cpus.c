/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/cpus.h"

#include "base/limits.h"
#include "kernel/list.h"

#include <inttypes.h>

enum {
	NOTE_HEADER_LEN = 12,
	NOTE_LEN_MAX = 4096,
	MASK_LEN = LIMIT_CPUS / 8,
};

/* Bit n of a cpumask, which is an array of longs. */
static bool
mask_has(const struct kernel *k, const uint8_t *mask, uint32_t n)
{
	size_t word_len = k->mem->word_len;
	size_t byte = n / 8;

	if (k->mem->order == ORDER_BIG)
		byte = byte / word_len * word_len + (word_len - 1 - byte % word_len);
	return mask[byte] >> n % 8 & 1;
}

/* False if the kernel has no such mask. Until 4.5 a mask was a plain bitmap (5aec01b834fd,
 * "kernel/cpu.c: eliminate cpu_*_mask"). */
static bool
read_mask(const struct kernel *k, const char *name, const char *old_name, uint32_t cpus,
	  uint8_t *mask)
{
	const char *const names[] = { name, old_name, NULL };
	size_t word_len = k->mem->word_len;
	size_t len = (cpus + 8 * word_len - 1) / (8 * word_len) * word_len;
	uint64_t va = 0;

	return symbols_find_any(k->symbols, names, &va) &&
	       memory_read(k->mem, va, mask, len) == NULL;
}

static uint32_t
count_cpus(const struct kernel *k)
{
	uint64_t offsets = 0;
	uint32_t n = 0;

	if (!symbols_find(k->symbols, "__per_cpu_offset", &offsets))
		return 1; /* not SMP */
	if (kernel_symbol_u32(k, "nr_cpu_ids", &n) && n != 0 && n <= LIMIT_CPUS)
		return n;
	return 1;
}

/* The word that a per-CPU variable holds; 0 if it cannot be read. */
static uint64_t
percpu_word(const struct kernel *k, const struct cpu *c, const char *name, uint64_t off)
{
	uint64_t va = 0;
	uint64_t v = 0;

	if (!symbols_find(k->symbols, name, &va) ||
	    memory_word(k->mem, va + c->percpu + off, &v) != NULL || !kernel_is_address(k, v))
		return 0;
	return v;
}

static uint64_t
percpu_member(const struct kernel *k, const struct cpu *c, const char *name, enum layout_id member)
{
	uint64_t va = 0;
	uint64_t off = 0;

	if (!symbols_find(k->symbols, name, &va) || !layout_find(k->layout, member, &off))
		return 0;
	return percpu_word(k, c, name, off);
}

/* x86 keeps the current task in a variable, from 6.2 to 6.14 in a structure of hot ones; all
 * have a run queue, whose type stands so far back in BTF that it is asked last. */
static void
read_tasks(const struct kernel *k, struct cpu *c)
{
	c->current = percpu_word(k, c, "current_task", 0);
	if (c->current == 0)
		c->current = percpu_member(k, c, "pcpu_hot", LAYOUT_HOT_CURRENT);
	if (c->current == 0)
		c->current = percpu_member(k, c, "runqueues", LAYOUT_RQ_CURR);
	if (c->current == 0) /* arm64's, from 4.10 on */
		c->current = percpu_word(k, c, "__entry_task", 0);
	c->idle = percpu_word(k, c, "idle_threads", 0);
	if (c->idle == 0)
		c->idle = percpu_member(k, c, "runqueues", LAYOUT_RQ_IDLE);

	/* What a CPU that never came up has there is what the image has. */
	uint64_t init = 0;

	if (symbols_find(k->symbols, "init_task", &init) && c->current == init && c->idle != 0 &&
	    c->idle != init)
		c->current = 0;
}

static bool
is_user(const struct kernel *k, const struct regs *r)
{
	uint64_t v = 0;

	if (regs_get(r, "cs", &v))
		return (v & 3) != 0;
	if (regs_get(r, "pstate", &v))
		return (v & 0xf) == 0;
	return k->arch->ip != NULL && regs_get(r, k->arch->ip, &v) && !kernel_is_address(k, v);
}

static void
set_regs(const struct kernel *k, struct cpu *c, const struct regs *r, const char *source)
{
	c->regs = r;
	c->regs_source = source;
	c->in_user = is_user(k, r);
}

/* The note that the CPU itself wrote on its way down, in a per-CPU buffer. */
static bool
read_crash_note(const struct kernel *k, struct cpu *c)
{
	uint8_t b[NOTE_LEN_MAX] = { 0 };
	uint64_t notes = 0;
	uint32_t pid = 0;

	if (!kernel_symbol_word(k, "crash_notes", &notes) || notes == 0 ||
	    memory_read(k->mem, notes + c->percpu, b, NOTE_HEADER_LEN) != NULL)
		return false;

	uint32_t name_len = bytes_u32(b, k->mem->order);
	uint32_t len = bytes_u32(b + 4, k->mem->order);
	uint32_t type = bytes_u32(b + 8, k->mem->order);
	uint64_t at = notes + c->percpu + NOTE_HEADER_LEN + ((uint64_t)(name_len + 3U) & ~3ULL);

	if (type != 1 || name_len > 16 || len > sizeof(b) || len < k->arch->prstatus_len ||
	    memory_read(k->mem, at, b, len) != NULL)
		return false;

	struct regs *r = ARENA_NEW(k->arena, struct regs);

	if (!arch_prstatus(k->arch, (struct bytes){ b, len }, k->mem->order, &pid, r))
		return false;
	set_regs(k, c, r, arena_printf(k->arena, "crash_notes of CPU %" PRIu32, c->number));
	return true;
}

static void
take_note(const struct kernel *k, struct cpu *c, const struct dump_cpu *note)
{
	set_regs(k, c, &note->regs,
		 arena_printf(k->arena, "note %" PRIu32 " of the dump", note->note));
}

static bool
has_qemu_notes(const struct dump *d)
{
	for (size_t i = 0; i < d->cpu_count; i++) {
		if (d->cpu[i].from_qemu)
			return true;
	}
	return false;
}

/* Notes of the kind that counts: QEMU's own if there are any. */
static const struct dump_cpu *
note_number(const struct dump *d, bool qemu, uint32_t n)
{
	for (size_t i = 0; i < d->cpu_count; i++) {
		if (d->cpu[i].from_qemu == qemu && d->cpu[i].note == n)
			return &d->cpu[i];
	}
	return NULL;
}

static size_t
count_notes(const struct dump *d, bool qemu)
{
	size_t count = 0;

	for (size_t i = 0; i < d->cpu_count; i++)
		count += d->cpu[i].from_qemu == qemu;
	return count;
}

/* The n-th note goes with the n-th CPU if there is one for each, or for each online one. */
static void
take_notes_in_order(const struct kernel *k, const struct dump *d, struct cpus *all)
{
	bool qemu = has_qemu_notes(d);
	size_t count = count_notes(d, qemu);
	bool by_online = !qemu && count != all->count && count == all->online;
	uint32_t n = 0;

	if (!qemu && count != all->count && !by_online)
		return;
	for (size_t i = 0; i < all->count; i++) {
		struct cpu *c = &all->cpu[i];

		if (by_online && !c->online)
			continue;

		const struct dump_cpu *note = note_number(d, qemu, qemu ? c->number : n);

		n++;
		if (note != NULL && c->regs == NULL && !note->blank)
			take_note(k, c, note);
	}
}

/* Else by the thread that ran there, which the note names. */
static void
take_notes_by_pid(const struct kernel *k, const struct dump *d, struct cpus *all)
{
	for (size_t i = 0; i < all->count; i++) {
		struct cpu *c = &all->cpu[i];
		uint32_t pid = 0;

		if (c->regs != NULL || c->current == 0 ||
		    !kernel_u32(k, c->current, LAYOUT_TASK_PID, &pid) || pid == 0)
			continue;
		for (size_t n = 0; n < d->cpu_count; n++) {
			const struct dump_cpu *note = &d->cpu[n];

			if (!note->from_qemu && note->has_pid && note->pid == pid && !note->blank)
				take_note(k, c, note);
		}
	}
}

static void
read_registers(const struct kernel *k, const struct dump *d, struct cpus *all)
{
	bool qemu = d != NULL && has_qemu_notes(d);

	for (size_t i = 0; i < all->count && !qemu; i++)
		(void)read_crash_note(k, &all->cpu[i]);
	if (d == NULL)
		return;
	take_notes_in_order(k, d, all);
	if (!qemu)
		take_notes_by_pid(k, d, all);
}

/* panic_cpu (Linux commit 1717f2096b54, v4.5) holds -1 until somebody panics; x86's crashing_cpu is
 * older and is set only on the way to kexec. */
static void
find_panic(const struct kernel *k, struct cpus *all)
{
	static const char *const names[] = { "panic_cpu", "crashing_cpu" };

	for (size_t i = 0; i < ARRAY_LEN(names) && all->panic == NULL; i++) {
		uint32_t n = 0;

		if (!kernel_symbol_u32(k, names[i], &n))
			continue;
		all->panic = cpus_find(all, n);
		all->panic_source = names[i];
	}
}

bool
cpus_nobody_panicked(const struct kernel *k)
{
	uint32_t n = 0;

	return kernel_symbol_u32(k, "panic_cpu", &n) && n == UINT32_MAX;
}

static void
add_cpus(const struct kernel *k, uint32_t cpus, struct cpus *all)
{
	uint8_t possible[MASK_LEN] = { 0 };
	uint8_t online[MASK_LEN] = { 0 };
	uint64_t offsets = 0;
	bool smp = symbols_find(k->symbols, "__per_cpu_offset", &offsets);
	bool has_possible =
		read_mask(k, "__cpu_possible_mask", "cpu_possible_bits", cpus, possible);

	all->has_online = read_mask(k, "__cpu_online_mask", "cpu_online_bits", cpus, online);
	all->cpu = ARENA_ARRAY(k->arena, struct cpu, cpus);
	for (uint32_t n = 0; n < cpus; n++) {
		struct cpu c = { .number = n, .online = mask_has(k, online, n) };
		const struct error *e = NULL;

		if (has_possible && !mask_has(k, possible, n))
			continue;
		if (smp)
			e = memory_word(k->mem, offsets + (uint64_t)n * k->mem->word_len,
					&c.percpu);
		if (e != NULL) {
			all->problem =
				error_wrap(k->arena, e, "reading the data of CPU %" PRIu32, n);
			continue;
		}
		all->online += c.online;
		all->cpu[all->count++] = c;
	}
}

/* The run queue that a task is on, or was on last: that of the CPU which its group's queue
 * belongs to. */
static bool
find_queue(const struct kernel *k, uint64_t task, uint64_t *rq)
{
	uint64_t group = 0;

	return kernel_word(k, task, LAYOUT_TASK_CFS_RQ, &group) && kernel_is_address(k, group) &&
	       kernel_word(k, group, LAYOUT_CFS_RQ_RQ, rq) && kernel_is_address(k, *rq);
}

static bool
is_idle_task(const struct kernel *k, uint64_t task)
{
	uint32_t pid = 1;

	return kernel_is_address(k, task) && kernel_u32(k, task, LAYOUT_TASK_PID, &pid) && pid == 0;
}

static void
add_queue(const struct kernel *k, uint64_t rq, struct cpus *all, size_t *cap)
{
	struct cpu c = { .number = 0 };
	size_t at = all->count;

	if (!kernel_u32(k, rq, LAYOUT_RQ_CPU, &c.number) || c.number >= LIMIT_CPUS ||
	    cpus_find(all, c.number) != NULL || !kernel_word(k, rq, LAYOUT_RQ_IDLE, &c.idle) ||
	    !is_idle_task(k, c.idle))
		return;
	if (!kernel_word(k, rq, LAYOUT_RQ_CURR, &c.current) || !kernel_is_address(k, c.current))
		c.current = 0;
	all->cpu = arena_grow(k->arena, all->cpu, all->count, cap, sizeof(all->cpu[0]));
	for (; at > 0 && all->cpu[at - 1].number > c.number; at--)
		all->cpu[at] = all->cpu[at - 1];
	all->cpu[at] = c;
	all->count++;
}

/* Without symbols of data per-CPU variables cannot be found, but tasks lead to the run queues,
 * and every CPU has kernel threads of its own. */
static bool
add_queues(const struct kernel *k, struct cpus *all)
{
	struct arena *a = arena_new_temporary(k->arena);
	uint64_t init = 0;
	uint64_t node = 0;
	uint64_t off = 0;
	uint64_t rq = 0;
	uint64_t last = 0;
	size_t cap = 0;

	if (symbols_find(k->symbols, "runqueues", &rq) ||
	    !symbols_find(k->symbols, "init_task", &init) ||
	    !layout_find(k->layout, LAYOUT_TASK_TASKS, &off)) {
		arena_free(a);
		return false;
	}

	struct list_walk w = list_walk_from(k->mem, init + off, LIMIT_TASKS, "list of tasks", a);

	while (list_next(&w, &node)) {
		if (find_queue(k, node - off, &rq) && rq != last)
			add_queue(k, rq, all, &cap);
		last = rq;
	}
	arena_free(a);
	return all->count != 0;
}

void
cpus_read(const struct kernel *k, const struct dump *d, struct cpus *out)
{
	struct cpus all = { 0 };

	if (!add_queues(k, &all)) {
		add_cpus(k, count_cpus(k), &all);
		for (size_t i = 0; i < all.count; i++)
			read_tasks(k, &all.cpu[i]);
	}
	read_registers(k, d, &all);
	find_panic(k, &all);
	*out = all;
}

const struct cpu *
cpus_find(const struct cpus *c, uint32_t number)
{
	for (size_t i = 0; i < c->count; i++) {
		if (c->cpu[i].number == number)
			return &c->cpu[i];
	}
	return NULL;
}

const struct cpu *
cpus_running(const struct cpus *c, uint64_t task)
{
	for (size_t i = 0; i < c->count; i++) {
		if (c->cpu[i].current == task)
			return &c->cpu[i];
	}
	return NULL;
}

void
cpus_hint_panic(struct cpus *c, uint32_t number, const char *source)
{
	if (c->panic != NULL)
		return;
	c->panic = cpus_find(c, number);
	c->panic_source = source;
}
