"""What stands on the calibration card, and how it is read.

Wedges: amounts of dye as a tone curve counts them, 0 to 255. Verniers: the figure where the lines of dye and of resin
run on into each other is how many dots resin has to be moved right, and down. Rulers: every edge shows a stair of
lines with their distances from the picture's edge in dots; those below the first figure that is seen lie outside the
card. In the middle of a card that is the bleed at every edge: 3 dots of 300 dpi at left and right, 5 at top and bottom.
Of two opposite edges that differ, what the larger figure is more than the bleed is how far the picture has to be moved
away from that edge. Field: a white seam around its resin
tells how much dye has to stay under resin. Lines: one to four dots with gaps as wide, along and across.
"""

from __future__ import annotations

from datetime import date

from layouts.calibration.canvas import DYES, Canvas
from layouts.fonts import FontSource
from layouts.render import RenderedCard

STEPS = (0, 32, 64, 96, 128, 160, 192, 224, 255)
"""Amounts of dye on the wedges."""
REACH = 5
"""Most dots that the verniers tell, each way."""
PITCH = 10
"""Distance of the vernier's lines of dye in dots of 300 dpi; those of resin are one dot of the printer wider apart."""
RULER = 2
"""Distance of two lines of a ruler in dots of 300 dpi."""
MARKS = 11
"""Lines of a ruler."""

_FACE = "Arimo-Regular"
_TITLE = "KALIBRASI / CALIBRATION"
_SPECIMEN = "SPECIMEN - CONTOH"
_SAMPLE = "KTP-el 0123456789"
_SIZES = (1.2, 1.5, 1.8, 2.0, 2.2)  # mm per em


def draw(*, printer: str, model: str, day: date, fonts: FontSource, dpi: int = 300, sides: int = 1) -> RenderedCard:
    """Draw the calibration card.

    :param printer: its name in the shop's books; up to some 20 characters.
    :param day: the date to print.
    :param dpi: 300 or 600.
    :param sides: 2 also prints a back in resin alone, which tells whether it has to be turned.
    :raises FitError: a text is too long for the card.
    :raises FontError: the font is not installed.
    """
    face = fonts.typeface(_FACE)
    canvas = Canvas(dpi, face)
    _head(canvas, "DEPAN / FRONT", printer, model, day)
    _wedges(canvas, 5.2, 15.2)
    _lines(canvas, 8.6, 40.0)
    _texts(canvas, 44.0, 38.3)
    _verniers(canvas, 63.6, 14.0)
    _patch(canvas, 74.6, 27.0)
    for x in (4.8, 81.2):
        for y in (4.8, 50.0):
            _cross(canvas, canvas.dots(x), canvas.dots(y))
    _rulers(canvas)
    back = None
    if sides == 2:
        other = Canvas(dpi, face)
        _head(other, "BELAKANG / BACK", printer, model, day)
        _rulers(other)
        back = other.side()
    return RenderedCard(canvas.side(), back)


