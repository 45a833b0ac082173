"""A Matica / XID printer on USB: SCSI commands in the mass-storage Bulk-Only wrapper (protocol sheet 7).

Wrapper and stalls as USB Mass Storage Class, Bulk-Only Transport 1.0, chapters 5 and 6 demand.
"""

import struct
from collections.abc import Callable
from dataclasses import dataclass

from hardware_mocks.matica.blocks import document
from hardware_mocks.matica.core import CodeError, Core
from hardware_mocks.matica.exchange import Exchange, Reply
from hardware_mocks.matica.replies import Replies
from hardware_mocks.matica.words import NUMBERS, PRINTING, READY, SETTINGS, UNKNOWN, mac_of
from hardware_mocks.port import IN, OUT, Port

CBW = struct.Struct("<4sIIBBB16s")
CSW = struct.Struct("<4sIIB")
GOOD, FAILED, PHASE = 0, 1, 2
_SMALL = 1 << 16
_MODE_SELECT = {0x28: 0x20, 0x2A: 0x0A, 0x2D: 0x50}
_LENGTHS = {0x00: 6, 0x01: 6, 0x03: 6, 0x12: 6, 0x15: 6, 0x1A: 6}
_NAMES = {0x00: "status", 0x01: "initialise", 0x03: "sense", 0x12: "inquiry", 0x15: "change", 0x1A: "geometry",
          0x1D: "test_card", 0x2A: "upload", 0x32: "station", 0x34: "position", 0x3B: "document", 0x3C: "mac",
          0x4D: "information"}  # fmt: skip
_DEEDS = {0x01: "load", 0x0B: "move", 0x08: "print", 0x09: "transfer;eject", 0x0A: "transfer;flip",
          0x0D: "transfer;return", 0x0C: "print"}  # fmt: skip


@dataclass(frozen=True)
class Wrapper:
    """A command as it came: tag, bytes that the host means to move, which way, command block."""

    tag: int
    length: int
    into_host: bool
    cdb: bytes

    @classmethod
    def read(cls, data: bytes) -> "Wrapper | None":
        """Return the command in a transfer; None when it is not a valid and meaningful one (chapter 6.2)."""
        if len(data) != CBW.size:
            return None
        signature, tag, length, flags, lun, size, cdb = CBW.unpack(data)
        if signature != b"USBC" or flags & 0x7F or lun or not 1 <= size <= 16:
            return None
        return cls(tag, length, bool(flags & 0x80), cdb[:size])

    @property
    def name(self) -> str:
        """What faults call this command."""
        code, cdb = self.cdb[0], self.cdb.ljust(16, b"\x00")
        if code == 0x31:
            name = _DEEDS.get(cdb[1], f"31{cdb[1]:02x}")
            return f"{name};{cdb[7]}" if cdb[1] in (0x01, 0x0B) else name
        name = _NAMES.get(code, f"{code:02x}")
        return f"{name};{self.panel}" if code == 0x2A else name

    @property
    def panel(self) -> str | None:
        """The panel that it uploads, if it does."""
        return NUMBERS.get(self.cdb[2]) if self.cdb[0] == 0x2A and len(self.cdb) > 2 else None


