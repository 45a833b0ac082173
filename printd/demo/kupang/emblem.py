"""The emblem of the scenario's office: drawn, of nobody, and it says CONTOH."""

from __future__ import annotations

from io import BytesIO

from PIL import Image, ImageDraw

_SIZE = 360
_EDGE = 10


def emblem() -> bytes:
    """Return a PNG of a shield."""
    picture = Image.new("RGB", (_SIZE, _SIZE), "white")
    draw = ImageDraw.Draw(picture)
    middle = _SIZE // 2
    shield = [(50, 30), (_SIZE - 50, 30), (_SIZE - 50, 200), (middle, _SIZE - 20), (50, 200)]
    draw.polygon(shield, fill="#dfe8f2", outline="#1f3f66", width=_EDGE)
    draw.ellipse((middle - 70, 70, middle + 70, 210), outline="#1f3f66", width=_EDGE)
    draw.text((middle, 140), "CONTOH", fill="#1f3f66", anchor="mm", font_size=30)
    out = BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()
