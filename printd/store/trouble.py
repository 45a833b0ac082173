"""What a failing database, disk or folder means for people: told by the code of the error, never by its text.

SQLite gives extended result codes (sqlite.org/rescode.html), PostgreSQL gives SQLSTATE (its manual, appendix A), the
operating system gives errno.
"""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from printd.errors import IntegrityError, PrintdError, StorageError
from printd.remedies import Do

NOTHING_BOOKED = "Nothing was booked."
BOOKING_UNKNOWN = "Whether it was booked is unknown."

_MAKE_ROOM = "Make room on it, then repeat what you did. Nothing has to be restored."
_LEAST_FREE = 64 * 1024
"""Bytes without which SQLite cannot even open a database: it wants 32 KiB for the index of its write-ahead log."""

_FULL = (errno.ENOSPC, errno.EDQUOT)
_FORBIDDEN = (errno.EACCES, errno.EPERM, errno.EROFS)


def of_files(error: OSError, what: str, consequence: str = "", *, named: bool = True) -> StorageError | None:
    """Return what an error of the operating system means; ``None``: it is not about disk or folder.

    :param what: what could not be done, one sentence.
    :param named: whether the file is told; its name may be a person's, as in the spool.
    """
    name = f" {error.filename}" if named and error.filename is not None else ""
    if error.errno in _FULL:
        return StorageError(what, why="The disk is full.", consequence=consequence, remedy=_MAKE_ROOM)
    if error.errno in _FORBIDDEN:
        return StorageError(
            what,
            why=f"{error.strerror}:{name}." if name else f"{error.strerror}.",
            consequence=consequence,
            remedy=_GIVE_BACK,
        )
    if error.errno == errno.EIO:
        return StorageError(what, why="The disk reports an error.", consequence=consequence, remedy=_LOOK_AT_DISK)
    return None


_GIVE_BACK = "Work as the shop's user, and see that this user may write there: owner, mode, chattr, mount."
_LOOK_AT_DISK = "Look at the disk and the kernel's messages; when it is mended, repeat what you did."


def take_values_out(failed: sa.engine.ExceptionContext) -> None:
    """Take out of an error of PostgreSQL what it quotes of a row: tracebacks are printed, and hold every text.

    Its DETAIL and CONTEXT quote keys, rows and parameters. So does the message itself of a value that makes no sense
    (SQLSTATE class 22); of that the name of the error is left. SQLite quotes no value.
    """
    said: Any = failed.original_exception
    state = getattr(said, "sqlstate", None)
    if not state:  # SQLite, or a server that was not reached
        return
    text = type(said).__name__ if state.startswith("22") else said.diag.message_primary
    said.args = (f"{text} (SQLSTATE {state})",)
    if failed.sqlalchemy_exception is not None:
        failed.sqlalchemy_exception.args = said.args


def of_database(error: sa.exc.DBAPIError, url: sa.URL, consequence: str = "") -> PrintdError | None:
    """Return what an error of the database means; ``None``: it is about the statement, and so a defect of printd.

    :param url: of the database; its password is never told.
    """
    if url.get_backend_name() == "sqlite":
        return _of_sqlite(error.orig, Path(url.database or ""), consequence)
    return _of_server(error, url, consequence)


def _of_sqlite(error: Any, path: Path, consequence: str) -> PrintdError | None:
    code = str(getattr(error, "sqlite_errorname", ""))
    primary = "_".join(code.split("_")[:2])
    what = f"The database {path} cannot be used now."

    def told(why: str, remedy: str) -> StorageError:
        return StorageError(what, why=why, consequence=consequence, remedy=remedy)

    if primary == "SQLITE_FULL":
        return told("The disk is full.", _MAKE_ROOM)
    if primary in ("SQLITE_CORRUPT", "SQLITE_NOTADB"):
        return IntegrityError(
            f"The database {path} is damaged.",
            why=f"SQLite says: {error}.",
            consequence=consequence,
            remedy=("Stop the daemon and keep the file as it is; then restore the newest backup: ", Do("restore")),
        )
    if primary in ("SQLITE_BUSY", "SQLITE_LOCKED"):
        return told("Another program holds it.", "End that program (a database browser, a copy), then repeat this.")
    if code == "SQLITE_READONLY_DBMOVED" or not path.exists():
        return moved(path, consequence)
    if primary in ("SQLITE_IOERR", "SQLITE_CANTOPEN", "SQLITE_READONLY", "SQLITE_PERM", "SQLITE_AUTH"):
        return told(*_why_unusable(error, path))
    return None


