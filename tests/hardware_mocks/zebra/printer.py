"""The EPCL firmware of a Zebra or Eltron card printer: commands in, ACK or NACK out, cards printed (sheet 4, 7, 8).

What the sheet could not read is answered as an unknown command (14) or parameter (10) unless a quirk names it:
``knows=MF``, ``ribbon_code=2:ymcko``. Printer-side drawing (T, B, L, C, D, P) and the hologram are unknown here too.
"""

import contextlib
from collections.abc import Callable

import numpy as np

from hardware_mocks.machine import Machine, PrinterFaultError
from hardware_mocks.port import Port
from hardware_mocks.supplies import PANELS
from hardware_mocks.zebra.memory import COLOURS, LOADS, Memory
from hardware_mocks.zebra.raster import Plane, mono_plane
from hardware_mocks.zebra.replies import ACK, NACK, Replies, nack, text
from hardware_mocks.zebra.wires import LIMIT, Broken, Frame, Line, Parser
from hardware_mocks.zebra.words import (
    CANDIDATES,
    CODES,
    DIALECTS,
    INVALID,
    MEDIA,
    NO_ENCODER,
    UNKNOWN,
    CodeError,
    Command,
    split,
)

_SMALL = 256
"""Piece in which image data are looked at while something shall happen in their middle."""
_PACKET = 64
_MOST_MISUSES = 10_000
"""Lines about bad commands in the truth file; a host without end shall not fill a disk."""
_COMMAND_FAULTS = ("silence", "reply_lost", "reply_lost_undone", "reply_late", "duplicate_reply", "garbled_reply",
                   "buffer_full", "busy", "stall", "power_cut", "cable_out")  # fmt: skip
_SPOILS = frozenset({"ribbon_end", "ribbon_type", "head_hot", "rotation"})
"""Conditions after which a card that was begun can still be moved out."""


