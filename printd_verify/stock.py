"""Deliveries, ways of blanks, transfers, differences, incidents and destructions, by the entries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from printd_verify.cards import Cards
from printd_verify.findings import Findings
from printd_verify.places import Delivery, Handler, Places, joined, pieces
from printd_verify.shifts import Shifts
from printd_verify.words import ROUTES, Range, kind_of, ranges, read_range, read_serial, whose

_ENDS: Final = {
    "short": frozenset({"store", "missing", "returned"}),
    "damaged": frozenset({"spoiled", "store", "returned"}),
    "seal_broken": frozenset({"store", "spoiled", "missing", "returned"}),
    "wrong_stock_type": frozenset({"returned"}),
    "over": frozenset({"store", "nothing"}),
    "serial_elsewhere": frozenset({"nothing"}),
    "unnamed": frozenset({"missing", "nothing"}),
}
"""How a difference can end, by its kind."""

_OF_CHIPS: Final = frozenset({"unknown_uid", "uid_elsewhere"})
_CARDS_PLACES: Final = frozenset({"output", "finished", "invalid", "spoiled"})


@dataclass
class _Difference:
    kind: str
    place: str
    about: str
    pieces: int
    serials: list[Range]
    note: str


class Stock:
    """What comes, goes, is in dispute and is destroyed."""

    def __init__(self, findings: Findings, places: Places, cards: Cards, shifts: Shifts) -> None:
        self._findings = findings
        self._places = places
        self._cards = cards
        self._shifts = shifts
        self._practice = False
        self._differences: dict[str, _Difference] = {}
        self._transfers: dict[str, str] = {}
        self._sites: set[str] = set()
        self._site_jobs: set[tuple[str, str]] = set()
        self._incidents: dict[str, list[str]] = {}
        self._invalid: dict[str, str] = {}
        self._sheets: dict[str, dict[str, int]] = {}
        self._chips: dict[str, str] = {}
        self._lost: dict[str, str] = {}
        self.handlers: dict[str, Handler] = {
            "delivery.announced": self._announced,
            "delivery.received": self._received,
            "carton.opened": self._carton,
            "discrepancy.closed": self._settled,
            "blanks.moved": self._moved,
            "chip.bound": self._bound,
            "site.set": self._site,
            "site.reported": self._reported,
            "site.printed": self._printed,
            "site.differed": self._differed,
            "transfer.sent": self._sent,
            "transfer.acknowledged": self._acknowledged,
            "incident.opened": self._incident,
            "incident.noted": self._noted,
            "incident.closed": self._closed,
            "blanks.destroyed": self._destroyed,
            "card.returned": self._returned,
            "delivery.counted": self._counted,
        }

    def opened(self, data: dict[str, Any]) -> None:
        """Take note of what the first entry says of the shop."""
        self._practice = bool(data.get("practice"))

    def _announced(self, seq: int, at: str, by: list[str], data: dict[str, Any]) -> None:
        name, serials = data["delivery"], ranges(data["serials"])
        if name in self._places.deliveries:
            self._findings.doubt("delivery_again", seq, delivery=name)
            return
        if bool(data.get("practice")) != self._practice and not self._findings.began_later:
            self._findings.doubt("practice_mixed", seq, delivery=name)
        if not self._places.create(seq, serials, f"transit:{name}", name):
            return
        made = Delivery(data["stock_type"], data["generation"], pieces(serials), "due_back" in data)
        made.unit_value = data.get("unit_value")
        self._places.deliveries[name] = made
        for label, first, last in data["cartons"]:
            carton = read_range((first, last))
            if carton is not None:
                self._places.add_carton(carton, name, label)

    def _received(self, seq: int, at: str, by: list[str], data: dict[str, Any]) -> None:
        name, serials = data["delivery"], ranges(data["serials"])
        delivery = self._places.deliveries.get(name)
        if delivery is None:
            self._findings.unknown("unknown_delivery", seq, delivery=name)
        elif delivery.received:
            self._findings.doubt("received_again", seq, delivery=name)
            return
        else:
            delivery.received = True
        if serials:
            self._places.move(seq, serials, f"transit:{name}", "store")
        self._differ(data.get("discrepancies", []), f"transit:{name}", name)
        self._judge_receipt(seq, by, data)
        self._all_told(seq, f"transit:{name}", name)

    def _counted(self, seq: int, at: str, by: list[str], data: dict[str, Any]) -> None:
        """Keep what somebody counted of a delivery: the last sheet of each holds."""
        sheets = self._sheets.setdefault(data["delivery"], {})
        sheets[by[0] if by else ""] = data["sheet"]["pieces"]

    def _judge_receipt(self, seq: int, by: list[str], data: dict[str, Any]) -> None:
        """Hold what a receipt says was counted against the sheets of the two who sign it, so far as there are any."""
        sheets = self._sheets.pop(data["delivery"], {})
        counted = [sheets[name] for name in by if name in sheets]
        if len(set(counted)) > 1:
            self._findings.doubt("counts_differ", seq, names=", ".join(by))
            return
        said = data.get("counted", pieces(ranges(data["serials"])))
        if counted and counted[0] != said:
            place = f"transit:{data['delivery']}"
            self._findings.doubt("count_told", seq, place=place, said=said, found=counted[0])

    def _all_told(self, seq: int, place: str, about: str) -> None:
        """Make sure that whatever did not arrive is in a difference that two people opened."""
        named = [one for each in self._differences.values() if each.place == place for one in each.serials]
        waiting = [
            part for one in joined(named) for part, held in self._places.parts(one)
            if held is not None and held.place == place
        ]  # fmt: skip
        left = self._places.pieces(place) - pieces(waiting)
        if left > 0:
            self._findings.doubt("receipt_left", seq, about=about, number=left)

    def _differ(self, found: list[dict[str, Any]], place: str, about: str) -> None:
        for one in found:
            difference = _Difference(one["kind"], place, about, one["pieces"], ranges(one["serials"]), one["note"])
            self._differences[one["id"]] = difference

    def _carton(self, seq: int, at: str, by: list[str], data: dict[str, Any]) -> None:
        if not self._places.has_carton(data["delivery"], data["carton"]):
            self._findings.unknown("unknown_carton", seq, carton=data["carton"])
        self._places.open_carton(seq, data["delivery"], data["carton"])

    def _settled(self, seq: int, at: str, by: list[str], data: dict[str, Any]) -> None:
        one = self._differences.pop(data["discrepancy"], None)
        outcome, serials = data["outcome"], ranges(data["serials"])
        if one is None:
            self._findings.unknown("unknown_difference", seq, difference=data["discrepancy"])
            return
        ends = frozenset({"nothing"}) if one.kind == "over" and one.note else _ENDS[one.kind]
        if outcome not in ends:
            self._findings.doubt("difference_end", seq, difference=data["discrepancy"], outcome=outcome)
            return
        if outcome == "nothing":
            if one.kind == "unnamed" and self._lie(one.serials, one.place):
                self._findings.doubt("difference_end", seq, difference=data["discrepancy"], outcome=outcome)
            return
        if one.kind == "over":
            self._take_in(seq, one, serials, outcome)
            return
        if joined(serials) != joined(one.serials):
            self._findings.doubt("difference_serials", seq, difference=data["discrepancy"])
            return
        self._leave(seq, serials, one.place, outcome)

    def _lie(self, serials: list[Range], place: str) -> bool:
        """Tell whether any of some blanks is in a place."""
        return any(held is not None and held.place == place for part in serials for _, held in self._places.parts(part))

    def _take_in(self, seq: int, one: _Difference, serials: list[Range], outcome: str) -> None:
        """Take in pieces that came over."""
        delivery = self._places.deliveries.get(one.about)
        if pieces(serials) != one.pieces or delivery is None or kind_of(one.place) != "transit":
            self._findings.doubt("difference_serials", seq, difference=one.about)
            return
        if self._places.create(seq, serials, one.place, one.about):
            delivery.announced += pieces(serials)
            self._leave(seq, serials, one.place, outcome)

    def _leave(self, seq: int, serials: list[Range], place: str, outcome: str) -> None:
        self._places.move(seq, serials, place, outcome)
        if outcome == "spoiled":
            self._spoil(serials, "factory_defect")

    def _spoil(self, serials: list[Range], cause: str) -> None:
        for part in serials:
            for number in range(part.first, part.last + 1):
                self._shifts.spoil(str(part._replace(first=number, last=number)), cause)

    def _moved(self, seq: int, at: str, by: list[str], data: dict[str, Any]) -> None:
        source, target, why, serials = data["from"], data["to"], data["why"], ranges(data["serials"])
        sources, targets = ROUTES[why]
        if kind_of(source) not in sources or kind_of(target) not in targets:
            self._findings.add("route", seq, why=why, source=source, target=target)
            return
        for place in (source, target):
            if kind_of(place) == "shift":
                self._shifts.check_moved(seq, whose(place), why)
        if why == "found":
            self._find(seq, serials)
        elif why == "missing":
            self._lose(serials)
        if not self._places.move(seq, serials, source, target):
            return
        if why == "load":
            self._cards.loaded(by, data)
            self._check_hopper(seq, target)
        if target == "spoiled":
            self._spoil(serials, data.get("cause", why))

    def _lose(self, serials: list[Range]) -> None:
        """Remember where blanks were before they were lost, where that says that they were no blanks any more."""
        for part in serials:
            for one, held in self._places.parts(part):
                if held is not None and kind_of(held.place) in _CARDS_PLACES:
                    self._lost[str(one)] = held.place

    def _find(self, seq: int, serials: list[Range]) -> None:
        for part in serials:
            for number in range(part.first, part.last + 1):
                serial = str(part._replace(first=number, last=number))
                if serial in self._lost:
                    self._findings.doubt("found_whole", seq, serial=serial, place=self._lost[serial])

    def _check_hopper(self, seq: int, hopper: str) -> None:
        types = {
            self._places.deliveries[held.delivery].stock_type
            for held, number in self._places.counts.items()
            if number and held.place == hopper and held.delivery in self._places.deliveries
        }
        if len(types) > 1:
            self._findings.doubt("hopper_mixed", seq, place=hopper)

    def _bound(self, seq: int, at: str, by: list[str], data: dict[str, Any]) -> None:
        serial, uid = data["serial"], data["uid"]
        if self._chips.get(uid, serial) != serial:
            self._findings.doubt("chip_again", seq, serial=serial, other=self._chips[uid])
        self._chips[uid] = serial

    def _site(self, seq: int, at: str, by: list[str], data: dict[str, Any]) -> None:
        self._sites.add(data["site"])

    def _reported(self, seq: int, at: str, by: list[str], data: dict[str, Any]) -> None:
        self._of_site(seq, data["site"])
        self._shifts.reported(data)

    def _of_site(self, seq: int, site: str) -> None:
        if site not in self._sites:
            self._findings.unknown("unknown_site", seq, site=site)

    def _printed(self, seq: int, at: str, by: list[str], data: dict[str, Any]) -> None:
        """Give a card that a site printed to its holder: one for each job of its register."""
        self._of_site(seq, data["site"])
        job = (data["site"], data["job"])
        if job in self._site_jobs or data["handed_over_on"] < data["printed_on"]:
            self._findings.doubt("site_card", seq, site=data["site"], job=data["job"])
        self._site_jobs.add(job)
        one = read_serial(data["serial"])
        if one is not None:
            self._places.move(seq, [one], f"site:{data['site']}", "holder")

    def _differed(self, seq: int, at: str, by: list[str], data: dict[str, Any]) -> None:
        """Take note of blanks that a site used and cannot name cards for: they stay where they are."""
        self._of_site(seq, data["site"])
        place = f"site:{data['site']}"
        for one in data["discrepancies"]:
            serials = ranges(one["serials"])
            if one["kind"] != "unnamed" or pieces(serials) != one["pieces"]:
                self._findings.doubt("difference_serials", seq, difference=one["id"])
            for part in serials:
                for piece, held in self._places.parts(part):
                    if held is not None and held.place != place:
                        self._findings.doubt("elsewhere", seq, serial=str(piece), said=place, place=held.place)
        self._differ(data["discrepancies"], place, data["site"])

    def _sent(self, seq: int, at: str, by: list[str], data: dict[str, Any]) -> None:
        name, source, target = data["transfer"], data["from"], data["to"]
        if name in self._transfers:
            self._findings.doubt("transfer_again", seq, transfer=name)
            return
        if source == target or not {kind_of(source), kind_of(target)} <= {"store", "site"}:
            self._findings.add("route", seq, why="transfer", source=source, target=target)
            return
        for place in (source, target):
            if kind_of(place) == "site" and whose(place) not in self._sites:
                self._findings.unknown("unknown_site", seq, site=whose(place))
        self._transfers[name] = target
        self._places.move(seq, ranges(data["serials"]), source, f"transfer:{name}")

    def _acknowledged(self, seq: int, at: str, by: list[str], data: dict[str, Any]) -> None:
        name = data["transfer"]
        target = self._transfers.get(name)
        if not target:
            self._findings.unknown("unknown_transfer", seq, transfer=name)
            return
        self._transfers[name] = ""
        if data["serials"]:
            self._places.move(seq, ranges(data["serials"]), f"transfer:{name}", target)
        self._differ(data["discrepancies"], f"transfer:{name}", name)
        self._all_told(seq, f"transfer:{name}", name)

    def _incident(self, seq: int, at: str, by: list[str], data: dict[str, Any]) -> None:
        serials = [str(one) for one in ranges(data["serials"])] if data["kind"] in _OF_CHIPS else []
        self._incidents[data["incident"]] = serials
        for serial in serials:
            self._cards.stopped.setdefault(serial, set()).add(data["incident"])

    def _noted(self, seq: int, at: str, by: list[str], data: dict[str, Any]) -> None:
        if data["incident"] not in self._incidents:
            self._findings.unknown("unknown_incident", seq, incident=data["incident"])

    def _closed(self, seq: int, at: str, by: list[str], data: dict[str, Any]) -> None:
        serials = self._incidents.pop(data["incident"], None)
        if serials is None:
            self._findings.unknown("unknown_incident", seq, incident=data["incident"])
            return
        for serial in serials:
            self._cards.stopped[serial].discard(data["incident"])
            if not self._cards.stopped[serial]:
                del self._cards.stopped[serial]

    def _returned(self, seq: int, at: str, by: list[str], data: dict[str, Any]) -> None:
        card, serial = data["card"], data.get("serial", "")
        if card in self._invalid:
            self._findings.doubt("card_again", seq, card=card)
            return
        self._invalid[card] = serial
        one = read_serial(serial) if serial else None
        if one is not None:
            self._places.move(seq, [one], "holder", "invalid")

    def _destroyed(self, seq: int, at: str, by: list[str], data: dict[str, Any]) -> None:
        spoiled, invalid = ranges(data["serials"]), ranges(data["invalid"])
        blanks: list[Range] = []
        for card in data["cards"]:
            serial = self._invalid.pop(card, None)
            if serial is None:
                self._findings.unknown("unknown_card", seq, card=card)
            elif serial and (one := read_serial(serial)) is not None:
                blanks.append(one)
        if joined(blanks) != joined(invalid) and not self._findings.began_later:
            self._findings.doubt("cards_serials", seq, destruction=data["destruction"])
        if not spoiled and not data["cards"]:
            self._findings.add("no_serials", seq, place="spoiled")
        for serials, source in ((spoiled, "spoiled"), (invalid, "invalid")):
            if serials:
                self._places.move(seq, serials, source, "destroyed")
        self._judge_destruction(seq, at, data, pieces(spoiled) + len(data["cards"]))

    def _judge_destruction(self, seq: int, at: str, data: dict[str, Any], destroyed: int) -> None:
        """Hold what an act of destruction says of itself against its entry, and against what is left."""
        name = data["destruction"]
        moments = [one for one in (data.get("begun"), data.get("ended"), at) if one is not None]
        if moments != sorted(moments):
            self._findings.add("destruction_times", seq, destruction=name)
        if "basis" in data and data["method"] == "shred" and not data.get("orders"):
            self._findings.add("destruction_basis", seq, destruction=name)
        told = [(data.get("recounted"), destroyed)]
        if not self._findings.began_later:
            left = self._places.pieces("spoiled"), len(self._invalid)
            told += zip((data.get("left_blanks"), data.get("left_cards")), left, strict=True)
        for said, found in told:
            if said not in (None, found):
                self._findings.doubt("destruction_pieces", seq, destruction=name, said=said, found=found)
