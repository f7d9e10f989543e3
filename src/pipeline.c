/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pipeline.h"

#include "debuginfo.h"
#include "dump/mini.h"
#include "fault/arguments.h"
#include "fault/code.h"
#include "fault/fault.h"
#include "fault/ranges.h"
#include "kernel/block.h"
#include "kernel/code.h"
#include "kernel/files.h"
#include "kernel/identify.h"
#include "kernel/log.h"
#include "kernel/meminfo.h"
#include "kernel/modules.h"
#include "kernel/network.h"
#include "kernel/pagewalk.h"
#include "kernel/peers.h"
#include "kernel/stacks.h"
#include "kernel/sysinfo.h"
#include "kernel/tracing.h"
#include "kernel/utsname.h"
#include "kernel/vmem.h"
#include "lineinfo.h"
#include "oops/oops.h"
#include "oops/taint.h"
#include "publish.h"
#include "registers.h"
#include "report/output.h"
#include "verdict/relate.h"
#include "verdict/signature.h"
#include "verdict/verdict.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum need {
	OPTIONAL, /* a failure is a gap in the report */
	VITAL,    /* without it there is no report */
};

/* A stage that failed, and why. */
struct gap {
	const char *stage;
	const struct error *error;
};

enum {
	GAPS_MAX = 32, /* more than there are stages */
};

/* Only this file passes it on whole; stages take what they need. */
struct run {
	const struct options *o;
	const struct rules *rules;
	const char *const *paths;
	size_t path_count;
	const struct pipeline_job *job;
	enum pipeline_depth depth; /* the job's, or less if a limit was reached on the way */

	struct arena *a;
	struct budget budget;
	struct facts *facts;
	struct redaction *redaction;
	struct dump *dump;     /* NULL: the input is a text log */
	int log_fd;            /* of the text log, else -1 */
	struct vmem *vmem;     /* NULL: not found */
	struct kernel *kernel; /* NULL: it has no symbols */
	struct modules modules;
	struct cpus cpus;
	struct tasks tasks;
	struct unwind *unwind; /* NULL: there are no tasks */
	struct fault_trail trail;
	struct lineinfo_code code; /* the function that was disassembled */
	struct debuginfo debuginfo;
	const struct oops_report *oops;
	struct log log;
	const struct error *log_error; /* why the log is not whole, or not there; or NULL */
	const struct verdict *verdict;
	struct explanation *explanation;
	struct gap gap[GAPS_MAX];
	size_t gap_count;
};

/* What a run is for: a bit each. */
enum purpose {
	TO_REPORT = 1,
	TO_IDENTIFY = 2,
	TO_EXPLAIN = 4, /* a rule, with this input */
	TO_ALL = 7,
	IN_OUTLINE = 8, /* of any purpose: also when only an outline is wanted */
	IN_SKELETON = 16,
	IN_PART = 32, /* it has but a part of the time, so that something is left for the rest */
};

struct stage {
	const char *name; /* a verb phrase: "cannot" + name is a sentence */
	const struct error *(*run)(struct run *r);
	enum need need;
	unsigned int purposes;
};

static const struct origin from_log = { ORIGIN_LOG, "kernel log" };

static enum purpose
purpose_of(const struct options *o)
{
	if (o->mode == MODE_IDENTIFY)
		return TO_IDENTIFY;
	return o->explain != NULL ? TO_EXPLAIN : TO_REPORT;
}

static void
close_fd(void *fd)
{
	close((int)(intptr_t)fd);
}

/* Opens for reading what may be a log; refuses what is none of a file, a pipe and a device. */
static const struct error *
open_file(struct run *r, const char *path, int *out)
{
	struct stat st = { 0 };
	int fd = strcmp(path, "-") == 0 ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return error_errno(r->a, errno, "cannot open '%s'", path);
	arena_defer(r->a, close_fd, (void *)(intptr_t)fd); // NOLINT(performance-no-int-to-ptr)
	if (fstat(fd, &st) != 0)
		return error_errno(r->a, errno, "cannot look at '%s'", path);
	if (S_ISDIR(st.st_mode))
		return error_new(r->a, ERROR_USAGE, "'%s' is a directory, not a dump", path);
	if (S_ISREG(st.st_mode) && st.st_size == 0)
		return error_new(r->a, ERROR_CORRUPT, "'%s' is empty", path);
	*out = fd;
	return NULL;
}

enum {
	HEAD_BYTES = 65536, /* enough for every signature */
};

static const struct error *
open_input(struct run *r)
{
	uint8_t *head = ARENA_ARRAY(r->a, uint8_t, HEAD_BYTES);
	const struct error *why = NULL;
	int fd = -1;
	const struct error *e = open_file(r, r->paths[0], &fd);

	if (e != NULL)
		return e;

	ssize_t got = r->o->log ? 0 : pread(fd, head, HEAD_BYTES, 0);

	if (got > 0 && dump_probe((struct bytes){ head, (size_t)got }, r->a, &why))
		return dump_open(r->paths, r->path_count, r->a, &r->dump);
	if (why != NULL)
		return error_wrap(r->a, why, "'%s'", r->paths[0]);
	r->log_fd = fd;
	return NULL;
}