class Zebra:
    """One printer's firmware. Every method wants the machine's lock held."""

    def __init__(self, machine: Machine, port: Port, model: str, firmware: str, dialect: str) -> None:
        self._machine, self._port = machine, port
        self._dialect = DIALECTS[dialect]
        self._replies = Replies(machine, self._dialect, model, firmware)
        quirks = machine.quirks
        self.memory = Memory(self._dialect)
        line = Line(quirks.input_limit or LIMIT, not quirks.len32_only, not quirks.plain_only, quirks.raw_panels)
        self._parser = Parser(line, self.memory.graphic)
        self.jobs = 0
        self._refused = 0
        self._forget()
        self._motions: dict[str, Callable[[Command], None]] = {
            "IS": self._print_colour, "I": self._print_black, "IV": self._print_varnish, "MO": self._move_out,
            "A": self._print_test, "A1": self._print_test, "IMB": self._print_test, "&E": self._encode,
            "MI": lambda _: self._bring_card(), "MB": self._return, "MF": self._flip, "MS": self._to_chip,
        }  # fmt: skip
        self._settings: dict[str, Callable[[Command], bytes | None]] = {
            ".": self._clear_error, "V": self._replies.version,
            "%CLN": lambda _: self._replies.counters(), "&P": lambda _: self._replies.place(),
            "+X": self._begin_with, "!X": self._beginning, "+EC": self._number(0, 24), "+RB": self._reject_rule,
            "+RIB": self._ribbon_told, "+C": self._number(0, 99), "!R": self._number(1000, 9999),
            "&R": self._encoder, "&CDEW": self._encoder,
            "&CDER": self._encoder, "&SVM": self._encoder, "&B": self._encoder, "$F": self._clear_colours,
            "R": self._reset,
        }  # fmt: skip

    def _forget(self) -> None:
        """Lose what only lives in working memory."""
        self._parser.reset()
        self._parser.initiator = None
        self.memory.clear()
        self._error: int | None = None
        self._wrong = False  # the last command was no good one: the syntax line (sheet 3.1)
        self._last = b""
        self._late = b""
        self._told: frozenset[str] | None = None
        self._rejects = {"encoding": "reject", "printing": "output"}
        self._fresh = True  # whatever is printed next belongs to another job
        self._away = False  # the card passed the head and was not brought back
        self._varnish_cleared = False

    def connected(self) -> None:
        """Begin a new connection: an unfinished command is forgotten."""
        self._parser.reset()
        self.memory.loaded.clear()
        self._fresh = True

    def restart(self) -> None:
        """Begin as after power-on: memory empty, ribbon wound to its next set, the card inside not moved (sheet 9)."""
        self._forget()
        self._machine.finish_ribbon_set()

    # -- what the wire sees ----------------------------------------------------------------------------------------

    def port_status(self) -> int:
        """The byte of GET_PORT_STATUS: the two error lines as bits 5 and 3 (sheet 3, 3.1)."""
        if self._error is None:
            return 0x10 if self._wrong else 0x18
        return 0x38 if self._error in MEDIA else 0x30

    def receive(self, data: bytes) -> None:
        """Work on received bytes until more are needed.

        :raises PowerLostError: power fails meanwhile.
        """
        piece = _SMALL if self._machine.plan.waiting_for("payload") else max(1, len(data))
        for start in range(0, len(data), piece):
            self._parser.push(data[start : start + piece])
            while (item := self._parser.next()) is not None:
                self._port.busy = True
                try:
                    self._obey(item)
                finally:
                    self._machine.moving = self._port.busy = False
                    self._machine.changed()
            if self._cut_in_panel():
                return

    def _cut_in_panel(self) -> bool:
        """Let happen what is planned for the middle of image data; say whether the rest of the bytes is lost."""
        if not self._machine.plan.waiting_for("payload") or (panel := self._parser.half_of) is None:
            return False
        fault = self._machine.take_fault("payload", ("power_cut", "cable_out"), panel=panel)
        if fault is None:
            return False
        self._machine.apply_fault(fault)
        self._parser.reset()
        self._port.drop_received()
        return True

    # -- commands and replies --------------------------------------------------------------------------------------

    def _obey(self, item: Frame | Broken) -> None:
        if isinstance(item, Broken):
            self._refuse(item.reason)
            if not item.silent:
                self._answer(NACK if item.code is None else nack(item.code))
            return
        try:
            command = split(item.text)
        except CodeError as error:
            self._refuse(str(error))
            self._answer(nack(error.code))
            return
        graphic = self.memory.graphic(item.text)
        context = {"command": command.line, "card": str(self._machine.ordinal), "side": self._machine.side_up}
        if graphic is not None:
            context["panel"] = graphic.panel
        fault = self._machine.take_fault("command", _COMMAND_FAULTS, **context)
        kind = fault.name if fault else ""
        if fault and kind in ("power_cut", "cable_out"):
            self._machine.apply_fault(fault)
        elif kind == "buffer_full":
            self._answer(NACK)
        elif kind not in ("silence", "reply_lost_undone"):
            if kind == "busy":
                self._wait_for_button()
            self._act(command, kind, context)

    def _act(self, command: Command, kind: str, context: dict[str, str]) -> None:
        if self._machine.quirks.ack_early and self._error is None and self._is_good_motion(command):
            self._finish(ACK, kind, context)
            self._move(command)
        else:
            self._finish(self._do(command), kind, context)

    def _is_good_motion(self, command: Command) -> bool:
        if command.name not in self._motions or not self._knows(command):
            return False
        if command.name == "IS":
            return len(command.params) == 1 and command.params[0] in COLOURS
        if command.name == "IV" and self._dialect.varnish_is_mono:
            return False
        return not command.params or command.name == "&E" or (command.name, command.params) == ("I", ("10",))

    def _finish(self, reply: bytes | None, kind: str, context: dict[str, str]) -> None:
        after = self._machine.take_fault("reply", ("power_cut", "cable_out"), **context)
        if after:
            self._machine.apply_fault(after)
        self._wrong = self._error is None and (reply or b"")[:2] in (NACK + b"1", NACK + b"2", NACK + b"3")
        if reply is not None and context["command"] != "E":
            self._last = reply
        if kind == "stall":
            self._port.stalled = True
        elif kind == "reply_late":
            self._late += reply or b""
        elif kind != "reply_lost" and reply is not None:
            self._send(b"\x07?#" if kind == "garbled_reply" else reply)
            if kind == "duplicate_reply":
                self._send(reply)

    def _answer(self, reply: bytes) -> None:
        self._last = reply
        self._send(reply)

    def _send(self, data: bytes) -> None:
        quirks = self._machine.quirks
        if quirks.delay:
            self._machine.wait(quirks.delay)
        data, self._late = self._late + data, b""
        size = 2 if quirks.split else _PACKET
        for start in range(0, len(data), size):
            self._port.reply(data[start : start + size])

    def _refuse(self, why: str) -> None:
        self._wrong = True
        self._refused += 1
        if self._refused <= _MOST_MISUSES:
            self._machine.truth.write("protocol", text=why)

    def _wait_for_button(self) -> None:
        pressed = self._machine.button
        self._machine.cond.wait_for(lambda: not self._machine.power or self._machine.button != pressed)
        self._machine.check()

    def _knows(self, command: Command) -> bool:
        quirks = self._machine.quirks
        if command.name in quirks.lacks or command.line in quirks.lacks:
            return False
        if command.name == "+RB" and self._dialect.rejects:
            return True
        return command.name not in CANDIDATES or command.name in quirks.knows

    def _do(self, command: Command) -> bytes | None:
        """Carry out one command and return its reply; None when it has none."""
        try:
            if command.name in self._motions and self._knows(command):
                if not self._is_good_motion(command):
                    raise CodeError(INVALID, "parameters that the sheet does not show")
                code = self._move(command) if self._error is None else self._error
                return ACK if code is None else nack(code)
            if command.name == "E":
                return self._last or None
            if command.name in LOADS and self._knows(command):
                self._load(command)
                return ACK
            if command.name in self._settings and self._knows(command):
                return self._settings[command.name](command)
            raise CodeError(UNKNOWN, f"unknown command {command.name}")
        except CodeError as error:
            self._refuse(f"{command.name}: {error}")
            return nack(error.code)

    def _move(self, command: Command) -> int | None:
        """Carry out a motion; return the code of what stopped it. An error stays until ``.`` (sheet 8)."""
        try:
            self._motions[command.name](command)
        except CodeError as error:
            self._refuse(f"{command.name}: {error}")
            return error.code
        except PrinterFaultError as fault:
            self._error = self._code(fault.kind)
            if fault.kind in _SPOILS and self._dialect.rejects and self._machine.path:
                with contextlib.suppress(PrinterFaultError):
                    self._leave(self._rejects["encoding" if command.name == "&E" else "printing"])
            return self._error
        return None

    def _code(self, kind: str) -> int:
        ribbon = self._machine.ribbon
        if kind == "ribbon_end" and (ribbon is None or ribbon.cut):
            kind = "ribbon_cut"
        return CODES[kind]

    # -- settings and questions ------------------------------------------------------------------------------------

    def _clear_error(self, _: Command) -> bytes:
        self._error = None
        return ACK

    def _begin_with(self, command: Command) -> bytes:
        byte = command.data[0]
        if byte > 0x20:
            self._parser.initiator = byte
            return ACK
        if byte not in (0x0D, 0x20):
            self._parser.initiator = None
        return nack(INVALID)

    def _beginning(self, _: Command) -> bytes | None:
        byte = self._parser.initiator
        return None if byte is None else text(self._machine, chr(byte))

    def _number(self, least: int, most: int) -> Callable[[Command], bytes]:
        def check(command: Command) -> bytes:
            if len(command.params) != 1 or not least <= int(command.params[0]) <= most:
                raise CodeError(INVALID, f"one number from {least} to {most}")
            if command.name == "!R":
                self._machine.truth.write("odd", text="the resistance of the print head was changed")
            return ACK

        return check

    def _reject_rule(self, command: Command) -> bytes:
        what, where = command.params
        box = "reject" if where == "1" else "output"
        for name in {"0": ("encoding", "printing"), "1": ("encoding",), "2": ("printing",)}[what]:
            self._rejects[name] = box
        return ACK

    def _ribbon_told(self, command: Command) -> bytes:
        known = {"4": frozenset({"k", "ko"})} | {
            code: frozenset({kind}) for code, kind in self._machine.quirks.ribbon_codes.items()
        }
        if len(command.params) != 1 or command.params[0] not in known:
            raise CodeError(INVALID, "no known ribbon type")
        self._told = known[command.params[0]]
        return ACK

    def _encoder(self, _: Command) -> bytes:
        if self._machine.quirks.no_encoder:
            raise CodeError(NO_ENCODER, "no encoder answers")
        return ACK

    def _clear_colours(self, _: Command) -> bytes:
        self.memory.clear_colours()
        return ACK

    def _reset(self, _: Command) -> bytes:
        self.restart()
        return ACK

    # -- image memory ----------------------------------------------------------------------------------------------

    def _load(self, command: Command) -> None:
        if command.name == "F" and not self._machine.path:
            self.memory.loaded.clear()  # what was loaded before belongs to a job that never had a card
        before = dict(self.memory.loaded)
        self.memory.load(command)
        self._varnish_cleared |= command.name == "vF"
        if self._machine.path and not self._fresh:
            for panel in self.memory.loaded.keys() - before.keys():
                self._intend(panel)

    def _intend(self, panel: str) -> None:
        """Note what this job wants on the card: a colour buffer that was loaded means all three colours."""
        card, side = self._machine.path[0], self._machine.side_up
        for one in "ymc" if panel in ("y", "m", "c") else (panel,):
            if (side, one) not in card.intended.get(self.jobs, []):
                self._machine.intend(side, one, self.jobs)

    # -- motions ---------------------------------------------------------------------------------------------------

    def _bring_card(self) -> None:
        """Have a card under the head, a new one if none is inside (sheet 7.2); it begins a job."""
        machine = self._machine
        ribbon = machine.ribbon
        if not machine.path or machine.position == "feeder":
            machine.check_ribbon(ribbon.kind if ribbon is not None else "")
            machine.feed()
            self._fresh, self._away = True, False
        if self._fresh:
            self._fresh = False
            self.jobs += 1
            machine.truth.write("job", job=self.jobs)
            for panel in self.memory.loaded:
                self._intend(panel)
            coloured = not self.memory.loaded.keys().isdisjoint("ymc")
            if self._varnish_cleared and coloured and ribbon is not None and "o" in PANELS[ribbon.kind]:
                self._intend("o")

    def _lay(self, plane: Plane) -> None:
        machine = self._machine
        ribbon = machine.ribbon
        if ribbon is not None and (
            plane.panel not in PANELS[ribbon.kind] or (self._told is not None and ribbon.kind not in self._told)
        ):
            raise PrinterFaultError("ribbon_type")
        self._bring_card()
        if self._away:
            machine.truth.write("odd", text="printed again without bringing the card back")
            self._away = False
        self._intend(plane.panel)
        machine.lay(machine.side_up, plane.panel, plane, self.jobs)
        self.memory.loaded.pop(plane.panel, None)

    def _print_colour(self, command: Command) -> None:
        self._lay(self.memory.colour(command.params[0]))

    def _print_black(self, command: Command) -> None:
        self._lay(self.memory.black())
        self._away = not command.params

    def _print_varnish(self, _: Command) -> None:
        self._lay(self.memory.varnish())

    def _print_test(self, _: Command) -> None:
        self._lay(mono_plane("k", np.ones((self._dialect.lines, self._dialect.dots), np.bool_)))
        self._move_out(Command("MO"))

    def _move_out(self, _: Command) -> None:
        self._leave("output")

    def _leave(self, where: str) -> None:
        self._machine.eject(where)
        self._machine.finish_ribbon_set()
        self.memory.loaded.clear()
        self._fresh, self._away, self._varnish_cleared = True, False, False

    def _encode(self, command: Command) -> None:
        self._encoder(command)
        self._bring_card()
        self._machine.to_station("encoder")

    def _return(self, _: Command) -> None:
        self._machine.to_station("print")
        self._away = False

    def _flip(self, _: Command) -> None:
        self._bring_card()
        self._machine.turn("back" if self._machine.side_up == "front" else "front")
        self._away = False

    def _to_chip(self, _: Command) -> None:
        self._bring_card()
        self._machine.to_station("contact")
