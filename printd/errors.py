"""Errors as an operator reads them: what happened, why, what it means, what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from printd.remedies import ErrorTold, Remedy  # what only says no needs no remedies


class PrintdError(Exception):
    """Base of everything printd raises on purpose.

    :param what: what happened, one sentence that names blanks, jobs or printers, never a person.
    :param why: the reason, or an empty string.
    :param consequence: what it means for the books and the cards, or an empty string.
    :param remedy: what to do now, or an empty string. It names acts, never a command: see :mod:`printd.remedies`.
    """

    def __init__(self, what: str, *, why: str = "", consequence: str = "", remedy: Remedy = "") -> None:
        super().__init__(what)
        self.what = what
        self.why = why
        self.consequence = consequence
        self.remedy = remedy

    def __str__(self) -> str:
        from printd.remedies import plain  # noqa: PLC0415 - a command that is not refused goes without

        return " ".join(part for part in (self.what, self.why, self.consequence, plain(self.remedy)) if part)

    def to_json(self) -> ErrorTold:
        """Return the fields, for machines and for the trip over the daemon's socket; the remedy in its parts."""
        from printd.remedies import to_json  # noqa: PLC0415

        return {
            "error": type(self).__name__,
            "what": self.what,
            "why": self.why,
            "consequence": self.consequence,
            "remedy": to_json(self.remedy),
        }


class Refused(PrintdError):
    """The act is against a rule of the books; nothing changed.

    :param blind: what is said instead of ``what`` and ``why`` while something is counted, where these tell how many
        blanks the books have somewhere, or which.
    """

    def __init__(
        self, what: str, *, why: str = "", consequence: str = "", remedy: Remedy = "", blind: str = ""
    ) -> None:
        super().__init__(what, why=why, consequence=consequence, remedy=remedy)
        self.blind = blind


class ParcelRefused(Refused):
    """One record does not enter; the next one may."""


class Booked(PrintdError):
    """The act is booked and its answer cannot be told now: no refusal, so a command exits with 0."""


class ConfigError(PrintdError):
    """The shop's configuration or directory is not usable."""


class ShopBusyError(PrintdError):
    """Another process works on the shop."""


class StorageError(PrintdError):
    """The disk, the folder or the database server does not take or give what the shop keeps there.

    Nothing is wrong with the act: it can be repeated when the cause is gone. ``consequence`` says what the books hold.
    """


class IntegrityError(PrintdError):
    """The books do not prove themselves: stop, and call the auditor."""


class AlteredError(IntegrityError):
    """What lies sealed is not what was sealed, or not what was taken in.

    ``seal`` names it where it was found; it does not travel.
    """

    seal = ""


def from_json(told: ErrorTold) -> PrintdError:
    """Return the error that :meth:`PrintdError.to_json` made plain data of; one of an unknown kind is a refusal."""
    from printd import remedies  # noqa: PLC0415

    kind = globals().get(told["error"], Refused)
    error: PrintdError = kind(
        told["what"],
        why=told["why"],
        consequence=told["consequence"],
        remedy=remedies.from_json(told["remedy"]),
    )
    return error
