"""The chip at the station decides before anything is printed: a whole office, a real pcscd, a virtual card in it."""

from __future__ import annotations

import json
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from contract.card_path import CardPath, card_path, uid_of
from crash.test_killed_daemon import daemon_process, over_socket
from hardware_mocks.wires.vicc import Pcscd, VirtualCard
from printd.demo.staff import RUNNER, person
from printd.shop.shop import Shop
from printd.store import chips, spoils
from support.office import TWO, Office, office, until

pytestmark = pytest.mark.pcsc

FIRST, SECOND, THIRD, FOURTH = "BLK000001", "BLK000002", "BLK000003", "BLK000004"


def config(cards: Pcscd, mode: str = "uid", seconds: float = 4, more: str = "") -> str:
    return f"""
[encoder]
mode = "{mode}"
chip_seconds = {seconds}
{more}
[encoder.readers]
p0 = "{cards.readers[0]}"
p1 = "{cards.readers[1]}"
"""


@contextmanager
def press(folder: Path, cards: Pcscd, *, more: str = "", **setup: Any) -> Iterator[tuple[Office, CardPath]]:
    """Open an office of one printer with a reader at its station."""
    with (
        office(folder, more=more or config(cards), **setup) as shop,
        card_path(shop.printers["p0"], cards.slots[0]) as path,
    ):
        yield shop, path


def chip(shop: Office, serial: str) -> str | None:
    with shop.shop.store.reading() as connection:
        row = chips.chip_of_serial(connection, serial)
    return None if row is None else str(row["uid"])


def bind(shop: Office, *serials: str) -> None:
    for serial in serials:
        shop.act("chips.bind", serial=serial, uid=uid_of(serial).hex(), by=person(RUNNER))


def refill(shop: Office, *first: str) -> None:
    """Put these on top of the hopper, by hand and unseen by the books."""
    hands = shop.printers["p0"].hands
    there = [blank for blank in hands.unload()["blanks"] if blank not in first]  # type: ignore[attr-defined]
    hands.load([*first, *there])


def paused(shop: Office) -> str:
    """Wait until the printer pauses; return why."""

    def row() -> Any:
        return next(one for one in shop.act("printers.list") if one["name"] == "p0")

    until(lambda: row()["paused"], "the printer pauses")
    return str(row()["pause_reason"])


