/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the log tells -> facts. */
#include "arch/arch.h"
#include "model/names.h"
#include "oops/family.h"
#include "oops/oops.h"
#include "oops/taint.h"
#include "oops/victims.h"

#include <inttypes.h>

enum {
	X86_PF_BITS = 9,
};

struct publish {
	const struct oops_report *report;
	struct fact_row *root;
	struct arena *arena;
};

static const char *const access_names[] = {
	[EVENT_ACCESS_UNKNOWN] = "",  [EVENT_ACCESS_READ] = "read", [EVENT_ACCESS_WRITE] = "write",
	[EVENT_ACCESS_EXEC] = "exec", [EVENT_ACCESS_FREE] = "free",
};

static struct origin
at_line(const struct publish *p, uint64_t line)
{
	return (struct origin){ ORIGIN_LOG,
				arena_printf(p->arena, "kernel log line %" PRIu64, line) };
}

static const struct origin in_log = { ORIGIN_LOG, "kernel log" };

static void
put_text(struct fact_row *row, enum fact_id id, struct str v, struct origin o)
{
	if (v.len != 0)
		facts_put_text(row, id, v, o);
}

/* ---- frames ---- */

static void
put_frame(struct fact_row *list, enum fact_id id, const struct frame *f, size_t level,
	  struct origin o)
{
	struct fact_row *row = facts_put_row(list, id, o);

	facts_put_number(row, FRAME_LEVEL, (int64_t)level, o);
	if (f->has_address)
		facts_put_address(row, FRAME_ADDRESS, f->address, o);
	put_text(row, FRAME_FUNCTION, f->function, o);
	if (f->has_offset)
		facts_put_address(row, FRAME_OFFSET, f->offset, o);
	if (f->len != 0)
		facts_put_address(row, FRAME_SIZE, f->len, o);
	put_text(row, FRAME_MODULE, f->module, o);
	put_text(row, FRAME_FILE, f->file, o);
	if (f->line != 0)
		facts_put_number(row, FRAME_LINE, f->line, o);
	if (f->inlined)
		facts_put_bool(row, FRAME_INLINE, true, o);
	facts_put_bool(row, FRAME_RELIABLE, f->reliable, o);
	put_text(row, FRAME_CONTEXT, f->context, o);
}

/* ---- one event ---- */

static void
put_who(struct fact_row *row, const struct event *e, struct origin o)
{
	if (e->has_pid)
		facts_put_number(row, EVENT_PID, e->pid, o);
	put_text(row, EVENT_COMM, e->comm, o);
	if (e->has_cpu)
		facts_put_number(row, EVENT_CPU, e->cpu, o);
	if (e->has_time)
		facts_put_real(row, EVENT_TIME, (double)e->ns / 1e9, o);
	if (e->has_seconds)
		facts_put_number(row, EVENT_SECONDS, (int64_t)e->seconds, o);
	put_text(row, EVENT_TAINT, e->taint, o);
}

/* What rules ask most: is this function on the stack? Stale words do not count. */
static void
put_functions(struct fact_row *row, const struct event *e, struct origin o)
{
	put_text(row, EVENT_FUNCTIONS, names_plain(e->ip_frame.function), o);
	put_text(row, EVENT_MODULES, e->ip_frame.module, o);
	for (size_t i = 0; i < e->frame_count; i++) {
		if (!e->frame[i].reliable)
			continue;
		put_text(row, EVENT_FUNCTIONS, names_plain(e->frame[i].function), o);
		put_text(row, EVENT_MODULES, e->frame[i].module, o);
	}
}

