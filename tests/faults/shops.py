"""Small shops in which every act of the catalogue succeeds: made once, moved away, copied for each case.

A shop whose printers are folders knows them by their absolute paths: a copy lies where its template was made.
"""

from __future__ import annotations

import json
import shutil
from base64 import b64encode
from collections.abc import Callable
from datetime import timedelta
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from drivers.printer import Counters
from printd.books.booking import utc_now
from printd.client.session_files import ForScript
from printd.custody import sealed_note
from printd.custody.inventory import LOOKED_INTO
from printd.demo.people import Person, make_people
from printd.desk.acts import perform
from printd.desk.desk import Desk
from printd.desk.people import for_script
from printd.desk.records import inbox_of
from printd.events.kinds import read
from printd.intake.findings import Finding
from printd.intake.inbox import Parcel
from printd.ledger.notes import Signer
from printd.printing import test_print
from printd.printing.attempt import begin, end
from printd.shop import configured
from printd.shop.config import load
from printd.shop.shop import Shop
from printd.store import attempts, blanks, printers
from printd.words import places
from printd.words.roles import Role
from printd.words.states import AttemptState
from support.fixed import ORIGIN
from support.people import EverybodysKeys, create, enrolment, person, proof
from support.resumed import resumed

FREE_MB = 16
"""Below this the daemon begins no card; printers that are folders want 32 MB of their own."""

Facts = dict[str, Any]
"""What a case needs to know of its shop: ids by the word they are used under."""

_AREAS = "code,name,level\n53,Nusa Tenggara Timur,provinsi\n53.71,Kota Kupang,kota\n53.71.99,Contoh,kecamatan\n"
_CONFIG = f"""
[intake]
areas = "areas.csv"
[log]
checkpoint_seconds = 0.5
[health]
free_mb = {FREE_MB}
"""


SITI, BUDI, RATNA = (person(name) for name in ("siti", "budi", "ratna"))
TWO = {"by": SITI, "second": BUDI}


@cache
def people() -> list[Person]:
    """Some invented people; every NIK in a district that does not exist."""
    return make_people(20, seed=11)


def nik(number: int) -> str:
    """Return the number of an invented person who brings no record."""
    return str(people()[-number].fields["NIK"])


def parcel(number: int) -> dict[str, str]:
    """Return a record on its way to the desk."""
    one = people()[number]
    files = {
        "document": json.dumps(one.fields).encode(),
        "photo": one.photo_jpeg,
        "signature": one.signature_png,
    }
    return {name: b64encode(data).decode() for name, data in files.items()}


def manifest(delivery: str, first: int, last: int) -> str:
    """Return the manifest of a delivery in one carton, base64."""
    about = {
        "bast_number": "BAST/1",
        "bast_date": "2026-11-02",
        "stock_type": "WNI",
        "generation": "5",
        "practice": True,
    }
    cartons = [{"carton": f"{delivery}-1", "first": f"K{first:05d}", "last": f"K{last:05d}"}]
    return b64encode(json.dumps({"delivery": delivery, **about, "cartons": cartons}).encode()).decode()


