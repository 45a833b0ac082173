"""A log that a test tells entry by entry, whatever is wrong with it, and its files: what a verifier is given."""

from __future__ import annotations

import base64
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from printd.ledger.checkpoint import Checkpoint, sign
from printd.ledger.entry import Entry, with_signatures
from printd.ledger.merkle import Frontier, leaf_hash
from printd.ledger.notes import Signer
from printd.ledger.signatures import SigningKey, message, person_key_name, vkey, write_signature
from support.people import key_of

ORIGIN = "printd.example/test/blanks/1"
AT = "2026-11-02T08:00:00Z"
HASH = "0" * 64
RATNA, SARI = "ratna", "sari"
"""The first two, both supervisors."""

SITI, BUDI, TONO, MADE, ADI = "siti", "budi", "tono", "made", "adi"
"""Two operators, a storekeeper, an administrator and an auditor."""

NONE = dict.fromkeys(
    (
        *("opening", "received", "loaned_in", "recovered", "used_good", "spoiled", "loaned_out", "returned"),
        *("skipped", "missing", "closing"),
    ),
    0,
)
"""The figures of a stock type of which nothing came, went, or is there."""

NOWHERE = {"stock_type": "WNI"} | dict.fromkeys(
    (
        *("announced", "received", "transit", "store", "shift", "hopper", "printer", "output", "finished", "holder"),
        *("invalid", "spoiled", "destroyed", "transfer", "site", "returned", "skipped", "missing", "in_doubt"),
    ),
    0,
)
"""The totals of a stock type of which there is nothing."""

ROLES = {SITI: "operator", BUDI: "operator", TONO: "storekeeper", MADE: "administrator", ADI: "auditor"}


def enrolled(name: str, role: str, origin: str = ORIGIN, key: str = "") -> dict[str, Any]:
    """Return what an entry says of somebody new."""
    key = key or vkey(person_key_name(origin, name), key_of(name).public)
    return {"name": name, "role": role, "key": key, "sealed": HASH, "legal_name": f"{name.title()} Contoh"}


def blanks(first: int, last: int) -> list[list[str]]:
    """Return serial ranges of one."""
    return [[f"K{first:05d}", f"K{last:05d}"]]


