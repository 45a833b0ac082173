"""Checkpoints held against the tree, and the keys that may have signed them.

The keys that are trusted vouch for their own checkpoints. Where an entry below one of these says that an earlier
generation of the log ended there and goes on under this key, the earlier one's key is believed for its own time, and so
on downwards.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from printd_verify.checkpoints import CheckpointError, Head, head_of
from printd_verify.findings import Findings
from printd_verify.notes import Key, NoteError, open_note, read_key
from printd_verify.work import Checked

_MOST_FOREIGN: Final = 1_000_000


@dataclass(frozen=True)
class Ended:
    """An entry says that a generation of the log ended there.

    :param kept: how many entries of it are still there.
    """

    seq: int
    origin: str
    key: str
    next_origin: str
    next_key: str
    known: Head
    missing: int

    @property
    def kept(self) -> int:
        """How many entries of it are still there."""
        return min(self.seq, self.known.size - self.missing) if self.missing else self.seq


@dataclass(frozen=True)
class Kept:
    """A checkpoint that somebody kept elsewhere.

    :param name: of where it was read.
    """

    name: str
    head: Head


@dataclass(frozen=True)
class _Foreign:
    checked: Checked
    size: int
    fits: bool


class Heads:
    """Holds each checkpoint against the root at its size.

    :ivar good: how many are good.
    :ivar last: the largest good one that a trusted key signed.
    """

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._foreign: list[_Foreign] = []
        self._own: list[tuple[int, str]] = []
        self.ended: list[Ended] = []
        self.believed: list[Ended] = []
        self.good = 0
        self.last: Checked | None = None

    @property
    def signed_size(self) -> int:
        """Entries that the last good checkpoint of a trusted key covers."""
        return 0 if self.last is None or self.last.head is None else self.last.head.size

    @property
    def first_key(self) -> Key | None:
        """The key of the log's first generation, so far as a trusted key vouches for it."""
        if self.believed:
            return read_key(self.believed[0].key)
        if self.last is None or self.last.head is None:
            return None
        origin = self.last.head.origin
        return next(one for one in self.last.signed if one.name == origin)

    def take(self, checked: Checked, root: bytes | None, *, beyond: bool = False) -> None:
        """Hold a checkpoint against the root at its size.

        :param root: that the entries give; ``None``: some are missing, or there are fewer.
        """
        note, head = checked.note, checked.head
        for name in checked.forged:
            self._findings.add("cosignature", size=note.size or 0, name=name)
        size = note.size if note.size is not None else (head.size if head else 0)
        if note.note is None:
            self._findings.add("checkpoint_unsigned", size=size)
            return
        stored = note.root if note.root is not None else (head.root if head else None)
        fits = root is not None and stored == root
        if beyond:
            self._findings.add("checkpoint_beyond", size=size)
        if head is None:
            if len(self._foreign) < _MOST_FOREIGN:
                self._foreign.append(_Foreign(checked, size, fits))
            return
        if not self._speaks_of(checked, head) or beyond:
            return
        if root is None:
            self._findings.add("unchecked")
            return
        if head.root != root:
            self._findings.add("checkpoint_root", size=size, since=self.signed_size)
            return
        self.good += 1
        self._own.append((size, head.origin))
        self.last = checked

    def finish(self) -> None:
        """Hold the checkpoints of earlier generations against the keys of their time."""
        if self.last is None or self.last.head is None:
            self._refuse(self._foreign)
            for one in self.ended:
                self._findings.add("generation", one.seq, origin=one.origin, next=one.next_origin)
            return
        origin, top, rest = self.last.head.origin, self.signed_size, list(self.ended)
        while rest and rest[-1].seq >= top and rest[-1].next_origin != origin:
            rest.pop()  # beyond what is signed: an end that is only beginning
        key = next(one for one in self.last.signed if one.name == origin)
        while rest and rest[-1].seq < top and _same(rest[-1].next_key, key):
            last = rest.pop()
            try:
                key = read_key(last.key)
            except NoteError:
                self._findings.add("generation_key", last.seq)
                break
            top = self._vouch(key, last, rest[-1].seq if rest else -1)
            self.believed.insert(0, last)
        for one in rest:
            self._findings.add("generation", one.seq, origin=one.origin, next=one.next_origin)
        self._refuse(self._foreign)
        begins = self.believed[-1].seq if self.believed else -1
        for size, _ in self._own:
            if size <= begins:
                self._findings.add("checkpoint_key", size=size)

    def lost(self, head: Head) -> Ended | None:
        """Return the end of a generation that says that the entries of a checkpoint were lost; ``None``: none does."""
        for one in self.believed:
            same = head.origin == one.origin or (not head.origin and head.size <= one.known.size)
            if one.missing and head.size > one.kept and same:
                return one
        return None

    def _vouch(self, key: Key, ended: Ended, before: int) -> int:
        """Check the checkpoints of one generation with its key; return the size of its largest good one."""
        largest, left = 0, []
        for one in self._foreign:
            note = one.checked.note.note
            if note is None or not before < one.size <= ended.seq:
                left.append(one)
                continue
            try:
                head = head_of(open_note(note, [key]))
            except (NoteError, CheckpointError) as wrong:
                self._findings.add("checkpoint_note", size=one.size, why=str(wrong))
                continue
            if not self._speaks_of(one.checked, head):
                continue
            if not one.fits and one.checked.note.root is not None:
                self._findings.add("checkpoint_root", size=one.size, since=largest)
                continue
            self.good += 1
            largest = max(largest, one.size)
        self._foreign = left
        return largest

    def _refuse(self, foreign: list[_Foreign]) -> None:
        for one in foreign:
            self._findings.add("checkpoint_note", size=one.size, why=one.checked.why)

    def _speaks_of(self, checked: Checked, head: Head) -> bool:
        """Tell whether a note speaks of the size and root that are stored beside it."""
        note = checked.note
        if note.size not in (None, head.size) or note.root not in (None, head.root):
            self._findings.add("checkpoint_row", size=note.size or 0)
            return False
        return True


def _same(text: str, key: Key) -> bool:
    try:
        return read_key(text) == key
    except NoteError:
        return False
