"""Arguments of the wrong shape, in sentences for people: pydantic's own words are for programmers.

What was given is never repeated: it may name a person.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from pydantic import ValidationError
from pydantic_core import ErrorDetails

_OTHER = "is not in the form that is asked for"
_SENTENCES: Mapping[str, str] = MappingProxyType(
    {
        "missing": "is missing",
        "extra_forbidden": "is not asked for",
        "literal_error": "must be {expected}",
        "enum": "must be {expected}",
        "int_type": "is no whole number",
        "int_parsing": "is no whole number",
        "int_parsing_size": "is too large a number",
        "int_from_float": "is no whole number",
        "bool_type": "is neither true nor false",
        "bool_parsing": "is neither true nor false",
        "string_type": "is no text",
        "string_too_long": "is longer than {max_length} characters",
        "string_too_short": "is shorter than {min_length} characters",
        "too_long": "has more than {max_length} parts",
        "too_short": "has fewer than {min_length} parts",
        "list_type": "is no list",
        "greater_than": "must be more than {gt}",
        "greater_than_equal": "must be at least {ge}",
        "less_than": "must be less than {lt}",
        "less_than_equal": "must be at most {le}",
        "date_type": "is no day, written YYYY-MM-DD",
        "date_parsing": "is no day, written YYYY-MM-DD",
        "date_from_datetime_parsing": "is no day, written YYYY-MM-DD",
        "date_from_datetime_inexact": "is no day, written YYYY-MM-DD",
    }
)
"""By pydantic's type of an error; its numbers and words are filled in from the error's context."""


def said(wrong: ValidationError) -> str:
    """Return what is wrong with arguments as one line, each named once."""
    return "; ".join(dict.fromkeys(map(_sentence, wrong.errors(include_url=False, include_input=False))))


def _sentence(error: ErrorDetails) -> str:
    where = ", ".join(f"part {part + 1}" if isinstance(part, int) else part.replace("_", " ") for part in error["loc"])
    told = _SENTENCES.get(error["type"], _OTHER).format(**error.get("ctx", {}))
    return f"{where or 'What is asked for'} {told}"
