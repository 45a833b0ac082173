"""What can go wrong between us and a card printer, said in fields an operator's message is built from.

A driver raises only these. None of them means that a card is good or spoiled: that is decided by
:meth:`drivers.printer.CardPrinter.confirm`, from evidence.
"""

from __future__ import annotations


class DriverError(Exception):
    """Base of everything that drivers raise.

    :param message: what happened and what it means, one sentence for a person.
    :param hint: what to do about it, or an empty string.
    :param command: the command that was under way, without payload, or an empty string.
    :param reply: the raw reply as text, or an empty string where there was none.
    """

    def __init__(self, message: str, *, hint: str = "", command: str = "", reply: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.command = command
        self.reply = reply

    def __str__(self) -> str:
        parts = [self.message]
        if self.command:
            parts.append(f"command {self.command!r}")
        if self.reply:
            parts.append(f"reply {self.reply!r}")
        return "; ".join(parts) + (f". {self.hint}" if self.hint else "")


class AddressError(DriverError):
    """The printer's address (URI) is not understood."""


class NotFoundError(DriverError):
    """No device answers at the address: unplugged, switched off, or a wrong address."""


class BusyError(DriverError):
    """Another program or a kernel driver holds the device."""


class AccessError(DriverError):
    """The device exists, but this user may not open it."""


class GoneError(DriverError):
    """The device went away in the middle: cable out, printer off, connection closed."""


class WriteStalledError(DriverError):
    """The device stopped taking bytes before the deadline.

    :param accepted: bytes that it did take.
    """

    def __init__(self, message: str, *, accepted: int, hint: str = "", command: str = "") -> None:
        super().__init__(message, hint=hint, command=command)
        self.accepted = accepted


class NoReplyError(DriverError):
    """Nothing came back before the deadline. The outcome of the command is unknown."""


class RefusedError(DriverError):
    """The printer answered that it did not do the command."""


class UnexpectedReplyError(DriverError):
    """The printer answered something the driver does not know. The outcome is unknown."""


class ArtworkError(DriverError):
    """The pictures cannot be printed by this model: wrong size, wrong mode, too many sides."""
