"""Who is logged in where: opened keys in the memory of one process, each for one person at one terminal.

A session is opened by whoever has opened the key with the passphrase; nothing here knows passphrases. It is found again
by its token, or, where the person is asked beside somebody else, by the PIN that they chose for that terminal. When it
ends, its key is let go, and whoever still holds the session can sign nothing with it. Python cannot wipe the bytes:
they are gone when the process is.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from threading import Lock
from typing import Final

from printd.errors import Refused
from printd.ledger.signatures import EntrySigner

IDLE_SECONDS: Final = 600.0
"""How long an unused session lives, where nothing else is configured."""

PIN_TRIES: Final = 5
"""Wrong PINs of a person, counted over all their sessions since they last gave the passphrase."""

_TOKEN: Final = 32
_PIN: Final = re.compile(r"[0-9]{4,12}", re.ASCII)


class NoSessionError(Exception):
    """There is no such session, or it has ended: the passphrase is wanted."""


class WrongPinError(Exception):
    """Not the PIN of any session of this person; `left` more tries."""

    def __init__(self, left: int) -> None:
        super().__init__()
        self.left = left


class PinEndedError(Exception):
    """Too many wrong PINs: this person's PIN works no more until they log in with the passphrase."""


class Session:
    """A person logged in at a terminal; it signs for them until it ends."""

    __slots__ = ("_key", "person", "public", "terminal")

    def __init__(self, person: str, terminal: str, key: EntrySigner) -> None:
        self.person = person
        self.terminal = terminal
        self.public = key.public
        self._key: EntrySigner | None = key

    def sign(self, message: bytes) -> bytes:
        """Return the person's signature over a message.

        :raises NoSessionError: the session has ended.
        """
        key = self._key
        if key is None:
            raise NoSessionError
        return key.sign(message)

    def end(self) -> None:
        """Let the key go, for good; :class:`Sessions` does this for those that it ends."""
        self._key = None


@dataclass(frozen=True)
class LoggedIn:
    """A line of the list of sessions: how many seconds ago it was opened, and last used."""

    person: str
    terminal: str
    age_seconds: float
    idle_seconds: float


@dataclass
class _Held:
    session: Session
    pin: bytes | None
    opened: float
    used: float


class Sessions:
    """The sessions of a process; threads may share it.

    :param clock: seconds that never go back; they should go on while the machine sleeps (``CLOCK_BOOTTIME``), or
        a session is still there when its lid is opened.
    :param idle_seconds: after so long without use a session ends.
    """

    def __init__(self, clock: Callable[[], float], idle_seconds: float = IDLE_SECONDS) -> None:
        self._clock = clock
        self._idle_seconds = idle_seconds
        self._pin_key = secrets.token_bytes(32)  # what is kept of a PIN is worth nothing without this process
        self._lock = Lock()
        self._held: dict[bytes, _Held] = {}
        self._wrong_pins: dict[str, int] = {}

    def open(self, person: str, terminal: str, key: EntrySigner, pin: str | None = None) -> str:
        """Log a person in whose passphrase has just opened `key`, and return the token, which nothing keeps.

        Their former session at this terminal ends; their PIN works again, if it had stopped.

        :param pin: what re-opens the session; None where nothing but the token does.
        :raises Refused: the PIN is not of 4 to 12 digits.
        """
        if pin is not None and not _PIN.fullmatch(pin):
            raise Refused("A PIN has 4 to 12 digits, and nothing else.", consequence="Nobody was logged in.")
        token = secrets.token_urlsafe(_TOKEN)
        name, now = _digest(token), self._clock()
        held = _Held(Session(person, terminal, key), None if pin is None else self._pin_digest(name, pin), now, now)
        with self._lock:
            self._end(self._at(person, terminal))
            self._held[name] = held
            self._wrong_pins.pop(person, None)
        return token

    def by_token(self, token: str) -> Session:
        """Return the session of a token, and count this as its use.

        :raises NoSessionError: there is none, or it has ended.
        """
        with self._lock:
            held = self._live().get(_digest(token))
            if held is None:
                raise NoSessionError
            held.used = self._clock()
            return held.session

    def by_pin(self, person: str, pin: str) -> Session:
        """Return a session of this person that was opened with this PIN, at whatever terminal, and count its use.

        :raises NoSessionError: they are not logged in with a PIN anywhere.
        :raises PinEndedError: there were five wrong ones, this one perhaps the fifth.
        :raises WrongPinError: it is none of theirs.
        """
        with self._lock:
            mine = [(name, held) for name, held in self._live().items() if held.session.person == person and held.pin]
            if not mine:
                raise NoSessionError
            if self._wrong_pins.get(person, 0) >= PIN_TRIES:
                raise PinEndedError
            fitting = [held for name, held in mine if self._fits(name, held, pin)]
            if not fitting:
                wrong = self._wrong_pins[person] = self._wrong_pins.get(person, 0) + 1
                raise WrongPinError(PIN_TRIES - wrong) if wrong < PIN_TRIES else PinEndedError
            fitting[0].used = self._clock()
            return fitting[0].session

    def end(self, token: str) -> None:
        """End the session of a token, if there is one."""
        with self._lock:
            self._end([_digest(token)])

    def end_at(self, person: str, terminal: str) -> None:
        """End a person's session at a terminal, if there is one."""
        with self._lock:
            self._end(self._at(person, terminal))

    def end_person(self, person: str) -> None:
        """End all sessions of a person: they retired, or have a new passphrase or key."""
        with self._lock:
            self._end([name for name, held in self._held.items() if held.session.person == person])
            self._wrong_pins.pop(person, None)

    def end_all(self) -> None:
        """End every session: the process stops."""
        with self._lock:
            self._end(list(self._held))
            self._wrong_pins.clear()

    def end_idle(self) -> None:
        """End what was not used for too long; every question does so too, but perhaps nobody asks."""
        with self._lock:
            self._live()

    def listed(self) -> list[LoggedIn]:
        """Return who is logged in where, by name and terminal; this is no use of their sessions."""
        with self._lock:
            live, now = self._live().values(), self._clock()
            rows = [
                LoggedIn(held.session.person, held.session.terminal, now - held.opened, now - held.used)
                for held in live
            ]
        return sorted(rows, key=lambda row: (row.person, row.terminal))

    def _live(self) -> dict[bytes, _Held]:
        now = self._clock()
        self._end([name for name, held in self._held.items() if now - held.used >= self._idle_seconds])
        return self._held

    def _at(self, person: str, terminal: str) -> list[bytes]:
        return [
            name
            for name, held in self._held.items()
            if (held.session.person, held.session.terminal) == (person, terminal)
        ]

    def _end(self, names: Iterable[bytes]) -> None:
        for name in names:
            held = self._held.pop(name, None)
            if held is not None:
                held.session.end()

    def _fits(self, name: bytes, held: _Held, pin: str) -> bool:
        return held.pin is not None and hmac.compare_digest(held.pin, self._pin_digest(name, pin))

    def _pin_digest(self, name: bytes, pin: str) -> bytes:
        return hmac.digest(self._pin_key, name + _bytes(pin), "sha256")


def _digest(token: str) -> bytes:
    return hashlib.sha256(_bytes(token)).digest()


def _bytes(typed: str) -> bytes:
    return typed.encode("utf-8", "surrogatepass")  # whatever was typed is looked for, and not found
