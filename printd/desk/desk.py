"""What an act at the desk works with: the shop, and the running workshop where there is one."""

from __future__ import annotations

import re
from base64 import b64decode
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Protocol

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from printd.desk.owed import Owed
from printd.errors import Refused
from printd.remedies import ASKED, SAME, Do
from printd.shop.shop import Shop
from printd.store import operators

if TYPE_CHECKING:
    from printd.printing.shown import Live
    from printd.shop.health import Problem

_NIK_LIKE = re.compile(r"(?<![0-9])[0-9]{16}(?![0-9])")

Limit = Annotated[int, Field(ge=1, le=100_000)] | None
"""How many rows of a list are wanted, the first; ``None``: all. A list that may be cut says how many there are."""


class Workshop(Protocol):
    """The running printers, as far as the desk needs them."""

    def wake(self, printer: str | None = None) -> None:
        """Tell one worker, or all, that something changed."""

    def start_worker(self, printer: str) -> None:
        """Start a worker for a printer that was just added."""

    def trace(self, printer: str, *, on: bool) -> None:
        """Note what goes over a printer's wire, or no more."""

    def end_worker(self, printer: str) -> None:
        """End a printer's worker for good."""

    def live(self, printer: str) -> Live | None:
        """Return what a worker does now."""

    def problems(self) -> list[Problem]:
        """Return what is wrong with the shop now."""

    def looked(self) -> tuple[int, int]:
        """Return how many of the log's entries were looked at since the start, and how many were signed then."""


@dataclass
class Desk:
    """One shop with or without its running workshop."""

    shop: Shop
    workshop: Workshop | None = None
    hasher: PasswordHasher = field(default_factory=PasswordHasher)
    owed: list[Owed] = field(default_factory=list)
    """What should have followed the present act and could not; each act has a list of its own."""

    def wake(self, printer: str | None = None) -> None:
        """Tell the workers, if they run, that something changed."""
        if self.workshop is not None:
            self.workshop.wake(printer)


class Person(BaseModel):
    """An operator who acts, with a password where the act needs proof."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: str
    password: SecretStr | None = None


def sent(text: str) -> bytes:
    """Return the bytes of a file that came as base64.

    :raises Refused: it is not base64.
    """
    try:
        return b64decode(text, validate=True)
    except ValueError as broken:
        raise Refused(
            "A file was sent that is not base64.", why=f"{broken}.", consequence="Nothing was changed."
        ) from broken


def known(desk: Desk, name: str) -> str:
    """Return the name of an active operator.

    :raises Refused: nobody of that name works here.
    """
    with desk.shop.store.reading() as connection:
        row = operators.find_operator(connection, name)
    if row is None or not row["active"]:
        raise Refused(
            f"{name!r} is not an active operator of this shop.",
            consequence="Nothing was changed.",
            remedy=("See them with: ", Do("operators.list")),
        )
    return name


def proved(desk: Desk, person: Person) -> str:
    """Return the name of an operator who gave the right password.

    :raises Refused: unknown operator, no password, or a wrong one.
    """
    known(desk, person.name)
    with desk.shop.store.reading() as connection:
        stored = operators.password_hash(connection, person.name)
    try:
        if stored is None or person.password is None:
            raise VerifyMismatchError
        desk.hasher.verify(stored, person.password.get_secret_value())
    except (VerifyMismatchError, InvalidHashError) as wrong:
        raise Refused(
            f"The password of {person.name} is wrong or missing.",
            why=f"This act is signed by {person.name}, with their own password.",
            consequence="Nothing was changed.",
            remedy=(
                "Give it again. A supervisor sets a forgotten one anew: ",
                Do("operators.passwd", name=person.name),
            ),
        ) from wrong
    return person.name


def two_people(desk: Desk, first: Person, second: Person) -> tuple[str, str]:
    """Return the names of two different operators who both gave their passwords (design rule 7).

    :raises Refused: one person twice, or one of them is not who they say.
    """
    if first.name == second.name:
        raise Refused(
            f"{first.name} cannot sign twice.",
            why="This act needs two different people.",
            consequence="Nothing was changed.",
            remedy="Call a colleague.",
        )
    return proved(desk, first), proved(desk, second)


def supervisor(desk: Desk, person: Person) -> str:
    """Return the name of a supervisor who gave the right password.

    :raises Refused: it is nobody's, or not a supervisor's.
    """
    name = proved(desk, person)
    with desk.shop.store.reading() as connection:
        row = operators.find_operator(connection, name)
    if row is None or row["role"] != "supervisor":
        raise Refused(
            f"{name} is not a supervisor.",
            consequence="Nothing was changed.",
            remedy="A supervisor signs this with their own password.",
        )
    return name


def plain(text: str, what: str, limit: int = 200) -> str:
    """Return a note as the log may keep it for ever.

    :raises Refused: it is empty or too long, has control characters, or seems to hold a NIK.
    """
    short = " ".join(text.split())
    if not short or len(short) > limit or not short.isprintable():
        raise Refused(f"The {what} must be 1 to {limit} readable characters.", consequence="Nothing was changed.")
    if _NIK_LIKE.search(short):
        raise Refused(
            f"The {what} holds a number of 16 digits, which may be somebody's NIK.",
            why="The log is kept for ever and holds nothing personal.",
            consequence="Nothing was changed.",
            remedy="Say it without the number.",
        )
    return short


def not_own_spoilage(operator: str, first: str, second: str | None) -> None:
    """Make sure that somebody other than the printing operator answers for a spoiled card (design rule 7).

    :raises Refused: the printing operator would approve their own spoilage.
    """
    if {first, second} - {None} == {operator}:
        raise Refused(
            f"{operator} printed this card and cannot alone approve that it is spoiled.",
            consequence="Nothing was changed.",
            remedy=("A second person looks at the card and signs too: ", Do(SAME, second=ASKED)),
        )
