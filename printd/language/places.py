"""What people call the places a blank can be in (papers reference section 4, places)."""

from __future__ import annotations

from collections.abc import Mapping

from printd.language.catalogue import Language, text, word
from printd.language.vocabularies import Vocabulary
from printd.words import places


def place(code: str, language: Language, sites: Mapping[str, str]) -> str:
    """Return what people call a place: its kind, and whose it is; a text that is no place is shown as it is.

    :param sites: full names of the sites by their short ones.
    """
    kind, whose = places.kind(code), places.whose(code)
    if kind is None:
        return code
    if kind is places.Kind.SITE:
        return text("at {site}", language).format(site=site(whose, language, sites))
    name = word(Vocabulary.PLACE, kind, language)
    return f"{name} {whose}" if whose else name


def unit(code: str, language: Language, sites: Mapping[str, str]) -> str:
    """Return what people call a unit of the office: ``office``, a site by its place, or what is on its way between."""
    if code == "office" or places.kind(code) is places.Kind.SITE:
        return site(places.whose(code) or code, language, sites)
    return place(code, language, sites)


def site(name: str, language: Language, sites: Mapping[str, str]) -> str:
    """Return what people call a site; ``office`` is the office itself."""
    return word(Vocabulary.SITE, name, language) if name == "office" else sites.get(name, name)
