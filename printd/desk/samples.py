"""Acts on samples: draw serials for a surprise count, and book what two people found."""

from __future__ import annotations

import hashlib
import json
import secrets
from typing import Annotated, TypedDict

from pydantic import Field

from printd.custody import sampling
from printd.desk.counting import not_counting
from printd.desk.desk import Desk, proved, two_people
from printd.desk.proofs import Person
from printd.errors import Refused
from printd.events.counts import SampleCounted, SampleDrawn
from printd.projections.shifts import check_all_counted
from printd.remedies import ASKED, Do
from printd.store import blanks, log, samples
from printd.store.rows import Connection
from printd.words import places
from printd.words.serials import SerialRange, parse_serial

_DRAWN_FROM = (places.Kind.STORE, places.Kind.SHIFT, places.Kind.HOPPER, places.Kind.SPOILED)


class SampleShown(TypedDict):
    """A sample that was drawn: each blank with the place where it must be. Of how many, is told when it was counted."""

    sample: str
    seed: str
    drawn: list[list[str]]


class SampleFound(TypedDict):
    """What two people found of a sample; ``bound``: so many of the population are missing at most."""

    sample: str
    drawn: int
    missing: list[str]
    population: int
    bound: int
    says: str


def draw(desk: Desk, pieces: Annotated[int, Field(ge=1, le=1000)], by: Person) -> SampleShown:
    """Draw serials at random from store, shift, hoppers and spoil bin.

    The seed is the log's root and fresh randomness, hashed: nobody can know the sample before, and anybody can draw
    it again from the entry (:mod:`printd.custody.sampling`).
    """
    operator = proved(desk, by)
    with desk.shop.store.reading() as connection:
        check_all_counted(connection)
    not_counting(desk)
    with desk.booking() as booking:
        root = log.frontier(booking.connection).root()
        seed = hashlib.sha256(root + secrets.token_bytes(32)).digest()
        ranges = population(booking.connection)
        size = sum(len(part) for _, part in ranges)
        if size == 0:
            raise Refused("There is no blank to draw.", consequence="Nothing was drawn.")
        name = f"sample-{booking.size}"
        drawn = sampling.draw(ranges, pieces, seed)
        event = SampleDrawn(sample=name, seed=seed.hex(), population=size, drawn=tuple(drawn))
        booking.enter(event, [operator])
    return {"sample": name, "seed": event.seed, "drawn": [list(one) for one in drawn]}


def population(connection: Connection) -> list[tuple[str, SerialRange]]:
    """Return everything that can be drawn, in the order in which positions count."""
    names = {row["place"] for row in blanks.held(connection) if places.kind(row["place"]) in _DRAWN_FROM}
    held = [(place, row.serials) for place in names for row in blanks.in_place(connection, place)]
    return sorted(held)  # here, for databases differ in how they order letters


def count(desk: Desk, sample: str, by: Person, second: Person, missing: list[str] | None = None) -> SampleFound:
    """Book which serials of a sample were not where they must be; signed by two people.

    The result says how many of the whole population can be missing at most, with 95 % confidence.
    """
    signed = two_people(desk, by, second)
    gone = sorted({parse_serial(one).first_serial for one in missing or []})
    with desk.booking() as booking:
        row = samples.find_sample(booking.connection, sample)
        if row is None:
            raise Refused(f"There is no sample {sample}.", remedy=("Draw one with: ", Do("samples.draw", pieces=ASKED)))
        drawn = [serial for serial, _ in json.loads(row["drawn"])]
        bound = sampling.most_missing(row["population"], len(drawn), len(set(gone) & set(drawn)))
        booking.enter(SampleCounted(sample=sample, missing=tuple(gone), bound=bound), signed)
    return {
        "sample": sample,
        "drawn": len(drawn),
        "missing": gone,
        "population": row["population"],
        "bound": bound,
        "says": f"With 95 % confidence at most {bound} of {row['population']} are missing.",
    }
