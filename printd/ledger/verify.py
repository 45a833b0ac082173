"""Verify a whole log: entries, leaf hashes, stored nodes, frontier and signed checkpoints, in one pass.

Works on plain iterables, so that a database and an export are checked by the same code, in memory that does not grow
with the log. It asks nothing of the shop but the log's name (origin) and its public key, and is satisfied by
signatures, never by silence: a log of which no good checkpoint speaks is not proved, and the key of a generation that
ended is believed where an entry below a good checkpoint of the next key names it, and nowhere else. The tree rules are
RFC 6962 section 2, the signatures C2SP signed-note and tlog-checkpoint; how checkpoints are held against keys stands in
`printd.ledger.signed`, how a disagreement is narrowed down in `printd.ledger.evidence`.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final

from printd.ledger.entry import (
    MAX_BODY,
    MAX_DEPTH,
    SCHEMA,
    Entry,
    EntryError,
    check_members,
    decoder,
    encoder,
    without_signatures,
)
from printd.ledger.evidence import EvidenceTree, NodeLookup
from printd.ledger.merkle import EMPTY_ROOT
from printd.ledger.notes import Verifier
from printd.ledger.signed import CheckpointRow, Heads
from printd.ledger.statements import Ended, Statements, ToldRoot

_BATCH: Final = 256
_PROGRESS_EVERY: Final = 1024
_MAX_GAP: Final = 1_000_000
_MAX_PROBLEMS: Final = 1000

EntryRow = tuple[int, bytes, bytes]
"""Sequence number, entry bytes, stored leaf hash."""

Nodes = Callable[[int, int], bytes | None] | Mapping[tuple[int, int], bytes]
"""Stored complete-subtree hashes by (level, index). Level 0 may be left out; from level 1 on each one must be there."""

Read = Callable[[Entry, bytes], None]
"""Takes each entry that is in form and has its stored hash, with its bytes, in the log's order."""

RootAt = Callable[[int], bytes | None]
"""Returns the root over the first entries, from the stored hashes; None: one of them is missing."""


@dataclass(frozen=True)
class Problem:
    """One finding. `seq` is the entry meant, None where a range or something else is; `message` is for people.

    Kinds: entry_altered, entries_altered, entries_or_node_altered, leaf_hash_altered, node_altered, node_missing,
    entry_form, entry_seq, entry_gap, entry_order, entry_time, frontier, checkpoint_note, checkpoint_row,
    checkpoint_root, checkpoint_order, checkpoint_beyond, generation, told_root, unsigned, more; and those of whoever
    reads the entries as well.
    """

    kind: str
    seq: int | None
    message: str


@dataclass(frozen=True)
class Report:
    """What was found: entries read (`size`), the root their bytes give (None when entries are missing), problems.

    `checkpoints_verified` counts checkpoints whose signature and root are good, `signed_size` is the largest of them:
    what lies beyond it, the tail, has nobody's signature yet. `tail_at` is the time of the tail's first entry,
    `last_at` of the log's last one, as entries write it; None where there is none. `ends_told` are the generations of
    the log that entries say have ended, `ended` those of them that are believed, oldest first. `signatures` counts the
    good ones of people under entries, where somebody looked at them.
    """

    size: int
    root: bytes | None
    checkpoints_verified: int
    signed_size: int
    problems: list[Problem]
    tail_at: str | None = None
    last_at: str | None = None
    ends_told: list[Ended] = field(default_factory=list)
    ended: list[Ended] = field(default_factory=list)
    signatures: int = 0

    @property
    def good(self) -> bool:
        """Nothing was found."""
        return not self.problems

    @property
    def tail(self) -> int:
        """How many entries lie beyond the last good checkpoint."""
        return self.size - self.signed_size


