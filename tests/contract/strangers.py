"""Devices that are no printer of ours: noise, answers without end, answers that another printer once gave.

They take no real time. Each reading puts the drivers' clock forward, so that whoever reads on until the deadline reads
a lot, and is found out by how much.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar, cast

from contract.manners import Clock
from contract.presses import PRESSES, card_for, family_named
from drivers.deadline import Deadline
from drivers.errors import DriverError
from drivers.printer import Confirmation, Counters, Identity, Status
from drivers.transports.trace import Trace, TracedTransport, TracedUsb

if TYPE_CHECKING:
    from drivers.transports.usb import UsbTransport

T = TypeVar("T")
NAME = "N-1"
_PACKET = 4096
_TICK = 0.001  # seconds for a packet


class Stranger:
    """A device that takes everything and answers from a list, whole packets at a time.

    :param answers: given one after the other, however little was asked.
    :param endless: begins anew when all were given.
    :param asked: gives one answer for each thing that is sent.
    :param port: USB port statuses, the last one for ever.
    """

    settle = 0.0
    serial_number = NAME

    def __init__(
        self,
        clock: Clock,
        answers: Sequence[bytes],
        *,
        endless: bool = False,
        asked: bool = False,
        port: Sequence[int | None] = (0x18,),
    ) -> None:
        self._clock = clock
        self._answers = [one for one in answers if one]
        self._endless, self._asked, self._port = endless, asked, list(port)
        self._next = self._due = 0
        self.given = b""
        self.taken: list[bytes] = []

    def write(self, data: bytes, deadline: Deadline) -> None:
        self.taken.append(data)
        self._due += 1

    def read(self, deadline: Deadline) -> bytes:
        self._clock.skip(_TICK)
        if self._endless and self._next == len(self._answers):
            self._next = 0
        if self._next == len(self._answers) or (self._asked and not self._due):
            self._clock.skip(deadline.remaining)
            return b""
        self._due -= 1
        self._next += 1
        told = self._answers[self._next - 1][:_PACKET]
        self.given += told
        return told

    def port_status(self) -> int | None:
        self._clock.skip(_TICK)
        return self._port.pop(0) if len(self._port) > 1 else self._port[0]

    def reset_storage(self) -> None:
        pass

    def close(self) -> None:
        pass


@dataclass
class Asked:
    """What a driver made of a stranger.

    :param refused: errors of all questions and of printing.
    :param most: most bytes that were read for one question.
    :param trace: lines of the trace.
    """

    refused: list[DriverError] = field(default_factory=list)
    most: int = 0
    identity: Identity | None = None
    status: Status | None = None
    found: Confirmation | None = None
    trace: list[dict[str, Any]] = field(default_factory=list)

    @property
    def heard(self) -> bytes:
        """What came, by the trace."""
        return b"".join(bytes.fromhex(line["in"]) for line in self.trace if "in" in line)


def ask_everything(name: str, stranger: Stranger, *, usb: bool, seconds: float = 5.0) -> Asked:
    """Ask a stranger everything that a shop would, and print on it."""
    family, card, told, lines = family_named(name), card_for(name), Asked(), io.StringIO()

    def put(question: Callable[[Deadline], T]) -> T | None:
        before = len(stranger.given)
        try:
            return question(Deadline.after(seconds))
        except DriverError as refused:
            told.refused.append(refused)
            return None
        finally:
            told.most = max(told.most, len(stranger.given) - before)

    trace = Trace(lines)
    wire = TracedUsb(cast("UsbTransport", stranger), trace) if usb else TracedTransport(stranger, trace)
    printer = family.connect(wire, family.models[PRESSES[name].model])
    told.identity = put(printer.identify)
    told.status = put(printer.status)
    put(printer.counters)
    put(lambda deadline: printer.print(card, deadline))
    told.found = put(lambda deadline: printer.confirm(Counters(cards=1, panels=1), card, deadline))
    told.trace = [json.loads(line) for line in lines.getvalue().splitlines()]
    printer.close()
    return told


def faces_of(name: str) -> list[str]:
    """Return how a family's driver can be spoken to by a stranger: as a stream, on USB."""
    wires = family_named(name).wires
    return [face for face, there in (("stream", set(wires) & {"serial", "tcp"}), ("usb", "usb" in wires)) if there]
