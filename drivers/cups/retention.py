"""Whether a print server keeps what it printed, and whether a queue ends in a printer: by its settings and its answers.

CUPS keeps the document of a job on disk while it waits, and for a day after it is over unless it is told not to
(cupsd.conf(5), ``PreserveJobFiles``). A card's document is a face. What cannot be read is not taken for good. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from drivers.cups.ipp import Attributes
from drivers.cups.replies import GUARD, text
from drivers.errors import RefusedError

SETTINGS = Path("/etc/cups/cupsd.conf")
"""The print server's own configuration on this machine."""

_OFF = frozenset({"no", "off", "false", "0"})
_TO_PRINTERS = frozenset({"usb", "serial", "socket", "lpd", "ipp", "ipps"})
_HINT = (
    f"Write the line PreserveJobFiles No into {SETTINGS}, see that this user may read that file, and run: "
    "systemctl restart cups"
)


def check_settings(settings: str | None) -> None:
    """Refuse a server whose settings keep the files of jobs that are over.

    :param settings: the text of its configuration; ``None``: it cannot be read.
    :raises RefusedError: they are kept, or nobody knows.
    """
    if settings is None:
        raise RefusedError(
            f"Whether CUPS keeps the cards it printed is not known: {SETTINGS} cannot be read", hint=_HINT
        )
    found = re.findall(r"^[ \t]*PreserveJobFiles[ \t]+(\S+)[ \t]*$", settings, re.IGNORECASE | re.MULTILINE)
    if not found or {one.lower() for one in found} - _OFF:
        says = f"PreserveJobFiles {', '.join(found)}" if found else "no PreserveJobFiles, which stands for a day"
        raise RefusedError(f"CUPS keeps the cards it printed: its settings have {says}", hint=_HINT)


def check_jobs(finished: Iterable[Attributes]) -> None:
    """Refuse a server that has documents of jobs that are over, whatever its settings say now.

    :param finished: its jobs that are over.
    :raises RefusedError: it kept some, or does not tell.
    """
    for job in finished:
        kept = job.get("number-of-documents", (None,))[0]
        if kept != 0:
            raise RefusedError(
                f"CUPS keeps the document of job {text(job, 'job-id')}, which is over"
                if isinstance(kept, int)
                else f"CUPS does not tell whether it keeps the document of job {text(job, 'job-id')}",
                hint=f"{_HINT}; then cancel -a -x",
            )


def check_device(told: Attributes) -> None:
    """Refuse a queue that ends in anything but a printer: in a file, in a folder of PDFs, in another queue.

    :raises RefusedError: it does, or nobody knows.
    """
    device = text(told, "device-uri").removeprefix(GUARD)
    scheme = device.partition(":")[0].lower()
    if not (scheme in _TO_PRINTERS or scheme.endswith("+usb")):
        raise RefusedError(
            f"The queue {text(told, 'printer-name')} ends in {scheme or 'nothing that it tells'}, which is not known "
            "to be a printer",
            hint=f"Give it the printer's own device: {', '.join(sorted(_TO_PRINTERS))}",
        )
