"""How somebody who acts proves it: what opens their key, for this one act."""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Annotated

from pydantic import BaseModel, ConfigDict, SecretStr, StringConstraints

from printd.books.booking import Books
from printd.errors import Refused
from printd.events.logins import LoginFailed
from printd.ledger.signatures import EntrySigner, SignatureError, SigningKey, person_key_name, read_vkey
from printd.people import recovery_codes
from printd.people.guessing import Guessing, TooSoonError
from printd.people.sealed_key import (
    ForeignKeyError,
    Owner,
    SealedKey,
    SealedKeyError,
    WrongSecretError,
    open_nothing,
    open_with_passphrase,
    open_with_recovery,
)
from printd.people.sessions import IDLE_SECONDS, NoSessionError, PinEndedError, Session, Sessions, WrongPinError
from printd.remedies import Do
from printd.shop.shop import Shop
from printd.store import operators
from printd.store.tables.operators import OperatorRow

Terminal = Annotated[str, StringConstraints(pattern=r"^[!-~]{0,40}$")]
"""Where somebody sits, as their door names it: ``pts/3``. Shown to people, never logged."""


class Person(BaseModel):
    """Somebody who acts, with one proof that it is them.

    :param name: login name.
    :param passphrase: opens their sealed key.
    :param session: token of their session at a terminal.
    :param pin: opens a session of theirs that is there already.
    :param seed: their key itself, from a session file for scripts: 64 hexadecimal digits.
    :param terminal: where the proof was given.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)
    name: str
    passphrase: SecretStr | None = None
    session: SecretStr | None = None
    pin: SecretStr | None = None
    seed: SecretStr | None = None
    terminal: Terminal = ""


class ScriptKey:
    """A key that lay in a session file for scripts: nobody typed anything for it."""

    def __init__(self, key: SigningKey) -> None:
        self._key = key
        self.public = key.public

    def sign(self, message: bytes) -> bytes:
        """Return the person's signature over a message."""
        return self._key.sign(message)


class _SessionKey:
    """The key of a session, for one act: where the session ends meanwhile, the act is refused."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.public = session.public

    def sign(self, message: bytes) -> bytes:
        """Return the person's signature over a message.

        :raises Refused: the session has ended.
        """
        try:
            return self._session.sign(message)
        except NoSessionError as ended:
            raise session_ended(self._session.person) from ended


def _since_boot() -> float:
    """Return seconds that go on while the machine sleeps."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


class Logins:
    """Who is logged in where, and how often somebody guessed: in the memory of this process.

    :param clock: seconds that never go back.
    :param idle_seconds: after so long without use a session ends.
    """

    def __init__(self, clock: Callable[[], float] = _since_boot, idle_seconds: float = IDLE_SECONDS) -> None:
        self.sessions = Sessions(clock, idle_seconds)
        self.idle_seconds = idle_seconds
        self._guessing = Guessing(clock)
        self._lock = Lock()
        self._failed: Counter[str] = Counter()
        self._failed_unknown = 0

    def open(self, shop: Shop, person: Person) -> EntrySigner:
        """Return the key of somebody who works here and proved it.

        :raises Refused: nobody of that name works here, there is no proof, or a wrong one: which of them is not told.
        """
        if person.passphrase is not None:
            return self.by_passphrase(shop, person.name, person.passphrase.get_secret_value(), person.terminal)
        if person.session is not None:
            return self._by_session(shop, person.name, person.session.get_secret_value())
        if person.pin is not None:
            return self._by_pin(shop, person.name, person.pin.get_secret_value(), person.terminal)
        if person.seed is not None:
            return ScriptKey(_by_seed(shop, person.name, person.seed.get_secret_value()))
        raise unproved(person.name)

    def by_passphrase(self, shop: Shop, name: str, passphrase: str, terminal: str) -> SigningKey:
        """Return somebody's key: a wrong passphrase and a name that is nobody's look and last the same.

        :raises Refused: nobody of that name works here, the passphrase is wrong, or it is too soon to try again.
        """
        with self._guess(shop, name, terminal) as row:
            if row is None:
                open_nothing(passphrase, shop.key_cost)
            return open_with_passphrase(_sealed(shop, row), owner_of(row), passphrase)

    def by_recovery(self, shop: Shop, name: str, code: str, terminal: str) -> SigningKey:
        """Return somebody's key by their recovery code.

        :raises Refused: the code is mistyped, whoever is named; nobody of that name works here, it is another code, or
            it is too soon to try again.
        """
        try:
            recovery_codes.read_code(code)
        except recovery_codes.MistypedCodeError as mistyped:
            raise Refused(
                "That is no recovery code.",
                why=f"{mistyped}.",
                consequence="Nothing was changed.",
                remedy="Type it again.",
            ) from mistyped
        with self._guess(shop, name, terminal) as row:
            if row is None:
                open_nothing(code, shop.key_cost)
            return open_with_recovery(_sealed(shop, row), owner_of(row), code)

    def enter_failures(self, books: Books) -> None:
        """Enter how often somebody failed to prove who they are since the last time, if anybody did.

        :raises PrintdError: nothing can be booked now; they are told next time.
        """
        with self._lock:
            if (fresh := self._guessing.drain()) is not None:
                self._failed.update(fresh.people)
                self._failed_unknown += fresh.unknown
            if self._failed or self._failed_unknown:
                books.enter(LoginFailed(names=dict(sorted(self._failed.items())), unknown=self._failed_unknown))
            self._failed.clear()
            self._failed_unknown = 0

    def _by_session(self, shop: Shop, name: str, token: str) -> EntrySigner:
        try:
            session = self.sessions.by_token(token)
        except NoSessionError as ended:
            raise session_ended(name) from ended
        if session.person != name:
            raise unproved(name)
        return self._still(_working(shop, name), session)

    def _by_pin(self, shop: Shop, name: str, pin: str, terminal: str) -> EntrySigner:
        with self._guess(shop, name, terminal) as row:
            try:
                session = self.sessions.by_pin(name, pin)
            except (WrongPinError, PinEndedError) as wrong:
                raise WrongSecretError from wrong
            except NoSessionError as nowhere:
                raise unproved(name) from nowhere
        return self._still(row, session)

    def _still(self, row: OperatorRow | None, session: Session) -> EntrySigner:
        """Return the key of a session whose person still works here with this key.

        :param row: who works here under the session's name; ``None``: nobody.
        :raises Refused: they do not; all their sessions end.
        """
        if row is None or owner_of(row).public != session.public:
            self.sessions.end_person(session.person)
            raise session_ended(session.person)
        return _SessionKey(session)

    @contextmanager
    def _guess(self, shop: Shop, name: str, terminal: str) -> Iterator[OperatorRow | None]:
        """Try a secret of somebody inside this; a wrong one is counted, and told as it is told of a name of nobody.

        :returns: who it is; ``None``: nobody of that name works here.
        :raises Refused: the secret is wrong, or it is too soon to try.
        """
        row = _working(shop, name)
        try:
            with self._guessing.guess(name, terminal, known=row is not None):
                yield row
        except TooSoonError as soon:
            raise Refused(
                "That was tried too often.",
                why="After some wrong tries nobody is asked again at once, whatever the name.",
                consequence="Nothing was tried and nothing was changed.",
                remedy=f"Wait {math.ceil(soon.seconds)} seconds, then give it again.",
            ) from soon
        except WrongSecretError as wrong:
            if isinstance(pin := wrong.__cause__, WrongPinError):
                raise _wrong_pin(name, pin.left) from wrong
            raise (_pin_ended(name) if isinstance(pin, PinEndedError) else unproved(name)) from wrong
        except ForeignKeyError as foreign:
            raise _exchanged(name) from foreign