static const struct error *
describe_input(struct run *r)
{
	publish_run(r->facts, r->paths[0]);
	if (r->dump != NULL)
		publish_dump(r->facts, r->dump, r->a);
	else if (r->log_fd >= 0)
		publish_log_file(r->facts, r->log_fd);
	else
		facts_put_why(facts_root(r->facts), FACT_EVENTS, r->log_error);
	return NULL;
}

/* Hypervisors record VMCOREINFO only if they were told to; the kernel keeps it in memory. */
static const struct error *
find_vmcoreinfo(struct run *r)
{
	if (r->dump == NULL || r->dump->vmcoreinfo != NULL)
		return NULL;
	if (!dump_scan_vmcoreinfo(r->dump))
		return error_new(
			r->a, ERROR_ABSENT,
			"neither the notes nor the memory of the dump have it; QEMU records it "
			"with '-device vmcoreinfo'");
	publish_vmcoreinfo(r->facts, r->dump->vmcoreinfo,
			   (struct origin){ ORIGIN_MEMORY, "VMCOREINFO found in memory" });
	return NULL;
}

static const struct error *
map_memory(struct run *r)
{
	if (r->dump == NULL)
		return NULL;

	const struct error *e = vmem_open(r->dump, r->a, &r->vmem);

	if (e != NULL)
		return e;
	publish_vmem(r->facts, r->vmem);
	return r->vmem->problem;
}

static const struct error *
read_names(struct run *r)
{
	struct utsname_of_dump u = { 0 };

	if (r->vmem == NULL || r->dump->vmcoreinfo == NULL)
		return NULL; /* said already */

	const struct error *e = utsname_read(&r->vmem->mem, r->dump->vmcoreinfo, r->a, &u);

	if (e == NULL)
		publish_names(r->facts, &u);
	return e;
}

static const struct error *
read_dump_log(struct run *r, struct oops_reader *reader)
{
	if (r->vmem == NULL)
		return error_new(r->a, ERROR_ABSENT, "virtual memory could not be mapped");
	if (r->dump->vmcoreinfo == NULL)
		return error_new(r->a, ERROR_ABSENT, "the dump has no VMCOREINFO");

	const struct error *e = log_read(&r->vmem->mem, r->dump->vmcoreinfo, r->a, &r->log);

	for (size_t i = 0; e == NULL && i < r->log.count; i++)
		oops_feed(reader, &r->log.message[i]);
	if (e == NULL)
		publish_log(r->facts, &r->log);
	return e != NULL ? e : r->log.problem;
}

static const struct error *
read_log(struct run *r)
{
	if (r->dump != NULL && purpose_of(r->o) == TO_IDENTIFY)
		return NULL;

	struct oops_reader *reader = oops_reader_new(r->a);
	const struct error *e = NULL;
	size_t lists = 0;
	const struct str *list = rules_skip_texts(r->rules, &lists);

	for (size_t i = 0; i < lists; i++)
		oops_reader_skip(reader, list[i]);

	if (r->dump != NULL)
		e = read_dump_log(r, reader);
	else
		e = oops_read_text(reader, r->log_fd, r->paths[0], r->a);
	r->oops = oops_finish(reader);
	r->log_error = e;
	return e;
}

/* It is the kernel's own; kallsyms may still be missing. */
static void
publish_system_map(struct run *r)
{
	static const struct origin given = { ORIGIN_RUN, "command line" };

	facts_put_text(facts_root(r->facts), FACT_DEBUGINFO_SYSTEM_MAP, str_of(r->o->system_map),
		       given);
	if (r->kernel->no_kallsyms != NULL)
		publish_problem(r->facts, "find symbols", r->kernel->no_kallsyms, r->a);
}

static const struct error *
find_symbols(struct run *r)
{
	if (r->vmem == NULL || r->dump->arch == NULL)
		return NULL;

	const struct error *why = NULL;
	struct sysmap *map = NULL;

	if (r->o->system_map != NULL)
		why = sysmap_read(r->o->system_map, r->a, &map);

	const struct error *e = kernel_open_mapped(r->dump, r->vmem, map, r->a, &r->kernel);

	if (e == NULL && map != NULL)
		why = r->kernel->no_map;
	if (e == NULL && map != NULL && why == NULL)
		publish_system_map(r);
	if (e != NULL && why != NULL)
		publish_problem(r->facts, "find symbols", why, r->a);
	if (e == NULL && r->kernel->no_types != NULL)
		publish_problem(r->facts, "find symbols",
				error_new(r->a, ERROR_ABSENT,
					  "the kernel was built without BTF; the places of %zu "
					  "members were learned from what its structures hold",
					  layout_learned(r->kernel->layout)),
				r->a);
	return e != NULL ? e : why;
}

static const struct error *
read_modules(struct run *r)
{
	if (r->kernel == NULL)
		return NULL;

	const struct error *e = modules_read(r->kernel, &r->modules);

	if (e == NULL)
		modules_publish(&r->modules, r->facts);
	return e != NULL ? e : r->modules.problem;
}

