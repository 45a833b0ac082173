"""Codes in the language of the terminal, as gettext finds it in the environment: Indonesian or English."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from printd.language.vocabularies import Vocabulary

if TYPE_CHECKING:
    from printd.language.catalogue import Language

_VARIABLES = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
"""In which order they count (GNU gettext manual, section 2.3)."""


def language() -> Language:
    """Return the language of the terminal: the first that is wanted and that there is; English where none is."""
    wanted = next((value for name in _VARIABLES if (value := os.environ.get(name))), "")
    for one in wanted.split(":"):
        code = one.partition(".")[0].partition("@")[0].partition("_")[0]
        if code == "id":
            return "id"
        if code in ("en", "C", "POSIX"):
            return "en"
    return "en"


def said(vocabulary: Vocabulary, code: str) -> str:
    """Return the words of a code; a site goes by its short name."""
    from printd.language import codes  # help has no codes

    return codes.said(vocabulary, code, language(), {})


def place(code: str) -> str:
    """Return the words of a place."""
    return said(Vocabulary.PLACE, code)
