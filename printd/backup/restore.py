"""A backup brought back into a folder of its own: wholly and proved, or not at all."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from itertools import chain
from pathlib import Path
from typing import TypedDict
from zoneinfo import ZoneInfo

from printd import durable
from printd.backup.backup import Manifest, check_files, read_manifest
from printd.books import heads, restored, seals
from printd.books.checkpoints import forked
from printd.books.heads import Head
from printd.books.proof import prove
from printd.books.replay import compare
from printd.errors import ConfigError, IntegrityError, PrintdError, Refused
from printd.projections.kinds import PROJECTIONS
from printd.remedies import ASKED, SAME, Argument, Do
from printd.shop import keys, months
from printd.shop.config import CONFIG_NAME, load
from printd.shop.holders import Holders, Shut
from printd.shop.vault import Vault
from printd.store import attempts, blanks, copies, rules
from printd.store.engine import HEAD, Store, migrate, sqlite_url
from printd.store.server import check_address
from printd.words import places
from printd.words.moments import moment
from printd.words.states import UNSETTLED, AttemptState

Step = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, and the whole."""

_NOT_AT_REST = (places.Kind.HOPPER, places.Kind.PRINTER, places.Kind.OUTPUT)


class InDoubt(TypedDict):
    """An attempt whose card is to be found."""

    attempt: str
    printer: str
    serial: str
    state: AttemptState


@dataclass(frozen=True)
class Restored:
    """What came back.

    :param missing: entries that are known to be lost.
    :param in_doubt: attempts that the backup left open or in doubt: their cards are to be found.
    :param unknown: places with blanks that printers may have used up since, and how many the backup has there.
    :param shut: months of which something opens no more, since their key is not there.
    """

    manifest: Manifest
    missing: int
    in_doubt: list[InDoubt]
    unknown: dict[str, int]
    shut: list[Shut]


def bring_back(
    source: Path,
    target: Path,
    *,
    key_folder: Path | None = None,
    month_folder: Path | None = None,
    database: str = "",
    against: Sequence[str] = (),
    accept_loss: bool = False,
    step: Step = lambda _what, _done, _whole: None,
) -> Restored:
    """Restore a backup; the shop is only read until two people say how it goes on.

    :param source: the backup's folder.
    :param target: a new folder, or one that holds nothing but ``keys`` and ``months``.
    :param key_folder: where the secret keys lie; by default ``keys`` in the target.
    :param month_folder: where the keys of months lie; by default ``months`` in the target. Whatever was sealed with one
        that is not there opens no more; the rest of the shop comes back all the same.
    :param database: address of an empty PostgreSQL database, where the backup is of one.
    :param against: checkpoints that people hold (see :func:`printd.books.heads.read`).
    :param accept_loss: restore although one of them is later than the backup; the loss is then to be recorded.
    :raises Refused: the backup is damaged, or older than a checkpoint that people hold.
    :raises ConfigError: the target, the keys or the database do not fit.
    :raises IntegrityError: the log in the backup does not prove itself, or is another history.
    """
    _check_target(target)
    place = key_folder or target / keys.FOLDER
    held = _check_keys(source, place)
    manifest = read_manifest(source, held.documents.verifier)
    check_files(source, manifest)
    later = [heads.read(text, held.log.verifier) for text in against]
    _check_version(manifest)
    zone = ZoneInfo(load(source / CONFIG_NAME).office.timezone)
    missing = _check_later(manifest, later, zone, accept_loss=accept_loss)
    _check_database(manifest, database)
    stage = target.with_name(f".{target.name}.restoring")
    shutil.rmtree(stage, ignore_errors=True)  # what a crash left
    filled = False
    try:
        stage.mkdir(mode=0o700, parents=True)
        _lay_out(source, manifest, stage, database)
        url = database or sqlite_url(stage)
        copies.put_back(
            source / copies.NAMES[manifest.database], url, lambda done, whole: step("database", done, whole)
        )
        filled = True
        kept = _months(stage, target, month_folder)
        result = _prove(url, manifest, held, kept, later, missing, step)
        _move_in(stage, target, place)
    except OSError as failed:
        _undo(database, filled=filled)
        raise PrintdError(
            f"{target} could not be written.",
            why=f"{failed.strerror}.",
            consequence="Nothing was restored.",
            remedy="Look at the space on that disk and at who may write there, then repeat.",
        ) from failed
    except BaseException:
        _undo(database, filled=filled)
        raise
    finally:
        shutil.rmtree(stage, ignore_errors=True)
    return result


