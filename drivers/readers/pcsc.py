"""The UID of the card at a contactless reader, through PC/SC (pyscard and pcscd; extra ``pcsc``).

The UID is asked for with ``FF CA 00 00 00`` (PC/SC part 3, section 3.2.2.1.3). ISO/IEC 14443-3 lets chips of type A
have 4, 7 or 10 bytes; four bytes that begin with ``08`` are random, new at every power-up. The four bytes of type B
(PUPI) may be random as well, and no byte says so: four bytes are believed after a second reading with the chip powered
up anew. Only readings are repeated here, and no reading moves a card.
"""

from __future__ import annotations

import contextlib
import importlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NoReturn, TypeVar

from drivers.deadline import Deadline
from drivers.errors import (
    AccessError,
    BusyError,
    DriverError,
    GoneError,
    NoReplyError,
    NotFoundError,
    RefusedError,
    UnexpectedReplyError,
)

_GET_UID = (0xFF, 0xCA, 0x00, 0x00)
_LENGTHS = (4, 7, 10)
_RANDOM = 0x08
_LOOK_SECONDS = 0.25  # longest wait for a change before looking again
_SETTLE_SECONDS = 0.05  # a chip that was just refused is not asked at once again
_GRACE_SECONDS = 0.5  # pcscd may need so long after the deadline to say that there is no card
_UNKNOWN_COMMAND = {0x6881, 0x6A81, 0x6A86, 0x6D00, 0x6E00}

_Result = TypeVar("_Result")


@dataclass(frozen=True)
class Uid:
    """What a chip says it is.

    :param value: 4, 7 or 10 bytes.
    :param fixed: it is the same at every reading; otherwise it identifies nothing.
    :param atr: what the reader told of the chip, as bytes.
    """

    value: bytes
    fixed: bool
    atr: bytes

    def __str__(self) -> str:
        return self.value.hex().upper()


def readers(deadline: Deadline) -> tuple[str, ...]:
    """Return the names of all readers, as pcscd numbers them.

    :raises NotFoundError: pyscard is not installed, or pcscd does not run.
    :raises AccessError: this user may not use it.
    """
    return _within(deadline, lambda: _with_context(lambda session: session.readers()))


def await_empty(name: str, deadline: Deadline) -> None:
    """Wait until no card is at a reader.

    :param name: of the reader, whole or without the numbers that pcscd puts behind it.
    :raises UnexpectedReplyError: a card is still there at the deadline.
    :raises NotFoundError: no reader has this name, or several begin with it.
    """
    _within(deadline, lambda: _with_context(lambda session: session.await_empty(session.find(name), deadline)))


def read_uid(name: str, deadline: Deadline) -> Uid:
    """Read the UID of the card at a reader; wait for a card and ask again until the deadline.

    :param name: of the reader, whole or without the numbers that pcscd puts behind it.
    :raises NoReplyError: no chip answered before the deadline.
    :raises NotFoundError: no reader has this name, or several begin with it; pcscd does not run; pyscard is missing.
    :raises GoneError: the reader or pcscd went away, or the reader hangs.
    :raises BusyError: another program held the card until the deadline.
    :raises RefusedError: the reader does not know the question: it is no contactless one.
    :raises UnexpectedReplyError: what came is no UID.
    """
    return _within(deadline, lambda: _with_context(lambda session: session.read(session.find(name), deadline)))


class _AgainError(Exception):
    """A reading failed that may succeed a moment later; ``error`` is raised if it does not."""

    def __init__(self, error: DriverError) -> None:
        super().__init__(str(error))
        self.error = error