def _head(canvas: Canvas, side: str, printer: str, model: str, day: date) -> None:
    """Lay title, names, and an arrow and an F: neither looks the same turned or mirrored."""
    dots = canvas.dots
    canvas.text(_TITLE, dots(22), dots(7.2), dots(2.8))
    canvas.text(_SPECIMEN, dots(22), dots(10.0), dots(2.3))
    canvas.text(f"{printer}  {model}  {day.isoformat()}", dots(22), dots(12.6), dots(1.9))
    canvas.text(side, dots(77), dots(10.0), dots(1.8), align="right")
    canvas.text("F", dots(12.0), dots(12.2), dots(9.0))
    tip, top = dots(19.0), dots(5.6)
    for row in range(dots(2.6)):
        canvas.bar("k", tip - row * 2 // 3, top + row, 2 * (row * 2 // 3) + 1, 1)
    canvas.bar("k", tip - dots(0.5), top + dots(2.6), 2 * dots(0.5) + 1, dots(4.0))


def _wedges(canvas: Canvas, x: float, y: float) -> None:
    """Lay nine steps of each dye, of two dyes together and of all three, with the amounts below."""
    dots = canvas.dots
    width, height = dots(5.6), dots(3.0)
    left = dots(x + 3.2)
    for line, (name, full) in enumerate(DYES.items()):
        top = dots(y) + line * height
        canvas.text("cmy" if name == "grey" else name, dots(x), top + height - dots(0.9), dots(1.7))
        for number, amount in enumerate(STEPS):
            tone = tuple(255 - (255 - channel) * amount // 255 for channel in full)
            canvas.bar((tone[0], tone[1], tone[2]), left + number * width, top, width, height)
    below = dots(y) + len(DYES) * height + dots(1.8)
    for number, amount in enumerate(STEPS):
        canvas.text(str(amount), left + number * width + width // 2, below, dots(1.6), align="center")


def _lines(canvas: Canvas, x: float, y: float) -> None:
    """Lay groups of five lines of 1 to 4 dots, along and across, in dye above and in resin below."""
    dots = canvas.dots
    for row, ink in enumerate(("grey", "k")):
        top = dots(y) + row * dots(4.6)
        canvas.text("dye" if ink == "grey" else "resin", dots(x), top + dots(2.4), dots(1.3))
        at = dots(x + 4.6)
        for wide in (1, 2, 3, 4):
            for number in range(5):
                canvas.bar(ink, at + 2 * wide * number, top, wide, dots(3.0))
            at += 10 * wide + dots(0.8)
            for number in range(5):
                canvas.bar(ink, at, top + 2 * wide * number, dots(2.6), wide)
            if row:
                canvas.text(str(wide), at - dots(0.4), top + dots(3.0) + dots(1.7), dots(1.4), align="center")
            at += dots(2.6) + dots(1.6)


def _texts(canvas: Canvas, x: float, y: float) -> None:
    """Set the same words in five sizes in resin, and once in dye; the figure is the em's height in mm."""
    bottom = y
    for size, ink in (*((size, "k") for size in _SIZES), (1.8, "grey")):
        bottom += size + 0.2
        canvas.text(
            f"{size} {'dye' if ink == 'grey' else 'resin'} {_SAMPLE}",
            canvas.dots(x),
            canvas.dots(bottom),
            canvas.dots(size),
            ink=ink,
        )


def _verniers(canvas: Canvas, x: float, y: float) -> None:
    """Lay the two verniers: lines of dye at one pitch against lines of resin at one dot more."""
    dots, scale = canvas.dots, canvas.scale
    thick, long, apart = 2 * scale, dots(2.4), PITCH * scale
    middle_x, top = dots(x) + dots(6.4), dots(y) + dots(3.2)
    middle_y, left = dots(y) + dots(17.2), dots(x) + dots(3.4)
    canvas.text("resin: right +", middle_x, dots(y) + dots(0.4), dots(1.5), align="center")
    canvas.text("resin: down +", left + long, middle_y - dots(6.2), dots(1.5), align="center")
    for n in range(-REACH, REACH + 1):
        dye, resin = n * apart, n * (apart + 1)
        canvas.bar("grey", middle_x + dye, top, thick, long)
        canvas.bar("k", middle_x + resin, top + long, thick, long)
        canvas.bar("grey", left, middle_y + dye, long, thick)
        canvas.bar("k", left + long, middle_y + resin, long, thick)
        if n % REACH == 0:
            canvas.text(
                f"{n:+d}" if n else "0", middle_x + dye + thick // 2, top - dots(0.5), dots(1.5), align="center"
            )
            canvas.text(f"{n:+d}" if n else "0", left - dots(0.4), middle_y + dye + dots(0.6), dots(1.5), align="right")


def _patch(canvas: Canvas, x: float, y: float) -> None:
    """Lay resin in a field of dye: a white seam around it tells how much dye has to stay under its edges."""
    dots = canvas.dots
    canvas.bar((255, 150, 110), dots(x), dots(y), dots(7.0), dots(9.0))
    canvas.bar("k", dots(x + 1.0), dots(y + 1.0), dots(5.0), dots(1.6))
    canvas.text("Rg8", dots(x + 3.5), dots(y + 5.4), dots(2.4), align="center")
    canvas.text("Rg8", dots(x + 3.5), dots(y + 8.0), dots(1.5), align="center")


def _cross(canvas: Canvas, x: int, y: int) -> None:
    """Lay a cross whose outer arms are dye and whose inner arms are resin: out of register it has a step."""
    thick, inner, outer = canvas.scale, canvas.dots(1.0), canvas.dots(2.2)
    for sign in (-1, 1):
        far, near = (min(sign * inner, sign * outer), min(0, sign * inner))
        canvas.bar("grey", x + far, y, outer - inner, thick)
        canvas.bar("grey", x, y + far, thick, outer - inner)
        canvas.bar("k", x + near, y, inner, thick)
        canvas.bar("k", x, y + near, thick, inner)


def _rulers(canvas: Canvas) -> None:
    """Lay a stair of lines inwards from the middle of every edge, the n-th with its distance."""
    step, thick, wide = RULER * canvas.scale, canvas.scale, canvas.dots(1.5)
    middle_x, middle_y = canvas.columns // 2, canvas.rows // 2
    first = -MARKS * wide // 2
    size, half = canvas.dots(1.15), wide // 2
    for n in range(MARKS):
        along, near, figure = first + n * wide, n * step, str(n * step)
        for x in (near, canvas.columns - thick - near):
            canvas.bar("k", x, middle_y + along, thick, wide)
        for y in (near, canvas.rows - thick - near):
            canvas.bar("k", middle_x + along, y, wide, thick)
        below = canvas.dots(0.45)
        canvas.text(figure, canvas.dots(2.8), middle_y + along + half + below, size)
        canvas.text(figure, canvas.columns - canvas.dots(2.8), middle_y + along + half + below, size, align="right")
        if n % 2 == 0:  # there is no room for all
            canvas.text(figure, middle_x + along + half, canvas.dots(3.7), size, align="center")
            canvas.text(figure, middle_x + along + half, canvas.rows - canvas.dots(2.7), size, align="center")