static const struct error *
read_tasks(struct run *r)
{
	if (r->kernel == NULL)
		return NULL;
	cpus_read(r->kernel, r->dump, &r->cpus);

	const struct error *e = tasks_read(r->kernel, &r->cpus, &r->tasks);

	return e != NULL ? e : r->tasks.problem;
}

static const struct event *
chosen_event(const struct run *r)
{
	return r->oops->chosen == r->oops->event_count ? NULL : &r->oops->event[r->oops->chosen];
}

/* The dying task, of which the log may have the stack as well. */
static void
publish_panic(struct run *r, const struct stacks *s, const struct task *panic,
	      const struct event *ev)
{
	struct crosscheck_log log = { .count = 0 };
	bool is_its =
		ev != NULL && ev->fatal && !ev->corrupted && ev->has_pid && ev->pid == panic->pid;

	if (is_its)
		log = (struct crosscheck_log){ ev->frame, ev->frame_count, &ev->ip_frame,
					       &ev->regs };

	const struct error *e = stacks_publish_panic(s, panic, is_its ? &log : NULL, r->facts);

	if (e != NULL)
		publish_problem(r->facts, "compare the stack with the log", e, r->a);
}

static const struct error *
unwind_stacks(struct run *r)
{
	const struct event *ev = chosen_event(r);
	int32_t pid = ev != NULL && ev->has_pid ? (int32_t)ev->pid : 0;
	struct task panic;

	if (r->kernel == NULL || r->tasks.count == 0)
		return NULL;

	r->unwind = unwind_new(r->kernel, &r->modules);

	struct stacks s = { .k = r->kernel,
			    .cpus = &r->cpus,
			    .tasks = &r->tasks,
			    .unwind = r->unwind,
			    .all = r->o->all_stacks };

	stacks_open(&s);

	bool has_panic = stacks_find_panic(&s, pid, &panic);

	if (has_panic) {
		publish_panic(r, &s, &panic, ev);
		files_publish(r->kernel, &r->tasks, &panic, r->facts);
	}
	stacks_publish_cpus(&s, r->facts);
	stacks_publish_tasks(&s, r->facts);
	stacks_publish_blamed(&s, pid, has_panic ? &panic : NULL, r->facts);
	return NULL;
}

/* What the log says is of the moment of the report; a report taints the kernel itself. */
static void
read_taint(struct run *r)
{
	static const struct origin o = { ORIGIN_MEMORY, "tainted_mask" };
	struct fact_row *root = facts_root(r->facts);
	uint64_t va = 0;
	uint64_t bits = 0;

	if (facts_get(root, FACT_TAINT_VALUE)->count == 0 &&
	    symbols_find(r->kernel->symbols, "tainted_mask", &va) &&
	    memory_word(r->kernel->mem, va, &bits) == NULL)
		taint_publish(root, bits, bits == 0 ? STR("") : taint_letters(bits, r->a), o);
}

static const struct error *
read_system(struct run *r)
{
	if (r->kernel == NULL)
		return NULL;
	sysinfo_publish(r->kernel, r->facts);
	read_taint(r);
	return NULL;
}

/* Disks are worth a look, which costs a few milliseconds, only where somebody waits. */
static const struct error *
read_disks(struct run *r)
{
	struct sysinfo_clock c = { 0, 0 };
	const struct error *e = NULL;

	if (r->kernel == NULL)
		return NULL;
	e = block_publish_filesystems(r->kernel, r->facts);
	if (facts_get(facts_root(r->facts), FACT_TASKS_BLOCKED)->count == 0)
		return e;
	(void)sysinfo_clock(r->kernel, &c);

	const struct error *e2 = block_publish_requests(r->kernel, c.monotonic, r->facts);

	return e != NULL ? e : e2;
}

static const struct error *
read_network(struct run *r)
{
	return r->kernel == NULL ? NULL : network_publish(r->kernel, &r->cpus, r->facts);
}

static const struct error *
read_tracing(struct run *r)
{
	return r->kernel == NULL ? NULL : tracing_publish(r->kernel, r->facts);
}

static const struct error *
read_memory(struct run *r)
{
	if (r->kernel == NULL)
		return NULL;
	return meminfo_publish(r->kernel, &r->cpus, &r->tasks, r->facts);
}

static const struct error *
read_pages(struct run *r)
{
	if (r->kernel == NULL || !r->o->deep)
		return NULL;
	return pagewalk_publish(r->kernel, r->facts);
}

/* A file that is neither a dump nor a log of a kernel gives no report. */
static const struct error *
check_log(struct run *r)
{
	/* Who died of a log has not found out what it is. */
	if (r->dump != NULL || r->o->log || r->oops->is_kernel_log || r->job->loss_count != 0)
		return NULL;
	return error_new(
		r->a, ERROR_UNSUPPORTED,
		"'%s' is neither a crash dump nor the log of a Linux kernel; with --log any "
		"text is taken for one",
		r->paths[0]);
}

