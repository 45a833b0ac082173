"""Bundles of proofs that are spoilt, each with what must be found in it, and whether its proofs alone are good."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final, NamedTuple

from printd.ledger.proof_file import Proof
from printd.ledger.signatures import SigningKey
from support.bundled import Made, bundle, exchanged, flipped, proof
from support.told import BUDI, SITI, TONO, Told

BLANK: Final = "K00001"
_HANDED: Final = {"attempt": "a1", "receiver": "holder", "old_card": "none"}


class Spoilt(NamedTuple):
    """A bundle, what is found, and whether judges who know trees and notes alone take its proofs."""

    make: Callable[[Told], bytes]
    codes: set[str]
    included: bool


def lived() -> Told:
    """Return a log of two cards; the second was printed on a blank that was taken out once, and leaves last."""
    told = Told()
    told.begin()
    told.stock()
    told.shift()
    told.move(1, 1, "hopper:p1", "shift:s1", "unload", SITI, TONO)
    told.move(1, 1, "shift:s1", "hopper:p1", "load", TONO)
    told.good_card(2)
    told.good_card(1)
    return told


def of_blank(told: Told) -> Made:
    """Return the bundle of that blank."""
    return bundle(told, "blank", BLANK)


def ended_otherwise(told: Told, kind: str, data: Mapping[str, Any], *by: str, **more: Any) -> Told:
    """Return a log whose last entry is another one."""
    other = Told()
    other.bodies, other.at = told.bodies[:-1], more.pop("at", told.at)
    other.say(kind, data, *by, **more)
    return other


def _left_out(kind: str, which: int = 0) -> Callable[[Told], bytes]:
    return lambda told: of_blank(told).without(kind, which).content


def _other(change: Callable[[Proof], Proof], kind: str = "attempt.printed") -> Callable[[Told], bytes]:
    def make(told: Told) -> bytes:
        made = of_blank(told)
        at = made.place(kind)
        return made.with_proofs(lambda proofs: [*proofs[:at], change(proofs[at]), *proofs[at + 1 :]]).content

    return make


def _body(old: bytes, new: bytes) -> Callable[[Told], bytes]:
    return _other(lambda one: replace(one, body=flipped(one.body, old, new)))


def _order(change: Callable[[list[Proof]], list[Proof]]) -> Callable[[Told], bytes]:
    return lambda told: of_blank(told).with_proofs(change).content


def _bodies_exchanged(told: Told) -> bytes:
    made = of_blank(told)
    one, other = made.place("attempt.printed"), made.place("card.checked")
    bodies = [proof.body for proof in made.bundle.proofs]
    proofs = exchanged(made.bundle.proofs, one, bodies[other])
    return made.with_proofs(lambda _: exchanged(proofs, other, bodies[one])).content


def _of_two_days(told: Told) -> bytes:
    made = bundle(told, "blank", BLANK, size=len(told.bodies) - 1)
    return made.content + proof(told, len(told.bodies) - 1).content(told.note())


def _of_two_histories(told: Told) -> bytes:
    """Both are signed by the log's key, at the same size."""
    other = ended_otherwise(told, "card.handed_over", {**_HANDED, "receiver": "proxy"}, BUDI)
    made = of_blank(told).with_proofs(lambda proofs: proofs[:-1])
    return made.content + proof(other, len(other.bodies) - 1).content(other.note())


def _of_another_shop(told: Told) -> bytes:
    return of_blank(_another_shop()).content


def _with_an_entry_of_another_shop(told: Told) -> bytes:
    other = _another_shop()
    return of_blank(told).content + proof(other, 7).content(other.note())


def _another_shop() -> Told:
    other = Told("printd.example/other/blanks/1")
    other.begin()
    other.stock()
    return other


def _ends(*by: str, **more: Any) -> Callable[[Told], bytes]:
    return lambda told: of_blank(ended_otherwise(told, "card.handed_over", _HANDED, *by, **more)).content


def _last(change: Callable[[bytes, int], bytes]) -> Callable[[Told], bytes]:
    """Return what makes a bundle with a last entry that no shop writes."""

    def make(told: Told) -> bytes:
        other, seq = Told(), len(told.bodies)
        other.bodies = [*told.bodies, change(told.bodies[-1], seq)]
        made, last = bundle(other, "blank", BLANK, size=seq), proof(other, seq)
        proofs = [proof(other, one.index) for one in made.bundle.proofs]
        return replace(made.with_proofs(lambda _: [*proofs, last]), note=other.note()).content

    return make


def _content(change: Callable[[bytes], bytes]) -> Callable[[Told], bytes]:
    return lambda told: change(of_blank(told).content)


def _note(change: Callable[[bytes], bytes]) -> Callable[[Told], bytes]:
    def make(told: Told) -> bytes:
        made = of_blank(told)
        return replace(made, note=change(made.note)).content

    return make


