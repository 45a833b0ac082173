"""A printer that is a folder: every card becomes PNG pictures, one a panel and one a side as it would look.

What a shop without hardware prints on, for trying everything out. A card is there whole or not at all, and it is
counted; that is all the evidence there is, and it is good evidence. The pictures of a card are listed in
:mod:`drivers.picture.job` and made in :mod:`drivers.picture.raster`. Notes are at the end of this file.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import json
import os
import secrets
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import unquote, urlsplit

from drivers.deadline import Deadline
from drivers.errors import (
    AccessError,
    AddressError,
    BusyError,
    DriverError,
    GoneError,
    NotFoundError,
    RefusedError,
    UnexpectedReplyError,
)
from drivers.evidence import Attempt, judge
from drivers.family import Family
from drivers.picture.job import MODELS, Model, encode, names
from drivers.printer import (
    Condition,
    Confirmation,
    Counters,
    EncodedCard,
    Identity,
    Outcome,
    Position,
    Reason,
    Rung,
    Severity,
    State,
    Station,
    Status,
)
from drivers.transports.base import Transport

FAMILY = "picture"
BOOK = "printer.json"
"""File of the folder that keeps the printer's serial number and its counters."""

_FORM = "Write picture:/absolute/folder"
_PNG = b"\x89PNG\r\n\x1a\n"
_FREE_BYTES = 32 << 20  # bytes that must be free: some ten cards
_LONGEST = 4096  # bytes of the book
_FILE_MODE, _FOLDER_MODE = 0o600, 0o700  # a card's picture is personal data