class _Session:
    """One PC/SC context; a thin layer that turns return codes into ``drivers.errors``."""

    def __init__(self, scard: Any, context: int) -> None:
        self._scard = scard
        self._context = context

    def readers(self) -> tuple[str, ...]:
        code, names = self._scard.SCardListReaders(self._context, [])
        if code == self._scard.SCARD_E_NO_READERS_AVAILABLE:
            return ()
        self._check(code)
        return tuple(names)

    def find(self, name: str) -> str:
        there = self.readers()
        if name in there:
            return name
        alike = [one for one in there if one.rstrip("0123456789ABCDEF ") == name.rstrip()]
        alike = alike or [one for one in there if one.startswith(name)]
        if len(alike) == 1:
            return alike[0]
        names = ", ".join(repr(one) for one in there) or "none"
        what = f"{len(alike)} card readers begin with {name!r}" if alike else f"There is no card reader {name!r}"
        raise NotFoundError(f"{what}; readers here: {names}", hint="Plug it in, or name it as it is listed")

    def await_empty(self, reader: str, deadline: Deadline) -> None:
        while (state := self._look(reader)) & self._scard.SCARD_STATE_PRESENT:
            if deadline.expired:
                raise UnexpectedReplyError(
                    f"A card is at the reader {reader!r} before one was brought there", hint="Take it away"
                )
            self._wait(reader, state, min(_LOOK_SECONDS, deadline.remaining))

    def read(self, reader: str, deadline: Deadline) -> Uid:
        value, atr = self._persist(reader, deadline)
        fixed = not (len(value) == 4 and value[0] == _RANDOM)
        if fixed and len(value) == 4:
            fixed = self._persist(reader, deadline)[0] == value
        return Uid(value, fixed, atr)

    def _persist(self, reader: str, deadline: Deadline) -> tuple[bytes, bytes]:
        while True:
            try:
                return self._once(reader)
            except _AgainError as failed:
                if deadline.expired:
                    raise failed.error from None
            state = self._look(reader)
            there = state & self._scard.SCARD_STATE_PRESENT
            self._wait(reader, state, min(_SETTLE_SECONDS if there else _LOOK_SECONDS, deadline.remaining))

    def _once(self, reader: str) -> tuple[bytes, bytes]:
        """Power the chip up, ask, power it down."""
        scard = self._scard
        protocols = scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
        code, card, protocol = scard.SCardConnect(self._context, reader, scard.SCARD_SHARE_EXCLUSIVE, protocols)
        self._check(code)
        try:
            code, _, _, _, atr = scard.SCardStatus(card)
            self._check(code)
            data, word = self._ask(card, protocol, 0)
            if word >> 8 == 0x6C:  # the reader names the length that it wants to be asked for
                data, word = self._ask(card, protocol, word & 0xFF)
        finally:
            scard.SCardDisconnect(card, scard.SCARD_UNPOWER_CARD)
        if word == 0x9000 and len(data) in _LENGTHS:
            return data, bytes(atr)
        asked = {"command": "FFCA000000", "reply": f"{len(data)} bytes, {word:04X}"}
        if word in _UNKNOWN_COMMAND:
            raise RefusedError(
                "The reader does not tell a card's UID", hint="Name the contactless reader of the station", **asked
            )
        raise _AgainError(UnexpectedReplyError("What the reader told is no UID", hint="Look at the reader", **asked))

    def _ask(self, card: int, protocol: int, length: int) -> tuple[bytes, int]:
        scard = self._scard
        pci = scard.SCARD_PCI_T0 if protocol == scard.SCARD_PROTOCOL_T0 else scard.SCARD_PCI_T1
        code, reply = scard.SCardTransmit(card, pci, [*_GET_UID, length])
        self._check(code)
        if len(reply) < 2:
            raise _AgainError(UnexpectedReplyError("The reader answered without a status word", command="FFCA000000"))
        return bytes(reply[:-2]), int.from_bytes(bytes(reply[-2:]), "big")

    def _look(self, reader: str) -> int:
        """Return the state of a reader as it is now."""
        code, states = self._scard.SCardGetStatusChange(self._context, 0, [(reader, self._scard.SCARD_STATE_UNAWARE)])
        self._check(code)
        return int(states[0][1])

    def _wait(self, reader: str, state: int, seconds: float) -> None:
        """Wait until a reader's state is no longer this one, or time is up."""
        milliseconds = max(1, int(seconds * 1000))
        known = (reader, state & ~self._scard.SCARD_STATE_CHANGED)
        code, _ = self._scard.SCardGetStatusChange(self._context, milliseconds, [known])
        if code != self._scard.SCARD_E_TIMEOUT:
            self._check(code)

    def _check(self, code: int) -> None:
        if code != self._scard.SCARD_S_SUCCESS:
            _fail(self._scard, code)


