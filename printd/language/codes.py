"""What people call a code, whichever vocabulary it is of."""

from __future__ import annotations

from collections.abc import Mapping

from printd.language.catalogue import Language, word
from printd.language.places import place, unit
from printd.language.vocabularies import Vocabulary
from printd.words.causes import SPOIL_CAUSES


def said(vocabulary: Vocabulary, code: str, language: Language, sites: Mapping[str, str]) -> str:
    """Return the words of a code: of a place and of what is counted with whose it is, of a way with its cause.

    :param sites: full names of the sites by their short ones.
    """
    if vocabulary is Vocabulary.PLACE:
        return place(code, language, sites)
    if vocabulary is Vocabulary.UNIT:
        return unit(code, language, sites)
    if vocabulary is Vocabulary.SUBJECT:
        noun, _, name = code.partition(":")
        return f"{word(vocabulary, noun, language)} {name}".rstrip()
    if vocabulary is Vocabulary.MOVEMENT and code in SPOIL_CAUSES:
        return word(Vocabulary.CAUSE, code, language)
    if vocabulary is Vocabulary.SITE and code in sites:
        return sites[code]
    return word(vocabulary, code, language)
