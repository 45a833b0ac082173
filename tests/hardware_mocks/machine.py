"""The physical printer: blanks with names, ribbon, card path, boxes, cover, power, time. It knows no language."""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, assert_never

from hardware_mocks.card import SIDES, Card, Ink, Laid
from hardware_mocks.faults import PLACES, Fault, FaultPlan
from hardware_mocks.supplies import Counters, Ribbon, RibbonEndError, WrongRibbonError
from hardware_mocks.truth import Truth

SECONDS = {"feed": 2.0, "sync": 3.0, "y": 3.5, "m": 3.5, "c": 3.5, "k": 2.5, "o": 3.5, "u": 3.5, "flip": 3.5,
           "eject": 1.5, "station": 2.0, "transfer": 20.0, "boot": 20.0, "cooling": 30.0}  # fmt: skip
"""Typical times of the steps in seconds (protocol sheet 8, unverified)."""
_RIBBON_FAULTS = frozenset({"ribbon_end", "ribbon_cut"})


Place = Literal["none", "feeder", "print", "contact", "contactless", "encoder", "flipper", "transfer", "eject"]
"""Where the card is: ``feeder`` is the feeder's mouth, ``transfer`` the roller of a retransfer printer."""
Station = Literal["print", "contact", "contactless", "encoder"]
"""Where a card can be held."""
Condition = Literal[
    "feeder_empty", "ribbon_end", "ribbon_type", "cover_open", "jam", "hopper_full", "reject_full", "head_hot",
    "head_open", "time_out", "rotation", "no_card",
]  # fmt: skip
"""What stops a step of any printer."""
RetransferCondition = Literal[
    "position", "film_mark", "write_failed", "bad_track", "jam_hopper", "jam_turn", "jam_magnetic", "jam_transfer",
    "jam_exit", "jam_retransfer",
]  # fmt: skip
"""What stops a step of a retransfer printer besides."""


class PrinterFaultError(Exception):
    """A step failed; ``kind`` names the condition, each language has its own words for it."""

    def __init__(self, kind: Condition | RetransferCondition) -> None:
        super().__init__(kind)
        self.kind = kind


class PowerLostError(Exception):
    """The printer lost its power in the middle of a step; nothing can be answered any more."""


@dataclass
class Quirks:
    """Ways in which real printers may differ where the protocol sheet knows no better."""

    nul: bool = True
    split: bool = False
    delay: float = 0.0
    spurious_ok: bool = False
    silent_pem0: bool = False
    feed_at_panel: bool = False
    eject_on_boot: bool = False
    counters_late: bool = False
    count_cards: bool = False
    lacks: list[str] = field(default_factory=list)
    ack_early: bool = False
    count_at_start: bool = False
    raw_panels: bool = False
    plain_only: bool = False
    len32_only: bool = False
    no_encoder: bool = False
    film_kept: bool = False
    no_handshake: bool = False
    refuse_second: bool = False
    transfer_short: bool = False
    transfer_long: bool = False
    cut_shown: bool = False
    cut_latched: bool = False
    count_at: str = "exit"
    head_extra: int = 0
    text_end: bytes = b"\r"
    input_limit: int = 0
    knows: list[str] = field(default_factory=list)
    ribbon_codes: dict[str, str] = field(default_factory=dict)


