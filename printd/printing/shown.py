"""What a printer shows: its state, the reasons, a sentence. One answer for worker, lists and waiting jobs. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypedDict, assert_never

from printd.remedies import DO, Do, plain_value
from printd.words.states import PrinterState


@dataclass(frozen=True)
class Live:
    """What a worker does now, for people to see; nothing depends on it."""

    state: PrinterState
    reasons: tuple[str, ...] = ()
    message: str = ""
    cards: int = 0


@dataclass(frozen=True)
class Doubt:
    """A card of which nobody knows what became.

    :param says: which blank it is, and why it is in doubt.
    """

    job: str
    says: str


@dataclass(frozen=True)
class Standing:
    """What books and shop know of a printer, before anybody asks its machine.

    :param paused: why it is paused; ``None``: it is not. A test print keeps its printer paused, and says so there.
    :param doubt: the card on it that is in doubt.
    :param under_way: whether a card is under way on it.
    :param sick: its worker died or hangs, in a sentence.
    :param unable: why it cannot print this shop's cards.
    :param runs: whether the daemon runs and has a worker for it.
    :param halted: why no card is begun in the whole shop.
    :param counting: the shift that is being counted.
    :param tired: why it must rest.
    """

    paused: str | None = None
    doubt: Doubt | None = None
    under_way: bool = False
    sick: tuple[PrinterState, str] | None = None
    unable: str = ""
    runs: bool = True
    halted: str = ""
    counting: str = ""
    tired: str = ""


@dataclass(frozen=True)
class Shown:
    """What one printer shows.

    :param reasons: keywords of IPP, as its worker read them.
    :param message: for people: why it stands still, and what to do; :data:`DO` stands for ``do``.
    :param do: the act that helps; ``None``: none at the desk does.
    :param job_in_doubt: whose card it is of which nobody knows what became.
    """

    state: PrinterState
    reasons: tuple[str, ...] = ()
    message: str = ""
    do: Do | None = None
    job_in_doubt: str | None = None


class Helps(TypedDict):
    """An act that helps, as an answer carries it; empty where none does."""

    act: str
    arguments: dict[str, str]


def act_of(do: Do | None) -> Helps:
    """Return an act and its arguments as an answer carries them."""
    if do is None:
        return {"act": "", "arguments": {}}
    return {"act": do.act, "arguments": {name: plain_value(value or "") for name, value in do.arguments.items()}}


RETIRED = Shown(PrinterState.RETIRED, message="It works here no more.")


def stands_still(known: Standing) -> Shown | None:
    """Return what a printer shows that begins no card whatever its machine says; ``None``: the machine decides."""
    if known.doubt is not None:
        return _in_doubt(known.doubt, known.sick)
    if known.sick is not None:
        state, message = known.sick
        return Shown(state, message=message)
    if known.paused is not None:
        return Shown(PrinterState.DRAINING if known.under_way else PrinterState.PAUSED, message=known.paused)
    if known.unable:
        return Shown(PrinterState.UNABLE, ("other-warning",), known.unable)
    if not known.runs:
        return Shown(PrinterState.NOT_RUNNING)
    if known.under_way:
        return None
    if known.halted:
        return Shown(PrinterState.WAITING, ("hold-new-jobs",), known.halted)
    if known.counting:
        return Shown(PrinterState.WAITING, ("hold-new-jobs",), f"Shift {known.counting} is being counted.")
    if known.tired:
        return Shown(PrinterState.WAITING, ("fuser-over-temp-report",), known.tired)
    return None


def shows(known: Standing, live: Live | None) -> Shown:
    """Return what a printer shows.

    :param live: what its worker does, where there is one; what the books know by now goes before.
    """
    still = stands_still(known)
    if live is None:
        return still or Shown(PrinterState.NOT_RUNNING)
    if still is None:
        # Settled or resumed a moment ago, where the worker has not looked yet.
        late = live.state in (PrinterState.IN_DOUBT, PrinterState.PAUSED)
        return Shown(PrinterState.STARTING if late else live.state, live.reasons, live.message)
    if still.state is PrinterState.DRAINING:
        return Shown(still.state, live.reasons, live.message)
    return still


def _in_doubt(doubt: Doubt, sick: tuple[PrinterState, str] | None) -> Shown:
    message = f"{doubt.says} Find the card; with it in hand: {DO}"
    return Shown(
        PrinterState.IN_DOUBT,
        ("other-error",),
        message if sick is None else f"{message} {sick[1]}",
        do=Do("jobs.resolve", job=doubt.job),
        job_in_doubt=doubt.job,
    )


def works(state: PrinterState) -> bool:
    """Tell whether a printer in this state prints, or would if something waited."""
    match state:
        case PrinterState.STARTING | PrinterState.IDLE | PrinterState.PRINTING:
            return True
        case (
            PrinterState.WAITING
            | PrinterState.DRAINING
            | PrinterState.PAUSED
            | PrinterState.STOPPED
            | PrinterState.OFFLINE
            | PrinterState.UNABLE
            | PrinterState.IN_DOUBT
            | PrinterState.DIED
            | PrinterState.HANGS
            | PrinterState.RETIRED
            | PrinterState.NOT_RUNNING
        ):
            return False
        case _:
            assert_never(state)


def in_short(one: Shown) -> str:
    """Return the state in a few words, with the reasons where it alone does not say what the machine wants."""
    state = one.state.replace("_", " ")
    match one.state:
        case PrinterState.STOPPED | PrinterState.WAITING:
            return f"{state} ({', '.join(one.reasons)})" if one.reasons else state
        case (
            PrinterState.STARTING
            | PrinterState.IDLE
            | PrinterState.PRINTING
            | PrinterState.DRAINING
            | PrinterState.PAUSED
            | PrinterState.OFFLINE
            | PrinterState.UNABLE
            | PrinterState.IN_DOUBT
            | PrinterState.DIED
            | PrinterState.HANGS
            | PrinterState.RETIRED
            | PrinterState.NOT_RUNNING
        ):
            return state
        case _:
            assert_never(one.state)