def verify_log(
    entries: Iterable[EntryRow],
    nodes: Nodes | None,
    checkpoints: Iterable[CheckpointRow],
    *,
    origin: str,
    vkey: str,
    frontier: tuple[int, tuple[bytes, ...]] | None = None,
    progress: Callable[[int], None] | None = None,
    check_form: bool = True,
    root_at: RootAt | None = None,
    read: Read | None = None,
) -> Report:
    """Check a log against itself and against its signatures, and say what is wrong and where.

    `entries` come in rising order of seq, `checkpoints` in rising order of size; both are read once. `progress` is
    called with the number of entries read, every 1024 and at the end. `check_form` reads each entry as canonical JSON
    with the members of its schema, and what it says of the log (`printd.ledger.statements`); without it only the
    hashes, the seq inside the bytes and the checkpoints of this key are checked, which is several times faster and
    still finds every alteration (a replay of the log reads each entry strictly anyway). `root_at` gives the roots of
    earlier sizes that entries tell; the root of their own moment is checked without it. `read` is given what
    `check_form` finds in form, for rules that are not known here; an entry that was altered it misses.

    The tail beyond the last good checkpoint is no problem here: how old it may be the caller knows (`Report.tail_at`).
    Raises NoteMalformedError when `vkey` is not a key; findings are never raised.
    """
    problems = Problems()
    tree = EvidenceTree(_lookup(nodes), problems.add)
    heads = Heads(checkpoints, tree, problems.add, origin, Verifier.from_vkey(vkey))
    form = _Form(problems, read) if check_form else None
    told = _Told(problems, tree, root_at)
    heads.due()
    next_head = heads.next_size
    size = 0
    for seq, body, stored in entries:
        if seq != size:
            if seq < size:
                problems.add("entry_order", seq, f"entry {seq} is there twice or out of order")
                continue
            if not _fill_gap(tree, heads, problems, size, seq):
                break
            size, next_head = seq, heads.next_size
        leaf = sha256(b"\x00" + body).digest()
        if form is not None and leaf == stored:  # what an altered entry says accuses others
            told.add(seq, body)
        tree.add(leaf, stored)
        if not (
            body.startswith(b'{"at":"') and without_signatures(body).endswith(b',"seq":%d,"v":%d}' % (seq, SCHEMA))
        ):
            problems.add("entry_seq", seq, _seq_message(seq, body))
        elif form is not None:
            form.add(seq, body, as_written=leaf == stored)
        size += 1
        if size == next_head:
            heads.due()
            told.signed(heads.good_size)
            next_head = heads.next_size
        if progress is not None and size % _PROGRESS_EVERY == 0:
            progress(size)
    if form is not None:
        form.flush()
    heads.finish()
    ended = heads.believe(told.statements.ended)
    if frontier is not None:
        _check_frontier(tree, problems, frontier, signed=heads.good_size == tree.size)
    tree.report_open()
    told.check_earlier()
    if not heads.signed:
        message = "no checkpoint of the log is signed by this key over entries that are there: nothing is proved"
        problems.add("unsigned", None, message)
    if progress is not None:
        progress(tree.size)
    return Report(
        tree.size,
        tree.root(),
        heads.verified,
        heads.good_size,
        problems.listed(),
        tail_at=told.tail_at if heads.good_size < tree.size else None,
        last_at=told.statements.last_at or None,
        ends_told=told.statements.ended,
        ended=ended,
    )


class _Told:
    """Holds what entries say of the log against the log, as it grows."""

    def __init__(self, problems: "Problems", tree: EvidenceTree, root_at: RootAt | None) -> None:
        self.statements = Statements(problems.add)
        self.tail_at: str | None = None
        self._problems = problems
        self._tree = tree
        self._root_at = root_at
        self._earlier: list[ToldRoot] = []
        self._signed = 0

    def add(self, seq: int, body: bytes) -> None:
        """Read an entry before it is a leaf of the tree."""
        for one in self.statements.add(seq, body):
            if one.size == seq:
                self._compare(one, self._tree.may_have(one.root))
            else:
                self._earlier.append(one)
        if self.tail_at is None:
            self.tail_at = self.statements.last_at

    def signed(self, size: int) -> None:
        """Take note that a good checkpoint covers so many entries: the tail begins anew."""
        if size > self._signed:
            self._signed, self.tail_at = size, None

    def check_earlier(self) -> None:
        """Compare the roots of sizes that lay behind when the entry told them."""
        for one in self._earlier:
            if one.size > one.seq:
                message = f"entry {one.seq} tells a root of {one.size} entries, when there were {one.seq}"
                self._problems.add("told_root", one.seq, message)
            elif not one.size:
                self._compare(one, one.root == EMPTY_ROOT)
            elif self._root_at is None:
                message = f"the root of {one.size} entries that entry {one.seq} tells could not be compared"
                self._problems.add("told_root", one.seq, message)
            else:
                root = self._root_at(one.size)
                self._compare(one, root in (None, one.root))  # None: a hash is missing, which was reported

    def _compare(self, told: ToldRoot, fits: bool) -> None:
        if not fits:
            message = (
                f"entry {told.seq} tells another root of {told.size} entries than they give now: they are not the ones "
                "that were there when it was written"
            )
            self._problems.add("told_root", told.seq, message)


class Problems:
    """Collects findings, the first thousand of them word for word."""

    def __init__(self) -> None:
        self._list: list[Problem] = []
        self._more = 0

    def add(self, kind: str, seq: int | None, message: str) -> None:
        """Take a finding; see `Problem`."""
        if len(self._list) < _MAX_PROBLEMS:
            self._list.append(Problem(kind, seq, message))
        else:
            self._more += 1

    def listed(self) -> list[Problem]:
        """Return all that is told."""
        if not self._more:
            return self._list
        return [*self._list, Problem("more", None, f"{self._more} further problems are not listed")]


