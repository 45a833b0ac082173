"""Acts on destruction (R9): two officers, witnesses, method and place; after it nothing moves those serials again."""

from __future__ import annotations

import json
from typing import Annotated, Literal, TypedDict

from pydantic import BaseModel, ConfigDict, Field

from printd.desk import cards, owed, sealing
from printd.desk.desk import Desk, plain, two_people
from printd.desk.paper_making import Act
from printd.desk.proofs import Person
from printd.errors import Refused
from printd.events import destructions as events
from printd.events.destructions import BlanksDestroyed
from printd.events.sealing import of_witnesses
from printd.remedies import Do
from printd.reports.destruction import destruction_act
from printd.reports.office import office_of
from printd.store import blanks, destructions, log, spoils
from printd.store import cards as store_cards
from printd.store.rows import Connection
from printd.store.tables.destructions import DestructionRow
from printd.words import places
from printd.words.serials import SerialRange, join, parse_range


class Witness(BaseModel):
    """Who saw it."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: Annotated[str, Field(min_length=1, max_length=100)]
    agency: Annotated[str, Field(min_length=1, max_length=100)]


class WitnessTold(TypedDict):
    """Who saw it, as the log has it: a pseudonym, and whose official it was."""

    who: str
    agency: str


class DestructionTold(TypedDict):
    """One destruction; ``blanks`` and ``cards`` are how many of each."""

    id: str
    ba_number: str
    at: str
    by: str
    second: str
    method: str
    place: str
    witnesses: list[WitnessTold]
    serials: list[list[str]]
    blanks: int
    cards: int


class DestructionShown(DestructionTold):
    """One destruction with pieces by cause, and size and root of the log for the foot of its act."""

    causes: dict[str, int]
    card_causes: dict[str, int]
    log_size: int
    log_root: str


class Destroyed(DestructionShown):
    """A destruction that was booked, and the paths of its act; ``None``: it is owed."""

    files: dict[str, str] | None


def destroy(
    desk: Desk,
    ba_number: str,
    place: str,
    witnesses: Annotated[list[Witness], Field(min_length=1, max_length=20)],
    by: Person,
    second: Person,
    serials: list[list[str]] | None = None,
    cards: list[str] | None = None,
    method: Literal["burn", "punch_burn", "shred", "cut_burn"] = "burn",
) -> Destroyed:
    """Book a destruction, signed by two officers. Names of witnesses are sealed; the log has their agencies.

    :param serials: pairs of first and last serial of what lies in the spoil bin; everything there, where left out.
    :param cards: ids of invalid cards; all that are kept, where left out.
    """
    signed = two_people(desk, by, second)
    number = plain(ba_number, "number of the act", 100)
    with desk.booking() as booking:
        connection = booking.connection
        kept = {row["id"]: row for row in store_cards.cards_kept(connection)}
        chosen = sorted(kept) if cards is None else cards
        spoiled = _in(connection, places.SPOILED) if serials is None else _named(serials)
        invalid = join(parse_range(serial) for one in chosen if one in kept and (serial := kept[one]["serial"]))
        name = f"destruction-{booking.next_number()}"
        told = {"witnesses": [one.model_dump() for one in witnesses]}
        digest = sealing.keep(desk, booking, of_witnesses(name), told)
        destroyed = BlanksDestroyed(
            destruction=name,
            ba_number=number,
            serials=tuple(spoiled),
            invalid=tuple(invalid),
            cards=tuple(chosen),
            method=method,
            place=plain(place, "place"),
            witnesses=tuple(
                events.Witness(who=sealing.stand_in(desk, "witness", one.name), agency=plain(one.agency, "agency", 100))
                for one in witnesses
            ),
            sealed=digest,
        )
        entry = booking.enter(destroyed, signed)
    shown = show(desk, name)
    of = Act("destruction", name, entry.seq)
    return {**shown, "files": owed.paper(desk, of, signed, lambda: destruction_act(shown, office_of(desk.shop)))}


def list_(desk: Desk) -> list[DestructionTold]:
    """Return all destructions, oldest first."""
    with desk.shop.store.reading() as connection:
        return [_told(row) for row in destructions.destructions(connection)]


def show(desk: Desk, destruction: str) -> DestructionShown:
    """Return one destruction with its causes."""
    with desk.shop.store.reading() as connection:
        row = destructions.find_destruction(connection, destruction)
        if row is None:
            raise Refused(f"There is no destruction {destruction}.", remedy=("See: ", Do("destructions.list")))
        told = _told(row)
        causes = spoils.causes_of(connection, _named(told["serials"]))
        kept = store_cards.cards_of(connection, destruction)
        end = log.frontier(connection)
    card_causes: dict[str, int] = {}
    for card in kept:
        card_causes[card["cause"]] = card_causes.get(card["cause"], 0) + 1
    return {
        **told,
        "causes": causes,
        "card_causes": dict(sorted(card_causes.items())),
        "log_size": end.size,
        "log_root": end.root().hex(),
    }


def annex(desk: Desk, destruction: str, by: Person) -> cards.Names:
    """Return the ``cards`` of a destruction by name and by address; a supervisor asks, and that is booked."""
    with desk.shop.store.reading() as connection:
        ids = [row["id"] for row in store_cards.cards_of(connection, destruction)]
    return cards.names(desk, ids, by)


def _in(connection: Connection, place: str) -> list[SerialRange]:
    return [row.serials for row in blanks.in_place(connection, place)]


def _named(pairs: list[list[str]]) -> list[SerialRange]:
    return join(parse_range(pair[0], pair[-1]) for pair in pairs)


def _told(row: DestructionRow) -> DestructionTold:
    return {**row, "witnesses": json.loads(row["witnesses"]), "serials": json.loads(row["serials"])}
