"""The card path that every Linux has: Ghostscript, Gutenprint's filter with its PPD, Gutenprint's USB backend.

All of it is the distribution's. The backend writes what it would send to a printer into a file, through a few lines of
C that stand for libusb and for a bus with one printer on it: Gutenprint packs planes nowhere but in the backend.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

INSTALL = "apt-get install -y --no-install-recommends printer-driver-gutenprint gcc libc6-dev"
WIDTH, HEIGHT = 642, 1016
"""Dots of the page that the PPD prints on, portrait."""

_FILTER = Path("/usr/lib/cups/filter/rastertogutenprint.5.3")
_BACKEND = Path("/usr/lib/cups/backend/gutenprint53+usb")
_PPDS = Path("/usr/lib/cups/driver/gutenprint.5.3")
_BUS = Path(__file__).with_name("bulk_out.c")
_LIMIT = 60
# The PPD's page is 161.28 x 243.84 points, printed on from 3.6 to 157.68. Ghostscript keeps whole points of it, and
# lays all of it 0.16 points lower for that.
_PAGE = "%!PS\n<< /PageSize [161.28 243.84] >> setpagedevice\n3.6 0.16 translate 154.08 243.84 scale\n"
_RASTER = ("-q", "-dNOPAUSE", "-dBATCH", "-dSAFER", "-sDEVICE=cups", "-r300", "-dcupsBitsPerColor=8",
           "-dcupsColorSpace=1", "-dcupsColorOrder=0")  # fmt: skip


def missing() -> list[str]:
    """Return what is not installed."""
    programs = [name for name in ("gs", "gcc") if shutil.which(name) is None]
    return programs + [str(path) for path in (_FILTER, _BACKEND, _PPDS) if not path.exists()]


@dataclass(frozen=True)
class Verdict:
    """What the backend says of a stream, and how many bytes it sent to the printer."""

    status: int
    pages: int
    errors: tuple[str, ...]
    written: int = 0


class Gutenprint:
    """Gutenprint set up for a Tango 2e in a folder."""

    def __init__(self, folder: Path, model: str = "magicard-tango-2e") -> None:
        self._folder = folder
        self.ppd = folder / f"{model}.ppd"
        self.ppd.write_bytes(_run([_PPDS, "cat", f"gutenprint.5.3://{model}/expert"]))
        self._wire = folder / "wire.bin"
        self._bus = folder / "bulk_out.so"
        _run(["gcc", "-shared", "-fPIC", "-o", self._bus, _BUS])

    def raster(self, picture: npt.NDArray[np.uint8]) -> Path:
        """Let Ghostscript make a CUPS raster of a picture, dot for dot.

        :param picture: RGB, ``uint8`` of shape (642, 1016, 3), landscape, upright.
        """
        portrait = np.rot90(picture)
        image = f"{WIDTH} {HEIGHT} 8 [{WIDTH} 0 0 -{HEIGHT} 0 {HEIGHT}] currentfile /ASCIIHexDecode filter false 3"
        source = self._folder / "card.ps"
        source.write_text(f"{_PAGE}{image} colorimage\n{portrait.tobytes().hex()}>\nshowpage\n", encoding="ascii")
        return self.rastered(source)

    def rastered(self, source: Path) -> Path:
        """Let Ghostscript make a CUPS raster of PostScript or PDF."""
        raster = self._folder / "card.ras"
        _run(["gs", *_RASTER, f"-sOutputFile={raster}", source], {"PPD": str(self.ppd)})
        return raster

    def filtered(self, raster: Path) -> bytes:
        """Return what the filter makes of a raster: Gutenprint's own format, 8 bits a dot, pure black to be resin."""
        return _run([_FILTER, "1", "user", "title", "1", "StpBlackType=Resin", raster], {"PPD": str(self.ppd)})

    def sent(self, stream: bytes) -> bytes:
        """Return what the backend sends to the printer for a stream that it accepts."""
        verdict = self.judged(stream)
        assert verdict.status == 0, verdict
        return self._wire.read_bytes()

    def judged(self, stream: bytes, *, attached: bool = True) -> Verdict:
        """Let the backend print a stream, or only read it, where no printer is attached."""
        job = self._folder / "job.prn"
        job.write_bytes(stream)
        self._wire.unlink(missing_ok=True)
        if attached:
            device = {"LD_PRELOAD": str(self._bus), "BULK_OUT": str(self._wire)}
        else:
            device = {"TEST_MODE": "2", "EXTRA_VID": "0x0c1f", "EXTRA_PID": "0x1800"}
        done = subprocess.run(
            [_BACKEND, "-d", "1", job],
            env={**os.environ, "BACKEND": "tango2e", **device},
            capture_output=True,
            timeout=_LIMIT,
        )
        lines = (done.stdout + done.stderr).decode("utf-8", "replace").splitlines()
        errors = tuple(line.removeprefix("ERROR: ") for line in lines if line.startswith("ERROR"))
        written = self._wire.stat().st_size if self._wire.exists() else 0
        return Verdict(done.returncode, sum("Parsed page" in line for line in lines), errors, written)


def _run(command: Sequence[str | Path], environment: Mapping[str, str] | None = None) -> bytes:
    done = subprocess.run(
        [str(word) for word in command],
        env={**os.environ, **(environment or {})},
        capture_output=True,
        check=True,
        timeout=_LIMIT,
    )
    return done.stdout
