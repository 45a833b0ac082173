"""The firmware of a Matica / XID printer without its wire: memory of panels, status, errors, motions (sheet 5 to 9)."""

import contextlib
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, assert_never

from hardware_mocks.faults import Fault
from hardware_mocks.machine import PowerLostError, PrinterFaultError, Station
from hardware_mocks.matica.raster import Plane
from hardware_mocks.matica.words import (
    BUSY,
    CODES,
    DOOR,
    EXIT,
    NO_CARDS,
    NOT_FOR_LOAD,
    POSITION,
    POWER_INTERRUPTED,
    READY,
    REJECT_EXIT,
    RESTARTED,
    SETTINGS,
    STATIONS,
    UNKNOWN,
    WAITS,
    WARMING,
    Head,
)
from hardware_mocks.retransfer import Retransfer

_MOST_MISUSES = 10_000
_WARM_UP = 60.0
_LASTING = frozenset({0x2D800, 0x2C100})


class CodeError(Exception):
    """A command is refused with a code; the text is for the truth file."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code = code


@dataclass(frozen=True)
class Motion:
    """Something that moves. ``check`` raises CodeError at once where the state forbids it, immediate or not."""

    act: Callable[[], None]
    check: Callable[[], None] = lambda: None


class Core:
    """What both wires act on. Every method wants the machine's lock held; a motion lets go of it while it waits."""

    def __init__(self, machine: Retransfer, head: Head) -> None:
        self.machine, self.head = machine, head
        self.jobs = 0
        self.settings = {tag: value for tag, (value, _, _) in SETTINGS.items()}
        self._misuses = 0
        self._engine: threading.Thread | None = None
        self._forget()

    def _forget(self) -> None:
        self._planes: dict[str, Plane] = {}
        self._fresh: list[str] = []
        self._error = self._busy = READY
        self._wait: tuple[int, int] | None = None
        self._notice: int | None = None
        self._warm = False

    def restart(self) -> None:
        """Begin as after power-on; the card inside stays, film printed is wound past unless a quirk keeps it."""
        machine = self.machine
        machine.cond.wait_for(lambda: self._engine is None)  # at the latest its step's time is over
        self._forget()
        if machine.quirks.cut_latched and machine.interrupted:
            self._error = POWER_INTERRUPTED
        elif machine.quirks.cut_shown and machine.interrupted:
            self._notice = POWER_INTERRUPTED
        machine.interrupted = False
        if machine.jammed:
            self._error = CODES[machine.jam_kind]
        if not machine.quirks.film_kept:
            machine.waste_film("restart")
        machine.settle()
        if machine.speed > 0:
            self._warm = True
            threading.Thread(target=self._warm_up, args=(machine.boots,), name="heat roller", daemon=True).start()

    def _warm_up(self, boot: int) -> None:
        with self.machine.cond:
            self.machine.pause(_WARM_UP, boot)
            if self.machine.boots == boot:
                self._warm = False
                self.machine.changed()

    def note_misuse(self, text: str) -> None:
        """Record what a host did wrong."""
        self._misuses += 1
        if self._misuses <= _MOST_MISUSES:
            self.machine.truth.write("protocol", text=text)

    # -- status ----------------------------------------------------------------------------------------------------

    def peek(self) -> int:
        """Return the code that tells the state, changing nothing (sheet 8)."""
        machine = self.machine
        if machine.just_booted:
            return RESTARTED
        if self._notice is not None:
            return self._notice
        if self._error:
            return self._error
        if machine.cover_open:
            return DOOR
        if self._wait is not None:
            return self._wait[0]
        if self._warm:
            return WARMING
        if self._busy:
            return self._busy
        return READY if machine.hopper else NO_CARDS

    def status(self) -> int:
        """Return the code and count the question: a notice is told once, and a wait ends after so many questions."""
        code = self.peek()
        if self.machine.just_booted:
            self.machine.just_booted = False
        elif self._notice is not None:
            self._notice = None
        elif self._wait is not None and code == self._wait[0]:
            self._wait = (code, self._wait[1] - 1) if self._wait[1] > 1 else None
        return code

    def apply_fault(self, fault: Fault) -> None:
        """Let a planned condition begin."""
        if fault.name == "error":
            self._error = fault.code
        else:
            self._wait = (WAITS[fault.name], max(1, fault.polls))

    def announce(self) -> int:
        """Return the code with which the first command after a start is refused; afterwards 0."""
        return self.status() if self.machine.just_booted or self._notice is not None else READY

    def place(self) -> tuple[int, int]:
        """Return mode and position: 4 = no card inside, 0 = a card at this place (sheet 6).

        A card that sticks in the exit of the hopper is not seen (unverified).
        """
        machine = self.machine
        if not machine.path or machine.position == "feeder":
            return 4, 0
        match machine.position:
            case "eject":
                return 0, EXIT if machine.leaving == "output" else REJECT_EXIT
            case "print" | "contact" | "contactless" | "encoder" as station:
                return 0, STATIONS.index(station)
            case "none" | "transfer" | "flipper":
                return 0, 0
            case _:
                assert_never(machine.position)

    # -- panels ----------------------------------------------------------------------------------------------------

    def upload(self, panel: str, pixels: bytes) -> None:
        """Take one panel into memory, in place of an earlier one of that name."""
        if panel == "k" and pixels.count(0) + pixels.count(255) != len(pixels):
            self.machine.truth.write("odd", text="black with values besides 00 and FF")
        self._planes[panel] = Plane(self.head, panel, pixels)
        if panel not in self._fresh:
            self._fresh.append(panel)

    def _intend(self) -> None:
        """Note on the card in hand what was uploaded for this side."""
        if self.machine.path:
            for panel in self._fresh:
                self.machine.intend(self.machine.side_up, panel, self.jobs)
            self._fresh = []

    # -- motions ---------------------------------------------------------------------------------------------------

    def go(self, motion: Motion, *, immediate: bool = False, load: bool = False, busy: int = BUSY) -> int:
        """Carry a motion out and return the code of what stopped it, or 0; immediate: begin it and return.

        ``busy`` is the code that tells of it meanwhile.
        """
        if code := self._refusal(load=load):
            return code
        try:
            motion.check()
        except CodeError as error:
            self.note_misuse(str(error))
            return error.code
        self._busy = busy
        if not immediate:
            return self._run(motion)
        boot = self.machine.boots
        self.machine.moving = True
        self._engine = threading.Thread(target=self._run_in_thread, args=(motion, boot), name="engine", daemon=True)
        self._engine.start()
        return READY

    def _run_in_thread(self, motion: Motion, boot: int) -> None:
        with self.machine.cond, self.machine.motion_of(boot):
            with contextlib.suppress(PowerLostError):
                self._run(motion)
            if self.machine.boots == boot:
                self.machine.moving = False
            self._engine = None
            self.machine.changed()

    def _refusal(self, *, load: bool) -> int:
        code = self.status()
        return READY if code == NO_CARDS and not load else code

    def _run(self, motion: Motion) -> int:
        machine = self.machine
        try:
            machine.check()
            motion.act()
        except PrinterFaultError as fault:
            return self._stopped_by(fault.kind)
        finally:
            self._busy = READY
            if machine.power:
                machine.moving = False
        return READY

    def _stopped_by(self, kind: str) -> int:
        ribbon = self.machine.ribbon
        if kind == "ribbon_end" and ribbon is not None and ribbon.cut:
            kind = "ribbon_cut"
        code = CODES[kind]
        if kind in WAITS:
            self._wait = (code, 3)
        elif code >> 16 == 3 or code in _LASTING:
            self._error = code
            self.machine.count_error()
        return code

    def initialise(self) -> int:
        """Clear error, panels in memory and printed film; return the code of what hinders it, or 0."""
        machine = self.machine
        if code := self.announce():
            return code
        if machine.cover_open or self._busy or machine.jammed:
            return DOOR if machine.cover_open else self._error or BUSY
        machine.settle()
        machine.waste_film("initialised")
        self._error = READY
        self._planes, self._fresh = {}, []
        return READY

    def load(self, position: int, *, flip: bool, film: bool) -> Motion:
        """Return the motion that loads a card.

        :raises CodeError: a card is not loaded to this place.
        """
        if position >= len(STATIONS):
            raise CodeError(NOT_FOR_LOAD, f"load to {position}")

        def check() -> None:
            if self.place()[0] == 0:
                raise CodeError(POSITION, "load with a card inside")

        def act() -> None:
            if film:
                self.machine.waste_film("film initialised")
            self.jobs += 1
            self.machine.truth.write("job", job=self.jobs)
            self.machine.bring(STATIONS[position], "back" if flip else "front")

        return Motion(act, check)

    def move(self, position: int, *, flip: bool, film: bool) -> Motion:
        """Return the motion that moves the card."""
        if position > EXIT:
            raise CodeError(UNKNOWN, f"move to {position}")
        places: tuple[Station | Literal["reject", "output"], ...] = (*STATIONS, "reject", "output")

        def act() -> None:
            if film:
                self.machine.waste_film("film initialised")
            self.machine.carry(places[position], self._other_side() if flip else self.machine.side_up)

        return Motion(act, self._wants_card)

    def _wants_card(self) -> None:
        if self.place()[0] == 4:
            raise CodeError(POSITION, "no card inside")

    def _other_side(self) -> str:
        return "back" if self.machine.side_up == "front" else "front"

    def print(self, panels: list[str], *, buffer: int = 0, second_black: bool = False) -> Motion:
        """Return the motion that prints panels of the memory on film."""

        def check() -> None:
            missing = [panel for panel in panels if panel not in self._planes]
            if not panels or buffer or missing:
                raise CodeError(POSITION, f"print without upload: buffer {buffer}, panels {' '.join(missing)}")

        def act() -> None:
            self._intend()
            planes = [(panel, self._planes.pop(panel)) for panel in panels]
            self.machine.print_film(planes, self.jobs, second_black=second_black)

        return Motion(act, check)

    def transfer(self, then: str) -> Motion:
        """Return the motion that fuses the film on the card, and then: ``eject``, ``return`` or ``flip``."""

        machine = self.machine

        def check() -> None:
            if self.place() != (0, 0) or not machine.film.section:
                raise CodeError(POSITION, "transfer without a card under the roller or with an empty film")

        def act() -> None:
            self._intend()
            machine.transfer()
            if then == "eject":
                machine.eject("output")
            elif then == "flip":
                machine.turn(self._other_side())

        return Motion(act, check)

    def engage(self, stations: set[str]) -> Motion:
        """Return the motion that engages these stations and releases the others."""
        return Motion(lambda: self.machine.engage(stations))

    # -- magnetic stripe -------------------------------------------------------------------------------------------

    def write_tracks(self, tracks: dict[int, bytes], *, fail: bool) -> Motion:
        """Return the motion that writes tracks on the stripe."""

        def act() -> None:
            self.machine.carry("encoder", self.machine.side_up)
            if fail:
                raise PrinterFaultError("write_failed")
            self.machine.path[0].tracks.update(tracks)
            self.machine.truth.write("magnetic", blank=self.machine.path[0].blank, tracks=sorted(tracks))

        return Motion(act, self._wants_card)

    def read_tracks(self, tags: list[int], found: dict[int, bytes]) -> Motion:
        """Return the motion that reads tracks into ``found``; one that cannot be read fails all."""

        def act() -> None:
            self.machine.carry("encoder", self.machine.side_up)
            if any(tag not in self.machine.path[0].tracks for tag in tags):
                raise PrinterFaultError("bad_track")
            found.update({tag: self.machine.path[0].tracks[tag] for tag in tags})

        return Motion(act, self._wants_card)
