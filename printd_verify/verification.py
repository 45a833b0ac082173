"""A whole log verified: every part's hashes against the signed root, and what the entries say in order."""

from __future__ import annotations

import gc
import marshal
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from printd_verify.checkpoints import CheckpointError, read_kept
from printd_verify.crew import Crew, processes
from printd_verify.entries import moment
from printd_verify.findings import Case, Findings
from printd_verify.heads import Heads, Kept
from printd_verify.lives import Life
from printd_verify.meaning import Meaning
from printd_verify.notes import Key
from printd_verify.policies import Policy
from printd_verify.rows import Rows
from printd_verify.sources import PART, Source
from printd_verify.tree import EMPTY_ROOT, WIDTH, Tree, fold
from printd_verify.work import Checked, Done, Task, check_note, work

LATE: Final = timedelta(minutes=5)
"""How long entries may wait for a checkpoint, and how far a time may lie ahead of whoever verifies."""

_SMALL: Final = 4 * PART
"""Entries below which no process is begun beside this one: that would take longer than the work."""

_EVERYTHING: Final = 2**63 - 1


@dataclass(frozen=True)
class Trust:
    """Whom the one who verifies trusts.

    :param logs: keys of logs.
    :param policy: where one was given; its logs are those.
    """

    logs: tuple[Key, ...]
    policy: Policy | None = None

    @property
    def keys(self) -> tuple[Key, ...]:
        """Every key that is trusted for anything."""
        return self.logs if self.policy is None else tuple(self.policy.keys)


@dataclass(frozen=True)
class First:
    """The smallest checkpoint that a witness cosigned.

    :param witnesses: by the policy's names, with the time that each gave.
    """

    size: int
    witnesses: dict[str, int]


@dataclass
class Report:
    """What came of it.

    :param origin: name of the log, by its last good checkpoint; empty where there is none.
    :param start: number of the first entry that is there.
    :param end: number behind the last entry that is there.
    :param size: entries of the whole log.
    :param root: over all of them; ``None``: some are missing.
    :param signed_size: entries that the last good checkpoint covers.
    :param checkpoints: how many checkpoints are good.
    :param signatures: how many signatures of people are good.
    :param people_from: number of the first entry whose people's signatures were looked at.
    :param witnesses: who cosigned the last good checkpoint, by the policy's names, with the time that each gave.
    :param last_at: time of the last entry; empty where none was read.
    :param kept: names of the checkpoints from elsewhere that this log has.
    :param lost: names of those that are of entries which two people said were lost.
    :param quick: entries were not read, but for those that tell totals.
    :param proofs: single entries were proved, and no log was read.
    :param unknown: of how many people's signatures under single proofs nobody can tell whose they are.
    :param lives: what bundles of proofs say, each with what is known of a record's files: `same`, `open`, `closed`,
        `erased`; empty: it is of none.
    :param paper: a paper was verified.
    :param known: every byte of it is known: it is a file of which the log has the digest.
    :param verdict: the sentence that is said where nothing was found.
    :param told: what is true of it: codes of sentences, each with its words.
    :param asked_witnesses: a policy names witnesses.
    :param first: the smallest checkpoint that a witness of the policy cosigned; ``None``: none is there.
    :param first_print: number and time of the entry of the first card; ``None``: there is none, or none was read.
    :param closing: what the last closing that was read tells; ``None``: there was none.
    :param totals: of each closing that was read, in a quick look.
    :param unchecked: cases that only what lies before an excerpt could tell.
    :param pack: the log lies in a pack, whose tables were made anew.
    :param first_held: entries of the first checkpoint that a trusted witness held, and when by its clock, where a pack
        tells; ``first_print`` is number and time of the first entry that begins a card.
    """

    origin: str = ""
    start: int = 0
    end: int = 0
    size: int = 0
    root: bytes | None = None
    signed_size: int = 0
    checkpoints: int = 0
    signatures: int = 0
    people_from: int = 0
    witnesses: dict[str, int] = field(default_factory=dict)
    last_at: str = ""
    kept: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)
    unchecked: int = 0
    quick: bool = False
    proofs: bool = False
    unknown: int = 0
    lives: list[tuple[Life, str]] = field(default_factory=list)
    paper: bool = False
    known: bool = False
    verdict: str = "verdict_good"
    told: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    asked_witnesses: bool = False
    first: First | None = None
    first_print: tuple[int, str] | None = None
    closing: dict[str, Any] | None = None
    totals: list[dict[str, Any]] = field(default_factory=list)
    pack: bool = False
    first_held: tuple[int, int] | None = None

    @property
    def seen_before_print(self) -> bool:
        """A witness cosigned the log before the first card began, by number and by time."""
        if self.first is None or self.first_print is None:
            return self.first is not None
        number, at = self.first_print
        seen = min(self.first.witnesses.values())
        return self.first.size <= number and seen <= moment(at).timestamp()

    @property
    def holds(self) -> bool:
        """Nothing was found."""
        return not self.cases


