"""Four days of a small office with all that goes wrong: what the scenario lacks, entry by entry.

Two types of blank, one lent; deliveries with and without a value, short, over, damaged, by count; a card in doubt, one
that fails the check, one that is corrected, one that is lost; a site that spoils and loses; a loan that comes back.
"""

from __future__ import annotations

import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from printd.events.kinds import read
from printd.words.states import AttemptState
from support.counter import SITI, START, TWO, Counter, person
from support.fixed import SEALED
from support.workday import finish, start

DAYS: Final = ("2026-11-02", "2026-11-05")
"""First and last day."""


class Eventful:
    """Lives the days."""

    def __init__(self, folder: Path) -> None:
        self.office = Counter(folder)
        self.jobs: dict[str, str] = {}
        self.attempts: dict[str, str] = {}

    def enter(self, kind: str, data: dict[str, Any], *by: str) -> None:
        """Enter one event past the desk, signed by whom it names."""
        self.office.shop.books.enter(read(kind, data), by)

    def moved(self, why: str, source: str, target: str, first: str, last: str = "", **more: Any) -> None:
        """Book a movement, signed by two."""
        self.enter(
            "blanks.moved",
            {"serials": [[first, last or first]], "from": source, "to": target, "why": why, **more},
            "siti",
            "budi",
        )

    def wish(self, name: str, reason: str = "baru", stock_type: str = "WNI", **more: Any) -> str:
        """Take in a record; its holder is called after it."""
        self.jobs[name] = str(uuid.uuid4())
        about = {"source": "spool", "remote_status": "PRR", "reason": reason, "warnings": [], "sealed": SEALED}
        who = {"record": str(uuid.uuid4()), "holder": self.holder(name), "digest": uuid.uuid4().hex}
        self.enter("record.accepted", {**who, **about, "job": self.jobs[name], "stock_type": stock_type, **more})
        return self.jobs[name]

    @staticmethod
    def holder(name: str) -> str:
        """Return the pseudonym of somebody."""
        return f"{name:x<22}"

    def begin(self, name: str, serial: str, printer: str = "p1") -> str:
        """Begin the card of a record on a blank of a hopper."""
        self.office.later(minutes=3)
        self.attempts[name] = start(self.office.desk, self.jobs[name], serial, printer)
        return self.attempts[name]

    def printed(self, name: str, serial: str, printer: str = "p1") -> None:
        """Print it well."""
        finish(self.office.desk, self.begin(name, serial, printer))

    def check(self, name: str, cause: str = "") -> None:
        """Check a card by another than who printed it."""
        self.office.later(minutes=1)
        about = {"quality": "spoiled", "cause": cause} if cause else {"quality": "good"}
        self.enter("card.checked", {"attempt": self.attempts[name], **about}, "budi")

    def again(self, name: str) -> None:
        """Let a spoiled card be printed once more."""
        self.enter("job.released", {"job": self.jobs[name], "act": "reprint"}, "siti", "budi")

    def hand_over(self, name: str, **more: str) -> None:
        """Give a card to its holder."""
        self.enter("card.handed_over", {"attempt": self.attempts[name], **more}, "siti")

    def close(self, shift: str, **changed: Any) -> None:
        """Count and close a shift."""
        self.office.act("shifts.count_begin", by=SITI)
        self.office.sheets(shift, **changed)
        gap = {"approved_by": person("ratna"), "note": "one is gone"} if changed else {}
        self.office.act("shifts.close", **TWO, **gap)

    def sent(self, name: str, source: str, target: str, first: str, last: str, **more: str) -> None:
        """Send blanks to a site or back."""
        about = {"transfer": name, "from": source, "to": target, "serials": [[first, last]], "document": f"BA/{name}"}
        self.enter(
            "transfer.sent", {**about, "carrier": "c" * 22, "seals": ["S1"], "sealed": SEALED, **more}, "siti", "budi"
        )

    def of_site(self, serial: str, reason: str) -> None:
        """Book a card that a site printed and gave out, as its report names it."""
        about = {"card": str(uuid.uuid4()), "site": "alak", "document": "LAP/1", "serial": serial, "sealed": SEALED}
        whose = {"job": f"A-{serial}", "holder": self.holder(serial), "nik_area": "53.03", "reason": reason}
        who = {"printer": "alak-1", "operator": "PETUGAS SATU", "checker": "PETUGAS DUA"}
        when = {"printed_on": "2026-11-04", "handed_over_on": "2026-11-04", "receiver": "proxy", "old_card": "none"}
        self.enter("site.printed", {**about, **whose, **who, **when}, "siti", "budi")

    def arrived(self, name: str, first: str, last: str, *differ: dict[str, Any]) -> None:
        """Book what the other side acknowledges."""
        told = {"transfer": name, "serials": [[first, last]], "acknowledgement": f"TT/{name}", "discrepancies": differ}
        self.enter("transfer.acknowledged", told, "siti", "budi")


def live(folder: Path) -> Counter:
    """Live the days; the shop's log is signed to its end."""
    one = Eventful(folder)
    for number, day in enumerate((_first_day, _second_day, _third_day, _fourth_day)):
        one.office.now = START + timedelta(days=number)
        day(one)
    one.office.shop.sign()
    return one.office