static struct fact_row *
put_event(const struct publish *p, const struct event *e)
{
	struct origin o = at_line(p, e->line);
	struct fact_row *row = facts_put_row(p->root, FACT_EVENTS, o);

	put_text(row, EVENT_KIND, str_of(kind_name(e->kind)), o);
	put_text(row, EVENT_FAMILY, str_of(kind_family(e->kind)), o);
	put_text(row, EVENT_HEAD, e->head, o);
	put_text(row, EVENT_FUNCTION, e->function, o);
	put_text(row, EVENT_MODULE, e->module, o);
	put_text(row, EVENT_ACCESS, str_of(access_names[e->access]), o);
	put_text(row, EVENT_DETAIL, e->detail, o);
	if (e->has_address)
		facts_put_address(row, EVENT_ADDRESS, e->address, o);
	put_who(row, e, o);
	facts_put_number(row, EVENT_LINE, (int64_t)e->line, o);
	facts_put_bool(row, EVENT_FATAL, e->fatal, o);
	facts_put_bool(row, EVENT_CORRUPTED, e->corrupted, o);
	if (e->repeated != 0)
		facts_put_number(row, EVENT_REPEATED, e->repeated, o);
	for (size_t i = 0; i < e->frame_count; i++)
		put_frame(row, EVENT_TRACE, &e->frame[i], i, o);
	put_functions(row, e, o);
	facts_put_regs(row, EVENT_REGISTERS, &e->regs, o);
	for (size_t i = 0; i < e->text_count; i++)
		facts_put_text(row, EVENT_TEXT, e->text[i], o);
	return row;
}

/* ---- the fault, registers and stack of the chosen event ---- */

static void
put_error_code(const struct publish *p, const struct event *e, struct origin o)
{
	static const struct {
		enum fact_id id;
		unsigned bit;
	} bits[] = {
		{ FACT_FAULT_BIT_PRESENT, 0 },      { FACT_FAULT_BIT_WRITE, 1 },
		{ FACT_FAULT_BIT_USER, 2 },         { FACT_FAULT_BIT_RESERVED, 3 },
		{ FACT_FAULT_BIT_INSTRUCTION, 4 },  { FACT_FAULT_BIT_PKEY, 5 },
		{ FACT_FAULT_BIT_SHADOW_STACK, 6 }, { FACT_FAULT_BIT_SGX, 15 },
		{ FACT_FAULT_BIT_RMP, 31 },
	};
	const char *arch = p->report->arch;
	bool x86 = arch != NULL &&
		   (str_is_c(str_of(arch), "x86_64") || str_is_c(str_of(arch), "i386"));

	facts_put_address(p->root, FACT_FAULT_ERROR_CODE, e->error_code, o);
	if (!x86 || (e->kind != KIND_PAGE_FAULT && e->kind != KIND_NULL_DEREF))
		return;
	for (size_t i = 0; i < X86_PF_BITS; i++)
		facts_put_bool(p->root, bits[i].id, (e->error_code >> bits[i].bit & 1) != 0, o);
}

static void
put_fault(const struct publish *p, const struct event *e, struct origin o)
{
	if (e->has_address)
		facts_put_address(p->root, FACT_FAULT_ADDRESS, e->address, o);
	put_text(p->root, FACT_FAULT_ACCESS, str_of(access_names[e->access]), o);
	if (e->has_mode)
		facts_put_text(p->root, FACT_FAULT_MODE, e->user_mode ? STR("user") : STR("kernel"),
			       o);
	if (e->has_error_code)
		put_error_code(p, e, o);
	for (size_t i = 0; i < e->page_table_count; i++) {
		struct fact_row *row = facts_put_row(p->root, FACT_FAULT_PAGE_TABLE, o);

		facts_put_text(row, PAGE_TABLE_LEVEL, str_of(e->page_table[i].level), o);
		facts_put_address(row, PAGE_TABLE_VALUE, e->page_table[i].value, o);
	}
	if (e->has_ip)
		facts_put_address(p->root, FACT_FAULT_INSTRUCTION_ADDRESS, e->ip, o);
	put_text(p->root, FACT_FAULT_INSTRUCTION_FUNCTION, e->ip_frame.function, o);
	if (e->ip_frame.has_offset)
		facts_put_address(p->root, FACT_FAULT_INSTRUCTION_OFFSET, e->ip_frame.offset, o);
}

/* Somebody else panicked than the task that the report is about. */
static bool
has_other_panicker(const struct event *e)
{
	return e->panicker.has_pid && (!e->has_pid || e->panicker.pid != e->pid);
}

/* The whole stack of the panic task, as far as the log has it: where it was, then how it came
 * there. */
