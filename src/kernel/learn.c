/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/learn.h"

#include "base/limits.h"

#include <string.h>

enum {
	WORD = 8,
	TASK_LEN = 12288, /* looked at; task_struct has 9.6 KiB in 6.8 */
	TASKS_MAX = 48,   /* looked at */
	COMM_LEN = 16,
	STACK_MAX = 32 << 10,
	MEMORIES = 7,         /* MOD_MEM_NUM_TYPES */
	MODULE_LEN = 1536,    /* looked at */
	MODULES_MAX = 8,      /* looked at */
	MODULE_LIST = 8,      /* behind the state, first of all; module is not randomised but for */
	MODULE_NAME = 24,     /* its later members */
	KTHREAD = 0x00200000, /* PF_KTHREAD */
};

struct sample {
	uint64_t va;
	const uint8_t *raw; /* TASK_LEN bytes, zeros where memory ends */
};

struct learn {
	struct kernel *k;
	struct arena *arena;
	const uint8_t *first; /* the first task's bytes */
	uint64_t init;        /* and address */
	size_t comm, tasks, pid, stack, mm;
	struct sample task[TASKS_MAX];
	size_t count;
};

static uint64_t
word_at(const struct learn *l, const uint8_t *raw, size_t off)
{
	return bytes_u64(raw + off, l->k->mem->order);
}

static uint32_t
number_at(const struct learn *l, const uint8_t *raw, size_t off)
{
	return bytes_u32(raw + off, l->k->mem->order);
}

/* As much of an object as can be read, in steps that may be of different pages. */
static const uint8_t *
read_object(struct learn *l, uint64_t va, size_t len)
{
	enum { STEP = 512 };
	uint8_t *raw = arena_alloc(l->arena, len, 1);

	for (size_t off = 0; off < len; off += STEP) {
		if (memory_read(l->k->mem, va + off, raw + off, STEP) != NULL)
			break;
	}
	return raw;
}

static bool
is_pointer(const struct learn *l, uint64_t v)
{
	return kernel_is_address(l->k, v) && v % WORD == 0;
}

static bool
has_name(const struct learn *l, uint64_t task)
{
	char name[COMM_LEN] = "";
	size_t len = 0;

	if (memory_read(l->k->mem, task + l->comm, name, sizeof(name)) != NULL)
		return false;
	while (len < sizeof(name) && name[len] > ' ' && name[len] <= '~')
		len++;
	return len != 0 && len < sizeof(name) && name[len] == '\0';
}

/* How many named tasks are on the list whose entries are at off; 0 if it does not lead back. */
static size_t
follow_list(struct learn *l, size_t off, struct sample *task)
{
	uint64_t head = l->init + off;
	uint64_t node = word_at(l, l->first, off);
	uint64_t back = 0;
	size_t count = 0;

	if (!is_pointer(l, node) || node == head ||
	    !is_pointer(l, word_at(l, l->first, off + WORD)) ||
	    memory_word(l->k->mem, node + WORD, &back) != NULL || back != head)
		return 0;
	for (; node != head && count < LIMIT_TASKS; count++) {
		if (!has_name(l, node - off) || budget_expired(arena_budget(l->arena)))
			return 0;
		if (count < TASKS_MAX)
			task[count].va = node - off;
		if (memory_word(l->k->mem, node, &node) != NULL || !is_pointer(l, node))
			return 0;
	}
	return node == head ? count : 0;
}

static bool
find_tasks(struct learn *l)
{
	struct sample task[TASKS_MAX] = { { 0 } };
	size_t most = 0;

	for (size_t off = 0; off + 2 * WORD <= l->comm; off += WORD) {
		size_t count = follow_list(l, off, task);

		if (count <= most)
			continue;
		most = count;
		l->tasks = off;
		l->count = count < TASKS_MAX ? count : TASKS_MAX;
		memcpy(l->task, task, sizeof(task));
	}
	for (size_t i = 0; i < l->count; i++)
		l->task[i].raw = read_object(l, l->task[i].va, TASK_LEN);
	return l->count >= 2;
}