def _deliver(one: Eventful) -> None:
    """Receive: one delivery short, damaged and with a torn seal; one lent of the other type; one counted, two over."""
    office = one.office
    office.announce("D1", 1, 100, unit_value=9000, seals=["S-1", "S-2"])
    torn = {"carton": "D1-2", "condition": "seal_broken"}
    found = [["K00051", "K00097"]]
    sheet = {"pieces": 97, "cartons": [{"carton": "D1-1"}, torn], "serials": found, "damaged": [["K00049"]]}
    office.count(sheet, "D1")
    office.act("deliveries.receive", delivery="D1", **TWO)
    office.announce("D2", 201, 10, stock_type="OA", due_back="2026-12-01", bast_number="BAST/2")
    office.receive("D2", 10)
    office.announce("D3", 301, 20, bast_number="BAST/3", unit_value=9500)
    office.receive("D3", 20)
    office.announce("D4", 401, 6, bast_number="BAST/4")
    office.receive("D4", 6)


def _first_day(one: Eventful) -> None:
    office = one.office
    for kind, label, nominal in (("ribbon", "R-500", 500), ("film", "F-1500", 1500), ("cleaning", "C", 1000)):
        about = {"kind": kind, "label": label, "nominal": nominal}
        one.enter("consumable.received", {**about, "pieces": 4}, "siti")
        one.enter("consumable.opened", {**about, "printer": "p1"}, "siti")
    for site, kind, area in (("alak", "subdistrict", "53.71.01"), ("kab", "office", "")):
        one.enter("site.set", {"site": site, "kind": kind, "title": site, "area": area, "key": ""}, "ratna")
    _deliver(one)
    one.enter("carton.opened", {"delivery": "D1", "carton": "D1-1"}, "siti", "budi")
    for name, reason in (("a", "baru"), ("b", "rusak"), ("c", "hilang"), ("d", "baru"), ("e", "ubah_data")):
        one.wish(name, reason)
    one.wish("far", "luar_domisili", nik_area="53.03")
    one.wish("off", "luar_domisili", nik_area="53.04")
    one.wish("oa", stock_type="OA")
    suket = {"issued_on": "2026-10-01", "expires_on": "2027-04-01", "status": "PRR", "sealed": SEALED}
    for name in ("a", "z"):
        one.enter("suket.issued", {"suket": f"suket-{name}", "holder": one.holder(name), **suket}, "siti")
    shift = office.open_shift(14)
    office.act("blanks.load", printer="p1", pieces=12, by=SITI)
    one.printed("a", "K00001")
    one.check("a")
    one.hand_over("a", receiver="holder", old_card="none")
    one.printed("far", "K00002")
    one.check("far", "print_fade")
    one.again("far")
    one.printed("far", "K00003")
    one.check("far")
    finish(office.desk, one.begin("b", "K00004"), AttemptState.SPOILED, "encode_fail")
    one.again("b")
    finish(office.desk, one.begin("b", "K00005"), AttemptState.UNUSED)
    one.printed("b", "K00005")
    one.check("b")
    one.moved("bent_heat", "hopper:p1", "spoiled", "K00006")
    one.moved("skipped", "hopper:p1", "skipped", "K00007")
    test = {"purpose": "calibration", "printer": "p1", "serial_number": "p1", "serial": "K00008", "artwork": "t" * 22}
    one.enter("printer.paused", {"printer": "p1", "why": "a test print"}, "siti")
    one.enter("test_print.started", {"test": "t1", **test, "counters": {}}, "siti")
    ended = {"test": "t1", "outcome": "spoiled", "evidence": {"findings": []}, "to": "spoiled"}
    one.enter("test_print.ended", ended, "siti", "budi")
    one.enter("printer.resumed", {"printer": "p1"}, "siti")
    one.printed("c", "K00009")  # waits for its check over night
    office.later(hours=5)
    one.close(shift)


def _second_day(one: Eventful) -> None:
    office = one.office
    ends = {"damaged": "spoiled", "seal_broken": "store", "short": "missing"}
    for found in office.act("discrepancies.list"):
        told = {"discrepancy": found["id"], "outcome": ends[found["kind"]], "document": "BAST/1-KOREKSI"}
        office.act("discrepancies.close", **told, **TWO)
    one.check("c")
    one.moved("found", "skipped", "store", "K00007")
    one.moved("give_back", "store", "returned", "K00301", "K00303", document="KEMBALI/1")
    one.moved("other", "store", "spoiled", "K00304")
    one.sent("T1", "store", "site:alak", "K00305", "K00314")
    one.sent("T2", "store", "site:kab", "K00401", "K00404", due_back="2026-11-30")
    one.enter("card.tried", {"attempt": one.attempts["b"], "how": "phone", "reached": True}, "siti")
    one.hand_over("b", receiver="proxy", old_card="unknown", basis="SK/1", why_unknown="the proxy does not know")
    one.enter("card.tried", {"attempt": one.attempts["far"], "how": "visit"}, "siti")
    shift = office.open_shift(10)
    office.act("blanks.load", printer="p1", pieces=6, by=SITI)
    one.printed("d", "K00007")
    one.check("d")
    finish(office.desk, one.begin("off", "K00010"), AttemptState.IN_DOUBT)
    told = {"attempt": one.attempts["off"], "to": "spoiled", "cause": "power_loss"}
    one.enter("attempt.spoiled", told, "siti", "budi")
    office.later(hours=5)
    one.close(shift, hopper_p1={"pieces": 3, "serials": [["K00011", "K00013"]]})


