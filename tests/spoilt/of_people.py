"""People, keys, times and what the shop runs under."""

from __future__ import annotations

import base64
import copy
from typing import Any, Final

from printd.ledger.notes import key_id
from printd.ledger.signatures import LABEL, SigningKey, person_key_name, vkey
from spoilt.cases import Case, inside
from spoilt.insider import Insider

HIS: Final = SigningKey(b"h" * 32)
"""A key that whoever spoils the log made for himself."""

_LOOK: Final = {"what": "specimen:j", "rows": 0}


def _by(log: Insider, seq: int, *by: str) -> None:
    log.entry(seq)["by"] = [*by]


def _person(log: Insider, name: str, key: str) -> dict[str, Any]:
    person = copy.deepcopy(log.entries[log.find("operator.enrolled", -1)]["data"]["person"])
    return {"person": {**person, "name": name, "key": key, "role": "operator"}}


def _enrol(log: Insider, name: str, *by: str, key: str = "", signer: Any = HIS) -> int:
    log.people.setdefault(name, signer)
    key = key or vkey(person_key_name(log.origin, name), HIS.public)
    return log.say("operator.enrolled", _person(log, name, key), *by)


def _weak(log: Insider) -> None:
    public, name = bytes([1]) + bytes(31), person_key_name(log.origin, "mara")
    raw = b"\xff" + LABEL.encode() + public
    text = f"{name}+{key_id(name, raw).hex()}+{base64.b64encode(raw).decode()}"
    _enrol(log, "mara", "wayan", "komang", "mara", key=text, signer=_ForAnybody())


class _ForAnybody:
    """Signs without a key for a point of small order."""

    public = bytes([1]) + bytes(31)

    def sign(self, _message: bytes) -> bytes:
        """Return what libraries take for a signature of anything."""
        return bytes([1]) + bytes(63)


def _retired_key(log: Insider) -> None:
    """Give budi a new key; after that somebody signs with his old one."""
    key = vkey(person_key_name(log.origin, "budi"), HIS.public)
    renewed = {"name": "budi", "key": key, "sealed": "0" * 64}
    log.sign_with(log.say("operator.key_renewed", renewed, "ratna", "siti", "budi"), "budi", HIS)
    log.say("register.read", _LOOK, "budi")


def _exchanged(log: Insider) -> None:
    seq = log.find("delivery.received", -1)
    body = log.told().bodies[seq]
    start = body.rindex(b'"sig":["') + 8
    one, other = body[start : start + 86], body[start + 89 : start + 175]
    log.forge(seq, body[:start] + other + b'","' + one + body[start + 175 :])


def _weakened(log: Insider) -> None:
    """Let one person settle doubts from now on, and let the printer work as if nothing had changed."""
    seq = log.find("shop.configured", -1)
    configuration = copy.deepcopy(log.entries[seq]["data"]["configuration"])
    configuration["policy"]["doubts_by_two"] = False
    at = log.find("attempt.started", -1)
    log.insert(at, "shop.configured", {"configuration": configuration})
    let = log.insert(at + 1, "printer.resumed", {"printer": "p1"}, "siti")
    log.data(log.find("attempt.started", -1))["resumed"] = let


CASES: Final[tuple[Case, ...]] = (
    inside("stranger", "somebody who was never enrolled signs", "stranger",
           lambda log: (log.people.update(mara=HIS), log.say("register.read", _LOOK, "mara"))),
    inside("left", "somebody who no longer works here signs", "stranger",
           lambda log: log.say("consumable.received", {"kind": "film", "label": "F", "nominal": 1, "pieces": 1},
                               "cici")),
    inside("role", "a storekeeper lets a job go on", "role",
           lambda log: log.say("job.released", {"job": log.entries[log.find("job.held")]["data"]["job"],
                                                "act": "release"}, "dewi")),
    inside("one-of-two", "one person alone receives a delivery", "number_of_signers",
           lambda log: _by(log, log.find("delivery.received", -1), "siti")),
    inside("nobody", "nobody answers for blanks that are loaded", "number_of_signers",
           lambda log: _by(log, log.find("blanks.moved", -1, why="load"))),
    inside("no-supervisor", "two operators answer for a configuration", "supervisor",
           lambda log: _by(log, log.find("configuration.accepted"), "siti", "budi")),
    inside("about-self", "a supervisor takes part in setting her own role", "about_self",
           lambda log: log.say("operator.role_set", {"name": "ratna", "role": "administrator"}, "ratna", "siti")),
    inside("owner", "somebody is enrolled who does not sign it", "owner",
           lambda log: _enrol(log, "mara", "wayan", "komang", "siti")),
    inside("others-key", "a colleague's name is signed with a key of his own", "signature",
           lambda log: log.sign_with(log.find("blanks.moved", -1, why="load"), "budi", HIS)),
    inside("signatures-exchanged", "the signatures of two people change places", "signature", _exchanged),
    inside("retired-key", "a person's key is signed with after a new one took its place", "signature", _retired_key),
    inside("weak-key", "somebody is enrolled with a key for which anybody can sign", "key_weak", _weak),
    inside("key-of-no-form", "somebody is enrolled with a key that is none", "key_form",
           lambda log: _enrol(log, "mara", "wayan", "komang", "mara", key="mara")),
    inside("key-of-another-log", "somebody is enrolled with a key that is named for another shop", "key_name",
           lambda log: _enrol(log, "mara", "wayan", "komang", "mara",
                              key=vkey("other.example/people/mara", HIS.public))),
    inside("one-key-two-names", "one person's key stands under two names", "key_taken",
           lambda log: _enrol(log, "mara", "wayan", "komang", "mara", signer=log.people["siti"],
                              key=vkey(person_key_name(log.origin, "mara"), log.people["siti"].public))),
    inside("name-again", "the name of somebody who left is given to another", "name_taken",
           lambda log: _enrol(log, "cici", "wayan", "komang", "cici")),
    inside("name-of-no-form", "somebody has a name that is none", "name_form",
           lambda log: _enrol(log, "Mara", "wayan", "komang", "Mara")),
    inside("first-people", "the first entry is signed by others than the two whom it enrols", "first_people",
           lambda log: _by(log, 0, "komang", "wayan")),
    inside("begins-twice", "the log begins a second time", "log_begins", lambda log: log.again(0)),
    inside("policy-weakened", "doubts need one person only from now on, and nobody answers for it", "unanswered",
           _weakened),
    inside("answers-nothing", "two people answer for a change that there is not", "answers_nothing",
           lambda log: log.data(log.find("configuration.accepted")).update(entry=2)),
    inside("addresses-by-one", "one person alone opens names and addresses", "number_of_signers",
           lambda log: log.say("register.read", {**_LOOK, "what": "destruction:d"}, "siti")),
    inside("time-back", "an entry is an hour older than the one before it", "time_back",
           lambda log: log.say("register.read", _LOOK, "siti", at=log.at(-1, -3600))),
    inside("clock-hidden", "the entry is taken out that says that the clock went back", "time_back",
           lambda log: log.remove(log.find("clock.went_back"))),
    inside("time-ahead", "an entry is of a day that has not come", "time_ahead",
           lambda log: log.say("register.read", _LOOK, "siti", at="2099-01-01T00:00:00Z")),
)  # fmt: skip
