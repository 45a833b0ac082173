"""How a shop goes on that was restored or lacks checkpoints: two people say that nothing is missing or record the loss.

Entries that were signed and lost are never written over: one size has one root, ever. So the log's name and key are
retired, and the next generation goes on from what is left, with the last known checkpoint of the old one in its first
entry (log reference section 13). Where checkpoints are missing although entries are there, the two bring one that was
kept elsewhere: every entry is then hashed anew, and the log must have that root at that size before it is signed again.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TypedDict

from printd import durable
from printd.books import checkpoints, cosigned, heads, kept, restored
from printd.books.checkpoints import NOTHING, Known
from printd.books.heads import Head
from printd.desk.desk import Desk, two_people
from printd.desk.owed import storage_trouble
from printd.desk.proofs import Person
from printd.errors import Booked, ConfigError, IntegrityError, Refused, StorageError
from printd.events.shop import KnownHead, LogRolledBack, NextLog, Restored, ShopRestored
from printd.ledger.merkle import EMPTY_ROOT
from printd.projections.shop import check_new_origin
from printd.remedies import ASKED, SAME, Do
from printd.shop import keys
from printd.shop.config import CONFIG_NAME, check_origin, load
from printd.shop.shop import keep, sign
from printd.store import generations, log
from printd.store.tables.generations import GenerationRow


class GoesOn(TypedDict):
    """How the shop goes on: number of the ``entry``, entries ``missing``, name of the log, cards ``in_doubt``."""

    entry: int
    missing: int
    origin: str
    in_doubt: int


def go_on(desk: Desk, by: Person, second: Person, against: Sequence[str] = (), origin: str | None = None) -> GoesOn:
    """Say how the shop goes on, signed by two people; every printer is paused and every queued job held.

    :param against: the newest checkpoints that people hold (see :func:`printd.books.heads.read`).
    :param origin: name of the log's next generation, where entries are lost.
    :raises IntegrityError: there are two histories; no act records that away.
    :raises Refused: there is nothing to decide, or entries are missing and no next generation is named.
    """
    shop = desk.shop
    verifier = shop.keys.log.verifier
    with shop.store.reading() as connection:
        ended = generations.generations(connection)
    unfinished = next((row for row in ended if row["next_key"] == _next_key(shop.folder)), None)
    if unfinished is not None:
        return _finish_generation(desk, by, second, unfinished, [heads.read(text, verifier) for text in against])
    with shop.store.reading() as connection:
        frontier = log.frontier(connection)
        end = frontier.size
        retired = checkpoints.retired(connection, verifier) if log.signed_checkpoints(connection, 1) else []
    brought = [heads.read(text, verifier) for text in against]
    seen = cosigned.contradictions(shop.store, verifier)
    held = [*heads.known(shop.folder, verifier, retired), *restored.told(shop.store), *seen, *brought]
    there = [head for head in held if head.size <= end]
    checkpoints.check_start(shop.store, verifier, Known(NOTHING, there))
    shop.books.begin(max((head.size for head in there), default=0), frontier)
    lacks = kept.lacking(shop.store, shop.folder, verifier, retired)
    if lacks is not None and not any(0 < head.size <= end for head in brought):  # else nobody vouches for what is left
        raise Refused(
            lacks.what,
            why=lacks.why,
            consequence="Nothing was changed.",
            remedy=(
                f"Name a checkpoint that was kept elsewhere, of at most {end} entries: ",
                Do(SAME, against=ASKED),
            ),
        )
    newest = max(held, key=lambda head: head.size, default=Head(0, EMPTY_ROOT, "nothing"))
    missing = max(0, newest.size - end)
    backup = restored.marked(shop.store)
    if backup is None and not missing and lacks is None:
        raise Refused(
            "Nothing is known to be missing, and the shop was not restored.",
            consequence="Nothing was changed.",
            remedy=("Name what you hold: ", Do(SAME, against=ASKED)),
        )
    if missing and origin is None:
        raise Refused(
            f"{missing} entries are missing: the books end at {end}, {newest.source} speaks of {newest.size}.",
            why="What was signed and is lost cannot be written over.",
            consequence="Nothing was changed.",
            remedy=(
                "Restore a newer backup. Where there is none, name the log's next generation: ",
                Do(SAME, origin=ASKED),
            ),
        )
    signed = two_people(desk, by, second)
    shop.books.barred = None
    decided = ShopRestored(
        backup=Restored(**backup) if backup is not None else Restored(),
        known=KnownHead(size=newest.size, root=newest.root.hex()),
        missing=0 if origin is None else missing,
    )
    if origin is None:
        entry = desk.enter(decided, signed).seq
    else:
        entry = _next_generation(desk, signed, origin, newest, decided, there)
    return _end(desk, entry, missing, origin, there, repeat=origin is not None or lacks is not None)


def _finish_generation(desk: Desk, by: Person, second: Person, ended: GenerationRow, held: Sequence[Head]) -> GoesOn:
    """End a change of generations that a crash left after its entry; what was lost was decided by then."""
    new = keys.ready(desk.shop.folder)
    assert new is not None
    two_people(desk, by, second)
    desk.shop.books.barred = None
    there = [head for head in held if head.size <= ended["seq"]]
    return _end(desk, ended["seq"], ended["missing"], new.verifier.name, there, repeat=True)


def _end(desk: Desk, entry: int, missing: int, origin: str | None, held: Sequence[Head], *, repeat: bool) -> GoesOn:
    """Do what follows the entry of the two people, and return what became of it.

    :param held: tree heads that the log must have.
    :param repeat: whether no start makes up what could not be done, since it stops until the log is signed.
    :raises Booked: disk, folder or database fail: the entry stands, and what follows it is still to be done.
    """
    from printd.printing.recovery import doubt_open_attempts  # noqa: PLC0415 - brings the drivers with it

    shop = desk.shop
    try:
        if origin is not None:
            _change_over(desk, origin, held)
        else:
            sign(shop.folder, shop.store, shop.keys.log, Known(NOTHING, held))
        in_doubt = doubt_open_attempts(shop.books)
    except (OSError, StorageError) as failed:
        known = storage_trouble(failed, "")
        if known is None:
            raise
        again = "Mend that, then repeat the same command: it ends what was begun. Until then nothing is booked."
        raise Booked(
            f"How the shop goes on is booked (entry {entry}), but what follows it is not done.",
            why=known.why,
            remedy=again if repeat else "Mend that; the daemon makes it up when it starts.",
        ) from failed
    return {
        "entry": entry,
        "missing": missing,
        "origin": origin or shop.keys.log.verifier.name,
        "in_doubt": in_doubt,
    }


def finish(folder: Path) -> bool:
    """End a change of generations that a crash left between the configuration and the key; tell whether there was one.

    Everything is in the log by then, signed with the new key.
    """
    new = keys.ready(folder)
    if new is None or new.verifier.name != load(folder / CONFIG_NAME).office.origin:
        return False
    keys.take_over(folder)
    return True


def _next_key(folder: Path) -> str | None:
    """Return the public half of a key that lies ready for the next generation."""
    ready = keys.ready(folder)
    return None if ready is None else ready.vkey


def _next_generation(
    desk: Desk,
    signed: tuple[str, str],
    origin: str,
    newest: Head,
    decided: ShopRestored,
    held: Sequence[Head],
) -> int:
    """Enter that the old generation ended, and sign the new one for the first time; return the entry.

    :param decided: what two people say of the loss.
    :param held: tree heads that the log must have.
    """
    shop = desk.shop
    old = shop.keys.log
    check_origin(origin)
    with shop.store.reading() as connection:
        check_new_origin(connection, old.verifier.name, origin)
    _with_origin(shop.folder, old.verifier.name, origin)  # before there is a key that nobody needs
    new = keys.make_ready(shop.folder, origin)
    checkpoints.finish(shop.store, old, Known(NOTHING, held))
    ended = LogRolledBack(
        backup=decided.backup,
        known=decided.known,
        missing=decided.missing,
        note=newest.note.decode(),
        origin=old.verifier.name,
        log_key=old.vkey,
        next=NextLog(origin=origin, log_key=new.vkey),
    )
    with desk.booking() as booking:
        entry = booking.enter(ended, signed)
        booking.enter(decided, signed)
    return entry.seq


def _with_origin(folder: Path, old: str, new: str) -> bytes:
    """Return the configuration's text with another origin.

    :raises ConfigError: it does not hold the old one plainly.
    """
    text = (folder / CONFIG_NAME).read_text(encoding="utf-8")
    changed, times = re.subn(rf'(?m)^(\s*origin\s*=\s*)"{re.escape(old)}"', rf'\g<1>"{new}"', text)
    if times != 1:
        raise ConfigError(
            f'The line origin = "{old}" was not found once in {folder / CONFIG_NAME}.',
            consequence="Nothing was changed.",
            remedy="Write office.origin on a line of its own, between quotation marks.",
        )
    return changed.encode()


def _change_over(desk: Desk, origin: str, held: Sequence[Head]) -> None:
    """Sign with the new key, and put key and name in the places of the old ones; a repeat after a crash ends it."""
    shop = desk.shop
    new = keys.ready(shop.folder)
    if new is None or new.verifier.name != origin:
        raise IntegrityError(
            f"The next generation was recorded under another name than {origin}.",
            remedy=("Repeat with the name that ", Do("audit.verify"), " shows."),
        )
    old = shop.keys.log.verifier
    checkpoints.sign_now(shop.store, new, Known(NOTHING, held, old))
    config = _with_origin(shop.folder, old.name, origin)
    durable.write(shop.folder / CONFIG_NAME, config)
    keys.take_over(shop.folder)
    keep(shop.folder, shop.store, new)
