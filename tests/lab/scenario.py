# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads the tables `scenarios` and `formats`; their own comments say what the columns mean."""
import hashlib
import re
from pathlib import Path

HERE = Path(__file__).parent
EVENTS = ("nmi", "mce")
CPU_MODEL = {"6.12": "qemu64,+smep,+smap"} # 6.12 dies at random with `max` under old emulators


def rows(name):
    for line in (HERE / name).read_text().splitlines():
        if line.strip() and not line.startswith("#"):
            yield [column.strip() for column in (line + " ").split(" | ")]


class Scenario:
    def __init__(self, name, how, do, params, says, report):
        self.name, self.do, self.params, self.says = name, do, params, says
        words = how.split()
        options = dict(w.split("=", 1) for w in words if "=" in w)
        self.smoke = "smoke" in words
        self.kdump = "kdump" in words
        self.hang = "hang" in words # its init is hang/init
        self.stuck = "stuck" in words # its init is stuck/init
        self.slow_disk = "slow-disk" in words
        self.disk = self.slow_disk or "disk" in words
        self.vmcoreinfo = "no-vmcoreinfo" not in words
        self.dumps = [w for w in words if w in ("zlib", "elf")]
        self.event = next((w for w in words if w in EVENTS), None)
        self.cpus = int(options.get("smp", 2))
        self.memory = int(options.get("memory", 1024 if self.kdump else 192))
        self.model = options.get("cpu")
        self.only = options.get("only", "").split(",") if "only" in options else None
        self.wanted_formats = options["formats"].split(",") if "formats" in options else None
        self.how = how
        self.expected = []
        for pair in report.split():
            path, _, values = pair.partition("=")
            self.expected.append((path, values.split(",")))

    def first_program(self):
        """What the kernel starts."""
        return "/hang" if self.hang else "/stuck" if self.stuck else "/init"

    def crashes(self):
        """False for a machine that goes on living."""
        return "wait" not in self.do.split() or self.event is not None

    def by_kdump(self):
        """The same crash in a small guest, dumped by kexec and makedumpfile in one format."""
        self.name += "-kdump"
        self.how += " kdump memory=512 formats=zlib"
        self.kdump, self.memory, self.wanted_formats = True, 512, ["zlib"]
        return self

    def formats(self, series):
        """Name and makedumpfile options of each format that this row wants of a kdump."""
        return [row for row in formats(series)
                if self.kdump and (self.wanted_formats is None or row[0] in self.wanted_formats)]

    def cpu_model(self, series):
        return self.model or CPU_MODEL.get(series, "max")

    def sources(self, ko):
        """The files that decide what the guest does."""
        if self.hang:
            return [HERE / "hang" / name for name in ("kdlab_hang.c", "tables.c", "shutdown.c",
                                                      "init")]
        if self.stuck:
            return [HERE / "stuck" / name for name in ("kdlab_stuck.c", "init")]
        if ko is None:
            return [HERE / "init"]
        return [ko.parent / "kdlab.c", ko.parent / "Makefile", HERE / "init"]

    def key(self, kernel, ko):
        """Changes when an old dump no longer is what this row describes."""
        digest = hashlib.sha256()
        for part in (self.how, self.do, self.params, kernel.release,
                     self.cpu_model(kernel.series), *self.formats(kernel.series)):
            digest.update(str(part).encode() + b"\0")
        for path in self.sources(ko):
            digest.update(path.read_bytes())
        return digest.hexdigest()[:16]


def scenarios():
    return [Scenario(*row) for row in rows("scenarios")]


def sentences(name):
    """The patterns of which a person must read each in the text report of a scenario."""
    return [pattern for scenario, pattern in rows("sentences") if scenario == name]


def formats(series):
    """Name and makedumpfile options of each format that a series' makedumpfile writes."""
    return [(name, options) for name, only, options in rows("formats")
            if not only or series in only.split(",")]


CRASH_LINE = re.compile(
    r"BUG: |BUG [\w-]+ \(|kernel BUG at|general protection fault|Kernel panic - not syncing|"
    r"divide error|invalid opcode|int3: 0000|double fault|soft lockup|WARNING: CPU|WARNING: \S+ at|"
    r"INFO: .*(?:stall|blocked for more)|list_(?:del|add) corruption|invoked oom-killer|"
    r"sysrq: Trigger a crash|usercopy: Kernel memory|NMI received|\[Hardware Error\]|"
    r"kernel tried to execute|stack guard page")
CPU_LINE = re.compile(r"CPU: (\d+) (?:UID: \d+ )?PID: (\d+) Comm: (\S.*?) "
                      r"(?:Kdump: loaded )?(?:Tainted|Not tainted)")


class Console:
    """What the guest's serial console says about its crash."""

    def __init__(self, data):
        text = data.decode("utf-8", "replace").replace("\r", "")
        started = re.search(r"Run /\w+ as init process", text)
        text = text[started.start() if started else 0:]
        # The capture kernel of a real kdump boots on the same console.
        self.lines = text.split("] Linux version")[0].splitlines()

    def first_crash_line(self):
        return next((line for line in self.lines if CRASH_LINE.search(line)), None)

    def died_of(self, says):
        """None if the crash is the scenario's own, else what it was instead."""
        first = self.first_crash_line()
        if says == "-":
            return first
        if first is None:
            return "no crash"
        return None if re.search(says, first) else first

    def panic_cpu(self):
        """(cpu, pid, comm) of the task in which the machine died."""
        found = None
        for line in self.lines:
            match = CPU_LINE.search(line)
            found = match.groups() if match else found
            if line.startswith("lab: "): # what went before was not what it died of
                found = None
            if "end Kernel panic" in line:
                break
        return found
