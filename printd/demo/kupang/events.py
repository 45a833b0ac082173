"""What is special about a day: deliveries, transfers, a lost blank, destruction, counts."""

from __future__ import annotations

import json
import random
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from printd.custody import sealed_note
from printd.demo.kupang import diary, officials
from printd.demo.kupang.diary import Day
from printd.demo.kupang.office import COUNTERS, KEEPER, Office, manifest, pieces, ranges
from printd.demo.kupang.photos import burning
from printd.demo.kupang.world import NEVER_CAME, Clock
from printd.demo.staff import CHECKER, RUNNER, SUPERVISOR, person
from printd.intake.inbox import Parcel
from printd.ledger.notes import Signer
from printd.store import papers
from printd.words import places

_TWO = {"by": person(KEEPER), "second": person(CHECKER)}
_WITNESSES = [
    {"name": "PETRUS CONTOH", "agency": "Satuan Polisi Pamong Praja Kota Kupang", "position": "Kepala Seksi Operasi"},
    {"name": "MARIA CONTOH", "agency": "Inspektorat Kota Kupang", "position": "Auditor"},
    {"name": "DANIEL CONTOH", "agency": "Kepolisian Resor Kupang Kota", "position": "Kanit Intelkam"},
]
_BURNING_SECONDS = 35 * 60
_LAST_PANELS = 150  # about half a busy day of one printer
_INVALID = (("data_change", 3), ("damaged", 3), ("moved", 1), ("deceased", 1))


_REPORT = (
    *("serial", "job", "nik", "name", "reason", "printer", "operator", "checker"),
    *("printed_on", "handed_over_on", "receiver", "old_card"),
)


def _site_card(number: int, serial: str) -> dict[str, str]:
    """Return what the mobile unit knows of one card that it printed."""
    return {
        "serial": serial,
        "job": f"KELILING-{number:03d}",
        "nik": f"537199140660{number:04d}",
        "name": "WARGA CONTOH",
        "reason": "baru" if number % 3 else "ubah_data",
        "printer": "mobil-1",
        "operator": "PETUGAS CONTOH SATU",
        "checker": "PETUGAS CONTOH DUA",
        "printed_on": f"{26 + number % 3}/09/2018",
        "handed_over_on": f"{26 + number % 3}/09/2018",
        "receiver": "holder",
        "old_card": "none" if number % 3 else "taken",
    }