_UNREAD: Final = {"proof", "unchecked"}
"""An entry that is not what was logged accuses nobody of what follows from it."""

SPOILT: Final[Mapping[str, Spoilt]] = {
    "an entry altered": Spoilt(_body(b'"to":"output"', b'"to":"missing"'), _UNREAD, False),
    "two entries exchanged in place": Spoilt(_bodies_exchanged, _UNREAD, False),
    "a number that is another": Spoilt(_other(lambda one: replace(one, index=one.index + 1)), _UNREAD, False),
    "a hash that lacks": Spoilt(_other(lambda one: replace(one, hashes=one.hashes[:-1])), _UNREAD, False),
    "a hash too many": Spoilt(_other(lambda one: replace(one, hashes=[*one.hashes, bytes(32)])), _UNREAD, False),
    "of another shop": Spoilt(_of_another_shop, {"proof"}, False),
    "with an entry of another shop": Spoilt(_with_an_entry_of_another_shop, {"proof"}, False),
    "another root": Spoilt(_note(lambda note: note.replace(note.split(b"\n")[2][:8], b"AAAAAAAA")), {"proof"}, False),
    "no signature": Spoilt(_note(lambda note: note[: note.index(b"\n\n") + 2] + b"\n"), {"proof"}, False),
    "under checkpoints of two days": Spoilt(_of_two_days, {"bundle_heads"}, True),
    "of two histories": Spoilt(_of_two_histories, {"fork", "bundle_heads"}, True),
    "two proofs exchanged": Spoilt(
        _order(lambda proofs: [*proofs[:-2], proofs[-1], proofs[-2]]), {"bundle_order"}, True
    ),
    "an entry twice": Spoilt(_order(lambda proofs: [*proofs, proofs[-1]]), {"bundle_order"}, True),
    "without the delivery": Spoilt(_left_out("delivery.announced"), {"left_out"}, True),
    "without the receipt": Spoilt(_left_out("delivery.received"), {"elsewhere"}, True),
    "without the issue": Spoilt(_left_out("blanks.moved"), {"elsewhere"}, True),
    "without one of two loads": Spoilt(_left_out("blanks.moved", 1), {"elsewhere"}, True),
    "without its attempt": Spoilt(_left_out("attempt.started"), {"left_out", "stray"}, True),
    "without what came of the attempt": Spoilt(_left_out("attempt.printed"), {"job_state"}, True),
    "without the check": Spoilt(_left_out("card.checked"), {"job_state"}, True),
    "without its record": Spoilt(_left_out("record.accepted"), {"left_out"}, True),
    "without who let the printer work": Spoilt(_left_out("printer.resumed"), {"left_out"}, True),
    "without the first people": Spoilt(_left_out("shop.opened"), {"key_left_out", "left_out"}, True),
    "without somebody's enrolment": Spoilt(_left_out("operator.enrolled", 1), {"key_left_out"}, True),
    "a signature that is forged": Spoilt(_ends(BUDI, keys={BUDI: SigningKey(b"f" * 32)}), {"signature"}, True),
    "signed by somebody in another role": Spoilt(_ends(TONO), {"role"}, True),
    "signed by nobody who works here": Spoilt(_ends("ghost"), {"key_left_out"}, True),
    "signed by one too many": Spoilt(_ends(BUDI, SITI), {"number_of_signers"}, True),
    "signed by nobody": Spoilt(_ends(), {"number_of_signers"}, True),
    "of a day to come": Spoilt(_ends(BUDI, at="2999-11-02T08:00:00Z"), {"time_ahead"}, True),
    "an entry of another number": Spoilt(
        _last(lambda body, seq: flipped(body, b'"seq":%d' % (seq - 1), b'"seq":9')), {"entry_number"}, True
    ),
    "no entry": Spoilt(_last(lambda _body, _seq: b'{"no": "entry"}'), {"entry_form"}, True),
    "an entry of no kind": Spoilt(
        _last(lambda _body, seq: b'{"at":"2026-11-02T08:00:00Z","by":[],"data":{},"kind":"x","seq":%d,"v":2}' % seq),
        {"kind"},
        True,
    ),
    "under the name of another blank": Spoilt(
        _content(lambda text: flipped(text, b"blank K00001", b"blank K00099")), {"stray"}, True
    ),
    "under the name of no blank": Spoilt(
        _content(lambda text: flipped(text, b"blank K00001", b"blank X1")), {"nothing_about", "stray"}, True
    ),
    "cut off": Spoilt(_content(lambda text: text[:-60]), {"proof"}, False),
    "of nothing": Spoilt(_content(lambda text: text[: text.index(b"c2sp")]), {"proof"}, True),
    "a header of its own": Spoilt(_content(lambda text: text.replace(b"\n\n", b"\nmore\n\n", 1)), {"proof"}, True),
}
"""By what was done."""