Progress = Callable[[int, int], None]
"""Is told how many entries were looked at, of how many."""


def verify(
    source: Source,
    trust: Trust,
    *,
    against: Sequence[Kept] = (),
    since: Kept | None = None,
    meaning: bool = True,
    jobs: int | None = None,
    progress: Progress | None = None,
    now: datetime | None = None,
    rows: Rows | None = None,
) -> Report:
    """Verify a whole log.

    :param against: checkpoints that must be of this log.
    :param since: one more of them; signatures of people below it were looked at before.
    :param meaning: whether entries are read; without it hashes and checkpoints alone are looked at.
    :param jobs: processes beside this one; by default as there is room for.
    :param now: the time of whoever verifies.
    :param rows: is told what the entries say.
    """
    run = _Run(source, trust, [*against, *([since] if since else [])], meaning, now or datetime.now(UTC))
    collecting = gc.isenabled()
    gc.disable()  # what a shop's state consists of lives on, and nothing else refers to itself
    try:
        return run.run(since.head.size if since else 0, jobs, progress, rows)
    finally:
        if collecting:
            gc.enable()


class _Run:
    def __init__(self, source: Source, trust: Trust, kept: list[Kept], meaning: bool, now: datetime) -> None:
        self._source = source
        self._trust = trust
        self._kept = kept
        self._reads = meaning
        self._now = now
        self._findings = Findings()
        self._heads = Heads(self._findings)
        self._tree = Tree()
        self._broken: int | None = None
        self._heard: dict[int, bytes | None] = {0: EMPTY_ROOT}
        self._tail_at, self._tail_seq = "", 0
        asked = trust.policy is not None and bool(trust.policy.witnesses)
        self._report = Report(start=source.start, end=source.end, size=source.size, asked_witnesses=asked)

    def run(self, people_from: int, jobs: int | None, progress: Progress | None, rows: Rows | None) -> Report:
        source = self._source
        self._findings.began_later = source.start >= WIDTH  # the bundle in which it begins is there whole
        self._keep_beside()
        sizes = frozenset(one.head.size for one in self._kept) | {source.size}
        task = Task(self._trust.keys, sizes, self._reads, people_from)
        if jobs is None:
            jobs = processes() if source.end - source.start >= _SMALL else 0
        with Crew(source, task, jobs) as crew:
            latest = self._now + LATE
            said = Meaning(self._findings, self._heads, crew.verify, source.start, people_from, latest, rows=rows)
            for done in crew.parts(self._firsts()):
                self._take(done, said)
                if progress is not None:
                    progress(min(done.first + done.count, source.end), source.end)
            crew.settle()
        for note in source.notes(source.size or -1, _EVERYTHING):
            checked = check_note(note, self._trust.keys)
            size = note.size if checked.head is None else checked.head.size
            self._heads.take(checked, EMPTY_ROOT if size == 0 else None, beyond=size != 0)
        self._finish(said)
        self._report.people_from = people_from
        return self._report

    def _firsts(self) -> Iterator[int]:
        """Yield where the parts begin that have entries, and the last part, which leads to the end."""
        firsts = [*range(self._source.start // PART * PART, self._source.end, PART)]
        last = (self._source.size - 1) // PART * PART
        return iter(firsts if not firsts or firsts[-1] == last else [*firsts, last])

    def _take(self, done: Done, said: Meaning) -> None:
        """Take what came of the next part."""
        for code, entry, what in done.findings:
            self._findings.add(code, entry, **what)
        for index in range(len(self._tree), done.first // WIDTH):  # of entries that an excerpt leaves out
            self._add(self._source.bundle_hash(index))
        for bundle in done.bundles:
            self._add(bundle)
        roots = {size: self._fold(size, tail) for size, tail in done.tails.items()}
        self._heard.update((size, root) for size, root in roots.items() if size in self._wanted)
        for checked in done.checked:
            size = checked.note.size if checked.head is None else checked.head.size
            self._heads.take(checked, roots.get(size or 0, EMPTY_ROOT if size == 0 else None))
            self._note_first(checked)
        for seq, size, root in done.told:
            self._told(seq, size, root, roots)
        if self._reads:
            for piece in done.said:
                entries = marshal.loads(piece)  # noqa: S302 - a process of our own wrote it
                said.read(entries)
                self._note_tail(entries)

    def _note_first(self, checked: Checked) -> None:
        """Remember the first checkpoint that is good and that a witness of the policy cosigned."""
        policy, head = self._trust.policy, checked.head
        if policy is None or head is None or self._report.first is not None or self._heads.last is not checked:
            return
        names = policy.signed_by(set(checked.signed))
        if names:
            times = {name: checked.times.get(policy.witnesses[name], 0) for name in names}
            self._report.first = First(head.size, times)

    def _note_tail(self, entries: list[tuple[int, str, str]]) -> None:
        """Remember when the first entry was written that no good checkpoint covers yet."""
        signed = self._heads.signed_size
        if self._tail_at and self._tail_seq < signed:
            self._tail_at = ""
        if not self._tail_at and entries and entries[-1][0] >= signed:
            first = next((one for one in entries if one[0] >= signed and len(one) > 1), None)
            if first is not None:
                self._tail_seq, self._tail_at = first[0], first[2]

    @property
    def _wanted(self) -> set[int]:
        return {self._source.size, *(one.head.size for one in self._kept)}

    def _add(self, bundle: bytes | None) -> None:
        if bundle is None and self._broken is None:
            self._broken = len(self._tree)
        self._tree.append(bundle or bytes(32))

    def _fold(self, size: int, tail: list[bytes] | None) -> bytes | None:
        if tail is None or (self._broken is not None and self._broken < size // WIDTH):
            return None
        return fold([*self._tree.pieces(size // WIDTH), *tail])

    def _root_at(self, size: int) -> bytes | None:
        """Return the root at a size that lies behind, from the entries' bytes once more."""
        if size % WIDTH == 0:
            return self._fold(size, []) if size else EMPTY_ROOT
        first = size // PART * PART
        again = work(self._source, first, Task((), frozenset({size}), form=False))
        return self._fold(size, again.tails.get(size))

    def _told(self, seq: int, size: int, root: str, roots: dict[int, bytes | None]) -> None:
        """Hold a root that an entry tells against the tree at that size."""
        if size > seq:
            self._findings.add("told_later", seq, size=size)
            return
        found = roots[size] if size in roots else self._root_at(size)
        if found is not None and found.hex() != root:
            self._findings.add("told_root", seq, size=size)

    def _keep_beside(self) -> None:
        for name, content in self._source.beside():
            try:
                self._kept.append(Kept(name, read_kept(content)))
            except CheckpointError as wrong:
                self._findings.add("kept_unreadable", name=name, why=str(wrong))

    def _finish(self, said: Meaning) -> None:
        source, heads, report = self._source, self._heads, self._report
        heads.finish()
        if self._broken is None:
            for code, what in source.check_whole(self._tree.rows):
                self._findings.add(code, None, **what)
        report.root = self._heard.get(source.size)
        for one in self._kept:
            self._compare(one)
        if heads.last is None or heads.last.head is None:
            self._findings.add("unsigned")
        else:
            report.origin = heads.last.head.origin
            self._judge_witnesses(heads.last.signed)
        report.signed_size, report.checkpoints = heads.signed_size, heads.good
        if self._reads:
            said.finish(report.origin)
            report.signatures, report.last_at = said.signatures, said.last_at
            report.first_print, report.closing = said.first_print, said.closing
            late = self._tail_at and moment(self._tail_at) < self._now - LATE
            if heads.last is not None and source.size > heads.signed_size and late:
                self._findings.add("tail", size=source.size - heads.signed_size, at=self._tail_at)
        report.cases, report.unchecked = self._findings.cases, self._findings.unchecked

    def _compare(self, kept: Kept) -> None:
        head = kept.head
        if head.size <= self._source.size and self._heard.get(head.size) == head.root:
            self._report.kept.append(kept.name)
            return
        lost = self._heads.lost(head)
        if lost is not None and (head.size < lost.known.size or head.root == lost.known.root):
            self._report.lost.append(kept.name)
        elif head.size > self._source.size:
            self._findings.add("kept_beyond", name=kept.name, size=head.size, has=self._source.size)
        else:
            self._findings.add("kept_root", name=kept.name, size=head.size)

    def _judge_witnesses(self, signed: frozenset[Key]) -> None:
        policy, note = self._trust.policy, self._heads.last
        if policy is None or note is None:
            return
        names = policy.signed_by(set(signed))
        self._report.witnesses = {name: note.times.get(policy.witnesses[name], 0) for name in names}
        if not policy.is_satisfied(set(signed)):
            self._findings.add("quorum", witnesses=", ".join(names) or "-")
        late = max(self._report.witnesses.values(), default=0)
        if late > (self._now + LATE).timestamp():
            self._findings.add("witness_ahead", time=late)
