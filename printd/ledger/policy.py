"""Which logs, witnesses and how many of them somebody believes (c2sp.org/tlog-policy).

Rules and strictness as in the log reference section 17.1. A policy is its reader's own: one that lies beside what it is
to judge is a hint, no more. Nothing here asks for a network or a clock.
"""

import re
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Final

from printd.ledger.checkpoint import Checkpoint, CheckpointError, parse
from printd.ledger.cosigner import Cosignature, cosignatures
from printd.ledger.notes import COSIGNATURES, ED25519, ML_DSA, NoteError, NoteUntrustedError, Verifier, open_note
from printd.ledger.signatures import public_key_problem

NOBODY: Final = "none"
"""The quorum that asks for no witness."""

MOST_BYTES: Final = 65_536

_RESERVED: Final = frozenset({"all", "any", NOBODY, "log", "witness", "group", "quorum"})
_FORBIDDEN: Final = re.compile(rb"[^\t\n -~\x80-\xff]")
_BLANKS: Final = re.compile(r"[ \t]+")
_THRESHOLD: Final = re.compile(r"[1-9][0-9]{0,4}", re.ASCII)


class PolicyError(ValueError):
    """A text that is no policy; the message names the line."""


@dataclass(frozen=True)
class Log:
    """A log that is believed: its key, whose name is its origin, and its address or an empty text."""

    key: Verifier
    url: str = ""


@dataclass(frozen=True)
class Witness:
    """A witness: its `name` in this policy alone, its key, and the address that takes checkpoints or an empty text."""

    name: str
    key: Verifier
    url: str = ""


@dataclass(frozen=True)
class Group:
    """Members of which so many must hold a checkpoint; members are names of witnesses and groups."""

    name: str
    needed: int
    members: tuple[str, ...]


@dataclass(frozen=True)
class Policy:
    """A policy as it stands; `quorum` names a witness or a group, or is `NOBODY`."""

    logs: tuple[Log, ...] = ()
    witnesses: tuple[Witness, ...] = ()
    groups: tuple[Group, ...] = ()
    quorum: str = NOBODY

    def satisfied(self, holding: AbstractSet[str]) -> bool:
        """Tell whether the quorum is reached where the witnesses of these names hold a checkpoint."""
        held = set(holding) & {one.name for one in self.witnesses}
        for group in self.groups:  # members stand above their group
            if sum(member in held for member in group.members) >= group.needed:
                held.add(group.name)
        return self.quorum in (NOBODY, *held)

    @property
    def keys(self) -> tuple[Verifier, ...]:
        """The keys of all logs and witnesses."""
        return (*(one.key for one in self.logs), *(one.key for one in self.witnesses))


@dataclass(frozen=True)
class Judged:
    """A checkpoint under a policy.

    `cosigned` has the good cosignatures of each witness by its name, `enough` says whether the quorum is reached, and
    `unchecked` names witnesses whose keys cannot be checked here.
    """

    checkpoint: Checkpoint
    cosigned: dict[str, list[Cosignature]]
    enough: bool
    unchecked: tuple[str, ...]


def read(content: bytes) -> Policy:
    """Read a policy file; raises PolicyError naming the line for any other text."""
    if len(content) > MOST_BYTES:
        raise PolicyError(f"longer than {MOST_BYTES} bytes")
    if content and not content.endswith(b"\n"):
        raise PolicyError("the last line does not end in a line feed")
    found = _Reading()
    for number, line in enumerate(content.split(b"\n")[:-1], 1):
        try:
            if _FORBIDDEN.search(line):
                raise PolicyError("a control character")
            words = _BLANKS.split(line.decode("utf-8", "surrogateescape").strip(" \t"))
            if words != [""] and not words[0].startswith("#"):
                found.take(words)
        except (PolicyError, NoteError) as wrong:
            raise PolicyError(f"line {number}: {wrong}") from wrong
    return found.whole()


