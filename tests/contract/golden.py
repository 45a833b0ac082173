"""Golden streams: digests of what every model of every family is sent for one drawn card.

Renew them, after looking at what changed and why, with ``python tests/contract/golden.py``.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from drivers import families
from drivers.errors import ArtworkError
from drivers.family import Family
from drivers.panels import Separation
from drivers.printer import Artwork, EncodedCard, SidePicture

BOOK = Path(__file__).with_name("golden.json")
RENEW = "python tests/contract/golden.py"
REFUSED = "refused"
_PNG = b"\x89PNG"


def artwork(dpi: int = 300, *, colour: bool = True, back: bool = False) -> Artwork:
    """Draw a card that differs everywhere, in whole numbers alone, so that it is the same on every machine."""
    rows, columns = 648 * dpi // 300, 1016 * dpi // 300
    y, x = np.mgrid[0:rows, 0:columns]
    dye = np.full((rows, columns, 3), 255, np.uint8)
    if colour:
        dye[:, : columns * 2 // 3] = np.stack((x % 256, y % 256, (x + 2 * y) % 256), axis=2)[:, : columns * 2 // 3]
    overlay = np.ones((rows, columns), np.bool_)
    overlay[rows // 4 : rows // 2, columns // 16 : columns // 4] = False
    front = SidePicture(dye, (x + y) % 97 < dpi // 300, overlay)
    other = SidePicture(np.full_like(dye, 255), (x - 3 * y) % 61 == 0, np.zeros_like(overlay))
    return Artwork(front, other if back else None)


def digests(family: Family, model: str) -> dict[str, str]:
    """Return what a model is sent for the card: by itself, on both sides, in resin alone; ``refused`` where it is."""
    known = family.models[model]
    dpi, resin = known.abilities.dpi, family.options(separation=Separation(ribbon="k"))
    cards: Mapping[str, tuple[Artwork, Any]] = {
        "one side": (artwork(dpi), None),
        "two sides": (artwork(dpi, back=True), None),
        "resin": (artwork(dpi, colour=False), resin),
    }
    found = {}
    for name, (art, options) in cards.items():
        try:
            found[name] = _digest(family.encode(art, known, options))
        except ArtworkError:
            found[name] = REFUSED
    return found


def book() -> dict[str, dict[str, dict[str, str]]]:
    """Return the golden digests by family and model."""
    read: dict[str, dict[str, dict[str, str]]] = json.loads(BOOK.read_text(encoding="ascii"))
    return read


def _digest(card: EncodedCard) -> str:
    found = hashlib.sha256()
    for command in card.commands:
        if command.startswith(_PNG):  # packed by whatever zlib is there: what counts is the picture
            with Image.open(io.BytesIO(command)) as picture:
                found.update(f"{picture.mode} {picture.size}".encode() + picture.tobytes())
        else:
            found.update(command)
    return found.hexdigest()[:32]


def main() -> None:
    """Write the digests of the drivers as they are, and say which changed."""
    old = book() if BOOK.exists() else {}
    new = {one.name: {model: digests(one, model) for model in one.models} for one in families()}
    for family, models in new.items():
        for model, told in models.items():
            if told != old.get(family, {}).get(model):
                print(f"{family} {model}: {'changed' if model in old.get(family, {}) else 'new'}")
    BOOK.write_text(json.dumps(new, indent=1, sort_keys=True) + "\n", encoding="ascii")


if __name__ == "__main__":
    main()