def only_attempt(shop: Office) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the one job and its one attempt."""
    (job,) = shop.act("jobs.list")["jobs"]
    shown = shop.act("jobs.show", job=job["id"])
    (attempt,) = shown["attempts"]
    return shown, attempt


def nothing_printed(shop: Office) -> bool:
    return not shop.printers["p0"].truth.read("laid") and not shop.printers["p0"].truth.read("job")


def test_a_chip_is_bound_before_its_card_is_printed(tmp_path: Path, cards: Pcscd) -> None:
    with press(tmp_path, cards) as (shop, path):
        bind(shop, SECOND)
        shop.take_in(3)
        with shop.open_doors():
            staff = shop.print_everything(3)
        assert not staff.done
        shop.judge(records=3)
        assert path.read == [FIRST, SECOND, THIRD]
        assert [chip(shop, serial) for serial in path.read] == [uid_of(one).hex().upper() for one in path.read]
        said = [
            shop.act("jobs.show", job=job["id"])["attempts"][0]["evidence"][0]["findings"][0]
            for job in shop.act("jobs.list", state="finished")["jobs"]
        ]
        assert sorted("was bound to" in one for one in said) == [False, True, True], said


def test_two_printers_have_a_reader_each(tmp_path: Path, cards: Pcscd) -> None:
    with (
        office(tmp_path, printers=2, blanks=3, more=config(cards)) as shop,
        card_path(shop.printers["p0"], cards.slots[0]),
        card_path(shop.printers["p1"], cards.slots[1]),
    ):
        shop.take_in(4)
        with shop.open_doors():
            shop.print_everything(4)
        shop.judge(records=4)


def swapped(shop: Office) -> None:
    """Let two blanks lie swapped in the hopper, and put it right as people must."""
    bind(shop, FIRST, SECOND)
    refill(shop, SECOND, FIRST)
    shop.take_in(1)
    with shop.open_doors():
        why = paused(shop)
        assert FIRST in why
        assert SECOND in why
        assert nothing_printed(shop)
        (out,) = shop.outside()
        assert (out["blank"], out["where"]) == (SECOND, "reject")
        job, attempt = only_attempt(shop)
        assert (job["state"], attempt["state"], attempt["serial"]) == ("queued", "unused", FIRST)
        assert (shop.places()[FIRST], shop.places()[SECOND]) == ("hopper:p0", "skipped")
        (incident,) = shop.act("incidents.list")
        assert incident["kind"] == "uid_elsewhere"
        shop.act("printers.resume", name="p0", by=person(RUNNER))
        until(lambda: "has the open incident" in shop.act("printers.list")[0]["message"], "the blank is not printed")
        shop.act("blanks.find", serial=SECOND, **TWO)
        shop.act("incidents.close", incident=incident["id"], outcome="They lay swapped.", **TWO)
        shop.print_everything(1)
    assert shop.places()[FIRST] == "finished"
    shop.judge(records=1)


def test_a_swapped_blank_is_rejected_unprinted(tmp_path: Path, cards: Pcscd) -> None:
    with press(tmp_path, cards) as (shop, _):
        swapped(shop)


@pytest.mark.postgres
def test_a_swapped_blank_on_postgresql(tmp_path: Path, cards: Pcscd, new_postgres: Callable[[bool], str]) -> None:
    with press(tmp_path, cards, database=new_postgres(False)) as (shop, _):
        swapped(shop)


def test_a_card_from_elsewhere_is_rejected_unprinted(tmp_path: Path, cards: Pcscd) -> None:
    """Its chip is nobody's, and the booked blank has another: it never belonged to this office."""
    with press(tmp_path, cards) as (shop, _):
        bind(shop, FIRST)
        refill(shop, "ALIEN1")
        shop.take_in(1)
        with shop.open_doors():
            why = paused(shop)
            assert FIRST in why
            assert uid_of("ALIEN1").hex().upper() in why
            assert nothing_printed(shop)
            assert only_attempt(shop)[1]["state"] == "unused"
            assert shop.places()[FIRST] == "hopper:p0"
            (incident,) = shop.act("incidents.list")
            shop.act("incidents.close", incident=incident["id"], outcome="Given to the police.", **TWO)
            shop.print_everything(1)
        shop.judge(records=1)


def test_a_blank_that_the_books_hold_for_spoiled_is_rejected_and_stays_spoiled(tmp_path: Path, cards: Pcscd) -> None:
    with press(tmp_path, cards) as (shop, _):
        bind(shop, THIRD)
        shop.act("blanks.spoil", serial=THIRD, cause="factory_defect", **TWO)
        refill(shop, THIRD)
        shop.take_in(1)
        with shop.open_doors():
            why = paused(shop)
            assert f"{THIRD}, booked in spoiled, was rejected unprinted" in why
            assert FIRST in why
            assert nothing_printed(shop)
            assert chip(shop, FIRST) is None
            (incident,) = shop.act("incidents.list")
            shop.act("incidents.close", incident=incident["id"], outcome="It had been taken from the bin.", **TWO)
            shop.print_everything(1)
        assert shop.places()[THIRD] == "spoiled"
        shop.judge(records=1)