def _undo(database: str, *, filled: bool) -> None:
    if database and filled:
        copies.clear(database)


def _check_target(target: Path) -> None:
    there = {path.name for path in target.iterdir()} if target.is_dir() else {target.name} if target.exists() else set()
    if there - {keys.FOLDER, months.FOLDER}:
        raise ConfigError(
            f"{target} is not empty.",
            consequence="Nothing was restored, and what is there was not touched.",
            remedy="Name a new folder; put the old one aside under another name, it may be evidence.",
        )


def _check_keys(source: Path, place: Path) -> keys.Keys:
    """Return the keys in a folder.

    :raises ConfigError: they are not the ones that the backup needs; each is named by its fingerprint.
    """
    needed = read_manifest(source, None)
    found = keys.fingerprints(place)
    wrong = [
        f"{name} {found[name]}, needed {needed.keys.get(name)}"
        for name in keys.SECRETS
        if found[name] != needed.keys.get(name)
    ]
    if wrong:
        raise ConfigError(
            f"The keys in {place} are not the ones of this backup.",
            why=f"{'; '.join(wrong)}.",
            consequence="Nothing was restored: records could not be read, nor the log signed.",
            remedy=("Bring the key backup with these fingerprints: ", Do(SAME, keys=ASKED)),
        )
    return keys.read(place, needed.origin)


def _check_later(manifest: Manifest, later: Sequence[Head], zone: tzinfo, *, accept_loss: bool) -> int:
    """Return how many entries are known to be missing.

    :raises Refused: some are, and nobody accepted that.
    """
    newest = max(later, key=lambda head: head.size, default=None)
    missing = 0 if newest is None else max(0, newest.size - manifest.size)
    if newest is not None and missing and not accept_loss:
        raise Refused(
            f"The backup of {moment(manifest.made_at, zone)} ends at {manifest.size} entries; {newest.source} speaks "
            f"of {newest.size}: {missing} entries are missing.",
            consequence="Nothing was restored.",
            remedy=(
                "Restore a newer backup. Where there is none, repeat with ",
                Argument("accept_loss"),
                "; two people then record the loss (docs/operation.md).",
            ),
        )
    return missing


def _check_version(manifest: Manifest) -> None:
    if manifest.schema > HEAD:
        raise ConfigError(
            f"The backup's database is of version {manifest.schema}, this printd knows versions up to {HEAD}.",
            consequence="Nothing was restored.",
            remedy="Install the printd that made it, or a later one.",
        )


def _check_database(manifest: Manifest, database: str) -> None:
    if database:
        check_address(database)
    wanted = manifest.database == "postgresql"
    if wanted != bool(database) or (database and copies.kind_of(database) != manifest.database):
        raise ConfigError(
            f"The backup is of a {manifest.database} database.",
            consequence="Nothing was restored.",
            remedy=("Name a new, empty database: ", Do(SAME, database=ASKED))
            if wanted
            else ("Leave ", Argument("database"), " out: it is restored into the shop's folder."),
        )