def unproved(name: str) -> Refused:
    """Return the one refusal for a wrong proof, none, and a name that is nobody's."""
    return Refused(
        f"{name} did not prove who they are.",
        why="Whoever acts signs, with a key that only their own passphrase opens.",
        consequence="Nothing was changed.",
        remedy=(
            "Log in (",
            _login(name),
            ") or give the passphrase again. Those who work here: ",
            Do("operators.list"),
        ),
    )


def session_ended(name: str) -> Refused:
    """Return the refusal of a session that is there no more."""
    return Refused(
        f"{name} is not logged in here any more.",
        why="A session ends when it is not used for some time, when the daemon stops, and when a person gets another "
        "passphrase or key or works here no more.",
        consequence="Nothing was changed.",
        remedy=("Log in again: ", _login(name)),
    )


def _wrong_pin(name: str, left: int) -> Refused:
    return Refused(
        f"That is not the PIN of {name}.",
        why=f"It is none that they chose at a terminal; {left} more tries.",
        consequence="Nothing was changed.",
        remedy="Give it again, or the passphrase.",
    )


def _pin_ended(name: str) -> Refused:
    return Refused(
        f"The PIN of {name} works no more.",
        why="It was given wrongly too often.",
        consequence="Nothing was changed.",
        remedy=("Give the passphrase; the PIN works again when they log in with it: ", _login(name)),
    )


def _login(name: str) -> Do:
    return Do("people.login", by=name)


def _by_seed(shop: Shop, name: str, seed: str) -> SigningKey:
    row = _working(shop, name)
    try:
        key = SigningKey(bytes.fromhex(seed))
    except (ValueError, SignatureError) as broken:
        raise unproved(name) from broken
    if row is None or key.public != owner_of(row).public:
        raise unproved(name)
    return key


def _working(shop: Shop, name: str) -> OperatorRow | None:
    with shop.store.reading() as connection:
        row = operators.find_operator(connection, name)
    return row if row is not None and row["active"] else None


def owner_of(row: OperatorRow) -> Owner:
    """Return whose sealed key it is, as the log enrolled them.

    :raises Refused: what the database has in the place of their public key is none.
    """
    try:
        named, public = read_vkey(row["key"])
    except SignatureError as altered:
        raise _exchanged(row["name"]) from altered
    return Owner(row["name"], named.removesuffix(person_key_name("", row["name"])), public)


def _sealed(shop: Shop, row: OperatorRow) -> SealedKey:
    """Return somebody's sealed key, once it is sure that it is the one their last entry names.

    :raises Refused: another lies in its place: an older one, or a stranger's.
    """
    with shop.store.reading() as connection:
        stored = operators.sealed_key(connection, row["name"])
    try:
        sealed = SealedKey.from_body((stored or "").encode(), allow_cheap=shop.practice)
    except SealedKeyError as broken:
        raise _exchanged(row["name"]) from broken
    if sealed.digest != row["sealed"]:
        raise _exchanged(row["name"])
    return sealed


def _exchanged(name: str) -> Refused:
    return Refused(
        f"The sealed key of {name} is not the one that the log names.",
        why="It was exchanged or altered in the database.",
        consequence="It opens nothing; nothing was changed.",
        remedy="Call the auditor. They get a new key: two people enrol it.",
    )
