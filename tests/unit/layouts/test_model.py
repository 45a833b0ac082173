from pathlib import Path

import pytest
from pydantic import ValidationError

from layouts.errors import ProfileError
from layouts.ktp_el import PROFILES, profile
from layouts.model import DotBox, dots, parse_layout, read_layout

GOOD = (Path(__file__).parents[3] / "layouts/ktp_el/ktp_el.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", PROFILES)
def test_shipped_profiles_read(name: str) -> None:
    assert profile(name).profile == name


def test_the_nik_has_the_largest_type() -> None:
    layout = profile()
    used = {text.style for text in layout.front.texts} | {table.style for table in layout.front.tables}
    sizes = {name: layout.styles[name].size for name in used}
    assert max(sizes, key=sizes.__getitem__) == "nik"


def test_unknown_profile_names_the_shipped_ones() -> None:
    with pytest.raises(ProfileError, match="ktp_el_preprinted"):
        profile("passport")


def test_values_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        profile().front.texts[0].lines = 2


def test_millimetres_become_dots() -> None:
    assert dots(25.4) == 300
    assert profile().front.texts[0].box.in_dots() == DotBox(35, 24, 980, 59)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("revision = 1", "revision = 1\nbackground = 'map.png'", ["background", "unknown key"]),
        ("revision = 1", "revision = 0", ["revision", "greater than or equal to 1"]),
        ('labels = "printed"', 'labels = "none"', ["labels", "printed", "preprinted"]),
        ('labels = "printed"', 'labels = "preprinted"', ["flow"]),
        ('align = "center"', 'align = "middle"', ["front.texts.0.align", "left", "center", "right"]),
        ("box = [3.0, 2.0, 80.0, 3.0]", "box = [3.0, 2.0, 80.0]", ["front.texts.0.box"]),
        ("box = [3.0, 2.0, 80.0, 3.0]", "box = [3.0, 2.0, 84.0, 3.0]", ["text 'provinsi'", "leaves the card"]),
        ("box = [3.0, 2.0, 80.0, 3.0]", "box = [3.0, 2.0, 80.0, 3.2]", ["'provinsi'", "'kabupaten'", "on each other"]),
        ("box = [3.0, 2.0, 80.0, 3.0]", "box = [-3.0, 2.0, 80.0, 3.0]", ["front.texts.0.box", "greater than"]),
        ("box = [3.0, 2.0, 80.0, 3.0]", "box = [3.0, nan, 80.0, 3.0]", ["front.texts.0.box", "finite"]),
        ('style = "header"', 'style = "headre"', ["headre", "header"]),
        ("floor = 1.6", "floor = 2.6", ["styles.header", "floor"]),
        ("floor = 1.6", "floor = 0.5", ["styles.header", "8 dots"]),
        ("colon_x = 22.6", "colon_x = 2.0", ["front.tables.0", "follow each other"]),
        ("pitch_floor = 1.86", "pitch_floor = 4.0", ["front.tables.1", "pitch"]),
        ("tint = [255, 196, 196]", "tint = [90, 90, 90]", ["tint", "160"]),
        ("crop = 0.1", "crop = 0.9", ["front.photo.crop", "0.5"]),
        ("crop = 0.1", "crop = ", ["TOML", "line"]),
    ],
)
def test_a_slip_in_the_file_is_named(old: str, new: str, words: list[str]) -> None:
    assert old in GOOD
    with pytest.raises(ProfileError) as refusal:
        parse_layout(GOOD.replace(old, new, 1), "office.toml")
    for word in ["office.toml", *words]:
        assert word in str(refusal.value)


def test_boxes_on_the_back_are_kept_apart_too() -> None:
    text = "\n[[back.texts]]\nfield = '{}'\nbox = [5, {}, 40, 8]\nstyle = 'data'\n"
    assert parse_layout(GOOD + text.format("one", 5) + text.format("two", 13), "office.toml").back
    with pytest.raises(ProfileError, match="'one' and text 'two' lie on each other"):
        parse_layout(GOOD + text.format("one", 5) + text.format("two", 12), "office.toml")


def test_unreadable_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(ProfileError, match=r"absent\.toml"):
        read_layout(tmp_path / "absent.toml")
    (tmp_path / "latin.toml").write_bytes(b"profile = '\xe9'")
    with pytest.raises(ProfileError, match=r"latin\.toml"):
        read_layout(tmp_path / "latin.toml")
