"""A virtual machine whose root is this machine's own tree: a Debian kernel, its modules and udev laid over it.

Nothing is installed for the guest: kernel and udev are unpacked beside the virtual environment. The tree is read-only
for the guest; what it writes stays in its memory, but for one folder that both share. No KVM: where /dev/kvm exists it
may still hang, and software emulation boots in seconds.
"""

from __future__ import annotations

import gzip
import os
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
TOOLS = {
    "qemu-system-x86_64": "qemu-system-x86",
    "busybox": "busybox-static",
    "depmod": "kmod",
    "usbip": "usbip",
}  # a program that must be there, and its package
_AT_ONCE = ("virtio_pci", "9pnet_virtio", "9p", "overlay")  # what the first program needs to find its root
_MEMORY = 1536  # MiB
_PATH = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"


class MissingError(Exception):
    """A package or a file of it is not there; the text says which and what to do."""


@dataclass(frozen=True)
class Parts:
    """What the guest is made of: unpacked packages, the kernel, the first program's archive."""

    tree: Path
    kernel: Path
    initramfs: Path


def find_tools() -> None:
    """See that every program is there, and install what is missing where that may be done.

    :raises MissingError: a program is not there; its package is named.
    """
    missing = sorted({package for tool, package in TOOLS.items() if shutil.which(tool, path=_PATH) is None})
    if missing and os.geteuid() == 0 and shutil.which("apt-get"):
        install = ["apt-get", "install", "--quiet", "--yes", "--no-install-recommends", *missing]
        if not _quietly(install):
            _quietly(["apt-get", "update", "--quiet"])
            _quietly(install)
        missing = sorted({TOOLS[tool] for tool in TOOLS if shutil.which(tool, path=_PATH) is None})
    if missing:
        raise MissingError(f"Not installed: {' '.join(missing)}. sudo apt-get install {' '.join(missing)}")


def unpack(cache: Path) -> Parts:
    """Unpack kernel and udev below ``cache``, once a version, and make the archive of the first program.

    :raises MissingError: a package cannot be had.
    """
    kernel_package = _kernel_package()
    tree = cache / kernel_package
    if not (tree / "ready").exists():
        shutil.rmtree(tree, ignore_errors=True)
        tree.mkdir(parents=True)
        for package in (kernel_package, "udev"):
            _run(["apt-get", "download", package], cwd=tree, what=package)
            (archive,) = tree.glob(f"{package}_*.deb")
            _run(["dpkg-deb", "-x", str(archive), str(tree)], what=package)
            archive.unlink()
        version = _version(tree)
        _run(["depmod", "-b", str(tree), version], what="depmod")
        for name in ("bin", "sbin", "lib"):  # links into /usr on today's systems, and must stay links
            if (tree / name).exists():
                _run(["cp", "--archive", "--link", str(tree / name), str(tree / "usr")], what=name)
                shutil.rmtree(tree / name)
        (tree / "ready").touch()
    version = _version(tree)
    initramfs = cache / "initramfs.gz"
    initramfs.write_bytes(gzip.compress(_initramfs(tree / "usr/lib/modules" / version), 1, mtime=0))
    return Parts(tree, tree / "boot" / f"vmlinuz-{version}", initramfs)


def _kernel_package() -> str:
    """Return the package that linux-image-amd64 stands for today."""
    for update in (False, True):
        if update and os.geteuid() == 0:
            _quietly(["apt-get", "update", "--quiet"])
        told = subprocess.run(
            ["apt-cache", "depends", "linux-image-amd64"], check=False, capture_output=True, text=True
        )
        if found := re.search(r"Depends: (linux-image-\S+)", told.stdout):
            return found[1]
    raise MissingError("The package linux-image-amd64 is not in the package lists: sudo apt-get update")


def _quietly(command: list[str]) -> bool:
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    return subprocess.run(command, check=False, capture_output=True, env=environment).returncode == 0


def _version(tree: Path) -> str:
    (kernel,) = (tree / "boot").glob("vmlinuz-*")
    return kernel.name.removeprefix("vmlinuz-")


