"""A case for every act of the catalogue: the shop in which it succeeds, its arguments, and what it books and writes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from faults.shops import BUDI, RATNA, SITI, TWO, Facts, manifest, nik, parcel, site_report
from support.people import enrolment

ALONE, DAEMON = "alone", "daemon"
DOORS = (DAEMON, ALONE)
"""How an act comes to the shop: over the daemon's socket, or in a command that works on the shop alone."""


@dataclass(frozen=True)
class Case:
    """One act.

    :param arguments: from what is known of the shop.
    :param books: kinds of entries that it adds, each at least once; none: it reads.
    :param writes: it writes files besides the books: papers, traces, a printer's folder.
    :param papers: the papers of what it books are among them, which may follow later.
    :param shop: the template.
    :param doors: where it can succeed; elsewhere it is refused, faults or not.
    """

    arguments: Callable[[Facts], Mapping[str, Any]] = lambda facts: {}
    books: tuple[str, ...] = ()
    writes: bool = False
    papers: bool = False
    shop: str = "noon"
    doors: tuple[str, ...] = DOORS


def _with(**arguments: Any) -> Callable[[Facts], Mapping[str, Any]]:
    """Return arguments; a text that begins with ``@`` names a fact of the shop."""

    def told(facts: Facts) -> Mapping[str, Any]:
        return {key: _fact(facts, value) for key, value in arguments.items()}

    return told


def _fact(facts: Facts, value: Any) -> Any:
    if isinstance(value, str) and value.startswith("@"):
        return facts[value[1:]]
    return [_fact(facts, one) for one in value] if isinstance(value, list) else value


_DAYS = {"first": "2026-11-01", "last": "2026-11-30"}
_LETTER = {"number": "ST/1", "day": "2026-11-01"}
_OFFICIAL = {
    "name": "CONTOH",
    "rank": "Penata (III/c)",
    "position": "Pengurus Barang",
    "office": "Dinas Provinsi",
    "assignment": _LETTER,
}
_HANDOVER = {"place": "Kupang", "giver": _OFFICIAL, "collector": _OFFICIAL, "request": _LETTER, "grant": _LETTER}
_WITNESSES = [{"name": "CONTOH", "agency": "Inspektorat"}]
_WHO, _BOSS = {"by": SITI}, {"by": RATNA}
_BOSS_AND_ONE = {"by": RATNA, "second": SITI}
_NEW = "another passphrase"

