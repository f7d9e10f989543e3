# SPDX-License-Identifier: GPL-2.0-or-later
"""Debian packages of any suite, unpacked into a folder; the machine's own apt stays as it is."""
import os
import re
import shutil
import subprocess
from pathlib import Path

SUITES = {"5.10": "bullseye", "6.1": "bookworm", "6.12": "trixie"}

KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"

# What the guest's initramfs takes programs from; their libraries come with them.
GUEST_PACKAGES = ["busybox-static", "kexec-tools", "makedumpfile"]

PRIVATE = """
Dir::Etc "{root}/etc";
Dir::Etc::main "{root}/none";
Dir::Etc::parts "{root}/none";
Dir::Etc::sourcelist "{root}/etc/sources.list";
Dir::Etc::sourceparts "{root}/none";
Dir::Etc::preferences "{root}/none";
Dir::Etc::preferencesparts "{root}/none";
Dir::State "{root}/state";
Dir::State::status "{root}/status";
Dir::Cache "{root}/cache";
APT::Architecture "{arch}";
APT::Architectures {{ "{arch}"; }};
Acquire::Languages "none";
Acquire::Retries "3";
APT::Sandbox::User "root";
APT::Update::Error-Mode "any";
Debug::NoLocking "true";
"""


class Unavailable(Exception):
    """What the lab needs is not to be had on this machine."""


def output(*argv, **kw):
    return subprocess.run(argv, check=True, stdout=subprocess.PIPE, text=True, **kw).stdout


def mirrors():
    """The URIs this machine takes Debian and its security updates from."""
    rows = output("apt-get", "indextargets", "--format", "$(ORIGIN)|$(LABEL)|$(REPO_URI)",
                  "Created-By: Packages")
    found = {}
    for row in rows.splitlines():
        origin, label, uri = row.split("|")
        if origin == "Debian" and label in ("Debian", "Debian-Security"):
            found.setdefault(label, uri)
    if "Debian" not in found:
        raise Unavailable("this machine's apt knows no Debian mirror")
    return found


class Suite:
    """A Debian suite with package lists and downloads below `root`."""

    def __init__(self, name, root, arch="amd64"):
        self.name = name
        self.arch = arch
        self.root = Path(root)
        self.env = dict(os.environ, APT_CONFIG=str(self.root / "apt.conf"), LC_ALL="C")

    def update(self):
        """Fetches the package lists, once."""
        if (self.root / "updated").exists():
            return
        at = mirrors()
        for folder in ("etc", "none", "state/lists/partial", "cache/archives/partial"):
            (self.root / folder).mkdir(parents=True, exist_ok=True)
        (self.root / "status").touch()
        (self.root / "apt.conf").write_text(PRIVATE.format(root=self.root, arch=self.arch))
        lines = [f"deb [signed-by={KEYRING}] {at['Debian']} {self.name} main"]
        if "Debian-Security" in at:
            lines.append(f"deb [signed-by={KEYRING}] {at['Debian-Security']} "
                         f"{self.name}-security main")
        (self.root / "etc/sources.list").write_text("\n".join(lines) + "\n")
        if subprocess.run(["apt-get", "-qq", "update"], env=self.env).returncode != 0:
            raise Unavailable(f"cannot fetch the package lists of {self.name}")
        (self.root / "updated").touch()

    def names(self, pattern):
        """Package names that match, oldest version first."""
        rows = output("apt-cache", "pkgnames", env=self.env).splitlines()
        keys = [r for r in rows if re.fullmatch(pattern, r)]
        return sorted(keys, key=lambda k: [int(n) for n in re.findall(r"\d+", k)])

    def libraries(self, packages):
        """The library packages that packages depend on, and those that these do."""
        found = []
        todo = list(packages)
        while todo:
            rows = output("apt-cache", "depends", "--important", *todo, env=self.env)
            todo = sorted(set(re.findall(r"Depends: ((?:lib|zlib)[\w.+-]+)", rows)) - set(found))
            found += todo
        return found

    def unpack(self, packages, into):
        """Downloads packages and unpacks them into a folder."""
        pool = self.root / "pool"
        pool.mkdir(parents=True, exist_ok=True)
        for package in packages:
            if not any(pool.glob(f"{package}_*.deb")):
                subprocess.run(["apt-get", "-qq", "download", package], check=True, cwd=pool,
                               env=self.env)
            deb = next(iter(pool.glob(f"{package}_*.deb")))
            subprocess.run(["dpkg-deb", "-x", deb, into], check=True)


class Kernel:
    """The newest cloud kernel of a suite, its headers, and the programs a guest needs."""

    def __init__(self, series, cache):
        self.series = series
        self.suite = Suite(SUITES[series], Path(cache).resolve() / SUITES[series])
        self.root = self.suite.root / "root"

    def fetch(self):
        if not (self.root / "complete").exists():
            self.suite.update()
            self.fetch_packages()
            (self.root / "complete").touch()
        self.image = next(self.root.glob("boot/vmlinuz-*"))
        self.release = self.image.name[len("vmlinuz-"):]
        self.modules = next(p for p in (self.root / "lib/modules" / self.release,
                                        self.root / "usr/lib/modules" / self.release)
                            if p.exists())
        self.headers = self.root / "usr/src" / f"linux-headers-{self.release}"
        self.system_map = self.root / "boot" / f"System.map-{self.release}"
        return self

    def has(self, setting):
        """Was it built with this?"""
        return f"\n{setting}=y\n" in (self.root / "boot" / f"config-{self.release}").read_text()

    def fetch_packages(self):
        series = re.escape(self.series) + r"(?!\d)"
        images = self.suite.names(rf"linux-image-{series}[.+~\w-]*-cloud-amd64-unsigned")
        programs = GUEST_PACKAGES + self.suite.libraries(GUEST_PACKAGES)
        # An old suite's lists may name packages that its mirrors no longer keep.
        for image in reversed([n for n in images if "bpo" not in n]):
            release = image[len("linux-image-"):-len("-unsigned")]
            base = release[:-len("-cloud-amd64")]
            kbuild = self.suite.names(rf"linux-kbuild-({re.escape(base)}|{series})")
            shutil.rmtree(self.root, ignore_errors=True)
            self.root.mkdir(parents=True)
            try:
                self.suite.unpack([image, f"linux-headers-{release}",
                                   f"linux-headers-{base}-common", kbuild[-1],
                                   *programs], self.root)
                return
            except subprocess.CalledProcessError:
                print(f"{image} is not to be had, trying the one before", flush=True)
        raise Unavailable(f"{self.suite.name} has no {self.series} cloud kernel")


def debuginfo(kernel):
    """The kernel's vmlinux with DWARF."""
    into = kernel.suite.root / "debug"
    found = into / "usr/lib/debug/boot" / f"vmlinux-{kernel.release}"
    if not found.exists():
        kernel.suite.update()
        kernel.suite.unpack([f"linux-image-{kernel.release}-dbg"], into)
    return found