static void
learned(struct learn *l, enum layout_id id, size_t off, size_t len)
{
	layout_learn(l->k->layout, id, off, len);
}

static bool
is_learned(const struct learn *l, enum layout_id id)
{
	uint64_t off = 0;

	return layout_find(l->k->layout, id, &off);
}

/* pid and tgid: the same in a leader, different from all others; 1 and 2 are the first ones. */
static bool
is_pid(const struct learn *l, size_t off)
{
	if (number_at(l, l->task[0].raw, off) != 1 || number_at(l, l->task[1].raw, off) != 2 ||
	    number_at(l, l->first, off) != 0)
		return false;
	for (size_t i = 0; i < l->count; i++) {
		uint32_t pid = number_at(l, l->task[i].raw, off);

		if (pid == 0 || pid != number_at(l, l->task[i].raw, off + 4))
			return false;
		for (size_t other = 0; other < i; other++) {
			if (number_at(l, l->task[other].raw, off) == pid)
				return false;
		}
	}
	return true;
}

static bool
is_stack(const struct learn *l, size_t off, uint64_t first_stack)
{
	enum { ALIGN = 4096 };

	if (first_stack != 0 && word_at(l, l->first, off) != first_stack)
		return false;
	for (size_t i = 0; i < l->count; i++) {
		uint64_t v = word_at(l, l->task[i].raw, off);

		if (!is_pointer(l, v) || v % ALIGN != 0)
			return false;
		for (size_t other = 0; other < i; other++) {
			if (word_at(l, l->task[other].raw, off) == v)
				return false;
		}
	}
	return true;
}

/* How many tasks have a pointer into their own stack there; *distinct: it is not at the same
 * distance for all, as the top of the stack is. */
static size_t
count_into_stack(const struct learn *l, size_t off, bool *distinct)
{
	uint64_t first = 0;
	size_t count = 0;

	*distinct = false;
	for (size_t i = 0; i < l->count; i++) {
		uint64_t away =
			word_at(l, l->task[i].raw, off) - word_at(l, l->task[i].raw, l->stack);

		if (away == 0 || away >= STACK_MAX)
			continue;
		if (count++ == 0)
			first = away;
		*distinct |= away != first;
	}
	return count;
}

/* Running tasks have stale values, all others do not. */
static bool
is_saved_sp(const struct learn *l, size_t off)
{
	bool distinct = false;

	return count_into_stack(l, off, &distinct) * 5 > l->count * 4 && distinct;
}

/* mm is zero or an address, and active_mm behind it the same unless mm is zero. */
static bool
is_mm(const struct learn *l, size_t off)
{
	bool any = false;
	bool none = false;

	for (size_t i = 0; i < l->count; i++) {
		uint64_t mm = word_at(l, l->task[i].raw, off);
		uint64_t active = word_at(l, l->task[i].raw, off + WORD);

		if (mm != 0 && (!is_pointer(l, mm) || mm != active))
			return false;
		any |= mm != 0;
		none |= mm == 0;
	}
	return any && none && word_at(l, l->task[0].raw, off) != 0 &&
	       word_at(l, l->task[1].raw, off) == 0;
}

static bool
is_task(const struct learn *l, uint64_t va)
{
	bool found = va == l->init;

	for (size_t i = 0; i < l->count; i++)
		found |= l->task[i].va == va;
	return found;
}

/* real_parent, and parent behind it: both the same task. */
static bool
is_parent(const struct learn *l, size_t off)
{
	for (size_t i = 0; i < l->count; i++) {
		uint64_t v = word_at(l, l->task[i].raw, off);

		if (!is_task(l, v) || word_at(l, l->task[i].raw, off + WORD) != v ||
		    v == l->task[i].va)
			return false;
	}
	return word_at(l, l->task[0].raw, off) == l->init;
}

/* How many tasks wait, if what stands there is their state: nearly all of a machine's do. 0 if
 * it cannot be; the first task always runs. */
