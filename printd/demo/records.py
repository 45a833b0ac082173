"""Records of invented people, as files: for the demo's spool folder, and for whoever tries a shop of their own."""

from __future__ import annotations

import json
from pathlib import Path

from printd.demo.people import Person, make_people
from printd.errors import ConfigError

_SEED = 5371


def deliver(folder: Path, one: Person) -> None:
    """Deliver a record as a registry's client does: pictures first, the JSON's own name last."""
    name = str(one.fields["EKTP_LOCAL_ID"])
    (folder / f"{name}.jpg").write_bytes(one.photo_jpeg)
    (folder / f"{name}.png").write_bytes(one.signature_png)
    document = folder / f"{name}.tmp"
    document.write_text(json.dumps(one.fields), encoding="utf-8")
    document.rename(folder / f"{name}.json")


def invented(count: int) -> list[Person]:
    """Return the demo's people, the same ones for the same count."""
    return make_people(count, seed=_SEED)


def write(folder: Path, count: int) -> list[str]:
    """Write so many records into a new folder; return the names of their documents.

    :raises ConfigError: the folder holds something already, or cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        taken = any(folder.iterdir())
    except OSError as refused:
        raise ConfigError(
            f"The folder {folder} cannot be used.", why=f"{refused.strerror}.", consequence="Nothing was written."
        ) from refused
    if taken:
        raise ConfigError(f"{folder} is not empty.", consequence="Nothing was written.", remedy="Choose a new folder.")
    for one in invented(count):
        deliver(folder, one)
    return sorted(path.name for path in folder.glob("*.json"))
