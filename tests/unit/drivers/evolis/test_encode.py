"""A card in the printer's language, read back by counting bytes as the protocol sheet's grammar says (section 3)."""

from __future__ import annotations

import numpy as np
import pytest

from drivers.errors import ArtworkError
from drivers.evolis.job import MODELS, Options, encode
from drivers.printer import Artwork, EncodedCard, SidePicture

PRIMACY, DUALYS, TATTOO = MODELS["primacy"], MODELS["dualys"], MODELS["tattoo"]
PANEL_BYTES = {2: 82_296, 32: 411_480, 64: 493_776, 128: 576_072}


def blank() -> SidePicture:
    return SidePicture(
        np.full((648, 1016, 3), 255, np.uint8), np.zeros((648, 1016), np.bool_), np.ones((648, 1016), np.bool_)
    )


def parse(card: EncodedCard) -> list[tuple[str, bytes]]:
    """Split the stream into (command without payload, payload), refusing whatever the grammar does not allow."""
    stream, at, found = b"".join(card.commands), 0, []
    while at < len(stream):
        if stream[at] == 0:
            at += 1
            continue
        assert stream[at] == 0x1B
        fields = stream[at + 1 : at + 40].split(b"\r")[0].split(b";")
        size = 0
        if fields[0] in (b"Db", b"Dbc"):
            fields = fields[: 3 if fields[0] == b"Db" else 4]
            size = PANEL_BYTES[int(fields[2])] if fields[0] == b"Db" else int(fields[3])
        header = b";".join(fields) + (b";" if size else b"")
        start = at + 1 + len(header)
        assert stream[start + size] == 0x0D, f"no end after {header!r}"
        found.append((header.decode(), stream[start : start + size]))
        at = start + size + 1
    return found


def names(card: EncodedCard) -> list[str]:
    return [header.rstrip(";").rsplit(";", 1)[0] if header.startswith("Dbc") else header for header, _ in parse(card)]


@pytest.mark.parametrize("levels", [32, 64, 128])
def test_one_side(levels: int) -> None:
    card = encode(Artwork(blank()), DUALYS, Options(levels=levels))
    assert names(card) == [
        "Pr;ymcko", "Pmi;B", "Ss", "Sr",
        f"Db;y;{levels};", f"Db;m;{levels};", f"Db;c;{levels};", "Dbc;k;2", "Db;o;2;",
        "Se",
    ]  # fmt: skip
    assert (card.panels, card.ribbon, card.sides) == (("y", "m", "c", "k", "o"), "ymcko", 1)


def test_two_sides() -> None:
    back = blank()
    back.resin[100, 200] = True
    card = encode(Artwork(blank(), back), PRIMACY)
    assert names(card) == [
        "Pr;ymckok", "Pmi;B", "Ss", "Sr",
        "Db;y;128;", "Db;m;128;", "Db;c;128;", "Dbc;k;2", "Db;o;2;",
        "Sv", "Dbc;k;2",
        "Pneab;A;1", "Se",
    ]  # fmt: skip
    assert (card.panels, card.ribbon, card.sides) == (("y", "m", "c", "k", "o", "k"), "ymckok", 2)
    front, behind = [payload for header, payload in parse(card) if header.startswith("Dbc;k")]
    assert front == bytes(1016)
    assert behind[200] == (647 - 100) // 8 + 1
    turned = encode(Artwork(blank(), back), PRIMACY, Options(rotate_back=True))
    assert parse(turned)[-3][1][1015 - 200] == 100 // 8 + 1


def test_every_command_is_whole_and_every_picture_fills_whole_packets() -> None:
    card = encode(Artwork(blank(), blank()), PRIMACY)
    for command in card.commands:
        assert command[0] == 0x1B
        assert command.rstrip(b"\0").endswith(b"\r")
        assert not command.startswith(b"\x1bD") or len(command) % 64 == 0


def test_overlay_windows_stay_free() -> None:
    side = blank()
    side.overlay[177:354, 71:283] = False
    overlay = next(payload for header, payload in parse(encode(Artwork(side), DUALYS)) if header == "Db;o;2;")
    bits = np.rot90(np.unpackbits(np.frombuffer(overlay, np.uint8)).reshape(1016, 648))
    np.testing.assert_array_equal(bits.astype(bool), side.overlay)


def test_colours_reach_their_panels() -> None:
    side = blank()
    side.colour[0, 0] = (255, 255, 0)
    side.colour[647, 1015] = (0, 255, 255)
    payloads = {header[:4]: payload for header, payload in parse(encode(Artwork(side), DUALYS, Options(levels=32)))}
    assert np.flatnonzero(np.unpackbits(np.frombuffer(payloads["Db;y"], np.uint8))).tolist() == [*range(3235, 3240)]
    assert not any(payloads["Db;m"])
    assert np.flatnonzero(np.frombuffer(payloads["Db;c"], np.uint8)).tolist() == [1015 * 405]


def test_encoding_is_pure() -> None:
    rng = np.random.default_rng(7)
    front = SidePicture(
        rng.integers(0, 256, (648, 1016, 3), dtype=np.uint8),
        rng.random((648, 1016)) < 0.5,
        rng.random((648, 1016)) < 0.5,
    )
    kept = front.colour.copy(), front.resin.copy(), front.overlay.copy()
    first, second = encode(Artwork(front), DUALYS), encode(Artwork(front), DUALYS)
    assert first == second
    for array, copy in zip((front.colour, front.resin, front.overlay), kept, strict=True):
        np.testing.assert_array_equal(array, copy)


def test_what_a_model_cannot_print_is_refused() -> None:
    coloured = blank()
    coloured.colour[5, 5] = 0
    with pytest.raises(ArtworkError, match="back has colour"):
        encode(Artwork(blank(), coloured), DUALYS)
    with pytest.raises(ArtworkError, match="tattoo cannot turn"):
        encode(Artwork(blank(), blank()), TATTOO)
    with pytest.raises(ArtworkError, match="16 levels"):
        encode(Artwork(blank()), DUALYS, Options(levels=16))
    with pytest.raises(ArtworkError, match="colour picture of the front"):
        encode(Artwork(SidePicture(blank().colour[:, :, :1], blank().resin, blank().overlay)), DUALYS)
