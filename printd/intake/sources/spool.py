"""The spool folder: one JSON file a record, photo and signature beside it or inside.

Whoever delivers writes the pictures first and gives the JSON file its name last (write ``NAME.tmp``, rename to
``NAME.json``). A file is taken by renaming it into ``.claimed``, so that nothing is read twice or half; it keeps its
name there until its pictures have followed it. What a crash left there is finished at the next start. What cannot be
sealed in the database is set aside whole: too large in ``.too-large``; a link, a folder or what may not be read in
``.unreadable``. There it lies in clear, so it is removed after three days (:mod:`printd.intake.sources.aside`). File
names may carry personal data, so none is kept for longer or logged.
"""

from __future__ import annotations

import re
import shutil
import stat
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from watchfiles import watch
from watchfiles._rust_notify import WatchfilesRustInternalError

from printd import durable
from printd.errors import ConfigError
from printd.intake.findings import Finding, RecordRefused
from printd.intake.inbox import Accepted, Inbox, Parcel
from printd.intake.sources.aside import HOURS, TOO_LARGE, UNREADABLE
from printd.log import logger
from printd.shop.shop import Shop

CLAIMED = ".claimed"
_ARRIVING = "arriving"
MAX_DOCUMENT = 4 * 1024 * 1024
MAX_PICTURE = 32 * 1024 * 1024
_PHOTO, _SIGNATURE = (".jpg", ".jpeg"), (".png",)
_SETTLED_SECONDS = 0.3
_LOOK_MS = 500
_FILES = (("record.json", MAX_DOCUMENT), ("photo.jpg", MAX_PICTURE), ("signature.png", MAX_PICTURE))
BESIDE = {"photo.jpg": "record.jpg", "signature.png": "record.png"}
"""How the pictures of a claim are named where people get them back, so that they lie beside ``record.json`` again."""
_NAME = re.compile(r"[^/\0]{1,250}\.json", re.IGNORECASE)


class Spool:
    """Takes records from a folder into the inbox."""

    def __init__(self, shop: Shop) -> None:
        self._folder = shop.spool
        self._inbox = Inbox(shop)
        self._log = logger(source="spool")

    def run(self, stop: threading.Event, arrived: Callable[[], None]) -> None:
        """Watch the folder until told to stop; ``arrived`` is called when records entered.

        :raises ConfigError: there is no such folder.
        """
        if not self._folder.is_dir():
            raise ConfigError(
                f"The spool folder {self._folder} does not exist.",
                remedy="Make it or mount it, or correct intake.spool in printd.toml.",
            )
        if self.finish_claimed():
            arrived()
        while not stop.is_set():
            try:
                for _ in watch(self._folder, stop_event=stop, rust_timeout=_LOOK_MS, yield_on_timeout=True, step=50):
                    if self.sweep():
                        arrived()
            except WatchfilesRustInternalError:  # a file name that is not UTF-8; sweeping does not mind
                self._log.warning("spool.watch_restarted")
                if self.sweep():
                    arrived()

    def sweep(self) -> int:
        """Take everything that is complete now; return how many records entered."""
        return sum(self._take(claim, first_time=True) for claim in self._claims())

    def finish_claimed(self) -> int:
        """Finish what an earlier run had taken but not booked; return how many records entered."""
        place = self._folder / CLAIMED
        left = sorted(one for one in place.iterdir() if one.is_dir()) if place.is_dir() else []
        for claim in left:
            self._fetch_pictures(claim)
        return sum(self._take(claim, first_time=False) for claim in left)

    def _claims(self) -> Iterator[Path]:
        """Rename each waiting record with its pictures into a folder of its own."""
        waiting = sorted(path for path in self._folder.iterdir() if _NAME.fullmatch(path.name) and path.name[0] != ".")
        for path in waiting:
            if not _is_settled(path):
                continue
            claim = self._folder / CLAIMED / uuid.uuid4().hex
            arriving = claim / _ARRIVING
            arriving.mkdir(parents=True, mode=0o700)
            try:
                path.rename(arriving / path.name)
            except FileNotFoundError:  # taken back by whoever delivered it
                shutil.rmtree(claim)
                continue
            self._fetch_pictures(claim)
            yield claim

    def _fetch_pictures(self, claim: Path) -> None:
        """Let the pictures follow a claimed record, as a crash may have kept them from; then it is one whole claim."""
        for record in (claim / _ARRIVING).glob("*"):
            for suffixes, name in ((_PHOTO, "photo.jpg"), (_SIGNATURE, "signature.png")):
                for beside in () if (claim / name).exists() else _beside(self._folder / record.name, suffixes):
                    try:
                        beside.rename(claim / name)
                        break
                    except FileNotFoundError:
                        continue
            record.rename(claim / "record.json")
            record.parent.rmdir()

    def _take(self, claim: Path, *, first_time: bool) -> bool:
        """Book one claimed parcel, accepted or quarantined, then remove it; tell whether it was accepted."""
        files: dict[str, bytes] = {}
        aside = ""
        try:
            for name, limit in _FILES:
                try:
                    files[name] = _read(claim / name, limit)
                except FileNotFoundError:
                    continue
                except (RecordRefused, OSError) as unfit:
                    large = isinstance(unfit, RecordRefused) and unfit.findings[0].code == "file_too_large"
                    aside = TOO_LARGE if large else UNREADABLE
                    why = unfit.strerror if isinstance(unfit, OSError) else str(unfit)
                    code = "file_too_large" if large else "file_unreadable"
                    lies = f"The whole delivery lies in {aside}/{claim.name} for {HOURS} hours."
                    raise RecordRefused((_finding(code, f"{name}: {why} {lies}"),)) from None
            if "record.json" in files:
                accepted = self._inbox.accept(
                    Parcel(files["record.json"], files.get("photo.jpg"), files.get("signature.png")), "spool"
                )
                self._done(claim, accepted)
                return True
        except RecordRefused as refused:
            known = [one.code for one in refused.findings] == ["record_known"]
            if not (known and not first_time):  # an earlier run had booked it and died before it could tidy up
                number = self._inbox.quarantine(files, refused.findings)
                self._log.warning("record.quarantined", quarantine=number, codes=[one.code for one in refused.findings])
            if aside:
                (self._folder / aside).mkdir(mode=0o700, exist_ok=True)
                kept = claim.rename(self._folder / aside / claim.name)
                for name, beside in BESIDE.items():  # last: a claim is looked through for the names of a claim
                    with suppress(FileNotFoundError):
                        (kept / name).rename(kept / beside)
                return False
        _remove(claim)
        return False

    def _done(self, claim: Path, accepted: Accepted) -> None:
        self._log.info("record.accepted", record=accepted.record, job=accepted.job, warnings=accepted.warnings)
        _remove(claim)


