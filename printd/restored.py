"""The mark of a shop that was restored from a backup: until two people say how to go on, it is only read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import tzinfo
from pathlib import Path
from typing import Any

from printd import durable
from printd.errors import IntegrityError, PrintdError
from printd.office_time import moment

MARK_NAME = "restored.json"


def mark(folder: Path, about: Mapping[str, Any]) -> None:
    """Mark a shop as restored.

    :param about: ``made_at``, ``size`` and ``root`` of the backup.
    """
    durable.write(folder / MARK_NAME, json.dumps(dict(about), sort_keys=True).encode())


def marked(folder: Path) -> dict[str, Any] | None:
    """Return what the backup was, or ``None``: the shop was not restored, or people said how to go on.

    :raises IntegrityError: the mark cannot be read.
    """
    path = folder / MARK_NAME
    try:
        about = json.loads(path.read_bytes())
        return {"made_at": str(about["made_at"]), "size": int(about["size"]), "root": str(about["root"])}
    except FileNotFoundError:
        return None
    except (OSError, ValueError, LookupError, TypeError) as broken:
        raise IntegrityError(
            f"The mark of a restored shop, {path}, cannot be read.",
            why=f"{broken}.",
            consequence="Nothing is booked, signed or printed.",
            remedy="Restore the shop once more.",
        ) from broken


def unmark(folder: Path) -> None:
    """Take the mark away."""
    (folder / MARK_NAME).unlink(missing_ok=True)
    durable.sync_folder(folder)


def undecided(about: Mapping[str, Any], zone: tzinfo) -> PrintdError:
    """Return why a restored shop books nothing yet.

    :param zone: of the office.
    """
    return IntegrityError(
        f"This shop was restored from a backup of {moment(about['made_at'], zone)} with {about['size']} entries; "
        "whether anything was booked after it is not known yet.",
        consequence="It can be read and audited. Nothing is booked or printed: a card that was printed after the "
        "backup would be printed twice.",
        remedy="Two people decide: printd audit go-on --by NAME --with NAME --against NEWEST, where NEWEST is the "
        "newest checkpoint or act that you hold; see docs/operation.md.",
    )
