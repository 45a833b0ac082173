"""A Matica / XID printer on Ethernet: identity, handshake, commands, uploads, questions; TCP and UDP (sheet 4 to 9)."""

from hardware_mocks.matica.blocks import (
    CHANGE,
    COMMAND,
    CURRENT,
    DATA,
    DOCUMENT,
    DOCUMENT_DONE,
    DOCUMENT_WORDS,
    GEOMETRY,
    IMAGE,
    INFORMATION,
    NOT_OK,
    OK,
    READS,
    STORED,
    Block,
    NoBlockError,
    Parser,
    document,
    identity,
    reply,
)
from hardware_mocks.matica.core import CodeError, Core
from hardware_mocks.matica.exchange import Exchange, Reply
from hardware_mocks.matica.replies import Replies
from hardware_mocks.matica.words import COUNTER_RESET, PRINTING, READY, SETTINGS, TAGS, TRACK_TAGS, UNKNOWN, mac_of
from hardware_mocks.port import Port

_SMALL = 1 << 16
_NAMES = {DOCUMENT: "document", IMAGE: "upload", STORED: "settings", CURRENT: "settings", GEOMETRY: "geometry",
          INFORMATION: "information", CHANGE: "change"}  # fmt: skip
_COMMANDS = {1: "status", 2: "position", 3: "initialise", 4: "load", 5: "move", 6: "print", 7: "transfer",
             8: "read_magnetic", 9: "write_magnetic", 10: "station"}  # fmt: skip
_PLACES = {0: "return", 5: "eject"}
_MOST_TAGS = 256


