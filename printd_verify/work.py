"""What one process does with one part of a log: hashes, form, and the checkpoints that end in it.

Nothing here depends on what other parts say, so that several processes work side by side; what entries mean is looked
at in order, by one (:mod:`printd_verify.meaning`).
"""

from __future__ import annotations

import marshal
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final

from printd_verify.checkpoints import CheckpointError, Head, head_of
from printd_verify.entries import EntryError, decode, is_as_written, is_time, read_entry, unsigned
from printd_verify.findings import Value
from printd_verify.kinds import FORMS, IMPERSONAL, KINDS, PARTS
from printd_verify.notes import LOG, Key, NoteError, open_note
from printd_verify.patterns import is_in_form
from printd_verify.sources import Note, Part, Source
from printd_verify.tree import BUNDLE_LEVEL, WIDTH, node_hash, rows_of

Finding = tuple[str, int | None, dict[str, Value]]
"""Code, entry, words."""

Said = tuple[int, str, str, list[str], dict[str, Any], list[str] | None, bytes | None]
"""What an entry says: number, kind, time, names, data, signatures, and the bytes that were signed where wanted."""

Unread = tuple[int]
"""Number of an entry of which nobody can tell what it said."""


@dataclass(frozen=True)
class Task:
    """What is wanted of every part.

    :param keys: with which checkpoints are opened.
    :param sizes: of which the root is wanted, beside those that the part itself asks for.
    :param form: whether entries are read, or their hashes looked at alone.
    :param signed_from: number of the first entry whose signed bytes are wanted.
    """

    keys: tuple[Key, ...]
    sizes: frozenset[int] = frozenset()
    form: bool = True
    signed_from: int = 0


@dataclass(frozen=True)
class Checked:
    """A checkpoint that ends in a part.

    :param head: what a trusted key signed; ``None``: none of them did.
    :param times: keys that signed it, with the time that a witness gave.
    :param why: what is wrong with it, where it is not good.
    :param forged: labels of the keys whose cosignatures beside it are not theirs.
    """

    note: Note
    head: Head | None
    times: dict[Key, int] = field(default_factory=dict)
    why: str = ""
    forged: tuple[str, ...] = ()

    @property
    def signed(self) -> frozenset[Key]:
        """The keys that signed it."""
        return frozenset(self.times)


@dataclass
class Done:
    """What came of a part.

    :param bundles: hash over each whole bundle; ``None``: entries of it are missing, and so is the stored one.
    :param tails: for each wanted size the hashes that lead from its last whole bundle to its end; ``None``: one is
        missing.
    :param told: roots that entries tell: number of the entry, size, root.
    :param said: what the entries say, bundle by bundle, as `marshal` writes lists of :data:`Said` and :data:`Unread`.
    :param size: bytes of the entries.
    """

    first: int
    count: int
    bundles: Sequence[bytes | None]
    tails: dict[int, list[bytes] | None]
    findings: list[Finding]
    checked: list[Checked]
    told: list[tuple[int, int, str]] = field(default_factory=list)
    said: list[bytes] = field(default_factory=list)


