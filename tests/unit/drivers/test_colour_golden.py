"""Golden panels of every model: what a printer is sent for the same card stays the same, byte for byte.

The first two digests of a model (one side, both sides) were made before a separation could be declared. The third is of
a card for which all of it is declared but a profile and diffusion, whose last bits are LittleCMS's and Pillow's.
"""

from __future__ import annotations

import hashlib

import numpy as np
import pytest

import drivers
from drivers.colour import Curves
from drivers.dither import Dither
from drivers.panels import Separation, Window
from drivers.printer import Artwork, EncodedCard, SidePicture

DECLARED = Separation(
    edge=1,
    grey=60,
    dither=Dither.ORDERED,
    curves=Curves(y=((0, 0), (128, 120), (255, 250)), m=((0, 0), (90, 100), (255, 255))),
    shift=(2, -1),
    offset=(0, 3),
    windows=(Window(60.0, 10.0, 15.0, 12.0),),
)

GOLDEN = {
    ("evolis", "tattoo"): ("89099487d934bc22", "", "efe20ccbe7896e28"),
    ("evolis", "pebble"): ("89099487d934bc22", "", "efe20ccbe7896e28"),
    ("evolis", "dualys"): ("89099487d934bc22", "ec90b59949b34f60", "efe20ccbe7896e28"),
    ("evolis", "quantum"): ("89099487d934bc22", "", "efe20ccbe7896e28"),
    ("evolis", "zenius"): ("8331906d6c19b2b5", "", "2cb1d1436430d70f"),
    ("evolis", "primacy"): ("8331906d6c19b2b5", "95496b3809287337", "2cb1d1436430d70f"),
    ("evolis", "kc200b"): ("8331906d6c19b2b5", "", "2cb1d1436430d70f"),
    ("magicard", "enduro"): ("9768eb553e3c4f6d", "", "eb017bea5b20a712"),
    ("magicard", "enduro-plus"): ("9768eb553e3c4f6d", "b64d25eb62a6408b", "eb017bea5b20a712"),
    ("magicard", "mc200"): ("9768eb553e3c4f6d", "", "eb017bea5b20a712"),
    ("magicard", "pronto"): ("9768eb553e3c4f6d", "", "eb017bea5b20a712"),
    ("magicard", "rio-pro"): ("69f3c963d7b56a02", "78180e894596e2b3", "e9755b9b5b8bf098"),
    ("magicard", "rio-2e"): ("5275e27a8b5811a8", "", "335dc00c0e24a49d"),
    ("magicard", "tango-2e"): ("5275e27a8b5811a8", "a318b3df98bd9bd8", "335dc00c0e24a49d"),
    ("magicard", "alto"): ("25ff7e627d65d1c9", "", "f0c85947cdf5462d"),
    ("magicard", "opera"): ("25ff7e627d65d1c9", "", "f0c85947cdf5462d"),
    ("magicard", "tempo"): ("25ff7e627d65d1c9", "", "f0c85947cdf5462d"),
}  # fmt: skip
"""SHA-256, first 16 digits, by family and model."""


def artwork(*, back: bool = False) -> Artwork:
    """Colour that differs everywhere, slanted resin, and a window in the overlay."""
    y, x = np.mgrid[0:648, 0:1016]
    colour = np.stack((x % 256, y % 256, (x + 2 * y) % 256), axis=2).astype(np.uint8)
    colour[:, 700:] = 255
    overlay = np.ones((648, 1016), np.bool_)
    overlay[180:360, 70:280] = False
    other = SidePicture(np.full_like(colour, 255), (x - 3 * y) % 61 == 0, np.zeros((648, 1016), np.bool_))
    return Artwork(SidePicture(colour, (x + y) % 97 == 0, overlay), other if back else None)


def digest(card: EncodedCard) -> str:
    return hashlib.sha256(b"".join(card.commands)).hexdigest()[:16]


@pytest.mark.parametrize(("family", "model"), GOLDEN)
def test_every_model_is_sent_the_same_bytes_as_ever(family: str, model: str) -> None:
    known = next(one for one in drivers.FAMILIES if one.name == family)
    one, both, declared = GOLDEN[family, model]
    assert digest(drivers.encode(artwork(), family=family, model=model)) == one
    assert (known.models[model].abilities.sides == 2) == bool(both)
    if both:
        assert digest(drivers.encode(artwork(back=True), family=family, model=model)) == both
    options = known.options(separation=DECLARED)
    assert digest(drivers.encode(artwork(), family=family, model=model, options=options)) == declared


def test_no_model_of_these_families_is_without_golden_panels() -> None:
    families = {family for family, _ in GOLDEN}
    assert {(one.name, model) for one in drivers.FAMILIES if one.name in families for model in one.models} == set(
        GOLDEN
    )