def _remove(claim: Path) -> None:
    """Overwrite and remove what is booked: the record's name first, so that a crash leaves nothing like a delivery."""
    with suppress(FileNotFoundError):
        (claim / "record.json").rename(claim / "taken")
    for one in claim.iterdir():
        about = one.lstat()
        if stat.S_ISREG(about.st_mode) and about.st_nlink == 1:  # through a link another's file would be overwritten
            with suppress(OSError):  # then it is only removed
                durable.overwrite(one)
    shutil.rmtree(claim)


def parcel_of(path: Path) -> Parcel:
    """Read one record file and the pictures beside it, and leave them where they are.

    :raises RecordRefused: it is not there, too large, or not a file.
    """
    pictures: list[bytes | None] = []
    try:
        document = _read(path, MAX_DOCUMENT)
        for suffixes in (_PHOTO, _SIGNATURE):
            there = next(iter(_beside(path, suffixes)), None)
            pictures.append(None if there is None else _read(there, MAX_PICTURE))
    except OSError as missing:  # its text would name the file
        raise RecordRefused((_finding("unreadable", f"It cannot be read: {missing.strerror}."),)) from None
    return Parcel(document, *pictures)


def _beside(path: Path, suffixes: tuple[str, ...]) -> list[Path]:
    """Return the pictures of one kind that lie beside a record."""
    names = (path.with_suffix(end) for suffix in suffixes for end in (suffix, suffix.upper()))
    return [one for one in names if one.is_symlink() or one.is_file()]


def _read(path: Path, limit: int) -> bytes:
    kind = path.lstat()
    if not stat.S_ISREG(kind.st_mode):
        raise RecordRefused((_finding("not_a_file", "It is a link or a folder, not a file."),))
    if kind.st_size > limit:
        raise RecordRefused((_finding("file_too_large", f"It has more than {limit} bytes."),))
    return path.read_bytes()


def _finding(code: str, message: str) -> Finding:
    return Finding("error", code, "", message)


def _is_settled(path: Path) -> bool:
    """Tell whether nobody has written to the file for a moment, whatever time it came with."""
    try:
        return abs(time.time() - path.lstat().st_ctime) >= _SETTLED_SECONDS
    except FileNotFoundError:
        return False
