"""What entries say of their own log: roots at earlier sizes, generations that ended, and the time.

A verifier that has nothing but the log reads it here: acts carry size and root of the tree as it was (``log_size`` and
``log_root``, or ``size`` and ``root``), ``log.rolled_back`` names the key that signed until then and the one that signs
from there on, and times never go back unless ``clock.went_back`` says so before.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

CLOCK_TOLERANCE: Final = 2.0
"""Seconds that the clock may go back without an entry: a leap second, or a correction by the time daemon."""

ENDED: Final = "log.rolled_back"
CLOCK: Final = "clock.went_back"
_DECIDED: Final = "shop.restored"
_PAIRS: Final = (("log_size", "log_root"), ("size", "root"))
_ROOT: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)
_FORMAT: Final = "%Y-%m-%dT%H:%M:%SZ"
_AT: Final = slice(7, 27)

Report = Callable[[str, int | None, str], None]
"""Takes the kind, the entry's seq where one entry is meant, and the sentence."""


@dataclass(frozen=True)
class Ended:
    """Entry `seq` says that the log called `origin`, signed with `log_key`, ended there.

    It goes on as `next_origin`, signed with `next_key`. `known_size` and `known_root` are the last tree head of the old
    one that anybody held, `missing` of its entries are lost: the entries from `kept` on are the new one's.
    """

    seq: int
    origin: str
    log_key: str
    next_origin: str
    next_key: str
    known_size: int
    known_root: bytes
    missing: int

    @property
    def kept(self) -> int:
        """How many entries of the old one are still there."""
        return min(self.seq, self.known_size - self.missing) if self.missing else self.seq


@dataclass(frozen=True)
class ToldRoot:
    """Entry `seq` says that the tree over the first `size` entries has this root."""

    seq: int
    size: int
    root: bytes


class Statements:
    """Collects them, entry by entry in the log's order. `report` takes what contradicts itself."""

    def __init__(self, report: Report) -> None:
        self.ended: list[Ended] = []
        self.last_at = ""
        self._report = report

    def add(self, seq: int, body: bytes) -> list[ToldRoot]:
        """Read one entry; return the roots that it tells."""
        at = body[_AT].decode("ascii", "replace")
        if at < self.last_at:
            self._went_back(seq, body, at)
        self.last_at = at
        if b'root":"' not in body:
            return []
        try:
            entry = json.loads(body)
            kind, data = entry["kind"], entry["data"]
        except (ValueError, LookupError, TypeError, RecursionError):
            return []  # no entry at all: its form is reported by whoever reads that
        if kind == ENDED:
            self._add_ended(seq, data)
        if kind in (ENDED, _DECIDED) and isinstance(data, dict) and data.get("missing"):
            data = {name: value for name, value in data.items() if name != "known"}  # of the entries that were lost
        return [ToldRoot(seq, size, root) for size, root in _roots(data)]

    def _add_ended(self, seq: int, data: Any) -> None:
        try:
            known, after = data["known"], data["next"]
            ended = Ended(
                seq,
                str(data["origin"]),
                str(data["log_key"]),
                str(after["origin"]),
                str(after["log_key"]),
                int(known["size"]),
                bytes.fromhex(known["root"]),
                int(data["missing"]),
            )
        except (ValueError, LookupError, TypeError):
            self._report("generation", seq, f"entry {seq} ends a generation of the log and does not say which")
            return
        self.ended.append(ended)

    def _went_back(self, seq: int, body: bytes, at: str) -> None:
        """Report a time that lies before the last entry's, unless the entry is the one that says so."""
        seconds = _seconds(self.last_at, at)
        if seconds is None or seconds <= CLOCK_TOLERANCE:  # None: no time; the entry's form is reported by itself
            return
        try:
            entry = json.loads(body)
            said = (entry["kind"], entry["data"]["from"], entry["data"]["to"])
        except (ValueError, LookupError, TypeError, RecursionError):
            said = ("", "", "")
        if said != (CLOCK, self.last_at, at):
            message = (
                f"entry {seq} is of {at}, the one before of {self.last_at}, and none says that the clock went back"
            )
            self._report("entry_time", seq, message)


def _seconds(later: str, earlier: str) -> float | None:
    try:
        return (moment(later) - moment(earlier)).total_seconds()
    except ValueError:
        return None


def moment(at: str) -> datetime:
    """Return the moment that an entry's time says; raises ValueError when it is none."""
    return datetime.strptime(at, _FORMAT).replace(tzinfo=UTC)


def _roots(value: Any) -> Iterator[tuple[int, bytes]]:
    """Yield every size with its root in the data of an entry, at any depth."""
    if isinstance(value, dict):
        for size_name, root_name in _PAIRS:
            size, root = value.get(size_name), value.get(root_name)
            if type(size) is int and isinstance(root, str) and _ROOT.fullmatch(root):
                yield size, bytes.fromhex(root)
        for inner in value.values():
            yield from _roots(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _roots(inner)
