"""One shop: its folder, configuration, keys, database and books, opened together."""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from printd.books import checkpoints, cosigned, heads, kept, restored
from printd.books.booking import Books, Clock, utc_now
from printd.books.checkpoints import Known
from printd.books.heads import Head
from printd.books.retrace import check_first, last_signed, signed_tree
from printd.errors import ConfigError
from printd.events.base import EventError
from printd.events.shop import ShopOpened
from printd.ledger.entry import Entry, EntryError
from printd.ledger.merkle import Frontier
from printd.ledger.notes import NoteError, Signer, Verifier
from printd.ledger.policy import NOBODY, Policy, PolicyError
from printd.ledger.policy import read as read_policy
from printd.people.stretching import CHEAP, RECOMMENDED, Cost
from printd.projections.kinds import PROJECTIONS
from printd.projections.opened import is_practice
from printd.remedies import ASKED, Argument, Do
from printd.shop import keys, no_dump
from printd.shop.areas import configured
from printd.shop.config import CONFIG_NAME, Config, load
from printd.shop.holders import Holders
from printd.shop.months import Months
from printd.shop.vault import Vault
from printd.store import generations, log
from printd.store.engine import Store, sqlite_url
from printd.store.rows import Connection
from printd.words.moments import office_day
from printd.words.reasons import PRINT_REASONS

_ADDRESS = re.compile(r"https?://[!-~]+", re.ASCII)


class Shop:
    """An open shop. Make one with :func:`printd.shop.making.create`, open one with :meth:`open`."""

    def __init__(self, folder: Path, config: Config, shop_keys: keys.Keys, store: Store, clock: Clock) -> None:
        self.folder = folder
        self.config = config
        self.keys = shop_keys
        self.store = store
        self.books = Books(store, PROJECTIONS, clock)
        self.months = Months(folder, shop_keys.records)
        self.vault = Vault.of(shop_keys, self.months)
        self.holders = Holders(self.vault, self.months)
        self.areas = configured(folder, config)
        self.zone = ZoneInfo(config.office.timezone)
        with store.reading() as connection:
            self.practice = is_practice(connection)
            """Whether it is a practice shop, as the first entry of its log says: no file can make it one."""
        self.books.barred = restored.bar(store, shop_keys.log.vkey, self.zone)
        self._signed: Head | None = None
        self._signing = threading.Lock()  # the daemon signs, and an act whose checkpoint leaves with it
        _check_senders(config)
        _check_policy(config)
        _check_usb(config, practice=self.practice)
        self.witnesses = witnesses(config, shop_keys.log.verifier)
        """Who cosigns this log, under the rules of printd.toml; with the log's own line it is what an auditor reads."""
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
        no_dump.forbid()
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
            ended = [row["origin"] for row in generations.generations(connection)]
        if first is None:
            raise ConfigError(
                f"The database {self.store.name} has the tables of a shop and no first entry.",
                consequence="It is no shop's books; nothing is booked or printed.",
                remedy=("Keep it as it is, call the auditor, and restore the newest backup: ", Do("restore")),
            )
        try:
            told = ShopOpened.read(Entry.from_body(first).data)
        except (EntryError, EventError):
            return  # an altered first entry: audit verify and the start of the daemon say so
        if told.key_check == self.vault.check() and told.documents_key in (None, self.keys.documents.vkey):
            return
        origin = self.config.office.origin
        if told.origin not in (origin, *ended):
            raise ConfigError(
                f"The database {self.store.name} holds another shop: {told.origin}, and this is {origin}.",
                consequence="It was not touched.",
                remedy=(
                    (
                        "Correct [database] in printd.toml; or, where this folder is the wrong one, name the right one "
                        "with "
                    ),
                    Argument("shop"),
                    ".",
                ),
            )
        raise ConfigError(
            f"The keys in {self.folder / keys.FOLDER} are not the ones this database was made with.",
            consequence="Records could not be read, the same record could enter twice, and papers would be signed by "
            "nobody that is known.",
            remedy="Restore the keys folder and the database of the same shop.",
        )

    @property
    def key_cost(self) -> Cost:
        """What a guess at a passphrase costs; at practice nothing is behind it."""
        return CHEAP if self.practice else RECOMMENDED

    @property
    def spool(self) -> Path:
        """Folder that records are put into."""
        return self.folder / self.config.intake.spool

    def today(self) -> date:
        """Return the office's date."""
        return office_day(self.books.clock(), self.zone)

    def month(self) -> str:
        """Return the office's month, ``2026-11``: what is sealed now ends with its key."""
        return f"{self.today():%Y-%m}"

    def check_start(self, against: Iterable[str] = ()) -> Frontier:
        """Make sure, before the key is used, that this is the newest state that is known of.

        :param against: checkpoints that people hold: files, folders of backups, or ``SIZE:ROOT``.
        :returns: the tree that was signed last; what lies below it is not looked at here.
        :raises IntegrityError: entries were altered or are missing, or checkpoints are.
        :raises Refused: what people hold is no checkpoint of this log.
        """
        verifier = self.keys.log.verifier
        tree = checkpoints.check_start(self.store, verifier)
        with self.store.reading() as connection:
            check_first(connection, tree)  # it says whether this is a real shop
            self.books.begin(tree.size, log.frontier(connection))
            retired = checkpoints.retired(connection, verifier)
        held = [heads.read(text, verifier) for text in against] + cosigned.contradictions(self.store, verifier)
        known = heads.known(self.folder, verifier, retired)
        checkpoints.check_heads(self.store, [*known, *restored.told(self.store), *held])
        if self.books.barred is None:  # a barred shop is read, and signs nothing
            lacks = kept.lacking(self.store, self.folder, verifier, retired)
            if lacks is not None:
                raise lacks
        return tree

    def signed_heads(self, connection: Connection) -> list[Head]:
        """Return the newest signed heads by which an entry is proved: this process's own, the database's, the folder's.

        :raises IntegrityError: the database has none, or one was not signed by this shop's key.
        """
        verifier = self.keys.log.verifier
        retired = checkpoints.retired(connection, verifier)
        own = [] if self._signed is None else [self._signed]
        return [*own, last_signed(connection, [verifier]), *heads.known(self.folder, verifier, retired)]

    def sign(self) -> int:
        """Sign the present tree head, and keep it outside the database; return its size.

        What this process signed before, the log must still have: not even the database and the folder together can
        take it back.

        :raises IntegrityError: what would be signed does not go on from what was signed last, or the books are barred.
        """
        if self.books.barred is not None:
            raise self.books.barred
        self.books.look()
        with self._signing:
            known = Known(heads=() if self._signed is None else (self._signed,))
            self._signed = sign(self.folder, self.store, self.keys.log, known)
            return 0 if self._signed is None else self._signed.size

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


