"""The faces of a record's card: whether they can be drawn, and their picture for people."""

from __future__ import annotations

import io
from datetime import datetime

from PIL import Image

from drivers.errors import ArtworkError
from layouts.errors import LayoutError
from layouts.model import DPI
from printd.errors import Refused
from printd.intake.picture_rules import ImageRefusedError
from printd.printing.artwork import UNDRAWABLE, Artist, resolution
from printd.shop.shop import Shop
from printd.store import printers
from printd.store.tables.attempts import AttemptRow
from printd.words.moments import parse


def undrawable(shop: Shop, record: str) -> str:
    """Return why the card of a record cannot be drawn for a printer of this shop, or an empty string."""
    with shop.store.reading() as connection:
        models = {(row["family"], row["model"]) for row in printers.printers(connection)}
    artist = Artist(shop)
    try:
        for dpi in sorted({DPI, *(found for family, model in models if (found := _resolution(family, model)))}):
            artist.check(record, dpi=dpi)
    except (*UNDRAWABLE, LayoutError) as unfit:
        return str(unfit)
    return ""


def _resolution(family: str, model: str) -> int | None:
    try:
        return resolution(family, model)
    except ArtworkError:  # whoever opens a printer without a driver says so
        return None


def faces(shop: Shop, record: str, attempt: AttemptRow | None) -> bytes:
    """Return the composed faces of a record's card as PNG, front above back, RGB at 300 dpi.

    :param attempt: in doubt, which holds its blank: the card itself, as of the day it began. ``None``: a specimen
        (design rule 9).
    :raises Refused: the record is erased, or its texts do not fit the card.
    :raises AlteredError: what is sealed of it is not what was taken in.
    """

    def clock() -> datetime:
        if attempt is None:
            return shop.books.clock()
        return parse(attempt["opened_at"])

    artist = Artist(shop, clock)
    try:
        card = artist.draw(record, specimen=attempt is None)
    except (LayoutError, ImageRefusedError) as unfit:
        raise Refused("The card cannot be drawn.", why=f"{str(unfit).rstrip('.')}.") from unfit
    sides = [side.picture() for side in (card.front, card.back) if side is not None]
    whole = Image.new("RGB", (sides[0].width, sum(side.height for side in sides)))
    for number, side in enumerate(sides):
        whole.paste(side, (0, number * sides[0].height))
    file = io.BytesIO()
    whole.save(file, "PNG")
    return file.getvalue()