def _third_day(one: Eventful) -> None:
    office = one.office
    one.enter("card.missed", {"attempt": one.attempts["d"], "note": "not in its box"}, "siti", "budi")
    missing = {"kind": "missing", "serials": [["K00007", "K00007"]], "pieces": 1, "note": "not in its box"}
    one.enter("incident.opened", {"incident": "incident-d", **missing, "last_event": ""}, "siti")
    differ = {"id": "T1-1", "kind": "short", "pieces": 2, "serials": [["K00313", "K00314"]], "note": ""}
    one.arrived("T1", "K00305", "K00312", differ)
    office.act("discrepancies.close", discrepancy="T1-1", outcome="missing", document="LP/1", **TWO)
    one.arrived("T2", "K00401", "K00404")
    for serial, reason in (("K00305", "baru"), ("K00306", "luar_domisili"), ("K00307", "rusak")):
        one.of_site(serial, reason)
    used = {"id": "alak:1", "kind": "unnamed", "pieces": 1, "serials": [["K00308", "K00308"]], "note": ""}
    one.enter("site.differed", {"site": "alak", "document": "LAP/1", "discrepancies": [used]}, "siti", "budi")
    one.moved("site_spoiled", "site:alak", "spoiled", "K00309", cause="scorch", step="print")
    one.sent("T3", "site:alak", "store", "K00310", "K00311")
    one.arrived("T3", "K00310", "K00311")
    one.sent("T4", "site:kab", "store", "K00401", "K00402")
    back = {"cause": "data_change", "from_site": "office", "sealed": SEALED}
    one.enter("card.returned", {"card": "card-a", "holder": one.holder("a"), "serial": "K00001", **back}, "siti")
    other = {**back, "cause": "damaged", "from_site": "alak"}
    one.enter("card.returned", {"card": "card-y", "holder": one.holder("y"), **other}, "budi")
    about = {"destruction": "destruction-1", "ba_number": "BA/1", "method": "burn", "place": "halaman"}
    burnt = {"serials": [["K00002", "K00002"], ["K00004", "K00004"]], "invalid": [["K00001", "K00001"]]}
    seen = {"cards": ["card-a"], "witnesses": [{"who": "w" * 22, "agency": "Satpol PP"}], "sealed": SEALED}
    one.enter("blanks.destroyed", {**about, **burnt, **seen}, "siti", "ratna")
    one.enter("job.cancelled", {"job": one.jobs["off"]}, "siti")
    one.enter("consumable.opened", {"kind": "ribbon", "label": "R-500", "nominal": 500, "printer": "p1"}, "siti")
    shift = office.open_shift(6)
    office.act("shifts.issue", pieces=3, stock_type="OA", reason="a test", **TWO)
    office.act("blanks.load", printer="p1", pieces=4, by=SITI)
    office.act("blanks.load", printer="p2", pieces=2, stock_type="OA", by=SITI)
    one.printed("oa", "K00201", "p2")
    one.check("oa")
    first = office.act("blanks.in", place="hopper:p1")["serials"][0]
    one.printed("e", first)
    one.check("e")
    one.check("e", "print_offset")
    one.again("e")
    office.later(hours=5)
    one.close(shift)
    told = {"site": "alak", "day": "2026-11-04", "stock_type": "WNI", "pieces": 1, "book": 2, "ribbon": 40}
    one.enter("site.reported", told, "siti")


def _fourth_day(one: Eventful) -> None:
    office = one.office
    about = {"destruction": "destruction-2", "ba_number": "BA/2", "method": "punch_burn", "place": "halaman"}
    burnt = {"serials": [["K00006", "K00006"]], "invalid": []}
    seen = {"cards": ["card-y"], "witnesses": [{"who": "w" * 22, "agency": "Polres"}], "sealed": SEALED}
    one.enter("blanks.destroyed", {**about, **burnt, **seen}, "siti", "ratna")
    which = {"incident": "incident-d"}
    one.enter("incident.noted", {**which, "text": "told the police", "police_report": "STPL/9"}, "siti")
    one.enter("incident.closed", {**which, "outcome": "not found"}, "siti", "ratna")
    places = office.places()
    for who in ("siti", "budi"):
        found = {place: {"pieces": places.get(place, 0)} for place in ("store", "spoiled", "finished")}
        office.act("counts.count", found=found, by=person(who))
    office.act("counts.close", **TWO)
    why = {"reason": "few are left", "difference": "there is no more room"}
    office.act("forecast.request", stock_type="WNI", pieces=500, by=SITI, **why)