/* A dump whose log could not be read at all says nothing about crashes, which is not the
 * same as saying that there was none. */
static const struct error *
read_events(struct run *r)
{
	struct fact_row *root = facts_root(r->facts);

	if (purpose_of(r->o) == TO_IDENTIFY) {
		if (r->dump == NULL && r->oops->release.len != 0)
			facts_put_text(root, FACT_SYSTEM_RELEASE, r->oops->release, from_log);
		return NULL;
	}

	if (r->dump != NULL && r->log.count == 0) {
		facts_put_why(root, FACT_EVENTS, r->log_error);
		return NULL;
	}
	if (r->kernel != NULL && cpus_nobody_panicked(r->kernel))
		r->oops = oops_of_survivor(r->oops);
	facts_put_bool(root, FACT_LOG_COMPLETE, r->log_error == NULL, from_log);
	oops_publish(r->oops, r->facts);
	return NULL;
}

/* The instruction that was interrupted stays in disassembly[]; nothing was wrong with it. */
static void
forget_fault(struct run *r)
{
	for (enum fact_id id = FACT_FAULT_ADDRESS; id <= FACT_FAULT_ARGUMENTS; id++)
		facts_clear(facts_root(r->facts), id);
}

static enum fault_trap
trap_of(enum kind k)
{
	switch (k) {
	case KIND_NULL_DEREF:
	case KIND_PAGE_FAULT:
	case KIND_UNHANDLED_FAULT:
	case KIND_PANIC_SYSRQ: /* up to 4.x: a deliberate write to NULL */
		return FAULT_TRAP_PAGE_FAULT;
	case KIND_GPF:
	case KIND_STACK_SEGMENT:
		return FAULT_TRAP_PROTECTION;
	case KIND_DOUBLE_FAULT:
	case KIND_STACK_OVERFLOW:
		return FAULT_TRAP_STACK;
	default:
		return FAULT_TRAP_OTHER;
	}
}

static const char *
access_of(const struct event *ev)
{
	static const char *const names[] = {
		[EVENT_ACCESS_READ] = "read",
		[EVENT_ACCESS_WRITE] = "write",
		[EVENT_ACCESS_EXEC] = "exec",
		[EVENT_ACCESS_FREE] = NULL, /* not of the instruction */
	};

	return names[ev->access];
}

/* The frame on the panic task's stack that is at the place of the report. */
static bool
find_on_stack(struct run *r, const struct fault_input *in, uint64_t *ip)
{
	const struct fact_row *b = facts_get_row(facts_root(r->facts), FACT_BACKTRACE);
	const struct fact *frames = b == NULL ? NULL : facts_get(b, BACKTRACE_FRAMES);

	for (size_t i = 0; frames != NULL && in->has_function_off && i < frames->count; i++) {
		const struct fact_row *row = frames->values[i].row;
		struct str function = { NULL, 0 };
		uint64_t off = 0;

		if (facts_get_text(row, FRAME_FUNCTION, &function) &&
		    str_is(function, in->function) && facts_get_address(row, FRAME_OFFSET, &off) &&
		    off == in->function_off && facts_get_address(row, FRAME_ADDRESS, ip))
			return true;
	}
	return false;
}

/* What the report did not print, a kdump has: the registers of the CPU at the fault. */
static void
complete_fault(struct run *r, struct fault_input *in)
{
	if (r->dump == NULL || r->dump->arch == NULL || in->has_ip)
		return;

	const struct dump_cpu *cpu = code_find_cpu(r->dump, in->regs);

	if (cpu != NULL)
		in->has_ip = regs_get(&cpu->regs, r->dump->arch->ip, &in->ip);
	if (!in->has_ip)
		in->has_ip = find_on_stack(r, in, &in->ip);
}

/* "SMP KASAN" in the head line, or a line of KASAN's own. */
static bool
says_kasan(const struct event *ev)
{
	for (size_t i = 0; i < ev->text_count; i++) {
		if (str_has(ev->text[i], STR("KASAN")))
			return true;
	}
	return false;
}

/* The place of the report by its address, where the log named it by its function. */
static void
put_ip(struct run *r, const struct fault_input *in)
{
	if (in->arch == NULL || in->arch->ip == NULL || !in->has_ip || in->regs->count == 0)
		return;
	facts_put_address_named(facts_root(r->facts), FACT_REGISTERS, in->arch->ip, in->ip,
				in->origin);
}

static const struct error *
physical(void *self, uint64_t va, uint64_t *pa)
{
	return vmem_translate(self, va, pa);
}

static struct identify
identify_of(struct run *r)
{
	return (struct identify){
		.pages = { r->kernel, physical, r->vmem },
		.cpus = &r->cpus,
		.tasks = &r->tasks,
		.stack_len = r->unwind == NULL ? 0 : unwind_stack_len(r->unwind),
	};
}

