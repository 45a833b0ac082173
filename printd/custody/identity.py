"""Which chip is in which blank: bound at the first reading, held against the books at every later one."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from printd.custody.movements import place_of
from printd.errors import Refused
from printd.store import chips, incidents
from printd.store.incidents import IdentityIncident
from printd.store.rows import Connection
from printd.words import places
from printd.words.serials import common, from_json, parse_serial

_UID = re.compile(r"[0-9A-F]{8}|[0-9A-F]{14}|[0-9A-F]{20}", re.ASCII)
_RANDOM = "08"  # first byte of a four-byte UID that is new at every power-up (ISO/IEC 14443-3)


@dataclass(frozen=True)
class Conflict:
    """A chip and a blank that do not belong together, as far as the books know.

    :param belongs: the blank that the chip is bound to, or an empty string.
    """

    kind: Literal["unknown_uid", "uid_elsewhere"]
    sentence: str
    belongs: str = ""


def parse_uid(text: str) -> str:
    """Return a chip's UID in upper-case hex: 4, 7 or 10 bytes.

    :raises Refused: it is none, or one that is random and so identifies nothing.
    """
    uid = text.strip().upper()
    if not _UID.fullmatch(uid):
        raise Refused(f"{text[:30]!r} is not a chip's UID.", why="It has 8, 14 or 20 hex digits.")
    if len(uid) == 8 and uid.startswith(_RANDOM):
        raise Refused(
            f"The UID {uid} is a random one.",
            why="The chip makes a new one each time it is read (ISO/IEC 14443-3).",
            consequence="It identifies no blank; nothing was bound.",
        )
    return uid


def check(connection: Connection, serial: str, uid: str) -> Conflict | None:
    """Hold a reading against the books; ``None`` where nothing speaks against it."""
    place = place_of(connection, serial)
    if place is None or places.kind(place) is places.Kind.TRANSIT:
        said = "belongs to no delivery" if place is None else f"is in {place}, not received"
        return Conflict("unknown_uid", f"The chip {uid} was read in {serial}, which {said}.")
    there = chips.chip_of_uid(connection, uid)
    if there is not None and there["serial"] != serial:
        sentence = f"The chip {uid} read in {serial} is bound to {there['serial']}."
        return Conflict("uid_elsewhere", sentence, there["serial"])
    known = chips.chip_of_serial(connection, serial)
    if known is not None and known["uid"] != uid:
        return Conflict("uid_elsewhere", f"{serial} is bound to the chip {known['uid']}, but {uid} was read in it.")
    return None


def stop_reason(connection: Connection, serial: str) -> str | None:
    """Return why this blank must not be printed: an open incident about its chip."""
    incident = next(_open_about(connection, serial), None)
    return None if incident is None else f"{serial} has the open incident {incident['id']} about its chip."


def known_incident(connection: Connection, serial: str, sentence: str) -> str | None:
    """Return the open incident that says this of a blank already."""
    return next((row["id"] for row in _open_about(connection, serial) if row["note"] == sentence), None)


def _open_about(connection: Connection, serial: str) -> Iterator[IdentityIncident]:
    one = parse_serial(serial)
    for incident in incidents.identity_incidents(connection):
        if common([one], from_json(json.loads(incident["serials"]))):
            yield incident