class PicturePrinter:
    """One folder; satisfies :class:`drivers.printer.CardPrinter`. Nobody else can open it meanwhile.

    :raises AddressError: the address is not ``picture:/absolute/folder``.
    :raises NotFoundError: there is no such folder.
    :raises AccessError: this user may not write in it.
    :raises BusyError: somebody else prints into it.
    :raises UnexpectedReplyError: its book cannot be read.
    """

    def __init__(self, address: str, model: Model) -> None:
        self.model = model
        self._folder = _folder(address)
        self._attempt = Attempt()
        self._open = -1
        try:
            with _as_driver_errors(self._folder):
                self._open = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
                _lock(self._open, self._folder)
                for unfinished in self._folder.glob(".*.part"):
                    shutil.rmtree(unfinished)
                if not os.path.lexists(self._folder / BOOK):  # a link to nowhere is damage, and no new printer
                    self._make_book()
                self._read_book()
        except DriverError:
            self.close()
            raise

    def identify(self, deadline: Deadline) -> Identity:
        """See the contract. The serial number was drawn by chance when the folder was first used, and stays in it."""
        book = self._read_book()
        return Identity(FAMILY, self.model.name, book["serial_number"], None, {BOOK: json.dumps(book)})

    def status(self, deadline: Deadline) -> Status:
        """See the contract. No card is ever inside: a card is in the folder or nowhere."""
        try:
            book = self._read_book()
            with _as_driver_errors(self._folder):
                found = os.statvfs(self._folder)
        except DriverError as trouble:
            unknown = Condition(Reason.UNKNOWN, Severity.ERROR, str(trouble))
            return Status(State.UNKNOWN, (unknown,), Position.UNKNOWN, {"error": str(trouble)})
        free = found.f_bavail * found.f_frsize
        raw = {BOOK: json.dumps(book), "free": str(free)}
        conditions = []
        if free < _FREE_BYTES:
            conditions.append(Condition(Reason.OUTPUT_AREA_FULL, Severity.ERROR, f"{free >> 20} MB are free"))
        if found.f_flag & os.ST_RDONLY or not os.access(self._folder, os.W_OK):
            conditions.append(Condition(Reason.OTHER, Severity.ERROR, "the folder is read-only"))
        return Status(State.STOPPED if conditions else State.IDLE, tuple(conditions), Position.NONE, raw)

    def counters(self, deadline: Deadline) -> Counters:
        """See the contract. Cards and panels were counted on disk before a card was called done."""
        book = self._read_book()
        return Counters(cards=book["cards"], panels=book["panels"])

    def feed(self, station: Station, deadline: Deadline) -> None:
        """See the contract. :raises RefusedError: always."""
        raise RefusedError(f"A folder has no {station.value} station")

    def print(self, card: EncodedCard, deadline: Deadline) -> None:
        """See the contract. The pictures are durable under the card's number, then they are counted.

        :raises RefusedError: nothing was printed: the disk is full, the folder read-only, the card another driver's.
        :raises GoneError: the disk failed when the card was laid down; whether it is there is not known.
        """
        attempt = self._attempt = Attempt(card=card)
        try:
            self._write_card(card, attempt, deadline)
        except DriverError as failure:
            attempt.failure = failure
            raise

    def confirm(self, before: Counters, card: EncodedCard | None, deadline: Deadline) -> Confirmation:
        """See the contract. Raises nothing."""
        attempt = self._attempt if card is not None and self._attempt.card is card else Attempt()
        try:
            after, position, raw = self.counters(deadline), Position.NONE, {BOOK: json.dumps(self._read_book())}
        except DriverError as trouble:
            after, position, raw = Counters(), Position.UNKNOWN, {"error": str(trouble)}
        if attempt.card is None and after == before and after.cards is not None:
            # Nobody else could write while the folder was locked, and a card that is there has been counted.
            found = "The folder counted no card and holds none that is not counted."
            return Confirmation(Outcome.UNUSED, Rung.NOTHING, position, before, after, "", (found,), raw)
        return judge(attempt, before, after, position, raw=raw)

    def eject(self, deadline: Deadline) -> None:
        """See the contract. :raises RefusedError: always."""
        _no_card()

    def reject(self, deadline: Deadline) -> None:
        """See the contract. :raises RefusedError: always."""
        _no_card()

    def clear(self, deadline: Deadline) -> None:
        """See the contract. There is never a card inside; what was begun and not laid down goes away."""
        with _as_driver_errors(self._folder):
            for unfinished in self._folder.glob(".*.part"):
                shutil.rmtree(unfinished)

    def close(self) -> None:
        """See the contract."""
        if self._open >= 0:
            with contextlib.suppress(OSError):
                os.close(self._open)
            self._open = -1

    def _write_card(self, card: EncodedCard, attempt: Attempt, deadline: Deadline) -> None:
        called = names(card) if 1 <= card.sides <= 2 and card.panels else []
        if len(called) != len(card.commands) or not all(one.startswith(_PNG) for one in card.commands):
            raise RefusedError("This card was not made for the family picture")
        book = self._read_book()
        number = f"{book['cards'] + 1:06d}"
        part = self._folder / f".{number}.part"
        try:
            with _as_driver_errors(self._folder):
                part.mkdir(_FOLDER_MODE)
                for name, picture in zip(called, card.commands, strict=True):
                    if deadline.expired:
                        raise RefusedError("The pictures could not be written in time; nothing was printed")
                    _write(part / name, picture)
                _sync(part)
        except DriverError:
            shutil.rmtree(part, ignore_errors=True)
            raise
        attempt.sent = len(card.commands)
        with _as_driver_errors(self._folder, unprinted=False):
            part.rename(self._folder / number)
            os.fsync(self._open)
            attempt.answered = len(card.commands)
            book |= {"cards": book["cards"] + 1, "panels": book["panels"] + len(card.panels)}
            self._write_book(book)

    def _make_book(self) -> None:
        if any(self._cards()):
            raise UnexpectedReplyError(
                f"{self._folder} holds cards and no {BOOK}: which printer it is and what it counted is lost",
                hint="Put the file back, or use an empty folder as a new printer",
            )
        self._write_book({"serial_number": f"PIC-{secrets.token_hex(5).upper()}", "cards": 0, "panels": 0})

    def _read_book(self) -> dict[str, Any]:
        """Return the book; a card that was laid down when power went is counted now."""
        with _as_driver_errors(self._folder), (self._folder / BOOK).open("rb") as file:
            raw = file.read(_LONGEST)
        try:
            book = json.loads(raw)
            number, cards, laid = book["serial_number"], book["cards"], book["panels"]
        except (ValueError, KeyError, TypeError, RecursionError) as garbage:
            raise self._garbage(raw) from garbage
        whole = isinstance(number, str) and number.isprintable() and 0 < len(number) <= 64
        if not whole or not all(type(one) is int and one >= 0 for one in (cards, laid)):
            raise self._garbage(raw)
        told = {"serial_number": number, "cards": cards, "panels": laid}
        uncounted = self._folder / f"{cards + 1:06d}"
        if uncounted.is_dir():
            panels_of = sum("-" in one.name for one in uncounted.glob("*.png"))
            told |= {"cards": cards + 1, "panels": laid + panels_of}
            with _as_driver_errors(self._folder):
                self._write_book(told)
        return told

    def _write_book(self, book: Mapping[str, Any]) -> None:
        part = self._folder / f".{BOOK}"
        part.unlink(missing_ok=True)
        _write(part, json.dumps(book).encode())
        part.rename(self._folder / BOOK)
        os.fsync(self._open)

    def _cards(self) -> Iterator[Path]:
        return (one for one in self._folder.iterdir() if one.name.isdigit())

    def _garbage(self, raw: bytes) -> UnexpectedReplyError:
        return UnexpectedReplyError(
            f"{self._folder / BOOK} is damaged: which printer this is and what it counted is not known",
            hint="Put back a copy, or use an empty folder as a new printer",
            reply=repr(raw[:60])[2:-1],
        )


