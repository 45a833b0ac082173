"""The table of docs/threats.md, made from what the attacks in this folder say of themselves.

``cd tests && python -m attack.document ../docs/threats.md`` renews it; a test fails where the document says something
else. Every test says what the attacker HAS, what he TRIES, and who NOTICES; what its docstring leaves out, its file's
docstring says for all.
"""

from __future__ import annotations

import importlib
import inspect
import math
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from types import ModuleType
from typing import Any

from support.deliberate import _BUG

BEGIN = "<!-- Made from tests/attack: cd tests && python -m attack.document ../docs/threats.md -->"
END = "<!-- End of what is made from tests/attack -->"

_LABEL = re.compile(r"\b(HAS|TRIES|WHO NOTICES|NOTICED|NOTICES|REFUSED|NOTHING|NOBODY)\b:?")
_MEMBER = {"HAS": "has", "TRIES": "tries"}
_SAID = {"REFUSED": "refused", "NOTHING": "nothing", "NOBODY": "nobody"}
"""Words that are themselves what is said of who notices."""

HOLDERS = (
    ("nothing", ""),
    ("a colleague's name", "name"),
    ("a practice shop, real blanks, a name server, a device", "practice shop|real blanks|name server|/dev"),
    (
        "papers and backups on their way",
        (
            "manifest|acknowledg|an act on paper|report as csv|export|disk with the backups"
            "|folder of acts|lies on a table|other side|other shop"
        ),
    ),
    ("the database and the shop's keys", "database and the (folder of )?keys"),
    ("the database, and one passphrase of somebody", "passphrase.*database"),
    ("the database and the folder", "database and (the )?folder|folder and database"),
    ("the database", "database"),
    ("one passphrase", "passphrase"),
    ("the disk, a copy of it, or what was deleted on it", "the disk"),
    ("the folder, the installation, and who starts them", "folder|installation|printd.toml|daemon stopped"),
)
"""Chapters in the order in which their words are looked for in what the attacker has."""

_ORDER = (
    "a colleague's name",
    "one passphrase",
    "the folder, the installation, and who starts them",
    "the disk, a copy of it, or what was deleted on it",
    "papers and backups on their way",
    "a practice shop, real blanks, a name server, a device",
    "the database",
    "the database, and one passphrase of somebody",
    "the database and the folder",
    "the database and the shop's keys",
)


@dataclass(frozen=True)
class Told:
    """What a docstring says of an attack; empty: nothing."""

    has: str
    tries: str
    noticed: str


@dataclass(frozen=True)
class Attack:
    """One test, and in how many cases it is tried."""

    name: str
    told: Told
    cases: int

    @property
    def whole(self) -> bool:
        """It says all three."""
        return bool(self.told.has and self.told.tries and self.told.noticed)

    @property
    def control(self) -> bool:
        """Nobody attacks: it shows that the others say something."""
        return self.told.has.startswith("nothing")

    @property
    def holder(self) -> str:
        """The chapter that it belongs to.

        :raises ValueError: no chapter's words are in what the attacker has.
        """
        has = self.told.has.lower()
        found = next((name for name, words in HOLDERS if words and re.search(words, has)), None)
        if found is None:
            raise ValueError(f"{self.name}: HOLDERS has no chapter for somebody who has {self.told.has!r}")
        return found


def renewed(text: str) -> str:
    """Return the document with the part between its two marks made anew.

    :raises ValueError: it does not have both marks once.
    """
    before, found, rest = text.partition(f"{BEGIN}\n")
    _, end, after = rest.partition(f"{END}\n")
    if not found or not end:
        raise ValueError(f"the document lacks the line {BEGIN!r} or, below it, {END!r}")
    return f"{before}{BEGIN}\n{chapter()}{END}\n{after}"


def chapter() -> str:
    """Return the tables, a chapter a holder; attacks that say the same are one row."""
    rows: dict[str, dict[Told, int]] = {name: {} for name in _ORDER}
    for attack in attacks():
        if not attack.control:
            told = rows[attack.holder]
            told[attack.told] = told.get(attack.told, 0) + attack.cases
    lines = []
    for name in _ORDER:
        lines += ["", f"### {name[0].upper()}{name[1:]}", "", f"{sum(rows[name].values())} cases.", ""]
        lines += ["| has | tries | who notices | cases |", "|---|---|---|---|"]
        lines += [f"| {told.has} | {told.tries} | {told.noticed} | {cases} |" for told, cases in rows[name].items()]
    return "\n".join([*lines, "", ""])


def attacks() -> Iterator[Attack]:
    """Yield every test of this folder, file by file in their order."""
    for path in sorted(Path(__file__).parent.glob("test_*.py")):
        module = importlib.import_module(f"attack.{path.stem}")
        for test in _tests(module):
            yield Attack(f"{path.name}: {test.__name__}", _told(module, test), _cases(test))


def _tests(module: ModuleType) -> list[Callable[..., Any]]:
    found = [one for name, one in vars(module).items() if name.startswith("test_") and inspect.isfunction(one)]
    return sorted(found, key=lambda one: one.__code__.co_firstlineno)


def _told(module: ModuleType, test: Callable[..., Any]) -> Told:
    own, of_all = _read(test.__doc__ or ""), _read(module.__doc__ or "")
    return Told(own.has or of_all.has, own.tries or of_all.tries, own.noticed or of_all.noticed)


def _read(docstring: str) -> Told:
    """Return what stands behind each label, up to the end of the last whole sentence before the next."""
    text = " ".join(docstring.split())
    found = {"has": "", "tries": "", "noticed": ""}
    labels = list(_LABEL.finditer(text))
    for label, following in zip_longest(labels, labels[1:]):
        behind = text[label.end() : None if following is None else following.start()]
        if following is not None:
            behind = behind[: max(behind.rfind(mark) for mark in ".;") + 1]
        said = f"{_SAID.get(label[1], '')} {behind.strip()}".strip().rstrip(".;:,")
        member = _MEMBER.get(label[1], "noticed")
        found[member] = f"{found[member]}; {said}" if found[member] else said
    return Told(**{member: said.replace("|", "\\|") for member, said in found.items()})


def _cases(test: Callable[..., Any]) -> int:
    marks = [one for one in getattr(test, "pytestmark", ()) if one.name == "parametrize" and one.args[0] != _BUG]
    return math.prod(len(one.args[1]) for one in marks)


def main() -> None:
    """Renew the tables in the document that the command line names."""
    path = Path(sys.argv[1])
    path.write_text(renewed(path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
