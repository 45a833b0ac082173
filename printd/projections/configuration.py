"""What entries of the configuration do to the tables: printers pause, until two people answer for what was found."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType

from printd.books.projection import Projection, on
from printd.errors import Refused
from printd.events.configuration import Configuration, ConfigurationAccepted, ShopConfigured
from printd.ledger.entry import Entry
from printd.remedies import ASKED, Do
from printd.store import configuration, printers
from printd.store.rows import Connection

PAUSED_BECAUSE = "the shop runs under something else than before: two people answer for it first"


def keep(connection: Connection, entry: Entry, told: Configuration, *, answered: bool) -> None:
    """Write what an entry says that the shop runs under.

    :param answered: those who sign that very entry answer for it.
    """
    content = json.dumps(told.data(), sort_keys=True, ensure_ascii=False)
    answer = entry.seq if answered else None
    configuration.add_configuration(
        connection, {"seq": entry.seq, "at": entry.at, "content": content, "answered_seq": answer}
    )


def check_answered(connection: Connection, consequence: str) -> None:
    """Make sure that people answer for all that the shop ran under.

    :raises Refused: for something of it nobody does.
    """
    waiting = configuration.unanswered(connection)
    if waiting:
        seq = waiting[0]["seq"]
        raise Refused(
            f"Nobody answers yet for what a start found changed (entry {seq}).",
            why="Configuration, layout, senders' keys, time zone or version were others than before.",
            consequence=consequence,
            remedy=(
                "See what changed, then two people answer for it: ",
                Do("configuration.accept", entry=str(seq), by=ASKED, second=ASKED),
            ),
        )


def _configured(connection: Connection, event: ShopConfigured, entry: Entry) -> None:
    last = configuration.last_configuration(connection)
    if last is not None and Configuration.model_validate_json(last["content"]) == event.configuration:
        raise Refused("The shop runs under nothing else than before.", consequence="Nothing was changed.")
    keep(connection, entry, event.configuration, answered=False)
    for printer in printers.printers(connection):
        if not printer["paused"]:
            printers.set_printer(connection, printer["name"], paused=True, pause_reason=PAUSED_BECAUSE)


def _accepted(connection: Connection, event: ConfigurationAccepted, entry: Entry) -> None:
    row = configuration.find_configuration(connection, event.entry)
    if row is None:
        raise Refused(
            f"Entry {event.entry} says nothing of a configuration.",
            consequence="Nothing was changed.",
            remedy=("See which does: ", Do("configuration.show")),
        )
    if row["answered_seq"] is not None:
        raise Refused(
            f"Two people answer for entry {event.entry} already.",
            why=f"That is entry {row['answered_seq']}.",
            consequence="Nothing was changed.",
        )
    configuration.answer(connection, event.entry, entry.seq)


PROJECTIONS: Mapping[str, Projection] = MappingProxyType(
    dict((on(ShopConfigured, _configured), on(ConfigurationAccepted, _accepted)))
)
