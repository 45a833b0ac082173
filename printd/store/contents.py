"""What a database holds: nothing, something else, a shop of this version, or one that is damaged."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from printd.errors import ConfigError
from printd.remedies import Do
from printd.store.metadata import metadata
from printd.store.server import called

_VERSION = "alembic_version"
_LOOK = "Correct [database] in printd.toml."


def check_shop(connection: Connection, version: str) -> None:
    """Make sure that a database holds a whole shop of a version; nothing is changed.

    :raises ConfigError: it does not; the message tells what it holds, and each case has a remedy of its own.
    """
    names, name = _names(connection), called(connection.engine.url)
    if not names:
        raise ConfigError(
            f"The database {name} is empty: no shop was ever made in it.",
            consequence="It was not touched.",
            remedy=("The books were lost: restore the newest backup with ", Do("restore"), ".")
            if connection.dialect.name == "sqlite"
            else (
                f"{_LOOK} A new shop is made with ",
                Do("init"),
                ", and lost books come back with ",
                Do("restore"),
                ".",
            ),
        )
    if _VERSION not in names or not names & set(metadata.tables):
        raise ConfigError(
            f"The database {name} holds no shop but something else.",
            why=f"Its tables are: {_few(names)}.",
            consequence="It was not touched.",
            remedy=_LOOK,
        )
    found = connection.execute(sa.text(f"SELECT version_num FROM {_VERSION}")).scalar()  # noqa: S608 - our own name
    if found is not None and found != version:
        raise ConfigError(
            f"The database is of version {found}, this printd needs {version}.",
            consequence="It was not touched.",
            remedy=f"Use the printd that knows version {found}.",
        )
    lost = set(metadata.tables) - names
    if lost or found is None:
        raise ConfigError(
            f"The database {name} is damaged.",
            why=f"Its tables {_few(lost)} are missing." if lost else "It does not say of which version it is.",
            consequence="It was not touched.",
            remedy=(
                "Keep it as it is, call the auditor, and restore the newest backup into a new one: ",
                Do("restore"),
            ),
        )


def check_empty(connection: Connection) -> None:
    """Make sure that a database holds nothing yet; nothing is changed.

    :raises ConfigError: it holds a shop, or something else.
    """
    found = sa.inspect(connection)
    names = _names(connection) | set(found.get_view_names())
    if names:
        shop = _VERSION in names and bool(names & set(metadata.tables))
        raise ConfigError(
            f"The database {called(connection.engine.url)} is not empty: it holds {'a' if shop else 'no'} shop"
            f"{'.' if shop else f', but {_few(names)}.'}",
            consequence="Nothing was made, and it was not touched.",
            remedy="Make a new, empty database for the new shop, and name that.",
        )


def _names(connection: Connection) -> set[str]:
    return set(sa.inspect(connection).get_table_names())


def _few(names: set[str]) -> str:
    """Return some names, and how many more there are."""
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return f"{', '.join(sorted(names)[:5])}{more}"
