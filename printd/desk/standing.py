"""What each printer does now, by the books and by its worker; so, too, why none of some printers prints."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from printd.desk.desk import Desk
from printd.printing.abilities import lacks_station
from printd.printing.in_doubt import say_doubt
from printd.store import attempts, printers
from printd.store.rows import Connection
from printd.words.states import AttemptState, PrinterState

_WORKS = frozenset({PrinterState.STARTING, PrinterState.IDLE, PrinterState.PRINTING})


@dataclass(frozen=True)
class Standing:
    """What one printer does now.

    :param state: a :class:`PrinterState`, or the code of what ails its part of the shop.
    :param reasons: keywords of IPP, as its worker read them.
    :param message: for people: why it stands still, and what to do.
    :param job_in_doubt: whose card it is that nobody knows the fate of.
    """

    state: str
    reasons: tuple[str, ...] = ()
    message: str = ""
    job_in_doubt: str | None = None

    @property
    def works(self) -> bool:
        """Whether it prints, or would if something waited."""
        return self.state in _WORKS


def standings(desk: Desk, connection: Connection) -> dict[str, Standing]:
    """Return what each printer does, by name; those that work here no more are left out."""
    doubtful = {row["printer"]: row for row in attempts.attempts_in(connection, [AttemptState.IN_DOUBT])}
    under_way = {row["printer"] for row in attempts.attempts_in(connection, [AttemptState.OPEN])}
    ailing = {one.part: one for one in (desk.workshop.problems() if desk.workshop is not None else [])}
    told: dict[str, Standing] = {}
    for row in printers.printers(connection):
        name = row["name"]
        live = desk.workshop.live(name) if desk.workshop is not None else None
        state: str = live.state if live else (PrinterState.PAUSED if row["paused"] else PrinterState.NOT_RUNNING)
        message = live.message if live else row["pause_reason"]
        doubt, ails = doubtful.get(name), ailing.get(f"printer:{name}")
        unable = lacks_station(desk.shop.config.encoder, name, row["family"], row["model"])
        if state == PrinterState.IN_DOUBT and doubt is None:
            state = PrinterState.STARTING  # settled a moment ago; the worker has not looked yet
        if row["paused"] and name in under_way:
            state = PrinterState.DRAINING
        if unable and not row["paused"]:
            state, message = PrinterState.UNABLE, unable
        if ails is not None:
            state, message = ails.code, ails.message
        if doubt is not None:
            state, message = (
                PrinterState.IN_DOUBT,
                " ".join(part for part in (say_doubt(doubt), ails and ails.message) if part),
            )
        reasons = live.reasons if live else ()
        told[name] = Standing(state, reasons, message, doubt["job_id"] if doubt is not None else None)
    return told


def why_still(printers: Mapping[str, Standing], fit: Iterable[str]) -> str:
    """Return why none of some printers prints, or an empty string: one does, or there is none.

    :param fit: names of the printers that could print what is asked about.
    """
    able = [printers[name] for name in fit]
    if not able or any(one.works for one in able):
        return ""
    words = (f"{one.state.replace('_', ' ')}{_machine(one)}" for one in able)
    which = "every printer" if len(able) == len(printers) else "every printer that has a blank for it"
    return f"{which} stands still: " + ", ".join(f"{number} {word}" for word, number in sorted(Counter(words).items()))


def _machine(one: Standing) -> str:
    """Return the machine's own reasons, of one that it stopped itself; of the others the state says all."""
    return (
        f" ({', '.join(one.reasons)})"
        if one.reasons and one.state in (PrinterState.STOPPED, PrinterState.WAITING)
        else ""
    )
