"""How near the card that comes out of a simulated printer is to the picture that was drawn."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
from PIL import Image

from drivers.printer import EncodedCard
from hardware_mocks.card import Card, Ink, Laid
from hardware_mocks.evolis import decode as evolis
from hardware_mocks.magicard import decode as magicard
from hardware_mocks.matica import decode as matica
from hardware_mocks.zebra import decode as zebra

Floats = npt.NDArray[np.float64]

_WINDOW, _SIGMA = 11, 1.5  # Wang, Bovik, Sheikh, Simoncelli 2004, section III.C
_C1, _C2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
_LUMA = np.array([0.299, 0.587, 0.114])
_SRGB_TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
_D65 = np.array([0.9505, 1.0, 1.089])


@dataclass(frozen=True)
class Fidelity:
    """Structural similarity, 1 for the same picture; CIE 1976 colour difference, mean and 95th percentile."""

    ssim: float
    colour: float
    colour_p95: float


@dataclass(frozen=True)
class _Density:
    values: npt.NDArray[np.uint8]
    crc32: str = ""

    def density(self) -> npt.NDArray[np.uint8]:
        return self.values


def compare(drawn: Image.Image, seen: Image.Image) -> Fidelity:
    """Compare two RGB pictures of one size."""
    one, other = (np.asarray(picture.convert("RGB"), np.float64) for picture in (drawn, seen))
    difference = np.sqrt(((_lab(one) - _lab(other)) ** 2).sum(axis=2))
    return Fidelity(_ssim(one @ _LUMA, other @ _LUMA), float(difference.mean()), float(np.percentile(difference, 95)))


def _ssim(one: Floats, other: Floats) -> float:
    mean_1, mean_2 = _smooth(one), _smooth(other)
    var_1, var_2 = _smooth(one * one) - mean_1**2, _smooth(other * other) - mean_2**2
    both = _smooth(one * other) - mean_1 * mean_2
    top = (2 * mean_1 * mean_2 + _C1) * (2 * both + _C2)
    return float((top / ((mean_1**2 + mean_2**2 + _C1) * (var_1 + var_2 + _C2))).mean())


def _smooth(picture: Floats) -> Floats:
    """Return the means under a Gaussian window, where it lies on the picture whole."""
    at = np.arange(_WINDOW) - _WINDOW // 2
    weights = np.exp(-(at**2) / (2 * _SIGMA**2))
    weights /= weights.sum()
    for _ in range(2):  # along the rows, then along the columns
        size = picture.shape[0] - _WINDOW + 1
        picture = np.sum([weight * picture[n : n + size] for n, weight in enumerate(weights)], axis=0).T
    return picture


def _lab(rgb: Floats) -> Floats:
    """Return CIE L*a*b* of sRGB (IEC 61966-2-1, CIE 15), white D65."""
    part = rgb / 255
    light = np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)
    ratio = light @ _SRGB_TO_XYZ.T / _D65
    f = np.where(ratio > (6 / 29) ** 3, np.cbrt(ratio), ratio / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.stack((116 * f[..., 1] - 16, 500 * (f[..., 0] - f[..., 1]), 200 * (f[..., 1] - f[..., 2])), axis=-1)


def _of_evolis(stream: bytes) -> list[tuple[str, Ink]]:
    return [
        (one.panel, _Density(255 - np.asarray(one.picture())))
        for one in evolis.decode_stream(stream)
        if one.side == "front"
    ]


def _of_magicard(stream: bytes) -> list[tuple[str, Ink]]:
    return [(plane.panel, plane) for page in magicard.decode_stream(stream) for plane in page.planes]


def _of_matica(stream: bytes) -> list[tuple[str, Ink]]:
    return [(one.plane.panel, one.plane) for one in matica.decode_stream(stream) if one.side == "front"]


def _of_zebra(stream: bytes) -> list[tuple[str, Ink]]:
    return [(one.plane.panel, one.plane) for one in zebra.decode_stream(stream) if one.side == "front"]


_PANELS: Mapping[str, Callable[[bytes], list[tuple[str, Ink]]]] = MappingProxyType(
    {"evolis": _of_evolis, "magicard": _of_magicard, "matica": _of_matica, "zebra": _of_zebra}
)


def composed(family: str, card: EncodedCard) -> Image.Image | None:
    """Return the front of a card as its simulated printer makes it; ``None`` where no simulator reads the family."""
    if family == "picture":
        return Image.open(io.BytesIO(card.commands[-1])).convert("RGB")
    if family not in _PANELS:
        return None
    blank = Card("bench")
    for panel, ink in _PANELS[family](b"".join(card.commands)):
        blank.lay("front", Laid(panel, 1, "", 1.0, ink))
    return blank.picture("front")