/* What the dump itself says of its address space. */
static void
set_ranges(struct run *r, const struct identify *i, struct fault_input *in)
{
	uint64_t *value = ARENA_ARRAY(r->a, uint64_t, in->regs->count + 1);
	size_t count = 0;

	for (size_t n = 0; n < in->regs->count; n++)
		value[count++] = in->regs->reg[n].value;
	if (in->has_address)
		value[count++] = in->address;
	in->range = ranges_of_kernel(i, value, count, r->a, &in->range_count);
}

static const struct error *
explain_fault(struct run *r)
{
	const struct event *ev = chosen_event(r);
	struct registers_input regs = { ev, r->dump, &r->cpus };
	const struct regs *shown = registers_put(&regs, r->facts, r->a);
	struct str arch = { NULL, 0 };

	if (ev == NULL)
		return NULL;

	bool is_fault = registers_are_of_fault(ev);

	(void)facts_get_text(facts_root(r->facts), FACT_SYSTEM_ARCH, &arch);

	struct fault_input in = {
		.arch = r->dump != NULL && r->dump->arch != NULL ? r->dump->arch : arch_find(arch),
		.code = ev->code,
		.regs = shown != NULL ? shown : &ev->regs,
		.function = ev->ip_frame.function,
		.function_off = ev->ip_frame.offset,
		.function_len = ev->ip_frame.len,
		.has_function_off = ev->ip_frame.has_offset,
		.ip = ev->ip,
		.has_ip = ev->has_ip,
		.address = ev->address,
		.has_address = ev->has_address,
		.error_code = ev->error_code,
		.has_error_code = ev->has_error_code,
		.trap = trap_of(ev->kind),
		.access = access_of(ev),
		.module = ev->ip_frame.module,
		.kernel = r->kernel,
		.memory = r->vmem == NULL ? NULL : &r->vmem->mem,
		.va_bits = r->vmem == NULL ? 0 : r->vmem->paging.va_bits,
		.has_kasan = says_kasan(ev),
		.only_place = !is_fault,
		.origin = { ORIGIN_LOG, arena_printf(r->a, "kernel log line %llu",
						     (unsigned long long)ev->line) },
	};

	if (in.code.len == 0)
		in.code = code_of_report(ev->text, ev->text_count, r->a);
	complete_fault(r, &in);
	if (shown == &ev->regs)
		put_ip(r, &in);
	r->code = (struct lineinfo_code){ .function = ev->ip_frame.function,
					  .module = ev->ip_frame.module,
					  .len = ev->ip_frame.len,
					  .is_fault = in.arch != NULL && is_fault,
					  .trail = &r->trail,
					  .kernel = r->kernel };

	struct identify identify = identify_of(r);

	if (r->kernel != NULL)
		set_ranges(r, &identify, &in);
	if (in.arch != NULL)
		fault_explain(&in, r->a, r->facts, &r->trail);
	if (!is_fault)
		forget_fault(r);
	if (r->kernel != NULL)
		identify_publish(&identify, r->facts);
	return NULL;
}

static const struct error *
find_debuginfo(struct run *r)
{
	return debuginfo_find(r->o, r->dump, r->paths, r->facts, r->a, &r->debuginfo);
}

static const struct error *
find_lines(struct run *r)
{
	struct identify identify = identify_of(r);
	const struct error *e = NULL;

	r->code.trail = &r->trail;
	e = lineinfo_put(r->o, &r->debuginfo, &r->code, r->facts, r->a);
	if (r->kernel != NULL)
		identify_publish_arguments(&identify, r->facts);
	return e;
}

static const struct error *
describe_system(struct run *r)
{
	debuginfo_put_commands(&r->debuginfo, r->dump, r->facts, r->a);
	if (r->dump != NULL)
		publish_pages(r->facts, r->dump);
	return NULL;
}

/* Gaps become diagnostics before the rules see them, since some judge the input's health. */
static const struct error *
report_gaps(struct run *r)
{
	if (r->job->is_first)
		publish_problem(
			r->facts, "outline the crash",
			error_new(r->a, ERROR_ABSENT,
				  "this is the first of two reports: what header, VMCOREINFO "
				  "and log say; the second one takes its place"),
			r->a);
	if (r->dump != NULL) {
		for (size_t i = 0; i < r->dump->problem_count; i++)
			publish_problem(r->facts, "open the dump", r->dump->problem[i], r->a);
	}
	for (size_t i = 0; i < r->gap_count; i++)
		publish_problem(r->facts, r->gap[i].stage, r->gap[i].error, r->a);
	if (r->budget.time_ran_out)
		publish_problem(r->facts, "keep to the time limit",
				error_new(r->a, ERROR_LIMIT, "the time given by --timeout ran out"),
				r->a);
	if (r->budget.memory_ran_out)
		publish_problem(r->facts, "keep to the memory limit",
				error_new(r->a, ERROR_LIMIT, "the memory limit was reached"), r->a);
	facts_put_empty(facts_root(r->facts), FACT_DIAGNOSTICS,
			(struct origin){ ORIGIN_RUN, "this run" });
	return NULL;
}

static const struct error *
relate(struct run *r)
{
	publish_rules(r->facts, r->rules);
	signature_publish(r->facts, r->a);
	relate_publish(r->facts);
	return NULL;
}