def _folder(address: str) -> Path:
    parts = urlsplit(address)
    path = unquote(parts.path)
    if parts.scheme != "picture" or parts.netloc or parts.query or parts.fragment or not path.startswith("/"):
        raise AddressError(f"The printer address {address!r} is not understood", hint=_FORM)
    if "\0" in path:
        raise AddressError(f"The printer address {address!r} is not a folder", hint=_FORM)
    return Path(path)


def _lock(descriptor: int, folder: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as taken:
        raise BusyError(f"Somebody else prints into {folder}", hint="A folder is one printer of one shop") from taken


def _write(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, _FILE_MODE)
    with open(descriptor, "wb") as file:  # noqa: PTH123 - it is open already
        file.write(data)
        file.flush()
        os.fsync(descriptor)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def _as_driver_errors(folder: Path, *, unprinted: bool = True) -> Iterator[None]:
    """Raise what the file system says as one of :mod:`drivers.errors`.

    :param unprinted: whether it is certain that nothing was printed.
    """
    try:
        yield
    except OSError as trouble:
        why = f"({trouble.strerror or trouble})"
        if not unprinted:
            raise GoneError(
                f"The disk failed while a card was laid down in {folder} {why}", hint="Look whether it is there"
            ) from trouble
        match trouble.errno:
            case errno.ENOENT:
                raise NotFoundError(
                    f"There is no folder {folder} {why}", hint=f"Run: mkdir -m 700 {folder}"
                ) from trouble
            case errno.ENOTDIR:
                raise NotFoundError(f"{folder} is no folder {why}", hint=_FORM) from trouble
            case errno.EACCES | errno.EPERM:
                raise AccessError(
                    f"This user may not write in {folder} {why}", hint="Give the folder to it"
                ) from trouble
            case errno.EROFS:
                raise RefusedError(f"{folder} is read-only {why}", hint="Use a folder that can be written") from trouble
            case errno.ENOSPC | errno.EDQUOT:
                raise RefusedError(
                    f"The disk of {folder} is full {why}", hint="Make room; nothing was printed"
                ) from trouble
        raise RefusedError(f"The folder {folder} cannot be used {why}") from trouble


def _no_card() -> NoReturn:
    raise RefusedError("A folder has no card inside that could be moved")


def open_uri(address: str, model: Model, deadline: Deadline) -> PicturePrinter:
    """Open the folder at an address, ``picture:/absolute/folder``."""
    return PicturePrinter(address, model)


def _no_wire(transport: Transport, _model: Model) -> PicturePrinter:
    transport.close()
    raise AddressError("A folder is no wire", hint=_FORM)


DRIVER = Family(name=FAMILY, models=MODELS, encode=encode, connect=_no_wire, open_uri=open_uri, wires=("picture",))

# Protocol notes
#
# Known
# - Order of a card: pictures written and synced in a hidden folder, that renamed to the card's number and synced, then
#   counted. Power lost before the rename leaves no card; lost before the count leaves one that is counted at once.
# - One process at a time: the folder is locked as long as it is open. So a count that did not move is proof.
# - A card's folder carries its number and nothing of the card; it and its pictures are for this user alone.
#
# Seen but unknown
# - Nothing.
#
# Open questions
# - On file systems that do not keep what was synced (some network shares) nothing above holds.
