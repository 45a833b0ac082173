"""The printer languages there are: what is different from one family to the next, in one table."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from hardware_mocks.evolis.printer import Evolis
from hardware_mocks.evolis.replies import Identity
from hardware_mocks.evolis.words import DIALECTS as EVOLIS_DIALECTS
from hardware_mocks.machine import Machine
from hardware_mocks.magicard.printer import Magicard
from hardware_mocks.matica.printer import Matica
from hardware_mocks.port import Port
from hardware_mocks.retransfer import Retransfer
from hardware_mocks.zebra.printer import Zebra


class Language(Protocol):
    """A printer's firmware. Every method wants the machine's lock held."""

    def receive(self, data: bytes) -> None:
        """Work on received bytes until more are needed.

        :raises PowerLostError: power fails meanwhile.
        """

    def connected(self) -> None:
        """Begin a new connection: an unfinished command is forgotten."""

    def restart(self) -> None:
        """Begin as after power-on."""


class Named(Protocol):
    """How a printer was set up, as far as its firmware knows."""

    serial: str
    model: str
    firmware: str
    dialect: str


def common_port_status(machine: Machine) -> int:
    """The printer class's byte: bit 3 no error, bit 4 selected, bit 5 paper empty (USB printer class 1.1, 4.2.2)."""
    mechanical = machine.jammed or machine.cover_open
    media = not machine.hopper or machine.ribbon is None or machine.ribbon.ended
    return 0x10 | (0 if mechanical else 0x08) | (0x20 if media else 0)


@dataclass(frozen=True)
class UsbFace:
    """What a family shows on USB.

    ``interface`` is class, subclass, protocol; ``device_id`` the IEEE-1284 text with ``{model}`` and ``{serial}``,
    empty where there is none; ``product_name`` the product string where it is not the model; ``port_status`` answers
    GET_PORT_STATUS for a family's firmware and machine.
    """

    vendor: int
    product: int
    manufacturer: str
    device_id: str
    interface: tuple[int, int, int] = (7, 1, 2)
    endpoints: tuple[int, int] = (0x01, 0x82)
    kernel_driver: str = "usblp"
    product_name: str = ""
    port_status: Callable[[Machine, Language], int] = lambda machine, _: common_port_status(machine)


@dataclass(frozen=True)
class Family:
    """One printer language; model, firmware, ribbon and the first dialect are what a setup has by itself.

    ``models`` where the usual model differs by dialect; ``machine`` is what the printer is inside; ``film`` sections
    of transfer film, 0 where there is none; ``datagrams`` whether it answers over UDP beside TCP; ``faults`` what goes
    wrong in this family only.
    """

    make: Callable[[Machine, Port, Named], Language]
    dialects: tuple[str, ...]
    wires: tuple[str, ...]
    model: str
    firmware: str
    ribbon: str
    usb: UsbFace
    models: Mapping[str, str] = field(default_factory=dict)
    machine: type[Machine] = Machine
    film: int = 0
    datagrams: bool = False
    faults: tuple[str, ...] = ()


def _evolis(machine: Machine, port: Port, named: Named) -> Language:
    return Evolis(machine, port, Identity(named.serial, named.model, named.firmware), named.dialect)


def _magicard(machine: Machine, port: Port, named: Named) -> Language:
    return Magicard(machine, port, named.serial, named.model, named.firmware, named.dialect)


def _magicard_port(_machine: Machine, firmware: Language) -> int:
    assert isinstance(firmware, Magicard)
    return firmware.port_status()


def _zebra(machine: Machine, port: Port, named: Named) -> Language:
    return Zebra(machine, port, named.model, named.firmware, named.dialect)


def _zebra_port(_machine: Machine, firmware: Language) -> int:
    assert isinstance(firmware, Zebra)
    return firmware.port_status()


def _matica(machine: Machine, port: Port, named: Named) -> Language:
    return Matica(machine, port, named.serial, named.model, named.firmware, named.dialect)


FAMILIES: Mapping[str, Family] = {
    "evolis": Family(
        _evolis, tuple(sorted(EVOLIS_DIALECTS, key=lambda name: name != "kc")), ("pty", "tcp", "usb"), "Primacy",
        "1234", "ymcko:100",
        UsbFace(0x0F49, 0x0A00, "Evolis", "MFG:Evolis;MDL:{model};CMD:EVOLIS;CLS:PRINTER;SN:{serial};"),
        faults=("tag_unreadable",),
    ),
    "magicard": Family(
        _magicard, ("enduro", "rio", "aota"), ("usb",), "Enduro+", "1.05", "ymcko:100",
        UsbFace(0x0C1F, 0x880A, "Magicard", "MFG:Magicard ;MDL:{model};CMD:PCL,MPL;CLS:PRINTER;",
                port_status=_magicard_port),
    ),
    "matica": Family(
        _matica, ("xid8600", "xid580"), ("tcp", "usb"), "XID8600", "1.00", "ymck:1000",
        UsbFace(0x2166, 0x701D, "G-Printec, Inc.", "", (8, 6, 0x50), (0x02, 0x81), "usb-storage",
                product_name="Card Printer"),
        models={"xid580": "XID580i"}, machine=Retransfer, film=1000, datagrams=True,
        faults=("film_mark", "ribbon_search", "transfer_jam", "retransfer_jam", "eject_jam", "magnetic_jam",
                "write_failed", "card_uncounted", "card_counted_twice", "warming", "starting", "cold", "roller_hot",
                "error", "wrong_sequence", "reset"),
    ),
    "zebra": Family(
        _zebra, ("i", "p310", "p300", "p420", "max"), ("pty", "tcp", "usb"), "P330i", "V4.02", "ymcko:100",
        # No source knows a product id or the text of a device id (sheet 3): a driver must find it without.
        UsbFace(0x0A5F, 0x00FF, "Zebra", "MFG:Zebra;MDL:{model};CMD:EPCL;CLS:PRINTER;", port_status=_zebra_port),
        faults=("buffer_full",),
    ),
}  # fmt: skip