def judge(note: bytes, policy: Policy) -> Judged:
    """Judge a cosigned checkpoint.

    Raises the NoteError kinds of `open_note` (a bad line of a known key spoils the note, whatever else is there), and
    CheckpointError where the text is no checkpoint, or no key of its own log signed it.
    """
    opened = open_note(note, policy.keys)
    checkpoint = parse(opened.text)
    own = {one.key.label for one in policy.logs if one.key.name == checkpoint.origin}
    if own.isdisjoint(opened.verified):
        raise CheckpointError("no key of a log that the policy names, under its own origin, signed the checkpoint")
    try:
        good = cosignatures(note, [one.key for one in policy.witnesses])
    except NoteUntrustedError:
        good = []
    cosigned: dict[str, list[Cosignature]] = {}
    for witness in policy.witnesses:
        own_lines = [one for one in good if one.label == witness.key.label]
        if own_lines:
            cosigned[witness.name] = own_lines
    unchecked = tuple(one.name for one in policy.witnesses if not one.key.checkable)
    return Judged(checkpoint, cosigned, policy.satisfied(cosigned.keys()), unchecked)


@dataclass
class _Reading:
    """What was read of a policy so far."""

    logs: list[Log] = field(default_factory=list)
    witnesses: list[Witness] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    quorum: str | None = None
    _names: set[str] = field(default_factory=set)
    _members: set[str] = field(default_factory=set)
    _publics: set[bytes] = field(default_factory=set)

    def take(self, words: list[str]) -> None:
        match words:
            case ["log", vkey, *url] if len(url) <= 1:
                self.logs.append(Log(self._key(vkey, (ED25519, ML_DSA), "a log"), *url))
            case ["witness", name, vkey, *url] if len(url) <= 1:
                self.witnesses.append(Witness(name, self._key(vkey, COSIGNATURES, "a witness"), *url))
                self._name(name)
            case ["group", name, needed, *members]:
                self._group(name, needed, members)
                self._name(name)
            case ["quorum", name]:
                if self.quorum is not None:
                    raise PolicyError("a second quorum")
                if name != NOBODY:
                    self._known(name)
                self.quorum = name
            case _:
                raise PolicyError("none of: log KEY [URL], witness NAME KEY [URL], group NAME N NAME..., quorum NAME")

    def whole(self) -> Policy:
        if self.quorum is None:
            raise PolicyError("no line says what the quorum is")
        return Policy(tuple(self.logs), tuple(self.witnesses), tuple(self.groups), self.quorum)

    def _group(self, name: str, needed: str, members: list[str]) -> None:
        for member in members:
            self._known(member)
            if member in self._members:
                raise PolicyError(f"{member!r} is in a group already")
            self._members.add(member)
        several = {"all": len(members), "any": 1}
        if needed not in several and not _THRESHOLD.fullmatch(needed):
            raise PolicyError(f"{needed!r} is neither all nor any nor a plain number of members")
        number = several[needed] if needed in several else int(needed)
        if not 1 <= number <= len(members):
            raise PolicyError(f"{number} of {len(members)} members are asked for")
        self.groups.append(Group(name, number, tuple(members)))

    def _name(self, name: str) -> None:
        if name in _RESERVED:
            raise PolicyError(f"{name!r} is a word of the policy's own")
        if name in self._names:
            raise PolicyError(f"{name!r} is there already")
        self._names.add(name)

    def _known(self, name: str) -> None:
        if name not in self._names:
            raise PolicyError(f"{name!r} does not stand above")

    def _key(self, vkey: str, types: tuple[int, ...], whose: str) -> Verifier:
        key = Verifier.from_vkey(vkey)
        if key.algorithm not in types:
            raise PolicyError(f"a key of type {key.algorithm} is none of {whose}")
        problem = None if key.algorithm == ML_DSA else public_key_problem(key.public)
        if problem is not None:
            raise PolicyError(problem)
        if key.public in self._publics:
            raise PolicyError("this public key stands above already")
        self._publics.add(key.public)
        return key
