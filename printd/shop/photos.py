"""Photos that were taken with a destruction: files in the shop's folder, each named by its SHA-256 alone.

An entry names the digests, so that an exchanged file is noticed. They go into backups as they are.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from printd import durable

FOLDER: Final = "photos"
SUFFIX: Final = ".jpg"


def keep(folder: Path, photos: Sequence[bytes]) -> list[str]:
    """Write photos durably, before an entry speaks of them; return their digests in hex.

    :param folder: of the shop.
    :raises OSError: they cannot be written.
    """
    digests = [hashlib.sha256(one).hexdigest() for one in photos]
    for digest, content in zip(digests, photos, strict=True):
        path = path_of(folder, digest)
        path.parent.mkdir(mode=0o700, exist_ok=True)
        if not path.exists():
            durable.write(path, content)
    if photos:
        durable.sync_folder(folder)
    return digests


def path_of(folder: Path, digest: str) -> Path:
    """Return where the photo of a digest lies."""
    return folder / FOLDER / f"{digest}{SUFFIX}"


def find(folder: Path, digest: str) -> bytes | None:
    """Return a photo; ``None``: the file is not there, or is another one by now."""
    try:
        content = path_of(folder, digest).read_bytes()
    except OSError:
        return None
    return content if hashlib.sha256(content).hexdigest() == digest else None


def all_of(folder: Path) -> list[Path]:
    """Return every photo that is kept, in order of their names."""
    return sorted((folder / FOLDER).glob(f"[!.]*{SUFFIX}"))
