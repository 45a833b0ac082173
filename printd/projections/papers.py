"""What entries of papers do to the tables: an act has one paper, and every other one of it is a copy on the same root.

That the entry for which a paper stands is such an act is not looked at here: whoever verifies the log reads both.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from printd.books.projection import Projection, on
from printd.errors import Refused
from printd.events.papers import PaperMade
from printd.ledger.entry import Entry
from printd.store import papers
from printd.store.rows import Connection


def _made(connection: Connection, event: PaperMade, entry: Entry) -> None:
    if not event.entry < event.size <= entry.seq:
        raise _refused(f"it stands on {event.size} entries, and the act is entry {event.entry}")
    first = papers.original(connection, event.entry)
    if event.copy_ and first is None:
        raise _refused("there is nothing of which it is a copy")
    if first is not None:
        if not event.copy_:
            raise _refused("the act has one already, and any other is a copy")
        if (first["paper"], first["name"], first["size"], first["root"]) != (
            event.paper,
            event.name,
            event.size,
            event.root,
        ):
            raise _refused("the first one stands for something else, or on another root")
    numbered = (event.number, event.year, event.running)
    if first is not None and numbered != (first["number"], first["year"], first["running"]):
        raise _refused("the first one has another official number")
    if first is None and any(one is not None for one in numbered):
        if event.number is None or event.year is None or event.running is None:
            raise _refused("its official number comes without a year or a running number")
        last = papers.last_running(connection, event.year)
        if event.running != last + 1:
            raise _refused(f"the last paper of {event.year} has running number {last}, and this one {event.running}")
    papers.add_paper(
        connection,
        {
            "seq": entry.seq,
            "paper": event.paper,
            "name": event.name,
            "entry": event.entry,
            "size": event.size,
            "root": event.root,
            "digest": event.digest,
            "copy": event.copy_,
            "number": event.number,
            "year": event.year,
            "running": event.running,
            "at": entry.at,
            "by": entry.actors[0],
            "pages": event.pages,
        },
    )


def _refused(why: str) -> Refused:
    return Refused("This paper cannot be one of this log.", why=f"{why}.", consequence="Nothing was changed.")


PROJECTIONS: Mapping[str, Projection] = MappingProxyType(dict((on(PaperMade, _made),)))