class Told:
    """A log; ``bodies`` are its entries."""

    def __init__(self, origin: str = ORIGIN) -> None:
        self.bodies: list[bytes] = []
        self.origin = origin
        self.at = AT
        self.signer = Signer(origin, b"l" * 32)

    @property
    def vkey(self) -> str:
        """The log's key, as the auditor has it."""
        return self.signer.vkey

    def say(self, kind: str, data: Mapping[str, Any], *by: str, keys: Mapping[str, SigningKey] | None = None) -> int:
        """Append an entry, signed by those who are named with the keys that tests know; return its number."""
        entry = Entry(len(self.bodies), self.at, kind, by, data)
        text = message(self.origin, entry.unsigned())
        made = [write_signature((keys or {}).get(name, key_of(name)).sign(text)) for name in by]
        self.bodies.append(with_signatures(entry.unsigned(), made) if by else entry.unsigned())
        return entry.seq

    def begin(self) -> None:
        """Say how the shop was made and who works in it."""
        people = [enrolled(one, "supervisor", self.origin) for one in (RATNA, SARI)]
        first = {"origin": self.origin, "log_key": self.vkey, "key_check": "c", "people": people, "practice": True}
        self.say("shop.opened", first, RATNA, SARI)
        for name, role in ROLES.items():
            self.say("operator.enrolled", {"person": enrolled(name, role, self.origin)}, RATNA, SARI, name)

    def stock(self, name: str = "D1", first: int = 1, last: int = 100, **more: Any) -> int:
        """Say that a delivery came into the store."""
        about = {"bast_number": "1", "bast_date": "2026-11-01", "stock_type": "WNI", "generation": "5"}
        data = {"delivery": name, **about, "identified_by": "serial", "cartons": [], "serials": blanks(first, last)}
        self.say("delivery.announced", {**data, "practice": True, **more}, SITI)
        return self.say("delivery.received", {"delivery": name, "serials": blanks(first, last)}, SITI, TONO)

    def shift(self, name: str = "s1", first: int = 1, last: int = 10) -> None:
        """Say that a shift was opened, with blanks, and that printer p1 works for it."""
        self.say("shift.opened", {"shift": name}, SITI, TONO)
        self.move(first, last, "store", f"shift:{name}", "issue", SITI, TONO)
        self.move(first, last, f"shift:{name}", "hopper:p1", "load", TONO)
        about = {"uri": "tcp://192.0.2.1:1", "family": "evolis", "model": "m", "serial_number": "S1", "firmware": "1"}
        self.say("printer.added", {"printer": "p1", **about}, RATNA, MADE)
        self.resumed = self.say("printer.resumed", {"printer": "p1"}, SITI)

    def move(self, first: int, last: int, source: str, target: str, why: str, *by: str, **more: Any) -> int:
        """Say that blanks moved."""
        data = {"serials": blanks(first, last), "from": source, "to": target, "why": why, **more}
        return self.say("blanks.moved", data, *by)

    def record(self, number: int, **more: Any) -> int:
        """Say that a record came: r, j and h with a number are record, job and holder."""
        about = {"sealed": HASH, "digest": "d", "source": "spool", "remote_status": "PRR", "reason": "baru"}
        ids = {"record": f"r{number}", "job": f"j{number}", "holder": f"h{number}"}
        return self.say("record.accepted", {**about, **ids, "stock_type": "WNI", "warnings": [], **more})

    def start(self, card: int, serial: int = 0, **more: Any) -> int:
        """Say that job and attempt of a number began, on the blank of that number."""
        data = {"attempt": f"a{card}", "job": f"j{card}", "number": 1, "printer": "p1", "resumed": self.resumed}
        counters = {"counters": {"cards": card, "panels": 4 * card}, "artwork": "w"}
        return self.say("attempt.started", {**data, "serial": f"K{serial or card:05d}", **counters, **more})

    def printed(self, number: int, *by: str, **more: Any) -> int:
        """Say that it was printed."""
        after = {"findings": [], "rung": "left_printer", "after": {"cards": number + 1, "panels": 4 * number + 4}}
        return self.say("attempt.printed", {"attempt": f"a{number}", "to": "output", "evidence": after, **more}, *by)

    def check(self, number: int, *by: str, quality: str = "good", **more: Any) -> int:
        """Say that it was checked."""
        return self.say("card.checked", {"attempt": f"a{number}", "quality": quality, **more}, *by)

    def good_card(self, number: int) -> None:
        """Say everything of a record until its card is with its holder."""
        self.record(number)
        self.start(number)
        self.printed(number)
        self.check(number, BUDI)
        self.say("card.handed_over", {"attempt": f"a{number}", "receiver": "holder", "old_card": "none"}, BUDI)

    def close(self, shift: str = "s1", **changes: Any) -> int:
        """Say that a shift of one good card and nine blanks left was counted by two and closed.

        :param changes: what its act tells otherwise; ``of_`` and a name, what they counted; ``stock`` and
            ``totals``, its figures.
        """
        self.say("shift.counting", {"shift": shift}, SITI)
        sheet = {"hopper:p1": {"pieces": 9}, "output": {"pieces": 0}}
        for name in (SITI, TONO):
            self.say("shift.counted", {"shift": shift, "places": changes.pop(f"of_{name}", sheet)}, name)
        stock = {**NONE, "stock_type": "WNI", "received": 100, "used_good": 1, "closing": 99}
        places = [{"place": "hopper:p1", "book": 9, "counted": 9, "serials": ""}]
        act: dict[str, Any] = {
            "stock": [stock | changes.pop("stock", {})],
            "closing": {"WNI": 99},
            "places": places,
            "gaps": [],
        }
        root: dict[str, Any] = {"log_size": len(self.bodies), "log_root": self.end().root().hex()}
        returned = changes.pop("returned", [["hopper:p1", blanks(2, 10)]])
        totals = [{**NOWHERE, "announced": 100, "received": 100, "store": 99, "holder": 1} | changes.pop("totals", {})]
        act = {**act, "spoiled": {}, "outcomes": {"printed": 1}, "note": "", **root, **changes}
        told = {"returned": returned, "act": act, "day": self.at[:10], "totals": totals}
        return self.say("shift.closed", {"shift": shift, **told}, SITI, TONO)

    def close_day(self, day: str, **changes: Any) -> int:
        """Say that a day was closed on which no shift was: one good card, nine blanks in a hopper, the rest in store.

        :param changes: what it tells otherwise; ``totals``, its figures.
        """
        lying = {"announced": 100, "received": 100, "store": 90, "hopper": 9, "holder": 1}
        totals = [{**NOWHERE, **lying} | changes.pop("totals", {})]
        root = {"log_size": len(self.bodies), "log_root": self.end().root().hex()}
        return self.say("day.closed", {"day": day, "totals": totals, **root, **changes})

    def end(self, size: int | None = None) -> Frontier:
        """Return the log's tree."""
        end = Frontier()
        for body in self.bodies[:size]:
            end, _ = end.append(leaf_hash(body))
        return end

    def note(self, size: int | None = None) -> bytes:
        """Return the signed checkpoint of a size."""
        end = self.end(size)
        return sign(Checkpoint(self.origin, end.size, end.root()), self.signer)

    def _proof(self, low: int, high: int, start: int, end: int) -> list[bytes]:
        """Return a hash for each largest subtree beside a range, left to right."""
        if high <= start or low >= end:
            return [_root(leaf_hash(body) for body in self.bodies[low:high])]
        if start <= low and high <= end:
            return []
        middle = low + (1 << (high - low - 1).bit_length() - 1)
        return [*self._proof(low, middle, start, end), *self._proof(middle, high, start, end)]

    def write_database(self, path: Path, sizes: Sequence[int] = ()) -> Path:
        """Write the log as a shop's database has it.

        :param sizes: of checkpoints beside the last.
        """
        with closing(sqlite3.connect(path)) as connection:
            connection.executescript(_SCHEMA)
            end, nodes = Frontier(), []
            for seq, body in enumerate(self.bodies):
                end, known = end.append(leaf_hash(body))
                nodes += [(one.level, one.index, one.hash) for one in known if one.level]
                connection.execute("INSERT INTO entry VALUES (?, ?, ?)", (seq, body, leaf_hash(body)))
            connection.executemany("INSERT INTO node VALUES (?, ?, ?)", nodes)
            connection.execute("INSERT INTO log_state VALUES (1, ?, ?)", (end.size, b"".join(end.hashes)))
            for size in sorted({*sizes, end.size}):
                connection.execute("INSERT INTO checkpoint VALUES (?, ?)", (size, self.end(size).root()))
                connection.execute("INSERT INTO checkpoint_note VALUES (?, ?)", (size, self.note(size)))
            connection.commit()
        return path

    def write_tiles(self, folder: Path, start: int = 0, end: int | None = None) -> Path:
        """Write the log as static files; with other ends than its own, an excerpt."""
        size = len(self.bodies)
        end = size if end is None else end
        write(folder / "checkpoint", self.note())
        rows: list[list[bytes]] = [[leaf_hash(body) for body in self.bodies]]
        while True:
            whole = len(rows[-1]) // 256
            rows.append([_root(rows[-1][at : at + 256]) for at in range(0, whole * 256, 256)])
            if not whole:
                break
        for level, row in enumerate(rows):
            for at in range(0, len(row), 256):
                inside = level or at + 256 > size or (at < end and at + 256 > start)
                if inside:
                    write(
                        folder / f"tile/{level}" / _name(at // 256, len(row[at : at + 256])),
                        b"".join(row[at : at + 256]),
                    )
        for at in range(0, size, 256):
            if at < end and at + 256 > start:
                bodies = self.bodies[at : at + 256]
                content = b"".join(len(one).to_bytes(2, "big") + one for one in bodies)
                write(folder / "tile/entries" / _name(at // 256, len(bodies)), content)
        if (start, end) != (0, size):
            proof = b"".join(base64.b64encode(one) + b"\n" for one in self._proof(0, size, start, end))
            write(folder / "excerpt", b"from %d\nto %d\n%b" % (start, end, proof))
        return folder


def end_generation(log: Told, after: Signer, missing: int = 0, **changes: Any) -> int:
    """Say that the log goes on under another key."""
    size = len(log.bodies) + missing
    known = {"size": size, "root": log.end().root().hex() if not missing else "a" * 64}
    data = {"backup": {}, "known": known, "missing": missing, "note": "", "origin": log.origin, "log_key": log.vkey}
    data |= {"next": {"origin": after.name, "log_key": after.vkey}, **changes}
    seq = log.say("log.rolled_back", data, RATNA, SARI)
    log.origin, log.signer = after.name, after
    return seq


def write(path: Path, content: bytes) -> None:
    """Write a file, with its folders."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _name(index: int, width: int) -> str:
    text = f"{index % 1000:03d}"
    while index >= 1000:
        index //= 1000
        text = f"x{index % 1000:03d}/{text}"
    return text if width == 256 else f"{text}.p/{width}"


def _root(leaves: Iterable[bytes]) -> bytes:
    end = Frontier()
    for leaf in leaves:
        end, _ = end.append(leaf)
    return end.root()


_SCHEMA = """
CREATE TABLE entry (seq INTEGER PRIMARY KEY, body BLOB, leaf_hash BLOB);
CREATE TABLE node (level INTEGER, idx INTEGER, hash BLOB, PRIMARY KEY (level, idx));
CREATE TABLE log_state (id INTEGER PRIMARY KEY, size INTEGER, frontier BLOB);
CREATE TABLE checkpoint (size INTEGER PRIMARY KEY, root BLOB);
CREATE TABLE checkpoint_note (size INTEGER PRIMARY KEY, note BLOB);
CREATE TABLE cosignature (size INTEGER, key TEXT, time INTEGER, line BLOB, received_at TEXT);
"""
