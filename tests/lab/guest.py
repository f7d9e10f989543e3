# SPDX-License-Identifier: GPL-2.0-or-later
"""One guest: boot, wait for what its console says, dump."""
import json
import re
import socket
import subprocess
import tarfile
import time

# A panic begins, and nothing more will come. Some kernels hang between the two.
DYING = rb"Kernel panic - not syncing"
DEAD = rb"---\[ end Kernel panic"


class GuestError(Exception):
    """The guest did not do what the scenario asked it to."""


class Qmp:
    """The emulator's control socket."""

    def __init__(self, path, process):
        deadline = time.monotonic() + 20
        while True:
            try:
                self.socket = socket.socket(socket.AF_UNIX)
                self.socket.connect(str(path))
                break
            except OSError:
                self.socket.close()
                if time.monotonic() > deadline or process.poll() is not None:
                    raise GuestError("the emulator does not start") from None
                time.sleep(0.05)
        self.stream = self.socket.makefile("rw")
        self.stream.readline()
        self.ask("qmp_capabilities")

    def ask(self, command, **arguments):
        self.stream.write(json.dumps({"execute": command, "arguments": arguments}) + "\n")
        self.stream.flush()
        while True:
            line = self.stream.readline()
            if not line:
                raise GuestError(f"the emulator is gone at {command}")
            answer = json.loads(line)
            if "error" in answer:
                raise GuestError(f"{command}: {answer['error']['desc']}")
            if "return" in answer:
                return answer["return"]


class Guest:
    def __init__(self, kernel, initrd, work, machine, params, emulator="qemu-system-x86_64"):
        """`machine` is a list of the emulator's options for memory, processors and devices."""
        self.console_path = work / "console"
        self.console_path.write_bytes(b"")
        qmp = work / "qmp"
        qmp.unlink(missing_ok=True)
        argv = [emulator, "-accel", "tcg,thread=multi",
                "-kernel", str(kernel), "-initrd", str(initrd), "-append", params,
                "-nodefaults", "-display", "none", "-serial", f"file:{self.console_path}",
                "-qmp", f"unix:{qmp},server=on,wait=off", "-no-reboot", *machine]
        self.log = open(work / "qemu.log", "w")
        self.process = subprocess.Popen(argv, stdout=self.log, stderr=self.log,
                                        stdin=subprocess.DEVNULL)
        self.qmp = Qmp(qmp, self.process)

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.process.kill()
        self.process.wait()
        self.log.close()

    def console(self):
        return self.console_path.read_bytes()

    def wait(self, pattern, seconds):
        """Waits for a line on the console; True if it came."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            ended = self.process.poll() is not None
            if re.search(pattern, self.console()):
                return True
            if ended:
                raise GuestError("the guest reset instead")
            time.sleep(0.1)
        return False

    def wait_exit(self, seconds):
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise GuestError(f"no end after {seconds} s") from None

    def dump(self, path, kind):
        arguments = {} if kind == "elf" else {"format": kind}
        self.qmp.ask("dump-guest-memory", paging=False, protocol=f"file:{path}", **arguments)


def unpack(disk, into):
    """The files that the capture kernel left on the raw disk."""
    with tarfile.open(disk, "r:", ignore_zeros=True) as tar:
        for member in tar:
            if member.isfile():
                member.name = member.name.rsplit("/", 1)[-1]
                member.mode = 0o644
                tar.extract(member, into, set_attrs=False)
