"""One working day: open the shift, print until blanks, queue or printers give out, check, hand over, count, close."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

from drivers.printer import EncodedCard
from printd.demo.kupang.office import COUNTERS, Office
from printd.demo.kupang.press import Press
from printd.demo.staff import CHECKER, RUNNER, SUPERVISOR, person
from printd.errors import PrintdError, Refused
from printd.printing.dispatch import Dispatcher, Waiting
from printd.printing.next_job import Prepared
from printd.printing.worker import Worker
from printd.words import places
from printd.words.states import PrinterState

_PATIENCE_SECONDS = 300.0
_LOOK_SECONDS = 0.01
_RESTING = frozenset({PrinterState.IDLE, PrinterState.WAITING})
_NO_CARD = EncodedCard(commands=(), panels=(), ribbon="ymcko", sides=1)


def print_day(office: Office, presses: dict[str, Press]) -> None:
    """Let the real workers print until each has nothing left that it may do; people clear what stands still."""
    shop = office.desk.shop
    dispatcher = Dispatcher(shop.store, shop.config.policy, shop.zone, shop.books.clock)

    def prepare(waiting: Waiting, printer: str) -> Prepared:
        return Prepared(waiting.job, _NO_CARD, shop.vault.pseudonym("artwork", waiting.record.encode()))

    with ThreadPoolExecutor(max_workers=1) as drawing:
        workers = {
            name: Worker(
                name,
                shop.books,
                dispatcher,
                shop.config.printing,
                shop.config.duty,
                shop.zone,
                connect=presses.__getitem__,
                prepare=prepare,
                drawing=drawing,
            )
            for name in presses
        }
        threads = [threading.Thread(target=worker.run, name=name) for name, worker in workers.items()]
        for thread in threads:
            thread.start()
        try:
            _until_rest(office, presses, workers)
        finally:
            for worker in workers.values():
                worker.stop()
            for thread in threads:
                thread.join(_PATIENCE_SECONDS)


def _until_rest(office: Office, presses: dict[str, Press], workers: dict[str, Worker]) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    calm = 0
    while calm < 2:
        if time.monotonic() > deadline:
            told = {name: (worker.live.state, worker.live.message) for name, worker in workers.items()}
            raise PrintdError("The scenario's printers do not come to rest.", why=f"{told}.")
        time.sleep(_LOOK_SECONDS)
        for name, worker in workers.items():
            if presses[name].jammed:
                presses[name].free()
                worker.wake()
            if worker.live.state is PrinterState.IN_DOUBT:
                _settle(office, name)
                worker.wake()
            elif worker.live.state is PrinterState.PAUSED:
                office.act("printers.resume", name=name, by=person(RUNNER))
        if all(worker.live.state in _RESTING for worker in workers.values()):
            calm += 1
            time.sleep(0.12)  # longer than a worker rests before it looks again
        else:
            calm = 0


def _settle(office: Office, printer: str) -> None:
    """Look at the card whose attempt is in doubt: the power failed on it."""
    rows = {row["name"]: row for row in office.act("printers.list")}
    job = rows[printer]["job_in_doubt"]
    if job is None:
        return
    serial = office.act("jobs.show", job=job)["attempts"][-1]["serial"]
    settled = {"outcome": "spoiled", "cause": office.world.flaws[serial]}
    office.act("jobs.resolve", job=job, by=person(CHECKER), second=person(SUPERVISOR), **settled)
    office.world.carry([serial], places.SPOILED)


def reprint(office: Office) -> None:
    """Decide that every record whose card was lost is printed again."""
    for job in office.act("jobs.list", state="held", limit=100_000)["jobs"]:
        if job["held_because"] == "spoiled":
            office.act("jobs.reprint", job=job["id"], by=person(CHECKER), second=person(RUNNER))


def close_shift(office: Office, shift: str, printers: list[str]) -> bool:
    """Empty the hoppers, count blind, close; return whether a supervisor had to answer for a gap."""
    counted = [places.shift(shift), *map(places.hopper, printers), places.OUTPUT, places.SPOILED]
    office.act("shifts.count_begin", by=person(RUNNER))
    office.count(counted)
    two = {
        "by": person(COUNTERS[0]),
        "second": person(COUNTERS[1]),
        "voided": "punched",
        "kept": "lemari besi ruang pencetakan",
        "seal": f"SR-{shift}",
        "stored": "brankas gudang blangko",
    }
    approved = False
    try:
        office.act("shifts.close", **two)
    except Refused as gap:
        office.refusals.setdefault("closing with a gap", str(gap))
        office.count(counted)
        why = "sudah dihitung dua kali dan dicari di ruang serta di mesin cetak"
        office.act("shifts.close", **two, approved_by=person(SUPERVISOR), note=why)
        approved = True
    for name in printers:
        office.world.empty(name, places.STORE)
    office.world.carry(office.world.pieces(places.shift(shift)), places.STORE)
    return approved
