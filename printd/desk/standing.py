"""What each printer shows now, by the books and by its worker."""

from __future__ import annotations

from printd.desk.desk import Desk
from printd.printing.abilities import lacks_station
from printd.printing.in_doubt import why_in_doubt
from printd.printing.shown import Doubt, Shown, Standing, shows
from printd.shop.health import halted_by
from printd.store import attempts, printers, shifts
from printd.store.rows import Connection
from printd.words.states import AttemptState, PrinterState, is_counting


def shown(desk: Desk, connection: Connection) -> dict[str, Shown]:
    """Return what each printer shows, by name; those that work here no more are left out."""
    doubtful = {row["printer"]: row for row in attempts.attempts_in(connection, [AttemptState.IN_DOUBT])}
    under_way = {row["printer"] for row in attempts.attempts_in(connection, [AttemptState.OPEN])}
    problems = desk.workshop.problems() if desk.workshop is not None else []
    sick = {one.part: one for one in problems}
    shift = shifts.current(connection)
    told: dict[str, Shown] = {}
    for row in printers.printers(connection):
        name = row["name"]
        live = desk.workshop.live(name) if desk.workshop is not None else None
        doubt, ails = doubtful.get(name), sick.get(f"printer:{name}")
        known = Standing(
            paused=row["pause_reason"] if row["paused"] else None,
            doubt=None if doubt is None else Doubt(doubt["job_id"], why_in_doubt(doubt)),
            under_way=name in under_way,
            sick=None if ails is None else (PrinterState(ails.code), ails.message),
            unable=lacks_station(desk.shop.config.encoder, name, row["family"], row["model"]),
            runs=live is not None,
            halted=halted_by(problems),
            counting=shift["id"] if is_counting(shift) else "",
        )
        told[name] = shows(known, live)
    return told