static size_t
count_waiting(const struct learn *l, size_t off)
{
	enum { INTERRUPTIBLE = 1, IDLE = 0x402 };
	size_t waiting = 0;
	size_t idle = 0;
	size_t other = 0;

	for (size_t i = 0; i < l->count; i++) {
		uint32_t v = number_at(l, l->task[i].raw, off);

		waiting += v == INTERRUPTIBLE;
		idle += v == IDLE;
		other += v > 2 && v != IDLE && v != 0x2001 && v != 0x40000001;
	}
	waiting += idle;
	if (number_at(l, l->first, off) != 0 || waiting * 2 <= l->count || other * 10 >= l->count)
		return 0;
	return idle != 0 ? waiting + l->count : waiting; /* no small number is like that one */
}

/* Not the first place that may be it: the number of a CPU, or a count of references, may be 1
 * for most tasks, too. */
static void
learn_state(struct learn *l)
{
	enum { STATE_MAX = 48 }; /* thread_info may stand in front of it */
	size_t most = 0;
	size_t at = 0;

	for (size_t off = 0; off < STATE_MAX; off += WORD) {
		size_t waiting = count_waiting(l, off);

		if (waiting > most) {
			most = waiting;
			at = off;
		}
	}
	if (most != 0)
		learned(l, LAYOUT_TASK_STATE, at, 4);
}

/* PF_KTHREAD is set if and only if there is no mm. */
static bool
is_flags(const struct learn *l, size_t off)
{
	for (size_t i = 0; i < l->count; i++) {
		bool kthread = (number_at(l, l->task[i].raw, off) & KTHREAD) != 0;

		if (kthread != (word_at(l, l->task[i].raw, l->mm) == 0))
			return false;
	}
	return true;
}

static void
learn_numbers(struct learn *l)
{
	for (size_t off = 0; off + 8 <= l->comm && l->pid == 0; off += 4) {
		if (is_pid(l, off))
			l->pid = off;
	}
	if (l->pid == 0)
		return;
	learned(l, LAYOUT_TASK_PID, l->pid, 4);
	learned(l, LAYOUT_TASK_TGID, l->pid + 4, 4);
	for (size_t off = l->pid + 8; off + 2 * WORD <= l->comm; off += 4) {
		if (off % WORD == 0 && is_parent(l, off)) {
			learned(l, LAYOUT_TASK_REAL_PARENT, off, WORD);
			return;
		}
	}
}

static void
learn_stack(struct learn *l)
{
	static const char *const names[] = { "init_stack", "init_thread_union", "__start_init_task",
					     "__start_init_stack", NULL };
	uint64_t first_stack = 0;

	(void)symbols_find_any(l->k->symbols, names, &first_stack);
	for (size_t off = 0; off + WORD <= l->comm; off += WORD) {
		if (!is_stack(l, off, first_stack))
			continue;
		l->stack = off;
		learned(l, LAYOUT_TASK_STACK, off, WORD);
		break;
	}
}

/* x86_64: thread.sp. arm64: thread.cpu_context has fp and sp behind ten registers. */
static void
learn_saved(struct learn *l)
{
	bool arm64 = l->k->arch == &arch_arm64;

	if (l->stack == 0)
		return;
	for (size_t off = l->comm; off + 2 * WORD <= TASK_LEN; off += WORD) {
		if (!is_saved_sp(l, off) || (arm64 && !is_saved_sp(l, off + WORD)))
			continue;
		if (arm64)
			learned(l, LAYOUT_TASK_CPU_CONTEXT, off - 10 * WORD, 13 * WORD);
		else
			learned(l, LAYOUT_TASK_SP, off, WORD);
		return;
	}
}

static void
learn_flags(struct learn *l)
{
	bool has_flags = false;

	for (size_t off = l->tasks; off + 2 * WORD <= l->comm && l->mm == 0; off += WORD) {
		if (is_mm(l, off))
			l->mm = off;
	}
	if (l->mm == 0)
		return;
	learned(l, LAYOUT_TASK_MM, l->mm, WORD);
	for (size_t off = 0; off + 4 <= l->tasks && !has_flags; off += 4) {
		has_flags = is_flags(l, off);
		if (has_flags)
			learned(l, LAYOUT_TASK_FLAGS, off, 4);
	}
}

