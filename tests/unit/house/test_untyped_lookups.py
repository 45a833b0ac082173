"""``make types`` refuses a look-up by name in a dictionary of anything: nobody could say which names it has."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from mypy import api

from support.untyped_lookups import NOT_YET, STRANGERS

ROOT = Path(__file__).parents[3]

LOOKED_UP = """
from typing import Any, Mapping, MutableMapping, TypedDict


class Row(TypedDict, total=False):
    serial: str


def untyped(row: dict[str, Any], seen: Mapping[str, Any], kept: MutableMapping[str, Any]) -> list[Any]:
    return [
        row["a"],
        row.get("b"),
        row.pop("c"),
        seen["d"],
        seen.get("e", 0),
        kept.pop("f", None),
        row["g"]["inside"],
        "h" in row and f"{row['h']}",
    ]


def typed(row: Row, count: dict[str, int], name: str, rows: dict[str, Any]) -> tuple[str, int, Any]:
    told: str = row.get("serial", "")
    rows["written"] = told + row["serial"]
    return told, count["x"], rows[name]
"""


def found_by_mypy(folder: Path, module: str) -> list[str]:
    """Return what mypy says of a module of this text under the project's own plugin."""
    *packages, _ = module.split(".")
    place = folder.joinpath(*packages)
    place.mkdir(parents=True)
    (place / f"{module.rpartition('.')[2]}.py").write_text(LOOKED_UP, encoding="utf-8")
    (named,) = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["mypy"]["plugins"]
    config = folder / "mypy.ini"
    config.write_text(f"[mypy]\nplugins = {ROOT / named}\nstrict = True\nnamespace_packages = True\n", encoding="utf-8")
    arguments = ["--config-file", str(config), "--cache-dir", str(folder / "cache"), "--explicit-package-bases"]
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        told, failed, _ = api.run([*arguments, "-m", module])
    assert not failed, failed
    return [line for line in told.splitlines() if "error:" in line]


def test_a_look_up_in_a_dictionary_of_anything_is_refused(tmp_path: Path) -> None:
    found = found_by_mypy(tmp_path, "printd.probe")
    assert [line.split("error: ")[1] for line in found] == [
        f'"{name}" is looked up in a dictionary of anything  [untyped-lookup]' for name in "abcdefgh"
    ]


@pytest.mark.parametrize("module", ["drivers.probe", "printd.ledger.entry"])
def test_drivers_and_who_reads_strangers_may_look_up(tmp_path: Path, module: str) -> None:
    assert found_by_mypy(tmp_path, module) == []


@pytest.mark.parametrize("module", sorted({*STRANGERS, *NOT_YET}))
def test_a_module_that_may_look_up_is_one_of_the_house(module: str) -> None:
    assert (ROOT / f"{module.replace('.', '/')}.py").is_file()
