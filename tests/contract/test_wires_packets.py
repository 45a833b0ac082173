"""USB packets as real devices send them: short ones, empty ones, whole ones with nothing after; no byte is lost."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pytest

from drivers.deadline import Deadline
from drivers.evolis.wires import Conversation
from drivers.transports import open_transport
from hardware_mocks.pytest_wires import Setup, UsbPrinter, usb_inprocess_printer, usb_umock_printer
from hardware_mocks.wires.usb_model import PACKET

SERIAL = "10000777005"


@pytest.fixture(params=["usb", pytest.param("usbfs", marks=pytest.mark.usbfs)])
def spoken(request: pytest.FixtureRequest) -> Iterator[tuple[UsbPrinter, Conversation]]:
    setup = Setup(serial=SERIAL, faults=["silence@command=Rsn"])
    with contextlib.ExitStack() as stack:
        printer = stack.enter_context(
            usb_inprocess_printer(setup)
            if request.param == "usb"
            else usb_umock_printer(request.getfixturevalue("umock_bus"), setup)
        )
        assert printer.printer.wait_for(lambda: printer.printer.port.alive)
        transport = open_transport(f"usb://0f49/{SERIAL}", usb_backend=printer.backend, deadline=Deadline.after(20))
        stack.callback(transport.close)
        yield printer, Conversation(transport)


def sends(printer: UsbPrinter, *packets: bytes) -> None:
    with printer.printer.machine.cond:
        for packet in packets:
            printer.printer.port.reply(packet)


@pytest.mark.parametrize(
    ("packets", "reply"),
    [
        ([b"", b"", b"OK\0"], "OK"),
        ([b"O", b"", b"K", b"\0"], "OK"),
        ([b"A" * PACKET, b"\0"], "A" * PACKET),
        ([b"A" * (PACKET - 1) + b"\0"], "A" * (PACKET - 1)),
        ([b"A" * PACKET], "A" * PACKET),
        ([b"A" * PACKET, b"B" * PACKET, b"", b"C\0"], "A" * PACKET + "B" * PACKET + "C"),
    ],
    ids=["empty first", "in pieces", "whole and the end", "the end is the last byte", "no end", "empty between"],
)
def test_a_reply_is_whole_however_it_is_cut(
    spoken: tuple[UsbPrinter, Conversation], packets: list[bytes], reply: str
) -> None:
    printer, conversation = spoken
    conversation.transport.write(b"\x1bRsn\r", Deadline.after(20))
    sends(printer, *packets)
    assert conversation._reply(Deadline.after(5 if packets[-1].endswith(b"\0") else 0.5)) == reply
    assert conversation.ask(b"\x1bRlr;p\r", Deadline.after(20)) == "OK", "the next question has its own answer"
    assert not conversation.unasked


def test_empty_packets_alone_are_silence(spoken: tuple[UsbPrinter, Conversation]) -> None:
    printer, conversation = spoken
    sends(printer, *[b""] * 20)
    assert conversation.transport.read(Deadline.after(0.2)) == b""
    assert conversation.ask(b"\x1bRlr;p\r", Deadline.after(20)) == "OK"
