"""A shop at noon for those who attack it from the desk: something of everything is there to be taken."""

from __future__ import annotations

import datetime as dt
import enum
import inspect
import types
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import pytest
from pydantic import BaseModel, SecretStr

from printd.desk.acts import act_named, perform
from printd.desk.catalogue import ACTS
from printd.desk.desk import Desk
from printd.desk.proofs import Logins, Person
from printd.errors import PrintdError
from printd.store import log
from printd.words.states import AttemptState
from support.intake_help import (
    KNOWN_DISTRICT,
    PASSPHRASE,
    accept,
    deliver,
    document,
    inbox,
    manifest,
    new_shop,
    opened,
    people,
    print_card,
)
from support.people import FIRST, SECOND, person

ANI = {"name": "ani", "passphrase": PASSPHRASE}
BUDI = {"name": "budi", "passphrase": PASSPHRASE}
FIRST_ONE, SECOND_ONE = person(FIRST), person(SECOND)

PROVED = sorted(name for name, act in ACTS.items() if act.enters or act.asks_name)
"""Acts that somebody must be proved for."""


@contextmanager
def noon(folder: Path) -> Iterator[tuple[Desk, Mapping[str, Any]]]:
    """Open a shop in which much waits for somebody; nobody signs who did not prove it, and no guess is too soon."""
    with opened(new_shop(folder, KNOWN_DISTRICT)) as desk:
        deliver(desk)
        done, spoiled, waiting = (accept(desk, people()[number]) for number in range(3))
        print_card(desk, done.job, "KPG0000001")
        print_card(desk, spoiled.job, "KPG0000002", AttemptState.SPOILED)
        quarantine = inbox(desk).quarantine({"record.json": b"{"}, ())
        facts = {
            "printed": done.job,
            "spoiled": spoiled.job,
            "queued": waiting.job,
            "record": done.record,
            "quarantine": quarantine,
        }
        desk.shop.books.keys = {}
        yield Desk(desk.shop, logins=Logins(count(0, 1000).__next__)), facts


def arguments(name: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return what an act asks for beside people, so far as this shop has it."""
    asked = inspect.signature(act_named(name), eval_str=True).parameters.values()
    return {
        one.name: _known(name, one.name, one.annotation, facts)
        for one in asked
        if one.name != "desk" and one.default is one.empty and not is_person(one.annotation)
    }


def asked_people(name: str) -> list[str]:
    """Return the names of an act's people, those that may be left out among them."""
    asked = inspect.signature(act_named(name), eval_str=True).parameters.values()
    return [one.name for one in asked if is_person(one.annotation)]


def is_person(annotation: Any) -> bool:
    return annotation is Person or Person in get_args(annotation)


def refused(desk: Desk, name: str, what: Mapping[str, Any]) -> PrintdError:
    """Return how an act is refused; nothing of it is in the log."""
    before = size(desk)
    with pytest.raises(PrintdError) as why:
        perform(desk, name, what)
    assert size(desk) == before, f"{name} is in the log"
    return why.value


def size(desk: Desk) -> int:
    """Return how many entries the log has."""
    with desk.shop.store.reading() as connection:
        return log.frontier(connection).size


def _known(act: str, name: str, annotation: Any, facts: Mapping[str, Any]) -> Any:
    job = facts["printed" if act in ("jobs.check", "jobs.check_all", "jobs.correct") else "queued"]
    job = facts["spoiled"] if act == "jobs.reprint" else job
    known = {
        "job": job,
        "all_jobs": [job],
        "record": facts["record"],
        "quarantine": facts["quarantine"],
        "printer": "p1",
        "delivery": "D-1",
        "serial": "KPG0000012" if act != "blanks.skip" else "KPG0000003",
        "serials": [["KPG0000015", "KPG0000016"]],
        "found": {"store": {"pieces": 8}},
        "sheet": {"pieces": 20},
        "cause": "factory_defect" if act.startswith(("blanks.", "sites.")) else "damaged",
        "uid": "04A1B2C3D4E5F6",
        "reason": "a test",
        "content": b64encode(manifest("D-9", "X0000001", "X0000009")).decode(),
        "passphrase": "an accomplice's passphrase",
        "legal_name": "Contoh",
        "nik": people()[9].fields["NIK"],
        "parcel": {"document": b64encode(document(people()[5])).decode(), "photo": "", "signature": ""},
        "quality": "good",
        "root": "0" * 64,
        "file": "0" * 64,
        "witnesses": [{"name": "CONTOH", "agency": "Inspektorat"}],
        "outcome": "printed" if act == "jobs.resolve" else "spoiled",
    }
    if name == "name":
        named = {"operators.enrol": "accomplice", "printers.add": "p9", "holders.names": "r7"}
        return named.get(act, "budi" if act.startswith(("operators.", "people.")) else "p1")
    return known[name] if name in known else _any(annotation)


def _any(annotation: Any) -> Any:
    """Return some value that an argument of a type may have."""
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _any(inner[0])
    if origin is Literal:
        return inner[0]
    if origin in (Union, types.UnionType):
        return _any(inner[0])
    if isinstance(annotation, type):
        if issubclass(annotation, enum.Enum):
            return next(iter(annotation)).value
        if issubclass(annotation, BaseModel):
            return {field: _any(one.annotation) for field, one in annotation.model_fields.items() if one.is_required()}
        simple = {bool: False, int: 1, str: "x1", SecretStr: "4711", dt.date: "2026-11-02"}
        if annotation in simple:
            return simple[annotation]
    return {} if origin is dict else []