static void
put_backtrace(const struct publish *p, const struct event *e, struct origin o)
{
	bool other = has_other_panicker(e) && e->panicker.frame_count != 0;
	const struct frame *frame = other ? e->panicker.frame : e->frame;
	size_t count = other ? e->panicker.frame_count : e->frame_count;
	bool with_ip = !other && e->ip_frame.function.len != 0;
	struct fact_row *stack = NULL;
	size_t level = 0;

	if (count == 0 && !with_ip)
		return;
	stack = facts_put_row(p->root, FACT_BACKTRACE, o);
	facts_put_text(stack, BACKTRACE_SOURCE, STR("log"), o);
	if (other || e->has_pid)
		facts_put_number(stack, BACKTRACE_TASK, other ? e->panicker.pid : e->pid, o);
	if (with_ip)
		put_frame(stack, BACKTRACE_FRAMES, &e->ip_frame, level++, o);
	for (size_t i = 0; i < count; i++)
		put_frame(stack, BACKTRACE_FRAMES, &frame[i], level++, o);
}

static void
put_panic_task(const struct publish *p, const struct event *e, struct origin o)
{
	bool other = has_other_panicker(e);
	bool has_cpu = other ? e->panicker.has_cpu : e->has_cpu;
	bool has_pid = other || e->has_pid;
	struct str comm = other ? e->panicker.comm : e->comm;
	struct fact_row *task = NULL;

	if (has_cpu)
		facts_put_number(p->root, FACT_PANIC_CPU, other ? e->panicker.cpu : e->cpu, o);
	if (!has_pid && comm.len == 0)
		return;
	task = facts_put_row(p->root, FACT_PANIC_TASK, o);
	if (has_pid)
		facts_put_number(task, TASK_PID, other ? e->panicker.pid : e->pid, o);
	put_text(task, TASK_COMM, comm, o);
}

/* Kernels up to 4.9 and other processors print the address of the place as well. */
static void
put_registers(const struct publish *p, const struct event *e, struct origin o)
{
	const struct arch *arch =
		p->report->arch == NULL ? NULL : arch_find(str_of(p->report->arch));

	if (e->has_ip && e->regs.count != 0 && arch != NULL && arch->ip != NULL)
		facts_put_address_named(p->root, FACT_REGISTERS, arch->ip, e->ip, o);
	facts_put_regs(p->root, FACT_REGISTERS, &e->regs, o);
}

static void
put_chosen(const struct publish *p, const struct event *e)
{
	struct origin o = at_line(p, e->line);

	if (e->class & (CLASSES_OOPS | CLASS_WARN))
		put_fault(p, e, o);
	put_registers(p, e, o);
	put_backtrace(p, e, o);
	if (e->fatal)
		put_panic_task(p, e, o);
}

/* What may be the root of the chosen event: an oops before it rather than anything else. */
static size_t
find_earlier(const struct oops_report *r)
{
	size_t found = r->chosen;

	for (size_t i = r->chosen; r->chosen < r->event_count && i-- != 0;) {
		bool oops = (r->event[i].class & CLASSES_OOPS) != 0;
		bool other = found != r->chosen && (r->event[found].class & CLASSES_OOPS) != 0;

		if (r->event[i].boot == r->event[r->chosen].boot && (oops || !other))
			found = i;
	}
	return found;
}

static void
put_events(const struct publish *p)
{
	const struct oops_report *r = p->report;
	size_t earlier = find_earlier(r);

	if (r->event_count == 0)
		facts_put_empty(p->root, FACT_EVENTS, in_log);
	for (size_t i = 0; i < r->event_count; i++) {
		struct fact_row *row = put_event(p, &r->event[i]);

		if (i == earlier && i != r->chosen)
			facts_put_alias(p->root, FACT_EARLIER, row, at_line(p, r->event[i].line));
		if (i != r->chosen)
			continue;
		facts_put_alias(p->root, FACT_EVENT, row, at_line(p, r->event[i].line));
		put_chosen(p, &r->event[i]);
	}
	if (r->event_dropped != 0)
		facts_put_number(p->root, FACT_EVENTS_DROPPED, (int64_t)r->event_dropped, in_log);
}

/* ---- the rest ---- */

static void
put_panic(const struct publish *p)
{
	const struct oops_report *r = p->report;

	put_text(p->root, FACT_PANIC_STRING, r->panic_string, in_log);
	put_text(p->root, FACT_PANIC_TRIGGER, str_of(r->panic_trigger), in_log);
	put_text(p->root, FACT_PANIC_POLICY, str_of(r->panic_policy), in_log);
}

