"""What a printer shows: by the books first, then by the shop, then by its worker, then by its machine."""

from __future__ import annotations

from itertools import product

import pytest

from drivers.printer import Condition, Reason, Severity, State, Status
from printd.cli.commands import command, with_commands
from printd.printing import machine, shown
from printd.printing.shown import Doubt, Live, Shown, Standing, act_of, in_short, shows, stands_still, works
from printd.remedies import Do
from printd.words.states import PrinterState
from support.deliberate import line, notices

IDLE = Live(PrinterState.IDLE)
PRINTING = Live(PrinterState.PRINTING, ("media-low-warning",), "K00001")
DOUBT = Doubt("0123456789", "Blank K00001 is in doubt.")
SICK = (PrinterState.HANGS, "It hangs.")


@notices(
    {
        "a doubt that is settled is shown": line(
            shown.shows, "live.state in (PrinterState.IN_DOUBT,", "live.state in ("
        ),
        "a card under way is forgotten while a shift is counted": line(
            shown.stands_still, "if known.under_way:", "if False:"
        ),
        "a printer that hangs is paused": line(shown.stands_still, "if known.sick is not None:", "if False:"),
    }
)
def test_the_books_know_before_the_worker_looks() -> None:
    told = {
        (Standing(paused="lunch"), IDLE): (PrinterState.PAUSED, "lunch"),
        (Standing(paused="lunch", under_way=True), PRINTING): (PrinterState.DRAINING, "K00001"),
        (Standing(paused="lunch", under_way=True, runs=False), None): (PrinterState.DRAINING, "lunch"),
        (Standing(paused="lunch", sick=SICK), IDLE): (PrinterState.HANGS, "It hangs."),
        (Standing(paused="lunch", unable="No reader."), IDLE): (PrinterState.PAUSED, "lunch"),
        (Standing(unable="No reader.", runs=False), None): (PrinterState.UNABLE, "No reader."),
        (Standing(counting="S-1"), IDLE): (PrinterState.WAITING, "Shift S-1 is being counted."),
        (Standing(counting="S-1", under_way=True), PRINTING): (PrinterState.PRINTING, "K00001"),
        (Standing(counting="S-1", runs=False), None): (PrinterState.NOT_RUNNING, ""),
        (Standing(counting="S-1", halted="The disk is full."), IDLE): (PrinterState.WAITING, "The disk is full."),
        (Standing(), Live(PrinterState.IN_DOUBT)): (PrinterState.STARTING, ""),
        (Standing(), Live(PrinterState.PAUSED)): (PrinterState.STARTING, ""),
        (Standing(), PRINTING): (PrinterState.PRINTING, "K00001"),
        (Standing(runs=False), None): (PrinterState.NOT_RUNNING, ""),
    }
    seen = {about: shows(*about) for about in told}
    assert {about: (one.state, one.message) for about, one in seen.items()} == told


@pytest.mark.parametrize("live", [None, IDLE, Live(PrinterState.IN_DOUBT)])
def test_a_doubt_goes_before_everything_and_names_the_act_that_helps(live: Live | None) -> None:
    seen = shows(Standing(paused="lunch", doubt=DOUBT, sick=SICK, unable="No reader.", runs=live is not None), live)
    assert (seen.state, seen.job_in_doubt) == (PrinterState.IN_DOUBT, "0123456789")
    assert seen.do == Do("jobs.resolve", job="0123456789")
    (told,) = with_commands([{"message": seen.message, **act_of(seen.do)}])
    assert told["message"] == (
        "Blank K00001 is in doubt. Find the card; with it in hand: printd jobs resolve 01234567 It hangs."
    )
    assert command("records.acknowledge", {}) == "printd records acknowledge"


def test_a_printer_that_stands_still_by_the_books_begins_no_card() -> None:
    facts = product((None, "lunch"), (None, DOUBT), (None, SICK), ("", "why"), ("", "why"), ("", "S"), ("", "tired"))
    for paused, doubt, sick, unable, halted, counting, tired in facts:
        known = Standing(paused, doubt, sick=sick, unable=unable, halted=halted, counting=counting, tired=tired)
        still = stands_still(known)
        assert (still is None) == (known == Standing())
        assert still is None or not works(still.state)


def test_every_state_is_said_and_only_three_of_them_print() -> None:
    assert {state for state in PrinterState if works(state)} == {
        PrinterState.STARTING,
        PrinterState.IDLE,
        PrinterState.PRINTING,
    }
    with_reasons = {state for state in PrinterState if "media" in in_short(Shown(state, ("media-jam-error",)))}
    assert with_reasons == {PrinterState.STOPPED, PrinterState.WAITING}
    assert in_short(Shown(PrinterState.IN_DOUBT)) == "in doubt"


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("severity", Severity)
@pytest.mark.parametrize("reason", [Reason.MEDIA_LOW, Reason.UNKNOWN])
def test_a_machine_is_ready_where_nothing_blocks_and_its_state_is_known(
    state: State, severity: Severity, reason: Reason
) -> None:
    status = Status(state, (Condition(reason, severity),))
    known = state in (State.IDLE, State.PROCESSING)
    assert machine.is_ready(status) == (known and severity is not Severity.ERROR and reason is not Reason.UNKNOWN)
    assert machine.reasons(status) == (f"{reason}-{severity}",)
    assert machine.reasons(Status(state)) == (() if known else (state.value,))
