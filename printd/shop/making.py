"""A new shop: folder, configuration, keys, database, first entry and first checkpoint, all of it or nothing."""

from __future__ import annotations

import shutil
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from printd import durable
from printd.books.booking import Booking, Clock, utc_now
from printd.books.checkpoints import NOTHING, Known
from printd.errors import ConfigError
from printd.events.operators import Enrolled
from printd.events.shop import ShopOpened
from printd.people.enrolment import NewKey, new_key
from printd.people.stretching import CHEAP, RECOMMENDED
from printd.projections.kinds import PROJECTIONS
from printd.shop import configured, keys
from printd.shop.config import CONFIG_NAME, TEMPLATE, Config, check_origin, load
from printd.shop.folder import SOCKET_NAME, check_socket_path
from printd.shop.shop import Shop, database_url, sign
from printd.shop.vault import Vault
from printd.store import copies, log, making, operators
from printd.store.engine import Store
from printd.store.rows import Connection
from printd.words.roles import Role


@dataclass(frozen=True)
class Founder:
    """One of the first two people of a shop.

    :param name: login name; it stands in the log for ever.
    :param passphrase: opens their key from now on.
    :param legal_name: in full, as papers carry it.
    :param nip: number of a civil servant, where they have one.
    :param position: office (*jabatan*), as papers carry it; ``rank``: *pangkat/golongan*.
    """

    name: str
    role: Role
    passphrase: SecretStr
    legal_name: str
    nip: str | None = None
    position: str = ""
    rank: str = ""

    def enrolled(self, new: NewKey) -> Enrolled:
        """Return what the first entry says of them and their new key."""
        return Enrolled(
            name=self.name,
            role=self.role,
            key=new.vkey,
            sealed=new.sealed.digest,
            legal_name=self.legal_name,
            nip=self.nip,
            position=self.position,
            rank=self.rank,
        )


def create(
    folder: Path,
    *,
    origin: str,
    name: str = "Dinas Kependudukan dan Pencatatan Sipil Kota Kupang",
    timezone: str = "Asia/Makassar",
    place: str = "KOTA KUPANG",
    database: str = "",
    people: tuple[Founder, Founder],
    practice: bool = False,
    extra: str = "",
    clock: Clock = utc_now,
) -> tuple[str, str]:
    """Make a new shop: folder, configuration, keys, database, first entry and first checkpoint.

    :param people: the first two, of whom one is a supervisor; they sign the first entry.
    :param practice: for ever: its printers need be none, and every card says SPECIMEN.
    :param database: address of a new, empty PostgreSQL database; none: SQLite in the folder.
    :param extra: more TOML for the configuration file.
    :returns: the recovery codes of the first two people, each to be shown once to its owner.
    :raises ConfigError: the folder holds something already, or a value is not allowed; nothing is left behind then.
    :raises Refused: the two cannot be the first two, or a passphrase is too short; nothing is left behind either.
    """
    there = check_place(folder, origin)
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
            codes = _fill(folder, load(folder / CONFIG_NAME), clock, undo, people, practice=practice)
            Shop.open(folder, clock).close()  # says what else is wrong with the configuration
            durable.sync_folder(folder.parent)
            undo.pop_all()
        return codes
    except OSError as failed:
        raise _cannot_make(folder, f"{failed.strerror}.") from failed


def check_place(folder: Path, origin: str) -> bool:
    """Make sure that a shop can be made in a folder under a name for its log; return whether the folder is there.

    :raises ConfigError: the folder holds something already, or the name or the folder's path is not allowed.
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
    return there


def _clear(folder: Path, *, itself: bool) -> None:
    """Empty a folder in which making a shop failed.

    :param itself: remove the folder too.
    """
    for made in folder.iterdir():
        shutil.rmtree(made) if made.is_dir() else made.unlink()
    if itself:
        folder.rmdir()


def _fill(
    folder: Path, config: Config, clock: Clock, undo: ExitStack, people: tuple[Founder, Founder], *, practice: bool
) -> tuple[str, str]:
    """Make keys, spool and database, and write the first entry; return the recovery codes.

    :param undo: takes what is to be done to a database on a server, should anything fail after it was filled.
    """
    made = keys.create(folder, config.office.origin)
    (folder / config.intake.spool).mkdir(mode=0o700)
    url = database_url(folder, config)

    origin, cost = config.office.origin, CHEAP if practice else RECOMMENDED
    first, second = (new_key(one.name, origin, one.passphrase.get_secret_value(), cost) for one in people)
    opened = ShopOpened(
        origin=origin,
        log_key=made.log.vkey,
        key_check=Vault.of(made).check(),
        documents_key=made.documents.vkey,
        practice=practice,
        configuration=configured.of(config),
        people=(people[0].enrolled(first), people[1].enrolled(second)),
    )

    def fill(connection: Connection) -> None:
        log.start(connection)
        signers = {people[0].name: first.key, people[1].name: second.key}
        booking = Booking(connection, log.frontier(connection), PROJECTIONS, clock, signers)
        booking.enter(opened, [one.name for one in people])
        for one, made_for in zip(people, (first, second), strict=True):
            operators.put_sealed_key(connection, one.name, made_for.sealed.body().decode())
        booking.finish()

    making.make(url, fill)
    if copies.kind_of(url) == "postgresql":
        undo.callback(making.unmake, url)
    store = Store.open(url)
    try:
        sign(folder, store, made.log, Known(base=NOTHING))
    finally:
        store.close()
    return first.recovery_code, second.recovery_code


def _cannot_make(folder: Path, why: str) -> ConfigError:
    return ConfigError(
        f"The folder {folder} cannot be made.",
        why=why,
        consequence="Nothing was made.",
        remedy="Choose a new folder that you may write to, on a disk with room.",
    )
