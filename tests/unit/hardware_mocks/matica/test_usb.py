"""The simulated Matica printer on USB: wrappers, stalls, sense, commands (protocol sheet 7)."""

from __future__ import annotations

import errno
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import usb.core
import usb.util

from hardware_mocks.__main__ import main
from hardware_mocks.pytest_wires import Setup, SimulatedPrinter, UsbPrinter, usb_inprocess_printer, usb_socket_printer
from support.matica_talk import FULL_PANEL, SIZES, card, panels

OUT, IN = 0x02, 0x81
WHERE = "3400" + "00" * 8
"""Read position."""


@dataclass
class Host:
    """A host that speaks Bulk-Only Transport as the sheet and its standard say."""

    device: usb.core.Device
    printer: SimulatedPrinter
    tag: int = 0
    stalls: int = 0

    def wrap(self, cdb: bytes, length: int, *, into_host: bool) -> bytes:
        self.tag += 1
        return struct.pack("<4sIIBBB16s", b"USBC", self.tag, length, 0x80 if into_host else 0, 0, len(cdb), cdb)

    def do(self, cdb: str, data: bytes = b"", read: int = 0) -> tuple[int, int, bytes]:
        """Send one command; return status, residue, data read. A stall is cleared and counted."""
        self.device.write(OUT, self.wrap(bytes.fromhex(cdb), len(data) or read, into_host=bool(read)))
        found = b""
        try:
            if data:
                assert self.device.write(OUT, data) == len(data)
            if read:
                found = bytes(self.device.read(IN, read))
                if len(found) < read:
                    self.device.read(IN, read)
        except usb.core.USBError as error:
            if error.errno != errno.EPIPE:
                raise
            self.stalls += 1
            self.device.clear_halt(IN if read else OUT)
        signature, tag, residue, status = struct.unpack("<4sIIB", bytes(self.device.read(IN, 13)))
        assert (signature, tag) == (b"USBS", self.tag)
        return status, residue, found

    def sense(self) -> int:
        status, _, data = self.do("030000001400", read=20)
        assert status == 0
        return data[2] << 16 | data[12] << 8

    def code(self, cdb: str) -> int:
        """Do a command without data; return 0 or the sense."""
        return self.sense() if self.do(cdb)[0] else 0

    def ready(self) -> int:
        return self.code("00" * 6)

    def upload(self, number: int, size: int | None = None) -> int:
        cols, rows = SIZES[self.printer.setup.dialect]
        size = cols * rows if size is None else size
        return self.do(f"2A00{number:02X}0000{size:08X}00", bytes([FULL_PANEL]) * size)[0]


def host_of(sim: UsbPrinter) -> Host:
    device = usb.core.find(idVendor=0x2166, idProduct=0x701D, backend=sim.backend)
    assert device is not None
    device.default_timeout = 10_000
    if device.is_kernel_driver_active(0):
        device.detach_kernel_driver(0)
    return Host(device, sim.printer)


@contextmanager
def desk(*, awake: bool = True, **options: object) -> Iterator[Host]:
    about = {"family": "matica", "dialect": "xid580", "hopper": ["A", "B", "C"], **options}
    with usb_inprocess_printer(Setup(**about)) as sim:  # type: ignore[arg-type]
        host = host_of(sim)
        if awake:
            assert host.ready() == 0x62800
        yield host
        usb.util.dispose_resources(host.device)


def test_it_looks_like_a_mass_storage_device_that_a_driver_has() -> None:
    with usb_inprocess_printer(Setup(family="matica")) as sim:
        device = usb.core.find(idVendor=0x2166, idProduct=0x701D, backend=sim.backend)
        assert (device.manufacturer, device.product) == ("G-Printec, Inc.", "Card Printer")
        interface = device[0][(0, 0)]
        assert (interface.bInterfaceClass, interface.bInterfaceSubClass, interface.bInterfaceProtocol) == (8, 6, 0x50)
        assert [one.bEndpointAddress for one in interface] == [OUT, IN]
        assert (device.is_kernel_driver_active(0), sim.device.kernel_driver) == (True, "usb-storage")
        with pytest.raises(usb.core.USBError):
            device.write(OUT, bytes(31))
        device.detach_kernel_driver(0)
        assert bytes(device.ctrl_transfer(0xA1, 0xFE, 0, 0, 1)) == b"\x00"  # one logical unit
        with pytest.raises(usb.core.USBError):
            device.ctrl_transfer(0xA1, 0, 0, 0, 100)  # no device id: it is no printer-class device


