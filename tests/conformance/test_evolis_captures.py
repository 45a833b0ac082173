"""Print streams captured from the vendor's driver: decoded here, encoded by us, and the vendor's own bytes again.

The decoder in this file follows protocol sheet 3, 4.1, 4.3 and 4.6 and shares nothing with the encoder.
"""

from __future__ import annotations

import os
import re
import zlib
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from drivers.evolis.raster import compress, download, pack_bits

DATA = Path(os.environ.get("PRINTD_CONFORMANCE_DATA", Path(__file__).parents[3] / "shared" / "data")) / "evolis"
RASTER_CRC = {
    "card-black": "c439670b",
    "card-gradient": "58b3545e",
    "card-white": "c174a84d",
    "evolis-card-text": "6d172d67",
}

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason=f"no captured streams in {DATA}; set PRINTD_CONFORMANCE_DATA")


def bitmap_command(stream: bytes) -> tuple[bytes, bytes]:
    """Return the whole Dbc command with its padding, and its payload."""
    header = re.search(rb"\x1bDbc;k;2;(\d+);", stream)
    assert header is not None
    end = header.end() + int(header[1])
    assert stream[end] == 0x0D
    following = stream.index(b"\x1bSe", end)
    assert not any(stream[end + 1 : following])
    return stream[header.start() : following], stream[header.end() : end]


def decode(payload: bytes) -> npt.NDArray[np.bool_]:
    """Return the upright landscape picture, True = black, one dot at a time as the sheet tells it."""
    picture, at = np.zeros((648, 1016), np.bool_), 0
    for x in range(1016):
        count = payload[at]
        line = payload[at + 1 : at + 1 + count].ljust(81, b"\0")
        assert count <= 81
        at += 1 + count
        for column in np.flatnonzero([line[c // 8] >> (7 - c % 8) & 1 for c in range(648)]):
            picture[647 - column, x] = True
    assert at == len(payload)
    return picture


@pytest.mark.parametrize("name", sorted(RASTER_CRC))
def test_a_captured_raster_encoded_again_is_the_vendors_own_command(name: str) -> None:
    command, payload = bitmap_command((DATA / name).read_bytes())
    picture = decode(payload)
    lines = pack_bits(picture)
    assert f"{zlib.crc32(lines.tobytes()):08x}" == RASTER_CRC[name]
    assert compress(lines) == payload
    assert download(f"Dbc;k;2;{len(payload)};", payload) == command