class _Form:
    """Reads entries as canonical JSON, many at a time: parsing and writing again is done by the C code of `json`."""

    def __init__(self, problems: Problems, read: Read | None) -> None:
        self._problems = problems
        self._read = read
        self._batch: list[tuple[int, bytes, bool]] = []

    def add(self, seq: int, body: bytes, *, as_written: bool) -> None:
        if not body.isascii() or len(body) > MAX_BODY or body.count(b"{") + body.count(b"[") > MAX_DEPTH:
            self.flush()  # what is read is read in order
            self._examine(
                seq, body, as_written
            )  # the rare entry for which comparing the bytes does not prove the profile
            return
        self._batch.append((seq, body, as_written))
        if len(self._batch) == _BATCH:
            self.flush()

    def flush(self) -> None:
        batch, self._batch = self._batch, []
        values = self._sound(batch)
        if values is None:
            for seq, body, as_written in batch:
                self._examine(seq, body, as_written)
        elif self._read is not None:
            for (_, body, as_written), value in zip(batch, values, strict=True):
                if as_written:
                    self._read(Entry.from_members(value), body)

    @staticmethod
    def _sound(batch: list[tuple[int, bytes, bool]]) -> list[dict[str, Any]] | None:
        """Return the members of each, if all are canonical: duplicate names, spaces and escapes differ in the bytes.

        That each entry by itself is one object shows in the number of objects and in the seq of each: entries that only
        together make up JSON cannot have both right.
        """
        joined = b"[%b]" % b",".join(body for _, body, _ in batch)
        try:
            values: list[dict[str, Any]] = decoder.decode(joined.decode("ascii"))
            if encoder.encode(values).encode("ascii") != joined:
                return None
            for (seq, _, _), value in zip(batch, values, strict=True):
                check_members(value)
                if value["seq"] != seq:
                    return None
        except (ValueError, RecursionError, AttributeError):  # AttributeError: one of them is no object
            return None
        return values

    def _examine(self, seq: int, body: bytes, as_written: bool) -> None:
        try:
            entry = Entry.from_body(body)
        except EntryError as error:
            self._problems.add("entry_form", seq, f"entry {seq} is not in the form of a log entry: {error}")
            return
        if entry.seq != seq:
            self._problems.add("entry_seq", seq, f"entry {seq} calls itself entry {entry.seq}")
        elif self._read is not None and as_written:
            self._read(entry, body)


def _lookup(nodes: Nodes | None) -> NodeLookup | None:
    if nodes is None:
        return None
    if isinstance(nodes, Mapping):
        return nodes.get
    return lambda place: nodes(*place)


def _fill_gap(tree: EvidenceTree, heads: Heads, problems: Problems, start: int, end: int) -> bool:
    """Report the missing entries [start, end) and go on behind them; False when the gap cannot be real."""
    if end - start == 1:
        problems.add("entry_gap", start, f"entry {start} is missing")
    else:
        problems.add("entry_gap", None, f"the entries {start} to {end - 1} are missing")
    if end - start > _MAX_GAP:
        problems.add("entry_gap", end, f"entry {end} lies so far off that the rest of the log was not checked")
        return False
    for _ in range(start, end):
        tree.add_missing()
        heads.due()
    return True


def _seq_message(seq: int, body: bytes) -> str:
    try:
        inside = Entry.from_body(body).seq
    except EntryError as error:
        return f"entry {seq} is not in the form of a log entry: {error}"
    return f"entry {seq} calls itself entry {inside}"


def _check_frontier(
    tree: EvidenceTree, problems: Problems, frontier: tuple[int, tuple[bytes, ...]], *, signed: bool
) -> None:
    size, hashes = frontier
    if size != tree.size or len(hashes) != size.bit_count():
        end = f"entry {size - 1} is" if size - tree.size == 1 else f"the entries {tree.size} to {size - 1} are"
        cause = f"{end} missing at the end, or the state was altered" if size > tree.size else "the state was altered"
        message = (
            f"the stored tree state is for {size} entries with {len(hashes)} hashes, but there are {tree.size} "
            f"entries: {cause}"
        )
        problems.add("frontier", None, message)
        return
    for first, last in tree.settle_frontier(hashes):
        what = f"entry {first}" if first == last else f"the entries {first} to {last}"
        cause = "the state was altered" if signed else "one of them or the state was altered"
        seq = first if first == last and not signed else None
        problems.add("frontier", seq, f"the stored tree state does not fit {what}: {cause}")
