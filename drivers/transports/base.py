"""What every wire offers: move bytes under a deadline. A transport knows no printer."""

from __future__ import annotations

from typing import Protocol

from drivers.deadline import Deadline

READ_LIMIT = 4096  # most bytes that one read hands over; replies of printers are shorter by far


class Transport(Protocol):
    """An open connection that one thread uses.

    ``settle`` is the time in seconds that a read has to wait to see bytes that the device already holds: zero where
    the operating system collects them, more where a read must be posted first.
    """

    @property
    def settle(self) -> float:
        """See the class."""

    def write(self, data: bytes, deadline: Deadline) -> None:
        """Hand over all of ``data``.

        :raises drivers.errors.WriteStalledError: not all was taken by the deadline; carries how much was.
        :raises drivers.errors.GoneError: the device went away.
        """

    def read(self, deadline: Deadline) -> bytes:
        """Return what arrives next, 1 to ``READ_LIMIT`` bytes, or nothing when the deadline passes first.

        :raises drivers.errors.NoReplyError: the device refused to be read from.
        :raises drivers.errors.GoneError: the device went away.
        """

    def close(self) -> None:
        """Give the device back. Never raises, may be called twice."""