def test_the_wrappers_of_the_sheet() -> None:
    with desk(awake=False, dialect="xid8600") as host:
        host.device.write(OUT, bytes.fromhex("55534243 01000000 60000000 80 00 06 12 00 00 00 60 00" + "00" * 10))
        data = bytes(host.device.read(IN, 96))
        assert (data[8:16], data[16:32]) == (b"G-Printe", b"XID8600         ")
        assert bytes(host.device.read(IN, 13)) == bytes.fromhex("55534253 01000000 00000000 00")
        yellow = bytes.fromhex("55534243 06000000 80FC2900 00 00 0A 2A 00 03 00 00 00 29 FC 80 00" + "00" * 6)
        for status in (1, 0):  # the start is told to the first command that is no inquiry
            host.device.write(OUT, yellow)
            host.device.write(OUT, bytes(2_751_616))
            assert bytes(host.device.read(IN, 13)) == bytes.fromhex("55534253 06000000 00000000") + bytes([status])
            assert host.sense() == (0x62800 if status else 0)


@pytest.mark.parametrize("dialect", list(SIZES))
@pytest.mark.parametrize("wire", ["inprocess", "socket"])
def test_a_card_goes_by_the_sheets_sequence(dialect: str, wire: str, tmp_path: Path) -> None:
    setup = Setup(family="matica", dialect=dialect, hopper=["A", "B"])
    with usb_inprocess_printer(setup) if wire == "inprocess" else usb_socket_printer(tmp_path, setup) as sim:
        host = host_of(sim)
        assert [host.ready(), host.ready()] == [0x62800, 0]
        assert host.do(WHERE, read=8)[2] == bytes.fromhex("0400000000000000")
        assert host.code("31010000000000020000") == 0
        assert host.do(WHERE, read=8)[2] == bytes.fromhex("0000000000000002")
        assert [host.code("3204" + "00" * 8), host.code("3205" + "00" * 8)] == [0, 0]
        assert host.code("310B0000000000000000") == 0
        assert [host.upload(number) for number in (3, 2, 1, 0)] == [0] * 4
        assert [host.code("31080600000000000000"), host.ready(), host.code("31090000000000000000")] == [0, 0, 0]
        assert host.do(WHERE, read=8)[2][0] == 4
        one = card(sim.printer)
        assert (panels(one), one["complete"]) == ([(panel, 1.0) for panel in "ymck"], True)
        counters = host.do("4D007800000000003400", read=52)[2]
        assert [struct.unpack_from(">HHI", counters, 4 + 8 * at) for at in range(5)] == [
            (0, 4, 1), (1, 4, 1), (2, 4, 4), (3, 4, 1), (4, 4, 0)]  # fmt: skip
        assert (host.stalls, sim.printer.truth.read("odd")) == (0, [])
        usb.util.dispose_resources(host.device)


def test_two_sides_the_second_black_and_uv() -> None:
    with desk(ribbon="ymckk:10") as host:
        host.code("31010000000000000000")
        host.upload(0)
        assert [host.code("31080400000000000000"), host.code("310A0000000000000000")] == [0, 0]
        host.upload(0)
        assert [host.code("310C0000000000000000"), host.code("310D0000000000000000")] == [0, 0]
        assert host.printer.machine.ribbon.at == 5  # type: ignore[union-attr]
        assert host.do(WHERE, read=8)[2] == bytes(8)
        assert host.code("310B0000000000050000") == 0
        one = card(host.printer)
        assert (panels(one), panels(one, "back"), one["complete"]) == ([("k", 1.0)], [("k", 1.0)], True)
    with desk(ribbon="ymcku:10") as host:
        host.code("31010000020000000000")  # flipped at loading
        host.upload(4)
        assert [host.code("31080800000000000000"), host.code("31090000000000000000")] == [0, 0]
        assert panels(card(host.printer), "back") == [("u", 1.0)]


