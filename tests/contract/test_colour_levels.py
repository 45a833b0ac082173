"""``printing.colour_levels``: every model of every family prints as many levels of dye, or refuses to print."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image

import drivers
from drivers.errors import ArtworkError
from drivers.family import Abilities, Family, Model, check_levels, dye_bits
from drivers.printer import Artwork, EncodedCard, SidePicture
from drivers.zebra.job import STANDARD, Quirks
from drivers.zebra.job import Model as ZebraModel
from hardware_mocks.evolis.decode import decode_stream as decode_evolis
from hardware_mocks.magicard.decode import decode_stream as decode_magicard
from hardware_mocks.matica.decode import decode_stream as decode_matica
from hardware_mocks.zebra.decode import decode_stream as decode_zebra
from layouts.render import RenderedCard, RenderedSide
from printd.daemon.daemon import Daemon
from printd.printing.artwork import Artist, lacks_levels
from support import office as office_module
from support.deliberate import line, notices
from support.office import Office, office, until

ASKED = (16, 32, 64, 128, 256)
MODELS = [(family, model) for family in drivers.families() for model in family.models.values()]
FEWER = 64
WANTED = f"[printing]\ncolour_levels = {FEWER}\n"
SETTLED = Quirks(ribbons={"ymcko": "1"}, overlay="", escapes_colour=True)
"""A Zebra of which somebody found out how it prints colour."""


def _evolis(stream: bytes, _: Model) -> np.ndarray:
    return next(one.raster for one in decode_evolis(stream) if one.panel == "m")


def _magicard(stream: bytes, _: Model) -> np.ndarray:
    return next(one.values for one in decode_magicard(stream)[0].planes if one.panel == "m")


def _matica(stream: bytes, _: Model) -> np.ndarray:
    return next(one.plane.values() for one in decode_matica(stream) if one.plane.panel == "m")


def _zebra(stream: bytes, model: Model) -> np.ndarray:
    assert isinstance(model, ZebraModel)
    dialect = "p300" if model.memory == STANDARD else "i"
    return next(one.plane.levels for one in decode_zebra(stream, dialect) if one.plane.panel == "m")


LAID: Mapping[str, Callable[[bytes, Model], np.ndarray]] = {
    "evolis": _evolis,
    "magicard": _magicard,
    "matica": _matica,
    "zebra": _zebra,
}
"""What each simulator reads: magenta as it was sent."""


def _shades(card: EncodedCard, family: str, model: Model) -> int:
    """Return how many levels of magenta a card has."""
    if family == "picture":
        with Image.open(io.BytesIO(card.commands[card.panels.index("m")])) as picture:
            return np.unique(np.asarray(picture)).size
    return np.unique(LAID[family](b"".join(card.commands), model)).size


def _every_shade(dpi: int) -> Artwork:
    """Draw a card with every amount of magenta that a picture can ask for."""
    rows, columns = 648 * dpi // 300, 1016 * dpi // 300
    dye = np.full((rows, columns, 3), 255, np.uint8)
    dye[:, :, 1] = np.arange(columns) * 256 // columns
    nothing = np.zeros((rows, columns), np.bool_)
    return Artwork(SidePicture(dye, nothing, ~nothing))


def _in_colour(model: Model) -> Model:
    return replace(model, quirks=SETTLED) if isinstance(model, ZebraModel) else model


def _row(shop: Office, name: str) -> dict[str, Any]:
    return next(row for row in shop.act("printers.list") if row["name"] == name)


def _call_it(shop: Office, family: str, model: str) -> None:
    with shop.shop.store.writing() as connection:
        connection.exec_driver_sql("UPDATE printer SET family = ?, model = ? WHERE name = 'p0'", (family, model))


@notices(
    {
        "no model refuses": line(check_levels, "if levels is None or levels in can", "if True"),
        "the levels that were asked for are forgotten": line(dye_bits, "options.levels or max(", "0 or max("),
    }
)
def test_every_model_prints_the_levels_that_it_says_it_can_and_refuses_all_others() -> None:
    printed = 0
    for family, plain in MODELS:
        model = _in_colour(plain)
        can = model.abilities.colour_levels
        if isinstance(model, ZebraModel) and model.resin_as_varnish:
            continue  # it prints black alone, at whatever levels
        art = _every_shade(model.abilities.dpi)
        for levels in ASKED:
            if levels in can:
                card = family.encode(art, model, family.options(levels=levels))
                assert _shades(card, family.name, model) == levels, f"{family.name} {model.name}"
                printed += 1
            else:
                with pytest.raises(ArtworkError) as refused:
                    family.encode(art, model, family.options(levels=levels))
                assert f"{levels}" in refused.value.message
                assert model.name in refused.value.message
                assert refused.value.hint
    assert printed > len(MODELS) // 2


@pytest.mark.parametrize(("family", "plain"), MODELS, ids=[f"{family.name}-{model.name}" for family, model in MODELS])
def test_a_model_that_is_asked_for_no_number_prints_the_most_that_it_can(family: Family, plain: Model) -> None:
    model = _in_colour(plain)
    can = model.abilities.colour_levels
    if not can or (isinstance(model, ZebraModel) and model.resin_as_varnish):
        return
    assert _shades(family.encode(_every_shade(model.abilities.dpi), model, None), family.name, model) == max(can)


def test_the_document_says_which_family_can_print_which_levels() -> None:
    """A family that can print other levels wants other words in docs/configuration.md."""
    told = {family.name: {model.abilities.colour_levels for model in family.models.values()} for family, _ in MODELS}
    assert told == {
        "evolis": {frozenset({32, 64, 128})},
        "magicard": {frozenset({64})},
        "matica": {frozenset({256})},
        "zebra": {frozenset({32})},
        "cups": {frozenset()},
        "picture": {frozenset({256})},
    }
    rows = Path("docs/configuration.md").read_text(encoding="utf-8").splitlines()
    (row,) = [one for one in rows if one.startswith("| `printing.colour_levels`")]
    for words in ("Evolis prints any of them (128 without", "Magicard 64 alone", "Zebra 32 alone", "print 256", "CUPS"):
        assert words in row


@notices(
    {"nobody asks the printer": line(Daemon._connect, "lacks or lacks_levels(", "lacks or lacks_levels(None and ")}
)
def test_a_printer_that_cannot_obey_prints_nothing_and_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The job is left to another printer, and nothing is wrong with it."""
    monkeypatch.setattr(office_module, "CONFIG", office_module.CONFIG.replace("[printing]\n", WANTED))
    with office(tmp_path, printers=2) as shop:
        shop.take_in(1)
        _call_it(shop, "zebra", "p330i")
        with shop.open_doors():
            until(lambda: _row(shop, "p0")["state"] == "unable", "p0 says that it cannot")
            told = _row(shop, "p0")["message"]
            assert "p0 cannot obey printing.colour_levels = 64" in told
            assert "p330i cannot print 64 levels of dye" in told
            assert "Choose 32" in told
            shop.print_everything(1)
        _call_it(shop, "evolis", "primacy")
        shop.judge(records=1)
    assert not shop.printers["p0"].truth.read("feed")
    assert lacks_levels(FEWER, "p1", "evolis", "primacy") == ""
    assert lacks_levels(None, "p0", "zebra", "p330i") == ""


def test_a_family_of_another_package_that_does_not_look_at_the_levels_prints_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its model says nothing of levels, and its encode takes any number: the shop does not believe that it obeys."""
    folder = next(family for family in drivers.FAMILIES if family.name == "picture")
    other = replace(folder, name="other", models={"o": SimpleNamespace(name="o", abilities=Abilities())})
    careless = replace(other, encode=lambda art, model, options: EncodedCard((b"card",), ("m",), "m", 1))
    monkeypatch.setattr(drivers, "FAMILIES", (*drivers.FAMILIES, careless))
    monkeypatch.setattr(office_module, "CONFIG", office_module.CONFIG.replace("[printing]\n", WANTED))
    side = _every_shade(300).front
    with office(tmp_path, printers=0) as shop:
        artist = Artist(shop.shop)
        with pytest.raises(ArtworkError, match="its own driver's choice, and cannot be 64"):
            artist.encode(RenderedCard(RenderedSide(side.colour, side.resin, side.overlay), None), "other", "o")