class Machine:
    """One printer. Every method wants ``cond`` held; steps that take time release it while they wait.

    ``speed`` divides the times of all steps; 0 means that no step takes any time.
    """

    def __init__(
        self, serial: str, truth: Truth, plan: FaultPlan, ribbon: Ribbon, speed: float = 0.0,
        quirks: Quirks | None = None, pictures: Path | None = None, memory: Path | None = None,
    ) -> None:  # fmt: skip
        self.cond = threading.Condition(threading.RLock())
        self.serial, self.truth, self.plan, self.speed = serial, truth, plan, speed
        self.quirks = quirks or Quirks()
        self.pictures = pictures
        self.power = True
        self.outages = 0  # how often power was lost
        self.ready = True
        self.cable = True
        self.cover_open = False
        self.button = 0
        self.just_booted = True
        self.ribbon: Ribbon | None = ribbon
        self.hopper: deque[Card] = deque()
        self.path: list[Card] = []  # [0] is the one under the print head
        self.position: Place = "none"
        self.side_up = "front"
        self.jammed = False
        self.moving = False
        self.output: list[dict[str, object]] = []
        self.reject: list[dict[str, object]] = []
        self._memory = memory
        self.counters = Counters.read(memory)
        self._stored = self.counters.copy()
        self.fed = 0
        self.cards_out = _pictures_there(pictures, serial)
        self._known: dict[str, Card] = {}
        self.listeners: list[Callable[[], None]] = []

    # -- time and moments ------------------------------------------------------------------------------------------

    def changed(self) -> None:
        """Wake everybody who watches the printer."""
        self.cond.notify_all()
        for listener in self.listeners:
            listener()

    def wait(self, step: str | float, part: float = 1.0) -> float:
        """Let a step's time pass; return the part that was reached when the cover was opened or power lost, else 1.

        :raises PowerLostError: power was lost and is back already: what was under way is over, its card may be gone.
        """
        seconds = (SECONDS[step] if isinstance(step, str) else step) * part
        if self.speed == 0 or seconds == 0:
            return 1.0
        start, before = time.monotonic(), self.outages
        end = start + seconds / self.speed
        while self.power and self.outages == before and not self.cover_open and (left := end - time.monotonic()) > 0:
            self.cond.wait(left)
        if self.power and self.outages != before:
            raise PowerLostError
        return min(1.0, (time.monotonic() - start) / (end - start))

    def check(self) -> None:
        """Raise what a hand did meanwhile: power off, cover open."""
        if not self.power:
            raise PowerLostError
        if self.cover_open:
            raise PrinterFaultError("cover_open")

    @property
    def ordinal(self) -> int:
        """Number of the card inside, or of the next one to be fed; what ``card=`` in a fault means."""
        return self.fed if self.path else self.fed + 1

    def take_fault(self, step: str, names: Iterable[str], **context: str) -> Fault | None:
        """Take the fault that is planned for this moment, if any, and record it."""
        fault = self.plan.take(step, {"card": str(self.ordinal), **context}, frozenset(names))
        if fault is not None:
            self.truth.write("fault", fault=fault.text, blank=self._blank())
        return fault

    def moment(self, step: str, **context: str) -> None:
        """Let happen what is planned for this moment and may happen anywhere."""
        self.check()
        while (fault := self.take_fault(step, PLACES, **context)) is not None:
            self.apply_fault(fault)
        self.check()

    def apply_fault(self, fault: Fault) -> None:
        """Let one fault that may happen anywhere happen."""
        if fault.name == "power_cut":
            self.switch_off("fault")
            raise PowerLostError
        if fault.name == "cable_out":
            self.set_cable(plugged=False)
        elif fault.name == "cover":
            self.set_cover(is_open=True)
        elif fault.name == "jam":
            self.jam()
        elif fault.name == "head_hot":
            raise PrinterFaultError("head_hot")
        elif fault.name == "head_open":
            raise PrinterFaultError("head_open")

    def jam(self) -> None:
        """Let the card stick where it is."""
        if self.path:
            self.jammed = True
            self.truth.write("jam", blank=self._blank(), position=self.position)
        raise PrinterFaultError("jam")

    def _blank(self) -> str | None:
        return self.path[0].blank if self.path else None

    # -- the card's way --------------------------------------------------------------------------------------------

    def feed(self) -> None:
        """Bring the next blank under the head. A card that is still inside is pushed out into the output box first."""
        self._start()
        if self.path and self.position != "feeder":
            self.eject("output")
        self.moment("before_feed")
        if not self.path:
            self._pick()
        self._move()
        self.wait("feed", 0.5)
        self.check()
        self.moment("feed")
        if self.take_fault("feed", ["feed_jam"]):
            self.jam()
        self.wait("feed", 0.5)
        self.check()
        self.position, self.side_up = "print", "front"
        self._count_fed()
        self.truth.write("feed", blank=self.path[0].blank, card=self.fed)
        self.moment("after_feed")

    def _count_fed(self) -> None:
        if self.quirks.counters_late:
            self._write_counters()
        self.counters.cards += 1
        self.counters.until_cleaning -= 1
        self._store_counters()

    def _pick(self) -> None:
        if not self.hopper or self.take_fault("feed", ["feeder_empty"]):
            raise PrinterFaultError("feeder_empty")
        double = len(self.hopper) > 1 and self.take_fault("feed", ["double_feed"])
        defect = self.take_fault("feed", ["defect"])
        self.path = [self.hopper.popleft() for _ in range(2 if double else 1)]
        self.fed += 1
        self.position = "feeder"
        if double:
            self.truth.write("double_feed", blanks=[card.blank for card in self.path])
        if defect:
            self.path[0].defect = "blotch: ink does not hold on a spot of the front"

    def to_station(self, station: Station) -> None:
        """Move the card to the contact or contactless station, or back under the head (``print``)."""
        self._start()
        if not self.path or self.position == station:
            return
        self._move()
        self.moment("before_station")
        self.wait("station")
        self.check()
        self.moment("station")
        if self.take_fault("station", ["station_timeout"]):
            raise PrinterFaultError("time_out")
        self.position = station
        self.truth.write("station", blank=self._blank(), position=station)
        self.moment("after_station")

    def turn(self, side: str) -> None:
        """Flip the card until this side is up."""
        self._start()
        if not self.path or side == self.side_up:
            return
        self._move()
        self.moment("before_flip")
        self.position = "flipper"
        self.wait("flip")
        self.check()
        self.moment("flip")
        if self.take_fault("flip", ["flip_jam"]):
            self.jam()
        if self.take_fault("flip", ["rotation"]):
            raise PrinterFaultError("rotation")
        self.position, self.side_up = "print", side
        self.truth.write("flip", blank=self._blank(), side=side)
        self.moment("after_flip")

    def check_ribbon(self, kind: str) -> None:
        """Synchronise the ribbon at the start of a job: right kind and not at its end."""
        self._start()
        if self.ribbon is None or self.ribbon.ended:
            raise PrinterFaultError("ribbon_end")
        if self.take_fault("before_feed", ["wrong_ribbon"]) or self.ribbon.kind != kind:
            raise PrinterFaultError("ribbon_type")

    def intend(self, side: str, panel: str, job: int) -> None:
        """Note on the card in hand that a job wants this panel on it; the card's completeness is judged by that."""
        if self.path:
            self.path[0].intended.setdefault(job, []).append((side, panel))

    def lay(self, side: str, panel: str, ink: Ink, job: int) -> None:
        """Print one panel on the card in hand."""
        self._start()
        if not self.path:
            raise PrinterFaultError("no_card")
        self.to_station("print")
        self.turn(side)
        self._pass(side, panel, ink, job)

    def _pass(self, side: str, panel: str, ink: Ink, job: int, *, last: bool = False) -> None:
        """Let one panel of the ribbon pass the head."""
        where = {"panel": panel, "side": side}
        self.moment("before_panel", **where)
        if self.ribbon is not None and (fault := self.take_fault("before_panel", _RIBBON_FAULTS, **where)):
            self._end_ribbon(fault)
        if self.ribbon is None:
            raise PrinterFaultError("ribbon_end")
        try:
            self.ribbon.wind_to(panel, last=last)
        except WrongRibbonError:
            raise PrinterFaultError("ribbon_type") from None
        except RibbonEndError:
            raise PrinterFaultError("ribbon_end") from None
        self._move()
        if self.quirks.count_at_start:
            self._count_pass(**where)
        fault = self.take_fault("panel", PLACES | _RIBBON_FAULTS, **where)
        part = fault.at if fault else 1.0
        done = part * self.wait(panel, part)
        laid = Laid(panel, job, ink.crc32, done, ink)
        self._lay_on(side, laid)
        if fault and fault.name in _RIBBON_FAULTS:
            self._end_ribbon(fault)
        if fault:
            self.apply_fault(fault)
        self.check()
        if not self.quirks.count_at_start:
            self._count_pass(**where)
        self.moment("after_panel", **where)

    def _lay_on(self, side: str, laid: Laid) -> None:
        self.path[0].lay(side, laid)
        self.truth.write("laid", blank=self._blank(), side=side, **laid.as_json())

    def _end_ribbon(self, fault: Fault) -> None:
        if self.ribbon is not None:
            self.ribbon.left, self.ribbon.at = 0, None
            self.ribbon.cut = fault.name == "ribbon_cut"
        raise PrinterFaultError("ribbon_end")

    def _count_pass(self, **where: str) -> None:
        wrong = self.take_fault("panel", ["pass_uncounted", "pass_counted_twice"], **where)
        self.counters.panels += {"pass_uncounted": 0, "pass_counted_twice": 2}.get(wrong.name if wrong else "", 1)
        self._store_counters()

    def finish_ribbon_set(self) -> None:
        """Wind the ribbon on at the end of a job."""
        if self.ribbon is not None:
            self.ribbon.finish_set()

    def eject(self, where: str) -> None:
        """Move what is inside into the ``output`` or ``reject`` box; nothing happens when nothing is inside."""
        self._start()
        if not self.path:
            return
        step = "eject" if where == "output" else "reject"
        self.moment("before_eject")
        if self.take_fault(step, ["hopper_full", "reject_full"]):
            raise PrinterFaultError("hopper_full" if where == "output" else "reject_full")
        self._move()
        self.position = "eject"
        self.wait("eject")
        self.check()
        self.moment(step)
        number = str(self.ordinal)
        for card in self.path:
            self._leave(card, where)
        self.path, self.position = [], "none"
        self.check()
        fault = self.plan.take("after_eject", {"card": number}, PLACES)
        if fault is not None:
            self.truth.write("fault", fault=fault.text, blank=None)
            self.apply_fault(fault)

    def _start(self) -> None:
        self.check()
        if self.jammed:
            raise PrinterFaultError("jam")

    def _move(self) -> None:
        self.moving = True
        self.changed()

    def _leave(self, card: Card, where: str) -> dict[str, object]:
        self.cards_out += 1
        record: dict[str, object] = {
            "number": self.cards_out, "blank": card.blank, "defect": card.defect, "where": where, "jobs": card.jobs(),
            **{side: [laid.as_json() for laid in card.sides[side]] for side in SIDES}, "complete": card.complete(),
        }  # fmt: skip
        if self.pictures is not None:
            card.save(self.pictures, f"{self.serial}-{self.cards_out}")
        card.drop_ink()
        record["picture"] = str(card.pictures["front"]) if "front" in card.pictures else None
        record["picture_back"] = str(card.pictures["back"]) if "back" in card.pictures else None
        self.truth.write("card", **record)
        self._known[card.blank] = card
        if where != "hand":
            (self.output if where == "output" else self.reject).append(record)
        return record

    def _store_counters(self) -> None:
        if not self.quirks.counters_late:
            self._write_counters()

    def _write_counters(self) -> None:
        self._stored = self.counters.copy()
        if self._memory is not None:
            self._stored.write(self._memory)

    # -- what hands and mains do -----------------------------------------------------------------------------------

    def load(self, blanks: Iterable[str]) -> None:
        """Put blanks below those in the hopper. A blank that came out of this printer before is the same card."""
        names = list(blanks)
        self.hopper.extend(self._known.pop(name) if name in self._known else Card(name) for name in names)
        self.truth.write("load", blanks=names)
        self.changed()

    def pull_out(self) -> list[dict[str, object]]:
        """Take what is inside out by hand; return the records of those cards."""
        records = [self._leave(card, "hand") for card in self.path]
        self.path, self.position, self.jammed = [], "none", False
        self.changed()
        return records

    def set_cover(self, *, is_open: bool) -> None:
        """Open or close the cover."""
        if self.cover_open != is_open:
            self.cover_open = is_open
            self.truth.write("cover", open=is_open)
            self.changed()

    def set_cable(self, *, plugged: bool) -> None:
        """Pull or plug the data cable."""
        if self.cable != plugged:
            self.cable = plugged
            self.truth.write("cable", plugged=plugged)
            self.changed()

    def set_ribbon(self, ribbon: Ribbon | None) -> None:
        """Change the ribbon."""
        self.ribbon = ribbon
        self.truth.write("ribbon", kind=ribbon.kind if ribbon else None, count=ribbon.left if ribbon else 0)
        self.changed()

    def switch_off(self, why: str) -> None:
        """Cut the power. The card inside stays where it is; counters fall back to what was stored."""
        if self.power:
            self.power = self.ready = self.moving = False
            self.outages += 1
            self.counters = self._stored.copy()
            self.truth.write("power", on=False, why=why, blank=self._blank(), position=self.position)
            self.changed()

    def switch_on(self) -> None:
        """Give power; the printer is ready after its boot time."""
        if not self.power:
            self.power, self.just_booted = True, True
            self.truth.write("power", on=True, why="hand", blank=self._blank(), position=self.position)
            self.changed()

    def is_over(self, kind: Condition | RetransferCondition, ribbon_kind: str) -> bool:
        """Say whether a condition that stopped a step is gone (for printers that wait for the operator)."""
        match kind:
            case "feeder_empty":
                return bool(self.hopper)
            case "ribbon_end":
                return self.ribbon is not None and not self.ribbon.ended
            case "ribbon_type":
                return self.ribbon is not None and self.ribbon.kind == ribbon_kind
            case "cover_open":
                return not self.cover_open
            case "hopper_full":
                return not self.output
            case "reject_full":
                return not self.reject
            case "jam" | "jam_hopper" | "jam_turn" | "jam_magnetic" | "jam_transfer" | "jam_exit" | "jam_retransfer":
                return not self.jammed
            case "head_hot" | "head_open" | "time_out" | "rotation" | "no_card":
                return True  # the next try shows it
            case "position" | "film_mark" | "write_failed" | "bad_track":
                return True
            case _:
                assert_never(kind)


def _pictures_there(folder: Path | None, serial: str) -> int:
    """Return the highest number among this printer's pictures, so that a second run does not write over them."""
    names = folder.glob(f"{serial}-*.png") if folder else ()
    numbers = [path.stem.removeprefix(f"{serial}-").removesuffix("-back") for path in names]
    return max((int(number) for number in numbers if number.isdigit()), default=0)
