"""A shop with retransfer printers: the real daemon prints through them, at 600 dpi over TCP and at 300 over USB."""

from __future__ import annotations

import zlib
from pathlib import Path

import numpy as np

from drivers.matica.job import MODELS
from hardware_mocks.pytest_wires import Setup, SimulatedPrinter, tcp_printer, usb_socket_printer
from printd.demo.staff import RUNNER, Staff, person
from printd.printing.artwork import Artist
from printd.store import records
from support.office import TWO, Office, _hand


class RetransferOffice(Office):
    """An office whose people know a card by the black panel that a retransfer printer lays."""

    def book(self, name: str, sim: SimulatedPrinter, uri: str, model: str, first: int) -> None:
        """Book a printer with three blanks."""
        self.printers[name], self.model = sim, model
        serials = [f"BLK{number:06d}" for number in range(first, first + 3)]
        self.act("printers.add", name=name, uri=uri, model=model, family="matica", **TWO)
        self.issue(serials[0], serials[-1])
        self.act("blanks.load", printer=name, pieces=3, by=person(RUNNER))
        sim.hands.load(serials)
        self.act("printers.resume", name=name, by=person(RUNNER))

    def staff(self) -> Staff:
        carried = {record: black for black, record in self._blacks().items()}
        hands = {name: _hand(sim) for name, sim in self.printers.items()}
        return Staff(self.act, hands, self.outside, lambda record: carried[record])

    def _blacks(self) -> dict[str, str]:
        """Return whose each black panel is: drawn again, and laid out by sheet 5."""
        shop, head, found = self.shop, MODELS[self.model], dict[str, str]()
        artist = Artist(shop)
        with shop.store.reading() as connection:
            for row in records.list_records(connection, 100):
                resin = artist.draw(row["id"], dpi=head.dpi).front.resin
                down, right = (head.rows - resin.shape[0]) // 2, (head.columns - resin.shape[1]) // 2
                film = np.pad(resin, ((down, down), (right, right))).astype(np.uint8) * 255
                sent = film[::-1, ::-1] if head.turned else film
                found[f"{zlib.crc32(sent.tobytes()):08x}"] = row["id"]
        return found


def test_a_jam_at_the_transfer_is_settled_and_the_line_goes_on(tmp_path: Path) -> None:
    """Film was printed and not transferred, the error stays in the printer: the next cards are good all the same."""
    setup = Setup(family="matica", serial="SIM-T", faults=["transfer_jam@card=1"])
    with tcp_printer(setup) as net:
        shop = RetransferOffice(tmp_path)
        try:
            shop.deliver(10)
            shop.book("p0", net.printer, f"tcp://{net.host}:{net.port}", "xid8600", 1)
            shop.take_in(2)
            with shop.open_doors():
                staff = shop.print_everything(2)
            assert staff.done["doubts settled"] == 1
            shop.judge(records=2)
            assert [(one["blank"], one["where"], one["complete"]) for one in shop.outside()] == [
                ("BLK000001", "hand", False),
                ("BLK000002", "output", True),
                ("BLK000003", "output", True),
            ]
        finally:
            shop.shop.close()


def test_two_cards_over_usb_with_nobody_in_the_room(tmp_path: Path) -> None:
    bus = tmp_path / "bus"
    bus.mkdir()
    setup = Setup(family="matica", dialect="xid580", serial="SIM-U")
    with usb_socket_printer(bus, setup) as usb:
        more = f'\n[usb]\nbackend = "hardware_mocks.wires.usb_socket:backend"\nargument = "{bus}"\n'
        shop = RetransferOffice(tmp_path, more=more)
        try:
            shop.deliver(10)
            shop.book("p0", usb.printer, "usb://2166/SIM-U", "xid580x", 1)
            (found,) = [one for one in shop.act("printers.discover") if one["wire"] == "usb"]
            assert (found["uri"], found["name"], found["family"]) == ("usb://2166/SIM-U", "p0", "matica")
            shop.take_in(2)
            with shop.open_doors():
                staff = shop.print_everything(2)
            assert not staff.done, "nothing went wrong, and nobody had to put anything right"
            shop.judge(records=2)
        finally:
            shop.shop.close()
