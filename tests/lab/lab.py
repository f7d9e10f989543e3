# SPDX-License-Identifier: GPL-2.0-or-later
"""A kernel, its module and initramfs, and the folder of dumps that it made."""
import fcntl
import os
import re
import shutil
import subprocess
import time
from pathlib import Path

import guest
import initramfs
import module
import recompress
import scenario
from debian import Kernel, Unavailable

HERE = Path(__file__).resolve().parent
TOP = HERE.parents[1]
CACHE = TOP / "build/lab"
TOOLS = {"qemu-system-x86_64": "qemu-system-x86", "makedumpfile": "makedumpfile", "make": "make",
         "gcc": "gcc", "readelf": "binutils", "dpkg-deb": "dpkg"}
ATTEMPTS = 4


def say(text):
    print(text, flush=True)


def prepare(more=()):
    """Installs what is missing. Unavailable where that is not possible."""
    tools = {**TOOLS, **dict(more)}
    missing = sorted({package for tool, package in tools.items() if not shutil.which(tool)})
    if not missing:
        return
    if not shutil.which("apt-get"):
        raise Unavailable("the lab needs a Debian machine: it boots Debian's kernels")
    become = [] if os.geteuid() == 0 else ["sudo", "-n"]
    say(f"installing {' '.join(missing)}")
    for command in (["update", "-qq"], ["install", "-qq", "-y", "--no-install-recommends",
                                        "-o", "DPkg::Lock::Timeout=600", *missing]):
        try:
            subprocess.run([*become, "apt-get", *command], check=True, stdout=subprocess.DEVNULL)
        except (OSError, subprocess.CalledProcessError) as e:
            raise Unavailable(f"cannot install {' '.join(missing)}: {e}") from None


