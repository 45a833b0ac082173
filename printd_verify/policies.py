"""Whom an auditor trusts: logs, witnesses, and how many of them must have signed (c2sp.org/tlog-policy).

A policy is the auditor's own. One that lies in the export that it judges is a hint and nothing more.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final, Literal

from printd_verify.notes import LOG, WITNESS, WITNESS_PQ, Key, NoteError, read_key

_MAX: Final = 65_536
_WORDS: Final = frozenset({"all", "any", "none", "log", "witness", "group", "quorum"})
_NUMBER: Final = re.compile(r"[1-9][0-9]{0,5}", re.ASCII)
_ALLOWED: Final = re.compile(rb"[\x09\x0a\x20-\x7e\x80-\xff]*")


class PolicyError(ValueError):
    """A file that is no policy; the message begins with the line."""


@dataclass(frozen=True)
class Group:
    """So many of these witnesses or groups."""

    needed: int
    members: tuple[str, ...]


@dataclass
class Policy:
    """Whom an auditor trusts.

    :param logs: by name.
    :param quorum: name of what must be satisfied; ``None``: no witness is needed.
    """

    logs: list[Key] = field(default_factory=list)
    witnesses: dict[str, Key] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    quorum: str | None = None

    @property
    def keys(self) -> list[Key]:
        """Every key that is trusted for anything."""
        return [*self.logs, *self.witnesses.values()]

    def signed_by(self, keys: set[Key]) -> list[str]:
        """Return the witnesses whose signatures are among some keys."""
        return [name for name, key in self.witnesses.items() if key in keys]

    def is_satisfied(self, keys: set[Key]) -> bool:
        """Tell whether those who signed are enough."""
        return self.quorum is None or self._counts(self.quorum, keys)

    def _counts(self, name: str, keys: set[Key]) -> bool:
        if name in self.witnesses:
            return self.witnesses[name] in keys
        group = self.groups[name]
        return sum(self._counts(one, keys) for one in group.members) >= group.needed


def read_policy(content: bytes) -> Policy:
    """Read a policy.

    :raises PolicyError: it is none, with the line that is wrong.
    """
    if len(content) > _MAX:
        raise PolicyError("line 1: the file is longer than 64 KiB")
    if not content.endswith(b"\n") or not _ALLOWED.fullmatch(content):
        raise PolicyError("line 1: every line ends in a line feed, and no other control character is there but tabs")
    reader = _Reader()
    for number, line in enumerate(content[:-1].split(b"\n"), 1):
        words = [word for word in re.split(r"[ \t]+", line.decode("utf-8", "surrogateescape")) if word]
        if not words or words[0].startswith("#"):
            continue
        try:
            reader.read(words)
        except (PolicyError, NoteError) as wrong:
            raise PolicyError(f"line {number}: {wrong}") from wrong
    return reader.finish()


class _Reader:
    def __init__(self) -> None:
        self.policy = Policy()
        self._quorum = False
        self._publics: set[bytes] = set()
        self._grouped: set[str] = set()

    def read(self, words: list[str]) -> None:
        match words:
            case ["log", vkey] | ["log", vkey, _]:
                self.policy.logs.append(self._key(vkey, "log"))
            case ["witness", name, vkey] | ["witness", name, vkey, _]:
                self._new(name)
                self.policy.witnesses[name] = self._key(vkey, "witness")
            case ["group", name, needed, *members]:
                self._new(name)
                self.policy.groups[name] = self._group(needed, members)
            case ["quorum", name]:
                self._set_quorum(name)
            case _:
                raise PolicyError("not a statement of a policy")

    def finish(self) -> Policy:
        if not self._quorum:
            raise PolicyError("line 1: the policy has no quorum")
        if not self.policy.logs:
            raise PolicyError("line 1: the policy trusts no log")
        return self.policy

    def _key(self, text: str, what: Literal["log", "witness"]) -> Key:
        key = read_key(text)
        if key.kind not in ((LOG,) if what == "log" else (WITNESS, WITNESS_PQ)):
            raise PolicyError(f"the key is not that of a {what}")
        if key.public in self._publics:
            raise PolicyError("a public key that stands in an earlier line")
        self._publics.add(key.public)
        return key

    def _new(self, name: str) -> None:
        if name in _WORDS or self._is_known(name):
            raise PolicyError("a name that is used already, or cannot be one")

    def _is_known(self, name: str) -> bool:
        return name in self.policy.witnesses or name in self.policy.groups

    def _group(self, needed: str, members: list[str]) -> Group:
        for one in members:
            if not self._is_known(one):
                raise PolicyError("a member that no line above names")
            if one in self._grouped:
                raise PolicyError("a member that is in a group already")
            self._grouped.add(one)
        least = {"all": len(members), "any": 1}.get(needed)
        if least is None:
            least = int(needed) if _NUMBER.fullmatch(needed) else 0
        if not 1 <= least <= len(members):
            raise PolicyError("so many of the members cannot be asked for")
        return Group(least, tuple(members))

    def _set_quorum(self, name: str) -> None:
        if self._quorum:
            raise PolicyError("a second quorum")
        if name != "none" and not self._is_known(name):
            raise PolicyError("a quorum that no line above names")
        self._quorum = True
        self.policy.quorum = None if name == "none" else name
