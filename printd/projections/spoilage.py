"""What is kept of a spoiled blank: cause, step, printer, operator, carton."""

from __future__ import annotations

from collections.abc import Sequence

from printd.errors import Refused
from printd.ledger.entry import Entry
from printd.store import blanks, deliveries, spoils
from printd.store.rows import Connection
from printd.store.tables.spoils import SpoilRow
from printd.words.causes import SPOIL_CAUSES
from printd.words.serials import SerialRange


def check_cause(cause: str) -> None:
    """Make sure that a spoil cause is one of the trade's.

    :raises Refused: it is not; the sentence lists them.
    """
    if cause not in SPOIL_CAUSES:
        raise Refused(f"{cause!r} is not a spoil cause.", remedy=f"Choose one of: {', '.join(SPOIL_CAUSES)}.")


def keep(
    connection: Connection,
    entry: Entry,
    ranges: Sequence[SerialRange],
    cause: str,
    step: str,
    *,
    printer: str | None = None,
    operator: str | None = None,
    attempt: str | None = None,
) -> None:
    """Write one row for each blank that this entry books as spoiled; the entry's first actor answers for it.

    A blank that was spoiled, got lost and came back keeps its first row: it is spoiled once.

    :param operator: who printed, where somebody did.
    :raises Refused: the cause is none of the trade's.
    """
    check_cause(cause)
    rows: list[SpoilRow] = []
    for part in ranges:
        held = blanks.touching(connection, part)
        cartons = deliveries.cartons_touching(connection, part)
        for number in range(part.first, part.last + 1):
            delivery = next(row.delivery_id for row in held if row.first <= number <= row.last)
            rows.append(
                {
                    "serial": part.serial(number),
                    "seq": entry.seq,
                    "at": entry.at,
                    "delivery_id": delivery,
                    "carton": next((c["label"] for c in cartons if c["first"] <= number <= c["last"]), None),
                    "cause": cause,
                    "step": step,
                    "printer": printer,
                    "operator": operator,
                    "attempt_id": attempt,
                    "approved_by": entry.actors[0] if entry.actors else None,
                }
            )
    known = spoils.known(connection, [row["serial"] for row in rows])
    spoils.add_spoils(connection, [row for row in rows if row["serial"] not in known])
