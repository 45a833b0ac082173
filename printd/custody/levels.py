"""How a stock stands, in one word for blanks, ribbons, film and cleaning kits alike."""

from __future__ import annotations

from typing import Literal

Level = Literal["ok", "low", "empty"]

LOW_PERCENT = 20
"""Below this share of what it is made for, a ribbon or film is shown red (domain reference 2.3)."""


def of_consumable(left: int, nominal: int) -> Level:
    """Return the level of a ribbon or film.

    :param left: cards it is still good for, by estimate.
    :param nominal: cards it is made for.
    """
    if left <= 0:
        return "empty"
    return "low" if 100 * left < LOW_PERCENT * nominal else "ok"


def of_stock(pieces: int, ask_below: int) -> Level:
    """Return the level of a stock of blanks: low where more may be asked for (stock.ask_below)."""
    if pieces <= 0:
        return "empty"
    return "low" if pieces <= ask_below else "ok"
