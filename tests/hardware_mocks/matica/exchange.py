"""What both wires of a Matica / XID printer do with a command: planned faults, the act, the reply."""

from collections.abc import Callable
from dataclasses import dataclass

from hardware_mocks.matica.core import Core
from hardware_mocks.matica.words import WAITS
from hardware_mocks.port import Port

COMMAND_FAULTS = ("silence", "reply_lost", "reply_lost_undone", "reply_late", "duplicate_reply", "garbled_reply",
                  "wrong_sequence", "busy", "stall", "cover", "reset", "power_cut", "cable_out", "error",
                  "write_failed", *WAITS)  # fmt: skip
_PACKET = 64


@dataclass(frozen=True)
class Reply:
    """What the printer sends; ``other`` is the same with a wrong sequence number."""

    data: bytes
    other: bytes


class Exchange:
    """Commands in, replies out."""

    def __init__(self, core: Core, port: Port) -> None:
        self._core, self._machine, self._port = core, core.machine, port
        self._late = b""

    def reset(self) -> None:
        """Forget a reply that is late."""
        self._late = b""

    def answer(self, name: str, act: Callable[[str], Reply | None], *, panel: str | None = None) -> None:
        """Let a command be obeyed and its reply go out, unless something is planned for it.

        ``act`` is given the name of the planned fault, empty where there is none: ``write_failed`` is its own business.
        """
        machine = self._machine
        context = {"command": name, "side": machine.side_up, **({"panel": panel} if panel else {})}
        fault = machine.take_fault("command", COMMAND_FAULTS, **context)
        kind = fault.name if fault else ""
        if fault and (kind in WAITS or kind == "error"):
            self._core.apply_fault(fault)
        elif fault and kind in ("power_cut", "cable_out", "cover"):
            machine.apply_fault(fault)
        if kind == "reset":
            self._port.hang_up()
        if kind in ("silence", "reply_lost_undone", "reset", "cable_out"):
            return
        if kind == "busy":
            pressed = machine.button
            machine.cond.wait_for(lambda: not machine.power or machine.button != pressed)
            machine.check()
        reply = act(kind)
        after = machine.take_fault("reply", ("power_cut", "cable_out", "reset"), **context)
        if after and after.name == "reset":
            self._port.hang_up()
        elif after:
            machine.apply_fault(after)
        if reply is not None and not after:
            self._finish(reply, kind)

    def _finish(self, reply: Reply, kind: str) -> None:
        if kind == "stall":
            self._port.stalled = True
        elif kind == "reply_late":
            self._late += reply.data
        elif kind != "reply_lost":
            data = reply.other if kind == "wrong_sequence" else reply.data
            self.send(b"\x07?#" * 4 if kind == "garbled_reply" else data)
            if kind == "duplicate_reply":
                self.send(data)

    def send(self, data: bytes) -> None:
        """Send a reply, unless its connection is over."""
        machine = self._machine
        if machine.quirks.delay:
            machine.wait(machine.quirks.delay)
        if None in self._port.received:
            return
        data, self._late = self._late + data, b""
        size = 2 if machine.quirks.split and not self._port.bus else _PACKET
        for start in range(0, len(data), size):
            self._port.reply(data[start : start + size])

    def data(self, data: bytes) -> None:
        """Send data that come before the reply."""
        for start in range(0, len(data), _PACKET):
            self._port.reply(data[start : start + _PACKET])

    def cut(self, panel: str | None) -> bool:
        """Let happen what is planned for the middle of a panel's bytes; say whether the rest of them is lost."""
        if panel is None or not self._machine.plan.waiting_for("payload"):
            return False
        fault = self._machine.take_fault("payload", ("power_cut", "cable_out", "reset"), panel=panel)
        if fault is None:
            return False
        if fault.name == "reset":
            self._port.hang_up()
        else:
            self._machine.apply_fault(fault)
            self._port.drop_received()
        return True