def _lay_out(source: Path, manifest: Manifest, stage: Path, database: str) -> None:
    """Copy everything but database and keys, with the configuration pointing to the new database."""
    for name in manifest.files:
        path = Path(name)
        if name == copies.NAMES[manifest.database] or path.parts[0] == keys.FOLDER:
            continue
        (stage / path).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        durable.write(stage / path, (source / path).read_bytes())
    path = stage / CONFIG_NAME
    config = load(path)
    if database:
        text = path.read_text(encoding="utf-8")
        if text.count(f'"{config.database.url}"') != 1:
            raise ConfigError(
                "The address of the database could not be replaced in printd.toml.",
                consequence="Nothing was restored.",
                remedy="It must stand there once, between quotation marks.",
            )
        durable.write(path, text.replace(f'"{config.database.url}"', f'"{database}"').encode())
    (stage / config.intake.spool).mkdir(mode=0o700, parents=True, exist_ok=True)


def _months(stage: Path, target: Path, month_folder: Path | None) -> Path:
    """Return the folder in which the folder of months' keys lies, as it will be in the restored shop."""
    if (target / months.FOLDER).exists():
        return target
    if month_folder is not None:
        made = stage / months.FOLDER
        made.mkdir(mode=0o700)
        for path in sorted(month_folder.iterdir()):
            if path.suffix in months.SUFFIXES and path.name[0] != ".":
                durable.write(made / path.name, path.read_bytes())
    return stage


def _prove(
    url: str, manifest: Manifest, held: keys.Keys, kept: Path, later: Sequence[Head], missing: int, step: Step
) -> Restored:
    """Verify and replay what was put back, and bar it until two people decide.

    :raises IntegrityError: it does not prove itself, or is another history than the later checkpoints'.
    """
    if manifest.schema < HEAD:
        migrate(url)
    store = Store.open(url)
    try:
        with store.reading() as connection:
            report = prove(connection, held.log.vkey, lambda done: step("proof", done, manifest.size))
            if report.problems:
                raise _unproved(report.problems[0].message)
            if report.root is None or (report.size, report.root.hex()) != (manifest.size, manifest.root):
                raise _unproved(f"it has {report.size} entries, the manifest speaks of {manifest.size}")
            replay = compare(connection, PROJECTIONS, lambda done: step("replay", done, manifest.size))
            if replay.differences:
                raise _unproved(replay.differences[0].message)
            altered = next(chain(seals.check(connection), rules.differences(connection)), None)
            if altered is not None:
                raise _unproved(altered)
            for head in later:
                if forked(connection, manifest.size, head):
                    raise _unproved(f"{head.source} has another root at {head.size} entries: there are two histories")
            found = Restored(
                manifest,
                missing,
                [
                    {"attempt": row["id"], "printer": row["printer"], "serial": row["serial"], "state": row["state"]}
                    for row in attempts.attempts_in(connection, UNSETTLED)
                ],
                {
                    place: sum(part.last - part.first + 1 for part in blanks.in_place(connection, place))
                    for place in blanks.places(connection)
                    if places.kind(place) in _NOT_AT_REST
                },
                _holders(held, kept).shut(connection),
            )
        told = later if missing else ()
        restored.mark(store, made_at=manifest.made_at, size=manifest.size, root=manifest.root, told=told)
        return found
    finally:
        store.close()


def _holders(held: keys.Keys, folder: Path) -> Holders:
    kept = months.Months(folder, held.records)
    return Holders(Vault.of(held, kept), kept)


def _unproved(why: str) -> IntegrityError:
    return IntegrityError(
        "The backup does not prove itself.",
        why=f"{why}.",
        consequence="Nothing was restored.",
        remedy="Take an older backup, keep this one, and call the auditor.",
    )


def _move_in(stage: Path, target: Path, key_folder: Path) -> None:
    """Move what is proved into the target; the configuration comes last, for it makes a folder a shop."""
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    place = target / keys.FOLDER
    if not place.exists():
        made = stage / keys.FOLDER
        made.mkdir(mode=0o700)
        for name in (*keys.SECRETS, *keys.PUBLIC):
            durable.write(made / name, (key_folder / name).read_bytes())
    for path in sorted(stage.iterdir(), key=lambda one: one.name == CONFIG_NAME):
        if path.name == CONFIG_NAME:
            durable.sync_folder(target)
        path.rename(target / path.name)
    durable.sync_folder(target)
    durable.sync_folder(target.parent)
