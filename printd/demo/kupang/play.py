"""The whole scenario: two months in one shop, day by day, and what is left of it at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import TypedDict
from zoneinfo import ZoneInfo

from printd import log as log_lines
from printd.books.proof import prove
from printd.books.replay import compare
from printd.custody import forecast
from printd.demo.kupang import diary
from printd.demo.kupang.emblem import emblem
from printd.demo.kupang.events import Events
from printd.demo.kupang.office import KEEPER, Office, pieces
from printd.demo.kupang.press import Press
from printd.demo.kupang.records import parcels
from printd.demo.kupang.shift import close_shift, print_day, reprint
from printd.demo.kupang.world import LOST, NEVER_CAME, Clock, World
from printd.demo.staff import RUNNER, SUPERVISOR, founders, person
from printd.desk.desk import Desk
from printd.errors import PrintdError, Refused
from printd.events.printers import PrinterAdded
from printd.intake.inbox import Inbox, Parcel
from printd.ledger.notes import Signer
from printd.projections.kinds import PROJECTIONS
from printd.reports.catalogue import REPORTS
from printd.shop.keys import vkey
from printd.shop.making import create
from printd.shop.shop import Shop
from printd.store import blanks, jobs, log, spoils
from printd.store.rows import Connection
from printd.words import places

ORIGIN = "kupang.example/53/5371/blanks/2018"
PRINTERS = ("counter-1", "counter-2")
SEED = 2018
_ZONE = ZoneInfo("Asia/Makassar")
_CARD_SECONDS = 25.0  # of the office's day for one card of one of two printers

_CONFIG = """
[papers]
government = "PEMERINTAH KOTA KUPANG"
address = "Jalan Contoh Nomor 1 Kupang 85000, Telepon (0380) 000000, Laman dukcapil.kupang.example"
emblem = "emblem.png"
through = ["Kepala Dinas yang membidangi kependudukan Provinsi Nusa Tenggara Timur", "di Kupang"]
copies_to = ["Yth. Wali Kota Kupang (sebagai laporan)"]

[papers.head]
name = "Yohanes Contoh, S.H."
nip = "197001011995011000"
rank = "Pembina Tingkat I (IV/b)"

[custody]
sender_keys = ["{province}"]

[printing]
poll_seconds = 0.05

[duty]
cards_per_day = {duty}

[stock]
lead_days = 10
cover_days = 30
ask_below = {ask_below}

[destruction]
basis = ["Surat Direktur Jenderal Kependudukan dan Pencatatan Sipil tanggal 31 Mei 2018 tentang Penatausahaan KTP-el"]

[policy]
reserve_floor = {floor}
quota_period = "day"

[policy.quotas]
"53.71.04" = {quota}

[[policy.classes]]
name = "pemula"
reasons = ["baru", "pindah_datang"]
below_floor = true

[[policy.classes]]
name = "suket"
reasons = ["tukar_suket"]

