"""A backup of a running shop: database, configuration, photos and public keys in one folder, with a signed manifest.

The secret keys stay where they are; the manifest names them by fingerprint. Whoever has the folder can read the log
and no person: records lie in the database encrypted, as they do in the shop.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypedDict

from printd import durable
from printd.books import heads
from printd.books.booking import Clock, utc_now
from printd.books.retrace import root_at
from printd.errors import ConfigError, IntegrityError, PrintdError, Refused
from printd.ledger.notes import NoteError, Verifier, open_note
from printd.remedies import Do
from printd.shop import keys, photos
from printd.shop.config import CONFIG_NAME, Config, load
from printd.shop.shop import database_url
from printd.store import attempts, copies, log
from printd.store.engine import HEAD, Store
from printd.store.rows import Connection
from printd.words.moments import stamp
from printd.words.states import UNSETTLED

MANIFEST_NAME = "manifest.note"
FORMAT = "printd backup 1"

_MOST_BYTES = 1_000_000
_BLOCK = 1 << 20


class Measured(TypedDict):
    """Size in bytes of a file, and its SHA-256 in hex."""

    size: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What a backup holds.

    :param backup: its id, as the entry has it that says who made it.
    :param made_at: when the copy began, as the log writes time.
    :param database: ``sqlite`` or ``postgresql``.
    :param schema: version of the tables.
    :param size: entries of the log in the copy, and ``root`` over them in hex.
    :param signed: size of the last signed checkpoint in the copy.
    :param in_doubt: attempts that were open or in doubt.
    :param keys: fingerprints of the secret keys it needs, by file name.
    :param files: size and SHA-256 in hex of every file, by its path in the folder.
    """

    backup: str
    made_at: str
    origin: str
    database: str
    schema: str
    size: int
    root: str
    signed: int
    in_doubt: int
    keys: dict[str, str]
    files: dict[str, Measured]

    def text(self) -> str:
        """Return what is signed."""
        return json.dumps({"format": FORMAT, **asdict(self)}, indent=1, sort_keys=True) + "\n"


Book = Callable[[], str]
"""Books that a backup is made, and returns its id."""


def make(folder: Path, target: Path, progress: copies.Progress, book: Book, clock: Clock = utc_now) -> Manifest:
    """Back a shop up, whether its daemon runs or not; the folder appears whole or not at all.

    :param target: a new folder.
    :param book: called before anything is copied; where it raises, nothing is.
    :raises Refused: it is there already.
    :raises PrintdError: the shop or its database cannot be copied.
    """
    if target.exists():
        raise Refused(f"{target} is there already.", consequence="No backup was made.", remedy="Name a new folder.")
    config = load(folder / CONFIG_NAME)
    held = keys.load(folder, config.office.origin)
    part = target.with_name(f".{target.name}.part")
    shutil.rmtree(part, ignore_errors=True)  # what a crash left of one before
    try:
        part.mkdir(mode=0o700, parents=True)
        manifest = _fill(folder, config, held, part, progress, stamp(clock()), book())
        durable.write(part / MANIFEST_NAME, held.documents.sign(manifest.text()))
        for one in (part, part / keys.FOLDER):
            durable.sync_folder(one)
        part.rename(target)
        durable.sync_folder(target.parent)
    except OSError as full:
        raise PrintdError(
            f"The backup {target} could not be written.",
            why=f"{full.strerror}.",
            consequence="There is no backup.",
            remedy="Look at the space on that disk and at who may write there, then repeat.",
        ) from full
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return manifest


def _fill(
    folder: Path, config: Config, held: keys.Keys, part: Path, progress: copies.Progress, made_at: str, number: str
) -> Manifest:
    """Write all files but the manifest, which is returned."""
    url = database_url(folder, config)
    kind = copies.kind_of(url)
    store = Store.open(url)
    try:
        with store.reading() as connection:
            size, root, signed, note = _head(connection)
            doubts = len(attempts.attempts_in(connection, UNSETTLED))
            copies.copy(connection, part / copies.NAMES[kind], progress)
    finally:
        store.close()
    durable.write(part / heads.SEEN_NAME, note)
    durable.write(part / CONFIG_NAME, without_password(folder / CONFIG_NAME, config))
    (part / keys.FOLDER).mkdir(mode=0o700)
    for name in keys.PUBLIC:
        durable.write(part / keys.FOLDER / name, (folder / keys.FOLDER / name).read_bytes())
    areas = config.intake.areas
    if areas and not Path(areas).is_absolute() and ".." not in Path(areas).parts:
        (part / areas).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        durable.write(part / areas, (folder / areas).read_bytes())
    kept = photos.all_of(folder)
    if kept:
        (part / photos.FOLDER).mkdir(mode=0o700)
        for path in kept:
            durable.write(part / photos.FOLDER / path.name, path.read_bytes())
        durable.sync_folder(part / photos.FOLDER)
    found = sorted(path for path in part.rglob("*") if path.is_file())
    return Manifest(
        backup=number,
        made_at=made_at,
        origin=config.office.origin,
        database=kind,
        schema=HEAD,
        size=size,
        root=root.hex(),
        signed=signed,
        in_doubt=doubts,
        keys=keys.fingerprints(folder / keys.FOLDER),
        files={str(path.relative_to(part)): measure(path) for path in found},
    )


