"""Who works here and whose signature is good, from the entries alone."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from printd_verify.entries import LABEL, message
from printd_verify.findings import Findings
from printd_verify.notes import NAME as KEY_NAME
from printd_verify.notes import NoteError, key_id, split_key, verify_ed25519, weakness
from printd_verify.signers import SUPERVISOR, Rule

_PREFIX: Final = b"\xff" + LABEL
_NAME: Final = re.compile(r"[a-z][a-z0-9._-]{1,31}", re.ASCII)
_BATCH: Final = 128

Signature = tuple[bytes, str, bytes]
"""Public key, signature as the entry writes it, message."""

VerifySignatures = Callable[[Sequence[Signature], Callable[[list[int]], None]], None]
"""Looks at signatures and tells, now or later, the places of those that are not good."""

PRIVILEGES: Final = frozenset(
    {
        "shop.opened", "operator.enrolled", "operator.role_set", "operator.retired", "operator.key_renewed",
        "operator.resealed", "printer.resumed", "printer.added", "log.rolled_back", "shop.restored",
        "configuration.accepted",
    }
)  # fmt: skip
"""Kinds by which others may sign, or which others refer to: what is not rightly signed gives nobody anything."""


_BRING: Final = frozenset({"shop.opened", "operator.enrolled", "operator.key_renewed"})


class Person(NamedTuple):
    """Somebody who works here."""

    role: str
    public: bytes


class PersonKeyError(ValueError):
    """A text that is no person's key, or one that must not be used; the message is the code of a sentence."""


def read_person_key(text: str) -> tuple[str, bytes]:
    """Return name and public key of a person's verifier key.

    :raises PersonKeyError: it is none, or anybody can sign for it.
    """
    try:
        name, hexid, raw = split_key(text)
    except NoteError as wrong:
        raise PersonKeyError("key_form") from wrong
    if not raw.startswith(_PREFIX) or len(raw) != len(_PREFIX) + 32 or key_id(name, raw).hex() != hexid:
        raise PersonKeyError("key_form")
    public = raw[len(_PREFIX) :]
    if weakness(public):
        raise PersonKeyError("key_weak")
    return name, public


def verify_signatures(batch: Sequence[Signature]) -> list[int]:
    """Return the places of those signatures that are not good."""
    return [place for place, (public, text, said) in enumerate(batch) if not _is_good(public, text, said)]


def _is_good(public: bytes, text: str, said: bytes) -> bool:
    if text[-1] not in "AQgw":  # the last of 86 characters carries two bits; others mean the same bytes
        return False
    return verify_ed25519(public, base64.urlsafe_b64decode(f"{text}=="), said)


