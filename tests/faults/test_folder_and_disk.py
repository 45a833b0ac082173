"""The folder and the disk fail under every act, with the daemon and without: no traceback, and every answer true."""

from __future__ import annotations

import pytest

from faults.choice import chosen
from faults.folder_faults import FAULTS
from faults.ground import Grounds
from faults.life import live


@pytest.mark.parametrize(("fault", "life", "name"), [pytest.param(*one, id="-".join(one)) for one in chosen()])
def test_under_a_fault_every_answer_is_true(grounds: Grounds, fault: str, life: str, name: str) -> None:
    live(grounds(FAULTS[fault].disk), name, FAULTS[fault], life)
