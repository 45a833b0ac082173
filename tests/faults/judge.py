"""Whether what an act answered under a fault is true, and whether what it left owing was made up afterwards."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from faults.catalogue import Case
from faults.folder_faults import Fault
from faults.ground import Ledger, Said, Untrue, added

_NOTHING = re.compile(r"\b(Nothing|It|No blank|The shift|They) (was|were|is|stays?) ?(not )?", re.ASCII)
TICK = 20_000_000
"""Nanoseconds by which a file's time may lie before the clock's: the kernel takes it from its last tick."""

CALMING = "nothing has to be restored"
_PARTS = ("what", "why", "consequence", "remedy")


def sentences(error: Mapping[str, Any], *, books: bool = True) -> str:
    """Make sure that an error is told in whole sentences, with a consequence and a remedy; return them all.

    :param books: whether it could have booked anything, so that it must say what the books hold.
    """
    for part in _PARTS:
        text = error.get(part)
        needed = part in ("what", "remedy") or (part == "consequence" and books)
        if not isinstance(text, str) or (needed and not text):
            raise Untrue(f"the error has no {part}: {error}")
        if text and not re.search(r"""[.?!)]$|: [a-z]+ [^.]+$""", text):
            raise Untrue(f"the {part} is no sentence: {text!r}")
        if re.search(r"Error\b|sqlalche|psycopg\.|Errno", text):
            raise Untrue(f"the {part} is told in the words of a program: {text!r}")
    return " ".join(str(error[part]) for part in _PARTS)


def answer(case: Case, fault: Fault, said: Said, before: Ledger, after: Ledger) -> bool:
    """Judge what an act answered while a fault lasted; return whether it is done."""
    said.whole()
    new = added(before, after, case.books)
    if said.code == 0:
        if case.books and set(new) != set(case.books):
            raise Untrue(f"it says that it is booked, and the books gained {dict(new)}: {said.out[-300:]}")
        return True
    if said.code != 1:
        raise Untrue(f"exit {said.code}: {said.out[-300:]} {said.err[-1500:]}")
    error = said.value
    text = sentences(error)
    if "status 500" in text:
        raise Untrue(f"the daemon broke in the middle: {text}")
    if case.books and not fault.books and not case.writes:
        raise Untrue(f"nothing stood between it and the books, and it says: {text}")
    if not any(word in text.lower() for word in fault.cause):
        raise Untrue(f"the error does not tell the cause ({', '.join(fault.cause)}): {text}")
    wrong = [word for word in fault.never if word in text.lower().replace(CALMING, "")]
    if wrong:
        raise Untrue(f"the error leads astray ({', '.join(wrong)}): {text}")
    nothing = bool(_NOTHING.search(error["consequence"])) and "unknown" not in error["consequence"]
    if new and nothing:
        raise Untrue(f"the books gained {dict(new)}, and it says: {error['consequence']}")
    if not new and not nothing:
        raise Untrue(f"the books gained nothing, and it says: {error['consequence']!r}")
    return False


def papers(told: Any) -> list[Path]:
    """Return the files that an answer names."""
    if isinstance(told, Mapping):
        found = []
        for key, value in told.items():
            if key in ("files", "act", "file", "trace", "pdf", "json", "csv", "manifest") and isinstance(value, str):
                found.append(Path(value))
            elif isinstance(value, Mapping):
                found += papers(value)
        return [one for one in found if one.is_absolute()]
    return []


def written(path: Path, since: int) -> bool:
    """Tell whether a file was written after a moment, in nanoseconds of the clock."""
    return path.is_file() and path.stat().st_mtime_ns >= since


def debts(told: Any) -> list[Mapping[str, Any]]:
    """Return what an answer says is still to come; one that is booked and cannot be told is such a thing itself."""
    if not isinstance(told, Mapping):
        return []
    return [told] if told.get("error") == "Booked" else list(told.get("owed", []))


def owing(case: Case, said: Said, after: Ledger, since: int, *, signing: bool) -> None:
    """Make sure that an act which is done names all that is still to come of it.

    :param since: when the act began.
    :param signing: whether the act itself signs; beside a daemon that does.
    """
    told = said.value
    owed = debts(told)
    lacking = [str(one) for one in papers(told) if not written(one, since)]
    if case.papers and not papers(told):
        lacking.append("its papers")
    if signing and (after.signed < len(after.kinds) or after.noted < after.signed):
        lacking.append(f"checkpoint at {after.signed}, note at {after.noted}, of {len(after.kinds)}")
    if lacking and not owed:
        raise Untrue(f"it does not say that it owes {lacking}: {said.out[-300:]}")
    for one in owed:
        text = " ".join(str(one.get(part, "")) for part in ("what", "why", "remedy"))
        if not all(one.get(part) for part in ("what", "why", "remedy")):
            raise Untrue(f"what is owed is not told whole: {one}")
        if re.search(r"Error\b|sqlalche|Errno", text):
            raise Untrue(f"what is owed is told in the words of a program: {text!r}")
