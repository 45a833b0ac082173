"""Problems of the shop itself: those that its daemon knows, or those that can be seen without one."""

from __future__ import annotations

from typing import TypedDict

from printd.desk import configuration
from printd.desk.desk import Desk
from printd.shop.folder import SOCKET_NAME
from printd.shop.health import Health, Problem, ProblemTold, Surroundings
from printd.shop.lock import holder
from printd.shop.shop import Shop
from printd.words.moments import stamp


class Looked(TypedDict):
    """Entries of the log that a daemon looked at since its start, of those that were signed then."""

    entries: int
    of: int


class HealthShown(TypedDict):
    """The shop's problems, whether a daemon knows them, and how much of the log it looked at; ``None``: no daemon."""

    daemon: bool
    problems: list[ProblemTold]
    looked: Looked | None


def show(desk: Desk) -> HealthShown:
    """Return the shop's problems now: each with its part, keyword, sentence, what it stops, and since when.

    Without a daemon only disk, folder, database and clock can be looked at.
    """
    looked: Looked | None = None
    if desk.workshop is not None:
        found: list[Problem] = desk.workshop.problems()
        entries, of = desk.workshop.looked()
        looked = {"entries": entries, "of": of}
    else:
        seen = Health(lambda: stamp(desk.shop.books.clock()), loud=False)
        Surroundings(desk.shop, seen).look()
        found = seen.problems()
    return {
        "daemon": desk.workshop is not None,
        "problems": [one.to_json() for one in (*found, *configuration.problems(desk))],
        "looked": looked,
    }


def unheard(shop: Shop) -> list[ProblemTold]:
    """Return, as a problem, that somebody holds the shop and does not listen; nothing where nobody holds it."""
    who = holder(shop.folder)
    if who is None:
        return []
    message = (
        f"The shop is held by {who}, and nobody listens at {shop.folder / SOCKET_NAME}. A daemon that starts, or waits "
        "for its disk or database, says so in its own lines; a command is soon done; a socket that was deleted the "
        "daemon makes anew within a second. Where none of these is true, stop that process and start the daemon again."
    )
    return [Problem("socket", "not-listening", message, "nothing", stamp(shop.books.clock())).to_json()]
