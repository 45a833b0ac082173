"""The Matica driver against a simulated retransfer printer: over TCP, on USB in process, and under the real libusb."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest

from contract.matica_desk import EVERY_WIRE, NewDesk, agrees, card, desks, picture, soon
from drivers import list_printers, open_printer
from drivers.__main__ import main
from drivers.candidate import Match
from drivers.discovery import discover
from drivers.errors import DriverError, NoReplyError, NotFoundError, RefusedError, UnexpectedReplyError
from drivers.matica import printer as matica
from drivers.matica.job import MODELS, encode
from drivers.matica.printer import DRIVER, MaticaPrinter
from drivers.matica.wires import ethernet
from drivers.printer import Artwork, Counters, Outcome, Position, Reason, Rung, State, Station
from drivers.transports import open_transport
from hardware_mocks.pytest_wires import Setup, tcp_printer, usb_inprocess_printer
from hardware_mocks.wires.ibackend import InProcessBackend


@pytest.fixture(params=EVERY_WIRE)
def desk(request: pytest.FixtureRequest) -> Iterator[NewDesk]:
    """Put printers on each wire in turn."""
    with desks(request.param, request) as new:
        yield new


@pytest.fixture
def net(request: pytest.FixtureRequest) -> Iterator[NewDesk]:
    """Put printers on TCP, for what does not depend on the wire."""
    with desks("tcp", request) as new:
        yield new


@pytest.mark.parametrize("model", list(MODELS))
def test_both_sides_are_printed_and_proved_and_then_another_card(desk: NewDesk, model: str) -> None:
    at = desk(model)
    printer = at.open(model)
    assert printer.status(soon()).state is State.IDLE
    before = printer.counters(soon())
    printer.print(card(model, two_sided=True), soon())
    found = printer.confirm(before, card(model, two_sided=True), soon())
    assert (found.outcome, found.rung, found.position) == (Outcome.PRINTED, Rung.LEFT_PRINTER, Position.NONE)
    assert (before, found.after) == (Counters(cards=0, panels=0), Counters(cards=1, panels=5))
    again = printer.counters(soon())
    black = card(model, colour=False)
    printer.print(black, soon())
    second = printer.confirm(again, black, soon())
    assert (second.outcome, second.after) == (Outcome.PRINTED, Counters(cards=2, panels=6))
    assert at.cards() == [("A-1", "output", "ymck", "k", True), ("A-2", "output", "k", "", True)]
    assert at.hopper() == ["A-3"]
    assert at.sim.truth.read("transfer")[-1]["film_left"] == 997, "a section a side"
    assert at.complaints() == []


def test_the_counters_are_those_that_the_printer_tells_others_meanwhile(net: NewDesk) -> None:
    at = net()
    printer = at.open()
    printer.status(soon())
    printer.print(card(), soon())
    question = struct.pack(">4I", 0xF0000600, 4, 0, 7) + bytes.fromhex("1F00000020000000")  # sheet 9, by UDP
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.settimeout(10)
        other.sendto(question, ("127.0.0.1", at.udp))
        answer = other.recv(1000)
    total, head = (int.from_bytes(answer[16 + 8 * number + 3 :][:4], "big") for number in range(2))
    assert answer[:4] == bytes.fromhex("F1000600")
    assert printer.counters(soon()) == Counters(cards=total, panels=head) == Counters(cards=1, panels=4)


def test_who_the_printer_is_and_that_another_is_another(desk: NewDesk) -> None:
    one, other = desk(serial="SIM-7"), desk(serial="SIM-8")
    told = [at.open().identify(soon()) for at in (one, other)]
    assert [(each.family, each.model) for each in told] == [("matica", "XID580i")] * 2
    assert None not in {each.serial_number for each in told}
    assert len({each.serial_number for each in told}) == 2, "a printer that was exchanged would not be seen"
    if one.backend is not None:
        assert [each.serial_number for each in told] == ["SIM-7", "SIM-8"]


def test_it_is_found_on_usb_and_by_what_it_says_first() -> None:
    setup = Setup(family="matica", dialect="xid580", serial="SIM-9")
    with usb_inprocess_printer(setup) as usb:
        (seen,) = list_printers(usb.backend)
        assert (seen.uri, seen.name) == ("usb://2166/SIM-9", "Card Printer")
        found = [one for one in discover([DRIVER], usb_backend=usb.backend) if one.wire == "usb"]
        assert [(one.uri, one.matches) for one in found] == [("usb://2166/SIM-9", (Match("matica", None, 30),))]
        assert usb.device.kernel_driver == "usb-storage", "looking takes nothing away from the kernel"
    with tcp_printer(setup) as net:
        address = f"{net.host}:{net.port}"
        (spoke,) = [one for one in discover([DRIVER], [address], InProcessBackend([])) if one.wire == "tcp"]
        assert (spoke.uri, spoke.matches) == (f"tcp://{address}", (Match("matica", "xid580x", 100),))


def test_it_is_asked_from_the_command_line(net: NewDesk, capsys: pytest.CaptureFixture[str]) -> None:
    at = net()
    assert main(["status", at.uri, "--model", "xid580x"]) == 0
    told = capsys.readouterr().out
    assert "state      idle, card none" in told
    assert "XID580i" in told


def test_the_kernel_gets_its_disk_back() -> None:
    with usb_inprocess_printer(Setup(family="matica", serial="SIM-9")) as sim:
        printer = open_printer(
            "usb://2166/SIM-9", model="xid8600", family="matica", usb_backend=sim.backend, deadline=soon()
        )
        printer.identify(soon())
        held = sim.device.kernel_driver
        printer.close()
        assert (held, sim.device.kernel_driver) == (None, "usb-storage")


@pytest.mark.parametrize("quirk", ["count_at=load", "count_at=transfer", "head_extra=2", "split", "no_handshake"])
def test_what_no_sheet_knows_of_counters_and_pieces_costs_no_card(net: NewDesk, quirk: str) -> None:
    at = net(quirks=[quirk])
    printer = at.open()
    printer.status(soon())
    before = printer.counters(soon())
    printer.print(card(two_sided=True), soon())
    found = printer.confirm(before, card(two_sided=True), soon())
    assert found.outcome is Outcome.PRINTED, found.findings
    agrees(at, found)


def test_the_last_card_leaves_an_empty_hopper_and_is_a_good_one(desk: NewDesk) -> None:
    at = desk(hopper=["A-1"])
    printer = at.open()
    printer.status(soon())
    before = printer.counters(soon())
    printer.print(card(), soon())
    found = printer.confirm(before, card(), soon())
    assert (found.outcome, found.raw["state"]) == (Outcome.PRINTED, "0002D000")
    status = printer.status(soon())
    assert (status.state, [one.reason for one in status.blocking]) == (State.STOPPED, [Reason.MEDIA_EMPTY])
    with pytest.raises(RefusedError, match="no cards in the hopper"):
        printer.print(card(), soon())
    later = printer.confirm(found.after, card(), soon())
    assert later.outcome is Outcome.UNUSED
    assert [blank for blank, *_ in at.cards()] == ["A-1"]


@pytest.mark.parametrize("again", ["same connection", "new connection", "new power"])
def test_film_that_was_printed_and_not_transferred_comes_on_no_other_card(
    net: NewDesk, monkeypatch: pytest.MonkeyPatch, again: str
) -> None:
    monkeypatch.setattr(matica, "_POLL_SECONDS", 0.01)
    at = net(faults=["head_hot@panel=c"], quirks=["film_kept"])
    printer = at.open()
    with pytest.raises(RefusedError, match="print head is too hot"):
        printer.print(card(), soon())
    assert at.sim.hands.look()["film"] == {"left": 1000, "printed": ["y", "m"]}
    at.sim.hands.take_card()
    if again == "new power":
        at.sim.hands.power_off()
        at.sim.hands.power_on()
        assert at.sim.wait_for(lambda: at.sim.port.alive)
    if again != "same connection":
        printer.close()
        printer = at.open()
        printer.status(soon())
    before = printer.counters(soon())
    printer.print(card(), soon())
    found = printer.confirm(before, card(), soon())
    assert found.outcome is Outcome.PRINTED, found.findings
    assert at.cards() == [("A-1", "hand", "", "", False), ("A-2", "output", "ymck", "", True)]


def test_film_that_waits_for_a_transfer_that_never_came_is_wound_past(net: NewDesk) -> None:
    at = net()
    printer = at.open()
    printer.status(soon())
    whole = card()
    printer.print(replace(whole, commands=whole.commands[:-1]), soon())
    assert at.sim.hands.look()["film"] == {"left": 1000, "printed": ["y", "m", "c", "k"]}
    at.sim.hands.take_card()
    before = printer.counters(soon())
    printer.print(whole, soon())
    assert printer.confirm(before, whole, soon()).outcome is Outcome.PRINTED
    assert at.cards() == [("A-1", "hand", "", "", False), ("A-2", "output", "ymck", "", True)]


def test_a_printer_that_restarted_in_the_middle_is_not_gone_on_with(net: NewDesk) -> None:
    at = net()
    printer = at.open()
    printer.status(soon())
    before = printer.counters(soon())

    def blink() -> None:
        """Restart what answers, once, when the film is printed; the connection stays."""
        if at.film() == "ymck":
            at.sim.machine.listeners.remove(blink)
            at.sim.machine.just_booted = True

    with at.sim.machine.cond:
        at.sim.machine.listeners.append(blink)
    with pytest.raises(RefusedError, match="was just restarted"):
        printer.print(card(), soon())
    found = printer.confirm(before, card(), soon())
    assert (found.outcome, found.position) == (Outcome.IN_DOUBT, Position.PRINT)
    assert at.sim.truth.read("transfer") == []


@pytest.mark.parametrize("ribbon", ["ko:10", "k:10"])
def test_a_wrong_ribbon_is_named_and_the_blank_is_not_touched(net: NewDesk, ribbon: str) -> None:
    at = net(ribbon=ribbon)
    printer = at.open()
    before = printer.counters(soon())
    with pytest.raises(RefusedError, match="ribbon's panel was not found"):
        printer.print(card(), soon())
    printer.clear(soon())
    found = printer.confirm(before, card(), soon())
    assert "Take it back, unused" in " ".join(found.findings)
    assert (at.cards(), at.film()) == ([("A-1", "reject", "", "", False)], "")


@pytest.mark.parametrize(("model", "said"), [("xid8600", "XID580i"), ("xid580x", "XID9300"), ("xid580x", "Primacy")])
def test_another_model_is_refused_before_anything_moves(desk: NewDesk, model: str, said: str) -> None:
    at = desk("xid580x", model=said)
    printer = at.open(model)
    with pytest.raises((RefusedError, UnexpectedReplyError), match=f"{said}.*|type that this driver does not know"):
        printer.print(card(model), soon())
    assert (at.cards(), len(at.hopper()), at.film()) == ([], 3, "")
    assert at.sim.truth.read("feed") == []


def test_a_printer_of_another_family_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ethernet, "_IDENTITY_SECONDS", 0.3)
    evolis = Setup(family="evolis", hopper=["A-1"], serial="SIM-1")
    with tcp_printer(evolis) as net, usb_inprocess_printer(evolis) as usb:
        printer = open_printer(f"tcp://{net.host}:{net.port}", model="xid580x", family="matica", deadline=soon())
        status = printer.status(soon())
        assert (status.state, status.blocking[0].reason) == (State.UNKNOWN, Reason.UNKNOWN)
        with pytest.raises(NoReplyError):
            printer.print(card(), soon())
        found = printer.confirm(Counters(), card(), soon(1))
        assert found.outcome is Outcome.IN_DOUBT
        printer.close()
        with pytest.raises(NotFoundError):
            open_printer("usb://2166/SIM-1", model="xid580x", family="matica", usb_backend=usb.backend, deadline=soon())
        assert net.printer.truth.read("feed") == []


NOISES = {
    "noise": b"\x07?#\x00" * 64,
    "a greeting of something else": b"220 mail.example ESMTP\r\n",
    "identity for ever": struct.pack(">4I", 0xF3000200, 0x1C, 0, 1) + bytes(40) + b"XID580i".ljust(16) + bytes(48),
    "half a block": struct.pack(">2I", 0xF3000200, 0x1C),
    "a block without end": struct.pack(">2I", 0xF1000100, 0xFFFFFFFF),
}


@pytest.mark.parametrize("noise", list(NOISES))
@pytest.mark.parametrize("endless", [True, False])
def test_garbage_ends_in_a_clear_error_soon(monkeypatch: pytest.MonkeyPatch, noise: str, endless: bool) -> None:
    for name in ("_IDENTITY_SECONDS", "_READ_SECONDS"):
        monkeypatch.setattr(ethernet, name, 0.3)
    heard = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection, contextlib.suppress(OSError):
                connection.settimeout(20)
                connection.sendall(NOISES[noise])
                while endless:
                    connection.sendall(NOISES[noise])
                while data := connection.recv(1000):
                    heard.append(data)

        thread = threading.Thread(target=serve)
        thread.start()
        uri = f"tcp://127.0.0.1:{server.getsockname()[1]}"
        printer = open_printer(uri, model="xid580x", family="matica", deadline=soon())
        assert printer.status(soon()).state is State.UNKNOWN
        with pytest.raises(DriverError) as caught:
            printer.print(card(), soon())
        assert isinstance(caught.value, (NoReplyError, UnexpectedReplyError))
        assert len(printer._dialect._buffer) < 10_000  # type: ignore[attr-defined]
        printer.close()
        thread.join(20)
        assert not thread.is_alive()
    assert not any(data[:4] in (b"\xf0\x00\x01\x00", b"\xf0\x00\x02\x00") for data in heard), "a card was begun"


@pytest.mark.parametrize("station", [Station.CONTACT, Station.CONTACTLESS])
def test_a_card_is_held_at_a_station_and_then_printed(desk: NewDesk, station: Station) -> None:
    at = desk()
    printer = at.open()
    printer.status(soon())
    before = printer.counters(soon())
    printer.feed(station, soon())
    assert (printer.status(soon()).position.value, at.sim.hands.look()["engaged"]) == (station.value, [station.value])
    printer.print(card(), soon())
    found = printer.confirm(before, card(), soon())
    assert found.outcome is Outcome.PRINTED, found.findings
    assert at.cards() == [("A-1", "output", "ymck", "", True)]
    assert at.complaints() == [], "moved while it was held"


def test_a_card_that_was_refused_at_a_station_goes_to_the_reject_exit(desk: NewDesk) -> None:
    at = desk()
    printer = at.open()
    printer.status(soon())
    before = printer.counters(soon())
    printer.feed(Station.CONTACTLESS, soon())
    printer.reject(soon())
    found = printer.confirm(before, None, soon())
    assert (found.outcome, found.position) == (Outcome.SPOILED, Position.NONE)
    agrees(at, found)
    assert at.complaints() == []
    with pytest.raises(RefusedError, match="No card is inside"):
        printer.eject(soon())


def test_a_card_that_lies_inside_is_nobodys_and_is_not_printed_on(net: NewDesk) -> None:
    at = net()
    first = at.open()
    first.status(soon())
    first.feed(Station.PRINT, soon())
    first.close()
    printer = at.open()
    assert printer.status(soon()).position is Position.PRINT
    with pytest.raises(RefusedError, match="of which this attempt knows nothing"):
        printer.print(card(), soon())
    assert printer.confirm(Counters(), card(), soon()).outcome is Outcome.IN_DOUBT
    printer.clear(soon())
    assert at.cards() == [("A-1", "reject", "", "", False)]


def test_a_firmware_that_wants_the_longer_transfer_refuses_and_then_prints(net: NewDesk) -> None:
    at = net(quirks=["transfer_long"])
    printer = at.open()
    before = printer.counters(soon())
    with pytest.raises(RefusedError, match="unknown command"):
        printer.print(card(), soon())
    assert "Nothing was transferred to it" in " ".join(printer.confirm(before, card(), soon()).findings)
    printer.clear(soon())
    assert at.cards() == [("A-1", "reject", "", "", False)]
    printer.close()
    longer = replace(MODELS["xid580x"], long_transfer=True)
    wanted = encode(Artwork(picture(), picture(colour=False)), longer)
    again = MaticaPrinter(open_transport(at.uri, deadline=soon()), longer)
    again.status(soon())
    before = again.counters(soon())
    again.print(wanted, soon())
    assert again.confirm(before, wanted, soon()).outcome is Outcome.PRINTED
    again.close()


def test_warming_up_is_told_and_waited_for(net: NewDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matica, "_POLL_SECONDS", 0.01)
    at = net(speed=200.0)
    at.sim.hands.power_off()
    at.sim.hands.power_on()
    assert at.sim.wait_for(lambda: at.sim.port.alive)
    printer = at.open()
    status = printer.status(soon())
    assert (status.state, status.blocking[0].raw) == (State.PROCESSING, "0002DA00 warming up")
    before = printer.counters(soon())
    printer.print(card(), soon())
    assert printer.confirm(before, card(), soon()).outcome is Outcome.PRINTED


@pytest.mark.parametrize("quirk", ["", "refuse_second"])
def test_a_printer_that_another_program_has_says_nothing(
    net: NewDesk, monkeypatch: pytest.MonkeyPatch, quirk: str
) -> None:
    at = net(quirks=[quirk] if quirk else [])
    first = at.open()
    first.status(soon())
    before = first.counters(soon())
    second = at.open()
    monkeypatch.setattr(ethernet, "_IDENTITY_SECONDS", 0.3)
    with pytest.raises(DriverError):
        second.identify(soon())
    second.close()
    first.print(card(), soon())
    assert first.confirm(before, card(), soon()).outcome is Outcome.PRINTED


def test_an_error_that_an_earlier_connection_left_is_cleared_once_and_only_without_a_card(net: NewDesk) -> None:
    at = net(faults=["transfer_jam"])
    first = at.open()
    with pytest.raises(RefusedError):
        first.print(card(), soon())
    first.close()
    second = at.open()
    told = second.status(soon())
    assert (told.blocking[0].reason, told.position) == (Reason.MEDIA_JAM, Position.PRINT)
    assert "state after initialising" not in told.raw
    at.sim.hands.take_card()
    assert second.status(soon()).state is State.STOPPED, "somebody still looks at it over this connection"
    second.close()
    third = at.open()
    told = third.status(soon())
    assert (told.state, told.raw["state"], told.raw["state after initialising"]) == (State.IDLE, "00039300", "00000000")


def test_what_an_open_door_kept_from_being_cleared_is_cleared_when_it_is_closed(net: NewDesk) -> None:
    at = net(faults=["transfer_jam"])
    first = at.open()
    with pytest.raises(RefusedError):
        first.print(card(), soon())
    first.close()
    at.sim.hands.take_card()
    at.sim.hands.open_cover()
    second = at.open()
    for _ in range(2):
        told = second.status(soon())
        assert (told.raw["state"], told.blocking[0].reason) == ("00039300", Reason.DOOR_OPEN)
        assert str(told.blocking[0]) == "door-open: 0002D100 the door is open. Close the door"
    at.sim.hands.close_cover()
    assert second.status(soon()).state is State.IDLE