static const struct error *
judge(struct run *r)
{
	const struct error *e = NULL;

	r->verdict = verdict_judge(r->rules, r->facts, r->a);
	e = verdict_trouble(r->verdict);
	if (e != NULL)
		publish_problem(r->facts, "judge", e, r->a);
	return e;
}

static const struct error *
try_rule(struct run *r)
{
	return rules_explain(r->rules, r->o->explain, r->facts, &r->explanation);
}

/* Rules judge what was found, before this, and say what may be shown, after it. */
static const struct error *
redact(struct run *r)
{
	redact_facts(r->redaction, r->facts);
	return NULL;
}

static const struct error *
say_verdict(struct run *r)
{
	verdict_publish(r->verdict, r->facts);
	return NULL;
}

static void
read_for_peers(struct run *r)
{
	struct peers p = { .k = r->kernel,
			   .modules = &r->modules,
			   .cpus = &r->cpus,
			   .tasks = &r->tasks,
			   .unwind = r->unwind };

	if (r->unwind != NULL)
		peers_read(&p);
}

static const struct error *
write_mini(struct run *r)
{
	if (r->job->mini == NULL)
		return NULL;
	if (r->dump == NULL)
		return error_new(r->a, ERROR_USAGE, "a text log has no pages to write");
	if (r->o->mini_for_peers)
		read_for_peers(r);
	return mini_write(r->dump, r->vmem == NULL ? NULL : &r->vmem->mem, r->job->mini, r->a);
}

static struct output_options
how_to_write(const struct run *r)
{
	return (struct output_options){
		.format = r->o->mode == MODE_IDENTIFY && strcmp(r->o->format, "text") == 0
				  ? "identify"
				  : r->o->format,
		.template = r->o->template,
		.color = r->o->color == COLOR_ALWAYS,
		.width = r->o->width,
		.index = r->job->index,
		.count = r->job->count,
		.written = r->job->written,
		.redaction = r->redaction,
	};
}

/* GitHub shows annotations and, on the page of the run, what is in the file that it names. */
static const struct error *
write_step_summary(struct run *r)
{
	struct output_options how = how_to_write(r);

	if (r->job->summary == NULL)
		return NULL;
	how.format = "github-summary";
	return output_write(&how, r->facts, r->a, r->job->summary);
}

static const struct error *
write_report(struct run *r)
{
	struct output_options how = how_to_write(r);
	const struct error *e = output_write(&how, r->facts, r->a, r->job->out);

	return e != NULL ? e : write_step_summary(r);
}

static const struct error *
explain_rule(struct run *r)
{
	rules_print_explanation(r->explanation, r->job->out);
	return NULL;
}

static const struct stage stages[] = {
	{ "open the dump", open_input, VITAL, TO_ALL | IN_OUTLINE },
	{ "describe the input", describe_input, OPTIONAL, TO_ALL | IN_OUTLINE | IN_SKELETON },
	{ "find VMCOREINFO", find_vmcoreinfo, OPTIONAL, TO_ALL | IN_OUTLINE },
	{ "map virtual memory", map_memory, OPTIONAL, TO_ALL | IN_OUTLINE },
	{ "read the names of the system", read_names, OPTIONAL, TO_ALL | IN_OUTLINE },
	{ "read the kernel log", read_log, OPTIONAL, TO_ALL | IN_OUTLINE },
	{ "recognise the log", check_log, VITAL, TO_ALL | IN_OUTLINE },
	{ "find symbols", find_symbols, OPTIONAL, TO_REPORT | TO_EXPLAIN },
	{ "read the events", read_events, OPTIONAL, TO_ALL | IN_OUTLINE },
	{ "read the modules", read_modules, OPTIONAL, TO_REPORT | TO_EXPLAIN },
	{ "look at the machine", read_system, OPTIONAL, TO_REPORT | TO_EXPLAIN | IN_PART },
	{ "read the tasks", read_tasks, OPTIONAL, TO_REPORT | TO_EXPLAIN | IN_PART },
	{ "unwind stacks", unwind_stacks, OPTIONAL, TO_REPORT | TO_EXPLAIN | IN_PART },
	{ "add up the memory", read_memory, OPTIONAL, TO_REPORT | TO_EXPLAIN | IN_PART },
	{ "look at every page", read_pages, OPTIONAL, TO_REPORT | TO_EXPLAIN },
	{ "look at the disks", read_disks, OPTIONAL, TO_REPORT | TO_EXPLAIN | IN_PART },
	{ "look at the network", read_network, OPTIONAL, TO_REPORT | TO_EXPLAIN | IN_PART },
	{ "look for probes", read_tracing, OPTIONAL, TO_REPORT | TO_EXPLAIN | IN_PART },
	{ "understand the fault", explain_fault, OPTIONAL, TO_REPORT | TO_EXPLAIN },
	{ "find debuginfo", find_debuginfo, OPTIONAL, TO_REPORT | TO_EXPLAIN },
	{ "find lines of source", find_lines, OPTIONAL, TO_REPORT | TO_EXPLAIN },
	{ "describe the system", describe_system, OPTIONAL, TO_ALL | IN_OUTLINE | IN_SKELETON },
	{ "tell what is missing", report_gaps, OPTIONAL, TO_ALL | IN_OUTLINE | IN_SKELETON },
	{ "relate what was found", relate, OPTIONAL,
	  TO_REPORT | TO_EXPLAIN | IN_OUTLINE | IN_SKELETON },
	{ "judge", judge, OPTIONAL, TO_REPORT | IN_OUTLINE | IN_SKELETON },
	{ "try the rule", try_rule, VITAL, TO_EXPLAIN | IN_OUTLINE | IN_SKELETON },
	{ "redact", redact, OPTIONAL, TO_REPORT | TO_EXPLAIN | IN_OUTLINE | IN_SKELETON },
	{ "say the verdict", say_verdict, OPTIONAL, TO_REPORT | IN_OUTLINE | IN_SKELETON },
	{ "explain the rule", explain_rule, VITAL, TO_EXPLAIN | IN_OUTLINE | IN_SKELETON },
	{ "write the mini vmcore", write_mini, VITAL, TO_REPORT },
	{ "write the report", write_report, VITAL,
	  TO_REPORT | TO_IDENTIFY | IN_OUTLINE | IN_SKELETON },
};

