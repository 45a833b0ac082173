"""Drivers of card printers. Importing opens nothing.

A family is one entry of :data:`FAMILIES`, an explicit tuple: nothing is discovered by name or by file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from drivers import evolis
from drivers.deadline import Deadline
from drivers.errors import AddressError
from drivers.printer import CardPrinter
from drivers.transports import open_transport
from drivers.transports.base import Transport
from drivers.transports.usb import UsbDevice, list_devices


@dataclass(frozen=True)
class Family:
    """One printer language.

    :param usb_vendors: USB vendor ids of its printers.
    :param manufacturers: values of ``MFG`` in their IEEE-1284 device ids, in capitals.
    :param models: models by name.
    :param connect: makes a printer of an open transport and a model's name.
    """

    name: str
    usb_vendors: tuple[int, ...]
    manufacturers: tuple[str, ...]
    models: Mapping[str, evolis.Model]
    connect: Callable[[Transport, evolis.Model], CardPrinter]


FAMILIES: tuple[Family, ...] = (
    Family(evolis.FAMILY, (evolis.USB_VENDOR,), ("EVOLIS",), evolis.MODELS, evolis.EvolisPrinter),
)


def match(vendor: int | None = None, device_id: str = "") -> Family | None:
    """Return the family that speaks to a device, by USB vendor id or by the manufacturer in its IEEE-1284 id."""
    maker = re.search(r"(?:^|;)\s*(?:MFG|MANUFACTURER):([^;]*)", device_id, re.IGNORECASE)
    name = maker.group(1).strip().upper() if maker else None
    for family in FAMILIES:
        if vendor in family.usb_vendors or name in family.manufacturers:
            return family
    return None


def list_printers(usb_backend: object | None = None) -> list[UsbDevice]:
    """List USB printers of all families, without claiming any.

    :param usb_backend: a pyusb backend, or ``None`` for libusb.
    """
    return list_devices(tuple(vendor for family in FAMILIES for vendor in family.usb_vendors), usb_backend)


def open_printer(
    uri: str, *, model: str, family: str = evolis.FAMILY, usb_backend: object | None = None, deadline: Deadline
) -> CardPrinter:
    """Open the printer at an address; see :mod:`drivers.transports` for its forms.

    :param model: a name in the family's ``models``.
    :param usb_backend: a pyusb backend, or ``None`` for libusb.
    :raises AddressError: address, family or model are not known.
    :raises NotFoundError: nothing is there.
    :raises AccessError: this user may not.
    :raises BusyError: another program has it.
    """
    spoken = next((f for f in FAMILIES if f.name == family), None)
    if spoken is None:
        raise AddressError(f"No driver for printers of the family {family!r}", hint=_choices(f.name for f in FAMILIES))
    if model not in spoken.models:
        raise AddressError(f"The family {family} has no model {model!r}", hint=_choices(spoken.models))
    transport = open_transport(uri, usb_backend=usb_backend, deadline=deadline)
    return spoken.connect(transport, spoken.models[model])


def _choices(names: Iterable[str]) -> str:
    return f"Known are: {', '.join(sorted(names))}"
