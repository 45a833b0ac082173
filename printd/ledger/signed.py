"""Checkpoints held against the tree at their size, and against the keys that may have signed them.

The key that is given vouches for its own checkpoints. Where an entry below one of them says that an earlier generation
of the log ended there and goes on under this key, it vouches for the earlier one's key as well, and so on downwards: a
key is believed for what somebody signed who is believed already.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from printd.ledger.checkpoint import Checkpoint, CheckpointError, open_checkpoint
from printd.ledger.evidence import EvidenceTree, Report
from printd.ledger.notes import NoteError, Verifier
from printd.ledger.statements import Ended

CheckpointRow = tuple[int, bytes, bytes | None]
"""Size, root, signed note (None: not signed yet, which is a problem in a log that is being verified)."""


@dataclass(frozen=True)
class _Foreign:
    """A checkpoint that the given key did not sign: an earlier generation's, or a stranger's.

    `fits` tells whether the stored root is the tree's, `why` what the given key says of the note.
    """

    row: CheckpointRow
    fits: bool
    why: str


class Heads:
    """Walks the checkpoints along with the entries and holds each against the tree at its size.

    `verified` counts the good ones, `good_size` is the largest of them.
    """

    def __init__(
        self, rows: Iterable[CheckpointRow], tree: EvidenceTree, report: Report, origin: str, verifier: Verifier
    ) -> None:
        self._rows: Iterator[CheckpointRow] = iter(rows)
        self._tree = tree
        self._report = report
        self._origin = origin
        self._verifier = verifier
        self._row = next(self._rows, None)
        self._failed = 0
        self._own: list[int] = []
        self._foreign: list[_Foreign] = []
        self.verified = 0
        self.good_size = 0

    @property
    def signed(self) -> bool:
        """Whether the given key signed any good one."""
        return bool(self._own)

    @property
    def next_size(self) -> int | None:
        """The size of the checkpoint that comes next."""
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
            self._judge(row, self._open(row), fits=False)
            if size > self._tree.size:
                last = f"the entries {self._tree.size} to {size - 1} are missing, or the checkpoint was altered"
                message = f"a checkpoint speaks of {size} entries, the log has {self._tree.size}: {last}"
                self._report("checkpoint_beyond", None, message)
            else:
                self._out_of_order(size)
        if self._failed > 1:
            message = f"{self._failed - 1} later checkpoint(s) do not fit the entries either, for the same reason"
            self._report("checkpoint_root", None, message)

    def believe(self, ended: Sequence[Ended]) -> list[Ended]:
        """Hold the checkpoints of earlier generations against the keys of their time; return those that are believed.

        `ended` is what the entries say, oldest first.
        """
        believed: list[Ended] = []
        key, top, rest = self._verifier, self.good_size, list(ended)
        while rest and rest[-1].seq >= top and rest[-1].next_key != key.vkey:
            rest.pop()  # beyond what is signed: an end that is only beginning, or a stranger's word
        while rest and rest[-1].next_key == key.vkey and rest[-1].seq < top:
            last = rest.pop()
            before = rest[-1].seq if rest else 0
            try:
                key = Verifier.from_vkey(last.log_key)
            except NoteError as wrong:
                message = f"entry {last.seq} ends a generation of the log, and its key is none: {wrong}"
                self._report("generation", last.seq, message)
                break
            top = self._vouched(key, last, before)
            believed.insert(0, last)
        for one in rest:
            message = (
                f"entry {one.seq} says that the log {one.origin} ended there and goes on as {one.next_origin}, and no "
                "checkpoint of that key vouches for it"
            )
            self._report("generation", one.seq, message)
        self._refuse_what_nobody_vouches_for(believed[-1].seq if believed else 0)
        return believed

    def _vouched(self, key: Verifier, ended: Ended, before: int) -> int:
        """Check the checkpoints of one generation with its key; return the size of the largest good one."""
        largest = 0
        left: list[_Foreign] = []
        for one in self._foreign:
            size, _, note = one.row
            if note is None or not before < size <= ended.seq:
                left.append(one)
                continue
            try:
                signed = open_checkpoint(note, ended.origin, [key])
            except (NoteError, CheckpointError) as error:
                self._bad_note(size, str(error))
                continue
            if self._speaks_of(signed, one.row) and signed.root == one.row[1] and one.fits:
                self.verified += 1
                largest = max(largest, size)
        self._foreign = left
        return largest

    def _refuse_what_nobody_vouches_for(self, last_end: int) -> None:
        for one in self._foreign:
            self._bad_note(one.row[0], one.why)
        for size in self._own:
            if size <= last_end:
                self._bad_note(size, "the key signed it of a time when another one signed the log")

    def _check(self, row: CheckpointRow) -> None:
        size, stored_root, _ = row
        signed = self._open(row)
        if size < self._tree.size:
            self._judge(row, signed, fits=False)
            self._out_of_order(size)
            return
        root = signed.root if isinstance(signed, Checkpoint) and signed.size == size else stored_root
        fits = self._tree.settle_root(root)
        good = self._judge(row, signed, fits=fits)
        if not fits:
            self._failed += 1
            if self._failed == 1:
                span = f"entries {self.good_size} to {size - 1}" if size > self.good_size else "no entries at all"
                message = (
                    f"the checkpoint of size {size} has another root than the entries give: something among the {span} "
                    "is not what was signed"
                )
                self._report("checkpoint_root", None, message)
        elif good:
            self.verified += 1
            self.good_size = size
            self._own.append(size)

    def _open(self, row: CheckpointRow) -> Checkpoint | str | None:
        """Return what the given key signed, or why it did not; None: nobody signed."""
        note = row[2]
        if note is None:
            return None
        try:
            return open_checkpoint(note, self._origin, [self._verifier])
        except (NoteError, CheckpointError) as error:
            return str(error)

    def _judge(self, row: CheckpointRow, signed: Checkpoint | str | None, *, fits: bool) -> bool:
        """Tell whether the given key vouches for a row; somebody else's note waits until all entries are read."""
        if signed is None:
            self._report("checkpoint_note", None, f"the checkpoint of size {row[0]} has no signature")
            return False
        if isinstance(signed, str):
            self._foreign.append(_Foreign(row, fits, signed))
            return False
        return self._speaks_of(signed, row)

    def _speaks_of(self, signed: Checkpoint, row: CheckpointRow) -> bool:
        """Tell whether a note that is well signed speaks of its row; what differs is a problem."""
        size, stored_root, _ = row
        if signed.size != size:
            message = f"the checkpoint stored for size {size} is signed for size {signed.size}: the row was altered"
            self._report("checkpoint_row", None, message)
            return False
        if signed.root != stored_root:
            message = f"the root stored with the checkpoint of size {size} is not the signed one: the row was altered"
            self._report("checkpoint_row", None, message)
        return True

    def _bad_note(self, size: int, why: str) -> None:
        message = f"the signed note of the checkpoint of size {size} is not good: {why}"
        self._report("checkpoint_note", None, message)

    def _out_of_order(self, size: int) -> None:
        message = f"the checkpoint of size {size} comes after a larger one, so its root was not compared"
        self._report("checkpoint_order", None, message)
