"""A real cupsd for tests on a private configuration: own folders, own Unix socket, own backends; no service is touched.

Its printers are a backend script that keeps what it is sent and does as a file tells it, and ``ippeveprinter``. What
they received is read by libcups, not by anything of ours.
"""

from __future__ import annotations

import contextlib
import ctypes
import ctypes.util
import os
import re
import shutil
import signal
import struct
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import numpy as np
import numpy.typing as npt

from drivers import cups

WAIT = 30.0
PACKAGES = "cups-daemon cups-client cups-ipp-utils dbus-daemon"
_PROGRAMS = ("cupsd", "lpadmin", "ippeveprinter", "dbus-daemon")
_SYSTEM = Path("/usr/lib/cups")

_FILES = """
ServerRoot {root}/etc
ServerBin {root}/bin
DataDir /usr/share/cups
RequestRoot {root}/spool
TempDir {root}/spool/tmp
CacheDir {root}/cache
StateDir {root}/state
AccessLog {root}/log/access
ErrorLog {root}/log/error
PageLog {root}/log/page
SystemGroup root
"""

# States go to disk at once, so that what a killed server finds there does not depend on when it was killed.
_SERVER = """
LogLevel debug
Listen {root}/sock
DirtyCleanInterval 0
Browsing Off
WebInterface No
DefaultAuthType Basic
<Location />
  Order allow,deny
  Allow all
</Location>
<Policy default>
  <Limit All>
    Order allow,deny
    Allow all
  </Limit>
</Policy>
"""

# desk:/FOLDER - keeps each document in FOLDER, says what FOLDER/says holds, and ends as FOLDER/mode tells it.
_BACKEND = """#!/bin/sh
[ $# -gt 0 ] || exit 0
folder=${DEVICE_URI#desk:}
echo $$ >"$folder/pid"
printf '%s\\n' "$@" >"$folder/arguments"
number=$(($(ls "$folder" | grep -c raster) + 1))
cat "${6:--}" >"$folder/$number.part" && mv "$folder/$number.part" "$folder/$number.raster"
turns=0
while [ "$(cat "$folder/mode")" = hold ] && [ $turns -lt 600 ]; do sleep 0.05; turns=$((turns + 1)); done
[ ! -f "$folder/says" ] || cat "$folder/says" >&2
[ "$(cat "$folder/mode")" != fail ]
"""

_PPD = """*PPD-Adobe: "4.3"
*FormatVersion: "4.3"
*FileVersion: "1.0"
*LanguageVersion: English
*LanguageEncoding: ISOLatin1
*PCFileName: "CARD.PPD"
*Manufacturer: "Test"
*Product: "(Card)"
*ModelName: "Test Card"
*ShortNickName: "Test Card"
*NickName: "Test Card, 1.0"
*PSVersion: "(3010.000) 0"
*ColorDevice: True
*DefaultColorSpace: RGB
*cupsVersion: 2.3
*cupsFilter2: "image/pwg-raster image/pwg-raster 0 -"
*OpenUI *PageSize/Media Size: PickOne
*DefaultPageSize: CR80
*PageSize CR80/CR80: "<</PageSize[WIDTH HEIGHT]>>setpagedevice"
*CloseUI: *PageSize
*OpenUI *PageRegion/Media Size: PickOne
*DefaultPageRegion: CR80
*PageRegion CR80/CR80: "<</PageSize[WIDTH HEIGHT]>>setpagedevice"
*CloseUI: *PageRegion
*DefaultImageableArea: CR80
*ImageableArea CR80/CR80: "0 0 WIDTH HEIGHT"
*DefaultPaperDimension: CR80
*PaperDimension CR80/CR80: "WIDTH HEIGHT"
*OpenUI *Resolution/Resolution: PickOne
*DefaultResolution: DPIdpi
*Resolution DPIdpi/DPI dpi: "<</HWResolution[DPI DPI]>>setpagedevice"
*CloseUI: *Resolution
"""

_DUPLEX = """*OpenUI *Duplex/2-Sided: PickOne
*DefaultDuplex: None
*Duplex None/Off: ""
*Duplex DuplexNoTumble/Long: ""
*CloseUI: *Duplex
"""

_BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:path={root}/bus</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/>
<allow own="*"/></policy></busconfig>
"""


def missing() -> str:
    """Return what keeps cupsd from being tested here, and what enables it; empty where nothing does."""
    absent = [name for name in _PROGRAMS if _program(name) is None]
    if absent:
        return f"{', '.join(absent)} missing: sudo apt-get install --no-install-recommends {PACKAGES}"
    if os.geteuid() != 0:
        return "cupsd with a configuration of its own is started by root only: run these tests as root"
    return ""


def until(condition: Callable[[], bool], what: str) -> None:
    """Wait until something is true; fail with what was waited for."""
    end = time.monotonic() + WAIT
    while not condition():
        assert time.monotonic() < end, f"waited {WAIT} s in vain until {what}"
        time.sleep(0.02)


@dataclass(frozen=True)
class Queue:
    """One queue, and the folder of the printer behind it."""

    name: str
    uri: str
    folder: Path

    def mode(self, mode: str) -> None:
        """Let the printer be ``good``, ``hold`` or ``fail``."""
        (self.folder / "mode.part").write_text(mode)
        (self.folder / "mode.part").rename(self.folder / "mode")

    def says(self, *lines: str) -> None:
        """Let the backend report something at its end, e.g. ``STATE: +media-empty-error``."""
        (self.folder / "says").write_text("".join(f"{line}\n" for line in lines))

    def received(self) -> list[Path]:
        """Documents that reached the printer, oldest first: each is a card."""
        return sorted(self.folder.glob("*.raster"))

    def arguments(self) -> list[str]:
        """Arguments of the backend: job, user, title, copies, options."""
        return (self.folder / "arguments").read_text().splitlines()


class CupsDesk:
    """One cupsd, which can be killed and started again."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._server: subprocess.Popen[bytes] | None = None
        self._number = 0
        for part in ("etc/ppd", "spool/tmp", "cache", "state", "bin/backend", "bin/filter", "log", "printers"):
            (root / part).mkdir(parents=True)
        (root / "etc/cups-files.conf").write_text(_FILES.format(root=root))
        (root / "etc/cupsd.conf").write_text(_SERVER.format(root=root))
        (root / "bin/daemon").symlink_to(_SYSTEM / "daemon")
        (root / "bin/backend/ipp").symlink_to(_SYSTEM / "backend/ipp")
        for name, content in (("desk", _BACKEND), ("once", Path(cups.__file__).with_name("once").read_text())):
            (root / "bin/backend" / name).write_text(content)
            (root / "bin/backend" / name).chmod(0o700)
        for shared in (root, root / "printers"):
            shared.chmod(0o755)

    def start(self) -> None:
        """Start cupsd and wait until it answers."""
        with (self.root / "log/stdout").open("ab") as log:
            self._server = subprocess.Popen(
                [
                    _program("cupsd") or "",
                    "-f",
                    "-c",
                    self.root / "etc/cupsd.conf",
                    "-s",
                    self.root / "etc/cups-files.conf",
                ],
                stdout=log,
                stderr=log,
            )
        until(lambda: self.run("lpstat", "-r").stdout.strip() == "scheduler is running", "cupsd answers")

    def end(self, how: signal.Signals) -> None:
        """End cupsd and the backends of its printers: by SIGKILL as when power goes, by SIGTERM as at an upgrade."""
        assert self._server is not None
        self._server.send_signal(how)
        self._server.wait(WAIT)
        for file in (self.root / "printers").glob("*/pid"):
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(file.read_text()), signal.SIGKILL)
            file.unlink()
        self._server = None
        (self.root / "sock").unlink(missing_ok=True)

    def close(self) -> None:
        """End everything."""
        if self._server is not None:
            self.end(signal.SIGKILL)

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a command of CUPS on this server."""
        environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C", "CUPS_SERVER": str(self.root / "sock")}
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=WAIT, check=False)

    def admin(self, *command: str) -> None:
        """Run a command that must succeed."""
        done = self.run(*command)
        assert done.returncode == 0, done.stderr

    def queue(
        self,
        *,
        device: str = "once:desk:{folder}",
        policy: str = "abort-job",
        shared: bool = False,
        page: tuple[int, int] = (243, 153),
        dpi: int = 300,
        duplex: bool = True,
        driver: bool = True,
    ) -> Queue:
        """Make a queue with a printer of its own; ``page`` is in points."""
        self._number += 1
        name = f"card{self._number}"
        folder = self.root / "printers" / name
        folder.mkdir()
        made = Queue(name, self.uri(name), folder)
        made.mode("good")
        more = ["-P", str(self.ppd(folder, page, dpi, duplex=duplex))] if driver else []
        self.admin(
            *("lpadmin", "-p", name, "-E", "-v", device.format(folder=folder), *more),
            *("-o", f"printer-error-policy={policy}", "-o", f"printer-is-shared={str(shared).lower()}"),
        )
        return made

    def uri(self, name: str) -> str:
        """Return the address of a queue."""
        return f"cups://{quote(str(self.root / 'sock'), safe='')}/{name}"

    def ppd(self, folder: Path, page: tuple[int, int], dpi: int, *, duplex: bool) -> Path:
        """Write the description of a printer whose driver takes the raster as it is."""
        words = _PPD + (_DUPLEX if duplex else "")
        for word, value in (("WIDTH", page[0]), ("HEIGHT", page[1]), ("DPI", dpi)):
            words = re.sub(rf"\b{word}(?=\b|dpi)", str(value), words)
        file = folder / "card.ppd"
        file.write_text(words)
        return file

    def unfinished(self, queue: Queue) -> list[str]:
        """Jobs of a queue that are not over, as lpstat sees them."""
        return self.run("lpstat", "-o", queue.name).stdout.splitlines()

    @contextlib.contextmanager
    def ipp_printer(self) -> Iterator[tuple[str, Path]]:
        """Run ippeveprinter; give its device address and the folder of what it received."""
        folder = Path(tempfile.mkdtemp(dir=self.root, prefix="eve"))
        (self.root / "bus.conf").write_text(_BUS.format(root=self.root))
        (self.root / "bus").unlink(missing_ok=True)
        environment = {**os.environ, "DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={self.root}/bus"}
        with contextlib.ExitStack() as stack, (self.root / "log/eve").open("wb") as log:

            def run(*command: str) -> subprocess.Popen[bytes]:
                process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
                stack.callback(process.wait, WAIT)
                stack.callback(process.kill)
                return process

            # It wants to be announced, and a bus on which nobody does that is enough.
            run(_program("dbus-daemon") or "", f"--config-file={self.root}/bus.conf", "--nofork", "--nosyslog")
            until((self.root / "bus").exists, "the bus is there")
            ppd = self.ppd(folder, (243, 153), 300, duplex=True)
            for port in range(20631 + os.getpid() % 20000, 60000, 7)[:5]:  # a port may be somebody's
                eve = run(
                    *(_program("ippeveprinter") or "", "-k", "-d", str(folder), "-p", str(port), "-n", "localhost"),
                    *("-P", str(ppd), "-c", "/bin/true", "-r", "off", "-v", "Card"),
                )
                device = f"ipp://localhost:{port}/ipp/print"
                until(lambda: eve.poll() is not None or self._answers(device), "ippeveprinter answers")  # noqa: B023
                if eve.poll() is None:
                    break
            assert eve.poll() is None, (self.root / "log/eve").read_text()
            yield device, folder

    def _answers(self, device: str) -> bool:
        asked = self.run("ipptool", "-q", device, "get-printer-attributes.test")
        return asked.returncode == 0


@contextlib.contextmanager
def cups_desk() -> Iterator[CupsDesk]:
    """Run a cupsd until the end; its folder has a short name, because a socket's path has at most 107 bytes."""
    root = Path(tempfile.mkdtemp(prefix="printd-cups-"))
    desk = CupsDesk(root)
    try:
        desk.start()
        yield desk
    finally:
        desk.close()
        shutil.rmtree(root, ignore_errors=True)


