"""``cd tests && python -m spoilt.make DIR``: every spoilt log, each in a folder of its own, and what is found in it.

``verify`` in such a folder is the command line, ``finds`` the class of findings that it must give. ``--document PATH``
renews the table of docs/spoilt.md instead; a test fails where that says something else than the verifier.
"""

from __future__ import annotations

import io
import json
import shlex
import sys
from collections.abc import Iterator, Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from printd_verify.command import main as verify
from printd_verify.sentences import LANGUAGES
from spoilt import of_cards, of_days, of_files, of_good, of_packs, of_people, of_stock
from spoilt.cases import Case, Words
from spoilt.good import Good, make

CASES: Final = (
    *of_good.CASES,
    *of_cards.CASES,
    *of_people.CASES,
    *of_stock.CASES,
    *of_days.CASES,
    *of_files.CASES,
    *of_packs.CASES,
)
OF_THE_HOUR: Final = "tail"
"""What is found only some minutes after a log was made."""

BEGIN: Final = "<!-- Made from tests/spoilt: cd tests && python -m spoilt.make --document ../docs/spoilt.md -->"


@dataclass(frozen=True)
class Judged:
    """What the verifier says of a spoilt log.

    :param code: how it ends.
    :param found: number of cases by class, in the order in which they were found.
    """

    code: int
    found: Mapping[str, int]


def judge(words: Words) -> Judged:
    """Verify what the words of a command line name."""
    with redirect_stdout(io.StringIO()) as out, redirect_stderr(io.StringIO()) as wrong:
        code = verify([*map(str, words), "--json", "--jobs", "0"])
    if not out.getvalue():
        raise ValueError(wrong.getvalue())
    told = json.loads(out.getvalue())
    for case in told["findings"]:
        for place in case["first"]:
            assert set(place["says"]) == set(LANGUAGES)
    return Judged(code, {one["class"]: one["number"] for one in told["findings"] if one["class"] != OF_THE_HOUR})


def judged(good: Good) -> Iterator[tuple[Case, Judged]]:
    """Yield every case with what the verifier says of it; nothing of it stays."""
    for case in CASES:
        with TemporaryDirectory() as folder:
            yield case, judge(case.write(good, Path(folder)))


def write_all(good: Good, target: Path) -> Iterator[tuple[Case, Judged]]:
    """Write every case into a folder of its own; yield it with what the verifier says of it."""
    for number, case in enumerate(CASES):
        folder = target / f"{number:03}-{case.name}"
        folder.mkdir(parents=True)
        words = case.write(good, folder)
        told = [str(one.relative_to(folder)) if isinstance(one, Path) else one for one in words]
        (folder / "verify").write_text(f"printd-verify {shlex.join(told)}\n")
        (folder / "finds").write_text(f"{case.finds or 'nothing'}\n")
        yield case, judge(words)


def table(said: Mapping[Case, Judged]) -> str:
    """Return the table of all cases."""
    lines = ["| | what was done | by whom, who has | found | and what follows from it |", "|---|---|---|---|---|"]
    for case, told in said.items():
        others = ", ".join(f"`{code}`" for code in told.found if code != case.finds)
        finds = f"`{case.finds}`" if case.finds else "nothing"
        lines.append(f"| {case.name} | {case.does} | {case.has} | {finds} | {others} |")
    return "\n".join([*lines, ""])


def renewed(text: str, said: Mapping[Case, Judged]) -> str:
    """Return the document with everything behind its mark made anew.

    :raises ValueError: it has no mark.
    """
    before, found, _ = text.partition(f"{BEGIN}\n")
    if not found:
        raise ValueError(f"the document lacks the line {BEGIN!r}")
    return f"{before}{BEGIN}\n\n{table(said)}"


def main() -> int:
    """Do what the command line says; return how it ends."""
    target = Path(sys.argv[-1])
    with TemporaryDirectory() as folder:
        good = make(Path(folder) / "shop")
    if "--document" in sys.argv:
        target.write_text(renewed(target.read_text(encoding="utf-8"), dict(judged(good))), encoding="utf-8")
        return 0
    wrong = 0
    for case, told in write_all(good, target):
        as_it_must = case.finds in told.found if case.finds else not told.found
        wrong += not as_it_must
        print(f"{'good' if as_it_must else 'MISSED'}\t{case.name}\t{case.finds}\t{', '.join(told.found)}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
