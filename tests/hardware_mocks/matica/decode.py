"""Recorded Matica streams without a printer: panels out of an Ethernet stream or out of USB bulk-out bytes."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from hardware_mocks.matica.blocks import COMMAND, NoBlockError, Parser
from hardware_mocks.matica.raster import Plane
from hardware_mocks.matica.wires.usb import CBW, Wrapper
from hardware_mocks.matica.words import HEADS, NUMBERS, Head
from hardware_mocks.recording import StreamError

_HOST = b"\xf0\x00\x02\x00"


@dataclass(frozen=True)
class DecodedPanel:
    """One panel of a stream and the side that was up by the commands before it (flips counted)."""

    side: str
    plane: Plane

    def picture(self) -> Image.Image:
        """The panel upright, in the head's own dots, white = no ink."""
        return Image.fromarray(np.ascontiguousarray(255 - self.plane.values()))


class _Side:
    """Which side of the card is up, by the commands that are seen."""

    def __init__(self) -> None:
        self.up = "front"

    def load(self, *, flip: bool) -> None:
        self.up = "back" if flip else "front"

    def flip(self) -> None:
        self.up = "back" if self.up == "front" else "front"


def decode_stream(stream: bytes) -> list[DecodedPanel]:
    """Return the panels in the order sent.

    :raises StreamError: it is no such stream; its text says what is wrong and where.
    """
    panels = _storage(stream) if stream.startswith(b"USBC") else _ethernet(stream)
    if not panels:
        raise StreamError("no panel in the stream")
    return panels


def _ethernet(stream: bytes) -> list[DecodedPanel]:
    head = _head_of(stream)
    parser, side, panels, number = Parser(head), _Side(), [], 0
    parser.push(stream)
    while True:
        number += 1
        try:
            block = parser.next()
        except NoBlockError as error:
            raise StreamError(f"block {number}: {error}") from error
        if block is None:
            break
        if block.wrong:
            raise StreamError(f"block {number}: {block.wrong}")
        if block.panel is not None:
            panels.append(DecodedPanel(side.up, Plane(head, block.panel, block.data)))
        elif block.type == COMMAND and len(block.data) >= 4:
            code, _, flags, _ = block.data[:4]
            if code == 4:
                side.load(flip=bool(flags & 0x10))
            elif code in (5, 7) and flags & 0x10:
                side.flip()
    if parser.unfinished:
        raise StreamError(f"the stream ends inside block {number}")
    return panels


def _head_of(stream: bytes) -> Head:
    """Tell the model by the size of the first image: its block says how many words follow."""
    words = {(28 + head.size - 8) // 4: head for head in HEADS.values()}
    at = 0
    while at + 8 <= len(stream):
        size = int.from_bytes(stream[at + 4 : at + 8], "big")
        if stream[at : at + 4] == _HOST:
            if size in words:
                return words[size]
            raise StreamError(f"an image of {size} words, no known model has that: {sorted(words)}")
        at += 8 + 4 * size
    raise StreamError("no panel in the stream")


def _storage(stream: bytes) -> list[DecodedPanel]:
    sizes = {head.size: head for head in HEADS.values()}
    side, panels, at, number = _Side(), [], 0, 0
    while at < len(stream):
        number += 1
        wrapper = Wrapper.read(stream[at : at + CBW.size])
        if wrapper is None:
            raise StreamError(f"command {number}: no command wrapper at byte {at}")
        at += CBW.size
        data = b"" if wrapper.into_host else stream[at : at + wrapper.length]
        if not wrapper.into_host and len(data) < wrapper.length:
            raise StreamError(f"the stream ends inside command {number}")
        at += len(data)
        cdb = wrapper.cdb
        if cdb[0] == 0x2A:
            if len(data) not in sizes or wrapper.panel is None:
                raise StreamError(f"command {number}: panel {cdb[2]} of {len(data)} bytes")
            panels.append(DecodedPanel(side.up, Plane(sizes[len(data)], NUMBERS[cdb[2]], data)))
        elif cdb[0] == 0x31 and len(cdb) == 10:
            if cdb[1] == 0x01:
                side.load(flip=bool(cdb[4] & 0x02))
            elif cdb[1] == 0x0A or (cdb[1] == 0x0B and cdb[4] & 0x02):
                side.flip()
    return panels


def write_panels(stream: Path, folder: Path) -> list[str]:
    """Write one PNG a panel into ``folder``; return a table, one line a panel.

    :raises StreamError: it is no such stream.
    :raises OSError: a file cannot be read or written.
    """
    panels = decode_stream(stream.read_bytes())
    folder.mkdir(parents=True, exist_ok=True)
    table = [f"{'panel':<12}{'pixels':>12}{'bytes':>9}  crc-32    file"]
    used: dict[str, int] = {}
    for panel in panels:
        plane = panel.plane
        stem = f"{panel.side}-{plane.panel}"
        used[stem] = used.get(stem, 0) + 1
        name = f"{stem}.png" if used[stem] == 1 else f"{stem}-{used[stem]}.png"
        panel.picture().save(folder / name)
        size = f"{plane.head.cols}x{plane.head.rows}"
        table.append(f"{stem:<12}{size:>12}{len(plane.raw):>9}  {plane.crc32}  {name}")
    return table
