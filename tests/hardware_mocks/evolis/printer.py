"""The Evolis language: commands in, replies out, acting on the physical printer (protocol sheet 2.3, 3, 5, 6, 8)."""

from collections.abc import Callable

from hardware_mocks.evolis.raster import Bitmap, RasterError, filled, load_compressed, load_plain
from hardware_mocks.evolis.replies import Identity, Memory, RefusedError, Replies
from hardware_mocks.evolis.wires import Broken, Command, Parser
from hardware_mocks.evolis.words import KC_ONLY, words
from hardware_mocks.machine import (
    Condition,
    Machine,
    PowerLostError,
    PrinterFaultError,
    RetransferCondition,
    Station,
)
from hardware_mocks.port import Port

RIBBON_NAMES = {
    **{name: name for name in ("ymcko", "ymckos", "ymckok", "k", "ko", "kw", "kr", "kbl", "kgr", "kgo", "ksi", "ksc",
                               "h", "ho")},
    "kb": "k",
}  # fmt: skip
_ACCEPTED = ("Pdt", "Ppws", "Mr", "Pcem", "Pcrm", "Psmgr", "Pbc", "Pps", "Pwr", "Pmk", "Ppk", "Pbm", "Prm", "Px", "Py",
             "Poc", "Pos", "Piem", "Scs", "Sdm")  # fmt: skip
"""Commands that are taken and change nothing that matters here."""
_SMALL = 256
"""Piece in which a payload is looked at while something shall happen in its middle; less than any panel."""
_SPOILS = frozenset({"ribbon_end", "jam", "cover_open"})
"""Conditions after which a half-printed card cannot be continued."""
_COMMAND_FAULTS = ("silence", "reply_lost", "reply_lost_undone", "duplicate_reply", "garbled_reply", "busy", "stall",
                   "power_cut", "cable_out")  # fmt: skip