def _fail(scard: Any, code: int) -> NoReturn:
    """Raise what a return code of PC/SC means."""
    says = {"reply": str(scard.SCardGetErrorMessage(code)).rstrip(".")}
    if code in (scard.SCARD_E_NO_SERVICE, scard.SCARD_E_SERVICE_STOPPED, scard.SCARD_F_COMM_ERROR):
        raise GoneError("pcscd does not answer", hint="Start pcscd and look at the reader", **says)
    if code in (scard.SCARD_E_READER_UNAVAILABLE, scard.SCARD_E_UNKNOWN_READER):
        raise GoneError("The card reader went away", hint="Plug it in", **says)
    if code == scard.SCARD_W_SECURITY_VIOLATION:
        raise AccessError("This user may not use card readers", hint="Allow it in polkit's rules for pcscd", **says)
    if code == scard.SCARD_E_SHARING_VIOLATION:
        busy = BusyError("Another program holds the card", hint="Stop programs that use the reader", **says)
        raise _AgainError(busy)
    silent = (
        scard.SCARD_E_NO_SMARTCARD,
        scard.SCARD_W_REMOVED_CARD,
        scard.SCARD_W_UNRESPONSIVE_CARD,
        scard.SCARD_W_UNPOWERED_CARD,
        scard.SCARD_W_UNSUPPORTED_CARD,
        scard.SCARD_W_RESET_CARD,
        scard.SCARD_E_NOT_TRANSACTED,
        scard.SCARD_E_PROTO_MISMATCH,
        scard.SCARD_E_INVALID_HANDLE,  # of a card that was taken away meanwhile
    )
    if code in silent:
        raise _AgainError(NoReplyError("No chip answers at the reader", **says))
    raise UnexpectedReplyError(f"The card reader's service answered something unknown (0x{code:08X})", **says)


@contextlib.contextmanager
def _context() -> Iterator[_Session]:
    scard = _scard()
    code, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
    if code == scard.SCARD_E_NO_SERVICE:
        raise NotFoundError("pcscd does not run, so that no card reader can be reached", hint="Start pcscd")
    if code != scard.SCARD_S_SUCCESS:
        _fail(scard, code)
    try:
        yield _Session(scard, context)
    finally:
        scard.SCardReleaseContext(context)


def _with_context(work: Callable[[_Session], _Result]) -> _Result:
    try:
        with _context() as session:
            return work(session)
    except _AgainError as failed:
        raise failed.error from None


def _within(deadline: Deadline, work: Callable[[], _Result]) -> _Result:
    """Do something that may hang inside pcscd or a reader's driver, which know no deadline."""
    done: list[_Result] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            done.append(work())
        except BaseException as error:  # noqa: BLE001 - raised again by whoever waits
            failed.append(error)

    thread = threading.Thread(target=run, name="card reader", daemon=True)
    thread.start()
    thread.join(deadline.remaining + _GRACE_SECONDS)
    if failed:
        raise failed[0]
    if done:
        return done[0]
    raise GoneError("The card reader hangs", hint="Unplug it and plug it in again")


def _scard() -> Any:
    try:
        return importlib.import_module("smartcard.scard")
    except ImportError as missing:
        raise NotFoundError(
            "The package pyscard is not installed, so that no card reader can be reached",
            hint="pip install printd[pcsc]; building it needs libpcsclite-dev, swig and a C compiler",
        ) from missing