def _check_usb(config: Config, *, practice: bool) -> None:
    if config.usb.backend and not practice:
        raise ConfigError(
            f"usb.backend names {config.usb.backend[:60]!r}, and this is a real shop.",
            why="What is no libusb can pretend any printer: it could take blanks and print no card.",
            consequence="Nothing is booked or printed.",
            remedy=("Take it out of printd.toml. To try something, make a shop for it: ", Do("init", practice=ASKED)),
        )


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


def policy_text(config: Config, verifier: Verifier) -> str:
    """Return the policy of a shop as an auditor reads it: its log's own line, and those of printd.toml."""
    told = config.witnesses.policy.strip("\n")
    return f"log {verifier.vkey}\n{told}\n" if told else f"log {verifier.vkey}\nquorum {NOBODY}\n"


def witnesses(config: Config, verifier: Verifier) -> Policy:
    """Return who cosigns a shop's log, and how many of them are enough.

    :raises ConfigError: printd.toml holds no policy.
    """
    try:
        found = read_policy(policy_text(config, verifier).encode())
        if len(found.logs) > 1:
            raise PolicyError("a line for a log: this log's own is known, and no other is cosigned here")
        for one in found.witnesses:
            if one.url and not _ADDRESS.fullmatch(one.url):
                raise PolicyError(f"the address of {one.name} is none of http:// or https://")
    except PolicyError as wrong:
        raise ConfigError(
            f"witnesses.policy is no policy: {wrong}.",
            why="Lines are counted with the log's own, which stands above them.",
            remedy="Write: witness NAME KEY [ADDRESS], group NAME N NAME..., quorum NAME. Correct printd.toml and "
            "start again.",
        ) from wrong
    return found


def database_url(folder: Path, config: Config) -> str:
    """Return the address of the shop's database."""
    return config.database.url or sqlite_url(folder)


def sign(folder: Path, store: Store, signer: Signer, known: Known | None = None) -> Head | None:
    """Sign the present tree head, and keep it in a shop's folder, outside the database; return it.

    What a crash left unkept is kept before there is a newer one: the folder is never more than one checkpoint behind.

    :param known: what the signature goes on from; ``None``: the last signed checkpoint.
    :returns: ``None``: there is no entry to sign.
    """
    known = known or Known()
    checkpoints.finish(store, signer, known)
    keep(folder, store, signer)
    checkpoints.sign_now(store, signer, known)
    return keep(folder, store, signer)


def keep(folder: Path, store: Store, signer: Signer) -> Head | None:
    """Keep the last signed checkpoint in a shop's folder, unless a later one is kept there; return it."""
    with store.reading() as connection:
        rows = log.signed_checkpoints(connection, 1)
        if not rows:
            return None
        tree = signed_tree(connection, [signer.verifier])
    heads.remember(folder, rows[0][2], signer.verifier)
    return Head(tree.size, tree.root(), "the last signed checkpoint", rows[0][2])
