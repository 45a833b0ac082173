"""What the shop runs under now, and whether the log says so.

The first entry tells what the shop was made with, and those who made it answer for it. Each start (the daemon's, and
that of a command without it) compares; what it finds changed it enters by itself (``shop.configured``), which pauses
the printers, and two people answer for it (``configuration.accepted``) before any of them goes on. The printing policy
is a part of it, told whole, and so are the hours within which incidents are reported: what applies is always what
printd.toml says (:mod:`printd.printing.policy`), and the log tells when that was something else.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from importlib.metadata import version
from importlib.resources import files

from printd.errors import ConfigError
from printd.events.configuration import Configuration, ShopConfigured
from printd.events.policy import PolicyContent
from printd.shop.config import Config
from printd.shop.shop import Shop
from printd.store import configuration
from printd.store.rows import Connection
from printd.store.tables.configuration import ConfigurationRow


def of(config: Config) -> Configuration:
    """Return what a shop with this configuration runs under now.

    :raises ConfigError: there is no such layout.
    """
    settings = config.model_dump(mode="json", exclude={"database": True, "office": {"origin"}})
    return Configuration(
        office=config.office.name,
        timezone=config.office.timezone,
        version=version("printd"),
        layout=config.printing.layout,
        layout_digest=_layout(config.printing.layout),
        senders=tuple(sorted(_digest(key.encode()) for key in config.custody.sender_keys)),
        settings=_digest(json.dumps(settings, sort_keys=True, ensure_ascii=False).encode()),
        policy=PolicyContent.model_validate(config.policy.model_dump(mode="json")),
        report_hours=config.incidents.report_hours,
    )


def read(row: ConfigurationRow) -> Configuration:
    """Return what a row of the table tells."""
    return Configuration.model_validate_json(row["content"])


def changed(before: Configuration | None, after: Configuration) -> list[str]:
    """Return the names of what differs, in the log's words; all of it where nothing was known before."""
    return [
        name for name in Configuration.model_fields if before is None or getattr(before, name) != getattr(after, name)
    ]


def enter(shop: Shop) -> bool:
    """Enter what the shop runs under now, where the log says something else; tell whether it did.

    :raises Refused: books that may not be written to now.
    :raises StorageError: the database cannot be.
    """
    now = of(shop.config)
    with shop.store.reading() as connection:
        if last_is(connection, now):
            return False
    with shop.books.booking() as booking:
        if last_is(booking.connection, now):  # another command was as quick
            return False
        booking.enter(ShopConfigured(configuration=now))
    return True


def last_is(connection: Connection, now: Configuration) -> bool:
    """Tell whether the log says that the shop runs under this."""
    last = configuration.last_configuration(connection)
    return last is not None and read(last) == now


@cache
def _layout(name: str) -> str:
    """Return the digest of a layout's file, as this process found it first: a layout is read once."""
    file = files("layouts").joinpath("ktp_el", f"{name}.toml")
    try:
        content = file.read_bytes()
    except (OSError, ValueError) as missing:
        raise ConfigError(
            f"printing.layout names {name[:60]!r}, and there is no such layout.",
            remedy="Correct printd.toml and start again.",
        ) from missing
    return _digest(content)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
