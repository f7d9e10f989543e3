# SPDX-License-Identifier: GPL-2.0-or-later
"""Run by drgn on a dump: what a person would ask it of the machine as a whole, as JSON."""
import json
import os

from drgn import FaultError
from drgn.helpers.linux.block import for_each_disk, disk_name
from drgn.helpers.linux.cpumask import for_each_online_cpu, for_each_possible_cpu
from drgn.helpers.linux.fs import d_path, for_each_file, for_each_mount, mount_fstype
from drgn.helpers.linux.list import list_for_each_entry
from drgn.helpers.linux.mm import totalram_pages
from drgn.helpers.linux.percpu import per_cpu, per_cpu_ptr
from drgn.helpers.linux.pid import for_each_task
from drgn.helpers.linux.sched import cpu_curr, loadavg, task_cpu, task_state_to_char
from drgn.helpers.linux.slab import for_each_slab_cache

# `prog` is drgn's, and the only name it gives a script.
KERNEL = prog # noqa: F821
PAGE = int(KERNEL["PAGE_SIZE"])


def text(string):
    return string.string_().decode("utf-8", "backslashreplace")


def maybe(what, otherwise=None):
    """What a kernel of another version may not have."""
    try:
        return what()
    except (LookupError, AttributeError, ValueError, FaultError):
        return otherwise


def counter_sum(counter):
    """Of all CPUs: panic() takes the others offline, and drgn's own helper leaves those out."""
    return counter.count.value_() + sum(per_cpu_ptr(counter.counters, cpu)[0].value_()
                                        for cpu in for_each_possible_cpu(KERNEL))


RESIDENT = [int(KERNEL[f"MM_{kind}PAGES"]) for kind in ("FILE", "ANON", "SHMEM")]


def rss(task):
    """Pages of its address space; an array of counters since 6.2, one structure before."""
    if not task.mm:
        return 0
    counters = task.mm.rss_stat
    if hasattr(counters, "count"):
        return sum(counters.count[k].counter.value_() for k in RESIDENT)
    return sum(max(counter_sum(counters[k]), 0) for k in RESIDENT)


def unsynced_rss(tasks):
    """Until 6.2 a thread keeps what it has not yet added to its address space."""
    found = {}
    for task in tasks:
        if task.mm and hasattr(task, "rss_stat"):
            found[task.mm.value_()] = found.get(task.mm.value_(), 0) + \
                sum(task.rss_stat.count[k].value_() for k in RESIDENT)
    return found


def task_row(task, pending):
    mm = task.mm.value_()
    return {"task": task.value_(), "pid": task.pid.value_(), "tgid": task.tgid.value_(),
            "comm": text(task.comm), "state": task_state_to_char(task), "cpu": task_cpu(task),
            "parent": task.real_parent.pid.value_(), "uid": task.cred.uid.val.value_(),
            "rss": (rss(task) + pending.get(mm, 0)) * PAGE if mm else 0,
            "vm": task.mm.total_vm.value_() * PAGE if mm else 0,
            "policy": task.policy.value_(), "prio": task.prio.value_(),
            "start": task.start_time.value_()}


def frames(task):
    """Program counters of its stack."""
    try:
        return [f.pc for f in KERNEL.stack_trace(task) if not f.is_inline]
    except (LookupError, ValueError): # no registers; no stack
        return []


def stat(array, name):
    return max(KERNEL[array][KERNEL[name]].counter.value_(), 0)


def memory():
    free = stat("vm_zone_stat", "NR_FREE_PAGES")
    return {"total": int(totalram_pages(KERNEL)) * PAGE, "free": free * PAGE}


def files(task):
    return [[fd, file.value_(), os.fsdecode(d_path(file.f_path))]
            for fd, file in for_each_file(task)]


def crashed():
    return maybe(lambda: KERNEL.crashed_thread().object)


def uptime():
    """By the timekeeper, in whole seconds."""
    keeper = KERNEL["tk_core"].timekeeper
    return keeper.xtime_sec.value_() + keeper.wall_to_monotonic.tv_sec.value_()


def dropped(dev, name):
    """By the driver and by the kernel, which counts on each CPU since 5.18."""
    total = getattr(dev.stats, name).value_()
    if not hasattr(dev, "core_stats"):
        return total + getattr(dev, name).counter.value_()
    if not dev.core_stats:
        return total
    return total + sum(int(getattr(per_cpu_ptr(dev.core_stats, cpu), name))
                       for cpu in for_each_possible_cpu(KERNEL))


def net_device(dev):
    return {"name": text(dev.name), "flags": dev.flags.value_(),
            "rx_dropped": dropped(dev, "rx_dropped"), "tx_dropped": dropped(dev, "tx_dropped")}


def namespaces(task):
    own, init = task.nsproxy, KERNEL["init_nsproxy"]
    return [name for name, member in (("mnt", "mnt_ns"), ("pid", "pid_ns_for_children"),
                                      ("net", "net_ns"), ("uts", "uts_ns"), ("ipc", "ipc_ns"),
                                      ("cgroup", "cgroup_ns"))
            if getattr(own, member) != getattr(init, member)]


def idle_tasks():
    runqueues = KERNEL["runqueues"]
    return [per_cpu(runqueues, cpu).idle for cpu in for_each_possible_cpu(KERNEL)]


def every_task():
    seen = {}
    for task in [*(t for t in idle_tasks() if t), *for_each_task(KERNEL)]:
        seen.setdefault(task.value_(), task)
    return list(seen.values())


def answers():
    tasks = every_task()
    delta = unsynced_rss(tasks)
    panic = crashed()
    uts = KERNEL["init_uts_ns"].name
    current = {cpu_curr(KERNEL, cpu).value_() for cpu in for_each_possible_cpu(KERNEL)}
    mounts = {m.mnt.mnt_sb.value_(): m for m in for_each_mount(KERNEL["init_task"].nsproxy.mnt_ns)}
    return {
        "cpus": len(list(for_each_possible_cpu(KERNEL))),
        "online": len(list(for_each_online_cpu(KERNEL))),
        "release": text(uts.release), "version": text(uts.version), "machine": text(uts.machine),
        "nodename": text(uts.nodename), "uptime": uptime(), "load": [round(x, 2) for x in loadavg(KERNEL)],
        "cmdline": text(KERNEL["saved_command_line"]).strip(),
        "memory": memory(),
        "tasks": [task_row(t, delta) for t in tasks],
        "current": sorted(current),
        "stacks": {t.value_(): frames(t) for t in tasks
                   if t.value_() in current or task_state_to_char(t) == "D"},
        "modules": [text(m.name) for m in
                    list_for_each_entry("struct module", KERNEL["modules"].address_of_(),
                                        "list")],
        "panic": panic.value_() if panic is not None else None,
        "files": files(panic) if panic is not None else [],
        "cwd": os.fsdecode(d_path(panic.fs.pwd)) if panic is not None else "",
        "exe": os.fsdecode(d_path(panic.mm.exe_file.f_path))
               if panic is not None and panic.mm else "",
        "namespaces": namespaces(panic) if panic is not None and panic.nsproxy else [],
        "slabs": sorted(text(c.name) for c in for_each_slab_cache(KERNEL)),
        "mounts": sorted(os.fsdecode(mount_fstype(m)) for m in mounts.values()),
        "netdevs": [net_device(d) for d in
                    list_for_each_entry("struct net_device",
                                        KERNEL["init_net"].dev_base_head.address_of_(),
                                        "dev_list")],
        "disks": [os.fsdecode(disk_name(d)) for d in for_each_disk(KERNEL)],
    }


print(json.dumps(answers()))
