"""Passphrases: at least 10 characters, and no other rule.

Length is what counts (NIST SP 800-63B section 3.1.1: no rules of composition, each Unicode code point is a character).
However a keyboard composes an accent or which space it sends, the same words are the same passphrase: spaces become
U+0020, then normalisation form C (RFC 8265 section 4.2.2, the OpaqueString profile). Case counts.
"""

from __future__ import annotations

import unicodedata
from typing import Final

from printd.errors import Refused

SHORTEST: Final = 10
"""Characters that a new passphrase has at least."""


def check(passphrase: str) -> None:
    """Refuse what is too short for a new passphrase, or is no text.

    :raises Refused: it has less than 10 characters, or bytes that a terminal could not read as text.
    """
    composed = _composed(passphrase)
    if any("\ud800" <= character <= "\udfff" for character in composed):
        raise Refused(
            "The passphrase is no text.",
            why="It holds bytes that are no characters in the terminal's encoding.",
            consequence="Nothing changed.",
            remedy="Type it on a terminal that is set to UTF-8.",
        )
    if len(composed) < SHORTEST:
        raise Refused(
            "The passphrase is too short.",
            why=f"It needs {SHORTEST} characters or more; there is no other rule.",
            consequence="Nothing changed.",
            remedy="Take several words that do not belong together.",
        )


def as_bytes(passphrase: str) -> bytes:
    """Return the bytes that stand for a passphrase, however it was typed."""
    return _composed(passphrase).encode("utf-8", "surrogatepass")  # a wrong one is tried like any other


def _composed(passphrase: str) -> str:
    spaced = "".join(" " if unicodedata.category(character) == "Zs" else character for character in passphrase)
    return unicodedata.normalize("NFC", spaced)
