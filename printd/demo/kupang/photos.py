"""Photos of the scenario's destructions: drawn, and they say so."""

from __future__ import annotations

import io
import random
from datetime import date

from PIL import Image, ImageDraw

_WIDTH, _HEIGHT = 640, 480
_SCENES = ("SEBELUM", "SESUDAH")


def burning(day: date) -> list[bytes]:
    """Return two JPEG files of a day: cards in the drum, and what the fire left of them."""
    return [_drawn(day, scene) for scene in _SCENES]


def _drawn(day: date, scene: str) -> bytes:
    chance = random.Random(f"{day} {scene}")
    image = Image.new("RGB", (_WIDTH, _HEIGHT), (188, 196, 190))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 330, _WIDTH, _HEIGHT), fill=(142, 128, 108))
    if scene == _SCENES[0]:
        for _ in range(60):
            x, y = chance.randrange(230, 380), chance.randrange(150, 205)
            draw.rectangle((x, y, x + 34, y + 22), fill=(140, 170, 205), outline=(90, 110, 140))
    else:
        for _ in range(40):
            x, high = chance.randrange(225, 415), chance.randrange(20, 130)
            draw.polygon(((x - 16, 205), (x, 205 - high), (x + 16, 205)), fill=(235, chance.randrange(90, 180), 40))
    draw.rectangle((215, 200, 425, 410), fill=(92, 82, 78), outline=(50, 44, 42), width=4)
    draw.text((24, 440), f"CONTOH  {scene}  {day:%d-%m-%Y}", fill=(20, 20, 20), font_size=22)
    kept = io.BytesIO()
    image.save(kept, "JPEG", quality=80)
    return kept.getvalue()