class Maker:
    """Makes one shop, act by act."""

    def __init__(self, folder: Path, database: str = "") -> None:
        self.folder = folder
        create(folder, origin=ORIGIN, practice=True, extra=f'[database]\nurl = "{database}"\n' if database else "")
        (folder / "areas.csv").write_text(_AREAS)
        with (folder / "printd.toml").open("a") as config:
            config.write(_CONFIG)
        self.shop = Shop.open(folder)
        self.shop.books.keys = EverybodysKeys(self.shop.store)
        self.desk = Desk(self.shop)
        self.facts: Facts = {"folder": str(folder)}
        for name, role in (("siti", Role.OPERATOR), ("budi", Role.OPERATOR), ("ratna", Role.SUPERVISOR)):
            coded = self("operators.enrol", **enrolment(name, role))
            self.facts[f"recovery code of {name}"] = coded["recovery_code"]
        self.answer_for()
        about = {"uri": "tcp://127.0.0.1:1", "family": "evolis", "model": "primacy", "firmware": "1"}
        self.enter("printer.added", {"printer": "p1", "serial_number": "S1", **about}, "siti", "budi")
        self.enter("printer.resumed", {"printer": "p1"}, "siti")
        for name in ("p2", "p3", "p4"):
            self("printers.add", name=name, family="picture", model="png", **TWO)

    def configured(self) -> int:
        """Let a start find that printd.toml changed; return the entry that says so."""
        self.shop.config = load(self.folder / "printd.toml")
        assert configured.enter(self.shop)
        return int(self("configuration.show")[0]["entry"])

    def answer_for(self) -> None:
        """Let two people answer for what printd.toml says now."""
        self("configuration.accept", entry=self.configured(), by=SITI, second=RATNA)

    def __call__(self, name: str, /, **arguments: Any) -> Any:
        """Perform an act of the desk."""
        return perform(self.desk, name, arguments)

    def enter(self, kind: str, data: dict[str, Any], *by: str) -> None:
        """Enter one event past the desk, signed by whom it names."""
        self.shop.books.enter(read(kind, data), by)

    def announce(self, delivery: str, first: int, last: int) -> None:
        """Announce a delivery in one carton."""
        self("deliveries.announce", name="m.json", content=manifest(delivery, first, last), by=SITI)

    def count(self, delivery: str, pieces: int) -> None:
        """Let two people count a delivery alike."""
        sheet = {"pieces": pieces, "cartons": [{"carton": f"{delivery}-1"}]}
        for one in (SITI, BUDI):
            self("deliveries.count", delivery=delivery, sheet=sheet, by=one)

    def receive(self, delivery: str, pieces: int, *, opened: bool = True) -> None:
        """Receive a delivery, and open its carton."""
        self.count(delivery, pieces)
        self("deliveries.receive", delivery=delivery, **TWO)
        if opened:
            self("deliveries.open", delivery=delivery, carton=f"{delivery}-1", **TWO)

    def record(self, number: int, photo_of: int | None = None) -> str:
        """Take a record in; return its job. Another's photo may have the wrong background, which is a warning."""
        one, other = people()[number], people()[number if photo_of is None else photo_of]
        brought = Parcel(json.dumps(one.fields).encode(), other.photo_jpeg, one.signature_png)
        accepted = inbox_of(self.desk).accept(brought, "test")
        self.facts[f"record {number}"] = accepted.record
        return accepted.job

    def print_on(self, job: str, serial: str, outcome: AttemptState) -> None:
        """Book an attempt as the worker does."""
        attempt = self.begin(job, serial)
        with self.shop.books.booking() as booking:
            row = attempts.find_attempt(booking.connection, attempt)
            assert row is not None
            end(booking, row, outcome, evidence=None, cause="jam" if outcome is AttemptState.SPOILED else "")

    def begin(self, job: str, serial: str) -> str:
        """Begin an attempt as the worker does; return its id."""
        books, counters = self.shop.books, Counters()
        let = resumed(books, "p1")
        return begin(books, job=job, printer="p1", resumed=let, serial=serial, counters=counters, artwork="A" * 22)

    def printed(self, job: str, quality: str = "", serial: str = "") -> None:
        """Print a job well, and perhaps check it."""
        self.print_on(job, serial, AttemptState.PRINTED)
        if quality:
            self("jobs.check", job=job, quality=quality, by=BUDI)

    def sheets(self) -> dict[str, Any]:
        """Return what a true count at the shift's end finds."""
        from printd.desk.closing import to_count
        from printd.store import shifts

        with self.shop.store.reading() as connection:
            row = shifts.current(connection)
            assert row is not None
            held = to_count(connection, row)
        return {place: {"pieces": sum(map(len, parts))} for place, parts in held.items()}

    def finish(self) -> Facts:
        """Sign and close the shop; return what is known of it."""
        self.facts["scripts"] = [ForScript(**for_script(self.desk, proof(name))) for name in ("siti", "budi", "ratna")]
        self.shop.sign()
        self.shop.close()
        return self.facts


def stocked(make: Maker) -> None:
    """Blanks in the store: K00001 to K00200."""
    make.announce("D1", 1, 200)
    make.receive("D1", 200)


def working(make: Maker) -> None:
    """A shift with 40 blanks, ten each in the hoppers of p1, p2 and p4; a queue of five."""
    make.facts["shift"] = make("shifts.open", pieces=40, reason="a test", **TWO)["id"]
    for name in ("p1", "p2", "p4"):
        make("blanks.load", printer=name, pieces=10, by=SITI)
    for number, word in enumerate(("queued", "held", "spoiled", "printed", "checked", "doubtful")):
        make.facts[word] = make.record(number)
    make("jobs.hold", job=make.facts["held"], by=SITI)
    make.print_on(make.facts["spoiled"], "K00001", AttemptState.SPOILED)
    make.printed(make.facts["printed"], serial="K00002")
    make.printed(make.facts["checked"], "good", serial="K00003")


