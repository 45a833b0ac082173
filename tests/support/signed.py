"""Who signed what, from the entries of a log alone: raw JSON and the cryptography library, nothing of printd.

Written from the format (log reference section 17.7), not from what the shop makes of it: what is signed are a label,
the log's name and the entry without its signatures, each key is the one that the entries below give to a name.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator
from typing import Any

import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

_LABEL = b"printd.example/entry-signature/v1"
_UNSIGNED = {"v", "seq", "at", "kind", "by", "data"}
_P = 2**255 - 19
_D = -121665 * pow(121666, -1, _P) % _P


class Signed:
    """What the entries of one log say of its people, each entry having been verified.

    :ivar entries: of the log, read.
    :ivar keys: of those who work there at its end.
    :ivar roles: theirs.
    :ivar printed_by: by attempt, who signed for what its printer prints.
    :ivar loaded_by: by blank, who put it into a hopper last.
    """

    def __init__(self, bodies: Iterable[bytes]) -> None:
        self.entries: list[dict[str, Any]] = []
        self.keys: dict[str, Ed25519PublicKey] = {}
        self.roles: dict[str, str] = {}
        self.printed_by: dict[str, str] = {}
        self.loaded_by: dict[str, str] = {}
        self._blank_of: dict[str, str] = {}
        self._counted: dict[str, dict[str, int]] = {}  # by attempt, the printer's counters just before
        self._says_printed: dict[str, bool] = {}  # of attempts in doubt
        self.signatures = 0
        self._origin = ""
        self._once_here: set[str] = set()
        self._works_for: dict[str, tuple[int, str]] = {}  # who let a printer work last, in which entry
        for body in bodies:
            self.add(body)

    def add(self, body: bytes) -> None:
        """Verify the next entry, and take note of what it says."""
        entry = json.loads(body)
        where = f"entry {entry['seq']}, {entry['kind']}"
        assert rfc8785.dumps(entry) == body, f"{where} is not in canonical form"
        assert set(entry) == (_UNSIGNED | {"sig"} if entry["by"] else _UNSIGNED), f"{where}: its members"
        assert (entry["v"], entry["seq"]) == (2, len(self.entries)), where
        data = entry["data"]
        if entry["kind"] == "shop.opened":
            assert not self.entries, where
            self._origin = data["origin"]
        brought = {one["name"]: self._key(one["name"], one["key"], where) for one in _brought(entry)}
        self._verify(entry, brought, where)
        self._people(entry, brought, where)
        if entry["kind"] == "log.rolled_back":
            self._origin = data["next"]["origin"]
        elif entry["kind"] == "printer.resumed":
            self._works_for[data["printer"]] = entry["seq"], entry["by"][0]
        elif entry["kind"] == "attempt.started":
            assert not entry["by"], f"{where} names somebody"
            seq, name = self._works_for[data["printer"]]
            assert data["resumed"] == seq, f"{where} does not refer to who let {data['printer']} work last"
            assert name in self.keys, f"{where}: {name}, who let {data['printer']} work, works here no more"
            self.printed_by[data["attempt"]] = name
        elif entry["kind"] in ("attempt.unused", "attempt.spoiled") or data.get("quality") == "spoiled":
            alone = self.printed_by[data["attempt"]]
            assert entry["by"] != [alone], f"{where}: {alone} printed it, and alone says what became of it"
        self._hands(entry, where)
        self.entries.append(entry)

    def _hands(self, entry: dict[str, Any], where: str) -> None:
        """Take note of whose hands were on which card, and hold against it who says what became of it."""
        data, by = entry["data"], entry["by"]
        attempt = data.get("attempt", "")
        match entry["kind"]:
            case "blanks.moved" if data["why"] == "load":
                self.loaded_by |= dict.fromkeys((one for part in data["serials"] for one in _serials(*part)), by[0])
            case "attempt.started":
                self._blank_of[attempt], self._counted[attempt] = data["serial"], data["counters"]
            case "attempt.corrected":
                self._blank_of[attempt] = data["actual"]
            case "attempt.in_doubt" | "attempt.evidence":
                told, before = data.get("evidence") or {}, self._counted[attempt]
                panels = told.get("after", {}).get("panels", before.get("panels"))
                says = told.get("rung") in ("engine_done", "left_printer") or panels != before.get("panels", panels)
                in_doubt = entry["kind"] == "attempt.in_doubt" or attempt in self._says_printed
                if in_doubt:
                    self._says_printed[attempt] = self._says_printed.get(attempt, False) or says
            case "attempt.printed" | "attempt.spoiled" | "attempt.unused" if attempt in self._says_printed:
                assert by, f"{where}: nobody looked at a card in doubt"
                if entry["kind"] == "attempt.unused" and self._says_printed[attempt]:
                    assert len(by) == 2, f"{where}: one says so against the evidence"
                    assert data["scanned"] == self._blank_of[attempt], f"{where}: nobody read the blank"
            case "card.checked" if data["quality"] == "good":
                hands = {*by, self.printed_by[attempt], self.loaded_by.get(self._blank_of[attempt], by[0])}
                assert len(hands) > 1, f"{where}: {by[0]} loaded, printed and checks it"

    def _verify(self, entry: dict[str, Any], brought: dict[str, Ed25519PublicKey], where: str) -> None:
        """Verify the signature of each person whom an entry names."""
        names, texts = entry["by"], entry.get("sig", [])
        assert len(names) == len(set(names)) == len(texts), f"{where}: {len(names)} people, {len(texts)} signatures"
        plain = {name: value for name, value in entry.items() if name != "sig"}
        message = b"\n".join((_LABEL, self._origin.encode(), rfc8785.dumps(plain)))
        for name, text in zip(names, texts, strict=True):
            signature = base64.urlsafe_b64decode(f"{text}==")
            assert base64.urlsafe_b64encode(signature).rstrip(b"=").decode() == text, f"{where}: {name}"
            key = brought.get(name) or self.keys.get(name)
            assert key is not None, f"{where}: {name} does not work here"
            try:
                key.verify(signature, message)
            except InvalidSignature as bad:
                raise AssertionError(f"{where}: the signature of {name} is not good") from bad
            self.signatures += 1
        assert set(brought) <= set(names), f"{where}: a key that did not sign its own entry"

    def _people(self, entry: dict[str, Any], brought: dict[str, Ed25519PublicKey], where: str) -> None:
        """Take note of who works here from an entry on."""
        data = entry["data"]
        if entry["kind"] == "operator.key_renewed":
            assert data["name"] in self.keys, where
        elif brought:
            assert not self._once_here & set(brought), f"{where}: a name that was somebody's"
            self.roles |= {one["name"]: one["role"] for one in _brought(entry)}
        self._once_here |= set(brought)
        self.keys |= brought
        if entry["kind"] == "operator.role_set":
            self.roles[data["name"]] = data["role"]
        elif entry["kind"] == "operator.retired":
            del self.keys[data["name"]], self.roles[data["name"]]

    def _key(self, person: str, text: str, where: str) -> Ed25519PublicKey:
        """Read somebody's public key as an entry carries it: name, key ID and 0xff, the label, 32 bytes."""
        name, key_id, coded = text.split("+", 2)
        key = base64.b64decode(coded, validate=True)
        assert name == f"{self._origin}/people/{person}", f"{where}: the key of {person} is named {name}"
        assert base64.b64encode(key).decode() == coded, where
        assert len(key) == 66, where
        assert key[:34] == b"\xff" + _LABEL, f"{where}: no key of a person"
        assert hashlib.sha256(f"{name}\n".encode() + key).hexdigest()[:8] == key_id, f"{where}: another's key ID"
        assert _strong(key[34:]), f"{where}: a key for which anybody can sign"
        return Ed25519PublicKey.from_public_bytes(key[34:])


def _serials(first: str, last: str) -> Iterator[str]:
    """Yield each serial of a range."""
    digits = len(last) - len(last.rstrip("0123456789"))
    for number in range(int(first[-digits:]), int(last[-digits:]) + 1):
        yield f"{first[:-digits]}{number:0{digits}d}"


def _brought(entry: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the people whose keys an entry brings."""
    data = entry["data"]
    match entry["kind"]:
        case "shop.opened":
            return list(data["people"])
        case "operator.enrolled":
            return [data["person"]]
        case "operator.key_renewed":
            return [data]
        case _:
            return []


def _strong(public: bytes) -> bool:
    """Tell whether a point is spelled canonically and is not of small order: eight times it is not the neutral one."""
    y = int.from_bytes(public, "little") & (1 << 255) - 1
    if y >= _P:
        return False
    for _ in range(3):  # twice the point: only the squares of x and y are needed
        yy = y * y % _P
        xx = (yy - 1) * pow(_D * yy + 1, -1, _P) % _P
        y = (yy + xx) * pow(1 - _D * xx * yy, -1, _P) % _P
    return y != 1
