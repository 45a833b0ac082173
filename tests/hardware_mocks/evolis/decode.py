"""Evolis print streams without a printer: panels out of recorded bytes."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from hardware_mocks.evolis.raster import Bitmap, RasterError, load_compressed, load_plain
from hardware_mocks.evolis.wires import Broken, Command, Parser
from hardware_mocks.recording import StreamError


@dataclass(frozen=True)
class DecodedPanel:
    """One panel of a stream.

    ``raster`` has shape (1016, 648), uint8, values 0 .. levels-1 as sent; ``crc32`` is over its packed bytes.
    """

    side: str
    panel: str
    levels: int
    raster: NDArray[np.uint8]
    crc32: str
    packed_bytes: int

    def picture(self) -> Image.Image:
        """The panel as an upright landscape picture, 1016 x 648, white = no ink."""
        scale = (255 - np.arange(self.levels) * 255 // (self.levels - 1)).astype(np.uint8)
        return Image.fromarray(np.ascontiguousarray(np.take(scale, self.raster).T[::-1]))


def decode_stream(stream: bytes) -> list[DecodedPanel]:
    """Return the panels in the order sent.

    :raises StreamError: it is no such stream; its text says what is wrong and in which command.
    """
    parser = Parser()
    parser.push(stream)
    side, panels, number = "front", [], 0
    while (item := parser.next()) is not None:
        number += 1
        if isinstance(item, Broken):
            msg = f"command {number}: {item.reason}"
            raise StreamError(msg)
        side = {"Sr": "front", "Sv": "back"}.get(item.name, side)
        if item.name in ("Db", "Dbc"):
            try:
                bitmap = _load(item)
            except RasterError as error:
                msg = f"command {number}, {item.line}: {error}"
                raise StreamError(msg) from error
            panel, packed = item.params[0], len(bitmap.packed)
            panels.append(DecodedPanel(side, panel, bitmap.levels, bitmap.raster(), bitmap.crc32, packed))
    if parser.unfinished:
        msg = f"the stream ends inside command {number + 1}"
        raise StreamError(msg)
    if not panels:
        msg = f"no panel among {number} commands"
        raise StreamError(msg)
    return panels


def _load(command: Command) -> Bitmap:
    load = load_plain if command.name == "Db" else load_compressed
    return load(command.params[0], int(command.params[1]), command.payload or b"")


def write_panels(stream: Path, folder: Path) -> list[str]:
    """Write one PNG a panel into ``folder``; return a table, one line a panel.

    :raises StreamError: it is no such stream.
    :raises OSError: a file cannot be read or written.
    """
    panels = decode_stream(stream.read_bytes())
    folder.mkdir(parents=True, exist_ok=True)
    table = [f"{'panel':<12}{'levels':>7}{'pixels':>12}{'bytes':>9}  crc-32    file"]
    used: set[str] = set()
    for panel in panels:
        stem = name = f"{panel.side}-{panel.panel}"
        repeat = 1
        while name in used:
            repeat += 1
            name = f"{stem}-{repeat}"
        used.add(name)
        panel.picture().save(folder / f"{name}.png")
        lines, pixels = panel.raster.shape
        size = f"{lines}x{pixels}"
        table.append(f"{stem:<12}{panel.levels:>7}{size:>12}{panel.packed_bytes:>9}  {panel.crc32}  {name}.png")
    return table
