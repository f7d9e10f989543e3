# SPDX-License-Identifier: GPL-2.0-or-later
"""Debian 13's drgn and crash, which read every kernel of the lab, in a root folder of their own.

The packages are only unpacked: neither program needs what their scripts would set up.
"""
import os
import shutil
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
        """What a program prints, or None if it fails. script: text of a file at /tmp/script."""
        mounts = [f"mount --bind {self.lab} {self.root}/lab",
                  f"mount --bind {(self.lab / 'suites').resolve()} {self.root}/suites",
                  f"mount --rbind /proc {self.root}/proc", f"mount --rbind /dev {self.root}/dev"]
        if script is not None:
            (self.root / "tmp/script").unlink(missing_ok=True) # it may be linked to another lab's
            (self.root / "tmp/script").write_text(script)
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
        self.said = done.stderr.strip().splitlines()[-1:] or f"exit status {done.returncode}"
        return done.stdout if done.returncode == 0 else None


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
