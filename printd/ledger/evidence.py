"""Which stored hash is right? The tree over a log that may have been altered, with every disagreement kept until
settled.

Where an entry, a leaf hash or a node was altered, two hashes compete for one place in the tree: the one computed from
below and the stored one. Both are carried upwards. The first hash above them (a stored node, the frontier, a signed
root) that fits one of them settles which is right, and so tells the smallest range of entries that can be proved to be
altered. A sound log never leaves the path on which each place has a single hash.
"""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice, product
from typing import Final

from printd.ledger.merkle import EMPTY_ROOT, node_hash

_MAX_OPTIONS: Final = 8
_MAX_TRIALS: Final = 1024
_MAX_OPEN: Final = 1000

COMPUTED: Final = 0
"""Choice: the hash computed from the entries is the right one."""

STORED: Final = 1
"""Choice: the stored hash is the right one, so an entry below it was altered."""

Report = Callable[[str, int | None, str], None]
"""Takes the kind, the entry's seq where one entry is meant, and the sentence."""

NodeLookup = Callable[[tuple[int, int]], bytes | None]
"""Returns the stored hash of (level, index), or None where none is stored: the `get` of a dict, for speed."""


@dataclass(eq=False, frozen=True, slots=True)
class Doubt:
    """Computed and stored hash of the complete subtree (level, index) differ."""

    level: int
    index: int

    @property
    def span(self) -> tuple[int, int]:
        """First and last entry below."""
        return self.index << self.level, ((self.index + 1) << self.level) - 1


@dataclass(frozen=True, slots=True)
class Option:
    """A hash that one place may have, and what would follow if it were the right one."""

    hash: bytes
    choices: tuple[tuple[Doubt, int], ...] = ()


Slot = bytes | tuple[Option, ...]
"""The settled hash of a complete subtree, or its competing hashes; no option at all where entries are missing."""


