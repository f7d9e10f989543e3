# SPDX-License-Identifier: GPL-2.0-or-later
"""What one session of crash(8) found by hand, step by step, in a report of the same crash: "echo c
>/proc/sysrq-trigger" typed into a shell that another one had started.

Since 5.0 the kernel panics by itself there (8341f2f222d7, "sysrq: Use panic() to force a crash"), so
no page fault and error code belong to it; the report must not have any, and say why. The same
steps after a real fault are those of `faults`.
"""
import re
import subprocess

from judge import report, values

NO_FAULT = "the log has no fault of the processor, or does not describe it"


def one(tree, path):
    return next(iter(values(tree, path)), None)


def unknown(tree, path):
    return tree["unknown"].get(path, "(known)")


def identify(kdtriage, files):
    done = subprocess.run([kdtriage, "--identify", *files], stdout=subprocess.PIPE, text=True,
                          check=False)
    return done.stdout


def frames(tree):
    return [f.get("function", "?").split(".")[0] for f in values(tree, "backtrace.frames")]


def banner(tree, release):
    """(field of crash's banner, expected: a value or a pattern, got)."""
    system, panic = tree["system"], tree["panic"]
    task = panic["task"]
    return [
        ("DUMPFILE", "kdump-compressed", one(tree, "input.format")),
        ("CPUS", "2", system.get("cpus")),
        ("DATE", r"20\d\d-\d\d-\d\dT[\d:]{8}Z", system.get("crash_time")),
        ("UPTIME", r"\d+\.\d+", system.get("uptime")),
        ("LOAD AVERAGE", r"\[[\d.]+, [\d.]+, [\d.]+\]", system.get("load_average")),
        ("TASKS", r"[4-9]\d", system.get("tasks")),
        ("NODENAME", "lab", system.get("nodename")),
        ("RELEASE", re.escape(release), system.get("release")),
        ("VERSION", r"#1 SMP .*Debian.*", system.get("version")),
        ("MACHINE", "x86_64", system.get("arch")),
        ("MHz", r"\d{3,4}(\.\d+)?", system.get("cpu_mhz")),
        ("MEMORY", r"\d{8,}", system.get("memory_bytes")),
        ("PANIC", "sysrq triggered crash", panic.get("string")),
        ("PID", r"\d+", task.get("pid")),
        ("COMMAND", "sh|busybox", task.get("comm")),
        ("TASK", "0x[0-9a-f]{16}", task.get("task")),
        ("THREAD_INFO", "0x[0-9a-f]{16}", task.get("thread_info")),
        ("CPU", "[01]", panic.get("cpu")),
        ("STATE", "R", task.get("state")),
    ]


def log_and_cause(tree):
    event = next((e for e in tree["events"] if e.get("fatal")), {})
    return [
        ("log", r".*Kernel panic - not syncing: sysrq triggered crash.*",
         " ".join(values(tree, "log.tail"))),
        ("BUG:, IP:", "sysrq_handle_crash", event.get("function")),
        ("PGD PUD PMD", "the log shows no walk of the page tables", unknown(tree, "fault.page_table")),
        ("Oops: 0002", NO_FAULT, unknown(tree, "fault.error_code.value")),
        ("Modules linked in", ".*kdlab_hang.*", ",".join(values(tree, "modules.name"))),
        ("Comm:", "sh|busybox", event.get("comm")),
        ("Tainted:", "G +OE *", one(tree, "taint.text")),
        ("Hardware name:", "QEMU .*", one(tree, "system.hardware")),
        ("RIP .. CR2", r"0x[0-9a-f]{16} 0x[0-9a-f]+", f"{one(tree, 'registers.rip')} "
         f"{one(tree, 'registers.rsp')}"),
        ("CS, its privilege", "0x10", one(tree, "registers.cs")),
        ("Call Trace, bt", ".*sysrq_handle_crash.*write_sysrq_trigger.*", " ".join(frames(tree))),
        ("exception frame of bt", "0x33 1", f"{one(tree, 'panic.task.user_registers.cs')} "
         f"{one(tree, 'panic.task.syscall.number')}"),
        ("dis, round RIP", ".*(rdtsc|pause|call|mov).*", " ".join(values(tree, "disassembly.text"))),
        ("RDI, ascii", "(?!\\(known).*", unknown(tree, "fault.arguments")),
    ]


def session(tree):
    task = tree["panic"]["task"]
    trigger = [f for f in tree["tasks"]["panic_task_files"]
               if f["path"] == "/proc/sysrq-trigger"]
    return [
        ("mod -S", "0x[0-9a-f]{16} [0-9]+", " ".join(
            str(m[k]) for m in tree["modules"] if m["name"] == "kdlab_hang"
            for k in ("address", "bytes"))),
        ("ps", "[1-9][0-9]{5,} [1-9][0-9]{5,}", f"{task.get('rss_bytes')} {task.get('vm_bytes')}"),
        ("ps of the parent", "(sh|busybox) (hang|busybox)",
         " ".join(p["comm"] for p in task["parents"])),
        ("files", "1", ",".join(str(f["fd"]) for f in trigger)),
        ("fuser", "[0-9]+", ",".join(str(p) for f in trigger for p in f["also_open_by"])),
        ("the conclusion", "deliberate panic_sysrq sysrq_handle_crash", " ".join(
            str(one(tree, f"verdict.{k}")) for k in ("origin", "kind", "function"))),
        ("asked for by", r"Crash requested through sysrq by (sh|busybox) \(pid \d+\)",
         one(tree, "verdict.title")),
    ]


def with_debuginfo(kdtriage, files, vmlinux, modules):
    """dis -s, dis -l, faddr2line; the debug file of a module."""
    _, tree, _ = report(kdtriage, files, "--redact=none", f"--vmlinux={vmlinux}",
                        f"--debug-dir={modules}")
    lines = {f.get("function"): f"{f.get('file')}:{f.get('line')}"
             for f in values(tree, "backtrace.frames")}
    return [
        ("dis -l, faddr2line", r"drivers/tty/sysrq.c:\d+", lines.get("sysrq_handle_crash")),
        ("mod -S, debug file", r".*/kdlab_hang\.ko", ",".join(
            str(m.get("debug_file")) for m in tree["modules"] if m["name"] == "kdlab_hang")),
    ]


def steps(kdtriage, files, release):
    """(step of the session, pattern, what the report has)."""
    _, tree, said = report(kdtriage, files, "--redact=none", "--no-debuginfo")
    if tree is None:
        return [("report", "there is one", said)]
    return [("strings | head", f"(?s).*{re.escape(release)}.*", identify(kdtriage, files)),
            *banner(tree, release), *log_and_cause(tree), *session(tree)]