def work(source: Source, first: int, task: Task) -> Done:
    """Look at one part of a log."""
    part = source.read(first)
    count = len(part.bodies)
    findings: list[Finding] = [(code, None, what) for code, what in part.problems]
    leaves, altered = _leaves(part, findings)
    rows = _rows(leaves, part)
    findings += _nodes(rows, part)
    checked = [check_note(note, task.keys) for note in source.notes(first or -1, first + count)]
    sizes = set(task.sizes)
    sizes.update(one.head.size for one in checked if one.head is not None)
    sizes.update(one.note.size for one in checked if one.note.size is not None)
    sizes.add(first + count)
    done = Done(first, count, rows[BUNDLE_LEVEL][: count // WIDTH] if count >= WIDTH else [], {}, findings, checked)
    if task.form:
        reader = _Reader(done, part, altered, task.signed_from)
        reader.read()
        sizes.update(size for seq, size, _ in done.told)
    for size in sizes:
        if first < size <= first + count:
            done.tails[size] = _tail(rows, size - first)
    return done


def _leaves(part: Part, findings: list[Finding]) -> tuple[list[bytes | None], set[int]]:
    """Return the hash of each entry, and the places of those that were altered or are missing."""
    computed = [None if body is None else sha256(b"\x00" + body).digest() for body in part.bodies]
    whole = None not in computed
    if computed == part.leaves or (whole and b"".join(filter(None, computed)) == part.leaves):
        return computed, set() if whole else _missing(part, computed, findings)
    altered = _missing(part, computed, findings)
    leaves = list(computed)
    for place, (mine, stored) in enumerate(zip(computed, part.stored(), strict=True)):
        if mine == stored or mine is None:
            leaves[place] = stored
            continue
        if stored is None:
            continue
        right = _which(part, computed, place)
        code = {True: "leaf_altered", False: "entry_altered", None: "entry_or_leaf_altered"}[right]
        findings.append((code, part.first + place, {}))
        if right is not True:  # otherwise the entry says what it always said
            altered.add(place)
        leaves[place] = stored if right is False else mine
    return leaves, altered


def _missing(part: Part, computed: list[bytes | None], findings: list[Finding]) -> set[int]:
    """Report runs of entries that are not there; bundles that cannot be read were reported as such."""
    places = [place for place, one in enumerate(computed) if one is None and place not in part.holes]
    reported = bool(part.problems)
    for place in places:
        if not reported and (place == 0 or computed[place - 1] is not None):
            end = next((one for one in range(place, len(computed)) if computed[one] is not None), len(computed))
            span: dict[str, Value] = {"first": part.first + place, "last": part.first + end - 1}
            findings.append(("gap", None, span))
    return set(places)


def _which(part: Part, computed: list[bytes | None], place: int) -> bool | None:
    """Tell whether an entry's own hash is the right one, by the stored hash above it; ``None``: nothing tells."""
    for level in (1, BUNDLE_LEVEL):
        stored = part.nodes.get(level, [])
        above = place >> level
        if above >= len(stored) or stored[above] is None:
            continue
        low = above << level
        for mine in (True, False):
            some = list(part.stored()[low : low + (1 << level)])
            if mine:
                some[place - low] = computed[place]
            if None not in some and rows_of([one for one in some if one is not None])[level][0] == stored[above]:
                return mine
    return None


def _rows(leaves: list[bytes | None], part: Part) -> Sequence[Sequence[bytes | None]]:
    """Return all complete subtrees; a stored hash stands in where entries below are missing."""
    if None not in leaves:
        rows = rows_of([leaf for leaf in leaves if leaf is not None])
        rows += [[] for _ in range(len(rows), BUNDLE_LEVEL + 1)]
        return rows
    gapped: list[list[bytes | None]] = [leaves]
    for level in range(1, max(len(leaves).bit_length(), BUNDLE_LEVEL + 1)):
        below, stored = gapped[-1], part.nodes.get(level, [])
        row: list[bytes | None] = []
        for place in range(len(below) // 2):
            left, right = below[2 * place], below[2 * place + 1]
            other = stored[place] if place < len(stored) else None
            row.append(other if left is None or right is None else node_hash(left, right))
        gapped.append(row)
    return gapped


def _nodes(rows: Sequence[Sequence[bytes | None]], part: Part) -> Iterator[Finding]:
    for level, stored in part.nodes.items():
        should = rows[level] if level < len(rows) else []
        if stored == should:
            continue
        for place, (one, other) in enumerate(zip(stored, should, strict=False)):
            if one != other or one is None:
                first = part.first + (place << level)
                span: dict[str, Value] = {"first": first, "last": first + (1 << level) - 1}
                yield "node_missing" if one is None else "node_altered", None, span


def _tail(rows: Sequence[Sequence[bytes | None]], count: int) -> list[bytes] | None:
    """Return the hashes from the last whole bundle below so many entries of the part to these."""
    start, found = count - count % WIDTH, []
    for level in reversed(range(BUNDLE_LEVEL)):
        if count >> level & 1:
            one = rows[level][start >> level]
            if one is None:
                return None
            found.append(one)
            start += 1 << level
    return found


def check_note(note: Note, keys: tuple[Key, ...]) -> Checked:
    """Open a checkpoint with the keys that are trusted."""
    if note.note is None:
        return Checked(note, None, why="no_signature")
    beside, forged = _beside(note.note, note.cosigned, keys)
    try:
        opened = open_note(note.note, keys)
        return Checked(note, head_of(opened), beside | dict(opened.signed), forged=forged)
    except (NoteError, CheckpointError) as wrong:
        return Checked(note, None, why=str(wrong), forged=forged)


def _beside(
    note: bytes, lines: Sequence[tuple[str, bytes]], keys: tuple[Key, ...]
) -> tuple[dict[Key, int], tuple[str, ...]]:
    """Return which witnesses cosigned a note by lines kept beside it, when first, and whose lines are not theirs."""
    times: dict[Key, int] = {}
    forged = []
    for label, line in lines:
        key = next((one for one in keys if one.label == label and one.kind != LOG), None)
        if key is None:
            continue  # nobody can tell who that is
        try:
            time = open_note(note + line, [key]).signed.get(key, 0)
        except NoteError:
            forged.append(label)
        else:
            times[key] = min(time, times.get(key, time))
    return times, tuple(forged)


class _Reader:
    """Reads the entries of a part, a bundle at a time."""

    def __init__(self, done: Done, part: Part, altered: set[int], signed_from: int) -> None:
        self._done = done
        self._part = part
        self._altered = altered
        self._signed_from = signed_from
        self._said: list[Said | Unread] = []

    def read(self) -> None:
        bodies, pieces = self._part.bodies, []
        for start in range(0, len(bodies), WIDTH):
            some = bodies[start : start + WIDTH]
            there = [body for body in some if body is not None]
            values = decode(there) if len(there) == len(some) else None
            said = None if values is None else self._together(start, there, values)
            if said is None:
                for place, body in enumerate(some, start):
                    self._alone(place, body)
                said = self._said
            pieces.append(marshal.dumps(said))
            self._said = []
        self._done.said = pieces

    def _together(self, start: int, bodies: list[bytes], values: list[Any]) -> list[Said | Unread] | None:
        """Return what entries say that were decoded together; ``None``: one of them has to be looked at alone.

        Only where every one is a value by itself is each what it was decoded to.
        """
        checks, altered, number, last_at = FORMS.checks, self._altered, self._part.first + start, ""
        said: list[Said | Unread] = []
        told, long = [], []
        if altered and not altered.isdisjoint(range(start, start + len(bodies))):
            return None
        for seq, (body, value) in enumerate(zip(bodies, values, strict=True), number):
            short = is_in_form(body)
            if not short and not (
                is_as_written(value, body) and (check := checks.get(value["kind"])) is not None and check(value["data"])
            ):
                return None
            kind, at, by, data = value["kind"], value["at"], value["by"], value["data"]
            if value["seq"] != seq or (at != last_at and not is_time(at)):
                return None
            last_at, signatures = at, value.get("sig")
            if by:
                if signatures is None or len(signatures) != len(by) or (len(by) > 1 and len(set(by)) != len(by)):
                    return None
                signed = unsigned(body) if seq >= self._signed_from else None
                said.append((seq, kind, at, by, data, signatures, signed))
            elif signatures is not None:
                return None
            else:
                said.append((seq, kind, at, by, data, None, None))
            if not short:
                long.append((seq, kind, data))
            if kind in _TELL_ROOTS:
                told.append((seq, kind, data))
        for one in long:
            self._look_for_people(*one)
        for one in told:
            self._told(*one)
        return said

    def _alone(self, place: int, body: bytes | None) -> None:
        seq = self._part.first + place
        if body is None:
            if place not in self._part.holes:
                self._said.append((seq,))
            return
        try:
            value = read_entry(body)
        except EntryError as wrong:
            if place not in self._altered:  # what was altered has been told
                self._done.findings.append(("entry_form", seq, {"why": str(wrong)}))
            self._said.append((seq,))
            return
        if value["seq"] != seq:
            if place not in self._altered:
                self._done.findings.append(("entry_number", seq, {"says": value["seq"]}))
            self._said.append((seq,))
            return
        if place in self._altered:
            self._said.append((seq,))
        elif value["kind"] not in FORMS.checks or not FORMS.checks[value["kind"]](value["data"]):
            self._bad(value)
        else:
            signed = unsigned(body) if value["by"] and seq >= self._signed_from else None
            self._said.append((seq, value["kind"], value["at"], value["by"], value["data"], value.get("sig"), signed))
            self._look_for_people(seq, value["kind"], value["data"])
            self._told(seq, value["kind"], value["data"])

    def _look_for_people(self, seq: int, kind: str, data: dict[str, Any]) -> None:
        """Report somebody's number in what people wrote; the entry says what it says all the same."""
        if not IMPERSONAL.checks[kind](data):
            where = IMPERSONAL.first_wrong(kind, data)
            self._done.findings.append(("personal", seq, {"kind": kind, "field": where}))

    def _bad(self, value: dict[str, Any]) -> None:
        seq, kind = value["seq"], value["kind"]
        if kind not in FORMS.checks:
            self._done.findings.append(("kind", seq, {"kind": kind}))
        else:
            where = FORMS.first_wrong(kind, value["data"])
            self._done.findings.append(("data", seq, {"kind": kind, "field": where or "-"}))
        self._said.append((seq,))

    def _told(self, seq: int, kind: str, data: dict[str, Any]) -> None:
        if kind in ("log.rolled_back", "shop.restored") and data["missing"]:
            data = {name: value for name, value in data.items() if name != "known"}  # of the entries that were lost
        self._done.told += [(seq, size, root) for size, root in _roots(data)]


_ROOT: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)
_ROOT_NAMES: Final = {"size": "root", "log_size": "log_root"}


def _have_root(fields: str) -> bool:
    """Tell whether a list of fields has a root somewhere."""
    names = set(re.findall(r"[a-z_]+", fields))
    return not names.isdisjoint(_ROOT_NAMES.values()) or any(_have_root(PARTS[one]) for one in names & PARTS.keys())


_TELL_ROOTS: Final = frozenset(kind for kind, fields in KINDS.items() if _have_root(fields))


def _roots(value: object) -> Iterator[tuple[int, str]]:
    """Yield every size with its root in what an entry says, at any depth."""
    if isinstance(value, dict):
        for size_name, root_name in _ROOT_NAMES.items():
            size, root = value.get(size_name), value.get(root_name)
            if type(size) is int and isinstance(root, str) and _ROOT.fullmatch(root):
                yield size, root
        for inner in value.values():
            yield from _roots(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _roots(inner)
