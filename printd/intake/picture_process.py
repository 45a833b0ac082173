"""The process in which pictures are opened: a stranger's bytes meet the decoder where little can be lost.

Run by :mod:`printd.intake.pictures`. It speaks on its standard input, a socket: one line of JSON and a picture's bytes
in, one line of JSON out. It has nothing of the shop: no key, no database, no environment. Once it has loaded what it
needs it opens no file and begins no process, and what it takes of memory and time is bounded by the kernel.
"""

from __future__ import annotations

import io
import json
import os
import resource
import socket
import sys

from PIL import ExifTags, Image

from layouts.errors import FitError
from layouts.pictures import ink_of
from printd.intake.images import (
    background_fits,
    decode_photo,
    decode_signature,
    decode_snapshot,
    is_grey,
    jpeg_quality,
)
from printd.intake.picture_rules import Asked, ImageLimits, ImageRefusedError, Judged, What, too_costly


def answer(asked: Asked, data: bytes) -> Judged:
    """Return whether a picture is accepted, and what is seen of a photo."""
    what = asked["what"]
    limits = ImageLimits(**asked["limits"])
    try:
        if what == "signature":
            ink_of(decode_signature(data, limits))
            return {"fits": True}
        if what == "snapshot":
            decode_snapshot(data, limits)
            return {"fits": True}
        photo = decode_photo(data, limits)
        return {
            "fits": background_fits(photo, asked["birth_year"]),
            "width": photo.width,
            "height": photo.height,
            "grey": is_grey(photo),
            "quality": jpeg_quality(data),
        }
    except FitError as unfit:
        return {"code": "signature_strokes", "message": f"The signature cannot stand on the card: {unfit.reason}."}
    except ImageRefusedError as refused:
        return {"code": refused.code, "message": str(refused)}
    except MemoryError:
        starved = too_costly(what, "more memory than is given to it")
        return {"code": starved.code, "message": str(starved)}


def serve(wire: socket.socket, seconds: int, memory: int) -> None:
    """Answer until the other side is gone.

    :param seconds: of the processor that one picture may take.
    :param memory: bytes of address space.
    """
    _try()  # loads what the first picture would load: later nothing can be opened
    _confine(memory)
    if not _try():  # so little memory is no picture's fault
        sys.exit("No picture can be opened within the limits.")
    with wire, wire.makefile("rwb") as lines:
        lines.write(b"{}\n")
        lines.flush()
        while line := lines.readline():
            asked: Asked = json.loads(line)
            data = lines.read(asked["bytes"])
            _give_time(seconds)
            lines.write(json.dumps(answer(asked, data)).encode() + b"\n")
            lines.flush()


def _try() -> bool:
    """Tell whether a small picture of each kind can be opened."""
    fits: list[bool] = []
    kinds: tuple[tuple[What, str, str, Image.Exif | None], ...] = (
        ("photo", "JPEG", "RGB", None),
        ("signature", "PNG", "RGBA", None),
        ("snapshot", "JPEG", "RGB", _turned()),  # what reads the marks of cameras is loaded by the first of them
    )
    for what, kind, mode, marks in kinds:
        drawn = io.BytesIO()
        picture = Image.new(mode, (32, 64), "white")
        picture.paste("red", (8, 8, 24, 24))
        picture.save(drawn, kind, exif=marks or b"")
        asked: Asked = {"what": what, "birth_year": 2001, "limits": {}, "bytes": len(drawn.getvalue())}
        fits.append("fits" in answer(asked, drawn.getvalue()))
    return all(fits)


def _turned() -> Image.Exif:
    marks = Image.Exif()
    marks[ExifTags.Base.Orientation] = 6
    return marks


def _confine(memory: int) -> None:
    for limit, value in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CORE, 0),  # a core would hold somebody's face
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, 0),
        (resource.RLIMIT_NPROC, 0),
    ):
        hard = resource.getrlimit(limit)[1]
        most = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(limit, (most, most))


def _give_time(seconds: int) -> None:
    """Let the kernel end this process when it has worked so much longer than until now."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + seconds + 1, hard))


if __name__ == "__main__":
    serve(socket.socket(fileno=os.dup(0)), int(os.environ["SECONDS"]), int(os.environ["MEMORY"]))
