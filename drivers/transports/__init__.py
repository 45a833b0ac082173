"""Wires to a printer, chosen by the scheme of its address.

- ``usb://0f49/SERIALNUMBER``: vendor id in hexadecimal, and the serial number
- ``serial:/dev/ttyUSB0?baud=115200``
- ``tcp://host:port``
"""

from __future__ import annotations

import re
from urllib.parse import parse_qs, unquote, urlsplit

from drivers.deadline import Deadline
from drivers.errors import AddressError
from drivers.transports.base import Transport
from drivers.transports.serial import SerialTransport
from drivers.transports.tcp import TcpTransport
from drivers.transports.usb import UsbTransport

DEFAULT_BAUD = 115200

_FORMS = "Write usb://0f49/SERIALNUMBER, serial:/dev/ttyUSB0?baud=115200 or tcp://host:port"


def open_transport(uri: str, *, usb_class: int = 7, usb_backend: object | None = None, deadline: Deadline) -> Transport:
    """Open the wire that an address names.

    :param usb_class: interface class that is spoken on USB: 7 printers, 8 mass storage.
    :param usb_backend: a pyusb backend, or ``None`` for libusb; other wires ignore it.
    :raises AddressError: the address is not understood.
    :raises NotFoundError: nothing is there.
    :raises AccessError: this user may not.
    :raises BusyError: another program has it.
    """
    try:
        parts = urlsplit(uri)
        port = parts.port
    except ValueError as error:
        raise AddressError(f"The printer address {uri!r} is not understood ({error})", hint=_FORMS) from error
    if parts.scheme == "usb" and re.fullmatch("[0-9a-fA-F]{4}", parts.netloc) and len(parts.path) > 1:
        return UsbTransport(int(parts.netloc, 16), unquote(parts.path[1:]), usb_backend, usb_class)
    if parts.scheme == "tcp" and parts.hostname and port and parts.path in ("", "/"):
        return TcpTransport(parts.hostname, port, deadline)
    if parts.scheme == "serial" and not parts.netloc and parts.path.startswith("/"):
        return SerialTransport(unquote(parts.path), _baud(uri, parts.query))
    raise AddressError(f"The printer address {uri!r} is not understood", hint=_FORMS)


def _baud(uri: str, query: str) -> int:
    settings = parse_qs(query, keep_blank_values=True)
    values = settings.pop("baud", [str(DEFAULT_BAUD)])
    if settings or len(values) != 1 or not re.fullmatch("[0-9]{3,7}", values[0]):
        raise AddressError(f"The settings of the serial line in {uri!r} are not understood", hint=_FORMS)
    return int(values[0])
