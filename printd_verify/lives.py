"""What proved entries say where only some of a log are there: who signed them, and whether one follows from another.

They are read by the rules that the whole log is read by (:mod:`printd_verify.meaning`), of which those count that need
no other entries than a bundle carries. Of a bundle it is a finding where something lacks that an entry in it builds
upon; of single proofs that is only counted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from printd_verify.belongs import strays
from printd_verify.entries import unsigned
from printd_verify.findings import Findings, Value
from printd_verify.heads import Heads
from printd_verify.meaning import Meaning
from printd_verify.people import verify_signatures
from printd_verify.places import Places
from printd_verify.words import Range, read_serial

_OF_PEOPLE: Final = frozenset(
    {
        "number_of_signers", "role", "supervisor", "owner", "about_self", "first_people", "name_form", "name_taken",
        "key_form", "key_weak", "key_taken", "signature", "stranger", "log_begins", "log_ended", "log_name",
        "time_ahead",
    }
)  # fmt: skip
_OF_JOBS: Final = frozenset(
    {
        "job_again", "two_jobs", "job_state", "second_card", "released_otherwise", "attempt_again", "attempt_state",
        "wrong_blank", "scanned_other", "corrected_other", "other_warnings", "own_card", "doubt_unsigned",
        "against_evidence", "ends_there",
    }
)  # fmt: skip
_OF_BLANKS: Final = frozenset(
    {
        "elsewhere", "in_the_books", "listed_twice", "no_serials", "carton_closed", "carton_again", "received_again",
        "delivery_again", "route", "chip_again", "stopped_blank", "found_whole", "difference_end",
        "difference_serials", "transfer_again", "card_again", "site_card",
        "sample_seed",
    }
)  # fmt: skip
_ALONE: Final = frozenset({"number_of_signers", "owner", "about_self", "key_form", "key_weak", "time_ahead"})
"""What one entry by itself shows."""

_LACKS: Final = {
    "unknown_blank": "delivery.announced",
    "unknown_delivery": "delivery.announced",
    "unknown_carton": "delivery.announced",
    "unknown_job": "record.accepted",
    "no_warnings": "record.accepted",
    "unknown_attempt": "attempt.started",
    "resumed": "printer.resumed",
    "unknown_difference": "delivery.received / transfer.acknowledged",
    "unknown_transfer": "transfer.sent",
    "unknown_incident": "incident.opened",
    "unknown_sample": "sample.drawn",
}
"""What an entry builds upon that is not there: the kind of entry that tells it."""

_LATE: Final = timedelta(minutes=5)


@dataclass(frozen=True)
class Said:
    """An entry that was proved, as it stands in the log."""

    body: bytes
    value: dict[str, Any]

    @property
    def seq(self) -> int:
        """Its number."""
        seq: int = self.value["seq"]
        return seq


@dataclass
class Life:
    """What some entries say of one thing.

    :param noun: `blank`, `job` or `record`; empty: these are single proofs.
    :param steps: each entry about it, in order: number, time, kind, names, and where it takes a blank.
    :param people: how many entries tell of people alone.
    :param place: where a blank is by the last of them; empty: they do not tell.
    :param signatures: how many signatures of people are good, and ``unknown`` of how many nobody can tell.
    :param accepted: the entry of a record, and ``erased`` the number of the one by which it was erased.
    """

    noun: str = ""
    name: str = ""
    steps: list[tuple[int, str, str, list[str], str]] = field(default_factory=list)
    people: int = 0
    place: str = ""
    signatures: int = 0
    unknown: int = 0
    accepted: dict[str, Any] | None = None
    erased: int | None = None


class _Some(Findings):
    """Lets findings through that some entries of a log alone bear out."""

    def __init__(self, findings: Findings, sound: frozenset[str], lacks: Mapping[str, str]) -> None:
        super().__init__()
        self.began_later = True
        self._through = findings
        self._sound = sound
        self._lacks = lacks
        self.keyless = 0

    def add(self, code: str, entry: int | None = None, **what: Value) -> None:
        """Take a finding that is sound."""
        if code in self._sound:
            self.total += 1
            self._through.add(code, entry, **what)
        elif code == "signature":
            self.total += 1
            self._through.add("signature_here", entry, **what)

    def unknown(self, code: str, entry: int, **what: Value) -> None:
        """Take note that something is not there which an entry builds upon."""
        if code == "stranger":
            self.keyless += 1
        if not self._lacks:
            return
        if code == "stranger":
            told: tuple[str, dict[str, Value]] = "key_left_out", {"name": what["name"]}
        elif code in self._lacks:
            told = "left_out", {"kind": self._lacks[code]}
        else:
            return
        if not self.knows_all_below(entry):
            self.add("unchecked", entry)
        else:
            self.add(told[0], entry, **told[1])


class _OnePlace(Places):
    """Where one blank is; of all others nothing is known."""

    def __init__(self, findings: Findings, blank: Range | None) -> None:
        super().__init__(findings)
        self._one = blank
        self.ways: list[str] = []

    def create(self, seq: int, blanks: Sequence[Range], place: str, delivery: str) -> bool:
        """Bring the blank into the books."""
        if not self._is_among(blanks):
            return True
        assert self._one is not None
        self.ways.append(f"-> {place}")
        return super().create(seq, [self._one], place, delivery)

    def move(self, seq: int, blanks: Sequence[Range], source: str, target: str) -> bool:
        """Move the blank, if it is one of some."""
        if not self._is_among(blanks):
            return True
        assert self._one is not None
        if self.at(self._one) is None:
            self._findings.unknown("unknown_blank", seq, serial=str(self._one))
        self.ways.append(f"{source} -> {target}")
        return super().move(seq, [self._one], source, target)

    def move_one(self, seq: int, blank: Range, source: str, target: str) -> bool:
        """Move the blank, if it is this one."""
        return self.move(seq, [blank], source, target)

    def _keep_closed(self, seq: int, blanks: Sequence[Range], *, sealed_too: bool) -> None:
        if not sealed_too:  # whether a whole carton goes, its other pieces would tell
            super()._keep_closed(seq, blanks, sealed_too=False)

    def _is_among(self, blanks: Sequence[Range]) -> bool:
        one = self._one
        return one is not None and any(
            part.series == one.series and part.first <= one.first <= part.last for part in blanks
        )


def look(findings: Findings, entries: Sequence[Said | None], origin: str, noun: str, name: str, now: datetime) -> Life:
    """Read proved entries of one log in their order.

    :param entries: ``None`` stands for one that was not proved, or cannot be read.
    :param noun: what all of them should be about, or tell the keys of its signers; empty: nothing.
    """
    said = [entry for entry in entries if entry is not None]
    sound = _OF_PEOPLE | _OF_JOBS if noun else _ALONE
    one = read_serial(name) if noun == "blank" else None
    if one is not None:
        sound |= _OF_BLANKS
    some = _Some(findings, sound | {"left_out", "key_left_out", "unchecked"} if noun else sound, _LACKS if noun else {})
    places = _OnePlace(some, one)
    begins = any(entry.value["kind"] == "shop.opened" for entry in said)
    meaning = Meaning(some, Heads(some), _verify_here, 0 if begins else 1, 0, now + _LATE, places)
    life = Life(noun, name)
    for entry in entries:
        if entry is None:
            some.cannot_read(0)  # what it may have said concerns all that follows
            continue
        value = entry.value
        kind, by, data = value["kind"], value["by"], value["data"]
        signed = unsigned(entry.body) if by else None
        before = len(places.ways)
        meaning.read([(entry.seq, kind, value["at"], by, data, value.get("sig"), signed)])
        if is_of_people(kind):
            life.people += 1
        else:
            way = ", ".join(places.ways[before:])
            life.steps.append((entry.seq, value["at"], kind, by, way))
            _remember(life, entry.seq, kind, data)
    meaning.finish(origin)
    held = None if one is None else places.at(one)
    life.place = "" if held is None else held.place
    life.signatures, life.unknown = meaning.signatures, some.keyless
    if noun and (one is not None and held is None if noun == "blank" else life.accepted is None):
        findings.add("nothing_about", None, noun=noun, name=name)
    if noun:
        about = [entry.value for entry in said if not is_of_people(entry.value["kind"])]
        for seq in strays(noun, name, about):
            findings.add("stray", seq, noun=noun, name=name)
    return life


def is_of_people(kind: str) -> bool:
    """Tell whether an entry of a kind says who works here, or how the log goes on."""
    return kind.startswith("operator.") or kind in ("shop.opened", "log.rolled_back", "shop.restored")


def _remember(life: Life, seq: int, kind: str, data: Mapping[str, Any]) -> None:
    """Take note of what entries say of a record or job."""
    if kind == "record.accepted" and life.noun in ("job", "record") and data[life.noun] == life.name:
        life.accepted = {**data, "seq": seq}
    elif kind in ("records.purged", "records.erased") and life.accepted and life.accepted["seq"] in data["erased"]:
        life.erased = seq


def _verify_here(batch: Sequence[tuple[bytes, str, bytes]], then: Callable[[list[int]], None]) -> None:
    then(verify_signatures(batch))


def now() -> datetime:
    """Return the time of whoever verifies."""
    return datetime.now(UTC)
