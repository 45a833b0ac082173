"""Addresses of printers: which of them can lead to a real printer, as far as the address itself shows."""

from __future__ import annotations

import re
from ipaddress import ip_address
from posixpath import normpath
from urllib.parse import SplitResult, unquote, urlsplit

CUPS_SOCKETS = ("/run/cups/cups.sock", "/var/run/cups/cups.sock")
"""Where the print server of this machine listens, by the distribution's own configuration."""

CUPS_PORT = 631
"""Its port; below 1024, so that only the system can listen there."""

_HERE = frozenset({"localhost", "127.0.0.1", "::1"})
_ODD_NUMBER = re.compile(r"(0x[0-9a-f]*|[0-9]+)(\.(0x[0-9a-f]*|[0-9]+))*", re.ASCII | re.IGNORECASE)


def why_unreal(uri: str) -> str:
    """Return why a printer at this address is none that a real shop may have; empty: it may be one.

    A folder, a pseudo-terminal, a program on this machine and a print server elsewhere can all be taken for a printer,
    and keep what was printed. What is unknown is not fine: only the ways are taken that are known to lead to hardware.
    What stands behind a line, a port or a queue is looked at when it is opened (:mod:`printd.printing.genuine`).
    """
    try:
        parts = urlsplit(uri)
        port = parts.port
    except ValueError:
        return "its address cannot be read"
    match parts.scheme:
        case "usb":
            return ""
        case "serial":
            return _serial(unquote(parts.path))
        case "tcp":
            return "it is a program on this machine" if is_here(parts.hostname or "") else ""
        case "cups":
            return _cups(parts, port)
        case "picture":
            return "it is a folder, in which every card stays as a picture"
    return "what its address leads to is not known here"


def is_here(host: str) -> bool:
    """Tell whether a host's name or number stands for this machine, or is written so that nobody can tell."""
    name = host.lower().rstrip(".")
    if not name or name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        number = ip_address(name.partition("%")[0])
    except ValueError:
        return bool(_ODD_NUMBER.fullmatch(name))  # 127.1, 0x7f000001: resolvers read them, people do not
    inner = getattr(number, "ipv4_mapped", None) or number
    return bool(inner.is_loopback or inner.is_unspecified)


def _serial(path: str) -> str:
    inside = path.startswith("/dev/") and normpath(path) == path
    if not inside or path.startswith(("/dev/pts/", "/dev/shm/", "/dev/fd/")):  # noqa: S108 - named to be refused
        return "it is no serial line of this machine but a file or a pseudo-terminal"
    return ""


def _cups(parts: SplitResult, port: int | None) -> str:
    if parts.netloc.upper().startswith("%2F"):
        local = unquote(parts.netloc) in CUPS_SOCKETS
    else:
        local = (parts.hostname or "") in _HERE and port in (None, CUPS_PORT)
    return (
        ""
        if local
        else "it is no queue of this machine's own print server, and what becomes of a card there is unknown"
    )
