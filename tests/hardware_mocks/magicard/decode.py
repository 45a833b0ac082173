"""Recorded Magicard jobs without a printer: planes out of pages."""

from pathlib import Path

import numpy as np
from PIL import Image

from hardware_mocks.magicard.job import Page
from hardware_mocks.magicard.raster import Overcoat, Plane
from hardware_mocks.magicard.wires import PageError, Parser
from hardware_mocks.recording import StreamError


def decode_stream(stream: bytes) -> list[Page]:
    """Return the pages in the order sent; requests between them are passed over.

    :raises StreamError: it is no such stream.
    """
    parser = Parser()
    pages: list[Page] = []
    parser.push(stream)
    while True:
        try:
            item = parser.next()
        except PageError as error:
            raise StreamError(f"page {len(pages) + 1}: {error}") from error
        if item is None:
            break
        if isinstance(item, Page):
            pages.append(item)
    if parser.unfinished:
        raise StreamError(f"the stream ends inside page {len(pages) + 1}")
    if not pages:
        raise StreamError("no page in the stream")
    return pages


def write_panels(stream: Path, folder: Path) -> list[str]:
    """Write one PNG a plane (and one for an overcoat) into ``folder``; return a table.

    :raises StreamError: it is no such stream.
    :raises OSError: a file cannot be read or written.
    """
    pages = decode_stream(stream.read_bytes())
    folder.mkdir(parents=True, exist_ok=True)
    table = [f"{'panel':<12}{'levels':>7}{'bytes':>9}  crc-32    file"]
    used: dict[str, int] = {}
    for page in pages:
        layers: list[Plane | Overcoat] = [*page.planes]
        if page.overcoat is not None:
            layers.append(page.overcoat)
        for one in layers:
            stem = f"{page.side}-{one.panel}"
            used[stem] = used.get(stem, 0) + 1
            name = f"{stem}.png" if used[stem] == 1 else f"{stem}-{used[stem]}.png"
            Image.fromarray(np.ascontiguousarray(255 - one.density())).save(folder / name)
            levels, size = (one.most + 1, len(one.raw)) if isinstance(one, Plane) else (2, 0)
            table.append(f"{stem:<12}{levels:>7}{size:>9}  {one.crc32}  {name}")
    return table
