"""Running a test print: the calibration card drawn, printed on the next blank of a hopper, and asked about again."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from drivers.deadline import Deadline
from drivers.errors import ArtworkError, DriverError
from drivers.printer import CardPrinter, EncodedCard
from drivers.transports.trace import Trace
from layouts.calibration import draw
from layouts.errors import LayoutError
from layouts.fonts import FontSource
from printd.books.booking import Booking
from printd.books.signing import Keys
from printd.errors import Refused
from printd.events.evidence import Evidence
from printd.events.test_prints import Purpose
from printd.printing import machine, test_print
from printd.printing.abilities import lacks_station
from printd.printing.artwork import Artist, resolution
from printd.printing.calibration import settings_of
from printd.printing.card_run import CardRun, RanCard
from printd.printing.press import connect, new_trace
from printd.printing.separation import separation_of
from printd.printing.station import CardStation, report_conflict
from printd.remedies import Do
from printd.shop.shop import Shop
from printd.store import blanks, test_prints
from printd.store.rows import Connection
from printd.store.tables.printers import PrinterRow
from printd.store.tables.test_prints import TestPrintRow
from printd.words import places
from printd.words.serials import SerialRange
from printd.words.states import TestPrintState


@dataclass(frozen=True)
class Drawn:
    """The calibration card for one printer, and the keyed digest of its bytes."""

    card: EncodedCard
    digest: str


def draw_card(shop: Shop, row: PrinterRow) -> Drawn:
    """Return the calibration card for a printer, as it is calibrated.

    :raises Refused: it cannot be drawn for this model.
    """
    try:
        with shop.store.reading() as connection:
            separation = separation_of(settings_of(connection, row["name"]), shop.folder)
        drawn = draw(
            printer=row["name"],
            model=row["model"],
            day=shop.today(),
            fonts=FontSource(None),
            dpi=resolution(row["family"], row["model"]),
        )
        card = Artist(shop).encode(drawn, row["family"], row["model"], separation)
    except (LayoutError, ArtworkError) as unfit:
        raise Refused(
            f"The calibration card cannot be drawn for {row['name']}.",
            why=f"{unfit}.",
            consequence="Nothing was printed.",
        ) from unfit
    return Drawn(card, shop.vault.pseudonym("artwork", b"".join(card.commands)))


def next_serial(connection: Connection, name: str) -> str:
    """Return the serial of the blank that a printer feeds next.

    :raises Refused: the books know none in its hopper.
    """
    blank = blanks.next_blank(connection, places.hopper(name))
    if blank is None:
        raise Refused(
            f"The books know no blank in the hopper of {name}.",
            why="A test print consumes a blank, and there is no card outside the books.",
            consequence="Nothing was printed.",
            remedy=("Load blanks, in the books too: ", Do("blanks.load", printer=name)),
        )
    return SerialRange(blank["prefix"], blank["width"], blank["first"], blank["first"]).first_serial


def print_card(
    shop: Shop, row: PrinterRow, drawn: Drawn, operator: str, keys: Keys, purpose: Purpose
) -> tuple[str, Path]:
    """Print a calibration card on the next blank of a printer's hopper.

    :param keys: holds that of the operator, who signs.
    :return: the test print's id, and the file that holds the dialogue.
    :raises Refused: the printer is not ready or not the one of the books, or its hopper is empty in them.
    """
    trace, path = new_trace(shop, row["name"])
    try:
        printer = _connected(shop, row["name"], trace)
        try:
            return _run(shop, printer, row, drawn, operator, keys, purpose), path
        finally:
            printer.close()
    finally:
        trace.close()


def ask_again(shop: Shop, row: TestPrintRow) -> Evidence:
    """Return what a printer can still tell about a test print in doubt; that it is silent is told too."""
    try:
        printer = connect(shop, row["printer"])
    except (DriverError, Refused) as silent:  # booked too, unlike a worker's tries: a person asks once
        return Evidence(findings=(str(silent)[:300],))
    try:
        return CardRun(printer, shop.config.printing).ask_again(row["counters"])
    finally:
        printer.close()


def _run(
    shop: Shop, printer: CardPrinter, row: PrinterRow, drawn: Drawn, operator: str, keys: Keys, purpose: Purpose
) -> str:
    """Book the intent, print, book the outcome; return the test print's id."""
    name = row["name"]
    station = _station(shop, row)
    seconds = shop.config.printing.command_seconds
    try:
        _check_ready(printer, name, seconds)
        if station is not None:
            station.ready()
        before = printer.counters(Deadline.after(seconds * 12))
    except DriverError as trouble:
        raise _not_ready(name, str(trouble)) from trouble
    with shop.store.reading() as connection:
        serial = next_serial(connection, name)
    test = test_print.begin(
        shop.books,
        purpose=purpose,
        printer=row,
        operator=operator,
        keys=keys,
        serial=serial,
        counters=before,
        artwork=drawn.digest,
    )

    look = None if station is None else partial(station.read_only, printer, serial)
    ran: RanCard | None = None
    try:
        # Nobody watches a command, and its printer stays paused: no deadline is told, no pause follows from the end.
        ran = CardRun(printer, shop.config.printing).run(drawn.card, before, look)
    finally:  # also where printd itself is at fault: what nobody knows is in doubt, and no worker begins anew to say so
        with shop.books.booking() as booking:
            _end(booking, test, ran)
    return test


def _end(booking: Booking, test: str, ran: RanCard | None) -> None:
    """Book how a test print ended; a chip that does not belong there opens an incident, as with a job."""
    row = test_prints.find(booking.connection, test)
    assert row is not None
    if ran is None:
        evidence = Evidence(findings=("printd failed while the card was printed.",))
        test_print.end(booking, row, TestPrintState.IN_DOUBT, evidence)
        return
    test_print.end(booking, row, test_print.state_of(ran), ran.evidence)
    if ran.rejection is not None and ran.rejection.conflict is not None:
        report_conflict(booking, row["serial"], ran.rejection.conflict)


def _station(shop: Shop, row: PrinterRow) -> CardStation | None:
    """Return the station that looks at blanks before they are printed, where this shop and printer have one."""
    encoder = shop.config.encoder
    if encoder.mode == "none" or lacks_station(encoder, row["name"], row["family"], row["model"]):
        return None
    return CardStation(shop.books, encoder, row["name"])


def _connected(shop: Shop, name: str, trace: Trace) -> CardPrinter:
    try:
        return connect(shop, name, trace)
    except DriverError as trouble:
        raise _not_ready(name, str(trouble)) from trouble


def _check_ready(printer: CardPrinter, name: str, seconds: float) -> None:
    """Make sure that a printer may take a card. A worker looks again at what is unknown; here a person does.

    :raises Refused: it says that it may not, or a card is inside.
    """
    status = printer.status(Deadline.after(seconds * 12))
    if not machine.is_ready(status):
        told = "; ".join(map(str, status.blocking)) or f"it is {status.state}"
        raise _not_ready(name, told)
    if status.position.is_inside:
        raise _not_ready(name, f"a card is inside ({status.position})")


def _not_ready(name: str, why: str) -> Refused:
    return Refused(
        f"{name} is not ready for a card.",
        why=f"{why.rstrip('.')}.",
        consequence="Nothing was printed; no blank was taken.",
        remedy=("Look at it; see what it says with: ", Do("technician.test", name=name)),
    )
