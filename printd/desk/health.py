"""How the shop itself feels: what ails it, as its daemon knows, or as can be seen without one."""

from __future__ import annotations

from typing import Any

from printd.desk.desk import Desk
from printd.ledger.entry import Entry
from printd.shop.folder import SOCKET_NAME
from printd.shop.health import Ailment, Health, Surroundings
from printd.shop.lock import holder
from printd.shop.shop import Shop
from printd.store import log
from printd.words.moments import stamp


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


def unheard(shop: Shop) -> list[dict[str, Any]]:
    """Return, as an ailment, that somebody holds the shop and does not listen; nothing where nobody holds it."""
    who = holder(shop.folder)
    if who is None:
        return []
    message = (
        f"The shop is held by {who}, and nobody listens at {shop.folder / SOCKET_NAME}. A daemon that starts, or waits "
        "for its disk or database, says so in its own lines; a command is soon done; a socket that was deleted the "
        "daemon makes anew within a second. Where none of these is true, stop that process and start the daemon again."
    )
    return [Ailment("socket", "not-listening", message, "nothing", stamp(shop.books.clock())).to_json()]


def surroundings(shop: Shop, health: Health) -> Surroundings:
    """Return who looks at what a shop lives on."""
    with shop.store.reading() as connection:
        bodies = log.bodies(connection, [log.frontier(connection).size - 1]).values()
    latest = next((Entry.from_body(body).at for body in bodies), None)
    free_mb = shop.config.health.free_mb
    write = shop.store.try_to_write
    return Surroundings(health, shop.folder, free_mb, shop.books.clock, latest, write, shop.zone)