def test_a_card_without_a_chip_is_spoiled_before_it_costs_a_panel(tmp_path: Path, cards: Pcscd) -> None:
    with press(tmp_path, cards, more=config(cards, seconds=2)) as (shop, path):
        path.chips[FIRST] = None
        shop.take_in(1)
        with shop.open_doors():
            assert f"{FIRST} was not printed" in paused(shop)
            assert nothing_printed(shop)
            job, attempt = only_attempt(shop)
            assert (job["held_because"], attempt["state"], attempt["cause"]) == ("spoiled", "spoiled", "no_chip")
            with shop.shop.store.reading() as connection:
                assert spoils.known(connection, [FIRST]) == {FIRST}
            shop.print_everything(1)
        shop.judge(records=1)
        assert shop.places()[FIRST] == "spoiled"


@pytest.mark.parametrize("random", [VirtualCard(uid=None), VirtualCard(pupi=True)], ids=["type A", "type B"])
def test_a_random_uid_binds_nothing_and_stops_the_line(random: VirtualCard, tmp_path: Path, cards: Pcscd) -> None:
    with press(tmp_path, cards) as (shop, path):
        path.chips[FIRST] = random
        shop.take_in(1)
        with shop.open_doors():
            assert "random UID" in paused(shop)
            assert nothing_printed(shop)
            job, attempt = only_attempt(shop)
            assert (job["state"], attempt["state"]) == ("queued", "unused")
            assert shop.places()[FIRST] == "skipped"
            assert chip(shop, FIRST) is None
            shop.act("blanks.find", serial=FIRST, **TWO)
            shop.print_everything(1)
        shop.judge(records=1)


def test_a_reader_that_dies_under_the_card_stops_the_line(tmp_path: Path, cards: Pcscd) -> None:
    with press(tmp_path, cards) as (shop, path):
        machine = shop.printers["p0"].machine
        silent = path.chips[FIRST] = VirtualCard(hangs=True)

        def unplug() -> None:
            silent.seen.wait(20)
            cards.stop()

        killer = threading.Thread(target=unplug)
        killer.start()
        shop.take_in(1)
        with shop.open_doors():
            assert "could not be read" in paused(shop)
            killer.join()
            assert nothing_printed(shop)
            assert only_attempt(shop)[1]["state"] == "unused"
            assert shop.places()[FIRST] == "skipped"
            assert not machine.path
            shop.act("blanks.find", serial=FIRST, **TWO)
            shop.act("printers.resume", name="p0", by=person(RUNNER))
            until(lambda: shop.act("printers.list")[0]["state"] == "stopped", "the line stands for want of a reader")
            assert "pcscd does not run" in shop.act("printers.list")[0]["message"]
            assert len(shop.printers["p0"].truth.read("feed")) == 1, "no other card is moved meanwhile"
            cards.start()
            shop.print_everything(1)
        shop.judge(records=1)


def test_a_card_that_lies_at_the_reader_already_is_not_taken_for_ours(tmp_path: Path, cards: Pcscd) -> None:
    with press(tmp_path, cards, more=config(cards, seconds=1)) as (shop, _):
        stranger = VirtualCard(uid_of(SECOND))
        cards.slots[0].insert(stranger)
        assert stranger.seen.wait(20)
        shop.take_in(1)
        with shop.open_doors():
            until(lambda: shop.act("printers.list")[0]["state"] == "stopped", "the line stands")
            assert "before one was brought there" in shop.act("printers.list")[0]["message"]
            assert shop.act("jobs.count") == {"queued": 1}
            assert not shop.printers["p0"].truth.read("feed")


def test_a_daemon_killed_with_the_card_at_the_station_leaves_it_to_a_person(tmp_path: Path, cards: Pcscd) -> None:
    with press(tmp_path, cards, more=config(cards, seconds=60)) as (shop, path):
        silent = path.chips[FIRST] = VirtualCard(hangs=True)
        shop.take_in(2)
        shop.shop.sign()
        over_socket(shop)
        with daemon_process(shop.shop_folder) as process:
            assert silent.seen.wait(30)
            process.send_signal(signal.SIGKILL)
            process.wait(10)
        (shop.shop_folder / "printd.sock").unlink()  # so that the next daemon is waited for
        with daemon_process(shop.shop_folder):
            until(lambda: shop.act("printers.list")[0]["state"] == "in_doubt", "the attempt is in doubt")
            assert shop.places()[FIRST] == "printer:p0"
            assert shop.printers["p0"].machine.position == "contactless", "nobody moved it"
            shop.print_everything(2)
        assert nothing_on(shop, FIRST)
        shop.judge(records=2)


