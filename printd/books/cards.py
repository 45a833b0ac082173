"""What is known of a card where that decides who signs: whose hands were on it, and what the printer's evidence says.

The tables know it in the running shop and at replay, the entries alone for a verifier: both by the same rules. The
loader of a blank is whoever put it into a hopper last.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from dataclasses import dataclass

from printd.events.attempts import AttemptCorrected, AttemptEvidence, AttemptInDoubt, AttemptStarted
from printd.events.base import Event
from printd.events.blanks import BlanksMoved
from printd.events.evidence import Evidence, says_printed
from printd.events.fields import CounterName
from printd.events.signatures import UNKNOWN, Card
from printd.ledger.entry import Entry
from printd.store import log, movements
from printd.store.rows import Connection
from printd.store.tables.attempts import AttemptRow
from printd.words.serials import SerialRange, parse_serial
from printd.words.states import AttemptState

LOAD = "load"


def card_of(connection: Connection, attempt: AttemptRow) -> Card:
    """Return what the tables know of the card of an attempt; who loaded its blank only of one that can be checked."""
    printed = attempt["state"] == AttemptState.PRINTED  # the others are not looked up: each card of a printer asks this
    return Card(
        serial=attempt["serial"],
        printed_by=attempt["operator"],
        loaded_by=_loaded_by(connection, attempt["serial"]) if printed else "",
        in_doubt=attempt["state"] == AttemptState.IN_DOUBT,
        says_printed=says_printed(json.loads(attempt["counters"]), evidence_of(attempt)),
    )


def evidence_of(attempt: AttemptRow) -> list[Evidence]:
    """Return what is known of a card, oldest first."""
    return [Evidence.model_validate(one) for one in json.loads(attempt["evidence"])]


def _loaded_by(connection: Connection, serial: str) -> str:
    loads = [row["seq"] for row in movements.life(connection, parse_serial(serial)) if row["why"] == LOAD]
    if not loads:
        return ""
    return Entry.from_body(log.bodies(connection, loads[-1:])[loads[-1]]).actors[0]


@dataclass
class _Begun:
    serial: str
    printed_by: str
    before: dict[CounterName, int]
    evidence: list[Evidence]
    in_doubt: bool = False


class CardsInEntries:
    """What entries say of the cards that are not over yet, and of who loaded which blank."""

    def __init__(self) -> None:
        self._begun: dict[str, _Begun] = {}
        self._loads = _Loads()

    def __contains__(self, attempt: str) -> bool:
        return attempt in self._begun

    def find(self, attempt: str) -> Card:
        """Return what is known of the card of an attempt; of one that is over nobody knows anything any more."""
        one = self._begun.get(attempt)
        if one is None:
            return UNKNOWN
        loaded_by = self._loads.find(parse_serial(one.serial))
        return Card(one.serial, one.printed_by, loaded_by, one.in_doubt, says_printed(one.before, one.evidence))

    def begin(self, event: AttemptStarted, printed_by: str) -> None:
        """Take note of a card that is begun."""
        self._begun[event.attempt] = _Begun(event.serial, printed_by, event.counters, [])

    def end(self, attempt: str) -> None:
        """Forget a card of which nothing becomes any more."""
        self._begun.pop(attempt, None)

    def entered(self, entry: Entry, event: Event) -> None:
        """Take note of what an entry says of blanks, or of cards that were begun."""
        match event:
            case BlanksMoved(why="load", serials=serials):
                for part in serials:
                    self._loads.put(part, entry.actors[0])
            case AttemptCorrected(attempt=attempt, actual=actual) if attempt in self._begun:
                self._begun[attempt].serial = actual
            case AttemptInDoubt(attempt=attempt) if attempt in self._begun:
                self._begun[attempt].in_doubt = True
                self._add(attempt, event.evidence)
            case AttemptEvidence(attempt=attempt) if attempt in self._begun:
                self._add(attempt, event.evidence)

    def _add(self, attempt: str, evidence: Evidence | None) -> None:
        if evidence is not None:
            self._begun[attempt].evidence.append(evidence)


class _Loads:
    """Who loaded which blanks last: ranges that do not overlap, in order, by prefix and width.

    One range a loading, so that it grows with these and not with the cards.
    """

    def __init__(self) -> None:
        self._ranges: dict[tuple[str, int], list[tuple[int, int, str]]] = {}

    def put(self, blanks: SerialRange, name: str) -> None:
        """Say that somebody loaded these, whoever did so before."""
        ranges = self._ranges.setdefault((blanks.prefix, blanks.width), [])
        start = max(bisect_right(ranges, (blanks.first, blanks.first, "")) - 1, 0)
        end = start
        kept: list[tuple[int, int, str]] = []
        while end < len(ranges) and ranges[end][0] <= blanks.last:
            first, last, other = ranges[end]
            if first < blanks.first:
                kept.append((first, min(last, blanks.first - 1), other))
            if last > blanks.last:
                kept.append((max(first, blanks.last + 1), last, other))
            end += 1
        ranges[start:end] = sorted([*kept, (blanks.first, blanks.last, name)])

    def find(self, blank: SerialRange) -> str:
        """Return who loaded a blank last; empty: no entry says so."""
        ranges = self._ranges.get((blank.prefix, blank.width), [])
        place = bisect_right(ranges, blank.first, key=lambda one: one[0]) - 1
        return ranges[place][2] if place >= 0 and ranges[place][1] >= blank.first else ""