class EvidenceTree:
    """The frontier of a log under examination: O(log n) hashes plus the disagreements not yet settled."""

    def __init__(self, lookup: NodeLookup | None, report: Report) -> None:
        self.size = 0
        self._stack: list[Slot] = []
        self._lookup = lookup
        self._report = report
        self._open: dict[Doubt, None] = {}

    def add(self, leaf: bytes, stored: bytes) -> None:
        """Append one leaf: the hash computed from the entry's bytes and the one stored beside them."""
        current: Slot = leaf
        lookup, index = self._lookup, self.size
        if leaf != stored or (lookup is not None and lookup((0, index)) not in (None, leaf)):
            current = self._doubtful_leaf(leaf, stored)
        self._push(current)

    def add_missing(self) -> None:
        """Append the place of an entry that is not there."""
        known = self._lookup((0, self.size)) if self._lookup is not None else None
        self._push(() if known is None else known)

    def root(self) -> bytes | None:
        """Return the root over what the entries' bytes give, None where entries are missing."""
        first = [_options(slot)[:1] for slot in self._stack]
        if not all(first):
            return None
        return _fold([options[0].hash for options in first])

    def may_have(self, root: bytes) -> bool:
        """Tell whether `root` fits, or may: entries are missing. It settles nothing."""
        options = [_options(slot) for slot in self._stack]
        trials = islice(product(*options), _MAX_TRIALS)
        return not all(options) or any(_fold([one.hash for one in trial]) == root for trial in trials)

    def settle_root(self, root: bytes) -> bool:
        """Tell whether `root` fits; if so every disagreement below it is settled by it."""
        if all(isinstance(slot, bytes) for slot in self._stack):
            return self.root() == root
        for trial in islice(product(*map(_options, self._stack)), _MAX_TRIALS):
            if _fold([option.hash for option in trial]) == root:
                for option in trial:
                    self._settle(option)
                self._stack = [option.hash for option in trial]
                return True
        return False

    def settle_frontier(self, hashes: tuple[bytes, ...]) -> list[tuple[int, int]]:
        """Compare with a stored frontier of the same size; return the spans (first, last entry) that disagree."""
        spans = []
        start = 0
        for place, (slot, stored) in enumerate(zip(self._stack, hashes, strict=True)):
            width = 1 << ((self.size - start).bit_length() - 1)
            fitting = [option for option in _options(slot) if option.hash == stored]
            if fitting:
                self._settle(fitting[0])
                self._stack[place] = stored
            else:
                spans.append((start, start + width - 1))
            start += width
        return spans

    def report_open(self) -> None:
        """Report every disagreement that nothing settled."""
        for doubt in self._open:
            self._report_doubt(doubt, None)
        self._open.clear()

    def _push(self, current: Slot) -> None:
        lookup, stack, index, level = self._lookup, self._stack, self.size, 0
        self.size += 1
        while index & 1:
            left = stack.pop()
            index >>= 1
            level += 1
            if type(left) is bytes and type(current) is bytes:
                current = sha256(b"\x01" + left + current).digest()
                if lookup is not None:
                    stored = lookup((level, index))
                    if stored != current:
                        current = self._compare((Option(current),), stored, level, index)
            else:
                stored = lookup((level, index)) if lookup is not None else None
                current = self._compare(_combine(left, current), stored, level, index)
        stack.append(current)

    def _doubtful_leaf(self, leaf: bytes, stored: bytes) -> Slot:
        doubt = self._doubt(0, self.size)
        options = [Option(leaf, ((doubt, COMPUTED),))]
        node = self._lookup((0, self.size)) if self._lookup is not None else None
        for other in (stored, node):
            if other is not None and all(option.hash != other for option in options):
                options.append(Option(other, ((doubt, STORED),)))
        return tuple(options)

    def _compare(self, options: tuple[Option, ...], stored: bytes | None, level: int, index: int) -> Slot:
        """Hold the hashes that a subtree may have against its stored node."""
        if stored is None:
            if self._lookup is not None:
                first, last = index << level, ((index + 1) << level) - 1
                self._report("node_missing", None, f"the stored node over the entries {first} to {last} is missing")
            return options
        for option in options:
            if option.hash == stored:
                self._settle(option)
                return stored
        if not options:  # entries are missing, which has been reported: the node stands in for them
            return stored
        doubt = self._doubt(level, index)
        mine = tuple(Option(option.hash, (*option.choices, (doubt, COMPUTED))) for option in options)
        return (*mine, Option(stored, ((doubt, STORED),)))

    def _doubt(self, level: int, index: int) -> Doubt:
        doubt = Doubt(level, index)
        if len(self._open) >= _MAX_OPEN:
            self.report_open()
        self._open[doubt] = None
        return doubt

    def _settle(self, option: Option) -> None:
        for doubt, choice in option.choices:
            if doubt in self._open:
                del self._open[doubt]
                self._report_doubt(doubt, choice)

    def _report_doubt(self, doubt: Doubt, choice: int | None) -> None:
        first, last = doubt.span
        if doubt.level == 0:
            if choice == COMPUTED:
                kind = "leaf_hash_altered"
                text = f"the hash stored for entry {first} was altered; the entry itself is what was logged"
            else:
                kind = "entry_altered"
                rest = "the tree above holds another one" if choice == STORED else "nothing above tells which is right"
                text = f"entry {first} is not what was logged: its bytes do not give the hash stored for it; {rest}"
            self._report(kind, first, text)
        elif choice == COMPUTED:
            text = f"the stored node over the entries {first} to {last} was altered; the entries are what was logged"
            self._report("node_altered", None, text)
        elif choice == STORED:
            text = (
                f"at least one of the entries {first} to {last} is not what was logged: together they do not give the "
                "hash that the tree above them holds"
            )
            self._report("entries_altered", None, text)
        else:
            text = (
                f"the entries {first} to {last} do not give the node stored over them: one of them or the node was "
                "altered, and no other hash tells which"
            )
            self._report("entries_or_node_altered", None, text)


def _options(slot: Slot) -> tuple[Option, ...]:
    return (Option(slot),) if isinstance(slot, bytes) else slot


def _combine(left: Slot, right: Slot) -> tuple[Option, ...]:
    pairs = list(product(_options(left), _options(right)))
    if len(pairs) > _MAX_OPTIONS:  # keep the likeliest: few alterations (first), and every stored hash right (last)
        pairs = [*pairs[: _MAX_OPTIONS - 1], pairs[-1]]
    return tuple(Option(node_hash(one.hash, two.hash), one.choices + two.choices) for one, two in pairs)


def _fold(hashes: list[bytes]) -> bytes:
    if not hashes:
        return EMPTY_ROOT
    result = hashes[-1]
    for item in reversed(hashes[:-1]):
        result = node_hash(item, result)
    return result
