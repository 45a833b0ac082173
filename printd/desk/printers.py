"""Acts on printers: add, list, pause, drain, resume, retire, discover."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, TypedDict, assert_never
from urllib.parse import quote

from printd.desk.counting import counting
from printd.desk.desk import Desk, proved, two_people
from printd.desk.proofs import Person
from printd.desk.standing import shown
from printd.errors import Refused
from printd.events.printers import PrinterAdded, PrinterPaused, PrinterResumed, PrinterRetired
from printd.printing.abilities import lacks_station
from printd.printing.shown import RETIRED, Helps, Shown, act_of
from printd.projections.printers import check_real
from printd.remedies import DO, Do
from printd.store import attempts, blanks, printers
from printd.words import places
from printd.words.states import AttemptState, PrinterState

if TYPE_CHECKING:
    from drivers.printer import Identity

_PRINTED = "printed"
"""Folder of a shop for printers that are folders."""
_NAME = re.compile(r"[a-z][a-z0-9-]{0,31}", re.ASCII)


class Added(TypedDict):
    """A printer that was added; ``unable``: why it cannot print this shop's cards."""

    name: str
    uri: str
    model: str
    serial_number: str
    paused: bool
    unable: str | None


class PrinterShown(Helps):
    """One printer; ``{do}`` in its message stands for the act that helps.

    ``uri`` is unknown of a retired one, ``blanks`` while a shift is counted. ``reasons`` are keywords of IPP.
    """

    name: str
    uri: str | None
    family: str
    model: str
    serial_number: str
    operator: str | None
    resumed_seq: int | None
    paused: bool
    pause_reason: str
    blanks: int | None
    state: PrinterState
    reasons: list[str]
    message: str
    job_in_doubt: str | None


class Switched(TypedDict):
    """A printer that was paused or resumed."""

    name: str
    paused: bool


class Drained(Switched):
    """A printer that is paused, and the blank that it finishes first."""

    under_way: str | None


class Resumed(Switched, Helps):
    """A printer that may work.

    ``still`` says why it prints nothing all the same; ``{do}`` in it stands for the act that helps.
    """

    still: str


class Retired(TypedDict):
    """A printer that works here no more."""

    name: str
    retired: bool


class Found(TypedDict):
    """What may be a card printer: how well it fits (100: it says so itself), and its name where it is in the books."""

    wire: str
    uri: str | None
    serial_number: str | None
    family: str | None
    model: str | None
    score: int
    says: str
    why: str
    name: str | None


def add(desk: Desk, name: str, by: Person, second: Person, uri: str = "", model: str = "", family: str = "") -> Added:
    """Ask the printer at an address who it is, and book it, signed by two people; it starts paused.

    Without an address it is a folder of a practice shop in which cards become pictures.

    :raises Refused: in a real shop: what is there is no printer.
    """
    import drivers  # noqa: PLC0415 - the drivers load slowly
    from drivers.errors import DriverError  # noqa: PLC0415

    signed = two_people(desk, by, second)
    if not _NAME.fullmatch(name):
        raise Refused(
            f"{name[:40]!r} cannot name a printer.", why="A name is a-z, 0-9 and -, at most 32, letter first."
        )
    with desk.shop.store.reading() as connection:
        there = printers.find_printer(connection, name)
    if there is not None:
        gone = " and is retired; its name stays its own" if printers.is_retired(there) else ""
        raise Refused(f"There is a printer {name} already{gone}.", remedy=("See it with: ", Do("printers.list")))
    if not uri and desk.shop.practice:
        uri = _folder_of(desk, name, family)
    if not uri:
        raise _no_address(name)
    with desk.shop.store.reading() as connection:
        check_real(connection, name, uri)
    try:
        family, model = drivers.named(uri, model=model, family=family)
    except DriverError as unknown:
        raise Refused(f"{unknown.message}.", consequence="It was not added.", remedy=f"{unknown.hint}.") from unknown
    identity = _identify(desk, uri, model, family)
    if not identity.serial_number:
        raise Refused(
            "The printer does not tell its serial number.",
            consequence="It could be exchanged unseen; it was not added.",
            remedy="Check the cable and that the address belongs to this family of printers.",
        )
    added = PrinterAdded(
        printer=name,
        uri=uri,
        family=family,
        model=model,
        serial_number=identity.serial_number,
        firmware=identity.firmware or "unknown",
    )
    desk.enter(added, signed)
    if desk.workshop is not None:
        desk.workshop.start_worker(name)
    return {
        "name": name,
        "uri": uri,
        "model": model,
        "serial_number": identity.serial_number,
        "paused": True,
        "unable": lacks_station(desk.shop.config.encoder, name, family, model) or None,
    }


def list_(desk: Desk) -> list[PrinterShown]:
    """Return all printers, with what their workers do where the daemon runs; no figures while something is counted."""
    with desk.shop.store.reading() as connection:
        rows = printers.printers(connection, retired=True)
        blind = counting(desk, connection) is not None
        now = shown(desk, connection)
        loaded = {
            row["name"]: sum(
                one.last - one.first + 1 for one in blanks.in_place(connection, places.hopper(row["name"]))
            )
            for row in rows
        }
    result: list[PrinterShown] = []
    for row in rows:
        retired = printers.is_retired(row)
        one = RETIRED if retired else now[row["name"]]
        uri = None if retired else row["uri"]
        pieces = None if blind and not retired else loaded[row["name"]]  # a retired one was emptied first
        result.append(
            {
                **row,
                "uri": uri,
                "blanks": pieces,
                "state": one.state,
                "reasons": list(one.reasons),
                "message": one.message,
                **act_of(one.do),
                "job_in_doubt": one.job_in_doubt,
            }
        )
    return result