def nothing_on(shop: Office, blank: str) -> bool:
    return all(line["blank"] != blank for line in shop.printers["p0"].truth.read("laid"))


@pytest.mark.parametrize(
    "fault",
    [
        "station_timeout@card=2",
        "jam@step=reject,card=2",
        "power_cut@step=after_station,card=2",
        "silence@command=Sic,card=2",
        "cable_out@reply=Sic,card=2",
    ],
)
def test_books_equal_physics_after_trouble_at_the_station(fault: str, tmp_path: Path, cards: Pcscd) -> None:
    with press(tmp_path, cards, faults=(fault,)) as (shop, path):
        if "reject" in fault:
            path.chips[SECOND] = VirtualCard(uid=None)
        shop.take_in(2)
        with shop.open_doors():
            staff = shop.staff()

            def finished() -> bool:
                done = staff.round().get("finished", 0)
                for serial, place in shop.places().items():
                    if place == "skipped" and any(card["blank"] == serial for card in shop.outside()):
                        shop.act("blanks.find", serial=serial, **TWO)
                return done == 2

            until(finished, "both records have a card", 60)
        shop.judge(records=2)
        assert len(path.read) >= 2


def test_an_unseen_double_feed_is_seen_by_the_next_chip_before_it_is_printed(tmp_path: Path, cards: Pcscd) -> None:
    with press(tmp_path, cards, faults=("double_feed@card=2",)) as (shop, _):
        bind(shop, FIRST, SECOND, THIRD, FOURTH)
        shop.take_in(3)
        with shop.open_doors():
            why = paused(shop)
            assert THIRD in why
            assert FOURTH in why
            assert {line["blank"] for line in shop.printers["p0"].truth.read("laid")} == {FIRST, SECOND}
            shop.act("blanks.skip", serial=THIRD, **TWO)  # it lies in the output, under the second card
            for serial in (THIRD, FOURTH):
                shop.act("blanks.find", serial=serial, **TWO)
            (incident,) = shop.act("incidents.list")
            shop.act("incidents.close", incident=incident["id"], outcome="Two blanks stuck together.", **TWO)
            staff = shop.print_everything(3)
        assert not staff.done["blanks corrected"]
        shop.judge(records=3)


def test_a_chip_goes_with_its_card_when_people_correct_the_blank(tmp_path: Path, cards: Pcscd) -> None:
    """After an unseen double feed the next chip, which nobody knew, was bound to the blank that was booked."""
    with press(tmp_path, cards, faults=("double_feed@card=2",)) as (shop, _):
        shop.take_in(3)
        with shop.open_doors():
            staff = shop.print_everything(3)
        assert staff.done["blanks corrected"] == 1
        shop.judge(records=3)
        assert chip(shop, THIRD) is None
        assert chip(shop, FOURTH) == uid_of(FOURTH).hex().upper()


def test_a_printer_whose_reader_nobody_named_prints_nothing_and_says_so(tmp_path: Path, cards: Pcscd) -> None:
    with office(tmp_path) as shop:
        shop.take_in(1)
        path = shop.shop_folder / "printd.toml"
        path.write_text(path.read_text() + config(cards).replace("p0 =", "p7 ="))
        shop.shop.close()
        shop.shop = shop.desk.shop = Shop.open(shop.shop_folder)
        shop.reconfigure()
        with shop.open_doors():
            until(lambda: shop.act("printers.list")[0]["state"] == "unable", "the printer says that it cannot")
            (row,) = shop.act("printers.list")
        assert "Nobody said which card reader is inside p0" in row["message"]
        assert not row["paused"], "it goes on by itself once the reader is named"
        assert shop.act("jobs.list")["jobs"][0]["waits"]["code"] == "no_station"
        assert not shop.printers["p0"].truth.read("feed")


