"""What is wrong with a record, in words for the operator and codes for programs."""

from dataclasses import dataclass
from typing import Literal

from printd.intake.warnings import WARNINGS


@dataclass(frozen=True)
class Finding:
    """An error stops a record, a warning travels with it until somebody acknowledges it.

    `field` is one of our field names, empty for the file as a whole; `message` never holds a value of the record.
    """

    severity: Literal["error", "warning"]
    code: str
    field: str
    message: str


def warning(code: str, field: str) -> Finding:
    """Return one of :data:`~printd.intake.warnings.WARNINGS`, about a field."""
    return Finding("warning", code, field, WARNINGS[code])


class RecordRefused(ValueError):
    """The record does not enter; `findings` holds every error and warning that was found."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__("; ".join(finding.message for finding in findings if finding.severity == "error"))
        self.findings = findings


def refuse(code: str, message: str) -> RecordRefused:
    """Return the refusal of a file as a whole."""
    return RecordRefused((Finding("error", code, "", message),))
