"""A printer that says again what another one said: a recorded dialogue, in order, strict about what it is sent.

A trace is JSON lines, one for each thing that went over a wire, as a technician's ``printers test`` leaves them:
``out`` bytes in hexadecimal that were sent, or the first of them with ``bytes`` and ``sha256`` of all; ``in`` bytes
that came; ``port`` a printer-class status; ``device_id``; ``reset`` of mass storage; ``error`` what the wire did
instead.
Whatever else is sent is told with both sides' bytes, and the printer leaves the wire.
"""

import errno
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from hardware_mocks.machine import Machine
from hardware_mocks.port import Port
from hardware_mocks.printer import Setup, SimulatedPrinter
from hardware_mocks.wires.usb_model import PACKET, UsbError

_SHOWN = 48  # bytes of each side that a deviation shows
_WAIT_SECONDS = 10.0
Kind = Literal["out", "in", "port", "reset", "gone", "stall"]


class TraceError(ValueError):
    """A trace cannot be read, or holds something that cannot be said again."""


@dataclass(frozen=True)
class Step:
    """One thing that goes over the wire; ``line`` of the trace, from 1.

    :param data: the bytes, or the first of them.
    :param size: of all bytes.
    :param digest: SHA-256 of all where ``data`` are the first only.
    :param port: the status byte, ``None``: the printer does not tell.
    """

    line: int
    kind: Kind
    data: bytes = b""
    size: int = 0
    digest: str = ""
    port: int | None = None


@dataclass(frozen=True)
class Dialogue:
    """A whole trace; ``device_id`` where it was asked for."""

    steps: tuple[Step, ...]
    device_id: str | None = None


def read_trace(path: Path) -> Dialogue:
    """Read a trace.

    :raises TraceError: a line is none, or cannot be said again.
    """
    steps: list[Step] = []
    device_id: str | None = None
    for number, text in enumerate(path.read_text(encoding="ascii", errors="replace").splitlines(), start=1):
        try:
            line = json.loads(text)
            if line.get("full"):
                break  # it became too long, and was not written further
            if "device_id" in line:
                device_id = str(line["device_id"])
            elif "ms" in line:
                steps.append(_step(number, line))
        except TraceError:
            raise
        except (ValueError, TypeError, AttributeError, KeyError) as error:
            msg = f"line {number} of {path.name} is no line of a trace ({error})"
            raise TraceError(msg) from error
    if not steps:
        msg = f"{path.name} holds no dialogue"
        raise TraceError(msg)
    return Dialogue(tuple(steps), device_id)


def _step(number: int, line: dict[str, object]) -> Step:
    if "out" in line:
        data = bytes.fromhex(str(line["out"]))
        if "sha256" in line:
            return Step(number, "out", data, int(str(line["bytes"])), str(line["sha256"]))
        return Step(number, "out", data, len(data))
    if "in" in line:
        data = bytes.fromhex(str(line["in"]))
        return Step(number, "in", data, len(data))
    if "port" in line:
        return Step(number, "port", port=None if line["port"] is None else int(str(line["port"])) & 0xFF)
    if "reset" in line:
        return Step(number, "reset")
    kinds: dict[object, Kind] = {"GoneError": "gone", "NoReplyError": "stall"}
    if line.get("error") in kinds:
        return Step(number, kinds[line["error"]])
    msg = (
        f"line {number} cannot be said again: {line.get('error', 'it is unknown')}. "
        "A write that stalled does not tell how much was taken"
    )
    raise TraceError(msg)