def _head(connection: Connection) -> tuple[int, bytes, int, bytes]:
    """Return size and root of the log, and size and note of its last signed checkpoint.

    :raises IntegrityError: the log does not prove itself; a backup of it would only hide when that began.
    """
    end = log.frontier(connection)
    last = next((one for one in reversed(log.checkpoints(connection)) if one[2] is not None), None)
    if last is None or last[2] is None or last[0] > end.size or root_at(connection, last[0]) != last[1]:
        raise IntegrityError(
            "The log does not give the root that was signed last.",
            consequence="No backup was made; keep the ones you have.",
            remedy=("Run ", Do("audit.verify"), ", which names the place, and call the auditor."),
        )
    return end.size, end.root(), last[0], last[2]


def without_password(path: Path, config: Config) -> bytes:
    """Return the configuration's text without the password of the database.

    :raises ConfigError: it cannot be taken out.
    """
    text = path.read_text(encoding="utf-8")
    password = copies.password_of(config.database.url)
    if password is None:
        return text.encode()
    plain = text.replace(config.database.url, copies.without_password(config.database.url))
    if config.database.url not in text or password in plain:
        raise ConfigError(
            "The password of the database could not be left out of the copy of printd.toml.",
            consequence="No backup was made.",
            remedy="Write database.url in one piece and plainly, or let ~/.pgpass hold the password.",
        )
    return plain.encode()


def measure(path: Path) -> Measured:
    """Return size in bytes and SHA-256 of a file."""
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
            size += len(block)
    return {"size": size, "sha256": digest.hexdigest()}


def read_manifest(source: Path, verifier: Verifier | None) -> Manifest:
    """Return the manifest of a backup.

    :param verifier: the documents key that must have signed it; ``None`` reads it unproved, to see which keys it
        needs.
    :raises Refused: there is none, it was altered, or it is of another version of printd.
    """
    try:
        with (source / MANIFEST_NAME).open("rb") as file:
            note = file.read(_MOST_BYTES)
        text = note.decode().rpartition("\n\n")[0] + "\n" if verifier is None else open_note(note, [verifier]).text
        content: Any = json.loads(text)
        if content.pop("format") != FORMAT:
            raise ValueError(f"it is not of the format {FORMAT!r}")
        manifest = Manifest(**content)
        if not (isinstance(content["keys"], dict) and isinstance(content["origin"], str)):
            raise ValueError("it names no keys")
    except OSError as missing:
        raise Refused(
            f"{source} holds no backup.",
            why=f"{MANIFEST_NAME}: {missing.strerror}.",
            consequence="Nothing was restored.",
            remedy=("Name the folder that ", Do("backup"), " made."),
        ) from missing
    except (NoteError, ValueError, TypeError, LookupError, AttributeError) as altered:
        raise Refused(
            f"The manifest of the backup {source} is not what this shop sealed.",
            why=f"{altered}.",
            consequence="Nothing was restored.",
            remedy="Take another copy of the backup.",
        ) from altered
    return manifest


def check_files(source: Path, manifest: Manifest) -> None:
    """Make sure that every file is there and is the one that was sealed.

    :raises Refused: naming each that is not.
    """
    wrong = []
    for name, sealed in sorted(manifest.files.items()):
        try:
            found = measure(source / name)
        except OSError:
            wrong.append(f"{name} is missing")
            continue
        if found != sealed:
            cut = f" ({found['size']} bytes instead of {sealed['size']})" if found["size"] != sealed["size"] else ""
            wrong.append(f"{name} was altered{cut}")
    if wrong:
        raise Refused(
            f"The backup {source} is damaged.",
            why=f"{'; '.join(wrong)}.",
            consequence="Nothing was restored.",
            remedy="Take another copy of the backup, or an older one.",
        )
