import shutil
import unicodedata
from pathlib import Path

import numpy as np
import pytest
import reportlab
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from hypothesis import given
from hypothesis import strategies as st

from layouts.errors import FitError, FontError
from layouts.fit import Face, cleaned, fit, wrap
from layouts.fonts import FontSource, Typeface

VERA = Path(reportlab.__file__).parent / "fonts"
"""A font that lacks what this file needs it to lack."""
LETTERS = [
    char
    for char in map(chr, (*range(0xC0, 0x250), *range(0x1E00, 0x1F00)))
    if unicodedata.category(char).startswith("L")
]
"""Every letter of the blocks Latin-1, Latin Extended-A, -B and Additional."""


def test_fonts_come_from_the_installed_package_or_the_office(tmp_path: Path) -> None:
    shutil.copy(VERA / "VeraBd.ttf", tmp_path / "Office.ttf")
    office = FontSource(tmp_path).typeface("Office").line("HAK", 30, 1.0).bits
    assert (office == Typeface(VERA / "VeraBd.ttf").line("HAK", 30, 1.0).bits).all()
    with pytest.raises(FontError, match="Office"):
        FontSource().typeface("Office")
    regular, bold = (FontSource(tmp_path).typeface(f"Arimo-{weight}") for weight in ("Regular", "Bold"))
    assert bold.line("HAK", 30, 1.0).bits.sum() > 1.2 * regular.line("HAK", 30, 1.0).bits.sum()
    shutil.copy(VERA / "Vera.ttf", tmp_path / "Arimo-Regular.ttf")
    other = FontSource(tmp_path).typeface("Arimo-Regular")
    assert not np.array_equal(other.line("HAK", 30, 1.0).bits, regular.line("HAK", 30, 1.0).bits)
    with pytest.raises(FontError, match="Arimo-Heavyish"):
        FontSource().typeface("Arimo-Heavyish")


@pytest.mark.parametrize("weight", ["Regular", "Bold"])
def test_the_card_s_own_font_draws_every_latin_letter_with_its_marks(weight: str) -> None:
    typeface = FontSource().typeface(f"Arimo-{weight}")
    assert len(LETTERS) > 640
    assert [letter for letter in (*LETTERS, "\u2019") if not typeface.has(letter)] == []
    face = Face(typeface, 27, 27, 0.85)
    height = face.pitch(27)
    for letter in "".join(LETTERS).upper():  # one that runs out of its line is told to be too long
        fitted = fit("nama", f"H{letter}", face, size=27, width=300, height=height, lines=1)
        assert fitted.size == 27


def test_a_letter_that_a_font_draws_as_nothing_is_missing(tmp_path: Path) -> None:
    """A font that was cut down keeps the places of letters whose drawings are gone."""
    pen = TTGlyphPen(None)
    pen.moveTo((0, 0))
    pen.lineTo((0, 700))
    pen.lineTo((300, 700))
    pen.closePath()
    box, nothing = pen.glyph(), TTGlyphPen(None).glyph()
    builder = FontBuilder(1000)
    builder.setupGlyphOrder([".notdef", "space", "A", "E"])
    builder.setupCharacterMap({0x20: "space", 0x41: "A", 0x45: "E"})
    builder.setupGlyf({".notdef": nothing, "space": nothing, "A": box, "E": nothing})
    builder.setupHorizontalMetrics(dict.fromkeys((".notdef", "space", "A", "E"), (500, 0)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupOS2()
    builder.setupPost()
    builder.save(tmp_path / "Cut.ttf")
    typeface = FontSource(tmp_path).typeface("Cut")
    assert cleaned("nama", "A A", typeface) == "A A"
    for letter in "EZ":
        with pytest.raises(FitError, match=rf"the letter '{letter}'"):
            cleaned("nama", f"A {letter}", typeface)


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
    typeface = FontSource().typeface("Arimo-Regular")
    with pytest.raises(FitError) as refusal:
        cleaned("nama", "CONTOH \u4e2d", typeface)
    assert refusal.value.field == "nama"
    assert "U+4E2D" in str(refusal.value)
    assert "CONTOH" not in str(refusal.value)
    with pytest.raises(FitError, match=r"U\+0007"):
        cleaned("nama", "CON\aTOH", typeface)


def test_typographic_signs_fall_back_to_plain_ones_only_where_the_font_lacks_them() -> None:
    typeface = Typeface(VERA / "Vera.ttf")
    assert cleaned("nama", "MA\u2019A", typeface) == "MA\u2019A"  # Vera has this one
    assert cleaned("nama", "MA\u02bcA", typeface) == "MA'A"
    assert cleaned("nama", "A\u2011B", typeface) == "A-B"
    assert cleaned("nama", " JOSE\u0301\n  X ", typeface) == "JOS\u00c9 X"


def test_narrow_letters_are_narrow_and_keep_their_height() -> None:
    typeface = FontSource().typeface("Arimo-Regular")
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
