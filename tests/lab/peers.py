# SPDX-License-Identifier: GPL-2.0-or-later
"""Debian 13's drgn and crash, which read every kernel of the lab, in a root folder of their own.

The packages are only unpacked: neither program needs what their scripts would set up.
"""
import os
import re
import shutil
import struct
import subprocess
from pathlib import Path

from debian import Suite, Unavailable, output

PACKAGES = ["crash", "python3-drgn", "makedumpfile", "dash"]
PLACES = ("lab", "suites", "proc", "dev", "tmp") # the first two: what the peers read

# Names of Debian 13's merged /usr, which base-files would make.
MERGED = {"bin": "usr/bin", "sbin": "usr/sbin", "lib": "usr/lib", "lib64": "usr/lib64"}


class Peers:
    """A root with the programs; what they read must be below `lab`."""

    def __init__(self, lab):
        self.lab = Path(lab).absolute()
        self.suite = Suite("trixie", self.lab / "suites/trixie")
        self.root = self.suite.root.resolve() / "peers"

    def fetch(self):
        if (self.root / "complete").exists():
            return self
        self.suite.update()
        shutil.rmtree(self.root, ignore_errors=True)
        for name, at in MERGED.items():
            (self.root / at).mkdir(parents=True, exist_ok=True)
            (self.root / name).symlink_to(at)
        for name in PLACES:
            (self.root / name).mkdir()
        rows = output("apt-get", "-s", "--no-install-recommends", "install", *PACKAGES,
                      env=self.suite.env).splitlines()
        self.suite.unpack([r.split()[1] for r in rows if r.startswith("Inst ")], self.root)
        (self.root / "complete").touch()
        return self

    def path(self, path):
        """How the peers call a file of the lab."""
        path = Path(path).absolute()
        real = path.resolve()
        suites = (self.lab / "suites").resolve()
        if real.is_relative_to(suites):
            return f"/suites/{real.relative_to(suites)}"
        return f"/lab/{path.relative_to(self.lab)}"

    def run(self, argv, text="", script=None):
        """What a program prints, or None if it fails. script: text of a file that is its last
        argument."""
        mounts = [f"mount --bind {self.lab} {self.root}/lab",
                  f"mount --bind {(self.lab / 'suites').resolve()} {self.root}/suites",
                  f"mount --rbind /proc {self.root}/proc", f"mount --rbind /dev {self.root}/dev"]
        file = self.root / f"tmp/script-{os.getpid()}" # others may ask at the same time
        if script is not None:
            file.write_text(script)
            argv = [*argv, f"/tmp/{file.name}"]
        become = ["unshare", "--mount"] if os.geteuid() == 0 else \
                 ["unshare", "--mount", "--map-root-user"]
        shell = " && ".join(mounts) + f' && exec chroot {self.root} "$@"'
        try:
            done = subprocess.run([*become, "sh", "-c", shell, "sh", *map(str, argv)],
                                  input=text, text=True, stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE, check=False,
                                  env={"PATH": "/usr/bin:/usr/sbin", "HOME": "/tmp",
                                       "LC_ALL": "C.UTF-8", "TERM": "dumb"})
        except OSError as e:
            raise Unavailable(f"cannot run {argv[0]}: {e}") from None
        finally:
            file.unlink(missing_ok=True)
        self.said = done.stderr.strip().splitlines()[-1:] or f"exit status {done.returncode}"
        return done.stdout if done.returncode == 0 else None


def info_of(data):
    """VMCOREINFO's lines in the first bytes of a dump."""
    found = re.search(rb"OSRELEASE=[^\0]*", data)
    lines = found[0].decode().splitlines() if found else []
    return dict(line.split("=", 1) for line in lines if "=" in line)


def with_root_segment(dump, to):
    """A copy of a hypervisor's arm64 ELF dump that has one more segment, as a kdump would: the
    page of the kernel's root page table by its virtual address. Without it, drgn 0.0.31 asks the
    page tables where the page tables are."""
    to.unlink(missing_ok=True)
    subprocess.run(["cp", "--sparse=always", "--reflink=auto", dump, to], check=True)
    to.chmod(0o600)
    with open(to, "r+b") as f:
        head = f.read(1 << 20)
        info = info_of(head)
        va = int(info["SYMBOL(swapper_pg_dir)"], 16)
        pa = va - int(info["NUMBER(kimage_voffset)"], 0) & (1 << 64) - 1
        phoff, count = int.from_bytes(head[32:40], "little"), int.from_bytes(head[56:58], "little")
        headers = [struct.unpack_from("<IIQQQQQQ", head, phoff + 56 * i) for i in range(count)]
        at = next(h[2] + pa - h[4] for h in headers if h[0] == 1 and h[4] <= pa < h[4] + h[5])
        headers.append((1, 0, at, va, pa, 4096, 4096, 0))
        end = f.seek(0, os.SEEK_END)
        f.write(b"".join(struct.pack("<IIQQQQQQ", *h) for h in headers))
        f.seek(32)
        f.write(end.to_bytes(8, "little"))
        f.seek(56)
        f.write(len(headers).to_bytes(2, "little"))
    return to


def named_copy(dump, release, to):
    """A copy of a hypervisor's flattened dump that libkdumpfile reads: in order, and with the
    names in the header that QEMU leaves empty. Other dumps are taken as they are."""
    with open(dump, "rb") as f:
        if f.read(12) != b"makedumpfile":
            return dump
    to.unlink(missing_ok=True)
    with open(dump, "rb") as f:
        subprocess.run(["makedumpfile", "-R", to], stdin=f, check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with open(to, "r+b") as f:
        for i, name in enumerate(["Linux", "lab", release, "#1", "x86_64"]):
            f.seek(12 + 65 * i)
            f.write(name.encode())
    return to
