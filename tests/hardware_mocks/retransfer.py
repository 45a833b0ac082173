"""A retransfer printer: panels are laid on film, the film is fused on the card. It knows no language.

Physics from protocol sheet 2 and 11: print and transfer are separate; a failure before the transfer leaves the card
empty; what lay on film that was never transferred is lost with it.
"""

import contextlib
import threading
import time
from collections.abc import Iterable, Iterator
from typing import Literal, assert_never

from hardware_mocks.card import SIDES, Card, Ink, Laid
from hardware_mocks.faults import PLACES
from hardware_mocks.machine import (
    Condition,
    Machine,
    Place,
    PowerLostError,
    PrinterFaultError,
    RetransferCondition,
    Station,
)
from hardware_mocks.supplies import Film


class Retransfer(Machine):
    """One retransfer printer; ``start_up`` puts its film in. Stations are ``print contact contactless encoder``."""

    film: Film
    leaving = "output"
    interrupted = False
    jam_kind: Condition | RetransferCondition = "jam"
    boots = 0

    def start_up(self, film: Film) -> None:
        """Put the film in."""
        self.film = film
        self.engaged: set[str] = set()
        self._motions: dict[int, int] = {}
        self._counted: Card | None = None

    # -- film ------------------------------------------------------------------------------------------------------

    def set_film(self, film: Film) -> None:
        """Change the film; what lay on the old one is lost."""
        self.waste_film("changed")
        self.film = film
        self.truth.write("film", count=film.left)
        self.changed()

    def waste_film(self, why: str) -> None:
        """Wind past what was printed and not transferred."""
        lost = self.film.wind_on()
        if lost:
            self.truth.write("film_wasted", why=why, panels=[laid.as_json() for laid in lost], left=self.film.left)

    def print_film(self, panels: Iterable[tuple[str, Ink]], job: int, *, second_black: bool = False) -> None:
        """Print panels on the begun section of the film, one after another. A card need not be there."""
        self._start()
        for panel, ink in panels:
            where = {"panel": panel, "side": self.side_up}
            if self.film.ended or self.take_fault("before_panel", ["film_mark"], **where):
                raise PrinterFaultError("film_mark")
            if self.take_fault("before_panel", ["ribbon_search"], **where):
                raise PrinterFaultError("ribbon_type")
            self._pass(self.side_up, panel, ink, job, last=second_black)
        self.counters.panels += self.quirks.head_extra
        self._store_counters()

    def _lay_on(self, side: str, laid: Laid) -> None:
        self.film.section.append(laid)
        self.truth.write("film_laid", blank=self._blank(), side=side, **laid.as_json())

    def transfer(self) -> None:
        """Fuse what lies on the film on the side of the card that is up. The card must be under the roller."""
        self._start()
        if not self.path or self.position != "print" or not self.film.section:
            raise PrinterFaultError("position")
        self._move()
        where = {"side": self.side_up}
        self.moment("before_transfer", **where)
        self.position = "transfer"
        if self.take_fault("transfer", ["transfer_jam"], **where):
            self.jam()
        fault = self.take_fault("transfer", PLACES, **where)
        part = fault.at if fault else 1.0
        self._fuse(part * self.wait("transfer", part))
        if fault:
            self.apply_fault(fault)
        self.check()
        if self.take_fault("transfer", ["retransfer_jam"], **where):
            self.jam("jam_retransfer")
        self.position = "print"
        if self.quirks.count_at == "transfer":
            self._count_card(self.path[0])
        self.moment("after_transfer", **where)

    def _fuse(self, done: float) -> None:
        if done == 0:
            return  # the roller never touched the card: the section may still be used
        laid = self.film.wind_on()
        for one in laid:
            one.laid = min(one.laid, done)
            self.path[0].lay(self.side_up, one)
            self.truth.write("laid", blank=self._blank(), side=self.side_up, **one.as_json())
        self.truth.write(
            "transfer", blank=self._blank(), side=self.side_up, done=round(done, 3), film_left=self.film.left
        )

    # -- the card's way --------------------------------------------------------------------------------------------

    def bring(self, station: Station, side: str) -> None:
        """Feed the next blank and move it to a station. One that sticks in the hopper's exit is taken first."""
        if self.path and self.position != "feeder":
            raise PrinterFaultError("position")
        self.feed()
        self.carry(station, side)

    def carry(self, to: Station | Literal["output", "reject"], side: str) -> None:
        """Move the card to a station, on the way turned until ``side`` is up, or into ``output`` or ``reject``."""
        self._start()
        if not self.path or self.position == "feeder":
            raise PrinterFaultError("position")
        self._disengage()
        self.turn(side)
        if to == "output" or to == "reject":
            self.eject(to)
        else:
            self.to_station(to)

    def _disengage(self) -> None:
        """Take the contact heads off a card that moves; a careful host has done so before."""
        if self.engaged:
            self.truth.write("odd", text=f"moved with {' and '.join(sorted(self.engaged))} engaged")
            self.engaged.clear()

    def to_station(self, station: Station) -> None:
        """Move the card to a station."""
        if station == "encoder" and self.path and self.take_fault("station", ["magnetic_jam"]):
            self.position = "encoder"
            self.jam()
        super().to_station(station)

    def eject(self, where: str) -> None:
        """Move the card out into the ``output`` or ``reject`` box."""
        self._start()
        self.leaving = where
        if self.path and self.take_fault("eject" if where == "output" else "reject", ["eject_jam"]):
            self.position = "eject"
            self.jam()
        super().eject(where)

    def engage(self, stations: set[str]) -> None:
        """Put contacts or antenna of these stations to the card, and take the others off."""
        self._start()
        if stations and (not self.path or self.position not in stations):
            raise PrinterFaultError("position")
        self.engaged = stations
        self.truth.write("engaged", blank=self._blank(), stations=sorted(stations))
        self.changed()

    def jam(self, kind: RetransferCondition | None = None) -> None:
        """Let the card stick where it is; the kind of jam is the place."""
        self.jam_kind = kind = kind or _jam_at(self.position)
        if self.path:
            self.jammed = True
            self.truth.write("jam", blank=self._blank(), position=self.position, kind=kind)
        raise PrinterFaultError(kind)

    def settle(self) -> None:
        """Bring a card that was left between two places back under the roller, as initialising does."""
        if self.path and self.position in ("transfer", "flipper"):
            self.position = "print"

    # -- counters --------------------------------------------------------------------------------------------------

    def _count_fed(self) -> None:
        self._counted = None
        if self.quirks.count_at == "load":
            self._count_card(self.path[0])

    def _leave(self, card: Card, where: str) -> dict[str, object]:
        carries = any(card.sides[side] for side in SIDES)
        if where != "hand" and carries and self.quirks.count_at == "exit":
            self._count_card(card)
        self.engaged.clear()
        return super()._leave(card, where)

    def _count_card(self, card: Card) -> None:
        """Count a card once, however many sides it gets."""
        if self._counted is card:
            return
        self._counted = card
        wrong = self.take_fault("count", ["card_uncounted", "card_counted_twice"])
        if self.quirks.counters_late:
            self._write_counters()
        number = {"card_uncounted": 0, "card_counted_twice": 2}.get(wrong.name if wrong else "", 1)
        self.counters.cards += number
        self.counters.cleanings += number
        self._store_counters()

    def count_error(self) -> None:
        """Count an error."""
        self.counters.errors += 1
        self._store_counters()

    # -- hands and mains -------------------------------------------------------------------------------------------

    def switch_off(self, why: str) -> None:
        """Cut the power."""
        if self.power:
            self.boots += 1
            self.interrupted = self.moving
            self.engaged.clear()
        super().switch_off(why)

    def pause(self, seconds: float, boot: int) -> None:
        """Let time pass that no door ends, until it is over or the power fails."""
        end = time.monotonic() + (seconds / self.speed if self.speed else 0)
        while self.power and self.boots == boot and (left := end - time.monotonic()) > 0:
            self.cond.wait(left)

    def check(self) -> None:
        """Raise what happened meanwhile; a motion does not outlive a restart."""
        if self._motions.get(threading.get_ident(), self.boots) != self.boots:
            raise PowerLostError
        super().check()

    @contextlib.contextmanager
    def motion_of(self, boot: int) -> Iterator[None]:
        """Bind what this thread does to one power-on: the motion ends with the next power-off."""
        self._motions[threading.get_ident()] = boot
        try:
            yield
        finally:
            del self._motions[threading.get_ident()]


def _jam_at(place: Place) -> RetransferCondition:
    match place:
        case "feeder":
            return "jam_hopper"
        case "flipper":
            return "jam_turn"
        case "encoder":
            return "jam_magnetic"
        case "eject":
            return "jam_exit"
        case "none" | "print" | "contact" | "contactless" | "transfer":
            return "jam_transfer"
        case _:
            assert_never(place)
