"""One simulated printer, put together: machine, firmware in its own thread, connector, hands."""

import contextlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Self

from hardware_mocks.control import Hands
from hardware_mocks.families import FAMILIES
from hardware_mocks.faults import FaultPlan
from hardware_mocks.machine import PowerLostError, PrinterFaultError, Quirks
from hardware_mocks.port import Port
from hardware_mocks.retransfer import Retransfer
from hardware_mocks.supplies import PANELS, Film, Ribbon
from hardware_mocks.truth import Truth
from hardware_mocks.zebra.words import CANDIDATES

QUIRK_HELP = {
    "no_nul": "replies end without NUL", "split": "replies come in packets of two bytes",
    "delay=SECONDS": "replies come late (printer seconds)", "spurious_ok": "every first Rrt is answered OK",
    "silent_pem0": "action commands get no reply under Pem;0",
    "feed_at_panel": "the card is fed at the first panel, not at Ss",
    "eject_on_boot": "a card found inside at power-on is ejected", "counters_late": "counters are stored one card late",
    "count_cards": "Rco;p counts cards, not panels", "lacks=COMMAND": "the firmware answers ERROR CDE to this command",
    "ack_early": "zebra: ACK before the motion, not after it",
    "count_at_start": "zebra: a pass is counted and stored at its start",
    "raw_panels": "zebra: data of PS and GS unescaped",
    "plain_only": "zebra: deaf to length-prefixed commands", "len32_only": "zebra: deaf to plain commands",
    "no_encoder": "zebra: no magnetic encoder answers", "text_end=cr|eot|none": "zebra: how a text reply ends",
    "input_limit=BYTES": "zebra: a longer command is answered NACK alone",
    "film_kept": "retransfer: film printed before a power cut is not wound past at the start",
    "count_at=load|transfer|exit": "retransfer: when a card is counted (exit: only one that carries something)",
    "head_extra=N": "retransfer: the head counter grows by N more at each print",
    "no_handshake": "matica: obeys before the document start",
    "refuse_second": "tcp: a second client is closed at once, not kept waiting",
    "transfer_short": "matica: knows the transfer of 2 bytes only", "transfer_long": "matica: that of 6 bytes only",
    "cut_shown": "matica: after a cut in motion the code 0002C300 is told once",
    "cut_latched": "matica: after a cut in motion the code 0002C300 stays until it is initialised",
    "knows=MI|MB|MF|MS|$F|R|+RB": "zebra: the command does what the sheet supposes of it",
    "ribbon_code=N:KIND": "zebra: +RIB N means this ribbon",
}  # fmt: skip
_TEXT_ENDS = {"cr": b"\r", "eot": b"\x04", "none": b""}


def parse_quirks(texts: list[str]) -> Quirks:
    """Read quirks as on the command line.

    :raises ValueError: one is not known.
    """
    quirks = Quirks()
    flags = {item.name for item in fields(Quirks) if item.type in (bool, "bool")} - {"nul"}
    for text in texts:
        name, _, value = text.partition("=")
        if name == "no_nul":
            quirks.nul = False
        elif name == "delay" and value:
            quirks.delay = float(value)
        elif (name == "lacks" and value) or (name == "knows" and value in CANDIDATES):
            getattr(quirks, name).append(value)
        elif name == "count_at" and value in ("load", "transfer", "exit"):
            quirks.count_at = value
        elif name == "head_extra" and value.isdigit():
            quirks.head_extra = int(value)
        elif name == "text_end" and value in _TEXT_ENDS:
            quirks.text_end = _TEXT_ENDS[value]
        elif name == "input_limit" and value.isdigit():
            quirks.input_limit = int(value)
        elif name == "ribbon_code" and value.partition(":")[2] in PANELS:
            quirks.ribbon_codes[value.partition(":")[0]] = value.partition(":")[2]
        elif name in flags and not value:
            setattr(quirks, name, True)
        else:
            msg = f"unknown quirk {text!r}; known: {', '.join(QUIRK_HELP)}"
            raise ValueError(msg)
    return quirks


