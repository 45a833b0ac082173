"""Manifests: what the province says it sends, as JSON or CSV, read whole or refused whole.

Three ways to name the blanks (design: delivery, carton): cartons with first and last serial, a list of serials, or a
count only; with a count the office assigns one serial a piece, ``<delivery>/000001`` and on. A manifest may come
signed: the same JSON, canonical, as a signed note (file ending .note). One of a practice shop's blanks says so:
``"practice": true``.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from printd.custody import sealed_note
from printd.custody.manifest_csv import read_csv
from printd.errors import Refused
from printd.ledger.notes import NoteError
from printd.words.serials import SerialRange, join, parse_range

MAX_BYTES = 8_000_000
MAX_PIECES = 50_000_000


@dataclass(frozen=True)
class Carton:
    """One pack and the serials in it."""

    label: str
    serials: SerialRange


@dataclass(frozen=True)
class Manifest:
    """One delivery as it is announced."""

    delivery: str
    bast_number: str
    bast_date: str
    stock_type: Literal["WNI", "OA"]
    generation: str
    identified_by: Literal["serial", "count"]
    cartons: tuple[Carton, ...]
    serials: tuple[SerialRange, ...]
    sender: str | None = None
    due_back: str | None = None
    unit_value: int | None = None
    seals: tuple[str, ...] = ()
    signed_by: str | None = None
    practice: bool = False

    @property
    def announced(self) -> int:
        """Pieces announced."""
        return sum(len(part) for part in self.serials)


class _Carton(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    carton: Annotated[str, Field(pattern=r"^[A-Za-z0-9./_-]{1,64}$")]
    first: str
    last: str


class _Document(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    delivery: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,40}$")]
    # No control characters, and nothing that a spreadsheet would take for a formula.
    bast_number: Annotated[str, Field(pattern=r"^[\p{L}\p{N}][^\p{C}]{0,99}$")]
    bast_date: Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]
    stock_type: Literal["WNI", "OA"]
    generation: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,32}$")]
    cartons: list[_Carton] | None = None
    serials: list[str] | None = None
    count: Annotated[int, Field(ge=1, le=MAX_PIECES)] | None = None
    sender: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")] | None = None
    due_back: Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")] | None = None
    unit_value: Annotated[int, Field(ge=1, le=10_000_000)] | None = None
    seals: Annotated[list[Annotated[str, Field(pattern=r"^[A-Za-z0-9./_-]{1,64}$")]], Field(max_length=100)] = []
    practice: bool = False

    @model_validator(mode="after")
    def _one_way(self) -> _Document:
        given = [name for name in ("cartons", "serials", "count") if getattr(self, name)]
        if len(given) != 1:
            raise ValueError("needs exactly one of cartons, serials or count")
        date.fromisoformat(self.bast_date)
        if self.due_back is not None and date.fromisoformat(self.due_back) < date.fromisoformat(self.bast_date):
            raise ValueError("due_back is before bast_date")
        return self


def read(content: bytes, *, name: str, keys: Sequence[str] = ()) -> Manifest:
    """Read a manifest; ``name`` decides by its ending (.json, .csv or .note) how.

    :param keys: verifier keys of senders. With any, only a manifest signed by one of them is taken.
    :raises Refused: naming the line or key that is wrong, or what is wrong with the signature.
    """
    if len(content) > MAX_BYTES:
        raise _bad(name, f"It has {len(content)} bytes, more than {MAX_BYTES}.")
    signed_by: str | None = None
    if name.lower().endswith(".note"):
        try:
            content, signed_by = sealed_note.unseal(content, keys)
        except NoteError as wrong:
            raise Refused(
                f"The signature of the manifest {name} does not hold.",
                why=f"{wrong}." if keys else "No key of a sender is configured, so no signature can be checked.",
                consequence="Nothing was announced.",
                remedy="Ask the sender for the manifest again, and compare custody.sender_keys with the key they gave.",
            ) from wrong
    elif keys:
        raise Refused(
            f"The manifest {name} is not signed.",
            why="This office has its senders' keys configured (custody.sender_keys): anybody could have written this.",
            consequence="Nothing was announced.",
            remedy="Ask the sender for the signed manifest, a file that ends in .note.",
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        raise _bad(name, f"It is not UTF-8 text (byte {wrong.start}). Save it as CSV UTF-8.") from wrong
    if name.lower().endswith(".csv"):
        document = _from_csv(text, name)
    elif signed_by or name.lower().endswith(".json"):
        document = _from_json(text, name)
    else:
        raise _bad(name, "Its name ends neither in .json, in .csv nor in .note.")
    try:
        return _manifest(_Document.model_validate(document), signed_by)
    except ValidationError as wrong:
        problems = "; ".join(
            f"{'.'.join(str(part) for part in error['loc']) or 'manifest'}: {error['msg']}" for error in wrong.errors()
        )
        raise _bad(name, f"{problems}.") from wrong


def _bad(name: str, why: str) -> Refused:
    return Refused(
        f"The manifest {name} was refused.",
        why=why,
        consequence="Nothing was announced.",
        remedy="Correct it with the province and announce it again.",
    )


def _twice(names: Iterable[str]) -> str | None:
    """Return the first name that is there more than once."""
    return next((name for name, times in Counter(names).items() if times > 1), None)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError(f"the key {_twice(key for key, _ in pairs)!r} is there twice")
    return result


def _from_json(text: str, name: str) -> Mapping[str, Any]:
    try:
        document = json.loads(text, object_pairs_hook=_unique)
    except (ValueError, RecursionError) as wrong:
        raise _bad(name, f"It is not JSON: {wrong}.") from wrong
    if not isinstance(document, dict):
        raise _bad(name, "It is not a JSON object.")
    return document


def _from_csv(text: str, name: str) -> Mapping[str, Any]:
    try:
        return read_csv(text)
    except ValueError as wrong:
        raise _bad(name, f"{str(wrong).rstrip('.')}.") from wrong


def _manifest(document: _Document, signed_by: str | None) -> Manifest:
    cartons = tuple(Carton(one.carton, parse_range(one.first, one.last)) for one in document.cartons or ())
    twice = _twice(one.label for one in cartons)
    if twice is not None:
        raise Refused(f"Carton {twice} is listed twice.", consequence="Nothing was announced.")
    if document.count is not None:
        serials = [SerialRange(f"{document.delivery}/", max(6, len(str(document.count))), 1, document.count)]
    else:
        serials = [one.serials for one in cartons] or [parse_range(text) for text in document.serials or ()]
    joined = join(serials)
    if sum(len(part) for part in joined) > MAX_PIECES:
        raise Refused(f"The manifest announces more than {MAX_PIECES} pieces.", consequence="Nothing was announced.")
    return Manifest(
        document.delivery,
        document.bast_number,
        document.bast_date,
        document.stock_type,
        document.generation,
        "count" if document.count is not None else "serial",
        cartons,
        tuple(joined),
        document.sender,
        document.due_back,
        document.unit_value,
        tuple(document.seals),
        signed_by,
        document.practice,
    )