static void
learn_tasks(struct learn *l)
{
	const uint8_t *name = NULL;

	if (!symbols_find(l->k->symbols, "init_task", &l->init))
		return;
	l->first = read_object(l, l->init, TASK_LEN);
	name = memmem(l->first, TASK_LEN, "swapper", 7);
	if (name == NULL)
		return;
	l->comm = (size_t)(name - l->first);
	if (!find_tasks(l))
		return;
	learned(l, LAYOUT_TASK_COMM, l->comm, COMM_LEN);
	learned(l, LAYOUT_TASK_TASKS, l->tasks, 2 * WORD);
	learn_numbers(l);
	learn_stack(l);
	learn_saved(l);
	learn_state(l);
	learn_flags(l);
	learned(l, LAYOUT_HOT_CURRENT, 0, WORD); /* its first member */
	/* Since 4.9; unwinders check what they find there. */
	learned(l, LAYOUT_INACTIVE_FRAME_BP, 5 * WORD, WORD);
	learned(l, LAYOUT_INACTIVE_FRAME_RET, 6 * WORD, WORD);
}

/* What belongs to one module is allocated near it, or by the same allocator. */
static bool
is_near(uint64_t va, uint64_t module)
{
	enum { NEAR = 64 << 20 };

	return va - module + NEAR <= 2ULL * NEAR;
}

/* core_kallsyms: a symbol table, whose first symbol is empty; how many; names. kallsyms in
 * front of it points at it once the module is loaded. */
static bool
is_kallsyms(const struct learn *l, uint64_t module, const uint8_t *raw, size_t off)
{
	uint64_t symtab = word_at(l, raw, off);
	uint32_t count = number_at(l, raw, off + WORD);
	uint64_t strtab = word_at(l, raw, off + 2 * WORD);
	uint64_t empty[3] = { 1, 1, 1 };
	uint8_t letter = 1;

	return word_at(l, raw, off - WORD) == module + off && is_pointer(l, symtab) &&
	       kernel_is_address(l->k, strtab) && count > 1 && count < LIMIT_MODULE_SYMBOLS &&
	       memory_read(l->k->mem, symtab, empty, sizeof(empty)) == NULL &&
	       (empty[0] | empty[1] | empty[2]) == 0 &&
	       memory_u8(l->k->mem, strtab, &letter) == NULL && letter == 0;
}

/* Until 4.4 the same in pieces: symtab, core_symtab, their lengths, strtab, core_strtab. */
static bool
is_old_kallsyms(const struct learn *l, const uint8_t *raw, size_t off)
{
	uint32_t count = number_at(l, raw, off + 2 * WORD);
	uint32_t core = number_at(l, raw, off + 2 * WORD + 4);

	return is_pointer(l, word_at(l, raw, off)) && is_pointer(l, word_at(l, raw, off + WORD)) &&
	       core > 1 && core <= count && count < LIMIT_MODULE_SYMBOLS &&
	       kernel_is_address(l->k, word_at(l, raw, off + 3 * WORD)) &&
	       kernel_is_address(l->k, word_at(l, raw, off + 4 * WORD));
}

/* A module is in its own data: its memory is what it says that it is in. */
static bool
is_around(uint64_t base, uint32_t len, uint32_t text_len, uint64_t module)
{
	enum { ALIGN = 4096 };

	return base % ALIGN == 0 && len % ALIGN == 0 && text_len != 0 && text_len <= len &&
	       len <= LIMIT_MODULE_BYTES && module >= base && module - base < len;
}

static void
learn_symbols(struct learn *l, uint64_t module, const uint8_t *raw)
{
	for (size_t off = MODULE_NAME + 64; off + 5 * WORD <= MODULE_LEN; off += WORD) {
		if (is_kallsyms(l, module, raw, off)) {
			learned(l, LAYOUT_MODULE_KALLSYMS, off - WORD, WORD);
			learned(l, LAYOUT_MOD_KALLSYMS_SYMTAB, 0, WORD);
			learned(l, LAYOUT_MOD_KALLSYMS_COUNT, WORD, 4);
			learned(l, LAYOUT_MOD_KALLSYMS_STRTAB, 2 * WORD, WORD);
			return;
		}
	}
	for (size_t off = MODULE_NAME + 64; off + 5 * WORD <= MODULE_LEN; off += WORD) {
		if (is_old_kallsyms(l, raw, off)) {
			learned(l, LAYOUT_MODULE_OLD_SYMTAB, off, WORD);
			learned(l, LAYOUT_MODULE_OLD_NUM_SYMTAB, off + 2 * WORD, 4);
			learned(l, LAYOUT_MODULE_OLD_STRTAB, off + 3 * WORD, WORD);
			return;
		}
	}
}

