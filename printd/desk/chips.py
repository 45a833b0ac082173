"""Acts on chips: bind a blank to its chip's UID, read the card at the desk's reader."""

from __future__ import annotations

from typing import TypedDict

from printd.custody import identity
from printd.custody.incidents import open_incident
from printd.desk.desk import Desk, proved
from printd.desk.proofs import Person
from printd.errors import Refused
from printd.events.blanks import ChipBound
from printd.store import chips
from printd.words.serials import parse_serial


class ChipOfBlank(TypedDict):
    """A blank and the chip in it."""

    serial: str
    uid: str


class ChipRead(TypedDict):
    """A chip that was read, and the blank that it is bound to, if there is one."""

    uid: str
    serial: str | None


def bind(desk: Desk, serial: str, uid: str, by: Person) -> ChipOfBlank:
    """Bind a blank to the chip that was read in it, or make sure that it is the one bound before.

    A chip that does not belong there opens an incident, and the blank is not printed until it is settled.

    :raises Refused: the books know another blank for the chip, another chip for the blank, or no such blank.
    """
    operator = proved(desk, by)
    one, number = parse_serial(serial), identity.parse_uid(uid)
    name = one.first_serial
    with desk.booking() as booking:
        conflict = identity.check(booking.connection, name, number)
        if conflict is None:
            if chips.chip_of_serial(booking.connection, name) is None:
                booking.enter(ChipBound(uid=number, serial=name), [operator])
            return {"serial": name, "uid": number}
        incident = identity.known_incident(booking.connection, name, conflict.sentence)
        if incident is None:  # a second reading says nothing new
            incident = open_incident(booking, conflict.kind, [one], conflict.sentence, [operator])
    raise Refused(
        conflict.sentence,
        consequence=f"Nothing was bound, {name} is not printed, and {incident} is open.",
        remedy="Put the blank aside and call the supervisor.",
    )


def read(desk: Desk, reader: str) -> ChipRead:
    """Read the chip of the card that lies on a contactless reader at the desk, and say which blank it is bound to.

    :param reader: its name, whole or without the numbers that pcscd puts behind it.
    :raises Refused: nothing could be read, or a UID that is random and so identifies nothing.
    """
    from drivers.deadline import Deadline  # noqa: PLC0415 - the drivers load slowly
    from drivers.errors import DriverError  # noqa: PLC0415
    from drivers.readers import pcsc  # noqa: PLC0415

    try:
        uid = pcsc.read_uid(reader, Deadline.after(desk.shop.config.encoder.chip_seconds))
    except DriverError as trouble:
        raise Refused(
            f"No chip could be read at {reader[:60]}.",
            why=f"{trouble}.",
            consequence="Nothing was changed.",
            remedy="Lay the card on the reader again, or type the serial that is on it.",
        ) from trouble
    if not uid.fixed:
        raise Refused(
            f"The chip has a random UID ({uid}), which identifies no blank.",
            consequence="Nothing was changed.",
            remedy="Type the serial that is on the card.",
        )
    with desk.shop.store.reading() as connection:
        bound = chips.chip_of_uid(connection, str(uid))
    return {"uid": str(uid), "serial": bound["serial"] if bound is not None else None}
