"""A new shop's tables with its first rows: made in an empty database in one transaction, wholly or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from printd.errors import ConfigError
from printd.remedies import ASKED, SAME, Do
from printd.store import copies
from printd.store.contents import check_empty
from printd.store.engine import engine_of, upgrade
from printd.store.server import called, not_let_in

_MAKING = 0x7072_696E_7464  # "printd": two that make a shop in one database at a time wait for each other
_FORBIDDEN = "42501"  # SQLSTATE insufficient_privilege (PostgreSQL's manual, appendix A)


def check_new(url: str) -> None:
    """Make sure that a shop can be made in a PostgreSQL database; nothing is changed.

    :raises ConfigError: its address is wrong, it cannot be reached, or it is not empty.
    """
    if not url.startswith("postgresql"):
        raise ConfigError(
            "Only a PostgreSQL database can be named for a new shop.",
            consequence="Nothing was made.",
            remedy=("Write ", Do(SAME, database=ASKED), ", or leave it out: the books lie in the shop's folder then."),
        )
    with _begun(url):
        pass


def make(url: str, fill: Callable[[Connection], None]) -> None:
    """Make the tables of a shop in an empty database and fill them.

    :raises ConfigError: it cannot be reached, is not empty, or lets its user make no tables.
    """
    with _begun(url) as connection:
        upgrade(connection)
        fill(connection)


def unmake(url: str) -> None:
    """Take a shop out of the PostgreSQL database again that it was just made in.

    :raises ConfigError: the database does not let it be taken out.
    """
    try:
        copies.clear(url)
    except sa.exc.DBAPIError as failed:
        raise ConfigError(
            f"The database {called(sa.make_url(url))} holds a shop that was not finished.",
            why=f"{_first_line(failed)}.",
            remedy="Drop that database, make it anew, and repeat.",
        ) from failed


@contextmanager
def _begun(url: str) -> Iterator[Connection]:
    """Give a transaction on an empty database; it commits at the end, or nothing of it ever happened."""
    engine = engine_of(url, new=True)
    try:
        with engine.connect() as connection, connection.begin():
            if engine.dialect.name == "postgresql":
                connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MAKING})
                _check_name(engine.url)
            check_empty(connection)
            yield connection
    except sa.exc.DBAPIError as failed:
        raise not_let_in(failed, engine.url) or _cannot_make(failed, engine.url) from failed
    finally:
        engine.dispose()


def _check_name(url: sa.URL) -> None:
    if not url.database:
        raise ConfigError(
            "The address names no database.",
            consequence="Nothing was made.",
            remedy="Write its name at the end: postgresql://USER@HOST/DATABASE",
        )


def _cannot_make(failed: sa.exc.DBAPIError, url: sa.URL) -> ConfigError:
    if url.get_backend_name() == "sqlite":
        remedy = "See that the disk has room and that you may write there; then repeat."
    elif getattr(failed.orig, "sqlstate", None) == _FORBIDDEN:
        remedy = f"Let the user {url.username} own that database: ALTER DATABASE ... OWNER TO ..."
    else:
        remedy = "See that the server runs, takes connections and has room; then repeat."
    return ConfigError(
        f"No shop can be made in the database {called(url)}.",
        why=f"{_first_line(failed)}.",
        consequence="Nothing was made.",
        remedy=remedy,
    )


def _first_line(failed: sa.exc.DBAPIError) -> str:
    return next(iter(str(failed.orig).strip().splitlines()), type(failed.orig).__name__).rstrip(".")