def pause(desk: Desk, name: str, by: Person, why: str = "paused by an operator") -> Switched:
    """Stop a printer after the card under way; it stays paused over a restart."""
    operator = proved(desk, by)
    desk.enter(PrinterPaused(printer=name, why=why[:200]), [operator])
    desk.wake(name)
    return {"name": name, "paused": True}


def drain(desk: Desk, name: str, by: Person) -> Drained:
    """Let a printer finish the card under way and take no more; it is paused then."""
    told = pause(desk, name, by, "drained")
    with desk.shop.store.reading() as connection:
        left = attempts.attempts_in(connection, [AttemptState.OPEN], name)
    return {**told, "under_way": left[0]["serial"] if left else None}


def retire(desk: Desk, name: str, by: Person, second: Person) -> Retired:
    """Let a printer go for good; two people sign. Its name and serial number are never used again.

    :raises Refused: it is not paused, a card of it is not settled, or blanks lie in its hopper.
    """
    signed = two_people(desk, by, second)
    desk.enter(PrinterRetired(printer=name), signed)
    if desk.workshop is not None:
        desk.workshop.end_worker(name)
    return {"name": name, "retired": True}


def resume(desk: Desk, name: str, by: Person) -> Resumed:
    """Let a printer work; its attempts refer to the entry that is signed by this.

    The answer's ``still`` says why it prints nothing all the same, or nothing: a card in doubt holds it, for example.
    """
    operator = proved(desk, by)
    desk.enter(PrinterResumed(printer=name), [operator])
    desk.wake(name)
    with desk.shop.store.reading() as connection:
        now = shown(desk, connection)[name]
    do = Do("run") if now.state is PrinterState.NOT_RUNNING else now.do
    return {"name": name, "paused": False, "still": _still(now), **act_of(do)}


def _still(now: Shown) -> str:
    """Return why a printer that is not paused prints nothing all the same; empty: it prints, or its machine stopped."""
    match now.state:
        case (
            PrinterState.IN_DOUBT | PrinterState.UNABLE | PrinterState.DIED | PrinterState.HANGS | PrinterState.WAITING
        ):
            return now.message
        case PrinterState.NOT_RUNNING:
            return f"The daemon does not run: {DO}"
        case (
            PrinterState.STARTING
            | PrinterState.IDLE
            | PrinterState.PRINTING
            | PrinterState.DRAINING
            | PrinterState.PAUSED
            | PrinterState.STOPPED
            | PrinterState.OFFLINE
            | PrinterState.RETIRED
        ):
            return ""
        case _:
            assert_never(now.state)


def discover(desk: Desk, tcp: Sequence[str] = ()) -> list[Found]:
    """List what may be a card printer: on USB, on serial lines, at TCP addresses, as CUPS queues. Nothing is printed.

    :param tcp: ``HOST:PORT`` of network printers to look for.
    """
    import drivers  # noqa: PLC0415 - the drivers load slowly
    from drivers import discovery  # noqa: PLC0415
    from drivers.errors import DriverError  # noqa: PLC0415
    from printd.printing.press import usb_backend  # noqa: PLC0415

    try:
        found = discovery.discover(drivers.families(), tcp, usb_backend(desk.shop.config))
    except DriverError as trouble:
        raise Refused("The USB bus cannot be read.", why=f"{trouble}.") from trouble
    with desk.shop.store.reading() as connection:
        booked = printers.printers(connection, retired=True)
    names: dict[str | None, str] = {row["serial_number"]: row["name"] for row in booked}
    names |= {row["uri"]: row["name"] for row in booked}
    return [
        {
            "wire": one.wire,
            "uri": one.uri,
            "serial_number": one.serial_number,
            "family": one.matches[0].family if one.matches else None,
            "model": one.matches[0].model if one.matches else None,
            "score": one.matches[0].score if one.matches else 0,
            "says": one.says,
            "why": one.why,
            "name": names.get(one.serial_number) or names.get(one.uri),
        }
        for one in found
    ]


def _folder_of(desk: Desk, name: str, family: str) -> str:
    """Make the folder of a printer that is one, and return its address."""
    from drivers.picture.printer import FAMILY as PICTURE  # noqa: PLC0415 - the drivers load slowly

    if family not in ("", PICTURE):
        raise _no_address(name)
    printed = (desk.shop.folder / _PRINTED / name).resolve()
    printed.mkdir(mode=0o700, parents=True, exist_ok=True)
    return f"picture:{quote(str(printed))}"


def _no_address(name: str) -> Refused:
    return Refused(
        f"The address of {name} is missing.",
        consequence="It was not added.",
        remedy=("See what is connected with: ", Do("printers.discover")),
    )


def _identify(desk: Desk, uri: str, model: str, family: str) -> Identity:
    from drivers.deadline import Deadline  # noqa: PLC0415 - the drivers load slowly
    from drivers.errors import DriverError  # noqa: PLC0415
    from printd.printing.press import open_printer  # noqa: PLC0415

    deadline = Deadline.after(10)
    try:
        printer = open_printer(desk.shop, uri, family, model, deadline)
        try:
            return printer.identify(deadline)
        finally:
            printer.close()
    except DriverError as trouble:
        raise Refused(
            f"The printer at {uri} could not be asked who it is.",
            why=f"{trouble.message}.",
            consequence="It was not added.",
            remedy=f"{trouble.hint}." if trouble.hint else "",
        ) from trouble
