"""The demo: a shop, a delivery, invented people, simulated printers with typical faults, and everything printed."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypedDict

from printd.books.proof import prove
from printd.books.replay import compare
from printd.client.client import call
from printd.demo.reader import CardReader
from printd.demo.records import deliver, invented
from printd.demo.simulators import CardSeen, Simulator, start
from printd.demo.staff import CHECKER, RUNNER, SUPERVISOR, Staff, enrolment, founders, person
from printd.errors import PrintdError
from printd.projections.kinds import PROJECTIONS
from printd.shop.folder import SOCKET_NAME
from printd.shop.keys import vkey
from printd.shop.making import create
from printd.shop.shop import Shop
from printd.store import attempts, jobs, log, spoils
from printd.store import records as store_records
from printd.words.states import UNSETTLED, PrinterState

ORIGIN = "printd.example/53/5371/blanks/1"
DELIVERY = "KPG-DEMO-01"

_READY_SECONDS = 30.0
_STALL_SECONDS = 120.0
_STOP_SECONDS = 30.0
_WALK_SECONDS = 0.3

_CONFIG = """
[printing]
poll_seconds = 0.1

[duty]
cards_per_day = 0

[usb]
backend = "hardware_mocks.wires.usb_socket:backend"
argument = "{bus}"
"""

Faults = Literal["none", "typical"]


class PrinterScene(TypedDict):
    """What is shown of a printer."""

    name: str
    state: PrinterState
    blanks: int | None
    reasons: list[str]
    message: str


class Counted(TypedDict):
    """What there is when all is printed; ``truth``: the file in which the simulators wrote what physically happened."""

    records: int
    printed: int
    good_cards: int
    spoiled: dict[str, int]
    in_doubt: int
    blanks: dict[str, int]
    delivered: int
    entries: int
    root: str
    verified: bool
    checkpoints: int
    cards_dir: str
    truth: str
    shop: str


class Summary(Counted):
    """How the demo ended, and how long it printed."""

    seconds_printing: float


@dataclass
class Scene:
    """What is shown while the demo runs."""

    step: str
    states: dict[str, int] = field(default_factory=dict)
    printers: list[PrinterScene] = field(default_factory=list)


Show = Callable[[Scene], None]


def play(
    folder: Path,
    *,
    records: int,
    printers: int,
    speed: float,
    faults: Faults,
    show: Show,
    pictures: bool = True,
) -> Summary:
    """Play the demo in a new folder and return its summary.

    :param speed: of the simulated printers; 1 is real time, 0 takes no time.
    :param pictures: whether the simulators draw every finished card.
    :raises PrintdError: something did not go as it must; the folder is left for a look.
    """
    if folder.exists() and any(folder.iterdir()):
        raise PrintdError(f"{folder} is not empty.", remedy="Choose a new folder with --dir, or remove this one.")
    folder.mkdir(parents=True, exist_ok=True)
    folder = folder.resolve()
    shop = folder / "shop"
    show(Scene("making the shop, its people and a delivery"))
    create(shop, origin=ORIGIN, practice=True, people=founders(), extra=_CONFIG.format(bus=folder / "bus"))
    simulators: dict[str, Simulator] = {}
    try:
        blanks = _deliver(shop, folder, records, printers)
        show(Scene("starting the simulated printers"))
        for number in range(printers):
            name = f"printer-{number + 1}"
            simulators[name] = start(
                folder,
                number + 1,
                usb=number % 2 == 0,
                speed=speed,
                ribbon=f"ymcko:{max(200, records * 2)}",
                faults=_faults(number, faults),
                pictures=pictures,
            )
        with _daemon(shop, folder), closing(Shop.open(shop)) as looking:
            started = _print_all(shop, folder, records, simulators, blanks, CardReader(looking), show)
            seconds = time.monotonic() - started
    finally:
        for simulator in simulators.values():
            simulator.stop()
    show(Scene("verifying the log and counting"))
    summary = _summary(shop, folder, records)
    return {**summary, "seconds_printing": round(seconds, 3)}


def _faults(printer: int, faults: Faults) -> list[str]:
    """A ribbon that ends, a card that jams, a blank that came bad: on the first two cards, which every printer gets."""
    if faults == "none":
        return []
    return [["defect@card=1", "ribbon_end@panel=c,card=2"], ["jam@panel=m,card=2"]][printer % 2] if printer < 2 else []


def _deliver(shop: Path, folder: Path, records: int, printers: int) -> dict[str, tuple[int, int]]:
    """Enrol a third person, announce and receive a delivery; return which serials go into which hopper."""
    call(shop, "operators.enrol", enrolment(RUNNER))
    each = records + 10  # any printer can print everything; the rest stays in the store
    pieces = each * printers + 50
    cartons = [
        {"carton": f"{DELIVERY}-{number + 1}", "first": _serial(low), "last": _serial(min(low + 1999, pieces))}
        for number, low in enumerate(range(1, pieces + 1, 2000))
    ]
    manifest = {
        "delivery": DELIVERY,
        "bast_number": "BAST/DEMO/001",
        "bast_date": "2026-01-05",
        "stock_type": "WNI",
        "generation": "5",
        "cartons": cartons,
        "practice": True,
    }
    path = folder / "manifest.json"
    path.write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
    content = b64encode(path.read_bytes()).decode("ascii")
    call(shop, "deliveries.announce", {"name": path.name, "content": content, "by": person(RUNNER)})
    two = {"by": person(RUNNER), "second": person(CHECKER)}
    sheet = {"pieces": pieces, "cartons": [{"carton": one["carton"]} for one in cartons]}
    for name in (RUNNER, CHECKER):
        call(shop, "deliveries.count", {"delivery": DELIVERY, "sheet": sheet, "by": person(name)})
    call(shop, "deliveries.receive", {"delivery": DELIVERY, **two})
    for one in cartons:
        call(shop, "deliveries.open", {"delivery": DELIVERY, "carton": one["carton"], **two})
    call(shop, "shifts.open", {"pieces": each * printers, "reason": "any printer can print everything", **two})
    return {f"printer-{n + 1}": (n * each + 1, (n + 1) * each) for n in range(printers)}


def _serial(number: int) -> str:
    return f"KPG{number:07d}"


@contextmanager
def _daemon(shop: Path, folder: Path) -> Iterator[None]:
    """Run the daemon as a process of its own, as an office does."""
    with (folder / "daemon.log").open("ab") as lines:
        process = subprocess.Popen([sys.executable, "-m", "printd", "--shop", str(shop), "run"], stderr=lines)
        try:
            _wait_ready(shop, process)
            yield
        finally:
            process.terminate()
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait_ready(shop: Path, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if (shop / SOCKET_NAME).is_socket():
            return
        time.sleep(0.05)
    raise PrintdError("The daemon did not start.", remedy="See daemon.log in the demo's folder.")


def _print_all(
    shop: Path,
    folder: Path,
    records: int,
    simulators: dict[str, Simulator],
    blanks: dict[str, tuple[int, int]],
    black: CardReader,
    show: Show,
) -> float:
    """Bring records in and stay until every one has a checked card; return when the first job could start."""

    def act(name: str, /, **arguments: Any) -> Any:
        return call(shop, name, arguments)

    hands = {name: simulator.hand for name, simulator in simulators.items()}
    staff = Staff(act, hands, lambda: list(_cards(folder / "truth.jsonl")), black)
    for name, simulator in simulators.items():
        low, high = blanks[name]
        two = {"by": person(RUNNER), "second": person(SUPERVISOR)}
        act("printers.add", name=name, uri=simulator.uri, model="primacy", **two)
        act("blanks.load", printer=name, pieces=high - low + 1, by=person(RUNNER))
        simulator.hand("load", blanks=[_serial(number) for number in range(low, high + 1)])
        act("printers.resume", name=name, by=person(RUNNER))
    show(Scene("drawing invented people and spooling their records"))
    for one in invented(records):
        deliver(shop / "spool", one)
    moved = time.monotonic()
    states: dict[str, int] = {}
    while sum(states.values()) < records:
        states = act("jobs.count")
        show(Scene("the shop takes the records in", states))
        moved = _still_moving(moved, states)
        time.sleep(_WALK_SECONDS)
    act(
        "records.acknowledge", by=person(SUPERVISOR)
    )  # the invented people's district does not exist, and printd says so
    started = moved = time.monotonic()
    before = states
    while states.get("finished", 0) < records:
        states = staff.round()
        show(Scene("printing; the staff settle what stands still", states, act("printers.list")))
        if states != before:
            before, moved = states, time.monotonic()
        _still_moving(moved, states)
        time.sleep(_WALK_SECONDS)
    return started


def _still_moving(moved: float, states: dict[str, int]) -> float:
    if time.monotonic() - moved > _STALL_SECONDS:
        raise PrintdError(
            f"Nothing has moved for {_STALL_SECONDS:.0f} seconds.",
            why=f"Jobs by state: {states}.",
            remedy="See daemon.log in the demo's folder, and the printers with: printd printers list",
        )
    return moved


def _summary(folder: Path, demo: Path, records: int) -> Counted:
    shop = Shop.open(folder)
    try:
        with shop.store.reading() as connection:
            end = log.frontier(connection)
            report = prove(connection, vkey(folder))
            replayed = compare(connection, PROJECTIONS)
            states = jobs.count_jobs(connection)
            causes = spoils.by_cause(connection, -1)
            doubtful = len(attempts.attempts_in(connection, UNSETTLED))
        where = call(folder, "blanks.where", {})
        return {
            "records": records,
            "printed": states.get("finished", 0) + states.get("printed", 0),
            "good_cards": _good_cards(shop, demo),
            "spoiled": causes,
            "in_doubt": doubtful,
            "blanks": where["places"],
            "delivered": where["announced"],
            "entries": end.size,
            "root": end.root().hex(),
            "verified": not report.problems and not replayed.differences,
            "checkpoints": report.checkpoints_verified,
            "cards_dir": str(demo / "cards"),
            "truth": str(demo / "truth.jsonl"),
            "shop": str(folder),
        }
    finally:
        shop.close()


def _good_cards(shop: Shop, demo: Path) -> int:
    """Count the records that have exactly one good card in the simulators' truth.

    The card of a record is told by the black panel it must carry: drawn again here, compared by CRC-32.
    """
    carried: dict[str, int] = {}
    for card in _cards(demo / "truth.jsonl"):
        if card["complete"] and not card["defect"]:
            crc32 = next(panel["crc32"] for panel in card["front"] if panel["panel"] == "k")
            carried[crc32] = carried.get(crc32, 0) + 1
    black = CardReader(shop)
    with shop.store.reading() as connection:
        records = store_records.list_records(connection, 1_000_000)
    return sum(carried.get(black(row["id"]), 0) == 1 for row in records)


def _cards(truth: Path) -> Iterator[CardSeen]:
    """Yield every card that left a printer, as somebody who picks it up sees it."""
    with suppress(FileNotFoundError), truth.open(encoding="utf-8") as lines:
        for line in lines:
            if line.endswith("\n") and '"event":"card"' in line:
                yield json.loads(line)
