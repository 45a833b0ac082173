"""Both dialects of Matica / XID printers against scripted wires: pieces, late and strange answers, stalls, phases."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence

import pytest

from drivers.deadline import Deadline
from drivers.errors import (
    DriverError,
    GoneError,
    NoReplyError,
    RefusedError,
    UnexpectedReplyError,
    WriteStalledError,
)
from drivers.matica import blocks
from drivers.matica.replies import NO_CARDS, CodeError
from drivers.matica.wires import scsi
from drivers.matica.wires.ethernet import Ethernet
from drivers.matica.wires.usb import BulkOnly, Usb, UsbPort
from drivers.printer import Station

LOAD = blocks.command(blocks.LOAD, 0, 0)
WHO = bytes.fromhex("F30002000000001C0000000000000007") + bytes(40) + b"XID8600".ljust(16) + bytes(48)
BEGUN = bytes.fromhex("F3000400000000020000000099999999")


class Script:
    """A wire that answers what it was given, in that order; an error among it is raised."""

    settle = 0.0

    def __init__(self, *answers: bytes | DriverError) -> None:
        self.answers = list(answers)
        self.sent: list[bytes] = []
        self.refuse: dict[int, int] = {}  # which write is stalled after how many bytes

    def write(self, data: bytes, deadline: Deadline) -> None:
        self.sent.append(data)
        accepted = self.refuse.pop(len(self.sent), None)
        if accepted is not None:
            raise WriteStalledError("stalled", accepted=accepted)

    def read(self, deadline: Deadline) -> bytes:
        if not self.answers:
            return b""
        answer = self.answers.pop(0)
        if isinstance(answer, DriverError):
            raise answer
        return answer

    def close(self) -> None:
        pass


class UsbScript(Script):
    serial_number = "S-1"

    def __init__(self, *answers: bytes | DriverError) -> None:
        super().__init__(*answers)
        self.resets = 0

    def reset_storage(self) -> None:
        self.resets += 1


def soon() -> Deadline:
    return Deadline.after(20)


def reply(kind: int, code: int = 0, sequence: int = 0, data: bytes = b"") -> bytes:
    return struct.pack(">4I", kind, 2 + len(data) // 4, code, sequence) + data


def single(*wholes: bytes) -> list[bytes]:
    return [bytes([one]) for whole in wholes for one in whole]


# --- Ethernet -----------------------------------------------------------------------------------------------------


def test_a_dialogue_in_single_bytes() -> None:
    position = reply(blocks.TOLD, 0, 1, bytes.fromhex("01020400"))
    wire = Script(*single(WHO, BEGUN, reply(blocks.DONE), position, reply(blocks.DONE, 0, 2)))
    dialect = Ethernet(wire)
    assert dialect.introduce(soon()).type == "XID8600"
    assert dialect.code(soon()) == 0
    assert dialect.position(soon()) == (4, 0)
    dialect.perform(LOAD, soon())
    assert wire.sent[0][:16].hex() == "f20003000000001d0000000299999999"
    assert [one[12:16].hex() for one in wire.sent[1:]] == ["00000000", "00000001", "00000002"]
    assert dialect.introduce(soon()).type == "XID8600"
    assert len(wire.sent) == 4, "a document is begun once a connection"


@pytest.mark.parametrize(
    ("answers", "wrong"),
    [
        ([], NoReplyError),
        ([WHO[:100]], NoReplyError),
        ([WHO], NoReplyError),
        ([b"SSH-2.0-OpenSSH\r\n"], UnexpectedReplyError),
        ([WHO.replace(b"XID8600", b"PRIMACY"), BEGUN], UnexpectedReplyError),
        ([BEGUN], UnexpectedReplyError),
        ([WHO, reply(blocks.DONE)], UnexpectedReplyError),
        ([WHO, reply(blocks.STARTED, 0x0002DB00)], CodeError),
    ],
)
def test_who_does_not_greet_like_one_is_none_and_is_told_nothing_more(
    answers: Sequence[bytes], wrong: type[DriverError]
) -> None:
    wire = Script(*answers)
    dialect = Ethernet(wire)
    with pytest.raises(wrong):
        dialect.introduce(soon())
    sent = len(wire.sent)
    with pytest.raises(NoReplyError, match="out of step"):
        dialect.introduce(soon())
    with pytest.raises(NoReplyError, match="out of step"):
        dialect.perform(LOAD, soon())
    assert len(wire.sent) == sent


def test_a_refusal_says_its_code_and_a_late_or_doubled_answer_is_let_go_of() -> None:
    wire = Script()
    dialect = Ethernet(wire)
    with pytest.raises(NoReplyError):
        dialect.code(soon())
    wire.answers = [reply(blocks.DONE, 0, 0) * 2 + reply(blocks.REFUSED, NO_CARDS, 1)]
    with pytest.raises(CodeError) as caught:
        dialect.perform(LOAD, soon())
    assert (caught.value.code, caught.value.command, caught.value.reply) == (NO_CARDS, "04 02 00 00", "0002D000")
    wire.answers = [reply(blocks.REFUSED, 0x0002D400, 2)]
    assert dialect.code(soon()) == 0x0002D400


@pytest.mark.parametrize(
    "answer",
    [
        reply(blocks.DONE, 0, 77),
        reply(blocks.TOLD, 0, 0),
        reply(blocks.DONE, 0, 0x1000) * 3,
        reply(blocks.INFORMED, 0, 0),
        b"\x07?#" * 4,
        reply(0xF0000100),
        struct.pack(">2I", blocks.DONE, 1 << 20),
    ],
)
def test_an_answer_to_something_else_ends_the_connection_and_is_no_answer(answer: bytes) -> None:
    wire = Script(answer)
    dialect = Ethernet(wire)
    with pytest.raises(UnexpectedReplyError):
        dialect.perform(LOAD, soon())
    with pytest.raises(NoReplyError, match="out of step"):
        dialect.perform(LOAD, soon())
    assert len(wire.sent) == 1


def test_answers_to_earlier_commands_have_an_end() -> None:
    wire = Script(reply(blocks.DONE, 0, 0))
    dialect = Ethernet(wire)
    dialect.perform(LOAD, soon())
    wire.answers = [reply(blocks.DONE, 0, 0) * 50]
    with pytest.raises(UnexpectedReplyError):
        dialect.code(soon())


@pytest.mark.parametrize("kind", [blocks.REFUSED, blocks.DONE])
def test_a_refusal_without_a_code_is_not_taken_for_ready(kind: int) -> None:
    refused = kind == blocks.REFUSED
    wire = Script(reply(kind, 0, 0), reply(kind, 0 if refused else NO_CARDS, 1))
    dialect = Ethernet(wire)
    if refused:
        with pytest.raises(UnexpectedReplyError, match="does not say why"):
            dialect.code(soon())
    else:
        assert dialect.code(soon()) == 0
    with pytest.raises(RefusedError):
        dialect.perform(LOAD, soon())


def test_after_half_a_block_nothing_is_sent_that_would_be_its_rest() -> None:
    wire = Script()
    wire.refuse = {1: 9}
    dialect = Ethernet(wire)
    with pytest.raises(WriteStalledError):
        dialect.perform(LOAD, soon())
    with pytest.raises(NoReplyError, match="out of step"):
        dialect.code(soon())
    assert len(wire.sent) == 1


def test_nothing_is_sent_when_there_is_no_time_for_an_answer() -> None:
    wire, port = Script(), UsbScript()
    for dialect in (Ethernet(wire), Usb(port)):
        with pytest.raises(NoReplyError, match="No time"):
            dialect.perform(LOAD, Deadline.after(0))
    assert wire.sent == port.sent == []


def test_counters_and_stations_over_ethernet() -> None:
    data = bytes.fromhex("1F060400000009002006040000003000")
    wire = Script(reply(blocks.INFORMED, 0, 0, data), *(reply(blocks.DONE, 0, number) for number in (1, 2, 3)))
    dialect = Ethernet(wire)
    counters, _ = dialect.counters(soon())
    assert (counters.cards, counters.panels) == (9, 48)
    dialect.engage(Station.CONTACTLESS, soon())
    dialect.engage(Station.CONTACT, soon())
    dialect.release(Station.CONTACTLESS, soon())
    assert [one[16:20].hex() for one in wire.sent[1:]] == ["0a021000", "0a024000", "0a025000"]  # sheet 6


# --- USB ----------------------------------------------------------------------------------------------------------


def csw(tag: int, status: int = 0, residue: int = 0) -> bytes:
    return struct.pack("<4s2IB", b"USBS", tag, residue, status)


STALL = NoReplyError("stall")
EIGHT = bytes([4, 0, 0, 0, 0, 0, 0, 0])


@pytest.mark.parametrize(
    "answers",
    [
        [EIGHT, csw(1)],
        [EIGHT + csw(1)],
        [EIGHT[:3], EIGHT[3:] + csw(1)[:4], csw(1)[4:]],
        single(EIGHT, csw(1)),
        [EIGHT, STALL, csw(1)],
        [STALL, STALL, EIGHT, csw(1)],
    ],
)
def test_data_and_their_end_come_in_any_pieces(answers: Sequence[bytes | DriverError]) -> None:
    wire = UsbScript(*answers)
    assert BulkOnly(wire).run(scsi.POSITION, soon(), 2, length=8) == (True, EIGHT)
    assert wire.sent == [scsi.cbw(1, scsi.POSITION, 8, inward=True)]
    assert wire.resets == 0


def test_a_short_answer_is_as_long_as_it_is() -> None:
    wire = UsbScript(EIGHT[:5], STALL, csw(1, residue=3))
    assert BulkOnly(wire).run(scsi.POSITION, soon(), 2, length=8) == (True, EIGHT[:5])
    with pytest.raises(UnexpectedReplyError, match="position"):
        Usb(UsbScript(EIGHT[:5], STALL, csw(1, residue=3))).position(soon())


@pytest.mark.parametrize(
    "answers",
    [
        [csw(1, status=2)],  # phase error
        [csw(1, status=7)],
        [csw(1, residue=4)],  # not the whole panel was taken
        [csw(9)],
        [b"\x07?#" * 20],
        [STALL] * 9,
        [csw(0)] * 9,
    ],
)
def test_an_end_that_says_nothing_is_followed_by_a_reset_and_nothing_is_repeated(
    answers: Sequence[bytes | DriverError],
) -> None:
    wire = UsbScript(*answers)
    bulk = BulkOnly(wire)
    with pytest.raises((UnexpectedReplyError, NoReplyError)):
        bulk.run(scsi.translated(LOAD)[0], soon(), 2, payload=b"panel")
    assert (len(wire.sent), wire.resets) == (2, 0)
    wire.answers = [csw(2)]
    assert bulk.run(scsi.TEST_UNIT_READY, soon(), 2) == (True, b"")
    assert (len(wire.sent), wire.resets) == (3, 1)


def test_without_a_way_to_reset_the_connection_is_over() -> None:
    bulk = BulkOnly(Script())
    with pytest.raises(NoReplyError):
        bulk.run(scsi.TEST_UNIT_READY, soon(), 2)
    with pytest.raises(GoneError, match="out of step"):
        bulk.run(scsi.TEST_UNIT_READY, soon(), 2)


def test_the_end_of_a_command_that_was_given_up_is_let_go_of() -> None:
    wire = UsbScript()
    bulk = BulkOnly(wire)
    with pytest.raises(NoReplyError):
        bulk.run(scsi.TEST_UNIT_READY, soon(), 2)
    wire.answers = [csw(1), EIGHT, csw(2)]
    assert bulk.run(scsi.POSITION, soon(), 2, length=8) == (True, EIGHT)


def test_a_panel_that_is_not_wanted_is_told_by_its_status() -> None:
    side = blocks.upload(0x01, bytes(64))
    sense = bytearray(20)
    sense[2], sense[12] = 5, 0x20
    wire = UsbScript(csw(1, status=1, residue=64), bytes(sense), csw(2))
    wire.refuse = {2: 0}  # the second write, the data, is stalled
    with pytest.raises(CodeError) as caught:
        Usb(wire).perform(side, soon())
    assert (caught.value.code, caught.value.command, wire.resets) == (0x00052000, "upload of yellow", 0)


def test_a_failure_without_sense_is_not_taken_for_ready() -> None:
    asked: list[Callable[[Usb], object]] = [
        lambda usb: usb.code(soon()),
        lambda usb: usb.position(soon()),
        lambda usb: usb.perform(LOAD, soon()),
    ]
    for ask in asked:
        with pytest.raises(UnexpectedReplyError, match="does not say why"):
            ask(Usb(UsbScript(csw(1, status=1), bytes(20), csw(2))))


def test_ready_is_asked_with_the_sense_behind_it() -> None:
    sense = bytearray(20)
    sense[2], sense[12] = 2, 0xDA
    wire = UsbScript(csw(1), bytes(sense), csw(2), csw(3, status=1), bytes(sense), csw(4), csw(5), bytes(20), csw(6))
    usb = Usb(wire)
    assert [usb.code(soon()) for _ in range(3)] == [0x0002DA00, 0x0002DA00, 0]


def test_stations_over_usb() -> None:
    wire = UsbScript(*(csw(number) for number in range(1, 5)))
    usb = Usb(wire)
    for station in (Station.CONTACT, Station.CONTACTLESS):
        usb.engage(station, soon())
        usb.release(station, soon())
    assert [one[15:17].hex() for one in wire.sent] == ["3200", "3201", "3204", "3205"]  # sheet 7


def test_which_wire_is_usb_is_told_by_its_serial_number() -> None:
    assert isinstance(UsbScript(), UsbPort)
    assert not isinstance(Script(), UsbPort)
