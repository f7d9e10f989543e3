# SPDX-License-Identifier: GPL-2.0-or-later
"""Builds the lab's modules against an unpacked kernel's headers."""
import shutil
import subprocess
from pathlib import Path

HERE = Path(__file__).parent

# Settings of newer compilers than the one here may be; none of them changes the module's ABI.
PLAIN = ["CONFIG_CC_HAS_MIN_FUNCTION_ALIGNMENT=", "CONFIG_GCC_PLUGINS=",
         "CONFIG_DEBUG_INFO_BTF_MODULES=", "CONFIG_MODULE_SIG_ALL="]


def loader(root):
    """The argv prefix that runs an unpacked suite's program with its own C library."""
    folders = [root / f for f in ("lib/x86_64-linux-gnu", "usr/lib/x86_64-linux-gnu")]
    ld = next(p for f in folders for p in f.glob("ld-*.so*") if not p.is_symlink())
    return [str(ld), "--library-path", ":".join(str(f) for f in folders)]


def is_program(path):
    if path.is_symlink() or not path.is_file() or path.suffix in (".elf", ".o"):
        return False
    with open(path, "rb") as f:
        return f.read(4) == b"\x7fELF"


def wrap_helpers(kernel):
    """The headers' build programs may need a newer C library than this machine's."""
    run = " ".join(loader(kernel.root))
    for kbuild in kernel.root.glob("usr/lib/linux-kbuild-*"):
        for program in filter(is_program, list(kbuild.rglob("*"))):
            if ".real-" in program.name:
                continue
            real = program.with_name(program.name + ".elf")
            program.rename(real)
            for target in ("x86", "lsb-64"): # Debian's dispatcher by target, done here
                dispatched = program.with_name(f"{program.name}.real-{target}")
                if dispatched.exists():
                    real = dispatched
            program.write_text(f'#!/bin/sh\nexec {run} "{real}" "$@"\n')
            program.chmod(0o755)


def relocate_headers(kernel):
    """Debian's header Makefile names its other half by an absolute path."""
    makefile = kernel.headers / "Makefile"
    text = makefile.read_text().replace("include /usr/src/",
                                        f"include {kernel.headers.parent}/")
    makefile.write_text(text)


def build(kernel, folder="module", name="kdlab"):
    """Returns the path of NAME.ko, built only if it is missing or older than its source."""
    source = HERE / folder
    work = kernel.suite.root / folder
    ko = work / f"{name}.ko"
    newest = max(p.stat().st_mtime for p in source.iterdir())
    if ko.exists() and ko.stat().st_mtime > newest:
        return ko
    if not (kernel.root / "relocated").exists():
        wrap_helpers(kernel)
        relocate_headers(kernel)
        (kernel.root / "relocated").touch()
    shutil.rmtree(work, ignore_errors=True)
    shutil.copytree(source, work)
    log = work / "build.log"
    with open(log, "w") as f:
        done = subprocess.run(["make", "-C", kernel.headers, f"M={work}", "CC=gcc", "HOSTCC=gcc",
                               *PLAIN, "modules"], stdout=f, stderr=subprocess.STDOUT)
    if done.returncode != 0 or not ko.exists():
        raise RuntimeError(f"{name}.ko does not build for {kernel.release}, see {log}")
    return ko


def build_program(kernel, source):
    """A program of one file that needs no library."""
    out = kernel.suite.root / "hang" / source.stem
    subprocess.run(["gcc", "-O1", "-static", "-nostdlib", "-fno-stack-protector", "-o", out, source],
                   check=True)
    return out
