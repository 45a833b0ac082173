"""One shop: its folder, configuration, keys, database and books, opened together."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from printd import checkpoints, durable, heads, keys, restored
from printd.books import Booking, Books, Clock, Projection, utc_now
from printd.config import CONFIG_NAME, TEMPLATE, Config, check_origin, load
from printd.custody import projection as custody_projection
from printd.errors import ConfigError
from printd.folder import SOCKET_NAME, check_socket_path
from printd.intake.areas import AreaTable
from printd.intake.vault import Vault
from printd.ledger.entry import Entry, EntryError
from printd.ledger.notes import NoteError, Signer, Verifier
from printd.printing import projection as printing_projection
from printd.store import breaks, copies, log, making
from printd.store.engine import Store, sqlite_url
from printd.store.rows import Connection
from printd.words.moments import office_day
from printd.words.reasons import PRINT_REASONS

PROJECTIONS: Mapping[str, Projection] = {**custody_projection.PROJECTIONS, **printing_projection.PROJECTIONS}


class Shop:
    """An open shop. Make one with :func:`create`, open one with :meth:`open`."""

    def __init__(self, folder: Path, config: Config, shop_keys: keys.Keys, store: Store, clock: Clock) -> None:
        self.folder = folder
        self.config = config
        self.keys = shop_keys
        self.store = store
        self.books = Books(store, PROJECTIONS, clock)
        self.vault = Vault.of(shop_keys)
        self.areas = areas(folder, config)
        self.zone = ZoneInfo(config.office.timezone)
        self.books.barred = restored.bar(store, shop_keys.log.vkey, self.zone)
        _check_senders(config)
        _check_policy(config)
        unknown = sorted(set(config.intake.printable) - set(PRINT_REASONS))
        if unknown:
            raise ConfigError(
                f"intake.printable names unknown reasons: {', '.join(unknown)}.",
                remedy=f"Known are: {', '.join(PRINT_REASONS)}. Correct printd.toml and start again.",
            )

    @classmethod
    def open(cls, folder: Path, clock: Clock = utc_now) -> Shop:
        """Open a shop's folder.

        :raises ConfigError: something in it is missing or wrong; the message says what.
        """
        config = load(folder / CONFIG_NAME)
        shop_keys = keys.load(folder, config.office.origin)
        store = Store.open(database_url(folder, config))
        try:
            shop = cls(folder, config, shop_keys, store, clock)
            shop.check_keys()
        except BaseException:
            store.close()
            raise
        return shop

    def check_keys(self) -> None:
        """Make sure that records and pseudonyms were made with these keys.

        :raises ConfigError: the keys are another shop's, or the database is.
        """
        with self.store.reading() as connection:
            first = log.bodies(connection, [0]).get(0)
            ended = [row["origin"] for row in breaks.generations(connection)]
        if first is None:
            raise ConfigError(
                f"The database {self.store.name} has the tables of a shop and no first entry.",
                consequence="It is no shop's books; nothing is booked or printed.",
                remedy="Keep it as it is, call the auditor, and restore the newest backup: printd restore",
            )
        try:
            told = Entry.from_body(first).data
        except EntryError:
            return  # an altered first entry: audit verify and the start of the daemon say so
        if told.get("key_check") == self.vault.check():
            return
        origin = self.config.office.origin
        if told.get("origin") not in (origin, *ended):
            raise ConfigError(
                f"The database {self.store.name} holds another shop: {told.get('origin')}, and this is {origin}.",
                consequence="It was not touched.",
                remedy="Correct [database] in printd.toml; or, where this folder is the wrong one, name the right one "
                "with --shop.",
            )
        raise ConfigError(
            f"The keys in {self.folder / keys.FOLDER} are not the ones this database was made with.",
            consequence="Records could not be read, and the same record could enter twice.",
            remedy="Restore the keys folder and the database of the same shop.",
        )

    @property
    def spool(self) -> Path:
        """Folder that records are put into."""
        return self.folder / self.config.intake.spool

    def today(self) -> date:
        """Return the office's date."""
        return office_day(self.books.clock(), self.zone)

    def check_start(self, against: Iterable[str] = ()) -> None:
        """Make sure, before the key is used, that this is the newest state that is known of.

        :param against: checkpoints that people hold: files, folders of backups, or ``SIZE:ROOT``.
        :raises IntegrityError: entries were altered or are missing.
        :raises Refused: what people hold is no checkpoint of this log.
        """
        verifier = self.keys.log.verifier
        checkpoints.check_start(self.store, self.keys.log)
        held = [heads.read(text, verifier) for text in against]
        known = heads.known(self.folder, verifier, checkpoints.retired_keys(self.store))
        checkpoints.check_heads(self.store, [*known, *held])

    def sign(self) -> int:
        """Sign the present tree head, and keep it outside the database; return its size."""
        return _sign(self.folder, self.store, self.keys.log)

    def close(self) -> None:
        """Close the database."""
        self.store.close()


