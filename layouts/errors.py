"""Errors of the artwork: a bad profile, a missing font, a field that cannot stand on the card."""


class LayoutError(Exception):
    """Base of every error that this package raises on purpose."""


class ProfileError(LayoutError):
    """A layout profile says something that no card can be made of; the text names file, key and what is allowed."""


class FontError(LayoutError):
    """A typeface that a profile names cannot be read; the text names it and the places that were searched."""


class FitError(LayoutError):
    """A field of one record cannot be put on the card as it is.

    ``field`` is the name of the field or card line and ``reason`` says why. Neither ever carries the text of the field:
    it is personal data, and this message ends in logs.
    """

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason
