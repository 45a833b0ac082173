"""The card in hand is read at the desk, through the real pcscd from virtual cards."""

from __future__ import annotations

from pathlib import Path

import pytest

from hardware_mocks.wires.vicc import Pcscd, VirtualCard
from printd.demo.staff import RUNNER, person
from printd.errors import Refused
from support.office import Office

pytestmark = pytest.mark.pcsc

UID = "04A1B2C3D4E5F6"


def test_the_chip_of_the_card_in_hand_names_its_blank_or_nothing(tmp_path: Path, cards: Pcscd) -> None:
    office = Office(tmp_path, more="\n[encoder]\nchip_seconds = 5\n")
    try:
        office.deliver(3)
        slot, reader = cards.slots[0], cards.readers[0]
        slot.insert(VirtualCard(bytes.fromhex(UID)))
        assert office.act("chips.read", reader=reader) == {"uid": UID, "serial": None}
        office.act("chips.bind", serial="BLK000002", uid=UID, by=person(RUNNER))
        assert office.act("chips.read", reader=reader) == {"uid": UID, "serial": "BLK000002"}
        slot.remove()
        slot.insert(VirtualCard(uid=None))
        with pytest.raises(Refused, match="random UID"):
            office.act("chips.read", reader=reader)
        with pytest.raises(Refused, match="No chip could be read"):
            office.act("chips.read", reader="no such reader")
    finally:
        office.shop.close()