@dataclass
class Setup:
    """How a simulated printer is made. ``ribbon`` is KIND:SETS, ``speed`` divides all times, 0 = no time at all.

    An empty model, firmware, dialect or ribbon becomes the family's usual one. ``memory`` is a file in which the
    counters outlive the process. ``film`` is sections of transfer film (retransfer printers only).
    """

    serial: str = "10000123456"
    model: str = ""
    firmware: str = ""
    dialect: str = ""
    ribbon: str = ""
    speed: float = 0.0
    hopper: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    quirks: list[str] = field(default_factory=list)
    cards: Path | None = None
    truth: Path | None = None
    memory: Path | None = None
    family: str = "evolis"
    film: int | None = None

    def __post_init__(self) -> None:
        """Fill in what the family usually has."""
        if self.family not in FAMILIES:
            msg = f"unknown family {self.family!r}; known: {', '.join(FAMILIES)}"
            raise ValueError(msg)
        family = FAMILIES[self.family]
        self.dialect = self.dialect or family.dialects[0]
        self.model = self.model or family.models.get(self.dialect, family.model)
        self.firmware = self.firmware or family.firmware
        self.ribbon = self.ribbon or family.ribbon
        self.film = family.film if self.film is None else self.film


class SimulatedPrinter:
    """A printer that runs until ``close``. Everything that happens to it goes through ``machine.cond``.

    ``hands`` does what an operator can do, ``truth`` says what physically happened, ``port`` is where a wire ends.
    """

    def __init__(self, setup: Setup | None = None) -> None:
        self.setup = setup = setup or Setup()
        self.family = family = FAMILIES[setup.family]
        if setup.dialect not in family.dialects:
            msg = f"unknown dialect {setup.dialect!r}; known: {', '.join(family.dialects)}"
            raise ValueError(msg)
        if setup.cards is not None:
            setup.cards.mkdir(parents=True, exist_ok=True)
        ribbon, plan, quirks = Ribbon.parse(setup.ribbon), FaultPlan(setup.faults), parse_quirks(setup.quirks)
        self.truth = Truth(setup.serial, setup.truth)
        self.machine = family.machine(
            setup.serial, self.truth, plan, ribbon, setup.speed, quirks, setup.cards, setup.memory
        )
        if isinstance(self.machine, Retransfer):
            self.machine.start_up(Film(family.film, setup.film or 0))
        self.port = Port(self.machine)
        self.language = family.make(self.machine, self.port, setup)
        self.hands = Hands(self.machine, self.truth)
        self._closing = False
        if setup.hopper:
            with self.machine.cond:
                self.machine.load(setup.hopper)
        self._thread = threading.Thread(target=self._run, name=f"printer {setup.serial}", daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop the firmware and close the truth file."""
        with self.machine.cond:
            self._closing = True
            self.machine.power = self.machine.ready = False
            self.machine.changed()
        self._thread.join(10)
        self.truth.close()

    def _run(self) -> None:
        machine, port = self.machine, self.port
        with machine.cond:
            while not self._closing:
                try:
                    if machine.power and not machine.ready:
                        self._boot()
                    elif machine.ready and port.received:
                        self._work(port.take())
                    else:
                        machine.cond.wait()
                except PowerLostError:
                    port.clear()

    def _work(self, piece: bytes | None) -> None:
        if piece is None:
            self.language.connected()
        else:
            self.language.receive(piece)

    def _boot(self) -> None:
        machine = self.machine
        self.port.clear()
        self.language.restart()
        machine.wait("boot")
        if not machine.power:
            raise PowerLostError
        machine.ready = True
        if machine.quirks.eject_on_boot:
            with contextlib.suppress(PrinterFaultError):
                machine.eject("output")
        machine.moving = False
        machine.changed()

    def wait_for(self, condition: Callable[[], bool], timeout: float = 10.0) -> bool:
        """Wait until a condition on the printer holds; return whether it came true in ``timeout`` seconds."""
        with self.machine.cond:
            return self.machine.cond.wait_for(condition, timeout)

    def idle(self, timeout: float = 10.0) -> bool:
        """Wait until everything that was received is worked on."""
        return self.wait_for(lambda: not self.port.received and not self.port.busy, timeout)

    def finished_cards(self) -> Iterator[dict[str, object]]:
        """Give the truth lines of cards that left the printer."""
        yield from self.truth.read("card")