class People:
    """Who works here below an entry."""

    def __init__(self, findings: Findings, verify: VerifySignatures, first: int) -> None:
        """Begin with nobody.

        :param first: number of the entry from which signatures are looked at.
        """
        self._findings = findings
        self._verify = verify
        self._first = first
        self._working: dict[str, Person] = {}
        self._names: set[str] = set()
        self._keys: set[bytes] = set()
        self._waiting: list[tuple[int, str, Signature]] = []
        self.origins: list[str] = []
        self.good = 0

    @property
    def origin(self) -> str:
        """Name of the log; empty before its first entry."""
        return self.origins[-1] if self.origins else ""

    def works(self, name: str) -> bool:
        """Tell whether somebody works here."""
        return name in self._working

    def was_here(self, name: str) -> bool:
        """Tell whether somebody works here, or did."""
        return name in self._names

    def brought(self, kind: str, data: Mapping[str, Any]) -> dict[str, Person]:
        """Return those whose keys an entry itself brings, so far as these are keys."""
        if kind not in _BRING:
            return {}
        told: list[tuple[str, str, str]] = []
        if kind == "shop.opened":
            told = [(one["name"], one["role"], one["key"]) for one in data["people"]]
        elif kind == "operator.enrolled":
            told = [(data["person"]["name"], data["person"]["role"], data["person"]["key"])]
        elif kind == "operator.key_renewed" and data["name"] in self._working:
            told = [(data["name"], self._working[data["name"]].role, data["key"])]
        found = {}
        for name, role, key in told:
            try:
                found[name] = Person(role, read_person_key(key)[1])
            except PersonKeyError:
                continue
        return found

    def check(self, seq: int, kind: str, rule: Rule, by: Sequence[str], new: Mapping[str, Person]) -> bool:
        """Hold those who sign against the table; tell whether nothing speaks against them."""
        if rule.is_plain and not new and len(by) in rule.numbers:
            for name in by:
                person = self._working.get(name)
                if person is None or person.role not in rule.roles:
                    break
            else:
                return True
        before = self._findings.total
        roles = []
        for name in by:
            person = new.get(name) or self._working.get(name)
            if person is None:
                add = self._findings.doubt if name in self._names else self._findings.unknown
                add("stranger", seq, name=name, kind=kind)
                roles.append("")
                continue
            roles.append(person.role)
            if person.role not in rule.roles and name != rule.owner:
                self._findings.doubt("role", seq, name=name, role=person.role, kind=kind)
            if name == rule.absent:
                self._findings.add("about_self", seq, name=name, kind=kind)
        if len(by) not in rule.numbers:
            wanted = "/".join(map(str, rule.numbers))
            self._findings.add("number_of_signers", seq, number=len(by), wanted=wanted, kind=kind)
        elif rule.owner and by[-1] != rule.owner:
            self._findings.add("owner", seq, name=rule.owner, kind=kind)
        if "" in roles:
            return False
        needs = (
            (rule.first and roles[:1] != [SUPERVISOR])
            or (rule.third and len(roles) > 2 and roles[2] != SUPERVISOR)
            or (rule.supervisor and SUPERVISOR not in roles[: len(roles) - bool(rule.owner)])
        )
        if needs:
            self._findings.doubt("supervisor", seq, kind=kind)
        return self._findings.total == before

    def verify(
        self,
        seq: int,
        kind: str,
        by: Sequence[str],
        signatures: Sequence[str],
        unsigned: bytes,
        new: Mapping[str, Person],
        origin: str,
    ) -> bool:
        """Have the signatures under an entry looked at; tell whether one is known not to be good by now."""
        if seq < self._first:
            return True
        text = message(origin, unsigned)
        told: list[tuple[int, str, Signature]] = []
        for name, signature in zip(by, signatures, strict=True):
            person = new.get(name) or self._working.get(name)
            if person is not None:  # of anybody else nobody can tell, which was said
                told.append((seq, name, (person.public, signature, text)))
        if kind in PRIVILEGES:
            bad: list[int] = []
            self._verify_here(told, bad)
            return not bad
        self._waiting += told
        if len(self._waiting) >= _BATCH:
            self.flush()
        return True

    def flush(self) -> None:
        """Have all signatures looked at that wait for it."""
        waiting, self._waiting = self._waiting, []
        if waiting:
            self._verify([one[2] for one in waiting], lambda bad: self._tell(waiting, bad))

    def _verify_here(self, told: list[tuple[int, str, Signature]], bad: list[int]) -> None:
        bad += verify_signatures([one[2] for one in told])
        self._tell(told, bad)

    def _tell(self, told: Sequence[tuple[int, str, Signature]], bad: list[int]) -> None:
        self.good += len(told) - len(bad)
        for place in bad:
            seq, name, _ = told[place]
            self._findings.doubt("signature", seq, name=name)

    def enter(self, seq: int, kind: str, data: Mapping[str, Any], by: Sequence[str], good: bool) -> None:
        """Take note of who is another one after an entry; one that is not rightly signed gives nobody anything."""
        new = self.brought(kind, data)
        if kind == "shop.opened":
            if data["people"][0]["name"] == data["people"][1]["name"] or [one["name"] for one in data["people"]] != by:
                self._findings.add("first_people", seq)
            self.origins.append(data["origin"])
            for one in data["people"]:
                good = self._check_new(seq, one["name"], one["key"]) and good
        elif kind == "operator.enrolled":
            good = self._check_new(seq, data["person"]["name"], data["person"]["key"]) and good
        elif kind == "operator.key_renewed":
            good = self._check_key(seq, data["name"], data["key"]) and good
        elif kind == "log.rolled_back":
            good = self._check_ended(seq, data) and good
        if not good:
            return
        for name, person in new.items():
            self._working[name] = person
            self._names.add(name)
            self._keys.add(person.public)
        if kind in ("operator.role_set", "operator.retired", "operator.resealed", "operator.key_renewed"):
            self._change(seq, kind, data)

    def _change(self, seq: int, kind: str, data: Mapping[str, Any]) -> None:
        name = data["name"]
        there = self._working.get(name)
        if there is None:
            self._findings.unknown("stranger", seq, name=name, kind=kind)
            return
        if kind == "operator.role_set":
            self._working[name] = there._replace(role=data["role"])
        elif kind == "operator.retired":
            del self._working[name]

    def _check_new(self, seq: int, name: str, key: str) -> bool:
        if not _NAME.fullmatch(name):
            self._findings.add("name_form", seq, name=name)
            return False
        if name in self._names:
            self._findings.add("name_taken", seq, name=name)
            return False
        return self._check_key(seq, name, key)

    def _check_key(self, seq: int, name: str, key: str) -> bool:
        try:
            named, public = read_person_key(key)
        except PersonKeyError as wrong:
            self._findings.add(str(wrong), seq, name=name)
            return False
        if named != f"{self.origin}/people/{name}" and not self._findings.began_later:
            self._findings.doubt("key_name", seq, name=name)
            return False
        if public in self._keys:
            self._findings.add("key_taken", seq, name=name)
            return False
        return True

    def _check_ended(self, seq: int, data: Mapping[str, Any]) -> bool:
        after = data["next"]["origin"]
        if data["origin"] != self.origin and self.origins:
            self._findings.add("log_ended", seq, said=data["origin"], was=self.origin)
        elif after in (*self.origins, data["origin"]) or not KEY_NAME.fullmatch(after):
            self._findings.add("log_name", seq, name=after)
        else:
            self.origins.append(after)
            return True
        return False
