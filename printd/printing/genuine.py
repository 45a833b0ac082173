"""Whether what is opened as a printer can be one, and keeps no card in clear: asked in a real shop each time.

What an address itself shows is refused by the books (:mod:`printd.words.addresses`). Here stands what only this moment
shows: which device a name leads to, which machine a host is, and how the print server is configured.
"""

from __future__ import annotations

import socket
from pathlib import Path
from urllib.parse import unquote, urlsplit

import drivers
from drivers.deadline import Deadline
from drivers.errors import DriverError, RefusedError
from printd.errors import IntegrityError, Refused
from printd.remedies import Do
from printd.shop.shop import Shop
from printd.store import printers
from printd.words.addresses import is_here, why_unreal

_LINES = ("ttyS", "ttyUSB", "ttyACM", "ttyAMA", "ttyO", "ttymxc", "ttyTHS", "ttySAC")
"""How the kernel's drivers of serial lines name their devices; a pseudo-terminal is ``pts``, a gadget ``ttyGS``."""


def check_books(shop: Shop) -> None:
    """Make sure, before work begins, that the table of printers holds none that the books would have refused.

    :raises IntegrityError: a real shop has a printer that is none: the table was altered.
    """
    if shop.practice:
        return
    with shop.store.reading() as connection:
        rows = printers.printers(connection)
    for row in rows:
        why = why_unreal(row["uri"])
        if why:
            raise IntegrityError(
                f"The printer {row['name']} is none for a real shop: {why}.",
                why="The books take no such printer: their table was altered.",
                consequence="Nothing is printed.",
                remedy=("Run ", Do("audit.replay"), ", and call the auditor."),
            )


def check(shop: Shop, uri: str, family: str, deadline: Deadline) -> None:
    """Make sure that a printer of a real shop is one, and that no card stays on a disk on its way to it.

    :raises Refused: it is none, or that is not known.
    """
    if shop.practice:
        return
    why = why_unreal(uri) or _why_not(uri)
    if why:
        raise _refused(uri, f"{why}.", "Connect the printer itself, and name its own address.")
    language = next((one for one in drivers.families() if one.name == family), None)
    if language is None or language.open_uri is None:
        return  # what goes over a wire of ours is kept nowhere; an unknown family is refused where it is opened
    if language.leaves_nothing is None:
        raise _refused(
            uri, f"The driver {family} does not tell what becomes of a card on its way.", "Use another driver."
        )
    try:
        language.leaves_nothing(uri, deadline)
    except RefusedError as kept:
        raise _refused(uri, f"{kept.message}.", f"{kept.hint}.") from kept
    except DriverError as silent:
        raise _refused(uri, f"{silent.message}.", f"{silent.hint}." if silent.hint else "") from silent


def _refused(uri: str, why: str, remedy: str) -> Refused:
    return Refused(
        f"What is at {uri[:100]} cannot be a printer of a real shop.",
        why=why[:1].upper() + why[1:],
        consequence="No card goes there.",
        remedy=remedy,
    )


def _why_not(uri: str) -> str:
    parts = urlsplit(uri)
    match parts.scheme:
        case "serial":
            return _line(Path(unquote(parts.path)))
        case "tcp":
            return _machine(parts.hostname or "", parts.port or 0)
    return ""


def _line(path: Path) -> str:
    """Return why a device is no serial line; empty: it is one."""
    try:
        real = path.resolve(strict=True)
    except OSError:
        return ""  # nothing is there: whoever opens it says so
    if real.parent == Path("/dev") and real.name.startswith(_LINES) and real.is_char_device():
        return ""
    return f"{path} leads to {real}, which is no serial line of this machine"


def _machine(host: str, port: int) -> str:
    """Return why a host is no printer; empty: it is another machine, or cannot be found."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)
    except OSError:
        return ""  # unknown: whoever opens it says so
    for family, kind, protocol, _, address in found:
        with socket.socket(family, kind, protocol) as asked:
            try:
                asked.connect(address)  # sends nothing; the kernel chooses the address that it would send from
            except OSError:
                continue
            own = asked.getsockname()[0]
        if own == address[0] or is_here(str(address[0])):
            return f"{host} is this machine itself, so that a program answers there"
    return ""
