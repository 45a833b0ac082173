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
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from types import ModuleType
from typing import Any

from attack.tamperings import LETTERS, TAMPERINGS
from support.deliberate import _BUG

BEGIN = "<!-- Made from tests/attack: cd tests && python -m attack.document ../docs/threats.md -->"
END = "<!-- End of what is made from tests/attack -->"

_LABEL = re.compile(r"\b(HAS|TRIES|WHO NOTICES|NOTICED|NOTICES|REFUSED|NOTHING|NOBODY)\b:?")
_MEMBER = {"HAS": "has", "TRIES": "tries"}
_END_OF_PARAGRAPH = "\0"
_SAID = {"REFUSED": "refused", "NOTHING": "nothing", "NOBODY": "nobody"}
"""Words that are themselves what is said of who notices."""

_NAME = "a colleague's name"
_PASSPHRASE = "one passphrase"
_FOLDER = "the folder, the installation, and what starts them"
_DISK = "the disk, a copy of it, or what was deleted on it"
_PAPERS = "papers, exports and backups"
_OTHERS = "a practice shop, real blanks, a name server, the network, a device, a stick"
_DATABASE = "the database"
_AND_PASSPHRASE = "the database and one passphrase"
_AND_FOLDER = "the database and the folder, and no key"
_AND_KEYS = "the database, the folder and the shop's keys"

CHAPTERS = (
    *(_NAME, _PASSPHRASE, _FOLDER, _DISK, _PAPERS, _OTHERS),
    *(_DATABASE, _AND_PASSPHRASE, _AND_FOLDER, _AND_KEYS),
)

HOLDERS = (
    ("names of all who work here; no passphrase|^a colleague's name", _NAME),
    (
        "manifest|acknowledg|an act on paper|report as csv|exported|backups|folder of acts|a table or in|shop's note",
        _PAPERS,
    ),
    ("under the sender's name|the whole pack", _PAPERS),
    ("genuine (papers?|file|code|checkpoint)|^paper", _PAPERS),
    ("practice shop|real blanks|name server|/dev|the network|the stick", _OTHERS),
    ("^the disk", _DISK),
    ("database.*(the log's key|the (folder of )?keys|the key of the log)", _AND_KEYS),
    ("passphrase.*database|database.*his own passphrase", _AND_PASSPHRASE),
    ("database and (the )?folder|folder and database", _AND_FOLDER),
    ("database", _DATABASE),
    ("passphrase", _PASSPHRASE),
    ("folder|installation|printd.toml|daemon stopped", _FOLDER),
)
"""Words that are looked for in what the attacker has, in this order, and the chapter that they mean."""


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
        found = next((chapter for words, chapter in HOLDERS if re.search(words, has)), None)
        if found is None:
            raise ValueError(f"{self.name}: HOLDERS has no words for somebody who has {self.told.has!r}")
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
    rows: dict[str, dict[Told, int]] = {name: {} for name in CHAPTERS}
    for attack in attacks():
        if not attack.control:
            told = rows[attack.holder]
            told[attack.told] = told.get(attack.told, 0) + attack.cases
    lines = []
    for name in CHAPTERS:
        lines += ["", f"### {name[0].upper()}{name[1:]}", "", f"{sum(rows[name].values())} cases.", ""]
        lines += ["| has | tries | who notices | cases |", "|---|---|---|---|"]
        lines += [f"| {told.has} | {told.tries} | {told.noticed} | {cases} |" for told, cases in rows[name].items()]
    return "\n".join([*lines, *_of_tables(), "", ""])


def _of_tables() -> Iterator[str]:
    """Yield which tamperings with a table are noticed by whom."""
    kinds: dict[str, Counter[str]] = {}
    for one in TAMPERINGS:
        kinds.setdefault(one.who, Counter())[one.what.partition(":")[0]] += 1
    yield from ("", "### Tables, by who notices", "", f"{len(TAMPERINGS)} tamperings, each alone.", "")
    yield from ("| who notices, each of them | of which tables, how many |", "|---|---|")
    for who in sorted(kinds, key=lambda letters: -kinds[letters].total()):
        told = ", ".join(f"{kind} {number}" for kind, number in sorted(kinds[who].items()))
        yield f"| {', '.join(LETTERS[letter] for letter in who)} | {told} |"


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
    """Return what stands behind each label, up to the last whole sentence before the next, or the paragraph's end."""
    paragraphs = [" ".join(one.split()) for one in re.split(r"\n\s*\n", docstring)]
    text = _END_OF_PARAGRAPH.join(paragraphs)
    found = {"has": "", "tries": "", "noticed": ""}
    labels = list(_LABEL.finditer(text))
    for label, following in zip_longest(labels, labels[1:]):
        behind = text[label.end() : None if following is None else following.start()]
        behind, ends, _ = behind.partition(_END_OF_PARAGRAPH)
        if following is not None and not ends:
            behind = behind[: max(behind.rfind(mark) for mark in ".;") + 1]
        said = f"{_SAID.get(label[1], '')}{behind}".strip(" .;:,").removeprefix("by ")
        member = _MEMBER.get(label[1], "noticed")
        found[member] = f"{found[member]}; {said}" if found[member] else said
    return Told(**{member: said.replace("|", "\\|").replace("``", "`") for member, said in found.items()})


def _cases(test: Callable[..., Any]) -> int:
    marks = [one for one in getattr(test, "pytestmark", ()) if one.name == "parametrize" and one.args[0] != _BUG]
    return math.prod(len(one.args[1]) for one in marks)


def main() -> None:
    """Renew the tables in the document that the command line names."""
    path = Path(sys.argv[1])
    path.write_text(renewed(path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