CASES: Mapping[str, Case] = MappingProxyType(
    {
        "operators.enrol": Case(_with(**enrolment("cici")), ("operator.enrolled",)),
        "operators.set_role": Case(_with(name="budi", role="storekeeper", **_BOSS_AND_ONE), ("operator.role_set",)),
        "operators.retire": Case(_with(name="budi", **_BOSS_AND_ONE), ("operator.retired",)),
        "operators.renew": Case(_with(name="budi", passphrase=_NEW, **_BOSS_AND_ONE), ("operator.key_renewed",)),
        "operators.passwd": Case(_with(name="budi", old=BUDI["passphrase"], passphrase=_NEW), ("operator.resealed",)),
        "operators.recover": Case(
            _with(name="budi", code="@recovery code of budi", passphrase=_NEW), ("operator.resealed",)
        ),
        "operators.list": Case(),
        "people.login": Case(_with(pin="4711", **_WHO), doors=(DAEMON,)),
        "people.for_script": Case(_with(**_WHO)),
        "people.logout": Case(_with(session="nobody's")),
        "people.list": Case(),
        "people.end": Case(_with(name="siti", **_BOSS)),
        "deliveries.announce": Case(
            _with(name="m.json", content=manifest("D9", 901, 910), **_WHO), ("delivery.announced",)
        ),
        "deliveries.count": Case(_with(delivery="D3", sheet={"pieces": 10}, **_WHO), ("delivery.counted",)),
        "deliveries.receive": Case(
            _with(delivery="D2", handover=_HANDOVER, **TWO), ("delivery.received",), writes=True, papers=True
        ),
        "deliveries.open": Case(_with(delivery="D4", carton="D4-1", **TWO), ("carton.opened",)),
        "deliveries.list": Case(),
        "deliveries.show": Case(_with(delivery="D1")),
        "discrepancies.list": Case(),
        "discrepancies.close": Case(
            _with(discrepancy="@discrepancy", outcome="spoiled", document="LP/1", **TWO),
            ("discrepancy.closed",),
            writes=True,
            papers=True,
        ),
        "chips.bind": Case(_with(serial="K00150", uid="04A1B2C3D4E5F6", **_WHO), ("chip.bound",)),
        "chips.read": Case(_with(reader="no such reader"), doors=()),
        "incidents.open": Case(_with(kind="extra", note="a test", **_WHO), ("incident.opened",)),
        "incidents.note": Case(_with(incident="@incident", text="looked for it", **_WHO), ("incident.noted",)),
        "incidents.close": Case(_with(incident="@incident", outcome="found again", **TWO), ("incident.closed",)),
        "incidents.miss": Case(_with(serial="K00151", note="a test", **TWO), ("blanks.moved", "incident.opened")),
        "incidents.list": Case(),
        "incidents.show": Case(_with(incident="@incident")),
        "shifts.open": Case(_with(pieces=5, reason="a test", **TWO), ("shift.opened", "blanks.moved"), shop="morning"),
        "shifts.issue": Case(_with(pieces=5, reason="a test", **TWO), ("blanks.moved",)),
        "shifts.count_begin": Case(_with(**_WHO), ("shift.counting",)),
        "shifts.count": Case(_with(found="@sheet", **_WHO), ("shift.counted",), shop="evening"),
        "shifts.resume": Case(_with(**_WHO), ("shift.resumed",), shop="evening"),
        "shifts.close": Case(_with(**TWO), ("shift.closed",), writes=True, papers=True, shop="evening"),
        "shifts.list": Case(),
        "shifts.show": Case(_with(shift="@shift")),
        "samples.draw": Case(_with(pieces=3, number="4711", **_WHO), ("sample.drawn",)),
        "samples.count": Case(_with(sample="@sample", **TWO), ("sample.counted",), shop="drawn"),
        "cards.take_back": Case(
            _with(nik=nik(3), name="CONTOH", address="CONTOH", cause="moved", **_WHO), ("card.returned",)
        ),
        "cards.tried": Case(_with(job="@checked", how="visit", **_WHO), ("card.tried",)),
        "cards.list": Case(),
        "cards.names": Case(_with(cards=["@card"], **_BOSS), ("register.read",)),
        "destructions.destroy": Case(
            _with(ba_number="BA/2", place="yard", witnesses=_WITNESSES, **TWO),
            ("blanks.destroyed",),
            writes=True,
            papers=True,
        ),
        "destructions.list": Case(),
        "destructions.show": Case(_with(destruction="@destruction")),
        "destructions.annex": Case(
            _with(destruction="@destruction", by=RATNA, second=SITI), ("register.read", "paper.made")
        ),
        "configuration.show": Case(),
        "configuration.accept": Case(
            _with(entry="@configured", by=SITI, second=RATNA), ("configuration.accepted",), shop="changed"
        ),
        "policy.show": Case(),
        "policy.overrides": Case(),
        "spoilage.chart": Case(_with(**_DAYS)),
        "spoilage.ages": Case(),
        "sites.set": Case(_with(site="maulafa", kind="subdistrict", title="Maulafa", **_BOSS), ("site.set",)),
        "sites.list": Case(),
        "sites.report": Case(_with(site="alak", pieces=5, **_WHO), ("site.reported",)),
        "sites.used": Case(
            _with(site="alak", document="P/1", name="r.csv", content=site_report("K00101", "K00102"), **TWO),
            ("site.printed",),
        ),
        "sites.spoiled": Case(
            _with(site="alak", serials=[["K00103", "K00103"]], cause="print_fade", **TWO), ("blanks.moved",)
        ),
        "transfers.send": Case(
            _with(to="alak", carrier="CONTOH", document="TT/9", serials=[["K00161", "K00165"]], **TWO),
            ("transfer.sent",),
            writes=True,
            papers=True,
        ),
        "transfers.acknowledge": Case(
            _with(transfer="@sent", document="TT/8", pieces=5, receivers=[_OFFICIAL], **TWO),
            ("transfer.acknowledged",),
            writes=True,
            papers=True,
        ),
        "transfers.acknowledge_signed": Case(
            _with(transfer="@signed for", content="@acknowledgement", **TWO),
            ("transfer.acknowledged",),
            writes=True,
            papers=True,
        ),
        "transfers.receipt": Case(_with(delivery="D1", **_WHO), writes=True),
        "transfers.give_back": Case(_with(serials=[["K00171", "K00172"]], document="SK/1", **TWO), ("blanks.moved",)),
        "transfers.list": Case(),
        "transfers.show": Case(_with(transfer="@sent")),
        "transfers.carrier": Case(_with(transfer="@sent", **_BOSS), ("register.read",)),
        "reports.list": Case(),
        "reports.report": Case(_with(name="r1", **_DAYS), writes=True),
        "holders.names": Case(_with(name="r7", **_DAYS, **_BOSS), ("register.read",)),
        "holders.addresses": Case(_with(**_DAYS, by=RATNA, second=SITI), ("register.read",)),
        "leaving.backup": Case(_with(**_WHO), ("backup.begun",)),
        "leaving.export": Case(_with(**_WHO), ("export.begun",)),
        "leaving.provable": Case(_with(name="K00001")),
        "leaving.open_record": Case(_with(record="@record 0", **_BOSS), ("register.read",)),
        "papers.again": Case(_with(kind="delivery", name="D1", **_WHO), ("paper.made",), writes=True),
        "counts.count": Case(_with(found="@store", **_WHO), ("stock.counted",)),
        "counts.close": Case(_with(**TWO), ("stock.closed",), writes=True, papers=True, shop="stocktaking"),
        "consumables.receive": Case(
            _with(kind="film", label="F1", pieces=2, nominal=500, **_WHO), ("consumable.received",)
        ),
        "consumables.open": Case(_with(kind="ribbon", label="R1", printer="p1", **_WHO), ("consumable.opened",)),
        "consumables.list": Case(),
        "suket.issue": Case(_with(nik=nik(4), issued_on="2026-11-02", status="PRR", **_WHO), ("suket.issued",)),
        "suket.list": Case(),
        "forecast.show": Case(),
        "forecast.request": Case(
            _with(stock_type="WNI", pieces=500, reason="a test", **_WHO), ("request.made",), writes=True, papers=True
        ),
        "blanks.load": Case(_with(printer="p1", pieces=3, **_WHO), ("blanks.moved",)),
        "blanks.unload": Case(_with(printer="p2", **TWO), ("blanks.moved",)),
        "blanks.spoil": Case(_with(serial="K00152", cause="factory_defect", **TWO), ("blanks.moved",)),
        "blanks.skip": Case(_with(serial="K00006", **TWO), ("blanks.moved",)),
        "blanks.find": Case(_with(serial="K00005", **TWO), ("blanks.moved",)),
        "blanks.show": Case(_with(serial="K00001")),
        "blanks.where": Case(),
        "blanks.in": Case(_with(place="store")),
        "records.import": Case(lambda facts: {"parcel": parcel(10), "by": SITI}, ("record.accepted",)),
        "records.list": Case(),
        "records.show": Case(_with(record="@record 0")),
        "records.acknowledge": Case(_with(record="@record 6", **_WHO), ("record.acknowledged",)),
        "records.quarantined": Case(),
        "records.restore": Case(_with(quarantine="@refused", **_WHO), ("record.restored",)),
        "records.dismiss": Case(_with(quarantine="@refused too", **_WHO), ("record.dismissed",)),
        "records.ends": Case(),
        "records.purge": Case(_with(**_WHO), ("records.purged",), writes=True, shop="late", doors=(ALONE,)),
        "records.erase": Case(
            _with(nik="@handed over", **_BOSS_AND_ONE), ("records.erased", "month.ended"), writes=True, shop="given"
        ),
        "jobs.list": Case(),
        "jobs.count": Case(),
        "jobs.show": Case(_with(job="@queued")),
        "jobs.hold": Case(_with(job="@queued", **_WHO), ("job.held",)),
        "jobs.release": Case(_with(job="@held", **_WHO), ("job.released",)),
        "jobs.cancel": Case(_with(job="@queued", **_WHO), ("job.cancelled",)),
        "jobs.reprint": Case(_with(job="@spoiled", **TWO), ("job.released",)),
        "jobs.override": Case(_with(job="@overridden", reason="a test", **TWO), ("job.overridden",)),
        "jobs.doubt": Case(_with(job="@doubtful")),
        "jobs.resolve": Case(_with(job="@doubtful", outcome="printed", **TWO), ("attempt.printed",)),
        "jobs.check": Case(_with(job="@printed", quality="good", by=BUDI), ("card.checked",)),
        "jobs.check_all": Case(_with(all_jobs=["@printed"], quality="good", by=BUDI), ("card.checked",)),
        "jobs.correct": Case(_with(job="@printed", serial="K00007", **TWO), ("attempt.corrected",)),
        "jobs.hand_over": Case(
            _with(job="@checked", receiver="holder", old_card="none", **_WHO), ("card.handed_over",)
        ),
        "jobs.hand_over_all": Case(
            _with(all_jobs=["@checked"], receiver="holder", old_card="none", **_WHO), ("card.handed_over",)
        ),
        "pictures.draw": Case(_with(job="@queued", **_WHO), ("register.read",)),
        "printers.add": Case(_with(name="p9", family="picture", model="png", **TWO), ("printer.added",), writes=True),
        "printers.list": Case(),
        "printers.pause": Case(_with(name="p1", **_WHO), ("printer.paused",)),
        "printers.drain": Case(_with(name="p1", **_WHO), ("printer.paused",)),
        "printers.resume": Case(_with(name="p3", **_WHO), ("printer.resumed",)),
        "printers.retire": Case(_with(name="p3", **TWO), ("printer.retired",)),
        "printers.discover": Case(),
        "health.show": Case(),
        "witnesses.show": Case(),
        "witnesses.exchange": Case(_with(sticks=[], asked=[])),
        "technician.test": Case(_with(name="p2", **_WHO), writes=True),
        "technician.trace": Case(_with(name="p1", on=True, **_WHO), doors=(DAEMON,)),
        "calibration.calibrate": Case(_with(name="p2", offset_x=2, **_WHO), ("printer.calibrated",)),
        "calibration.show": Case(_with(name="p2")),
        "test_prints.print": Case(_with(name="p2", **_WHO), ("test_print.started", "test_print.ended"), writes=True),
        "test_prints.show": Case(_with(test="@test")),
        "test_prints.list": Case(),
        "test_prints.look": Case(_with(name="p4", **_WHO), ("test_print.evidence",)),
        "test_prints.correct": Case(
            _with(name="p4", booked="@test blank", serial="@blank after it", **TWO), ("test_print.corrected",)
        ),
        "test_prints.settle": Case(_with(name="p4", outcome="spoiled", **TWO), ("test_print.ended",)),
    }
)
