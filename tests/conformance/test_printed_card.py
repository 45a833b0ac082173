"""The picture of the card that came out of a simulated printer, read by tesseract: its own record is on it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from support.office import office

pytestmark = pytest.mark.ocr


def test_nik_and_name_of_the_record_are_on_the_composed_card(
    tmp_path: Path, read_card: Callable[[Image.Image], str]
) -> None:
    with office(tmp_path) as shop:
        invented = shop.take_in(3)
        with shop.open_doors():
            shop.print_everything(3)
        shop.judge(records=3)
        expected = {str(one.fields["NIK"]): str(one.fields["NAMA_LGKP"]) for one in invented}
        for card in shop.outside():
            with Image.open(card["picture"]) as picture:
                assert picture.size == (1016, 648)
                text = read_card(picture)
            nik = next((nik for nik in expected if nik in text), None)
            assert nik is not None, f"no NIK of a record on {card['picture']}: {text}"
            name = expected.pop(nik)
            assert all(word in text for word in name.split()), f"the name is not on {card['picture']}: {text}"
    assert not expected
