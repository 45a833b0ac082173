"""How the shop itself feels: what ails it, as its daemon knows, or as can be seen without one."""

from __future__ import annotations

from typing import Any

from printd.books import stamp
from printd.desk.desk import Desk
from printd.health import Ailment, Health, Surroundings
from printd.ledger.entry import Entry
from printd.shop import Shop
from printd.store import log


def show(desk: Desk) -> dict[str, Any]:
    """Return what ails the shop now: each with its part, keyword, sentence, what it stops, and since when.

    Without a daemon only disk, folder, database and clock can be looked at.
    """
    if desk.workshop is not None:
        found: list[Ailment] = desk.workshop.ailments()
    else:
        seen = Health(lambda: stamp(desk.shop.books.clock()), loud=False)
        surroundings(desk.shop, seen).look()
        found = seen.ailments()
    return {"daemon": desk.workshop is not None, "ailments": [one.to_json() for one in found]}


def surroundings(shop: Shop, health: Health) -> Surroundings:
    """Return who looks at what a shop lives on."""
    with shop.store.reading() as connection:
        bodies = log.bodies(connection, [log.frontier(connection).size - 1]).values()
    latest = next((Entry.from_body(body).at for body in bodies), None)
    free_mb = shop.config.health.free_mb
    return Surroundings(health, shop.folder, free_mb, shop.books.clock, latest, shop.store.try_to_write)
