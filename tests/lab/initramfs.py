# SPDX-License-Identifier: GPL-2.0-or-later
"""Initial RAM file systems: cpio archives of the "newc" kind, built without cpio(1) and root."""
import lzma
import re
import stat
import subprocess
from pathlib import Path

from module import loader

HERE = Path(__file__).parent

# In the order in which they have to be inserted; one that the kernel has built in is skipped.
MODULES = ["virtio_ring", "virtio", "virtio_pci_modern_dev", "virtio_pci_legacy_dev",
           "virtio_pci", "virtio_blk", "qemu_fw_cfg"]


class Archive:
    def __init__(self):
        self.parts = []
        self.known = set()

    def entry(self, name, mode, data=b""):
        folder = str(Path(name).parent)
        if folder != "." and folder not in self.known:
            self.entry(folder, stat.S_IFDIR | 0o755)
        self.known.add(name)
        fields = [len(self.known), mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name) + 1, 0]
        header = "070701" + "".join(f"{f:08x}" for f in fields) + name + "\0"
        for part in (header.encode(), data):
            self.parts.append(part + b"\0" * (-len(part) % 4))

    def file(self, name, data, mode=0o755):
        self.entry(name, stat.S_IFREG | mode, data)

    def bytes(self):
        end = Archive()
        end.entry("TRAILER!!!", 0)
        return b"".join(self.parts + end.parts)


def find(root, names):
    return next((root / n for n in names if (root / n).is_file()), None)


def add_program(archive, root, name):
    """A program with every library it asks for, under the names it asks with."""
    todo = [name]
    while todo:
        want = todo.pop()
        if Path(want).name in archive.known:
            continue
        archive.known.add(Path(want).name)
        path = find(root, [f"{f}/{want}" for f in (
            "bin", "sbin", "usr/bin", "usr/sbin", "lib/x86_64-linux-gnu",
            "usr/lib/x86_64-linux-gnu")])
        if path is None:
            raise RuntimeError(f"{want} is in no package of the guest's")
        library = ".so" in path.name
        archive.file(f"lib/x86_64-linux-gnu/{want}" if library else f"bin/{want}",
                     path.read_bytes())
        shown = subprocess.run(["readelf", "-d", path], check=True, stdout=subprocess.PIPE,
                               text=True).stdout
        todo += re.findall(r"\(NEEDED\).*\[(.*)\]", shown)


def module_data(kernel, name):
    """One of the kernel's own modules, or None."""
    found = next(kernel.modules.rglob(f"{name}.ko*"), None)
    if found is None:
        return None
    data = found.read_bytes()
    return lzma.decompress(data) if found.suffix == ".xz" else data


def add_modules(archive, kernel, names):
    order = []
    for name in names:
        data = module_data(kernel, name)
        if data is None:
            continue
        archive.file(f"modules/{name}.ko", data)
        order.append(f"{name}.ko\n")
    archive.file("modules/order", "".join(order).encode())


def shell(kernel, modules):
    """A guest that can do no more than a shell."""
    archive = Archive()
    archive.file("init", (HERE / "init").read_bytes())
    archive.file("bin/busybox", find(kernel.root, ["bin/busybox", "usr/bin/busybox"]).read_bytes())
    add_modules(archive, kernel, modules)
    return archive


def without_module(kernel, modules, do):
    """The whole initramfs of a guest that has no module of the lab's."""
    archive = shell(kernel, modules)
    archive.file("do", do.encode())
    return archive.bytes()


def base(kernel, ko):
    """What every guest boots with; `scenario()` goes behind it."""
    archive = shell(kernel, MODULES)
    archive.file("modules/kdlab.ko", ko.read_bytes())
    for program in ("kexec", "makedumpfile"):
        add_program(archive, kernel.root, program)
    archive.file("lib64/ld-linux-x86-64.so.2", Path(loader(kernel.root)[0]).read_bytes())
    return archive.bytes()


def hang(ko, programs):
    """What rows that get stuck need besides; their kernel starts /hang."""
    archive = Archive()
    archive.file("hang", (HERE / "hang/init").read_bytes())
    archive.file(f"modules/{ko.name}", ko.read_bytes())
    for program in programs:
        archive.file(f"bin/{program.name}", program.read_bytes())
    return archive.bytes()


def stuck(kernel, ko):
    """The same for rows of which many wait for one thing; their kernel starts /stuck."""
    archive = Archive()
    archive.file("stuck", (HERE / "stuck/init").read_bytes())
    archive.file(f"modules/{ko.name}", ko.read_bytes())
    archive.file("modules/fuse.ko", module_data(kernel, "fuse"))
    return archive.bytes()


def scenario(kernel, common, do, capture):
    """The whole initramfs of one scenario. With a capture list it carries itself and the
    kernel, for kexec."""
    archive = Archive()
    archive.file("do", do.encode())
    if not capture:
        return common + archive.bytes()
    archive.file("capture", capture.encode())
    small = common + archive.bytes()
    archive = Archive()
    archive.file("boot/vmlinuz", kernel.image.read_bytes())
    archive.file("boot/initrd", small)
    return small + archive.bytes()
