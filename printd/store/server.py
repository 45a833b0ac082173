"""A PostgreSQL server as the place of the books: how its address is written, and why it does not let the shop in.

A server's refusals come as text in the server's language, without a code (libpq keeps none of a connection that was
not made). So the cause is found by asking: whether the server answers at all, and whether it lets the same user in
elsewhere.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from printd.errors import ConfigError
from printd.remedies import Argument, Remedy

_SIGN = r"[^\s\"\\:@/?#]"  # of a part of an address; the signs left out have a meaning in it, or end a text in TOML
_ADDRESS = re.compile(
    rf"postgresql(\+psycopg)?://({_SIGN}+(:{_SIGN}*)?@)?(\[[0-9A-Fa-f:.]+\]|{_SIGN}*)(:(?P<port>[0-9]{{1,5}}))?(/{_SIGN}*)?"
    r"(\?[^\s\"\\#@]*)?"
)
_SECONDS = 5
_LOOK = ("Correct [database] in printd.toml, or what you gave as ", Argument("database"), ".")
_ELSEWHERE = "template1"  # every PostgreSQL has it, and by default every user may enter it


def check_address(url: str) -> None:
    """Make sure that the address of a database can be read; it is not shown, since it may hold a password.

    :raises ConfigError: it cannot.
    """
    if url.startswith("sqlite:"):
        return
    read = _ADDRESS.fullmatch(url)
    twice = any(part.startswith("password=") for part in url.partition("?")[2].split("&"))
    if read is None or twice or not 0 < int(read["port"] or 5432) < 1 << 16:
        raise ConfigError(
            "The address of the database names nothing that can be used.",
            why="It is not written as postgresql://USER:PASSWORD@HOST:PORT/DATABASE.",
            remedy=(
                *_LOOK,
                (
                    " In a password the signs @ : / ? # % and blanks are written %40 %3A %2F %3F %23 %25 %20; "
                    "or leave it out, and let ~/.pgpass hold it."
                ),
            ),
        )


def called(url: sa.URL) -> str:
    """Return what a database is called for people: its name or file, never its password."""
    if url.get_backend_name() == "sqlite":
        return str(url.database)
    port = f":{url.port}" if url.port else ""
    return f"{url.database} on {url.host or 'this machine'}{port}"


def not_let_in(failed: sa.exc.DBAPIError, url: sa.URL) -> ConfigError | None:
    """Return why a connection was not made, where address, user, password or name are wrong; ``None``: another reason.

    :param failed: what the attempt to connect raised.
    :param url: with which it was tried.
    """
    if url.get_backend_name() != "postgresql" or failed.statement or getattr(failed.orig, "sqlstate", None):
        return None
    from psycopg import ProgrammingError, conninfo, pq  # noqa: PLC0415 - an extra, and loaded by whoever connects

    given = url.get_dialect()().create_connect_args(url)[1]
    options = {name: value for name, value in given.items() if name != "context"}  # SQLAlchemy's own
    try:
        asked = conninfo.make_conninfo(**{**options, "connect_timeout": _SECONDS})
        answer = pq.PGconn.ping(asked.encode())
    except ProgrammingError as unknown:
        return _wrong("The address of the database has an option that PostgreSQL does not know.", unknown, _LOOK)
    if answer == pq.Ping.NO_RESPONSE and url.host and not _is_known(url.host):
        return _wrong(f"There is no machine called {url.host}, where the database should be.", failed.orig, _LOOK)
    return _refused(failed.orig, url, options) if answer == pq.Ping.OK else None


def _refused(error: Any, url: sa.URL, options: Mapping[str, Any]) -> ConfigError:
    """Return why a server that answers lets this user not into this database."""
    import psycopg  # noqa: PLC0415

    try:
        with psycopg.connect(**{**options, "dbname": _ELSEWHERE, "connect_timeout": _SECONDS}) as connection:
            there = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [url.database]).fetchone()
    except psycopg.Error:
        connected = getattr(error, "pgconn", None)
        if connected is not None and connected.needs_password:
            return _wrong(
                f"The server of the database {called(url)} wants a password, and none is given.",
                error,
                "Write it into the address (postgresql://USER:PASSWORD@...), or into ~/.pgpass of the shop's user.",
            )
        if connected is not None and connected.used_password:
            return _wrong(
                f"The server of the database {called(url)} refuses the user {url.username} or the password.",
                error,
                (*_LOOK, " What to write for signs such as @ in a password: docs/configuration.md."),
            )
        return _wrong(
            f"The server of the database {called(url)} does not let the user {url.username} in from here.",
            error,
            (*_LOOK, " If they are right, its administrator makes the user, or lets it in (pg_hba.conf)."),
        )
    if there is None:
        return _wrong(
            f"There is no database {called(url)}.",
            error,
            (*_LOOK, f" A new one is made on the server: createdb --owner={url.username or 'USER'} {url.database}"),
        )
    return _wrong(
        f"The user {url.username} may not enter the database {called(url)}.",
        error,
        "Let its administrator grant that, best by making this user its owner.",
    )


def _is_known(host: str) -> bool:
    try:
        return bool(socket.getaddrinfo(host, None))
    except (OSError, UnicodeError):
        return False


def _wrong(what: str, error: object, remedy: Remedy) -> ConfigError:
    said = " ".join(str(error).split()).rstrip(".")
    return ConfigError(what, why=f"{said}.", consequence="It was not touched.", remedy=remedy)