def _run(command: list[str], *, what: str, cwd: Path | None = None) -> None:
    done = subprocess.run(
        command, cwd=cwd, check=False, capture_output=True, text=True, env=os.environ | {"PATH": _PATH}
    )
    if done.returncode != 0:
        raise MissingError(f"{what}: {' '.join(command[:2])} failed: {done.stderr.strip()}")


def _initramfs(modules: Path) -> bytes:
    """Return an uncompressed cpio archive (format newc): busybox, init, and the modules that the root needs."""
    busybox = shutil.which("busybox", path=_PATH)
    assert busybox is not None
    needed = _with_dependencies(modules, _AT_ONCE)
    files = {"init": (0o100755, (HERE / "init.sh").read_bytes()), "busybox": (0o100755, Path(busybox).read_bytes())}
    files |= {f"modules/{path.name}": (0o100644, path.read_bytes()) for path in needed}
    files["order"] = (0o100644, "".join(f"{path.name}\n" for path in needed).encode())
    archive = b"".join(_entry(name, 0o040755, b"") for name in ("dev", "proc", "sys", "host", "parts", "more", "root"))
    archive += _entry("modules", 0o040755, b"")
    archive += b"".join(_entry(name, mode, data) for name, (mode, data) in files.items())
    return archive + _entry("TRAILER!!!", 0, b"")


def _entry(name: str, mode: int, data: bytes) -> bytes:
    fields = (0, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name) + 1, 0)
    head = b"070701" + "".join(f"{field:08x}" for field in fields).encode() + name.encode() + b"\0"
    return head + bytes(-len(head) % 4) + data + bytes(-len(data) % 4)


def _with_dependencies(modules: Path, wanted: tuple[str, ...]) -> list[Path]:
    """Return files of modules, each after those that it needs (modules.dep lists the last to load first)."""
    table = {}
    for line in (modules / "modules.dep").read_text().splitlines():
        path, _, needs = line.partition(":")
        table[Path(path).name.partition(".")[0].replace("-", "_")] = [path, *needs.split()]
    built_in = (modules / "modules.builtin").read_text().replace("-", "_")
    order: dict[str, None] = {}
    for name in wanted:
        if name in table:
            order |= dict.fromkeys(reversed(table[name]))
        elif f"/{name}.ko" not in built_in:
            raise MissingError(f"The kernel has no module {name}")
    return [modules / path for path in order]


@contextmanager
def running(parts: Parts, shared: Path, log: Path) -> Iterator[subprocess.Popen[str]]:
    """Boot the guest; its serial line is the process's standard output. It is ended when this ends.

    :param shared: a folder that the guest sees as /mnt and may write to.
    :param log: what QEMU itself says.
    """
    command = [
        "qemu-system-x86_64", "-accel", "tcg,thread=multi", "-M", "q35", "-cpu", "max", "-smp", "2",
        "-m", str(_MEMORY), "-display", "none", "-vga", "none", "-serial", "stdio", "-monitor", "none", "-no-reboot",
        "-kernel", str(parts.kernel), "-initrd", str(parts.initramfs),
        "-append", "console=ttyS0 quiet loglevel=1 panic=-1",
        "-netdev", "user,id=net", "-device", "virtio-net-pci,netdev=net,romfile=",
    ]  # fmt: skip
    for path, tag, access in (
        (Path("/"), "host", ",readonly=on"), (parts.tree, "parts", ",readonly=on"), (shared, "shared", ""),
    ):  # fmt: skip
        command += ["-virtfs", f"local,path={path},mount_tag={tag},security_model=none,multidevs=remap{access}"]
    with (
        log.open("w") as said,
        subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=said, text=True, errors="replace"
        ) as machine,
    ):
        try:
            yield machine
        finally:
            machine.kill()


@contextmanager
def ended_after(machine: subprocess.Popen[str], seconds: float) -> Iterator[threading.Event]:
    """End the guest when it takes longer than this; the event tells that it was so."""
    late = threading.Event()

    def end() -> None:
        late.set()
        machine.kill()

    timer = threading.Timer(seconds, end)
    timer.start()
    try:
        yield late
    finally:
        timer.cancel()
