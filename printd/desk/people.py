"""Acts on sessions: who is logged in where. The log says nothing of them; what is done in them is signed."""

from __future__ import annotations

import re
from typing import Final, TypedDict

from pydantic import SecretStr

from printd.desk.desk import Desk, proved, supervisor
from printd.desk.operators import Named
from printd.desk.proofs import Person, Terminal, unproved
from printd.errors import Refused
from printd.people.sessions import NoSessionError
from printd.remedies import Do

_PIN: Final = re.compile("[0-9]{4,8}", re.ASCII)
"""Shorter than any passphrase, so that what is typed for either is known by its length."""


class LoggedIn(Named):
    """Somebody who has just logged in."""

    token: str
    """What finds the session again; nothing here keeps it."""
    idle_minutes: int
    """After so many minutes without an act it ends."""


class KeyForScript(Named):
    """Somebody's key, opened for a script."""

    origin: str
    seed: str
    """64 hexadecimal digits: whoever reads them signs for this person."""


class LoggedOut(TypedDict):
    """Whose session was ended."""

    name: str | None


class SessionShown(Named):
    """A session: where, since how many seconds, and since how many without an act."""

    terminal: str
    seconds: int
    idle_seconds: int


class Ended(Named):
    """Whose sessions were ended, and how many."""

    sessions: int


def login(desk: Desk, by: Person, pin: SecretStr) -> LoggedIn:
    """Log somebody in at their terminal with their passphrase; the PIN re-opens the session where they are asked.

    :raises Refused: no daemon runs that could keep the session; no or a wrong passphrase; the PIN is none.
    """
    if desk.workshop is None:
        raise Refused(
            "Nobody can log in while the daemon does not run.",
            why="A session lives in its memory and nowhere else.",
            consequence="Nobody was logged in.",
            remedy=("Start it: ", Do("run"), ". Without it each command asks for the passphrase."),
        )
    if not _PIN.fullmatch(pin.get_secret_value()):
        raise Refused("A PIN has 4 to 8 digits, and nothing else.", consequence="Nobody was logged in.")
    if by.passphrase is None:  # a session does not make another one
        raise unproved(by.name)
    key = desk.logins.by_passphrase(desk.shop, by.name, by.passphrase.get_secret_value(), by.terminal)
    token = desk.logins.sessions.open(by.name, by.terminal, key, pin.get_secret_value())
    return {"name": by.name, "token": token, "idle_minutes": round(desk.logins.idle_seconds / 60)}


def for_script(desk: Desk, by: Person) -> KeyForScript:
    """Hand somebody's opened key to themselves, for a script that acts under their name.

    :raises Refused: no or a wrong passphrase.
    """
    if by.passphrase is None:
        raise unproved(by.name)
    key = desk.logins.by_passphrase(desk.shop, by.name, by.passphrase.get_secret_value(), by.terminal)
    return {"name": by.name, "origin": desk.shop.config.office.origin, "seed": key.seed.hex()}


def logout(desk: Desk, session: SecretStr) -> LoggedOut:
    """End a session by its token, and say whose it was; nobody's, where it is over already."""
    sessions, token = desk.logins.sessions, session.get_secret_value()
    try:
        name = sessions.by_token(token).person
    except NoSessionError:
        return {"name": None}
    sessions.end(token)
    return {"name": name}


def list_(desk: Desk) -> list[SessionShown]:
    """Return who is logged in where."""
    return [
        {
            "name": one.person,
            "terminal": one.terminal,
            "seconds": int(one.age_seconds),
            "idle_seconds": int(one.idle_seconds),
        }
        for one in desk.logins.sessions.listed()
    ]


def end(desk: Desk, name: str, by: Person, terminal: Terminal | None = None) -> Ended:
    """End somebody's sessions: one's own, or as a supervisor anybody's.

    :param terminal: where; ``None``: everywhere.
    :raises Refused: another's, and not by a supervisor.
    """
    if by.name == name:
        proved(desk, by)
    else:
        supervisor(desk, by)
    sessions = desk.logins.sessions
    ended = [one for one in sessions.listed() if one.person == name and terminal in (None, one.terminal)]
    for one in ended:
        sessions.end_at(name, one.terminal)
    return {"name": name, "sessions": len(ended)}