class Lab:
    """One kernel with its module and initramfs, and a folder of dumps."""

    patience = 60 # seconds for a guest to come up, or to die

    def __init__(self, series, fresh):
        self.kernel = Kernel(series, CACHE / "suites").fetch()
        self.ko = module.build(self.kernel)
        self.common = initramfs.base(self.kernel, self.ko)
        self.fresh = fresh
        self.work = CACHE / "work"
        self.work.mkdir(parents=True, exist_ok=True)

    def scenarios(self):
        return [s for s in scenario.scenarios()
                if s.only is None or self.kernel.series in s.only]

    def folder(self, s):
        return CACHE / "dumps" / self.kernel.series / s.name

    def cached(self, s):
        stamp = self.folder(s) / "stamp"
        return stamp.exists() and stamp.read_text() == s.key(self.kernel, self.ko)

    def dumped(self, s):
        """The folder with a scenario's dumps and console, made if it is not there yet."""
        with open(CACHE / "lock", "w") as lock: # one guest at a time, also of several labs
            if self.fresh or not self.cached(s):
                fcntl.flock(lock, fcntl.LOCK_EX)
            if self.fresh or not self.cached(s): # another one may have made it meanwhile
                self.make(s)
        return self.folder(s)

    def make(self, s):
        folder = self.folder(s)
        for attempt in range(1, ATTEMPTS + 1):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            try:
                self.crash(s, folder)
                (folder / "stamp").write_text(s.key(self.kernel, self.ko))
                return
            except guest.GuestError as e:
                say(f"    {s.name}: {e}; " + ("again" if attempt < ATTEMPTS else "giving up"))
        raise guest.GuestError(f"not the wanted crash in {ATTEMPTS} runs")

    def crash(self, s, folder):
        params = f"console=ttyS0 rdinit={s.first_program()} panic=0 {s.params}"
        machine = ["-machine", "q35", "-m", str(s.memory), "-smp", str(s.cpus),
                   "-cpu", s.cpu_model(self.kernel.series)]
        if s.vmcoreinfo:
            machine += ["-device", "vmcoreinfo"]
        disk = None
        if s.kdump:
            params += f" crashkernel={s.memory * 2 // 5}M" # more may not fit: KASLR
            disk = self.work / "disk"
            disk.unlink(missing_ok=True)
            disk.touch()
            os.truncate(disk, 4 << 30)
            machine += ["-drive", f"file={disk},if=virtio,format=raw,cache=unsafe"]
        if s.disk:
            disk = self.work / "disk"
            disk.write_bytes(b"\0" * (16 << 20))
            machine += ["-drive", f"file={disk},if=virtio,format=raw,id=slow"]
        capture = "".join(f"{name} {options}\n" for name, options
                          in s.formats(self.kernel.series))
        initrd = self.work / "initrd"
        initrd.write_bytes(initramfs.scenario(self.kernel, self.common + self.more(s),
                                              s.do + "\n", capture))
        with guest.Guest(self.kernel.image, initrd, self.work, machine, params) as g:
            try:
                self.capture(s, g, folder)
            finally:
                (folder / "console").write_bytes(g.console())
        self.check_console(s, folder)
        if s.kdump:
            guest.unpack(disk, folder)
        if disk:
            disk.unlink()

    def more(self, s):
        """What goes into the initramfs of rows that get stuck."""
        if s.stuck:
            return initramfs.stuck(self.kernel, module.build(self.kernel, "stuck", "kdlab_stuck"))
        if not s.hang:
            return b""
        return initramfs.hang(module.build(self.kernel, "hang", "kdlab_hang"),
                              [module.build_program(self.kernel, HERE / f"hang/{name}.c")
                               for name in ("tables", "shutdown")])

    def capture(self, s, g, folder):
        if s.event or not s.crashes():
            if not g.wait(rb"lab: waiting", self.patience):
                raise guest.GuestError("the guest does not come up")
            time.sleep(2)
        if s.event == "nmi":
            g.qmp.ask("inject-nmi")
        if s.event == "mce":
            # An uncorrected error of a memory controller, context corrupt: nothing survives it.
            g.qmp.ask("human-monitor-command", **{
                "command-line": "mce 0 4 0xbe00000000100090 0x5 0x12345000 0x8c"})
        if s.slow_disk: # one byte a second from now on: what is read does not come
            if not g.wait(rb"lab: slow_disk", self.patience):
                raise guest.GuestError("the guest does not come up")
            g.qmp.ask("block_set_io_throttle", device="slow", bps=1, bps_rd=0, bps_wr=0, iops=0,
                      iops_rd=0, iops_wr=0)
        if s.kdump:
            if not g.wait(rb"lab: (?:captured|kexec failed)", 300):
                raise guest.GuestError("the capture kernel does not finish")
            g.wait_exit(10)
            return
        if s.crashes():
            if not g.wait(guest.DYING, self.patience):
                raise guest.GuestError("the guest does not die")
            g.wait(guest.DEAD, 8)
        g.qmp.ask("stop")
        for kind in s.dumps:
            g.dump(folder / kind, "elf" if kind == "elf" else "kdump-zlib")

    def check_console(self, s, folder):
        text = (folder / "console").read_bytes()
        other = scenario.Console(text).died_of(s.says)
        if other:
            raise guest.GuestError(f"died of '{other.strip()}'")
        failed = re.findall(rb"(?m)^lab: (?:cannot|.* failed).*", text)
        if self.ko is None: # init misses its module
            failed = [line for line in failed if b"kdlab.ko" not in line]
        if failed:
            raise guest.GuestError(failed[0].decode())
        if s.kdump and b"lab: captured" not in text:
            raise guest.GuestError("no dump was captured")

    def dumps(self, s):
        """name -> files."""
        folder = self.folder(s)
        if not s.kdump:
            return {kind: [folder / kind] for kind in s.dumps}
        found = {}
        for name, options in s.formats(self.kernel.series):
            found[name] = sorted(folder.glob(f"{name}.[0-9]")) if "--split" in options \
                else [folder / name]
        compress = recompress.load_snappy()
        if compress and "raw" in found:
            found["snappy"] = [folder / "snappy"]
            if not found["snappy"][0].exists():
                recompress.rewrite(folder / "raw", found["snappy"][0], compress,
                                   recompress.SNAPPY)
        return found


class Count:
    def __init__(self):
        self.passed = self.failed = 0

    def row(self, where, what, expected, got, equal):
        self.passed += equal
        self.failed += not equal
        say(f"  {'ok  ' if equal else 'FAIL'} {where:24} {what:28} {expected:34} {got}")
