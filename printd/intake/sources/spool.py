"""The spool folder: one JSON file a record, photo and signature beside it or inside.

Whoever delivers writes the pictures first and gives the JSON file its name last (write ``NAME.tmp``, rename to
``NAME.json``). A file is taken by renaming it into ``.claimed``, so that nothing is read twice or half; what a crash
left there is finished at the next start. File names may carry personal data, so none is kept or logged.
"""

from __future__ import annotations

import re
import shutil
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

from watchfiles import watch

from printd.intake.findings import Finding, RecordRefused
from printd.intake.inbox import Accepted, Inbox, Parcel
from printd.log import logger

CLAIMED = ".claimed"
TOO_LARGE = ".too-large"
MAX_DOCUMENT = 4 * 1024 * 1024
MAX_PICTURE = 32 * 1024 * 1024
_PHOTO, _SIGNATURE = (".jpg", ".jpeg"), (".png",)
_SETTLED_SECONDS = 0.3
_LOOK_MS = 500
_NAME = re.compile(r"[^/\0]{1,250}\.json", re.IGNORECASE)


class Spool:
    """Takes records from a folder into the inbox."""

    def __init__(self, folder: Path, inbox: Inbox) -> None:
        self._folder = folder
        self._inbox = inbox
        self._log = logger(source="spool")

    def run(self, stop: threading.Event, arrived: Callable[[], None]) -> None:
        """Watch the folder until told to stop; ``arrived`` is called when records entered."""
        self.finish_claimed()
        for _changes in watch(self._folder, stop_event=stop, rust_timeout=_LOOK_MS, yield_on_timeout=True, step=50):
            if self.sweep():
                arrived()

    def sweep(self) -> int:
        """Take everything that is complete now; return how many records entered."""
        return sum(self._take(claim, first_time=True) for claim in self._claims())

    def finish_claimed(self) -> int:
        """Finish what an earlier run had taken but not booked; return how many records entered."""
        place = self._folder / CLAIMED
        left = sorted(place.iterdir()) if place.is_dir() else []
        return sum(self._take(claim, first_time=False) for claim in left)

    def _claims(self) -> Iterator[Path]:
        """Rename each waiting record with its pictures into a folder of its own."""
        waiting = sorted(path for path in self._folder.iterdir() if _NAME.fullmatch(path.name) and path.name[0] != ".")
        for path in waiting:
            if not _is_settled(path):
                continue
            claim = self._folder / CLAIMED / uuid.uuid4().hex
            claim.mkdir(parents=True, mode=0o700)
            try:
                path.rename(claim / "record.json")
            except FileNotFoundError:  # taken back by whoever delivered it
                claim.rmdir()
                continue
            for suffixes, name in ((_PHOTO, "photo.jpg"), (_SIGNATURE, "signature.png")):
                for beside in (path.with_suffix(end) for suffix in suffixes for end in (suffix, suffix.upper())):
                    if beside.is_symlink() or beside.is_file():
                        beside.rename(claim / name)
                        break
            yield claim

    def _take(self, claim: Path, *, first_time: bool) -> bool:
        """Book one claimed parcel, accepted or quarantined, then remove it; tell whether it was accepted."""
        files: dict[str, bytes] = {}
        try:
            for name, limit in (
                ("record.json", MAX_DOCUMENT),
                ("photo.jpg", MAX_PICTURE),
                ("signature.png", MAX_PICTURE),
            ):
                path = claim / name
                if path.is_symlink() or (path.exists() and not path.is_file()):
                    raise RecordRefused((_finding("not_a_file", f"{name} is a link or a folder, not a file."),))
                if not path.exists():
                    continue
                if path.stat().st_size > limit:
                    raise RecordRefused(
                        (
                            _finding(
                                "file_too_large",
                                f"{name} has more than {limit} bytes. It lies in {TOO_LARGE}/{claim.name}.",
                            ),
                        )
                    )
                files[name] = path.read_bytes()
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
            if any(one.code == "file_too_large" for one in refused.findings):
                (self._folder / TOO_LARGE).mkdir(mode=0o700, exist_ok=True)
                claim.rename(self._folder / TOO_LARGE / claim.name)
                return False
        shutil.rmtree(claim)
        return False

    def _done(self, claim: Path, accepted: Accepted) -> None:
        self._log.info("record.accepted", record=accepted.record, job=accepted.job, warnings=accepted.warnings)
        shutil.rmtree(claim)


def parcel_of(path: Path) -> Parcel:
    """Read one record file and the pictures beside it, and leave them where they are.

    :raises RecordRefused: it is too large, or not a file.
    """
    pictures: list[bytes | None] = []
    document = _read(path, MAX_DOCUMENT)
    for suffixes in (_PHOTO, _SIGNATURE):
        beside = [path.with_suffix(end) for suffix in suffixes for end in (suffix, suffix.upper())]
        there = next((one for one in beside if one.is_symlink() or one.exists()), None)
        pictures.append(None if there is None else _read(there, MAX_PICTURE))
    return Parcel(document, *pictures)


def _read(path: Path, limit: int) -> bytes:
    if path.is_symlink() or not path.is_file():
        raise RecordRefused((_finding("not_a_file", "It is a link or a folder, not a file."),))
    if path.stat().st_size > limit:
        raise RecordRefused((_finding("file_too_large", f"It has more than {limit} bytes."),))
    return path.read_bytes()


def _finding(code: str, message: str) -> Finding:
    return Finding("error", code, "", message)


def _is_settled(path: Path) -> bool:
    """Tell whether nobody has written to the file for a moment."""
    try:
        return time.time() - path.lstat().st_mtime >= _SETTLED_SECONDS
    except FileNotFoundError:
        return False
