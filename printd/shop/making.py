"""A new shop: folder, configuration, keys, database, first entry and first checkpoint, all of it or nothing."""

from __future__ import annotations

import shutil
from contextlib import ExitStack
from pathlib import Path

from printd import durable
from printd.books.booking import Booking, Clock, utc_now
from printd.books.checkpoints import NOTHING, Known
from printd.errors import ConfigError
from printd.events.shop import ShopOpened
from printd.projections.kinds import PROJECTIONS
from printd.shop import keys
from printd.shop.config import CONFIG_NAME, TEMPLATE, Config, check_origin, load
from printd.shop.folder import SOCKET_NAME, check_socket_path
from printd.shop.shop import Shop, database_url, sign
from printd.shop.vault import Vault
from printd.store import copies, log, making
from printd.store.engine import Store
from printd.store.rows import Connection


def create(
    folder: Path,
    *,
    origin: str,
    name: str = "Dinas Kependudukan dan Pencatatan Sipil Kota Kupang",
    timezone: str = "Asia/Makassar",
    place: str = "KOTA KUPANG",
    database: str = "",
    extra: str = "",
    clock: Clock = utc_now,
) -> None:
    """Make a new shop: folder, configuration, keys, database, first entry and first checkpoint.

    :param database: address of a new, empty PostgreSQL database; none: SQLite in the folder.
    :param extra: more TOML for the configuration file.
    :raises ConfigError: the folder holds something already, or a value is not allowed; nothing is left behind then.
    """
    try:
        there = folder.exists()
        taken = there and any(folder.iterdir())
    except OSError as unusable:
        raise _cannot_make(folder, f"{unusable.strerror}.") from unusable
    if taken:
        raise ConfigError(
            f"{folder} is not empty.", consequence="Nothing was made.", remedy="Choose a new folder for the shop."
        )
    check_origin(origin)
    check_socket_path(folder.absolute() / SOCKET_NAME)  # a shorter way to name the folder need not last
    if any('"' in value or "\\" in value or "\n" in value for value in (name, origin, timezone, place)):
        raise ConfigError("A name must not hold a quotation mark, a backslash or a line break.")
    if database:
        making.check_new(database)
        extra = f'\n[database]\nurl = "{database}"\n{extra}'
    try:
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
    except OSError as refused:
        raise _cannot_make(folder, f"{refused.strerror}.") from refused
    text = TEMPLATE.format(name=name, origin=origin, timezone=timezone, place=place) + extra
    try:
        with ExitStack() as undo:  # whatever was made goes again, unless all of it was
            undo.callback(_clear, folder, itself=not there)
            durable.write(folder / CONFIG_NAME, text.encode())  # the address of the database may hold a password
            _fill(folder, load(folder / CONFIG_NAME), clock, undo)
            Shop.open(folder, clock).close()  # says what else is wrong with the configuration
            durable.sync_folder(folder.parent)
            undo.pop_all()
    except OSError as failed:
        raise _cannot_make(folder, f"{failed.strerror}.") from failed


def _clear(folder: Path, *, itself: bool) -> None:
    """Empty a folder in which making a shop failed.

    :param itself: remove the folder too.
    """
    for made in folder.iterdir():
        shutil.rmtree(made) if made.is_dir() else made.unlink()
    if itself:
        folder.rmdir()


def _fill(folder: Path, config: Config, clock: Clock, undo: ExitStack) -> None:
    """Make keys, spool and database, and write the first entry.

    :param undo: takes what is to be done to a database on a server, should anything fail after it was filled.
    """
    made = keys.create(folder, config.office.origin)
    (folder / config.intake.spool).mkdir(mode=0o700)
    url = database_url(folder, config)

    def fill(connection: Connection) -> None:
        log.start(connection)
        booking = Booking(connection, log.frontier(connection), PROJECTIONS, clock)
        booking.enter(ShopOpened(origin=config.office.origin, log_key=made.log.vkey, key_check=Vault.of(made).check()))
        booking.finish()

    making.make(url, fill)
    if copies.kind_of(url) == "postgresql":
        undo.callback(making.unmake, url)
    store = Store.open(url)
    try:
        sign(folder, store, made.log, Known(base=NOTHING))
    finally:
        store.close()


def _cannot_make(folder: Path, why: str) -> ConfigError:
    return ConfigError(
        f"The folder {folder} cannot be made.",
        why=why,
        consequence="Nothing was made.",
        remedy="Choose a new folder that you may write to, on a disk with room.",
    )
