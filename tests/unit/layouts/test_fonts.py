import shutil
from pathlib import Path

import pytest
import reportlab
from hypothesis import given
from hypothesis import strategies as st

from layouts.errors import FitError, FontError
from layouts.fit import cleaned, wrap
from layouts.fonts import FontSource

VERA = Path(reportlab.__file__).parent / "fonts"


def test_fonts_come_from_the_installed_package_or_the_office(tmp_path: Path) -> None:
    shutil.copy(VERA / "VeraBd.ttf", tmp_path / "Office.ttf")
    office = FontSource(tmp_path).typeface("Office").line("HAK", 30, 1.0).bits
    assert (office == FontSource().typeface("VeraBd").line("HAK", 30, 1.0).bits).all()
    with pytest.raises(FontError, match="Office"):
        FontSource().typeface("Office")


def test_an_absent_font_names_the_places_searched(tmp_path: Path) -> None:
    with pytest.raises(FontError) as refusal:
        FontSource(tmp_path).typeface("Garamond")
    assert str(tmp_path) in str(refusal.value)
    assert "Garamond.ttf" in str(refusal.value)


def test_a_file_that_is_no_font_is_named(tmp_path: Path) -> None:
    (tmp_path / "Broken.ttf").write_bytes(b"not a font")
    with pytest.raises(FontError, match=r"Broken\.ttf"):
        FontSource(tmp_path).typeface("Broken")


def test_missing_characters_are_refused_by_field_and_code_point() -> None:
    typeface = FontSource().typeface("Vera")
    with pytest.raises(FitError) as refusal:
        cleaned("nama", "CONTOH \u4e2d", typeface)
    assert refusal.value.field == "nama"
    assert "U+4E2D" in str(refusal.value)
    assert "CONTOH" not in str(refusal.value)
    with pytest.raises(FitError, match=r"U\+0007"):
        cleaned("nama", "CON\aTOH", typeface)


def test_typographic_signs_fall_back_to_plain_ones_only_where_the_font_lacks_them() -> None:
    typeface = FontSource().typeface("Vera")
    assert cleaned("nama", "MA\u2019A", typeface) == "MA\u2019A"  # Vera has this one
    assert cleaned("nama", "MA\u02bcA", typeface) == "MA'A"
    assert cleaned("nama", "A\u2011B", typeface) == "A-B"
    assert cleaned("nama", " JOSE\u0301\n  X ", typeface) == "JOS\u00c9 X"


def test_narrow_letters_are_narrow_and_keep_their_height() -> None:
    typeface = FontSource().typeface("Vera")
    wide, narrow = (typeface.line("HAMBA", 40, width).bits.shape for width in (1.0, 0.8))
    assert narrow[0] == wide[0]
    assert abs(narrow[1] - 0.8 * wide[1]) <= 2


@given(
    words=st.lists(st.text("AB/,-", min_size=1, max_size=12), min_size=1, max_size=12),
    limit=st.integers(1, 30),
    inside=st.booleans(),
)
def test_wrapping_loses_and_moves_nothing(words: list[str], limit: int, inside: bool) -> None:
    text = " ".join(words)
    lines = wrap(text, limit, lambda piece: float(len(piece)), inside_words=inside)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    for line in lines:
        assert len(line) <= limit or " " not in line
    if not inside:
        assert " ".join(lines) == text


def test_wrapping_fills_lines() -> None:
    lines = wrap("AA BB CC DD", 5, lambda piece: float(len(piece)), inside_words=False)
    assert lines == ["AA BB", "CC DD"]
    assert wrap("TANI/KEBUN", 6, lambda piece: float(len(piece)), inside_words=True) == ["TANI/", "KEBUN"]