@dataclass(frozen=True)
class Page:
    """One page as libcups reads it."""

    pixels: npt.NDArray[np.uint8]
    header: bytes

    def number(self, at: int) -> int:
        """A number of the header; libcups gives them in this machine's byte order."""
        return int(struct.unpack_from("=I", self.header, at)[0])


def read_raster(file: Path) -> list[Page]:
    """Read a document with libcups."""
    library = ctypes.CDLL(ctypes.util.find_library("cups") or "libcups.so.2")
    library.cupsRasterOpen.restype = ctypes.c_void_p
    library.cupsRasterReadHeader2.argtypes = [ctypes.c_void_p, ctypes.c_char_p]
    library.cupsRasterReadPixels.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_uint]
    library.cupsRasterClose.argtypes = [ctypes.c_void_p]
    pages: list[Page] = []
    with file.open("rb") as opened:
        raster = library.cupsRasterOpen(opened.fileno(), 0)
        assert raster, "libcups takes it for no raster"
        header = ctypes.create_string_buffer(1796)
        while library.cupsRasterReadHeader2(raster, header):
            width, height = struct.unpack_from("=II", header.raw, 372)
            (stride,) = struct.unpack_from("=I", header.raw, 392)
            pixels = ctypes.create_string_buffer(stride * height)
            for line in range(height):
                into = ctypes.cast(ctypes.addressof(pixels) + line * stride, ctypes.c_char_p)
                assert library.cupsRasterReadPixels(raster, into, stride) == stride, f"line {line} is torn"
            pages.append(Page(np.frombuffer(pixels.raw, np.uint8).reshape(height, width, 3), header.raw))
        library.cupsRasterClose(raster)
    return pages


def _program(name: str) -> str | None:
    return shutil.which(name, path="/usr/sbin:/usr/bin:/sbin:/bin")