def test_pages_of_the_sheet() -> None:
    with desk(dialect="xid8600", hopper=[]) as host:
        page = host.do("1A0068004000", read=64)[2]
        assert struct.unpack_from(">HH", page, 8) == (600, 600)
        assert struct.unpack_from(">HH", page, 16) == (2026, 1278)
        assert struct.unpack_from(">HH", page, 32) == (2072, 1328)
        assert (page[0x32], page[0x28]) == (6, 10)
        ribbon = host.do("1A0063002C00", read=44)[2]
        assert (ribbon[6], struct.unpack_from(">H", ribbon, 8)) == (0, (1000,))
        log = host.do("4D007900000000004C00", read=76)[2]
        assert log[4 + 3 * 8 :][:8] == bytes.fromhex("00030004 FF02D000")
        host.printer.hands.open_cover()
        log = host.do("4D007900000000004C00", read=76)[2]
        assert log[4 + 3 * 8 :][:8] == bytes.fromhex("00030004 FF02D100")
        host.printer.hands.close_cover()
        host.printer.hands.load(["A"])
        assert host.do("4D007900000000004C00", read=76)[2][32:36] == bytes.fromhex("00000F00")
        assert len(host.do("3C027000000000000600", read=6)[2]) == 6
        names = "printd".encode("utf-16-le").ljust(32, b"\0") + "J-9".encode("utf-16-le").ljust(64, b"\0")
        assert host.do("3B026000000000006000", names)[0] == 0
        assert [line["document"] for line in host.printer.truth.read("document")] == ["J-9"]


# -- stalls ----------------------------------------------------------------------------------------
def test_short_data_stall_the_in_endpoint_once_and_leave_a_residue() -> None:
    with desk() as host:
        status, residue, data = host.do("120000006000", read=200)
        assert (status, residue, len(data), host.stalls) == (0, 104, 96, 1)
        status, residue, data = host.do("120000001000", read=96)
        assert (status, residue, len(data), host.stalls) == (0, 80, 16, 2)
        assert host.ready() == 0


def test_a_refused_question_stalls_and_its_sense_tells_why() -> None:
    with desk() as host:
        for cdb in ("1A0055004000", "4D005500000000003400", "A3000000000000000000", "340000"):
            status, residue, data = host.do(cdb, read=64)
            assert (status, residue, data) == (1, 64, b"")
            assert host.sense() == 0x52000
        assert host.stalls == 4
        assert host.sense() == 0  # told once


@pytest.mark.parametrize(
    ("cdb", "size"),
    [("2A000300000000000A00", 10), ("2A00030000000A7F2000", 64), ("2A00090000000A7F2000", 687_904),
     ("3B026000000000006000", 95), ("151029002000", 32), ("000000000000", 9)],
)  # fmt: skip
def test_data_that_are_not_wanted_stall_the_out_endpoint(cdb: str, size: int) -> None:
    with desk() as host:
        status, residue, _ = host.do(cdb, bytes(size))
        assert (status, residue, host.stalls) == (1, size, 1)
        assert [host.sense(), host.ready()] == [0x52000, 0]
        assert host.code("31080200000000000000") == 0x52600  # nothing was uploaded


@pytest.mark.parametrize(
    "bad", [b"\x00", bytes(31), b"USBC" + bytes(26), b"USBC" + bytes(9) + b"\x01" + bytes(17), bytes(100_000)]
)
def test_what_is_no_wrapper_stalls_until_the_reset_of_the_standard(bad: bytes) -> None:
    with desk() as host:
        host.device.write(OUT, bad)
        for _ in range(3):
            host.device.clear_halt(OUT)
            host.device.clear_halt(IN)
            tried: list[Callable[[], object]] = [
                lambda: host.device.write(OUT, bytes(31)),
                lambda: host.device.read(IN, 13),
            ]
            for failing in tried:
                with pytest.raises(usb.core.USBError) as caught:
                    failing()
                assert caught.value.errno == errno.EPIPE
        host.device.ctrl_transfer(0x21, 0xFF, 0, 0, None)
        host.device.clear_halt(IN)
        host.device.clear_halt(OUT)
        assert host.ready() == 0
        host.device.write(OUT, bad)
        assert host.printer.wait_for(lambda: host.printer.port.wedged)
        host.device.reset()
        assert host.ready() == 0


def test_a_reset_forgets_a_command_in_the_middle_of_its_data() -> None:
    with desk() as host:
        host.device.write(OUT, host.wrap(bytes.fromhex("2A00030000000A7F2000"), 687_904, into_host=False))
        host.device.write(OUT, bytes(400_000))
        host.device.ctrl_transfer(0x21, 0xFF, 0, 0, None)
        assert host.ready() == 0
        assert host.code("31080200000000000000") == 0x52600