/* module_layout (4.5 to 6.3): base, length, length of text. Before, module_core, and behind it
 * the lengths of init, core, init's text, core's text. */
static void
learn_region(struct learn *l, uint64_t module, const uint8_t *raw)
{
	for (size_t off = MODULE_NAME + 64; off + 4 * WORD <= MODULE_LEN; off += WORD) {
		uint64_t base = word_at(l, raw, off);

		if (is_around(base, number_at(l, raw, off + 8), number_at(l, raw, off + 12),
			      module)) {
			learned(l, LAYOUT_MODULE_CORE, off, 2 * WORD);
			learned(l, LAYOUT_MODULE_LAYOUT_BASE, 0, WORD);
			learned(l, LAYOUT_MODULE_LAYOUT_LEN, WORD, 4);
			learned(l, LAYOUT_MODULE_LAYOUT_TEXT_LEN, WORD + 4, 4);
			return;
		}
		if (is_around(base, number_at(l, raw, off + 12), number_at(l, raw, off + 20),
			      module)) {
			learned(l, LAYOUT_MODULE_OLD_CORE, off, WORD);
			learned(l, LAYOUT_MODULE_OLD_CORE_LEN, off + 12, 4);
			learned(l, LAYOUT_MODULE_OLD_CORE_TEXT_LEN, off + 20, 4);
			return;
		}
	}
}

/* The memory of one type: nothing, or whole pages. */
static bool
is_memory(const struct learn *l, const uint8_t *entry, size_t len_off)
{
	enum { ALIGN = 4096 };
	uint64_t base = word_at(l, entry, 0);
	uint32_t len = number_at(l, entry, len_off);

	if (base == 0 && len == 0)
		return true;
	return kernel_is_address(l->k, base) && base % ALIGN == 0 && len != 0 && len % ALIGN == 0 &&
	       len <= LIMIT_MODULE_BYTES;
}

/* An array of module_memory, one a type of memory: the module itself is in the second, data;
 * text is the first. */
static bool
is_memories(const struct learn *l, uint64_t module, const uint8_t *raw, size_t each, size_t len_off)
{
	enum { DATA = 1, FIRST_INIT = 4 };
	uint64_t base = word_at(l, raw, DATA * each);
	uint32_t len = number_at(l, raw, DATA * each + len_off);

	for (size_t i = 0; i < MEMORIES; i++) {
		if (!is_memory(l, raw + i * each, len_off))
			return false;
		if (i >= FIRST_INIT && word_at(l, raw, i * each) != 0)
			return false; /* a module that is loaded has none any more */
	}
	return word_at(l, raw, 0) != 0 && is_around(base, len, len, module);
}

/* Since 6.4. The length moved from 8 to 12 with 6.16, and how long an entry is depends on the
 * configuration. */
static void
learn_memories(struct learn *l, uint64_t module, const uint8_t *raw)
{
	enum { EACH_MIN = 16, EACH_MAX = 96 };
	static const uint8_t len_offs[] = { 8, 12 };

	for (size_t off = MODULE_NAME + 64; off + (size_t)MEMORIES * EACH_MAX <= MODULE_LEN;
	     off += WORD) {
		for (size_t n = 0; n < 2 * EACH_MAX / WORD; n++) {
			size_t each = n / 2 * WORD;
			size_t len_off = len_offs[n % 2];

			if (each < EACH_MIN || !is_memories(l, module, raw + off, each, len_off))
				continue;
			learned(l, LAYOUT_MODULE_MEM, off, MEMORIES * each);
			learned(l, LAYOUT_MODULE_REGION, each, each);
			learned(l, LAYOUT_MODULE_REGION_BASE, 0, WORD);
			learned(l, LAYOUT_MODULE_REGION_LEN, len_off, 4);
			return;
		}
	}
}