def morning(make: Maker) -> None:
    """No shift is open."""
    stocked(make)


def evening(make: Maker) -> None:
    """The shift is being counted; both have counted alike."""
    stocked(make)
    working(make)
    make("shifts.count_begin", by=SITI)
    make.facts["sheet"] = make.sheets()
    for one in (SITI, BUDI):
        make("shifts.count", found=make.facts["sheet"], by=one)


def noon(make: Maker) -> None:
    """The shift goes on; something of everything waits for somebody."""
    stocked(make)
    working(make)
    make.print_on(make.facts["doubtful"], "K00004", AttemptState.IN_DOUBT)
    _deliveries(make)
    _sites(make)
    _losses(make)
    _supplies(make)
    _intake(make)
    _test_print(make)
    lying = make("blanks.where")["places"].items()
    make.facts["store"] = {place: {"pieces": n} for place, n in lying if places.kind(place) in LOOKED_INTO}


def drawn(make: Maker) -> None:
    """A sample was drawn, and nobody has counted it."""
    noon(make)
    make.facts["sample"] = make("samples.draw", pieces=3, number="4711", by=SITI)["sample"]


def stocktaking(make: Maker) -> None:
    """The store is being counted; both have counted alike."""
    noon(make)
    for one in (SITI, BUDI):
        make("counts.count", found=make.facts["store"], by=one)


def _deliveries(make: Maker) -> None:
    make.announce("D2", 301, 310)
    make.count("D2", 10)
    make.announce("D3", 311, 320)
    make.announce("D4", 321, 330)
    make.receive("D4", 10, opened=False)
    make.announce("D5", 331, 340)
    scanned = {"pieces": 9, "serials": [["K00331", "K00339"]], "cartons": [{"carton": "D5-1", "condition": "damaged"}]}
    for one in (SITI, BUDI):
        make("deliveries.count", delivery="D5", sheet=scanned, by=one)
    make("deliveries.receive", delivery="D5", **TWO)
    make.facts["discrepancy"] = make("discrepancies.list")[0]["id"]


def _sites(make: Maker) -> None:
    signer = Signer.generate("alak.example/documents")
    site = {"site": "alak", "kind": "office", "title": "Alak", "key": signer.verifier.vkey}
    make("sites.set", by=RATNA, **site)
    sent = [
        make("transfers.send", to="alak", carrier="Somebody", document="TT/1", serials=[[first, last]], **TWO)["id"]
        for first, last in (("K00101", "K00105"), ("K00106", "K00110"), ("K00111", "K00115"))
    ]
    make("transfers.acknowledge", transfer=sent[0], document="TT/2", pieces=5, **TWO)
    make.facts["sent"], make.facts["signed for"] = sent[1:]
    told = {"acknowledges": sent[2], "serials": [["K00111", "K00115"]], "pieces": 5, "practice": True}
    make.facts["acknowledgement"] = b64encode(sealed_note.seal(told, signer)).decode()


def site_nik(number: int) -> str:
    """Return the number of an invented person who had their card printed at a site."""
    return f"537199010170{number:04d}"


def site_report(*serials: str, start: int = 1, **other: str) -> str:
    """Return a site's report of cards that it printed, as a spreadsheet writes it, base64."""
    about = {
        "name": "CONTOH",
        "printer": "alak-1",
        "operator": "PETUGAS SATU",
        "checker": "PETUGAS DUA",
        "printed_on": "01/09/2018",
        "handed_over_on": "2018-09-02",
        "receiver": "holder",
        "old_card": "taken",
    }
    lines = [";".join({"serial": "", "job": "", "nik": ""} | about | other)]
    for number, serial in enumerate(serials, start=start):
        own = {"serial": serial, "job": f"ALAK/{number}", "nik": site_nik(number)}
        lines.append(";".join((own | about | other).values()))
    return b64encode("\r\n".join(lines).encode("utf-8-sig")).decode("ascii")


def _losses(make: Maker) -> None:
    make("blanks.skip", serial="K00005", **TWO)
    make("blanks.spoil", serial="K00120", cause="factory_defect", **TWO)
    make.facts["incident"] = make("incidents.open", kind="missing", note="a test", by=SITI, serials=[["K00121"]])["id"]
    make("cards.take_back", nik=nik(1), name="CONTOH", address="CONTOH", cause="damaged", by=SITI)
    make.facts["card"] = make("cards.list")[0]["id"]
    witnesses = [{"name": "CONTOH", "agency": "Inspektorat"}]
    about = {
        "ba_number": "BA/1",
        "place": "yard",
        "witnesses": witnesses,
        "cards": [],
        "serials": [["K00120", "K00120"]],
    }
    make.facts["destruction"] = make("destructions.destroy", **about, **TWO)["id"]
    make("blanks.spoil", serial="K00122", cause="factory_defect", **TWO)


