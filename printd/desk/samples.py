"""Acts on samples: draw serials for a surprise count, and book what two people found."""

from __future__ import annotations

import json
from typing import Annotated, TypedDict

from pydantic import Field

from printd.books.retrace import last_signed
from printd.custody import sampling
from printd.desk.counting import not_counting
from printd.desk.desk import Desk, plain, proved, two_people
from printd.desk.proofs import Person
from printd.errors import Refused
from printd.events.counts import SampleCounted, SampleDrawn
from printd.projections.shifts import check_all_counted
from printd.remedies import ASKED, Do
from printd.store import samples
from printd.words.serials import parse_serial


class SampleShown(TypedDict):
    """A sample that was drawn: each blank with the place where it must be. Of how many, is told when it was counted."""

    sample: str
    size: int
    root: str
    number: str
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


def draw(desk: Desk, pieces: Annotated[int, Field(ge=1, le=1000)], number: str, by: Person) -> SampleShown:
    """Draw serials from store, shift, hoppers and spoil bin.

    The seed is the last signed checkpoint's root and the number: nobody in the shop can choose what is drawn, and
    anybody can draw it again from the entry (:mod:`printd.custody.sampling`).

    :param number: what whoever audits brings, thrown or drawn outside the shop: 4 to 64 characters.
    """
    operator = proved(desk, by)
    brought = plain(number, "number", 64)
    with desk.shop.store.reading() as connection:
        check_all_counted(connection)
    not_counting(desk)
    with desk.booking() as booking:
        last = last_signed(booking.connection, [desk.shop.keys.log.verifier])
        if last is None:
            raise Refused("No checkpoint is signed yet.", consequence="Nothing was drawn.")
        root = last.root.hex()
        seed = sampling.seed_of(last.size, root, brought)
        ranges = sampling.population(booking.connection)
        size = sum(len(part) for _, part in ranges)
        if size == 0:
            raise Refused("There is no blank to draw.", consequence="Nothing was drawn.")
        name = f"sample-{booking.next_number()}"
        drawn = sampling.draw(ranges, pieces, seed)
        event = SampleDrawn(
            sample=name,
            size=last.size,
            root=root,
            number=brought,
            seed=seed.hex(),
            population=size,
            drawn=tuple(drawn),
        )
        booking.enter(event, [operator])
    return {
        "sample": name,
        "size": last.size,
        "root": root,
        "number": brought,
        "seed": event.seed,
        "drawn": [list(one) for one in drawn],
    }


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
