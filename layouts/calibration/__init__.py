"""The calibration card: what a printer makes of steps, lines, marks and letters, and where on the card it puts them."""

from layouts.calibration.card import draw

__all__ = ["draw"]