static void
note_timing(struct run *r, const char *stage, uint64_t took_ns)
{
	static const struct origin o = { ORIGIN_RUN, "this run" };
	struct fact_row *row = NULL;

	if (!r->o->verbose)
		return;
	row = facts_put_row(facts_root(r->facts), FACT_TIMING, o);
	facts_put_text(row, TIMING_STAGE, str_of(stage), o);
	facts_put_real(row, TIMING_SECONDS, (double)took_ns / 1e9, o);
	if (r->dump != NULL)
		facts_put_number(row, TIMING_PAGES, (int64_t)dump_pages(r->dump).read, o);
}

static bool
is_wanted(const struct run *r, const struct stage *s)
{
	static const unsigned int in_depth[] = {
		[PIPELINE_WHOLE] = ~0u,
		[PIPELINE_OUTLINE] = IN_OUTLINE,
		[PIPELINE_SKELETON] = IN_SKELETON,
	};

	return (s->purposes & purpose_of(r->o)) != 0 && (s->purposes & in_depth[r->depth]) != 0;
}

/* Why an earlier run did not survive this stage, or NULL. */
static const struct error *
loss_of(const struct run *r, uint32_t stage)
{
	for (size_t i = 0; i < r->job->loss_count; i++) {
		if (r->job->loss[i].stage == stage && !r->job->loss[i].is_pardoned)
			return error_new(r->a, ERROR_IO, "the process that did it %s",
					 r->job->loss[i].why);
	}
	return NULL;
}

/* Runs a stage within its part of the time, which is counted in work done and not by the clock:
 * the same dump gives the same report on a busy machine. */
static const struct error *
run_in_part(struct run *r, const struct stage *s)
{
	enum { PART_SECONDS = 2 };
	const struct error *e = NULL;

	budget_begin_part(&r->budget, PART_SECONDS);
	e = s->run(r);
	if (budget_end_part(&r->budget))
		return error_new(r->a, ERROR_LIMIT, "it was ended after %d seconds of work",
				 PART_SECONDS);
	return e;
}

/* What an earlier run was lost in is left out, which is a gap. */
static const struct error *
run_stage(struct run *r, uint32_t i)
{
	const struct error *lost = loss_of(r, i);
	uint64_t began_ns = budget_now_ns();

	if (lost != NULL && (stages[i].purposes & IN_SKELETON) == 0)
		return lost;
	if (r->o->progress)
		fprintf(stderr, "kdtriage: %s\n", stages[i].name);
	if (r->job->step != NULL)
		*r->job->step = i;

	const struct error *e =
		(stages[i].purposes & IN_PART) != 0 ? run_in_part(r, &stages[i]) : stages[i].run(r);

	note_timing(r, stages[i].name, budget_now_ns() - began_ns);
	return e;
}

static void
note_pardons(struct run *r)
{
	for (size_t i = 0; i < r->job->loss_count; i++) {
		const struct pipeline_loss *l = &r->job->loss[i];

		if (l->is_pardoned)
			r->gap[r->gap_count++] = (struct gap){
				stages[l->stage].name,
				error_new(r->a, ERROR_IO,
					  "the process that did it %s; another one did it again",
					  l->why)
			};
	}
}

/* What earlier runs were lost in and this one does not come to, or cannot do without. */
static void
note_losses(struct run *r)
{
	note_pardons(r);
	for (uint32_t i = 0; i < ARRAY_LEN(stages); i++) {
		const struct error *lost = loss_of(r, i);

		if (lost != NULL &&
		    (!is_wanted(r, &stages[i]) || (stages[i].purposes & IN_SKELETON) != 0))
			r->gap[r->gap_count++] = (struct gap){ stages[i].name, lost };
	}
}