class Evolis:
    """One printer's firmware. Every method wants the machine's lock held."""

    def __init__(self, machine: Machine, port: Port, identity: Identity, dialect: str = "kc") -> None:
        self._machine, self._port, self._dialect = machine, port, dialect
        self._words = words(dialect)
        self._replies = Replies(machine, identity, dialect)
        self.parser = Parser()
        self.jobs = 0
        self.memory = Memory(ribbon=machine.ribbon.kind if machine.ribbon else "ymcko")
        self._forget()
        self._actions: dict[str, Callable[[Command], None]] = {
            "Pem": self._set_pem, "Pr": self._set_ribbon, "Pmi": self._set_input, "Pcim": self._set_input,
            "Pc": self._set_level, "Pl": self._set_level, "Ps": self._set_level, "Pneab": self._set_ejection,
            "Si": lambda _: self._machine.feed(), "Sis": lambda _: self._station("contact"),
            "Sic": lambda _: self._station("contactless"), "Sie": self._feed_and_eject,
            "Sfr": lambda _: self._machine.turn("back" if self._machine.side_up == "front" else "front"),
            "Se": self._end, "Ser": lambda _: self._reject(), "Seb": lambda _: self._reject(),
            "Ss": self._begin, "Sr": lambda _: self._set_side("front"), "Sv": lambda _: self._set_side("back"),
            "Db": self._download, "Dbc": self._download, "Wcb": self._fill, "Srs": lambda _: self.restart(),
        }  # fmt: skip

    def _forget(self) -> None:
        """Lose what only lives in working memory."""
        self.parser.reset()
        self._bitmaps: dict[str, Bitmap] = {}
        self._side = "front"
        self._in_job = False
        self._pending: tuple[str, str, Bitmap] | None = None
        self._done: list[tuple[str, str, Bitmap]] = []
        self._wanted: list[tuple[str, str]] = []

    def connected(self) -> None:
        """Begin a new connection: an unfinished command is forgotten."""
        self.parser.reset()

    def restart(self) -> None:
        """Begin as after power-on: Pem as stored, bitmaps lost (protocol sheet 6.4). The card inside is not moved."""
        self.memory = self.memory.after_power_on()
        self._forget()

    # -- bytes and commands ----------------------------------------------------------------------------------------

    def receive(self, data: bytes) -> None:
        """Work on received bytes until more are needed.

        :raises PowerLostError: power fails meanwhile.
        """
        piece = _SMALL if self._machine.plan.waiting_for("payload") else max(1, len(data))
        for start in range(0, len(data), piece):
            self.parser.push(data[start : start + piece])
            if self._cut_in_download():
                return
            while (item := self.parser.next()) is not None:
                self._port.busy = True
                try:
                    self._obey(item)
                finally:
                    self._machine.moving = self._port.busy = False
                    self._machine.changed()

    def _cut_in_download(self) -> bool:
        """Let happen what is planned for the middle of a payload; say whether the rest of the bytes is lost."""
        if (download := self.parser.download) is None or not self._machine.plan.waiting_for("payload"):
            return False
        header, have, need = download
        if have * 2 < need:
            return False
        fault = self._machine.take_fault("payload", ("power_cut", "cable_out"), panel=header.params[0])
        if fault is None:
            return False
        self._machine.apply_fault(fault)
        self.parser.reset()
        self._port.drop_received()
        return True

    def _obey(self, item: Command | Broken) -> None:
        if isinstance(item, Broken):
            self._machine.truth.write("protocol", text=item.reason)
            self._send(self._words["unknown" if item.unknown else "parameter"])
            return
        context = {"command": item.line}
        if item.name in ("Db", "Dbc"):
            context["panel"] = item.params[0]
        # Settled now: the command may feed or eject, and "card=" means the card as it was when the command came.
        context["card"] = str(self._machine.ordinal)
        fault = self._machine.take_fault("command", _COMMAND_FAULTS, **context)
        kind = fault.name if fault else ""
        if kind in ("silence", "reply_lost_undone"):
            return
        if fault and kind in ("power_cut", "cable_out"):
            self._machine.apply_fault(fault)
            return
        if kind == "busy":
            self._wait_for_button()
        text = self._do(item)
        after = self._machine.take_fault("reply", ("power_cut", "cable_out"), **context)
        if after:
            self._machine.apply_fault(after)
        if kind == "stall":
            self._port.stalled = True
        elif kind != "reply_lost":
            is_read = item.name[0] == "R" or item.name == "Sk"
            if is_read or self.memory.pem != 0 or not self._machine.quirks.silent_pem0:
                self._send("\x07?#" if kind == "garbled_reply" else text)
                if kind == "duplicate_reply":
                    self._send(text)

    def _wait_for_button(self) -> None:
        pressed = self._machine.button
        while self._machine.power and self._machine.button == pressed:
            self._machine.cond.wait()
        if not self._machine.power:
            raise PowerLostError

    def _do(self, command: Command) -> str:
        """Carry out one command and return the text of its reply."""
        try:
            if self._is_missing(command):
                return self._words["unknown"]
            if command.name in self._actions:
                self._actions[command.name](command)
                text = "OK"
            elif command.name in _ACCEPTED:
                text = "OK"
            else:
                answer = self._replies.answer(command.name, command.params, self.memory)
                return self._words["unknown"] if answer is None else answer
        except RefusedError as refused:
            if refused.why == "option":
                self._abandon()
            text = self._words[refused.why]
        except PrinterFaultError as fault:
            self._abandon()
            text = self._words[fault.kind]
        self._replies.last_answer = text
        return text

    def _is_missing(self, command: Command) -> bool:
        missing = [*self._machine.quirks.lacks, *(KC_ONLY if self._dialect == "classic" else ())]
        return any(command.line == name or command.line.startswith(name + ";") for name in missing)

    def _send(self, text: str) -> None:
        quirks = self._machine.quirks
        if quirks.delay:
            self._machine.wait(quirks.delay)
        data = text.encode("latin-1") + (b"\x00" if quirks.nul else b"")
        for packet in [data[index : index + 2] for index in range(0, len(data), 2)] if quirks.split else [data]:
            self._port.reply(packet)

    # -- settings --------------------------------------------------------------------------------------------------

    def _set_pem(self, command: Command) -> None:
        if not command.params or command.params[0] not in ("0", "2"):
            raise RefusedError("parameter")
        self.memory.pem = int(command.params[0])
        if command.params[1:] == ("s",):
            self.memory.pem_stored = self.memory.pem

    def _set_ribbon(self, command: Command) -> None:
        if not command.params or command.params[0] not in RIBBON_NAMES:
            raise RefusedError("parameter")
        self.memory.ribbon = RIBBON_NAMES[command.params[0]]

    def _set_input(self, command: Command) -> None:
        mode = command.params[0] if command.params else ""
        if mode == "I" and command.name == "Pcim":
            raise RefusedError("option")  # no bezel on this machine
        if mode not in ("F", "M", "B"):
            raise RefusedError("parameter")
        self.memory.input_mode = mode

    def _set_level(self, command: Command) -> None:
        table = {"Pc": self.memory.contrast, "Pl": self.memory.brightness, "Ps": self.memory.speed}[command.name]
        panel, operator, number = (*command.params, "", "", "")[:3]
        if (panel != "a" and panel not in table) or operator not in ("+", "-", "="):
            raise RefusedError("parameter")
        if not number.isdigit() and (number or operator != "="):
            raise RefusedError("parameter")
        for key in table if panel == "a" else (panel,):
            step = int(number or 10)
            table[key] = {"+": table[key] + step, "-": table[key] - step, "=": step}[operator]

    def _set_ejection(self, command: Command) -> None:
        if command.params not in (("E",), ("A", "0"), ("A", "1")):
            raise RefusedError("parameter")
        self.memory.keep_card = command.params != ("A", "1")

    def _set_side(self, side: str) -> None:
        self._side = side

    # -- the job ---------------------------------------------------------------------------------------------------

    def _begin(self, _: Command) -> None:
        self._pending, self._done, self._wanted, self._side = None, [], [], "front"
        self.jobs += 1
        self._in_job = True
        self._machine.just_booted = False
        self._machine.truth.write("job", job=self.jobs)
        self._guard(lambda: self._machine.check_ribbon(self.memory.ribbon))
        self._machine.wait("sync")
        if not self._machine.quirks.feed_at_panel:
            self._guard(self._take_card)

    def _take_card(self) -> None:
        """Feed as the input mode says: B feeds only when nothing is inside (protocol sheet 5.2)."""
        if self._machine.path and self._machine.position != "feeder" and self.memory.input_mode == "B":
            self._machine.to_station("print")
            return
        if self.memory.input_mode == "M":
            raise PrinterFaultError("feeder_empty")  # nobody puts cards into the manual slot
        self._machine.feed()

    def _station(self, station: Station) -> None:
        if not self._machine.path or self._machine.position == "feeder":
            self._guard(self._machine.feed)
        self._guard(lambda: self._machine.to_station(station))

    def _feed_and_eject(self, _: Command) -> None:
        self._machine.feed()
        self._machine.eject("output")

    def _download(self, command: Command) -> None:
        panel, levels = command.params[0], int(command.params[1])
        load = load_plain if command.name == "Db" else load_compressed
        try:
            bitmap = load(panel, levels, command.payload or b"")
        except RasterError as error:
            self._machine.truth.write("protocol", text=str(error))
            raise RefusedError("parameter") from error
        self._loaded(panel, bitmap)

    def _fill(self, command: Command) -> None:
        panel, value = (*command.params, "0")[:2]
        if panel not in ("y", "m", "c", "k", "o", "a") or not value.isdigit() or int(value) > 255:
            raise RefusedError("parameter")
        for key in "ymcko" if panel == "a" else panel:
            self._bitmaps[key] = filled(key, int(value))
        if panel != "a":
            self._loaded(panel, self._bitmaps[panel])

    def _loaded(self, panel: str, bitmap: Bitmap) -> None:
        """Take a bitmap into memory; inside a job it is to be printed, and the one before it is printed now."""
        self._bitmaps[panel] = bitmap
        if not self._in_job:
            return
        if self._machine.quirks.feed_at_panel and self._pending is None and not self._done:
            self._guard(self._take_card)
        self._wanted.append((self._side, panel))
        self._machine.intend(self._side, panel, self.jobs)
        self._print_pending()
        self._pending = (self._side, panel, bitmap)

    def _print_pending(self) -> None:
        if self._pending is None:
            return
        side, panel, bitmap = self._pending
        if panel == "o" and not any(other in "ymc" for _, other, _ in self._done) and self.memory.ribbon != "ko":
            self._machine.truth.write("odd", text="overlay laid before any colour")
        self._guard(lambda: self._machine.lay(side, panel, bitmap, self.jobs))
        self._done.append(self._pending)
        self._pending = None

    def _end(self, _: Command) -> None:
        if self._in_job:
            self._print_pending()
            self._machine.finish_ribbon_set()
        self._abandon()
        if not self.memory.keep_card:
            self._guard(lambda: self._machine.eject("output"))

    def _reject(self) -> None:
        self._abandon()
        self._guard(lambda: self._machine.eject("reject"))

    def _abandon(self) -> None:
        """End the job without printing what is pending."""
        self._in_job, self._pending, self._done = False, None, []
        self._machine.finish_ribbon_set()

    # -- errors that the printer itself recovers from ----------------------------------------------------------------

    def _guard(self, act: Callable[[], None]) -> None:
        """Under Pem;0 wait for the operator and go on, on a new card if one was spoiled; else let the error out."""
        while True:
            try:
                act()
            except PrinterFaultError as fault:
                if self.memory.pem != 0 or fault.kind == "no_card":
                    raise
                self._wait_for_operator(fault.kind)
                if self._must_start_again(fault.kind):
                    self._again_from_start()
            else:
                return

    def _must_start_again(self, kind: str) -> bool:
        """Say whether the card was spoiled, or was pulled out to clear a jam."""
        path = self._machine.path
        if path:
            return kind in _SPOILS and any(path[0].sides.values())
        return kind == "jam" and self._in_job and bool(self._wanted)

    def _again_from_start(self) -> None:
        """Put the spoiled card away and print what was printed on it on a new one."""
        while True:
            try:
                self._machine.eject("reject")
                self._machine.finish_ribbon_set()
                self._machine.feed()
                for side, panel in self._wanted:
                    self._machine.intend(side, panel, self.jobs)
                for side, panel, bitmap in self._done:
                    self._machine.lay(side, panel, bitmap, self.jobs)
            except PrinterFaultError as fault:
                self._wait_for_operator(fault.kind)
            else:
                return

    def _wait_for_operator(self, kind: Condition | RetransferCondition) -> None:
        self._machine.moving = False
        self._machine.truth.write("waits", condition=kind)
        if kind == "head_hot":
            self._machine.wait("cooling")
        while self._machine.power and not self._machine.is_over(kind, self.memory.ribbon):
            self._machine.cond.wait()
        if not self._machine.power:
            raise PowerLostError