[[policy.classes]]
name = "penggantian"
reasons = ["hilang", "rusak", "ubah_data"]
daily_cap = {cap}
"""

Show = Callable[[str, int, int], None]


class Summary(TypedDict):
    """How the scenario ended; ``forecast_error`` in basis points, ``differences``: pieces that are elsewhere."""

    days: int
    shifts: int
    delivered: int
    places: dict[str, int]
    printed: int
    spoiled: dict[str, int]
    stockout_days: int
    forecast_error: int | None
    reports: int
    conserved: bool
    verified: bool
    differences: list[str]
    entries: int
    refusals: dict[str, str]
    shop: str


def play(folder: Path, *, scale: int, show: Show) -> Summary:
    """Play the scenario in a new folder and return its summary.

    :param scale: every quantity is divided by it; 1 is the office as it was.
    :raises PrintdError: the folder is not empty, or something did not go as it must.
    """
    if folder.exists() and any(folder.iterdir()):
        raise PrintdError(f"{folder} is not empty.", remedy="Choose a new folder with --dir, or remove this one.")
    folder.mkdir(parents=True, exist_ok=True)
    shop_folder = folder.resolve() / "shop"
    clock = Clock(datetime.combine(diary.FIRST, time(8), _ZONE).astimezone(UTC))
    province = Signer.generate("ntt.example/blanks")
    numbers = {"duty": 300, "ask_below": 1000, "floor": 150, "quota": 120, "cap": 150}
    settings = {key: max(2, value // scale) for key, value in numbers.items()}
    create(
        shop_folder,
        origin=ORIGIN,
        extra=_CONFIG.format(province=province.vkey, **settings),
        clock=clock,
        practice=True,
        people=founders(),
    )
    (shop_folder / "emblem.png").write_bytes(emblem())
    with log_lines.into(folder / "daemon.log"), closing(Shop.open(shop_folder, clock)) as shop:
        return _Play(shop, clock, province, scale, show).run()


class _Play:
    """One run of the scenario."""

    def __init__(self, shop: Shop, clock: Clock, province: Signer, scale: int, show: Show) -> None:
        self.shop = shop
        self.clock = clock
        self.show = show
        self.scale = scale
        self.world = World(SEED)
        self.office = Office(Desk(shop), self.world)
        self.presses = {
            name: Press(name, self.world, clock, _CARD_SECONDS, counts_panels=name == PRINTERS[0]) for name in PRINTERS
        }
        self.inbox = Inbox(shop)
        self.parcels: Iterator[Parcel] = parcels(SEED)
        self.events = Events(self.office, province, scale, PRINTERS, clock)
        self.used: list[int] = []
        self.stockout = 0
        self.closed = 0

    def run(self) -> Summary:
        """Play every day, then look back."""
        self.office.enrol()
        self._add_printers()
        self.events.prepare()
        self._pull(max(1, diary.BACKLOG // self.scale))
        calendar = diary.days(self.scale, SEED)
        for number, day in enumerate(calendar, start=1):
            self.show(f"{day.on:%d %B %Y}", number, len(calendar))
            self._day(day)
        self.show("writing the reports, verifying the log", len(calendar), len(calendar))
        return self._summary(len(calendar))

    def _add_printers(self) -> None:
        for name in PRINTERS:
            added = PrinterAdded(
                printer=name,
                uri=f"scenario:{name}",
                family="scenario",
                model="instant",
                serial_number=f"SCENARIO-{name}",
                firmware="1",
            )
            self.office.add_printer(added)
            self.office.act("printers.resume", name=name, by=person(RUNNER))

    def _pull(self, records: int) -> None:
        for _ in range(records):
            parcel = next(self.parcels)
            self.events.bring_suket(parcel)
            self.inbox.accept(parcel, "spool")
        self.office.act("records.acknowledge", by=person(SUPERVISOR))

    def _day(self, day: diary.Day) -> None:
        self.clock.set(datetime.combine(day.on, time(8), _ZONE).astimezone(UTC))
        self.events.morning(day)
        self._pull(day.arrivals)
        two = {"by": person(KEEPER), "second": person(RUNNER)}
        try:
            shift = self.office.act("shifts.open", **two)
        except Refused as nothing:
            raise PrintdError(f"No shift could be opened on {day.on}.", why=str(nothing)) from nothing
        serials = pieces(shift["holds"])
        self.world.carry(serials, places.shift(shift["id"]))
        self._load(shift["id"], serials)
        self.events.noon(day, shift["id"])
        print_day(self.office, self.presses)
        good = self.office.check_cards()
        reprint(self.office)
        self._use(day.on, good)
        self.office.hand_over(0.8)
        self.events.evening(day)
        self.clock.set(datetime.combine(day.on, time(16, 30), _ZONE).astimezone(UTC))
        close_shift(self.office, shift["id"], list(PRINTERS))
        self.closed += 1
        self.events.night(day)
        self.shop.sign()

    def _load(self, shift: str, serials: list[str]) -> None:
        """Fill the hoppers, the lowest serials into the first."""
        half = -(-len(serials) // 2)
        for name, some in zip(PRINTERS, (serials[:half], serials[half:]), strict=True):
            if some:
                self.office.act("blanks.load", printer=name, pieces=len(some), by=person(RUNNER))
                self.world.fill(name, some)

    def _use(self, day: date, good: int) -> None:
        while len(self.used) < (day - diary.FIRST).days:
            self.used.append(0)  # weekends and holidays
        self.used.append(good)
        waiting = self.office.act("jobs.count").get("queued", 0)
        left = sum(self.world.sums()[place] for place in (places.STORE, *map(places.hopper, PRINTERS)))
        if waiting and good == 0 and left <= self.shop.config.policy.reserve_floor:
            self.stockout += 1

    def _summary(self, days: int) -> Summary:
        files = 0
        for name in REPORTS:
            self.office.act("reports.report", name=name, first=diary.FIRST, last=diary.LAST)
            files += 1
        self.shop.sign()
        where = self.office.act("blanks.where")
        with self.shop.store.reading() as connection:
            end = log.frontier(connection)
            report = prove(connection, vkey(self.shop.folder))
            replayed = compare(connection, PROJECTIONS)
            spoiled = spoils.by_cause(connection, -1)
            states = jobs.count_jobs(connection)
            differ = self._differences(connection)
        announced = sum(row["announced"] for row in where["deliveries"].values())
        balanced = not any(row["balance"] for row in where["deliveries"].values())
        return {
            "days": days,
            "shifts": self.closed,
            "delivered": announced,
            "places": where["places"],
            "printed": states.get("finished", 0) + states.get("handed_over", 0) + states.get("printed", 0),
            "spoiled": spoiled,
            "stockout_days": self.stockout,
            "forecast_error": forecast.error(diary.FIRST, self.used),
            "reports": files,
            "conserved": balanced and not differ,
            "verified": not report.problems and not replayed.differences,
            "differences": differ[:10],
            "entries": end.size,
            "refusals": self.office.refusals,
            "shop": str(self.shop.folder),
        }

    def _differences(self, connection: Connection) -> list[str]:
        """Hold every piece of the world against the books."""
        says: dict[str, str] = {}
        for place in blanks.places(connection):
            for row in blanks.in_place(connection, place):
                for number in range(row.first, row.last + 1):
                    says[f"{row.prefix}{number:0{row.width}d}"] = place
        same = {LOST: "missing", NEVER_CAME: "missing"}
        found = [
            f"{serial} lies in {place}, the books say {says.get(serial)}"
            for serial, place in self.world.at.items()
            if says.pop(serial, None) != same.get(place, place)
        ]
        return found + [f"{serial} does not exist, the books say {place}" for serial, place in says.items()]