def test_data_may_come_in_any_pieces() -> None:
    with desk() as host:
        host.code("31010000000000000000")
        host.device.write(OUT, host.wrap(bytes.fromhex("2A00000000000A7F2000"), 687_904, into_host=False))
        host.device.write(OUT, b"\xff")
        host.device.write(OUT, b"\xff" * 1000)
        host.device.write(OUT, b"\xff" * (687_904 - 1001))
        assert bytes(host.device.read(IN, 13))[12] == 0
        assert [host.code("31080400000000000000"), host.code("31090000000000000000")] == [0, 0]
        assert card(host.printer)["complete"] is True


# -- faults ----------------------------------------------------------------------------------------
def test_codes_of_the_sheet_come_as_sense() -> None:
    with desk(hopper=[]) as host:
        assert [host.ready(), host.code("31010000000000000000")] == [0x2D000, 0x2D000]
        assert host.code("310B0000000000040000") == 0x52600
        assert host.code("31010000000000040000") == 0x52A00
        assert host.code("31770000000000000000") == 0x52000
    with desk(faults=["transfer_jam"]) as host:
        host.code("31010000000000000000")
        host.upload(0)
        assert [host.code("31080400000000000000"), host.code("31090000000000000000")] == [0, 0x39300]
        assert host.ready() == 0x39300
        host.printer.hands.clear_jam()
        assert [host.ready(), host.code("010000000000"), host.ready()] == [0x39300, 0, 0]
        assert card(host.printer)["front"] == []


def test_immediate_commands_answer_at_once() -> None:
    with desk() as host:
        host.code("31010000000000000000")
        host.upload(0)
        for cdb in ("31080500000000000000", "31090100000000000000"):
            assert host.code(cdb) == 0
            assert host.printer.wait_for(lambda: not host.printer.machine.moving)
        assert host.do(WHERE, read=8)[2][0] == 4
        assert card(host.printer)["complete"] is True


def test_status_lost_doubled_and_with_another_tag() -> None:
    with desk(faults=["reply_lost@command=load"]) as host:
        host.device.write(OUT, host.wrap(bytes.fromhex("31010000000000000000"), 0, into_host=False))
        assert host.printer.idle()
        with pytest.raises(usb.core.USBTimeoutError):
            host.device.read(IN, 13, 20)
        assert host.do(WHERE, read=8)[2] == bytes(8)
    with desk(faults=["wrong_sequence@command=status"], awake=False) as host:
        host.device.write(OUT, host.wrap(bytes(6), 0, into_host=False))
        assert bytes(host.device.read(IN, 13))[:5] != b"USBS" + bytes([host.tag])
    with desk(faults=["stall@command=load"]) as host:
        host.device.write(OUT, host.wrap(bytes.fromhex("31010000000000000000"), 0, into_host=False))
        with pytest.raises(usb.core.USBError) as caught:
            host.device.read(IN, 13)
        assert caught.value.errno == errno.EPIPE


@pytest.mark.parametrize(("where", "gone"), [("payload=k", 0), ("reply=print", 1), ("step=panel,panel=k", 1)])
def test_power_goes_and_the_device_with_it(where: str, gone: int) -> None:
    with desk(faults=[f"power_cut@{where}"]) as host:
        host.code("31010000000000000000")
        with pytest.raises(usb.core.USBError) as caught:
            host.code("31080400000000000000" if host.upload(0) == 0 else "")
        assert caught.value.errno == errno.ENODEV
        host.printer.hands.power_on()
        assert host.printer.wait_for(lambda: host.printer.machine.ready)
        assert len(host.printer.truth.read("film_laid")) == gone
        assert host.printer.hands.look()["inside"] == ["A"]


def test_recorded_bulk_out_bytes_become_pictures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with desk() as host:
        stream = host.wrap(bytes.fromhex("120000006000"), 96, into_host=True)
        stream += host.wrap(bytes.fromhex("2A00030000000A7F2000"), 687_904, into_host=False) + b"\x07" * 687_904
        stream += host.wrap(bytes.fromhex("310A0000000000000000"), 0, into_host=False)
        stream += host.wrap(bytes.fromhex("2A00000000000A7F2000"), 687_904, into_host=False) + b"\xff" * 687_904
    (tmp_path / "one").write_bytes(stream)
    assert main(["decode-matica", str(tmp_path / "one"), "--out", str(tmp_path)]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()[1:]] == ["front-y", "back-k"]
    (tmp_path / "one").write_bytes(stream[:-1])
    assert main(["decode-matica", str(tmp_path / "one"), "--out", str(tmp_path)]) == 1