def _supplies(make: Maker) -> None:
    make("consumables.receive", kind="ribbon", label="R1", pieces=3, nominal=300, by=SITI)
    make("suket.issue", nik=nik(2), issued_on=make.shop.today().isoformat(), status="PRR", by=SITI)
    make("forecast.request", stock_type="WNI", by=SITI, pieces=100, reason="a test")


def _intake(make: Maker) -> None:
    make.facts["warned"] = make.record(6, photo_of=_other_background(6))
    make.facts["overridden"] = make.record(8)
    inbox = inbox_of(make.desk)
    files = {"a.json": b"{}"}
    for word in ("refused", "refused too"):
        make.facts[word] = inbox.quarantine(files, [Finding("error", "no_json", "", "It is no record.")])


def _other_background(number: int) -> int:
    """Return somebody whose photo has the background of the other years."""
    return next(other for other, one in enumerate(people()) if _year(one) % 2 != _year(people()[number]) % 2)


def _year(one: Person) -> int:
    return int(next(text for text in str(one.fields["TGL_LHR"]).replace("/", "-").split("-") if len(text) == 4))


def _test_print(make: Maker) -> None:
    with make.shop.store.reading() as connection:
        row = printers.find_printer(connection, "p4")
        assert row is not None
        blank = blanks.next_blank(connection, "hopper:p4")
        assert blank is not None
    books = make.shop.books
    serial = f"K{blank['first']:05d}"
    make.facts["test blank"], make.facts["blank after it"] = serial, f"K{blank['first'] + 1:05d}"
    make.facts["test"] = test_print.begin(
        books,
        purpose="test",
        printer=row,
        operator="siti",
        keys=books.keys,
        serial=serial,
        counters=Counters(cards=0, panels=0),
        artwork="A" * 22,
    )
    with books.booking() as booking:
        test_print.doubt_open(booking, {make.facts["test"]})


def dawn(make: Maker) -> None:
    """The daemon was killed: p1 has a card under way, p2 could print at once, and three records wait."""
    stocked(make)
    make.facts["shift"] = make("shifts.open", pieces=40, reason="a test", **TWO)["id"]
    for name in ("p1", "p2"):
        make("blanks.load", printer=name, pieces=10, by=SITI)
    make.facts["under way"], make.facts["next"], _ = (make.record(number) for number in range(3))
    make.facts["open"] = make.begin(make.facts["under way"], "K00001")
    make("printers.resume", name="p2", by=SITI)


def given(make: Maker) -> None:
    """One card is handed over; everything of its holder is over."""
    stocked(make)
    working(make)
    make("jobs.hand_over", job=make.facts["checked"], by=SITI, receiver="holder", old_card="none")
    make.facts["handed over"] = str(people()[4].fields["NIK"])


def late(make: Maker) -> None:
    """The same, so long ago that it ends by schedule."""
    make.shop.books.clock = lambda: utc_now() - timedelta(days=100)
    given(make)
    make.shop.books.clock = utc_now


def changed(make: Maker) -> None:
    """A start found another configuration, and nobody answers for it yet."""
    with (make.folder / "printd.toml").open("a") as config:
        config.write("[stock]\nlead_days = 9\n")
    make.facts["configured"] = make.configured()


TEMPLATES: MappingProxyType[str, Callable[[Maker], None]] = MappingProxyType(
    {
        "morning": morning,
        "noon": noon,
        "drawn": drawn,
        "stocktaking": stocktaking,
        "evening": evening,
        "dawn": dawn,
        "changed": changed,
        "given": given,
        "late": late,
    }
)


class Templates:
    """The shops of one run, each made when it is first asked for.

    :param place: where every copy lies, since printers that are folders are known by their paths.
    """

    def __init__(self, kept: Path, place: Path) -> None:
        self._kept, self.place = kept, place
        self._facts: dict[str, Facts] = {}

    def copy(self, name: str) -> Facts:
        """Put a copy of a shop into its place, and say what is known of it."""
        if name not in self._facts:
            made = Maker(self.place)
            TEMPLATES[name](made)
            self._facts[name] = made.finish()
            shutil.copytree(self.place, self._kept / name)
            return self._facts[name]
        shutil.copytree(self._kept / name, self.place)
        return self._facts[name]