class Events:
    """Plays the events of the diary.

    :param province: signs the province's manifests.
    :param clock: a destruction takes its time.
    """

    def __init__(self, office: Office, province: Signer, scale: int, printers: Sequence[str], clock: Clock) -> None:
        self.office = office
        self.clock = clock
        self.province = province
        self.scale = scale
        self.printers = printers
        self.serial = 0
        self.transfers: dict[str, str] = {}
        self.people = 0
        self.chance = random.Random(scale)  # of what was before the story begins
        self.late: Mapping[str, str] = {}
        self.requested: Mapping[str, str | None] | None = None

    def prepare(self) -> None:
        """Book the sites and the first consumables."""
        sites = (("alak", "subdistrict", "Kecamatan Alak", "53.71.01"), ("mobil-1", "mobile", "Unit keliling 1", ""))
        for name, kind, title, area in sites:
            self.office.act("sites.set", site=name, kind=kind, title=title, area=area, by=person(SUPERVISOR))
        for kind, label, nominal in (("ribbon", "YMCKO-500", 500), ("film", "RETRANSFER-1500", 1500)):
            about = {"kind": kind, "label": label}
            paper = {"pieces": 30, "document": "SP.027/14/Dukcapil/VIII/2018", "by": person(KEEPER)}
            self.office.act("consumables.receive", nominal=nominal, **paper, **about)
            for printer in self.printers:
                self.office.act("consumables.open", printer=printer, by=person(RUNNER), **about)
        kit = {"kind": "cleaning", "label": "CLEANING-KIT", "nominal": 1000}  # of those nobody ever booked any in
        self.office.act("consumables.open", printer=self.printers[0], by=person(RUNNER), **kit)

    def bring_suket(self, parcel: Parcel) -> None:
        """Book the temporary certificate that somebody brings who comes to exchange it, as of the day it was issued."""
        fields = json.loads(parcel.document)
        if fields["reason"] == "tukar_suket":
            issued = self.office.desk.shop.today() - timedelta(days=self.chance.randint(20, 200))
            about = {"nik": fields["NIK"], "issued_on": issued.isoformat(), "status": "PRR"}
            self.office.act("suket.issue", by=person(CHECKER), **about)

    def morning(self, day: Day) -> None:
        """Play what happens before the shift opens."""
        for event in day.events:
            if event == "opening_stock":
                self._deliver(day, "KPG-2018-07", "BAST/470/2018/07", diary.OPENING_STOCK)
            elif event == "grant":
                self._grant(day)
            elif event == "close_seal":
                self._close_seal()
            elif event == "handed_on":
                self._handed_on(day)

    def noon(self, day: Day, shift: str) -> None:
        """Play what happens while the shift works."""
        if "subdistrict_acknowledges" in day.events:
            self._forbidden()
        if "lose_a_blank" in day.events:
            lying = self.office.world.pieces(places.hopper(self.printers[-1]))
            if lying:
                self.office.world.lose(lying[-1])
        if "override" in day.events:
            queued = self.office.act("jobs.list", state="queued", limit=100_000)["jobs"]
            if queued:
                reason = "rumah sakit membutuhkan KTP-el sebelum operasi"
                self.office.act("jobs.override", job=queued[-1]["id"], reason=reason, **_TWO)

    def _forbidden(self) -> None:
        """Ask for what no two people may do, and keep the refusals."""
        twice = {"by": person(KEEPER), "second": person(KEEPER)}
        self.office.refused("one person twice", "shifts.issue", pieces=1, **twice)
        unreceived = [["KPG9999999", "KPG9999999"]]
        load = {"printer": self.printers[0], "serials": unreceived, "by": person(RUNNER)}
        self.office.refused("loading an unreceived one", "blanks.load", **load)

    def evening(self, day: Day) -> None:
        """Play what happens after printing, before the count."""
        invalid = [cause for cause, times in _INVALID for _ in range(times)]
        for _ in range(min(len(invalid), max(1, 60 // self.scale // 7))):
            cause = invalid[self.people * 3 % len(invalid)]
            self.people += 1
            nik = f"537199{15:02d}0670{self.people % 9999 + 1:04d}"
            address = f"JL. CONTOH NO. {self.people}, RT 001/RW 002, KELURAHAN CONTOH, KOTA KUPANG"
            whose = {"nik": nik, "name": "WARGA CONTOH", "address": address}
            self.office.act("cards.take_back", cause=cause, by=person(CHECKER), **whose)

    def _ribbons(self) -> None:
        """Put a new ribbon or film where the old one would not last through the next morning."""
        for one in self.office.act("consumables.list")["open"]:
            if one["left"] < _LAST_PANELS:
                about = {"kind": one["kind"], "label": one["label"], "printer": one["printer"]}
                self.office.act("consumables.open", by=person(RUNNER), **about)

    def night(self, day: Day) -> None:
        """Play what happens once the shift is closed."""
        self._ribbons()
        for event in day.events:
            match event:
                case "request":
                    self._request()
                case "to_subdistrict":
                    self._send("alak", 200)
                case "subdistrict_acknowledges":
                    self._acknowledge("alak")
                case "to_mobile":
                    self._send("mobil-1", 100)
                case "mobile_acknowledges":
                    self._acknowledge("mobil-1")
                case "mobile_returns":
                    self._return("mobil-1")
                case "mobile_explains":
                    self._explain("mobil-1")
                case "destruction":
                    self._destroy(day)
                case "sample":
                    self._sample()
                case "stock_count":
                    self._count()
        self._incidents(day)
        self._report_sites()

    def _serials(self, wanted: int) -> list[str]:
        first = self.serial + 1
        self.serial += wanted
        return [f"KPG{number:07d}" for number in range(first, first + wanted)]

    def _scaled(self, quantity: int) -> int:
        return max(4, quantity // self.scale)

    def _announce(self, delivery: str, document: Mapping[str, Any]) -> None:
        self.office.announce(f"{delivery}.note", sealed_note.seal(document, self.province))

    def _deliver(self, day: Day, delivery: str, bast: str, quantity: int) -> None:
        """Receive a delivery of one carton that is as announced."""
        serials = self._serials(self._scaled(quantity))
        self.office.world.bring(serials, places.STORE)
        cartons = {f"{delivery}-1": (serials[0], serials[-1])}
        self._announce(delivery, manifest(delivery, bast, day.on.isoformat(), cartons, unit_value=9547))
        sheet = {"pieces": len(serials), "cartons": [{"carton": f"{delivery}-1"}]}
        self.office.receive(delivery, sheet, officials.OPENING)
        self.office.act("deliveries.open", delivery=delivery, carton=f"{delivery}-1", **_TWO)

    def _grant(self, day: Day) -> None:
        """Receive the grant of September: two cartons, the second with a broken seal and three pieces short."""
        serials = self._serials(self._scaled(diary.GRANT))
        half = len(serials) // 2
        first, second = serials[:half], serials[half:]
        gone = second[-diary.GRANT_SHORT :]
        there = second[: -diary.GRANT_SHORT]
        delivery = "KPG-2018-09"
        self.office.world.bring(first, places.STORE)
        self.office.world.bring(there, places.transit(delivery))
        self.office.world.bring(gone, NEVER_CAME)
        cartons = {f"{delivery}-1": (first[0], first[-1]), f"{delivery}-2": (second[0], second[-1])}
        seals = ["NTT-0912-1", "NTT-0912-2"]
        document = manifest(delivery, "BAST/470/2018/09", day.on.isoformat(), cartons, unit_value=9547, seals=seals)
        altered = sealed_note.seal(document, self.province).replace(b"BAST/470", b"BAST/471")
        content = {"name": f"{delivery}.note", "content": b64encode(altered).decode("ascii"), "by": person(KEEPER)}
        self.office.refused("forged manifest", "deliveries.announce", **content)
        self._announce(delivery, document)
        sheet = {
            "pieces": len(first) + len(there),
            "cartons": [{"carton": f"{delivery}-1"}, {"carton": f"{delivery}-2", "condition": "seal_broken"}],
            "serials": ranges(there),
            "seals": [{"seal": seals[0]}, {"seal": seals[1], "state": "broken"}],
        }
        self.office.receive(delivery, sheet, {**officials.GRANT, "request": self.requested})
        self.office.refused("over-receipt", "deliveries.receive", delivery=delivery, **_TWO)
        self.office.act("deliveries.open", delivery=delivery, carton=f"{delivery}-1", **_TWO)

    def _close_seal(self) -> None:
        """Close the grant's differences: what is there comes in, what never came is reported missing."""
        for one in self.office.act("discrepancies.list"):
            outcome = "missing" if one["kind"] == "short" else "store"
            paper = {"discrepancy": one["id"], "outcome": outcome, "document": "BAST/470/2018/09-KOREKSI"}
            self.office.act("discrepancies.close", **paper, **_TWO)
            if outcome == "store":
                self.office.world.carry(pieces(one["serials"]), places.STORE)
        self.office.act("deliveries.open", delivery="KPG-2018-09", carton="KPG-2018-09-2", **_TWO)

    def _handed_on(self, day: Day) -> None:
        """Receive the thousand that the province handed on: a count, no serials."""
        delivery, wanted = "KPG-2018-10", self._scaled(diary.HANDED_ON)
        document = manifest(delivery, "BAST/470/2018/10", day.on.isoformat(), {})
        del document["cartons"]
        self._announce(delivery, {**document, "count": wanted})
        sheet = {"pieces": wanted, "cartons": [{"carton": "1"}], "seals": [{"seal": "NTT-1018-1"}]}
        self.office.receive(delivery, sheet, officials.HANDED_ON)
        width = max(6, len(str(wanted)))
        self.office.world.bring((f"{delivery}/{number:0{width}d}" for number in range(1, wanted + 1)), places.STORE)

    def _send(self, site: str, quantity: int) -> None:
        sent = self.office.act(
            "transfers.send",
            to=site,
            carrier="YOSEF CONTOH",
            document=f"BA/{site}/2018",
            pieces=self._scaled(quantity),
            seals=[f"SEGEL-{site}"],
            purpose=officials.PURPOSES[site],
            due_back=officials.BACK_BY[site],
            **_TWO,
        )
        self.transfers[site] = sent["id"]
        self.office.world.carry(pieces(sent["serials"]), places.transfer(sent["id"]))

    def _acknowledge(self, site: str) -> None:
        name = self.transfers[site]
        sent = self.office.act("transfers.show", transfer=name)
        paper = {"document": f"TERIMA/{site}/2018", "pieces": sent["pieces"]}
        day = self.office.desk.shop.today().isoformat()
        signed = {"receivers": [officials.SITES[site]], "received_on": day, "seals": [{"seal": f"SEGEL-{site}"}]}
        self.office.act("transfers.acknowledge", transfer=name, **paper, **signed, **_TWO)
        self.office.world.carry(pieces(sent["serials"]), places.site(site))

    def _return(self, site: str) -> None:
        """Let the mobile unit report what it used, of one card without whose it is, and send the rest back."""
        held = self.office.world.pieces(places.site(site))
        used, rest = held[: len(held) * 3 // 5], held[len(held) * 3 // 5 :]
        lines = [_site_card(number, serial) for number, serial in enumerate(used, start=1)]
        self.late = lines[-1]
        lines[-1] = {**self.late, "nik": "", "name": ""}
        self._used(site, "LAP/KELILING/1", lines)
        self.office.world.carry(used, "holder")
        named: dict[str, Any] = {"to": "store", "from_site": site, "serials": ranges(rest), "document": "BA/KEMBALI/1"}
        named["givers"] = [officials.SITES[site]]
        sent = self.office.act("transfers.send", carrier="YOSEF CONTOH", **named, **_TWO)
        paper = {"document": "TERIMA/KEMBALI/1", "pieces": len(rest)}
        self.office.act("transfers.acknowledge", transfer=sent["id"], **paper, **_TWO)
        self.office.world.carry(rest, places.STORE)

    def _explain(self, site: str) -> None:
        """Let the mobile unit name the card that its report left out, and close the difference."""
        self._used(site, "LAP/KELILING/2", [self.late])
        (open_,) = [one for one in self.office.act("discrepancies.list") if one["kind"] == "unnamed"]
        paper = {"discrepancy": open_["id"], "outcome": "nothing", "document": "LAP/KELILING/2"}
        self.office.act("discrepancies.close", **paper, **_TWO)

    def _used(self, site: str, document: str, lines: Sequence[Mapping[str, str]]) -> None:
        """Book a site's report, as its spreadsheet wrote it."""
        rows = [";".join(_REPORT), *(";".join(line[key] for key in _REPORT) for line in lines)]
        content = b64encode("\r\n".join(rows).encode("utf-8-sig")).decode("ascii")
        about = {"site": site, "document": document, "name": "keliling.csv", "content": content}
        self.office.act("sites.used", **about, **_TWO)

    def _destroy(self, day: Day) -> None:
        """Cut and burn what is spoiled and invalid, before the city's police, its inspectors and the state's police."""
        spoiled = self.office.world.pieces(places.SPOILED)
        invalid = len(self.office.act("cards.list"))
        number = f"BA/MUSNAH/{day.on:%Y/%m/%d}"
        where = {"ba_number": number, "place": "halaman kantor Dinas", "witnesses": _WITNESSES}
        how = {"method": "cut_burn", "voided": "cut", "recounted": len(spoiled) + invalid}
        begun = self._now()
        self.clock.forward(_BURNING_SECONDS)
        taken = [b64encode(one).decode("ascii") for one in burning(day.on)]
        two = {"by": person(KEEPER), "second": person(SUPERVISOR)}
        when = {"begun": begun, "ended": self._now(), "photos": taken}
        done = self.office.act("destructions.destroy", annex=invalid > 0, **when, **how, **where, **two)
        if done["annex"] is not None:
            self._keep_list(done["id"], b64decode(done["annex"]))
        self.office.world.carry(spoiled, "destroyed")
        if spoiled and "moving a destroyed serial" not in self.office.refusals:
            again = {"serial": spoiled[0], "cause": "jam", "by": person(KEEPER), "second": person(CHECKER)}
            self.office.refused("moving a destroyed serial", "blanks.spoil", **again)

    def _keep_list(self, destruction: str, pdf: bytes) -> None:
        """Write a list of destroyed cards by name beside the shop, since none of these people exists."""
        folder = self.office.desk.shop.folder.parent / "lists"
        folder.mkdir(exist_ok=True)
        (folder / f"{destruction}.pdf").write_bytes(pdf)

    def _now(self) -> str:
        """Return what the clock on the office's wall shows."""
        return f"{self.clock().astimezone(self.office.desk.shop.zone):%Y-%m-%d %H.%M}"

    def _sample(self) -> None:
        if not self.office.world.pieces(places.STORE) and not self.office.world.pieces(places.SPOILED):
            return
        drawn = self.office.act("samples.draw", pieces=20, number="4711", by=person(SUPERVISOR))
        gone = [serial for serial, place in drawn["drawn"] if self.office.world.at[serial] != place]
        self.office.act("samples.count", sample=drawn["sample"], missing=gone, **_TWO)

    def _count(self) -> None:
        machines = [place for name in self.printers for place in (places.hopper(name), places.inside(name))]
        there = (places.STORE, *machines, places.OUTPUT, places.FINISHED, places.SPOILED, places.INVALID)
        found = {place: self.office.scan(place) for place in there}
        for name in COUNTERS:
            self.office.act("counts.count", found=found, by=person(name))
        two = {"by": person(COUNTERS[0]), "second": person(COUNTERS[1])}
        self.office.act("counts.close", witness_agency="Inspektorat Kota", **two)

    def _request(self) -> None:
        """Write the request for blanks; the registry's own queue is longer than what the office has pulled."""
        why = {
            "reason": "persediaan akan habis sebelum kiriman berikutnya tiba",
            "difference": "20.665 PRR masih menunggu di pusat data dan belum termasuk perhitungan",
        }
        waiting = {"sfe": 6000, "pieces": self._scaled(20_000), "collector": officials.COLLECTOR}
        made = self.office.act("forecast.request", stock_type="WNI", by=person(KEEPER), **waiting, **why)
        with self.office.desk.shop.store.reading() as connection:
            number = papers.number_of(connection, "request", made["request"]) or made["request"]
        self.requested = {"number": number, "day": made["day"]}

    def _incidents(self, day: Day) -> None:
        """Tell of what is missing: at once to the head, and by letter to province and ministry, once too late."""
        for event in day.events:
            match event:
                case "close_seal":
                    (one,) = self.office.act("incidents.list")
                    self._told(one["id"], "dilaporkan lisan kepada Kepala Dinas", "head")
                    letter = "surat 470/211/Dukcapil/IX/2018 kepada provinsi dan kementerian"
                    self._told(one["id"], letter, "province", "ministry")
                case "lose_a_blank":
                    for one in self._open_incidents()[1:]:
                        self._told(one, "mesin cetak, baki dan ruang cetak digeledah", "head")
                case "to_mobile":
                    for one in self._open_incidents()[1:]:
                        report = {"police_report": "SKTLK/118/IX/2018"}
                        self._told(one, "dilaporkan ke polisi dan dengan surat", "province", "ministry", **report)
                case "stock_count" if day.on == diary.LAST:
                    outcome = "provinsi membenarkan bahwa karton berisi kurang"
                    self.office.act("incidents.close", incident=self._open_incidents()[0], outcome=outcome, **_TWO)

    def _open_incidents(self) -> list[str]:
        return [one["id"] for one in self.office.act("incidents.list", state="open")]

    def _told(self, incident: str, text: str, *to: str, **more: str) -> None:
        what = {"incident": incident, "text": text, "reported_to": list(to), **more}
        self.office.act("incidents.note", by=person(SUPERVISOR), **what)

    def _report_sites(self) -> None:
        for row in self.office.act("sites.list"):
            held = self.office.world.pieces(places.site(row["name"]))
            if held or row["holds"]:
                self.office.act(
                    "sites.report", site=row["name"], pieces=len(held), by=person(RUNNER), ribbon=60, film=70
                )