PROGRAM = """
import json, os, sys, time
from pathlib import Path
log = Path(sys.argv[1])
ours = {name: value for name, value in os.environ.items() if name.startswith("PRINTD_")}
with log.open("a") as file:
    file.write(json.dumps({"arguments": sys.argv[2:], "variables": ours}) + "\\n")
code = sys.argv[2].split(",")
print("SITI AMINAH 5371010101900001")
print("apdu-6a82 at the end")
sys.stdout.flush()
tries = len(log.read_text().splitlines())
said = code[min(tries, len(code)) - 1]
if said == "hang":
    time.sleep(600)
sys.exit(int(said))
"""


@contextmanager
def commanded(
    folder: Path, cards: Pcscd, codes: str, seconds: float = 20
) -> Iterator[tuple[Office, Callable[[], list[dict[str, Any]]]]]:
    """Open an office whose encoder command ends with these codes, one a run."""
    program, log = folder / "encode.py", folder / "runs"
    program.write_text(PROGRAM)
    command = json.dumps([sys.executable, str(program), str(log), codes])
    more = f"command = {command}\ncommand_seconds = {seconds}\ncommand_tries = 3"
    with press(folder, cards, more=config(cards, "command", more=more)) as (shop, _):
        shop.take_in(1)
        yield shop, lambda: [json.loads(line) for line in log.read_text().splitlines()]


def test_the_encoder_command_learns_what_it_needs_and_nothing_personal(tmp_path: Path, cards: Pcscd) -> None:
    with commanded(tmp_path, cards, "75,75,0") as (shop, runs):
        with shop.open_doors():
            shop.print_everything(1)
        shop.judge(records=1)
        _, attempt = only_attempt(shop)
        expected = [attempt["id"], FIRST, "contactless", cards.readers[0]]
        assert [run["arguments"][1:] for run in runs()] == [expected] * 3
        assert [run["variables"] for run in runs()] == [
            {
                "PRINTD_ATTEMPT": attempt["id"],
                "PRINTD_SERIAL": FIRST,
                "PRINTD_STATION": "contactless",
                "PRINTD_READER": cards.readers[0],
                "PRINTD_UID": uid_of(FIRST).hex().upper(),
                "PRINTD_TRY": str(number),
            }
            for number in (1, 2, 3)
        ]
        assert "ended with 0, encoded (apdu-6a82)" in attempt["evidence"][0]["findings"][0]


@pytest.mark.parametrize(
    ("codes", "runs_made", "says"),
    [
        ("65", 1, "ended with 65, chip failed (apdu-6a82)"),
        ("75", 3, "ended with 75, try again (apdu-6a82). It was run 3 times"),
        ("hang", 1, "killed after 2 s (apdu-6a82)"),
    ],
)
def test_a_chip_that_is_not_written_spoils_the_card_unprinted(
    codes: str, runs_made: int, says: str, tmp_path: Path, cards: Pcscd
) -> None:
    with commanded(tmp_path, cards, codes, seconds=2 if codes == "hang" else 20) as (shop, runs):
        with shop.open_doors():
            why = paused(shop)
            assert f"{FIRST} was not printed" in why
            assert says in why
            assert "SITI" not in why
            assert len(runs()) == runs_made
            assert nothing_printed(shop)
            job, attempt = only_attempt(shop)
            assert (job["held_because"], attempt["state"], attempt["cause"]) == ("spoiled", "spoiled", "encode_fail")
        assert chip(shop, FIRST) == uid_of(FIRST).hex().upper(), "it was known before it was written"
        shop.judge(records=0)
