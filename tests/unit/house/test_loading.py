"""What people ask for at the desk and the command line loads no driver and nothing that draws or reckons."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

import printd
from drivers.colour import Intent
from drivers.dither import Dither
from printd.desk import calibration

HOUSE = Path(printd.__file__).parent
TRIES = """
import importlib, json, sys

class Heavy(ImportError):
    pass

class Finder:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("PIL", "drivers", "layouts", "numpy", "serial", "usb"):
            asked.append(name)
            raise Heavy(name)

asked, found = [], {}
sys.meta_path.insert(0, Finder())
for module in sys.argv[1:]:
    asked.clear()
    try:
        importlib.import_module(module)
    except Heavy:
        pass
    if asked:
        found[module] = list(asked)
print(json.dumps(found))
"""


def loads(*modules: str) -> dict[str, list[str]]:
    """Return of each module what it loads of all that it must not load, tried in a fresh interpreter."""
    done = subprocess.run([sys.executable, "-c", TRIES, *modules], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    found: dict[str, list[str]] = json.loads(done.stdout)
    return found


def modules_of(*rooms: str) -> list[str]:
    paths = [path for room in rooms for path in sorted((HOUSE / room).rglob("*.py"))]
    names = (".".join(path.relative_to(HOUSE.parent).with_suffix("").parts) for path in paths)
    return [name.removesuffix(".__init__") for name in names]


def test_no_module_of_desk_and_command_line_loads_a_driver_or_what_draws_and_reckons() -> None:
    modules = modules_of("desk", "cli")
    assert len(modules) > 70
    assert loads(*modules) == {}


def test_taking_records_in_loads_nothing_that_reads_pictures() -> None:
    """Their decoder runs in a process of its own."""
    apart = ("printd.intake.images", "printd.intake.picture_process")
    modules = [one for one in modules_of("intake") if one not in apart]
    assert len(modules) > 10
    assert {name: found for name, found in loads(*modules).items() if "PIL" in found} == {}


def test_what_does_load_them_is_noticed_module_by_module() -> None:
    found = loads("printd.printing.artwork", "printd.words.places", "printd.custody.demand", "printd.printing.press")
    assert (found["printd.printing.artwork"], found["printd.custody.demand"]) == (["PIL"], ["numpy"])
    assert found["printd.printing.press"] == ["drivers"]
    assert len(found) == 3


@pytest.mark.parametrize(("words", "enum"), [(calibration.Dither, Dither), (calibration.Intent, Intent)])
def test_the_desk_knows_the_words_of_the_drivers(words: object, enum: type[Dither | Intent]) -> None:
    assert get_args(words) == tuple(map(str, enum))
