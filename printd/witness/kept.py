"""What a witness keeps, in a folder of its own: its key, the logs it knows, the last checkpoint it cosigned of each.

``witness.key`` and ``witness.vkey``; for each log, under the SHA-256 of its name, ``log.vkey``, ``checkpoint`` (the
note with the log's line and the witness's own: what it shows to whoever asks) and ``refused/``, the evidence. A log
that is known and was never cosigned has an empty ``checkpoint``: one that is missing was lost, and a witness that lost
what it saw would cosign another history.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from printd import durable
from printd.errors import ConfigError, IntegrityError, Refused
from printd.ledger.checkpoint import Checkpoint, CheckpointError, open_checkpoint
from printd.ledger.cosigner import Cosigner, cosignatures
from printd.ledger.notes import ED25519, NoteError, Verifier
from printd.ledger.signatures import public_key_problem
from printd.ledger.submission import folder_of

_KEY, _VKEY, _LOGS = "witness.key", "witness.vkey", "logs"
_LOG_KEY, _LAST, _REFUSED = "log.vkey", "checkpoint", "refused"
_REQUEST = "request.txt"
_MOST_REFUSED = 1000
_NOT_COSIGNED = "Nothing was cosigned."


@dataclass(frozen=True)
class Last:
    """The last checkpoint that was cosigned of a log: what it says, the ``note`` with both lines, own ``line``, when.

    :param time: in POSIX seconds.
    """

    checkpoint: Checkpoint
    note: bytes
    line: bytes
    time: int


class Kept:
    """The folder of one witness."""

    def __init__(self, folder: Path, cosigner: Cosigner) -> None:
        self._folder = folder
        self.cosigner = cosigner

    @classmethod
    def make(cls, folder: Path, name: str) -> Kept:
        """Make a new witness: its key, under a name that is for ever.

        :raises ConfigError: the folder is there and not empty, cannot be made, or the name is none of a key.
        """
        try:
            cosigner = Cosigner.generate(name)
            folder.mkdir(mode=0o700, exist_ok=True)
            if any(folder.iterdir()):
                raise ConfigError(
                    f"{folder} is not empty, and no witness.",
                    why="It has no witness.key.",
                    consequence="Nothing was made.",
                    remedy="Name a new folder. Where this was a witness, its key is lost: a new one has a new name.",
                )
            (folder / _LOGS).mkdir(mode=0o700)
            durable.write(folder / _VKEY, f"{cosigner.verifier.vkey}\n".encode("ascii"), 0o644)
            durable.write(folder / _KEY, f"{cosigner.to_text()}\n".encode("ascii"))  # last: with it there is a witness
        except NoteError as unfit:
            raise ConfigError(
                f"{name[:100]!r} cannot name a witness.",
                why=f"{unfit}.",
                consequence="Nothing was made.",
                remedy="Name it like ntt.example/witness-1: the office's domain, and what tells it from its others.",
            ) from unfit
        except OSError as failed:
            raise _unusable(folder, failed, "Nothing, or not all of it, was made.") from failed
        return cls(folder, cosigner)

    @classmethod
    def open(cls, folder: Path) -> Kept | None:
        """Open a witness's folder; ``None``: there is no witness yet.

        :raises ConfigError: its key cannot be used, or what it saw is lost.
        """
        path = folder / _KEY
        try:
            text = path.read_text(encoding="ascii").strip()
            open_to_others = path.stat().st_mode & 0o077
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as failed:
            raise _unusable(path, failed, _NOT_COSIGNED) from failed
        if open_to_others:
            raise ConfigError(
                f"The key file {path} can be read by others.",
                consequence="Whoever read it can cosign as this witness.",
                remedy=f"Find out who could; then protect it: chmod 600 {path}",
            )
        try:
            cosigner = Cosigner.from_text(text)
        except NoteError as broken:
            raise ConfigError(f"{path} is no witness's key.", why=f"{broken}.", remedy="Restore it.") from broken
        if not (folder / _LOGS).is_dir():
            raise lost(folder / _LOGS)
        return cls(folder, cosigner)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold what is kept alone, so that nobody cosigns between a look at it and a change of it."""
        handle = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def trust(self, vkey: str) -> Verifier:
        """Know a log from now on, by its key; the same once more changes nothing.

        :raises Refused: it is no log's key, or the log is known by another one.
        """
        try:
            key = Verifier.from_vkey(vkey)
            problem = public_key_problem(key.public) if key.algorithm == ED25519 else "its type is not a log's"
        except NoteError as unfit:
            problem = str(unfit)
        if problem:
            raise Refused(
                f"{vkey[:100]!r} is no key of a log.",
                why=f"{problem}.",
                consequence="No log was added.",
                remedy="Copy keys/log.vkey of the other shop, as it was given to you on paper.",
            )
        known = self.log(key.name)
        if known is not None and known != key:
            raise Refused(
                f"The log {key.name} is known by another key: {known.label}.",
                why="One log has one key; the next generation of a log has a new name.",
                consequence="Nothing was changed.",
                remedy="Ask the other shop, by another way than this key came, which of the two is theirs.",
            )
        if known is None:
            place = self._place(key.name)
            with self.alone():
                place.mkdir(mode=0o700, exist_ok=True)
                durable.write(place / _LAST, b"")
                durable.write(place / _LOG_KEY, f"{key.vkey}\n".encode("ascii"))
                durable.sync_folder(place.parent)
        return key

    def logs(self) -> list[Verifier]:
        """Return the keys of all logs that are known, by their names.

        :raises ConfigError: a key file was altered.
        """
        found = [_read_key(path) for path in (self._folder / _LOGS).glob(f"*/{_LOG_KEY}")]
        return sorted(found, key=lambda one: one.name)

    def log(self, origin: str) -> Verifier | None:
        """Return the key of a log; ``None``: it is not known here.

        :raises ConfigError: its key file was altered.
        """
        path = self._place(origin) / _LOG_KEY
        return _read_key(path) if path.exists() else None

    def last(self, log: Verifier) -> Last | None:
        """Return the last checkpoint that was cosigned of a log; ``None``: none was.

        :raises ConfigError: it is lost.
        :raises IntegrityError: it was altered.
        """
        path = self._place(log.name) / _LAST
        try:
            note = path.read_bytes()
        except FileNotFoundError as gone:
            raise lost(path) from gone
        if not note:
            return None
        try:
            checkpoint = open_checkpoint(note, log.name, [log])
            (own,) = cosignatures(note, [self.cosigner.verifier])
        except (NoteError, CheckpointError, ValueError) as altered:
            raise IntegrityError(
                f"{path} is not what this witness cosigned.",
                why=f"{altered}.",
                consequence="Of this log nothing is cosigned any more.",
                remedy="Find out who altered it. Without what it saw this witness has to be made anew, under a new "
                "name.",
            ) from altered
        return Last(checkpoint, note, own.line, own.time)

    def keep(self, log: Verifier, note: bytes) -> None:
        """Keep a checkpoint with both lines as the last one, durably, before anybody is given the cosignature.

        :raises OSError: it cannot be written; the one before stands.
        """
        durable.write(self._place(log.name) / _LAST, note)

    def keep_refused(self, log: Verifier, body: bytes, why: str) -> None:
        """Keep, for good, a request that a log's key signed and that was refused, beside the note that it contradicts.

        The same request is kept once, and of each log so many: whoever has its key could fill the disk.

        :raises OSError: it cannot be written.
        """
        folder = self._place(log.name) / _REFUSED
        place = folder / sha256(body).hexdigest()[:16]
        folder.mkdir(mode=0o700, exist_ok=True)
        if (place / _REQUEST).exists() or len(list(folder.iterdir())) >= _MOST_REFUSED:
            return
        place.mkdir(mode=0o700, exist_ok=True)
        durable.write(place / "held.note", (self._place(log.name) / _LAST).read_bytes())
        durable.write(place / "why.txt", f"{why}\n".encode())
        durable.write(place / _REQUEST, body)  # last: with it the evidence is whole
        durable.sync_folder(folder)

    def refused(self, log: Verifier) -> list[Path]:
        """Return the folders of evidence about a log."""
        folder = self._place(log.name) / _REFUSED
        return sorted(folder.iterdir()) if folder.is_dir() else []

    def _place(self, origin: str) -> Path:
        return self._folder / _LOGS / folder_of(origin)


def lost(path: Path) -> ConfigError:
    """Return why a witness that does not know any more what it saw cosigns nothing."""
    return ConfigError(
        f"{path} is missing: this witness does not know any more what it cosigned.",
        why="Whatever it cosigned next could contradict what it cosigned before.",
        consequence=_NOT_COSIGNED,
        remedy="Put back the newest copy that there is only where nothing was cosigned since. Otherwise make a new "
        "witness, in a new folder and under a new name, and tell the shops its key.",
    )


def _read_key(path: Path) -> Verifier:
    try:
        key = Verifier.from_vkey(path.read_text(encoding="ascii").strip())
    except (OSError, UnicodeDecodeError, NoteError) as broken:
        raise ConfigError(f"{path} is no key of a log.", why=f"{broken}.", remedy="Restore it.") from broken
    if path.parent.name != folder_of(key.name):
        raise ConfigError(f"{path} is the key of another log: {key.name}.", remedy="Restore the right one.")
    return key


def _unusable(path: Path, failed: Exception, consequence: str) -> ConfigError:
    why = failed.strerror if isinstance(failed, OSError) else str(failed)
    return ConfigError(
        f"{path} cannot be used.", why=f"{why}.", consequence=consequence, remedy="Look who may read and write it."
    )
