"""Answers of an Evolis printer to its R... commands (protocol sheet 5.1)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, assert_never

from hardware_mocks.evolis.words import words
from hardware_mocks.machine import Machine, Place

Refusal = Literal["unknown", "parameter", "option", "tag"]
"""Why a command is not done although nothing stopped the printer."""


class RefusedError(Exception):
    """A command is not done; ``why`` has its own text in each dialect."""

    def __init__(self, why: Refusal) -> None:
        super().__init__(why)
        self.why = why


@dataclass
class Identity:
    """What the printer says about itself."""

    serial: str
    model: str = "Primacy"
    firmware: str = "1234"
    head: str = "250001234"


@dataclass
class Memory:
    """The printer's settings; lost or kept over a power cut as ``after_power_on`` says."""

    pem: int = 0
    pem_stored: int = 0
    ribbon: str = "ymcko"
    input_mode: str = "F"
    keep_card: bool = False
    contrast: dict[str, int] = field(default_factory=lambda: dict.fromkeys("ymcko", 10))
    brightness: dict[str, int] = field(default_factory=lambda: dict.fromkeys("ymc", 10))
    speed: dict[str, int] = field(default_factory=lambda: dict.fromkeys("ymcko", 10))

    def after_power_on(self) -> "Memory":
        """Return the memory after power was off: only what is stored durably remains."""
        return Memory(pem=self.pem_stored, pem_stored=self.pem_stored, ribbon=self.ribbon)


class Replies:
    """Read commands; every method wants the machine's lock held."""

    def __init__(self, machine: Machine, identity: Identity, dialect: str) -> None:
        self._machine, self._identity, self._words = machine, identity, words(dialect)
        self._asked_tag = 0
        self.last_answer = "OK"

    def answer(self, name: str, params: tuple[str, ...], memory: Memory) -> str | None:
        """Return the answer, or None when the command is not known."""
        fixed = {
            "Rtp": self._identity.model, "Rsn": self._identity.serial, "Rfv": self._identity.firmware,
            "Rkn": self._identity.head, "Rck": "4D2A", "Rmac": "000000000000", "Rip": "0.0.0.0", "Rzp": "0",
            "Rem": f"{memory.pem};{memory.pem_stored}", "Rr": memory.ribbon, "Rnl": "1016", "Rx": "0", "Ry": "0",
            "Ros": "0", "Roc": "1158", "Rmi": memory.input_mode, "Rfm": "0", "Riem": "0;0",
        }  # fmt: skip
        if name in fixed and not params:
            return fixed[name]
        by_name: dict[str, Callable[[str], str | None]] = {
            "Rcr": lambda _: self._ribbon_state(), "Rrt": self._tag, "Rco": self._counter, "Rlr": self._state,
            "Rse": self._sensor, "Sk": lambda p: ("0" if self._machine.hopper else "3") if p == "f" else None,
            "Rc": lambda p: _number(memory.contrast, p), "Rl": lambda p: _number(memory.brightness, p),
            "Rs": lambda p: _number(memory.speed, p),
            "Rcom": lambda p: "9600;N;8;1;NONE;D" if p in ("1", "2") else None,
        }  # fmt: skip
        return by_name[name](params[0] if params else "") if name in by_name else None

    def _ribbon_state(self) -> str:
        ribbon = self._machine.ribbon
        return "OK" if ribbon is not None and not ribbon.ended else self._words["ribbon_end"]

    def _tag(self, what: str) -> str | None:
        ribbon = self._machine.ribbon
        if what not in ("qty", "count", "zone"):
            return None
        self._asked_tag += 1
        if self._machine.quirks.spurious_ok and self._asked_tag % 2:
            return "OK"
        unreadable = self._machine.take_fault("command", ["tag_unreadable"], command=f"Rrt;{what}") is not None
        if ribbon is None or unreadable:
            raise RefusedError("tag")
        return str({"qty": ribbon.capacity, "count": ribbon.left, "zone": 0}[what])

    def _counter(self, what: str) -> str | None:
        counters, ribbon = self._machine.counters, self._machine.ribbon
        values = {
            "p": counters.cards if self._machine.quirks.count_cards else counters.panels, "c": counters.cards,
            "a": 1000, "m": 1000, "n": counters.cleanings, "l": ribbon.left if ribbon else 0,
            "r": counters.until_cleaning, "b": 0, "e": 0, "f": 0, "i": 0, "k": 0, "s": 0,
        }  # fmt: skip
        return str(values[what]) if what in values else None

    def _state(self, what: str) -> str | None:
        due = self._machine.counters.until_cleaning <= 0
        if what == "p":
            return self._words[_seen(self._machine.position)]
        if what == "h":
            return "NO CARD"
        if what == "c":
            return "NEED CLEANING" if due else "OK"
        if what == "r":
            return "ERR NEED CLEANING" if due and not self.last_answer.startswith("ERR") else self.last_answer
        return self.last_answer if what == "" else None

    def _sensor(self, what: str) -> str | None:
        machine = self._machine
        volts = {
            "o": 0.0 if machine.cover_open else 5.0, "f": 5.0 if machine.hopper else 0.0,
            "n": 3.92 if len(machine.hopper) < 10 else 0.17, "b": 0.2, "c": 2.5, "m": 2.5,
            "p": 5.0 if machine.path else 0.0, "r": 2.5,
        }  # fmt: skip
        return f"{volts[what]:.2f} Volts".replace(".", ",") if what in volts else None


def _number(table: dict[str, int], panel: str) -> str | None:
    return str(table[panel]) if panel in table else None


def _seen(place: Place) -> str:
    """Return which of the positions that have a text the sensor tells."""
    match place:
        case "none" | "feeder":  # a card that has not left the feeder's mouth is before the sensor
            return "none"
        case "contact" | "contactless":
            return place
        case "print" | "encoder" | "flipper" | "transfer" | "eject":
            return "print"
        case _:
            assert_never(place)