static void
put_system(const struct publish *p)
{
	const struct oops_report *r = p->report;

	put_text(p->root, FACT_SYSTEM_RELEASE, r->release, in_log);
	put_text(p->root, FACT_SYSTEM_VERSION, r->version, in_log);
	put_text(p->root, FACT_SYSTEM_NODENAME, r->nodename, in_log);
	put_text(p->root, FACT_SYSTEM_ARCH, str_of(r->arch), in_log);
	put_text(p->root, FACT_SYSTEM_CMDLINE, r->cmdline, in_log);
	put_text(p->root, FACT_SYSTEM_HARDWARE, r->hardware, in_log);
	put_text(p->root, FACT_SYSTEM_HYPERVISOR, r->hypervisor, in_log);
	if (r->memory_bytes != 0)
		facts_put_number(p->root, FACT_SYSTEM_MEMORY, (int64_t)r->memory_bytes, in_log);
	if (r->cpus != 0)
		facts_put_number(p->root, FACT_SYSTEM_CPUS, (int64_t)r->cpus, in_log);
	if (r->cpu_mhz > 0)
		facts_put_real(p->root, FACT_SYSTEM_CPU_MHZ, r->cpu_mhz, in_log);
	if (r->has_last_ns)
		facts_put_real(p->root, FACT_SYSTEM_UPTIME, (double)r->last_ns / 1e9, in_log);
}

static void
put_modules(const struct publish *p)
{
	const struct oops_report *r = p->report;

	if (r->has_modules && r->module_count == 0)
		facts_put_empty(p->root, FACT_MODULES, in_log);
	for (size_t i = 0; i < r->module_count; i++) {
		const struct oops_module *m = &r->module[i];
		struct fact_row *row = facts_put_row(p->root, FACT_MODULES, in_log);

		facts_put_text(row, MODULE_NAME, m->name, in_log);
		put_text(row, MODULE_TAINT, m->taint, in_log);
		put_text(row, MODULE_BUILD_ID, m->build_id, in_log);
		facts_put_bool(row, MODULE_OUT_OF_TREE, str_find_char(m->taint, 'O') != STR_NONE,
			       in_log);
	}
}

static void
put_taint(const struct publish *p)
{
	const struct oops_report *r = p->report;

	if (!r->has_taint)
		return;
	taint_publish(p->root, r->taint, r->taint_text, in_log);
}

static void
put_context(const struct publish *p)
{
	const struct oops_report *r = p->report;
	const struct event *e = r->chosen < r->event_count ? &r->event[r->chosen] : NULL;

	facts_put_empty(p->root, FACT_LOG_CONTEXT, in_log);
	for (size_t i = 0; i < r->context_count; i++) {
		const struct message *m = &r->context[i].message;

		if (e != NULL && m->line >= e->line)
			break;

		struct origin o = at_line(p, m->line);
		struct fact_row *row = facts_put_row(p->root, FACT_LOG_CONTEXT, o);

		facts_put_text(row, CONTEXT_CLASS, str_of(r->context[i].class), o);
		facts_put_number(row, CONTEXT_LINE_NUMBER, (int64_t)m->line, o);
		put_text(row, CONTEXT_TEXT, m->text, o);
		if (e != NULL && e->has_time && m->has_time && e->ns >= m->ns)
			facts_put_real(row, CONTEXT_AGE, (double)(e->ns - m->ns) / 1e9, o);
	}
}

void
oops_publish(const struct oops_report *o, struct facts *f)
{
	struct publish p = { .report = o, .root = facts_root(f), .arena = o->arena };

	put_events(&p);
	put_panic(&p);
	put_system(&p);
	put_modules(&p);
	put_taint(&p);
	put_context(&p);
	victims_publish(o, p.root);
	for (size_t i = 0; i < o->tail_count; i++)
		facts_put_text(p.root, FACT_LOG_TAIL, o->tail[i], in_log);
	facts_put_number(p.root, FACT_LOG_BYTES, (int64_t)o->text_len, in_log);
	facts_put_number(p.root, FACT_LOG_LINES, (int64_t)o->line_count, in_log);
}