class Ethernet:
    """Blocks in, blocks out. Every method wants the machine's lock held."""

    def __init__(self, core: Core, port: Port, replies: Replies, serial: str, model: str) -> None:
        self._core, self._port, self._replies = core, port, replies
        self._machine = core.machine
        self._serial, self._model = serial, model
        self._parser = Parser(core.head)
        self._exchange = Exchange(core, port)
        self._sequence = 0x1000
        self._open = False

    def connected(self) -> None:
        """Begin a new connection and say who this is, unasked (sheet 4.1)."""
        self._parser.reset()
        self._exchange.reset()
        self._open = self._machine.quirks.no_handshake
        self._sequence += 1
        about = (self._serial, self._model, bytes((127, 0, 0, 1)), mac_of(self._serial))
        self._exchange.send(identity(self._sequence, *about))

    def restart(self) -> None:
        """Begin as after power-on."""
        self._parser.reset()
        self._exchange.reset()
        self._open = False

    def receive(self, data: bytes) -> None:
        """Work on received bytes until more are needed.

        :raises PowerLostError: power fails meanwhile.
        """
        piece = _SMALL if self._machine.plan.waiting_for("payload") else max(1, len(data))
        for start in range(0, len(data), piece):
            self._parser.push(data[start : start + piece])
            while (block := self._next()) is not None:
                self._port.busy = True
                try:
                    self._obey(block)
                finally:
                    self._port.busy = False
                    self._machine.changed()
                if None in self._port.received:
                    return  # the host went away and came back: what it sent before is over
            if self._exchange.cut(self._parser.half_of):
                return

    def datagram(self, data: bytes) -> bytes | None:
        """Answer one datagram, or not (sheet 3, 9)."""
        parser = Parser(self._core.head)
        parser.push(data)
        try:
            block = parser.next()
        except NoBlockError as error:
            self._core.note_misuse(str(error))
            return None
        if block is None or parser.unfinished or block.type == IMAGE:
            self._core.note_misuse("a datagram that is not one block")
            return None
        return self._questions(block, datagram=True)

    def _next(self) -> Block | None:
        try:
            return self._parser.next()
        except NoBlockError as error:
            self._core.note_misuse(str(error))
            self._parser.reset()
            self._port.hang_up()
            return None

    # -- requests --------------------------------------------------------------------------------------------------

    def _obey(self, block: Block) -> None:
        name = self._name(block)
        self._exchange.answer(name, lambda kind: self._reply(block, kind), panel=block.panel)

    def _name(self, block: Block) -> str:
        if block.type == COMMAND and block.data:
            code = block.data[0]
            name = _COMMANDS.get(code, f"{code:02x}")
            if code in (4, 5, 7) and len(block.data) >= 4:
                flip = code == 7 and block.data[2] & 0x10
                place = "flip" if flip else _PLACES.get(block.data[3], "") if code == 7 else str(block.data[3])
                return f"{name};{place}"
            return name
        return f"upload;{block.panel}" if block.panel else _NAMES.get(block.type, f"{block.type:08x}")

    def _reply(self, block: Block, kind: str) -> Reply:
        made = self._do(block, kind)
        return Reply(made, made[:12] + (block.sequence ^ 0x5A5A).to_bytes(4, "big") + made[16:])

    def _do(self, block: Block, kind: str) -> bytes:
        code, data = READY, b""
        try:
            if block.wrong:
                raise CodeError(UNKNOWN, block.wrong)
            if block.type == DOCUMENT:
                return self._document(block)
            if not self._open:
                raise CodeError(UNKNOWN, f"{self._name(block)} before the document start")
            if block.type in READS:
                return self._questions(block, datagram=False) or b""
            if block.type not in (COMMAND, IMAGE):
                raise CodeError(UNKNOWN, f"type {block.type:08X}")
            if block.type == IMAGE:
                code = self._core.announce() or self._upload(block)
            else:
                code, data = self._command(block, kind)
        except CodeError as error:
            self._core.note_misuse(str(error))
            code = error.code
        if code:
            return reply(NOT_OK, code, block.sequence)
        return reply(DATA if data else OK, READY, block.sequence, data)

    def _document(self, block: Block) -> bytes:
        if len(block.data) != 4 * (DOCUMENT_WORDS - 2):
            raise CodeError(UNKNOWN, f"a document start of {len(block.data)} data bytes")
        if block.word != self._core.head.document_word:
            self._machine.truth.write("odd", text=f"document start with word {block.word}")
        owner, name = document(block.data)
        self._machine.truth.write("document", owner=owner, document=name)
        self._open = True
        return reply(DOCUMENT_DONE, READY, block.sequence)

    def _upload(self, block: Block) -> int:
        self._core.upload(block.panel or "", block.data)
        return READY

    def _questions(self, block: Block, *, datagram: bool) -> bytes | None:
        if block.type in READS:
            tags = block.data[: 4 * _MOST_TAGS : 4]
            return reply(block.type | 0x01000000, READY, block.sequence, self._replies.items(block.type, tags))
        if block.type == CHANGE and datagram:
            return reply(OK, READY, block.sequence) if self._change(block.data) else None
        self._core.note_misuse(f"type {block.type:08X} in a datagram")
        return reply(NOT_OK, UNKNOWN, block.sequence)

    def _change(self, data: bytes) -> bool:
        """Change settings; a card printer's host has no business doing so, and the truth says so."""
        while len(data) >= 4:
            tag, length, value = data[0], data[1], data[3]
            self._machine.truth.write("odd", text=f"setting {tag:02X} was changed")
            if tag == COUNTER_RESET:
                self._machine.truth.write("odd", text="the counters were reset")
            elif tag in SETTINGS:
                self._core.settings[tag] = value
            data = data[2 + length :] if length else b""
        return True

    # -- commands --------------------------------------------------------------------------------------------------

    def _command(self, block: Block, kind: str) -> tuple[int, bytes]:
        """Carry out one command; return its code and the data of its reply."""
        if len(block.data) < 2 or len(block.data) < 2 + block.data[1]:
            raise CodeError(UNKNOWN, "a command shorter than it says")
        code, body = block.data[0], block.data[2 : 2 + block.data[1]]
        core = self._core
        if code in (8, 9):
            return self._magnetic(code, body, kind)
        if len(body) != 2 and (code, len(body)) != (7, 6):
            raise CodeError(UNKNOWN, f"command {code:02X} with {len(body)} bytes")
        if code == 1:
            return core.status(), b""
        if code == 2:
            return core.announce(), bytes((1, 2, *core.place()))
        if code == 3:
            return core.initialise(), b""
        flags, place = body[:2]
        move = {4: self._load, 5: self._move, 6: self._print, 7: self._transfer, 10: self._station}.get(code)
        if move is None:
            raise CodeError(UNKNOWN, f"command {code:02X}")
        if code == 7:
            wrong = core.machine.quirks.transfer_long if len(body) == 2 else core.machine.quirks.transfer_short
            if wrong:
                raise CodeError(UNKNOWN, f"transfer with {len(body)} bytes")
        if block.word not in (0, 2):
            core.machine.truth.write("odd", text=f"word 2 of a command is {block.word}")
        return move(flags, place, block.word == 2), b""

    def _load(self, flags: int, place: int, immediate: bool) -> int:
        _only(flags, 0x90)
        motion = self._core.load(place, flip=bool(flags & 0x10), film=bool(flags & 0x80))
        return self._core.go(motion, immediate=immediate, load=True)

    def _move(self, flags: int, place: int, immediate: bool) -> int:
        _only(flags, 0x90)
        motion = self._core.move(place, flip=bool(flags & 0x10), film=bool(flags & 0x80))
        return self._core.go(motion, immediate=immediate)

    def _print(self, high: int, low: int, immediate: bool) -> int:
        _only(high, 0x23)
        if low & ~sum(TAGS):
            raise CodeError(UNKNOWN, f"panels {low:02X}")
        panels = [panel for tag, panel in TAGS.items() if low & tag]
        return self._core.go(self._core.print(panels, buffer=high >> 5 & 1), immediate=immediate, busy=PRINTING)

    def _transfer(self, flags: int, place: int, immediate: bool) -> int:
        _only(flags, 0x10)
        then = "flip" if flags and not place else "" if flags else _PLACES.get(place, "")
        if not then:
            raise CodeError(UNKNOWN, f"transfer with {flags:02X} {place:02X}")
        return self._core.go(self._core.transfer(then), immediate=immediate)

    def _station(self, flags: int, place: int, immediate: bool) -> int:
        _only(flags, 0x50)
        both = {"contact": 0x10, "contactless": 0x40}
        stations = {name for name, bit in both.items() if not flags & bit}
        if len(stations) == 2:  # the newest host engages so at the contact station (sheet 6)
            stations = {name for name in stations if name == self._machine.position} or stations
        return self._core.go(self._core.engage(stations), immediate=immediate)

    def _magnetic(self, code: int, body: bytes, kind: str) -> tuple[int, bytes]:
        core = self._core
        if code == 8:
            tags = [tag for tag in body[1:4] if tag]
            if len(body) != 6 or not tags or any(tag not in TRACK_TAGS for tag in tags):
                raise CodeError(UNKNOWN, f"magnetic read of {body.hex()}")
            found: dict[int, bytes] = {}
            stopped = core.go(core.read_tracks(tags, found))
            data = bytes((1, 2, 0, 0, len(found)))
            return stopped, data + b"".join(bytes((tag, len(text))) + text for tag, text in found.items())
        tracks = _tracks(body)
        return core.go(core.write_tracks(tracks, fail=kind == "write_failed")), b""


def _only(flags: int, known: int) -> None:
    if flags & ~known:
        raise CodeError(UNKNOWN, f"flags {flags:02X}")


def _tracks(body: bytes) -> dict[int, bytes]:
    """Return the tracks of a magnetic write: flags, number, then tag, length, characters each (sheet 6)."""
    tracks: dict[int, bytes] = {}
    rest = body[2:]
    for _ in range(body[1] if len(body) > 1 else 0):
        tag, size = (*rest[:2], 0, 0)[:2]
        text = rest[2 : 2 + size]
        if tag not in TRACK_TAGS or not 0 < len(text) == size <= 64:
            raise CodeError(UNKNOWN, f"magnetic track {tag:02X} of {size} characters")
        tracks[tag] = text
        rest = rest[2 + size :]
    if not tracks:
        raise CodeError(UNKNOWN, "magnetic write without a track")
    return tracks
