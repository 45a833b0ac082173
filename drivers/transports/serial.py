"""A printer on a serial line: ``serial:/dev/ttyUSB0?baud=115200``."""

from __future__ import annotations

import contextlib
import errno
import os
import termios

import serial

from drivers.deadline import Deadline
from drivers.errors import AccessError, AddressError, BusyError, GoneError, NotFoundError, WriteStalledError
from drivers.transports.base import READ_LIMIT
from drivers.transports.ready import readable, writable

_CHUNK = 4096  # bytes offered to the tty at once; it takes what fits


class SerialTransport:
    """One serial line, 8N1, locked against a second user.

    pyserial opens, locks and configures the line. Bytes are moved on its descriptor with ``os.read`` and ``os.write``
    instead: ``Serial.write`` loses the count of what was sent when it times out, changing ``Serial.timeout``
    configures the line again for each read, and both wait by ``select``, which knows no descriptor above 1023.
    """

    settle = 0.0

    def __init__(self, device: str, baud: int) -> None:
        self._name = device
        try:
            self._port = serial.Serial(device, baud, timeout=0, write_timeout=0, exclusive=True)
        except (OSError, termios.error) as error:  # serial.SerialException is an OSError
            code = getattr(error, "errno", None)
            if code in (errno.EACCES, errno.EPERM):
                raise AccessError(
                    f"This user may not open {device}", hint="Add the user to the group that owns it, often dialout"
                ) from error
            if code in (errno.EAGAIN, errno.EBUSY):
                raise BusyError(f"Another program uses {device}", hint="Stop that program") from error
            raise NotFoundError(f"{device} cannot be opened ({error})", hint="Check cable and address") from error
        except (ValueError, OverflowError) as error:
            raise AddressError(f"{device} does not take {baud} baud ({error})") from error

    def write(self, data: bytes, deadline: Deadline) -> None:
        """See :class:`drivers.transports.base.Transport`."""
        rest = memoryview(data)
        while rest:
            try:
                if not writable(self._fd(), deadline):
                    raise WriteStalledError(
                        f"The printer on {self._name} stopped taking data",
                        accepted=len(data) - len(rest),
                        hint="Look at the printer: it may wait for somebody",
                    )
                rest = rest[os.write(self._fd(), rest[:_CHUNK]) :]
            except BlockingIOError:
                continue
            except (OSError, termios.error) as error:
                raise self._gone(error) from error

    def read(self, deadline: Deadline) -> bytes:
        """See :class:`drivers.transports.base.Transport`."""
        while True:
            try:
                if not readable(self._fd(), deadline):
                    return b""
                data = os.read(self._fd(), READ_LIMIT)
            except BlockingIOError:
                continue
            except (OSError, termios.error) as error:
                raise self._gone(error) from error
            if not data:  # a line that is always ready and never has anything is one that was pulled out
                raise self._gone(OSError(errno.EIO, "end of file"))
            return data

    def close(self) -> None:
        """See :class:`drivers.transports.base.Transport`."""
        with contextlib.suppress(OSError, termios.error):
            self._port.close()

    def _fd(self) -> int:
        return int(self._port.fileno())

    def _gone(self, error: Exception) -> GoneError:
        return GoneError(
            f"The serial line {self._name} broke ({error})", hint="Check the cable and the printer's power"
        )
