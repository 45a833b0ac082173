"""What the books must never hold is refused whoever enters it: each rule is met here past the desk."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from printd.books.booking import Books
from printd.custody.flows import COMING, GOING
from printd.errors import Refused
from printd.events.base import EventError
from printd.events.kinds import read
from printd.events.operators import OperatorEnrolled
from printd.store.engine import dump
from support.closed import closed
from support.counter import ORIGIN, SITI, TWO, Counter
from support.fixed import SEALED
from support.office_history import CLOSED, SHEET
from support.people import key_of, person
from support.resumed import resumed
from support.signers import enrolled, signers

BOTH = ("siti", "budi")


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Counter]:
    """D1 is received and open, of D2 (type OA) only the first carton; D3 is on its way; the shift has ten blanks."""
    made = Counter(tmp_path / "shop")
    made.announce()
    made.receive()
    made.announce("D2", 201, 20, stock_type="OA")
    made.receive("D2", 20)
    made.announce("D3", 301, 20)
    made.open_shift(10)
    yield made
    made.shop.close()


def refuses(office: Counter, kind: str, data: dict[str, Any], words: str, by: tuple[str, ...] = ()) -> None:
    """Enter an event past the desk, signed as it must be; nothing of it may stay."""
    event = read(kind, data)
    with office.shop.store.reading() as connection:
        before = dump(connection)
    with pytest.raises(Refused) as refusal:
        office.shop.books.enter(event, by or signers(event))
    assert words in refusal.value.what
    with office.shop.store.reading() as connection:
        assert dump(connection) == before


def moved(serial: str, source: str, target: str, why: str) -> dict[str, Any]:
    return {"serials": [[serial, serial]], "from": source, "to": target, "why": why}


def shift_of(office: Counter) -> str:
    return str(office.act("shifts.list")[-1]["id"])


def test_a_carton_is_opened_in_the_store(office: Counter) -> None:
    refuses(office, "carton.opened", {"delivery": "D3", "carton": "D3-1"}, "Carton D3-1 is not in the store")
    refuses(office, "carton.opened", {"delivery": "D1", "carton": "D1-1"}, "was opened already, by siti and budi")


def test_nobody_holds_two_valid_certificates(office: Counter) -> None:
    one = {
        "suket": "s1",
        "holder": "h",
        "issued_on": "2026-08-01",
        "expires_on": "2027-02-01",
        "status": "PRR",
        "sealed": SEALED,
    }
    office.shop.books.enter(read("suket.issued", one), ["siti"])
    for day in ("2026-08-01", "2026-11-02", "2027-02-01"):
        again = {**one, "suket": "s2", "issued_on": day, "expires_on": "2027-08-01"}
        refuses(office, "suket.issued", again, "This holder has s1, valid until 2027-02-01.", ("siti",))
    office.shop.books.enter(read("suket.issued", {**one, "suket": "s2", "issued_on": "2027-02-02"}), ["siti"])
    office.shop.books.enter(read("suket.issued", {**one, "suket": "s3", "holder": "another"}), ["siti"])


def test_only_the_open_shift_has_blanks_moved(office: Counter) -> None:
    shift = f"shift:{shift_of(office)}"
    refuses(office, "blanks.moved", moved("K00060", "store", "shift:another", "issue"), "another is not the shift")
    refuses(office, "blanks.moved", moved("K00060", "store", "shift:another", "found"), "for the reason found")
    office.act("blanks.load", printer="p1", pieces=2, by=SITI)
    office.act("shifts.count_begin", by=SITI)
    for data in (
        moved("K00060", "store", shift, "issue"),
        moved("K00003", shift, "hopper:p1", "load"),
        moved("K00001", "hopper:p1", shift, "unload"),
    ):
        refuses(office, "blanks.moved", data, "is being counted")
    office.act("shifts.resume", by=SITI)
    office.shop.books.enter(read("blanks.moved", moved("K00003", shift, "hopper:p1", "load")), ["siti"])


def test_without_a_shift_no_blank_is_issued(tmp_path: Path) -> None:
    made = Counter(tmp_path / "shop")
    made.announce()
    made.receive()
    refuses(made, "blanks.moved", moved("K00001", "store", "shift:s", "issue"), "No shift is open.")
    made.shop.close()


def test_blanks_lie_in_hoppers_of_printers_that_work_here(office: Counter) -> None:
    shift = f"shift:{shift_of(office)}"
    refuses(office, "blanks.moved", moved("K00001", shift, "hopper:p9", "load"), "There is no printer p9.")
    office.shop.books.enter(read("printer.paused", {"printer": "p2", "why": "x"}), ["siti"])
    office.shop.books.enter(read("printer.retired", {"printer": "p2"}), BOTH)
    refuses(office, "blanks.moved", moved("K00001", shift, "hopper:p2", "load"), "p2 is retired.")


def test_one_hopper_holds_one_stock_type(office: Counter) -> None:
    shift = f"shift:{shift_of(office)}"
    office.shop.books.enter(read("blanks.moved", moved("K00201", "store", shift, "issue")), BOTH)
    office.act("blanks.load", printer="p1", pieces=2, by=SITI)
    words = "K00201: type OA, but blanks of type WNI lie in p1."
    refuses(office, "blanks.moved", moved("K00201", shift, "hopper:p1", "load"), words)
    both = {**moved("K00003", shift, "hopper:p2", "load"), "serials": [["K00003", "K00003"], ["K00201", "K00201"]]}
    refuses(office, "blanks.moved", both, "lie in p2.")
    office.shop.books.enter(read("blanks.moved", moved("K00201", shift, "hopper:p2", "load")), ["siti"])


def test_a_delivery_is_counted_and_received_once(office: Counter) -> None:
    for delivery, words in (("D1", "D1 was received already, by siti and budi."), ("D9", "No delivery D9")):
        refuses(office, "delivery.counted", {"delivery": delivery, "sheet": SHEET}, words)
        data = {"delivery": delivery, "serials": [], "counted": 0, "discrepancies": []}
        refuses(office, "delivery.received", data, words)


def short(office: Counter) -> str:
    """Receive D3 without its last piece; return the discrepancy."""
    sheet = {"pieces": 19, "cartons": [{"carton": "D3-1"}], "serials": [["K00311", "K00319"]]}
    office.count(sheet, "D3")
    return str(office.act("deliveries.receive", delivery="D3", **TWO)["discrepancies"][0]["id"])


def test_a_discrepancy_ends_as_its_kind_can_and_whole(office: Counter) -> None:
    name = short(office)
    data = {"discrepancy": name, "document": "d", "serials": [["K00320", "K00320"]]}
    refuses(office, "discrepancy.closed", {**data, "outcome": "spoiled"}, "of the kind short cannot end as spoiled")
    refuses(office, "discrepancy.closed", {**data, "outcome": "store", "serials": []}, "is about K00320")
    two = {**data, "outcome": "store", "serials": [["K00319", "K00320"]]}
    refuses(office, "discrepancy.closed", two, "is about K00320")
    office.shop.books.enter(read("discrepancy.closed", {**data, "outcome": "store"}), BOTH)


def test_a_discrepancy_of_pieces_over_takes_in_those_and_no_more(office: Counter) -> None:
    sheet = {"pieces": 21, "cartons": [{"carton": "D3-1"}, {"carton": "D3-2"}], "serials": [["K00321", "K00321"]]}
    office.count(sheet, "D3")
    name = office.act("deliveries.receive", delivery="D3", **TWO)["discrepancies"][0]["id"]
    data = {"discrepancy": name, "document": "d", "outcome": "store"}
    more, other = [["K00321", "K00322"]], [["K00399", "K00399"]]
    refuses(office, "discrepancy.closed", {**data, "serials": more}, "2 cannot be taken in by it")
    refuses(office, "discrepancy.closed", {**data, "serials": other}, "K00399 did not come over with delivery:D3")
    refuses(office, "discrepancy.closed", {**data, "outcome": "missing", "serials": []}, "cannot end as missing")


def test_blanks_are_sent_to_sites_that_are_known_one_kind_at_a_time(office: Counter) -> None:
    site = {"site": "alak", "kind": "subdistrict", "title": "Alak", "area": "", "key": ""}
    data = {
        "transfer": "T1",
        "serials": [["K00020", "K00021"]],
        "document": "d",
        "carrier": "c",
        "seals": [],
        "sealed": SEALED,
    }
    refuses(office, "transfer.sent", {**data, "from": "store", "to": "site:alak"}, "There is no site alak.")
    stock = {"site": "alak", "day": "2026-11-02", "stock_type": "WNI", "pieces": 3, "book": 4}
    refuses(office, "site.reported", stock, "There is no site alak.")
    refuses(office, "site.set", {**site, "site": "Alak 1"}, "'Alak 1' cannot name a site.")
    refuses(office, "site.set", {**site, "key": "alak+00+AAAA"}, "The key of alak is no verifier key.")
    office.shop.books.enter(read("site.set", site), ["ratna"])
    refuses(office, "transfer.sent", {**data, "from": "store", "to": "store"}, "sent from store to itself")
    refuses(office, "transfer.sent", {**data, "from": "store", "to": "holder"}, "Nothing is sent from or to holder.")
    mixed = {**data, "serials": [["K00020", "K00020"], ["K00201", "K00201"]]}
    words = "are of more than one stock type or generation"
    refuses(office, "transfer.sent", {**mixed, "from": "store", "to": "site:alak"}, words)
    office.shop.books.enter(read("transfer.sent", {**data, "from": "store", "to": "site:alak"}), BOTH)


def test_one_label_is_made_for_one_number_of_cards(office: Counter) -> None:
    box = {"kind": "ribbon", "label": "R1", "pieces": 2, "nominal": 300}
    office.shop.books.enter(read("consumable.received", box), ["siti"])
    words = "Ribbon R1 is in the books as made for 300 cards, not 500."
    refuses(office, "consumable.received", {**box, "nominal": 500}, words)
    opened = {"kind": "ribbon", "label": "R2", "printer": "p1", "nominal": 300}
    refuses(office, "consumable.opened", opened, "There is no ribbon R2 in stock.")
    known = {**opened, "label": "R1", "unbooked": True}
    refuses(office, "consumable.opened", known, "Ribbon R1 was booked in, and the books have 2 of it in stock.")


def test_only_what_was_drawn_is_missing_from_a_sample(office: Counter) -> None:
    drawn = office.act("samples.draw", pieces=3, number="4711", by=person("siti"))
    other = next(f"K{number:05d}" for number in range(1, 100) if f"K{number:05d}" not in json.dumps(drawn["drawn"]))
    data = {"sample": drawn["sample"], "missing": [other], "bound": 1}
    refuses(office, "sample.counted", data, f"{other} was not drawn with {drawn['sample']}.")


def test_a_chip_is_bound_to_one_blank_that_is_here(office: Counter) -> None:
    bound = {"uid": "04A1B2C3D4E5F6", "serial": "K00001"}
    office.shop.books.enter(read("chip.bound", bound), ["siti"])
    refuses(office, "chip.bound", bound, "is bound to the chip 04A1B2C3D4E5F6 already")
    refuses(office, "chip.bound", {**bound, "serial": "K00002"}, "is bound to K00001")
    refuses(office, "chip.bound", {**bound, "uid": "04A1B2C3D4E5F7"}, "K00001 is bound to the chip 04A1B2C3D4E5F6")
    other = {**bound, "uid": "04A1B2C3D4E5F7"}
    refuses(office, "chip.bound", {**other, "serial": "K00301"}, "is in transit:D3, not received")
    refuses(office, "chip.bound", {**other, "serial": "K00999"}, "belongs to no delivery")
    refuses(office, "chip.bound", {"uid": "08A1B2C3", "serial": "K00002"}, "is a random one")


def test_a_card_comes_back_from_its_holder_and_is_destroyed_with_its_blank(office: Counter) -> None:
    back = {"card": "c1", "holder": "h", "cause": "moved", "from_site": "office", "sealed": SEALED}
    refuses(office, "card.returned", {**back, "serial": "K00001"}, "K00001 was never handed to a holder")
    office.shop.books.enter(read("card.returned", back), ["siti"])
    act = {"destruction": "x", "ba_number": "b", "method": "burn", "place": "p", "witnesses": [], "sealed": SEALED}
    nothing: dict[str, Any] = {"serials": [], "invalid": [], "cards": []}
    refuses(office, "blanks.destroyed", {**act, **nothing}, "There is nothing to destroy.")
    refuses(office, "blanks.destroyed", {**act, **nothing, "cards": ["c9"]}, "No invalid card c9 is kept here.")
    other = {**nothing, "cards": ["c1"], "invalid": [["K00001", "K00001"]]}
    refuses(office, "blanks.destroyed", {**act, **other}, "are on no blank that is known")
    office.shop.books.enter(read("blanks.destroyed", {**act, **nothing, "cards": ["c1"]}), BOTH)


def test_a_login_name_says_nothing_private(office: Counter) -> None:
    def called(name: str) -> dict[str, Any]:
        person = enrolled("mallory", origin=ORIGIN).model_copy(update={"name": name})
        return OperatorEnrolled(person=person).data()

    keys = {name: office.shop.books.keys[name] for name in (*BOTH, "ratna")}
    for name in ("Siti Rahma", "1234567890123456", "s", "siti\n"):
        office.shop.books.keys = {**keys, name: key_of("mallory")}
        refuses(office, "operator.enrolled", called(name), "cannot be a login name")
    with pytest.raises(EventError, match="name"):
        read("operator.enrolled", called("5371994101900001"))


def test_warnings_are_answered_for_once_and_where_there_are_some(office: Counter) -> None:
    who = {
        "record": "r1",
        "job": "j1",
        "holder": "h",
        "digest": "d",
        "source": "s",
        "remote_status": "PRR",
        "sealed": SEALED,
    }
    office.shop.books.enter(read("record.accepted", {**who, "reason": "baru", "stock_type": "WNI", "warnings": ["w"]}))
    plain = {**who, "record": "r2", "job": "j2", "holder": "g", "digest": "e"}
    office.shop.books.enter(read("record.accepted", {**plain, "reason": "baru", "stock_type": "WNI", "warnings": []}))
    office.shop.books.enter(read("record.acknowledged", {"record": "r1", "warnings": ["w"]}), ["siti"])
    for record in ("r1", "r2"):
        refuses(
            office, "record.acknowledged", {"record": record, "warnings": ["w"]}, "no warnings that wait", ("budi",)
        )


def test_a_blank_is_spoiled_by_a_cause_of_the_trade(office: Counter) -> None:
    office.shop.books.enter(
        read("site.set", {"site": "alak", "kind": "office", "title": "A", "area": "", "key": ""}), ["ratna"]
    )
    sent = {
        "transfer": "T1",
        "serials": [["K00020", "K00020"]],
        "document": "d",
        "carrier": "c",
        "seals": [],
        "sealed": SEALED,
    }
    office.shop.books.enter(read("transfer.sent", {**sent, "from": "store", "to": "site:alak"}), BOTH)
    arrived = {"transfer": "T1", "serials": sent["serials"], "acknowledgement": "a", "discrepancies": []}
    office.shop.books.enter(read("transfer.acknowledged", arrived), BOTH)
    data = {**moved("K00020", "site:alak", "spoiled", "site_spoiled"), "cause": "accident", "step": "print"}
    with pytest.raises(EventError, match="cause is not what it must be"):
        read("blanks.moved", data)


@pytest.mark.parametrize("what", ["blanks left", "a card under way", "sums that do not add up"])
def test_a_shift_is_closed_when_all_of_it_is_answered_for(office: Counter, what: str) -> None:
    shift, books = shift_of(office), office.shop.books
    returned = [[f"shift:{shift}", [["K00001", "K00010"]]]]
    with books.store.reading() as connection:
        told = closed(connection, books.clock(), f"shift:{shift}")
    data: dict[str, Any] = {"shift": shift, "returned": returned, "act": CLOSED, **told}
    if what == "a card under way":
        begin(office, books)
        data["returned"] = [[f"shift:{shift}", [["K00002", "K00010"]]]]
    office.act("shifts.count_begin", by=SITI)
    if what == "blanks left":
        refuses(office, "shift.closed", {**data, "returned": []}, f"10 blanks are left in shift:{shift}.")
    elif what == "a card under way":
        refuses(office, "shift.closed", data, "Nobody knows yet what became of K00001 in p1.")
        return
    else:
        row = {"stock_type": "WNI", "opening": 1, "closing": 2} | dict.fromkeys((*COMING, *GOING), 0)
        refuses(office, "shift.closed", {**data, "act": {**CLOSED, "stock": [row]}}, "do not add up for stock type WNI")
    books.enter(read("shift.closed", data), BOTH)


def begin(office: Counter, books: Books) -> None:
    office.act("blanks.load", printer="p1", pieces=1, by=SITI)
    who = {
        "record": "r1",
        "job": "j1",
        "holder": "h",
        "digest": "d",
        "source": "s",
        "remote_status": "PRR",
        "sealed": SEALED,
    }
    books.enter(read("record.accepted", {**who, "reason": "baru", "stock_type": "WNI", "warnings": []}))
    about = {"attempt": "a1", "job": "j1", "number": 1, "printer": "p1", "serial": "K00001"}
    books.enter(read("attempt.started", {**about, "counters": {}, "artwork": "a", "resumed": resumed(books)}))


def test_no_generation_of_the_log_takes_the_name_of_another(office: Counter) -> None:
    def ended(origin: str, following: str) -> dict[str, Any]:
        lost = {"missing": 1, "backup": {}, "known": {"size": 9, "root": "0" * 64}}
        return {"note": "", "origin": origin, "log_key": "k", "next": {"origin": following, "log_key": "n"}, **lost}

    refuses(office, "log.rolled_back", ended("o/1", "o/1"), "needs a name of its own")
    office.shop.books.enter(read("log.rolled_back", ended("o/1", "o/2")), BOTH)
    refuses(office, "log.rolled_back", ended("o/2", "o/1"), "needs a name of its own")
    office.shop.books.enter(read("log.rolled_back", ended("o/2", "o/3")), BOTH)