def moved(path: Path, consequence: str) -> StorageError:
    """Return that the file of a database is not the one any more that was opened."""
    return StorageError(
        f"The database {path} cannot be used now.",
        why="The file was moved, deleted or exchanged while it was in use.",
        consequence=consequence,
        remedy="Stop the daemon and put the file back in its place, with its -wal file where there is one; then start "
        "it again. Where it cannot be found, restore the newest backup.",
    )


def unwritable(path: Path, consequence: str) -> StorageError | None:
    """Return that this user may not write to a file of SQLite or what lies beside it; ``None``: they may."""
    shut = _shut(path)
    if not shut:
        return None
    why = f"{', '.join(map(str, shut))} may not be written to."
    return StorageError(f"The database {path} cannot be used now.", why=why, consequence=consequence, remedy=_GIVE_BACK)


def _shut(path: Path) -> list[Path]:
    beside = [path.with_name(path.name + end) for end in ("", "-wal", "-shm")]
    return [one for one in (path.parent, *beside) if one.exists() and not os.access(one, os.W_OK)]


def _why_unusable(error: Any, path: Path) -> tuple[str, str]:
    """Return why SQLite cannot work on its files, and what to do: it gives one code for many causes."""
    try:
        told = os.statvfs(path.parent)
    except OSError:
        told = None
    if told is not None and told.f_flag & os.ST_RDONLY:
        return (
            "Its file system is mounted read-only.",
            "Mount it for writing; the kernel's messages tell why it is not.",
        )
    if told is not None and told.f_bavail * told.f_frsize < _LEAST_FREE:
        return "The disk is full.", _MAKE_ROOM
    shut = _shut(path)
    if shut:
        return f"{', '.join(map(str, shut))} may not be written to.", _GIVE_BACK
    return f"SQLite says: {error}.", _LOOK_AT_DISK


def _of_server(error: sa.exc.DBAPIError, url: sa.URL, consequence: str) -> PrintdError | None:
    state = str(getattr(error.orig, "sqlstate", None) or "")
    what = f"The database {url.database} on {url.host or 'this machine'} cannot be used now."

    def told(why: str, remedy: str) -> StorageError:
        return StorageError(what, why=why, consequence=consequence, remedy=remedy)

    said = str(error.orig).strip().splitlines()
    if state == "53100":
        return told("The disk of the database server is full.", "Make room on it, then repeat what you did.")
    if state == "25006":
        return told("The server is read-only.", "Connect to the primary server: [database] url in printd.toml.")
    if state in ("XX001", "XX002"):
        return IntegrityError(
            f"The database {url.database} on {url.host or 'this machine'} is damaged.",
            why=f"Its server says: {said[0] if said else state}.",
            consequence=consequence,
            remedy="Stop the daemon and call the server's administrator; then restore the newest backup.",
        )
    if state == "42501":
        return told("The user of [database] may not do this there.", "Let the administrator grant it.")
    if error.connection_invalidated or isinstance(error, sa.exc.OperationalError | sa.exc.InterfaceError):
        why = said[0].strip().rstrip(".") if said else type(error.orig).__name__
        return told(
            f"Its server does not answer or ended the connection: {why}.",
            "See that the server runs and takes connections; then repeat what you did. Nothing has to be restored.",
        )
    return None