class MassStorage:
    """Wrappers in, data and status out. Every method wants the machine's lock held."""

    def __init__(self, core: Core, port: Port, replies: Replies) -> None:
        self._core, self._port, self._replies, self._machine = core, port, replies, core.machine
        self._exchange = Exchange(core, port)
        self._forget()
        self._immediately: dict[int, Callable[[bytes], int]] = {
            0x00: lambda _: core.status(), 0x01: lambda _: core.initialise(), 0x31: self._deed, 0x32: self._station,
        }  # fmt: skip

    def _forget(self) -> None:
        self._data = bytearray()
        self._pending: Wrapper | None = None
        self._sense = READY

    def connected(self) -> None:
        """Begin anew, as after a reset."""
        self._data.clear()
        self._pending = None
        self._exchange.reset()

    def restart(self) -> None:
        """Begin as after power-on."""
        self._forget()
        self._exchange.reset()

    def receive(self, data: bytes) -> None:
        """Work on one transfer.

        :raises PowerLostError: power fails meanwhile.
        """
        try:
            if self._pending is not None:
                self._take(data)
            elif (wrapper := Wrapper.read(data)) is None:
                self._core.note_misuse(f"no valid command wrapper in {len(data)} bytes")
                self._port.halted |= {IN, OUT}
                self._port.wedged = True
            elif wrapper.length and not wrapper.into_host:
                self._expect(wrapper)
            else:
                self._obey(wrapper, b"")
        finally:
            self._port.busy = False
            self._machine.changed()

    # -- data from the host ----------------------------------------------------------------------------------------

    def _expect(self, wrapper: Wrapper) -> None:
        """Wait for the data of a command, or stall the OUT endpoint when it is not going to be obeyed."""
        wanted = self._wants(wrapper.cdb)
        if wanted == wrapper.length:
            self._pending = wrapper
            return
        self._core.note_misuse(f"{wrapper.name}: {wrapper.length} bytes of data, wanted {wanted}")
        self._port.halted.add(OUT)
        self._exchange.answer(wrapper.name, lambda _: self._done(wrapper, self._refuse(UNKNOWN), wrapper.length))

    def _wants(self, cdb: bytes) -> int:
        """Return how many bytes a command takes from the host; 0 for none or for a command in which they are wrong."""
        size = self._core.head.size
        if cdb[0] == 0x2A and len(cdb) == 10 and cdb[2] in NUMBERS:
            return size if int.from_bytes(cdb[5:9], "big") == size else 0
        if cdb[0] == 0x3B and len(cdb) == 10 and cdb[1] == 0x02:
            return 96 if int.from_bytes(cdb[7:9], "big") == 96 else 0
        if cdb[0] == 0x15 and len(cdb) == 6 and cdb[4] == _MODE_SELECT.get(cdb[2]):
            return cdb[4]
        return 0

    def _take(self, data: bytes) -> None:
        wrapper = self._pending
        assert wrapper is not None
        piece = _SMALL if self._machine.plan.waiting_for("payload") else max(1, len(data))
        for start in range(0, len(data), piece):
            self._data += data[start : start + piece]
            half = len(self._data) * 2 >= wrapper.length
            if self._exchange.cut(wrapper.panel if half else None):
                self.connected()
                return
        if len(self._data) < wrapper.length:
            return
        whole, self._data, self._pending = bytes(self._data[: wrapper.length]), bytearray(), None
        if len(data) and len(whole) < wrapper.length:
            self._core.note_misuse("more data than the command announced")
        self._obey(wrapper, whole)

    # -- commands --------------------------------------------------------------------------------------------------

    def _obey(self, wrapper: Wrapper, data: bytes) -> None:
        self._exchange.answer(wrapper.name, lambda _: self._do(wrapper, data), panel=wrapper.panel)

    def _do(self, wrapper: Wrapper, data: bytes) -> Reply:
        answer = b""
        try:
            if len(wrapper.cdb) != _LENGTHS.get(wrapper.cdb[0], 10):
                raise CodeError(UNKNOWN, f"command {wrapper.cdb.hex()} of {len(wrapper.cdb)} bytes")
            status, answer = self._act(wrapper.cdb, data)
        except CodeError as error:
            self._core.note_misuse(str(error))
            status = self._refuse(error.code)
        if data:
            return self._done(wrapper, status, 0)
        if answer and not (wrapper.into_host and wrapper.length):
            return self._done(wrapper, PHASE if wrapper.length == 0 else FAILED, wrapper.length)
        sent = answer[: wrapper.length] if wrapper.into_host else b""
        self._exchange.data(sent)
        if wrapper.into_host and len(sent) < wrapper.length:
            self._port.halt()
        return self._done(wrapper, status, wrapper.length - len(sent))

    def _done(self, wrapper: Wrapper, status: int, residue: int) -> Reply:
        made = CSW.pack(b"USBS", wrapper.tag, residue, status)
        return Reply(made, CSW.pack(b"USBS", wrapper.tag ^ 0x5A5A, residue, status))

    def _refuse(self, code: int) -> int:
        """Keep the code for the host to fetch; return the status for the wrapper."""
        self._sense = code
        return FAILED if code else GOOD

    def _act(self, cdb: bytes, data: bytes) -> tuple[int, bytes]:
        code = cdb[0]
        if code == 0x03:
            sense, self._sense = self._sense, READY
            return GOOD, _sense(sense)[: cdb[4]]
        if code == 0x12:
            return GOOD, self._replies.inquiry()[: cdb[4]]
        if waiting := self._core.announce() if code != 0 else READY:
            return self._refuse(waiting), b""
        if code in self._immediately:
            return self._refuse(self._immediately[code](cdb)), b""
        if data:
            self._data_in(cdb, data)
            return self._refuse(READY), b""
        answer = self._answer(cdb)
        if answer is None:
            raise CodeError(UNKNOWN, f"command {cdb.hex()}")
        self._sense = READY
        return GOOD, answer

    def _answer(self, cdb: bytes) -> bytes | None:
        code, long = cdb[0], int.from_bytes(cdb[7:9], "big")
        if code == 0x34:
            mode, place = self._core.place()
            return bytes((mode, 0, 0, 0, 0, 0, 0, place))
        if code == 0x1A:
            page = {0x68: self._replies.page_68, 0x63: self._replies.page_63}.get(cdb[2])
            return page()[: cdb[4]] if page else None
        if code == 0x4D:
            log = {0x78: self._replies.log_78, 0x79: self._replies.log_79}.get(cdb[2])
            return log()[:long] if log else None
        return mac_of(self._machine.serial)[:long] if code == 0x3C and cdb[1] == 0x02 else None

    def _data_in(self, cdb: bytes, data: bytes) -> None:
        if cdb[0] == 0x2A:
            self._core.upload(NUMBERS[cdb[2]], data)
        elif cdb[0] == 0x3B:
            owner, name = document(data)
            self._machine.truth.write("document", owner=owner, document=name)
        else:
            self._machine.truth.write("odd", text=f"mode select {cdb[2]:02X}")
            if cdb[2] == 0x28:
                for tag, (_, _, offset) in SETTINGS.items():
                    if offset is not None and data[offset] != 0xFF:
                        self._core.settings[tag] = data[offset]

    # -- motions ---------------------------------------------------------------------------------------------------

    def _deed(self, cdb: bytes) -> int:
        core, deed, flags = self._core, cdb[1], cdb[2]
        immediate = bool(flags & 0x01)
        if deed in (0x01, 0x0B):
            if flags & ~0x01 or cdb[4] & ~0x06:
                raise CodeError(UNKNOWN, f"flags {flags:02X} {cdb[4]:02X}")
            make = core.load if deed == 0x01 else core.move
            motion = make(cdb[7], flip=bool(cdb[4] & 0x02), film=bool(cdb[4] & 0x04))
            return core.go(motion, immediate=immediate, load=deed == 0x01)
        if deed == 0x08:
            bits = ((0x02, "ymc"), (0x04, "k"), (0x10, "o"), (0x08, "u"))
            panels = [panel for bit, names in bits if flags & bit for panel in names]
            if flags & 0x80 or cdb[4] > 1:
                raise CodeError(UNKNOWN, f"print {flags:02X}, buffer {cdb[4]}")
            return core.go(core.print(panels, buffer=cdb[4]), immediate=immediate, busy=PRINTING)
        if deed == 0x0C:
            return core.go(core.print(["k"], second_black=True), immediate=immediate, busy=PRINTING)
        then = {0x09: "eject", 0x0A: "flip", 0x0D: "return"}.get(deed)
        if then is None:
            raise CodeError(UNKNOWN, f"command {cdb.hex()}")
        return core.go(core.transfer(then), immediate=immediate)

    def _station(self, cdb: bytes) -> int:
        name = "contactless" if cdb[1] & 0x04 else "contact"
        if cdb[1] not in (0x00, 0x01, 0x04, 0x05):
            raise CodeError(UNKNOWN, f"command {cdb.hex()}")
        engaged = self._machine.engaged - {name} if cdb[1] & 0x01 else self._machine.engaged | {name}
        return self._core.go(self._core.engage(engaged))


def _sense(code: int) -> bytes:
    """Return the 20 bytes of request sense (sheet 7)."""
    data = bytearray(20)
    data[0], data[2], data[7], data[12] = 0x70, code >> 16, 12, code >> 8 & 0xFF
    return bytes(data)
