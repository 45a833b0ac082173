"""What went over a wire, as JSON lines for the technician and the simulator: replies whole, what was sent as far as it
holds nothing personal.

A card's panels are the face and the data of a person. So a long write is kept by its first bytes, its length and its
SHA-256: enough to see what was sent and to compare it, not to see whom.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Protocol, TextIO, cast, runtime_checkable

from drivers.deadline import Deadline
from drivers.errors import DriverError
from drivers.transports.base import Transport

if TYPE_CHECKING:
    from drivers.transports.usb import UsbTransport

_WHOLE = 256  # bytes up to which a write is kept whole: every command and no panel
_HEAD = 32
_LONGEST = 1 << 26  # bytes of a trace; a forgotten one does not fill the disk


class Trace:
    """Writes one line for each thing that goes over the wire; ``ms`` is since the trace began.

    ``{"ms":..,"out":HEX}`` or ``{"ms":..,"out":HEX of the first bytes,"bytes":N,"sha256":..}``; ``{"ms":..,"in":HEX}``;
    ``{"ms":..,"port":N}`` a port status; ``{"ms":..,"reset":true}`` a reset of mass storage;
    ``{"ms":..,"error":NAME,"says":..}`` what the wire did instead.

    :param file: flushed at every line, so that a power cut leaves all but the last.
    """

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._began = time.monotonic()
        self._left = _LONGEST

    def note(self, **what: Any) -> None:
        """Write one line, the last one where the trace becomes too long."""
        if self._file.closed or self._left <= 0:
            return
        line = {"ms": round((time.monotonic() - self._began) * 1000, 1), **what}
        self._left -= self._file.write(json.dumps(line, separators=(",", ":")) + "\n")
        if self._left <= 0:
            self._file.write('{"full":true}\n')
        self._file.flush()

    def out(self, data: bytes) -> None:
        """Note bytes that are sent."""
        if len(data) <= _WHOLE:
            self.note(out=data.hex())
        else:
            self.note(out=data[:_HEAD].hex(), bytes=len(data), sha256=hashlib.sha256(data).hexdigest())

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class TracedTransport:
    """A wire that notes everything that goes over it."""

    def __init__(self, behind: Transport, trace: Trace) -> None:
        self._behind = behind
        self._trace = trace

    @property
    def settle(self) -> float:
        """See :class:`drivers.transports.base.Transport`."""
        return self._behind.settle

    def write(self, data: bytes, deadline: Deadline) -> None:
        """See :class:`drivers.transports.base.Transport`."""
        self._trace.out(data)
        with self._errors():
            self._behind.write(data, deadline)

    def read(self, deadline: Deadline) -> bytes:
        """See :class:`drivers.transports.base.Transport`."""
        with self._errors():
            data = self._behind.read(deadline)
        if data:
            self._trace.note(**{"in": data.hex()})
        return data

    def close(self) -> None:
        """See :class:`drivers.transports.base.Transport`. The trace ends with it."""
        self._behind.close()
        self._trace.close()

    @contextlib.contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except DriverError as failed:
            self._trace.note(error=type(failed).__name__, says=str(failed))
            raise


class TracedUsb(TracedTransport):
    """The same for USB, where the control pipe speaks as well."""

    def __init__(self, behind: UsbTransport, trace: Trace) -> None:
        super().__init__(behind, trace)
        self._usb = behind

    @property
    def serial_number(self) -> str:
        """See :class:`drivers.transports.usb.UsbTransport`."""
        return self._usb.serial_number

    def device_id(self) -> str:
        """See :class:`drivers.transports.usb.UsbTransport`."""
        told = self._usb.device_id()
        self._trace.note(device_id=told)
        return told

    def port_status(self) -> int | None:
        """See :class:`drivers.transports.usb.UsbTransport`."""
        with self._errors():
            port = self._usb.port_status()
        self._trace.note(port=port)
        return port

    def reset_storage(self) -> None:
        """See :class:`drivers.transports.usb.UsbTransport`."""
        self._trace.note(reset=True)
        with self._errors():
            self._usb.reset_storage()


@runtime_checkable
class _Usb(Protocol):
    """What tells USB from other wires, as the drivers tell it: a port with a number and a status."""

    @property
    def serial_number(self) -> str:
        """See :class:`drivers.transports.usb.UsbTransport`."""

    def port_status(self) -> int | None:
        """See :class:`drivers.transports.usb.UsbTransport`."""


def traced(transport: Transport, trace: Trace) -> Transport:
    """Return a wire that notes in ``trace`` what goes over this one."""
    if isinstance(transport, _Usb):
        return TracedUsb(cast("UsbTransport", transport), trace)
    return TracedTransport(transport, trace)
