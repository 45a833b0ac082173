"""How officials, letters and seals are typed in options."""

from __future__ import annotations

from typing import Any

from printd.errors import Refused

OFFICIAL = "NAME; nip=...; rank=...; position=...; office=...; assignment=NUMBER@DAY: what is known"
LETTER = "NUMBER@DAY"
SEAL = "NUMBER, or NUMBER=broken"

_PARTS = ("name", "nip", "rank", "position", "office", "assignment")


def letter(text: str | None) -> dict[str, str] | None:
    """Return a letter of its number and day.

    :raises Refused: it has no day.
    """
    if text is None:
        return None
    number, told, day = text.rpartition("@")
    if not told or not number.strip():
        raise Refused(f"{text[:60]!r} is no letter.", remedy=f"Write {LETTER}.")
    return {"number": number.strip(), "day": day.strip()}


def official(text: str | None) -> dict[str, Any] | None:
    """Return an official of their name and what else is known.

    :raises Refused: a part is none of those that are known, or is there twice.
    """
    if text is None:
        return None
    found: dict[str, Any] = {}
    for number, part in enumerate(text.split(";")):
        key, told, value = part.partition("=")
        key, value = (key.strip(), value.strip()) if told else ("name" if number == 0 else "", part.strip())
        if key not in _PARTS or key in found:
            raise Refused("An official is not written as is asked for.", remedy=f"Write {OFFICIAL}.")
        found[key] = letter(value) if key == "assignment" else value
    return found


def officials(texts: list[str] | None) -> list[dict[str, Any]]:
    """Return officials, each as :func:`official` does."""
    return [one for text in texts or [] if (one := official(text)) is not None]


def seals(texts: list[str] | None) -> list[dict[str, str]]:
    """Return seals, each with whether it was whole.

    :raises Refused: what is said of one is neither.
    """
    found = []
    for text in texts or []:
        number, _, state = text.partition("=")
        if state not in ("", "whole", "broken"):
            raise Refused(f"{text[:60]!r} is no seal.", remedy=f"Write {SEAL}.")
        found.append({"seal": number, "state": state or "whole"})
    return found
