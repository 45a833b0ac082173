"""The disk under the database fails at every write of a card: ENOSPC, EIO, short writes; once, or until mended."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ALL = bool(int(os.environ.get("PRINTD_CRASH", "0")))
_HERE = Path(__file__).parent


@pytest.mark.timeout(600)
def test_no_write_that_fails_loses_or_doubles_a_card(tmp_path: Path) -> None:
    if shutil.which("gcc") is None:
        if os.environ.get("CI") == "true":
            pytest.fail("gcc is missing: apt-get install gcc libc6-dev")
        pytest.skip("gcc is not installed: apt-get install gcc libc6-dev")
    library = tmp_path / "bad_disk.so"
    source = str(_HERE / "bad_disk.c")
    compiled = ["gcc", "-O1", "-Wall", "-Werror", "-shared", "-fPIC", "-o", str(library), source, "-ldl"]
    subprocess.run(compiled, check=True, timeout=60)
    done = subprocess.run(
        [sys.executable, "-m", "crash.disk", str(library), "1" if ALL else "20"],
        env={**os.environ, "LD_PRELOAD": str(library), "PYTHONPATH": str(_HERE.parent)},
        stdout=subprocess.PIPE,
        check=True,
        timeout=550,
    )
    answer = json.loads(done.stdout)
    assert not answer["broken"], "\n".join(answer["broken"])
    told = answer["told"]
    print(told)
    for error in ("ENOSPC", "EIO", "short write"):
        assert told[error] >= 4, "the disk never failed in this way"
    assert told["deaths"] >= 4
    assert told["refused acts"] >= 1
