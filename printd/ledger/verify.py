"""Verify a whole log: entries, leaf hashes, stored nodes, frontier and signed checkpoints, in one pass.

Works on plain iterables, so that a database and an export are checked by the same code, in memory that does not grow
with the log. It asks nothing of the shop but the log's name (origin) and its public key. The tree rules are RFC 6962
section 2, the signatures C2SP signed-note and tlog-checkpoint; how a disagreement is narrowed down stands in
`printd.ledger.evidence`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from printd.ledger.checkpoint import CheckpointError, open_checkpoint
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
from printd.ledger.notes import NoteError, Verifier

_BATCH: Final = 256
_PROGRESS_EVERY: Final = 1024
_MAX_GAP: Final = 1_000_000
_MAX_PROBLEMS: Final = 1000

EntryRow = tuple[int, bytes, bytes]
"""Sequence number, entry bytes, stored leaf hash."""

CheckpointRow = tuple[int, bytes, bytes | None]
"""Size, root, signed note (None: not signed yet, which is a problem in a log that is being verified)."""

Nodes = Callable[[int, int], bytes | None] | Mapping[tuple[int, int], bytes]
"""Stored complete-subtree hashes by (level, index). Level 0 may be left out; from level 1 on each one must be there."""


@dataclass(frozen=True)
class Problem:
    """One finding. `seq` is the entry meant, None where a range or something else is; `message` is for people.

    Kinds: entry_altered, entries_altered, entries_or_node_altered, leaf_hash_altered, node_altered, node_missing,
    entry_form, entry_seq, entry_gap, entry_order, frontier, checkpoint_note, checkpoint_row, checkpoint_root,
    checkpoint_order, checkpoint_beyond, more.
    """

    kind: str
    seq: int | None
    message: str


@dataclass(frozen=True)
class Report:
    """What was found: entries read (`size`), the root their bytes give (None when entries are missing), problems.

    `checkpoints_verified` counts checkpoints whose signature and root are good, `signed_size` is the largest of them:
    what lies beyond it has nobody's signature yet.
    """

    size: int
    root: bytes | None
    checkpoints_verified: int
    signed_size: int
    problems: list[Problem]

    @property
    def good(self) -> bool:
        """Nothing was found."""
        return not self.problems


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
    earlier: Sequence[tuple[int, str]] = (),
) -> Report:
    """Check a log against itself and against its signatures, and say what is wrong and where.

    `entries` come in rising order of seq, `checkpoints` in rising order of size; both are read once. `progress` is
    called with the number of entries read, every 1024 and at the end. `check_form` reads each entry as canonical JSON
    with the members of schema 2; without it only the hashes and the seq inside the bytes are checked, which is
    several times faster and still finds every alteration (a replay of the log reads each entry strictly anyway).
    `earlier` names generations of the log that ended, oldest first: the entry that says so, and the key that had signed
    until then. Checkpoints up to that entry are held against that key, whose name is the origin of its time; the key
    is named in entries that the present key vouches for.
    Raises NoteMalformedError when `vkey` is not a key; findings are never raised.
    """
    problems = _Problems()
    tree = EvidenceTree(_lookup(nodes), problems.add)
    keys = [(last, Verifier.from_vkey(key)) for last, key in earlier]
    heads = _Heads(checkpoints, tree, problems, origin, Verifier.from_vkey(vkey), keys)
    form = _Form(problems) if check_form else None
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
        tree.add(sha256(b"\x00" + body).digest(), stored)
        if not (
            body.startswith(b'{"at":"') and without_signatures(body).endswith(b',"seq":%d,"v":%d}' % (seq, SCHEMA))
        ):
            problems.add("entry_seq", seq, _seq_message(seq, body))
        elif form is not None:
            form.add(seq, body)
        size += 1
        if size == next_head:
            heads.due()
            next_head = heads.next_size
        if progress is not None and size % _PROGRESS_EVERY == 0:
            progress(size)
    if form is not None:
        form.flush()
    heads.finish()
    if frontier is not None:
        _check_frontier(tree, problems, frontier, signed=heads.good_size == tree.size)
    tree.report_open()
    if progress is not None:
        progress(tree.size)
    return Report(tree.size, tree.root(), heads.verified, heads.good_size, problems.listed())


class _Problems:
    """Collects findings, the first thousand of them word for word."""

    def __init__(self) -> None:
        self._list: list[Problem] = []
        self._more = 0

    def add(self, kind: str, seq: int | None, message: str) -> None:
        if len(self._list) < _MAX_PROBLEMS:
            self._list.append(Problem(kind, seq, message))
        else:
            self._more += 1

    def listed(self) -> list[Problem]:
        if not self._more:
            return self._list
        return [*self._list, Problem("more", None, f"{self._more} further problems are not listed")]


class _Heads:
    """Walks the checkpoints along with the entries and holds each against the tree at its size."""

    def __init__(
        self,
        rows: Iterable[CheckpointRow],
        tree: EvidenceTree,
        problems: _Problems,
        origin: str,
        verifier: Verifier,
        earlier: Sequence[tuple[int, Verifier]],
    ) -> None:
        self._rows: Iterator[CheckpointRow] = iter(rows)
        self._tree = tree
        self._problems = problems
        self._origin = origin
        self._verifier = verifier
        self._earlier = earlier
        self._row = next(self._rows, None)
        self._failed = 0
        self.verified = 0
        self.good_size = 0

    @property
    def next_size(self) -> int | None:
        return None if self._row is None else self._row[0]

    def due(self) -> None:
        """Check every checkpoint whose size the tree has reached."""
        while self._row is not None and self._row[0] <= self._tree.size:
            row, self._row = self._row, next(self._rows, None)
            self._check(row)

    def finish(self) -> None:
        """Check what is left: checkpoints of more entries than there are."""
        while self._row is not None:
            row, self._row = self._row, next(self._rows, None)
            size = row[0]
            self._signed_root(row)
            if size > self._tree.size:
                last = f"the entries {self._tree.size} to {size - 1} are missing, or the checkpoint was altered"
                message = f"a checkpoint speaks of {size} entries, the log has {self._tree.size}: {last}"
                self._problems.add("checkpoint_beyond", None, message)
            else:
                self._out_of_order(size)
        if self._failed > 1:
            message = f"{self._failed - 1} later checkpoint(s) do not fit the entries either, for the same reason"
            self._problems.add("checkpoint_root", None, message)

    def _check(self, row: CheckpointRow) -> None:
        size, stored_root, _ = row
        signed = self._signed_root(row)
        if size < self._tree.size:
            self._out_of_order(size)
        elif self._tree.settle_root(signed if signed is not None else stored_root):
            if signed is not None:
                self.verified += 1
                self.good_size = size
        else:
            self._failed += 1
            if self._failed == 1:
                span = f"entries {self.good_size} to {size - 1}" if size > self.good_size else "no entries at all"
                message = (
                    f"the checkpoint of size {size} has another root than the entries give: something among the {span} "
                    "is not what was signed"
                )
                self._problems.add("checkpoint_root", None, message)

    def _signed_root(self, row: CheckpointRow) -> bytes | None:
        """Return the root that the note vouches for, None (with a problem) where it does not vouch for this row."""
        size, stored_root, note = row
        if note is None:
            self._problems.add("checkpoint_note", None, f"the checkpoint of size {size} has no signature")
            return None
        try:
            retired = next((key for last, key in self._earlier if size <= last), None)
            head = (
                open_checkpoint(note, self._origin, [self._verifier])
                if retired is None
                else open_checkpoint(note, retired.name, [retired])
            )
        except (NoteError, CheckpointError) as error:
            message = f"the signed note of the checkpoint of size {size} is not good: {error}"
            self._problems.add("checkpoint_note", None, message)
            return None
        if head.size != size:
            message = f"the checkpoint stored for size {size} is signed for size {head.size}: the row was altered"
            self._problems.add("checkpoint_row", None, message)
            return None
        if head.root != stored_root:
            message = f"the root stored with the checkpoint of size {size} is not the signed one: the row was altered"
            self._problems.add("checkpoint_row", None, message)
        return head.root

    def _out_of_order(self, size: int) -> None:
        message = f"the checkpoint of size {size} comes after a larger one, so its root was not compared"
        self._problems.add("checkpoint_order", None, message)


class _Form:
    """Reads entries as canonical JSON, many at a time: parsing and writing again is done by the C code of `json`."""

    def __init__(self, problems: _Problems) -> None:
        self._problems = problems
        self._batch: list[tuple[int, bytes]] = []

    def add(self, seq: int, body: bytes) -> None:
        if not body.isascii() or len(body) > MAX_BODY or body.count(b"{") + body.count(b"[") > MAX_DEPTH:
            self._examine(seq, body)  # the rare entry for which comparing the bytes does not prove the profile
            return
        self._batch.append((seq, body))
        if len(self._batch) == _BATCH:
            self.flush()

    def flush(self) -> None:
        batch, self._batch = self._batch, []
        if not self._sound(batch):
            for seq, body in batch:
                self._examine(seq, body)

    @staticmethod
    def _sound(batch: list[tuple[int, bytes]]) -> bool:
        """Tell whether all are canonical: duplicate names, spaces and escapes all show as a difference in the bytes.

        That each entry by itself is one object shows in the number of objects and in the seq of each: entries that only
        together make up JSON cannot have both right.
        """
        joined = b"[%b]" % b",".join(body for _, body in batch)
        try:
            values: list[dict[str, Any]] = decoder.decode(joined.decode("ascii"))
            if encoder.encode(values).encode("ascii") != joined:
                return False
            for (seq, _), value in zip(batch, values, strict=True):
                check_members(value)
                if value["seq"] != seq:
                    return False
        except (ValueError, RecursionError, AttributeError):  # AttributeError: one of them is no object
            return False
        return True

    def _examine(self, seq: int, body: bytes) -> None:
        try:
            inside = Entry.from_body(body).seq
        except EntryError as error:
            self._problems.add("entry_form", seq, f"entry {seq} is not in the form of a log entry: {error}")
        else:
            if inside != seq:
                self._problems.add("entry_seq", seq, f"entry {seq} calls itself entry {inside}")


def _lookup(nodes: Nodes | None) -> NodeLookup | None:
    if nodes is None:
        return None
    if isinstance(nodes, Mapping):
        return nodes.get
    return lambda place: nodes(*place)


def _fill_gap(tree: EvidenceTree, heads: _Heads, problems: _Problems, start: int, end: int) -> bool:
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
    tree: EvidenceTree, problems: _Problems, frontier: tuple[int, tuple[bytes, ...]], *, signed: bool
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
