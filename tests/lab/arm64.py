# SPDX-License-Identifier: GPL-2.0-or-later
"""Debian's arm64 cloud kernels on an emulated machine of their own, whatever this one is.

No module is built for them and no kdump made: the crashes are what a shell can do. Which
processor it is decides how wide addresses are and whether return addresses are signed.
"""
import gzip
import re
import shutil
import struct
import subprocess
from pathlib import Path

import debian
import guest
import initramfs
import scenario
from debian import Kernel, Suite, Unavailable
from lab import CACHE, Lab

SUITES = {"6.1-arm64": "bookworm", "6.12-arm64": "trixie"}
TOOLS = {"qemu-system-aarch64": "qemu-system-arm"}
MODULES = [*initramfs.MODULES, "failover", "net_failover", "virtio_net"] # some to look at


def unpacked(data):
    """The Image in a compressed kernel: a gzip file, or one with an EFI program in front."""
    if data[4:8] == b"zimg":
        offset, length = struct.unpack_from("<II", data, 8)
        data = data[offset:offset + length]
    return gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data


class Arm64Kernel(Kernel):
    def __init__(self, series, cache):
        self.series = series
        self.suite = Suite(SUITES[series], Path(cache).resolve() / f"{SUITES[series]}-arm64",
                           "arm64")
        self.root = self.suite.root / "root"

    def fetch_packages(self):
        series = re.escape(self.series.split("-")[0]) + r"(?!\d)"
        images = self.suite.names(rf"linux-image-{series}[.+~\w-]*-cloud-arm64-unsigned")
        for image in reversed([n for n in images if "bpo" not in n]):
            shutil.rmtree(self.root, ignore_errors=True)
            self.root.mkdir(parents=True)
            try:
                self.suite.unpack([image, "busybox-static"], self.root)
                return
            except subprocess.CalledProcessError:
                print(f"{image} is not to be had, trying the one before", flush=True)
        raise Unavailable(f"{self.suite.name} has no {self.series} cloud kernel")


class Arm64Lab(Lab):
    """The same as Lab, for what has no module and no kdump."""

    patience = 240

    def __init__(self, series, fresh):
        self.kernel = Arm64Kernel(series, CACHE / "suites").fetch()
        self.ko = None
        self.fresh = fresh
        self.work = CACHE / "work-arm64"
        self.work.mkdir(parents=True, exist_ok=True)

    def scenarios(self):
        return [s for s in (scenario.Scenario(*row) for row in scenario.rows("scenarios-arm64"))
                if s.only is None or self.kernel.series in s.only]

    def crash(self, s, folder):
        image = self.work / "Image" # this emulator does not unpack it
        image.write_bytes(unpacked(self.kernel.image.read_bytes()))
        initrd = self.work / "initrd"
        initrd.write_bytes(initramfs.without_module(self.kernel, MODULES, s.do + "\n"))
        params = f"console=ttyAMA0 rdinit=/init panic=0 {s.params}"
        machine = ["-machine", "virt", "-m", str(s.memory), "-smp", str(s.cpus),
                   "-cpu", s.cpu_model(self.kernel.series), "-device", "vmcoreinfo"]
        with guest.Guest(image, initrd, self.work, machine, params, "qemu-system-aarch64") as g:
            try:
                self.capture(s, g, folder)
            finally:
                (folder / "console").write_bytes(g.console())
        self.check_console(s, folder)


def series_of(option):
    """The kernels that an option names; `all` are those that every machine can crash quickly."""
    return [*debian.SUITES] if option == "all" else option.split(",")


def tools(series):
    """What the machine needs besides what every lab needs."""
    return TOOLS if any(s in SUITES for s in series) else {}


def lab_of(series, fresh):
    return (Arm64Lab if series in SUITES else Lab)(series, fresh)