def _check_senders(config: Config) -> None:
    for key in config.custody.sender_keys:
        try:
            Verifier.from_vkey(key)
        except NoteError as wrong:
            raise ConfigError(
                f"custody.sender_keys holds {key[:60]!r}, which is no verifier key.",
                why=f"{wrong}.",
                remedy="Copy the key as the sender gave it: name+hhhhhhhh+base64.",
            ) from wrong


def _check_policy(config: Config) -> None:
    named = [reason for one in config.policy.classes for reason in one.reasons]
    wrong = sorted(set(named) - set(PRINT_REASONS))
    twice = sorted(reason for reason, times in Counter(named).items() if times > 1)
    names = [one.name for one in config.policy.classes]
    if wrong or twice or len(set(names)) != len(names):
        raise ConfigError(
            f"policy.classes: unknown reasons: {', '.join(wrong) or 'none'}; reasons in two classes: "
            f"{', '.join(twice) or 'none'}; class names: {', '.join(names)}.",
            remedy="Each reason belongs to one class, each class has a name of its own. "
            f"Known: {', '.join(PRINT_REASONS)}.",
        )


def areas(folder: Path, config: Config) -> AreaTable:
    """Return the configured table of area codes, or the built-in one.

    :raises ConfigError: the configured file cannot be read.
    """
    if not config.intake.areas:
        return AreaTable.builtin()
    path = folder / config.intake.areas
    try:
        return AreaTable.load(path)
    except (OSError, ValueError) as broken:
        raise ConfigError(
            f"The table of area codes {path} cannot be read.",
            why=f"{broken}.",
            remedy="It is a CSV file with the columns code, name and level; correct intake.areas in printd.toml.",
        ) from broken


def database_url(folder: Path, config: Config) -> str:
    """Return the address of the shop's database."""
    return config.database.url or sqlite_url(folder)


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
            _furnish(folder, load(folder / CONFIG_NAME), clock, undo)
            Shop.open(folder, clock).close()  # says what else is wrong with the configuration
            durable.sync_folder(folder.parent)
            undo.pop_all()
    except OSError as failed:
        raise _cannot_make(folder, f"{failed.strerror}.") from failed


def _clear(folder: Path, *, itself: bool) -> None:
    """Take everything out of a folder that was to become a shop."""
    for made in folder.iterdir():
        shutil.rmtree(made) if made.is_dir() else made.unlink()
    if itself:
        folder.rmdir()


def _furnish(folder: Path, config: Config, clock: Clock, undo: ExitStack) -> None:
    """Make keys, spool and database, and write the first entry.

    :param undo: takes what is to be done to a database on a server, should anything fail after it was filled.
    """
    made = keys.create(folder, config.office.origin)
    (folder / config.intake.spool).mkdir(mode=0o700)
    url = database_url(folder, config)

    def fill(connection: Connection) -> None:
        log.start(connection)
        booking = Booking(connection, log.frontier(connection), PROJECTIONS, clock)
        booking.enter(
            "shop.opened",
            {"origin": config.office.origin, "log_key": made.log.vkey, "key_check": Vault.of(made).check()},
        )
        booking.finish()

    making.make(url, fill)
    if copies.kind_of(url) == "postgresql":
        undo.callback(making.unmake, url)
    store = Store.open(url)
    try:
        _sign(folder, store, made.log)
    finally:
        store.close()


def _sign(folder: Path, store: Store, signer: Signer) -> int:
    size = checkpoints.sign_now(store, signer)
    with store.reading() as connection:
        last = log.last_checkpoint(connection)
    if last is not None and last[2] is not None:
        heads.remember(folder, last[2], signer.verifier)
    return size


def _cannot_make(folder: Path, why: str) -> ConfigError:
    return ConfigError(
        f"The folder {folder} cannot be made.",
        why=why,
        consequence="Nothing was made.",
        remedy="Choose a new folder that you may write to, on a disk with room.",
    )
