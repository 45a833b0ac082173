"""Magicard against Gutenprint: an encoder, a parser and a packer that know nothing of ours.

What Gutenprint sends is read by the simulator; what the driver encodes is read by Gutenprint's backend; and for one
picture both send the same planes. Only Rio and Tango can be compared: Gutenprint takes the Enduro for one of them.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from itertools import combinations

import numpy as np
import numpy.typing as npt
import pytest

from conformance.gutenprint import INSTALL, Gutenprint, Verdict, missing
from drivers.magicard.job import MODELS, encode
from drivers.printer import Artwork, SidePicture
from hardware_mocks.magicard.decode import decode_stream

Plane = npt.NDArray[np.uint8]

pytestmark = pytest.mark.gutenprint

SEEN = slice(3, 645)  # rows of a card's picture that the head reaches
CHANNEL = {"y": 2, "m": 1, "c": 0}
FIRST = 1  # Gutenprint's first dot of the card is 15 of the canvas, the vendor's 16 (protocol sheet 2)


@pytest.fixture(scope="module")
def gutenprint(tmp_path_factory: pytest.TempPathFactory) -> Gutenprint:
    if absent := missing():
        message = f"{', '.join(absent)} not installed: {INSTALL}"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    return Gutenprint(tmp_path_factory.mktemp("gutenprint"))


@functools.cache
def side() -> SidePicture:
    """A picture that is another one however it is turned, mirrored or moved, and whichever dyes are changed."""
    chance = np.random.default_rng(1016)
    colour = np.full((648, 1016, 3), 255, np.uint8)
    colour[60:160, 80:280] = (255, 40, 40)
    colour[60:120, 300:420] = (40, 255, 40)
    colour[200:230, 80:160] = (40, 40, 255)
    ramp = np.linspace(8, 255, 512).astype(np.uint8)
    for row, channel in enumerate(range(3)):
        colour[300 + 20 * row : 320 + 20 * row, 60:572, channel] = ramp
    patches = chance.integers(8, 256, (20, 20, 3), dtype=np.uint8)
    colour[120:520, 600:1000] = patches.repeat(20, 0).repeat(20, 1)
    resin = np.zeros((648, 1016), np.bool_)
    resin[420:430, 60:500] = resin[430:560, 60:64] = True
    resin[460:560, 100:400] = chance.random((100, 300)) < 0.4  # single dots, as small letters have
    return SidePicture(colour, resin, np.ones_like(resin))


def rgb() -> Plane:
    return np.where(side().resin[:, :, None], np.uint8(0), side().colour)[SEEN]


def read(stream: bytes) -> dict[str, Plane]:
    (page,) = decode_stream(stream)
    return {plane.panel: plane.values for plane in page.planes}


@pytest.fixture(scope="module")
def theirs(gutenprint: Gutenprint) -> dict[str, Plane]:
    stream = gutenprint.filtered(gutenprint.raster(rgb()))
    return {panel: np.roll(values, FIRST, 0) for panel, values in read(gutenprint.sent(stream)).items()}


@functools.cache
def ours() -> dict[str, Plane]:
    return read(encode(Artwork(side()), MODELS["tango-2e"]).commands[0])


def test_the_simulator_reads_what_gutenprint_sends(theirs: dict[str, Plane]) -> None:
    """With no word of the driver: the picture that Ghostscript got is the picture on the card, dot for dot."""
    assert (theirs["k"].astype(bool) == side().resin[SEEN]).all()
    for panel, channel in CHANNEL.items():
        assert (theirs[panel] == np.where(side().resin, 0, (255 - side().colour[:, :, channel]) >> 2)[SEEN]).all(), (
            panel
        )


def test_driver_and_gutenprint_lay_the_same_ink_on_every_dot(theirs: dict[str, Plane]) -> None:
    assert ours().keys() == theirs.keys() == set("ymck")
    for panel, values in theirs.items():
        assert (ours()[panel] == values).all(), panel


@pytest.mark.parametrize(
    "wrong",
    [
        lambda plane: plane[::-1],
        lambda plane: plane[:, ::-1],
        lambda plane: plane[::-1, ::-1],
        lambda plane: np.roll(plane, 1, 0),
        lambda plane: np.roll(plane, -1, 1),
    ],
    ids=["upside down", "mirrored", "turned", "a dot low", "a dot left"],
)
def test_no_other_way_of_laying_it_is_the_same(wrong: Callable[[Plane], Plane]) -> None:
    """The picture would not hide a mistake of the two tests above."""
    for panel, values in ours().items():
        assert (wrong(values) != values).mean() > 0.005, panel
    dyes = [ours()[panel] for panel in "ymc"]
    assert all((one != other).mean() > 0.1 for one, other in combinations(dyes, 2))


def test_the_backend_packs_a_plane_byte_for_byte_as_the_driver(gutenprint: Gutenprint) -> None:
    """The bytes on the wire, and not what the simulator reads in them."""
    moved = np.roll(rgb(), FIRST, 0)  # upright, down by the dot that its canvas begins earlier
    sent = gutenprint.sent(gutenprint.filtered(gutenprint.raster(moved)))
    (their,), (our,) = decode_stream(sent), decode_stream(encode(Artwork(side()), MODELS["tango-2e"]).commands[0])
    assert [one.panel for one in their.planes] == [one.panel for one in our.planes]
    for one, other in zip(their.planes, our.planes, strict=True):
        assert one.raw == other.raw, one.panel


@pytest.mark.parametrize("model", ["rio-2e", "tango-2e"])
def test_the_backend_reads_our_cards_and_sends_them_on_as_they_are(gutenprint: Gutenprint, model: str) -> None:
    stream = b"".join(encode(Artwork(side()), MODELS[model]).commands)
    assert gutenprint.sent(stream).partition(b"\x1c")[2] == stream.partition(b"\x1c")[2]
    assert gutenprint.judged(stream * 2, attached=False) == Verdict(0, 2, ())


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda stream: stream[:-1], "Short read"),
        (lambda stream: stream[:500_000], "Short read"),
        (lambda stream: stream[:65] + stream[66:], "Unrecognized header"),
        (lambda stream: stream.replace(b"SZG512064", b"SZG512063"), "Inconsistent data plane lengths"),
        (lambda stream: stream.replace(b"SZG512064,", b""), "Plane lengths missing"),
    ],
    ids=["no end", "half", "no comma", "a byte short", "a size missing"],
)
def test_the_backend_refuses_a_damaged_card(
    gutenprint: Gutenprint, damage: Callable[[bytes], bytes], said: str
) -> None:
    stream = encode(Artwork(side()), MODELS["tango-2e"]).commands[0]
    verdict = gutenprint.judged(damage(stream))
    assert (verdict.pages, verdict.written) == (0, 0)
    assert verdict.status != 0
    assert said in verdict.errors[0]


def test_the_backend_knows_no_page_of_resin_alone(gutenprint: Gutenprint) -> None:
    """Its own limit, known so that nobody takes our backs for broken: the vendor's filter sends them (sheet 5)."""
    front, back = encode(
        Artwork(side(), SidePicture(np.full_like(side().colour, 255), side().resin, side().overlay)), MODELS["tango-2e"]
    ).commands
    assert gutenprint.judged(front).errors == ()
    assert gutenprint.judged(back).errors == ("Plane lengths missing? 0/0/0!",)