/* Addresses of ORC entries: relative to their own places, sorted, and of code near the module.
 * Every one is looked at, since with two or three of them chance has its way. */
static bool
are_orc_addresses(const struct learn *l, uint64_t module, uint64_t ip, uint32_t count)
{
	uint64_t before = 0;
	uint32_t v = 0;

	for (uint64_t at = ip; at < ip + 4 * (uint64_t)count; at += 4) {
		if (memory_u32(l->k->mem, at, &v) != NULL)
			return false;

		uint64_t pc = at + (uint64_t)(int64_t)(int32_t)v;

		if (pc < before || !is_near(pc, module))
			return false;
		before = pc;
	}
	return true;
}

/* x86_64's mod_arch_specific: how many ORC entries, their addresses, the entries. Neither is
 * aligned to more than two bytes. */
static bool
is_orc(const struct learn *l, uint64_t module, const uint8_t *raw, size_t off)
{
	uint32_t count = number_at(l, raw, off);
	uint64_t ip = word_at(l, raw, off + WORD);
	uint64_t entry = word_at(l, raw, off + 2 * WORD);

	return count >= 2 && count <= LIMIT_MODULE_SYMBOLS && ip % 2 == 0 && entry % 2 == 0 &&
	       is_near(ip, module) && is_near(entry, module) &&
	       are_orc_addresses(l, module, ip, count);
}

static void
learn_orc(struct learn *l, uint64_t module, const uint8_t *raw)
{
	for (size_t off = MODULE_NAME + 64; off + 3 * WORD <= MODULE_LEN; off += WORD) {
		if (!is_orc(l, module, raw, off))
			continue;
		learned(l, LAYOUT_MODULE_NUM_ORCS, off, 4);
		learned(l, LAYOUT_MODULE_ORC_IP, off + WORD, WORD);
		learned(l, LAYOUT_MODULE_ORC, off + 2 * WORD, WORD);
		return;
	}
}

/* What one module tells; what an earlier one told stays. */
static void
learn_module(struct learn *l, uint64_t module)
{
	const uint8_t *raw = read_object(l, module, MODULE_LEN);

	if (!is_learned(l, LAYOUT_MODULE_KALLSYMS) && !is_learned(l, LAYOUT_MODULE_OLD_SYMTAB))
		learn_symbols(l, module, raw);
	if (!is_learned(l, LAYOUT_MODULE_MEM))
		learn_memories(l, module, raw);
	if (!is_learned(l, LAYOUT_MODULE_CORE) && !is_learned(l, LAYOUT_MODULE_OLD_CORE))
		learn_region(l, module, raw);
	if (l->k->arch == &arch_x86_64 && !is_learned(l, LAYOUT_MODULE_ORC))
		learn_orc(l, module, raw);
}

static void
learn_modules(struct learn *l)
{
	uint64_t head = 0;
	uint64_t node = 0;

	if (!symbols_find(l->k->symbols, "modules", &head) ||
	    memory_word(l->k->mem, head, &node) != NULL || !is_pointer(l, node))
		return;
	learned(l, LAYOUT_MODULE_STATE, 0, 4);
	learned(l, LAYOUT_MODULE_LIST, MODULE_LIST, 2 * WORD);
	learned(l, LAYOUT_MODULE_NAME, MODULE_NAME, 56);
	/* The first one may be half loaded, or have no code. */
	for (size_t i = 0; i < MODULES_MAX && node != head; i++) {
		learn_module(l, node - MODULE_LIST);
		if (memory_word(l->k->mem, node, &node) != NULL || !is_pointer(l, node))
			return;
	}
}

void
learn_layouts(struct kernel *k)
{
	struct learn l = { .k = k, .arena = arena_new_temporary(k->arena) };

	if (k->mem->word_len == WORD) {
		learn_tasks(&l);
		learn_modules(&l);
	}
	arena_free(l.arena);
}