/* A limit is the user's; the report that there can be is written all the same. */
static bool
can_fall_back(struct run *r, uint32_t stage, const struct error *e)
{
	if (e->code != ERROR_LIMIT || (stages[stage].purposes & IN_SKELETON) != 0)
		return false;
	r->depth = PIPELINE_SKELETON;
	return true;
}

static const struct error *
run_stages(struct run *r)
{
	note_losses(r);
	note_timing(r, "load the rules", r->job->rules_ns); /* before there was a worker */
	for (uint32_t i = 0; i < ARRAY_LEN(stages); i++) {
		if (!is_wanted(r, &stages[i]))
			continue;

		const struct error *e = run_stage(r, i);

		if (e != NULL && stages[i].need == VITAL && !can_fall_back(r, i, e))
			return error_wrap(r->a, e, "cannot %s", stages[i].name);
		if (e != NULL)
			r->gap[r->gap_count++] = (struct gap){ stages[i].name, e };
	}
	return NULL;
}

/* What is simply absent, or not read by this build, degrades nothing. */
static bool
degrades(const struct error *e)
{
	return e->code != ERROR_ABSENT && e->code != ERROR_UNSUPPORTED;
}

static bool
is_degraded(const struct run *r)
{
	for (size_t i = 0; i < r->gap_count; i++) {
		if (degrades(r->gap[i].error))
			return true;
	}
	for (size_t i = 0; r->dump != NULL && i < r->dump->problem_count; i++) {
		if (degrades(r->dump->problem[i]))
			return true;
	}
	return r->budget.time_ran_out || r->budget.memory_ran_out;
}

static bool
fails_on_verdict(const struct run *r)
{
	static const enum fact_id ids[] = { FACT_VERDICT_SEVERITY, FACT_VERDICT_ORIGIN,
					    FACT_VERDICT_KIND };

	for (size_t i = 0; r->o->fail_on != NULL && i < ARRAY_LEN(ids); i++) {
		struct str word = { NULL, 0 };

		if (facts_get_text(facts_root(r->facts), ids[i], &word) &&
		    options_fail_on(r->o, word))
			return true;
	}
	return false;
}

static void
print_warnings(const struct run *r)
{
	for (size_t i = 0; !r->o->quiet && i < r->gap_count; i++)
		fprintf(stderr, "kdtriage: %s: could not %s: %s\n", r->paths[0], r->gap[i].stage,
			error_text(r->a, r->gap[i].error));
	for (size_t i = 0; r->dump != NULL && !r->o->quiet && i < r->dump->problem_count; i++)
		fprintf(stderr, "kdtriage: %s: %s\n", r->paths[0],
			error_text(r->a, r->dump->problem[i]));
}

/* Other reports of the same document follow: it says that this one is missing. */
static void
report_missing(struct run *r, const struct error *why)
{
	struct output_options how = how_to_write(r);
	struct output_missing m = { str_of(r->paths[0]), str_of(error_text(r->a, why)) };

	fprintf(stderr, "kdtriage: %s\n", m.why.p);
	if (r->job->count > 1 && output_write_missing(&how, &m, r->a, r->job->out) != NULL)
		fputs("kdtriage: cannot write the report\n", stderr);
}

static enum pipeline_status
run_in_arena(struct run *r)
{
	const struct error *e = run_stages(r);

	if (e != NULL) {
		report_missing(r, e);
		return STATUS_NOTHING;
	}
	print_warnings(r);
	if (fails_on_verdict(r))
		return STATUS_MATCHED;
	return is_degraded(r) ? STATUS_DEGRADED : STATUS_COMPLETE;
}

enum pipeline_status
pipeline_run(const struct pipeline_job *job)
{
	struct run r = {
		.o = job->o,
		.rules = job->rules,
		.paths = job->paths,
		.path_count = job->path_count,
		.job = job,
		.depth = job->depth,
		.budget = budget_of(job->time_ns, job->memory_bytes),
		.log_fd = -1,
	};
	enum redact_profile profile = REDACT_SHARE;

	r.a = arena_new(&r.budget);
	r.facts = facts_new(r.a);
	r.oops = oops_finish(oops_reader_new(r.a)); /* what is known of a log that is not read */
	r.log_error = error_new(r.a, ERROR_ABSENT, "the kernel log was not read");
	(void)redact_find_profile(str_of(job->o->redact), &profile);
	r.redaction = redact_new(profile, r.a);

	enum pipeline_status status = run_in_arena(&r);

	arena_free(r.a);
	return status;
}

enum pipeline_depth
pipeline_next_depth(enum pipeline_depth depth, uint32_t stage)
{
	if (stage >= ARRAY_LEN(stages) || depth != PIPELINE_WHOLE)
		return PIPELINE_SKELETON;
	if ((stages[stage].purposes & IN_SKELETON) != 0) /* every run needs it */
		return PIPELINE_OUTLINE;
	return stages[stage].need == OPTIONAL ? depth : PIPELINE_SKELETON;
}

bool
pipeline_is_in_outline(uint32_t stage)
{
	return stage < ARRAY_LEN(stages) && (stages[stage].purposes & IN_OUTLINE) != 0;
}