class Replay:
    """The firmware that follows a dialogue. Every method wants the machine's lock held."""

    def __init__(self, machine: Machine, port: Port, dialogue: Dialogue, told: Callable[[str], None]) -> None:
        self._machine, self._port, self._steps, self._told = machine, port, dialogue.steps, told
        self.deviation = ""
        self.at = 0
        self._taken, self._hash = 0, hashlib.sha256()
        self._head = b""

    @property
    def done(self) -> bool:
        """Whether everything was said."""
        return self.at == len(self._steps)

    @property
    def waits_for(self) -> str:
        """Say what the dialogue goes on with."""
        return "nothing more" if self.done else _say(self._steps[self.at])

    def connected(self) -> None:
        """Begin a connection; where the dialogue before was followed to its end, it begins anew."""
        if not self.done and self._steps[self.at].kind == "reset":
            self.at += 1
        elif (self.at or self._taken) and not self.done:
            self._deviate("a new connection or a reset")
        else:
            self.at = 0
        self._answer()

    def restart(self) -> None:
        """Go on: a recorded printer has no power of its own."""

    def receive(self, data: bytes) -> None:
        """Take what is sent, as far as the trace goes with it."""
        while data and not self.deviation:
            step = None if self.done else self._steps[self.at]
            if step is None or step.kind != "out":
                self._deviate(_bytes(data, len(data)))
                return
            if self._goes_away():
                return
            part, data = data[: step.size - self._taken], data[step.size - self._taken :]
            if self._is_other(step, part):
                return
            if self._taken == step.size:
                if step.digest and self._hash.hexdigest() != step.digest:
                    self._deviate(f"{_bytes(self._head, step.size)} with SHA-256 {self._hash.hexdigest()}")
                    return
                self._next()
                self._answer()

    def _is_other(self, step: Step, part: bytes) -> bool:
        """Take a part of what a step sends; tell where it is not that."""
        known = step.data[self._taken : self._taken + len(part)]
        self._head = (self._head + part)[:_SHOWN]
        if known != part[: len(known)]:
            same = next(at for at, (ours, theirs) in enumerate(zip(known, part, strict=False)) if ours != theirs)
            self._deviate(f"{_bytes(self._head, self._taken + len(part))}, different from byte {self._taken + same}")
            return True
        self._taken += len(part)
        self._hash.update(part)
        return False

    def _next(self) -> None:
        self.at += 1
        self._taken, self._hash, self._head = 0, hashlib.sha256(), b""
        self._machine.changed()

    def _answer(self) -> None:
        """Say what comes before the next thing that is sent or asked."""
        while not self.done and not self.deviation:
            step = self._steps[self.at]
            if step.kind == "in":
                self._reply(step.data)
            elif step.kind == "stall":
                self._port.halt()
            elif step.kind == "gone":
                self._machine.set_cable(plugged=False)
            else:
                return
            self._next()

    def _goes_away(self) -> bool:
        """Leave the wire where the trace's printer did not take what was sent."""
        following = self._steps[self.at + 1 : self.at + 2]
        if not following or following[0].kind != "gone":
            return False
        self.at += 2
        self._machine.set_cable(plugged=False)
        return True

    def _reply(self, data: bytes) -> None:
        if not self._port.bus:
            self._port.reply(data)
            return
        for start in range(0, len(data), PACKET):
            self._port.reply(data[start : start + PACKET])
        if len(data) % PACKET == 0:
            self._port.reply(b"")  # without a short packet the read that it ended would go on waiting

    def port_status(self) -> int:
        """Answer GET_PORT_STATUS as the trace does now.

        :raises UsbError: the trace does not tell it.
        """
        self._machine.cond.wait_for(lambda: not self._port.received or bool(self.deviation), _WAIT_SECONDS)
        step = None if self.done else self._steps[self.at]
        if step is None or step.kind != "port":
            self._deviate("the question for the port status")
            raise UsbError(errno.ENODEV)
        self._next()
        self._answer()
        if step.port is None:
            raise UsbError(errno.EPIPE)
        return step.port

    def _deviate(self, sent: str) -> None:
        if not self.deviation:
            self.deviation = f"the dialogue goes on with {self.waits_for}; it was sent {sent}"
            self._told(self.deviation)
            self._machine.set_cable(plugged=False)


class ReplayedPrinter(SimulatedPrinter):
    """A printer that follows a trace.

    :param setup: its ``family`` gives the face on USB, ``serial`` the serial number there.
    :param told: hears of a deviation, once.
    """

    def __init__(self, trace: Path, setup: Setup, told: Callable[[str], None] = lambda text: None) -> None:
        dialogue = read_trace(trace)
        super().__init__(setup)
        self.replay = Replay(self.machine, self.port, dialogue, told)
        face = self.family.usb
        if dialogue.device_id is not None:
            escaped = dialogue.device_id.replace("{", "{{").replace("}", "}}")
            face = replace(face, device_id=escaped)
        face = replace(face, port_status=lambda _machine, _firmware: self.replay.port_status())
        self.family = replace(self.family, usb=face, datagrams=False)
        self.language = self.replay

    def verdict(self) -> str:
        """Say in what the dialogue differed, or that it broke off; an empty text: it was followed to its end."""
        if self.replay.deviation or self.replay.done:
            return self.replay.deviation
        return f"the dialogue was not followed to its end: it goes on with {self.replay.waits_for}"


def _say(step: Step) -> str:
    words = {"in": "an answer", "port": "a question for the port status", "reset": "a reset of mass storage",
             "gone": "an end of the connection", "stall": "a stall"}  # fmt: skip
    if step.kind != "out":
        return f"line {step.line}, {words[step.kind]}"
    more = f" with SHA-256 {step.digest}" if step.digest else ""
    return f"line {step.line}, {_bytes(step.data, step.size)}{more}"


def _bytes(data: bytes, size: int) -> str:
    shown = data[:_SHOWN]
    rest = f" and {size - len(shown)} bytes more" if size > len(shown) else ""
    return f"{shown.hex()} ({shown.decode('ascii', 'backslashreplace')!r}){rest}"
