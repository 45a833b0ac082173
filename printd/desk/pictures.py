"""Acts on pictures: what should be on a job's card, for whoever holds the card in hand."""

from __future__ import annotations

from base64 import b64encode
from typing import TypedDict

from printd.desk.desk import Desk, not_to_disk, proved
from printd.desk.jobs import find_job
from printd.desk.proofs import Person
from printd.events.registers import RegisterRead
from printd.store import attempts as store_attempts
from printd.words.states import AttemptState


class Picture(TypedDict):
    """The faces of a card as PNG in base64; a specimen carries no face."""

    job: str
    specimen: bool
    png: str


def draw(desk: Desk, job: str, by: Person, to_disk: bool = False) -> Picture:
    """Return the faces of a job's card as a PNG in base64; the look is booked before it is answered.

    The card itself is drawn only for an attempt in doubt, which holds its blank; otherwise a specimen without face and
    signature (design rule 9).

    :param to_disk: the door is going to write it to a disk, which in a real shop a specimen alone may be.
    :raises Refused: nobody proved who looks, or the card cannot be drawn.
    """
    from printd.printing.faces import faces  # noqa: PLC0415 - what draws loads slowly

    name = proved(desk, by)
    with desk.shop.store.reading() as connection:
        found = find_job(connection, job)
        attempts = store_attempts.attempts_of(connection, found["id"])
    attempt = next((one for one in attempts if one["state"] == AttemptState.IN_DOUBT), None)
    if attempt is not None:
        not_to_disk(desk, "The picture of this card", to_disk=to_disk)
    png = faces(desk.shop, found["record_id"], attempt)
    what = f"specimen:{found['id']}" if attempt is None else f"card_in_doubt:{attempt['id']}"
    desk.enter(RegisterRead(what=what, rows=1), [name])
    return {"job": found["id"], "specimen": attempt is None, "png": b64encode(png).decode()}
