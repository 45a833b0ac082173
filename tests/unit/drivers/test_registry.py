"""The tuple of families and the small command line."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from drivers import FAMILIES, named, open_printer
from drivers.__main__ import main
from drivers.deadline import Deadline
from drivers.errors import AddressError


def test_models_are_known_by_their_own_names() -> None:
    for family in FAMILIES:
        assert family.models
        for name, model in family.models.items():
            assert model.name == name


QUESTIONS = {
    "printer": ("DRIVER", "FAMILY"),
    "job": ("MODELS", "Model", "encode"),
    "raster": (),
    "replies": ("condition",),
    "wires": (),
    "evidence": ("judge",),
}
"""File of a family, and what is asked of it in every family. The picture folder has no wire and no answers."""


def test_every_family_answers_the_same_questions_in_the_same_files() -> None:
    for family in FAMILIES:
        for file, names in QUESTIONS.items():
            called = f"drivers.{family.name}.{file}"
            if importlib.util.find_spec(called) is None:
                assert file == "evidence" or family.name == "picture", called
                continue
            module = importlib.import_module(called)
            assert [name for name in names if not hasattr(module, name)] == [], called


def test_unknown_family_and_model_are_refused_with_the_known_ones() -> None:
    with pytest.raises(AddressError) as caught:
        open_printer("tcp://127.0.0.1:1", model="dualys", family="nobody", deadline=Deadline.after(1))
    assert "evolis" in caught.value.hint
    with pytest.raises(AddressError) as caught:
        open_printer("tcp://127.0.0.1:1", model="dualis", deadline=Deadline.after(1))
    assert "dualys" in caught.value.hint


def test_importing_opens_nothing() -> None:
    script = """
import sys
from pathlib import Path
def hook(event, args):
    if event in ("socket.connect", "ctypes.dlopen") and args[0] is not None:
        raise SystemExit(f"opened {event} {args}")
    if event == "open" and str(args[0]).startswith(("/dev/bus", "/dev/tty", "/dev/usb", "/sys/bus/usb")):
        raise SystemExit(f"opened {args}")
import numpy
sys.addaudithook(hook)
import drivers, drivers.evolis
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr


def test_a_wrong_address_on_the_command_line_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", "serial:nowhere", "--model", "primacy"]) == 1
    assert "is not understood" in capsys.readouterr().err


def test_a_printer_is_named_by_what_leaves_no_choice(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert named("tcp://127.0.0.1:9", model="xid8600") == ("matica", "xid8600")
    assert named("usb://0c1f/1", model="tempo") == ("magicard", "tempo")
    assert named("picture:/srv/cards") == ("picture", "png")
    assert named("cups://localhost/cards") == ("cups", "cr80")
    for uri, model, family, sentence in (
        ("usb://0f49/1", "", "", "model of the evolis printer is not said"),
        ("usb://ffff/1", "", "", "does not say what printer is there"),
        ("tcp://127.0.0.1:9", "", "", "does not say what printer is there"),
        ("tcp://127.0.0.1:9", "teapot", "", "No family has a model 'teapot'"),
        ("tcp://127.0.0.1:9", "tempo", "hiti", "No driver for printers of the family 'hiti'"),
    ):
        with pytest.raises(AddressError, match=sentence):
            named(uri, model=model, family=family)
    assert main(["status", f"picture:{tmp_path}"]) == 0
    assert "state      idle, card none" in capsys.readouterr().out
