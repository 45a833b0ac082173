"""Signing entries and holding them against who signed them, beside the cryptography library alone.

Keys are open and no database takes part: what is measured is what signatures add to an act, and to a verification.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from bench.figures import Row, median, progress
from bench.office import ORIGIN
from printd.books.signers import PeopleInEntries, Signers
from printd.books.signing import Signing
from printd.events.base import Event
from printd.events.kinds import read
from printd.events.operators import Enrolled
from printd.events.shop import ShopOpened
from printd.ledger.entry import Entry, without_signatures
from printd.ledger.signatures import SigningKey, message, person_key_name, read_signature, vkey
from printd.words.roles import Role

ACTS = 500
ROUNDS = 5
_US = 1_000_000.0
_AT = "2026-11-02T08:00:00Z"
_PEOPLE = ("siti", "budi")
_BARE = "the same signatures, cryptography alone"


def rows() -> list[Row]:
    """Measure acts of one person and of two, and the verification of what they signed, in turns."""
    progress(f"signing and verifying {2 * ACTS:,} entries")
    keys = {name: SigningKey.new() for name in _PEOPLE}
    first = _opened(keys)
    loads = [_moved("load", number) for number in range(ACTS)]
    issues = [_moved("issue", number) for number in range(ACTS)]
    acts = [(event, _PEOPLE[:1]) for event in loads] + [(event, _PEOPLE) for event in issues]
    unsigned = [
        (Entry(seq, _AT, event.kind, by, event.data()), event)
        for seq, (event, by) in enumerate([(first, _PEOPLE), *acts])
    ]
    signed = _signed(unsigned, keys)
    bodies = [entry.body() for entry in signed]
    texts = [message(ORIGIN, without_signatures(body)) for body in bodies]
    private = {name: Ed25519PrivateKey.from_private_bytes(key.seed) for name, key in keys.items()}
    public = {name: Ed25519PublicKey.from_public_bytes(key.public) for name, key in keys.items()}
    made = [
        (public[name], read_signature(signature), text)
        for entry, text in zip(signed, texts, strict=True)
        for name, signature in zip(entry.actors, entry.signatures, strict=True)
    ]

    def sign(number: int) -> None:
        for text in texts[-ACTS:]:
            for name in _PEOPLE[:number]:
                private[name].sign(text)

    def verify() -> None:
        for key, signature, text in made:
            key.verify(signature, text)

    def hold() -> None:
        signers = Signers(ORIGIN)
        for entry, body in zip(signed, bodies, strict=True):
            signers.add(entry, body)
        assert signers.finish() == []
        assert signers.signatures == len(made)

    us = _in_turns(
        {
            "one": (lambda: _signed(unsigned[: ACTS + 1], keys), ACTS),
            "two": (lambda: _signed([unsigned[0], *unsigned[-ACTS:]], keys), ACTS),
            "bare one": (lambda: sign(1), ACTS),
            "bare two": (lambda: sign(2), ACTS),
            "hold": (hold, len(signed)),
            "bare verify": (verify, len(signed)),
        }
    )
    return [
        Row("signatures add to an act of one person", us["one"], "us", us["bare one"], _BARE),
        Row("signatures add to an act of two people", us["two"], "us", us["bare two"], _BARE),
        Row("  and to the verification of an entry, half of them of two", us["hold"], "us", us["bare verify"], _BARE),
    ]


def _in_turns(ways: Mapping[str, tuple[Callable[[], object], int]]) -> dict[str, float]:
    """Return the median time of each way in microseconds, by the number of acts in it."""
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, (way, acts) in ways.items():
            began = time.perf_counter()
            way()
            taken[name].append((time.perf_counter() - began) * _US / acts)
    return {name: median(values) for name, values in taken.items()}


def _signed(entries: Sequence[tuple[Entry, Event]], keys: Mapping[str, SigningKey]) -> list[Entry]:
    """Return the entries of a log, each signed as the booking has it signed."""
    signing = Signing(PeopleInEntries())
    return [signing.sign(entry, event, keys) for entry, event in entries]


def _opened(keys: Mapping[str, SigningKey]) -> ShopOpened:
    siti, budi = (
        Enrolled(
            name=name,
            role=Role.SUPERVISOR,
            key=vkey(person_key_name(ORIGIN, name), keys[name].public),
            sealed="0" * 64,
            legal_name="Contoh",
        )
        for name in _PEOPLE
    )
    return ShopOpened(origin=ORIGIN, log_key="k", key_check="c", practice=True, people=(siti, budi))


def _moved(why: str, number: int) -> Event:
    serial = f"KPG{number:07d}"
    return read("blanks.moved", {"serials": [[serial, serial]], "from": "store", "to": "shift:s", "why": why})
